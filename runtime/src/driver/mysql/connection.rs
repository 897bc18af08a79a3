//! Whose connection it is.

use mysql::Conn;

/// A connection.
pub(super) enum Connection<'c> {
    /// Opened here.
    Owned(Conn),
    /// The caller's.
    Lent(&'c mut Conn),
}

impl Connection<'_> {
    pub(super) fn conn(&mut self) -> &mut Conn {
        match self {
            Self::Owned(connection) => connection,
            Self::Lent(connection) => connection,
        }
    }
}
