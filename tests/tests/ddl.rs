//! Every type and every feature of the language, for every dialect: the SQL that creates it, or the
//! diagnostic that says what to write instead. Whatever is rendered, the databases take and let go.

#![allow(clippy::panic, clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use support::database::{create, lines, memory};
use support::servers::{self, Introspects, MariaDb, Postgres, Session, catalogue};
use support::uses;
use whimbrel::introspect;
use whimbrel_schema::plan::{Intent, plan};
use whimbrel_schema::{
    ColumnType, Diagnostic, Dialect, Pair, Schema, Sources, drift, parse, render, validate,
};

const BYTES: &str = r#"{ sql = { sqlite = "x'00'", postgres = "decode('00', 'hex')", mysql = "x'00'" } }"#;

/// A type with its arguments, and a default of it.
const TYPES: [(&str, &str); 18] = [
    ("boolean", "true"),
    ("smallint", "-1"),
    ("integer", "7"),
    ("bigint", "9223372036854775807"),
    ("real", "0.5"),
    ("double", "1e300"),
    ("decimal(10,2)", "'12.50'"),
    ("char(3)", "'abc'"),
    ("varchar(64)", r#""it's""#),
    ("text", r#""it's \\""#),
    ("binary(16)", BYTES),
    ("blob", BYTES),
    ("date", "2026-01-31"),
    ("time", "'23:59:59.5'"),
    ("timestamp", "2026-01-31T23:59:59"),
    ("timestamptz", "2026-01-31T23:59:59Z"),
    ("uuid", "'67e55044-10b1-426f-9247-bb680e5fe0c8'"),
    ("json", r#"'{"a": [1]}'"#),
];

/// What it is called, and a schema that has it. `<<` and `>>` stand around the feature itself.
const FEATURES: [(&str, &str); 51] = [
    (
        "a comment on a table",
        "[table.t]\n<<doc = \"It's \\\\ there.\\nTwo lines.\">>\ncolumns.id = \"bigint\"",
    ),
    (
        "a comment on a column",
        "[table.t.columns]\nid = { type = \"bigint\" <<, doc = \"It's \\\\ there.\">> }",
    ),
    ("a nullable column", "[table.t.columns]\nid = \"bigint<<?>>\""),
    (
        "a default of each kind",
        "[table.t.columns]\na = { type = \"text\" <<, default = \"\">> }\nb = { type = \"integer\" <<, default = 0>> }\nc = { type = \"double\" <<, default = -0.0>> }\nd = { type = \"boolean\" <<, default = false>> }\ne = { type = \"date\" <<, default = 2026-01-31>> }",
    ),
    (
        "a default that is an expression",
        "[table.t.columns]\nat = { type = \"timestamptz\" <<, default = { sql = \"CURRENT_TIMESTAMP\" }>> }",
    ),
    (
        "a default with SQL per database",
        "[table.t.columns]\nn = { type = \"bigint\" <<, default = { sql = { sqlite = \"abs(-1)\", postgres = \"abs(-2)\", mysql = \"abs(-3)\" } }>> }",
    ),
    ("a primary key", "[table.t.columns]\nid = { type = \"bigint\" <<, primary_key = true>> }"),
    (
        "a primary key of several columns",
        "[table.t]\n<<primary_key = [\"b\", \"a\"]>>\ncolumns = { a = \"bigint\", b = \"varchar(9)\" }",
    ),
    (
        "numbers given by the database",
        "[table.t.columns]\nid = { type = \"bigint\", primary_key = true <<, auto_increment = true>> }",
    ),
    ("a unique column", "[table.t.columns]\nname = { type = \"varchar(9)\" <<, unique = true>> }"),
    (
        "a unique constraint",
        "[table.t]\ncolumns = { a = \"bigint\", b = \"varchar(9)\" }\n<<uniques.t_key = [\"b\", \"a\"]>>",
    ),
    (
        "a generated column, stored",
        "[table.t.columns]\na = \"varchar(9)\"\nb = { type = \"varchar(9)\" <<, generated = { sql = \"lower(a)\", stored = true }>> }",
    ),
    (
        "a generated column, computed when read",
        "[table.t.columns]\na = \"varchar(9)\"\nb = { type = \"varchar(9)\" <<, generated = { sql = { sqlite = \"lower(a)\", postgres = \"lower(a)\", mysql = \"lower(a)\" } }>> }",
    ),
    (
        "a native type",
        "[table.t.columns]\na = { native = { sqlite = \"TEXT\", postgres = \"inet\", mysql = \"varchar(45)\" }, nullable = true }",
    ),
    (
        "a collation per database",
        "[table.t.columns]\na = { type = \"varchar(9)\" <<, collation = { sqlite = \"NOCASE\", postgres = \"C\", mysql = \"utf8mb4_bin\" }>> }",
    ),
    (ONE_COLLATION, "[table.t.columns]\na = { type = \"varchar(9)\" <<, collation = \"BINARY\">> }"),
    (
        "a personal column",
        "[table.t.columns]\nid = { type = \"bigint\", primary_key = true }\na = { type = \"text?\" <<, personal = true>> }",
    ),
    (
        "names in Rust",
        "[table.t]\n<<rust_name = \"Other\">>\ncolumns.a = { type = \"mood\" <<, rust_name = \"OTHER\">> }\n[enum.mood]\nvalues = [\"calm\"]\n<<rust_name = \"Temper\">>\n[view.v]\nsql = \"SELECT 1 AS one\"\n<<rust_name = \"Sight\">>",
    ),
    (
        "an enum",
        "[enum]\nmood = [\"calm\", \"it's \\\\ \\\"cross\\\"\"]\n[table.t.columns]\na = { type = \"mood\", default = \"it's \\\\ \\\"cross\\\"\" }\nb = \"mood?\"",
    ),
    (
        "a comment on an enum",
        "[enum.mood]\nvalues = [\"calm\"]\n<<doc = \"How it is.\">>\n[table.t.columns]\na = \"mood\"",
    ),
    ("a check", "[table.t]\ncolumns.a = \"bigint\"\n<<checks.t_check = \"a > 0\">>"),
    (
        "a check with SQL per database",
        "[table.t]\ncolumns.a = \"bigint\"\n<<checks.t_check = { sqlite = \"a > 1\", postgres = \"a > 2\", mysql = \"a > 3\" }>>",
    ),
    (
        "a check for some databases",
        "[table.t]\ncolumns.a = \"bigint\"\n<<checks.t_check = { sql = { postgres = \"a > 2\" }, only = [\"postgres\"] }>>",
    ),
    (
        "a check with a key for its SQL",
        "[table.t]\ncolumns.a = \"bigint\"\n<<checks.t_check = { sql = \"a > 0\", only = [\"sqlite\", \"mysql\"] }>>",
    ),
    (
        "a foreign key of a column",
        "[table.p.columns]\nid = { type = \"bigint\", primary_key = true }\n[table.t.columns]\np_id = { type = \"bigint\" <<, references = \"p.id\">> }",
    ),
    (
        "actions of columns: cascade, restrict",
        "[table.p.columns]\nid = { type = \"bigint\", primary_key = true }\n[table.t.columns]\na = { type = \"bigint\", references = \"p.id\" <<, on_delete = \"cascade\", on_update = \"cascade\">> }\nb = { type = \"bigint\", references = \"p.id\" <<, on_delete = \"restrict\", on_update = \"restrict\">> }",
    ),
    (
        "actions of columns: set_null",
        "[table.p.columns]\nid = { type = \"bigint\", primary_key = true }\n[table.t.columns]\na = { type = \"bigint?\", references = \"p.id\" <<, on_delete = \"set_null\", on_update = \"set_null\">> }",
    ),
    (
        "actions of columns: no_action",
        "[table.p.columns]\nid = { type = \"bigint\", primary_key = true }\n[table.t.columns]\na = { type = \"bigint\", references = \"p.id\" <<, on_delete = \"no_action\", on_update = \"no_action\">> }",
    ),
    (
        "actions of columns: set_default",
        "[table.p.columns]\nid = { type = \"bigint\", primary_key = true }\n[table.t.columns]\na = { type = \"bigint\", default = 1, references = \"p.id\" <<, on_delete = \"set_default\", on_update = \"set_default\">> }",
    ),
    (
        "a deferrable foreign key of a column",
        "[table.p.columns]\nid = { type = \"bigint\", primary_key = true }\n[table.t.columns]\na = { type = \"bigint\", references = \"p.id\" <<, deferrable = \"deferred\">> }\nb = { type = \"bigint\", references = \"p.id\" <<, deferrable = \"immediate\">> }",
    ),
    (
        "a foreign key of several columns",
        "[table.p]\nprimary_key = [\"a\", \"b\"]\ncolumns = { a = \"bigint\", b = \"varchar(9)\" }\n[table.t]\ncolumns = { x = \"varchar(9)\", y = \"bigint\" }\n<<foreign_keys.t_fk = { columns = [\"y\", \"x\"], references = \"p(a, b)\", on_delete = \"cascade\", on_update = \"cascade\" }>>",
    ),
    (
        "actions of foreign keys",
        "[table.p.columns]\nid = { type = \"bigint\", primary_key = true }\n[table.t]\ncolumns = { a = \"bigint?\", b = \"bigint\", c = \"bigint\" }\n<<foreign_keys.t_a_fk = { columns = [\"a\"], references = \"p(id)\", on_delete = \"set_null\", on_update = \"set_null\" }\nforeign_keys.t_b_fk = { columns = [\"b\"], references = \"p(id)\", on_delete = \"restrict\", on_update = \"restrict\" }\nforeign_keys.t_c_fk = { columns = [\"c\"], references = \"p(id)\", on_delete = \"no_action\", on_update = \"no_action\" }>>",
    ),
    (
        "foreign keys for some databases",
        "[table.p.columns]\nid = { type = \"bigint\", primary_key = true }\n[table.t]\ncolumns = { a = { type = \"bigint\", default = 1 }, b = \"bigint\", c = \"bigint\" }\n<<foreign_keys.t_a_fk = { columns = [\"a\"], references = \"p(id)\", on_delete = \"set_default\", on_update = \"set_default\", only = [\"sqlite\", \"postgres\"] }\nforeign_keys.t_b_fk = { columns = [\"b\"], references = \"p(id)\", deferrable = \"deferred\", only = [\"sqlite\"] }\nforeign_keys.t_c_fk = { columns = [\"c\"], references = \"p(id)\", deferrable = \"immediate\", only = [\"postgres\"] }\nforeign_keys.t_now_fk = { columns = [\"a\"], references = \"p(id)\", only = [\"mysql\"] }>>",
    ),
    (
        "a table that references itself",
        "[table.t.columns]\nid = { type = \"bigint\", primary_key = true }\nnext = { type = \"bigint?\" <<, references = \"t.id\">> }",
    ),
    (
        "tables that reference each other",
        "[table.a.columns]\nid = { type = \"bigint\", primary_key = true }\nb_id = { type = \"bigint?\" <<, references = \"b.id\">> }\n[table.b.columns]\nid = { type = \"bigint\", primary_key = true }\nc_id = { type = \"bigint?\" <<, references = \"c.id\">> }\n[table.c.columns]\nid = { type = \"bigint\", primary_key = true }\na_id = { type = \"bigint?\" <<, references = \"a.id\">> }",
    ),
    (
        "an index",
        "[table.t]\ncolumns = { a = \"bigint\", b = \"bigint\" }\n<<indexes.t_idx = [\"a desc\", \"b\"]\nindexes.t_2_idx = { columns = [\"b\"], unique = true }>>",
    ),
    (
        "a partial index",
        "[table.t]\ncolumns = { a = \"bigint\" }\n<<indexes.t_idx = { columns = [\"a\"], where = \"a > 0\" }>>",
    ),
    (
        "a partial index with SQL per database",
        "[table.t]\ncolumns = { a = \"bigint\" }\n<<indexes.t_idx = { columns = [\"a\"], where = { sqlite = \"a > 1\", postgres = \"a > 2\" }, only = [\"sqlite\", \"postgres\"] }>>",
    ),
    (
        "an index over an expression",
        "[table.t]\ncolumns = { a = \"varchar(9)\" }\n<<indexes.t_idx = [{ sql = \"lower(a)\" }]>>",
    ),
    (
        "an index over expressions, sorted",
        "[table.t]\ncolumns = { a = \"varchar(9)\" }\n<<indexes.t_idx = { columns = [{ sql = { sqlite = \"lower(a)\", postgres = \"upper(a)\", mysql = \"lower(a)\" }, order = \"desc\" }, { sql = \"length(a)\", order = \"asc\" }] }>>",
    ),
    (
        "a covering index",
        "[table.t]\ncolumns = { a = \"bigint\", b = \"bigint\" }\n<<indexes.t_idx = { columns = [\"a\"], include = [\"b\"] }>>",
    ),
    (
        "index methods",
        "[table.t]\ncolumns = { a = \"varchar(9)\" }\n<<indexes.t_idx = { columns = [\"a\"], method = { postgres = \"hash\", mysql = \"fulltext\" } }>>",
    ),
    (
        "an index for some databases",
        "[table.t]\ncolumns = { a = \"bigint\" }\n<<indexes.t_idx = { columns = [\"a\"], only = [\"mysql\"] }>>",
    ),
    (
        "options of SQLite",
        "[table.t]\ncolumns.id = { type = \"bigint\", primary_key = true }\n<<sqlite = { strict = true, without_rowid = true }>>",
    ),
    (
        "options of PostgreSQL",
        "[table.t]\ncolumns.id = { type = \"bigint\", primary_key = true }\n<<postgres = { unlogged = true, fillfactor = 80 }>>",
    ),
    (
        "options of MySQL",
        "[table.t]\ncolumns.id = { type = \"bigint\", primary_key = true }\n<<mysql = { engine = \"MyISAM\", charset = \"latin1\", collation = \"latin1_german1_ci\" }>>",
    ),
    (
        "views that read views",
        "[table.t.columns]\na = \"bigint\"\n<<[view.all_of_it]\ndoc = \"All.\"\nsql = \"SELECT a FROM base\"\n[view.base]\nsql = { sqlite = \"SELECT a FROM t\", postgres = \"SELECT a + 1 AS a FROM t\", mysql = \"SELECT a + 2 AS a FROM t\" }\n[view.c]\nsql = \"SELECT 1 AS one\"\ndepends_on = [\"all_of_it\"]>>",
    ),
    (
        "a view for some databases",
        "[table.t.columns]\na = \"bigint\"\n<<[view.v]\nsql = \"SELECT a FROM t\"\nonly = [\"sqlite\", \"postgres\"]\n[view.w]\nsql = { mysql = \"SELECT a FROM t\" }\nonly = [\"mysql\"]>>",
    ),
    (
        "a trigger with SQL per database",
        "[table.t.columns]\na = \"bigint\"\n<<[trigger.touch]\ndoc = \"It touches.\"\nrust_name = \"Touch\"\ntable = \"t\"\nsql = { sqlite = \"CREATE TRIGGER touch AFTER INSERT ON t BEGIN UPDATE t SET a = 1; END\", postgres = \"CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.a := 1; RETURN NEW; END $$; CREATE TRIGGER touch BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION touch()\", mysql = \"CREATE TRIGGER touch BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1\" }\ndrop = { postgres = \"DROP FUNCTION touch()\" }>>",
    ),
    (
        "triggers for some databases",
        "[table.t.columns]\na = \"bigint\"\n<<[trigger.one]\ntable = \"t\"\nsql = \"CREATE TRIGGER one AFTER INSERT ON t BEGIN UPDATE t SET a = 1; END\"\nonly = [\"sqlite\"]\n[trigger.two]\ntable = \"t\"\nsql = \"CREATE FUNCTION two() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.a := 1; RETURN NEW; END $$; CREATE TRIGGER two BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION two()\"\ndrop = \"DROP FUNCTION two()\"\nonly = [\"postgres\"]\n[trigger.three]\ntable = \"t\"\nsql = \"CREATE TRIGGER three BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1\"\nonly = [\"mysql\"]>>",
    ),
    (
        "hints, which tell a way",
        "[table.t]\n<<renamed_from = \"s\">>\ncolumns.a = { type = \"integer\" <<, backfill = 1>> }\ncolumns.b = { type = \"double\" <<, backfill = 0.5>> }\ncolumns.c = { type = \"text\" <<, backfill = \"x\", renamed_from = \"z\">> }\ncolumns.d = { type = \"boolean\" <<, backfill = true>> }\ncolumns.e = { type = \"date\" <<, backfill = 2026-01-31>> }\ncolumns.f = { type = \"integer\" <<, backfill = { sql = \"a\" }>> }\n[enum.mood]\nvalues = [\"calm\", \"cross\"]\n<<renamed_values = { cross = \"angry\" }>>",
    ),
];

/// No name of a collation is known to all databases; this one is SQLite's.
const ONE_COLLATION: &str = "a collation";

/// Schemas with each type: as a column, with a default, and as a key.
fn types() -> Vec<(String, String)> {
    let of = |(name, default): (&str, &str)| {
        [
            (
                name.to_owned(),
                format!(
                    "[table.t.columns]\na = \"{name}?\"\nb = {{ type = \"{name}\", default = {default} }}"
                ),
            ),
            (
                format!("{name} as a key"),
                format!(
                    "[table.t.columns]\na = {{ type = \"{name}\", primary_key = true }}\nb = {{ type = \"{name}\", unique = true }}"
                ),
            ),
        ]
    };
    TYPES.into_iter().flat_map(of).collect()
}

fn features() -> impl Iterator<Item = (String, String)> {
    FEATURES.into_iter().map(|(name, text)| (name.to_owned(), text.replace("<<", "").replace(">>", "")))
}

/// The same schema without the feature.
fn without(text: &str) -> String {
    text.split("<<").map(|part| part.split_once(">>").map_or(part, |(_, rest)| rest)).collect()
}

/// The schema of a project with all databases, or what is wrong with it in one with this database alone.
fn read(text: &str, dialect: Dialect) -> (Schema, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let id = sources.add("schema.toml", text);
    let documents = [parse(&sources, id)];
    let everywhere = validate(&documents, &Dialect::ALL);
    let validated =
        if everywhere.diagnostics.is_empty() { everywhere } else { validate(&documents, &[dialect]) };
    (validated.schema, validated.diagnostics)
}

/// The statements of a first migration to a schema.
fn statements(dialect: Dialect, schema: &Schema) -> Vec<String> {
    let empty = Schema::default();
    let (mut position, mut texts) = (empty.clone(), Vec::new());
    for operation in plan(Pair::new(&empty, schema), &Intent::default()).upgrade {
        texts.extend(render(dialect, &operation, &position, schema).iter().map(ToString::to_string));
        position = operation.apply(&position, schema).unwrap();
    }
    assert_eq!(position, *schema);
    texts
}

/// What becomes of a schema, as a reviewer reads it.
fn story(dialect: Dialect, text: &str) -> String {
    let (schema, diagnostics) = read(text, dialect);
    if diagnostics.is_empty() {
        return statements(dialect, &schema).join("\n");
    }
    let mut story = String::new();
    for diagnostic in diagnostics {
        // By whom, and what to do, in words that stand for themselves.
        assert!(diagnostic.message.contains(&dialect.to_string()), "{}", diagnostic.message);
        assert!(!diagnostic.help.is_empty(), "{}", diagnostic.message);
        writeln!(story, "{}: {}", diagnostic.code, diagnostic.message).unwrap();
        diagnostic.help.iter().for_each(|help| writeln!(story, "  = help: {help}").unwrap());
    }
    story.trim_end().to_owned()
}

/// Compares what becomes of them with what was reviewed.
fn review(kind: &str, dialect: Dialect, stories: impl Iterator<Item = (String, String)>) {
    let stories: Vec<String> = stories.map(|(name, story)| format!("== {name}\n{story}\n")).collect();
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!(format!("{kind}_{}", dialect.key()), stories.join("\n"));
    });
}

#[test]
fn the_tables_have_everything() {
    let names: Vec<&str> = TYPES.iter().map(|(name, _)| name.split('(').next().unwrap()).collect();
    assert_eq!(names, ColumnType::NAMES);
    let used: BTreeSet<String> =
        types().into_iter().chain(features()).flat_map(|(_, text)| uses::used(&text)).collect();
    let missing: Vec<String> = uses::everything().difference(&used).cloned().collect();
    assert_eq!(missing, [""; 0], "no feature here uses these");
}

#[test]
fn every_type_is_as_it_was_reviewed() {
    for dialect in Dialect::ALL {
        review("types", dialect, types().into_iter().map(|(name, text)| (name, story(dialect, &text))));
    }
}

/// What leaves no trace in SQL says so, so that nothing is left out in silence.
#[test]
fn every_feature_is_as_it_was_reviewed() {
    for dialect in Dialect::ALL {
        let stories = FEATURES.into_iter().zip(features()).map(|((_, marked), (name, text))| {
            let (with, bare) = (story(dialect, &text), story(dialect, &without(marked)));
            let trace = !marked.contains("<<") || with != bare;
            (name, if trace { with } else { "-- nothing of it is in SQL".to_owned() })
        });
        review("features", dialect, stories);
    }
}

#[test]
fn sqlite_takes_them() {
    let mut taken = 0;
    for (name, text) in types().into_iter().chain(features()) {
        let (schema, diagnostics) = read(&text, Dialect::Sqlite);
        if diagnostics.is_empty() {
            let mut db = memory();
            create(&mut db, &schema);
            // SQLite reads a view when it is used.
            for view in schema.views.values().filter(|view| view.only.includes(Dialect::Sqlite)) {
                lines(&db, &format!("SELECT * FROM \"{}\"", view.name));
            }
            let drift = drift(&schema, &introspect::sqlite(&db).unwrap());
            assert_eq!(drift, Default::default(), "{name}");
            let down = plan(Pair::new(&schema, &Schema::default()), &Intent::default()).upgrade;
            let empty = Schema::default();
            support::database::migrate(&mut db, &down, Pair::new(&schema, &empty)).unwrap();
            let left = lines(
                &db,
                "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' AND name NOT LIKE 'whimbrel_%'",
            );
            assert_eq!(left, [""; 0], "{name}");
            taken += 1;
        }
    }
    assert!(taken > 75, "{taken} are taken");
}

fn takes_them<S: Introspects>() {
    let Some(mut session) = Session::<S>::open() else { return };
    let empty = Schema::default();
    let (mut taken, mut problems) = (0, Vec::new());
    for (name, text) in types().into_iter().chain(features()) {
        let (schema, diagnostics) = read(&text, S::DIALECT);
        if !diagnostics.is_empty() || name == ONE_COLLATION {
            continue;
        }
        let (there, back) = (Pair::new(&empty, &schema), Pair::new(&schema, &empty));
        for pair in [there, back] {
            let operations = plan(pair, &Intent::default()).upgrade;
            let done = session.migrate(&operations, pair, whimbrel::Direction::Upgrade);
            problems.extend(done.err().map(|error| format!("{name}: {error}")));
            let found = servers::drift::<S>(&mut session.client, pair.next);
            problems.extend(found.into_iter().map(|words| format!("{name}: {words}")));
        }
        let left = catalogue::<S>(&mut session.client);
        assert_eq!(left, "", "{name}: {problems:?}");
        taken += 1;
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(taken > 70, "{taken} are taken");
}

#[test]
fn postgres_takes_them() {
    takes_them::<Postgres>();
}

#[test]
fn mariadb_takes_them() {
    takes_them::<MariaDb>();
}
