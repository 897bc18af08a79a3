//! WHS: SQLite.

use super::site::Site;
use super::{Hazard, HazardCode};
use crate::{Column, ColumnType, Dialect, Name, Operation, ProbeQuestion, Statement, Table, render};

pub(super) fn judge(site: &Site<'_>) -> Vec<Hazard> {
    match site.operation {
        Operation::CreateTable { .. } => {
            site.created_table().and_then(|table| not_strict(site, table)).into_iter().collect()
        }
        Operation::AlterTable { table, .. } if !site.is_new(table) => altered(site, table),
        Operation::AlterEnum { name, .. } => {
            let of_it = |column: &Column| matches!(&column.column_type, ColumnType::Enum(of) if of == name);
            let enums = site.schemas.both(|schema| schema.enumeration(name.as_str()));
            let changed = enums.is_some_and(|enums| enums.previous.values != enums.next.values);
            let tables = site.schemas.previous.tables.values();
            let tables = tables
                .filter(|table| changed && table.columns.values().any(of_it) && !site.is_new(&table.name));
            tables.flat_map(|table| rebuilt(site, table)).collect()
        }
        _ => Vec::new(),
    }
}

fn altered(site: &Site<'_>, table: &Name) -> Vec<Hazard> {
    let Some(previous) = site.schemas.previous.table(table.as_str()) else { return Vec::new() };
    // What SQLite's ALTER TABLE can do is known where it is written.
    let statements = render(Dialect::Sqlite, site.operation, site.schemas.previous, site.target);
    let is_rebuild = statements.iter().any(|statement| matches!(statement, Statement::Rebuild(_)));
    let mut hazards = if is_rebuild { rebuilt(site, previous) } else { Vec::new() };
    let next = site.schemas.next.table(table.as_str());
    let loosened = next.filter(|next| previous.options.sqlite.strict && !next.options.sqlite.strict);
    hazards.extend(loosened.and_then(|next| not_strict(site, next)));
    hazards
}

fn rebuilt(site: &Site<'_>, table: &Table) -> Vec<Hazard> {
    let name = &table.name;
    let rebuild = site.hazard(HazardCode::Rebuild, name.to_string(), format!("rebuilds table {name}"));
    let message = format!("rebuilds table {name}, whose foreign keys are checked before and after");
    let orphans = (!table.foreign_keys.is_empty()).then(|| {
        let probes = site.probe(name, ProbeQuestion::Violating);
        site.hazard(HazardCode::Orphans, name.to_string(), message).probes(probes)
    });
    [rebuild].into_iter().chain(orphans).collect()
}

fn not_strict(site: &Site<'_>, table: &Table) -> Option<Hazard> {
    let name = &table.name;
    let message = format!("table {name} is not strict");
    (!table.options.sqlite.strict).then(|| site.hazard(HazardCode::NotStrict, name.to_string(), message))
}
