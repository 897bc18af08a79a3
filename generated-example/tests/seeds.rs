//! The seeds of the example: fixtures are the rows that tests find, and the demonstration is what it should be.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

use generated_example::db::{EmailAnalysesRow, EmailsRow, PROJECT, UsersRow, fixtures};
use rusqlite::Connection;
use whimbrel::row::FromRow;
use whimbrel::testing::fresh_with;

fn rows<T: FromRow>(connection: &Connection, sql: &str) -> Vec<T> {
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| T::from_row(row)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn a_fixture_is_the_row_that_is_loaded() {
    let connection = fresh_with(&PROJECT, &["fixtures"]).unwrap();
    let mails: Vec<EmailsRow> = rows(&connection, "SELECT * FROM emails ORDER BY id");
    let expected = [
        fixtures::emails::welcome(),
        fixtures::emails::empty_body(),
        fixtures::emails::without_body(),
        fixtures::emails::long_subject(),
        fixtures::emails::many_scripts(),
        fixtures::emails::not_analysed(),
    ];
    assert_eq!(mails, expected);
    assert_eq!(rows::<UsersRow>(&connection, "SELECT * FROM users"), [fixtures::users::tess()]);
    let analysed: Vec<EmailAnalysesRow> = rows(&connection, "SELECT * FROM email_analyses ORDER BY email_id");
    assert_eq!(analysed, [fixtures::email_analyses::welcome(), fixtures::email_analyses::many_scripts()]);
    assert_eq!(fixtures::emails::empty_body().body.as_deref(), Some(""));
    assert_eq!(fixtures::emails::without_body().body, None);
    assert!(fixtures::emails::long_subject().subject.chars().count() > 1_000);
    assert!(analysed.iter().all(|one| one.email_id != fixtures::emails::not_analysed().id));
}

/// What was found out about a message fits what the message says.
#[test]
fn analyses_fit_their_messages() {
    let connection = fresh_with(&PROJECT, &["demo"]).unwrap();
    let count = |sql: &str| -> i64 { connection.query_row(sql, [], |row| row.get(0)).unwrap() };
    assert!(count("SELECT COUNT(*) FROM email_analyses") > 50);
    let joined = "SELECT COUNT(*) FROM email_analyses JOIN emails ON emails.id = email_id WHERE ";
    assert_eq!(count(&format!("{joined} subject LIKE 'Problem%' AND sentiment <> 'negative'")), 0);
    assert_eq!(count(&format!("{joined} subject LIKE 'Photos%' AND sentiment <> 'positive'")), 0);
    assert!(count(&format!("{joined} subject LIKE 'Photos%' AND summary LIKE '%photos%'")) > 0);
    let of_others = "SELECT COUNT(*) FROM email_labels JOIN emails ON emails.id = email_id \
                     JOIN gmail_labels ON gmail_labels.id = label_id WHERE emails.owner_id <> gmail_labels.owner_id";
    assert_eq!(count(of_others), 0);
    let nobody = "SELECT COUNT(*) FROM users WHERE email NOT LIKE '%@example.%' AND email NOT LIKE '%.example' \
                  AND email NOT LIKE '%.test'";
    assert_eq!(count(nobody), 0, "no address is anybody's");
}
