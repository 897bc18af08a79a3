//! Rows of the driver, as row structs read them.

use mysql::Row as MysqlRow;

use super::value;
use crate::row::{Row, RowError};
use crate::scalar::{Content, Found, Misread};

impl Row for MysqlRow {
    /// The driver's own error says nothing of columns.
    type Error = RowError;

    fn width(&self) -> usize {
        self.len()
    }

    fn name(&self, index: usize) -> &str {
        let column = self.columns_ref().get(index);
        column.and_then(|column| std::str::from_utf8(column.name_ref()).ok()).unwrap_or_default()
    }

    fn content(&self, index: usize) -> Result<Content, Misread> {
        // A value that was taken out of the row is not there any more.
        let gone = Misread::Other { found: Found::Unknown, wanted: "a value of a column" };
        let (value, column) = self.as_ref(index).zip(self.columns_ref().get(index)).ok_or(gone)?;
        let broken = Misread::Other { found: Found::BrokenText, wanted: "text" };
        value::cell(value.clone(), column).map(Content).map_err(|_| broken)
    }
}
