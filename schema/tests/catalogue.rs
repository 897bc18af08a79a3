//! What SQLite says of itself is read, whatever it is.

use whimbrel_schema::{
    Dialect, Introspected, Name, Schema, SqliteCatalogue, SqliteColumn, SqliteObject, Table, differences,
    read_sqlite, read_sqlite_table, stored,
};

fn object(kind: &str, name: &str, table: &str, sql: &str) -> SqliteObject {
    let [kind, name, table] = [kind, name, table].map(str::to_owned);
    SqliteObject { kind, name, table, sql: Some(sql.to_owned()) }
}

fn read(objects: Vec<SqliteObject>) -> Introspected {
    read_sqlite(&SqliteCatalogue { objects, ..SqliteCatalogue::default() })
}

fn unmanaged(found: &Introspected) -> Vec<String> {
    found.unmanaged.iter().map(ToString::to_string).collect()
}

const TABLE: &str = "CREATE TABLE \"t\" (a INTEGER PRIMARY KEY AUTOINCREMENT, b VARCHAR(9) DEFAULT 'x' CHECK (b <> ''), \
                     c GENERATED ALWAYS AS (lower(b)) STORED, CONSTRAINT u UNIQUE (b, [c] DESC) ON CONFLICT FAIL, \
                     FOREIGN KEY (b) REFERENCES t (b) ON DELETE SET NULL NOT DEFERRABLE) STRICT";

#[test]
fn no_text_is_too_strange() {
    let objects = [
        ("table", TABLE),
        ("index", "CREATE UNIQUE INDEX i ON t (b DESC, lower(c) ASC, 'x') WHERE a > 0"),
        ("view", "CREATE VIEW v AS SELECT \"a\" FROM t"),
        ("trigger", "CREATE TRIGGER x AFTER UPDATE OF a ON t BEGIN SELECT 1; END"),
    ];
    let mut unread = 0;
    for (kind, sql) in objects {
        for (place, _) in sql.char_indices() {
            for put in ["", "\"", "'", "[", "(", ")", ",", ";", "--", "/*", "é", "\0", " CONSTRAINT "] {
                for rest in ["", &sql[place..]] {
                    let text = format!("{}{put}{rest}", &sql[..place]);
                    let mut objects = vec![object(kind, "t", "t", &text)];
                    objects.extend((kind != "table").then(|| object("table", "t", "t", TABLE)));
                    let found = read(objects);
                    let Schema { tables, views, triggers, .. } = &found.schema;
                    let indexes: usize = tables.values().map(|table| table.indexes.len()).sum();
                    let read = tables.len() + indexes + views.len() + triggers.len();
                    let cannot =
                        |words: &String| words.contains(" cannot be ") || words.contains("is not to SQLite");
                    let not_read = unmanaged(&found).iter().filter(|words| cannot(words)).count();
                    assert_eq!(read + not_read, 1 + usize::from(kind != "table"), "{text}");
                    unread += not_read;
                }
            }
        }
    }
    assert!(unread > 5_000, "{unread}");
}

#[test]
fn what_is_not_as_sqlite_says_is_not_believed() {
    let column = |name: &str, hidden, key| SqliteColumn { name: name.to_owned(), hidden, key };
    let columns = vec![column("a", 0, 1), column("b", 0, 0), column("c", 3, 0)];
    let read = |columns: &[SqliteColumn]| {
        read_sqlite(&SqliteCatalogue {
            objects: vec![object("table", "t", "t", TABLE)],
            columns: [("t".to_owned(), columns.to_vec())].into(),
            ..SqliteCatalogue::default()
        })
    };
    assert!(read(&columns).schema.table("t").is_some());
    let mut others = vec![columns[..2].to_vec(), columns.clone(), columns.clone(), columns.clone()];
    others[1][0].key = 0;
    others[2][2].hidden = 2;
    others[3][1].name = "B".to_owned();
    for other in others {
        let found = read(&other);
        assert!(found.schema.tables.is_empty());
        assert_eq!(unmanaged(&found), ["table t is not to SQLite what its SQL says"]);
        assert_eq!(found.unmanaged[0].table, Some(Name::new("t")));
    }
}

#[test]
fn what_has_no_name_goes_by_that_of_its_equal() {
    let schema = |sql: &str| read_sqlite_table(sql).unwrap();
    let expected = schema(
        "CREATE TABLE t (a INT, b INT, CONSTRAINT small CHECK (a < 9), CONSTRAINT same CHECK (a < 9), \
         CONSTRAINT pair UNIQUE (a, b), CONSTRAINT self FOREIGN KEY (a) REFERENCES t (b))",
    );
    let differ = |sql: &str| -> Vec<String> {
        let pair = schema(sql).against(&expected.schema);
        differences(pair.as_ref(), &Default::default()).iter().map(ToString::to_string).collect()
    };
    let all =
        "CREATE TABLE t (a INT CHECK (a<9) REFERENCES T(B), b INT, UNIQUE (a, b), CHECK (a < /* ! */ 9))";
    assert_eq!(differ(all), [""; 0]);
    assert_eq!(
        differ("CREATE TABLE t (a INT CHECK (a<9), b INT, UNIQUE (b, a), CHECK (a < 8))"),
        [
            "- unique pair on t  (a, b)",
            "+ unique t_b_a_key on t  (b, a)",
            "- foreign key self on t  (a) references t(b)",
            "- check small on t  a < 9",
            "+ check t_check on t  a < 8",
        ]
    );
    // A name that was given is another name.
    assert_eq!(differ(&all.replace("UNIQUE", "CONSTRAINT pears UNIQUE")).len(), 2);
}

#[test]
fn what_is_stored_is_stored_as_it_is() {
    let found = read_sqlite_table(TABLE).unwrap();
    let once = stored(Dialect::Sqlite, &found.schema);
    assert_eq!(stored(Dialect::Sqlite, &once), once);
}

#[test]
fn other_dialects_keep_no_documentation() {
    let mut table = Table::new(Name::new("t"));
    (table.doc, table.rust_name) = (Some("What it is.".to_owned()), Some("Tea".to_owned()));
    table.options.sqlite.strict = true;
    table.options.mysql.engine = Some("Aria".to_owned());
    let mut schema = Schema::default();
    schema.insert(table);
    let stored = stored(Dialect::Mysql, &schema);
    let table = stored.table("t").unwrap();
    assert_eq!((&table.doc, &table.rust_name, table.options.sqlite.strict), (&None, &None, false));
    // The names of engines have no case.
    assert_eq!(table.options.mysql.engine.as_deref(), Some("aria"));
}
