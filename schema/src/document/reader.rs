//! Reading one value of TOML as the shape that the language asks for.

use toml::Spanned as TomlSpanned;
use toml::de::{DeTable, DeValue};

use super::limits::{COLUMNS, DIAGNOSTICS};
use super::raw::{RawLiteral, RawOnly, RawSql, RawTexts, RawValue, Spanned};
use crate::language::{EXPRESSION, Place, TEXTS};
use crate::suggest::closest;
use crate::{Code, Diagnostic, Dialect, Name, SourceId, Span};

/// Which of the two files of the schema language is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// `schema/*.toml`, which a person edits.
    Schema,
    /// `snapshot.toml`, which holds no hints.
    Snapshot,
}

/// What every reader needs: the file, and where to put what is wrong with it.
pub(crate) struct Context<'a> {
    pub(crate) source: SourceId,
    pub(crate) text: &'a str,
    pub(crate) mode: Mode,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// A key with its value.
#[derive(Clone, Copy)]
pub(crate) struct Entry<'a> {
    pub(crate) key: &'a str,
    pub(crate) key_span: Span,
    pub(crate) value: &'a DeValue<'a>,
    pub(crate) value_span: Span,
}

impl Context<'_> {
    pub(crate) fn span<T>(&self, spanned: &TomlSpanned<T>) -> Span {
        Span::new(self.source, spanned.span())
    }

    /// Takes in a diagnostic, up to a limit.
    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        if !self.is_full() {
            self.diagnostics.push(diagnostic);
        }
    }

    fn is_full(&self) -> bool {
        self.diagnostics.len() >= DIAGNOSTICS
    }
}

/// The entries of a table in the order of the file.
pub(crate) fn entries<'a>(context: &Context<'_>, table: &'a DeTable<'a>) -> Vec<Entry<'a>> {
    let mut entries: Vec<Entry<'a>> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref(),
            key_span: context.span(key),
            value: value.get_ref(),
            value_span: context.span(value),
        })
        .collect();
    entries.sort_by_key(|entry| entry.key_span.start);
    entries
}

/// The entries of a value that must be a table; `example` is what to write instead.
pub(crate) fn table<'a>(
    context: &mut Context<'_>,
    entry: Entry<'a>,
    example: &str,
) -> Option<Vec<Entry<'a>>> {
    match entry.value {
        DeValue::Table(table) => Some(entries(context, table)),
        _ => wrong_shape(context, entry, "a table", example),
    }
}

/// The entries of a table whose keys belong to the language. What the language does not have at this
/// place is reported and left out, so that nothing is read that editors and the guide do not know.
pub(crate) fn known<'a>(
    context: &mut Context<'_>,
    place: &Place,
    entries: impl IntoIterator<Item = Entry<'a>>,
) -> Vec<Entry<'a>> {
    let mode = context.mode;
    let keys = || place.keys.iter().filter(move |key| mode == Mode::Schema || !key.hint).map(|key| key.name);
    let mut known = Vec::new();
    for entry in entries {
        if keys().any(|key| key == entry.key) {
            known.push(entry);
        } else {
            unknown_key(context, entry, place.name, &keys().collect::<Vec<_>>());
        }
    }
    known
}

/// The same for a value that must be a table.
pub(crate) fn fields<'a>(
    context: &mut Context<'_>,
    entry: Entry<'a>,
    place: &Place,
    example: &str,
) -> Option<Vec<Entry<'a>>> {
    let entries = table(context, entry, example)?;
    Some(known(context, place, entries))
}

/// A text; line ends in it are those of Unix, however the file was checked out.
pub(crate) fn text(context: &mut Context<'_>, entry: Entry<'_>, example: &str) -> Option<Spanned<String>> {
    match entry.value {
        DeValue::String(text) => {
            Some(Spanned::new(unix_lines(context, text, entry.value_span), entry.value_span))
        }
        _ => wrong_shape(context, entry, "a text", example),
    }
}

/// Whether a flag is set: the span of its key if it is.
pub(crate) fn flag(context: &mut Context<'_>, entry: Entry<'_>) -> Option<Span> {
    match entry.value {
        DeValue::Boolean(set) => set.then_some(entry.key_span),
        _ => wrong_shape(context, entry, "true or false", &format!("{0} = false` or `{0} = true", entry.key)),
    }
}

/// A list of names.
pub(crate) fn names(
    context: &mut Context<'_>,
    entry: Entry<'_>,
    example: &str,
) -> Option<Vec<Spanned<Name>>> {
    let DeValue::Array(array) = entry.value else {
        return wrong_shape(context, entry, "a list of texts", example);
    };
    let mut names = Vec::new();
    let mut complete = true;
    for element in array.iter() {
        let span = context.span(element);
        match element.get_ref() {
            DeValue::String(text) => names.push(Spanned::new(Name::new(text), span)),
            other => {
                let entry = Entry { value: other, value_span: span, ..entry };
                complete = wrong_shape::<()>(context, entry, "a list of texts", example).is_some();
            }
        }
    }
    complete.then_some(names)
}

/// A list of columns, no longer than any table has columns.
pub(super) fn columns(
    context: &mut Context<'_>,
    entry: Entry<'_>,
    example: &str,
) -> Option<Vec<Spanned<Name>>> {
    let names = names(context, entry, example)?;
    at_most(context, entry.key_span, names.len(), &format!("`{}`", entry.key)).then_some(names)
}

/// Whether a table, or a list in it, has no more columns than any database takes.
pub(super) fn at_most(context: &mut Context<'_>, place: Span, count: usize, what: &str) -> bool {
    let few = count <= COLUMNS;
    if !few {
        context.report(
            Diagnostic::new(
                Code::UNSUPPORTED,
                format!("{what} has {count} columns, and no database takes more than {COLUMNS}"),
            )
            .label(place, "too many columns")
            .help("put some of them into a table of their own"),
        );
    }
    few
}

/// A literal, or `{ sql = .. }`.
pub(crate) fn value(context: &mut Context<'_>, entry: Entry<'_>) -> Option<Spanned<RawValue>> {
    let value = match entry.value {
        DeValue::String(text) => RawLiteral::Text(unix_lines(context, text, entry.value_span)),
        DeValue::Integer(number) => {
            RawLiteral::Integer { digits: number.as_str().to_owned(), radix: number.radix() }
        }
        DeValue::Float(number) => RawLiteral::Float(number.as_str().to_owned()),
        DeValue::Boolean(truth) => RawLiteral::Boolean(*truth),
        DeValue::Datetime(datetime) => RawLiteral::Datetime(datetime.to_string()),
        DeValue::Array(_) => {
            let example = format!("{key} = \"...\"` or `{key} = {{ sql = \"...\" }}", key = entry.key);
            return wrong_shape(context, entry, "a literal or `{ sql = \"...\" }`", &example);
        }
        DeValue::Table(table) => {
            let sql = sql_value(context, entry, table)?;
            return Some(Spanned::new(RawValue::Sql(sql), entry.value_span));
        }
    };
    Some(Spanned::new(RawValue::Literal(value), entry.value_span))
}

fn sql_value(context: &mut Context<'_>, entry: Entry<'_>, table: &DeTable<'_>) -> Option<RawSql> {
    let inner = known(context, &EXPRESSION, entries(context, table));
    let found = inner.first().map(|inner| sql(context, *inner));
    if found.is_none() {
        context.report(
            Diagnostic::new(Code::MISSING_KEY, format!("the expression of `{}` lacks its `sql`", entry.key))
                .label(entry.key_span, "here")
                .help(format!("write `{} = {{ sql = \"...\" }}`", entry.key)),
        );
    }
    found?
}

/// SQL: one text, or one for each dialect.
pub(crate) fn sql(context: &mut Context<'_>, entry: Entry<'_>) -> Option<RawSql> {
    let texts = match entry.value {
        DeValue::String(text) => RawTexts::Same(unix_lines(context, text, entry.value_span)),
        DeValue::Table(_) => RawTexts::Each(texts(context, entry, &TEXTS)?),
        _ => {
            let example = format!("{} = \"...\"", toml_key(entry.key));
            return wrong_shape(context, entry, "SQL, as a text or as a text for each database", &example);
        }
    };
    Some(RawSql { span: entry.value_span, texts })
}

/// A text for each dialect that is named.
pub(crate) fn texts(
    context: &mut Context<'_>,
    entry: Entry<'_>,
    place: &Place,
) -> Option<Vec<(Dialect, Spanned<String>)>> {
    let example = format!("{} = {{ postgres = \"...\" }}", toml_key(entry.key));
    let entries = table(context, entry, &example)?;
    let count = entries.len();
    let mut texts = Vec::new();
    for inner in known(context, place, entries) {
        let text = text(context, inner, &format!("{} = \"...\"", inner.key));
        texts.extend(Dialect::from_key(inner.key).zip(text));
    }
    (texts.len() == count).then_some(texts)
}

/// `only`: the dialects that something is there on.
pub(crate) fn only(context: &mut Context<'_>, entry: Entry<'_>) -> Option<RawOnly> {
    let names = names(context, entry, "only = [\"postgres\"]")?;
    let mut dialects = Vec::new();
    for name in &names {
        match Dialect::from_key(name.value.as_str()) {
            Some(dialect) => dialects.push(dialect),
            None => {
                let known = Dialect::ALL.map(Dialect::key);
                let help = match closest(name.value.as_str(), known) {
                    Some(key) => format!("did you mean \"{key}\"?"),
                    None => format!("the dialects are: {}", known.join(", ")),
                };
                let message = format!("there is no dialect `{}`", name.value);
                context.report(
                    Diagnostic::new(Code::WRONG_SHAPE, message).label(name.span, "not known").help(help),
                );
            }
        }
    }
    if names.is_empty() {
        context.report(
            Diagnostic::new(Code::WRONG_SHAPE, "`only` names no dialect")
                .label(entry.value_span, "this list is empty")
                .help("name a dialect, as in `only = [\"postgres\"]`, or remove `only`"),
        );
    }
    (dialects.len() == names.len() && !names.is_empty())
        .then_some(RawOnly { span: entry.value_span, dialects })
}

/// A whole number.
pub(crate) fn integer(context: &mut Context<'_>, entry: Entry<'_>, example: &str) -> Option<i64> {
    match entry.value {
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Some(number),
            Err(_) => wrong_shape(context, entry, "a smaller number", example),
        },
        _ => wrong_shape(context, entry, "an integer", example),
    }
}

/// Reports a value of another shape than expected.
pub(crate) fn wrong_shape<T>(
    context: &mut Context<'_>,
    entry: Entry<'_>,
    expected: &str,
    example: &str,
) -> Option<T> {
    context.report(
        Diagnostic::new(Code::WRONG_SHAPE, format!("`{}` must be {expected}", entry.key))
            .label(entry.value_span, format!("this is {}", shape(entry.value)))
            .help(format!("write `{example}`")),
    );
    None
}

/// Reports a key that the language does not have at this place, or does not have yet.
pub(crate) fn unknown_key(context: &mut Context<'_>, entry: Entry<'_>, place: &str, known: &[&str]) {
    if context.is_full() {
        return;
    }
    let diagnostic = Diagnostic::new(Code::UNKNOWN_KEY, format!("unknown key `{}` in {place}", entry.key))
        .label(entry.key_span, format!("not a key of {place}"));
    let help = if entry.key == "nullable" {
        "a column is nullable if its type ends in `?`, as in `type = \"text?\"`; NOT NULL is the default"
            .to_owned()
    } else {
        match closest(entry.key, known.iter().copied()) {
            Some(key) => format!("did you mean `{key}`?"),
            None => format!("remove it; the keys are: {}", known.join(", ")),
        }
    };
    context.report(diagnostic.help(help));
}

/// Reports a key that must be there.
pub(crate) fn missing_key(context: &mut Context<'_>, place: Span, what: &str, key: &str, example: &str) {
    context.report(
        Diagnostic::new(Code::MISSING_KEY, format!("{what} lacks `{key}`"))
            .label(place, format!("`{key}` is missing"))
            .help(format!("add `{example}`")),
    );
}

/// A key as TOML spells it.
pub(crate) fn toml_key(key: &str) -> String {
    use toml_writer::ToTomlKey as _;
    key.to_toml_key()
}

fn unix_lines(context: &Context<'_>, text: &str, span: Span) -> String {
    let written = context.text.get(span.range()).unwrap_or("");
    if written.starts_with("\"\"\"") || written.starts_with("'''") {
        text.replace("\r\n", "\n")
    } else {
        text.to_owned()
    }
}

const fn shape(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a floating point number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
