//! A project whose tables are hard to fill, as generated code would hold it.

use whimbrel::v1::{Editor, Result};
use whimbrel::{Downgrade, Migration, Project, Reversal, SeedFiles, Steps};

mod tokens {
    use whimbrel::Table;

    macro_rules! tables {
        ($($token:ident $name:literal)+) => {$(
            pub(super) struct $token;
            impl Table for $token {
                const NAME: &'static str = $name;
                const VERSION: u32 = 1;
            }
        )+};
    }

    tables! { Eggs "eggs" Hens "hens" Nets "nets" Nodes "nodes" Numbers "numbers" Trees "trees" Kinds "kinds" }
}

use tokens::{Eggs, Hens, Kinds, Nets, Nodes, Numbers, Trees};

fn create(db: &mut Editor<'_>) -> Result<()> {
    db.create_table(Eggs)?;
    db.create_table(Hens)?;
    db.create_table(Kinds)?;
    db.create_table(Nets)?;
    db.create_table(Nodes)?;
    db.create_table(Numbers)?;
    db.create_table(Trees)?;
    Ok(())
}

const CREATE: Migration = Migration {
    revision: "0001_create",
    parent: None,
    hash: "w1:1",
    snapshot: r#"
        format = 1
        revision = "0001_create"
        hazards = 1
        [table.eggs]
        primary_key = ["id"]
        [table.eggs.columns]
        id = { type = "bigint", auto_increment = true }
        hen_id = "bigint"
        [table.eggs.foreign_keys]
        eggs_hen_fkey = { columns = ["hen_id"], references = "hens(id)" }
        [table.hens]
        primary_key = ["id"]
        [table.hens.columns]
        id = { type = "bigint", auto_increment = true }
        name = "varchar(40)"
        egg_id = "bigint?"
        [table.hens.uniques]
        hens_name_key = ["name"]
        [table.hens.foreign_keys]
        hens_egg_fkey = { columns = ["egg_id"], references = "eggs(id)" }
        [table.kinds]
        primary_key = ["name"]
        [table.kinds.columns]
        name = "varchar(40)"
        flag = "boolean?"
        small = "smallint?"
        medium = "integer?"
        large = "bigint?"
        short = "real?"
        long = "double?"
        exact = "decimal(12,3)?"
        code = "char(4)?"
        words = "text?"
        bytes = "blob?"
        fixed = "binary(4)?"
        day = "date?"
        hour = "time?"
        moment = "timestamp?"
        point = "timestamptz?"
        mark = "uuid?"
        tree = "json?"
        [table.nets]
        primary_key = ["id"]
        [table.nets.columns]
        id = { type = "bigint", auto_increment = true }
        address = { native = { sqlite = "TEXT", postgres = "inet", mysql = "varchar(45)" } }
        name = "text?"
        [table.nodes]
        primary_key = ["id"]
        [table.nodes.columns]
        id = { type = "bigint", auto_increment = true }
        name = "varchar(40)"
        next_id = "bigint?"
        [table.nodes.foreign_keys]
        nodes_next_fkey = { columns = ["next_id"], references = "nodes(id)" }
        [table.numbers]
        primary_key = ["number"]
        [table.numbers.columns]
        number = "integer"
        word = "varchar(40)"
        [table.trees]
        primary_key = ["name"]
        [table.trees.columns]
        name = "varchar(40)"
        parent = "varchar(40)"
        [table.trees.foreign_keys]
        trees_parent_fkey = { columns = ["parent"], references = "trees(name)" }
    "#,
    upgrade: Steps {
        run: create,
        steps: &[
            "create table eggs",
            "create table hens",
            "create table kinds",
            "create table nets",
            "create table nodes",
            "create table numbers",
            "create table trees",
        ],
    },
    downgrade: Downgrade::Irreversible("nobody goes back"),
    reversal: Reversal::Irreversible("nobody goes back"),
    upgrade_destroys: &[],
    downgrade_destroys: &[],
};

/// Seeds of its tables, of these files.
pub(super) const fn files(texts: &'static [(&'static str, &'static str)]) -> SeedFiles {
    SeedFiles {
        directory: "seeds",
        texts,
        data: &[("data/bytes", &[0, 1, 0x5c, 0x27, 0xff]), ("data/awkward.csv", AWKWARD)],
        functions: &[],
    }
}

const AWKWARD: &[u8] =
    "name,words\nquotes,\"it's \"\"quoted\"\" \\ $1 ? %s\"\nempty,\n\"two\nlines\",\"a\tb\r\nc\"\n"
        .as_bytes();

pub(super) const fn project(seeds: &'static SeedFiles) -> Project {
    Project { package: "awkward", environments: &[], migrations: &[CREATE], seeds: Some(seeds) }
}
