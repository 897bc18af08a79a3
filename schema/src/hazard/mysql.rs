//! WHY: what locks tables of MySQL and MariaDB, judged from typed steps.
//!
//! <https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html>

use super::data::is_computed;
use super::site::{Altered, Site};
use super::{Hazard, HazardCode};
use crate::render::{has_stored_column, is_kept_now, is_stored_otherwise};
use crate::{
    Alteration, Column, ColumnType, Dialect, Enum, GeneratedStorage, Index, Name, Operation, Pair, Table,
};

pub(super) fn judge(site: &Site<'_>) -> Vec<Hazard> {
    let mut hazards = match site.operation {
        Operation::CreateTable { .. } => {
            site.created_table().and_then(|table| charset(site, table)).into_iter().collect()
        }
        Operation::CreateIndex { .. } => slow_index(site).into_iter().collect(),
        Operation::AlterEnum { name, .. } => changed_enum(site, name).into_iter().collect(),
        _ => site.altered().map(|altered| alter(site, &altered)).unwrap_or_default(),
    };
    hazards.extend(several(site));
    hazards
}

fn alter(site: &Site<'_>, altered: &Altered<'_>) -> Vec<Hazard> {
    let Altered { name: table, tables, .. } = altered;
    let copy = |object: String, what: String| site.hazard(HazardCode::TableCopy, object, what);
    let mut hazards = Vec::new();
    let mut key = false;
    for alteration in altered.alterations {
        match alteration {
            Alteration::AddPrimaryKey | Alteration::DropPrimaryKey => key = true,
            Alteration::AddForeignKey { name } if !altered.online => {
                let message = format!("adds foreign key {name} to {table}, which copies the table");
                let key = tables.next.foreign_keys.get(name);
                hazards.extend(key.map(|key| copy(format!("{table}.{name}"), message).only(&key.only)));
            }
            Alteration::AddCheck { name } => {
                let message = format!("adds check {name} to {table}, which copies the table");
                let check = tables.next.checks.get(name);
                hazards.extend(check.map(|check| copy(format!("{table}.{name}"), message).only(&check.only)));
            }
            Alteration::SetOptions => hazards.extend(options(site, *tables)),
            _ => {}
        }
    }
    if key {
        let message = format!("changes the primary key of {table}");
        hazards.push(site.hazard(HazardCode::KeyChange, table.to_string(), message));
    }
    if tables.previous.primary_key.is_some() && tables.next.primary_key.is_none() {
        let message = format!("drops the primary key of {table} without another, which copies the table");
        hazards.push(copy(table.to_string(), message));
    }
    for (column, _) in altered.added() {
        let stored = column.generated.as_ref().is_some_and(|made| made.storage == GeneratedStorage::Stored);
        if stored || column.auto_increment || is_computed(column) {
            let object = format!("{table}.{}", column.name);
            let message = format!("adds column {object}, whose values are computed for every row");
            hazards.push(site.hazard(HazardCode::ComputedCopy, object, message));
        }
    }
    for (columns, _) in altered.altered() {
        if is_stored_otherwise(columns) {
            let object = format!("{table}.{}", columns.next.name);
            let types = columns.map(|column| &column.column_type);
            let message = match is_kept_now(columns) {
                true => format!("keeps the values of {object}, which were computed, and copies the table"),
                false => {
                    format!(
                        "changes {object} from {} to {}, which copies the table",
                        types.previous, types.next
                    )
                }
            };
            hazards.push(copy(object, message));
        } else if columns.previous.nullable && !columns.next.nullable && has_stored_column(tables.previous) {
            let object = format!("{table}.{}", columns.next.name);
            let message = format!("makes {object} NOT NULL beside a stored column, which copies the table");
            hazards.push(copy(object, message));
        }
    }
    hazards.extend(virtual_among_others(site, altered));
    hazards
}

/// A virtual column comes or goes at once, but with nothing else.
fn virtual_among_others(site: &Site<'_>, altered: &Altered<'_>) -> Option<Hazard> {
    let moved = |alteration: &Alteration| {
        let column = match alteration {
            Alteration::AddColumn { column, .. } | Alteration::RestoreColumn { column, .. } => {
                altered.tables.next.column(column.as_str())
            }
            Alteration::DropColumn { column } => altered.tables.previous.column(column.as_str()),
            _ => None,
        };
        column.filter(|column| {
            column.generated.as_ref().is_some_and(|made| made.storage == GeneratedStorage::Virtual)
        })
    };
    let column = altered.alterations.iter().find_map(moved)?;
    let object = format!("{}.{}", altered.name, column.name);
    let message = format!("moves virtual column {object} with other changes, which copies the table");
    let among_others = altered.alterations.iter().any(|alteration| moved(alteration).is_none());
    among_others.then(|| site.hazard(HazardCode::TableCopy, object, message))
}

fn options(site: &Site<'_>, tables: Pair<&Table>) -> Vec<Hazard> {
    let options = tables.map(|table| &table.options.mysql);
    let table = &tables.next.name;
    let mut hazards = Vec::new();
    if options.previous.engine != options.next.engine {
        let message = format!("changes the engine of {table}");
        hazards.push(site.hazard(HazardCode::EngineChange, table.to_string(), message));
    }
    let texts = |options: &crate::MysqlOptions| (options.charset.clone(), options.collation.clone());
    if texts(options.previous) != texts(options.next) {
        let message = format!("changes how the texts of {table} are stored, which copies the table");
        hazards.push(site.hazard(HazardCode::TableCopy, table.to_string(), message));
        hazards.extend(charset(site, tables.next));
    }
    hazards
}

fn charset(site: &Site<'_>, table: &Table) -> Option<Hazard> {
    let charset = table.options.mysql.charset.as_deref()?;
    let whole =
        ["utf8mb4", "binary", "utf16", "utf32"].iter().any(|known| charset.eq_ignore_ascii_case(known));
    let message = format!("stores the texts of {} as {charset}", table.name);
    (!whole).then(|| site.hazard(HazardCode::NarrowCharset, table.name.to_string(), message))
}

/// These are built under a lock that keeps writers out.
fn slow_index(site: &Site<'_>) -> Option<Hazard> {
    let (table, name, index) = site.created_index()?;
    let method = |index: &Index| index.method.get(&Dialect::Mysql).cloned();
    let slow = method(index).is_some_and(|method| ["fulltext", "spatial"].contains(&method.as_str()));
    let message = format!("builds index {name} of {}, while nobody can write", table.name);
    slow.then(|| {
        site.hazard(HazardCode::TableCopy, format!("{}.{name}", table.name), message).only(&index.only)
    })
}

/// The values are in the type of every column; only more of them at the end leave what is stored as it is,
/// as long as their number takes one byte.
fn changed_enum(site: &Site<'_>, name: &Name) -> Option<Hazard> {
    let enums = site.schemas.both(|schema| schema.enumeration(name.as_str()))?;
    let of_it = |column: &Column| matches!(&column.column_type, ColumnType::Enum(of) if of == name);
    let used = site
        .schemas
        .previous
        .tables
        .values()
        .any(|table| !site.is_new(&table.name) && table.columns.values().any(of_it));
    let longer = enums.next.values.starts_with(&enums.previous.values);
    let class = |definition: &Enum| definition.values.len() > 255;
    let same = longer && class(enums.previous) == class(enums.next);
    let message = format!("changes enum {name} otherwise than by values at its end");
    (used && !same && enums.differs()).then(|| site.hazard(HazardCode::EnumCopy, name.to_string(), message))
}

/// Told at the second change of the schema.
fn several(site: &Site<'_>) -> Option<Hazard> {
    let changes = !matches!(
        site.operation,
        Operation::Data(_)
            | Operation::Sql { .. }
            | Operation::Code
            // What has no statement of its own on MySQL.
            | Operation::CreateEnum { .. }
            | Operation::DropEnum { .. }
    );
    let message = "changes the schema in several statements, which are no transaction";
    (changes && site.before.schema_changes > 0)
        .then(|| site.hazard(HazardCode::SeveralChanges, "steps", message))
}
