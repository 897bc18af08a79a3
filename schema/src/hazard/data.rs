//! WHM: what the rows that are there decide.

use super::site::{Altered, Site};
use super::{Hazard, HazardCode};
use crate::{
    Alteration, Check, Column, DefaultValue, Dialect, ForeignKey, Index, IndexKey, Name, Only, Operation,
    Pair, Probe, ProbeQuestion, Sql, Table,
};

pub(super) fn judge(site: &Site<'_>) -> Vec<Hazard> {
    match site.operation {
        Operation::CreateIndex { .. } => index(site).into_iter().collect(),
        _ => site.altered().map(|altered| alter(site, &altered)).unwrap_or_default(),
    }
}

fn index(site: &Site<'_>) -> Option<Hazard> {
    let (table, name, index) = site.created_index()?;
    if !index.unique || is_unique_already(site, table, index) {
        return None;
    }
    let twin = |(owner, dropped, definition): &&(Name, Name, Index)| {
        *owner == table.name && (dropped == name || definition.columns == index.columns) && !definition.unique
    };
    let became = site.before.dropped_indexes.iter().any(|dropped| twin(&dropped));
    let object = format!("{}.{name}", table.name);
    let (code, message) = match became {
        true => (HazardCode::BecomeUnique, format!("makes index {name} of {} unique", table.name)),
        false => (HazardCode::AddUnique, format!("adds unique index {name} to {}", table.name)),
    };
    let keys = index.columns.iter().map(|part| (part.key.clone(), None)).collect();
    let question = ProbeQuestion::Repeated { keys, predicate: index.predicate.clone() };
    let hazard = site.hazard(code, object, message).only(&index.only);
    Some(hazard.probes(site.probe(&table.name, question)))
}

/// Whether the rows are known to be unique in these columns.
fn is_unique_already(site: &Site<'_>, table: &Table, index: &Index) -> bool {
    let columns: Option<Vec<Name>> = index.columns.iter().map(|part| part.key.column().cloned()).collect();
    let dropped = || {
        site.before.dropped_indexes.iter().any(|(owner, _, definition)| {
            *owner == table.name
                && definition.unique
                && definition.columns.len() == index.columns.len()
                && definition.columns.iter().all(|part| index.columns.contains(part))
                && definition.predicate.is_none()
                && definition.only == Only::Everywhere
        })
    };
    columns.is_some_and(|columns| {
        let same = |key: &[Name]| key.len() == columns.len() && key.iter().all(|name| columns.contains(name));
        let now = site.schemas.previous.table(table.name.as_str());
        now.is_some_and(|table| table.is_unique(&columns))
            || site.before.dropped_keys.iter().any(|(owner, key)| *owner == table.name && same(key))
            || dropped()
    })
}

fn alter(site: &Site<'_>, altered: &Altered<'_>) -> Vec<Hazard> {
    let table = altered.name;
    let next = altered.tables.next;
    let mut hazards = Vec::new();
    for alteration in altered.alterations {
        match alteration {
            Alteration::AddPrimaryKey => {
                hazards.extend(unique(
                    site,
                    altered,
                    "the primary key",
                    table.to_string(),
                    next.key_columns(),
                ));
            }
            Alteration::AddUnique { name } => {
                let columns = next.uniques.get(name).map(|unique| &unique.columns[..]).unwrap_or_default();
                let what = format!("unique constraint {name}");
                hazards.extend(unique(site, altered, &what, format!("{table}.{name}"), columns));
            }
            Alteration::AddForeignKey { name } => {
                hazards.extend(
                    next.foreign_keys.get(name).and_then(|key| foreign_key(site, altered, name, key)),
                );
            }
            Alteration::AddCheck { name } => hazards.extend(check(site, altered, name)),
            Alteration::AddColumn { column, .. } => hazards.extend(computed(site, altered, column)),
            Alteration::AlterColumn { column, backfill: None, using: None, restore: false } => {
                hazards.extend(not_null(site, altered, column));
                let nullable = altered.previous(column).is_some_and(|previous| previous.nullable);
                hazards.extend(if nullable { computed(site, altered, column) } else { None });
            }
            _ => {}
        }
    }
    hazards.extend(altered.altered().filter_map(|(columns, _)| collation(site, altered, columns)));
    hazards
}

fn unique(
    site: &Site<'_>,
    altered: &Altered<'_>,
    what: &str,
    object: String,
    columns: &[Name],
) -> Option<Hazard> {
    let before: Option<Vec<Name>> =
        columns.iter().map(|column| altered.previous(column).map(|column| column.name.clone())).collect();
    let unique_already = before.is_some_and(|columns| altered.tables.previous.is_unique(&columns));
    // NULLs are never the same, and a new column without a value has nothing else.
    let empty = |column: &&Name| is_empty(altered, column);
    let numbered = columns.iter().any(|column| is_numbered(altered, column));
    if columns.is_empty() || unique_already || numbered || columns.iter().any(|column| empty(&column)) {
        return None;
    }
    let keys =
        columns.iter().map(|column| (IndexKey::Column(column.clone()), other_collation(altered, column)));
    let question = ProbeQuestion::Repeated { keys: keys.collect(), predicate: None };
    let message = format!("adds {what} to {}", altered.name);
    Some(site.hazard(HazardCode::AddUnique, object, message).probes(site.probe(altered.name, question)))
}

/// Whether a column is new, and NULL in every row.
fn is_empty(altered: &Altered<'_>, name: &Name) -> bool {
    altered.added().any(|(column, filled)| {
        column.name == *name && column.nullable && column.default.is_none() && !filled
    })
}

/// Whether a column is new, and numbered by the database.
fn is_numbered(altered: &Altered<'_>, name: &Name) -> bool {
    altered.added().any(|(column, _)| column.name == *name && column.auto_increment)
}

fn other_collation(altered: &Altered<'_>, column: &Name) -> Option<Sql> {
    let (previous, next) = (altered.previous(column)?, altered.tables.next.column(column.as_str())?);
    if previous.collation == next.collation { None } else { next.collation.clone() }
}

fn foreign_key(site: &Site<'_>, altered: &Altered<'_>, name: &Name, key: &ForeignKey) -> Option<Hazard> {
    let empty = key.columns.iter().any(|column| is_empty(altered, column));
    let same = |previous: &ForeignKey| {
        previous.columns == key.columns
            && site.before.first_name(&previous.references_table)
                == site.before.first_name(&key.references_table)
            && previous.references_columns == key.references_columns
            && previous.only == key.only
    };
    if empty || altered.tables.previous.foreign_keys.values().any(same) {
        return None;
    }
    let message = format!("adds foreign key {name} from {} to {}", altered.name, key.references_table);
    let parent = site.untouched(&key.references_table);
    let probes = parent.map(|parent| ProbeQuestion::Orphaned { key: key.clone(), parent });
    let probes: Vec<Probe> =
        probes.into_iter().flat_map(|question| site.probe(altered.name, question)).collect();
    let hazard = site.hazard(HazardCode::AddForeignKey, format!("{}.{name}", altered.name), message);
    Some(hazard.only(&key.only).probes(probes))
}

/// One that is changed is a hazard of programs that still run.
fn check(site: &Site<'_>, altered: &Altered<'_>, name: &Name) -> Option<Hazard> {
    let check = altered.tables.next.checks.get(name)?;
    let same = |previous: &Check| previous == check;
    if altered.tables.previous.checks.contains_key(name) || altered.tables.previous.checks.values().any(same)
    {
        return None;
    }
    let message = format!("adds check {name} to {}", altered.name);
    let hazard = site.hazard(HazardCode::AddCheck, format!("{}.{name}", altered.name), message);
    let probes = site.probe(altered.name, ProbeQuestion::Breaking(check.clone()));
    Some(hazard.only(&check.only).probes(probes))
}

/// A computed column that is NOT NULL now is a check of what it is computed of.
fn computed(site: &Site<'_>, altered: &Altered<'_>, name: &Name) -> Option<Hazard> {
    let next = altered.tables.next;
    let column = next.column(name.as_str()).filter(|column| !column.nullable)?;
    let generated = column.generated.as_ref()?;
    let texts = Dialect::ALL.iter().filter_map(|dialect| Some((*dialect, generated.sql.text(*dialect)?)));
    let conditions: Vec<(Dialect, String)> =
        texts.map(|(dialect, text)| (dialect, format!("({text}) IS NOT NULL"))).collect();
    let condition = Sql::each(conditions.iter().map(|(dialect, text)| (*dialect, text.as_str())));
    // Its columns are looked at as they were.
    let mut read = next.columns.values().filter(|column| generated.sql.names(column.name.as_str()));
    let stays = read.all(|column| altered.leaves(column));
    let rows = if stays { site.rows_before(altered.name) } else { None };
    let question = ProbeQuestion::Breaking(Check::new(condition));
    let object = format!("{}.{name}", altered.name);
    let message = match altered.previous(name) {
        Some(_) => format!("makes computed column {object} NOT NULL, so it must be NULL in no row"),
        None => format!("adds computed column {object}, which must be NULL in no row"),
    };
    let mut hazard = site.hazard(HazardCode::AddCheck, object, message);
    // MariaDB takes no NOT NULL there.
    hazard.dialects.retain(|dialect| *dialect != Dialect::Mysql);
    Some(hazard.probes(rows.map(|rows| Probe { rows, question }).into_iter().collect()))
}

fn not_null(site: &Site<'_>, altered: &Altered<'_>, column: &Name) -> Option<Hazard> {
    let (previous, next) = (altered.previous(column)?, altered.tables.next.column(column.as_str())?);
    let object = format!("{}.{column}", altered.name);
    let tightened = previous.nullable && !next.nullable && next.is_written();
    // What a data step before has filled is what it is meant to be.
    let filled = site.before.backfilled.contains(&(altered.name.clone(), previous.name.clone()));
    let message = format!("makes {object} NOT NULL, and its NULLs become nothing else");
    (tightened && !filled).then(|| {
        let probes = site.probe(altered.name, ProbeQuestion::Null(column.clone()));
        site.hazard(HazardCode::BecomeNotNull, object, message).probes(probes)
    })
}

/// Of columns in a key or unique index.
fn collation(site: &Site<'_>, altered: &Altered<'_>, columns: Pair<&Column>) -> Option<Hazard> {
    let next = altered.tables.next;
    let name = &columns.next.name;
    let in_key = next.key_columns().contains(name)
        || next.uniques.values().any(|unique| unique.columns.contains(name))
        || next.indexes.values().any(|index| index.unique && index.mentions(name.as_str()));
    if columns.previous.collation == columns.next.collation || !in_key {
        return None;
    }
    let keys = vec![(IndexKey::Column(name.clone()), columns.next.collation.clone())];
    let alone = next.is_unique(std::slice::from_ref(name));
    let question = ProbeQuestion::Repeated { keys, predicate: None };
    let object = format!("{}.{name}", altered.name);
    let message = format!("changes the collation of {object}, which is in a key or unique index");
    let hazard = site.hazard(HazardCode::Collation, object, message);
    Some(hazard.probes(if alone { site.probe(altered.name, question) } else { Vec::new() }))
}

/// Whether a default is computed for every row.
pub(super) fn is_computed(column: &Column) -> bool {
    matches!(&column.default, Some(DefaultValue::Expression(_)))
}
