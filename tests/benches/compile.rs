//! What migrations cost to compile: 500 of them over 200 tables, beside the same as plain constants
//! and, with `--sea-orm`, as migrations of sea-orm.
//!
//! ```console
//! $ cargo bench -p whimbrel-tests --bench compile [-- [--migrations N] [--tables N] [--sea-orm] [--keep]]
//! ```
//!
//! Prints seconds for `cargo check` and `cargo build` of the package alone (its dependencies are
//! compiled before), after an edit of the newest migration, and unchanged.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a program for developers")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |name: &str, default: usize| {
        let position = arguments.iter().position(|argument| argument == name);
        position.and_then(|position| arguments.get(position + 1)?.parse().ok()).unwrap_or(default)
    };
    let size = Size { migrations: number("--migrations", 500), tables: number("--tables", 200) };
    let mut directory = tempfile::Builder::new().prefix("whimbrel-bench-").tempdir().unwrap();
    if arguments.iter().any(|argument| argument == "--keep") {
        directory.disable_cleanup(true);
        println!("in {}", directory.path().display());
    }
    println!("{} migrations over {} tables; seconds", size.migrations, size.tables);
    println!("{:<10} {:>8} {:>8} {:>8} {:>8} {:>8}", "", "check", "again", "edit", "build", "edit");
    measure("constants", &constants(directory.path(), size));
    measure("whimbrel", &whimbrel(directory.path(), size));
    if arguments.iter().any(|argument| argument == "--sea-orm") {
        measure("sea-orm", &sea_orm(directory.path(), size));
    }
}

#[derive(Clone, Copy)]
struct Size {
    migrations: usize,
    tables: usize,
}

/// A package, and the file of its newest migration.
struct Project {
    root: PathBuf,
    newest: PathBuf,
}

fn measure(name: &str, project: &Project) {
    cargo(project, &["check"]);
    cargo(project, &["build"]);
    cargo(project, &["clean", "-p", "bench"]);
    let check = cargo(project, &["check"]);
    let again = cargo(project, &["check"]);
    touch(project);
    let check_edit = cargo(project, &["check"]);
    let build = cargo(project, &["build"]);
    touch(project);
    let build_edit = cargo(project, &["build"]);
    println!("{name:<10} {check:>8.2} {again:>8.2} {check_edit:>8.2} {build:>8.2} {build_edit:>8.2}");
}

fn cargo(project: &Project, arguments: &[&str]) -> f64 {
    let start = Instant::now();
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(&project.root)
        .env("CARGO_TARGET_DIR", project.root.join("target"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    start.elapsed().as_secs_f64()
}

fn touch(project: &Project) {
    let text = fs::read_to_string(&project.newest).unwrap();
    fs::write(&project.newest, text + "// edited\n").unwrap();
}

/// What migration `index` does: the first ones create a table each, the others add a column each.
enum Act {
    Create(usize),
    Add(usize, usize),
}

fn act(index: usize, size: Size) -> Act {
    if index < size.tables { Act::Create(index) } else { Act::Add(index % size.tables, index) }
}

fn package(root: &Path, name: &str, dependencies: &str) -> PathBuf {
    let root = root.join(name);
    fs::create_dir_all(root.join("src/bin")).unwrap();
    let manifest = format!(
        "[package]\nname = \"bench\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n{dependencies}\n[workspace]\n"
    );
    fs::write(root.join("Cargo.toml"), manifest).unwrap();
    root
}

fn whimbrel(directory: &Path, size: Size) -> Project {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let dependencies = format!(
        "[dependencies]\nwhimbrel = {{ path = {:?} }}\n\n[build-dependencies]\nwhimbrel-build = {{ path = {:?} }}\n",
        repository.join("runtime"),
        repository.join("build-support")
    );
    let root = package(directory, "whimbrel", &dependencies);
    fs::copy(repository.join("Cargo.lock"), root.join("Cargo.lock")).unwrap();
    fs::write(root.join("build.rs"), "fn main() {\n    whimbrel_build::emit();\n}\n").unwrap();
    fs::write(root.join("src/lib.rs"), "pub mod db {\n    whimbrel::include_db!();\n}\n").unwrap();
    fs::write(root.join("whimbrel.toml"), "").unwrap();
    fs::create_dir_all(root.join("schema")).unwrap();
    let mut columns: Vec<Vec<String>> = Vec::new();
    let mut newest = PathBuf::new();
    for index in 0..size.migrations {
        let (table, name) = match act(index, size) {
            Act::Create(table) => {
                columns.push(COLUMNS.iter().map(|column| (*column).to_owned()).collect());
                (table, format!("create_t{table:03}"))
            }
            Act::Add(table, column) => {
                columns[table].push(format!("added_{column:03} = \"text?\""));
                (table, format!("add_{column:03}"))
            }
        };
        let text = format!("[table.t{table:03}.columns]\n{}\n", columns[table].join("\n"));
        fs::write(root.join(format!("schema/t{table:03}.toml")), text).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_project-xtask"))
            .args(["migrate-new", &name])
            .current_dir(&root)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        newest = root.join(format!("migrations/{:04}_{name}/migration.rs", index + 1));
    }
    Project { root, newest }
}

const COLUMNS: [&str; 6] = [
    "id = { type = \"bigint\", primary_key = true, auto_increment = true }",
    "name = \"varchar(100)\"",
    "email = { type = \"varchar(320)\", unique = true }",
    "score = \"double?\"",
    "active = { type = \"boolean\", default = true }",
    "created_at = { type = \"timestamptz\", default = { sql = \"CURRENT_TIMESTAMP\" } }",
];

fn sql(act: &Act) -> (String, String) {
    match act {
        Act::Create(table) => (
            format!(
                "CREATE TABLE t{table:03} (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(100) NOT NULL, \
                 email VARCHAR(320) NOT NULL UNIQUE, score DOUBLE, active BOOLEAN NOT NULL DEFAULT 1, \
                 created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)"
            ),
            format!("DROP TABLE t{table:03}"),
        ),
        Act::Add(table, column) => (
            format!("ALTER TABLE t{table:03} ADD COLUMN added_{column:03} TEXT"),
            format!("ALTER TABLE t{table:03} DROP COLUMN added_{column:03}"),
        ),
    }
}

fn constants(directory: &Path, size: Size) -> Project {
    let root = package(directory, "constants", "");
    let mut lib = String::new();
    for index in 0..size.migrations {
        let (up, down) = sql(&act(index, size));
        let module = format!("pub const UP: &str = {up:?};\npub const DOWN: &str = {down:?};\n");
        fs::write(root.join(format!("src/m{index:04}.rs")), module).unwrap();
        writeln!(lib, "pub mod m{index:04};").unwrap();
    }
    fs::write(root.join("src/lib.rs"), lib).unwrap();
    let newest = root.join(format!("src/m{:04}.rs", size.migrations - 1));
    Project { root, newest }
}

fn sea_orm(directory: &Path, size: Size) -> Project {
    let dependencies = "[dependencies]\nsea-orm-migration = { version = \"1.1\", features = [\"sqlx-sqlite\", \
                        \"runtime-tokio-rustls\"] }\n";
    let root = package(directory, "sea-orm", dependencies);
    let (mut modules, mut list) = (String::new(), String::new());
    for index in 0..size.migrations {
        fs::write(root.join(format!("src/m{index:04}.rs")), sea_orm_migration(&act(index, size))).unwrap();
        writeln!(modules, "mod m{index:04};").unwrap();
        writeln!(list, "            Box::new(m{index:04}::Migration),").unwrap();
    }
    let lib = format!(
        "pub use sea_orm_migration::prelude::*;\n{modules}\npub struct Migrator;\n\n#[async_trait::async_trait]\n\
         impl MigratorTrait for Migrator {{\n    fn migrations() -> Vec<Box<dyn MigrationTrait>> {{\n        \
         vec![\n{list}        ]\n    }}\n}}\n"
    );
    fs::write(root.join("src/lib.rs"), lib).unwrap();
    let newest = root.join(format!("src/m{:04}.rs", size.migrations - 1));
    Project { root, newest }
}

fn sea_orm_migration(act: &Act) -> String {
    let (up, down, variants) = match act {
        Act::Create(table) => (
            "manager.create_table(Table::create().table(T::Table)\
             .col(ColumnDef::new(T::Id).big_integer().not_null().auto_increment().primary_key())\
             .col(ColumnDef::new(T::Name).string_len(100).not_null())\
             .col(ColumnDef::new(T::Email).string_len(320).not_null().unique_key())\
             .col(ColumnDef::new(T::Score).double())\
             .col(ColumnDef::new(T::Active).boolean().not_null().default(true))\
             .col(ColumnDef::new(T::CreatedAt).timestamp_with_time_zone().not_null()\
             .default(Expr::current_timestamp())).to_owned()).await"
                .to_owned(),
            "manager.drop_table(Table::drop().table(T::Table).to_owned()).await".to_owned(),
            format!("#[sea_orm(iden = \"t{table:03}\")]\n    Table,\n    Id,\n    Name,\n    Email,\n    Score,\n    Active,\n    CreatedAt,"),
        ),
        Act::Add(table, column) => (
            "manager.alter_table(Table::alter().table(T::Table).add_column(ColumnDef::new(T::Added).text()).to_owned()).await"
                .to_owned(),
            "manager.alter_table(Table::alter().table(T::Table).drop_column(T::Added).to_owned()).await".to_owned(),
            format!(
                "#[sea_orm(iden = \"t{table:03}\")]\n    Table,\n    #[sea_orm(iden = \"added_{column:03}\")]\n    Added,"
            ),
        ),
    };
    format!(
        "use sea_orm_migration::prelude::*;\n\n#[derive(DeriveMigrationName)]\npub struct Migration;\n\n\
         #[async_trait::async_trait]\nimpl MigrationTrait for Migration {{\n    \
         async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {{\n        {up}\n    }}\n\n    \
         async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {{\n        {down}\n    }}\n}}\n\n\
         #[derive(DeriveIden)]\nenum T {{\n    {variants}\n}}\n"
    )
}
