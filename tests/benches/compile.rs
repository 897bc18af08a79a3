//! What migrations cost to compile: 500 of them over 200 tables, beside the same as plain constants
//! and, with `--sea-orm`, as migrations of sea-orm.
//!
//! ```console
//! $ cargo bench -p whimbrel-tests --bench compile [-- [--migrations N] [--tables N] [--sea-orm] [--keep]]
//! ```
//!
//! With `--script` it is the build script alone that is measured, at 10, 100 and 500 migrations (or as many as
//! `--migrations` says): what it takes at first, with one new migration, and with nothing new; and without
//! SQLite among the dialects, so that nothing is replayed.
//!
//! Prints seconds for `cargo check` and `cargo build` of the package alone (its dependencies are
//! compiled before), after an edit of the newest migration, and unchanged; and of these, what the
//! build script takes.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a program for developers")]

use std::fmt::Write as _;
use std::fs;
use std::ops::Range;
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
    if arguments.iter().any(|argument| argument == "--script") {
        return script_alone(directory.path(), size);
    }
    println!("{} migrations over {} tables; seconds", size.migrations, size.tables);
    println!(
        "{:<10} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}",
        "", "check", "again", "edit", "build", "edit", "script"
    );
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
    let script = script(project).map_or_else(String::new, |seconds| format!("{seconds:.2}"));
    println!(
        "{name:<10} {check:>8.2} {again:>8.2} {check_edit:>8.2} {build:>8.2} {build_edit:>8.2} {script:>8}"
    );
}

/// Runs the build script alone, if there is one: the best of three times.
fn script(project: &Project) -> Option<f64> {
    let script = find_script(project)?;
    let out = project.root.join("target/out");
    let run = |_| {
        let _ = fs::remove_dir_all(&out);
        run_script(&script, &project.root, &out)
    };
    (0..3).map(run).min_by(f64::total_cmp)
}

/// What the script takes on its own, in the order of builds.
fn script_alone(directory: &Path, size: Size) {
    println!("the build script alone; seconds");
    println!(
        "{:>10} {:>8} {:>8} {:>8} {:>8} {:>8}",
        "migrations", "tables", "first", "one new", "again", "no replay"
    );
    let mut script = None;
    for migrations in [10, 100, size.migrations] {
        let size = Size { migrations, tables: size.tables.min(migrations.div_ceil(2)) };
        let project = whimbrel(&directory.join(migrations.to_string()), size);
        let script: &PathBuf = script.get_or_insert_with(|| {
            cargo(&project, &["build"]);
            find_script(&project).unwrap()
        });
        let out = project.root.join("out");
        let fresh = || {
            let _ = fs::remove_dir_all(&out);
            run_script(script, &project.root, &out)
        };
        let best = |run: &dyn Fn() -> f64| (0..3).map(|_| run()).min_by(f64::total_cmp).unwrap();
        let first = best(&fresh);
        add_migration(&project.root);
        let new = run_script(script, &project.root, &out);
        let again = best(&|| run_script(script, &project.root, &out));
        fs::write(project.root.join("whimbrel.toml"), "dialects = [\"postgres\"]\n").unwrap();
        let without = best(&fresh);
        println!("{migrations:>10} {:>8} {first:>8.2} {new:>8.2} {again:>8.2} {without:>8.2}", size.tables);
    }
}

/// One more column of the first table.
fn add_migration(root: &Path) {
    let path = root.join("schema/t000.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text + "newest = \"text?\"\n").unwrap();
    migrate_new(root, "add_newest");
}

fn migrate_new(root: &Path, name: &str) {
    let output = Command::new(env!("CARGO_BIN_EXE_project-xtask"))
        .args(["migrate-new", name])
        .current_dir(root)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn find_script(project: &Project) -> Option<PathBuf> {
    let scripts = fs::read_dir(project.root.join("target/debug/build")).unwrap().flatten();
    let mut scripts = scripts.filter(|entry| entry.file_name().to_string_lossy().starts_with("bench-"));
    scripts.find_map(|entry| Some(entry.path().join("build-script-build")).filter(|path| path.exists()))
}

fn run_script(script: &Path, root: &Path, out: &Path) -> f64 {
    fs::create_dir_all(out).unwrap();
    let start = Instant::now();
    let output = Command::new(script)
        .current_dir(root)
        .env("CARGO_MANIFEST_DIR", root)
        .env("CARGO_PKG_NAME", "bench")
        .env("OUT_DIR", out)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    start.elapsed().as_secs_f64()
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

/// What migration `index` does: the first ones create a table each (several, if that were more than
/// half of the migrations), the others add a column each.
enum Act {
    Create(Range<usize>),
    Add(usize, usize),
}

fn act(index: usize, size: Size) -> Act {
    let creating = size.tables.min(size.migrations.div_ceil(2));
    let first = |index: usize| index * size.tables / creating;
    if index < creating {
        Act::Create(first(index)..first(index + 1))
    } else {
        Act::Add(index % size.tables, index)
    }
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
        let (tables, name) = match act(index, size) {
            Act::Create(tables) => {
                columns.extend(tables.clone().map(|_| COLUMNS.map(str::to_owned).to_vec()));
                let name = format!("create_t{:03}", tables.start);
                (tables, name)
            }
            Act::Add(table, column) => {
                columns[table].push(format!("added_{column:03} = \"text?\""));
                (table..table + 1, format!("add_{column:03}"))
            }
        };
        for table in tables {
            let text = format!("[table.t{table:03}.columns]\n{}\n", columns[table].join("\n"));
            fs::write(root.join(format!("schema/t{table:03}.toml")), text).unwrap();
        }
        migrate_new(&root, &name);
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
        Act::Create(tables) => {
            let create = |table| {
                format!(
                    "CREATE TABLE t{table:03} (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(100) NOT NULL, \
                     email VARCHAR(320) NOT NULL UNIQUE, score DOUBLE, active BOOLEAN NOT NULL DEFAULT 1, \
                     created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);"
                )
            };
            let drop = |table| format!("DROP TABLE t{table:03};");
            (tables.clone().map(create).collect(), tables.clone().rev().map(drop).collect())
        }
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
    let (mut up, mut down, mut enums) = (String::new(), String::new(), String::new());
    match act {
        Act::Create(tables) => {
            for table in tables.clone() {
                let token = format!("T{table:03}");
                let columns = SEA_ORM_COLUMNS.replace("T::", &format!("{token}::"));
                writeln!(
                    up,
                    "        manager.create_table(Table::create().table({token}::Table){columns}.to_owned()).await?;"
                )
                .unwrap();
                writeln!(
                    down,
                    "        manager.drop_table(Table::drop().table({token}::Table).to_owned()).await?;"
                )
                .unwrap();
                let variants =
                    "Table,\n    Id,\n    Name,\n    Email,\n    Score,\n    Active,\n    CreatedAt,";
                writeln!(enums, "\n#[derive(DeriveIden)]\nenum {token} {{\n    {variants}\n}}").unwrap();
            }
        }
        Act::Add(table, column) => {
            let token = format!("T{table:03}");
            let alter = format!("manager.alter_table(Table::alter().table({token}::Table)");
            writeln!(
                up,
                "        {alter}.add_column(ColumnDef::new({token}::Added{column:03}).text()).to_owned()).await?;"
            )
            .unwrap();
            writeln!(down, "        {alter}.drop_column({token}::Added{column:03}).to_owned()).await?;")
                .unwrap();
            let variants = format!("Table,\n    Added{column:03},");
            writeln!(enums, "\n#[derive(DeriveIden)]\nenum {token} {{\n    {variants}\n}}").unwrap();
        }
    }
    format!(
        "use sea_orm_migration::prelude::*;\n\n#[derive(DeriveMigrationName)]\npub struct Migration;\n\n\
         #[async_trait::async_trait]\nimpl MigrationTrait for Migration {{\n    \
         async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {{\n{up}        Ok(())\n    }}\n\n    \
         async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {{\n{down}        Ok(())\n    }}\n}}\n\
         {enums}"
    )
}

const SEA_ORM_COLUMNS: &str = ".col(ColumnDef::new(T::Id).big_integer().not_null().auto_increment().primary_key())\
    .col(ColumnDef::new(T::Name).string_len(100).not_null())\
    .col(ColumnDef::new(T::Email).string_len(320).not_null().unique_key())\
    .col(ColumnDef::new(T::Score).double())\
    .col(ColumnDef::new(T::Active).boolean().not_null().default(true))\
    .col(ColumnDef::new(T::CreatedAt).timestamp_with_time_zone().not_null().default(Expr::current_timestamp()))";
