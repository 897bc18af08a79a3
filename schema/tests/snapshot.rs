//! Snapshots: what is written is read back, and what was once written stays readable.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use whimbrel_schema::{
    Check, Code, Column, ColumnType, DefaultValue, Dialect, Float, ForeignKey, Index, IndexColumn, Name,
    Object, Only, Pair, PrimaryKey, ReferentialAction, Schema, Snapshot, SortOrder, Sources, Sql, Style,
    Table, Timing, Unique, Value, parse, report_all, validate,
};

const FIXTURE: &str = include_str!("fixtures/snapshot_format_1.toml");
const EVERYTHING: &str = include_str!("cases/valid/everything.toml");
const MAIL: &str = include_str!("cases/valid/mail.toml");

fn read(text: &str) -> Snapshot {
    let mut sources = Sources::default();
    let id = sources.add("snapshot.toml", text);
    let parsed = Snapshot::parse(&sources, id);
    let report = report_all(&parsed.diagnostics, &sources, Style::Plain);
    assert!(parsed.diagnostics.is_empty(), "{report}\n{text}");
    parsed.snapshot.unwrap()
}

/// `parse(format(s)) == s`, with all that equality leaves out: the order of columns, and docs.
fn check(snapshot: &Snapshot) {
    let text = snapshot.to_string();
    let again = read(&text);
    assert_eq!(again, *snapshot, "{text}");
    assert_eq!(again.to_string(), text);
    for (name, table) in snapshot.changed.tables.iter() {
        let read = again.changed.tables.get(name).unwrap();
        assert_eq!(read.doc, table.doc);
        assert!(read.columns.iter().eq(table.columns.iter()), "order of columns in {text}");
        for (column, read) in table.columns.values().zip(read.columns.values()) {
            assert_eq!(read.doc, column.doc);
        }
    }
    let windows = read_windows(&text);
    assert_eq!(windows, *snapshot, "with the line ends of Windows: {text}");
    assert_eq!(windows.to_string(), text);
}

fn read_windows(text: &str) -> Snapshot {
    read(&text.replace('\n', "\r\n"))
}

fn mail() -> Schema {
    let mut sources = Sources::default();
    let id = sources.add("mail.toml", MAIL);
    let validated = validate(&[parse(&sources, id)], &[Dialect::Sqlite]);
    assert_eq!(validated.diagnostics, []);
    validated.schema
}

fn snapshot(tables: impl IntoIterator<Item = Table>) -> Snapshot {
    let mut snapshot = Snapshot::new("0001_test");
    snapshot.changed.tables = tables.into_iter().map(Arc::new).collect();
    snapshot
}

#[test]
fn the_fixture_is_readable_and_canonical() {
    assert_eq!(read(FIXTURE).to_string(), FIXTURE);
}

#[test]
fn the_fixture_means_what_it_meant() {
    let snapshot = read(FIXTURE);
    assert_eq!(snapshot.revision, "0003_add_user_settings");
    assert_eq!(snapshot.parent.as_deref(), Some("0002_add_user_preferences"));
    assert_eq!(snapshot.parent_hash.as_deref(), Some("w1:9f2c04aa"));
    assert_eq!(snapshot.hazards, 1);
    assert_eq!(snapshot.replaces, ["0000_first", "0001_second"]);
    assert!(snapshot.dropped.tables.iter().map(Name::as_str).eq(["legacy flags", "legacy_flags"]));
    assert_eq!(snapshot.accept["WHD102:users.tz"], "moved to user_settings");
    let mail = mail();
    for (name, table) in mail.tables.iter() {
        assert_eq!(snapshot.changed.tables.get(name), Some(table));
    }
}

#[test]
fn the_mail_schema() {
    let mut snapshot = Snapshot::new("0001_create_mail");
    snapshot.changed = mail();
    check(&snapshot);
    insta::assert_snapshot!("mail", snapshot.to_string());
}

/// Every feature of the language goes into a snapshot and comes back.
#[test]
fn everything() {
    let mut sources = Sources::default();
    let id = sources.add("everything.toml", EVERYTHING);
    let validated = validate(&[parse(&sources, id)], &Dialect::ALL);
    let report = report_all(&validated.diagnostics, &sources, Style::Plain);
    assert!(validated.diagnostics.is_empty(), "{report}");
    let mut snapshot = Snapshot::new("0001_everything");
    (snapshot.changed, snapshot.dropped) =
        Snapshot::between(Pair::new(&Schema::default(), &validated.schema));
    check(&snapshot);
    assert_eq!(snapshot.apply(&Schema::default()), validated.schema);
    insta::assert_snapshot!("everything", snapshot.to_string());
    let mut gone = Snapshot::new("0002_nothing");
    (gone.changed, gone.dropped) = Snapshot::between(Pair::new(&validated.schema, &Schema::default()));
    check(&gone);
    assert_eq!(gone.apply(&validated.schema), Schema::default());
}

#[test]
fn headers() {
    let mut snapshot = Snapshot::new("0002_x");
    check(&snapshot);
    snapshot.parent = Some("0001_a".to_owned());
    snapshot.parent_hash = Some("w1:00ff".to_owned());
    snapshot.hazards = 7;
    snapshot.replaces = vec!["0009_b".to_owned(), "0001_a".to_owned()];
    snapshot.replaces_hash = Some("w1:00ff".to_owned());
    snapshot.seal = Some("w1:11ee".to_owned());
    snapshot.dropped.tables = BTreeSet::from([Name::new("b"), Name::new("a \"b\"")]);
    snapshot.accept = BTreeMap::from([("WHD102:users.tz".to_owned(), "two\nlines".to_owned())]);
    snapshot.unmanaged = ["two\nlines", "+ index \"i\u{200b}\" on t"].map(str::to_owned).into();
    check(&snapshot);
}

#[test]
fn accepted_hazards_are_not_sealed() {
    let mut snapshot = Snapshot::new("0001_x");
    let before = snapshot.sealed_text();
    snapshot.accept.insert("WHD102:users.tz".to_owned(), "because".to_owned());
    assert_eq!(snapshot.sealed_text(), before);
    snapshot.unmanaged.insert("+ index seen on users".to_owned());
    assert_eq!(snapshot.sealed_text(), before, "what databases have besides is no part of it, either");
    assert!(snapshot.to_string().contains("because"));
    assert_eq!(before, Snapshot::new("0001_x").to_string());
}

/// Texts that TOML, SQL or a terminal might trip over.
const TEXTS: [&str; 25] = [
    "say \"\u{202e}\" \\ '\u{e0041}",
    "",
    " ",
    "plain",
    "it's",
    "\"",
    "\"\"\"",
    "'''",
    "\"\"\"\"\"\"\"'''''''",
    "ends with \"",
    "ends with \\",
    "\\",
    "\\u0041",
    "two\nlines",
    "\nfirst line empty",
    "last line empty\n",
    "\n",
    "\r",
    "windows\r\nlines",
    "tab\there",
    "\u{1b}[31m\u{7f}\u{80}",
    "\u{202e}\u{200b}\u{feff}\u{ad}",
    "quotes \"\"\" and\nlines \"\"\"",
    "\u{1f980} caf\u{e9} cafe\u{301}",
    "# no = \"comment\"",
];

#[test]
fn odd_texts() {
    for text in TEXTS {
        let mut table = Table::new(Name::new("t"));
        table.doc = Some(text.to_owned());
        let mut column = Column::new(Name::new("c"), ColumnType::Text);
        column.doc = Some(text.to_owned());
        column.default = Some(DefaultValue::Literal(Value::Text(text.to_owned())));
        table.columns.insert(column.name.clone(), column);
        if !text.trim().is_empty() {
            // SQL is no text like others: it must be whole, so the text stands in it as a literal.
            let sql = format!("'{}'", text.replace('\'', "''"));
            // What is the same everywhere is said once.
            let escaped = sql.replace('\\', "\\\\");
            let literal = |dialect| if dialect == Dialect::Mysql { &escaped } else { &sql };
            let whole = |dialect: Dialect| format!("{} || '{}'", literal(dialect), dialect.key());
            let each = Dialect::ALL.map(|dialect| (dialect, whole(dialect))).into();
            table.checks.insert(Name::new("a"), Check::new(sql.as_str()));
            table.checks.insert(Name::new("b"), Check { condition: Sql::Each(each), only: Only::Everywhere });
        }
        let mut snapshot = snapshot([table]);
        if !text.trim().is_empty() {
            snapshot.accept.insert(text.to_owned(), text.to_owned());
        }
        check(&snapshot);
        let shown = snapshot.to_string();
        assert!(!shown.contains(|c| whimbrel_schema::text::is_hidden(c) && c != '\n'), "{shown}");
    }
}

#[test]
fn odd_names() {
    for name in
        ["a", "odd name", "a.b", "a\"b", "a'b", "a\\b", "x desc", "f(x)", "1", "\u{e9}", "a,b", "-", "true"]
    {
        let name = Name::new(name);
        let mut table = Table::new(name.clone());
        table.columns.insert(name.clone(), Column::new(name.clone(), ColumnType::BigInt));
        table.primary_key = Some(PrimaryKey { columns: vec![name.clone()] });
        table.uniques.insert(Name::new(format!("{name} u")), Unique { columns: vec![name.clone()] });
        for (index, order) in [SortOrder::Ascending, SortOrder::Descending].into_iter().enumerate() {
            let columns = vec![IndexColumn::new(name.clone(), order)];
            let index_name = Name::new(format!("{name} i{index}"));
            table.indexes.insert(index_name, Index { columns, ..Index::new([]) });
        }
        let key = ForeignKey {
            columns: vec![name.clone()],
            references_table: name.clone(),
            references_columns: vec![name.clone()],
            on_delete: ReferentialAction::NoAction,
            on_update: ReferentialAction::Cascade,
            timing: Timing::Deferred,
            only: Only::Everywhere,
        };
        table.foreign_keys.insert(Name::new(format!("{name} f")), key);
        let mut snapshot = snapshot([table]);
        check(&snapshot);
        snapshot.dropped.tables.insert(Name::new(format!("{name}2")));
        check(&snapshot);
    }
}

#[test]
fn every_type_and_value() {
    let float = |number: f64| Value::Float(Float::new(number).unwrap());
    let values = [
        (ColumnType::Boolean, Value::Boolean(true)),
        (ColumnType::SmallInt, Value::Integer(-1)),
        (ColumnType::Integer, Value::Integer(i32::MIN.into())),
        (ColumnType::BigInt, Value::Integer(i64::MIN)),
        (ColumnType::Real, float(1.5)),
        (ColumnType::Double, float(-0.0)),
        (ColumnType::Double, float(1e300)),
        (ColumnType::Double, float(5e-324)),
        (ColumnType::Double, float(1e16)),
        (ColumnType::Double, float(0.1)),
        (ColumnType::Decimal { precision: 10, scale: 2 }, Value::Decimal("-0.10".to_owned())),
        (ColumnType::Char(3), Value::Text("a".to_owned())),
        (ColumnType::Varchar(3), Value::Text("\u{1f980}".to_owned())),
        (ColumnType::Date, Value::Date("2026-01-31".to_owned())),
        (ColumnType::Time, Value::Time("23:59:59.000001".to_owned())),
        (ColumnType::Timestamp, Value::Timestamp("2026-01-31 23:59:59".to_owned())),
        (ColumnType::TimestampTz, Value::TimestampTz("2026-01-31 23:59:59.500000".to_owned())),
        (ColumnType::Uuid, Value::Uuid("67e55044-10b1-426f-9247-bb680e5fe0c8".to_owned())),
        (ColumnType::Json, Value::Json("{\"a\": \"\\u0000\"}".to_owned())),
    ];
    let mut table = Table::new(Name::new("t"));
    for (number, (column_type, value)) in values.into_iter().enumerate() {
        for nullable in [false, true] {
            // Names that do not sort like their positions.
            let name = Name::new(format!("c{}_{nullable}", (number * 7) % 19));
            let mut column = Column::new(name.clone(), column_type.clone());
            column.nullable = nullable;
            column.default = Some(DefaultValue::Literal(value.clone()));
            table.columns.insert(name, column);
        }
    }
    for (name, column_type) in
        [("b1", ColumnType::Binary(16)), ("b2", ColumnType::Blob), ("b0", ColumnType::Text)]
    {
        let mut column = Column::new(Name::new(name), column_type);
        column.default = Some(DefaultValue::Expression(Sql::from("x'00'")));
        table.columns.insert(column.name.clone(), column);
    }
    check(&snapshot([table]));
}

#[test]
fn auto_increment_and_actions() {
    let mut table = Table::new(Name::new("t"));
    let mut id = Column::new(Name::new("id"), ColumnType::BigInt);
    id.auto_increment = true;
    table.columns.insert(id.name.clone(), id);
    table.primary_key = Some(PrimaryKey { columns: vec![Name::new("id")] });
    let mut parent = Column::new(Name::new("parent"), ColumnType::BigInt);
    parent.nullable = true;
    parent.default = Some(DefaultValue::Literal(Value::Integer(1)));
    table.columns.insert(parent.name.clone(), parent);
    for (number, on_delete) in ReferentialAction::ALL.into_iter().enumerate() {
        let key = ForeignKey {
            columns: vec![Name::new("parent")],
            references_table: Name::new("elsewhere"),
            references_columns: vec![Name::new("id")],
            on_delete,
            on_update: ReferentialAction::ALL[4 - number],
            timing: Timing::Immediate,
            only: Only::On([Dialect::Postgres].into()),
        };
        table.foreign_keys.insert(Name::new(format!("f{number}")), key);
    }
    check(&snapshot([table]));
}

#[test]
fn between_and_apply() {
    let previous = mail();
    let mut next = previous.clone();
    next.tables.remove("threads");
    let mut users = next.table("users").unwrap().clone();
    users.columns.swap_remove("name");
    next.insert(users);
    let mut snapshot = Snapshot::new("0002_x");
    (snapshot.changed, snapshot.dropped) = Snapshot::between(Pair::new(&previous, &next));
    assert!(snapshot.changed.tables.keys().map(Name::as_str).eq(["users"]));
    assert!(snapshot.dropped.tables.iter().map(Name::as_str).eq(["threads"]));
    assert_eq!(snapshot.apply(&previous), next);
    let (changed, dropped) = Snapshot::between(Pair::new(&next, &next));
    assert_eq!((changed, dropped), Default::default());
}

#[test]
fn places() {
    let mut sources = Sources::default();
    let id = sources.add("snapshot.toml", FIXTURE);
    let parsed = Snapshot::parse(&sources, id);
    let slice = |span: Option<whimbrel_schema::Span>| sources.slice(span.unwrap());
    assert_eq!(slice(parsed.header.revision), "\"0003_add_user_settings\"");
    assert_eq!(slice(parsed.header.parent), "\"0002_add_user_preferences\"");
    assert_eq!(slice(parsed.header.parent_hash), "\"w1:9f2c04aa\"");
    let column = Object::Column(Name::new("users"), Name::new("email"));
    assert_eq!(slice(parsed.origins.get(&column)), "email");
}

#[test]
fn newer_formats_say_one_thing() {
    for format in ["2", "99999999999999999999999", "0xff"] {
        let mut sources = Sources::default();
        let id = sources.add("snapshot.toml", format!("format = {format}\nnew = [\n"));
        let parsed = Snapshot::parse(&sources, id);
        assert!(parsed.snapshot.is_none());
        let codes: Vec<Code> = parsed.diagnostics.iter().map(|one| one.code).collect();
        assert_eq!(codes, [Code::NEWER_FORMAT]);
    }
}
