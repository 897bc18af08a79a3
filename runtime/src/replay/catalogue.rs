//! What a database consists of, by SQLite's own word.

use std::collections::{BTreeMap, BTreeSet};

use crate::driver::{Cell, Driver, Fault, Row};

/// The catalogue of a database as lines that are equal where the databases mean the same: without
/// the order of columns and constraints, without the spacing of SQL, without the numbers of keys.
/// Tables of SQLite's own and of whimbrel's are left out.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    /// Each table with its lines, and each view and trigger.
    objects: BTreeMap<String, Vec<String>>,
    /// The SQL of each table with its indexes. Where it is the same, so are the lines.
    texts: BTreeMap<String, BTreeSet<String>>,
}

/// Reads the catalogue.
pub(crate) fn catalogue(driver: &mut dyn Driver) -> Result<Catalogue, Fault> {
    catalogue_like(driver, &Catalogue::default())
}

/// Reads a catalogue that has much in common with a known one, which saves most of the work.
pub(super) fn catalogue_like(driver: &mut dyn Driver, known: &Catalogue) -> Result<Catalogue, Fault> {
    let mut found = Catalogue::default();
    let mut tables = Vec::new();
    for row in driver.execute("SELECT type, name, tbl_name, sql FROM main.sqlite_master", &[])? {
        let [kind, name, table, sql] = texts(&row);
        match kind.as_str() {
            "table" if name.starts_with("sqlite_") || name.starts_with("whimbrel_") => continue,
            "table" => tables.push((name, sql.clone())),
            "view" | "trigger" => {
                found.objects.insert(format!("{kind} {name}"), vec![spaced(&sql)]);
                continue;
            }
            _ => {}
        }
        found.texts.entry(table).or_default().insert(sql);
    }
    for (table, sql) in tables {
        let key = format!("table {table}");
        let same = known.texts.get(&table).is_some_and(|texts| Some(texts) == found.texts.get(&table));
        let lines = match known.objects.get(&key).filter(|_| same) {
            Some(lines) => lines.clone(),
            None => of_table(driver, &table, &sql)?,
        };
        found.objects.insert(key, lines);
    }
    Ok(found)
}

impl PartialEq for Catalogue {
    fn eq(&self, other: &Self) -> bool {
        self.objects == other.objects
    }
}

impl Eq for Catalogue {}

impl Catalogue {
    /// Where this one is not what was wanted, a line each: `+` is there and should not be, `-` is
    /// missing.
    pub fn differences(&self, wanted: &Self) -> Vec<String> {
        let names: BTreeSet<&String> = self.objects.keys().chain(wanted.objects.keys()).collect();
        let mut lines = Vec::new();
        for name in names {
            let (found, wanted) = (self.objects.get(name), wanted.objects.get(name));
            if found == wanted {
                continue;
            }
            let (found, wanted) = (whole(found), whole(wanted));
            lines.extend(without(&found, &wanted).map(|line| format!("+ {name} {line}")));
            lines.extend(without(&wanted, &found).map(|line| format!("- {name} {line}")));
        }
        lines
    }

    /// All lines, one below the other.
    pub fn lines(&self) -> String {
        let object = |(name, lines): (&String, &Vec<String>)| {
            let lines: String = lines.iter().map(|line| format!("\n  {line}")).collect();
            format!("{name}{lines}")
        };
        self.objects.iter().map(object).collect::<Vec<_>>().join("\n")
    }
}

/// The lines of an object, with how often each is there.
fn whole(lines: Option<&Vec<String>>) -> BTreeMap<&str, usize> {
    let mut counted = BTreeMap::new();
    for line in lines.into_iter().flatten() {
        *counted.entry(line.as_str()).or_default() += 1;
    }
    counted
}

fn without<'a>(
    one: &'a BTreeMap<&'a str, usize>,
    other: &'a BTreeMap<&'a str, usize>,
) -> impl Iterator<Item = &'a str> {
    one.iter().filter(|(line, count)| other.get(**line) != Some(count)).map(|(line, _)| *line)
}

fn of_table(driver: &mut dyn Driver, table: &str, sql: &str) -> Result<Vec<String>, Fault> {
    let mut lines = Vec::new();
    let name = [Cell::from(table)];
    let columns =
        "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?1, 'main')";
    lines.extend(driver.execute(columns, &name)?.iter().map(|row| format!("column {}", words(row))));
    lines.extend(indexes(driver, table)?);
    lines.extend(foreign_keys(driver, table)?);
    lines.extend(elements(sql));
    let kind = "SELECT type, wr, strict FROM pragma_table_list(?1) WHERE schema = 'main'";
    lines.extend(driver.execute(kind, &name)?.iter().map(|row| format!("kind {}", words(row))));
    lines.sort();
    Ok(lines)
}

/// Indexes with origin, columns, directions and collations; those of constraints without their
/// names, which SQLite numbers.
fn indexes(driver: &mut dyn Driver, table: &str) -> Result<Vec<String>, Fault> {
    let list = "SELECT list.name, list.\"unique\", list.origin, list.partial, master.sql \
                FROM pragma_index_list(?1, 'main') list \
                LEFT JOIN main.sqlite_master master ON master.type = 'index' AND master.name = list.name";
    let mut lines = Vec::new();
    for row in driver.execute(list, &[Cell::from(table)])? {
        let [name, unique, origin, partial, sql] = texts(&row);
        let parts =
            "SELECT name, \"desc\", coll FROM pragma_index_xinfo(?1, 'main') WHERE key = 1 ORDER BY seqno";
        let parts = driver.execute(parts, &[Cell::from(name.as_str())])?;
        let parts: Vec<String> = parts.iter().map(words).collect();
        let shown = if sql.is_empty() { "of a constraint" } else { &name };
        lines.push(format!(
            "index {shown} {unique} {origin} {partial} ({}) {}",
            parts.join(", "),
            spaced(&sql)
        ));
    }
    Ok(lines)
}

fn foreign_keys(driver: &mut dyn Driver, table: &str) -> Result<Vec<String>, Fault> {
    let list = "SELECT id, \"table\", on_update, on_delete, \"match\", \"from\", \"to\" \
                FROM pragma_foreign_key_list(?1, 'main') ORDER BY id, seq";
    let mut keys: BTreeMap<String, String> = BTreeMap::new();
    for row in driver.execute(list, &[Cell::from(table)])? {
        let [id, parent, on_update, on_delete, matching, from, to] = texts(&row);
        let head = format!("foreign key to {parent} {on_update} {on_delete} {matching}");
        keys.entry(id).or_insert(head).push_str(&format!(", {from} -> {to}"));
    }
    Ok(keys.into_values().collect())
}

/// The parts of a CREATE TABLE between its outer parentheses: columns and constraints.
fn elements(sql: &str) -> Vec<String> {
    let Some((start, end)) = body(sql).zip(sql.rfind(')')).filter(|(start, end)| start < end) else {
        return Vec::new();
    };
    let mut parts = vec![String::new()];
    let (mut depth, mut quote) = (0, None);
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
        if let Some(part) = parts.last_mut() {
            part.push(character);
        }
    }
    parts.iter().map(|part| spaced(part)).collect()
}

/// Where the body of a CREATE TABLE opens: a name with a parenthesis stands before it in quotes.
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

fn texts<const N: usize>(row: &Row) -> [String; N] {
    std::array::from_fn(|index| row.get(index).cloned().and_then(Cell::shown).unwrap_or_default())
}

fn words(row: &Row) -> String {
    row.iter().map(Cell::literal).collect::<Vec<_>>().join(" | ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::Sqlite;

    fn of(sql: &[&str]) -> Catalogue {
        let mut driver = Sqlite::in_memory().unwrap();
        for sql in sql {
            driver.execute(sql, &[]).unwrap();
        }
        catalogue(&mut driver).unwrap()
    }

    #[test]
    fn the_same_is_the_same_however_it_is_written() {
        let one = of(&["CREATE TABLE t (a INTEGER,  b TEXT CHECK (b <> '  '))", "CREATE INDEX i ON t (b)"]);
        let other = of(&["CREATE TABLE t (b TEXT CHECK (b <> '  '), a INTEGER)", "CREATE INDEX i  ON t (b)"]);
        assert_eq!(one.differences(&other), Vec::<String>::new());
        assert_eq!(one, other);
    }

    #[test]
    fn what_differs_is_named() {
        let plain = of(&["CREATE TABLE t (a INTEGER, b TEXT UNIQUE)"]);
        let differ = |sql: &[&str], wanted: &str| {
            let lines = of(sql).differences(&plain).join("\n");
            assert!(lines.contains(wanted), "{lines}");
        };
        differ(&["CREATE TABLE t (a INTEGER, b TEXT)"], "- table t index of a constraint 1 u 0");
        differ(&["CREATE TABLE t (a INTEGER, b TEXT UNIQUE) STRICT"], "+ table t kind 'table' | 0 | 1");
        differ(&["CREATE TABLE t (a INTEGER NOT NULL, b TEXT UNIQUE)"], "- table t a INTEGER");
        differ(&["CREATE TABLE t (a INTEGER, b TEXT COLLATE NOCASE UNIQUE)"], "'NOCASE'");
        differ(&["CREATE TABLE t (a INTEGER DEFAULT 7, b TEXT UNIQUE)"], "'a' | 'INTEGER' | 0 | '7'");
        differ(&["CREATE TABLE t (a INTEGER REFERENCES t ON DELETE CASCADE, b TEXT UNIQUE)"], "CASCADE");
        differ(
            &["CREATE TABLE t (a INTEGER, b TEXT UNIQUE)", "CREATE VIEW v AS SELECT a FROM t"],
            "+ view v",
        );
        differ(
            &["CREATE TABLE t (a INTEGER, b TEXT UNIQUE)", "CREATE INDEX i ON t (a) WHERE a > 0"],
            "+ table t index i 0 c 1",
        );
    }
}
