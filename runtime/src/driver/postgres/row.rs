//! Rows of the driver, as row structs read them.

use postgres::Row as PostgresRow;

use super::value::Raw;
use crate::row::{Row, RowError};
use crate::scalar::{Content, Found, Misread};

impl Row for PostgresRow {
    /// The driver's own error can be made by nobody else.
    type Error = RowError;

    fn width(&self) -> usize {
        self.len()
    }

    fn name(&self, index: usize) -> &str {
        self.columns().get(index).map_or("", |column| column.name())
    }

    fn content(&self, index: usize) -> Result<Content, Misread> {
        let unread = Misread::Other { found: Found::Unknown, wanted: "a value of a column" };
        let raw: Raw<'_> = self.try_get(index).map_err(|_| unread)?;
        raw.cell().map(Content).map_err(|_| unread)
    }
}
