//! WHD: what destroys values, in typed steps.

use super::site::{Altered, Site};
use super::{Hazard, HazardCode};
use crate::plan::Conversion;
use crate::{
    Alteration, Column, ColumnType, DataStatement, Dialect, Effect, Expression, Keeping, Name, Operation,
    Pair, Probe, ProbeQuestion, Schema,
};

pub(super) fn judge(site: &Site<'_>) -> Vec<Hazard> {
    match site.operation {
        Operation::DropTable { table } if !site.is_new(table) => vec![drop_table(site, table)],
        Operation::AlterTable { .. } => site.altered().map(|altered| alter(site, &altered)).unwrap_or_default(),
        Operation::AlterEnum { name, renamed } => removed_values(site, name, renamed),
        Operation::Data(statement) if !site.is_new(statement.table()) => rows(site, statement),
        Operation::Sql { effects, .. } => {
            effects.iter().enumerate().filter_map(|(index, effect)| by_hand(site, effect, &effects[..index])).collect()
        }
        Operation::Code => vec![code(site)],
        Operation::CreateTable { .. }
        | Operation::DropTable { .. }
        | Operation::RestoreTable { .. }
        | Operation::RenameTable { .. }
        | Operation::ExchangeTables { .. }
        | Operation::Data(_)
        | Operation::CreateIndex { .. }
        | Operation::DropIndex { .. }
        // Views and triggers hold no rows.
        | Operation::CreateEnum { .. }
        | Operation::DropEnum { .. }
        | Operation::CreateView { .. }
        | Operation::DropView { .. }
        | Operation::CreateTrigger { .. }
        | Operation::DropTrigger { .. } => Vec::new(),
    }
}

fn drop_table(site: &Site<'_>, table: &Name) -> Hazard {
    let definition = site.schemas.previous.table(table.as_str());
    site.hazard(HazardCode::DropTable, table.to_string(), format!("drops table {table} with all of its rows"))
        .keeping(definition.map_or(Keeping::Whole, Keeping::of_rows))
        .probes(site.probe(table, ProbeQuestion::All))
}

/// What a data statement destroys. Deleted rows are kept; the rows that a cascade deletes with them, and
/// values that an update replaces, are not.
fn rows(site: &Site<'_>, statement: &DataStatement) -> Vec<Hazard> {
    let schemas = Pair::new(site.schemas.previous, site.target);
    match statement {
        DataStatement::Delete { table, filter } => {
            let which = if filter.is_some() { "the rows that its condition means" } else { "every row" };
            let keeping = match schemas.previous.children(table.as_str()).next() {
                Some(_) => Keeping::Nothing,
                None => {
                    Keeping::rows_at(schemas, table).map_or(Keeping::Whole, |rows| Keeping::of_rows(&rows))
                }
            };
            let hazard =
                site.hazard(HazardCode::DeleteRows, table.to_string(), format!("deletes {which} of {table}"));
            vec![hazard.keeping(keeping)]
        }
        DataStatement::Update { table, set, .. } => {
            let replaced = |(column, _): &(Name, Expression)| {
                let object = format!("{table}.{column}");
                let message = format!("replaces values of {object}");
                site.hazard(HazardCode::ReplaceValues, object, message).keeping(Keeping::Nothing)
            };
            set.iter().map(replaced).collect()
        }
        DataStatement::Insert { .. } | DataStatement::InsertFrom { .. } | DataStatement::Backfill { .. } => {
            Vec::new()
        }
    }
}

/// What hand-written SQL may destroy by an effect. The archive keeps nothing of it, because nobody
/// knows which rows it means.
fn by_hand(site: &Site<'_>, effect: &Effect, before: &[Effect]) -> Option<Hazard> {
    let table = effect.table();
    let (code, does) = match effect {
        Effect::Creates { .. } => return None,
        Effect::Changes { .. } => {
            (HazardCode::Opaque, format!("changes rows of {table} by hand-written SQL"))
        }
        Effect::Alters { .. } => (HazardCode::Opaque, format!("alters table {table} by hand-written SQL")),
        Effect::Drops { .. } => {
            (HazardCode::DropTable, format!("drops table {table} with all of its rows by hand-written SQL"))
        }
    };
    let created = |effect: &Effect| matches!(effect, Effect::Creates { table: created } if created == table);
    let new = site.is_new(table) || before.iter().any(created);
    (!new).then(|| site.hazard(code, table.to_string(), does).keeping(Keeping::Nothing))
}

fn code(site: &Site<'_>) -> Hazard {
    site.hazard(HazardCode::Opaque, "data", "changes rows by Rust code").keeping(Keeping::Nothing)
}

fn alter(site: &Site<'_>, altered: &Altered<'_>) -> Vec<Hazard> {
    let schemas = Pair::new(site.schemas.previous, site.target);
    let mut hazards = Vec::new();
    for alteration in altered.alterations {
        match alteration {
            Alteration::DropColumn { column } => hazards.extend(drop_column(site, altered, column)),
            Alteration::AlterColumn { column, using, backfill, .. } => {
                let names = Pair::new(previous_name(altered, column), column);
                let keeping = altered.keeping(schemas, names, using.iter().chain(backfill));
                hazards.extend(conversion(site, altered, names, using.as_ref(), keeping));
                hazards.extend(no_longer_required(site, altered, column));
            }
            Alteration::DropUnique { name } => {
                hazards.extend(altered.tables.previous.uniques.get(name).and_then(|unique| {
                    let again = altered.tables.next.uniques.contains_key(name);
                    dropped(site, altered, "unique constraint", name, &unique.columns, again)
                }));
            }
            Alteration::DropForeignKey { name } => {
                hazards.extend(altered.tables.previous.foreign_keys.get(name).and_then(|key| {
                    let again =
                        altered.tables.next.foreign_keys.values().any(|next| next.columns == key.columns);
                    // With the table referenced it cannot stay.
                    let goes = site.target.table(key.references_table.as_str()).is_none();
                    dropped(site, altered, "foreign key", name, &key.columns, again || goes)
                        .map(|hazard| hazard.only(&key.only))
                }));
            }
            Alteration::DropCheck { name } => {
                hazards.extend(altered.tables.previous.checks.get(name).and_then(|check| {
                    let again = altered.tables.next.checks.contains_key(name);
                    let gone =
                        |column: &&Name| altered.drops(column) && check.condition.names(column.as_str());
                    let with = altered.tables.previous.columns.keys().find(gone).cloned();
                    dropped(site, altered, "check", name, with.as_slice(), again)
                        .map(|hazard| hazard.only(&check.only))
                }));
            }
            Alteration::SetOptions => hazards.extend(no_longer_strict(site, altered)),
            _ => {}
        }
    }
    hazards
}

/// Outside of strict tables SQLite makes numbers of texts that look like some in columns of the type ANY:
/// <https://sqlite.org/stricttables.html#the_any_datatype>. The archive has nothing of them.
fn no_longer_strict(site: &Site<'_>, altered: &Altered<'_>) -> Vec<Hazard> {
    let strict = altered.tables.map(|table| table.options.sqlite.strict);
    if !strict.previous || strict.next {
        return Vec::new();
    }
    let is_any = |column: &Column| {
        let ColumnType::Native(native) = &column.column_type else { return false };
        native.text(Dialect::Sqlite).is_some_and(|text| text.trim().eq_ignore_ascii_case("ANY"))
    };
    let any = altered.tables.next.columns.values().filter(|column| is_any(column));
    let stays = any.filter(|column| altered.previous(&column.name).is_some_and(is_any));
    stays
        .map(|column| {
            let object = format!("{}.{}", altered.name, column.name);
            let message = format!(
                "makes numbers of texts in column {object}, as '1e3', because its table is strict no longer"
            );
            let hazard = site.hazard(HazardCode::NarrowType, object, message);
            hazard.keeping(Keeping::Nothing).on(Dialect::Sqlite)
        })
        .collect()
}

fn previous_name<'a>(altered: &Altered<'a>, column: &'a Name) -> &'a Name {
    altered.renamed.get(column).copied().unwrap_or(column)
}

fn drop_column(site: &Site<'_>, altered: &Altered<'_>, column: &Name) -> Option<Hazard> {
    let Altered { name: table, tables, .. } = altered;
    // What is computed can be computed again.
    let computed = tables.previous.column(column.as_str()).is_some_and(|column| !column.is_written());
    if computed {
        return None;
    }
    let previous = altered.renamed.get(column).copied().unwrap_or(column);
    let schemas = Pair::new(site.schemas.previous, site.target);
    let keeping = altered.keeping(schemas, Pair::new(previous, column), []);
    let object = format!("{table}.{column}");
    let message = format!("drops column {object} with its values");
    let probes = site.rows_before(table);
    let valued = ProbeQuestion::Valued(previous.clone());
    let probes = probes.map(|rows| Probe { rows, question: valued });
    Some(
        site.hazard(HazardCode::DropColumn, object, message)
            .keeping(keeping)
            .probes(probes.into_iter().collect()),
    )
}

/// A narrower type loses what does not fit, and a conversion by hand what it replaces; of the latter
/// it is only said where no archive keeps it for the way back.
fn conversion(
    site: &Site<'_>,
    altered: &Altered<'_>,
    column: Pair<&Name>,
    using: Option<&Expression>,
    keeping: Keeping,
) -> Option<Hazard> {
    let table = altered.name;
    let columns = Pair::new(altered.tables.previous, altered.tables.next)
        .zip(column)
        .both(|(table, column)| table.column(column.as_str()))?;
    let types = columns.map(|column| &column.column_type);
    let object = format!("{table}.{}", column.next);
    if Conversion::between(types.previous, types.next) != Conversion::Lossless {
        let message = format!("narrows column {object} from {} to {}", types.previous, types.next);
        let hazard = site.hazard(HazardCode::NarrowType, object, message).keeping(keeping);
        return Some(hazard.probes(unfit(site, table, columns)));
    }
    (using.is_some() && !keeping.is_whole()).then(|| {
        let message = format!("replaces values of {object}");
        site.hazard(HazardCode::ReplaceValues, object, message).keeping(keeping)
    })
}

/// The values as they are, before any conversion.
fn unfit(site: &Site<'_>, table: &Name, columns: Pair<&Column>) -> Vec<Probe> {
    let rows = site.rows_before(table);
    let column = columns.previous.name.clone();
    let question = ProbeQuestion::Unfit { column, types: columns.map(|column| column.column_type.clone()) };
    rows.map(|rows| Probe { rows, question }).into_iter().collect()
}

fn no_longer_required(site: &Site<'_>, altered: &Altered<'_>, column: &Name) -> Option<Hazard> {
    let (previous, next) = (altered.previous(column)?, altered.tables.next.column(column.as_str())?);
    let object = format!("{}.{column}", altered.name);
    let message = format!("lets {object} be NULL");
    (!previous.nullable && next.nullable).then(|| site.hazard(HazardCode::DropNotNull, object, message))
}

/// A constraint that goes, and neither with a column of it nor to come back otherwise.
fn dropped(
    site: &Site<'_>,
    altered: &Altered<'_>,
    kind: &str,
    name: &Name,
    columns: &[Name],
    again: bool,
) -> Option<Hazard> {
    let with_column = columns.iter().any(|column| altered.drops(column));
    let object = format!("{}.{name}", altered.name);
    let message = format!("drops {kind} {name} of {}", altered.name);
    (!again && !with_column).then(|| site.hazard(HazardCode::DropConstraint, object, message))
}

/// A value that some row still has makes the migration fail, so nothing is lost by it; but it is better
/// known before.
fn removed_values(site: &Site<'_>, name: &Name, renamed: &[Pair<String>]) -> Vec<Hazard> {
    let Some(enums) = site.schemas.both(|schema| schema.enumeration(name.as_str())) else {
        return Vec::new();
    };
    let stays =
        |value: &String| enums.next.has(value) || renamed.iter().any(|renamed| renamed.previous == *value);
    let removed = enums.previous.values.iter().filter(|value| !stays(value));
    removed
        .map(|value| {
            let message = format!("removes value {value} of enum {name}, and fails if a row has it");
            let probes = columns_of(site.schemas.previous, name).flat_map(|(table, column)| {
                let question = ProbeQuestion::Valuing { column: column.clone(), value: value.clone() };
                site.probe(table, question)
            });
            site.hazard(HazardCode::RemoveValue, format!("{name}.{value}"), message).probes(probes.collect())
        })
        .collect()
}

fn columns_of<'a>(schema: &'a Schema, name: &'a Name) -> impl Iterator<Item = (&'a Name, &'a Name)> {
    schema.tables.values().flat_map(move |table| {
        let of_it = move |column: &&Column| matches!(&column.column_type, ColumnType::Enum(of) if of == name);
        table.columns.values().filter(of_it).map(|column| (&table.name, &column.name))
    })
}
