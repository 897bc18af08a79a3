//! Random seed files, on every database: they load, and what was loaded is known again when it is cleaned.
//!
//! A hash over each row as it was made has to be that over the row as the database gives it back, so this is about what
//! each database makes of every value as well.

#[path = "../../../../schema/tests/support/seeds.rs"]
mod files;
#[path = "../../properties/seeds/sketch.rs"]
mod sketch;

use whimbrel::seed::{Scope, Seeder};
use whimbrel::v1::{Editor, Result};
use whimbrel::{Apply, Downgrade, Migration, Migrator, Project, Reversal, SeedFiles, Steps};
use whimbrel_schema::{Pair, Schema, Snapshot};

use super::chance::Chance;
use crate::engine::engines;

mod tokens {
    use whimbrel::{Enum, Table};

    pub(super) struct Role;
    impl Enum for Role {
        const NAME: &'static str = "role";
        const VERSION: u32 = 1;
    }

    macro_rules! tables {
        ($($token:ident $name:literal)+) => {$(
            pub(super) struct $token;
            impl Table for $token {
                const NAME: &'static str = $name;
                const VERSION: u32 = 1;
            }
        )+};
    }

    tables! { Teams "teams" Users "users" Members "members" Posts "posts" Marks "marks" Profiles "profiles" }
}

use tokens::{Marks, Members, Posts, Profiles, Role, Teams, Users};

fn create(db: &mut Editor<'_>) -> Result<()> {
    db.create_enum(Role)?;
    db.create_table(Teams)?;
    db.create_table(Users)?;
    db.create_table(Members)?;
    db.create_table(Posts)?;
    db.create_table(Marks)?;
    db.create_table(Profiles)?;
    Ok(())
}

const STEPS: &[&str] = &[
    "create enum role",
    "create table teams",
    "create table users",
    "create table members",
    "create table posts",
    "create table marks",
    "create table profiles",
];

/// A program with the tables of the sketches and these seeds.
fn project(snapshot: &'static str, text: &'static str) -> &'static Project {
    let migration = Migration {
        revision: "0001_create",
        parent: None,
        hash: "w1:1",
        snapshot,
        upgrade: Steps { run: create, steps: STEPS },
        downgrade: Downgrade::Irreversible("nobody goes back"),
        reversal: Reversal::Irreversible("nobody goes back"),
        upgrade_destroys: &[],
        downgrade_destroys: &[],
    };
    let texts = vec![("seeds/base.toml", sketch::BASE), ("seeds/demo.toml", text)];
    let seeds = SeedFiles { directory: "seeds", texts: texts.leak(), data: &[], functions: &[] };
    Box::leak(Box::new(Project {
        package: "random",
        environments: &[],
        migrations: vec![migration].leak(),
        seeds: Some(Box::leak(Box::new(seeds))),
    }))
}

/// The file of a seed, if nothing is wrong with it, and the schema.
fn file(seed: u64) -> Option<(String, Schema)> {
    let text = sketch::file(&mut Chance::new(seed));
    let all = [
        ("schema/all.toml", sketch::SCHEMA),
        ("seeds/base.toml", sketch::BASE),
        ("seeds/demo.toml", text.as_str()),
    ];
    let (_, schema, checked) = files::checked(&all);
    checked.diagnostics.is_empty().then_some((text, schema))
}

#[test]
fn what_was_loaded_is_known_again() {
    let files: Vec<_> = (0..).filter_map(file).take(20).collect();
    let mut snapshot = Snapshot::new("0001_create");
    (snapshot.changed, snapshot.dropped) = Snapshot::between(Pair::new(&Schema::default(), &files[0].1));
    let snapshot: &'static str = snapshot.to_string().leak();
    for mut engine in engines() {
        let database = engine.name();
        let (mut rows, mut refused) = (0, 0);
        for (text, _) in &files {
            let project = project(snapshot, text.clone().leak());
            let mut migrator = Migrator::open(project, &engine.url(), ".").unwrap();
            migrator.apply(Apply::All).unwrap_or_else(|error| panic!("{database}: {error}"));
            let mut seeder =
                Seeder::new(migrator).unwrap_or_else(|error| panic!("{database}: {error}\n{text}"));
            match seeder.run(Scope::All) {
                Ok(report) => {
                    assert_eq!(report.sets.len(), 2, "{database}");
                    rows += report.sets.iter().map(whimbrel::seed::SeededSet::rows).sum::<u64>();
                }
                // What is known when a row is made and not before.
                Err(error)
                    if error.to_string().contains(" has no row with the same ")
                        || error.to_string().contains(" does not fit: ") =>
                {
                    refused += 1;
                }
                Err(error) => panic!("{database}: {error}\n{text}"),
            }
            let cleaned = seeder.clean(None).unwrap_or_else(|error| panic!("{database}: {error}\n{text}"));
            for set in cleaned {
                assert_eq!(set.kept, [], "{database}\n{text}");
            }
            drop(seeder);
            for table in ["teams", "users", "members", "posts", "marks", "profiles"] {
                assert_eq!(
                    engine.rows(&format!("SELECT count(*) FROM {table}")),
                    ["0"],
                    "{database}: {table}\n{text}"
                );
            }
        }
        assert!(rows > 200 && refused < 5, "{database}: {rows} rows, {refused} refused");
    }
}
