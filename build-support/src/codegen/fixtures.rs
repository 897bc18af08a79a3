//! Fixtures: the rows of seeds that have labels, as row structs for tests.
//!
//! A fixture has the numbers that its row gets in an empty database into which its set is loaded, with those
//! that it needs and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use whimbrel_schema::seed::{Call, Loading, SeedTable, Seeds, World};
use whimbrel_schema::{Name, RowTypes, Schema, Value, names};

use super::SILENCE;
use super::doc::doc_lines;
use super::field::field_value;
use crate::analysis::Analysis;

/// `fixtures::TABLE::LABEL()` for each labelled row, where nothing is wrong with the package: then the schema
/// that seeds were checked against is the one that row structs are of.
pub(super) fn fixtures(analysis: &Analysis) -> String {
    let whole = analysis.all().is_empty() && analysis.chain.complete;
    let (Some(seeds), Some(link)) = (&analysis.seeds, analysis.chain.links.last().filter(|_| whole)) else {
        return String::new();
    };
    let mut modules: BTreeMap<&str, (BTreeSet<String>, String)> = BTreeMap::new();
    for (set, definition) in seeds.seeds.sets.iter().enumerate() {
        // To count the rows that are made takes time, which a set without labels need not.
        let labelled = definition.tables.iter().flat_map(|rows| &rows.rows).any(|row| row.label.is_some());
        if !labelled {
            continue;
        }
        of_set(&seeds.seeds, set, (&link.schema, &analysis.config.row_types), &mut modules);
    }
    modules.retain(|_, (_, functions)| !functions.is_empty());
    if modules.is_empty() {
        return String::new();
    }
    let mut taken = BTreeSet::new();
    let mut text = String::new();
    for (table, (_, functions)) in modules {
        let module = free(identifier(table), &mut taken);
        let doc = doc_lines("    ", &format!("Rows of table `{table}`, by their labels."));
        let _ = write!(text, "{doc}    pub mod {module} {{\n{functions}    }}\n");
    }
    format!(
        "/// Rows of the seeds, by their tables and labels, with the numbers that they get in an empty database.\n\
         {SILENCE}\npub mod fixtures {{\n{text}}}\n"
    )
}

fn of_set<'s>(
    seeds: &'s Seeds,
    set: usize,
    (schema, chosen): (&Schema, &BTreeSet<RowTypes>),
    modules: &mut BTreeMap<&'s str, (BTreeSet<String>, String)>,
) {
    // What functions of the package make is no part of rows that are written out.
    let functions = |_: &str, _: &mut Call| None;
    let mut world = World::new(seeds, &functions);
    let mut counts: BTreeMap<&Name, i64> = BTreeMap::new();
    let definition = &seeds.sets[set];
    for number in definition.needs.iter().copied().chain([set]) {
        let tables = &seeds.sets[number].tables;
        let loading = Loading { seed: seeds.manifest.seed.clone(), size: 1.0, ..Loading::default() };
        if world.add(number, loading).is_err() {
            return;
        }
        for (index, rows) in tables.iter().enumerate() {
            let before = counts.get(&rows.table.name).copied().unwrap_or(0);
            let own = world.greatest_number(number, index).unwrap_or(0);
            let base = before.max(own) + 1;
            world.set_base(number, index, base);
            let rows_here = i64::try_from(world.count(number, index)).unwrap_or(i64::MAX);
            counts.insert(&rows.table.name, base.saturating_add(rows_here) - 1);
        }
    }
    let structs = names::row_names(schema);
    let structs: BTreeMap<&Name, &String> = schema.tables.keys().zip(&structs).collect();
    for (index, rows) in definition.tables.iter().enumerate() {
        let Some(row_struct) = structs.get(&rows.table.name) else { continue };
        let (taken, functions) = modules.entry(rows.table.name.as_str()).or_default();
        for (number, row) in rows.rows.iter().enumerate() {
            let Some(label) = &row.label else { continue };
            let Ok(values) = world.values(&world.written(set, index, number)) else { continue };
            let Some(fields) = fields(rows, &values, chosen) else { continue };
            let doc = doc_lines("        ", &format!("`{label}` of set `{}`.", definition.name));
            // A label of several sets is no name by itself.
            let own = match is_shared(seeds, &rows.table.name, label) {
                true => format!("{label}-of-{}", definition.name),
                false => label.clone(),
            };
            let name = free(identifier(&own), taken);
            let _ = write!(
                functions,
                "{doc}        pub fn {name}() -> super::super::{row_struct} {{\n            \
                     super::super::{row_struct} {{ {fields} }}\n        }}\n"
            );
        }
    }
}

/// Whether several sets have a row of a table with this label.
fn is_shared(seeds: &Seeds, table: &Name, label: &str) -> bool {
    let has = |rows: &SeedTable| {
        rows.table.name == *table && rows.rows.iter().any(|row| row.label.as_deref() == Some(label))
    };
    seeds.sets.iter().filter(|set| set.tables.iter().any(has)).count() > 1
}

/// The fields of a row struct; `None` if the database computes a column of it, so that nobody knows its value, or
/// if a type does not hold one.
fn fields(rows: &SeedTable, values: &[Option<Value>], chosen: &BTreeSet<RowTypes>) -> Option<String> {
    let field = |field: names::Field<'_>| {
        let column = rows.column(field.column.name.as_str())?;
        let value = field_value(field.column, values[column].as_ref(), chosen)?;
        Some(format!("{}: {value}", field.name))
    };
    let fields: Option<Vec<String>> = names::fields(&rows.table).into_iter().map(field).collect();
    Some(fields?.join(", "))
}

/// What Rust calls something of this name.
fn identifier(name: &str) -> String {
    let mut identifier = names::const_name(&Name::new(name)).to_ascii_lowercase();
    if names::is_keyword(&identifier) {
        identifier.push('_');
    }
    identifier
}

fn free(mut identifier: String, taken: &mut BTreeSet<String>) -> String {
    while !taken.insert(identifier.clone()) {
        identifier.push('_');
    }
    identifier
}
