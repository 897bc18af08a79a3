//! Two branches of one package, in memory.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, too, fail by panicking")]

use std::collections::BTreeMap;

use whimbrel_schema::{Style, parse, report_all, validate};

use super::*;
use crate::analysis::Analysis;
use crate::draft::{Wishes, draft};

const BASE: &str = "\
[enum]
mood = ['good', 'bad']

[table.users.columns]
id = { type = 'bigint', primary_key = true }
email = { type = 'text', unique = true }
nick = 'text?'
age = 'text?'

[table.users.indexes]
users_age_idx = ['age']

[table.notes.columns]
id = { type = 'bigint', primary_key = true }
body = 'text?'
mood = { type = 'mood?' }

[table.tags.columns]
a = 'bigint'
b = 'bigint'

[table.tags]
primary_key = ['a']
";

const EXTRA: &str = "\n[table.extra.columns]\nid = { type = 'bigint', primary_key = true }\n";

type Texts = BTreeMap<String, String>;

/// A migration of a branch: the schema that it leads to, and what its author said and wrote besides.
#[derive(Default)]
struct Step {
    schema: String,
    wishes: Wishes,
    code: Vec<(&'static str, &'static str)>,
}

impl Step {
    /// The base with texts in the place of others, and more behind it.
    fn to(edits: &[(&str, &str)], more: &str) -> Self {
        Self { schema: edited(edits, more), ..Self::default() }
    }

    fn rename(mut self, table: &str, previous: &str, next: &str) -> Self {
        self.wishes.renamed_columns.insert((table.into(), next.into()), previous.into());
        self
    }

    fn rename_table(mut self, previous: &str, next: &str) -> Self {
        self.wishes.renamed_tables.insert(next.into(), previous.into());
        self
    }

    fn accept(mut self, hazard: &str) -> Self {
        self.wishes.accept.insert(hazard.to_owned(), "nobody uses it".to_owned());
        self
    }

    /// Puts a text into its code in the place of another.
    fn code(mut self, previous: &'static str, next: &'static str) -> Self {
        self.code.push((previous, next));
        self
    }

    /// Adds a statement by hand at the end of its upgrade.
    fn also(self, statement: &'static str) -> Self {
        self.code("    Ok(())\n}\n\npub fn downgrade", statement)
    }
}

fn edited(edits: &[(&str, &str)], more: &str) -> String {
    let text = edits.iter().fold(BASE.to_owned(), |text, (previous, next)| {
        assert_eq!(text.matches(previous).count(), 1, "{previous}");
        text.replace(previous, next)
    });
    text + more
}

/// A package that grows by a migration.
fn grown(mut texts: Texts, name: &str, step: &Step) -> Texts {
    texts.insert("schema/a.toml".to_owned(), step.schema.clone());
    let mut analysis = Analysis::new(Inputs::default().with_texts(&texts));
    let drafted = match draft(&mut analysis, name, &step.wishes, &|code| code) {
        Ok(Some(drafted)) => drafted,
        other => panic!("{name}: {other:?}"),
    };
    let mut code = drafted.code;
    for (previous, next) in &step.code {
        assert_eq!(code.matches(previous).count(), 1, "`{previous}` in\n{code}");
        let end = if previous.starts_with("    Ok(())") { *previous } else { "" };
        code = code.replace(previous, &format!("{next}{end}"));
    }
    let directory = format!("migrations/{}", drafted.revision);
    texts.insert(format!("{directory}/migration.rs"), code);
    texts.insert(format!("{directory}/snapshot.toml"), drafted.snapshot.to_string());
    let analysis = Analysis::new(Inputs::default().with_texts(&texts));
    assert!(analysis.diagnostics.is_empty(), "{:?}", analysis.diagnostics);
    texts
}

/// Both branches in one package, as git merges them; its schema is this.
struct Branches {
    texts: Texts,
    head: String,
}

impl Branches {
    fn new(theirs: &[Step], ours: &[Step], schema: &str) -> Self {
        Self::with("dialects = ['sqlite']\n", theirs, ours, schema)
    }

    fn with(config: &str, theirs: &[Step], ours: &[Step], schema: &str) -> Self {
        let base = Texts::from([("whimbrel.toml".to_owned(), config.to_owned())]);
        let base = grown(base, "base", &Step::to(&[], ""));
        let grow = |side: &str, steps: &[Step]| {
            steps.iter().enumerate().fold(base.clone(), |texts, (at, step)| {
                grown(texts, &format!("{side}_{}", ["one", "two", "three"][at]), step)
            })
        };
        let (mut texts, ours) = (grow("theirs", theirs), grow("ours", ours));
        let head = texts.keys().rev().find_map(|path| path.strip_suffix("/snapshot.toml")).unwrap();
        let head = head.trim_start_matches("migrations/").to_owned();
        texts.extend(ours);
        texts.insert("schema/a.toml".to_owned(), schema.to_owned());
        Self { texts, head }
    }

    fn put_behind(&self) -> (Inputs, Result<Vec<Moved>, Vec<Diagnostic>>) {
        let mut inputs = Inputs::default().with_texts(&self.texts);
        let lines = lines(&inputs, &Stays::With(self.head.clone())).unwrap();
        let config = Config::parse(&inputs.sources, inputs.config.unwrap()).0;
        let documents: Vec<_> = inputs.schema.iter().map(|id| parse(&inputs.sources, *id)).collect();
        let validated = validate(&documents, &config.dialects);
        let files = validated.diagnostics.is_empty().then_some(&validated.schema);
        let moved = rebase(&mut inputs, &lines, &config, files, &|code| code);
        (inputs, moved)
    }

    /// Ours behind theirs. The package then builds, and its migrations lead to its schema.
    #[track_caller]
    fn merged(&self) -> Vec<Moved> {
        let (inputs, moved) = self.put_behind();
        let moved =
            moved.unwrap_or_else(|found| panic!("{}", report_all(&found, &inputs.sources, Style::Plain)));
        let mut texts = self.texts.clone();
        for one in &moved {
            texts.retain(|path, _| !path.starts_with(&format!("migrations/{}/", one.was)));
        }
        for placed in moved.iter().filter_map(|one| one.is.as_ref()) {
            let directory = format!("migrations/{}", placed.snapshot.revision);
            texts.insert(format!("{directory}/migration.rs"), placed.code.clone());
            texts.insert(format!("{directory}/snapshot.toml"), placed.snapshot.to_string());
        }
        let analysis = Analysis::new(Inputs::default().with_texts(&texts));
        let all = analysis.all();
        assert!(all.is_empty(), "{}\n{moved:#?}", report_all(&all, analysis.sources(), Style::Plain));
        moved
    }

    /// The only migration that was moved.
    #[track_caller]
    fn only(&self) -> Placed {
        let mut moved = self.merged();
        match (moved.pop(), &moved[..]) {
            (Some(Moved { is: Some(placed), .. }), []) => placed,
            other => panic!("{other:?}"),
        }
    }

    /// What stands against it, as its authors are told.
    #[track_caller]
    fn refused(&self) -> String {
        let (inputs, moved) = self.put_behind();
        report_all(&moved.unwrap_err(), &inputs.sources, Style::Plain)
    }
}

const LONE: (&str, &str) = ("body = 'text?'\n", "body = 'text?'\nat = 'date?'\n");
/// Code by hand, which is in nobody's way and keeps a migration from being planned again.
const BY_HAND: &str = "    db.update(after::Notes).set(after::Notes::BODY, \"\").run()?;\n";

#[test]
fn numbers_parents_and_seals_are_those_of_the_next_place() {
    let phones = "\n[table.phones.columns]\nid = { type = 'bigint', primary_key = true }\n";
    let wide = format!("{phones}number = 'text?'\n");
    let branches = Branches::new(
        &[Step::to(&[], phones), Step::to(&[], &wide)],
        &[Step::to(&[LONE], ""), Step::to(&[LONE], EXTRA)],
        &edited(&[LONE], &format!("{wide}{EXTRA}")),
    );
    let moved = branches.merged();
    let names: Vec<(&str, &str)> = moved
        .iter()
        .map(|one| (one.was.as_str(), one.is.as_ref().unwrap().snapshot.revision.as_str()))
        .collect();
    assert_eq!(names, [("0002_ours_one", "0004_ours_one"), ("0003_ours_two", "0005_ours_two")]);
    let parents: Vec<Option<String>> =
        moved.iter().map(|one| one.is.as_ref().unwrap().snapshot.parent.clone()).collect();
    assert_eq!(parents, [Some("0003_theirs_two".to_owned()), Some("0004_ours_one".to_owned())]);
}

/// Each of these did both sides, and ours something else besides, with code by hand: so what is left of its code is
/// what was taken out of it, and nothing that was planned anew.
#[test]
fn what_both_did_is_done_once() {
    let unique = ("nick = 'text?'\n", "nick = { type = 'text?', unique = true }\n");
    let key =
        "\n[table.users.foreign_keys]\nusers_fk = { columns = ['nick'], references = 'users(email)' }\n";
    let view = "\n[view.bodies]\nsql = 'SELECT body FROM notes'\n";
    let trigger = "\n[trigger.touch]\ntable = 'notes'\nsql = \"CREATE TRIGGER touch AFTER INSERT ON notes BEGIN \
                   UPDATE notes SET body = '' WHERE id = NEW.id; END\"\n";
    let tags = &BASE[BASE.find("[table.tags.columns]").unwrap()..];
    let moved_to = |table: &str| tags.replace("table.tags", &format!("table.{table}"));
    let index = "\n[table.users.indexes]\nusers_age_idx = ['age']\n";
    let primary = ("primary_key = ['a']", "primary_key = ['a', 'b']");
    let bags = moved_to("bags");
    type Case<'a> = (&'a str, Vec<(&'a str, &'a str)>, &'a str, fn(Step) -> Step);
    let plain: fn(Step) -> Step = |step| step;
    let cases: [Case<'_>; 13] = [
        ("drop_table", vec![(tags, "")], "", |step| step.accept("WHD101:tags")),
        ("create_index", vec![], "\n[table.notes.indexes]\nnotes_idx = ['body']\n", plain),
        ("drop_index", vec![(index, "")], "", plain),
        ("alter_enum", vec![("'bad'", "'bad', 'odd'")], "", plain),
        ("create_view", vec![], view, plain),
        ("create_trigger", vec![], trigger, plain),
        ("rename_table", vec![(tags, &bags)], "", |step| step.rename_table("tags", "bags")),
        ("rename_column", vec![("nick =", "handle =")], "", |step| step.rename("users", "nick", "handle")),
        ("add_unique", vec![unique], "", |step| step.accept("WHM301:users.users_nick_key")),
        ("add_foreign_key", vec![], key, plain),
        ("add_check", vec![], "\n[table.users.checks]\nusers_check = 'id > 0'\n", plain),
        ("set_options", vec![], "\n[table.tags.sqlite]\nstrict = true\n", plain),
        ("drop_primary_key", vec![primary], "", plain),
    ];
    for (act, edits, more, said) in cases {
        let ours: Vec<(&str, &str)> = edits.iter().copied().chain([LONE]).collect();
        let branches = Branches::new(
            &[said(Step::to(&edits, more))],
            &[said(Step::to(&ours, more)).also(BY_HAND)],
            &edited(&ours, more),
        );
        assert!(branches.texts["migrations/0002_ours_one/migration.rs"].contains(act), "{act}");
        let code = branches.only().code;
        assert!(!code.contains(act), "{act} is still in\n{code}");
        assert!(code.contains("add_column(after::Notes::AT)") && code.contains(BY_HAND), "{code}");
    }
}

const PHONE: (&str, &str) = ("nick = 'text?'\n", "nick = 'text?'\nphone = 'text?'\n");
const NO_AGE: [(&str, &str); 2] =
    [("age = 'text?'\n", ""), ("\n[table.users.indexes]\nusers_age_idx = ['age']\n", "")];

#[test]
fn of_one_statement_the_rest_stays() {
    let ours = [NO_AGE[0], NO_AGE[1], PHONE];
    let drop = |edits: &[(&str, &str)]| Step::to(edits, "").accept("WHD102:users.age");
    let branches = Branches::new(&[drop(&NO_AGE)], &[drop(&ours).also(BY_HAND)], &edited(&ours, ""));
    assert!(branches.texts["migrations/0002_ours_one/migration.rs"].contains("drop_column"));
    let placed = branches.only();
    assert!(placed.code.contains("add_column(after::Users::PHONE)"), "{}", placed.code);
    assert!(!placed.code.contains("AGE"), "{}", placed.code);
    assert!(placed.code.contains(BY_HAND), "{}", placed.code);
    // There is no such hazard in it any more.
    assert_eq!(placed.unaccepted, ["WHD102:users.age"]);
    assert!(placed.snapshot.accept.is_empty());
}

#[test]
fn a_migration_of_which_nothing_is_left_goes_and_code_by_hand_stays() {
    let drop = || Step::to(&NO_AGE, "").accept("WHD102:users.age");
    let branches = Branches::new(&[drop()], &[drop()], &edited(&NO_AGE, ""));
    let moved = branches.merged();
    assert!(matches!(&moved[..], [Moved { was, is: None }] if was == "0002_ours_one"), "{moved:?}");
    let back = "pub fn downgrade(db: &mut Editor<'_>) -> Result<()> {\n";
    let undone = "pub fn downgrade(db: &mut Editor<'_>) -> Result<()> {\n    \
                  db.update(before::Notes).set(before::Notes::BODY, \"\").run()?;\n";
    let branches = Branches::new(&[drop()], &[drop().also(BY_HAND).code(back, undone)], &edited(&NO_AGE, ""));
    let code = branches.only().code;
    assert!(code.contains(BY_HAND) && code.contains(undone), "{code}");
    let helper = drop().code("pub fn upgrade", "pub const LIMIT: i64 = 3;\n\npub fn upgrade");
    let branches = Branches::new(&[drop()], &[helper], &edited(&NO_AGE, ""));
    assert!(branches.only().code.contains("pub const LIMIT: i64 = 3;"));
}

/// What was there before and is there after was not done by the other side.
#[test]
fn what_comes_and_goes_within_a_migration_is_nobodys_else() {
    let off = "    db.drop_index(after::Users::USERS_AGE_IDX)?;\n";
    let branches = Branches::new(
        &[Step::to(&[LONE], "")],
        &[Step::to(&[PHONE], "").also(
            "    db.drop_index(after::Users::USERS_AGE_IDX)?;\n    db.create_index(after::Users::USERS_AGE_IDX)?;\n    \
             db.update(after::Notes).set(after::Notes::BODY, \"\").run()?;\n",
        )],
        &edited(&[LONE, PHONE], ""),
    );
    let code = branches.only().code;
    assert!(code.contains(off) && code.contains("db.create_index(after::Users::USERS_AGE_IDX)?;"), "{code}");
    // Nor are options that ours alone has set.
    let strict = "\n[table.users.sqlite]\nstrict = true\n";
    let branches = Branches::new(
        &[Step::to(&[LONE], "")],
        &[Step::to(&[], strict).also(BY_HAND)],
        &edited(&[LONE], strict),
    );
    assert!(branches.only().code.contains("set_options()"));
}

#[test]
fn acceptances_are_of_what_is_called_so_now() {
    let memos = [("[table.notes.columns]", "[table.memos.columns]")];
    let body = [("body = 'text?'\n", "")];
    let branches = Branches::new(
        &[Step::to(&memos, "").rename_table("notes", "memos")],
        &[Step::to(&body, "").accept("WHD102:notes.body")],
        &edited(&[memos[0], body[0]], ""),
    );
    let placed = branches.only();
    assert_eq!(placed.snapshot.accept.keys().collect::<Vec<_>>(), ["WHD102:memos.body"]);
    assert!(placed.unaccepted.is_empty());
    assert!(placed.differences.iter().any(|one| one.to_string().contains("memos.body")), "{placed:?}");
}

#[test]
fn what_ours_renamed_is_told_as_renamed() {
    let handle = [("nick =", "handle =")];
    let branches = Branches::new(
        &[Step::to(&[LONE], "")],
        &[Step::to(&handle, "").rename("users", "nick", "handle")],
        &edited(&[LONE, handle[0]], ""),
    );
    let told: Vec<String> = branches.only().differences.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["~ users.nick  renamed to handle"]);
}

#[test]
fn names_in_code_are_those_of_the_next_place() {
    let theirs = [("nick =", "handle ="), ("[table.notes.columns]", "[table.memos.columns]")];
    let renamed = || Step::to(&theirs, "").rename("users", "nick", "handle").rename_table("notes", "memos");
    let ours = Step::to(&[("age = 'text?'\n", "age = 'text?'\nphone = 'text?'\n")], "")
        .code("use whimbrel::v1::*;", "use super::v0001::{Notes, Users};\nuse whimbrel::v1::*;")
        .also(
            "    db.update(after::Users).set(after::Users::PHONE, after::Users::NICK).run()?;
    db.update(super::v0002::Users).set(super::v0002::Users::AGE, super::v0001::Users::NICK).run()?;
    db.update(Notes).set(Notes::BODY, \"\").run()?;
    db.update(Users).set(Users::NICK, \"\").run()?;
    db.data(|rows| {
        rows.execute(\"UPDATE users SET phone = nick\", &[])?;
        Ok(())
    })?;
",
        );
    let branches = Branches::new(
        &[renamed()],
        &[ours],
        &edited(&[theirs[0], theirs[1], ("age = 'text?'\n", "age = 'text?'\nphone = 'text?'\n")], ""),
    );
    let placed = branches.only();
    for line in [
        "use super::v0002::{Memos as Notes, Users};",
        ".set(after::Users::PHONE, after::Users::HANDLE)",
        "db.update(super::v0003::Users).set(super::v0003::Users::AGE, super::v0002::Users::HANDLE)",
        "db.update(Notes).set(Notes::BODY, \"\")",
        "db.update(Users).set(Users::HANDLE, \"\")",
        "UPDATE users SET phone = nick",
    ] {
        assert!(placed.code.contains(line), "`{line}` is not in\n{}", placed.code);
    }
    let remarks = placed.remarks.join("\n");
    for words in [
        "it names column `users.nick`; theirs: ~ users.nick  renamed to handle",
        "it names table `notes`; theirs: ~ table notes  renamed to memos",
        "its SQL says `nick`, and stays as it is; theirs: ~ users.nick  renamed to handle",
    ] {
        assert!(remarks.contains(words), "`{words}` is not in\n{remarks}");
    }
}

#[test]
fn what_code_names_must_be_there() {
    let told = Branches::new(
        &[Step::to(&NO_AGE, "").accept("WHD102:users.age")],
        &[Step::to(&[PHONE], "")
            .also("    db.update(after::Users).set(after::Users::PHONE, after::Users::AGE).run()?;\n")],
        &edited(&[NO_AGE[0], NO_AGE[1], PHONE], ""),
    )
    .refused();
    assert!(told.contains("this names column `users.age`, which the other side does not have"), "{told}");
    assert!(told.contains("migrations/0002_ours_one/migration.rs"), "{told}");
    // The same of theirs, which would have to hold behind ours.
    let told = Branches::new(
        &[Step::to(&[PHONE], "")
            .also("    db.update(after::Users).set(after::Users::PHONE, after::Users::AGE).run()?;\n")],
        &[Step::to(&NO_AGE, "").accept("WHD102:users.age")],
        &edited(&[NO_AGE[0], NO_AGE[1], PHONE], ""),
    )
    .refused();
    assert!(told.contains("this names column `users.age`, which the other side does not have"), "{told}");
    assert!(told.contains("migrations/0002_theirs_one/migration.rs"), "{told}");
    assert!(told.contains("in the other order, theirs behind ours"), "{told}");
}

/// Names of constraints are made of the names of tables and columns, so that the code of neither side holds.
#[test]
fn what_was_generated_is_planned_again_with_all_its_author_said() {
    let unique = ("body = 'text?'\n", "body = { type = 'text?', unique = true }\n");
    let memos = ("[table.notes.columns]", "[table.memos.columns]");
    let ours = [
        memos,
        ("b = 'bigint'\n", ""),
        ("age = 'text?'", "age = 'integer?'"),
        ("mood = { type = 'mood?' }", "mood = { type = 'mood?' }\nrank = 'integer'\nsize = 'text'"),
    ];
    let mut step = Step::to(&ours, "").rename_table("notes", "memos");
    for (column, value) in [("rank", "7"), ("size", "big")] {
        step.wishes.backfills.insert(("memos".into(), column.into()), value.to_owned());
    }
    step.wishes.backfills.insert(("tags".into(), "b".into()), "5".to_owned());
    step.wishes.conversions.insert(("users".into(), "age".into()), "length(age)".into());
    step.wishes.conversions_back.insert(("users".into(), "age".into()), "age || ''".into());
    let step = step
        .accept("WHD102:tags.b")
        .accept("WHD105:users.age")
        .code("// Ours one.", "// Ours one, as its author put it.");
    let branches = Branches::new(
        &[Step::to(&[unique], "").accept("WHM301:notes.notes_body_key")],
        &[step],
        &edited(&[&[unique], &ours[..]].concat(), ""),
    );
    let code = branches.only().code;
    for line in [
        "// Ours one, as its author put it.",
        "db.rename_table(before::Notes, after::Memos)?;",
        "MEMOS_BODY_KEY",
        "add_column(after::Memos::RANK).backfill(7",
        "add_column(after::Memos::SIZE).backfill(\"big\")",
        ".using(sql(\"length(age)\"))",
        ".using(sql(\"age || ''\"))",
        "restore_column(before::Tags::B).backfill(5",
    ] {
        assert!(code.contains(line), "`{line}` is not in\n{code}");
    }
}

#[test]
fn what_is_planned_again_lets_programs_go_on_as_before() {
    let memos = ("[table.notes.columns]", "[table.memos.columns]");
    let indexed = ("body = 'text?'\n", "body = { type = 'text?', unique = true }\n");
    let index = "\n[table.users.indexes]\nusers_nick_idx = ['nick']\nusers_age_idx = ['age']\n";
    let config = "dialects = ['postgres']\nonline = true\n";
    let no_index = NO_AGE[1];
    let branches = Branches::with(
        config,
        &[Step::to(&[indexed], "").accept("WHM301:notes.notes_body_key")],
        &[Step::to(&[memos, no_index], index).rename_table("notes", "memos")],
        &edited(&[indexed, memos, no_index], index),
    );
    let code = branches.only().code;
    assert!(code.contains("MEMOS_BODY_KEY"), "it is not planned again\n{code}");
    assert_eq!(code.matches("db.online()").count(), 4, "{code}");
}

/// A constraint that ours made of a table that theirs renamed is called as the files call it.
#[test]
fn code_by_hand_speaks_of_constraints_by_their_next_names() {
    let unique = ("body = 'text?'\nat", "body = { type = 'text?', unique = true }\nat");
    let memos = ("[table.notes.columns]", "[table.memos.columns]");
    let branches = Branches::new(
        &[Step::to(&[memos], "").rename_table("notes", "memos")],
        &[Step::to(&[LONE, unique], "").accept("WHM301:notes.notes_body_key").also(BY_HAND)],
        &edited(&[LONE, unique, memos], ""),
    );
    let code = branches.only().code;
    assert!(code.contains("add_unique(after::Memos::MEMOS_BODY_KEY)"), "{code}");
    assert!(code.contains("db.update(after::Memos).set(after::Memos::BODY, \"\").run()?;"), "{code}");
}

/// What was written by hand is never planned again, and so never lost.
#[test]
fn code_by_hand_is_kept_or_refused() {
    let unique = ("body = 'text?'\n", "body = { type = 'text?', unique = true }\n");
    let memos = ("[table.notes.columns]", "[table.memos.columns]");
    for by_hand in [
        Step::to(&[memos], "").also("    db.update(after::Memos).set(after::Memos::BODY, \"\").run()?;\n"),
        Step::to(&[memos], "").code("pub fn upgrade", "pub const LIMIT: i64 = 3;\n\npub fn upgrade"),
    ] {
        let told = Branches::new(
            &[Step::to(&[unique], "").accept("WHM301:notes.notes_body_key")],
            &[by_hand.rename_table("notes", "memos")],
            &edited(&[unique, memos], ""),
        )
        .refused();
        assert!(told.contains("it has code by hand, which is kept as it is"), "{told}");
    }
}

#[test]
fn a_conflict_says_who_did_what_and_where() {
    let nick = |kind: &str| format!("nick = '{kind}'\n");
    let (theirs, ours) = (nick("varchar(9)?"), nick("varchar(8)?"));
    let (theirs, ours) = (("nick = 'text?'\n", theirs.as_str()), ("nick = 'text?'\n", ours.as_str()));
    let accept = "WHD105:users.nick";
    let told = Branches::new(
        &[Step::to(&[theirs], "").accept(accept)],
        &[Step::to(&[ours], "").accept(accept)],
        &edited(&[theirs], ""),
    )
    .refused();
    let says = |told: &str, lines: [&str; 5]| {
        for words in lines {
            assert!(told.contains(words), "`{words}` is not in\n{told}");
        }
    };
    says(
        &told,
        [
            "both changed column `users.nick`, each in another way",
            "  --> migrations/0002_ours_one/snapshot.toml:16:1\n",
            "^^^^ ours: ~ users.nick  text null -> varchar(8) null\n",
            "  ::: migrations/0002_theirs_one/snapshot.toml:16:1\n",
            "---- theirs: ~ users.nick  text null -> varchar(9) null\n",
        ],
    );
    // What is gone is in no snapshot, but there is a step that took it away.
    let told = Branches::new(
        &[Step::to(&NO_AGE, "").accept("WHD102:users.age")],
        &[Step::to(&[], "\n[view.ages]\nsql = 'SELECT age FROM users'\n")],
        &edited(&NO_AGE, ""),
    )
    .refused();
    says(
        &told,
        [
            "theirs dropped or renamed column `users.age`, of which view `ages` of ours speaks",
            "migrations/0002_theirs_one/migration.rs:",
            "theirs: - users.age  text null",
            "migrations/0002_ours_one/snapshot.toml:",
            "ours: + view ages",
        ],
    );
}

#[test]
fn an_edited_ancestor_is_mended_first() {
    let mut branches =
        Branches::new(&[Step::to(&[LONE], "")], &[Step::to(&[PHONE], "")], &edited(&[LONE, PHONE], ""));
    let code = branches.texts.get_mut("migrations/0001_base/migration.rs").unwrap();
    *code = code.replacen("    Ok(())", "    db.sql(\"SELECT 1\").touches_nothing().run()?;\n    Ok(())", 1);
    assert!(branches.refused().contains("[W0406]"), "{}", branches.refused());
}
