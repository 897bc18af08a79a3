//! Whose connection it is.

use mysql::{Conn, Opts};

use super::open;
use crate::Error;

/// A connection.
pub(super) enum Connection<'c> {
    /// Opened here.
    Owned(Box<Own>),
    /// The caller's.
    Lent(&'c mut Conn),
}

/// A connection that can be opened again.
pub(super) struct Own {
    pub(super) connection: Conn,
    pub(super) options: Opts,
}

impl Connection<'_> {
    pub(super) fn conn(&mut self) -> &mut Conn {
        match self {
            Self::Owned(own) => &mut own.connection,
            Self::Lent(connection) => connection,
        }
    }

    /// Opens it again; `false` if it is the caller's.
    pub(super) fn reconnect(&mut self) -> Result<bool, Error> {
        match self {
            Self::Owned(own) => {
                own.connection = open::connect(&own.options)?;
                Ok(true)
            }
            Self::Lent(_) => Ok(false),
        }
    }
}
