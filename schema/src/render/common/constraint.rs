//! Constraints as they stand in CREATE TABLE, and after ADD.

use super::Grammar;
use crate::{Check, ForeignKey, Index, IndexKey, Name, ReferentialAction, SortOrder, Timing};

pub(in crate::render) fn primary_key(grammar: &Grammar, columns: &[Name]) -> String {
    format!("PRIMARY KEY ({})", grammar.idents(columns))
}

pub(in crate::render) fn unique(grammar: &Grammar, name: &Name, columns: &[Name]) -> String {
    format!("CONSTRAINT {} UNIQUE ({})", grammar.ident(name), grammar.idents(columns))
}

pub(in crate::render) fn foreign_key(grammar: &Grammar, name: &Name, key: &ForeignKey) -> String {
    let mut line = format!(
        "CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({})",
        grammar.ident(name),
        grammar.idents(&key.columns),
        grammar.ident(&key.references_table),
        grammar.idents(&key.references_columns)
    );
    for (event, action) in [("DELETE", key.on_delete), ("UPDATE", key.on_update)] {
        if action != ReferentialAction::NoAction {
            line.push_str(&format!(" ON {event} {}", action.sql()));
        }
    }
    line.push_str(match key.timing {
        Timing::Immediate => "",
        Timing::Deferrable => " DEFERRABLE INITIALLY IMMEDIATE",
        Timing::Deferred => " DEFERRABLE INITIALLY DEFERRED",
    });
    line
}

pub(in crate::render) fn check(grammar: &Grammar, name: &Name, check: &Check) -> String {
    format!("CONSTRAINT {} CHECK ({})", grammar.ident(name), grammar.written(&check.condition))
}

/// What an index sorts by.
pub(in crate::render) fn sort_key(grammar: &Grammar, index: &Index) -> String {
    let parts = index.columns.iter().map(|part| {
        let key = match &part.key {
            IndexKey::Column(name) => grammar.ident(name),
            IndexKey::Expression(sql) if grammar.parenthesized_keys => format!("({})", grammar.written(sql)),
            IndexKey::Expression(sql) => grammar.written(sql).to_owned(),
        };
        match part.order {
            SortOrder::Ascending => key,
            SortOrder::Descending => format!("{key} DESC"),
        }
    });
    parts.collect::<Vec<_>>().join(", ")
}
