//! Packages that compile: without tables, under strict lints, and with names that Rust has already.

use crate::base;
use crate::harness::Workspace;

const STRICT: &str = "\
//! A package whose author is strict.

#![forbid(unsafe_code)]
#![deny(warnings)]
#![warn(missing_docs, unreachable_pub, rust_2018_idioms, unused_qualifications)]
#![deny(clippy::all, clippy::pedantic, clippy::unwrap_used, clippy::print_stdout)]
#![deny(non_ascii_idents, single_use_lifetimes, unused_lifetimes, unused_results)]

/// The database.
pub mod db {
    whimbrel::include_db!();
}
";

/// Names that mean something in Rust, in the vocabulary of migrations, or in generated code.
const NAMES: [&str; 48] = [
    "option",
    "some",
    "none",
    "string",
    "self",
    "result",
    "ok",
    "err",
    "column",
    "table",
    "index",
    "unique",
    "check",
    "text",
    "integer",
    "nullable",
    "iden",
    "box",
    "vec",
    "str",
    "u32",
    "i64",
    "bool",
    "static",
    "type",
    "super",
    "crate",
    "gen",
    "async",
    "editor",
    "value",
    "migration",
    "project",
    "modules",
    "m0001",
    "v0001",
    "whimbrel",
    "sql",
    "json",
    "db",
    "before",
    "after",
    "debug",
    "clone",
    "partial_eq",
    "r",
    "after_row",
    "row",
];

#[test]
fn packages_that_compile() {
    let workspace = Workspace::new();
    let empty = workspace.package("green-empty");

    let bare = workspace.package("green-bare");
    bare.write("whimbrel.toml", "");
    bare.write("src/bin/migrate.rs", "fn main() {}\n");

    let strict = workspace.package_with("green-strict", base::files());
    strict.write("src/lib.rs", STRICT);
    strict.xtask(&["migrate-new", "nothing_yet", "--empty"]).ends(0);

    let private = workspace.package_with("green-private", base::files());
    private.write(
        "src/lib.rs",
        &STRICT
            .replace("pub mod db", "mod db")
            .replace("/// The database.", "pub use db::PROJECT as MIGRATIONS;\n\n/// The database."),
    );
    private.write(
        "src/bin/migrate.rs",
        "fn main() -> std::process::ExitCode {\n    whimbrel::cli::main(&green_private::MIGRATIONS)\n}\n",
    );

    let named = workspace.package("green-named");
    let columns = "name = \"text\"\ntype = \"text?\"\nversion = \"integer\"\nself = \"boolean\"\nnew = \"text?\"\n\
                   const = \"bigint\"\nunquoted = \"text?\"\n";
    let schema: String = NAMES
        .iter()
        .map(|name| {
            format!("[table.{name}.columns]\nid = {{ type = \"bigint\", primary_key = true }}\n{columns}\n")
        })
        .collect();
    named.write("schema/names.toml", &schema);
    named.write("src/lib.rs", STRICT);
    named.xtask(&["migrate-new", "create_names"]).ends(0);
    let changed = schema.replace(
        "new = \"text?\"",
        "newer = { type = \"text?\", renamed_from = \"new\" }\nadded = { type = \"json\", backfill = { sql = \"'{}'\" } }",
    );
    named.write("schema/names.toml", &changed);
    named.xtask(&["migrate-new", "rename_all"]).ends(0);
    let data = "migrations/0002_rename_all/migration.rs";
    named.replace(
        data,
        "    Ok(())\n}\n\npub fn downgrade",
        "    db.update(after::Self_)
        .set(after::Self_::NAME, \"x\")
        .set(after::Self_::NEWER, after::Self_::TYPE.or(\"y\").upper())
        .filter(after::Self_::SELF.eq(true).and(after::Self_::VERSION.gt(1)))
        .run()?;
    Ok(())
}

pub fn downgrade",
    );
    named.xtask(&["migrate-check"]).ends(0);

    // Clippy says what rustc says, and more.
    let built = workspace.build("clippy");
    for package in [&empty, &bare, &strict, &private, &named] {
        built.passes(package);
    }
}
