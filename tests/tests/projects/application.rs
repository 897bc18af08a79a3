//! What the code of an application sees of the generated module.

use crate::harness::{Package, Workspace, wrong};

const SCHEMA: &str = "\
[table.users]
doc = \"A person.\"

[table.users.columns]
id      = { type = \"bigint\", primary_key = true }
type    = { type = \"text?\", doc = \"Which sort.\" }
isAdmin = \"boolean\"
size    = \"smallint\"
count   = \"integer?\"
ratio   = \"real\"
exact   = \"double\"
price   = \"decimal(10,2)\"
data    = \"blob?\"
key     = \"uuid\"
at      = \"timestamptz\"

[table.users_row.columns]
id = \"bigint\"
";

/// Reads a row whose every type is said, and tells about it.
const ROWS: &str = "\
pub mod db {
    whimbrel::include_db!();
}

use db::{UsersRow, UsersRowRow, UsersRow_};

pub fn users(row: UsersRow_) -> (i64, Option<String>, bool, i16, Option<i32>, f32, f64) {
    let UsersRow_ { id, type_, is_admin, size, count, ratio, exact, price, data, key, at } = row;
    let _: (String, Option<Vec<u8>>, String, String) = (price, data, key, at);
    (id, type_, is_admin, size, count, ratio, exact)
}

pub fn token(_: UsersRow, row: UsersRowRow) -> i64 {
    row.id
}

pub const COLUMNS: [&str; 11] = UsersRow_::COLUMNS;

pub fn read<R: whimbrel::row::Row>(row: &R) -> Result<UsersRow_, R::Error> {
    <UsersRow_ as whimbrel::row::FromRow>::from_row(row)
}
";

fn package(workspace: &Workspace, name: &str) -> Package {
    let package = workspace.package(name);
    package.write("schema/users.toml", SCHEMA);
    package.xtask(&["migrate-new", "create_users"]).ends(0);
    package
}

#[test]
fn rows_have_the_types_of_their_columns() {
    let workspace = Workspace::new();
    let good = package(&workspace, "rows-good");
    good.write("src/lib.rs", ROWS);

    // Only the newest version has rows, and they follow it.
    let changed = package(&workspace, "rows-changed");
    changed.write(
        "schema/users.toml",
        &SCHEMA
            .replace("size    = \"smallint\"", "length  = { type = \"smallint\", renamed_from = \"size\" }"),
    );
    changed.xtask(&["migrate-new", "size_is_length"]).ends(0);
    changed.write(
        "src/lib.rs",
        &ROWS.replace("    row.id\n", "    row.id + i64::from(db::v0001::UsersRow.id)\n"),
    );

    let built = workspace.check();
    built.passes(&good);
    let generated = built.generated(&good, "db.rs");
    for doc in [
        "/// A row of table `users`.\n    ///\n    /// A person.\n",
        "/// `type`, `text?`.\n        ///\n        /// Which sort.\n",
    ] {
        assert!(generated.contains(doc), "{generated}");
    }
    let expected = [
        wrong("E0026", changed.place("src/lib.rs", "is_admin, ^^size, count, ratio, exact, price"))
            .says("size"),
        wrong("E0027", changed.place("src/lib.rs", "let ^^UsersRow_ {")).says("`length`"),
        wrong("E0609", changed.place("src/lib.rs", "UsersRow.^^id")).says("no field `id`"),
    ];
    built.compare(&changed, expected).unwrap();
}

/// What an application compiles only with the feature, all on one line each.
const IDENTIFIERS: &str = "\
pub mod db {
    whimbrel::include_db!();
}

pub fn is_identifier(_: impl sea_query::Iden) {}

pub fn tokens() {
    is_identifier(db::Users);
    is_identifier(db::Users::ID);
}
";

#[test]
fn tokens_are_identifiers_with_the_feature_alone() {
    let sea_query = "[dependencies]\nsea-query = { version = \"1.0\", default-features = false, features = [\"backend-sqlite\"] }\n";
    let workspace = Workspace::new();
    let without = package(&workspace, "identifiers-without");
    without.replace("Cargo.toml", "[dependencies]\n", sea_query);
    without.write("src/lib.rs", &(IDENTIFIERS.to_owned() + "\npub use whimbrel::sea_query as nothing;\n"));
    let expected = [
        wrong("E0432", without.place("src/lib.rs", "pub use ^^whimbrel::sea_query")),
        wrong("E0277", without.place("src/lib.rs", "is_identifier(^^db::Users);")),
        wrong("E0277", without.place("src/lib.rs", "is_identifier(^^db::Users::ID);")),
    ];
    workspace.check().compare(&without, expected).unwrap();

    // Features are of a workspace, so this is another.
    let workspace = Workspace::new();
    let with = package(&workspace, "identifiers-with");
    with.replace("Cargo.toml", "[dependencies]\n", sea_query);
    let manifest = with.read("Cargo.toml");
    let (start, end) = manifest.split_once("runtime\" }").unwrap();
    with.write("Cargo.toml", &format!("{start}runtime\", features = [\"sea-query\"] }}{end}"));
    with.write("src/lib.rs", IDENTIFIERS);
    with.append("src/lib.rs", "\npub fn wrong() {\n    drop(db::Users::ID.eq(\"seven\"));\n}\n");
    with.append("src/lib.rs", "\npub use whimbrel::sea_query::ExprTrait;\n");
    // A comparison of a token's own stays typed, whatever traits of sea-query are in scope.
    let expected = [wrong("E0277", with.place("src/lib.rs", "ID.eq(^^\"seven\")"))];
    workspace.check().compare(&with, expected).unwrap();
    with.replace("src/lib.rs", "\"seven\"", "7");
    workspace.check().compiles(&with);
}
