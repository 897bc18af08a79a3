//! Whose connection it is.

use postgres::Client;

/// A connection.
pub(super) enum Connection<'c> {
    /// Opened here.
    Owned(Box<Client>),
    /// The caller's.
    Lent(&'c mut Client),
}

impl Connection<'_> {
    pub(super) fn client(&mut self) -> &mut Client {
        match self {
            Self::Owned(client) => client,
            Self::Lent(client) => client,
        }
    }
}
