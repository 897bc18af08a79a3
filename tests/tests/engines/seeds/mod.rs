//! Seeds on every database: what is loaded is the same everywhere, and what is cleaned is what was loaded.

#[allow(dead_code, reason = "pairs of schemas take more of it")]
#[path = "../../properties/chance.rs"]
mod chance;
mod halfway;
mod project;
mod random;
mod rows;

use std::collections::BTreeMap;

use generated_example::db::PROJECT;
use whimbrel::seed::{Outcome, Reason, Scope, SeedState, Seeder};
use whimbrel::{Apply, ErrorKind, Migrator, Project, Rollback, SeedFiles};

use crate::engine::{Engine, engines};
use project::{files, project};

fn seeder(engine: &dyn Engine, project: &'static Project) -> Seeder<'static> {
    let mut migrator = Migrator::open(project, &engine.url(), ".").unwrap();
    migrator.apply(Apply::All).unwrap();
    Seeder::new(migrator).unwrap_or_else(|error| panic!("{}: {error}", engine.name()))
}

const TABLES: [(&str, &str); 8] = [
    ("users", "id, email, display_name, created_at"),
    ("user_settings", "user_id, theme, language, timezone, digest, quiet_from"),
    ("signatures", "user_id, body"),
    ("gmail_labels", "id, owner_id, name, kind, color"),
    ("emails", "id, gmail_id, owner_id, sender, subject, body, size_bytes, received_at"),
    ("email_analyses", "email_id, summary, sentiment, analysed_at"),
    ("email_labels", "email_id, label_id"),
    ("contacts", "owner_id, address, messages, latest_at"),
];

fn everything(engine: &mut dyn Engine) -> BTreeMap<&'static str, Vec<String>> {
    let zone = |row: String| row.replace("+00", "").replace(".000000", "");
    TABLES
        .into_iter()
        .map(|(table, columns)| (table, engine.table(table, columns).into_iter().map(zone).collect()))
        .collect()
}

#[test]
fn the_same_rows_on_every_database() {
    let mut first: Option<BTreeMap<&str, Vec<String>>> = None;
    for mut engine in engines() {
        let name = engine.name();
        let report =
            seeder(&*engine, &PROJECT).run(Scope::All).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(report.sets.iter().all(|set| set.outcome == Outcome::Loaded), "{name}");
        let rows = everything(&mut *engine);
        assert!(rows["emails"].len() > 60, "{name}");
        match &first {
            Some(first) => assert_eq!(rows, *first, "{name}"),
            None => first = Some(rows),
        }
    }
}

/// What a type of one database looks like in its binary format only that database knows.
#[test]
fn types_of_a_database_are_loaded_as_text() {
    const NETS: &str = r#"
set = "nets"
[nets.rows]
home = { address = "::1", name = "tab\there, \\ and \"quotes\"" }
[[nets.generate]]
count = 3
columns = { address = { pick = ["10.0.0.1"] }, name = { text = "net {row}" } }
"#;
    const FILES: SeedFiles = project::files(&[("seeds/nets.toml", NETS)]);
    static NATIVE: Project = project::project(&FILES);
    for mut engine in engines() {
        let database = engine.name();
        let mut seeder = seeder(&*engine, &NATIVE);
        seeder.run(Scope::All).unwrap_or_else(|error| panic!("{database}: {error}"));
        let rows = engine.table("nets", "address, name");
        let nets = ["10.0.0.1|net 2", "10.0.0.1|net 3", "10.0.0.1|net 4", "::1|tab\there, \\ and \"quotes\""];
        assert_eq!(rows, nets, "{database}");
        let again = seeder.run(Scope::All).unwrap();
        assert_eq!(again.sets[0].outcome, Outcome::Unchanged, "{database}");
        let exported = seeder.export(&["nets".to_owned()]).unwrap();
        assert!(
            exported.contains("nets-1 = { address = \"::1") && exported.contains("\"tab\\there"),
            "{database}: {exported}"
        );
        assert_eq!(seeder.clean(None).unwrap()[0].kept, [], "{database}");
    }
}

/// I03: a second run does nothing, an edit is not overwritten, and cleaning keeps exactly the row edited.
#[test]
fn cleaning_keeps_exactly_what_was_edited() {
    for mut engine in engines() {
        let name = engine.name();
        let mut seeder = seeder(&*engine, &PROJECT);
        seeder.run(Scope::All).unwrap_or_else(|error| panic!("{name}: {error}"));
        engine.run("UPDATE users SET display_name = 'Countess' WHERE email = 'ada@example.com'").unwrap();
        let again = seeder.run(Scope::All).unwrap();
        assert!(again.sets.iter().all(|set| set.outcome == Outcome::Unchanged), "{name}");
        let status = seeder.status().unwrap();
        assert_eq!(
            status.iter().map(|set| set.set.as_str()).collect::<Vec<_>>(),
            ["demo", "fixtures", "reference"]
        );
        assert!(status.iter().all(|set| set.state == SeedState::Current), "{name}");
        // What would be done is what is done then, and nothing of it before.
        let (before, planned) = (everything(&mut *engine), seeder.plan_clean(None));
        let planned = planned.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(everything(&mut *engine), before, "{name}");
        assert_eq!(seeder.status().unwrap(), status, "{name}");
        let cleaned = seeder.clean(None).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(cleaned, planned, "{name}");
        let kept: Vec<_> = cleaned.iter().flat_map(|set| &set.kept).collect();
        assert_eq!(kept.len(), 1, "{name}: {kept:?}");
        assert_eq!((kept[0].table.as_str(), kept[0].label.as_deref()), ("users", Some("ada")), "{name}");
        assert_eq!(kept[0].reason, Reason::Edited, "{name}");
        let mut rows = everything(&mut *engine);
        assert_eq!(rows.remove("users").map(|rows| rows.len()), Some(1), "{name}");
        assert!(rows.values().all(Vec::is_empty), "{name}: {rows:?}");
        let left = seeder.status().unwrap();
        assert_eq!(left.iter().map(|set| set.state).collect::<Vec<_>>(), [SeedState::Cleaned], "{name}");
        // What was left is taken for what it was, and stays as it was edited.
        seeder.run(Scope::Set("demo")).unwrap_or_else(|error| panic!("{name}: {error}"));
        let ada = "SELECT display_name FROM users WHERE email = 'ada@example.com'";
        assert_eq!(engine.rows(ada), ["Countess"], "{name}");
        let mails =
            "SELECT COUNT(*) FROM emails JOIN users ON users.id = owner_id WHERE email = 'ada@example.com'";
        assert_ne!(engine.rows(mails), ["0"], "{name}");
    }
}

/// Rows with labels stay meanwhile, and are written down anew, in whatever order: they go as the others do.
#[test]
fn a_set_that_was_loaded_anew_is_cleaned_whole() {
    for mut engine in engines() {
        let name = engine.name();
        for size in ["1", "2", "0.5", "1"] {
            let mut seeder = seeder(&*engine, &PROJECT).size(size);
            seeder.run(Scope::All).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        let cleaned = seeder(&*engine, &PROJECT).clean(None).unwrap();
        let kept: Vec<_> = cleaned.iter().flat_map(|set| &set.kept).collect();
        assert_eq!(kept, [] as [&whimbrel::seed::Kept; 0], "{name}");
        assert!(everything(&mut *engine).values().all(Vec::is_empty), "{name}");
    }
}

/// Nobody can tell there what was edited.
#[test]
fn nothing_is_cleaned_in_an_older_schema() {
    for engine in engines() {
        let name = engine.name();
        seeder(&*engine, &PROJECT).run(Scope::All).unwrap_or_else(|error| panic!("{name}: {error}"));
        engine.migrator().rollback(Rollback::Steps(1)).unwrap();
        let migrator = Migrator::open(&PROJECT, &engine.url(), ".").unwrap();
        let mut behind = Seeder::new(migrator).unwrap();
        let refused = [behind.clean(None).unwrap_err(), behind.plan_clean(None).unwrap_err()];
        for error in refused {
            assert!(error.to_string().contains("seeds are for the newest schema"), "{name}: {error}");
        }
        assert_eq!(behind.status().unwrap().len(), 3, "{name}");
    }
}

/// Who asks for one set at a size does not say how large those are to be that it needs.
#[test]
fn what_others_need_is_left_as_it_was_loaded() {
    const FLOCKS: &[(&str, &str)] = &[
        (
            "seeds/flock.toml",
            "set = 'flock'\n[[hens.generate]]\ncount = 10\ncolumns.name = { text = 'hen {row}' }\n",
        ),
        ("seeds/words.toml", "set = 'words'\n[numbers.rows]\none = { number = 1, word = 'one' }\n"),
        (
            "seeds/nest.toml",
            "set = 'nest'\nneeds = ['flock']\n[[eggs.generate]]\nfor_each = 'hens'\ncount = 2\n",
        ),
    ];
    static SEEDS: SeedFiles = files(FLOCKS);
    static PROJECT: Project = project(&SEEDS);
    for engine in engines() {
        let database = engine.name();
        seeder(&*engine, &PROJECT).size("3").run(Scope::All).unwrap();
        let outcomes = |scope: Scope<'_>, size: &str| {
            let report = seeder(&*engine, &PROJECT).size(size).run(scope).unwrap();
            report.sets.into_iter().map(|set| (set.name.clone(), set.outcome, set.rows())).collect::<Vec<_>>()
        };
        let nest = outcomes(Scope::Set("nest"), "1");
        assert_eq!(
            nest,
            [("flock".to_owned(), Outcome::Unchanged, 0), ("nest".to_owned(), Outcome::Reloaded, 60)],
            "{database}"
        );
        // What is written out has no size.
        let all = outcomes(Scope::All, "1");
        let words = all.iter().find(|(name, ..)| name == "words").unwrap();
        assert_eq!(words.1, Outcome::Unchanged, "{database}");
    }
}

/// A row of somebody else keeps the one that it references, with all that it needs.
#[test]
fn what_others_reference_stays() {
    for mut engine in engines() {
        let name = engine.name();
        let mut seeder = seeder(&*engine, &PROJECT);
        seeder.run(Scope::Set("demo")).unwrap();
        engine
            .run(
                "INSERT INTO emails (gmail_id, owner_id, sender, received_at) \
                 SELECT 'own', id, 'me@example.com', '2026-01-01 00:00:00' FROM users WHERE email = 'ben@example.com'",
            )
            .unwrap();
        let cleaned = seeder.clean(Some("demo")).unwrap();
        let kept: Vec<_> = cleaned[0].kept.iter().map(|row| (row.table.as_str(), row.reason)).collect();
        assert_eq!(kept, [("users", Reason::Referenced)], "{name}");
        assert_eq!(engine.rows("SELECT gmail_id FROM emails"), ["own"], "{name}");
        assert_eq!(engine.rows("SELECT email FROM users"), ["ben@example.com"], "{name}");
    }
}

/// I03: numbers that are written do not come again, and a set that fails leaves nothing behind.
#[test]
fn numbers_go_on_behind_those_that_are_loaded() {
    for mut engine in engines() {
        let name = engine.name();
        let mut seeder = seeder(&*engine, &PROJECT);
        engine.run("INSERT INTO users (email) VALUES ('edith.fischer@x'), ('tess@example.net')").unwrap();
        let failed = seeder.run(Scope::Set("fixtures")).unwrap_err();
        assert!(failed.to_string().contains("set `fixtures`"), "{name}: {failed}");
        assert_eq!(engine.rows("SELECT COUNT(*) FROM emails"), ["0"], "{name}");
        assert_eq!(seeder.status().unwrap(), [], "{name}");
        seeder.run(Scope::Set("demo")).unwrap();
        engine.run("INSERT INTO users (email) VALUES ('next@x')").unwrap();
        let greatest = engine.rows("SELECT email FROM users ORDER BY id DESC LIMIT 1");
        assert_eq!(greatest, ["next@x"], "{name}");
    }
}

static CIRCLES: SeedFiles = files(&[(
    "seeds/circles.toml",
    r#"
        set = "circles"
        [nodes.rows]
        a = { name = "a", next_id = "@c" }
        b = { name = "b", next_id = "@b" }
        c = { name = "c", next_id = "@d" }
        d = { name = "d", next_id = "@a" }
        [[nodes.generate]]
        count = 50
        columns.name    = { text = "n{row}" }
        columns.next_id = { ref = "nodes" }
        [hens.rows]
        one = { name = "one", egg_id = "@first" }
        two = { name = "two", egg_id = "@second" }
        [eggs.rows]
        first  = { hen_id = "@two" }
        second = { hen_id = "@one" }
        [trees.rows]
        leaf = { name = "leaf", parent = "@branch" }
        branch = { name = "branch", parent = "@root" }
        root = { name = "root", parent = "@root" }
        [[trees.generate]]
        count = 40
        columns.name   = { text = "t{row}" }
        columns.parent = { ref = "trees" }
    "#,
)]);
static CIRCULAR: Project = project(&CIRCLES);

/// I01: rows that reference themselves, each other, and those behind them.
#[test]
fn i01_circles_are_loaded_and_cleaned() {
    for mut engine in engines() {
        let name = engine.name();
        let mut seeder = seeder(&*engine, &CIRCULAR);
        seeder.run(Scope::All).unwrap_or_else(|error| panic!("{name}: {error}"));
        let next = "SELECT one.name, other.name FROM nodes AS one JOIN nodes AS other ON other.id = one.next_id \
                    WHERE one.name IN ('a', 'b', 'c', 'd') ORDER BY one.name";
        assert_eq!(engine.rows(next), ["a|c", "b|b", "c|d", "d|a"], "{name}");
        let hens =
            "SELECT hens.name, eggs.hen_id FROM hens JOIN eggs ON eggs.id = hens.egg_id ORDER BY hens.id";
        assert_eq!(engine.rows(hens), ["one|2", "two|1"], "{name}");
        assert_eq!(engine.rows("SELECT COUNT(*) FROM trees"), ["43"], "{name}");
        let cleaned = seeder.clean(None).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(cleaned[0].kept, [], "{name}");
        for table in ["nodes", "hens", "eggs", "trees"] {
            assert_eq!(engine.rows(&format!("SELECT COUNT(*) FROM {table}")), ["0"], "{name}: {table}");
        }
        // With one of them edited, those that it needs stay, and nothing else.
        seeder.run(Scope::All).unwrap();
        engine.run("UPDATE hens SET name = 'uno' WHERE name = 'one'").unwrap();
        let cleaned = seeder.clean(None).unwrap();
        assert_eq!(engine.rows("SELECT name FROM hens WHERE name = 'uno'"), ["uno"], "{name}");
        assert!(cleaned[0].kept.iter().all(|row| ["hens", "eggs"].contains(&row.table.as_str())), "{name}");
        assert_eq!(engine.rows("SELECT COUNT(*) FROM trees"), ["0"], "{name}");
    }
}

static MANY_FILES: SeedFiles = files(&[(
    "seeds/many.toml",
    r#"
        set = "many"
        [[numbers.generate]]
        count = 70000
        columns.number = { between = [-35000, 34999] }
        columns.word   = { fake = "internet.username" }
    "#,
)]);
static MANY: Project = project(&MANY_FILES);

/// I02: more rows than a statement has parameters for, and every value of a key.
#[test]
fn i02_every_value_of_a_key_is_used_once() {
    for mut engine in engines() {
        let name = engine.name();
        let mut seeder = seeder(&*engine, &MANY);
        let report = seeder.run(Scope::All).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(report.sets[0].rows(), 70_000, "{name}");
        let all = "SELECT COUNT(*), MIN(number), MAX(number) FROM numbers";
        assert_eq!(engine.rows(all), ["70000|-35000|34999"], "{name}");
        engine.run("UPDATE numbers SET word = 'edited' WHERE number IN (0, 12345)").unwrap();
        engine.run("DELETE FROM numbers WHERE number = 7").unwrap();
        let cleaned = seeder.clean(None).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((cleaned[0].kept.len(), cleaned[0].missing), (2, 1), "{name}");
        assert_eq!(engine.rows("SELECT number FROM numbers ORDER BY number"), ["0", "12345"], "{name}");
    }
}

static KIND_FILES: SeedFiles = files(&[(
    "seeds/kinds.toml",
    r#"
        set = "kinds"
        [kinds]
        source = { csv = "data/awkward.csv", null = "NULL" }
        [kinds.rows]
        nothing = { name = "nothing" }
        blank   = { name = "blank", words = "", code = "", bytes = { hex = "" } }
        least   = { name = "least", flag = false, small = -32768, medium = -2147483648, large = -9223372036854775808, short = -1.5e30, long = -1.7e308, exact = "-999999999.999", day = "1000-01-01", hour = "00:00:00", moment = "1000-01-01 00:00:00", point = "1000-01-01 00:00:00Z" }
        most    = { name = "most", flag = true, small = 32767, medium = 2147483647, large = 9223372036854775807, short = 0.1, long = 5e-324, exact = "0.1", code = "abc", words = "🐦‍⬛ \\N \\ ' \" \t\n", bytes = { file = "data/bytes" }, fixed = { hex = "01020300" }, day = "9999-12-31", hour = "23:59:59.999999", moment = "2026-01-31 23:59:59.123456", point = "now - 1d 5s", mark = "67E55044-10B1-426F-9247-BB680E5FE0C8", tree = '{"b": [1.0, "x"], "a": {"\u00e9": null}}' }
    "#,
)]);
static KINDS: Project = project(&KIND_FILES);

/// I04: what is written is what is read, on every database, and is known again when it is cleaned.
#[test]
fn i04_values_are_the_same_everywhere() {
    for mut engine in engines() {
        let name = engine.name();
        let mut seeder = seeder(&*engine, &KINDS);
        seeder.run(Scope::All).unwrap_or_else(|error| panic!("{name}: {error}"));
        let words = engine.table("kinds", "name, words");
        assert_eq!(
            words,
            [
                "blank|",
                "empty|",
                "least|NULL",
                "most|🐦‍⬛ \\N \\ ' \" \t\n",
                "nothing|NULL",
                "quotes|it's \"quoted\" \\ $1 ? %s",
                "two\nlines|a\tb\r\nc",
            ],
            "{name}"
        );
        let numbers = "SELECT small, medium, large FROM kinds WHERE name IN ('least', 'most') ORDER BY name";
        assert_eq!(
            engine.rows(numbers),
            ["-32768|-2147483648|-9223372036854775808", "32767|2147483647|9223372036854775807"],
            "{name}"
        );
        let cleaned = seeder.clean(None).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(cleaned[0].kept, [], "{name}: a row that nobody touched is as it was");
        assert_eq!(engine.rows("SELECT COUNT(*) FROM kinds"), ["0"], "{name}");
    }
}

/// A database is one environment, and no other is taken for it.
#[test]
fn an_environment_is_remembered_and_kept() {
    for engine in engines() {
        let name = engine.name();
        let at = |environment: &str| seeder(&*engine, &PROJECT).environment(environment);
        let refused = at("production").run(Scope::Set("demo")).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Refused, "{name}: {refused}");
        at("production").run(Scope::Environment).unwrap();
        assert_eq!(at("dev").run(Scope::Environment).unwrap_err().kind(), ErrorKind::Refused, "{name}");
        assert_eq!(at("production").clean(None).unwrap_err().kind(), ErrorKind::Refused, "{name}");
        // By its own word, where nobody says which it is.
        let mut nameless = seeder(&*engine, &PROJECT);
        assert_eq!(nameless.run(Scope::All).unwrap_err().kind(), ErrorKind::Refused, "{name}");
        assert_eq!(nameless.database_environment().unwrap().as_deref(), Some("production"), "{name}");
    }
    for engine in engines() {
        let at = || seeder(&*engine, &PROJECT).environment("staging").size("small");
        assert_eq!(at().run(Scope::Environment).unwrap_err().kind(), ErrorKind::Refused);
        at().confirm("staging").run(Scope::Environment).unwrap();
    }
}

/// Another size is another load: what was there goes, what was edited stays.
#[test]
fn another_size_is_loaded_anew() {
    for mut engine in engines() {
        let name = engine.name();
        let at = |size: &str| seeder(&*engine, &PROJECT).size(size).run(Scope::Set("demo"));
        let small = at("0.2").unwrap();
        let edit = "UPDATE emails SET subject = 'mine' WHERE gmail_id = 'welcome-ada'";
        let mut engine_edit = |sql: &str| engine.run(sql).unwrap();
        engine_edit(edit);
        let large = seeder(&*engine, &PROJECT)
            .size("3")
            .run(Scope::Set("demo"))
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(large.sets[0].outcome, Outcome::Reloaded, "{name}");
        assert!(large.sets[0].rows() > 2 * small.sets[0].rows(), "{name}");
        assert_eq!(
            engine.rows("SELECT subject FROM emails WHERE gmail_id = 'welcome-ada'"),
            ["mine"],
            "{name}"
        );
        assert_eq!(engine.rows("SELECT COUNT(*) FROM users"), ["17"], "{name}");
    }
}

static BEFORE_FILES: SeedFiles = files(&[(
    "seeds/changing.toml",
    r#"
        set = "changing"
        [kinds]
        mode = "upsert"
        rows.a = { name = "a", words = "one" }
        rows.b = { name = "b", words = "two" }
        rows.c = { name = "c", words = "three" }
        [nodes.rows]
        kept  = { name = "kept" }
        other = { name = "other", next_id = "@kept" }
    "#,
)]);
static AFTER_FILES: SeedFiles = files(&[(
    "seeds/changing.toml",
    r#"
        set = "changing"
        [kinds]
        mode = "upsert"
        rows.a = { name = "a", words = "changed" }
        rows.c = { name = "c", words = "changed" }
        rows.d = { name = "d", words = "new" }
        [nodes.rows]
        new   = { name = "new", next_id = "@kept" }
        kept  = { name = "renamed" }
    "#,
)]);
static BEFORE: Project = project(&BEFORE_FILES);
static AFTER: Project = project(&AFTER_FILES);

/// A set that is written otherwise is loaded anew: what still has its label and was not edited becomes what is
/// written, what others reference stays the row that it is, and the rest goes.
#[test]
fn what_is_written_otherwise_is_loaded_anew() {
    for mut engine in engines() {
        let name = engine.name();
        seeder(&*engine, &BEFORE).run(Scope::All).unwrap_or_else(|error| panic!("{name}: {error}"));
        engine.run("UPDATE kinds SET words = 'mine' WHERE name = 'c'").unwrap();
        engine
            .run("INSERT INTO nodes (name, next_id) SELECT 'own', id FROM nodes WHERE name = 'kept'")
            .unwrap();
        let report =
            seeder(&*engine, &AFTER).run(Scope::All).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(report.sets[0].outcome, Outcome::Reloaded, "{name}");
        assert_eq!(engine.table("kinds", "name, words"), ["a|changed", "c|mine", "d|new"], "{name}");
        let nodes = "SELECT one.name, other.name FROM nodes AS one LEFT JOIN nodes AS other ON other.id = one.next_id \
                     ORDER BY one.name";
        assert_eq!(engine.rows(nodes), ["new|renamed", "own|renamed", "renamed|NULL"], "{name}");
        let again = seeder(&*engine, &AFTER).run(Scope::All).unwrap();
        assert_eq!(again.sets[0].outcome, Outcome::Unchanged, "{name}");
        let cleaned = seeder(&*engine, &AFTER).clean(None).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(engine.table("kinds", "name, words"), ["c|mine"], "{name}: {cleaned:?}");
        assert_eq!(engine.table("nodes", "name"), ["own", "renamed"], "{name}: {cleaned:?}");
    }
}
