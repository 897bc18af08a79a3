//! Where a database is.

use std::fmt;
use std::path::PathBuf;

use crate::driver::Driver;
use crate::error::{Error, ErrorKind, visible};

/// The URL of a database.
///
/// `sqlite:PATH`, `sqlite://PATH`, `sqlite::memory:`, `postgres://USER:PASSWORD@HOST:PORT/DATABASE` and
/// `mysql://..` or `mariadb://..` of the same form, each with the feature of its database. Both `Display`
/// and `Debug` leave out the password.
///
/// With the feature `tls` the parameters `sslmode` and `sslrootcert` (PostgreSQL), `ssl-mode` and `ssl-ca` (MariaDB
/// and MySQL) say whether connections are encrypted and whom they must lead to.
///
/// ```
/// use whimbrel::Url;
///
/// assert_eq!(Url::parse("sqlite:mail.db")?.to_string(), "sqlite:mail.db");
/// assert_eq!(Url::parse("postgres://ada:secret@db/mail")?.to_string(), "postgres://ada:***@db/mail");
/// # Ok::<(), whimbrel::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Url {
    text: String,
    kind: Kind,
}

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    SqliteFile(PathBuf),
    SqliteMemory,
    Postgres,
    Mysql,
}

impl Url {
    /// Reads a URL.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] if the text is no URL of a database.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let usage =
            |message: String| Error::new(ErrorKind::Usage, message).help("a URL looks like sqlite:mail.db");
        let Some((scheme, rest)) = text.split_once(':') else {
            // Nobody knows what it is instead, so nothing of it is shown.
            return Err(usage("what was given is not the URL of a database".to_owned()));
        };
        let kind = match scheme {
            "sqlite" => match rest.strip_prefix("//").unwrap_or(rest) {
                ":memory:" => Kind::SqliteMemory,
                "" => return Err(usage("the URL `sqlite:` names no file".to_owned())),
                path if path.contains('?') => {
                    return Err(Error::new(
                        ErrorKind::Usage,
                        format!("`{}` has parameters, which are not supported", visible(&redacted(text))),
                    )
                    .help("write the path alone: sqlite:mail.db"));
                }
                path => Kind::SqliteFile(PathBuf::from(path)),
            },
            "postgres" | "postgresql" => Kind::Postgres,
            "mysql" | "mariadb" => Kind::Mysql,
            _ => return Err(usage(format!("there is no database `{}`", visible(&redacted(scheme))))),
        };
        Ok(Self { text: text.to_owned(), kind })
    }

    /// Whether both name the same database; paths of files are relative to `base`.
    pub(crate) fn is_same(&self, other: &Self, base: &std::path::Path) -> bool {
        match (&self.kind, &other.kind) {
            (Kind::SqliteFile(one), Kind::SqliteFile(two)) => {
                let place = |path| {
                    let path = base.join(path);
                    path.canonicalize().unwrap_or(path)
                };
                place(one) == place(two)
            }
            (Kind::SqliteMemory, Kind::SqliteMemory) => true,
            (Kind::Postgres, Kind::Postgres) | (Kind::Mysql, Kind::Mysql) => self.text == other.text,
            (Kind::SqliteFile(_) | Kind::SqliteMemory | Kind::Postgres | Kind::Mysql, _) => false,
        }
    }

    /// The file of the database, if it is one; its path is relative to `base`.
    pub(crate) fn file(&self, base: &std::path::Path) -> Option<PathBuf> {
        match &self.kind {
            Kind::SqliteFile(path) => Some(base.join(path)),
            Kind::SqliteMemory | Kind::Postgres | Kind::Mysql => None,
        }
    }

    /// Connects; the path of a file is relative to `base`.
    #[cfg_attr(
        not(any(feature = "sqlite", feature = "postgres", feature = "mysql")),
        expect(unused_variables, reason = "no database has paths")
    )]
    pub(crate) fn connect(&self, base: &std::path::Path) -> Result<Box<dyn Driver>, Error> {
        match &self.kind {
            #[cfg(feature = "sqlite")]
            Kind::SqliteFile(path) => Ok(Box::new(crate::driver::Sqlite::open(base.join(path))?)),
            #[cfg(feature = "sqlite")]
            Kind::SqliteMemory => Ok(Box::new(crate::driver::Sqlite::in_memory()?)),
            #[cfg(not(feature = "sqlite"))]
            Kind::SqliteFile(_) | Kind::SqliteMemory => Err(self.without("SQLite", "bundled")),
            #[cfg(feature = "postgres")]
            Kind::Postgres => Ok(Box::new(crate::driver::Postgres::open(&self.text, base)?)),
            #[cfg(not(feature = "postgres"))]
            Kind::Postgres => Err(self.without("PostgreSQL", "postgres")),
            #[cfg(feature = "mysql")]
            Kind::Mysql => Ok(Box::new(crate::driver::Mysql::open(&self.text, base)?)),
            #[cfg(not(feature = "mysql"))]
            Kind::Mysql => Err(self.without("MariaDB and MySQL", "mysql")),
        }
    }

    #[cfg(not(all(feature = "sqlite", feature = "postgres", feature = "mysql")))]
    fn without(&self, database: &str, feature: &str) -> Error {
        let message = format!("this program was built without {database}, so `{self}` cannot be opened");
        Error::new(ErrorKind::Usage, message)
            .help(format!("build it with the feature `{feature}` of whimbrel"))
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::SqliteFile(_) | Kind::SqliteMemory => f.write_str(&visible(&self.text)),
            Kind::Postgres | Kind::Mysql => f.write_str(&visible(&redacted(&self.text))),
        }
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Url({self})")
    }
}

/// The text without anything that may be a password: what stands between the first colon of the
/// authority and its last `@`, the value of each parameter, and what follows an equals sign, as in
/// `host=db password=..`.
fn redacted(text: &str) -> String {
    let start = text.find("//").map_or(0, |slashes| slashes + 2);
    let mark = text.find(['?', '#', '=']);
    if let Some(at) = text[start..].rfind('@').map(|at| start + at) {
        // Where a mark comes first nobody knows whether it is part of the password.
        let colon = text[start..at].find(':').map(|colon| start + colon);
        match (colon, mark.filter(|mark| *mark < at)) {
            (Some(colon), None) => return format!("{}:***{}", &text[..colon], parameterless(&text[at..])),
            (Some(colon), Some(mark)) => return format!("{}***", &text[..colon.min(mark) + 1]),
            (None, _) => {}
        }
    }
    parameterless(text)
}

fn parameterless(text: &str) -> String {
    match text.find(['?', '#', '=']) {
        Some(mark) => format!("{}***", &text[..=mark]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_never_shown() {
        for url in [
            "postgres://ada:s3cr3t@db/mail",
            "postgres://ada:s3cr3t:x@y@db/mail",
            "postgres://db/mail?password=s3cr3t",
            "mariadb://:s3cr3t@db",
            "postgres://ada:s3cr3t?x@db/mail",
            "postgres://ada:x?s3cr3t@db/mail",
            "postgres://ada:%73?s3cr3t#x=@db/mail?password=s3cr3t",
            "postgres://db:5432/mail?user=a@b&password=s3cr3t",
            "mysql://ada:s3cr3t@/mail?socket=/run/s",
            "postgres:ada:s3cr3t@db",
        ] {
            let url = Url::parse(url).unwrap();
            let shown = format!("{url} {url:?} {}", url.connect("".as_ref()).map(drop).unwrap_err());
            assert!(!shown.contains("s3cr3t"), "{shown}");
        }
        for url in [
            "oracle://ada:s3cr3t@db",
            "ada:s3cr3t@db/mail",
            "host=db password=s3cr3t",
            "host=db password=s3cr3t port=a:b",
            "sqlite:mail.db?key=s3cr3t",
            "db?password=s3cr3t",
        ] {
            let shown = Url::parse(url).unwrap_err().to_string();
            assert!(!shown.contains("s3cr3t"), "{shown}");
        }
    }

    #[test]
    fn knows_the_spellings_of_sqlite() {
        assert!(Url::parse("sqlite:a b.db").unwrap().kind == Kind::SqliteFile("a b.db".into()));
        assert!(Url::parse("sqlite:///var/a.db").unwrap().kind == Kind::SqliteFile("/var/a.db".into()));
        assert!(Url::parse("sqlite://a.db").unwrap().kind == Kind::SqliteFile("a.db".into()));
        assert!(Url::parse("sqlite::memory:").unwrap().kind == Kind::SqliteMemory);
        assert!(Url::parse("sqlite://:memory:").unwrap().kind == Kind::SqliteMemory);
        assert_eq!(Url::parse("sqlite:").unwrap_err().kind(), ErrorKind::Usage);
    }
}
