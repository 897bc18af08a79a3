//! The tables of sets: which rows are written out, and what is in their cells.

use std::collections::BTreeMap;

use toml::de::DeValue;

use super::cell::{self, RawCell};
use super::draft::{Drafts, TablePart};
use super::{Checker, data, group, place_of, wrong};
use crate::document::reader::{self, Context, Entry, entries};
use crate::seed::model::Maker;
use crate::seed::values::time;
use crate::seed::{Manifest, Mode, SeedColumn, SeedRow, SeedSet, SeedTable};
use crate::suggest::{closest, listed};
use crate::{Code, Column, ColumnType, DefaultValue, Diagnostic, Name, Span, Table, Value};

/// A row as it was written, in a seed file or in a file of data.
pub(super) struct RawRow<'d> {
    pub(super) label: Option<String>,
    pub(super) span: Span,
    /// Where it is in a file of data, in words.
    pub(super) place: Option<String>,
    pub(super) cells: Vec<(String, Span, RawCell<'d>)>,
}

impl RawRow<'_> {
    /// A row, with its place if it is one of a file of data.
    fn in_words(&self) -> String {
        self.place.as_ref().map_or_else(|| "row".to_owned(), |place| format!("row, in {place} of the file"))
    }
}

/// A table of a set, with the names of its rows and columns.
pub(super) struct Shell<'d> {
    pub(super) rows: Vec<RawRow<'d>>,
    pub(super) labels: BTreeMap<String, usize>,
    pub(super) columns: Vec<SeedColumn>,
    /// Values of columns where a row names none.
    pub(super) defaults: Vec<Entry<'d>>,
    pub(super) groups: Vec<Entry<'d>>,
}

/// What cells are checked in: the set and the table, among all others.
#[derive(Clone, Copy)]
pub(super) struct Scope<'x, 'd> {
    pub(super) checker: &'x Checker<'x>,
    pub(super) manifest: &'x Manifest,
    pub(super) drafts: &'x Drafts<'d>,
    pub(super) shells: &'x [Vec<Shell<'d>>],
    pub(super) set: usize,
    pub(super) table: usize,
}

impl<'x, 'd> Scope<'x, 'd> {
    pub(super) fn part(&self) -> &'x TablePart<'d> {
        &self.drafts.sets[self.set].parts[self.table]
    }

    pub(super) fn shell(&self) -> &'x Shell<'d> {
        &self.shells[self.set][self.table]
    }

    /// Where a table has rows that this set may name: the sets that it needs, then itself.
    pub(super) fn pool(&self, table: &Name) -> Vec<(usize, usize)> {
        let sets = self.drafts.with_needs(self.set).into_iter();
        sets.filter_map(|set| {
            let parts = &self.drafts.sets[set].parts;
            Some((set, parts.iter().position(|part| part.table.name == *table)?))
        })
        .collect()
    }

    /// The rows of a table with a label.
    pub(super) fn labelled(&self, table: &Name, label: &str) -> Option<(usize, usize, usize)> {
        let mut pool = self.pool(table);
        // Its own come first.
        pool.reverse();
        pool.into_iter()
            .find_map(|(set, table)| Some((set, table, *self.shells[set][table].labels.get(label)?)))
    }

    pub(super) fn definition(&self, column: &SeedColumn) -> &'x Column {
        &self.part().table.columns[column.name.as_str()]
    }
}

/// Every set with its tables.
pub(super) fn sets(checker: &Checker<'_>, manifest: &Manifest, drafts: &Drafts<'_>) -> Vec<SeedSet> {
    let shells: Vec<Vec<Shell<'_>>> = drafts
        .sets
        .iter()
        .map(|set| {
            set.parts.iter().map(|part| part.text.reading(|context| shell(checker, context, part))).collect()
        })
        .collect();
    let set = |(index, draft): (usize, &super::draft::Draft<'_>)| {
        let table = |table| {
            let scope = Scope { checker, manifest, drafts, shells: &shells, set: index, table };
            scope.part().text.reading(|context| seed_table(scope, context))
        };
        SeedSet {
            name: draft.name.clone(),
            needs: draft.needs.clone(),
            tables: (0..draft.parts.len()).map(table).collect(),
            order: Vec::new(),
            deferred: false,
            hash: String::new(),
        }
    };
    drafts.sets.iter().enumerate().map(set).collect()
}

fn shell<'d>(checker: &Checker<'_>, context: &mut Context<'d>, part: &TablePart<'d>) -> Shell<'d> {
    let mut rows = Vec::new();
    if let Some(entry) = part.entry("rows") {
        let example = format!("[{}.rows]", reader::toml_key(part.name()));
        for row in reader::table(context, entry, &example).unwrap_or_default() {
            let example = format!("{} = {{ column = \"value\" }}", reader::toml_key(row.key));
            let cells = reader::table(context, row, &example).unwrap_or_default();
            let cells =
                cells.into_iter().map(|cell| (cell.key.to_owned(), cell.key_span, RawCell::Toml(cell)));
            rows.push(RawRow {
                label: Some(row.key.to_owned()),
                span: row.key_span,
                place: None,
                cells: cells.collect(),
            });
        }
    }
    if let Some(entry) = part.entry("source") {
        rows.extend(data::rows(checker, context, part, entry));
    }
    let mut labels: BTreeMap<String, usize> = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        let Some(label) = &row.label else { continue };
        match labels.get(label) {
            Some(first) => context.report(
                Diagnostic::new(
                    Code::DUPLICATE,
                    format!("two rows of `{}` are called `{label}`", part.name()),
                )
                .label(row.span, format!("this {}", row.in_words()))
                .label(rows[*first].span, format!("and this {}", rows[*first].in_words()))
                .help("give one of them another name"),
            ),
            None => _ = labels.insert(label.clone(), index),
        }
    }
    let defaults = match part.entry("defaults") {
        Some(entry) => reader::table(context, entry, "defaults = { column = \"value\" }").unwrap_or_default(),
        None => Vec::new(),
    };
    let groups = part.entry("generate").map(|entry| generates(context, entry)).unwrap_or_default();
    let named = |column: &Column| {
        let made = groups.iter().any(|group| match group.value {
            DeValue::Table(group) => match group.get("columns").map(|columns| columns.get_ref()) {
                Some(DeValue::Table(columns)) => columns.contains_key(column.name.as_str()),
                _ => false,
            },
            _ => false,
        });
        made || defaults.iter().any(|entry| column.name == entry.key)
            || rows.iter().any(|row| row.cells.iter().any(|(name, ..)| column.name == name.as_str()))
    };
    let columns = part.table.written_columns().filter(|column| !is_opaque(column) || named(column));
    let columns = columns.filter_map(|column| {
        let (name, numbered) = (column.name.clone(), is_numbered(column));
        Some(SeedColumn { place: part.table.columns.get_index_of(&name)?, name, numbered })
    });
    let columns = columns.collect();
    Shell { rows, labels, columns, defaults, groups }
}

/// `[[table.generate]]`.
fn generates<'d>(context: &mut Context<'d>, entry: Entry<'d>) -> Vec<Entry<'d>> {
    let array = match entry.value {
        DeValue::Array(array) => array,
        _ => {
            reader::wrong_shape::<()>(context, entry, "a list of tables", "[[table.generate]]");
            return Vec::new();
        }
    };
    let one = |value: &'d toml::Spanned<DeValue<'d>>| Entry {
        value: value.get_ref(),
        value_span: context.span(value),
        ..entry
    };
    array.iter().map(one).collect()
}

/// Whether the database numbers rows in this column.
fn is_numbered(column: &Column) -> bool {
    column.auto_increment
        && matches!(column.column_type, ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt)
}

/// Whether only the database knows what the column is filled with: then it is left to fill it, and what it
/// filled in is not compared when seeds are cleaned.
fn is_opaque(column: &Column) -> bool {
    match &column.default {
        Some(DefaultValue::Expression(_)) => !is_clock(column),
        Some(DefaultValue::Literal(_)) | None => false,
    }
}

/// Whether the column is filled with the time, for which the fixed clock of the seeds stands.
fn is_clock(column: &Column) -> bool {
    let Some(DefaultValue::Expression(sql)) = &column.default else { return false };
    let is_time =
        matches!(column.column_type, ColumnType::Date | ColumnType::Timestamp | ColumnType::TimestampTz);
    let clocks =
        ["current_timestamp", "current_date", "now()", "current_timestamp(6)", "(current_timestamp)"];
    let texts = crate::Dialect::ALL.into_iter().filter_map(|dialect| sql.text(dialect));
    is_time && texts.into_iter().all(|text| clocks.contains(&text.trim().to_ascii_lowercase().as_str()))
}

fn seed_table(scope: Scope<'_, '_>, context: &mut Context<'_>) -> SeedTable {
    let (part, shell) = (scope.part(), scope.shell());
    let defaults: BTreeMap<&str, Maker> = defaults(scope, context);
    let rows: Vec<SeedRow> = shell
        .rows
        .iter()
        .map(|row| SeedRow { label: row.label.clone(), cells: cells(scope, context, row, &defaults) })
        .collect();
    let groups = group::groups(scope, context, &defaults);
    let mode = mode(context, part);
    let matching = matching(scope, context, mode);
    let key = key(part);
    if key.is_empty() {
        context.report(
            wrong(
                Code::NO_KEY,
                format!("table `{}` has nothing that tells its rows apart", part.name()),
                part.span,
                "no primary key, and no unique constraint without NULL",
            )
            .help("give it a primary key in the schema; without one nobody can say which rows are to be cleaned"),
        );
    }
    let place = |name: &Name| shell.columns.iter().position(|column| column.name == *name);
    let key = key.iter().filter_map(place).collect();
    let row_order = (0..rows.len()).collect();
    SeedTable {
        table: std::sync::Arc::clone(&part.table),
        mode,
        matching,
        columns: shell.columns.clone(),
        key,
        rows,
        row_order,
        groups,
        late: Vec::new(),
    }
}

/// The columns that identify a row: the primary key, or else a unique constraint without NULL.
fn key(part: &TablePart<'_>) -> Vec<Name> {
    let table = &part.table;
    let whole = |columns: &&Vec<Name>| {
        columns.iter().all(|name| {
            table.column(name.as_str()).is_some_and(|column| !column.nullable && column.is_written())
        })
    };
    match &table.primary_key {
        Some(key) if whole(&&key.columns) => key.columns.clone(),
        _ => table.uniques.values().map(|unique| &unique.columns).find(whole).cloned().unwrap_or_default(),
    }
}

fn mode(context: &mut Context<'_>, part: &TablePart<'_>) -> Mode {
    let Some(entry) = part.entry("mode") else { return Mode::Insert };
    let Some(text) = reader::text(context, entry, "mode = \"upsert\"") else { return Mode::Insert };
    let words = Mode::ALL.map(Mode::key);
    Mode::ALL.into_iter().find(|mode| mode.key() == text.value).unwrap_or_else(|| {
        let help = match closest(&text.value, words) {
            Some(word) => format!("did you mean \"{word}\"?"),
            None => format!("write one of: {}", words.join(", ")),
        };
        let message = format!("`{}` is no mode", text.value);
        context.report(wrong(Code::BAD_SEEDS, message, text.span, "not known").help(help));
        Mode::Insert
    })
}

fn matching(scope: Scope<'_, '_>, context: &mut Context<'_>, mode: Mode) -> Vec<Name> {
    let part = scope.part();
    let Some(entry) = part.entry("match") else {
        return match mode {
            Mode::Insert => Vec::new(),
            Mode::Upsert | Mode::Ensure => natural(scope, context),
        };
    };
    let Some(names) = reader::names(context, entry, "match = [\"email\"]") else { return Vec::new() };
    if mode == Mode::Insert {
        context.report(
            wrong(Code::BAD_MATCH, "rows that are inserted match nothing", entry.key_span, "without effect")
                .help("add `mode = \"upsert\"` or `mode = \"ensure\"`, or remove `match`"),
        );
    }
    let mut known = Vec::new();
    for name in names {
        match part.table.column(name.value.as_str()) {
            Some(_) => known.push(name.value),
            None => context.report(unknown_column(&part.table, name.value.as_str(), name.span)),
        }
    }
    let DeValue::Array(written) = entry.value else { return known };
    if known.len() == written.len() && !part.table.is_unique(&known) {
        let keys: Vec<String> = unique_keys(&part.table)
            .into_iter()
            .map(|columns| {
                let names: Vec<String> = columns.iter().map(|name| format!("\"{name}\"")).collect();
                format!("match = [{}]", names.join(", "))
            })
            .collect();
        let help = match keys.first() {
            Some(_) => format!("the table has: {}", keys.join(" or ")),
            None => "give the table a unique constraint over these columns".to_owned(),
        };
        context.report(
            wrong(
                Code::BAD_MATCH,
                format!("`match` of `{}` is no unique key of the schema", part.name()),
                entry.value_span,
                "several rows could agree in these",
            )
            .help(help),
        );
    }
    known
}

/// What rows are matched by where nothing says so: a key whose values are all written.
fn natural(scope: Scope<'_, '_>, context: &mut Context<'_>) -> Vec<Name> {
    let part = scope.part();
    let numbered = |name: &Name| part.table.column(name.as_str()).is_some_and(is_numbered);
    let found = unique_keys(&part.table).into_iter().find(|columns| !columns.iter().any(numbered));
    found.unwrap_or_else(|| {
        context.report(
            wrong(
                Code::BAD_MATCH,
                format!("nothing says by what rows of `{}` are found", part.name()),
                part.span,
                "its only key is numbered by the database",
            )
            .help("give the table a unique constraint in the schema, and name its columns with `match`"),
        );
        Vec::new()
    })
}

/// The keys that no two rows share.
pub(super) fn unique_keys(table: &Table) -> Vec<Vec<Name>> {
    let primary = table.primary_key.iter().map(|key| key.columns.clone());
    let uniques = table.uniques.values().map(|unique| unique.columns.clone());
    let indexes = table.indexes.values().filter(|index| index.unique && index.predicate.is_none());
    let indexes =
        indexes.filter_map(|index| index.columns.iter().map(|part| part.key.column().cloned()).collect());
    primary.chain(uniques).chain(indexes).collect()
}

fn defaults<'d>(scope: Scope<'_, 'd>, context: &mut Context<'_>) -> BTreeMap<&'d str, Maker> {
    let mut defaults = BTreeMap::new();
    for entry in &scope.shell().defaults {
        let Some(column) = column(scope, context, entry.key, entry.key_span) else { continue };
        let cell = cell::cell(scope, context, column, &RawCell::Toml(*entry), entry.value_span);
        defaults.insert(entry.key, cell.unwrap_or(Maker::Constant(None)));
    }
    defaults
}

/// The column of a name; one that is not there, or cannot be written, is reported.
pub(super) fn column<'x>(
    scope: Scope<'x, '_>,
    context: &mut Context<'_>,
    name: &str,
    span: Span,
) -> Option<&'x Column> {
    let table = &scope.part().table;
    let Some(column) = table.column(name) else {
        context.report(unknown_column(table, name, span));
        return None;
    };
    if !column.is_written() {
        context.report(
            wrong(
                Code::BAD_SEED_VALUE,
                format!("{} is computed by the database", place_of(table.name.as_str(), name)),
                span,
                "a generated column",
            )
            .help("remove it"),
        );
        return None;
    }
    Some(column)
}

pub(super) fn unknown_column(table: &Table, name: &str, span: Span) -> Diagnostic {
    let names: Vec<&str> = table.columns.keys().map(Name::as_str).collect();
    let help = match closest(name, names.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("its columns are: {}", listed(names.iter().copied())),
    };
    wrong(Code::UNKNOWN_COLUMN, format!("table `{}` has no column `{name}`", table.name), span, "not known")
        .help(help)
}

fn cells(
    scope: Scope<'_, '_>,
    context: &mut Context<'_>,
    row: &RawRow<'_>,
    defaults: &BTreeMap<&str, Maker>,
) -> Vec<Maker> {
    let mut given: BTreeMap<&str, Maker> = BTreeMap::new();
    let before = context.diagnostics.len();
    for (name, span, raw) in &row.cells {
        let Some(column) = column(scope, context, name, *span) else { continue };
        let place = match raw {
            RawCell::Toml(entry) => entry.value_span,
            RawCell::Text(_) | RawCell::Json(_) => *span,
        };
        // One that is wrong is reported, and not missing besides.
        let cell = cell::cell(scope, context, column, raw, place).unwrap_or(Maker::Constant(None));
        given.insert(column.name.as_str(), cell);
    }
    if row.cells.iter().any(|(.., raw)| !matches!(raw, RawCell::Toml(_))) {
        // The place is that of the file's name, so the words say which row it is.
        for diagnostic in context.diagnostics.iter_mut().skip(before) {
            if let (Some(place), Some(label)) = (&row.place, diagnostic.labels.first_mut()) {
                label.message = format!("{}, in {place}", label.message);
            }
        }
    }
    let what = match &row.label {
        Some(label) => format!("row `{label}` of `{}`", scope.part().name()),
        None => format!("a row of `{}`", scope.part().name()),
    };
    let mut missing = Vec::new();
    let cells = scope.shell().columns.iter().map(|column| {
        let definition = scope.definition(column);
        let name = column.name.as_str();
        given
            .remove(name)
            .or_else(|| defaults.get(name).cloned())
            .or_else(|| implied(scope, definition))
            .unwrap_or_else(|| {
                missing.push(definition);
                Maker::Constant(None)
            })
    });
    let cells = cells.collect();
    for column in missing {
        context.report(missing_value(&what, column, row.span));
    }
    cells
}

/// What a column is filled with for which nothing is written.
pub(super) fn implied(scope: Scope<'_, '_>, column: &Column) -> Option<Maker> {
    match &column.default {
        _ if is_numbered(column) => Some(Maker::Number),
        Some(DefaultValue::Literal(value)) => Some(Maker::Constant(Some(value.clone()))),
        Some(DefaultValue::Expression(_)) if is_clock(column) => {
            Some(Maker::Constant(time::value(&column.column_type, scope.manifest.now)))
        }
        Some(DefaultValue::Expression(_)) => None,
        None if column.nullable => Some(Maker::Constant(None)),
        None => None,
    }
}

pub(super) fn missing_value(what: &str, column: &Column, span: Span) -> Diagnostic {
    let reason = match column.default {
        Some(_) => "its default is SQL, and rows that name it stand beside rows that do not",
        None => "it is NOT NULL and has no default",
    };
    let example = cell::example(&column.column_type);
    Diagnostic::new(Code::MISSING_VALUE, format!("{what} has no value for `{}`", column.name))
        .label(span, reason)
        .help(format!("add `{} = {example}`, here or in `defaults`", reader::toml_key(column.name.as_str())))
}

/// The entries of an inline table.
pub(super) fn inner<'d>(context: &Context<'_>, entry: Entry<'d>) -> Vec<Entry<'d>> {
    match entry.value {
        DeValue::Table(table) => entries(context, table),
        _ => Vec::new(),
    }
}

/// The value of a column that a text stands for, as data files have it.
pub(super) fn from_text(column: &Column, text: &str) -> Result<Value, String> {
    let column_type = &column.column_type;
    match column_type {
        ColumnType::Boolean => match text {
            "true" | "TRUE" | "1" | "t" => Ok(Value::Boolean(true)),
            "false" | "FALSE" | "0" | "f" => Ok(Value::Boolean(false)),
            _ => Err(format!("{} is neither true nor false", crate::text::quoted(text))),
        },
        ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt => {
            let number = text.parse::<i64>().map_err(|_| match text.parse::<i128>() {
                Ok(_) => format!("{text} is outside `bigint`, which goes from {} to {}", i64::MIN, i64::MAX),
                Err(_) => format!("{} is not a whole number", crate::text::quoted(text)),
            })?;
            Ok(Value::Integer(number))
        }
        ColumnType::Real | ColumnType::Double => {
            let number = text.parse::<f64>().ok().and_then(crate::Float::new);
            number
                .map(Value::Float)
                .ok_or_else(|| format!("{} is not a finite number", crate::text::quoted(text)))
        }
        ColumnType::Binary(_) | ColumnType::Blob => cell::bytes(text).map(Value::Bytes),
        ColumnType::Native(_) => Ok(Value::Text(text.to_owned())),
        _ => Value::parse(column_type, text),
    }
}
