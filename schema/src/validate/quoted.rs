//! Names in double quotes within the SQL of a table.
//!
//! Where SQLite finds no column of that name, it takes `"name"` for the text `'name'` and says nothing
//! (<https://sqlite.org/quirks.html#dblquote>): a check with a slip in it would hold for every row.

use super::context::{Context, Scope};
use super::table::Draft;
use crate::document::raw::{RawIndexColumn, RawSql, RawTable, RawTexts, RawValue};
use crate::words::quoted_values;
use crate::{Code, Diagnostic, Dialect, Span};

/// Reports every quoted name that is no column of its table. What a snapshot has was accepted once.
pub(super) fn check(context: &mut Context<'_>, drafts: &[Draft<'_>]) {
    if context.scope == Scope::Part || !context.dialects.contains(&Dialect::Sqlite) {
        return;
    }
    for draft in drafts.iter().filter(|draft| draft.raw.intact && !draft.raw.torn) {
        for (what, sql) in written(draft.raw) {
            let Some((text, span)) = for_sqlite(sql) else { continue };
            for name in quoted_values(text) {
                let known = |column: &str| column.eq_ignore_ascii_case(&name);
                let table = draft.raw.name.value.as_str();
                if !known(table) && !draft.raw.columns.iter().any(|column| known(column.name.value.as_str()))
                {
                    report(context, draft.raw, &what, &name, span);
                }
            }
        }
    }
}

fn report(context: &mut Context<'_>, table: &RawTable, what: &str, name: &str, span: Span) {
    let columns = table.columns.iter().map(|column| column.name.value.as_str());
    let columns = context.suggest(name, columns, "the columns are");
    context.report(
        Diagnostic::new(
            Code::BAD_SQL,
            format!("{what}: table `{}` has no column \"{name}\"", table.name.value),
        )
        .label(span, "SQLite would take it for a text")
        .help(columns)
        .help("a text stands in single quotes, as in 'text'"),
    );
}

/// The SQL of a table that speaks of its columns, each with what it is of.
fn written(table: &RawTable) -> Vec<(String, &RawSql)> {
    let mut written = Vec::new();
    for column in &table.columns {
        let place = format!("`{}.{}`", table.name.value, column.name.value);
        if let Some(generated) = &column.generated {
            written.push((format!("`generated` of {place}"), &generated.sql));
        }
        if let Some(RawValue::Sql(sql)) = column.default.as_ref().map(|default| &default.value) {
            written.push((format!("`default` of {place}"), sql));
        }
    }
    for check in &table.checks {
        written.push((format!("check `{}`", check.name.value), &check.condition));
    }
    for index in &table.indexes {
        let what = format!("index `{}`", index.name.value);
        written.extend(index.predicate.iter().map(|sql| (what.clone(), sql)));
        for part in &index.columns {
            if let RawIndexColumn::Expression { sql, .. } = part {
                written.push((what.clone(), sql));
            }
        }
    }
    written
}

fn for_sqlite(sql: &RawSql) -> Option<(&str, Span)> {
    match &sql.texts {
        RawTexts::Same(text) => Some((text, sql.span)),
        RawTexts::Each(texts) => {
            let (_, text) = texts.iter().find(|(dialect, _)| *dialect == Dialect::Sqlite)?;
            Some((&text.value, text.span))
        }
    }
}
