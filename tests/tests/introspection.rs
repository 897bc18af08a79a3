//! What is read back from a database is what it was made of, and nothing else is.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

mod support;

use std::collections::BTreeSet;
use std::sync::Arc;

use rusqlite::Connection;
use support::case::{cases, package};
use support::database::{fresh, run};
use whimbrel::introspect;
use whimbrel_schema::{
    ColumnType, DefaultValue, Dialect, IndexKey, Name, Pair, ReferentialAction, Schema, Snapshot, SortOrder,
    Sql, Table, Timing, Value, differences, stored,
};

/// What a database has otherwise than a schema, in words.
fn drift(db: &Connection, expected: &Schema) -> Vec<String> {
    let found = introspect::sqlite(db).unwrap();
    let unmanaged = found.unmanaged.iter().map(ToString::to_string);
    let pair = found.against(expected);
    let differences = differences(pair.as_ref(), &Default::default());
    assert_eq!(differences.is_empty(), pair.previous == pair.next, "words for every difference");
    let nothing = whimbrel_schema::drift(expected, &found).mending.is_empty();
    assert_eq!(differences.is_empty(), nothing, "what would be done about every difference");
    differences.iter().map(ToString::to_string).chain(unmanaged).collect()
}

fn everything() -> Schema {
    package("schemas/everything", &Dialect::ALL)
}

fn example() -> Schema {
    package("../generated-example/schema", &[Dialect::Sqlite])
}

/// Every schema of the tests, with a name.
fn schemas() -> Vec<(String, Schema)> {
    let cases = cases().into_iter().flat_map(|case| {
        let Pair { previous, next } = case.schemas;
        [(format!("{}, previous", case.name), previous), (format!("{}, next", case.name), next)]
    });
    cases.chain([("everything".to_owned(), everything()), ("the example".to_owned(), example())]).collect()
}

#[test]
fn a_fresh_database_is_what_its_schema_says() {
    let mut found = Vec::new();
    for (name, schema) in schemas() {
        found.extend(drift(&fresh(&schema), &schema).into_iter().map(|words| format!("{name}: {words}")));
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

/// Renames, added and dropped columns, and rebuilds leave what a fresh database has, there and back.
#[test]
fn a_migrated_database_is_what_its_schema_says() {
    let mut found = Vec::new();
    let mut ways = 0;
    for case in cases() {
        let mut db = fresh(&case.schemas.previous);
        run(&db, &case.rows);
        for way in [case.up(), case.down()].into_iter().flatten() {
            if let Err(error) = way.go(&mut db) {
                found.push(format!("{}: {error}", case.name));
                break;
            }
            ways += 1;
            let words = drift(&db, way.schemas.next);
            found.extend(words.into_iter().map(|words| format!("{} {}: {words}", case.name, way.direction)));
        }
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
    assert!(ways > 100, "{ways} ways");
}

/// The two sides above are read by the same reader, so what it overlooks is missing on both. Everything that
/// the schema has for SQLite must be there.
#[test]
fn nothing_of_a_schema_is_overlooked() {
    for (name, schema) in schemas() {
        let stored = stored(Dialect::Sqlite, &schema);
        assert_eq!(
            stored.tables.values().map(parts).collect::<Vec<_>>(),
            schema.tables.values().map(parts).collect::<Vec<_>>(),
            "{name}"
        );
        let here = schema.views.values().filter(|view| view.only.includes(Dialect::Sqlite));
        let views: Vec<&Name> = here.map(|view| &view.name).collect();
        assert_eq!(stored.views.keys().collect::<Vec<_>>(), views, "{name}");
        let here = schema.triggers.values().filter(|trigger| trigger.only.includes(Dialect::Sqlite));
        let triggers: Vec<(&Name, &Name)> = here.map(|trigger| (&trigger.name, &trigger.table)).collect();
        let found: Vec<_> = stored.triggers.values().map(|trigger| (&trigger.name, &trigger.table)).collect();
        assert_eq!(found, triggers, "{name}");
        for table in schema.tables.values() {
            compare(table, stored.table(table.name.as_str()).unwrap());
        }
    }
}

/// The names of everything in a table. A column of an enum has a check that has no name in the schema.
fn parts(table: &Arc<Table>) -> Vec<String> {
    let here = |only: &whimbrel_schema::Only| only.includes(Dialect::Sqlite);
    let enums = table.columns.values().filter(|column| matches!(column.column_type, ColumnType::Enum(_)));
    let mut parts: Vec<String> = vec![format!("table {}", table.name)];
    parts.extend(table.columns.keys().map(|name| format!("column {name}")));
    parts.extend(table.uniques.keys().map(|name| format!("unique {name}")));
    let keys = table.foreign_keys.iter().filter(|(_, key)| here(&key.only));
    parts.extend(keys.map(|(name, _)| format!("foreign key {name}")));
    let mut checks: Vec<String> = table
        .checks
        .iter()
        .filter(|(_, check)| here(&check.only))
        .map(|(name, _)| format!("check {name}"))
        .collect();
    checks.extend(enums.map(|column| format!("check {}_{}_check", table.name, column.name)));
    checks.sort();
    parts.extend(checks);
    let indexes = table.indexes.iter().filter(|(_, index)| here(&index.only));
    parts.extend(indexes.map(|(name, _)| format!("index {name}")));
    parts
}

/// What has one spelling in the model must be there as it is.
fn compare(table: &Table, stored: &Table) {
    let name = &table.name;
    assert_eq!(stored.primary_key, table.primary_key, "{name}");
    assert_eq!(stored.uniques, table.uniques, "{name}");
    assert_eq!(stored.options.sqlite, table.options.sqlite, "{name}");
    for (key, found) in &stored.foreign_keys {
        let wanted = &table.foreign_keys[key];
        assert_eq!(
            (&found.columns, &found.references_table, &found.references_columns),
            (&wanted.columns, &wanted.references_table, &wanted.references_columns),
            "{key}"
        );
        assert_eq!(
            (found.on_delete, found.on_update, found.timing),
            (wanted.on_delete, wanted.on_update, wanted.timing),
            "{key}"
        );
    }
    for (index, found) in &stored.indexes {
        let wanted = &table.indexes[index];
        assert_eq!((found.unique, found.columns.len()), (wanted.unique, wanted.columns.len()), "{index}");
        assert_eq!(found.predicate.is_some(), wanted.predicate.is_some(), "{index}");
        for (found, wanted) in found.columns.iter().zip(&wanted.columns) {
            assert_eq!((found.key.column(), found.order), (wanted.key.column(), wanted.order), "{index}");
        }
    }
    for (column, found) in &stored.columns {
        let wanted = &table.columns[column];
        let place = format!("{name}.{column}");
        assert_eq!(
            (found.nullable, found.auto_increment),
            (wanted.nullable, wanted.auto_increment),
            "{place}"
        );
        assert_eq!(found.default.is_some(), wanted.default.is_some(), "{place}");
        assert_eq!(
            found.generated.as_ref().map(|made| made.storage),
            wanted.generated.as_ref().map(|made| made.storage),
            "{place}"
        );
        let plain = !(table.options.sqlite.strict || wanted.auto_increment);
        if plain && !matches!(wanted.column_type, ColumnType::Enum(_) | ColumnType::Native(_)) {
            assert_eq!(found.column_type, wanted.column_type, "{place}");
            if let Some(DefaultValue::Literal(_)) = wanted.default {
                assert_eq!(found.default, wanted.default, "{place}");
            }
        }
    }
}

/// Every single thing that may be otherwise in a database is seen.
#[test]
fn whatever_differs_is_seen() {
    let schema = everything();
    let whole = introspect::sqlite(&fresh(&schema)).unwrap();
    let mut kinds = BTreeSet::new();
    let mut seen = 0;
    for (what, changed) in mutations(&schema) {
        // A table at a time, which is a thousand times faster.
        let mut found = whole.clone();
        if let [only] = changed.tables.values().collect::<Vec<_>>()[..] {
            let name = &only.name;
            found.schema = Schema::default();
            found.schema.insert(whole.schema.table(name.as_str()).unwrap().clone());
            let alone = Schema { views: Default::default(), triggers: Default::default(), ..schema.clone() };
            let alone =
                Schema { tables: [alone.tables.get(name).unwrap().clone()].into_iter().collect(), ..alone };
            assert_eq!(
                differences(found.against(&alone).as_ref(), &Default::default()),
                [],
                "{what}, without it"
            );
        }
        let pair = found.against(&changed);
        assert!(!differences(pair.as_ref(), &Default::default()).is_empty(), "{what} is not seen");
        kinds.insert(what.split(':').next().unwrap().to_owned());
        seen += 1;
    }
    assert!(seen > 500 && kinds.len() >= 20, "{seen} of {kinds:?}");
}

/// The schema with one thing otherwise, for every thing that SQLite has.
fn mutations(schema: &Schema) -> Vec<(String, Schema)> {
    let mut all = Vec::new();
    for table in schema.tables.values() {
        let mut add = |what: &str, change: &dyn Fn(&mut Table)| {
            let mut table = (**table).clone();
            change(&mut table);
            let what = format!("{what}: {}", table.name);
            let tables = [Arc::new(table)].into_iter().collect();
            all.push((what, Schema { tables, enums: schema.enums.clone(), ..Schema::default() }));
        };
        let strict = table.options.sqlite.strict;
        add("strict", &|table| table.options.sqlite.strict = !strict);
        add("without rowid", &|table| {
            table.options.sqlite.without_rowid = !table.options.sqlite.without_rowid
        });
        if table.primary_key.is_some() && !table.columns.values().any(|column| column.auto_increment) {
            add("primary key", &|table| table.primary_key = None);
        }
        for (name, column) in &table.columns {
            if !column.auto_increment {
                if !table.key_columns().contains(name) {
                    add("nullable", &|table| table.columns[name].nullable = !column.nullable);
                }
                let other = if strict { ColumnType::Blob } else { ColumnType::Char(77) };
                add("type", &|table| table.columns[name].column_type = other.clone());
                add("default", &|table| {
                    table.columns[name].default = Some(DefaultValue::Expression(Sql::from("(1 + 2) / 7")));
                });
                add("collation", &|table| table.columns[name].collation = Some(Sql::from("RTRIM")));
            }
            if column.default.is_some() {
                add("no default", &|table| table.columns[name].default = None);
            }
            if let Some(DefaultValue::Literal(Value::Text(text))) = &column.default {
                let other = format!("{text} ");
                add("blank in a text", &|table| {
                    table.columns[name].default = Some(DefaultValue::Literal(Value::Text(other.clone())));
                });
            }
            if column.generated.is_some() {
                add("generated", &|table| {
                    table.columns[name].generated.as_mut().unwrap().sql = Sql::from("lower('A')");
                });
                add("not generated", &|table| table.columns[name].generated = None);
            }
            if column.collation.as_ref().is_some_and(|sql| sql.text(Dialect::Sqlite) != Some("BINARY")) {
                add("no collation", &|table| table.columns[name].collation = None);
            }
            add("column", &|table| {
                let mut column = table.columns.shift_remove(name.as_str()).unwrap();
                column.name = Name::new("other");
                table.columns.insert(Name::new("other"), column);
            });
        }
        for name in table.uniques.keys() {
            add("unique", &|table| drop(table.uniques.remove(name)));
            add("order of unique", &|table| {
                table.uniques.get_mut(name).unwrap().columns.insert(0, Name::new("id"))
            });
        }
        for (name, key) in table.foreign_keys.iter().filter(|(_, key)| key.only.includes(Dialect::Sqlite)) {
            add("foreign key", &|table| drop(table.foreign_keys.remove(name)));
            let other = |action| match action {
                ReferentialAction::Restrict => ReferentialAction::Cascade,
                _ => ReferentialAction::Restrict,
            };
            add("on delete", &|table| {
                table.foreign_keys.get_mut(name).unwrap().on_delete = other(key.on_delete)
            });
            add("on update", &|table| {
                table.foreign_keys.get_mut(name).unwrap().on_update = other(key.on_update)
            });
            let timing = if key.timing == Timing::Deferred { Timing::Immediate } else { Timing::Deferred };
            add("timing", &|table| table.foreign_keys.get_mut(name).unwrap().timing = timing);
            add("parent", &|table| {
                table.foreign_keys.get_mut(name).unwrap().references_table = Name::new("labels_")
            });
        }
        for (name, _) in table.checks.iter().filter(|(_, check)| check.only.includes(Dialect::Sqlite)) {
            add("check", &|table| drop(table.checks.remove(name)));
            add("condition", &|table| table.checks.get_mut(name).unwrap().condition = Sql::from("1 = 1"));
        }
        for (name, index) in table.indexes.iter().filter(|(_, index)| index.only.includes(Dialect::Sqlite)) {
            add("index", &|table| drop(table.indexes.remove(name)));
            add("unique index", &|table| table.indexes.get_mut(name).unwrap().unique = !index.unique);
            add("predicate", &|table| {
                table.indexes.get_mut(name).unwrap().predicate = Some(Sql::from("1 = 1"))
            });
            add("descending", &|table| {
                let part = &mut table.indexes.get_mut(name).unwrap().columns[0];
                part.order = match part.order {
                    SortOrder::Ascending => SortOrder::Descending,
                    SortOrder::Descending => SortOrder::Ascending,
                };
            });
            add("expression", &|table| {
                table.indexes.get_mut(name).unwrap().columns[0].key =
                    IndexKey::Expression(Sql::from("lower('A')"));
            });
        }
    }
    let without = |change: &dyn Fn(&mut Schema)| {
        let mut changed = schema.clone();
        change(&mut changed);
        changed
    };
    for name in schema.tables.keys() {
        all.push((format!("table: {name}"), without(&|schema| drop(schema.tables.remove(name)))));
    }
    for (name, view) in schema.views.iter().filter(|(_, view)| view.only.includes(Dialect::Sqlite)) {
        all.push((format!("view: {name}"), without(&|schema| drop(schema.views.remove(name)))));
        let mut view = (**view).clone();
        view.sql = Sql::from("SELECT 1");
        all.push((
            format!("query: {name}"),
            without(&|schema| drop(schema.views.insert(name.clone(), view.clone().into()))),
        ));
    }
    for (name, trigger) in
        schema.triggers.iter().filter(|(_, trigger)| trigger.only.includes(Dialect::Sqlite))
    {
        all.push((format!("trigger: {name}"), without(&|schema| drop(schema.triggers.remove(name)))));
        let text = trigger.sql.text(Dialect::Sqlite).unwrap().replacen("BEGIN", "WHEN 1 BEGIN", 1);
        let mut trigger = (**trigger).clone();
        trigger.sql = Sql::from(text);
        all.push((
            format!("body: {name}"),
            without(&|schema| drop(schema.triggers.insert(name.clone(), trigger.clone().into()))),
        ));
    }
    for (name, definition) in &schema.enums {
        let mut definition = (**definition).clone();
        definition.values.push("other".to_owned());
        all.push((
            format!("enum: {name}"),
            without(&|schema| drop(schema.enums.insert(name.clone(), definition.clone().into()))),
        ));
    }
    all
}

/// Tables as nobody should make them, but people and other programs did. What is read is shown in the
/// schema language, and what that cannot say below it.
#[test]
fn a_hostile_database_is_read() {
    let db = support::database::memory();
    run(&db, HOSTILE);
    let found = introspect::sqlite(&db).unwrap();
    let (changed, _) = Snapshot::between(Pair::new(&Schema::default(), &found.schema));
    let mut snapshot = Snapshot::new("0001_hostile");
    snapshot.changed = changed;
    let unmanaged: Vec<String> = found.unmanaged.iter().map(ToString::to_string).collect();
    let unnamed: Vec<String> = found.unnamed.iter().map(|(table, name)| format!("{table}: {name}")).collect();
    insta::assert_snapshot!(format!(
        "{snapshot}\n== unnamed\n{}\n\n== unmanaged\n{}",
        unnamed.join("\n"),
        unmanaged.join("\n")
    ));
    // Made anew of what was read, it is the same.
    let pair = found.against(&found.schema);
    assert_eq!(differences(pair.as_ref(), &Default::default()), []);
}

const HOSTILE: &str = r##"
create table plain(a, b int, c "VARCHAR" ( 20 ), d numeric(10, 2), e varchar, f unsigned big int);
CREATE TABLE [square one] (  -- ) " '
  [the id] INTEGER PRIMARY KEY /* ( */, `back``tick` TEXT NOT NULL DEFAULT 'a, b) -- c',
  "quo""te" INT DEFAULT(1+(2)), 'text' TEXT DEFAULT bare, "select" TEXT DEFAULT "double",
  CHECK ("select" <> ')' /* , */ AND [the id] > - 1) CHECK (length(`back``tick`) > 0)
);
CREATE TABLE named (
  a int CONSTRAINT nn NOT NULL CONSTRAINT positive CHECK (a > 0) CONSTRAINT one UNIQUE,
  b int CONSTRAINT p CONSTRAINT q REFERENCES keyed ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE,
  c text COLLATE nocase COLLATE "RTRIM" NULL,
  d int DEFAULT +3 DEFAULT - 4 REFERENCES KEYED(ID) MATCH FULL NOT DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT twice UNIQUE (a, b) CONSTRAINT twice UNIQUE (b, A) FOREIGN KEY (a, b) REFERENCES pairs,
  CONSTRAINT deep FOREIGN KEY (b) REFERENCES nowhere DEFERRABLE INITIALLY DEFERRED,
  FOREIGN KEY (c) REFERENCES elsewhere(x)
);
CREATE TABLE Keyed (Id INTEGER CONSTRAINT pk PRIMARY KEY ASC ON CONFLICT REPLACE AUTOINCREMENT, n int);
CREATE TABLE pairs (x int, y text, PRIMARY KEY (y, x)) WITHOUT ROWID;
CREATE TABLE loose (code TEXT PRIMARY KEY, v int NOT NULL ON CONFLICT IGNORE, UNIQUE (v COLLATE nocase DESC) ON CONFLICT FAIL);
CREATE TABLE upside (id INTEGER PRIMARY KEY DESC);
CREATE TABLE strictly (id INT PRIMARY KEY, a ANY, t TEXT DEFAULT 'x', r REAL DEFAULT 1e3) strict, without rowid;
CREATE TABLE computed (
  a int, b int GENERATED ALWAYS AS (a * 2) STORED, c AS (b || ') AS ('), d text always generated always as (1) virtual
);
CREATE TABLE defaults (
  a text DEFAULT CURRENT_TIMESTAMP, b blob DEFAULT x'0aff', c int DEFAULT 0x1F, d bool DEFAULT TRUE,
  e boolean DEFAULT 2, f text DEFAULT NULL, g date DEFAULT '2026-01-31', h date DEFAULT 'soon',
  i double DEFAULT 5, j real DEFAULT 9e999, k text DEFAULT '', l timestamp DEFAULT (datetime('now'))
);
CREATE TABLE "order" ("group" int, "a.b" int, "ünï ☃" int, "tab	and
line" int);
CREATE TABLE copied AS SELECT a, b + 1 AS sum, 'x' AS "t x" FROM plain;
CREATE INDEX "order_group" ON "order" ("group" DESC, [a.b] collate nocase, "group" + 1 ASC, lower("a.b") desc) where [group] is not null;
CREATE UNIQUE INDEX 'text index' ON plain ('a', B, (c), (d) desc);
CREATE VIEW "v w" AS SELECT "group" FROM "order" -- the end
;
CREATE VIEW columns_named (x, y) AS SELECT 1, 2;
CREATE TRIGGER IF NOT EXISTS tr UPDATE OF "group" ON 'order' BEGIN SELECT 1; SELECT ';' ; END;
CREATE TRIGGER on_view INSTEAD OF INSERT ON [v w] BEGIN SELECT 1; END;
CREATE VIRTUAL TABLE notes USING fts5(body);
CREATE VIRTUAL TABLE boxes USING rtree(id, x0, x1);
CREATE TABLE notes_of_mine (id int);
CREATE TABLE whimbrel_history (x int);
CREATE TABLE whimbrel_archive_12 (x int);
CREATE INDEX on_history ON whimbrel_history (x);
CREATE TABLE whimbrel_archive_of_mine (x int);
ALTER TABLE plain ADD COLUMN added text NOT NULL DEFAULT ('(,') CHECK (added <> ',');
ALTER TABLE plain RENAME COLUMN a TO [new name];
ALTER TABLE named RENAME TO "re named";
CREATE VIEW broken AS SELECT a FROM nowhere;
ANALYZE;
"##;
