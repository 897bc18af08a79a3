//! How files that are there already are added to.

use super::library::{Library, with_module};
use super::template::{Origin, SCHEMA, config, string};
use super::toml::Toml;

/// Adds to a file, and compares all of it.
#[track_caller]
fn inserts(previous: &str, table: &str, next: &str) {
    let mut toml = Toml::new(previous.to_owned()).unwrap();
    assert!(toml.insert(table, "whimbrel", "\"1\""), "{previous}");
    assert_eq!(toml.text, next);
}

#[track_caller]
fn inserts_nothing(previous: &str, table: &str) {
    let mut toml = Toml::new(previous.to_owned()).unwrap();
    assert!(!toml.insert(table, "whimbrel", "\"1\""), "{}", toml.text);
    assert_eq!(toml.text, previous);
}

#[test]
fn an_entry_stands_below_those_of_its_table() {
    inserts("[dependencies]\n", "dependencies", "[dependencies]\nwhimbrel = \"1\"\n");
    inserts("[dependencies]", "dependencies", "[dependencies]\nwhimbrel = \"1\"\n");
    inserts(
        "[dependencies] # ours\nserde.version = \"1\" # small\ntokio = { version = \"1\", features = [\n  \"rt\",\n] } # big\n\n# Next.\n[features]\na = []\n",
        "dependencies",
        "[dependencies] # ours\nserde.version = \"1\" # small\ntokio = { version = \"1\", features = [\n  \"rt\",\n] } # big\nwhimbrel = \"1\"\n\n# Next.\n[features]\na = []\n",
    );
    inserts(
        "[dependencies]\na = \"1\"\n[dependencies.b]\nversion = \"2\"\n",
        "dependencies",
        "[dependencies]\na = \"1\"\nwhimbrel = \"1\"\n[dependencies.b]\nversion = \"2\"\n",
    );
}

#[test]
fn a_table_that_is_not_there_comes_last() {
    inserts("", "alias", "[alias]\nwhimbrel = \"1\"\n");
    inserts("[a]\nb = 1\n\n\n", "alias", "[a]\nb = 1\n\n[alias]\nwhimbrel = \"1\"\n");
    inserts("[alias.x]\nb = 1", "alias", "[alias.x]\nb = 1\n\n[alias]\nwhimbrel = \"1\"\n");
    inserts("[a]\r\nb = 1\r\n", "alias", "[a]\r\nb = 1\r\n\r\n[alias]\r\nwhimbrel = \"1\"\r\n");
}

#[test]
fn what_is_not_certain_is_left_alone() {
    inserts_nothing("dependencies = { a = \"1\" }\n", "dependencies");
    inserts_nothing("dependencies.a = \"1\"\n", "dependencies");
    inserts_nothing("[dependencies]\nwhimbrel = \"2\"\n", "dependencies");
    inserts_nothing("dependencies = 1\n", "dependencies");
    inserts_nothing("[[dependencies]]\na = 1\n", "dependencies");
    assert!(Toml::new("[a\n".to_owned()).is_err());
}

#[test]
fn an_element_stands_where_the_others_do() {
    let pushed = |members: &str| {
        let mut toml = Toml::new(format!("[workspace]\nmembers = {members}\nresolver = \"3\"\n")).unwrap();
        assert!(toml.push("workspace", "members", "\"xtask\""), "{members}");
        let text = toml.text.strip_prefix("[workspace]\nmembers = ").unwrap();
        text.strip_suffix("\nresolver = \"3\"\n").unwrap().to_owned()
    };
    assert_eq!(pushed("[]"), "[\"xtask\"]");
    assert_eq!(pushed("[\"a\", \"b\"]"), "[\"a\", \"b\", \"xtask\"]");
    assert_eq!(
        pushed("[\n    \"a\",\n    \"b\", # b, too\n]"),
        "[\n    \"a\",\n    \"b\", # b, too\n    \"xtask\",\n]"
    );
    assert_eq!(pushed("[\n  \"a\" # a, only\n]"), "[\n  \"a\", # a, only\n  \"xtask\",\n]");
    assert_eq!(pushed("[\n  # nothing yet\n]"), "[\n  # nothing yet\n\"xtask\"]");
    let mut toml = Toml::new("[workspace]\nmembers = \"a\"\n".to_owned()).unwrap();
    assert!(!toml.push("workspace", "members", "\"xtask\""));
}

#[track_caller]
fn gets(previous: &str, next: &str) {
    assert_eq!(with_module(previous), Library::Gets(next.to_owned()));
}

const MODULE: &str = super::template::MODULE;

#[test]
fn the_module_comes_last_but_before_tests() {
    gets("", MODULE);
    gets("//! A library.\n", &format!("//! A library.\n\n{MODULE}"));
    gets("pub fn a() {}", &format!("pub fn a() {{}}\n\n{MODULE}"));
    let tests = "// Those.\n// And these.\n#[cfg(test)]\nmod tests {\n    fn a() {}\n}\n";
    gets(&format!("pub fn a() {{}}\n\n{tests}"), &format!("pub fn a() {{}}\n\n{MODULE}\n{tests}"));
    gets(tests, &format!("{MODULE}\n{tests}"));
    gets("fn é() {}\r\n", &format!("fn é() {{}}\n\n{MODULE}").replace('\n', "\r\n"));
    // Not the last item, so that it is not by custom at the end.
    let early = "#[cfg(test)]\nmod tests;\nfn a() {}\n";
    gets(early, &format!("{early}\n{MODULE}"));
}

#[test]
fn a_library_that_has_the_module_or_the_name_keeps_its_text() {
    assert_eq!(with_module("mod store { whimbrel::include_db!(); }"), Library::Has);
    let spoken_of = "//! With `include_db!()`.\nfn a() {}\n";
    assert!(matches!(with_module(spoken_of), Library::Gets(_)));
    for text in [
        "mod db;",
        "use sqlx::db;",
        "use a::{b, c as db};",
        "use a::db::{self, b};",
        "struct db;",
        "fn broken( {",
        "\u{feff}fn a() {}",
        "fn a() {} /* never closed",
    ] {
        assert!(matches!(with_module(text), Library::Unclear(_)), "{text}");
    }
    assert!(matches!(with_module("use a::db::b; fn db() {}"), Library::Gets(_)));
}

#[test]
fn names_are_written_as_toml_reads_them() {
    for name in ["notes", "a\"b\\c", "tab\there", "ä\u{7f}"] {
        let text = format!("a = {}\n", string(name));
        let toml = Toml::new(text.clone());
        match toml {
            Ok(toml) => assert_eq!(toml.get(&["a"]), Some(name.into())),
            Err(error) => panic!("{text} {error}"),
        }
    }
    let toml = Toml::new(config("notes")).unwrap();
    assert_eq!(toml.get(&["environment", "dev", "url"]), Some("sqlite:notes.db".into()));
}

#[test]
fn the_example_is_a_schema_without_its_marks() {
    let example: String = SCHEMA
        .lines()
        .skip(3)
        .map(|line| line.trim_start_matches("# ").trim_start_matches('#').to_owned() + "\n")
        .collect();
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("whimbrel.toml"), config("notes")).unwrap();
    std::fs::create_dir(directory.path().join("schema")).unwrap();
    let check = |text: &str| {
        std::fs::write(directory.path().join("schema/tables.toml"), text).unwrap();
        crate::analysis::Analysis::of(directory.path())
    };
    let commented = check(SCHEMA);
    assert!(commented.all().is_empty() && commented.schema.schema.tables.is_empty());
    let open = check(&example);
    assert!(open.diagnostics.is_empty(), "{:?}", open.diagnostics);
    assert_eq!(open.schema.schema.tables.len(), 1);
}

#[test]
fn only_a_checkout_is_one() {
    let repository = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    assert!(Origin::checkout(repository).is_ok_and(|origin| origin.runtime().contains("runtime")));
    assert!(Origin::checkout(&repository.join("docs")).is_err());
    assert_eq!(Origin::Registry.runtime(), format!("\"{}\"", env!("CARGO_PKG_VERSION")));
}
