//! Opening connections to PostgreSQL.

use std::str::FromStr as _;
use std::time::Duration;

use postgres::config::SslMode;
use postgres::{Client, Config, NoTls};

use super::connection::{Connection, Own};
use super::{Postgres, fault};
use crate::driver::FaultKind;
use crate::error::{Error, ErrorKind};

/// How long a connection that is opened here waits for other migrators and for locks.
pub(super) const WAIT: Duration = Duration::from_secs(30);

/// How long to try to reach a server whose URL does not say.
const REACH: Duration = Duration::from_secs(10);

impl Postgres<'static> {
    /// Connects to the database of a URL.
    pub(crate) fn open(url: &str) -> Result<Self, Error> {
        let config = config(url)?;
        let client = connect(&config)?;
        Self::new(Connection::Owned(Box::new(Own { client, config })))
    }
}

fn config(url: &str) -> Result<Config, Error> {
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
    if config.get_ssl_mode() == SslMode::Require {
        return Err(Error::new(
            ErrorKind::Usage,
            "the URL asks for TLS, which this program was built without",
        )
        .help("build it with the feature `tls` of whimbrel"));
    }
    Ok(config)
}

pub(super) fn connect(config: &Config) -> Result<Client, Error> {
    config.connect(NoTls).map_err(|error| {
        let fault = match fault::fault(error, "") {
            fault if fault.kind == FaultKind::Disconnected => fault.taken_for(FaultKind::Unreachable),
            fault => fault,
        };
        Error::from(fault).context("the database cannot be reached")
    })
}
