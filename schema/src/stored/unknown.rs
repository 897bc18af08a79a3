//! What a table in a database has that its schema does not know of, and a rebuild would lose.

use std::collections::{BTreeMap, BTreeSet};

use super::sqlite::normalise;
use crate::{
    Column, Dialect, Name, Pair, SqliteCatalogue, SqliteObject, Table, Unmanaged, UnmanagedKind, read_sqlite,
    read_sqlite_table,
};

/// What a table has by its own SQL, in words, and has not by the SQL that the schema has for it.
///
/// `others` are the tables that it references, as `sqlite_master` has them. What is there otherwise than it
/// should be is not among it, only what is there in addition. A table that cannot be read has all that it
/// has in addition.
///
/// ```
/// use whimbrel_schema::{Pair, unknown_parts};
///
/// let known = "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)";
/// let found = "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT CHECK (text <> ''), tag TEXT)";
/// let unknown = unknown_parts(Pair::new(known, found), &[]);
/// assert_eq!(unknown, ["column tag", "a check (text <> '')"]);
/// ```
pub fn unknown_parts(texts: Pair<&str>, others: &[SqliteObject]) -> Vec<String> {
    if !texts.differs() {
        return Vec::new();
    }
    let Some(found) = texts.both(|text| read(text, others)) else {
        return vec!["SQL that cannot be read".to_owned()];
    };
    let tables = found.as_ref().map(|found| &found.table);
    let unnamed = &found.next.unnamed;
    let mut unknown = columns(tables);
    unknown.extend(key_and_options(tables));
    let uniques = tables.map(|table| &table.uniques);
    unknown.extend(constraints(uniques, unnamed, "unique", |unique| list(&unique.columns)));
    let keys = tables.map(|table| &table.foreign_keys);
    unknown.extend(constraints(keys, unnamed, "foreign key", |key| {
        format!("{} to {}", list(&key.columns), key.references_table)
    }));
    let checks = tables.map(|table| &table.checks);
    unknown.extend(constraints(checks, unnamed, "check", |check| {
        format!("({})", check.condition.text(Dialect::Sqlite).unwrap_or_default())
    }));
    let part =
        |part: &&Unmanaged| part.kind == UnmanagedKind::Part && !found.previous.unmanaged.contains(part);
    unknown.extend(found.next.unmanaged.iter().filter(part).map(ToString::to_string));
    unknown
}

/// A table in the spelling in which it is compared.
struct Found {
    table: Table,
    unnamed: BTreeSet<Name>,
    unmanaged: Vec<Unmanaged>,
}

fn read(text: &str, others: &[SqliteObject]) -> Option<Found> {
    let alone = read_sqlite_table(text)?;
    let name = alone.schema.tables.keys().next()?.as_str();
    let object = |sql: &str| SqliteObject {
        kind: "table".to_owned(),
        name: name.to_owned(),
        table: name.to_owned(),
        sql: Some(sql.to_owned()),
    };
    let others = others.iter().filter(|other| !other.name.eq_ignore_ascii_case(name)).cloned();
    let objects = others.chain([object(text)]).collect();
    let mut found = read_sqlite(&SqliteCatalogue { objects, ..SqliteCatalogue::default() });
    normalise(&mut found.schema);
    Some(Found {
        table: found.schema.table(name)?.clone(),
        unnamed: found.unnamed.into_iter().filter(|(table, _)| table == name).map(|(_, name)| name).collect(),
        unmanaged: found
            .unmanaged
            .into_iter()
            .filter(|part| part.table.as_ref().is_some_and(|table| table == name))
            .collect(),
    })
}

fn columns(tables: Pair<&Table>) -> Vec<String> {
    let mut unknown = Vec::new();
    for column in tables.next.columns.values() {
        let same = |known: &&Column| known.name.as_str().eq_ignore_ascii_case(column.name.as_str());
        let Some(known) = tables.previous.columns.values().find(same) else {
            unknown.push(format!("column {}", column.name));
            continue;
        };
        let name = &column.name;
        let restricted = known.nullable && !column.nullable && !tables.next.key_columns().contains(name);
        unknown.extend(restricted.then(|| format!("NOT NULL of column {name}")));
        let added = |known: bool, found: bool, what: &str| {
            (found && !known).then(|| format!("the {what} of column {name}"))
        };
        unknown.extend(added(known.default.is_some(), column.default.is_some(), "default"));
        unknown.extend(added(known.collation.is_some(), column.collation.is_some(), "collation"));
        unknown.extend(added(known.generated.is_some(), column.generated.is_some(), "expression"));
        unknown.extend(added(known.auto_increment, column.auto_increment, "AUTOINCREMENT"));
    }
    unknown
}

fn key_and_options(tables: Pair<&Table>) -> Vec<String> {
    let mut unknown = Vec::new();
    let columns = tables.next.key_columns();
    if !columns.is_empty() && tables.map(Table::key_columns).differs() {
        unknown.push(format!("primary key {}", list(columns)));
    }
    let options = tables.map(|table| &table.options.sqlite);
    unknown.extend((options.next.strict && !options.previous.strict).then(|| "STRICT".to_owned()));
    let bare = options.map(|options| options.without_rowid);
    unknown.extend((bare.next && !bare.previous).then(|| "WITHOUT ROWID".to_owned()));
    unknown
}

/// The constraints of one kind that are neither known by their names nor have an equal.
///
/// SQLite writes new names of columns into conditions, so one without a name may be a known one that
/// looks otherwise now; for as many as the schema has and the table has not, that is taken to be so.
fn constraints<T: PartialEq>(
    pair: Pair<&BTreeMap<Name, T>>,
    unnamed: &BTreeSet<Name>,
    kind: &str,
    words: impl Fn(&T) -> String,
) -> Vec<String> {
    let is_in = |objects: &BTreeMap<Name, T>, name: &Name, constraint: &T| {
        objects.contains_key(name) || objects.values().any(|other| other == constraint)
    };
    let mut missing = pair.previous.iter().filter(|(name, known)| !is_in(pair.next, name, known)).count();
    let mut unknown = Vec::new();
    for (name, constraint) in pair.next.iter().filter(|(name, found)| !is_in(pair.previous, name, found)) {
        if !unnamed.contains(name) {
            unknown.push(format!("{kind} {name} {}", words(constraint)));
        } else if missing > 0 {
            missing -= 1;
        } else {
            unknown.push(format!("a {kind} {}", words(constraint)));
        }
    }
    unknown
}

fn list(names: &[Name]) -> String {
    let names: Vec<&str> = names.iter().map(Name::as_str).collect();
    format!("({})", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(known: &str, found: &str, expected: &[&str]) {
        let table = |rest: &str| format!("CREATE TABLE t ({rest}");
        let other = SqliteObject {
            kind: "table".to_owned(),
            name: "p".to_owned(),
            table: "p".to_owned(),
            sql: Some("CREATE TABLE p (id INTEGER PRIMARY KEY)".to_owned()),
        };
        let texts = Pair::new(table(known), table(found));
        let unknown = unknown_parts(Pair::new(&texts.previous, &texts.next), &[other]);
        assert_eq!(unknown, expected, "{found}");
    }

    #[test]
    fn what_is_in_addition_is_unknown() {
        let known = "a INT, b TEXT)";
        check(known, "A INT, b TEXT, c)", &["column c"]);
        check(
            known,
            "a INT NOT NULL DEFAULT 1, b TEXT COLLATE nocase)",
            &["NOT NULL of column a", "the default of column a", "the collation of column b"],
        );
        check(
            known,
            "a INT PRIMARY KEY, b TEXT) WITHOUT ROWID, STRICT",
            &["primary key (a)", "STRICT", "WITHOUT ROWID"],
        );
        check(
            known,
            "a INT REFERENCES p, b TEXT CONSTRAINT u UNIQUE, CHECK (a > 0))",
            &["unique u (b)", "a foreign key (a) to p", "a check (a > 0)"],
        );
        check(
            "a INT UNIQUE)",
            "a INT UNIQUE ON CONFLICT IGNORE)",
            &["unique t_a_key of t has ON CONFLICT IGNORE"],
        );
    }

    #[test]
    fn what_is_known_or_missing_is_not() {
        let known =
            "a INT, CONSTRAINT c CHECK (a > 0), CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id)) STRICT";
        check(known, "a INT CHECK (a>0) REFERENCES P)", &[]);
        check(known, "a INT CONSTRAINT d CHECK (a > 0))", &[]);
        check(known, "a VARCHAR(3))", &[]);
    }

    /// After a rename, conditions have the next name of the column.
    #[test]
    fn conditions_may_have_other_names() {
        check("a INT, CONSTRAINT c CHECK (b > 0))", "a INT, CONSTRAINT c CHECK (a > 0))", &[]);
        check(
            "a INT, CONSTRAINT c CHECK (b > 0))",
            "a INT CHECK (a > 0) CHECK (a < 9))",
            &["a check (a < 9)"],
        );
    }

    #[test]
    fn what_cannot_be_read_is_all_unknown() {
        check("a INT)", "a INT", &["SQL that cannot be read"]);
    }
}
