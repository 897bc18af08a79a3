//! The commands on files: what they write, what they refuse, and how they end.

use crate::base::{self, SCHEMA, SECOND, THIRD};
use crate::harness::{Package, Workspace};

const NICK: &str = "nick  = \"text?\"\n";

/// Runs a command that must leave every file alone.
#[track_caller]
fn writes_nothing(package: &Package, arguments: &[&str]) -> crate::harness::Ran {
    let before = package.listing();
    let ran = package.xtask(arguments);
    assert_eq!(package.listing(), before, "`{}` wrote something", arguments.join(" "));
    ran
}

#[test]
fn migrate_new_mends_a_schema_that_is_ahead() {
    let workspace = Workspace::new();
    let package = workspace.package_with("mended", base::files());
    writes_nothing(&package, &["migrate-check"]).ends(0).says("every migration leads there and back");
    writes_nothing(&package, &["migrate-new", "idle"]).ends(0).says("nothing to do").complains("--empty");

    package.replace(SCHEMA, NICK, &format!("{NICK}phone = \"varchar(32)?\"\n"));
    writes_nothing(&package, &["migrate-check"])
        .ends(3)
        .complains("error[W0301]: schema is ahead of the migrations")
        .complains("cargo xtask migrate-new add_users_phone");
    writes_nothing(&package, &["migrate-new", "add_users_phone", "--dry-run"])
        .ends(0)
        .says("+ users.phone")
        .says("--- migration.rs")
        .says("users.add_column(after::Users::PHONE);")
        .says("revision = \"0004_add_users_phone\"")
        .says("ALTER TABLE \"users\" ADD COLUMN \"phone\"")
        .says("nothing was written");
    package
        .xtask(&["migrate-new", "add_users_phone"])
        .ends(0)
        .says("reversal: ")
        .says("hazards: none")
        .says("written to migrations/0004_add_users_phone");
    package.xtask(&["migrate-check"]).ends(0);
    assert_eq!(package.migrations().len(), 4);

    // From a red build to a database, and back.
    let program = package.build_migrate();
    let columns = || -> Vec<String> {
        let database = rusqlite::Connection::open(package.path("app.db")).unwrap();
        let mut statement = database.prepare("SELECT name FROM pragma_table_xinfo('users')").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    package.migrate(&program, "apply").ends(0).says("4 migrations applied");
    assert!(columns().contains(&"phone".to_owned()));
    package.migrate(&program, "rollback --steps 1").ends(0);
    assert!(!columns().contains(&"phone".to_owned()));
    package.migrate(&program, "rollback --steps 3").ends(0).says("with nothing applied");
    package.migrate(&program, "apply").ends(0).says("4 migrations applied");
    assert!(columns().contains(&"phone".to_owned()));
}

#[test]
fn a_rename_is_never_guessed() {
    let workspace = Workspace::new();
    let package = workspace.package_with("renamed", base::files());
    package.replace(SCHEMA, "nick  =", "nickname =");
    writes_nothing(&package, &["migrate-new", "rename_nick"])
        .ends(1)
        .complains("error[W0302]: `users.nick` is gone and `users.nickname` is new")
        .complains("`renamed_from = \"nick\"` on the column")
        .complains("--rename users.nick=users.nickname")
        .complains("--accept WHD107:users.nick=\"why\"")
        .complains("no migration was written");
    writes_nothing(&package, &["migrate-new", "rename_nick", "--rename", "users.nack=users.nickname"])
        .ends(1);
    writes_nothing(&package, &["migrate-new", "rename_nick", "--rename", "users.nick=users.nock"]).ends(1);
    package.xtask(&["migrate-new", "rename_nick", "--rename", "users.nick=users.nickname"]).ends(0);
    let code = package.read("migrations/0004_rename_nick/migration.rs");
    assert!(code.contains("users.rename_column(before::Users::NICK, after::Users::NICKNAME);"), "{code}");
    package.xtask(&["migrate-check"]).ends(0);

    // The other spelling, for a column; and it stays where it is without meaning anything.
    package.replace(
        SCHEMA,
        "nickname = \"text?\"",
        "handle = { type = \"text?\", renamed_from = \"nickname\" }",
    );
    package.xtask(&["migrate-new", "rename_again"]).ends(0);
    let code = package.read("migrations/0005_rename_again/migration.rs");
    assert!(code.contains("users.rename_column(before::Users::NICKNAME, after::Users::HANDLE);"), "{code}");
    writes_nothing(&package, &["migrate-new", "idle"]).ends(0).says("nothing to do");

    // A table.
    package.replace(SCHEMA, "[table.notes.columns]", "[table.memos.columns]");
    writes_nothing(&package, &["migrate-new", "memos"])
        .ends(1)
        .complains("--rename notes=memos")
        .complains("renamed_from = \"notes\"` in [table.memos]");
    package.xtask(&["migrate-new", "memos", "--rename", "notes=memos"]).ends(0);
    let code = package.read("migrations/0006_memos/migration.rs");
    assert!(code.contains("db.rename_table(before::Notes, after::Memos)?;"), "{code}");
    package.xtask(&["migrate-check"]).ends(0);
}

#[test]
fn names_are_exchanged_by_the_command_line_alone() {
    let workspace = Workspace::new();
    let package = workspace.package("exchanged");
    let schema = "[table.users.columns]\nid = { type = \"bigint\", primary_key = true }\n\
                  first = \"text\"\nlast = \"text\"\n\
                  [table.a.columns]\nx = \"bigint\"\n[table.b.columns]\ny = \"text\"\n[table.c.columns]\nz = \"date\"\n";
    package.write(SCHEMA, schema);
    package.xtask(&["migrate-new", "start"]).ends(0);

    // In a file nobody can see whether it is done.
    let hinted = schema
        .replace("first = \"text\"", "first = { type = \"text\", renamed_from = \"last\" }")
        .replace("last = \"text\"", "last = { type = \"text\", renamed_from = \"first\" }");
    package.write(SCHEMA, &hinted);
    for command in [&["migrate-check"][..], &["migrate-new", "exchange"]] {
        writes_nothing(&package, command)
            .ends(1)
            .complains("`users.first` and `users.last` exchange their names")
            .complains("migrate-new .. --rename users.last=users.first --rename users.first=users.last");
    }

    // Both columns are of one type, so without being asked nothing would happen at all.
    package.write(SCHEMA, schema);
    writes_nothing(&package, &["migrate-new", "idle"]).ends(0).says("nothing to do");
    writes_nothing(&package, &["migrate-new", "half", "--rename", "users.first=users.last"])
        .ends(1)
        .complains("column `users.first` is still in the schema");
    package.write(
        SCHEMA,
        &schema.replace("x = \"bigint\"", "z = \"date\"").replace("y = \"text\"", "x = \"bigint\"").replacen(
            "[table.c.columns]\nz = \"date\"",
            "[table.c.columns]\ny = \"text\"",
            1,
        ),
    );
    let renames = ["users.first=users.last", "users.last=users.first", "a=b", "b=c", "c=a"];
    let renames = renames.iter().flat_map(|rename| ["--rename", rename]);
    let command: Vec<&str> = ["migrate-new", "exchange"].into_iter().chain(renames).collect();
    package.xtask(&command).ends(0);
    let code = package.read("migrations/0002_exchange/migration.rs");
    for line in [
        "db.exchange_tables(before::A, before::B)?;",
        "db.exchange_tables(before::A, before::C)?;",
        "users.rename_column(before::Users::LAST, after::Users::FIRST);",
        "users.rename_column(before::Users::FIRST, after::Users::LAST);",
    ] {
        assert!(code.contains(line), "{line} in:\n{code}");
    }
    package.xtask(&["migrate-check"]).ends(0);
    workspace.check().passes(&package);
}

#[test]
fn rows_without_a_value_are_refused() {
    let workspace = Workspace::new();
    let package = workspace.package_with("backfilled", base::files());
    package.replace(SCHEMA, NICK, &format!("{NICK}phone = \"varchar(32)\"\n"));
    writes_nothing(&package, &["migrate-new", "phone"])
        .ends(1)
        .complains("error[W0303]: existing rows would have no value for `users.phone`, which is NOT NULL")
        .complains("schema/mail.toml:5:1")
        .complains("`backfill = ");
    package.replace(
        SCHEMA,
        "phone = \"varchar(32)\"",
        "phone = { type = \"varchar(32)\", backfill = \"none\" }",
    );
    package.xtask(&["migrate-new", "phone"]).ends(0);
    let code = package.read("migrations/0004_phone/migration.rs");
    assert!(
        code.contains(".add_column(after::Users::PHONE)") && code.contains(".backfill(\"none\")"),
        "{code}"
    );

    // From nullable to NOT NULL.
    package.replace(SCHEMA, NICK, "nick  = \"text\"\n");
    writes_nothing(&package, &["migrate-new", "nick"]).ends(1).complains("W0303");
    package.replace(
        SCHEMA,
        "nick  = \"text\"\n",
        "nick  = { type = \"text\", backfill = { sql = \"email\" } }\n",
    );
    package.xtask(&["migrate-new", "nick"]).ends(0);
    package.xtask(&["migrate-check"]).ends(0);
}

#[test]
fn an_empty_migration_is_filled_by_hand() {
    let workspace = Workspace::new();
    let package = workspace.package_with("by-hand", base::files());
    package.xtask(&["migrate-new", "Data only!", "--empty"]).ends(0).says("0004_data_only");
    let file = "migrations/0004_data_only/migration.rs";
    package.xtask(&["migrate-check"]).ends(0);
    package.replace(file, "use whimbrel::v1::*;", "use super::v0004 as after;\nuse whimbrel::v1::*;");
    package.replace(
        file,
        "    Ok(())\n}\n\npub fn downgrade",
        "    db.backfill(after::Users::NICK, \"nobody\").run()?;\n    Ok(())\n}\n\npub fn downgrade",
    );
    package.xtask(&["migrate-check"]).ends(1).complains("W0510");
    package.append(file, "\npub const NOTHING_TO_UNDO: &str = \"a name may stay\";\n");
    package.xtask(&["migrate-check"]).ends(0);
}

#[test]
fn a_package_that_does_not_compile_can_be_mended() {
    let workspace = Workspace::new();
    let package = workspace.package_with("red", base::files());
    package.write("src/lib.rs", "pub mod db { whimbrel::include_db!(); \nfn {");
    package.write("build.rs", "fn main( {");
    package.replace(SCHEMA, NICK, &format!("{NICK}phone = \"varchar(32)?\"\n"));
    package.xtask(&["migrate-check"]).ends(3);
    package.xtask(&["migrate-new", "phone"]).ends(0);
    package.xtask(&["migrate-check"]).ends(0);
    package.xtask(&["migrate-seal"]).ends(0).says("nothing to do");
}

#[test]
fn an_edited_ancestor_is_sealed_again() {
    let workspace = Workspace::new();
    let package = workspace.package_with("resealed", base::files());
    package.xtask(&["migrate-new", "later", "--empty"]).ends(0);
    package.replace(SECOND, "\"de\"", "\"fr\"");
    // One edit, one error, however many migrations follow.
    writes_nothing(&package, &["migrate-check"])
        .ends(1)
        .complains("`0002_add_locale` was changed after `0003_add_settings` sealed it")
        .complains("\n1 error\n");
    writes_nothing(&package, &["migrate-new", "more", "--empty"]).ends(1).complains("W0406");
    let unsealed = package.read(THIRD);
    package
        .xtask(&["migrate-seal"])
        .ends(0)
        .says("`0003_add_settings` now seals `0002_add_locale` as it is")
        .says("`0004_later` now seals `0003_add_settings` as it is")
        .complains("databases that applied one of these before the edit will refuse to go on");
    assert_eq!(package.read(THIRD), unsealed);
    package.xtask(&["migrate-check"]).ends(0);
    writes_nothing(&package, &["migrate-seal"]).ends(0).says("nothing to do");
    workspace.check().passes(&package);

    // Sealing does not hide what else is wrong.
    package.replace(SECOND, "after::Users::LOCALE, \"fr\"", "after::Users::LOCALE, 7");
    writes_nothing(&package, &["migrate-seal"]).ends(1).complains("W0506").complains("nothing was sealed");
}

#[test]
fn command_lines_that_make_no_sense() {
    let workspace = Workspace::new();
    let package = workspace.package_with("usage", base::files());
    let other = workspace.package("usage-other");
    writes_nothing(&package, &["--help"]).ends(0).says("Usage: cargo xtask");
    writes_nothing(&package, &["migrate-chek"]).ends(2).complains("did you mean `migrate-check`?");
    writes_nothing(&package, &["migrate-check", "--every"]).ends(2);
    writes_nothing(&package, &["migrate-new"]).ends(2).complains("needs a name");
    writes_nothing(&package, &["migrate-new", "..."]).ends(2);
    writes_nothing(&package, &["migrate-new", "a", "b"]).ends(2);
    writes_nothing(&package, &["migrate-new", "a", "--rename", "users.a"]).ends(2);
    writes_nothing(&package, &["migrate-new", "a", "--rename", "users.a=notes"]).ends(2);
    writes_nothing(&package, &["migrate-new", "a", "--accept", "WHD107:users.a"]).ends(2);
    writes_nothing(&package, &["-p", "nothing", "migrate-check"])
        .ends(2)
        .complains("these have: usage, usage-other");
    other.xtask(&["-p", "usage", "migrate-check"]).ends(0).says("usage: 3 tables, 3 migrations");
    other.xtask(&["migrate-check"]).ends(0).says("usage-other: 0 tables, 0 migrations");
    package.write("whimbrel.toml", "dialect = [\"sqlite\"]\n");
    writes_nothing(&package, &["migrate-check"]).ends(1).complains("whimbrel.toml:1:1");
}

#[test]
fn editors_are_told_where_the_keys_are() {
    let workspace = Workspace::new();
    let package = workspace.package_with("edited", base::files());
    package.write("schema/more/deep.toml", "# Windows.\r\n[table.deep.columns]\r\nid = \"bigint\"\r\n");
    package.write("schema/own.toml", "#:schema https://example.com/own.json\n");
    writes_nothing(&package, &["editor", "--check"]).ends(3).complains(".whimbrel/schema.json is not");
    package
        .xtask(&["editor"])
        .ends(0)
        .says("written: .whimbrel/schema.json")
        .says("written: schema/mail.toml");
    let schema = package.read(".whimbrel/schema.json");
    assert!(schema.contains("\"auto_increment\"") && !schema.contains("allow_destructive"));
    assert!(package.read(".whimbrel/whimbrel.json").contains("\"allow_destructive\""));
    assert!(package.read(SCHEMA).starts_with("#:schema ../.whimbrel/schema.json\n[table.users.columns]\n"));
    let deep = package.read("schema/more/deep.toml");
    assert!(deep.starts_with("#:schema ../../.whimbrel/schema.json\r\n# Windows.\r\n"), "{deep}");
    assert!(package.read("whimbrel.toml").starts_with("#:schema ./.whimbrel/whimbrel.json\n"));
    assert_eq!(package.read("schema/own.toml"), "#:schema https://example.com/own.json\n");
    writes_nothing(&package, &["editor"]).ends(0).says("nothing to do");
    writes_nothing(&package, &["editor", "--check"]).ends(0);

    // What another version wrote is told of, and renewed with the next migration.
    package.write(".whimbrel/schema.json", "{}\n");
    let reminder = "cargo xtask editor";
    writes_nothing(&package, &["migrate-check"]).ends(3).complains(reminder);
    package
        .xtask(&["migrate-new", "add_deep"])
        .ends(0)
        .complains("renewed for editors: .whimbrel/schema.json");
    assert_eq!(package.read(".whimbrel/schema.json"), schema);
    let checked = package.xtask(&["migrate-check"]).ends(0);
    assert!(!checked.err.contains(reminder), "{}", checked.err);

    // A package whose author wants none has none.
    package.remove(".whimbrel");
    writes_nothing(&package, &["migrate-check"]).ends(0);
    package.xtask(&["migrate-new", "nothing", "--empty"]).ends(0);
    assert!(!package.path(".whimbrel").exists());
}

/// A column gets another name, and seeds have its previous one: the migration does not wait for them, and the build does.
#[test]
fn migrations_do_not_wait_for_seeds() {
    let workspace = Workspace::new();
    let package = workspace.package_with("waiting-seeds", base::files());
    package.append("whimbrel.toml", "\n[seeds]\n");
    package.write("seeds/seeds.toml", "seed = \"mail\"\nnow = 2026-01-01T00:00:00Z\n");
    package.write(
        "seeds/demo.toml",
        "set = \"demo\"\n[users.rows]\nada = { email = \"ada@example.com\", nick = \"Countess\" }\n",
    );
    let repository = workspace.repository();
    repository.branch("links", "main");
    package.write(
        "schema/links.toml",
        "[table.links.columns]\nid = { type = \"bigint\", primary_key = true }\n",
    );
    package.evolve("add_links", &[]);
    repository.commit("links");

    repository.branch("handles", "main");
    let handle = "handle = { type = \"text?\", renamed_from = \"nick\" }\n";
    package.replace(SCHEMA, NICK, handle);
    let said = writes_nothing(&package, &["migrate-check"]).ends(1).err;
    let (ahead, seeds) = (said.find("error[W0301]"), said.find("error[W0204]"));
    assert!(ahead.is_some() && ahead < seeds, "{said}");
    assert!(said.contains("cargo xtask migrate-new rename_users_handle"), "{said}");
    let mend = "note: the seeds are to be mended before it builds (1 error): cargo xtask migrate-check";
    writes_nothing(&package, &["migrate-new", "handles", "--dry-run"]).ends(0).complains(mend);
    package
        .xtask(&["migrate-new", "handles"])
        .ends(0)
        .says("written to migrations/0004_handles")
        .complains(mend);
    let said = writes_nothing(&package, &["migrate-check"]).ends(1).complains("error[W0204]").err;
    assert!(!said.contains("W0301"), "{said}");
    writes_nothing(&package, &["migrate-review"]).ends(0).says("## 0004_handles").complains(mend);
    writes_nothing(&package, &["migrate-seal"]).ends(0).complains(mend);
    let squash = ["migrate-squash", "--through", "0003_add_settings", "--dry-run"];
    writes_nothing(&package, &squash).ends(0).complains(mend);
    repository.commit("handles");

    repository.switch("links");
    repository.git(&["merge", "--quiet", "--no-edit", "handles"]).ends(0);
    package
        .xtask(&["migrate-rebase", "--base", "handles"])
        .ends(0)
        .says("0004_add_links is now 0005_add_links")
        .complains(mend);
    package.replace("seeds/demo.toml", "nick", "handle");
    package.xtask(&["migrate-check"]).ends(0);
}
