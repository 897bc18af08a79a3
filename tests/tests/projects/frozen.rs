//! What no later version may change: applied migrations cannot be edited, and databases keep what
//! was written into them.
//!
//! The fixtures are a project with the whole vocabulary of `whimbrel::v1`, the hash and the steps
//! of each of its migrations, and the tables that a database is given.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::harness::{Package, Workspace, files_below};

const FROZEN: &str = "is frozen since the first release. Old migrations and databases hold it, so it is never \
                      changed: what comes later is added beside it, under another tag, format or version";

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/v1").join(name)
}

#[track_caller]
fn is_frozen(name: &str, actual: &str) {
    let expected = fs::read_to_string(fixture(name)).unwrap_or_default().replace("\r\n", "\n");
    if expected != actual {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::write(&path, actual).unwrap();
        panic!(
            "tests/fixtures/v1/{name} {FROZEN}.\nWhat it would be now is in {}:\n{actual}",
            path.display()
        );
    }
}

/// The steps of a plan, by revision.
fn planned(package: &Package, program: &std::path::Path, command: &str) -> Vec<(String, Vec<String>)> {
    let ran = package.migrate(program, &format!("{command} --dry-run --json")).ends(0);
    let plan: Value = serde_json::from_str(&ran.out).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let steps =
        |one: &Value| one["steps"].as_array().unwrap().iter().map(|step| text(&step["text"])).collect();
    plan["planned"].as_array().unwrap().iter().map(|one| (text(&one["revision"]), steps(one))).collect()
}

/// The rows of a query, each as a line.
fn rows(package: &Package, sql: &str) -> Vec<String> {
    let database = rusqlite::Connection::open(package.path("app.db")).unwrap();
    let mut statement = database.prepare(sql).unwrap();
    let width = statement.column_count();
    let line = |row: &rusqlite::Row<'_>| {
        let cells = (0..width).map(|index| row.get::<_, rusqlite::types::Value>(index).unwrap());
        Ok(cells.map(|cell| text(&cell)).collect::<Vec<_>>().join(" | "))
    };
    statement.query_map([], line).unwrap().map(Result::unwrap).collect()
}

/// A value as SQL would write it.
fn text(value: &rusqlite::types::Value) -> String {
    use rusqlite::types::Value;
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Value::Blob(bytes) => format!("{bytes:02x?}"),
    }
}

/// What the archive keeps of the migrations that have a way back, by the direction that destroyed it.
fn archived(package: &Package, program: &std::path::Path, direction: &str) -> Vec<String> {
    let list = package.migrate(program, "archive list --json").ends(0);
    let list: Value = serde_json::from_str(&list.out).unwrap();
    let entries = list["entries"].as_array().unwrap().iter();
    let entries = entries
        .filter(|entry| entry["direction"] == direction && entry["revision"].as_str().unwrap() >= "0008");
    entries.map(|entry| format!("{} {}", entry["kind"], entry["object"])).collect()
}

const KEEPSAKES: &str = "SELECT id, whole, label, amount, scent, weight, tint FROM keepsakes ORDER BY id";
const HEIRLOOMS: &str = "SELECT owner, nr, data, note FROM heirlooms ORDER BY owner, nr";

/// What hand-written SQL and code write into `scratch`.
const WRITTEN: [&str; 4] = [
    "1 | 'a long l' | 7 | NULL",
    "100 | 'true -7 4899930000 140737488355327 0.5 -1.5e300 abc [0, 255, 97, 98] None Some(5) \
     [\"12.50\", \"it''s \\\"quoted\\\" 🦀 \\\\ ?1 :x\\n\\ttwo\", \"2026-01-31\", \"23:59:59\", \
     \"67e55044-10b1-426f-9247-bb680e5fe0c8\", \"{\\\"theme\\\": \\\"dark\\\"}\", \
     \"it''s \\\"quoted\\\" 🦀 \\\\ ?1 :x\\n\\ttwo-ABC\"]' | NULL | [00, ff]",
    "101 | 'false 2 0 -9223372036854775807 1.0 0.1 x\\y [97, 98, 99, 100] None Some(5) \
     [\"-0.01\", \"it''s \\\"quoted\\\"\", \"1970-01-01\", \"00:00:00\", \
     \"00000000-0000-0000-0000-000000000000\", \"[]\", \"it''s \\\"quoted\\\"-X\\\\Y\"]' | 5 | [00, ff]",
    "200 | '1 -7 70000 140737488355327 -1.5 it''s ?1 6162' | 19 | NULL",
];

#[test]
fn the_vocabulary_its_steps_and_its_hashes() {
    let workspace = Workspace::new();
    let package = workspace.package_with("frozen", &files_below(&fixture("")));
    package.xtask(&["migrate-check"]).ends(0);
    let program = package.build_migrate();

    let pending = package.migrate(&program, "pending --json").ends(0);
    let pending: Value = serde_json::from_str(&pending.out).unwrap();
    let upgrades = planned(&package, &program, "apply --no-jump");
    // What is proven by the build is also what runs.
    package.migrate(&program, "apply --to 0004_keep_code").ends(0);
    let mut downgrades = planned(&package, &program, "rollback --steps 4");
    package.migrate(&program, "rollback --steps 4").ends(0);

    // There is no way back behind the fifth, so those after it go back by themselves.
    package.migrate(&program, "apply --to 0007_add_keepsakes").ends(0);
    let before = [KEEPSAKES, HEIRLOOMS].map(|sql| rows(&package, sql));
    assert_eq!(before.each_ref().map(Vec::len), [2, 2]);
    package.migrate(&program, "apply").ends(0);
    let after = ["1 | 7 | 'a long l' | '12.50' | 'it''s \"a long l\"'", "2 | 0 | 'none' | '0.00' | NULL"];
    assert_eq!(rows(&package, "SELECT * FROM keepsakes ORDER BY id"), after);
    assert_eq!(rows(&package, "SELECT * FROM scratch ORDER BY id"), WRITTEN);
    assert_eq!(archived(&package, &program, "upgrade").len(), 7);
    // Hand-written SQL drops `scratch`, and nothing is kept of it.
    let back = "--allow WHD101:scratch";
    downgrades.extend(planned(&package, &program, &format!("rollback --revision 0006_last {back}")));
    package.migrate(&program, &format!("rollback --revision 0007_add_keepsakes {back}")).ends(0);
    assert_eq!([KEEPSAKES, HEIRLOOMS].map(|sql| rows(&package, sql)), before, "all of it comes back");
    assert_eq!(archived(&package, &program, "upgrade"), [""; 0], "and is kept no longer");
    package.migrate(&program, "rollback --revision 0006_last").ends(0);
    package.migrate(&program, "apply").ends(0);
    assert_eq!(rows(&package, "SELECT * FROM scratch ORDER BY id"), WRITTEN);

    let mut text = String::new();
    for (migration, (revision, steps)) in pending["pending"].as_array().unwrap().iter().zip(upgrades) {
        writeln!(text, "{revision}\n{}", migration["hash"].as_str().unwrap()).unwrap();
        for step in steps {
            writeln!(text, "up: {step}").unwrap();
        }
        for step in downgrades.iter().filter(|(name, _)| *name == revision).flat_map(|(_, steps)| steps) {
            writeln!(text, "down: {step}").unwrap();
        }
        text.push('\n');
    }
    is_frozen("steps.txt", &text);
}

#[test]
fn the_tables_in_every_database() {
    is_frozen("history.sql", &format!("{}\n", whimbrel::HISTORY_DDL));
    is_frozen("journal.sql", &format!("{}\n", whimbrel::JOURNAL_DDL));
    is_frozen("archive.sql", &format!("{}\n", whimbrel::ARCHIVE_DDL));
    is_frozen("seeds.sql", &format!("{}\n", whimbrel::seed::SEEDS_DDL));
    assert_eq!(whimbrel::FORMAT, 1);
}
