//! Opening connections to PostgreSQL.

use std::str::FromStr as _;
use std::time::Duration;

use postgres::config::SslMode;
use postgres::{Client, Config, NoTls};

use super::connection::Connection;
use super::{Postgres, fault};
use crate::driver::{Fault, FaultKind};
use crate::error::{Error, ErrorKind};

/// How long to try to reach a server whose URL does not say.
const REACH: Duration = Duration::from_secs(10);

impl Postgres<'static> {
    /// Connects to the database of a URL.
    pub(crate) fn open(url: &str) -> Result<Self, Error> {
        let config = config(url)?;
        let client =
            connect(&config).map_err(|fault| Error::from(fault).context("the database cannot be reached"))?;
        Ok(Self { connection: Connection::Owned(Box::new(client)) })
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

fn connect(config: &Config) -> Result<Client, Fault> {
    config.connect(NoTls).map_err(|error| match fault::fault(error, "") {
        fault if fault.kind == FaultKind::Disconnected => Fault { kind: FaultKind::CannotOpen, ..fault },
        fault => fault,
    })
}
