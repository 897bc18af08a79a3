//! `ssl-mode` and `ssl-ca`, with the meaning that the clients of MySQL give them:
//! <https://dev.mysql.com/doc/refman/8.4/en/connection-options.html>.

use std::path::Path;

use mysql::SslOpts;

use crate::driver::parameters;
use crate::error::{Error, ErrorKind};

/// How a connection is kept from others.
#[derive(Debug, Default)]
pub(super) struct Security {
    /// How it is encrypted, if it is.
    pub(super) options: Option<SslOpts>,
    /// Whether it may be otherwise on a server that cannot encrypt.
    pub(super) optional: bool,
}

/// The parameters, and those by which the client's library is asked for what these say: of two ways to say it
/// one would be forgotten where it matters.
const NAMES: [&str; 13] = [
    "ssl-mode",
    "ssl-ca",
    "require_ssl",
    "verify_ca",
    "verify_identity",
    "root_cert_path",
    "danger_accept_invalid_certs",
    "danger_skip_domain_validation",
    "cipher_suites",
    "cert_chain_path",
    "priv_key_path",
    "pkcs12_path",
    "pkcs12_pass",
];

/// Takes the parameters that say it out of a URL. The path of a file is relative to `base`.
pub(super) fn take(url: &str, base: &Path) -> Result<(String, Security), Error> {
    let (url, taken) = parameters::take(url, url.find('?'), &NAMES);
    if let Some(name) = NAMES[2..].iter().find(|name| taken.contains_key(*name)) {
        return Err(Error::new(
            ErrorKind::Usage,
            format!("the URL has a parameter `{name}`, which is not taken"),
        )
        .help("encrypted connections are asked for with ssl-mode and ssl-ca"));
    }
    let mode = taken.get("ssl-mode").map(|mode| mode.to_ascii_lowercase());
    let authority = taken.get("ssl-ca").filter(|file| !file.is_empty()).map(|file| base.join(file));
    Ok((url, security(mode.as_deref(), authority.as_deref())?))
}

fn security(mode: Option<&str>, authority: Option<&Path>) -> Result<Security, Error> {
    let usage = |message: &str| Error::new(ErrorKind::Usage, message);
    let security = match mode {
        Some("disabled") => return Ok(Security::default()),
        Some("verify_ca") => {
            // The client's library believes the public authorities besides, and anybody can have their
            // certificate for a host of his own.
            return Err(usage("`ssl-mode=verify_ca` is not offered, because it would let in too many")
                .help("write ssl-mode=verify_identity, which looks at the name of the host as well"));
        }
        Some("verify_identity") => verified(authority)?,
        None | Some("preferred" | "required") if authority.is_some() => {
            return Err(usage("`ssl-ca` is looked at with `ssl-mode=verify_identity` alone"));
        }
        Some("required") => encrypted()?,
        None | Some("preferred") => preferred(),
        // What it is instead nobody knows, so it is not quoted.
        Some(_) => {
            return Err(usage("the URL has an `ssl-mode` that is not known")
                .help("it is disabled, preferred, required or verify_identity"));
        }
    };
    Ok(security)
}

#[cfg(feature = "tls")]
fn verified(authority: Option<&Path>) -> Result<Security, Error> {
    authority.map_or(Ok(()), crate::driver::tls::check)?;
    Ok(Security {
        options: Some(options().with_root_cert_path(authority.map(Path::to_owned))),
        optional: false,
    })
}

#[cfg(feature = "tls")]
#[expect(clippy::unnecessary_wraps, reason = "without TLS it is an error")]
fn encrypted() -> Result<Security, Error> {
    Ok(Security { options: Some(unverified()), optional: false })
}

#[cfg(feature = "tls")]
fn preferred() -> Security {
    Security { options: Some(unverified()), optional: true }
}

#[cfg(feature = "tls")]
fn unverified() -> SslOpts {
    options().with_danger_accept_invalid_certs(true).with_danger_skip_domain_validation(true)
}

/// Encryption, for which the client's library takes the provider of cryptography of the process. Without one,
/// and with several among the features of a program, it would panic.
#[cfg(feature = "tls")]
fn options() -> SslOpts {
    use rustls::crypto::{CryptoProvider, ring};

    if CryptoProvider::get_default().is_none() {
        // Another thread may have been faster, and then there is one.
        let _ = ring::default_provider().install_default();
    }
    SslOpts::default()
}

#[cfg(not(feature = "tls"))]
fn verified(_: Option<&Path>) -> Result<Security, Error> {
    Err(crate::driver::tls::missing())
}

#[cfg(not(feature = "tls"))]
fn encrypted() -> Result<Security, Error> {
    Err(crate::driver::tls::missing())
}

#[cfg(not(feature = "tls"))]
fn preferred() -> Security {
    Security::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(parameters: &str) -> Result<Security, String> {
        let url = format!("mysql://ada:s@db/mail{parameters}");
        let (left, security) = take(&url, Path::new("/package")).map_err(|error| error.to_string())?;
        assert_eq!(left, "mysql://ada:s@db/mail");
        Ok(security)
    }

    #[cfg(feature = "tls")]
    #[test]
    fn modes_mean_what_they_mean_to_clients_of_mysql() {
        let is = |parameters: &str, encrypted, verified, optional| {
            let security = taken(parameters).unwrap();
            let found = security
                .options
                .as_ref()
                .map(|options| !(options.accept_invalid_certs() || options.skip_domain_validation()));
            assert_eq!((found.is_some(), found == Some(true)), (encrypted, verified), "{parameters}");
            assert_eq!(security.optional, optional, "{parameters}");
        };
        is("", true, false, true);
        is("?ssl-mode=DISABLED&ssl-ca=ca.pem", false, false, false);
        is("?ssl-mode=preferred", true, false, true);
        is("?ssl-mode=REQUIRED", true, false, false);
        is("?ssl-mode=VERIFY_IDENTITY", true, true, false);
        for wrong in [
            "ssl-mode=verify_ca",
            "ssl-mode=required&ssl-ca=ca.pem",
            "ssl-ca=ca.pem",
            "ssl-mode=verify_identity&ssl-ca=missing.pem",
            "ssl-mode=yes",
            "ssl-mode=required&danger_accept_invalid_certs=true",
        ] {
            assert!(taken(&format!("?{wrong}")).is_err(), "{wrong}");
        }
    }

    #[cfg(not(feature = "tls"))]
    #[test]
    fn without_tls_who_asks_for_it_is_told_where_it_is() {
        for asks in ["required", "verify_identity", "verify_identity&ssl-ca=ca.pem"] {
            let error = taken(&format!("?ssl-mode={asks}")).unwrap_err();
            assert!(error.contains("feature `tls`"), "{error}");
        }
        for does_not in ["", "?ssl-mode=disabled", "?ssl-mode=preferred"] {
            assert!(taken(does_not).unwrap().options.is_none(), "{does_not}");
        }
    }
}
