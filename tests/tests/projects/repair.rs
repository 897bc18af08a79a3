//! A migration whose files were deleted: the error names the command that brings them back.

use std::process::Command;

use crate::harness::{Package, Workspace};

/// Runs git as nobody in particular; `None` where there is none.
fn git(package: &Package, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .args(["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .current_dir(&package.root)
        .output();
    let output = output.ok()?;
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn files_of_a_migration_that_are_gone_come_back() {
    let workspace = Workspace::new();
    let package = workspace.package("repair-deleted");
    package.write("schema/notes.toml", "[table.notes.columns]\nid = \"bigint\"\n");
    package.xtask(&["migrate-new", "create_notes"]).ends(0);
    package.append("schema/notes.toml", "text = \"text?\"\n");
    package.xtask(&["migrate-new", "add_text"]).ends(0);
    let migrate = package.build_migrate();
    package.migrate(&migrate, "apply").ends(0);
    package.migrate(&migrate, "verify").ends(0).says("2 applied");
    if git(&package, &["init", "--quiet"]).is_none() {
        eprintln!("skipped: git cannot be run");
        return;
    }
    git(&package, &["add", "schema", "migrations"]);
    git(&package, &["commit", "--quiet", "-m", "Notes"]);

    // Whether the deletion was committed or not.
    for committed in [false, true] {
        package.remove("migrations/0002_add_text");
        package.replace("schema/notes.toml", "text = \"text?\"\n", "");
        if committed {
            git(&package, &["commit", "--quiet", "--all", "-m", "Gone"]);
        }
        let without = package.build_migrate();
        let said = package.migrate(&without, "verify").ends(4).complains("0002_add_text");
        assert_eq!(package.migrate(&without, "apply").ends(4).err, said.err);
        let command = said.err.lines().find_map(|line| line.split_once("git checkout").map(|(_, rest)| rest));
        let command = format!("git checkout{}", command.unwrap_or_else(|| panic!("{}", said.err)));
        let ran = Command::new("sh").args(["-c", &command]).current_dir(&package.root).output().unwrap();
        assert!(ran.status.success(), "{command}: {}", String::from_utf8_lossy(&ran.stderr));
        assert!(package.path("migrations/0002_add_text/migration.rs").is_file());
        package.append("schema/notes.toml", "text = \"text?\"\n");
        let with = package.build_migrate();
        package.migrate(&with, "verify").ends(0).says("2 applied");
    }
}

/// By the command that the error names, and no other.
#[test]
fn a_history_that_lost_a_row_is_mended_by_the_command_that_is_named() {
    let workspace = Workspace::new();
    let package = workspace.package("repair-history");
    package.write("schema/notes.toml", "[table.notes.columns]\nid = \"bigint\"\n");
    package.xtask(&["migrate-new", "create_notes"]).ends(0);
    package.append("schema/notes.toml", "text = \"text?\"\n");
    package.xtask(&["migrate-new", "add_text"]).ends(0);
    let migrate = package.build_migrate();
    package.migrate(&migrate, "apply").ends(0);
    let database = rusqlite::Connection::open(package.path("app.db")).unwrap();
    database.execute_batch("DELETE FROM whimbrel_history WHERE event = 2").unwrap();
    let said = package.migrate(&migrate, "apply").ends(1).complains("is what 0002_add_text leads to");
    let command = said.err.trim_end().rsplit(": migrate ").next().unwrap();
    assert_eq!(command, "repair --history");
    package.migrate(&migrate, command).ends(0).says("write event 2: upgrade 0002_add_text, by this repair");
    package.migrate(&migrate, "apply").ends(0).says("up to date");
}
