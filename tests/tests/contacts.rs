//! What hand-written SQL and Rust code of the example do to rows.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use generated_example::db;
use rusqlite::Connection;
use whimbrel::{Apply, Migrator, Reversal, Rollback};

fn contacts(connection: &Connection) -> Vec<(i64, String, i64, String)> {
    let mut statement = connection.prepare("SELECT * FROM contacts ORDER BY owner_id, address").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)));
    rows.unwrap().map(Result::unwrap).collect()
}

#[test]
fn senders_become_contacts_and_gmail_addresses_one() {
    let mut connection = Connection::open_in_memory().unwrap();
    Migrator::new(&db::PROJECT, &mut connection).apply(Apply::To("0007")).unwrap();
    connection
        .execute_batch(
            "INSERT INTO users (id, email) VALUES (1, 'grace@x.org'), (2, 'alan@x.org');
             INSERT INTO emails (gmail_id, owner_id, sender, received_at) VALUES
               ('a', 1, 'A.da+news@gmail.com', '2026-01-01 00:00:00'),
               ('b', 1, 'a.da+news@Gmail.com', '2026-01-04 00:00:00'),
               ('c', 1, 'ada@googlemail.com', '2026-01-03 00:00:00'),
               ('d', 1, 'ada@gmail.com', '2026-01-02 00:00:00'),
               ('e', 2, 'A.da@gmail.com', '2026-01-01 00:00:00'),
               ('f', 2, 'b.o.b@x.org', '2026-01-01 00:00:00'),
               ('g', 2, 'unknown', '2026-01-01 00:00:00');",
        )
        .unwrap();
    Migrator::new(&db::PROJECT, &mut connection).apply(Apply::To("0008")).unwrap();
    assert_eq!(contacts(&connection).len(), 6);
    let folded = [
        (1, "ada@gmail.com".to_owned(), 4, "2026-01-04 00:00:00".to_owned()),
        (2, "ada@gmail.com".to_owned(), 1, "2026-01-01 00:00:00".to_owned()),
        (2, "b.o.b@x.org".to_owned(), 1, "2026-01-01 00:00:00".to_owned()),
        (2, "unknown".to_owned(), 1, "2026-01-01 00:00:00".to_owned()),
    ];
    Migrator::new(&db::PROJECT, &mut connection).apply(Apply::To("0009")).unwrap();
    assert_eq!(contacts(&connection), folded);

    // There is nothing to undo, and doing it again changes nothing.
    Migrator::new(&db::PROJECT, &mut connection).rollback(Rollback::To("0008")).unwrap();
    assert_eq!(contacts(&connection), folded);
    Migrator::new(&db::PROJECT, &mut connection).apply(Apply::To("0009")).unwrap();
    assert_eq!(contacts(&connection), folded);

    // All the way back, and there again.
    Migrator::new(&db::PROJECT, &mut connection).rollback(Rollback::To("0007")).unwrap();
    Migrator::new(&db::PROJECT, &mut connection).apply(Apply::To("0009")).unwrap();
    assert_eq!(contacts(&connection), folded);
}

#[test]
fn reversals_say_what_nobody_can_prove() {
    let reversal = |revision: &str| {
        db::PROJECT.migrations.iter().find(|migration| migration.revision == revision).unwrap().reversal
    };
    // What is new has nothing to lose.
    assert!(matches!(reversal("0008_add_contacts"), Reversal::Archived(_)));
    assert_eq!(
        reversal("0009_fold_gmail_addresses").to_string(),
        "lossy (applying changes rows by Rust code, and nobody knows what it loses)"
    );
}
