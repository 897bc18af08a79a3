//! Encrypted connections to both servers, and servers that are not who they should be.
//!
//! The certificate of the servers of `ci/servers` is for `localhost`, and their URLs say 127.0.0.1.

use generated_example::db::PROJECT;
use whimbrel::{Apply, ErrorKind, Migrator};

use crate::support::servers::{Fresh, MariaDb, Postgres, Server, Speaks, given};

#[test]
fn postgres_is_reached_by_tls() {
    let (Some(authority), Some(database)) = (authority(), Postgres::fresh()) else { return };
    let mut client = database.connect();
    let sessions = format!(
        "SELECT bool_and(ssl)::text FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
         WHERE datname = '{}' AND application_name = 'whimbrel'",
        database.name()
    );
    let full = format!("sslmode=verify-full&sslrootcert={}", authority.ours);
    for (host, parameters, encrypted) in [
        ("127.0.0.1", "sslmode=disable", "false"),
        ("127.0.0.1", "", "true"),
        ("127.0.0.1", "sslmode=require", "true"),
        ("127.0.0.1", &format!("sslmode=verify-ca&sslrootcert={}", authority.ours), "true"),
        ("localhost", &full, "true"),
        ("localhost", &format!("{full}&sslnegotiation=postgres"), "true"),
    ] {
        let migrator = opened(&at(&database, host, parameters));
        let migrator = migrator.unwrap_or_else(|error| panic!("{host} {parameters}: {error}"));
        let found = Postgres::texts(&mut client, &sessions).unwrap();
        assert_eq!(found, [[Some(encrypted.to_owned())]], "{host} {parameters}");
        drop(migrator);
    }
    opened(&at(&database, "localhost", &full)).unwrap().apply(Apply::All).unwrap();

    for (host, parameters, words) in [
        ("127.0.0.1", full.as_str(), "not valid for name"),
        ("localhost", &format!("sslmode=verify-full&sslrootcert={}", authority.other), "UnknownIssuer"),
        ("localhost", &format!("sslmode=verify-ca&sslrootcert={}", authority.other), "UnknownIssuer"),
        // With an authority, others let it count as well.
        ("localhost", &format!("sslmode=require&sslrootcert={}", authority.other), "UnknownIssuer"),
        ("localhost", &format!("sslrootcert={}", authority.other), "UnknownIssuer"),
        ("localhost", "sslmode=verify-full", "UnknownIssuer"),
    ] {
        distrusted(&at(&database, host, parameters), words);
    }
    misused(&at(&database, "localhost", "sslmode=verify-ca"));
    misused(&at(&database, "localhost", "sslmode=verify-full&sslrootcert=missing.pem"));
    misused(&at(&database, "localhost", &format!("sslmode=verify-full&sslrootcert={}", authority.key)));
}

#[test]
fn mariadb_is_reached_by_tls() {
    let (Some(authority), Some(database)) = (authority(), MariaDb::fresh()) else { return };
    let (mut client, user) = (database.connect(), format!("t{}", &database.name()["whimbrel_test_".len()..]));
    // The server lets this user in by an encrypted connection alone.
    let sql = format!("CREATE USER '{user}'@'127.0.0.1' IDENTIFIED BY 's3cr3t' REQUIRE SSL");
    MariaDb::does(&mut client, &sql).unwrap();
    let sql = format!("GRANT ALL ON {}.* TO '{user}'@'127.0.0.1'", database.name());
    MariaDb::does(&mut client, &sql).unwrap();
    let at = |host: &str, parameters: &str| {
        let url = at(&database, host, parameters);
        format!("mariadb://{user}:s3cr3t@{}", url.split_once('@').unwrap().1)
    };
    let identity = format!("ssl-mode=verify_identity&ssl-ca={}", authority.ours);
    for (host, parameters) in [
        ("127.0.0.1", ""),
        ("127.0.0.1", "ssl-mode=PREFERRED"),
        ("127.0.0.1", "ssl-mode=REQUIRED"),
        ("localhost", &identity),
    ] {
        let opened = opened(&at(host, parameters));
        assert!(opened.is_ok(), "{host} {parameters}: {}", opened.err().unwrap());
    }
    opened(&at("localhost", &identity)).unwrap().apply(Apply::All).unwrap();

    let error = opened(&at("127.0.0.1", "ssl-mode=DISABLED")).err().unwrap();
    assert!(error.to_string().contains("Access denied"), "{error}");
    distrusted(&at("127.0.0.1", &identity), "not valid for name");
    let other = format!("ssl-mode=verify_identity&ssl-ca={}", authority.other);
    distrusted(&at("localhost", &other), "UnknownIssuer");
    distrusted(&at("localhost", "ssl-mode=verify_identity"), "UnknownIssuer");
    misused(&at("localhost", "ssl-mode=verify_ca"));
    misused(&at("localhost", &format!("ssl-mode=required&ssl-ca={}", authority.ours)));
    misused(&at("localhost", "ssl-mode=verify_identity&ssl-ca=missing.pem"));
    MariaDb::does(&mut client, &format!("DROP USER '{user}'@'127.0.0.1'")).unwrap();
}

/// Files of certificates.
struct Authority {
    /// Of the authority of the servers.
    ours: String,
    /// Of another.
    other: String,
    /// A file without a certificate.
    key: String,
}

fn authority() -> Option<Authority> {
    let ours = given("the servers of `ci/servers`", "WHIMBREL_TEST_TLS_CA")?;
    let beside = |name: &str| std::path::Path::new(&ours).with_file_name(name).display().to_string();
    Some(Authority { other: beside("other.pem"), key: beside("server.ext"), ours })
}

fn at<S: Server>(database: &Fresh<S>, host: &str, parameters: &str) -> String {
    format!("{}?{parameters}", database.url().replace("@127.0.0.1:", &format!("@{host}:")))
}

fn opened(url: &str) -> Result<Migrator<'static>, whimbrel::Error> {
    Migrator::open(&PROJECT, url, ".").map_err(|error| {
        let (_, rest) = url.split_once("://").unwrap();
        let (_, password) = rest.split_once('@').unwrap().0.split_once(':').unwrap();
        let shown =
            format!("{error} {error:?} {:?}", std::error::Error::source(&error).map(ToString::to_string));
        assert!(!shown.contains(password), "the password is shown");
        error
    })
}

fn distrusted(url: &str, words: &str) {
    let error = opened(url).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Failed, "{error}");
    let error = error.to_string();
    assert!(error.contains(words) && error.contains("help: the certificate must be for the host"), "{error}");
}

fn misused(url: &str) {
    let error = opened(url).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Usage, "{error}");
}
