//! `migrate-import` of a database that someone made by hand: what it writes builds, and is the database.

mod servers;

use rusqlite::Connection;

use crate::harness::{Package, Workspace, repository};

/// A shop as it grew over the years.
const SHOP: &str = include_str!("import/shop.sql");

fn shop(workspace: &Workspace, name: &str) -> Package {
    let package = workspace.package(name);
    let database = Connection::open(package.path("app.db")).unwrap();
    database.execute_batch(SHOP).unwrap();
    package
}

#[test]
fn a_database_made_by_hand_is_imported() {
    let workspace = Workspace::new();
    let package = shop(&workspace, "import-shop");
    let before = package.listing();
    let files = ["migrate-import", "--url", "sqlite:app.db", "--dry-run"];
    let preview =
        package.xtask(&files).ends(0).says("--- schema/order_details.toml").says("nothing was written");
    assert_eq!(package.listing(), before, "a dry run wrote something");
    let said = package.xtask(&["migrate-import", "--url", "sqlite:app.db"]).ends(0);
    assert!(preview.out.starts_with(said.out.split("\nnothing in the database").next().unwrap()));
    insta::assert_snapshot!("import_said", said.out);
    assert_eq!(
        package.text_files(),
        [
            "migrations/0001_baseline/migration.rs",
            "migrations/0001_baseline/snapshot.toml",
            "schema/customers.toml",
            "schema/group.toml",
            "schema/order_details.toml",
            "schema/orders.toml",
            "schema/unmanaged.toml",
            "schema/views.toml",
        ]
    );
    let files: String =
        package.text_files().iter().map(|path| format!("==== {path}\n{}", package.read(path))).collect();
    insta::assert_snapshot!("import_files", files);

    workspace.check().passes(&package);
    package.xtask(&["migrate-check"]).ends(0);
    package.xtask(&["migrate-new", "again"]).ends(0).says("nothing to do");
    package.xtask(&["migrate-import", "--url", "sqlite:app.db"]).ends(5).complains("0001_baseline");
    becomes_one_of_whimbrels(&workspace, &package);
}

/// From the baseline on it is a database like others, and has all that it had.
fn becomes_one_of_whimbrels(workspace: &Workspace, package: &Package) {
    let migrate = package.build_migrate();
    let run = |line: &str| package.migrate(&migrate, line);
    let database = || Connection::open(package.path("app.db")).unwrap();
    let count = |sql: &str| database().query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    let before = count("SELECT count(*) FROM sqlite_schema");
    // Nobody marked it yet.
    run("apply").ends(1).complains("migrate baseline --to 0001_baseline");
    run("baseline --dry-run").ends(0).says("would be marked  0001_baseline").says("nothing was written");
    assert_eq!(count("SELECT count(*) FROM sqlite_schema"), before);
    database().execute_batch("CREATE INDEX orders_later ON orders (state)").unwrap();
    run("baseline").ends(4).complains("+ index orders_later on orders");
    database().execute_batch("DROP INDEX orders_later").unwrap();
    let said = run("baseline --json").ends(0);
    let said: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(said["marked"], serde_json::json!(["0001_baseline"]));
    run("baseline").ends(5).complains("has a history");

    run("drift").ends(0).says("no drift").says("table texts_data");
    run("status --check").ends(0);
    run("history").ends(0).says("as a baseline");
    run("apply").ends(0).says("0001_baseline");
    run("rollback --all").ends(5).complains("was there before whimbrel");
    database().execute_batch("CREATE INDEX orders_later ON orders (state)").unwrap();
    run("drift").ends(4).says("+ index orders_later on orders");
    database().execute_batch("DROP INDEX orders_later").unwrap();

    // A rebuild of a table of the old days, with its index, its view and the rows of its children.
    package.replace("schema/orders.toml", "default = \"new\" }", "default = \"fresh\" }");
    package.replace("schema/orders.toml", "('new', 'paid', 'sent')", "('new', 'fresh', 'paid', 'sent')");
    package.xtask(&["migrate-new", "fresh_orders"]).ends(0);
    workspace.check().passes(package);
    let migrate = package.build_migrate();
    package.migrate(&migrate, "apply").ends(0).says("1 migration applied");
    package.migrate(&migrate, "drift").ends(0).says("no drift");
    assert_eq!(count("SELECT count(*) FROM orders"), 2);
    assert_eq!(count("SELECT CAST(total AS INTEGER) FROM big"), 119);
    assert_eq!(count("SELECT count(*) FROM found WHERE body LIKE '%find%'"), 1);
    // What has parts that the language cannot say is not rebuilt.
    package.replace("schema/order_details.toml", "price  = \"real\"", "price  = \"double\"");
    package.xtask(&["migrate-new", "double_prices"]).ends(0);
    let migrate = package.build_migrate();
    package.migrate(&migrate, "apply").ends(5).complains("ON CONFLICT IGNORE");
}

#[test]
fn an_import_overwrites_nothing() {
    let workspace = Workspace::new();
    let package = shop(&workspace, "import-refused");
    let import = ["migrate-import", "--url", "sqlite:app.db"];
    package.xtask(&["migrate-import"]).ends(2).complains("--url");
    package.xtask(&["migrate-import", "--url", "sqlite:other.db"]).ends(2).complains("no database at");
    assert!(!package.path("other.db").exists(), "what is only looked for is not made");
    package.xtask(&["migrate-import", "--url", "nothing"]).ends(2);
    package.write("schema/mine.toml", "[table.mine.columns]\nid = \"bigint\"\n");
    let before = package.listing();
    package.xtask(&import).ends(5).complains("schema/mine.toml");
    package.write("schema/mine.toml", "[table.mine.columns\n");
    package.xtask(&import).ends(5).complains("schema/mine.toml");
    package.remove("schema/mine.toml");
    package.write("whimbrel.toml", "dialects = [\"sqlite\", \"postgres\"]\n");
    package.xtask(&import).ends(2).complains("dialects = [\"sqlite\"]");
    package.write("whimbrel.toml", "dialects = [\"sqlite\"]\n\n[environment.dev]\nurl = \"sqlite:app.db\"\n");
    assert_eq!(before.len(), package.listing().len() + 1, "nothing was written but what was removed");

    // Half of it cannot be written, so none of it is.
    package.write("migrations/0001_baseline", "a file where a directory belongs");
    package.xtask(&import).ends(1).complains("nothing was changed");
    assert!(package.text_files().is_empty(), "{:?}", package.text_files());
}

/// What `migrate-init` leaves has comments alone, and keeps its name.
#[test]
fn an_import_after_init() {
    let workspace = Workspace::new();
    let package = shop(&workspace, "import-after-init");
    package.write("schema/orders.toml", "# What the database should be.\n");
    let said = package.xtask(&["migrate-import", "--url", "sqlite:app.db", "--name", "As it was", "--json"]);
    let said: serde_json::Value = serde_json::from_str(&said.ends(0).out).unwrap();
    assert_eq!(said["revision"], "0001_as_it_was");
    assert_eq!(said["tables"], serde_json::json!(["customers", "group", "order details", "orders"]));
    assert!(said["files"].as_array().unwrap().iter().any(|file| file == "schema/orders_2.toml"), "{said}");
    assert!(said["unmanaged"].as_array().unwrap().iter().any(|one| one["object"] == "view found"), "{said}");
    package.xtask(&["migrate-check"]).ends(0);
}

/// A package that is none of whimbrel's yet: the import says for which database it is, and init does the rest.
#[test]
fn an_import_from_nothing() {
    let workspace = Workspace::new();
    let package = shop(&workspace, "import-bare");
    package.remove("whimbrel.toml");
    package.remove("build.rs");
    package.remove("schema");
    let said = package.xtask(&["migrate-import", "--url", "sqlite:app.db"]).ends(0).says("migrate-init");
    assert!(said.out.contains("cargo xtask migrate baseline  "), "{}", said.out);
    assert!(package.read("whimbrel.toml").contains("dialects = [\"sqlite\"]"));
    assert!(package.read("whimbrel.toml").contains("url = \"sqlite:app.db\""));
    package
        .xtask(&["migrate-init", "--path", repository().to_str().unwrap()])
        .ends(0)
        .says("create  packages/import-bare/build.rs");
    package.xtask(&["migrate-check"]).ends(0);
    package.xtask(&["migrate-new", "again"]).ends(0).says("nothing to do");
}

/// Fault K07: what an attacker has named in a database is text in TOML, in Rust and in SQL.
#[test]
fn a_hostile_database_is_only_text() {
    let workspace = Workspace::new();
    let package = workspace.package("import-hostile");
    let hostile = r####"
        CREATE TABLE canary (id INTEGER PRIMARY KEY);
        CREATE TABLE """); DROP TABLE canary; --" (
            """ = 1 #" TEXT NOT NULL DEFAULT '"""''\',
            "*/ fn main() {" INTEGER CHECK ("*/ fn main() {" <> ');'),
            "{0} ${x} r#self" TEXT UNIQUE
        );
        CREATE TABLE "#""##" ("]]>" BLOB, "self" INT REFERENCES canary (id));
        CREATE INDEX "../../etc" ON "#""##" ("]]>");
        CREATE VIEW "Option" AS SELECT 1 AS "Self";
        CREATE TABLE "evil|[31m" (id INT);
    "####;
    let hostile = hostile.replace("evil|", "evil\u{1b}");
    Connection::open(package.path("app.db")).unwrap().execute_batch(&hostile).unwrap();
    let said = package.xtask(&["migrate-import", "--url", "sqlite:app.db"]).ends(0).says("3 tables, 1 view");
    assert!(said.out.contains("table evil\\u{1b}[31m is left out"), "{}", said.out);
    assert!(!said.out.contains('\u{1b}'), "{}", said.out);
    workspace.check().passes(&package);
    let migrate = package.build_migrate();
    package.migrate(&migrate, "baseline").ends(0);
    package.migrate(&migrate, "drift").ends(0);
    // And the same once more, made by the migration.
    package.migrate(&migrate, "apply --url sqlite:fresh.db").ends(0);
    package.migrate(&migrate, "drift --url sqlite:fresh.db").ends(0);
    let fresh = Connection::open(package.path("fresh.db")).unwrap();
    let tables = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'whimbrel%'";
    assert_eq!(
        fresh.query_row(tables, [], |row| row.get::<_, i64>(0)),
        Ok(3),
        "nothing was dropped or added"
    );
}
