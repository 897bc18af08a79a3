//! Foreign keys: the checks that need two tables.

use std::collections::BTreeMap;

use super::context::{Context, Kind, SHORTER, Scope};
use super::key::{unknown_column, usable_columns};
use super::limit::only;
use super::personal;
use super::table::Draft;
use crate::document::raw::{RawActions, RawOnly, RawTable, RawTarget, RawType, Spanned};
use crate::suggest::closest;
use crate::text::counted;
use crate::{
    Capabilities, Code, Column, ColumnType, Diagnostic, Dialect, ForeignKey, Name, ReferentialAction, Span,
    Table, Timing,
};

/// A foreign key as it was written, on a column or on the table.
struct Written<'a> {
    name: Spanned<Name>,
    columns: Vec<Spanned<Name>>,
    span: Span,
    target: &'a RawTarget,
    actions: &'a RawActions,
    only: Option<&'a RawOnly>,
    /// What to write if the name is too long.
    help: String,
}

/// All tables, found by their names.
struct Drafts<'a, 'd> {
    all: &'a [Draft<'d>],
    by_name: BTreeMap<&'a Name, &'a Draft<'d>>,
}

impl<'a, 'd> Drafts<'a, 'd> {
    fn new(all: &'a [Draft<'d>]) -> Self {
        Self { all, by_name: all.iter().map(|draft| (&draft.table.name, draft)).collect() }
    }

    fn named(&self, name: &Name) -> Option<&'a Draft<'d>> {
        self.by_name.get(name).copied()
    }
}

/// Adds the foreign keys that hold to every table.
pub(super) fn add_foreign_keys(context: &mut Context<'_>, drafts: &mut [Draft<'_>]) {
    let mut found = Vec::new();
    let index = Drafts::new(drafts);
    for (position, draft) in index.all.iter().enumerate() {
        for written in written(draft.raw) {
            let before = context.diagnostics.len();
            let free = context.claim(Kind::ForeignKey, &draft.table.name, &written.name, &written.help);
            if let Some(key) = foreign_key(context, &index, draft, &written).filter(|_| free) {
                found.push((position, written.name.value, key));
            }
            if draft.raw.torn {
                context.diagnostics.truncate(before);
            }
        }
    }
    for (position, name, key) in found {
        drafts[position].table.foreign_keys.insert(name, key);
    }
}

fn written(raw: &RawTable) -> Vec<Written<'_>> {
    let on_table = raw.foreign_keys.iter().map(|key| Written {
        name: key.name.clone(),
        columns: key.columns.clone(),
        span: key.span,
        target: &key.target,
        actions: &key.actions,
        only: key.only.as_ref(),
        help: SHORTER.to_owned(),
    });
    let on_columns = raw.columns.iter().filter_map(|column| {
        let reference = column.references.as_ref()?;
        let name = Name::new(format!("{}_{}_fkey", raw.name.value, column.name.value));
        Some(Written {
            name: Spanned::new(name, reference.key),
            columns: vec![column.name.clone()],
            span: reference.key,
            target: &reference.target,
            actions: &reference.actions,
            only: None,
            help: format!(
                "write `NAME = {{ columns = [\"{}\"], references = ... }}` with a shorter name \
                 under `[table.{}.foreign_keys]` instead",
                column.name.value, raw.name.value
            ),
        })
    });
    on_table.chain(on_columns).collect()
}

fn foreign_key(
    context: &mut Context<'_>,
    drafts: &Drafts<'_, '_>,
    draft: &Draft<'_>,
    written: &Written<'_>,
) -> Option<ForeignKey> {
    let what = format!("foreign key `{}`", written.name.value);
    let columns = usable_columns(context, draft.raw, &draft.table, &written.columns, written.span, &what);
    let on_delete = action(context, "on_delete", written.actions.on_delete.as_ref());
    let on_update = action(context, "on_update", written.actions.on_update.as_ref());
    if let Some(columns) = &columns {
        check_action(context, draft, columns, "on_delete", on_delete, written.actions.on_delete.as_ref());
        check_action(context, draft, columns, "on_update", on_update, written.actions.on_update.as_ref());
    }
    let timing = timing(context, written.actions.deferrable.as_ref());
    let only = only(context, written.only);
    let counts = same_count(context, &what, written);
    let target = match context.scope {
        Scope::Whole => target(context, drafts, written, &what),
        Scope::Part => None,
    };
    if let (Some(columns), Some(target), true) = (&columns, target, counts) {
        let fits = same_types(context, draft, target, columns, written, &what);
        if !fits | !unique(context, target, written, &what) {
            return None;
        }
        personal::references(context, draft, columns, target, &written.target.columns);
    }
    let resolved = context.scope == Scope::Part || target.is_some();
    (counts && resolved).then_some(ForeignKey {
        columns: columns?,
        references_table: written.target.table.clone(),
        references_columns: written.target.columns.clone(),
        on_delete: on_delete?,
        on_update: on_update?,
        timing: timing?,
        only,
    })
}

fn timing(context: &mut Context<'_>, written: Option<&Spanned<String>>) -> Option<Timing> {
    let Some(Spanned { value: text, span }) = written else { return Some(Timing::Immediate) };
    let found = Timing::from_key(text);
    if found.is_none() {
        context.report(
            Diagnostic::new(Code::BAD_FOREIGN_KEY, format!("a foreign key cannot be deferrable as \"{text}\""))
                .label(*span, "not a way to be deferrable")
                .help(
                    "write `deferrable = \"deferred\"` to check at the end of every transaction, or \"immediate\" \
                     to check after each statement unless a transaction asks otherwise",
                ),
        );
    }
    found
}

fn action(
    context: &mut Context<'_>,
    key: &str,
    written: Option<&Spanned<String>>,
) -> Option<ReferentialAction> {
    let Some(Spanned { value: text, span }) = written else { return Some(ReferentialAction::NoAction) };
    let found = ReferentialAction::from_key(text);
    if found.is_none() {
        let keys = ReferentialAction::ALL.map(ReferentialAction::key);
        let plain = text.trim().to_lowercase().replace([' ', '-'], "_");
        let help = match closest(&plain, keys) {
            Some(similar) => format!("did you mean `{key} = \"{similar}\"`?"),
            None => format!("the actions are: {}", keys.join(", ")),
        };
        context.report(
            Diagnostic::new(Code::BAD_FOREIGN_KEY, format!("there is no action `{text}`"))
                .label(*span, format!("not an action for `{key}`"))
                .help(help),
        );
    }
    found
}

fn check_action(
    context: &mut Context<'_>,
    draft: &Draft<'_>,
    columns: &[Name],
    key: &str,
    action: Option<ReferentialAction>,
    written: Option<&Spanned<String>>,
) {
    let (Some(action), Some(written)) = (action, written) else { return };
    let table = &draft.table.name;
    for column in columns.iter().filter_map(|column| draft.table.column(column.as_str())) {
        let raw = draft.raw.column(column.name.as_str());
        // With its parent a row goes as a whole; after its parent it changes.
        let writes = match action {
            ReferentialAction::SetNull | ReferentialAction::SetDefault => true,
            ReferentialAction::Cascade => key == "on_update",
            ReferentialAction::NoAction | ReferentialAction::Restrict => false,
        };
        let (problem, help) = match action {
            _ if writes && column.generated.is_some() => {
                ("is computed", "use another action: a computed column is given no values".to_owned())
            }
            ReferentialAction::SetNull if !column.nullable => (
                "is NOT NULL",
                format!("make the column nullable with `{}?`, or use another action", column.column_type),
            ),
            ReferentialAction::SetDefault if raw.is_some_and(|raw| raw.default.is_none()) => {
                ("has no default", "give the column a `default`, or use another action".to_owned())
            }
            _ => continue,
        };
        context.report(
            Diagnostic::new(
                Code::BAD_FOREIGN_KEY,
                format!("`{}` cannot work: column `{table}.{}` {problem}", action.key(), column.name),
            )
            .label(written.span, "this action")
            .label_if(raw.map(|raw| raw.name.span), format!("this column {problem}"))
            .help(help),
        );
    }
}

fn same_count(context: &mut Context<'_>, what: &str, written: &Written<'_>) -> bool {
    let (own, referenced) = (written.columns.len(), written.target.columns.len());
    let same = own == referenced;
    if !same && own > 0 {
        context.report(
            Diagnostic::new(
                Code::BAD_FOREIGN_KEY,
                format!(
                    "{what} has {}, and references {}",
                    counted(own, "column"),
                    counted(referenced, "column")
                ),
            )
            .label(written.target.span, counted(referenced, "column"))
            .label(written.span, counted(own, "column"))
            .help("name one referenced column for each column"),
        );
    }
    same
}

/// The table referenced, if it and the columns are there. Nothing is said about a table that could
/// not be read whole.
fn target<'a, 'd>(
    context: &mut Context<'_>,
    drafts: &Drafts<'a, 'd>,
    written: &Written<'_>,
    what: &str,
) -> Option<&'a Draft<'d>> {
    let RawTarget { span, table, columns } = written.target;
    let Some(target) = drafts.named(table) else {
        if context.complete && !context.is_left_out(table) {
            let known = drafts.all.iter().map(|draft| draft.table.name.as_str());
            let help = context.suggest(table.as_str(), known, "the tables are");
            context.report(
                Diagnostic::new(Code::UNKNOWN_TABLE, format!("{what}: there is no table `{table}`"))
                    .label(*span, "no such table")
                    .help(help),
            );
        }
        return None;
    };
    let mut resolved = true;
    for (position, column) in columns.iter().enumerate() {
        if target.raw.column(column.as_str()).is_none() {
            resolved = false;
            unknown_column(context, target.raw, &Spanned::new(column.clone(), *span), what);
        } else if columns[..position].contains(column) {
            resolved = false;
            context.report(
                Diagnostic::new(Code::BAD_FOREIGN_KEY, format!("{what} references column `{column}` twice"))
                    .label(*span, "here")
                    .help("name each referenced column once"),
            );
        }
        resolved &= target.table.column(column.as_str()).is_some();
    }
    resolved.then_some(target)
}

fn same_types(
    context: &mut Context<'_>,
    draft: &Draft<'_>,
    target: &Draft<'_>,
    columns: &[Name],
    written: &Written<'_>,
    what: &str,
) -> bool {
    let mut same = true;
    for (name, referenced) in columns.iter().zip(&written.target.columns) {
        let (Some(column), Some(other)) =
            (draft.table.column(name.as_str()), target.table.column(referenced.as_str()))
        else {
            continue;
        };
        if compatible(context.dialects, &column.column_type, &other.column_type) {
            continue;
        }
        same = false;
        let (table, parent) = (&draft.table.name, &target.table.name);
        context.report(
            Diagnostic::new(
                Code::BAD_FOREIGN_KEY,
                format!(
                    "{what}: `{table}.{name}` is `{}`, and `{parent}.{referenced}` is `{}`",
                    column.column_type, other.column_type
                ),
            )
            .label(type_span(draft, column), format!("this is `{}`", column.column_type))
            .label(type_span(target, other), format!("this is `{}`", other.column_type))
            .help(format!(
                "give both the same type: write `{}{}` for `{table}.{name}`",
                other.column_type,
                if column.nullable { "?" } else { "" }
            )),
        );
    }
    same
}

fn type_span(draft: &Draft<'_>, column: &Column) -> Span {
    let raw = draft.raw.column(column.name.as_str());
    let span = raw.and_then(|raw| raw.column_type.as_ref()).map(RawType::span);
    span.unwrap_or(draft.raw.name.span)
}

/// Whether values of two types can be equal to every database.
fn compatible(dialects: &[Dialect], column: &ColumnType, other: &ColumnType) -> bool {
    let text = |column_type: &ColumnType| {
        matches!(column_type, ColumnType::Char(_) | ColumnType::Varchar(_) | ColumnType::Text)
    };
    let integer = |column_type: &ColumnType| {
        matches!(column_type, ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt)
    };
    let mixed = dialects.iter().all(|dialect| Capabilities::of(*dialect).mixed_integer_keys);
    column == other || (text(column) && text(other)) || (integer(column) && integer(other) && mixed)
}

fn unique(context: &mut Context<'_>, target: &Draft<'_>, written: &Written<'_>, what: &str) -> bool {
    let columns = &written.target.columns;
    let Table { name: parent, .. } = &target.table;
    if target.table.is_unique(columns) {
        return true;
    }
    if target.keys_complete {
        let place = columns.first().and_then(|column| target.raw.column(column.as_str()));
        let list: Vec<&str> = columns.iter().map(Name::as_str).collect();
        let (subject, help) = match list[..] {
            [column] => (
                format!("column `{parent}.{column}`"),
                format!("add `unique = true` to `{parent}.{column}`, or reference its primary key"),
            ),
            _ => (
                format!("columns `{}` of table `{parent}`", list.join(", ")),
                format!(
                    "add `{parent}_{}_key = [\"{}\"]` under `[table.{parent}.uniques]`",
                    list.join("_"),
                    list.join("\", \"")
                ),
            ),
        };
        context.report(
            Diagnostic::new(Code::BAD_FOREIGN_KEY, format!("{what} references {subject}, not unique there"))
                .label(written.target.span, "not unique")
                .label_if(place.map(|place| place.name.span), "neither a primary key nor unique")
                .help(help),
        );
    }
    false
}
