//! The example's database from the command line, as its users have it.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use serde_json::Value;

use crate::harness::{Package, Workspace, files_below, repository};

/// A copy of the example, and its `migrate`.
fn example(name: &str) -> (Workspace, Package, PathBuf) {
    let workspace = Workspace::new();
    let mut files = files_below(&repository().join("generated-example"));
    files.retain(|path, _| !path.ends_with("Cargo.toml"));
    let package = workspace.package_with(name, &files);
    let main = package.read("src/bin/migrate.rs").replace("generated_example", &name.replace('-', "_"));
    package.write("src/bin/migrate.rs", &main);
    let program = package.build_migrate();
    (workspace, package, program)
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}:\n{text}"))
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// What the database says that it is made of.
fn catalogue(file: &Path) -> Vec<String> {
    let database = Connection::open(file).unwrap();
    let sql = "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema \
               WHERE name NOT LIKE 'sqlite_%' AND name NOT LIKE 'whimbrel_%' ORDER BY 1";
    let mut statement = database.prepare(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn from_a_clean_clone_to_a_database_and_back() {
    let (_workspace, package, program) = example("example-whole");
    let database = package.path("mail.db");

    // As it stands in the readme; the rest with the program that this has built.
    let ran = package.xtask(&["migrate", "apply"]).ends(0).says("9 migrations applied");
    let lines: Vec<&str> = ran.out.lines().collect();
    assert!(lines[0].starts_with("created      0007_retire_preferences"), "{}", ran.out);
    assert!(lines[1].starts_with("applied      0008_add_contacts"), "{}", ran.out);
    assert!(database.is_file());
    package
        .xtask(&["migrate", "apply"])
        .ends(0)
        .says("up to date: the database is at 0009_fold_gmail_addresses");
    package.migrate(&program, "pending").ends(0).says("nothing is pending");
    package.migrate(&program, "status --check").ends(0).says("at        0009_fold_gmail_addresses");
    let whole = catalogue(&database);

    // From any directory of the package, by any spelling of the URL.
    let ran =
        package.migrate(&program, &format!("status --url sqlite:{} --json", database.display())).ends(0);
    assert_eq!(json(&ran.out)["head"], "0009_fold_gmail_addresses");

    let history = package.migrate(&program, "history --json").ends(0);
    let history = json(&history.out);
    assert_eq!(keys(&history), ["command", "events"]);
    let events = history["events"].as_array().unwrap();
    assert_eq!(events.len(), 9);
    assert_eq!(
        keys(&events[0]),
        [
            "actor",
            "direction",
            "duration_ms",
            "event",
            "finished_at",
            "head_after",
            "head_hash_after",
            "method",
            "reversal",
            "revision",
            "started_at",
            "tool_version"
        ]
    );

    // A dry run says what it would do, and does nothing.
    let bytes = fs::read(&database).unwrap();
    package
        .migrate(&program, "rollback --steps 2 --dry-run")
        .ends(0)
        .says("-- roll back 0009_fold_gmail_addresses")
        .says("-- roll back 0008_add_contacts")
        .says("nothing was written");
    assert!(fs::read(&database).unwrap() == bytes, "a dry run wrote");

    package.migrate(&program, "rollback --steps 2").ends(0).says("2 migrations rolled back");
    assert_ne!(catalogue(&database), whole);
    package.migrate(&program, "status --check").ends(3);
    let pending = package.migrate(&program, "pending --json").ends(0);
    let pending: Vec<Value> = json(&pending.out)["pending"].as_array().unwrap().clone();
    assert_eq!(
        pending.iter().map(|one| one["revision"].as_str().unwrap()).collect::<Vec<_>>(),
        ["0008_add_contacts", "0009_fold_gmail_addresses"]
    );
    package.migrate(&program, "apply").ends(0).says("2 migrations applied");
    assert_eq!(catalogue(&database), whole);

    package.migrate(&program, "rollback --revision 0002_add_user_preferences").ends(0);
    package.migrate(&program, "status").ends(0).says("at        0002_add_user_preferences");
    package.migrate(&program, "apply --to 0004_move_signatures").ends(0);
    package.migrate(&program, "apply").ends(0);
    assert_eq!(catalogue(&database), whole);
    assert_eq!(archived(&package, &program), [""; 0], "there were no rows");
}

#[test]
fn what_migrations_drop_comes_back() {
    let (_workspace, package, program) = example("example-archive");
    let database = package.path("mail.db");
    package.migrate(&program, "archive list --json").ends(0);
    assert!(!database.exists(), "a question made a file");
    package.migrate(&program, "apply --to 0005_rename_sender").ends(0);
    let connection = Connection::open(&database).unwrap();
    connection
        .execute_batch(
            "INSERT INTO users (id, email) VALUES (1, 'ada@x');
             INSERT INTO emails (id, gmail_id, owner_id, sender, received_at) VALUES
               (1, 'm-1', 1, 'bob@x', '2026-01-31 23:59:59'), (2, 'm-2', 1, 'eve@x', '2026-02-01 00:00:00');
             INSERT INTO email_analyses (email_id, summary, score) VALUES (1, 'short', 0.125);
             INSERT INTO user_preferences (user_id, key, value, updated_at)
             VALUES (1, 'density', 'it''s', '2026-01-01 00:00:00')",
        )
        .unwrap();
    drop(connection);

    package.migrate(&program, "apply").ends(0).says("4 migrations applied");
    assert_eq!(
        archived(&package, &program),
        [
            "1 0006_retire_scores upgrade column email_analyses.score 1",
            "2 0007_retire_preferences upgrade table user_preferences 1"
        ]
    );
    let shown = json(&package.migrate(&program, "archive show 2 --json").ends(0).out);
    assert_eq!(shown["columns"], serde_json::json!(["user_id", "key", "value", "updated_at"]));
    assert_eq!(shown["rows"], serde_json::json!([["1", "density", "it's", "2026-01-01 00:00:00"]]));

    let connection = Connection::open(&database).unwrap();
    connection.execute("INSERT INTO email_analyses (email_id, summary) VALUES (2, 'new')", []).unwrap();
    drop(connection);
    package.migrate(&program, "rollback --revision 0005_rename_sender").ends(0);
    let connection = Connection::open(&database).unwrap();
    let text = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(
        text("SELECT group_concat(email_id || ' ' || score, ', ' ORDER BY email_id) FROM email_analyses"),
        "1 0.125, 2 0.5"
    );
    assert_eq!(
        text("SELECT group_concat(user_id || key || value || updated_at) FROM user_preferences"),
        "1densityit's2026-01-01 00:00:00"
    );
    // What came back is no longer kept; the contacts, which the rollback dropped, are.
    assert_eq!(archived(&package, &program), ["3 0008_add_contacts downgrade table contacts 2"]);
}

/// What the archive keeps: entry, revision, direction, kind, object and rows.
fn archived(package: &Package, program: &Path) -> Vec<String> {
    let list = json(&package.migrate(program, "archive list --json").ends(0).out);
    let entry = |entry: &Value| {
        let text = |key: &str| entry[key].as_str().unwrap().to_owned();
        let [revision, direction, kind, object] = ["revision", "direction", "kind", "object"].map(text);
        format!("{} {revision} {direction} {kind} {object} {}", entry["entry"], entry["rows"])
    };
    list["entries"].as_array().unwrap().iter().map(entry).collect()
}

#[test]
fn databases_that_are_not_what_they_should_be() {
    let (_workspace, package, program) = example("example-bad");
    let commands = ["apply", "apply --dry-run", "rollback --steps 1", "status", "pending", "history"];

    package.write("corrupt.db", &"This is no database. ".repeat(1000));
    let corrupt = fs::read(package.path("corrupt.db")).unwrap();
    for command in commands {
        let ran = package.migrate(&program, &format!("{command} --url sqlite:corrupt.db"));
        assert_ne!(ran.code, 0, "{command}: {}", ran.out);
        assert!(ran.err.starts_with("error: ") && ran.err.contains("help: "), "{command}: {}", ran.err);
        assert!(fs::read(package.path("corrupt.db")).unwrap() == corrupt, "{command} wrote");
    }
    let error = package.migrate(&program, "apply --url sqlite:corrupt.db --json");
    assert_eq!(json(&error.out)["error"]["exit_code"], error.code);

    // Questions make no file.
    for command in ["status", "pending", "history", "apply --dry-run", "rollback --steps 1"] {
        package.migrate(&program, &format!("{command} --url sqlite:new.db"));
        assert!(!package.path("new.db").exists(), "{command} made a file");
    }
    package.migrate(&program, "apply --url sqlite:no/such/directory/new.db").ends(1);

    // A history that ends with what this program does not know.
    package.migrate(&program, "apply").ends(0);
    let database = package.path("mail.db");
    Connection::open(&database)
        .unwrap()
        .execute(
            "UPDATE whimbrel_history SET revision = '0010_later', head_after = '0010_later', \
             head_hash_after = 'w1:00' WHERE event = 9",
            [],
        )
        .unwrap();
    let bytes = fs::read(&database).unwrap();
    for command in ["apply", "rollback --steps 1", "apply --dry-run"] {
        let ran = package.migrate(&program, command);
        assert_eq!(ran.code, 4, "{command}: {}", ran.err);
        assert!(ran.err.contains("0010_later") && ran.err.contains("help: "), "{command}: {}", ran.err);
        assert!(fs::read(&database).unwrap() == bytes, "{command} wrote");
    }
    package.migrate(&program, "history").ends(0).says("0010_later");
}

/// For root every file is writable, so that the mode alone proves nothing; SQLite is asked as well.
#[test]
fn a_file_that_cannot_be_written_stays_as_it_is() {
    let (_workspace, package, program) = example("example-read-only");
    package.migrate(&program, "apply --to 0003_add_user_settings").ends(0);
    let database = package.path("mail.db");
    let mut permissions = fs::metadata(&database).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&database, permissions).unwrap();
    let writable = fs::OpenOptions::new().append(true).open(&database).is_ok();
    let bytes = fs::read(&database).unwrap();
    package.migrate(&program, "status").ends(0).says("0003_add_user_settings");
    if !writable {
        package.migrate(&program, "apply").ends(1).complains("help: ");
        assert!(fs::read(&database).unwrap() == bytes);
    }
}

#[test]
fn nothing_says_which_database() {
    let (_workspace, package, program) = example("example-nowhere");
    package.migrate(&program, "status --env production").ends(2).complains("DATABASE_URL, which is not set");
    package.migrate(&program, "status --env prodution").ends(2).complains("did you mean `production`?");
    package.migrate(&program, "status --url postgres://ada:s3cr3t@db/mail").ends(2);
    package.migrate(&program, "aply").ends(2).complains("did you mean `apply`?");
    package.migrate(&program, "rollback").ends(2);
    package.migrate(&program, "rollback --steps 1 --revision 0001_create_mail").ends(2);
    package.migrate(&program, "apply --to 0009_nothing").ends(2);
    package.migrate(&program, "apply --to 0010_nothing").ends(2);
    package.migrate(&program, "--help").ends(0).says("Exit codes");
}

/// As it stands in the readme: from a clean clone to rows, and back to the one that was edited.
#[test]
fn seeds_fill_the_database_and_leave_what_was_edited() {
    let (_workspace, package, program) = example("example-seeds");
    let database = package.path("mail.db");
    package.migrate(&program, "seed all").ends(3).complains("seeds are for the newest schema");
    package.xtask(&["migrate", "apply"]).ends(0);
    let plan = package.migrate(&program, "seed plan all").ends(0).says("load demo");
    assert!(plan.out.contains("emails  3 written (insert)"), "{}", plan.out);
    package.migrate(&program, "seed status").ends(0).says("no seeds are loaded");
    package
        .xtask(&["seed", "all"])
        .ends(0)
        .says("loaded demo")
        .says("loaded fixtures")
        .says("loaded reference")
        .says("rows loaded");
    package.migrate(&program, "seed all").ends(0).says("everything is loaded");
    let status = package.migrate(&program, "seed status --json").ends(0);
    let status = json(&status.out);
    assert_eq!(keys(&status), ["command", "environment", "sets"]);
    assert_eq!(
        (status["environment"].as_str(), status["sets"][0]["state"].as_str()),
        (Some("dev"), Some("current"))
    );

    let connection = Connection::open(&database).unwrap();
    let edit = "UPDATE users SET display_name = 'Countess' WHERE email = 'ben@example.com'";
    assert_eq!(connection.execute(edit, []).unwrap(), 1);
    let plan = "seed clean --dry-run";
    package.migrate(&program, plan).ends(0).says("would stay users `ben` (id = 2): edited since");
    let plan = json(&package.migrate(&program, &format!("{plan} --json")).ends(0).out);
    assert_eq!((keys(&plan), plan["dry_run"].as_bool()), (vec!["command", "dry_run", "sets"], Some(true)));
    package.migrate(&program, "seed all").ends(0).says("everything is loaded");
    package.migrate(&program, "seed clean").ends(0).says("kept users `ben` (id = 2): edited since");
    let count = |table: &str| -> i64 {
        connection.query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    };
    let tables = ["emails", "email_analyses", "email_labels", "gmail_labels", "contacts", "user_settings"];
    assert_eq!(tables.map(count), [0; 6]);
    let left: String = connection.query_row("SELECT email FROM users", [], |row| row.get(0)).unwrap();
    assert_eq!(left, "ben@example.com");

    // Another environment is refused, and so is what a protected one does not take.
    package
        .migrate(&program, "seed run --env test --url sqlite:mail.db")
        .ends(5)
        .complains("this database is environment `dev`");
    package.migrate(&program, "apply --url sqlite:production.db").ends(0);
    let production = "--env production --url sqlite:production.db";
    package
        .migrate(&program, &format!("seed all {production}"))
        .ends(5)
        .complains("is protected, and set `demo`");
    package.migrate(&program, &format!("seed run {production}")).ends(0).says("loaded reference  14 rows");
    package
        .migrate(&program, &format!("seed clean {production}"))
        .ends(5)
        .complains("nothing is cleaned there");

    // A file that the program does not have is checked by the same code, with the same words.
    package.write("own.toml", "set = \"own\"\n[users.rows]\neve = { emial = \"eve@example.com\" }\n");
    package
        .migrate(&program, "seed check own.toml")
        .ends(2)
        .complains("error[W0204]: table `users` has no column `emial`")
        .complains("did you mean `email`?");
    package.write("own.toml", "set = \"reference\"\n[users.rows]\neve = { emial = \"eve@example.com\" }\n");
    package
        .migrate(&program, "seed check own.toml")
        .ends(2)
        .complains("the file has set `reference` in the place of the program's");
    package.write("own.toml", "set = \"own\"\n[users.rows]\neve = { email = \"eve@example.com\" }\n");
    package.migrate(&program, "seed file own.toml").ends(0).says("loaded own  1 row in ");
    let exported = package.migrate(&program, "seed export users").ends(0).out;
    assert!(exported.contains("email = \"eve@example.com\""), "{exported}");
    let settings = package.migrate(&program, "seed export user_settings").ends(0).out;
    assert!(settings.contains("# user_settings.user_id: rows of users by their keys"), "{settings}");
    package.write("exported.toml", &exported);
    package.migrate(&program, "seed check exported.toml").ends(0).says("exported");
}

/// A function of the package makes values, and rustc sees to their types.
#[test]
fn functions_of_the_package_are_typed() {
    let (workspace, package, _) = example("example-calls");
    let lib = package.read("src/lib.rs");
    let with = |of: &str| {
        format!("{lib}\npub fn size(call: &mut whimbrel::seed::Call) -> {of} {{ call.number as {of} }}\n")
    };
    let seeds = "set = \"calls\"\n[users.rows]\neve = { email = \"eve@example.com\" }\n\
                 [[emails.generate]]\nfor_each = \"users\"\ncount = 3\n\
                 columns = { gmail_id = { text = \"call-{row}\" }, sender = \"a@example.com\", received_at = \"now\", \
                 size_bytes = { call = \"crate::size\" } }\n";
    package.write("seeds/calls.toml", seeds);
    package.write("src/lib.rs", &with("f64"));
    let report = workspace.check().explain();
    assert!(report.contains("expected `i64`, found `f64`"), "{report}");
    package.write("src/lib.rs", &with("i64"));
    let program = package.build_migrate();
    package.migrate(&program, "apply").ends(0);
    package.migrate(&program, "seed set calls").ends(0).says("4 rows loaded");
    let connection = Connection::open(package.path("mail.db")).unwrap();
    let sum: i64 = connection.query_row("SELECT SUM(size_bytes) FROM emails", [], |row| row.get(0)).unwrap();
    assert_eq!(sum, 6);
}
