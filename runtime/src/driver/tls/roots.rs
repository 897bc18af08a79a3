//! The authorities whose certificates are believed.

use std::path::Path;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::error::{Error, ErrorKind};

/// Those of a file of certificates in PEM.
pub(super) fn of_file(path: &Path) -> Result<RootCertStore, Error> {
    let wrong = |what: &str| {
        let message = format!("the certificates of authorities in {} {what}", path.display());
        Error::new(ErrorKind::Usage, message)
            .help("name a file with certificates in PEM, which begin with -----BEGIN CERTIFICATE-----")
    };
    let mut roots = RootCertStore::empty();
    let certificates = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| wrong("cannot be read").source_of(Box::new(error)))?;
    for certificate in certificates {
        roots.add(certificate).map_err(|error| wrong("cannot be understood").source_of(Box::new(error)))?;
    }
    match roots.is_empty() {
        true => Err(wrong("are none")),
        false => Ok(roots),
    }
}

/// The public ones, as Mozilla has them: the same in every program, whatever the machine that it runs on has
/// installed.
#[cfg(feature = "postgres")]
pub(super) fn public() -> RootCertStore {
    RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
}

/// Fails where [`of_file`] would.
#[cfg(feature = "mysql")]
pub(in crate::driver) fn check(path: &Path) -> Result<(), Error> {
    of_file(path).map(drop)
}
