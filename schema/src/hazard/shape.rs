//! WHN: names and shapes of what a step brings.

use super::site::Site;
use super::{Hazard, HazardCode};
use crate::{Alteration, Column, ColumnType, Index, Name, Only, Operation, Table};

pub(super) fn judge(site: &Site<'_>) -> Vec<Hazard> {
    let next = |table: &Name| site.schemas.next.table(table.as_str());
    match site.operation {
        Operation::CreateTable { table } => next(table).map(|table| whole(site, table)).unwrap_or_default(),
        Operation::RenameTable { next, .. } => {
            awkward(site, next.as_str(), next.as_str()).into_iter().collect()
        }
        Operation::AlterTable { table, alterations, .. } => {
            next(table).map(|table| altered(site, table, alterations)).unwrap_or_default()
        }
        Operation::CreateIndex { table, index, .. } => {
            next(table).map(|table| one_index(site, table, index)).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

fn whole(site: &Site<'_>, table: &Table) -> Vec<Hazard> {
    let mut hazards = Vec::new();
    hazards.extend(awkward(site, table.name.as_str(), table.name.as_str()));
    hazards.extend(table.columns.values().flat_map(|column| one_column(site, table, column)));
    hazards.extend(keyless(site, table));
    hazards.extend(table.indexes.keys().flat_map(|index| one_index(site, table, index)));
    hazards.extend(table.foreign_keys.keys().filter_map(|key| unindexed(site, table, key)));
    hazards
}

fn altered(site: &Site<'_>, table: &Table, alterations: &[Alteration]) -> Vec<Hazard> {
    let mut hazards = Vec::new();
    for alteration in alterations {
        match alteration {
            Alteration::AddColumn { column, .. } => {
                let column = table.column(column.as_str());
                hazards.extend(column.map(|column| one_column(site, table, column)).unwrap_or_default());
            }
            Alteration::RenameColumn { next, .. } => {
                hazards.extend(awkward(site, next.as_str(), &format!("{}.{next}", table.name)));
            }
            Alteration::AddForeignKey { name } => hazards.extend(unindexed(site, table, name)),
            Alteration::DropPrimaryKey => hazards.extend(keyless(site, table)),
            _ => {}
        }
    }
    hazards
}

fn one_column(site: &Site<'_>, table: &Table, column: &Column) -> Vec<Hazard> {
    let object = format!("{}.{}", table.name, column.name);
    let money = matches!(column.column_type, ColumnType::Real | ColumnType::Double) && is_money(&column.name);
    let message = format!("makes {object} a float, which cannot hold every cent");
    let float = money.then(|| site.hazard(HazardCode::Shape, object.clone(), message));
    awkward(site, column.name.as_str(), &object).into_iter().chain(float).collect()
}

/// Words of money in a name.
fn is_money(name: &Name) -> bool {
    const MONEY: [&str; 9] = ["amount", "balance", "cost", "fee", "price", "salary", "total", "vat", "wage"];
    let name = name.as_str().to_lowercase();
    name.split('_').any(|word| MONEY.contains(&word))
}

fn keyless(site: &Site<'_>, table: &Table) -> Option<Hazard> {
    let name = &table.name;
    // As it is in the end: a key may go and come.
    let later = site.target.table(name.as_str()).unwrap_or(table);
    let keyless = table.primary_key.is_none() && later.primary_key.is_none();
    keyless.then(|| {
        site.hazard(HazardCode::Shape, name.to_string(), format!("leaves {name} without a primary key"))
    })
}

fn one_index(site: &Site<'_>, table: &Table, name: &Name) -> Vec<Hazard> {
    let Some(index) = table.indexes.get(name) else { return Vec::new() };
    let object = format!("{}.{name}", table.name);
    let mut hazards: Vec<Hazard> = awkward(site, name.as_str(), &object).into_iter().collect();
    if !index.unique && index.columns.len() > 3 {
        let message = format!("makes index {name} of {} wider than three columns", table.name);
        hazards.push(site.hazard(HazardCode::Shape, object.clone(), message).only(&index.only));
    }
    if let Some(other) = covering(table, name, index) {
        let message = format!("makes index {name} of {}, which {other} covers", table.name);
        hazards.push(site.hazard(HazardCode::Shape, object, message).only(&index.only));
    }
    hazards
}

/// What makes a plain index idle: a key or another index that begins with the same.
fn covering(table: &Table, name: &Name, index: &Index) -> Option<String> {
    let plain = |index: &Index| {
        index.predicate.is_none()
            && index.method.is_empty()
            && index.include.is_empty()
            && index.only == Only::Everywhere
    };
    if index.unique || !plain(index) {
        return None;
    }
    let columns: Vec<&Name> = index.columns.iter().map(|part| part.key.column()).collect::<Option<_>>()?;
    let rising = index.columns.iter().all(|part| part.order == crate::SortOrder::Ascending);
    let begins = |key: &[Name]| {
        rising && key.len() >= columns.len() && key.iter().zip(&columns).all(|(key, column)| key == *column)
    };
    if begins(table.key_columns()) {
        return Some("the primary key".to_owned());
    }
    let unique = table.uniques.iter().find(|(_, unique)| begins(&unique.columns));
    if let Some((unique, _)) = unique {
        return Some(unique.to_string());
    }
    let other = table.indexes.iter().find(|(other, definition)| {
        let longer = definition.columns.len() > index.columns.len();
        // Of two that are the same, one is enough; the second by name is told.
        let same = definition.columns.len() == index.columns.len() && (*other < name || definition.unique);
        *other != name
            && plain(definition)
            && (longer || same)
            && definition.columns.starts_with(&index.columns)
    });
    other.map(|(other, _)| other.to_string())
}

/// A foreign key whose rows no index finds when the parent goes.
fn unindexed(site: &Site<'_>, table: &Table, name: &Name) -> Option<Hazard> {
    let key = table.foreign_keys.get(name)?;
    // Its index may come in a later step.
    let table = site.target.table(table.name.as_str()).unwrap_or(table);
    let first = |columns: &[Name]| {
        columns.len() >= key.columns.len()
            && columns[..key.columns.len()].iter().all(|column| key.columns.contains(column))
    };
    let indexed = first(table.key_columns())
        || table.uniques.values().any(|unique| first(&unique.columns))
        || table.indexes.values().any(|index| {
            let columns: Vec<Name> =
                index.columns.iter().map_while(|part| part.key.column().cloned()).collect();
            index.predicate.is_none() && first(&columns)
        });
    let object = format!("{}.{name}", table.name);
    let message = format!("makes foreign key {name} of {}, whose columns no index begins with", table.name);
    let mut hazard = site.hazard(HazardCode::Shape, object, message).only(&key.only);
    // MySQL makes one by itself.
    hazard.dialects.retain(|dialect| !crate::Capabilities::of(*dialect).indexes_foreign_keys);
    (!indexed).then_some(hazard)
}

/// Words that are reserved by one of the databases or more, and are likely names.
const RESERVED: [&str; 40] = [
    "all",
    "and",
    "as",
    "between",
    "by",
    "case",
    "check",
    "column",
    "condition",
    "default",
    "desc",
    "end",
    "from",
    "function",
    "group",
    "groups",
    "index",
    "interval",
    "key",
    "keys",
    "limit",
    "offset",
    "option",
    "order",
    "primary",
    "range",
    "rank",
    "references",
    "row",
    "rows",
    "select",
    "set",
    "system",
    "table",
    "to",
    "trigger",
    "union",
    "user",
    "values",
    "window",
];

fn awkward(site: &Site<'_>, name: &str, object: &str) -> Option<Hazard> {
    let plain = name
        .chars()
        .all(|character| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_');
    let message = match (plain, RESERVED.contains(&name)) {
        (true, false) => return None,
        (true, true) => format!("names something `{name}`, which is a word of SQL"),
        (false, _) => {
            format!("names something `{name}`, which is not of small letters, digits and underscores")
        }
    };
    Some(site.hazard(HazardCode::AwkwardName, object, message))
}
