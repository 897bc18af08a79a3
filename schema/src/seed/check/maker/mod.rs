//! How values are made, as a seed file says it.

mod circle;
mod number;
mod reference;

use toml::de::DeValue;

pub(super) use self::circle::check_circles;
use self::number::{between, distribution};
use self::reference::reference;
use super::group::literal;
use super::table::{Scope, from_text, inner};
use super::{cell, place_of, template, wrong};
use crate::document::reader::{self, Context, Entry, known};
use crate::language::SEED_MAKER;
use crate::seed::Fake;
use crate::seed::model::{Gap, Maker};
use crate::suggest::closest;
use crate::{Code, Column, ColumnType, Name, Span, Value};

/// What values are made in.
#[derive(Clone, Copy)]
pub(super) struct Making<'x, 'd> {
    pub(super) scope: Scope<'x, 'd>,
    /// The table of the parent rows, if there are any.
    pub(super) parents: Option<&'x Name>,
}

/// The keys that say how a value is made; the others say more about it.
const HEADS: [&str; 13] = [
    "fake",
    "pick",
    "text",
    "ref",
    "by",
    "between",
    "normal",
    "log_normal",
    "chance",
    "file",
    "hex",
    "null",
    "call",
];

/// Reads how the values of a column are made: a literal, or a table with one of the heads.
pub(super) fn maker(
    making: Making<'_, '_>,
    context: &mut Context<'_>,
    column: &Column,
    entry: Entry<'_>,
) -> Option<Maker> {
    let scope = making.scope;
    let DeValue::Table(_) = entry.value else { return literal(scope, context, column, entry) };
    let keys = inner(context, entry);
    let before = context.diagnostics.len();
    let keys = known(context, &SEED_MAKER, keys);
    let mut heads = keys.iter().copied().filter(|inner| HEADS.contains(&inner.key));
    let (Some(head), None) = (heads.next(), heads.next()) else {
        if context.diagnostics.len() == before {
            context.report(
                wrong(
                    Code::BAD_GENERATOR,
                    format!("nothing says how values of `{}` are made", column.name),
                    entry.value_span,
                    "needs one generator",
                )
                .help(format!("write one of: {}", HEADS.join(", "))),
            );
        }
        return None;
    };
    let find = |key: &str| keys.iter().copied().find(|inner| inner.key == key);
    for other in &keys {
        let beside: &[&str] = match head.key {
            "pick" => &["weights"],
            "ref" => &["weights", "distinct", "same"],
            "by" => &["cases", "else"],
            "normal" | "log_normal" => &["min", "max"],
            "chance" => &["then", "else"],
            _ => &[],
        };
        if other.key != head.key && !beside.contains(&other.key) {
            let message = format!("`{}` means nothing beside `{}`", other.key, head.key);
            context.report(
                wrong(Code::BAD_GENERATOR, message, other.key_span, "without effect").help("remove it"),
            );
        }
    }
    match head.key {
        "fake" => fake(scope, context, column, head),
        "pick" => pick(making, context, column, head, find("weights")),
        "text" => template::template(making, context, column, head),
        "ref" => reference(making, context, column, head, [find("weights"), find("distinct"), find("same")]),
        "by" => cases(making, context, column, head, find("cases"), find("else")),
        "between" => between(scope, context, column, head),
        "normal" | "log_normal" => distribution(scope, context, column, head, find("min"), find("max")),
        "chance" => chance(making, context, column, head, find("then"), find("else")),
        "call" => call(scope, context, column, head),
        _ => cell::constant(scope, context, column, head).flatten(),
    }
}

fn bad(
    context: &mut Context<'_>,
    message: String,
    span: Span,
    label: &str,
    help: impl Into<String>,
) -> Option<Maker> {
    context.report(wrong(Code::BAD_GENERATOR, message, span, label).help(help));
    None
}

fn fake(scope: Scope<'_, '_>, context: &mut Context<'_>, column: &Column, head: Entry<'_>) -> Option<Maker> {
    let text = reader::text(context, head, "fake = \"name.full\"")?;
    let keys = Fake::ALL.map(Fake::key);
    let place = place_of(scope.part().name(), column.name.as_str());
    let Some(kind) = Fake::from_key(&text.value) else {
        let last = |key: &&str| key.rsplit('.').next() == text.value.rsplit('.').next();
        let help = match closest(&text.value, keys).or_else(|| keys.iter().find(|key| last(key)).copied()) {
            Some(meant) => format!("did you mean \"{meant}\"?"),
            None => format!("there are: {}", keys.join(", ")),
        };
        return bad(
            context,
            format!("there is no fake value `{}`", text.value),
            text.span,
            "not known",
            help,
        );
    };
    let fits = match (&column.column_type, kind) {
        (ColumnType::Uuid, Fake::Uuid) | (ColumnType::Text, _) => true,
        (ColumnType::Varchar(limit), _) => kind.longest().is_some_and(|longest| longest <= *limit as usize),
        // A text of fixed length is read back with blanks by some databases, so it must be full.
        (ColumnType::Char(limit), Fake::Color) => *limit == 7,
        (ColumnType::Char(limit), Fake::Uuid) => *limit == 36,
        _ => false,
    };
    if !fits {
        let help = match (&column.column_type, kind.longest()) {
            (ColumnType::Varchar(_) | ColumnType::Char(_), Some(longest)) => {
                format!("its values have up to {longest} characters; choose a shorter one, or `pick`")
            }
            (ColumnType::Varchar(_) | ColumnType::Char(_), None) => {
                "its values may be longer than any limit; choose a shorter one, as \"lorem.sentence\""
                    .to_owned()
            }
            _ => "fake values are texts; for others there are `pick`, `between`, `normal` and `chance`"
                .to_owned(),
        };
        let message = format!("`{}` does not fit {place}, which is `{}`", kind.key(), column.column_type);
        return bad(context, message, text.span, "does not fit", help);
    }
    Some(Maker::Fake(kind))
}

fn pick(
    making: Making<'_, '_>,
    context: &mut Context<'_>,
    column: &Column,
    head: Entry<'_>,
    weights: Option<Entry<'_>>,
) -> Option<Maker> {
    let (mut items, mut sums) = (Vec::new(), None);
    match head.value {
        DeValue::Array(array) => {
            for element in array.iter() {
                let span = context.span(element);
                let entry = Entry { value: element.get_ref(), value_span: span, key_span: span, ..head };
                items.push(maker(making, context, column, entry)?);
            }
            if let Some(weights) = weights {
                sums = Some(weight_list(context, weights, items.len())?);
            }
        }
        DeValue::Table(_) => {
            let mut all = Vec::new();
            let mut sum = 0;
            for entry in inner(context, head) {
                let value = from_text(column, entry.key);
                items.push(cell::checked(making.scope, context, column, value, entry.key_span)?);
                sum += weight(context, entry)?;
                all.push(sum);
            }
            if let Some(weights) = weights {
                return bad(
                    context,
                    "`pick` has weights already".to_owned(),
                    weights.key_span,
                    "again",
                    "remove it",
                );
            }
            sums = Some(all);
        }
        _ => return reader::wrong_shape(context, head, "a list of values, or values with weights", PICK),
    }
    if items.is_empty() || sums.as_ref().is_some_and(|sums: &Vec<u64>| sums.last() == Some(&0)) {
        return bad(
            context,
            "`pick` has nothing to pick".to_owned(),
            head.value_span,
            "empty",
            format!("write `{PICK}`"),
        );
    }
    Some(Maker::Pick(items, sums))
}

const PICK: &str = "pick = [\"red\", \"green\"]` or `pick = { red = 3, green = 1 }";

fn weight_list(context: &mut Context<'_>, entry: Entry<'_>, count: usize) -> Option<Vec<u64>> {
    let DeValue::Array(array) = entry.value else {
        return reader::wrong_shape(context, entry, "a list of numbers", "weights = [3, 1]");
    };
    let (mut sums, mut sum) = (Vec::new(), 0);
    for element in array.iter() {
        sum +=
            weight(context, Entry { value: element.get_ref(), value_span: context.span(element), ..entry })?;
        sums.push(sum);
    }
    if sums.len() != count {
        let message = format!("there are {} weights, and {count} to choose from", sums.len());
        context.report(
            wrong(Code::BAD_GENERATOR, message, entry.value_span, "one for each")
                .help("write as many weights as values"),
        );
        return None;
    }
    Some(sums)
}

fn weight(context: &mut Context<'_>, entry: Entry<'_>) -> Option<u64> {
    let weight = reader::integer(context, entry, "red = 3")?;
    let weight = u64::try_from(weight).ok().filter(|weight| *weight <= 1_000_000_000);
    if weight.is_none() {
        context.report(
            wrong(
                Code::BAD_GENERATOR,
                "a weight is a number from 0 to 1000000000",
                entry.value_span,
                "not one",
            )
            .help("write how often it comes, beside the others"),
        );
    }
    weight
}

fn cases(
    making: Making<'_, '_>,
    context: &mut Context<'_>,
    column: &Column,
    head: Entry<'_>,
    cases: Option<Entry<'_>>,
    otherwise: Option<Entry<'_>>,
) -> Option<Maker> {
    let scope = making.scope;
    let text = reader::text(context, head, "by = \"category\"")?;
    let found = template::filled(making, &text.value);
    let by = match &found {
        Some(Gap::Own(column)) => Some(scope.definition(&scope.shell().columns[*column])),
        Some(Gap::Parent(_, name)) => {
            let table = text.value.split_once('.').map_or("", |(table, _)| table);
            let table = if table == "parent" { making.parents.map_or("", Name::as_str) } else { table };
            scope.checker.context.schema.table(table).and_then(|table| table.column(name.as_str()))
        }
        Some(Gap::Number | Gap::Row) | None => None,
    };
    let (Some(found), Some(by)) = (found, by) else {
        template::unknown(making, context, &text.value, text.span);
        return None;
    };
    let Some(entry) = cases else {
        reader::missing_key(context, head.key_span, "`by`", "cases", "cases = { work = \"...\" }");
        return None;
    };
    let mut made = Vec::new();
    for case in reader::table(context, entry, "cases = { work = \"...\" }")? {
        let Some(Maker::Constant(value)) =
            cell::checked(scope, context, by, from_text(by, case.key), case.key_span)
        else {
            return None;
        };
        made.push((value, maker(making, context, column, case)?));
    }
    let otherwise = match otherwise {
        Some(entry) => maker(making, context, column, entry)?,
        None => {
            let values = scope.checker.context.schema.enum_of(&by.column_type).map(|one| one.values.len());
            let complete = values == Some(made.len()) && !by.nullable;
            match super::table::implied(scope, column) {
                Some(implied) => implied,
                None if complete => Maker::Constant(None),
                None => {
                    reader::missing_key(context, head.key_span, "`by`", "else", "else = \"...\"");
                    return None;
                }
            }
        }
    };
    Some(Maker::Cases { by: found, cases: made, otherwise: Box::new(otherwise) })
}

fn chance(
    making: Making<'_, '_>,
    context: &mut Context<'_>,
    column: &Column,
    head: Entry<'_>,
    then: Option<Entry<'_>>,
    otherwise: Option<Entry<'_>>,
) -> Option<Maker> {
    let share = share(context, head)?;
    let is_flag = column.column_type == ColumnType::Boolean;
    let flag = |truth| Maker::Constant(Some(Value::Boolean(truth)));
    let then = match then {
        Some(entry) => maker(making, context, column, entry)?,
        None if is_flag => flag(true),
        None => {
            reader::missing_key(
                context,
                head.key_span,
                "`chance`",
                "then",
                "then = { fake = \"name.full\" }",
            );
            return None;
        }
    };
    let otherwise = match otherwise {
        Some(entry) => maker(making, context, column, entry)?,
        None if is_flag => flag(false),
        None if column.nullable => Maker::Constant(None),
        None => {
            reader::missing_key(context, head.key_span, "`chance`", "else", "else = \"...\"");
            return None;
        }
    };
    Some(Maker::Chance { share, then: Box::new(then), otherwise: Box::new(otherwise) })
}

/// A share from 0 to 1, of 2^53.
pub(super) fn share(context: &mut Context<'_>, entry: Entry<'_>) -> Option<u64> {
    match cell::number(entry.value) {
        Some(share) if (0.0..=1.0).contains(&share) => Some((share * (1_u64 << 53) as f64) as u64),
        _ => reader::wrong_shape(context, entry, "a number from 0 to 1", "chance = 0.3"),
    }
}

fn call(scope: Scope<'_, '_>, context: &mut Context<'_>, column: &Column, head: Entry<'_>) -> Option<Maker> {
    let text = reader::text(context, head, "call = \"crate::seeds::subject\"")?;
    let parts: Vec<&str> = text.value.split("::").collect();
    let is_word = |part: &&str| {
        let mut characters = part.chars();
        characters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
            && characters.all(|other| other.is_ascii_alphanumeric() || other == '_')
            && (!crate::names::is_keyword(part) || *part == "crate")
    };
    if parts.len() < 2 || !parts.iter().all(is_word) || parts[1..].contains(&"crate") {
        let message = format!("`{}` is no path of a function", text.value);
        return bad(
            context,
            message,
            text.span,
            "not a path",
            "write it from the root, as `call = \"crate::seeds::subject\"`",
        );
    }
    if let Some(functions) = scope.checker.context.functions
        && !functions.contains(&text.value.as_str())
    {
        let help = match closest(&text.value, functions.iter().copied()) {
            Some(meant) => format!("did you mean \"{meant}\"?"),
            None => "a program has the functions that its own seeds call when it is built".to_owned(),
        };
        return bad(
            context,
            format!("this program has no function `{}`", text.value),
            text.span,
            "not known",
            help,
        );
    }
    scope.checker.called(&text.value, &column.column_type, column.nullable);
    Some(Maker::Call(text.value))
}
