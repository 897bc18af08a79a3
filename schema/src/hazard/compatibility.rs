//! WHC: what breaks programs that still run while the database is migrated.

use super::site::{Altered, Site};
use super::{Hazard, HazardCode};
use crate::{Alteration, Column, ColumnType, Dialect, Operation, ProbeQuestion};

pub(super) fn judge(site: &Site<'_>) -> Vec<Hazard> {
    match site.operation {
        Operation::RenameTable { previous, next } if !site.is_new(previous) => {
            let message = format!("renames table {previous} to {next}");
            vec![site.hazard(HazardCode::RenameTable, next.to_string(), message)]
        }
        Operation::ExchangeTables { one, other } => [(one, other), (other, one)]
            .into_iter()
            .filter(|(previous, _)| !site.is_new(previous))
            .map(|(previous, next)| {
                let message = format!("renames table {previous} to {next}, which others are called now");
                site.hazard(HazardCode::RenameTable, next.to_string(), message)
            })
            .collect(),
        Operation::AlterEnum { name, renamed } => {
            let hazard = |pair: &crate::Pair<String>| {
                let message = format!("renames value {} of enum {name} to {}", pair.previous, pair.next);
                site.hazard(HazardCode::RenameValue, format!("{name}.{}", pair.next), message)
            };
            renamed.iter().map(hazard).collect()
        }
        Operation::CreateTrigger { name } => rejecting_trigger(site, name).into_iter().collect(),
        Operation::CreateTable { .. } => {
            let table = site.created_table();
            let columns =
                table.iter().flat_map(|table| table.columns.values().map(|column| (&table.name, column)));
            columns.filter_map(|(table, column)| plain_json(site, table, column)).collect()
        }
        _ => site.altered().map(|altered| alter(site, &altered)).unwrap_or_default(),
    }
}

fn alter(site: &Site<'_>, altered: &Altered<'_>) -> Vec<Hazard> {
    let table = altered.name;
    let mut hazards = Vec::new();
    for alteration in altered.alterations {
        match alteration {
            Alteration::RenameColumn { previous, next } => {
                let message = format!("renames column {table}.{previous} to {next}");
                hazards.push(site.hazard(HazardCode::RenameColumn, format!("{table}.{next}"), message));
            }
            Alteration::AddCheck { name } => hazards.extend(tightened_check(site, altered, name)),
            _ => {}
        }
    }
    for (column, _) in altered.added() {
        hazards.extend(required(site, altered, column));
        hazards.extend(plain_json(site, table, column));
    }
    for (columns, _) in altered.altered() {
        if columns.both(|column| Some(&column.column_type)).is_some_and(|types| types.differs()) {
            hazards.extend(plain_json(site, table, columns.next));
        }
    }
    hazards
}

fn required(site: &Site<'_>, altered: &Altered<'_>, column: &Column) -> Option<Hazard> {
    let object = format!("{}.{}", altered.name, column.name);
    let message = format!("adds column {object}, which every insert must name from then on");
    column.needs_value().then(|| site.hazard(HazardCode::RequiredColumn, object, message))
}

/// Another condition under the same name. Whether it is the narrower one only the rows can tell.
fn tightened_check(site: &Site<'_>, altered: &Altered<'_>, name: &crate::Name) -> Option<Hazard> {
    let checks = altered.tables.both(|table| table.checks.get(name))?;
    let message = format!("changes check {name} of {}", altered.name);
    let question = ProbeQuestion::Breaking(checks.next.clone());
    Some(
        site.hazard(HazardCode::TightenCheck, format!("{}.{name}", altered.name), message)
            .only(&checks.next.only)
            .probes(site.probe(altered.name, question)),
    )
}

/// How each database lets a trigger refuse a row.
const REFUSALS: [(Dialect, &str); 3] =
    [(Dialect::Sqlite, "RAISE"), (Dialect::Postgres, "EXCEPTION"), (Dialect::Mysql, "SIGNAL")];

fn rejecting_trigger(site: &Site<'_>, name: &crate::Name) -> Option<Hazard> {
    let trigger = site.schemas.next.trigger(name.as_str())?;
    // What was there with the same text refuses nothing that it did not refuse before.
    let known =
        |schema: &crate::Schema| schema.trigger(name.as_str()).is_some_and(|known| known.sql == trigger.sql);
    if site.is_new(&trigger.table)
        || known(site.schemas.previous)
        || site.before.dropped_trigger(name, &trigger.sql)
    {
        return None;
    }
    let refuses = |(dialect, word): &(Dialect, &str)| {
        trigger.only.includes(*dialect) && trigger.sql.text(*dialect).is_some_and(|text| has_word(text, word))
    };
    let dialects: Vec<Dialect> =
        REFUSALS.iter().filter(|refusal| refuses(refusal)).map(|(dialect, _)| *dialect).collect();
    let message = format!("creates trigger {name}, which may refuse rows of {}", trigger.table);
    let mut hazard = site.hazard(HazardCode::TightenCheck, name.to_string(), message);
    hazard.dialects.retain(|dialect| dialects.contains(dialect));
    (!hazard.dialects.is_empty()).then_some(hazard)
}

/// The body of a function stands in quotes on PostgreSQL, so the text is searched as a whole.
fn has_word(text: &str, word: &str) -> bool {
    let mut words = text.split(|character: char| !character.is_alphanumeric() && character != '_');
    words.any(|found| found.eq_ignore_ascii_case(word))
}

fn plain_json(site: &Site<'_>, table: &crate::Name, column: &Column) -> Option<Hazard> {
    let ColumnType::Native(native) = &column.column_type else { return None };
    let json = native.text(Dialect::Postgres)?.trim().eq_ignore_ascii_case("json");
    let object = format!("{table}.{}", column.name);
    let message = format!("makes {object} a `json` of PostgreSQL, which knows no equality");
    json.then(|| site.hazard(HazardCode::PlainJson, object, message))
}
