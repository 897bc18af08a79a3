//! Opening connections to MariaDB and MySQL.

use std::path::Path;
use std::time::Duration;

use mysql::consts::CapabilityFlags;
use mysql::{Conn, DriverError, Opts, OptsBuilder, SslOpts};

use super::connection::{Connection, Own};
use super::{Mysql, cluster, fault, tls};
use crate::driver::FaultKind;
use crate::error::{Error, ErrorKind};

/// How long a connection that is opened here waits for other migrators and for locks.
pub(super) const WAIT: Duration = Duration::from_secs(30);

/// How long to try to reach a server whose URL does not say.
const REACH: Duration = Duration::from_secs(10);

impl Mysql<'static> {
    /// Connects to the database of a URL; the path of a file is relative to `base`.
    pub(crate) fn open(url: &str, base: &Path) -> Result<Self, Error> {
        // The client knows one scheme.
        let (url, security) = tls::take(&url.replacen("mariadb://", "mysql://", 1), base)?;
        let mut options = options(&url, security.options)?;
        let connection = match Conn::new(options.clone()) {
            Err(mysql::Error::DriverError(DriverError::TlsNotSupported)) if security.optional => {
                options = OptsBuilder::from_opts(options).ssl_opts(None::<SslOpts>).into();
                connect(&options)?
            }
            answer => answer.map_err(unreachable)?,
        };
        let mut driver = Self::new(Connection::Owned(Box::new(Own { connection, options })))?;
        if cluster::is_clustered(&mut driver)? {
            cluster::read_all(&mut driver)?;
        }
        Ok(driver)
    }
}

fn options(url: &str, encryption: Option<SslOpts>) -> Result<Opts, Error> {
    // Errors of the client may quote what is wrong in a URL, and that may be the password.
    let wrong = |what: &str| {
        Error::new(ErrorKind::Usage, format!("the URL of the database {what}"))
            .help("a URL looks like mysql://user:password@host:3306/database")
    };
    let options = Opts::from_url(url).map_err(|error| match error {
        mysql::UrlError::UnknownParameter(name) => {
            wrong(&format!("has a parameter `{name}`, which is unknown"))
        }
        _ => wrong("cannot be understood"),
    })?;
    if options.get_db_name().is_none_or(str::is_empty) {
        return Err(wrong("names no database"));
    }
    let reach = options.get_tcp_connect_timeout().unwrap_or(REACH);
    let flags = options.get_additional_capabilities() | CapabilityFlags::CLIENT_FOUND_ROWS;
    Ok(OptsBuilder::from_opts(options)
        // Rows that an UPDATE finds are counted, whether or not it has to change them, as elsewhere.
        .additional_capabilities(flags)
        // A migration changes what statements were prepared for.
        .stmt_cache_size(0)
        .tcp_connect_timeout(Some(reach))
        // A name of the host would be resolved, and the socket of another server could be chosen.
        .prefer_socket(false)
        .ssl_opts(encryption)
        .into())
}

pub(super) fn connect(options: &Opts) -> Result<Conn, Error> {
    Conn::new(options.clone()).map_err(unreachable)
}

fn unreachable(error: mysql::Error) -> Error {
    let fault = match fault::fault(error, "") {
        fault if fault.kind == FaultKind::Disconnected => fault.taken_for(FaultKind::Unreachable),
        fault => fault,
    };
    Error::from(fault).context("the database cannot be reached")
}
