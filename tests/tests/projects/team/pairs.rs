//! What two people may do at the same time: each pair a package of one repository.

use crate::base::{self, SCHEMA};
use crate::harness::{Package, Workspace};

/// Two changes of one schema, made on two branches.
pub(super) struct Pair {
    pub(super) name: &'static str,
    pub(super) theirs: fn(&Package),
    pub(super) ours: fn(&Package),
    pub(super) outcome: Outcome,
}

/// What becomes of them.
pub(super) enum Outcome {
    /// Ours are put behind theirs, under these names.
    Merged(&'static [&'static str]),
    /// Somebody has to decide; what is said of it.
    Conflict(&'static str),
}

/// A package for every kind of database, before the branches part.
pub(super) fn package(workspace: &Workspace, name: &str) -> Package {
    let package = workspace.package_with(name, base::files());
    package.replace("whimbrel.toml", "[\"sqlite\"]", "[\"sqlite\", \"postgres\", \"mysql\"]");
    let drivers = "runtime\", features = [\"mysql\", \"postgres\"] }\n\n[build-dependencies]";
    package.replace("Cargo.toml", "runtime\" }\n\n[build-dependencies]", drivers);
    package
}

const ID: &str = "id    = { type = \"bigint\", primary_key = true, auto_increment = true }\n";
const NICK: &str = "nick  = \"text?\"\n";
const LOCALE: &str = "locale = { type = \"varchar(8)\", default = \"en\" }\n";

fn more(package: &Package, after: &str, lines: &str) {
    package.replace(SCHEMA, after, &format!("{after}{lines}"));
}

fn table(package: &Package, name: &str, columns: &str) {
    let id = "id = { type = \"bigint\", primary_key = true }";
    package.write(&format!("schema/{name}.toml"), &format!("[table.{name}.columns]\n{id}\n{columns}"));
}

fn rename_nick(package: &Package) {
    package.replace(SCHEMA, NICK, "handle = \"text?\"\n");
    package.evolve("rename_nick", &["--rename", "users.nick=users.handle"]);
}

pub(super) const PAIRS: [Pair; 8] = [
    Pair {
        name: "team-tables",
        theirs: |package| {
            table(package, "phones", "number = \"text\"\n");
            package.evolve("add_phones", &[]);
        },
        ours: |package| {
            table(package, "tags", "user_id = { type = \"bigint\", references = \"users.id\" }\n");
            package.evolve("add_tags", &[]);
        },
        outcome: Outcome::Merged(&["0005_add_tags"]),
    },
    Pair {
        name: "team-columns",
        theirs: |package| {
            more(package, ID, "age = \"integer?\"\n");
            package.evolve("add_age", &[]);
        },
        ours: |package| {
            more(package, LOCALE, "phone = { type = \"varchar(20)\", default = \"none\" }\n");
            package.evolve("add_phone", &[]);
        },
        outcome: Outcome::Merged(&["0005_add_phone"]),
    },
    Pair {
        name: "team-same",
        theirs: |package| {
            package.replace(SCHEMA, LOCALE, &LOCALE.replace("\"en\"", "\"fr\""));
            package.evolve("speak_french", &[]);
        },
        ours: |package| {
            package.replace(SCHEMA, LOCALE, &LOCALE.replace("\"en\"", "\"fr\""));
            package.evolve("french_first", &[]);
            more(package, ID, "age = \"integer?\"\n");
            package.evolve("add_age", &[]);
        },
        outcome: Outcome::Merged(&["0005_add_age"]),
    },
    Pair {
        name: "team-different",
        theirs: |package| {
            package.replace(SCHEMA, LOCALE, &LOCALE.replace("\"en\"", "\"fr\""));
            package.evolve("speak_french", &[]);
        },
        ours: |package| {
            package.replace(SCHEMA, LOCALE, &LOCALE.replace("\"en\"", "\"it\""));
            package.evolve("speak_italian", &[]);
        },
        outcome: Outcome::Conflict("both changed column `users.locale`, each in another way"),
    },
    Pair {
        name: "team-rename-drop",
        theirs: rename_nick,
        ours: |package| {
            package.replace(SCHEMA, NICK, "");
            package.evolve("drop_nick", &["--accept", "WHD102:users.nick=nobody uses it"]);
        },
        outcome: Outcome::Conflict("ours dropped column `users.nick`, and theirs renamed it"),
    },
    Pair {
        name: "team-drop-reference",
        theirs: |package| {
            let text = package.read(SCHEMA);
            let (start, end) = (text.find("[table.notes").unwrap(), text.find("[table.settings").unwrap());
            package.write(SCHEMA, &(text[..start].to_owned() + &text[end..]));
            package.evolve("drop_notes", &["--accept", "WHD101:notes=moved elsewhere"]);
        },
        ours: |package| {
            table(package, "links", "note_id = { type = \"bigint\", references = \"notes.id\" }\n");
            package.evolve("add_links", &[]);
        },
        outcome: Outcome::Conflict(
            "theirs dropped or renamed table `notes`, of which foreign key `links_note_id_fkey` of `links` of ours speaks",
        ),
    },
    Pair {
        name: "team-data",
        theirs: rename_nick,
        ours: |package| {
            more(package, ID, "known_as = \"text?\"\n");
            package.evolve("add_known_as", &[]);
            package.replace(
                "migrations/0004_add_known_as/migration.rs",
                "    Ok(())\n}\n\npub fn downgrade",
                "    // Everybody but Ada, whose name is known.\n    db.update(after::Users)
        .set(after::Users::KNOWN_AS, after::Users::NICK)
        .filter(after::Users::EMAIL.eq(\"bob@example.com\"))
        .run()?;
    Ok(())
}

pub fn downgrade",
            );
            package.xtask(&["migrate-check"]).ends(0);
        },
        outcome: Outcome::Merged(&["0005_add_known_as"]),
    },
    Pair {
        name: "team-many",
        theirs: |package| {
            table(package, "phones", "number = \"text\"\n");
            package.evolve("add_phones", &[]);
            rename_nick(package);
            table(
                package,
                "phones",
                "number = \"text\"\nkind = { type = \"varchar(20)\", default = \"home\" }\n",
            );
            package.evolve("add_kind", &[]);
        },
        ours: |package| {
            table(package, "tags", "word = \"varchar(40)\"\n");
            package.evolve("add_tags", &[]);
            package.append(
                "schema/tags.toml",
                "user_id = { type = \"bigint?\", references = \"users.id\" }\n[table.tags.indexes]\ntags_word_idx = [\"word\"]\n",
            );
            package.evolve("tag_users", &[]);
        },
        outcome: Outcome::Merged(&["0007_add_tags", "0008_tag_users"]),
    },
];
