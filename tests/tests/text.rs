//! Texts of a schema in SQL: whatever they hold, they are one token of their statement, and the databases
//! have them byte for byte. Faults A07 and K01 of the catalogue of faults.

#![allow(clippy::panic, clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use support::database::{fresh, memory, query, run};
use support::servers::{MariaDb, Postgres, Rows, Session, Speaks};
use whimbrel_schema::plan::{Intent, plan};
use whimbrel_schema::{Diagnostic, Dialect, Pair, Schema, Sources, parse, render, validate};

/// Defaults of every kind that has ends or odd values, and what a database shows of them.
const DEFAULTS: [(&str, &str, &str); 30] = [
    ("text", "''", ""),
    ("text", r#""'""#, "'"),
    ("text", r#""\\""#, "\\"),
    ("text", r#""\\' \\\" \\n %s $1 :1 ? {}""#, "\\' \\\" \\n %s $1 :1 ? {}"),
    ("text", "\"a\\r\\nb\\tc\"", "a\r\nb\tc"),
    ("text", "'NULL'", "NULL"),
    ("text", "'CURRENT_TIMESTAMP'", "CURRENT_TIMESTAMP"),
    ("text", "'now()'", "now()"),
    ("text", "'0x41'", "0x41"),
    ("text", "\"\u{1f426} e\u{301} \u{202d}x\"", "\u{1f426} e\u{301} \u{202d}x"),
    ("varchar(9)", "'007'", "007"),
    ("json", r#"'{"a":":1 ? %s","b":[null,-0.5]}'"#, r#"{"a":":1 ? %s","b":[null,-0.5]}"#),
    ("bigint", "9223372036854775807", "9223372036854775807"),
    ("bigint", "-9223372036854775808", "-9223372036854775808"),
    ("integer", "-2147483648", "-2147483648"),
    ("integer", "0xff", "255"),
    ("integer", "-0", "0"),
    ("smallint", "-32768", "-32768"),
    ("double", "-0.0", "-0"),
    ("double", "1.7976931348623157e308", "1.7976931348623157e308"),
    ("double", "5e-324", "5e-324"),
    ("double", "0.1", "0.1"),
    ("real", "0.1", "0.1"),
    (
        "decimal(38,30)",
        "'-99999999.000000000000000000000000000001'",
        "-99999999.000000000000000000000000000001",
    ),
    ("decimal(4,2)", "0.01", "0.01"),
    ("boolean", "false", "false"),
    ("date", "'0001-01-01'", "0001-01-01"),
    ("time", "'00:00:00.000001'", "00:00:00.000001"),
    ("timestamp", "'9999-12-31 23:59:59.999999'", "9999-12-31 23:59:59.999999"),
    ("uuid", "'FFFFFFFF-0000-4000-8000-000000000000'", "ffffffff-0000-4000-8000-000000000000"),
];

/// What is no value anywhere, or not the same value everywhere.
const NO_DEFAULTS: [(&str, &str); 12] = [
    ("double", "1e400"),
    ("double", "nan"),
    ("double", "-inf"),
    ("bigint", "9223372036854775808"),
    ("bigint", "18446744073709551615"),
    ("smallint", "32768"),
    ("date", "'0000-00-00'"),
    ("date", "'2026-02-29'"),
    ("time", "'24:00:00'"),
    ("timestamp", "'now'"),
    ("text", "\"a\\u0000b\""),
    ("decimal(4,2)", "'0.001'"),
];

fn defaults() -> (Schema, Vec<String>) {
    let mut text = "[table.t.columns]\nid = { type = 'bigint', primary_key = true }\n".to_owned();
    let mut expected = Vec::new();
    for (number, (column_type, literal, value)) in DEFAULTS.into_iter().enumerate() {
        writeln!(text, "c{number:02} = {{ type = '{column_type}', default = {literal} }}").unwrap();
        // As JSON, whose spelling is the database's own.
        let value = if column_type == "json" {
            serde_json::from_str::<serde_json::Value>(value).unwrap().to_string()
        } else if column_type == "double" {
            value.parse::<f64>().unwrap().to_string()
        } else {
            value.to_owned()
        };
        expected.push(format!("c{number:02}={value}"));
    }
    expected.push("id=1".to_owned());
    let (schema, diagnostics) = read(&text, &Dialect::ALL);
    assert_eq!(diagnostics, []);
    (schema, vec![format!("t: {}", expected.join(" | "))])
}

#[test]
fn a07_defaults_are_exact_on_sqlite() {
    let (schema, expected) = defaults();
    let db = fresh(&schema);
    run(&db, "INSERT INTO t (id) VALUES (1)");
    // SQLite has no zero with a sign: https://sqlite.org/floatingpoint.html
    let expected = expected.into_iter().map(|row| row.replace("=-0 |", "=0 |")).collect();
    assert_eq!(Rows::of_sqlite(&db, &schema), Rows(expected));
}

fn defaults_are_exact<S: Speaks>() {
    let Some(mut session) = Session::<S>::open() else { return };
    let (schema, expected) = defaults();
    session.create(&schema, |session| session.run("INSERT INTO t (id) VALUES (1)")).unwrap();
    assert_eq!(Rows::of_server::<S>(&mut session.client, &schema), Rows(expected));
}

#[test]
fn a07_defaults_are_exact_on_postgres() {
    defaults_are_exact::<Postgres>();
}

#[test]
fn a07_defaults_are_exact_on_mariadb() {
    defaults_are_exact::<MariaDb>();
}

#[test]
fn a07_what_is_no_value_is_refused() {
    for (column_type, literal) in NO_DEFAULTS {
        let text = format!("[table.t.columns]\nc = {{ type = '{column_type}', default = {literal} }}");
        let codes: Vec<String> =
            read(&text, &Dialect::ALL).1.iter().map(|one| one.code.to_string()).collect();
        assert_eq!(codes, ["W0202"], "{literal} as {column_type}");
    }
}

/// Texts that end a token, a comment or a statement where one is careless, in one dialect or another.
const PAYLOADS: [&str; 16] = [
    "'); DROP TABLE canary; --",
    "\"); DROP TABLE canary; --",
    "`); DROP TABLE canary; --",
    "\\'); DROP TABLE canary; --",
    "\\\\'); DROP TABLE canary; --",
    "'' \\' '' \\",
    "\\",
    "'",
    "*/ DROP TABLE canary; /*",
    "-- x",
    "# x",
    "$$; DROP TABLE canary; $$",
    "?1 $1 :a @b %s {0}",
    "]; DROP TABLE canary; [",
    "$a$ E'\\",
    "0x27; DROP TABLE canary",
];

/// What a text can be of a schema. Names may not begin or end with a blank, and the rest takes anything.
const PLACES: [&str; 14] = [
    "[table.t]\ndoc = TEXT\ncolumns.id = 'bigint'",
    "[table.t.columns]\nid = { type = 'bigint', doc = TEXT }",
    "[table.t.columns]\nid = { type = 'text', default = TEXT }",
    "[table.t.columns]\nid = { type = 'json', default = '\"x\"', doc = TEXT }",
    "[enum]\ne = [TEXT, 'other']\n[table.t.columns]\nid = { type = 'e', default = TEXT }",
    "[enum]\ne = { values = ['other'], doc = TEXT }\n[table.t.columns]\nid = 'e'",
    "[table.TEXT.columns]\nid = 'bigint'",
    "[table.t.columns]\nTEXT = { type = 'bigint', primary_key = true }\nother = { type = 'bigint', references = \"u.id\" }\n[table.u.columns]\nid = { type = 'bigint', unique = true }",
    "[table.t]\ncolumns = { id = 'bigint', b = 'bigint' }\nuniques.TEXT = ['id']",
    "[table.t]\ncolumns = { id = 'bigint', b = 'bigint' }\nindexes.TEXT = ['id', 'b desc']",
    "[table.t]\ncolumns = { id = 'bigint' }\nchecks.TEXT = 'id > 0'",
    "[table.t]\ncolumns = { id = { type = 'bigint', primary_key = true }, b = 'bigint' }\nforeign_keys.TEXT = { columns = ['b'], references = 't(id)' }",
    "[table.t]\ncolumns.id = 'bigint'\n[view.TEXT]\ndoc = TEXT\nsql = 'SELECT id FROM t'",
    "[table.t]\ncolumns.id = { type = 'varchar(9)', collation = TEXT }",
];

/// Places whose text is a name that the server has to know, so that only its tokens are counted.
const KNOWN_NAMES: [&str; 1] = ["collation"];

fn place(place: &str, text: &str) -> String {
    let escaped = text.chars().map(|character| format!("\\U{:08X}", u32::from(character)));
    place.replace("TEXT", &format!("\"{}\"", escaped.collect::<String>()))
}

/// Every place with every payload that the dialect's validation takes.
fn hostile(dialect: Dialect) -> Vec<(&'static str, &'static str, Schema)> {
    let mut schemas = Vec::new();
    for template in PLACES {
        for payload in PAYLOADS {
            let (schema, diagnostics) = read(&place(template, payload), &[dialect]);
            if diagnostics.is_empty() {
                schemas.push((template, payload, schema));
            }
        }
    }
    schemas
}

fn read(text: &str, dialects: &[Dialect]) -> (Schema, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let id = sources.add("schema.toml", text);
    let validated = validate(&[parse(&sources, id)], dialects);
    (validated.schema, validated.diagnostics)
}

/// The statements of a first migration, and of the way back.
fn statements(dialect: Dialect, schema: &Schema) -> [Vec<String>; 2] {
    let empty = Schema::default();
    let there = Pair::new(&empty, schema);
    [there, there.swap()].map(|pair| {
        let (mut position, mut texts) = (pair.previous.clone(), Vec::new());
        for operation in plan(pair, &Intent::default()).upgrade {
            for statement in render(dialect, &operation, &position, pair.next) {
                texts.extend(statement.texts().into_iter().map(str::to_owned));
            }
            position = operation.apply(&position, pair.next).unwrap();
        }
        texts
    })
}

#[test]
fn k01_every_text_is_one_token() {
    let mut compared = 0;
    for dialect in Dialect::ALL {
        let mut tame = BTreeMap::new();
        for template in PLACES {
            let (schema, diagnostics) = read(&place(template, "harmless"), &[dialect]);
            assert_eq!(diagnostics, [], "{template}");
            tame.insert(template, statements(dialect, &schema).map(|texts| tokens(dialect, &texts)));
        }
        for (template, payload, schema) in hostile(dialect) {
            let texts = statements(dialect, &schema);
            let counted = [&texts[0], &texts[1]].map(|texts| tokens(dialect, texts));
            assert_eq!(counted, tame[template], "{dialect}: {payload} in {template}:\n{texts:#?}");
            compared += 1;
        }
    }
    assert!(compared > 500, "{compared} are compared");
}

/// How many tokens each statement has.
fn tokens(dialect: Dialect, statements: &[String]) -> Vec<usize> {
    statements
        .iter()
        .map(|statement| {
            let (mut count, mut rest) = (0, statement.trim_start());
            while !rest.is_empty() {
                rest = rest[token(dialect, rest)..].trim_start();
                count += 1;
            }
            count
        })
        .collect()
}

/// The bytes of the first token of a text, as the dialect reads it. Comments and ends of statements are
/// tokens here, and none is expected.
fn token(dialect: Dialect, text: &str) -> usize {
    let first = text.chars().next().unwrap();
    let escapes = match dialect {
        Dialect::Mysql => first != '`',
        Dialect::Postgres => first == 'E' || first == 'e',
        Dialect::Sqlite => false,
    };
    let quote_at = usize::from(escapes && text[1..].starts_with('\'') && first != '\'');
    match text[quote_at..].chars().next().unwrap() {
        quote @ ('\'' | '"' | '`') => quote_at + quoted(&text[quote_at..], quote, escapes),
        '$' if dialect == Dialect::Postgres && text[1..].contains('$') => {
            panic!("a dollar quote begins at {text}")
        }
        '#' if dialect == Dialect::Mysql => panic!("a comment begins at {text}"),
        _ if text.starts_with("--") || text.starts_with("/*") => panic!("a comment begins at {text}"),
        ';' => panic!("a statement ends at {text}"),
        letter if letter.is_alphanumeric() || letter == '_' => {
            text.find(|next: char| !next.is_alphanumeric() && next != '_').unwrap_or(text.len())
        }
        other => other.len_utf8(),
    }
}

fn quoted(text: &str, quote: char, escapes: bool) -> usize {
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character == '\\' && escapes {
            characters.next();
        } else if character == quote && characters.next_if(|(_, next)| *next == quote).is_none() {
            return at + 1;
        }
    }
    panic!("the text is not closed: {text}")
}

#[test]
fn k01_sqlite_takes_them_for_texts() {
    let mut taken = 0;
    for (template, payload, schema) in hostile(Dialect::Sqlite) {
        let db = memory();
        run(&db, "CREATE TABLE canary (id); INSERT INTO canary VALUES (7)");
        let [there, back] = statements(Dialect::Sqlite, &schema);
        if !KNOWN_NAMES.iter().any(|known| template.contains(known)) {
            there.iter().for_each(|text| run(&db, text));
            if let Some(table) = schema.table("t").filter(|_| template.contains("default = TEXT")) {
                run(&db, "INSERT INTO t DEFAULT VALUES");
                let found = Rows::of_sqlite(&db, &schema);
                assert_eq!(found, Rows(vec![format!("{}: id={payload}", table.name)]));
            }
            back.iter().filter(|text| !text.contains("whimbrel_archive")).for_each(|text| run(&db, text));
            taken += 1;
        }
        assert_eq!(query(&db, "SELECT id FROM canary").len(), 1, "{payload} in {template}");
        let left =
            query(&db, "SELECT name FROM sqlite_schema WHERE name NOT IN ('canary', 'sqlite_sequence')");
        assert_eq!(left, [[]; 0], "{payload} in {template}");
    }
    assert!(taken > 150, "{taken} are taken");
}

fn takes_them_for_texts<S: Speaks>() {
    let Some(mut session) = Session::<S>::open() else { return };
    session.run("CREATE TABLE canary (id integer)").unwrap();
    session.run("INSERT INTO canary VALUES (7)").unwrap();
    let (mut taken, empty) = (0, Schema::default());
    for (template, payload, schema) in hostile(S::DIALECT) {
        if KNOWN_NAMES.iter().any(|known| template.contains(known)) {
            continue;
        }
        session
            .create(&schema, |_| Ok(()))
            .unwrap_or_else(|error| panic!("{payload} in {template}: {error}"));
        if template.contains("default = TEXT") {
            session.run("INSERT INTO t (id) VALUES (DEFAULT)").unwrap();
            assert_eq!(
                Rows::of_server::<S>(&mut session.client, &schema),
                Rows(vec![format!("t: id={payload}")])
            );
        }
        let back = Pair::new(&schema, &empty);
        let operations = plan(back, &Intent::default()).upgrade;
        session
            .migrate(&operations, back, whimbrel::Direction::Upgrade)
            .unwrap_or_else(|error| panic!("{payload} in {template}: {error}"));
        let canary = S::texts(&mut session.client, "SELECT id FROM canary").unwrap();
        assert_eq!(canary, [[Some("7".to_owned())]], "{payload} in {template}");
        taken += 1;
    }
    assert!(taken > 150, "{taken} are taken");
}

#[test]
fn k01_postgres_takes_them_for_texts() {
    takes_them_for_texts::<Postgres>();
}

#[test]
fn k01_mariadb_takes_them_for_texts() {
    takes_them_for_texts::<MariaDb>();
}
