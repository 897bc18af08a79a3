//! What a package's tests do with its migrations.

use generated_example::db;
use whimbrel::testing;

/// The build has tried all steps but Rust code; here it runs as well.
#[test]
fn every_migration_holds_on_rows() -> Result<(), whimbrel::Error> {
    let replayed = testing::replay(&db::PROJECT)?;
    assert!(replayed.empty_tables.is_empty(), "{replayed:?}");
    Ok(())
}

#[test]
fn every_test_has_a_database_of_its_own() -> Result<(), Box<dyn std::error::Error>> {
    let (one, other) = (testing::fresh(&db::PROJECT)?, testing::fresh(&db::PROJECT)?);
    one.execute("INSERT INTO users (email) VALUES ('ada@example.com')", [])?;
    let users = |database: &rusqlite::Connection| -> rusqlite::Result<i64> {
        database.query_row("SELECT count(*) FROM users", [], |row| row.get(0))
    };
    assert_eq!((users(&one)?, users(&other)?), (1, 0));
    // Foreign keys are enforced, as in the application.
    let orphan = "INSERT INTO contacts (owner_id, address, messages, latest_at) VALUES (7, 'a', 1, '')";
    assert!(one.execute(orphan, []).is_err());
    // It is as migrated as any: there is nothing to apply.
    let mut other = other;
    whimbrel::Migrator::new(&db::PROJECT, &mut other).check()?;
    Ok(())
}

#[test]
fn a_fresh_file_is_not_written_over_another() -> Result<(), Box<dyn std::error::Error>> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("mail.db");
    testing::fresh_file(&db::PROJECT, &path)?;
    let url = format!("sqlite:{}", path.display());
    whimbrel::Migrator::open(&db::PROJECT, &url, directory.path())?.check()?;
    assert!(testing::fresh_file(&db::PROJECT, &path).is_err());
    Ok(())
}

/// What reviewers read: whoever changes a migration sees in the snapshot what will run.
#[test]
fn every_migration_has_a_review() -> Result<(), String> {
    for (revision, review) in whimbrel_build::reviews(env!("CARGO_MANIFEST_DIR"))? {
        insta::assert_snapshot!(revision, review);
    }
    Ok(())
}
