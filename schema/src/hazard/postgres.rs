//! WHP: what locks tables of PostgreSQL, judged from typed steps.
//!
//! <https://www.postgresql.org/docs/current/sql-altertable.html>

use super::site::{Altered, Site};
use super::{Hazard, HazardCode};
use crate::{
    Alteration, Column, ColumnType, DataStatement, DefaultValue, Dialect, GeneratedStorage, Name, Operation,
    Pair, Table,
};

pub(super) fn judge(site: &Site<'_>) -> Vec<Hazard> {
    match site.operation {
        Operation::CreateTable { .. } => {
            site.created_table().map(|table| weak(site, table)).unwrap_or_default()
        }
        Operation::CreateIndex { online: false, .. } => created_index(site).into_iter().collect(),
        Operation::DropIndex { table, index, online: false } if !site.is_new(table) => {
            dropped_index(site, table, index).into_iter().collect()
        }
        Operation::Data(statement) => rows(site, statement),
        Operation::Code => rows_with_schema(site, "data").into_iter().collect(),
        _ => site.altered().map(|altered| alter(site, &altered)).unwrap_or_default(),
    }
}

fn created_index(site: &Site<'_>) -> Option<Hazard> {
    let (table, name, index) = site.created_index()?;
    let message = format!("builds index {name} of {}", table.name);
    Some(site.hazard(HazardCode::BlockingIndex, format!("{}.{name}", table.name), message).only(&index.only))
}

fn dropped_index(site: &Site<'_>, table: &Name, name: &Name) -> Option<Hazard> {
    let index = site.schemas.previous.table(table.as_str())?.indexes.get(name)?;
    let message = format!("drops index {name} of {table}");
    Some(site.hazard(HazardCode::BlockingIndexDrop, format!("{table}.{name}"), message).only(&index.only))
}

fn alter(site: &Site<'_>, altered: &Altered<'_>) -> Vec<Hazard> {
    let next = altered.tables.next;
    let table = altered.name;
    let mut hazards = Vec::new();
    for alteration in altered.alterations {
        match alteration {
            // These have a form that keeps nobody waiting.
            _ if altered.online => {}
            Alteration::AddForeignKey { name } => {
                let key = next.foreign_keys.get(name);
                let message = format!("adds foreign key {name} to {table}");
                let object = format!("{table}.{name}");
                hazards.extend(key.map(|key| {
                    site.hazard(HazardCode::ValidatedConstraint, object, message).only(&key.only)
                }));
            }
            Alteration::AddCheck { name } => {
                let check = next.checks.get(name);
                let message = format!("adds check {name} to {table}");
                let object = format!("{table}.{name}");
                hazards.extend(check.map(|check| {
                    site.hazard(HazardCode::ValidatedConstraint, object, message).only(&check.only)
                }));
            }
            Alteration::AddPrimaryKey => {
                let message = format!("builds the index of the primary key of {table}");
                hazards.push(site.hazard(HazardCode::BlockingKey, table.to_string(), message));
            }
            Alteration::AddUnique { name } => {
                let message = format!("builds the index of unique constraint {name} of {table}");
                hazards.push(site.hazard(HazardCode::BlockingKey, format!("{table}.{name}"), message));
            }
            _ => {}
        }
    }
    for (column, filled) in altered.added() {
        hazards.extend(added(site, table, column));
        hazards.extend(weak_type(site, next, column));
        if filled {
            hazards.extend(filled_rows(site, altered, column));
        }
    }
    for (columns, alteration) in altered.altered() {
        hazards.extend(changed(site, altered, columns, alteration));
    }
    hazards
}

fn added(site: &Site<'_>, table: &Name, column: &Column) -> Option<Hazard> {
    let object = format!("{table}.{}", column.name);
    let stored = column.generated.as_ref().is_some_and(|made| made.storage == GeneratedStorage::Stored);
    if stored || column.auto_increment {
        let message = format!("adds column {object}, whose values the database makes for every row");
        return Some(site.hazard(HazardCode::ComputedColumn, object, message));
    }
    let volatile = match &column.default {
        Some(DefaultValue::Expression(sql)) => sql.text(Dialect::Postgres).is_some_and(is_volatile),
        _ => false,
    };
    let message = format!("adds column {object}, whose default is computed for every row");
    volatile.then(|| site.hazard(HazardCode::VolatileDefault, object, message))
}

/// What is the same for all rows of a statement: <https://www.postgresql.org/docs/current/functions-datetime.html>.
/// Of what is not known to be that, the worst is assumed.
fn is_volatile(expression: &str) -> bool {
    const STABLE: [&str; 8] = [
        "current_timestamp",
        "current_date",
        "current_time",
        "localtimestamp",
        "localtime",
        "now",
        "transaction_timestamp",
        "current_user",
    ];
    let text = expression.to_lowercase();
    text.split('(').rev().skip(1).any(|before| {
        let word = before.rsplit(|character: char| !character.is_alphanumeric() && character != '_').next();
        word.is_some_and(|word| !word.is_empty() && !STABLE.contains(&word) && word != "at" && word != "zone")
    })
}

fn changed(
    site: &Site<'_>,
    altered: &Altered<'_>,
    columns: Pair<&Column>,
    alteration: &Alteration,
) -> Vec<Hazard> {
    let object = format!("{}.{}", altered.name, columns.next.name);
    let Alteration::AlterColumn { using, backfill, .. } = alteration else { return Vec::new() };
    let mut hazards = Vec::new();
    let types = columns.map(|column| &column.column_type);
    if types.differs() && (using.is_some() || rewrites(types)) {
        let message = format!("changes {object} from {} to {}", types.previous, types.next);
        hazards.push(site.hazard(HazardCode::Rewrite, object.clone(), message));
    }
    let kept = using.is_none() && !types.differs() && columns.previous.collation == columns.next.collation;
    if columns.previous.nullable && !columns.next.nullable && !(altered.online && kept) {
        let message = format!("makes {object} NOT NULL");
        hazards.push(site.hazard(HazardCode::SetNotNull, object.clone(), message));
    }
    if backfill.is_some() {
        hazards.extend(match kept {
            true => filled_rows(site, altered, columns.next),
            false => rows_with_schema(site, &object),
        });
    }
    hazards
}

/// Rows that an alteration fills. Online this is a transaction of its own, but triggers that are not to hear
/// of it are turned off by a lock, or gone, for as long as it takes.
fn filled_rows(site: &Site<'_>, altered: &Altered<'_>, column: &Column) -> Option<Hazard> {
    let mut hazard = rows_with_schema(site, &format!("{}.{}", altered.name, column.name))?;
    if altered.online {
        hazard.dialects.retain(|dialect| site.is_watched(altered.name, *dialect));
    }
    (!hazard.dialects.is_empty()).then_some(hazard)
}

/// Whether PostgreSQL writes the table anew for a type: it does not where the bytes of every value stay.
fn rewrites(types: Pair<&ColumnType>) -> bool {
    use ColumnType::*;
    match (types.previous, types.next) {
        (Varchar(previous), Varchar(next)) => next < previous,
        (Varchar(_), Text) | (Binary(_) | Blob, Binary(_) | Blob) => false,
        (Decimal { precision: previous, scale: before }, Decimal { precision: next, scale: after }) => {
            before != after || next < previous
        }
        _ => true,
    }
}

fn rows(site: &Site<'_>, statement: &DataStatement) -> Vec<Hazard> {
    let mut hazards = Vec::new();
    let many = match statement {
        DataStatement::Insert { .. } => false,
        DataStatement::Update { .. }
        | DataStatement::InsertFrom { .. }
        | DataStatement::Delete { .. }
        | DataStatement::Backfill { .. } => true,
    };
    let table = statement.table();
    if many && site.before.changed_schema {
        hazards.extend(rows_with_schema(site, table.as_str()));
    }
    hazards
}

fn rows_with_schema(site: &Site<'_>, object: &str) -> Option<Hazard> {
    let schema = site.before.changed_schema || matches!(site.operation, Operation::AlterTable { .. });
    let message = match object {
        "data" => "changes rows by Rust code in a migration that changes the schema".to_owned(),
        object => format!("changes rows of {object} in a migration that changes the schema"),
    };
    schema.then(|| site.hazard(HazardCode::RowsWithSchema, object, message))
}

fn weak(site: &Site<'_>, table: &Table) -> Vec<Hazard> {
    table.columns.values().filter_map(|column| weak_type(site, table, column)).collect()
}

fn weak_type(site: &Site<'_>, table: &Table, column: &Column) -> Option<Hazard> {
    let object = format!("{}.{}", table.name, column.name);
    let key = table.key_columns() == std::slice::from_ref(&column.name);
    let what = match &column.column_type {
        ColumnType::SmallInt | ColumnType::Integer if key && column.auto_increment => "a key that runs out",
        ColumnType::Timestamp => "a timestamp without time zone",
        ColumnType::Char(_) => "a text that is padded with blanks",
        _ => return None,
    };
    Some(site.hazard(HazardCode::WeakType, object.clone(), format!("makes {object} {what}")))
}
