//! rusqlite's rows, as row structs read them.

use rusqlite::types::{Type, ValueRef};

use crate::driver::Cell;
use crate::row::{Row, RowError, Wrong};
use crate::scalar::{Content, Found, Misread};

impl Row for rusqlite::Row<'_> {
    type Error = rusqlite::Error;

    fn width(&self) -> usize {
        self.as_ref().column_count()
    }

    fn name(&self, index: usize) -> &str {
        // There is a name for every index below `width`, and no column is called nothing.
        self.as_ref().column_name(index).unwrap_or_default()
    }

    fn content(&self, index: usize) -> Result<Content, Misread> {
        let cell = match self.get_ref(index) {
            Ok(ValueRef::Text(text)) if std::str::from_utf8(text).is_err() => {
                return Err(Misread::Other { found: Found::BrokenText, wanted: "text" });
            }
            Ok(value) => Cell::from(value),
            Err(_) => Cell::Null,
        };
        Ok(Content(cell))
    }
}

impl From<RowError> for rusqlite::Error {
    fn from(error: RowError) -> Self {
        match *error.wrong() {
            Wrong::Missing(_) | Wrong::Several => {
                Self::InvalidColumnName(format!("{}: {error}", error.column()))
            }
            Wrong::Value { index, misread } => {
                Self::FromSqlConversionFailure(index, found(misread.found()), Box::new(error))
            }
        }
    }
}

fn found(found: Found) -> Type {
    match found {
        Found::Null => Type::Null,
        Found::Integer => Type::Integer,
        Found::Real => Type::Real,
        Found::Text | Found::BrokenText => Type::Text,
        Found::Bytes | Found::Unknown => Type::Blob,
    }
}
