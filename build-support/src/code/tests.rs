//! Reading, checking and hashing of steps that are taken at their author's word.

use whimbrel_schema::{Code, Dialect};

use crate::analysis::Analysis;
use crate::check::sql_by_dialect;
use crate::reversal::reversal;

const SCHEMA: &str = "\
[table.users.columns]
id = { type = \"bigint\", primary_key = true }
email = \"text\"
";

const SNAPSHOT: &str = "\
format = 1
revision = \"0001_users\"
hazards = 1

[table.users]
primary_key = [\"id\"]

[table.users.columns]
id = \"bigint\"
email = \"text\"
";

const HEAD: &str = "use super::v0001 as after;\nuse whimbrel::v1::*;\n";

/// A package with one migration; `body` is what its upgrade does after creating the table, `rest`
/// everything else in the file.
fn package(body: &str, rest: &str) -> Analysis {
    let code = format!(
        "{HEAD}pub fn upgrade(db: &mut Editor<'_>) -> Result<()> {{ db.create_table(after::Users)?; {body} Ok(()) }}\n{rest}"
    );
    package_of(&code, "dialects = [\"sqlite\"]")
}

fn package_of(code: &str, config: &str) -> Analysis {
    let directory = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = directory.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("whimbrel.toml", config);
    write("schema/users.toml", SCHEMA);
    write("migrations/0001_users/snapshot.toml", SNAPSHOT);
    write("migrations/0001_users/migration.rs", code);
    Analysis::of(directory.path())
}

const BACK: &str =
    "pub fn downgrade(db: &mut Editor<'_>) -> Result<()> { db.drop_table(after::Users)?; Ok(()) }";

/// The texts of the steps after the first.
#[track_caller]
fn steps(body: &str) -> Vec<String> {
    let analysis = package(body, BACK);
    let found: Vec<String> = analysis.diagnostics.iter().map(|found| found.message.clone()).collect();
    assert_eq!(found, Vec::<String>::new());
    let code = analysis.chain.links[0].code.as_ref().unwrap();
    code.upgrade.steps.iter().skip(1).map(|step| step.operation.to_string()).collect()
}

/// The first thing that is wrong.
#[track_caller]
fn wrong(body: &str) -> String {
    let analysis = package(body, BACK);
    let found = analysis.diagnostics.first().unwrap_or_else(|| panic!("`{body}` is taken"));
    format!("{} {}", found.code, found.message)
}

fn hash(body: &str, rest: &str) -> String {
    let analysis = package(body, &format!("{rest}\n{BACK}"));
    analysis.chain.links[0].hash.clone().unwrap()
}

#[track_caller]
fn same(one: &str, other: &str) {
    assert_eq!(hash(one, ""), hash(other, ""));
}

#[track_caller]
fn different(one: &str, other: &str) {
    assert_ne!(hash(one, ""), hash(other, ""));
}

#[test]
fn sql_is_read() {
    assert_eq!(
        steps(
            r#"
            db.sql("UPDATE users SET email = ''").changes(after::Users).run()?;
            db.sql(r"ANALYZE").touches_nothing().run()?;
            db.sql(PerDialect { sqlite: "A", postgres: "", mysql: "B" }).alters(after::Users, after::Users).changes(after::Users).run()?;
            db.sql("DROP TABLE users").drops(after::Users).run()?;
            db.sql("CREATE TABLE users (..)").creates(after::Users).run()?;
        "#
        ),
        [
            r#"sql "UPDATE users SET email = ''" changes users"#,
            r#"sql "ANALYZE" touches nothing"#,
            r#"sql (sqlite = "A", mysql = "B") alters users, changes users"#,
            r#"sql "DROP TABLE users" drops users"#,
            r#"sql "CREATE TABLE users (..)" creates users"#,
        ]
    );
}

#[test]
fn what_lets_programs_go_on_is_another_step() {
    let alter = "db.online().alter_table(after::Users, after::Users, |users| users.set_options())?;";
    assert_eq!(steps(alter), ["alter table users online { set options }"]);
    different(alter, &alter.replace(".online()", ""));
    assert_eq!(
        wrong("db.online().drop_table(after::Users)?;"),
        "W0504 `drop_table` has no other form online"
    );
    assert_eq!(wrong("db.online()?;"), "W0503 the editor alone is no step");
    assert!(
        wrong("db.online().online().drop_table(after::Users)?;")
            .contains("`online` has no other form online")
    );
    assert!(wrong("db.online(7).drop_table(after::Users)?;").contains("there is no operation `online`"));
}

#[test]
fn code_is_read() {
    assert_eq!(
        steps(
            "db.data(|rows| { let mut n = 0; for _ in 0..3 { n += 1; } if n > 2 { return Ok(()); } helper(rows) })?; db.data(move |_| Ok(()))?;"
        ),
        ["data", "data"]
    );
}

#[test]
fn what_cannot_be_taken_is_told() {
    for (body, message) in [
        (r#"db.sql("A").run()?;"#, "W0504 nothing says what this SQL does to tables"),
        (r#"db.sql("A").changes(after::Users)?;"#, "W0504 hand-written SQL ends in `.run()?`"),
        (
            r#"db.sql("A").touches_nothing().changes(after::Users).run()?;"#,
            "W0504 `touches_nothing` does not belong here",
        ),
        (r#"db.sql("A").filter(after::Users).run()?;"#, "W0504 `filter` does not belong here"),
        (r#"db.sql("A").changes(after::Mail).run()?;"#, "W0505 version 1 has no table `Mail`"),
        (
            r#"db.sql(include_str!("a.sql")).touches_nothing().run()?;"#,
            "W0504 SQL is a text in quotes, or a `PerDialect` of such texts",
        ),
        (
            r#"db.sql(PerDialect { sqlite: TEXT, postgres: "", mysql: "" }).touches_nothing().run()?;"#,
            "W0504 SQL is a text in quotes, or a `PerDialect` of such texts",
        ),
        (
            r#"db.sql(PerDialect { oracle: "A" }).touches_nothing().run()?;"#,
            "W0504 `PerDialect` has `sqlite`, `postgres` and `mysql`",
        ),
        (r#"db.sql(" ").touches_nothing().run()?;"#, "W0212 this SQL is empty"),
        (
            r#"db.sql(PerDialect { sqlite: "", postgres: "", mysql: "" }).touches_nothing().run()?;"#,
            "W0212 this SQL is empty",
        ),
        (
            r#"db.sql("-- now\ncommit").touches_nothing().run()?;"#,
            "W0212 `COMMIT` is not for migrations, which run in transactions of whimbrel's",
        ),
        (
            r#"db.sql(PerDialect { sqlite: "A", postgres: "ROLLBACK", mysql: "" }).touches_nothing().run()?;"#,
            "W0212 `ROLLBACK` is not for migrations, which run in transactions of whimbrel's",
        ),
        (
            r#"db.sql("A").creates(after::Users).run()?;"#,
            "W0506 table `users` already exists at this position",
        ),
        (
            r#"db.sql("A").drops(after::Users).run()?;"#,
            "W0507 after upgrade, table users is missing; the snapshot has it",
        ),
        ("db.data(helper)?;", "W0504 `data` takes Rust code over rows"),
        ("db.data(|rows, more| Ok(()))?;", "W0504 the closure of `data` takes one parameter: the rows"),
        (
            "db.data(|rows| { db.drop_table(after::Users) })?;",
            "W0503 `db` is used in another expression, where what it does cannot be proven",
        ),
        ("db.data(|rows| Ok(()));", "W0503 a step does not end with `?`"),
    ] {
        assert_eq!(wrong(body), message, "{body}");
    }
}

/// SQL that is said once is read by the rules of the databases that it is for.
#[test]
fn sql_for_all_is_whole_on_each_database() {
    let wrong = |text: &str, config: &str| -> Vec<String> {
        let code = format!(
            "{HEAD}pub fn upgrade(db: &mut Editor<'_>) -> Result<()> {{ db.create_table(after::Users)?;\n\
             db.update(after::Users).set(after::Users::EMAIL, sql(r\"{text}\")).run()?;\nOk(()) }}\n{BACK}"
        );
        let messages = package_of(&code, config).diagnostics;
        messages.into_iter().filter(|found| found.code == Code::BAD_SQL).map(|found| found.message).collect()
    };
    let (sqlite, both) = ("dialects = [\"sqlite\"]", "dialects = [\"sqlite\", \"mysql\"]");
    assert_eq!(wrong(r"'C:\'", sqlite), Vec::<String>::new());
    assert_eq!(wrong(r"'C:\'", both), ["the SQL of this step leaves a quote open on MySQL"]);
    // One that MySQL alone reads as a whole is fine for MySQL alone.
    assert_eq!(wrong(r"'it\'s'", "dialects = [\"mysql\"]"), Vec::<String>::new());
    assert_eq!(wrong(r"'it\'s'", sqlite), ["the SQL of this step leaves a quote open on SQLite"]);
    assert_eq!(wrong("(1", both), ["this SQL leaves a parenthesis open"]);
}

#[test]
fn sql_that_defines_a_table_does_so_for_every_database() {
    let code = format!(
        "{HEAD}pub fn upgrade(db: &mut Editor<'_>) -> Result<()> {{\n\
         db.sql(PerDialect {{ sqlite: \"CREATE ..\", postgres: \"CREATE ..\", mysql: \"\" }}).creates(after::Users).run()?;\n\
         db.sql(PerDialect {{ sqlite: \"\", postgres: \"A\", mysql: \"\" }}).changes(after::Users).run()?;\nOk(()) }}\n{BACK}"
    );
    let analysis = package_of(&code, "");
    let wrong = |dialects: &[Dialect]| -> Vec<String> {
        sql_by_dialect(&analysis.chain.links[0], dialects).into_iter().map(|found| found.message).collect()
    };
    assert_eq!(wrong(&[Dialect::Sqlite, Dialect::Postgres]), Vec::<String>::new());
    assert_eq!(wrong(&Dialect::ALL), ["this SQL creates users, and has no text for MySQL"]);
}

#[test]
fn rows_that_are_changed_want_a_word_about_the_way_back() {
    let undone = |body: &str| {
        let code = format!(
            "{HEAD}pub fn upgrade(db: &mut Editor<'_>) -> Result<()> {{ {body} Ok(()) }}\n\
             pub fn downgrade(db: &mut Editor<'_>) -> Result<()> {{ Ok(()) }}"
        );
        let analysis = package_of(&code, "");
        analysis.diagnostics.iter().any(|found| found.code == Code::NOTHING_UNDONE)
    };
    assert!(undone("db.data(|rows| Ok(()))?;"));
    assert!(undone(r#"db.sql("A").changes(after::Users).run()?;"#));
    assert!(!undone(r#"db.sql("A").touches_nothing().run()?;"#));
}

#[test]
fn the_way_back_of_code_may_be_a_reason() {
    let of = |way_back: &str| {
        let analysis = package("db.data(|rows| Ok(()))?;", way_back);
        let errors: Vec<String> = analysis.diagnostics.iter().map(|found| found.code.to_string()).collect();
        let link = &analysis.chain.links[0];
        let code = link.code.as_ref().unwrap();
        let (reversal, destroyed) = reversal(code, link.hazards.as_ref(), &analysis.config.dialects);
        (errors, reversal.key(), destroyed.next.len())
    };
    let irreversible = of("pub const IRREVERSIBLE: &str = \"mail was sent\";");
    assert_eq!(irreversible, (vec![], "irreversible", 0));
    // A reason for rows is none for a table that must go.
    let nothing = of("pub const NOTHING_TO_UNDO: &str = \"it is the same\";");
    assert_eq!(nothing, (vec!["W0508".to_owned()], "lossy", 0));
}

#[test]
fn the_code_of_a_closure_is_hashed_and_its_looks_are_not() {
    let code = "db.data(|rows| { let a = f(1, 2); rows.each(\"A\", &[&a], |row| { row.x() })?; match a { 1 => { b } _ => c } })?;";
    same(
        code,
        "// why\n db . data ( | rows , | {\n let a = f ( 1 , 2 , ) ; /* so */\n rows.each(\"\\\n A\", &[&a,], |row| row.x())?;\n match a { 1 => b, _ => c, } } , )? ;",
    );
    different(code, &code.replace("f(1, 2)", "f(1, 3)"));
    different(code, &code.replace("\"A\"", "\"B\""));
    different(code, &code.replace("?; match", "; match"));
    different(
        "db.data(|rows| a(rows))?; db.data(|rows| b(rows))?;",
        "db.data(|rows| b(rows))?; db.data(|rows| a(rows))?;",
    );
    different("db.data(|rows| a(rows))?;", "db.data(|rows| a(rows))?; db.data(|rows| a(rows))?;");
}

#[test]
fn what_a_closure_uses_is_hashed() {
    let body = "db.data(|rows| helper(rows, after::Users::EMAIL))?;";
    assert_ne!(hash(body, "fn helper() {}"), hash(body, "fn helper() { panic!() }"));
    assert_ne!(hash(body, "use std::fmt;"), hash(body, "use std::io;"));
    // What tokens mean depends on their version; without code the steps say all there is.
    assert_ne!(hash(body, ""), hash(body, "use super::v0002 as other;"));
    assert_eq!(hash("", ""), hash("", "use super::v0002 as other;"));
}

#[test]
fn both_directions_are_hashed_apart() {
    let of = |up: &str, down: &str, swap: bool| {
        let upgrade = format!(
            "pub fn upgrade(db: &mut Editor<'_>) -> Result<()> {{ db.create_table(after::Users)?; db.data({up})?; Ok(()) }}\n"
        );
        let downgrade = format!(
            "pub fn downgrade(db: &mut Editor<'_>) -> Result<()> {{ db.data({down})?; db.drop_table(after::Users)?; Ok(()) }}\n"
        );
        let functions = if swap { downgrade + &upgrade } else { upgrade + &downgrade };
        package_of(&format!("{HEAD}{functions}"), "").chain.links[0].hash.clone().unwrap()
    };
    assert_ne!(of("|r| a(r)", "|r| b(r)", false), of("|r| b(r)", "|r| a(r)", false));
    assert_eq!(of("|r| a(r)", "|r| b(r)", false), of("|r| a(r)", "|r| b(r)", true));
}

#[test]
fn reversal_tells_what_nobody_can_know() {
    let words = |body: &str| {
        let analysis = package(body, BACK);
        let link = &analysis.chain.links[0];
        reversal(link.code.as_ref().unwrap(), link.hazards.as_ref(), &analysis.config.dialects).0.to_string()
    };
    let drops = "rolling back drops table users with all of its rows";
    assert_eq!(words(r#"db.sql("A").touches_nothing().run()?;"#), format!("archived ({drops})"));
    // What is new has nothing to lose.
    assert_eq!(words(r#"db.sql("A").changes(after::Users).run()?;"#), format!("archived ({drops})"));
    assert_eq!(
        words("db.data(|rows| Ok(()))?;"),
        format!("lossy (applying changes rows by Rust code, and nobody knows what it loses; {drops})")
    );
}

/// A TRUNCATE that no configured database is given loses nothing.
#[test]
fn reversal_is_of_the_databases_of_the_project() {
    let sql = "db.sql(PerDialect { sqlite: \"SELECT 1\", postgres: \"TRUNCATE TABLE other\", mysql: \"SELECT 1\" })";
    let code = format!(
        "{HEAD}pub fn upgrade(db: &mut Editor<'_>) -> Result<()> {{ db.create_table(after::Users)?; \
         {sql}.touches_nothing().run()?; Ok(()) }}\n{BACK}"
    );
    let key = |config: &str| {
        let analysis = package_of(&code, config);
        let link = &analysis.chain.links[0];
        reversal(link.code.as_ref().unwrap(), link.hazards.as_ref(), &analysis.config.dialects).0.key()
    };
    assert_eq!(key("dialects = [\"sqlite\"]"), "archived");
    assert_eq!(key("dialects = [\"sqlite\", \"postgres\"]"), "lossy");
}

/// What follows a step by its words is told that it does not: whatever could do a step twice, never, or in
/// another order.
#[test]
fn every_way_around_the_rule_is_told() {
    for body in [
        "return Ok(());",
        "if skip() { return Ok(()); }",
        "return db.drop_table(after::Users);",
        "db.drop_table(after::Users)?; return Ok(());",
        "bail!(\"never\");",
        "todo!();",
        "vec![db];",
        "run!(db => drop_table);",
        "loop { db.drop_table(after::Users)?; break; }",
        "while let Ok(()) = db.drop_table(after::Users) {}",
        "'a: { break 'a; }",
        "unsafe { db.drop_table(after::Users)?; }",
        "async { db.drop_table(after::Users)?; };",
        "const { 1 };",
        "if let Ok(()) = db.drop_table(after::Users) {}",
        "let Ok(()) = db.drop_table(after::Users) else { return Ok(()) };",
        "let db = db;",
        "let other = &mut *db; other.drop_table(after::Users)?;",
        "let db = &mut Other::default();",
        "fn inner(db: &mut Editor<'_>) -> Result<()> { Ok(()) }",
        "fn inner() {} inner();",
        "const N: usize = 1;",
        "use other::Trait;",
        "impl Trait for Editor<'_> {}",
        "macro_rules! again { () => {} }",
        "inner(db)?;",
        "Editor::drop_table(db, after::Users)?;",
        "(db).drop_table(after::Users)?;",
        "(&mut *db).drop_table(after::Users)?;",
        "db?;",
        "db;",
        "db.drop_table(after::Users)?.and_then(next);",
        "db.drop_table(after::Users)??;",
        "db.drop_table(after::Users).or(Ok(()))?;",
        "db.drop_table(after::Users).unwrap();",
        "_ = db.drop_table(after::Users);",
        "[db.drop_table(after::Users)?];",
        "(db.drop_table(after::Users)?, 1);",
        "let undo = || db.drop_table(after::Users); undo()?;",
        "db.drop_table::<after::Users>(after::Users)?;",
        "db.drop_table(if skip() { after::Users } else { after::Users })?;",
        "db.drop_table({ after::Users })?;",
        "db.drop_table(table!())?;",
        "db.drop_table(table)?;",
        "db.drop_table(#[cfg(any())] after::Users)?;",
        "#[cfg(any())] db.drop_table(after::Users)?;",
        "#[rustfmt::skip] db.drop_table(after::Users)?;",
        "db.drop_table(after::Users, #[cfg(any())] after::Users)?;",
        "db.delete(after::Users).filter(after::Users::EMAIL.is_in([#[cfg(any())] \"a\", \"b\"])).run()?;",
        "db.delete(after::Users).filter(after::Users::EMAIL.eq(text())).run()?;",
        "db.delete(after::Users).filter(after::Users::EMAIL.eq(TEXT)).run()?;",
        "db.delete(after::Users).filter(after::Users::EMAIL.eq(concat!(\"a\"))).run()?;",
        "db.delete(after::Users).filter(db.any()).run()?;",
    ] {
        is_no_step(body);
    }
}

/// A statement is refused for what it is, rather than for where its steps would lead.
#[track_caller]
fn is_no_step(body: &str) {
    let told = wrong(body);
    let refused = ["W0503", "W0504", "W0505"].iter().any(|code| told.starts_with(code));
    assert!(refused, "{body}: {told}");
}

/// An alteration holds changes of its one parameter, written out, and nothing else.
#[test]
fn every_way_around_the_rule_of_an_alteration_is_told() {
    for closure in [
        "|users| { return; }",
        "|users| { if skip() { users.drop_column(after::Users::EMAIL); } }",
        "|users| { for _ in 0..2 { users.drop_column(after::Users::EMAIL); } }",
        "|users| { let other = users; }",
        "|users| { helper(users); }",
        "|users| { helped!(users); }",
        "|users| { users.drop_column(after::Users::EMAIL).x; }",
        "|users| { db.drop_table(after::Users); }",
        "|users| { #[cfg(any())] users.drop_column(after::Users::EMAIL); }",
        "|users| { { users.drop_column(after::Users::EMAIL); } }",
        "|users| { fn inner() {} }",
        "|users| { (|| users.drop_column(after::Users::EMAIL))(); }",
        "|users| { panic!(); }",
        "|users| { users.drop_column(column()); }",
        "|users| if skip() { users.drop_column(after::Users::EMAIL) }",
        "|(users, _)| { users.drop_column(after::Users::EMAIL); }",
        "|users, more| { users.drop_column(after::Users::EMAIL); }",
        "|_| {}",
        "helper",
        "helper()",
        "async |users| { users.drop_column(after::Users::EMAIL); }",
    ] {
        is_no_step(&format!("db.alter_table(after::Users, after::Users, {closure})?;"));
    }
}
