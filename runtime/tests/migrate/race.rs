use std::sync::Barrier;
use std::thread;

use rusqlite::Connection;
use whimbrel::{Apply, Migrator, Rollback};

use crate::mail::{MAIL, rows};

const MIGRATORS: usize = 8;

/// Starts migrators together and counts what they have done.
fn together(
    directory: &std::path::Path,
    jump: bool,
    run: impl Fn(&mut Migrator<'_>) -> usize + Sync,
) -> usize {
    let barrier = Barrier::new(MIGRATORS);
    thread::scope(|scope| {
        let start = || {
            let mut migrator = Migrator::open(&MAIL, "sqlite:mail.db", directory).unwrap().jump(jump);
            barrier.wait();
            run(&mut migrator)
        };
        let threads: Vec<_> = (0..MIGRATORS).map(|_| scope.spawn(start)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    })
}

#[test]
fn racing_migrators_apply_and_roll_back_exactly_once() {
    for jump in [true, false] {
        let directory = tempfile::tempdir().unwrap();
        let apply = |migrator: &mut Migrator<'_>| migrator.apply(Apply::All).unwrap().completed.len();
        assert_eq!(together(directory.path(), jump, apply), 3);
        let rolled_back = together(directory.path(), jump, |migrator| {
            migrator.rollback(Rollback::To("0001_create_users")).unwrap().completed.len()
        });
        assert_eq!(rolled_back, 2);
        let db = Connection::open(directory.path().join("mail.db")).unwrap();
        assert_eq!(rows(&db, "SELECT count(*), max(event) FROM whimbrel_history"), ["5|5"]);
        assert_eq!(rows(&db, "SELECT count(*) FROM whimbrel_journal"), ["0"]);
    }
}
