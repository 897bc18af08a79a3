//! Programs that start beside the one that migrates.

use std::thread;
use std::time::{Duration, Instant};

use whimbrel::{Apply, ErrorKind, Migrator, Project};

use crate::mail::{CREATE_USERS, MAIL, project};

const URL: &str = "sqlite:mail.db";

#[test]
fn a_wait_ends_when_another_has_migrated() {
    let directory = tempfile::tempdir().unwrap();
    let base = directory.path();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            let waited = Migrator::wait_until_applied(&MAIL, URL, base, Duration::from_secs(60));
            (waited.map_err(|error| error.to_string()), Instant::now())
        });
        thread::sleep(Duration::from_millis(150));
        assert!(!base.join("mail.db").exists(), "who waits makes no file");
        Migrator::open(&MAIL, URL, base).unwrap().apply(Apply::To("0001")).unwrap();
        thread::sleep(Duration::from_millis(150));
        let done = Instant::now();
        Migrator::open(&MAIL, URL, base).unwrap().apply(Apply::All).unwrap();
        let (waited, ended) = waiting.join().unwrap();
        assert_eq!(waited, Ok(()));
        assert!(ended > done, "it waited for all of them");
    });
}

#[test]
fn a_wait_ends_when_its_time_is_up_or_nothing_helps() {
    let directory = tempfile::tempdir().unwrap();
    let base = directory.path();
    let wait = |project: &'static Project, seconds| {
        Migrator::wait_until_applied(project, URL, base, Duration::from_secs_f32(seconds)).unwrap_err()
    };
    let error = wait(&MAIL, 0.2);
    assert_eq!((error.kind(), error.kind().exit_code()), (ErrorKind::Pending, 3));
    assert!(error.to_string().contains("0001_create_users"), "{error}");
    // What is no database yet may become one; a history of somebody else's does not.
    std::fs::write(base.join("mail.db"), "no database, for long enough that it is none").unwrap();
    assert_eq!(wait(&MAIL, 0.2).kind(), ErrorKind::Failed);
    std::fs::remove_file(base.join("mail.db")).unwrap();
    Migrator::open(&MAIL, URL, base).unwrap().apply(Apply::All).unwrap();
    static OLDER: Project = project(&[CREATE_USERS]);
    let started = Instant::now();
    assert_eq!(wait(&OLDER, 3600.0).kind(), ErrorKind::Ahead);
    assert!(started.elapsed() < Duration::from_secs(60));
    let error = Migrator::wait_until_applied(&MAIL, "nonsense", base, Duration::from_secs(3600)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
}
