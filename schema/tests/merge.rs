//! Two schemas that came from one, merged.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on panics")]

use whimbrel_schema::merge::{Fork, differs, merge, renamed_by};
use whimbrel_schema::{
    Alteration, Dialect, Effect, Name, Object, Operation, Pair, Renames, Schema, Sources, Sql, parse,
    validate,
};

const BASE: &str = "
[enum]
kind = ['a', 'b']
[table.users.columns]
id = { type = 'bigint', primary_key = true }
email = { type = 'text', unique = true }
nick = 'text?'
age = 'integer?'
[table.notes.columns]
id = { type = 'bigint', primary_key = true }
body = 'text'
kind = { type = 'kind', default = 'a' }
";

fn schema(text: &str) -> Schema {
    let mut sources = Sources::default();
    let id = sources.add("schema/a.toml", text);
    let validated = validate(&[parse(&sources, id)], &[Dialect::Sqlite]);
    assert!(validated.diagnostics.is_empty(), "{:?}\n{text}", validated.diagnostics);
    validated.schema
}

/// The base with lines in the place of others, and more behind it.
fn edited(edits: &[(&str, &str)], more: &str) -> Schema {
    let text = edits.iter().fold(BASE.to_owned(), |text, (previous, next)| {
        assert_eq!(text.matches(previous).count(), 1, "{previous}");
        text.replace(previous, next)
    });
    schema(&(text + more))
}

fn columns(renames: &[(&str, &str, &str)]) -> Renames {
    let columns = renames
        .iter()
        .map(|(table, previous, next)| ((Name::new(table), Name::new(next)), Name::new(previous)));
    Renames { columns: columns.collect(), ..Renames::default() }
}

/// Merges, and does so again with the sides exchanged: who came first must not matter.
#[track_caller]
fn merged(theirs: &Schema, ours: &Schema, renames: Pair<&Renames>) -> Result<Schema, Vec<String>> {
    let base = schema(BASE);
    let there = merge(Fork::new(&base, theirs, ours), renames);
    let back = merge(Fork::new(&base, ours, theirs), renames.swap());
    assert_eq!(there.is_ok(), back.is_ok(), "{there:?}\n{back:?}");
    if let (Ok(there), Ok(back)) = (&there, &back) {
        assert_eq!(there.schema.tables, back.schema.tables);
    }
    there.map(|merged| merged.schema).map_err(|conflicts| conflicts.iter().map(ToString::to_string).collect())
}

#[track_caller]
fn independent(theirs: &Schema, ours: &Schema, expected: &Schema) {
    let none = Renames::default();
    assert_eq!(merged(theirs, ours, Pair::new(&none, &none)).as_ref(), Ok(expected));
}

#[track_caller]
fn conflict(theirs: &Schema, ours: &Schema, expected: &str) {
    let none = Renames::default();
    assert_eq!(merged(theirs, ours, Pair::new(&none, &none)), Err(vec![expected.to_owned()]));
}

const NICK: &str = "nick = 'text?'\n";
const AGE: &str = "age = 'integer?'\n";
const PHONES: &str = "[table.phones.columns]\nid = { type = 'bigint', primary_key = true }\n";

#[test]
fn independent_changes_are_both_there() {
    let tags = "[table.tags.columns]\nid = { type = 'bigint', primary_key = true }\n";
    independent(&edited(&[], PHONES), &edited(&[], tags), &edited(&[], &format!("{PHONES}{tags}")));
    independent(
        &edited(&[(NICK, "nick = 'varchar(9)?'\n")], "[table.users.indexes]\nusers_age_idx = ['age']\n"),
        &edited(&[(AGE, "age = 'integer?'\nphone = 'text?'\n")], ""),
        &edited(
            &[(NICK, "nick = 'varchar(9)?'\n"), (AGE, "age = 'integer?'\nphone = 'text?'\n")],
            "[table.users.indexes]\nusers_age_idx = ['age']\n",
        ),
    );
    // One drops what the other has not touched.
    independent(&edited(&[(NICK, "")], ""), &edited(&[(AGE, "")], ""), &edited(&[(NICK, ""), (AGE, "")], ""));
}

#[test]
fn the_same_change_is_no_conflict() {
    let both = edited(&[(NICK, "nick = 'varchar(9)?'\n"), (AGE, "")], PHONES);
    independent(&both, &both, &both);
}

#[test]
fn the_same_thing_changed_in_two_ways_is_one() {
    conflict(
        &edited(&[(NICK, "nick = 'varchar(9)?'\n")], ""),
        &edited(&[(NICK, "nick = 'varchar(10)?'\n")], ""),
        "both changed column `users.nick`, each in another way",
    );
    conflict(
        &edited(&[(NICK, "")], ""),
        &edited(&[(NICK, "nick = 'varchar(10)?'\n")], ""),
        "theirs dropped column `users.nick`, and ours changed it",
    );
    conflict(
        &edited(&[], PHONES),
        &edited(&[], &format!("{PHONES}number = 'text'\n")),
        "both have a new table `phones`, and not the same",
    );
    conflict(
        &edited(&[("'b'", "'c'")], ""),
        &edited(&[("'b'", "'d'")], ""),
        "both changed enum `kind`, each in another way",
    );
}

#[test]
fn values_are_added_behind_each_other() {
    let none = Renames::default();
    let (theirs, ours) = (edited(&[("'b'", "'b', 'c'")], ""), edited(&[("'b'", "'b', 'd'")], ""));
    let both = merged(&theirs, &ours, Pair::new(&none, &none)).unwrap();
    assert_eq!(both.enumeration("kind").unwrap().values, ["a", "b", "c", "d"]);
    // What both have is one value.
    let more = edited(&[("'b'", "'b', 'd', 'c', 'e'")], "");
    let both = merged(&theirs, &more, Pair::new(&none, &none)).unwrap();
    assert_eq!(both.enumeration("kind").unwrap().values, ["a", "b", "c", "d", "e"]);
}

#[test]
fn a_rename_and_whatever_else_was_done_to_it() {
    let (none, renames) = (Renames::default(), columns(&[("users", "nick", "handle")]));
    let renamed = edited(&[(NICK, "handle = 'text?'\n")], "");
    // A change of what the other has renamed, and an index over it.
    let changed =
        edited(&[(NICK, "nick = 'varchar(9)?'\n")], "[table.users.indexes]\nusers_nick_idx = ['nick']\n");
    let both =
        edited(&[(NICK, "handle = 'varchar(9)?'\n")], "[table.users.indexes]\nusers_nick_idx = ['handle']\n");
    assert_eq!(merged(&renamed, &changed, Pair::new(&renames, &none)), Ok(both));

    let dropped = edited(&[(NICK, "")], "");
    assert_eq!(
        merged(&dropped, &renamed, Pair::new(&none, &renames)),
        Err(vec!["theirs dropped column `users.nick`, and ours renamed it".to_owned()])
    );
    let other = edited(&[(NICK, "name = 'text?'\n")], "");
    assert_eq!(
        merged(&other, &renamed, Pair::new(&columns(&[("users", "nick", "name")]), &renames)),
        Err(vec!["both renamed column `users.nick`: theirs to `name`, ours to `handle`".to_owned()])
    );
    assert_eq!(merged(&renamed, &renamed, Pair::new(&renames, &renames)), Ok(renamed.clone()));
    // A name that the other gives to something else.
    let taken = edited(&[(NICK, "nick = 'text?'\nhandle = 'integer?'\n")], "");
    assert!(merged(&taken, &renamed, Pair::new(&none, &renames)).is_err());
    // SQL speaks of the name before.
    let checked = edited(&[], "[table.users.checks]\nusers_check = \"nick <> ''\"\n");
    assert_eq!(
        merged(&renamed, &checked, Pair::new(&renames, &none)),
        Err(vec![
            "theirs dropped or renamed column `users.nick`, of which check `users_check` of `users` of ours speaks"
                .to_owned()
        ])
    );
}

#[test]
fn what_is_dropped_must_not_be_spoken_of() {
    let without_notes = schema(BASE.split("[table.notes").next().unwrap());
    let links = "[table.links.columns]\nid = { type = 'bigint', primary_key = true }\n\
                 note_id = { type = 'bigint', references = 'notes.id' }\n";
    conflict(
        &without_notes,
        &edited(&[], links),
        "theirs dropped or renamed table `notes`, of which foreign key `links_note_id_fkey` of `links` of ours speaks",
    );
    conflict(
        &edited(&[(NICK, "")], ""),
        &edited(&[], "[table.users.indexes]\nusers_nick_idx = ['nick']\n"),
        "theirs dropped or renamed column `users.nick`, of which index `users_nick_idx` of `users` of ours speaks",
    );
    conflict(
        &edited(&[("email = { type = 'text', unique = true }", "email = 'text'")], ""),
        &edited(&[], "[table.l.columns]\nemail = { type = 'text', references = 'users.email' }\n"),
        "theirs dropped or renamed unique constraint `users_email_key` of `users`, of which foreign key \
         `l_email_fkey` of `l` of ours speaks",
    );
    conflict(
        &edited(&[(NICK, "")], ""),
        &edited(&[], "[view.nicks]\nsql = 'SELECT nick FROM users'\n"),
        "theirs dropped or renamed column `users.nick`, of which view `nicks` of ours speaks",
    );
}

#[test]
fn who_took_a_name_away_may_go_on_using_it_for_something_else() {
    let (none, renames) = (Renames::default(), columns(&[("users", "nick", "handle")]));
    let view = "[view.nicks]\nsql = 'SELECT handle AS nick FROM users'\n";
    let theirs = edited(&[(NICK, "handle = 'text?'\n")], view);
    let ours = edited(&[(AGE, "age = 'bigint?'\n")], "");
    let both = edited(&[(NICK, "handle = 'text?'\n"), (AGE, "age = 'bigint?'\n")], view);
    assert_eq!(merged(&theirs, &ours, Pair::new(&renames, &none)), Ok(both));
}

#[test]
fn a_table_that_was_renamed_is_the_same_table() {
    let none = Renames::default();
    let mut renames = columns(&[("memos", "body", "text")]);
    renames.tables.insert(Name::new("memos"), Name::new("notes"));
    let theirs = edited(&[("[table.notes.columns]", "[table.memos.columns]"), ("body =", "text =")], "");
    let ours = edited(&[("body = 'text'", "body = 'varchar(99)'\nat = 'date?'")], "");
    let both = edited(
        &[
            ("[table.notes.columns]", "[table.memos.columns]"),
            ("body = 'text'", "text = 'varchar(99)'\nat = 'date?'"),
        ],
        "",
    );
    assert_eq!(merged(&theirs, &ours, Pair::new(&renames, &none)), Ok(both));
}

#[test]
fn renames_are_followed_from_step_to_step() {
    let base = schema(BASE);
    let rename = |previous: &str, next: &str| Alteration::RenameColumn {
        previous: Name::new(previous),
        next: Name::new(next),
    };
    let alter = |table: &str, alterations| Operation::AlterTable {
        table: Name::new(table),
        alterations,
        online: false,
    };
    let steps = [
        alter("users", vec![rename("nick", "handle"), rename("age", "nick")]),
        Operation::RenameTable { previous: Name::new("users"), next: Name::new("people") },
        alter("people", vec![rename("handle", "name")]),
        alter("notes", vec![rename("body", "text")]),
        alter("notes", vec![rename("text", "body")]),
    ];
    let mut expected = columns(&[("people", "nick", "name"), ("people", "age", "nick")]);
    expected.tables.insert(Name::new("people"), Name::new("users"));
    assert_eq!(renamed_by(&base, &steps), expected);
}

#[test]
fn each_part_of_a_table_is_merged_by_itself() {
    let age = (AGE, "age = 'bigint?'\n");
    let strict = "[table.users.sqlite]\nstrict = true\n";
    let named = "[table.users]\nrust_name = 'Person'\n";
    let check = "[table.users.checks]\nusers_age_check = 'age > 0'\n";
    let key =
        "[table.users.foreign_keys]\nusers_nick_fk = { columns = ['nick'], references = 'users(email)' }\n";
    let unique = "[table.users.uniques]\nusers_age_key = ['age']\n";
    let index = "[table.users.indexes]\nusers_age_idx = ['age']\n";
    for part in [strict, named, check, key, unique, index] {
        independent(&edited(&[age], ""), &edited(&[], part), &edited(&[age], part));
    }
    let users = "[table.users.columns]\nid = { type = 'bigint', primary_key = true }";
    let wide = (users, "[table.users]\nprimary_key = ['id', 'email']\n[table.users.columns]\nid = 'bigint'");
    independent(&edited(&[age], ""), &edited(&[wide], ""), &edited(&[age, wide], ""));
    // What a conflict is about is said once.
    conflict(
        &edited(&[], &format!("{named}{strict}")),
        &edited(&[], "[table.users]\nrust_name = 'Human'\n[table.users.sqlite]\nwithout_rowid = true\n"),
        "both changed table `users`, each in another way",
    );
}

const TRIGGER: &str = "[trigger.touch]\ntable = 'notes'\nsql = \"CREATE TRIGGER touch AFTER INSERT ON notes BEGIN \
                       UPDATE notes SET body = trim(body) WHERE id = NEW.id; END\"\n";

#[test]
fn triggers_are_merged_and_must_have_their_table() {
    let age = (AGE, "age = 'bigint?'\n");
    independent(&edited(&[age], ""), &edited(&[], TRIGGER), &edited(&[age], TRIGGER));
    let without_notes = schema(BASE.split("[table.notes").next().unwrap());
    conflict(
        &without_notes,
        &edited(&[], TRIGGER),
        "theirs dropped or renamed table `notes`, of which trigger `touch` of ours speaks",
    );
    // By a name that is no longer the table's, too.
    let mut renames = Renames::default();
    renames.tables.insert(Name::new("memos"), Name::new("notes"));
    let renamed = edited(&[("[table.notes.columns]", "[table.memos.columns]")], "");
    assert_eq!(
        merged(&edited(&[], TRIGGER), &renamed, Pair::new(&Renames::default(), &renames)),
        Err(vec![
            "ours dropped or renamed table `notes`, of which trigger `touch` of theirs speaks".to_owned()
        ])
    );
}

#[test]
fn whoever_took_a_value_away_is_said() {
    let kind = ("kind = { type = 'kind', default = 'a' }\n", "kind = { type = 'kind', default = 'b' }\n");
    conflict(
        &edited(&[("'b'", "'c'")], ""),
        &edited(&[kind], ""),
        "theirs dropped or renamed enum `kind`, of which column `notes.kind` of ours speaks",
    );
    conflict(
        &edited(&[kind], ""),
        &edited(&[("'b'", "'c'")], ""),
        "ours dropped or renamed enum `kind`, of which column `notes.kind` of theirs speaks",
    );
    let without = schema(
        &BASE
            .replace("[enum]\nkind = ['a', 'b']\n", "")
            .replace("kind = { type = 'kind', default = 'a' }\n", ""),
    );
    conflict(
        &without,
        &edited(&[(AGE, "age = 'integer?'\nkind = 'kind?'\n")], ""),
        "theirs dropped or renamed enum `kind`, of which column `users.kind` of ours speaks",
    );
    // The names that values have in Rust are no values.
    conflict(
        &edited(&[("kind = ['a', 'b']", "kind = { values = ['a', 'b'], rust_name = 'Sort' }")], ""),
        &edited(&[("'b'", "'b', 'c'")], ""),
        "both changed enum `kind`, each in another way",
    );
}

#[test]
fn every_part_that_speaks_of_a_column_is_found() {
    let without = |line: &str| edited(&[(line, "")], "");
    let found = |theirs: &Schema, ours: &Schema, object: &str, by: &str| {
        conflict(theirs, ours, &format!("theirs dropped or renamed {object}, of which {by} of ours speaks"));
        let none = Renames::default();
        let back = merged(ours, theirs, Pair::new(&none, &none));
        assert_eq!(
            back,
            Err(vec![format!("ours dropped or renamed {object}, of which {by} of theirs speaks")])
        );
    };
    let users = "[table.users.columns]\nid = { type = 'bigint', primary_key = true }";
    let wide = (users, "[table.users]\nprimary_key = ['id', 'email']\n[table.users.columns]\nid = 'bigint'");
    let email = "email = { type = 'text', unique = true }\n";
    found(&without(email), &edited(&[wide], ""), "column `users.email`", "primary key of `users`");
    found(
        &without(AGE),
        &edited(&[], "[table.users.uniques]\nusers_age_key = ['age']\n"),
        "column `users.age`",
        "unique constraint `users_age_key` of `users`",
    );
    found(
        &without(NICK),
        &edited(
            &[],
            "[table.users.foreign_keys]\nusers_nick_fk = { columns = ['nick'], references = 'users(email)' }\n",
        ),
        "column `users.nick`",
        "foreign key `users_nick_fk` of `users`",
    );
    found(
        &without(email),
        &edited(&[], "[table.l.columns]\nmail = { type = 'text', references = 'users.email' }\n"),
        "column `users.email`",
        "foreign key `l_mail_fkey` of `l`",
    );
    found(
        &without(NICK),
        &edited(
            &[(AGE, "age = 'integer?'\nloud = { type = 'text?', generated = { sql = 'upper(nick)' } }\n")],
            "",
        ),
        "column `users.nick`",
        "column `users.loud`",
    );
    for index in ["columns = [{ sql = 'lower(nick)' }]", "columns = ['age'], where = \"nick <> ''\""] {
        found(
            &without(NICK),
            &edited(&[], &format!("[table.users.indexes]\nusers_idx = {{ {index} }}\n")),
            "column `users.nick`",
            "index `users_idx` of `users`",
        );
    }
    found(
        &schema(BASE.split("[table.notes").next().unwrap()),
        &edited(&[], "[view.bodies]\nsql = 'SELECT id FROM notes'\n"),
        "table `notes`",
        "view `bodies`",
    );
    // Another table that the view reads has a column of that name.
    let two = "[view.nicks]\nsql = 'SELECT n.nick FROM users u JOIN notes n ON n.id = u.id'\n";
    let noted = ("body = 'text'\n", "body = 'text'\nnick = 'text?'\n");
    independent(&without(NICK), &edited(&[noted], two), &edited(&[(NICK, ""), noted], two));
}

#[test]
fn all_that_names_a_column_is_named_anew() {
    let none = Renames::default();
    let mut renames =
        columns(&[("people", "nick", "handle"), ("people", "email", "mail"), ("people", "id", "key")]);
    renames.tables.insert(Name::new("people"), Name::new("users"));
    let names = [
        ("[table.users.columns]\nid =", "[table.people.columns]\nkey ="),
        ("email =", "mail ="),
        ("nick =", "handle ="),
    ];
    let theirs = edited(&names, "");
    let parts = |table: &str, [id, email, nick]: [&str; 3]| {
        format!(
            "[table.{table}.indexes]\nusers_idx = ['{nick}', 'age']\n[table.{table}.uniques]\nusers_key = ['{nick}', '{id}']\n\
             [table.{table}.foreign_keys]\nusers_fk = {{ columns = ['{nick}'], references = '{table}({email})' }}\n\
             [table.links.columns]\nuser_id = 'bigint'\n[table.links.foreign_keys]\n\
             links_fk = {{ columns = ['user_id'], references = '{table}({id})' }}\n"
        )
    };
    let ours = edited(&[], &parts("users", ["id", "email", "nick"]));
    let both = edited(&names, &parts("people", ["key", "mail", "handle"]));
    assert_eq!(merged(&theirs, &ours, Pair::new(&renames, &none)), Ok(both));
    // A key over what was renamed is the same key.
    let wide = |table: &str, id: &str, email: &str| {
        format!(
            "[table.{table}]\nprimary_key = ['{id}', '{email}']\n[table.{table}.columns]\n{id} = 'bigint'"
        )
    };
    let users = "[table.users.columns]\nid = { type = 'bigint', primary_key = true }";
    let (ours, both) = (wide("users", "id", "email"), wide("people", "key", "mail"));
    let (ours, both) = (edited(&[(users, &ours)], ""), edited(&[(users, &both), names[1], names[2]], ""));
    assert_eq!(merged(&theirs, &ours, Pair::new(&renames, &none)), Ok(both));
    // What is said of ours has the names of ours.
    let without = edited(&[names[0], names[1], (NICK, "")], "");
    renames.columns.remove(&(Name::new("people"), Name::new("handle")));
    let ours = edited(&[], "[table.users.indexes]\nusers_nick_idx = ['nick']\n");
    assert_eq!(
        merged(&without, &ours, Pair::new(&renames, &none)),
        Err(vec![
            "theirs dropped or renamed column `users.nick`, of which index `users_nick_idx` of `users` of ours speaks"
                .to_owned()
        ])
    );
}

#[test]
fn a_name_that_became_free_may_be_taken() {
    let (none, renames) = (Renames::default(), columns(&[("users", "nick", "age")]));
    let theirs = edited(&[(AGE, ""), (NICK, "age = 'text?'\n")], "");
    let ours = edited(&[("body = 'text'\n", "body = 'text'\nat = 'date?'\n")], "");
    let both = edited(
        &[(AGE, ""), (NICK, "age = 'text?'\n"), ("body = 'text'\n", "body = 'text'\nat = 'date?'\n")],
        "",
    );
    assert_eq!(merged(&theirs, &ours, Pair::new(&renames, &none)), Ok(both));
}

/// The name is there, and means something else: what speaks of it by its name would speak of that.
#[test]
fn a_name_that_means_something_else_now_is_no_longer_the_same() {
    let none = Renames::default();
    let swapped = edited(&[(NICK, "age = 'text?'\n"), (AGE, "nick = 'integer?'\n")], "");
    let swap = columns(&[("users", "nick", "age"), ("users", "age", "nick")]);
    let taken = edited(&[(AGE, ""), (NICK, "age = 'text?'\n")], "");
    let take = columns(&[("users", "nick", "age")]);
    for (theirs, renames) in [(&swapped, &swap), (&taken, &take)] {
        for (part, by) in [
            ("[table.users.checks]\nc = 'age > 0'\n", "check `c` of `users`"),
            ("[view.ages]\nsql = 'SELECT age FROM users'\n", "view `ages`"),
        ] {
            assert_eq!(
                merged(theirs, &edited(&[], part), Pair::new(renames, &none)),
                Err(vec![format!(
                    "theirs dropped or renamed column `users.age`, of which {by} of ours speaks"
                )])
            );
        }
    }
    // A key names the column itself, and follows it.
    let index = |column: &str| format!("[table.users.indexes]\nusers_idx = ['{column}']\n");
    let both = edited(&[(NICK, "age = 'text?'\n"), (AGE, "nick = 'integer?'\n")], &index("nick"));
    assert_eq!(merged(&swapped, &edited(&[], &index("age")), Pair::new(&swap, &none)), Ok(both));
    assert_eq!(
        merged(&taken, &edited(&[], &index("age")), Pair::new(&take, &none)),
        Err(vec![
            "theirs dropped or renamed column `users.age`, of which index `users_idx` of `users` of ours speaks"
                .to_owned()
        ])
    );
}

#[test]
fn what_two_schemas_differ_in_is_that_object() {
    let users = "[table.users.columns]\nid = { type = 'bigint', primary_key = true }";
    let wide = "[table.users]\nprimary_key = ['id', 'email']\n[table.users.columns]\nid = 'bigint'";
    let (table, name) = (|| Name::new("users"), |text: &str| Name::new(text));
    let key = "users_nick_fk = { columns = ['nick'], references = 'users(email)' }\n";
    let others = [
        (edited(&[], PHONES), Object::Table(name("phones"))),
        (edited(&[(NICK, "nick = 'text'\n")], ""), Object::Column(table(), name("nick"))),
        (edited(&[(users, wide)], ""), Object::PrimaryKey(table())),
        (edited(&[], "[table.users.uniques]\nu = ['age']\n"), Object::Unique(table(), name("u"))),
        (
            edited(&[], &format!("[table.users.foreign_keys]\n{key}")),
            Object::ForeignKey(table(), name("users_nick_fk")),
        ),
        (edited(&[], "[table.users.checks]\nc = 'age > 0'\n"), Object::Check(table(), name("c"))),
        (edited(&[], "[table.users.indexes]\ni = ['age']\n"), Object::Index(table(), name("i"))),
        (edited(&[("'b'", "'b', 'c'")], ""), Object::Enum(name("kind"))),
        (edited(&[], "[view.v]\nsql = 'SELECT id FROM users'\n"), Object::View(name("v"))),
        (edited(&[], TRIGGER), Object::Trigger(name("touch"))),
    ];
    let base = schema(BASE);
    for (at, (other, object)) in others.iter().enumerate() {
        let found = others.iter().map(|(_, object)| differs(Pair::new(&base, other), object));
        let expected: Vec<bool> = (0..others.len()).map(|index| index == at).collect();
        assert_eq!(found.collect::<Vec<_>>(), expected, "{object:?}");
    }
}

#[test]
fn a_lineage_ends_where_something_is_dropped_or_made() {
    let base = schema(BASE);
    let name = |text: &str| Name::new(text);
    let alter =
        |table: &str, alterations| Operation::AlterTable { table: name(table), alterations, online: false };
    let rename =
        |previous: &str, next: &str| Alteration::RenameColumn { previous: name(previous), next: name(next) };
    let add = |column: &str| Alteration::AddColumn { column: name(column), backfill: None };
    let drop = |column: &str| Alteration::DropColumn { column: name(column) };
    let steps = [
        alter("users", vec![rename("nick", "handle")]),
        alter("users", vec![drop("handle")]),
        // Another `age`, which is called otherwise later.
        alter("users", vec![drop("age")]),
        alter("users", vec![add("age")]),
        alter("users", vec![rename("age", "years")]),
    ];
    assert_eq!(renamed_by(&base, &steps), Renames::default());

    let exchanged = [
        alter("users", vec![rename("nick", "handle")]),
        Operation::ExchangeTables { one: name("users"), other: name("notes") },
    ];
    let mut expected = columns(&[("notes", "nick", "handle")]);
    expected.tables.insert(name("notes"), name("users"));
    expected.tables.insert(name("users"), name("notes"));
    assert_eq!(renamed_by(&base, &exchanged), expected);

    let by_hand = [
        Operation::RenameTable { previous: name("users"), next: name("people") },
        Operation::Sql {
            sql: Sql::from("DROP TABLE people"),
            effects: vec![Effect::Drops { table: name("people") }],
        },
    ];
    assert_eq!(renamed_by(&base, &by_hand), Renames::default());
}
