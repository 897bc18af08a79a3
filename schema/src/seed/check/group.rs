//! `[[table.generate]]`: rows that are made.

use std::collections::BTreeMap;

use toml::de::DeValue;

use super::maker::{self, Making};
use super::table::{Scope, column, implied, inner, missing_value};
use super::{cell, wrong};
use crate::document::reader::{self, Context, Entry, fields};
use crate::language::SEED_GROUP;
use crate::seed::model::{Count, Distinct, Group, Maker, Pool};
use crate::suggest::{closest, listed};
use crate::{Code, ForeignKey, Name, Span};

/// Every group of a table.
pub(super) fn groups(
    scope: Scope<'_, '_>,
    context: &mut Context<'_>,
    defaults: &BTreeMap<&str, Maker>,
) -> Vec<Group> {
    let groups = scope.shell().groups.iter().enumerate();
    groups.filter_map(|(index, entry)| group(scope, context, *entry, index, defaults)).collect()
}

fn group(
    scope: Scope<'_, '_>,
    context: &mut Context<'_>,
    entry: Entry<'_>,
    index: usize,
    defaults: &BTreeMap<&str, Maker>,
) -> Option<Group> {
    let span = Span { end: entry.value_span.start + 1, ..entry.value_span };
    let keys = fields(context, entry, &SEED_GROUP, "[[table.generate]]")?;
    let find = |key: &str| keys.iter().copied().find(|inner| inner.key == key);
    let name = find("name").and_then(|entry| reader::text(context, entry, "name = \"newcomers\""));
    let name = name.map_or_else(|| index.to_string(), |name| name.value);
    let via = find("via").and_then(|entry| reader::text(context, entry, "via = \"owner_id\""));
    let parents = match find("for_each") {
        Some(entry) => {
            Some(parents(scope, context, entry, via.as_ref().map(|via| (via.value.as_str(), via.span)))?)
        }
        None => None,
    };
    let count = match find("count") {
        Some(entry) => count(context, entry)?,
        None if parents.is_some() => Count::Between(1, 1),
        None => {
            reader::missing_key(context, span, "a group of rows", "count", "count = 10");
            return None;
        }
    };
    let written = find("columns").map(|entry| {
        reader::table(context, entry, "columns.name = { fake = \"name.full\" }").unwrap_or_default()
    });
    let written = written.unwrap_or_default();
    let mut cells: BTreeMap<String, Maker> = BTreeMap::new();
    if let Some((key, _)) = &parents {
        for (own, referenced) in key.columns.iter().zip(&key.references_columns) {
            if let Some(entry) = written.iter().find(|entry| *own == entry.key) {
                context.report(
                    wrong(
                        Code::BAD_GENERATOR,
                        format!("`{own}` references the parent row already"),
                        entry.key_span,
                        "filled by `for_each`",
                    )
                    .help("remove it"),
                );
            }
            cells.insert(own.to_string(), Maker::Parent { column: referenced.clone() });
        }
    }
    let making = Making { scope, parents: parents.as_ref().map(|(key, _)| &key.references_table) };
    for entry in written {
        let Some(column) = column(scope, context, entry.key, entry.key_span) else { continue };
        if cells.contains_key(entry.key) {
            continue;
        }
        let made = maker::maker(making, context, column, entry).unwrap_or(Maker::Constant(None));
        cells.insert(entry.key.to_owned(), made);
    }
    let mut missing = Vec::new();
    let cells: Vec<Maker> = scope
        .shell()
        .columns
        .iter()
        .map(|column| {
            let definition = scope.definition(column);
            let name = column.name.as_str();
            let made = cells.remove(name).or_else(|| defaults.get(name).cloned());
            made.or_else(|| implied(scope, definition)).unwrap_or_else(|| {
                missing.push(definition);
                Maker::Constant(None)
            })
        })
        .collect();
    for column in missing {
        context.report(missing_value(&format!("a group of `{}`", scope.part().name()), column, span));
    }
    maker::check_circles(scope, context, &cells, span);
    let distinct = vec![Distinct::No; cells.len()];
    Some(Group {
        name,
        count,
        parents: parents.map(|(_, pool)| pool),
        cells,
        distinct,
        joints: Vec::new(),
        lone: None,
    })
}

/// The foreign key that `for_each` fills, and the rows that it is filled with.
fn parents<'x>(
    scope: Scope<'x, '_>,
    context: &mut Context<'_>,
    entry: Entry<'_>,
    via: Option<(&str, Span)>,
) -> Option<(&'x ForeignKey, Pool)> {
    let text = reader::text(context, entry, "for_each = \"users\"")?;
    let table = &scope.part().table;
    let keys: Vec<&ForeignKey> = table
        .foreign_keys
        .values()
        .filter(|key| key.references_table == *text.value.as_str() && key.references_table != table.name)
        .filter(|key| via.is_none_or(|(via, _)| key.columns.iter().any(|column| *column == via)))
        .collect();
    let key = match keys[..] {
        [key] => key,
        [] => {
            let tables: Vec<&str> =
                table.foreign_keys.values().map(|key| key.references_table.as_str()).collect();
            let report = |message: String, span, help: String| {
                wrong(Code::BAD_GENERATOR, message, span, "no foreign key leads there").help(help)
            };
            let (name, wanted) = (&table.name, text.value.as_str());
            let leads = tables.contains(&wanted);
            context.report(match (via, closest(wanted, tables.iter().copied())) {
                _ if *name == *wanted => report(
                    format!("rows of `{name}` are not made for each row of `{name}`"),
                    text.span,
                    format!("make them for each of another table, and let a column choose one before: {{ ref = \"{name}\" }}"),
                ),
                (Some((via, span)), _) if leads => report(
                    format!("`{via}` of `{name}` does not reference `{wanted}`"),
                    span,
                    format!("name a column of `{name}` that does, or leave `via` out"),
                ),
                (_, Some(meant)) => report(
                    format!("`{name}` does not reference `{wanted}`"),
                    text.span,
                    format!("did you mean \"{meant}\"?"),
                ),
                (_, None) => report(
                    format!("`{name}` does not reference `{wanted}`"),
                    text.span,
                    match tables.is_empty() {
                        true => format!("`{name}` references no table"),
                        false => format!("it references: {}", listed(tables.iter().copied())),
                    },
                ),
            });
            return None;
        }
        [first, ..] => {
            let message = format!("`{}` references `{}` in several columns", table.name, text.value);
            let help = format!("say which is filled: `via = \"{}\"`", first.columns[0]);
            context.report(wrong(Code::BAD_GENERATOR, message, text.span, "which of them?").help(help));
            return None;
        }
    };
    let pool = scope.pool(&key.references_table);
    if pool.is_empty() {
        let message = format!("this set has no rows of `{}`", text.value);
        context.report(wrong(Code::BAD_GENERATOR, message, text.span, "no parents").help(format!(
            "add some, or a set that has some to `needs`, as `needs = [\"{}\"]`",
            "reference"
        )));
        return None;
    }
    Some((key, Pool(pool)))
}

/// A number, a range as `"3..=10"`, weights as `{ 0 = 5, 1 = 3 }`, or a chance as `{ chance = 0.3 }`.
fn count(context: &mut Context<'_>, entry: Entry<'_>) -> Option<Count> {
    let count = match entry.value {
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .ok()
            .and_then(|number| u64::try_from(number).ok())
            .map(|number| Count::Between(number, number)),
        DeValue::String(text) => range(text),
        DeValue::Table(_) => {
            let keys = inner(context, entry);
            match keys[..] {
                [only] if only.key == "chance" => maker::share(context, only).map(Count::Chance),
                _ => weighted(&keys),
            }
        }
        _ => None,
    };
    match count {
        Some(count) if count.greatest() <= MOST => Some(count),
        _ => {
            context.report(
                wrong(Code::BAD_GENERATOR, "`count` is no number of rows", entry.value_span, "not understood")
                    .help(format!(
                        "write a number up to {MOST}, a range as `\"3..=10\"`, weights as `{{ 0 = 5, 1 = 3 }}`, or `{{ chance = 0.3 }}`"
                    )),
            );
            None
        }
    }
}

/// The most rows of a group, or of a parent.
const MOST: u64 = 1_000_000_000;

fn range(text: &str) -> Option<Count> {
    let (least, most) = match text.split_once("..=") {
        Some((least, most)) => (least.trim().parse().ok()?, most.trim().parse().ok()?),
        None => {
            let (least, behind) = text.split_once("..")?;
            (least.trim().parse().ok()?, behind.trim().parse::<u64>().ok()?.checked_sub(1)?)
        }
    };
    (least <= most).then_some(Count::Between(least, most))
}

fn weighted(keys: &[Entry<'_>]) -> Option<Count> {
    let (mut numbers, mut sum) = (Vec::new(), 0_u64);
    for entry in keys {
        let DeValue::Integer(weight) = entry.value else { return None };
        let weight: u64 = weight.as_str().parse().ok()?;
        sum = sum.checked_add(weight)?;
        numbers.push((entry.key.parse().ok()?, sum));
    }
    (sum > 0).then_some(Count::Weighted(numbers))
}

/// The name of what references have in common, as `via`.
pub(super) fn same(
    making: Making<'_, '_>,
    context: &mut Context<'_>,
    column: &crate::Column,
    entry: Entry<'_>,
    table: &Name,
) -> Option<Name> {
    let scope = making.scope;
    let text = reader::text(context, entry, "same = \"owner_id\"")?;
    let schema = scope.checker.context.schema;
    let definition = schema.table(table.as_str())?;
    let name = Name::new(&text.value);
    let target = |table: &crate::Table| {
        let key = table.foreign_keys.values().find(|key| key.columns == [name.clone()])?;
        Some((key.references_table.clone(), key.references_columns.clone()))
    };
    let Some(wanted) = target(definition) else {
        let message = format!("`{}` of `{table}` references no row", text.value);
        context.report(
            wrong(Code::BAD_GENERATOR, message, text.span, "not a foreign key of one column")
                .help(format!("name a column of `{table}` that references the row in common")),
        );
        return None;
    };
    // The column of this row, or else of its parent; or of a parent of that.
    let own = scope.shell().columns.iter().any(|other| other.name == name) && name != column.name;
    let parent = || making.parents.and_then(|parent| schema.table(parent.as_str()));
    let says = match own {
        true => target(&scope.part().table) == Some(wanted.clone()),
        false => parent().is_some_and(|parent| match parent.column(name.as_str()) {
            Some(_) => target(parent) == Some(wanted.clone()),
            None => scope.pool(&parent.name).iter().any(|(set, table)| {
                let groups = &scope.shells[*set][*table].groups;
                groups.iter().any(|group| inner(context, *group).iter().any(|key| key.key == "for_each"))
            }),
        }),
    };
    if !says {
        let message = format!("nothing says which `{}` this row has in common", wanted.0);
        context.report(wrong(Code::BAD_GENERATOR, message, text.span, "no such column here").help(format!(
            "`{name}` is to be a column of this table, or of that of `for_each`, which references `{}` as well",
            wanted.0
        )));
        return None;
    }
    Some(name)
}

/// A literal, which is a value of every row.
pub(super) fn literal(
    scope: Scope<'_, '_>,
    context: &mut Context<'_>,
    column: &crate::Column,
    entry: Entry<'_>,
) -> Option<Maker> {
    cell::cell(scope, context, column, &cell::RawCell::Toml(entry), entry.value_span)
}
