//! Opening connections to PostgreSQL.

use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use postgres::{Client, Config};

use super::connection::{Connection, Own};
use super::tls::{self, Security};
use super::{Postgres, fault};
use crate::driver::FaultKind;
use crate::error::{Error, ErrorKind};

/// How long a connection that is opened here waits for other migrators and for locks.
pub(super) const WAIT: Duration = Duration::from_secs(30);

/// How long to try to reach a server whose URL does not say.
const REACH: Duration = Duration::from_secs(10);

impl Postgres<'static> {
    /// Connects to the database of a URL; the path of a file is relative to `base`.
    pub(crate) fn open(url: &str, base: &Path) -> Result<Self, Error> {
        let (url, security) = tls::take(url, base)?;
        let config = config(&url, &security)?;
        let client = connect(&config, &security)?;
        Self::new(Connection::Owned(Box::new(Own { client, config, security })))
    }
}

fn config(url: &str, security: &Security) -> Result<Config, Error> {
    // The client's own error may quote what is wrong in a URL, and that may be the password.
    let mut config = Config::from_str(url).map_err(|_| {
        Error::new(ErrorKind::Usage, "the URL of the database cannot be understood")
            .help("a URL looks like postgres://user:password@host:5432/database")
    })?;
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(REACH);
    }
    if config.get_application_name().is_none() {
        config.application_name("whimbrel");
    }
    config.ssl_mode(security.mode);
    Ok(config)
}

pub(super) fn connect(config: &Config, security: &Security) -> Result<Client, Error> {
    config.connect(security.connector()?).map_err(|error| {
        let fault = match fault::fault(error, "") {
            fault if fault.kind == FaultKind::Disconnected => fault.taken_for(FaultKind::Unreachable),
            fault => fault,
        };
        Error::from(fault).context("the database cannot be reached")
    })
}
