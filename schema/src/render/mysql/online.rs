//! Foreign keys that come while programs go on.
//!
//! To look at the rows the server would copy the table. With `foreign_key_checks = OFF` it does not look at
//! them; from then on the key holds for what is written, and a query looks for rows that break it.

use super::effort::Effort;
use super::{GRAMMAR, ident, table};
use crate::render::common::{self, Move};
use crate::{ForeignKey, Name, Probe, ProbeQuestion, Rows, Schema, Statement, Table, Verify};

/// Foreign keys that come by themselves. Online they are added all at once, before the rows are looked at.
pub(super) fn add_foreign_keys(schema: &Schema, added: &[Move], online: bool) -> Vec<Statement> {
    let add = |added| table::add_foreign_key(schema, added);
    if !online {
        return added.iter().filter_map(add).map(Statement::Sql).collect();
    }
    let clause = Effort::InPlace.clause();
    let unchecked = added.iter().filter_map(add).map(|text| Statement::Unchecked(format!("{text}{clause}")));
    let verify = |added: &Move| {
        let table = schema.table(added.table.as_str())?;
        verify(schema, table, &added.name, table.foreign_keys.get(&added.name)?)
    };
    unchecked.chain(added.iter().filter_map(verify).map(Statement::Verify)).collect()
}

fn verify(schema: &Schema, table: &Table, name: &Name, key: &ForeignKey) -> Option<Verify> {
    let rows = Rows {
        table: table.name.clone(),
        alias: table.name.clone(),
        columns: None,
        key: table.key_columns().to_vec(),
    };
    let question = ProbeQuestion::Orphaned { key: key.clone(), parent: key.references_table.clone() };
    let query = common::probe(&GRAMMAR, &Probe { rows, question }, schema)?;
    let wrong = format!("rows of {} reference nothing by foreign key {}", ident(&table.name), ident(name));
    Some(Verify { count: query.count, sample: query.sample, wrong })
}
