//! How values are made, as a seed file says it.

use toml::de::DeValue;

use super::group::{literal, same};
use super::table::{Scope, from_text, inner};
use super::{cell, place_of, template, wrong};
use crate::document::reader::{self, Context, Entry, known};
use crate::language::SEED_MAKER;
use crate::seed::Fake;
use crate::seed::model::{Gap, Maker, Part, Pool, Reference, Unit};
use crate::seed::values::time;
use crate::seed::values::whole::scaled;
use crate::suggest::{closest, listed};
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

fn reference(
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

fn between(
    scope: Scope<'_, '_>,
    context: &mut Context<'_>,
    column: &Column,
    head: Entry<'_>,
) -> Option<Maker> {
    let example = "between = [1, 10]` or `between = [\"now - 90d\", \"now\"]";
    let DeValue::Array(array) = head.value else {
        return reader::wrong_shape(context, head, "a list of the least and the greatest value", example);
    };
    let ends: Vec<_> = array.iter().collect();
    let [low, high] = ends[..] else {
        return reader::wrong_shape(context, head, "a list of the least and the greatest value", example);
    };
    let mut end = |value: &toml::Spanned<DeValue<'_>>| {
        let span = context.span(value);
        let entry = Entry { value: value.get_ref(), value_span: span, ..head };
        match literal(scope, context, column, entry)? {
            Maker::Constant(value) => value,
            _ => None,
        }
    };
    let (low, high) = (end(low)?, end(high)?);
    let made = match (&low, &high) {
        (Value::Integer(low), Value::Integer(high)) => {
            Maker::Between { low: *low, high: *high, unit: Unit::One }
        }
        (Value::Float(low), Value::Float(high)) => Maker::BetweenFloat { low: low.get(), high: high.get() },
        (Value::Decimal(low), Value::Decimal(high)) => {
            let ColumnType::Decimal { scale, .. } = column.column_type else { return None };
            match (scaled(low, scale), scaled(high, scale)) {
                (Some(low), Some(high)) => Maker::Between { low, high, unit: Unit::Scale(scale) },
                _ => {
                    let message = "`between` goes to 18 digits".to_owned();
                    return bad(context, message, head.value_span, "too large", "choose smaller numbers");
                }
            }
        }
        _ => match (time::microseconds(&low), time::microseconds(&high)) {
            (Some(low), Some(high)) => in_units(&column.column_type, low, high),
            _ => {
                let message = format!("`between` makes no values of type `{}`", column.column_type);
                let help = "it makes numbers, dates and times; for other values there is `pick`";
                return bad(context, message, head.key_span, "does not fit", help);
            }
        },
    };
    let empty = match &made {
        Maker::Between { low, high, .. } => low > high,
        Maker::BetweenFloat { low, high } => low > high,
        _ => false,
    };
    if empty {
        let message = "`between` goes from the least to the greatest value".to_owned();
        return bad(context, message, head.value_span, "nothing lies between", "exchange the two");
    }
    Some(made)
}

/// Days of dates, and whole seconds of times unless their ends are finer.
fn in_units(column_type: &ColumnType, low: i64, high: i64) -> Maker {
    const SECOND: i64 = 1_000_000;
    let unit = match column_type {
        ColumnType::Date => time::DAY,
        _ if low % SECOND == 0 && high % SECOND == 0 => SECOND,
        _ => 1,
    };
    Maker::Between { low: low.div_euclid(unit), high: high.div_euclid(unit), unit: Unit::Microseconds(unit) }
}

fn distribution(
    scope: Scope<'_, '_>,
    context: &mut Context<'_>,
    column: &Column,
    head: Entry<'_>,
    min: Option<Entry<'_>>,
    max: Option<Entry<'_>>,
) -> Option<Maker> {
    let is_log = head.key == "log_normal";
    let example = if is_log { "log_normal = [8000, 1.2]" } else { "normal = [50, 12.5]" };
    let limits: (f64, f64) = match column.column_type {
        ColumnType::SmallInt => (i16::MIN.into(), i16::MAX.into()),
        ColumnType::Integer => (i32::MIN.into(), i32::MAX.into()),
        // The greatest whole numbers that are exact.
        ColumnType::BigInt => (-9_007_199_254_740_992.0, 9_007_199_254_740_992.0),
        ColumnType::Real => (f32::MIN.into(), f32::MAX.into()),
        ColumnType::Double => (f64::MIN, f64::MAX),
        ColumnType::Decimal { precision, scale } => {
            let whole = (0..(precision - scale).min(9)).fold(1.0, |power, _| power * 10.0);
            (1.0 - whole, whole - 1.0)
        }
        _ => {
            let place = place_of(scope.part().name(), column.name.as_str());
            let message = format!("`{}` makes numbers, and {place} is `{}`", head.key, column.column_type);
            return bad(
                context,
                message,
                head.key_span,
                "does not fit",
                "for other values there are `between` and `pick`",
            );
        }
    };
    let numbers: Vec<f64> = match head.value {
        DeValue::Array(array) => array.iter().filter_map(|one| cell::number(one.get_ref())).collect(),
        _ => Vec::new(),
    };
    let [centre, width] = numbers[..] else {
        let what = if is_log { "a list of median and sigma" } else { "a list of mean and deviation" };
        return reader::wrong_shape(context, head, what, example);
    };
    if width < 0.0 || (is_log && centre <= 0.0) {
        let message = format!("`{}` cannot be made of {centre} and {width}", head.key);
        let help = format!("the second number is not below 0, and a median is above 0: `{example}`");
        return bad(context, message, head.value_span, "not a distribution", help);
    }
    let mut limit = |entry: Option<Entry<'_>>, otherwise: f64| match entry {
        None => Some(otherwise),
        Some(entry) => match cell::number(entry.value) {
            Some(number) => Some(number.clamp(limits.0, limits.1)),
            None => reader::wrong_shape(context, entry, "a number", "min = 0"),
        },
    };
    let (low, high) = (limit(min, limits.0)?, limit(max, limits.1)?);
    if low > high {
        return bad(
            context,
            "`min` is above `max`".to_owned(),
            head.key_span,
            "nothing lies between",
            "exchange the two",
        );
    }
    Some(if is_log {
        Maker::LogNormal { median: centre, sigma: width, low, high }
    } else {
        Maker::Normal { mean: centre, deviation: width, low, high }
    })
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

/// Reports columns whose values would be made of each other.
pub(super) fn check_circles(scope: Scope<'_, '_>, context: &mut Context<'_>, cells: &[Maker], span: Span) {
    let mut done = vec![false; cells.len()];
    loop {
        let next = (0..cells.len()).find(|at| {
            let used = uses(scope, *at, &cells[*at]);
            !done[*at] && used.iter().all(|used| done[*used])
        });
        match next {
            Some(at) => done[at] = true,
            None => break,
        }
    }
    let circle: Vec<String> = (0..cells.len())
        .filter(|at| !done[*at])
        .map(|at| format!("`{}`", scope.shell().columns[at].name))
        .collect();
    if !circle.is_empty() {
        context.report(
            wrong(
                Code::BAD_GENERATOR,
                format!("values of {} would be made of each other", circle.join(", ")),
                span,
                "in a circle",
            )
            .help("make one of them of something else"),
        );
    }
}

/// The columns of its own row that a cell is made of.
fn uses(scope: Scope<'_, '_>, column: usize, cell: &Maker) -> Vec<usize> {
    let uses = |cell| uses(scope, column, cell);
    match cell {
        Maker::Reference(Reference { same: Some(same), .. }) => {
            let same = scope.shell().columns.iter().position(|other| other.name == *same);
            same.filter(|same| *same != column).into_iter().collect()
        }
        Maker::Text(template) => {
            let parts = template.0.iter().filter_map(|part| match part {
                Part::Gap(Gap::Own(column), _) => Some(*column),
                _ => None,
            });
            parts.collect()
        }
        Maker::Cases { by, cases, otherwise } => {
            let inner = cases.iter().flat_map(|(_, maker)| uses(maker));
            let own = match by {
                Gap::Own(column) => Some(*column),
                Gap::Number | Gap::Row | Gap::Parent(..) => None,
            };
            inner.chain(uses(otherwise)).chain(own).collect()
        }
        Maker::Chance { then, otherwise, .. } => uses(then).into_iter().chain(uses(otherwise)).collect(),
        Maker::Pick(items, _) => items.iter().flat_map(uses).collect(),
        _ => Vec::new(),
    }
}
