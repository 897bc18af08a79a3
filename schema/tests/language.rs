//! One list of keys: the reader and the JSON Schema take the same, and the list says what they take.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

use jsonschema::Validator;
use whimbrel_schema::language::{
    ALL, Key, Place, Presence, config_json_schema, fill_guide, schema_json_schema, seeds_json_schema,
};
use whimbrel_schema::{Code, Config, Diagnostic, Dialect, Sources, Style, parse, report_all, validate};

#[path = "support/json.rs"]
mod json;

/// What the examples refer to.
const PRELUDE: &str = "[table.users.columns]\nid = { type = 'bigint', primary_key = true }\n\
                       email = 'varchar(64)'\n[view.seen]\nsql = 'SELECT 1'\n";

/// Where each place is in a file; `FIELDS` stands for its keys.
const FILES: [(&str, &str); 23] = [
    ("a schema file", "FIELDS"),
    ("a table", "[table]\nlabels = { FIELDS }"),
    ("a column", "[table.labels.columns]\nemail = 'text'\nx = { FIELDS }"),
    (
        "a generated column",
        "[table.labels.columns]\nemail = 'text'\nx = { type = 'text', generated = { FIELDS } }",
    ),
    ("an expression", "[table.labels.columns]\nx = { type = 'timestamptz', default = { FIELDS } }"),
    ("SQL per database", "[table.labels.columns]\nx = { type = 'text', default = { sql = { FIELDS } } }"),
    ("a native type", "[table.labels.columns]\nx = { native = { FIELDS } }"),
    ("an index", "[table.labels]\ncolumns = { id = 'bigint', email = 'varchar(9)' }\nindexes.i = { FIELDS }"),
    ("an expression of an index", "[table.labels]\ncolumns = { id = 'bigint' }\nindexes.i = [{ FIELDS }]"),
    (
        "an index method",
        "[table.labels]\ncolumns = { id = 'bigint' }\nindexes.i = { columns = ['id'], method = { FIELDS } }",
    ),
    ("a check", "[table.labels]\ncolumns = { id = 'bigint' }\nchecks.c = { FIELDS }"),
    ("a foreign key", "[table.labels]\ncolumns = { id = 'bigint' }\nforeign_keys.f = { FIELDS }"),
    (
        "the options for SQLite",
        "[table.labels]\ncolumns = { id = { type = 'bigint', primary_key = true } }\nsqlite = { FIELDS }",
    ),
    ("the options for PostgreSQL", "[table.labels]\ncolumns = { id = 'bigint' }\npostgres = { FIELDS }"),
    ("the options for MySQL", "[table.labels]\ncolumns = { id = 'bigint' }\nmysql = { FIELDS }"),
    ("an enum", "[enum]\ne = { FIELDS }"),
    ("a view", "[view]\nv = { FIELDS }"),
    ("a trigger", "[trigger]\nodd = { FIELDS }"),
    ("whimbrel.toml", "FIELDS"),
    ("an environment", "[environment]\ndev = { FIELDS }"),
    ("a URL", "[environment]\ndev = { url = { FIELDS } }"),
    ("the archive", "archive = { FIELDS }"),
    ("seeds of the package", "seeds = { FIELDS }"),
];

/// What an example needs beside it to be right, in the place of the examples of required keys.
const BESIDE: [(&str, &str, &str); 3] = [
    ("a column", "auto_increment", "type = 'bigint', primary_key = true"),
    ("a column", "references", "type = 'bigint'"),
    ("a table", "foreign_keys", "columns = { id = 'bigint' }"),
];

/// Values of every shape, fitting or not; dates aside, which are texts to JSON.
const VALUES: [&str; 25] = [
    "true",
    "1",
    "-1",
    "85",
    "1.5",
    "'word'",
    "''",
    "[]",
    "[1]",
    "['email']",
    "['sqlite']",
    "['sqlite', 1]",
    "{}",
    "{ sql = '1' }",
    "{ sqlite = 'a' }",
    "{ oracle = 'a' }",
    "{ sql = '1', a = 1 }",
    "{ env = 'A' }",
    "{ keep = '90d' }",
    "{ id = 'bigint' }",
    "{ a = ['email'] }",
    "'users.id'",
    "'90d'",
    "'cascade'",
    "'varchar'",
];

struct Judges {
    schema: Validator,
    config: Validator,
}

impl Judges {
    fn new() -> Self {
        let validator =
            |text: String| jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap();
        Self { schema: validator(schema_json_schema()), config: validator(config_json_schema()) }
    }

    /// Whether the JSON Schema takes some keys at a place.
    fn editor(&self, place: &Place, fields: &[String]) -> bool {
        let value = json::json(&file(place, fields)).unwrap();
        if is_config(place) { self.config.is_valid(&value) } else { self.schema.is_valid(&value) }
    }
}

fn is_config(place: &Place) -> bool {
    ["whimbrel.toml", "an environment", "a URL", "the archive", "seeds of the package"].contains(&place.name)
}

fn file(place: &Place, fields: &[String]) -> String {
    let (_, file) = FILES.iter().find(|(name, _)| *name == place.name).unwrap();
    let separator = if *file == "FIELDS" { "\n" } else { ", " };
    file.replace("FIELDS", &fields.join(separator))
}

/// What the build says of some keys at a place, on the database that likes them best.
fn build(place: &Place, fields: &[String]) -> (Vec<Diagnostic>, String) {
    let mut sources = Sources::default();
    let id = sources.add("a.toml", file(place, fields));
    let prelude = sources.add("prelude.toml", PRELUDE);
    let on =
        |dialect: Dialect| validate(&[parse(&sources, id), parse(&sources, prelude)], &[dialect]).diagnostics;
    let diagnostics = if is_config(place) {
        Config::parse(&sources, id).1
    } else {
        Dialect::ALL.map(on).into_iter().min_by_key(Vec::len).unwrap()
    };
    let report = report_all(&diagnostics, &sources, Style::Plain);
    (diagnostics, report)
}

/// The keys that must be there beside one, and a value of it.
fn fields(place: &Place, key: &Key, value: &str) -> Vec<String> {
    let own = format!("{} = {value}", key.name);
    let beside = BESIDE.iter().find(|(name, beside, _)| (*name, *beside) == (place.name, key.name));
    let others: Vec<String> = match beside {
        Some((_, _, fields)) => vec![(*fields).to_owned()],
        None => others(place, key),
    };
    others.into_iter().chain([own]).collect()
}

fn others(place: &Place, key: &Key) -> Vec<String> {
    let first = place.one_of.first().filter(|_| !place.one_of.contains(&key.name)).copied();
    let beside = match key.presence {
        Presence::Beside(other) => Some(other),
        Presence::Optional | Presence::Required => None,
    };
    // What stands beside one of several takes the place of the first.
    let first = first.filter(|_| !beside.is_some_and(|other| place.one_of.contains(&other)));
    let mut others = Vec::new();
    for other in place.keys.iter().filter(|other| other.name != key.name) {
        let wanted = other.presence == Presence::Required || [first, beside].contains(&Some(other.name));
        if wanted && beside == Some("references") && other.name == "type" {
            others.push("type = 'bigint'".to_owned());
        } else if wanted {
            others.push(format!("{} = {}", other.name, other.example));
        }
    }
    others
}

fn each(mut check: impl FnMut(&'static Place, &'static Key)) {
    for place in ALL {
        place.keys.iter().for_each(|key| check(place, key));
    }
}

#[test]
fn every_place_has_a_file_here() {
    assert!(ALL.iter().map(|place| place.name).eq(FILES.map(|(name, _)| name)));
}

#[test]
fn every_example_is_right() {
    let judges = Judges::new();
    each(|place, key| {
        let fields = fields(place, key, key.example);
        let (diagnostics, report) = build(place, &fields);
        assert!(diagnostics.is_empty(), "{}: {fields:?}\n{report}", place.name);
        assert!(judges.editor(place, &fields), "{}: {fields:?}", place.name);
    });
}

/// A list with a number in it is a value of no key, so a key that it can be given to is one that nobody
/// reads.
#[test]
fn every_key_is_read() {
    each(|place, key| {
        let (diagnostics, report) = build(place, &fields(place, key, "[1]"));
        let about = |one: &Diagnostic| one.code == Code::WRONG_SHAPE && one.message.contains(key.name);
        assert!(diagnostics.iter().any(about), "{}: {}\n{report}", place.name, key.name);
    });
}

/// What editors refuse, the build refuses; and what the build refuses for its shape, editors do.
#[test]
fn editors_and_the_build_agree() {
    let judges = Judges::new();
    let mut refused = 0;
    let mut check = |place: &Place, fields: &[String]| {
        let (diagnostics, report) = build(place, fields);
        let shape = [Code::UNKNOWN_KEY, Code::WRONG_SHAPE, Code::MISSING_KEY];
        let by_shape = diagnostics.iter().any(|one| shape.contains(&one.code));
        match judges.editor(place, fields) {
            true => assert!(!by_shape, "editors take in {}: {fields:?}\n{report}", place.name),
            false => assert!(!diagnostics.is_empty(), "editors refuse in {}: {fields:?}", place.name),
        }
        refused += usize::from(by_shape);
    };
    each(|place, key| {
        for value in VALUES.iter().chain([&key.example]) {
            check(place, &fields(place, key, value));
            // Without what must stand beside it.
            check(place, &[format!("{} = {value}", key.name)]);
        }
        let mut surplus = fields(place, key, key.example);
        surplus.push("xyzzy = 1".to_owned());
        check(place, &surplus);
        if place.one_of.contains(&key.name) {
            let all = place.keys.iter().filter(|one| place.one_of.contains(&one.name));
            let all: Vec<String> = all.map(|one| format!("{} = {}", one.name, one.example)).collect();
            check(place, &all);
        }
    });
    assert!(refused > 1_000, "{refused} cases are refused for their shape");
}

#[test]
fn texts_have_forms() {
    let judges = Judges::new();
    let check = |place: &str, key: &str, value: &str, right: bool| {
        let place = ALL.into_iter().find(|known| known.name == place).unwrap();
        let key = place.key(key).unwrap();
        let fields = fields(place, key, &format!("'{value}'"));
        assert_eq!(judges.editor(place, &fields), right, "{fields:?}");
        let (diagnostics, report) = build(place, &fields);
        assert_eq!(diagnostics.is_empty(), right, "{report}");
    };
    for right in ["text", "text?", " text ? ", "varchar(64)", "varchar ( 064 ) ?", "decimal(10, 2)?", "json"]
    {
        check("a column", "type", right, true);
    }
    for wrong in
        ["", "?", "varchar", "varchar()", "varchar(0)", "decimal(10)", "text(3)", "2fa", "a b", "text??"]
    {
        check("a column", "type", wrong, false);
    }
    for right in ["users.id", " users . id ", "users(id)", "users ( id ) ", "\"users\".\"id\""] {
        check("a foreign key", "references", right, true);
    }
    for wrong in ["", "users", "users.", ".id", "users()", "users(", "(id)"] {
        check("a foreign key", "references", wrong, false);
    }
    for right in ["Settings", "HTTPLog", "T2"] {
        check("an enum", "rust_name", right, true);
    }
    for wrong in ["", "settings", "My_Type", "2Fa", "Größe"] {
        check("an enum", "rust_name", wrong, false);
    }
    for right in ["KIND", "_2FA", "A_1"] {
        check("a column", "rust_name", right, true);
    }
    for wrong in ["", "kind", "_", "2FA", "A B"] {
        check("a column", "rust_name", wrong, false);
    }
    for right in ["12h", "90d", "8w", "forever"] {
        check("the archive", "keep", right, true);
    }
    for wrong in ["", "90", "d", "0d", "3m", "90 d", "-1d", "ever"] {
        check("the archive", "keep", wrong, false);
    }
}

#[test]
fn json_schemas() {
    insta::assert_snapshot!("schema_json_schema", schema_json_schema());
    insta::assert_snapshot!("config_json_schema", config_json_schema());
    insta::assert_snapshot!("seeds_json_schema", seeds_json_schema());
}

#[test]
fn only_known_tables_are_filled() {
    let page = "a\n<!-- keys of a house -->\nb\n<!-- end of keys -->\nc\n";
    assert_eq!(fill_guide(page), page);
    let page = "a\n<!-- keys of a check -->\nold\n<!-- end of keys -->\nc\n";
    let filled = fill_guide(page);
    assert!(
        filled.starts_with("a\n<!-- keys of a check -->\n\n| Key |") && !filled.contains("old"),
        "{filled}"
    );
    assert!(filled.ends_with(" |\n\n<!-- end of keys -->\nc\n"), "{filled}");
}
