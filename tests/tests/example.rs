//! The mail application of `generated-example`: the SQL of every migration, reviewed, and its rows
//! on the way up, back, and up again.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

mod support;

use std::fmt::Write as _;

use generated_example::db::PROJECT;
use rusqlite::Connection;
use support::catalogue::catalogue;
use support::database::{lines, memory, run, unsound, value};
use whimbrel::{Apply, Direction, Method, Migrator, Planned, Rollback};

#[test]
fn every_migration_has_its_reviewed_sql() {
    let mut db = memory();
    let up = Migrator::new(&PROJECT, &mut db).jump(false).plan_apply(Apply::All).unwrap();
    assert_eq!(catalogue(&db), "", "a plan writes nothing");
    Migrator::new(&PROJECT, &mut db).apply(Apply::All).unwrap();
    let mut down = Migrator::new(&PROJECT, &mut db).plan_rollback(Rollback::Steps(up.len())).unwrap();
    down.reverse();
    assert_eq!((up.len(), down.len()), (PROJECT.migrations.len(), PROJECT.migrations.len()));
    for ((migration, up), down) in PROJECT.migrations.iter().zip(&up).zip(&down) {
        assert_eq!([migration.revision; 2], [&up.revision, &down.revision]);
        assert_eq!((up.direction, down.direction), (Direction::Upgrade, Direction::Downgrade));
        let sql = format!("reversal: {}\n{}{}", up.reversal, story(up), story(down));
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(migration.revision, sql);
        });
    }
}

#[test]
fn a_jump_leads_where_the_steps_lead() {
    let mut by_steps = memory();
    for (index, migration) in PROJECT.migrations.iter().enumerate() {
        let to = Apply::To(migration.revision);
        Migrator::new(&PROJECT, &mut by_steps).jump(false).apply(to).unwrap();
        let mut jumped = memory();
        let report = Migrator::new(&PROJECT, &mut jumped).apply(to).unwrap();
        assert_eq!(report.completed.len(), index + 1);
        assert_eq!(catalogue(&jumped), catalogue(&by_steps), "{}", migration.revision);
    }
    let events = Migrator::new(&PROJECT, &mut by_steps).history().unwrap();
    assert!(events.iter().all(|event| event.method == Method::Steps));
}

/// A planned migration for a reader.
fn story(planned: &Planned) -> String {
    let mut out = format!("\n== {}\n", planned.direction);
    for destroyed in planned.destroys {
        let _ = writeln!(out, "!! {destroyed}");
    }
    for (number, step) in planned.steps.iter().enumerate() {
        let _ = writeln!(out, "\n-- {}. {}", number + 1, step.text);
        for statement in &step.statements {
            let _ = writeln!(out, "{statement}");
        }
    }
    out
}

#[test]
fn signatures_move_there_and_back() {
    let mut db = at("0003");
    run(
        &db,
        "INSERT INTO users (email) VALUES ('ada@x'), ('bob@x'), ('eve@x');
         INSERT INTO user_preferences (user_id, key, value) VALUES
           (1, 'signature', 'Ada''s -- \"regards\"'), (1, 'density', 'compact'), (2, 'signature', ''), (3, 'density', 'wide')",
    );
    let preferences = "SELECT user_id, key, value FROM user_preferences ORDER BY 1, 2";
    let signatures = "SELECT user_id, body FROM signatures ORDER BY 1";
    let before = lines(&db, preferences);
    apply(&mut db, Apply::To("0004"));
    assert_eq!(lines(&db, preferences), ["1 | 'density' | 'compact'", "3 | 'density' | 'wide'"]);
    assert_eq!(lines(&db, signatures), ["1 | 'Ada''s -- \"regards\"'", "2 | ''"]);

    run(&db, "UPDATE signatures SET body = 'B.' WHERE user_id = 2; INSERT INTO signatures VALUES (3, 'E.')");
    roll_back(&mut db, Rollback::Steps(1));
    let mut expected = before;
    expected[2] = "2 | 'signature' | 'B.'".to_owned();
    expected.push("3 | 'signature' | 'E.'".to_owned());
    assert_eq!(lines(&db, preferences), expected);

    apply(&mut db, Apply::To("0004"));
    assert_eq!(lines(&db, signatures), ["1 | 'Ada''s -- \"regards\"'", "2 | 'B.'", "3 | 'E.'"]);
    assert_eq!(unsound(&db), None);
}

#[test]
fn senders_are_filled_and_stay() {
    let mut db = at("0004");
    run(
        &db,
        "INSERT INTO users (email) VALUES ('ada@x');
         INSERT INTO emails (gmail_id, owner_id, from_address, received_at) VALUES
           ('m-1', 1, 'bob@x', '2026-01-31 23:59:59'), ('m-2', 1, NULL, '2026-02-01 00:00:00'), ('m-3', 1, NULL, '2026-02-01 00:00:01');
         DELETE FROM emails WHERE gmail_id = 'm-3';
         INSERT INTO gmail_labels (owner_id, name) VALUES (1, 'work');
         INSERT INTO email_labels VALUES (1, 1), (2, 1);
         INSERT INTO email_analyses (email_id, summary, score) VALUES (2, 'short', 0.5)",
    );
    let rest = "SELECT id, gmail_id, owner_id, subject, body, is_read, size_bytes, received_at FROM emails";
    let children = "SELECT l.email_id, label_id, a.summary, a.analysed_at FROM email_labels l \
                    LEFT JOIN email_analyses a ON a.email_id = l.email_id";
    let before = (lines(&db, rest), lines(&db, children));
    apply(&mut db, Apply::To("0005"));
    assert_eq!(lines(&db, "SELECT sender FROM emails"), ["'bob@x'", "'unknown@invalid'"]);
    let kept = ["1 0005_rename_sender upgrade values emails.from_address: 2 | NULL | unknown@invalid"];
    assert_eq!(archive(&mut db), kept, "the NULL is kept");
    assert_eq!((lines(&db, rest), lines(&db, children)), before);
    assert!(db.execute("UPDATE emails SET sender = NULL", []).is_err());

    // The downgrade does not say `.restore()`, so the sender stays, and what it was stays kept.
    roll_back(&mut db, Rollback::Steps(1));
    assert_eq!(lines(&db, "SELECT from_address FROM emails"), ["'bob@x'", "'unknown@invalid'"]);
    assert_eq!((lines(&db, rest), lines(&db, children)), before);
    assert_eq!(archive(&mut db), kept);
    run(&db, "UPDATE emails SET from_address = NULL WHERE id = 1");
    apply(&mut db, Apply::To("0005"));
    assert_eq!(lines(&db, "SELECT sender FROM emails"), ["'unknown@invalid'"; 2]);
    run(
        &db,
        "INSERT INTO emails (gmail_id, owner_id, sender, received_at) VALUES ('m-4', 1, 'eve@x', '2026-03-01 00:00:00')",
    );
    assert_eq!(value(&db, "SELECT id FROM emails WHERE gmail_id = 'm-4'"), "4", "3 was given out before");
    let rows = (lines(&db, rest), lines(&db, children));
    apply(&mut db, Apply::All);
    assert_eq!(
        lines(&db, "SELECT sender FROM emails"),
        ["'unknown@invalid'", "'unknown@invalid'", "'eve@x'"],
        "later migrations leave them alone"
    );
    assert_eq!((lines(&db, rest), lines(&db, children)), rows);
    assert_eq!(unsound(&db), None);
}

#[test]
fn scores_and_preferences_come_back() {
    let mut db = at("0005");
    run(
        &db,
        "INSERT INTO users (email) VALUES ('ada@x'), ('bob@x');
         INSERT INTO emails (gmail_id, owner_id, sender, received_at, size_bytes) VALUES
           ('m-1', 1, 'a@x', '2026-01-31 23:59:59', 7), ('m-2', 1, 'b@x', '2026-02-01 00:00:00', 8),
           ('m-3', 2, 'c@x', '2026-02-01 00:00:01', 9), ('m-4', 2, 'd@x', '2026-02-01 00:00:02', 2147483647);
         INSERT INTO email_analyses (email_id, summary, score) VALUES (1, 'one', 0.0), (2, 'two', 0.75), (3, 'three', 1.0);
         INSERT INTO user_preferences VALUES
           (1, 'density', 'it''s', '2026-01-01 00:00:00'), (2, 'density', '', '2026-01-01 00:00:01'), (2, 'x', '?1', '2026-01-01 00:00:02')",
    );
    let sizes = "SELECT id, size_bytes FROM emails ORDER BY id";
    let scores = "SELECT email_id, summary, score FROM email_analyses ORDER BY email_id";
    let preferences = "SELECT * FROM user_preferences ORDER BY 1, 2";
    let before = [sizes, scores, preferences].map(|sql| lines(&db, sql));
    let shape = catalogue(&db);
    apply(&mut db, Apply::All);
    let kept = archive(&mut db);
    assert_eq!(
        kept,
        [
            "1 0006_retire_scores upgrade column email_analyses.score: 1 | 0; 2 | 0.75; 3 | 1",
            "2 0007_retire_preferences upgrade table user_preferences: 1 | density | it's | 2026-01-01 00:00:00; \
             2 | density |  | 2026-01-01 00:00:01; 2 | x | ?1 | 2026-01-01 00:00:02",
        ]
    );
    roll_back(&mut db, Rollback::To("0005"));
    assert_eq!([sizes, scores, preferences].map(|sql| lines(&db, sql)), before);
    assert_eq!(catalogue(&db), shape);
    // Only the contacts are kept, which the rollback dropped.
    let contacts = archive(&mut db);
    assert_eq!(contacts.len(), 1);
    assert!(contacts[0].starts_with("3 0008_add_contacts downgrade table contacts: "), "{contacts:?}");

    // Rows that came meanwhile have the backfill, those that went stay away, changed keys are other rows.
    apply(&mut db, Apply::All);
    run(
        &db,
        "DELETE FROM email_analyses WHERE email_id = 2;
         INSERT INTO email_analyses (email_id, summary) VALUES (4, 'four');
         UPDATE email_analyses SET summary = 'changed' WHERE email_id = 3",
    );
    roll_back(&mut db, Rollback::To("0005"));
    assert_eq!(lines(&db, scores), ["1 | 'one' | 0.0", "3 | 'changed' | 1.0", "4 | 'four' | 0.5"]);
    assert_eq!(lines(&db, preferences), before[2]);
    assert_eq!(unsound(&db), None);
}

#[test]
fn two_steps_back_and_up_again_is_the_same_catalogue() {
    let mut db = at("0005");
    let top = catalogue(&db);
    let report = roll_back(&mut db, Rollback::Steps(2));
    assert_eq!(report, ["0005_rename_sender", "0004_move_signatures"]);
    assert_eq!(catalogue(&db), catalogue(&at("0003")));
    assert_eq!(apply(&mut db, Apply::To("0005")), ["0004_move_signatures", "0005_rename_sender"]);
    assert_eq!(catalogue(&db), top);
    assert_eq!(apply(&mut db, Apply::To("0005")), [""; 0], "it is there");

    let later =
        ["0006_retire_scores", "0007_retire_preferences", "0008_add_contacts", "0009_fold_gmail_addresses"];
    assert_eq!(apply(&mut db, Apply::All), later);
    let top = catalogue(&db);
    assert_eq!(roll_back(&mut db, Rollback::Steps(2)), [later[3], later[2]]);
    assert_eq!(catalogue(&db), catalogue(&at("0007")));
    assert_eq!(apply(&mut db, Apply::All), later[2..]);
    assert_eq!(catalogue(&db), top);
    assert_eq!(apply(&mut db, Apply::All), [""; 0], "up to date");
}

#[test]
fn every_revision_is_the_same_from_above_and_from_below() {
    let mut db = memory();
    assert_eq!(apply(&mut db, Apply::All).len(), PROJECT.migrations.len());
    for migration in PROJECT.migrations.iter().rev() {
        roll_back(&mut db, Rollback::To(migration.revision));
        assert_eq!(head(&mut db).as_deref(), Some(migration.revision), "it stays applied");
        assert_eq!(catalogue(&db), catalogue(&at(migration.revision)), "{}", migration.revision);
        assert_eq!(Migrator::new(&PROJECT, &mut db).drift().unwrap(), Default::default());
        assert_eq!(unsound(&db), None);
    }
    roll_back(&mut db, Rollback::Steps(1));
    assert_eq!(catalogue(&db), "");
}

#[test]
fn the_head_is_what_the_history_says() {
    let mut db = at("0005");
    roll_back(&mut db, Rollback::To("0002"));
    apply(&mut db, Apply::To("0003"));
    let status = Migrator::new(&PROJECT, &mut db).status().unwrap();
    let events = Migrator::new(&PROJECT, &mut db).history().unwrap();
    let newest = events.last().unwrap();
    assert_eq!(status.head.as_deref(), Some("0003_add_user_settings"));
    assert_eq!(newest.head_after, status.head);
    let sealed =
        PROJECT.migrations.iter().find(|migration| Some(migration.revision) == status.head.as_deref());
    assert_eq!(newest.head_hash_after.as_deref(), sealed.map(|migration| migration.hash));
    assert_eq!(status.applied.len() + status.pending.len(), PROJECT.migrations.len());
    let walked: Vec<&str> = events.iter().map(|event| &event.revision[..4]).collect();
    assert_eq!(walked, ["0001", "0002", "0003", "0004", "0005", "0005", "0004", "0003", "0003"]);
    let sql = "SELECT head_after FROM whimbrel_history ORDER BY event DESC LIMIT 1";
    assert_eq!(value(&db, sql), "'0003_add_user_settings'");
}

/// A database with the migrations applied up to a revision.
fn at(revision: &str) -> Connection {
    let mut db = memory();
    apply(&mut db, Apply::To(revision));
    db
}

fn apply(db: &mut Connection, target: Apply<'_>) -> Vec<String> {
    let report = Migrator::new(&PROJECT, db).apply(target).unwrap();
    report.completed.into_iter().map(|done| done.revision).collect()
}

fn roll_back(db: &mut Connection, target: Rollback<'_>) -> Vec<String> {
    let report = Migrator::new(&PROJECT, db).rollback(target).unwrap();
    report.completed.into_iter().map(|done| done.revision).collect()
}

/// What the archive keeps, an entry a line, with its rows.
fn archive(db: &mut Connection) -> Vec<String> {
    let mut migrator = Migrator::new(&PROJECT, db);
    let entries = migrator.archived().unwrap();
    let line = |entry: whimbrel::Archived| {
        let kept = migrator.archived_rows(entry.entry, 100).unwrap();
        let cell = |cell: &Option<String>| cell.clone().unwrap_or_else(|| "NULL".to_owned());
        let row = |row: &Vec<Option<String>>| row.iter().map(cell).collect::<Vec<_>>().join(" | ");
        let rows = kept.rows.iter().map(row).collect::<Vec<_>>().join("; ");
        format!(
            "{} {} {} {} {}: {rows}",
            entry.entry, entry.revision, entry.direction, entry.kind, entry.object
        )
    };
    entries.into_iter().map(line).collect()
}

fn head(db: &mut Connection) -> Option<String> {
    Migrator::new(&PROJECT, db).status().unwrap().head
}
