//! Fresh databases, copied from one that was migrated once.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;

use crate::driver::{Driver as _, Sqlite};
use crate::error::Error;
use crate::migrator::{Apply, Migrator};
use crate::project::Project;
use crate::seed::{Scope, Seeder};

/// A database in memory with all migrations applied, for one test alone. Foreign keys are enforced.
///
/// The migrations run once in a process; each call copies what they have made, which takes about a hundredth of
/// the time.
///
/// ```
/// # mod db {
/// #     pub static PROJECT: whimbrel::Project =
/// #         whimbrel::Project { package: "mail", environments: &[], migrations: &[], seeds: None };
/// # }
/// let connection = whimbrel::testing::fresh(&db::PROJECT)?;
/// connection.execute_batch("CREATE TABLE of_this_test_alone (id)")?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// If a migration fails.
pub fn fresh(project: &'static Project) -> Result<Connection, Error> {
    let mut driver = Sqlite::of_image(&template(project)?)?;
    driver.execute("PRAGMA foreign_keys = ON", &[])?;
    driver.into_connection().ok_or_else(|| Error::failed("there is no database in memory"))
}

/// The same with sets of the seeds loaded, and those that they need, in the order in which they are named.
///
/// The rows of `db::fixtures` are in it as they are in their structs, where their set is loaded by itself.
///
/// # Errors
///
/// If a migration fails, or a set cannot be loaded.
pub fn fresh_with(project: &'static Project, sets: &[&str]) -> Result<Connection, Error> {
    let mut connection = fresh(project)?;
    for set in sets {
        Seeder::new(Migrator::new(project, &mut connection))?.run(Scope::Set(set))?;
    }
    Ok(connection)
}

/// The same as a file, for programs that open it by its path.
///
/// # Errors
///
/// If a migration fails, if the file is there already, or if it cannot be written.
pub fn fresh_file(project: &'static Project, path: impl AsRef<Path>) -> Result<(), Error> {
    let (image, path) = (template(project)?, path.as_ref());
    let written = OpenOptions::new().write(true).create_new(true).open(path);
    written
        .and_then(|mut file| file.write_all(&image))
        .map_err(|error| Error::failed(format!("{} cannot be written: {error}", path.display())))
}

/// What the migrations of a project have made, by where the project is, since a program may have several.
static TEMPLATES: Mutex<BTreeMap<usize, Arc<Vec<u8>>>> = Mutex::new(BTreeMap::new());

fn template(project: &'static Project) -> Result<Arc<Vec<u8>>, Error> {
    // A test that has panicked while it held the lock leaves the map whole.
    let mut templates = TEMPLATES.lock().unwrap_or_else(PoisonError::into_inner);
    let key = std::ptr::from_ref(project).addr();
    if let Some(image) = templates.get(&key) {
        return Ok(Arc::clone(image));
    }
    let mut driver = Sqlite::in_memory()?;
    if let Some(connection) = driver.connection_mut() {
        Migrator::new(project, connection).actor("whimbrel::testing").apply(Apply::All)?;
    }
    let image = Arc::new(driver.image()?);
    templates.insert(key, Arc::clone(&image));
    Ok(image)
}
