//! Opening connections to MariaDB and MySQL.

use std::time::Duration;

use mysql::consts::CapabilityFlags;
use mysql::{Conn, Opts, OptsBuilder};

use super::connection::{Connection, Own};
use super::{Mysql, cluster, fault};
use crate::driver::FaultKind;
use crate::error::{Error, ErrorKind};

/// How long a connection that is opened here waits for other migrators and for locks.
pub(super) const WAIT: Duration = Duration::from_secs(30);

/// How long to try to reach a server whose URL does not say.
const REACH: Duration = Duration::from_secs(10);

impl Mysql<'static> {
    /// Connects to the database of a URL.
    pub(crate) fn open(url: &str) -> Result<Self, Error> {
        let options = options(url)?;
        let connection = connect(&options)?;
        let mut driver = Self::new(Connection::Owned(Box::new(Own { connection, options })))?;
        if cluster::is_clustered(&mut driver)? {
            cluster::read_all(&mut driver)?;
        }
        Ok(driver)
    }
}

fn options(url: &str) -> Result<Opts, Error> {
    // The client knows one scheme.
    let url = url.replacen("mariadb://", "mysql://", 1);
    // Its errors may quote what is wrong in a URL, and that may be the password.
    let wrong = |what: &str| {
        Error::new(ErrorKind::Usage, format!("the URL of the database {what}"))
            .help("a URL looks like mysql://user:password@host:3306/database")
    };
    let options = Opts::from_url(&url).map_err(|error| match error {
        mysql::UrlError::UnknownParameter(name) => {
            wrong(&format!("has a parameter `{name}`, which is unknown"))
        }
        mysql::UrlError::FeatureRequired(feature, _) => {
            wrong(&format!("asks for `{feature}`, which this program was built without"))
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
        .into())
}

pub(super) fn connect(options: &Opts) -> Result<Conn, Error> {
    Conn::new(options.clone()).map_err(|error| {
        let fault = match fault::fault(error, "") {
            fault if fault.kind == FaultKind::Disconnected => fault.taken_for(FaultKind::Unreachable),
            fault => fault,
        };
        Error::from(fault).context("the database cannot be reached")
    })
}
