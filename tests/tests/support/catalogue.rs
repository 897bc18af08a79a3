//! What a database consists of, by SQLite's own word.

use std::collections::BTreeMap;

use rusqlite::Connection;
use rusqlite::types::Value;

use super::database::{lines, query, text};

/// The catalogue of a database as lines that are equal where the databases mean the same: without
/// the order of columns and constraints, without the spacing of SQL, without the numbers of keys.
pub(crate) fn catalogue(db: &Connection) -> String {
    let tables = lines_of(db, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
    let mut out: Vec<String> = tables
        .into_iter()
        .filter(|table| !table.starts_with("sqlite_") && !table.starts_with("whimbrel_"))
        .flat_map(|table| of_table(db, &table))
        .collect();
    out.extend(
        query(
            db,
            "SELECT type, name, sql FROM sqlite_master WHERE type IN ('view', 'trigger') ORDER BY 1, 2",
        )
        .iter()
        .map(|row| row.iter().map(text).collect::<Vec<_>>().join(" ")),
    );
    out.join("\n")
}

/// The numbers that AUTOINCREMENT goes on from.
pub(crate) fn sequence(db: &Connection) -> BTreeMap<String, String> {
    let exists = "SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'";
    if query(db, exists).is_empty() {
        return BTreeMap::new();
    }
    let rows = query(db, "SELECT name, seq FROM sqlite_sequence");
    rows.iter().map(|row| (plain(&row[0]), text(&row[1]))).collect()
}

fn of_table(db: &Connection, table: &str) -> Vec<String> {
    let name = table.replace('\'', "''");
    let mut out = vec![format!("table {table}")];
    out.extend(sorted(lines(
        db,
        &format!(
            "SELECT 'column', name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo('{name}')"
        ),
    )));
    out.extend(sorted(indexes(db, &name)));
    out.extend(sorted(foreign_keys(db, &name)));
    let sql = format!("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = '{name}'");
    out.extend(lines_of(db, &sql).iter().flat_map(|sql| sorted(elements(sql))));
    out.extend(lines(db, &format!("SELECT 'kind', type, wr, strict FROM pragma_table_list('{name}')")));
    out.iter_mut().skip(1).for_each(|line| line.insert_str(0, "  "));
    out
}

/// Indexes with origin, columns, directions and collations; those of constraints without their
/// names, which SQLite numbers.
fn indexes(db: &Connection, table: &str) -> Vec<String> {
    let list = format!("SELECT name, \"unique\", origin, partial FROM pragma_index_list('{table}')");
    let index = |row: &Vec<Value>| {
        let name = plain(&row[0]);
        let quoted = name.replace('\'', "''");
        let parts = format!(
            "SELECT name, \"desc\", coll FROM pragma_index_xinfo('{quoted}') WHERE key = 1 ORDER BY seqno"
        );
        let create = lines_of(
            db,
            &format!("SELECT sql FROM sqlite_master WHERE name = '{quoted}' AND sql IS NOT NULL"),
        );
        let shown = if create.is_empty() { "of a constraint" } else { &name };
        let create: Vec<String> = create.iter().map(|sql| spaced(sql)).collect();
        let rest = row[1..].iter().map(text).collect::<Vec<_>>().join(" ");
        format!("index {shown} {rest} ({}) {}", lines(db, &parts).join(", "), create.concat())
    };
    query(db, &list).iter().map(index).collect()
}

fn foreign_keys(db: &Connection, table: &str) -> Vec<String> {
    let list = format!(
        "SELECT id, \"table\", on_update, on_delete, \"match\", \"from\", \"to\" \
         FROM pragma_foreign_key_list('{table}') ORDER BY id, seq"
    );
    let mut keys: BTreeMap<String, String> = BTreeMap::new();
    for row in query(db, &list) {
        let words: Vec<String> = row.iter().map(text).collect();
        let head = format!("foreign key to {}", words[1..5].join(" "));
        keys.entry(words[0].clone()).or_insert(head).push_str(&format!(", {} -> {}", words[5], words[6]));
    }
    keys.into_values().collect()
}

/// The parts of a CREATE TABLE between its outer parentheses: columns and constraints.
pub(crate) fn elements(sql: &str) -> Vec<String> {
    let Some((start, end)) = sql.find('(').zip(sql.rfind(')')) else { return Vec::new() };
    let mut parts = vec![String::new()];
    let (mut depth, mut quote) = (0, None);
    // A name with a parenthesis stands before the body in quotes.
    let start = body(sql).unwrap_or(start);
    for character in sql[start + 1..end].chars() {
        match (quote, character) {
            (Some(end), _) if character == end => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => quote = Some(character),
            (None, '[') => quote = Some(']'),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            (None, ',') if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        parts.last_mut().unwrap().push(character);
    }
    parts.iter().map(|part| spaced(part)).collect()
}

/// Where the body of a CREATE TABLE opens.
fn body(sql: &str) -> Option<usize> {
    let mut quoted = false;
    sql.char_indices().find_map(|(index, character)| match character {
        '"' => {
            quoted = !quoted;
            None
        }
        '(' if !quoted => Some(index),
        _ => None,
    })
}

/// SQL with one space for any number of them, but not in quotes.
fn spaced(sql: &str) -> String {
    let mut out = String::new();
    let mut quote = None;
    for character in sql.trim().chars() {
        match (quote, character) {
            (Some(end), _) if character == end => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => quote = Some(character),
            (None, _) if character.is_whitespace() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
                continue;
            }
            _ => {}
        }
        out.push(character);
    }
    out
}

fn lines_of(db: &Connection, sql: &str) -> Vec<String> {
    query(db, sql).iter().map(|row| plain(&row[0])).collect()
}

fn plain(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        other => text(other),
    }
}

fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.sort();
    lines
}
