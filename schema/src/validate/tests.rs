use super::*;
use crate::{Code, ColumnType, DefaultValue, Name, ReferentialAction, SortOrder, Sources, Sql, Value, parse};

fn validated(text: &str) -> (Sources, Validated) {
    let mut sources = Sources::default();
    let id = sources.add("schema.toml", text);
    let validated = validate(&[parse(&sources, id)], &[Dialect::Sqlite]);
    (sources, validated)
}

/// The diagnostics are exactly these: the code, and the text that the primary label covers.
fn check(text: &str, expected: &[(Code, &str)]) {
    let (sources, validated) = validated(text);
    let found: Vec<(Code, &str)> =
        validated.diagnostics.iter().map(|one| (one.code, sources.slice(one.labels[0].span))).collect();
    assert_eq!(found, expected, "{:#?}", validated.diagnostics);
}

/// The columns are wrong in these ways.
fn check_columns(columns: &str, expected: &[(Code, &str)]) {
    check(&format!("[table.t.columns]\n{columns}"), expected);
}

/// A default is taken as this value.
fn check_default(column_type: &str, literal: &str, expected: Value) {
    let (_, validated) =
        validated(&format!("[table.t.columns]\nc = {{ type = '{column_type}', default = {literal} }}"));
    assert_eq!(validated.diagnostics, []);
    let default = validated.schema.table("t").unwrap().column("c").unwrap().default.clone();
    assert_eq!(default, Some(DefaultValue::Literal(expected)));
}

fn tables(validated: &Validated) -> Vec<&str> {
    validated.schema.tables.keys().map(Name::as_str).collect()
}

const MAIL: &str = include_str!("../../tests/cases/valid/mail.toml");

#[test]
fn nothing_is_wrong_with_nothing() {
    check("", &[]);
    check("# only a comment", &[]);
    check("[table]", &[]);
}

#[test]
fn the_mail_schema() {
    let (sources, validated) = validated(MAIL);
    assert_eq!(validated.diagnostics, []);
    assert_eq!(tables(&validated), ["emails", "threads", "users"]);
    let emails = validated.schema.table("emails").unwrap();
    assert_eq!(emails.doc.as_deref(), Some("A message fetched from a mailbox.\nIt is never changed."));
    assert_eq!(emails.columns.len(), 18);
    assert_eq!(emails.columns.keys().nth(3).map(Name::as_str), Some("thread_id"));
    assert_eq!(emails.key_columns(), [Name::new("id")]);
    let uniques: Vec<&str> = emails.uniques.keys().map(Name::as_str).collect();
    assert_eq!(uniques, ["emails_gmail_id_key", "emails_owner_subject_key"]);
    let foreign_key = &emails.foreign_keys["emails_reply_to_fkey"];
    assert_eq!(foreign_key.on_delete, ReferentialAction::SetNull);
    assert_eq!(emails.foreign_keys["emails_thread_fk"].on_update, ReferentialAction::Restrict);
    let index = &emails.indexes["emails_unread_idx"];
    assert_eq!(index.columns[1].order, SortOrder::Descending);
    assert_eq!(index.predicate, Some(Sql::from("is_read = false")));
    assert_eq!(emails.column("raw").unwrap().column_type, ColumnType::Blob);
    let origin = |object: Object| sources.slice(validated.origins.get(&object).unwrap());
    let (table, name) = (Name::new("emails"), Name::new("gmail_id"));
    assert_eq!(origin(Object::Table(table.clone())), "emails");
    assert_eq!(origin(Object::Column(table.clone(), name)), "gmail_id");
    assert_eq!(origin(Object::PrimaryKey(table.clone())), "primary_key");
    assert_eq!(origin(Object::Unique(table.clone(), Name::new("emails_gmail_id_key"))), "unique");
    assert_eq!(origin(Object::ForeignKey(table.clone(), Name::new("emails_reply_to_fkey"))), "references");
    assert_eq!(origin(Object::Check(table.clone(), Name::new("emails_size_check"))), "emails_size_check");
    assert_eq!(origin(Object::Index(table, Name::new("emails_token_idx"))), "emails_token_idx");
}

#[test]
fn hints() {
    let (sources, validated) = validated(MAIL);
    let (previous, span) = &validated.hints.renamed_tables["emails"];
    assert_eq!((previous.as_str(), sources.slice(span.unwrap())), ("mail", "\"mail\""));
    let title = (Name::new("threads"), Name::new("title"));
    let (previous, span) = &validated.hints.renamed_columns[&title];
    assert_eq!((previous.as_str(), sources.slice(span.unwrap())), ("subject", "\"subject\""));
    assert_eq!(validated.hints.backfills[&title], Fill::Literal(Value::Text("untitled".to_owned())));
    let received = (Name::new("emails"), Name::new("received_at"));
    assert_eq!(validated.hints.backfills[&received], Fill::Sql(Sql::from("sent_at")));
}

#[test]
fn line_ends_make_no_difference() {
    let unix = validated(MAIL).1.schema;
    let windows = validated(&MAIL.replace('\n', "\r\n")).1.schema;
    assert_eq!(unix, windows);
    assert_eq!(unix.table("emails").unwrap().doc, windows.table("emails").unwrap().doc);
    assert_eq!(unix, validated(&format!("\u{feff}{MAIL}")).1.schema);
}

#[test]
fn defaults() {
    check_default("bigint", "-9223372036854775808", Value::Integer(i64::MIN));
    check_default("integer", "0x7fff_ffff", Value::Integer(i32::MAX.into()));
    check_default("double", "-0.0", Value::Float(crate::Float::new(-0.0).unwrap()));
    check_default("double", "7", Value::Float(crate::Float::new(7.0).unwrap()));
    check_default("decimal(10, 2)", "1_000", Value::Decimal("1000".to_owned()));
    check_default("decimal(10, 2)", "0.10", Value::Decimal("0.10".to_owned()));
    check_default("decimal(10, 2)", "'-0.10'", Value::Decimal("-0.10".to_owned()));
    check_default("text", r#""\\ ' :1 ? %s $1""#, Value::Text("\\ ' :1 ? %s $1".to_owned()));
    check_default("text", "''", Value::Text(String::new()));
    check_default("varchar(2)", "'äö'", Value::Text("äö".to_owned()));
    check_default("date", "2026-01-31", Value::Date("2026-01-31".to_owned()));
    check_default("time", "23:59:59.5", Value::Time("23:59:59.500000".to_owned()));
    check_default("timestamp", "2026-01-31T00:00:00", Value::Timestamp("2026-01-31 00:00:00".to_owned()));
    check_default(
        "timestamptz",
        "2026-01-31T00:00:00Z",
        Value::TimestampTz("2026-01-31 00:00:00".to_owned()),
    );
    check_default("json", "'{\"a\": [1]}'", Value::Json("{\"a\": [1]}".to_owned()));
    check_default("boolean", "true", Value::Boolean(true));
}

#[test]
fn exact_spans() {
    check_columns("a = 'texd'", &[(Code::BAD_TYPE, "'texd'")]);
    check_columns("a = { type = 'text', default = 7 }", &[(Code::BAD_DEFAULT, "7")]);
    check_columns("a = { type = 'text', defualt = 7 }", &[(Code::UNKNOWN_KEY, "defualt")]);
    check_columns("a = { type = 'text', backfill = 7 }", &[(Code::BAD_BACKFILL, "7")]);
    check_columns("a = { type = 'text', references = 'u.a' }", &[(Code::UNKNOWN_TABLE, "'u.a'")]);
    check_columns("a = { unique = true }", &[(Code::MISSING_KEY, "a")]);
    check_columns("a = 5", &[(Code::WRONG_SHAPE, "5")]);
    check_columns("a = 'text'\n\"A\" = 'text'", &[(Code::COLLIDING_NAMES, "\"A\"")]);
}

#[test]
fn nothing_follows_from_a_column_that_is_wrong() {
    check(
        "[table.t]\nprimary_key = ['a']\nuniques.uu = ['a']\nindexes.i = ['a']\n\
         columns.a = { type = 'nothing', auto_increment = true, references = 't.a' }\n\
         [table.u]\ncolumns.a = { type = 'text', references = 't.a' }\n\
         foreign_keys.f = { columns = ['a'], references = 't(a)' }",
        &[(Code::BAD_TYPE, "'nothing'")],
    );
}

#[test]
fn nothing_follows_from_a_table_that_is_wrong() {
    let child = "\n[table.u]\ncolumns.a = { type = 'text', references = 't.a' }";
    check(&format!("[table.t]\ndoc = 'empty'{child}"), &[(Code::EMPTY_TABLE, "t")]);
    check(&format!("[table]\nt = 5{child}"), &[(Code::WRONG_SHAPE, "5")]);
    check(&format!("[table.t]\ncolumns = 5{child}"), &[(Code::WRONG_SHAPE, "5")]);
    check(&format!("[table.t]\nprimary_key = 'a'\ncolumns.a = 'text'{child}"), &[(Code::WRONG_SHAPE, "'a'")]);
    check(
        &format!("[table.t]\nprimary_key = ['b']\ncolumns.a = 'text'{child}"),
        &[(Code::UNKNOWN_COLUMN, "'b'")],
    );
    check(
        "[table.sqlite_t]\ncolumns.a = 'text'\n[table.u]\n\
         columns.a = { type = 'text', references = 'sqlite_t.a' }",
        &[(Code::BAD_NAME, "sqlite_t")],
    );
}

#[test]
fn nothing_follows_from_a_syntax_error() {
    check(
        "[table.t]\ncolumns.a = \ncolumns.b = 'nothing'\n[table.u]\n\
         columns.a = { type = 'text', references = 't.a' }\n\
         columns.b = { type = 'text', references = 'gone.a' }",
        &[(Code::SYNTAX, "")],
    );
}

#[test]
fn intact_tables_survive() {
    let (_, validated) = validated(
        "[table.a.columns]\nid = 'bigint'\nname = 'nothing'\n\
         [table.b.columns]\nid = { type = 'bigint', references = 'c.id' }\n\
         [table.c\n[table.d.columns]\nid = 'bigint' = 7\n[table.e.columns]\nid = 'bigint'\n",
    );
    let (a, b) = (validated.schema.table("a").unwrap(), validated.schema.table("b").unwrap());
    assert!(a.column("id").is_some() && a.column("name").is_none());
    assert!(b.column("id").is_some() && b.foreign_keys.is_empty());
    assert!(validated.schema.table("e").is_some());
    let codes: Vec<Code> = validated.diagnostics.iter().map(|one| one.code).collect();
    assert_eq!(codes, [Code::BAD_TYPE, Code::SYNTAX, Code::SYNTAX]);
}

#[test]
fn foreign_keys_that_hold() {
    check_columns(
        "a = { type = 'bigint', primary_key = true }\nb = { type = 'bigint', references = 't.a' }",
        &[],
    );
    // A cycle of two, in either order of the files, and columns in another order than the key's.
    check(
        "[table.a]\nprimary_key = ['x', 'y']\ncolumns.x = 'bigint'\ncolumns.y = 'text'\n\
         foreign_keys.f = { columns = ['y', 'x'], references = 'b(y, x)' }\n\
         [table.b]\ncolumns.x = 'bigint'\ncolumns.y = 'varchar(9)'\nuniques.u = ['x', 'y']\n\
         foreign_keys.g = { columns = ['y', 'x'], references = 'a(y, x)' }",
        &[],
    );
    check(
        "[table.a]\ncolumns.x = 'uuid'\nindexes.i = { columns = ['x desc'], unique = true }\n\
         [table.b]\ncolumns.x = { type = 'uuid?', references = 'a.x', on_delete = 'set_null' }",
        &[],
    );
}

#[test]
fn foreign_keys_that_do_not() {
    let parent = "[table.a]\ncolumns.x = 'uuid'\n";
    check(
        &format!(
            "{parent}indexes.i = {{ columns = ['x'], unique = true, where = '1' }}\n\
             [table.b]\ncolumns.x = {{ type = 'uuid', references = 'a.x' }}"
        ),
        &[(Code::BAD_FOREIGN_KEY, "'a.x'")],
    );
    check(
        &format!(
            "{parent}uniques.u = ['x']\n\
             [table.b]\ncolumns.x = {{ type = 'text', references = 'a.x', on_delete = 'set_null' }}"
        ),
        &[(Code::BAD_FOREIGN_KEY, "'text'"), (Code::BAD_FOREIGN_KEY, "'set_null'")],
    );
    // No database gives values to a column that it computes.
    for (action, wrong) in [
        ("on_delete = 'set_null'", Some("'set_null'")),
        ("on_delete = 'set_default'", Some("'set_default'")),
        ("on_delete = 'cascade'", None),
        ("on_update = 'cascade'", Some("'cascade'")),
        ("on_update = 'restrict'", None),
    ] {
        let expected: Vec<_> = wrong.into_iter().map(|wrong| (Code::BAD_FOREIGN_KEY, wrong)).collect();
        check(
            &format!(
                "[table.a]\ncolumns.x = 'text'\nuniques.u = ['x']\n[table.b]\ncolumns.y = 'text?'\n\
                 columns.x = {{ type = 'text?', generated = {{ sql = 'lower(y)', stored = true }}, \
                 references = 'a.x', {action} }}"
            ),
            &expected,
        );
    }
}

/// What MariaDB and MySQL refuse when a table is made, said before.
#[test]
fn what_is_computed_on_mysql() {
    let found = |columns: &str, rest: &str| {
        let mut sources = Sources::default();
        let text = format!("[table.t]\nprimary_key = ['id']\n{columns}\n{rest}");
        let id = sources.add("a.toml", text);
        let diagnostics = validate(&[parse(&sources, id)], &[Dialect::Sqlite, Dialect::Mysql]).diagnostics;
        diagnostics
            .iter()
            .map(|one| (one.code, sources.slice(one.labels[0].span).to_owned()))
            .collect::<Vec<_>>()
    };
    let unsupported = |text: &str| vec![(Code::UNSUPPORTED, text.to_owned())];
    let numbered = "columns.id = { type = 'bigint', auto_increment = true }";
    assert_eq!(found(numbered, "checks.c = 'id > 0'"), unsupported("'id > 0'"));
    assert_eq!(found(numbered, "checks.c = { sql = 'id > 0', only = ['sqlite'] }"), []);
    assert_eq!(found("columns.id = 'bigint'", "checks.c = 'id > 0'"), []);
    let made = |text: &str| {
        format!("columns.x = {{ type = 'boolean?', generated = {{ sql = '{text}', stored = true }} }}")
    };
    assert_eq!(found(numbered, &made("id > 5")).len(), 1);
    let fixed = "columns.id = 'bigint'\ncolumns.c = 'char(3)'\ncolumns.u = 'uuid'";
    assert_eq!(found(fixed, &made("c IS NULL")).len(), 1);
    assert_eq!(found(fixed, &made("u IS NULL")).len(), 1);
    assert_eq!(found(fixed, &made("rtrim(c) IS NULL")), []);
    let read = "columns.x = { type = 'boolean?', generated = { sql = 'c IS NULL' } }";
    assert_eq!(found(fixed, read), []);
    assert_eq!(found(fixed, &format!("{read}\nindexes.i = {{ columns = ['x'] }}")).len(), 1);
}

#[test]
fn two_files() {
    let mut sources = Sources::default();
    let first = sources.add("a.toml", "[table.t]\ncolumns.id = 'bigint'\ncolour = 1");
    let second = sources.add("b.toml", "colour = 1\n[table.t]\ncolumns.id = 'bigint'");
    let documents = [parse(&sources, second), parse(&sources, first)];
    let diagnostics = validate(&documents, &[Dialect::Sqlite]).diagnostics;
    let places: Vec<_> = diagnostics.iter().map(|one| (one.code, one.labels[0].span.source)).collect();
    assert_eq!(places, [(Code::DUPLICATE, first), (Code::UNKNOWN_KEY, first), (Code::UNKNOWN_KEY, second)]);
}

#[test]
fn a_file_that_is_too_large() {
    let mut sources = Sources::default();
    let id = sources.add("a.toml", "#".repeat(16 * 1024 * 1024 + 1));
    let diagnostics = parse(&sources, id).diagnostics;
    assert_eq!(diagnostics.len(), 1);
    assert_eq!(diagnostics[0].code, Code::UNREADABLE);
}
