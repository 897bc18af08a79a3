//! Enums, views, triggers, generated columns and options of tables, from the schema to a database and
//! back, by migrations that whimbrel writes and rustc compiles.

use rusqlite::Connection;

use crate::harness::Workspace;

const SCHEMA: &str = "schema/mail.toml";

const FIRST: &str = r#"
[enum]
category = ["personal", "work", "unused"]

[table.users.columns]
id    = { type = "bigint", primary_key = true, auto_increment = true }
email = { type = "varchar(320)", collation = "NOCASE", unique = true }

[table.option]
rust_name = "Choice"
primary_key = ["user_id", "type"]

[table.option.columns]
user_id = { type = "bigint", references = "users.id", on_delete = "cascade", deferrable = "deferred" }
type    = { type = "varchar(64)", rust_name = "KIND" }
value   = { native = { sqlite = "ANY" }, nullable = true }

[table.option.sqlite]
strict = true
without_rowid = true

[table.emails.columns]
id       = { type = "bigint", primary_key = true, auto_increment = true }
sender   = "varchar(320)"
domain   = { type = "text", generated = { sql = "substr(sender, instr(sender, '@') + 1)", stored = true } }
category = { type = "category", default = "personal" }

[table.emails.indexes]
emails_sender_idx = [{ sql = "lower(sender)" }]

[view.work]
sql = "SELECT id, sender FROM emails WHERE category = 'work'"

[view.work_count]
sql = "SELECT count(*) AS emails FROM work"

[trigger.emails_fold]
table = "emails"
sql = "CREATE TRIGGER emails_fold AFTER INSERT ON emails BEGIN UPDATE emails SET sender = lower(sender) WHERE id = NEW.id; END"
"#;

const USERS: &str = r#"
[table.users.columns]
id    = { type = "bigint", primary_key = true, auto_increment = true }
email = { type = "varchar(320)", collation = "NOCASE", unique = true }
"#;

/// Every object of the first schema is another one, or gone.
fn second() -> String {
    FIRST
        .replace(
            r#"category = ["personal", "work", "unused"]"#,
            r#"category = { values = ["private", "work", "spam"], renamed_values = { private = "personal" } }"#,
        )
        .replace(r#"default = "personal""#, r#"default = "private""#)
        .replace("strict = true\n", "")
        .replace("instr(sender, '@') + 1)", "instr(sender, '@'))")
        .replace("AS emails FROM work", "AS count FROM work")
        .replace("sender = lower(sender)", "sender = trim(lower(sender))")
        .replace("lower(sender)\" }]", "upper(sender)\" }]")
}

/// What an application writes; the second schema has the first value no more.
const APPLICATION: &str = r#"
pub mod db {
    whimbrel::include_db!();
}

pub fn names() -> [&'static str; 3] {
    [db::Category::WORK, <db::Choice as whimbrel::Table>::NAME, db::Choice::KIND.name()]
}

pub fn row(choice: db::ChoiceRow) -> (i64, String, Option<String>) {
    (choice.user_id, choice.kind, choice.value)
}
"#;

#[test]
fn everything_a_schema_holds_migrates() {
    let workspace = Workspace::new();
    let package = workspace.package("language");
    package.write("src/lib.rs", APPLICATION);
    package.write(SCHEMA, FIRST);
    package.xtask(&["migrate-new", "create"]).ends(0).says("reversal: archived");
    package.write(SCHEMA, &second());
    package
        .xtask(&["migrate-check"])
        .ends(3)
        .complains(
            "enum category is `(personal, work, unused)` in the migrations, and `(private, work, spam)` here",
        )
        .complains("table `option` is `strict, without rowid, in Rust Choice` in the migrations");
    package
        .xtask(&["migrate-new", "change"])
        .ends(1)
        .complains("error[W0302]: `category.unused` is gone and `category.spam` is new")
        .complains("renamed_values = { spam = \"unused\" }");
    let accept = ["WHD107:category.unused=nobody used it", "WHD105:option.value=no text looks like a number"];
    package
        .xtask(&["migrate-new", "change", "--accept", accept[0], "--accept", accept[1]])
        .ends(0)
        .says("~ enum category")
        .says("WHD106:category.unused: removes value unused of enum category, and fails if a row has it");
    let code = package.read("migrations/0002_change/migration.rs");
    for step in [
        "db.drop_view(before::WorkCount)?;",
        ".rename_value(\"personal\", \"private\")",
        "db.alter_table(before::Choice, after::Choice, |option| {",
        "option.set_options();",
        "db.create_trigger(after::EmailsFold)?;",
    ] {
        assert!(code.contains(step), "{step} in {code}");
    }
    package.write(SCHEMA, USERS);
    let accept = ["--accept", "WHD101:emails=a test", "--accept", "WHD101:option=a test"];
    package
        .xtask(&[&["migrate-new", "drop"][..], &accept].concat())
        .ends(0)
        .says("- view work_count")
        .says("- enum category");
    package.write(SCHEMA, &second());
    package.xtask(&["migrate-new", "again"]).ends(0);

    let program = package.build_migrate();
    let database = package.path("app.db");
    let open = || Connection::open(&database).unwrap();
    package.migrate(&program, "apply --to 0001").ends(0);
    let rows = "INSERT INTO users (id, email) VALUES (1, 'Ada@x.y'); \
                INSERT INTO option VALUES (1, 'theme', 7); \
                INSERT INTO emails (id, sender, category) VALUES (1, 'A@b.c', 'personal'), (5, 'D@e.f', 'work');";
    open().execute_batch(rows).unwrap();
    assert!(open().execute_batch("INSERT INTO emails (sender, category) VALUES ('x', 'other')").is_err());
    let emails = |expected: &str| {
        let sql =
            "SELECT group_concat(id || ' ' || sender || ' ' || domain || ' ' || category, ', ') FROM emails";
        let found: String = open().query_row(sql, [], |row| row.get(0)).unwrap();
        assert_eq!(found, expected);
    };
    emails("1 a@b.c b.c personal, 5 d@e.f e.f work");
    // Lines in any order: a column that is computed otherwise is a new one, at the end.
    let lines = |sql: Option<String>| -> Vec<String> {
        let mut lines: Vec<String> =
            sql.unwrap_or_default().lines().map(|line| line.trim_end_matches(',').to_owned()).collect();
        lines.sort();
        lines
    };
    let catalogue = || -> Vec<(String, Vec<String>)> {
        let database = open();
        let sql = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'whimbrel_%' AND name NOT LIKE 'sqlite_%' ORDER BY type, name";
        let mut statement = database.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, lines(row.get(1)?)))).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let first = catalogue();
    package.migrate(&program, "apply --to 0002").ends(0);
    emails("1 a@b.c @b.c private, 5 d@e.f @e.f work");
    open().execute_batch("INSERT INTO emails (sender, category) VALUES (' X@y.z ', 'spam')").unwrap();
    let (second, count) = (catalogue(), "SELECT count FROM work_count");
    assert_eq!(open().query_row(count, [], |row| row.get::<_, i64>(0)), Ok(1));
    package
        .migrate(&program, "rollback --steps 1")
        .ends(5)
        .complains("1 row with the value spam, in emails: 6");
    assert_eq!(catalogue(), second);
    open().execute_batch("DELETE FROM emails WHERE category = 'spam'").unwrap();
    package.migrate(&program, "rollback --steps 1").ends(0);
    assert_eq!(catalogue(), first);
    emails("1 a@b.c b.c personal, 5 d@e.f e.f work");
    package.migrate(&program, "apply --to 0003").ends(0);
    package.migrate(&program, "rollback --steps 1").ends(0);
    assert_eq!(catalogue(), second);
    emails("1 a@b.c @b.c private, 5 d@e.f @e.f work");
    package.migrate(&program, "apply").ends(0);
    assert_eq!(catalogue(), second);
    package.migrate(&program, "rollback --all").ends(0);
    assert_eq!(catalogue(), []);
}
