//! `{ text = ".." }`: a text with gaps.

use super::maker::Making;
use super::wrong;
use crate::document::reader::{self, Context, Entry};
use crate::seed::model::{Filter, Gap, Maker, Part, Template};
use crate::suggest::{closest, listed};
use crate::{Code, Column, ColumnType, Name, Span};

/// Reads `{n}`, `{row}`, `{column}` and `{parent.column}`, each with filters as `{subject|slug}`; a brace by
/// itself is written twice.
pub(super) fn template(
    making: Making<'_, '_>,
    context: &mut Context<'_>,
    column: &Column,
    head: Entry<'_>,
) -> Option<Maker> {
    let text = reader::text(context, head, "text = \"m-{row}\"")?;
    if !matches!(column.column_type, ColumnType::Text | ColumnType::Varchar(_) | ColumnType::Char(_)) {
        let message = format!("`text` makes texts, and `{}` is `{}`", column.name, column.column_type);
        context.report(
            wrong(Code::BAD_GENERATOR, message, head.key_span, "does not fit")
                .help("for other values there are `pick`, `between` and `call`"),
        );
        return None;
    }
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut rest = text.value.as_str();
    while let Some(at) = rest.find(['{', '}']) {
        plain.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        let behind = &rest[at + 1..];
        if let Some(behind) = behind.strip_prefix(brace) {
            plain.push_str(brace);
            rest = behind;
            continue;
        }
        let Some((inside, behind)) = behind.split_once('}').filter(|_| brace == "{") else {
            context.report(
                wrong(
                    Code::BAD_GENERATOR,
                    "a brace in `text` has no other",
                    text.span,
                    "not closed, or not opened",
                )
                .help("write `{{` and `}}` for braces that stand for themselves"),
            );
            return None;
        };
        if !plain.is_empty() {
            parts.push(Part::Text(std::mem::take(&mut plain)));
        }
        parts.push(gap(making, context, inside, text.span)?);
        rest = behind;
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        parts.push(Part::Text(plain));
    }
    Some(Maker::Text(Template(parts)))
}

fn gap(making: Making<'_, '_>, context: &mut Context<'_>, inside: &str, span: Span) -> Option<Part> {
    let mut words = inside.split('|').map(str::trim);
    let name = words.next().unwrap_or_default();
    let mut filters = Vec::new();
    for word in words {
        let Some(filter) = Filter::from_key(word) else {
            let help = match closest(word, Filter::WORDS) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("the filters are: {}", Filter::WORDS.join(", ")),
            };
            let message = format!("there is no filter `{word}`");
            context.report(wrong(Code::BAD_GENERATOR, message, span, "in here").help(help));
            return None;
        };
        filters.push(filter);
    }
    let found = filled(making, name);
    if found.is_none() {
        unknown(making, context, name, span);
    }
    Some(Part::Gap(found?, filters))
}

/// What fills a gap of this name.
pub(super) fn filled(making: Making<'_, '_>, name: &str) -> Option<Gap> {
    let columns = &making.scope.shell().columns;
    match name.split_once('.') {
        _ if name == "n" => Some(Gap::Number),
        _ if name == "row" => Some(Gap::Row),
        None => columns.iter().position(|column| column.name == *name).map(Gap::Own),
        Some((table, column)) => {
            let (steps, of) = ancestor(making, table)?;
            let definition = making.scope.checker.context.schema.table(of.as_str())?;
            let column = definition.column(column).filter(|column| column.is_written())?;
            Some(Gap::Parent(steps, column.name.clone()))
        }
    }
}

/// Reports a name that nothing fills.
pub(super) fn unknown(making: Making<'_, '_>, context: &mut Context<'_>, name: &str, span: Span) {
    let own = making.scope.shell().columns.iter().map(|column| column.name.to_string());
    let schema = making.scope.checker.context.schema;
    let parent = making.parents.and_then(|parent| schema.table(parent.as_str()));
    let parents = parent.into_iter().flat_map(|parent| {
        parent.columns.keys().map(|column| format!("{}.{column}", parent.name)).collect::<Vec<_>>()
    });
    let known: Vec<String> =
        ["n".to_owned(), "row".to_owned()].into_iter().chain(own).chain(parents).collect();
    let help = match closest(name, known.iter().map(String::as_str)) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("there are: {}", listed(known.iter().map(String::as_str))),
    };
    let message = format!("nothing is called `{name}` here");
    context.report(wrong(Code::BAD_GENERATOR, message, span, "in here").help(help));
}

/// The table above by its name, or `parent`, and how many steps up it is.
fn ancestor<'x>(making: Making<'x, '_>, name: &str) -> Option<(usize, &'x Name)> {
    let parent = making.parents?;
    if name == "parent" || *parent == *name {
        return Some((1, parent));
    }
    // The rows that parents are made for, as far as groups of theirs say so.
    let schema = making.scope.checker.context.schema;
    let mut above = vec![parent];
    for steps in 2..=4 {
        let mut next: Vec<&'x Name> = Vec::new();
        for table in &above {
            let keys = schema.table(table.as_str()).into_iter().flat_map(|table| table.foreign_keys.values());
            next.extend(keys.map(|key| &key.references_table).filter(|name| *name != *table));
        }
        let made_for = |table: &Name| is_parent(making, &above, table);
        if let Some(found) = next.iter().find(|table| ***table == *name && made_for(table)) {
            return Some((steps, found));
        }
        next.sort_unstable();
        next.dedup();
        above = next;
    }
    None
}

/// Whether some group of tables is made for each row of another.
fn is_parent(making: Making<'_, '_>, tables: &[&Name], parent: &Name) -> bool {
    let scope = making.scope;
    let pools = tables.iter().flat_map(|table| scope.pool(table));
    let groups = pools.flat_map(|(set, table)| &scope.shells[set][table].groups);
    groups.into_iter().any(|group| match group.value {
        toml::de::DeValue::Table(group) => match group.get("for_each").map(|value| value.get_ref()) {
            Some(toml::de::DeValue::String(text)) => *parent == **text,
            _ => false,
        },
        _ => false,
    })
}
