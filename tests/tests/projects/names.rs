//! Names that mean something in Rust already, odd names, and names that their author chose: what is
//! made of them compiles under strict lints, and reaches the database as it was written.

use rusqlite::Connection;

use crate::harness::{Package, Workspace, line};

/// Words of Rust, of its prelude, of its paths, and of whimbrel.
const WORDS: [&str; 24] = [
    "option", "string", "result", "vec", "self", "type", "some", "ok", "column", "table", "i32", "str",
    "core", "std", "whimbrel", "super", "match", "fn", "async", "default", "drop", "iterator", "copy",
    "rows",
];

/// Names that are no identifiers, with the constants that they become.
const ODD: [(&str, &str); 6] = [
    ("2fa", "_2FA"),
    ("user id", "USER_ID"),
    ("größe", "GRUF6UDFE"),
    ("日本", "U65E5U672C"),
    ("it's", "IT_S"),
    ("--", "UNNAMED"),
];

const STRICT: &str = "#![forbid(unsafe_code)]\n#![deny(warnings, missing_docs, unreachable_pub, rust_2018_idioms)]\n\
                      //! Strict.\n/// The database.\npub mod db {\n    whimbrel::include_db!();\n}\n";

/// A table for each word, each with a column for each word and each odd name.
fn schema() -> String {
    let columns: String = WORDS.iter().map(|word| format!("\"{word}\" = \"text?\"\n")).collect();
    let odd: String = ODD.iter().map(|(name, _)| format!("\"{name}\" = \"bigint?\"\n")).collect();
    let table = |word: &&str| format!("[table.\"{word}\".columns]\n{columns}{odd}");
    let tables: String = WORDS.iter().map(table).collect();
    tables
        + "[enum]\nbox = [\"none\", \"err\", \"type\", \"2fa\", \"name\"]\nsend = [\"self\"]\n\
           [view.clone]\nsql = 'SELECT 1'\n\
           [view.\"of 2\"]\nsql = 'SELECT 1'\n\
           [trigger.debug]\ntable = \"option\"\n\
           sql = 'CREATE TRIGGER debug AFTER DELETE ON option BEGIN SELECT 1; END'\n\
           [table.modules]\nrust_name = \"Chosen\"\n\
           [table.modules.columns]\n\
           type = { type = \"box\", rust_name = \"KIND\", default = \"none\" }\n\
           kind = { type = \"text?\", rust_name = \"TYPE\" }\n"
}

/// What an application and a migration call these.
fn application() -> String {
    let odd: String =
        ODD.iter().map(|(_, constant)| format!("        db::Option::{constant}.name(),\n")).collect();
    format!(
        "{STRICT}
/// What the database calls some.
pub fn names() -> Vec<&'static str> {{
    vec![
        <db::Self_ as whimbrel::Table>::NAME,
        <db::Chosen as whimbrel::Table>::NAME,
        <db::Of2 as whimbrel::View>::NAME,
        db::Option::SELF.name(),
        db::Chosen::KIND.name(),
        db::Chosen::TYPE.name(),
        db::Box::_2FA,
        db::Send::SELF,
{odd}    ]
}}

/// What a row holds.
pub fn row(row: db::ChosenRow) -> (String, Option<String>) {{
    (row.kind, row.type_)
}}

#[cfg(test)]
mod tests {{
    #[test]
    fn names() {{
        let expected = {expected:?};
        assert_eq!(super::names(), expected);
    }}
}}
",
        expected = ["self", "modules", "of 2", "self", "type", "kind", "2fa", "self"]
            .into_iter()
            .chain(ODD.map(|(name, _)| name))
            .collect::<Vec<_>>()
    )
}

#[test]
fn every_word_may_be_a_name() {
    let workspace = Workspace::new();
    let package = workspace.package("names");
    package.write("schema/names.toml", &schema());
    package.write("src/lib.rs", &application());
    package.xtask(&["migrate-new", "create"]).ends(0);
    // Each column is renamed, filled and dropped by its constant, too.
    let changed = schema()
        .replace("\"2fa\" = \"bigint?\"\n", "\"2fa\" = { type = \"bigint\", backfill = 7 }\n")
        .replace("\"str\" = \"text?\"\n", "strs = { type = \"text?\", renamed_from = \"str\" }\n");
    package.write("schema/names.toml", &changed);
    package.xtask(&["migrate-new", "change"]).ends(0);
    package.replace(
        "migrations/0002_change/migration.rs",
        "    Ok(())\n}\n\npub fn downgrade",
        "    db.update(after::Self_)
        .set(after::Self_::STRS, after::Self_::SELF.or(\"y\").upper())
        .filter(after::Self_::_2FA.gt(1).and(after::Self_::U65E5U672C.is_null()))
        .run()?;
    Ok(())
}

pub fn downgrade",
    );
    package.xtask(&["migrate-check"]).ends(0);
    workspace.build("clippy").passes(&package);
    line(&package.root, "cargo test --lib --offline").ends(0).says("test tests::names ... ok");
    runs(&package);
}

/// The names arrive in the database as they were written.
fn runs(package: &Package) {
    let program = package.build_migrate();
    package.migrate(&program, "apply").ends(0).says("2 migrations applied");
    let database = Connection::open(package.path("app.db")).unwrap();
    let columns = |table: &str| -> Vec<String> {
        let mut statement = database.prepare("SELECT name FROM pragma_table_info(?1)").unwrap();
        statement.query_map([table], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    for word in WORDS {
        let found = columns(word);
        assert_eq!(found.len(), WORDS.len() + ODD.len(), "{word}");
        assert!(ODD.iter().all(|(name, _)| found.iter().any(|column| column == name)), "{word}: {found:?}");
    }
    package.migrate(&program, "rollback --steps 2").ends(0);
}
