//! There and back, with rows.

use generated_example::db::PROJECT;
use whimbrel::{Apply, ErrorKind, Rollback};

use crate::engine::{Engine, engines};

const PEOPLE: &str = "INSERT INTO users (email) VALUES ('ada@x'), ('bob@x'), ('eve@x')";
const MESSAGES: &str = "INSERT INTO emails (gmail_id, owner_id, from_address, received_at) VALUES \
    ('m-1', 1, 'A.da+x@gmail.com', '2001-01-31 23:59:59'), ('m-2', 1, NULL, '2001-02-01 00:00:00'), \
    ('m-3', 2, 'ada@gmail.com', '2001-02-01 00:00:01'), ('m-4', 1, 'ada@gmail.com', '2001-02-02 00:00:00')";

fn fill(engine: &mut dyn Engine) {
    for sql in [
        PEOPLE,
        MESSAGES,
        "INSERT INTO gmail_labels (owner_id, name) VALUES (1, 'work')",
        "INSERT INTO email_labels (email_id, label_id) VALUES (1, 1), (2, 1)",
    ] {
        engine.run(sql).unwrap();
    }
}

#[test]
fn the_same_migrations_lead_to_the_same_rows() {
    for mut engine in engines() {
        let name = engine.name();
        let mut migrator = engine.migrator().jump(false);
        migrator.apply(Apply::To("0003")).unwrap_or_else(|error| panic!("{name}: {error}"));
        fill(&mut *engine);
        // A sender that nobody knew stays filled in.
        let before = everything(&mut *engine).join("\n").replace("2|m-2|1|NULL", "2|m-2|1|unknown@invalid");
        let report = migrator.apply(Apply::All).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(report.completed.len(), PROJECT.migrations.len() - 3, "{name}");
        assert!(migrator.is_current().unwrap(), "{name}");
        assert_eq!(migrator.check().map_err(|error| error.kind()), Ok(()), "{name}");
        assert_eq!(
            engine.table("contacts", "owner_id, address, messages"),
            ["1|ada@gmail.com|2", "1|unknown@invalid|1", "2|ada@gmail.com|1"],
            "{name}"
        );
        assert_eq!(
            engine.table("emails", "id, sender, size_bytes"),
            ["1|A.da+x@gmail.com|0", "2|unknown@invalid|0", "3|ada@gmail.com|0", "4|ada@gmail.com|0"],
            "{name}"
        );
        migrator.rollback(Rollback::To("0003")).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(everything(&mut *engine).join("\n"), before, "{name}: as it was, from the archive");
        migrator.apply(Apply::All).unwrap_or_else(|error| panic!("{name}: {error}"));
        let all = PROJECT.migrations.len();
        migrator.rollback(Rollback::Steps(all)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(migrator.pending().unwrap().len(), all, "{name}");
        assert_eq!(migrator.check().unwrap_err().kind(), ErrorKind::Pending, "{name}");
    }
}

/// What is in the tables of the third migration.
fn everything(engine: &mut dyn Engine) -> Vec<String> {
    let tables = [
        ("users", "id, email, display_name"),
        ("emails", "id, gmail_id, owner_id, from_address, subject, body, size_bytes"),
        ("gmail_labels", "id, owner_id, name, color"),
        ("email_labels", "email_id, label_id"),
        ("user_settings", "user_id, theme, language, timezone, digest"),
    ];
    tables.iter().flat_map(|(table, columns)| engine.table(table, columns)).collect()
}

#[test]
fn an_empty_database_jumps() {
    for mut engine in engines() {
        let name = engine.name();
        let report = engine.migrator().apply(Apply::All).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(report.completed.len(), PROJECT.migrations.len(), "{name}");
        let jumped = report.completed.iter().filter(|done| done.method == whimbrel::Method::Jump).count();
        assert_eq!(jumped, 7, "{name}");
        engine.run(PEOPLE).unwrap();
        let mut migrator = engine.migrator();
        migrator.rollback(Rollback::To("0002")).unwrap_or_else(|error| panic!("{name}: {error}"));
        migrator.apply(Apply::All).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(engine.table("users", "id, email"), ["1|ada@x", "2|bob@x", "3|eve@x"], "{name}");
    }
}
