//! Changes in words, for people.

use std::fmt;

use super::{Change, Renames, TableChange, align};
use crate::{Column, DefaultValue, ForeignKey, Index, Name, Object, Pair, Schema, SortOrder, Sql, Table};

/// One change in words.
///
/// `Display` is a line as `migrate-new` shows it: `+ users.locale  varchar(8) not null`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What it is about, by its name in the next schema, or in the previous one if it is gone.
    pub object: Object,
    /// Whether it came, went, changed or got another name.
    pub kind: DifferenceKind,
    /// The name of the object, as `users.locale`.
    pub name: String,
    /// Its definition on either side; for a rename, its name.
    pub definition: Pair<Option<String>>,
}

/// What happened to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DifferenceKind {
    /// It is new.
    Added,
    /// It is gone.
    Dropped,
    /// It is defined otherwise.
    Changed,
    /// It has another name.
    Renamed,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.kind {
            DifferenceKind::Added => '+',
            DifferenceKind::Dropped => '-',
            DifferenceKind::Changed | DifferenceKind::Renamed => '~',
        };
        write!(f, "{sign} {}", self.name)?;
        match (&self.definition.previous, &self.definition.next) {
            (Some(previous), Some(next)) => write!(f, "  {previous} -> {next}"),
            (None, Some(only)) | (Some(only), None) if !only.is_empty() => write!(f, "  {only}"),
            _ => Ok(()),
        }
    }
}

/// Says in words how two schemas differ.
pub fn differences(pair: Pair<&Schema>, renames: &Renames) -> Vec<Difference> {
    let aligned = align(pair.previous, renames);
    let tables = Pair::new(&aligned, pair.next);
    let mut differences = Vec::new();
    for change in super::diff(pair, renames) {
        match change {
            Change::RenameTable(names) => differences.push(renamed(
                Object::Table(names.next.clone()),
                format!("table {}", names.previous),
                &names,
            )),
            Change::CreateTable(name) => differences.push(created(&name, pair.next.table(name.as_str()))),
            Change::DropTable(name) => differences.push(Difference {
                object: Object::Table(name.clone()),
                kind: DifferenceKind::Dropped,
                name: format!("table {name}"),
                definition: Pair::new(None, None),
            }),
            Change::AlterTable { table, changes } => {
                if let Some(tables) = tables.both(|schema| schema.table(table.as_str())) {
                    differences.extend(changes.iter().map(|change| in_table(tables, change)));
                }
            }
        }
    }
    differences
}

fn created(name: &Name, table: Option<&Table>) -> Difference {
    let columns = table.map_or(0, |table| table.columns.len());
    let definition = format!("{columns} column{}", if columns == 1 { "" } else { "s" });
    Difference {
        object: Object::Table(name.clone()),
        kind: DifferenceKind::Added,
        name: format!("table {name}"),
        definition: Pair::new(None, Some(definition)),
    }
}

fn renamed(object: Object, name: String, names: &Pair<Name>) -> Difference {
    let definition = Pair::new(None, Some(format!("renamed to {}", names.next)));
    Difference { object, kind: DifferenceKind::Renamed, name, definition }
}

fn in_table(tables: Pair<&Table>, change: &TableChange) -> Difference {
    let table = &tables.next.name;
    let column = |name: &Name| tables.map(|table| table.column(name.as_str()).map(column_words));
    let (object, name, definition) = match change {
        TableChange::RenameColumn(names) => {
            let object = Object::Column(table.clone(), names.next.clone());
            return renamed(object, format!("{table}.{}", names.previous), names);
        }
        TableChange::AddColumn(name) | TableChange::DropColumn(name) | TableChange::AlterColumn(name) => {
            (Object::Column(table.clone(), name.clone()), format!("{table}.{name}"), column(name))
        }
        TableChange::PrimaryKey { .. } => {
            let words = tables.map(|table| table.primary_key.as_ref().map(|key| list(&key.columns)));
            (Object::PrimaryKey(table.clone()), format!("primary key of {table}"), words)
        }
        TableChange::Unique(name, _) => {
            let words = tables.map(|table| table.uniques.get(name).map(|unique| list(&unique.columns)));
            (Object::Unique(table.clone(), name.clone()), format!("unique {name} on {table}"), words)
        }
        TableChange::ForeignKey(name, _) => {
            let words = tables.map(|table| table.foreign_keys.get(name).map(foreign_key_words));
            (Object::ForeignKey(table.clone(), name.clone()), format!("foreign key {name} on {table}"), words)
        }
        TableChange::Check(name, _) => {
            let words = tables.map(|table| table.checks.get(name).map(|check| sql_words(&check.condition)));
            (Object::Check(table.clone(), name.clone()), format!("check {name} on {table}"), words)
        }
        TableChange::Index(name, _) => {
            let words = tables.map(|table| table.indexes.get(name).map(index_words));
            (Object::Index(table.clone(), name.clone()), format!("index {name} on {table}"), words)
        }
    };
    let kind = match (&definition.previous, &definition.next) {
        (None, _) => DifferenceKind::Added,
        (Some(_), None) => DifferenceKind::Dropped,
        (Some(_), Some(_)) => DifferenceKind::Changed,
    };
    Difference { object, kind, name, definition }
}

fn column_words(column: &Column) -> String {
    let mut words = column.column_type.to_string();
    words.push_str(if column.nullable { " null" } else { " not null" });
    match &column.default {
        None => {}
        Some(DefaultValue::Literal(value)) => words.push_str(&format!(" default {value}")),
        Some(DefaultValue::Expression(sql)) => words.push_str(&format!(" default {}", sql_words(sql))),
    }
    if column.auto_increment {
        words.push_str(" auto_increment");
    }
    if column.personal {
        words.push_str(" personal");
    }
    words
}

fn foreign_key_words(key: &ForeignKey) -> String {
    let actions = [("delete", key.on_delete), ("update", key.on_update)];
    actions.into_iter().filter(|(_, action)| *action != crate::ReferentialAction::NoAction).fold(
        format!(
            "{} references {}{}",
            list(&key.columns),
            key.references_table,
            list(&key.references_columns)
        ),
        |words, (event, action)| format!("{words} on {event} {}", action.sql().to_ascii_lowercase()),
    )
}

fn index_words(index: &Index) -> String {
    let parts: Vec<String> = index
        .columns
        .iter()
        .map(|part| match part.order {
            SortOrder::Ascending => part.name.to_string(),
            SortOrder::Descending => format!("{} desc", part.name),
        })
        .collect();
    let unique = if index.unique { "unique " } else { "" };
    let predicate =
        index.predicate.as_ref().map_or_else(String::new, |sql| format!(" where {}", sql_words(sql)));
    format!("{unique}({}){predicate}", parts.join(", "))
}

fn sql_words(sql: &Sql) -> String {
    match sql {
        Sql::Same(text) => text.clone(),
        Sql::Each(texts) => {
            let parts: Vec<String> =
                texts.iter().map(|(dialect, text)| format!("{}: {text}", dialect.key())).collect();
            parts.join(", ")
        }
    }
}

fn list(names: &[Name]) -> String {
    let names: Vec<&str> = names.iter().map(Name::as_str).collect();
    format!("({})", names.join(", "))
}
