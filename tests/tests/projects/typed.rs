//! Row structs with types of other crates, as each package chooses them.

use crate::harness::{Package, Workspace, repository};

const SCHEMA: &str = "\
[table.moments.columns]
id    = { type = \"bigint\", primary_key = true, auto_increment = true }
day   = \"date\"
hour  = \"time?\"
local = \"timestamp\"
at    = \"timestamptz\"
key   = \"uuid\"
price = \"decimal(10,2)\"
huge  = \"decimal(38,0)\"
tree  = \"json?\"
";

/// The last point in time is one that jiff does not hold, so that it has no fixture there.
const SEEDS: &str = r#"
set = "moments"
[moments.rows]
first = { day = "2024-02-29", hour = "23:59:59.5", local = "1969-12-31 23:59:59.000001", at = "now - 1d 5s", key = "67e55044-10b1-426f-9247-bb680e5fe0c8", price = "-12.50", huge = "12345678901234567890123456789012345678", tree = '{"a": [1, null]}' }
last  = { day = "9999-12-31", local = "9999-12-31 23:59:59", at = "9999-12-30 21:59:59.999999Z", key = "00000000-0000-0000-0000-000000000000", price = "99999999.99", huge = "0" }
"#;

const LATEST: &str = r#"
set = "latest"
[moments.rows]
latest = { day = "9999-12-31", local = "9999-12-31 23:59:59", at = "9999-12-31 23:59:59Z", key = "00000000-0000-0000-0000-000000000000", price = "0", huge = "0" }
"#;

/// As the guide shows it.
const CHOSEN: &str = r#"
row_types = ["jiff", "uuid", "rust_decimal", "serde_json"]
"#;

/// As well.
const DEPENDENCY: &str = r#"
whimbrel = { path = "WHIMBREL/runtime", features = ["jiff", "uuid", "rust_decimal", "serde_json"] }
"#;

/// Its fixtures are the rows that are loaded, and their fields have these types.
const MAIN: &str = r#"
use NAME::db::{MomentsRow, PROJECT, fixtures};

fn main() {
    let connection = whimbrel::testing::fresh_with(&PROJECT, &["moments"]).unwrap();
    let mut statement = connection.prepare("SELECT * FROM moments ORDER BY id").unwrap();
    let rows = statement.query_map([], |row| MomentsRow::from_row(row)).unwrap();
    let rows: Vec<MomentsRow> = rows.map(Result::unwrap).collect();
    assert_eq!(rows, [fixtures::moments::first(), fixtures::moments::last()]);
    let MomentsRow { id: _, day, hour, local, at, key, price, huge, tree } = fixtures::moments::first();
    let _: TYPES = (day, hour, local, at, key, price, huge, tree);
    println!("{:?}", fixtures::moments::first());
}
"#;

fn package(workspace: &Workspace, name: &str, chosen: &str, types: &str) -> Package {
    let package = workspace.package(name);
    package.write(
        "whimbrel.toml",
        &format!("{chosen}\n[environment.dev]\nurl = \"sqlite:app.db\"\n\n[seeds]\n"),
    );
    package.write("schema/moments.toml", SCHEMA);
    package.write("seeds/moments.toml", SEEDS);
    package.write("seeds/latest.toml", LATEST);
    let features = "runtime\", features = [\"chrono\", \"jiff\", \"rust_decimal\", \"serde_json\", \"testing\", \"uuid\"] }";
    package.replace("Cargo.toml", "runtime\" }", features);
    let lib =
        "#![deny(warnings)]\n#![forbid(unsafe_code)]\n\npub mod db {\n    whimbrel::include_db!();\n}\n";
    package.write("src/lib.rs", lib);
    package
        .write("src/bin/migrate.rs", &MAIN.replace("NAME", &name.replace('-', "_")).replace("TYPES", types));
    package.xtask(&["migrate-new", "create_moments"]).ends(0);
    package
}

/// Features are united over a workspace, and the choice of a package is its own all the same.
#[test]
fn fields_have_the_types_that_the_package_has_chosen() {
    let workspace = Workspace::new();
    let jiff = package(
        &workspace,
        "typed-jiff",
        CHOSEN,
        "(whimbrel::jiff::civil::Date, Option<whimbrel::jiff::civil::Time>, whimbrel::jiff::civil::DateTime, \
         whimbrel::jiff::Timestamp, whimbrel::uuid::Uuid, whimbrel::rust_decimal::Decimal, String, \
         Option<whimbrel::serde_json::Value>)",
    );
    let chrono = package(
        &workspace,
        "typed-chrono",
        "row_types = [\"chrono\"]",
        "(whimbrel::chrono::NaiveDate, Option<whimbrel::chrono::NaiveTime>, whimbrel::chrono::NaiveDateTime, \
         whimbrel::chrono::DateTime<whimbrel::chrono::Utc>, String, String, String, Option<String>)",
    );
    let plain = package(
        &workspace,
        "typed-plain",
        "",
        "(String, Option<String>, String, String, String, String, String, Option<String>)",
    );
    let said = |package: &Package| package.migrate(&package.build_migrate(), "").ends(0).out;
    let out = said(&jiff);
    for value in ["2024-02-29", "23:59:59.5", "1969-12-31T23:59:59.000001", "2025-12-30T23:59:55Z", "-12.50"]
    {
        assert!(out.contains(value), "{value}: {out}");
    }
    let out = said(&chrono);
    for value in ["2024-02-29", "23:59:59.500", "1969-12-31T23:59:59.000001", "2025-12-30T23:59:55Z"] {
        assert!(out.contains(value), "{value}: {out}");
    }
    assert!(said(&plain).contains("\"2025-12-30 23:59:55\""));
    let built = workspace.check();
    assert!(!built.generated(&jiff, "db.rs").contains("pub fn latest"), "jiff holds no such time");
    assert!(built.generated(&chrono, "db.rs").contains("pub fn latest"));
}

#[test]
fn a_choice_is_checked() {
    let workspace = Workspace::new();
    for (chosen, words) in [
        ("row_types = [\"jif\"]", "did you mean \"jiff\"?"),
        ("row_types = [\"jiff\", \"chrono\"]", "a time is of one crate"),
        ("row_types = []", "names no crate"),
    ] {
        let package = workspace.package("typed-wrong");
        package.write("whimbrel.toml", chosen);
        package.xtask(&["migrate-check"]).ends(1).complains(words);
    }
}

/// What stands in whimbrel.toml needs a line in Cargo.toml, which the first errors show, for what columns need.
#[test]
fn a_feature_that_is_missing_is_named() {
    let workspace = Workspace::new();
    let package = workspace.package("typed-featureless");
    package.write("schema/moments.toml", SCHEMA);
    package.xtask(&["migrate-new", "moments"]).ends(0);
    package.write("whimbrel.toml", "row_types = [\"jiff\", \"uuid\"]\n");
    let said = workspace.check().explain();
    assert!(
        said.starts_with("error: `row_types` in whimbrel.toml names `jiff`, a feature of whimbrel"),
        "{said}"
    );
    for feature in ["jiff", "uuid"] {
        let line =
            format!("in Cargo.toml, under [dependencies]: whimbrel = {{ .., features = [\"{feature}\"] }}");
        assert_eq!(said.matches(&line).count(), 1, "{said}");
    }
    let manifest = package.read("Cargo.toml");
    let without = manifest.lines().find(|line| line.starts_with("whimbrel = ")).unwrap();
    let with = DEPENDENCY.trim().replace("WHIMBREL", repository().to_str().unwrap());
    package.replace("Cargo.toml", without, &with);
    package.write("whimbrel.toml", CHOSEN);
    workspace.check().passes(&package);
    // Of a crate that no column needs nothing is asked.
    package.write("Cargo.toml", &manifest);
    package.write("schema/moments.toml", "[table.moments.columns]\nid = \"bigint\"\n");
    package.remove("migrations");
    package.xtask(&["migrate-new", "moments"]).ends(0);
    workspace.check().passes(&package);
}
