//! Two schemas that came from one, merged.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on panics")]

use whimbrel_schema::merge::{Fork, merge, renamed_by};
use whimbrel_schema::{
    Alteration, Dialect, Name, Operation, Pair, Renames, Schema, Sources, parse, validate,
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
