//! The version of SQLite, which may be older at run time than the one a program was built with.

use rusqlite::{version, version_number};

use crate::error::{Error, ErrorKind};

/// The oldest version that migrations run on, as SQLite numbers it: 3.40.0. What is not tested is not
/// trusted, and CI tests on the library of the system, which is 3.40.
const OLDEST: i32 = 3_040_000;

/// Refuses a library that is too old, before anything is done with it.
pub(super) fn check() -> Result<(), Error> {
    judge(version_number(), version())
}

fn judge(number: i32, name: &str) -> Result<(), Error> {
    if number >= OLDEST {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Usage,
        format!("this is SQLite {name}, and migrations need 3.40 or later; nothing was done"),
    )
    .help("update the library of the system, or build with the feature `bundled` of whimbrel"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_library_is_refused() {
        assert!(judge(3_040_000, "3.40.0").is_ok());
        let error = judge(3_039_005, "3.39.5").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
        assert!(error.to_string().contains("this is SQLite 3.39.5, and migrations need 3.40"), "{error}");
        assert!(check().is_ok());
    }
}
