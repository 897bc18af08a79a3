//! Tables of other programs that have the names of whimbrel's.

use super::RepairAct;
use crate::driver::Driver;
use crate::error::{Error, ErrorKind};
use crate::{history, journal};

/// So many names are tried.
const TRIES: usize = 100;

/// A name for each table that is not whimbrel's own.
pub(super) fn acts(driver: &mut dyn Driver) -> Result<Vec<RepairAct>, Error> {
    let mut acts = Vec::new();
    // Rows that cannot be read are another damage: the columns are whimbrel's.
    let alien = |result: Result<(), Error>| match result {
        Ok(()) => Ok(false),
        Err(error) if error.kind() == ErrorKind::BadHistory => Ok(true),
        Err(error) => Err(error),
    };
    if alien(history::rows(driver).map(drop))? {
        acts.push(rename_of(driver, "whimbrel_history")?);
    }
    if alien(journal::is_there(driver).map(drop))? {
        acts.push(rename_of(driver, "whimbrel_journal")?);
    }
    if acts.is_empty() {
        return Err(Error::new(
            ErrorKind::Refused,
            "no table of another program has the name of one of whimbrel's, so there is nothing to set aside",
        )
        .help("what else may be wrong: migrate verify"));
    }
    Ok(acts)
}

fn rename_of(driver: &mut dyn Driver, table: &str) -> Result<RepairAct, Error> {
    for number in 1..TRIES {
        let next = match number {
            1 => format!("set_aside_{table}"),
            _ => format!("set_aside_{table}_{number}"),
        };
        let there = driver.own_rows(&next, &format!("SELECT 1 FROM main.{next} LIMIT 1"), &[]);
        if matches!(there, Ok(None)) {
            return Ok(RepairAct::Rename { previous: table.to_owned(), next });
        }
    }
    Err(Error::failed(format!("every name for the table {table} is taken, up to set_aside_{table}_{TRIES}")))
}

/// Both names are whimbrel's own words.
pub(super) fn rename(driver: &mut dyn Driver, previous: &str, next: &str) -> Result<(), Error> {
    driver.own(&format!("ALTER TABLE main.{previous} RENAME TO {next}"), &[])?;
    Ok(())
}
