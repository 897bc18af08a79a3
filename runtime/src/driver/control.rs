//! SQL that a migration must not run, because it acts on the session and not on the database.

use whimbrel_schema::first_word;

use super::{Fault, FaultKind, during};

/// Begin or end a transaction, or change what later statements of the session mean.
const SESSION: [&str; 24] = [
    "ABORT",
    "BEGIN",
    "CHECKPOINT",
    "COMMIT",
    "CONNECT",
    "DEALLOCATE",
    "DECLARE",
    "DISCARD",
    "END",
    "EXECUTE",
    "FLUSH",
    "KILL",
    "LISTEN",
    "LOAD",
    "LOCK",
    "PREPARE",
    "RELEASE",
    "RESET",
    "ROLLBACK",
    "SAVEPOINT",
    "SET",
    "START",
    "UNLOCK",
    "USE",
];

/// Fails where SQL that a person wrote would begin or end a transaction, or change the session. Servers are
/// asked by the first word; what is hidden deeper is found where the transaction ends.
pub(super) fn refuse_control(sql: &str) -> Result<(), Fault> {
    let word = first_word(sql).to_ascii_uppercase();
    let message = match word.as_str() {
        "" => "this SQL holds no statement that can be seen".to_owned(),
        // A table may be locked as long as its transaction runs.
        "LOCK" if is_lock_table(sql) => return Ok(()),
        word if SESSION.contains(&word) => format!(
            "`{word}` is not for migrations: they neither begin nor end a transaction, nor change the connection"
        ),
        _ => return Ok(()),
    };
    Err(Fault::new(FaultKind::Other, message + &during(sql)))
}

/// PostgreSQL's LOCK TABLE ends with its transaction; LOCK TABLES of MariaDB ends the transaction.
fn is_lock_table(sql: &str) -> bool {
    let mut words = sql.split_whitespace().skip_while(|word| !word.eq_ignore_ascii_case("LOCK"));
    words.nth(1).is_some_and(|word| word.eq_ignore_ascii_case("TABLE"))
}
