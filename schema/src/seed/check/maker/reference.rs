//! `{ ref = ".." }`: a row that a foreign key chooses.

use super::super::group::same;
use super::super::{place_of, wrong};
use super::{Making, bad, weight};
use crate::document::reader::{self, Context, Entry};
use crate::seed::model::{Maker, Pool, Reference};
use crate::suggest::{closest, listed};
use crate::{Code, Column};

pub(super) fn reference(
    making: Making<'_, '_>,
    context: &mut Context<'_>,
    column: &Column,
    head: Entry<'_>,
    [weights, distinct, same_column]: [Option<Entry<'_>>; 3],
) -> Option<Maker> {
    let scope = making.scope;
    let text = reader::text(context, head, "ref = \"users\"")?;
    let table = &scope.part().table;
    let mut keys = table.foreign_keys.iter().filter(|(_, key)| key.columns.contains(&column.name));
    let Some((name, key)) = keys.clone().find(|(_, key)| key.references_table == *text.value.as_str()) else {
        let place = place_of(table.name.as_str(), column.name.as_str());
        let (message, help) = match keys.next() {
            Some((_, key)) => (
                format!("{place} does not reference `{}`", text.value),
                format!("it references `{0}`: write `ref = \"{0}\"`", key.references_table),
            ),
            None => (
                format!("{place} is no foreign key"),
                "`ref` is for foreign keys; for other columns there are `pick` and `text`".to_owned(),
            ),
        };
        return bad(context, message, text.span, "not referenced", help);
    };
    let place = key.columns.iter().position(|one| *one == column.name).unwrap_or(0);
    let referenced = key.references_columns.get(place)?.clone();
    let own = key.references_table == table.name;
    let pool = if own { vec![(scope.set, scope.table)] } else { scope.pool(&key.references_table) };
    if pool.is_empty() {
        let message = format!("this set has no rows of `{}`", text.value);
        return bad(
            context,
            message,
            text.span,
            "nothing to choose from",
            "add some, or name a set that has some in `needs`",
        );
    }
    let mut chosen = Vec::new();
    if let Some(weights) = weights {
        let mut sum = 0;
        let entries = reader::table(context, weights, "weights = { ada = 3, bob = 1 }")?;
        for entry in entries {
            sum += weight(context, entry)?;
            match scope.labelled(&key.references_table, entry.key) {
                Some(row) => chosen.push((row, sum)),
                None => {
                    let labels = scope.pool(&key.references_table).into_iter();
                    let labels: Vec<&str> = labels
                        .flat_map(|(set, table)| scope.shells[set][table].labels.keys().map(String::as_str))
                        .collect();
                    let help = match closest(entry.key, labels.iter().copied()) {
                        Some(meant) => format!("did you mean `{meant}`?"),
                        None => format!("the labels are: {}", listed(labels.iter().copied())),
                    };
                    let message = format!("no row of `{}` is called `{}`", text.value, entry.key);
                    context
                        .report(wrong(Code::UNKNOWN_LABEL, message, entry.key_span, "not known").help(help));
                    return None;
                }
            }
        }
        if sum == 0 {
            return bad(
                context,
                "`weights` name no row".to_owned(),
                weights.value_span,
                "empty",
                "name labels of rows, each with its weight",
            );
        }
    }
    if let Some(entry) = distinct {
        reader::flag(context, entry)?;
        let why = match (own, weights.is_some()) {
            (true, _) => Some("a table that references itself chooses among the rows before each"),
            (false, true) => Some("rows with weights come as often as those say"),
            (false, false) => None,
        };
        if let Some(why) = why {
            let message = format!("`distinct` cannot be: {why}");
            return bad(context, message, entry.key_span, "cannot be kept", "remove it");
        }
    }
    let same = match same_column {
        Some(entry) => Some(same(making, context, column, entry, &key.references_table)?),
        None => None,
    };
    Some(Maker::Reference(Reference {
        key: name.clone(),
        pool: Pool(pool),
        column: referenced,
        same,
        distinct: distinct.is_some(),
        weights: chosen,
        own,
    }))
}
