//! Encrypted connections, and whom they must lead to.
//!
//! Encryption without a look at the certificate keeps out who only listens. Who can stand between is kept out by
//! `Trust::Host` alone.

#[cfg(feature = "tls")]
mod distrust;
#[cfg(feature = "tls")]
mod roots;
#[cfg(all(feature = "tls", feature = "postgres"))]
mod verifier;

#[cfg(all(feature = "tls", feature = "postgres"))]
use std::path::PathBuf;

#[cfg(feature = "tls")]
pub(super) use distrust::is_distrust;
#[cfg(all(feature = "tls", feature = "mysql"))]
pub(super) use roots::check;
#[cfg(all(feature = "tls", feature = "postgres"))]
pub(super) use verifier::client;

#[cfg(not(feature = "tls"))]
use crate::error::{Error, ErrorKind};

/// Whose certificate will do.
#[cfg(all(feature = "tls", feature = "postgres"))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trust {
    /// Anybody's.
    Anyone,
    /// One by an authority of this file, for whatever host.
    Authority(PathBuf),
    /// One for the host of the URL, by an authority of this file, or by a public one.
    Host(Option<PathBuf>),
}

/// What a URL is told that asks for TLS in a program without it.
#[cfg(not(feature = "tls"))]
pub(super) fn missing() -> Error {
    Error::new(ErrorKind::Usage, "the URL asks for TLS, which this program was built without")
        .help("build it with the feature `tls` of whimbrel")
}
