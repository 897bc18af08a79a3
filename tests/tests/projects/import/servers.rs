//! The same of databases of PostgreSQL and MariaDB.

use crate::harness::{Package, Workspace};
use crate::support::servers::{Fresh, MariaDb, Postgres, Speaks};

/// A shop as it grew over the years, on this server.
struct Shop {
    name: &'static str,
    feature: &'static str,
    dialect: &'static str,
    sql: &'static str,
    /// Something that is not managed.
    unmanaged: &'static str,
}

#[test]
fn a_database_of_postgres_made_by_hand_is_imported() {
    imported::<Postgres>(&Shop {
        name: "import-postgres",
        feature: "postgres",
        dialect: "postgres",
        sql: include_str!("shop.postgres.sql"),
        unmanaged: "materialized view kept",
    });
}

#[test]
fn a_database_of_mariadb_made_by_hand_is_imported() {
    imported::<MariaDb>(&Shop {
        name: "import-mariadb",
        feature: "mysql",
        dialect: "mysql",
        sql: include_str!("shop.mariadb.sql"),
        unmanaged: "function twice",
    });
}

/// The import builds, its database has no drift, there is nothing more to do, and it goes on from there.
fn imported<S: Speaks>(shop: &Shop) {
    let Some(database) = S::fresh() else { return };
    let mut client = database.connect();
    for sql in statements(shop.sql) {
        S::does(&mut client, &sql).unwrap_or_else(|error| panic!("{error} in: {sql}"));
    }
    let workspace = Workspace::new();
    let package = bare(&workspace, shop);
    let url = database.url();
    let said = package.xtask(&["migrate-import", "--url", &url]).ends(0).says(shop.unmanaged);
    insta::assert_snapshot!(format!("{}_said", shop.name), without_url(&said.out, &url));
    let files: String = package
        .text_files()
        .iter()
        .filter(|path| *path != "whimbrel.toml")
        .map(|path| format!("==== {path}\n{}", package.read(path)))
        .collect();
    insta::assert_snapshot!(format!("{}_files", shop.name), files);
    package.xtask(&["migrate-check"]).ends(0);
    package.xtask(&["migrate-new", "again"]).ends(0).says("nothing to do");

    let migrate = package.build_migrate();
    let run = |line: &str| package.migrate_where(&migrate, &format!("{line} --url {url}"), &[]);
    run("baseline").ends(0);
    run("drift").ends(0).says("no drift");
    run("status --check").ends(0);
    // A later migration changes a table of the old days, whose rows and views are there afterwards.
    package.replace("schema/orders.toml", "note", "remark");
    let rename = ["migrate-new", "remarks", "--rename", "orders.note=orders.remark"];
    package.xtask(&rename).ends(0);
    let migrate = package.build_migrate();
    let run = |line: &str| package.migrate_where(&migrate, &format!("{line} --url {url}"), &[]);
    run("apply").ends(0).says("1 migration applied");
    run("drift").ends(0).says("no drift");
    let total = S::texts(&mut client, "SELECT total FROM big").unwrap();
    assert_eq!(total, [[Some("119.5".to_owned())]]);
    run("rollback --steps 1").ends(0);
    run("drift").ends(0).says("no drift");

    // And the same once more, made by the migration; what is not managed is not there.
    let again: Fresh<S> = S::fresh().unwrap();
    let run = |line: &str| package.migrate_where(&migrate, &format!("{line} --url {}", again.url()), &[]);
    run("apply").ends(0);
    run("drift").ends(0);
}

/// A package for this database alone.
fn bare(workspace: &Workspace, shop: &Shop) -> Package {
    let package = workspace.package(shop.name);
    package.write("whimbrel.toml", &format!("dialects = [\"{}\"]\n", shop.dialect));
    let manifest = package.read("Cargo.toml");
    let features = format!(
        "runtime\", default-features = false, features = [\"cli\", \"{}\"] }}\n\n[build-dependencies]",
        shop.feature
    );
    package.write("Cargo.toml", &manifest.replace("runtime\" }\n\n[build-dependencies]", &features));
    package
}

/// The statements of a file: each ends with a line, unless that is in a text between dollars.
fn statements(text: &str) -> Vec<String> {
    let (mut statements, mut statement, mut quoted) = (Vec::new(), String::new(), false);
    for line in text.lines() {
        statement.push_str(line);
        statement.push('\n');
        quoted ^= line.matches("$$").count() % 2 == 1;
        if line.ends_with(';') && !quoted {
            statements.push(std::mem::take(&mut statement));
        }
    }
    statements
}

/// What was said, without the address of a server.
fn without_url(said: &str, url: &str) -> String {
    let address = url.rsplit_once('@').map_or(url, |(_, address)| address);
    let word = |word: &str| if word.contains(address) { "<URL>".to_owned() } else { word.to_owned() };
    let line = |line: &str| line.split(' ').map(word).collect::<Vec<_>>().join(" ");
    said.lines().map(line).collect::<Vec<_>>().join("\n")
}
