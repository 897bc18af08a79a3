//! What is replayed, and what need not be.

use std::fs;
use std::path::Path;

use super::{Proven, replay};
use crate::analysis::Analysis;

const CODE: &str = "use super::v0001 as after;\nuse whimbrel::v1::*;\n\n\
    pub fn upgrade(db: &mut Editor<'_>) -> Result<()> {\n    db.create_table(after::Users)?;\n    Ok(())\n}\n\n\
    pub fn downgrade(db: &mut Editor<'_>) -> Result<()> {\n    db.drop_table(after::Users)?;\n    Ok(())\n}\n";

/// A package with a table that has this check, in its schema and in its only migration.
fn package(root: &Path, config: &str, check: &str) {
    let table = format!("[table.users]\ncolumns.name = \"text\"\nchecks.users_name_check = \"{check}\"\n");
    let migration = root.join("migrations/0001_create_users");
    fs::create_dir_all(&migration).unwrap();
    fs::create_dir_all(root.join("schema")).unwrap();
    let head = "format = 1\nrevision = \"0001_create_users\"\nhazards = 1\n\n";
    fs::write(migration.join("snapshot.toml"), format!("{head}{table}")).unwrap();
    fs::write(migration.join("migration.rs"), CODE).unwrap();
    fs::write(root.join("schema/users.toml"), table).unwrap();
    fs::write(root.join("whimbrel.toml"), config).unwrap();
}

/// The codes that a replay finds.
fn codes(root: &Path, proven: &mut Proven) -> Vec<String> {
    let mut analysis = Analysis::of(root);
    assert_eq!(analysis.diagnostics, []);
    replay(&mut analysis, proven);
    analysis.diagnostics.iter().map(|diagnostic| diagnostic.code.to_string()).collect()
}

fn hash(root: &Path) -> String {
    Analysis::of(root).chain.links[0].hash.clone().unwrap()
}

#[test]
fn what_is_proven_is_not_tried_again_and_what_failed_is() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    package(root, "", "lenght(name) > 0");
    let bad = hash(root);
    let mut proven = Proven::default();
    assert_eq!(codes(root, &mut proven), ["W0218"]);
    assert!(!proven.has(&bad));
    assert_eq!(codes(root, &mut proven), ["W0218"], "a failure is no proof");
    // Only to see that it is not tried: nothing that fails is ever noted.
    proven.add(&bad);
    assert_eq!(codes(root, &mut proven), Vec::<String>::new());

    package(root, "", "length(name) > 0");
    assert_eq!(codes(root, &mut proven), Vec::<String>::new());
    assert!(proven.has(&hash(root)) && !proven.has(&bad), "what is gone is forgotten");
}

#[test]
fn where_sqlite_is_no_dialect_nothing_is_tried() {
    let directory = tempfile::tempdir().unwrap();
    package(directory.path(), "dialects = [\"postgres\"]\n", "lenght(name) > 0");
    assert_eq!(codes(directory.path(), &mut Proven::default()), Vec::<String>::new());
}
