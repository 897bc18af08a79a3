//! A database as the bytes of its file, and back.

use super::{Handle, Sqlite, fault};
use crate::driver::Fault;
use crate::error::Error;

impl Sqlite<'_> {
    /// The bytes that a file of the database would have.
    pub(crate) fn image(&self) -> Result<Vec<u8>, Fault> {
        let data = self.connection().serialize("main").map_err(|error| fault::fault(error, "", false))?;
        Ok(data.to_vec())
    }

    /// The connection itself, unless it is lent only to be read.
    pub(crate) fn connection_mut(&mut self) -> Option<&mut rusqlite::Connection> {
        match &mut self.connection {
            Handle::Owned(connection) => Some(connection),
            Handle::Lent(connection) => Some(connection),
            Handle::Read(_) => None,
        }
    }
}

impl Sqlite<'static> {
    /// A database in memory with the content of an image.
    pub(crate) fn of_image(image: &[u8]) -> Result<Self, Error> {
        let mut driver = Self::in_memory()?;
        if let Some(connection) = driver.connection_mut() {
            let copied = connection.deserialize_read_exact("main", image, image.len(), false);
            copied.map_err(|error| fault::fault(error, "", false))?;
        }
        Ok(driver)
    }

    /// Gives the connection away.
    pub(crate) fn into_connection(self) -> Option<rusqlite::Connection> {
        match self.connection {
            Handle::Owned(connection) => Some(connection),
            Handle::Lent(_) | Handle::Read(_) => None,
        }
    }
}
