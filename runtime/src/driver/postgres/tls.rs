//! `sslmode` and `sslrootcert`, with the meaning that libpq gives them:
//! <https://www.postgresql.org/docs/current/libpq-ssl.html>.

use std::path::Path;

use postgres::config::SslMode;

use crate::driver::parameters;
#[cfg(feature = "tls")]
use crate::driver::tls::{self, Trust};
use crate::error::{Error, ErrorKind};

/// How a connection is kept from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Security {
    pub(super) mode: SslMode,
    #[cfg(feature = "tls")]
    trust: Trust,
}

#[cfg(feature = "tls")]
type Connector = tokio_postgres_rustls::MakeRustlsConnect;
#[cfg(not(feature = "tls"))]
type Connector = postgres::NoTls;

/// Takes the parameters that say it out of a URL. The path of a file is relative to `base`.
pub(super) fn take(url: &str, base: &Path) -> Result<(String, Security), Error> {
    // The client's library reads a URL like this: the first `@` ends the user, and a `?` before it is part of that.
    let user = url.find('@').unwrap_or_default();
    let query = url[user..].find('?').map(|mark| user + mark);
    let (url, taken) = parameters::take(url, query, &["sslmode", "sslrootcert"]);
    let mode = taken.get("sslmode").map(String::as_str);
    let root = taken.get("sslrootcert").map(String::as_str).filter(|root| !root.is_empty());
    Ok((url, security(mode, root, base)?))
}

#[cfg(feature = "tls")]
fn security(mode: Option<&str>, root: Option<&str>, base: &Path) -> Result<Security, Error> {
    let system = root == Some("system");
    let file = root.filter(|_| !system).map(|file| base.join(file));
    let some_authority = || file.clone().map_or(Trust::Anyone, Trust::Authority);
    let (mode, trust) = match mode {
        Some("disable") => (SslMode::Disable, Trust::Anyone),
        // Anybody can have a certificate of a public authority, so the name of the host must count.
        Some("prefer" | "require" | "verify-ca") if system => {
            return Err(Error::new(ErrorKind::Usage, "`sslrootcert=system` needs `sslmode=verify-full`"));
        }
        None if system => (SslMode::Require, Trust::Host(None)),
        None | Some("prefer") => (SslMode::Prefer, some_authority()),
        Some("require") => (SslMode::Require, some_authority()),
        Some("verify-ca") => match file {
            Some(file) => (SslMode::Require, Trust::Authority(file)),
            None => {
                return Err(Error::new(
                    ErrorKind::Usage,
                    "`sslmode=verify-ca` needs the certificate of an authority",
                )
                .help("name its file: sslrootcert=ca.pem; or write sslmode=verify-full"));
            }
        },
        Some("verify-full") => (SslMode::Require, Trust::Host(file)),
        Some(_) => return Err(unknown()),
    };
    Ok(Security { mode, trust })
}

#[cfg(not(feature = "tls"))]
fn security(mode: Option<&str>, root: Option<&str>, _: &Path) -> Result<Security, Error> {
    match mode {
        Some("disable") => Ok(Security { mode: SslMode::Disable }),
        None | Some("prefer") if root.is_none() => Ok(Security { mode: SslMode::Disable }),
        None | Some("prefer" | "require" | "verify-ca" | "verify-full") => Err(crate::driver::tls::missing()),
        Some(_) => Err(unknown()),
    }
}

/// The mode is not quoted: nobody knows what it is instead.
fn unknown() -> Error {
    Error::new(ErrorKind::Usage, "the URL has an `sslmode` that is not known")
        .help("it is disable, prefer, require, verify-ca or verify-full")
}

impl Security {
    /// What makes connections so.
    #[cfg(feature = "tls")]
    pub(super) fn connector(&self) -> Result<Connector, Error> {
        let mut client = tls::client(&self.trust)?;
        // Servers from version 17 on want it of who begins with TLS at once; others do not look at it.
        client.alpn_protocols = vec![b"postgresql".to_vec()];
        Ok(Connector::new(client))
    }

    /// What makes connections so.
    #[cfg(not(feature = "tls"))]
    #[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "with TLS it is otherwise")]
    pub(super) fn connector(&self) -> Result<Connector, Error> {
        Ok(postgres::NoTls)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(parameters: &str) -> Result<Security, String> {
        let url = format!("postgres://ada:s?x@db/mail{parameters}");
        let (left, security) = take(&url, Path::new("/package")).map_err(|error| error.to_string())?;
        assert_eq!(left, "postgres://ada:s?x@db/mail");
        Ok(security)
    }

    #[cfg(feature = "tls")]
    #[test]
    fn modes_mean_what_they_mean_to_libpq() {
        let is = |parameters: &str, mode, trust| {
            assert_eq!(taken(parameters), Ok(Security { mode, trust }), "{parameters}");
        };
        let file = || "/package/ca.pem".into();
        is("", SslMode::Prefer, Trust::Anyone);
        is("?sslmode=disable&sslrootcert=ca.pem", SslMode::Disable, Trust::Anyone);
        is("?sslmode=prefer", SslMode::Prefer, Trust::Anyone);
        is("?sslmode=require", SslMode::Require, Trust::Anyone);
        // For the sake of old clients, and so not to be left out.
        is("?sslmode=require&sslrootcert=ca.pem", SslMode::Require, Trust::Authority(file()));
        is("?sslmode=verify-ca&sslrootcert=ca.pem", SslMode::Require, Trust::Authority(file()));
        is("?sslmode=verify-full&sslrootcert=ca.pem", SslMode::Require, Trust::Host(Some(file())));
        is("?sslmode=verify-full&sslrootcert=system", SslMode::Require, Trust::Host(None));
        is("?sslrootcert=system", SslMode::Require, Trust::Host(None));
        for wrong in ["sslmode=verify-ca", "sslmode=require&sslrootcert=system", "sslmode=allow", "sslmode="]
        {
            assert!(taken(&format!("?{wrong}")).is_err(), "{wrong}");
        }
    }

    #[cfg(not(feature = "tls"))]
    #[test]
    fn without_tls_who_asks_for_it_is_told_where_it_is() {
        for asks in ["require", "verify-ca", "verify-full", "prefer&sslrootcert=ca.pem"] {
            let error = taken(&format!("?sslmode={asks}")).unwrap_err();
            assert!(error.contains("feature `tls`"), "{error}");
        }
        for does_not in ["", "?sslmode=disable&sslrootcert=ca.pem", "?sslmode=prefer"] {
            assert!(taken(does_not).is_ok(), "{does_not}");
        }
    }
}
