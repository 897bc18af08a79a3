//! Whose connection it is.

use postgres::{Client, Config};

use super::open;
use super::tls::Security;
use crate::Error;

/// A connection.
pub(super) enum Connection<'c> {
    /// Opened here.
    Owned(Box<Own>),
    /// The caller's.
    Lent(&'c mut Client),
}

/// A connection that can be opened again.
pub(super) struct Own {
    pub(super) client: Client,
    pub(super) config: Config,
    pub(super) security: Security,
}

impl Connection<'_> {
    pub(super) fn client(&mut self) -> &mut Client {
        match self {
            Self::Owned(own) => &mut own.client,
            Self::Lent(client) => client,
        }
    }

    /// Opens it again; `false` if it is the caller's.
    pub(super) fn reconnect(&mut self) -> Result<bool, Error> {
        match self {
            Self::Owned(own) => {
                own.client = open::connect(&own.config, &own.security)?;
                Ok(true)
            }
            Self::Lent(_) => Ok(false),
        }
    }
}
