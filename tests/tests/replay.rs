//! The replay on every case of the laws, on rows that it makes itself.

#![allow(clippy::panic, clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use support::case::{cases, schema};
use support::laws::{replayed, words};
use whimbrel::Direction;
use whimbrel::replay::{Failure, Problem, Replayed, Subject, replay};
use whimbrel_schema::plan::{Intent, plan};
use whimbrel_schema::{Alteration, DataStatement, Effect, Expression, Name, Operation, Pair, Sql, Value};

#[test]
fn every_case_holds_on_rows_that_are_made_for_it() {
    let mut found = Vec::new();
    let mut made: BTreeMap<String, Replayed> = BTreeMap::new();
    for case in cases() {
        match replayed(&case) {
            Ok(Some(replayed)) => drop(made.insert(case.name.clone(), replayed)),
            Ok(None) => {}
            Err(problem) => found.push(format!("{}: {problem}", case.name)),
        }
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
    for (name, replayed) in &made {
        assert!(replayed.empty.is_empty(), "{name}: {replayed:?}");
    }
    assert!(made.len() >= 20);
}

const PARENT: &str = "[table.users.columns]
id = { type = \"bigint\", primary_key = true, auto_increment = true }
name = \"text?\"
size = { type = \"integer\", default = 0 }

[table.notes.columns]
id = { type = \"bigint\", primary_key = true }
user_id = { type = \"bigint\", references = \"users.id\", on_delete = \"cascade\" }
body = \"text\"
";

/// The replay of what the plan between two schemas is, after `edit` has changed it.
fn edited(
    previous: &str,
    next: &str,
    edit: impl FnOnce(&mut Vec<Operation>, &mut Vec<Operation>),
) -> Result<Replayed, Problem> {
    let schemas = Pair::new(schema(previous, "previous.toml").0, schema(next, "next.toml").0);
    let mut plan = plan(schemas.as_ref(), &Intent::default());
    edit(&mut plan.upgrade, &mut plan.downgrade);
    replay(&Subject { schemas: schemas.as_ref(), upgrade: &plan.upgrade, downgrade: Some(&plan.downgrade) })
}

fn failure(result: Result<Replayed, Problem>) -> Failure {
    match result {
        Err(Problem::Failed(failure)) => failure,
        Err(problem) => panic!("{}", words(&problem)),
        Ok(replayed) => panic!("it holds: {replayed:?}"),
    }
}

fn holds(result: Result<Replayed, Problem>) -> Replayed {
    result.unwrap_or_else(|problem| panic!("{}", words(&problem)))
}

fn sql(text: &str, changes: &[&str]) -> Operation {
    let effects = changes.iter().map(|table| Effect::Changes { table: Name::new(table) }).collect();
    Operation::Sql { sql: Sql::from(text), effects }
}

#[test]
fn what_is_refused_is_told_with_the_row() {
    let strict = PARENT.replace("name = \"text?\"", "name = \"text\"");
    let found = failure(edited(PARENT, &strict, |_, _| {}));
    assert_eq!((found.direction, found.step), (Direction::Upgrade, Some(0)));
    assert!(found.message.contains("NOT NULL constraint failed: users.name"), "{found:?}");
    assert!(found.details[0].starts_with("the row of users (id, name, size): "), "{found:?}");
    assert!(found.details[0].contains("| NULL |"), "{found:?}");
    // Filled before, it holds; Rust code may fill it, and nobody knows.
    let backfill = Operation::Data(DataStatement::Backfill {
        table: Name::new("users"),
        column: Name::new("name"),
        value: Expression::Literal(Value::Text("x".to_owned())),
    });
    holds(edited(PARENT, &strict, |up, _| up.insert(0, backfill)));
    holds(edited(PARENT, &strict, |up, _| up.insert(0, Operation::Code)));
    // What stands before Rust code is tried nevertheless.
    let found = failure(edited(PARENT, &strict, |up, _| up.push(Operation::Code)));
    assert_eq!(found.step, Some(0));
}

#[test]
fn what_nobody_said_would_go_is_missed() {
    let more = PARENT.replace("size =", "more = \"text?\"\nsize =");
    let lost = |text: &str, changes: &[&str], wanted: &str| {
        let found = failure(edited(PARENT, &more, |up, _| up.push(sql(text, changes))));
        assert!(found.message.contains(wanted), "{found:?}");
    };
    lost("DELETE FROM notes WHERE id = 7", &[], "of notes is not there any more");
    lost("UPDATE users SET name = trim(name)", &[], "of users is not there any more");
    lost("INSERT INTO notes SELECT -2, id, '' FROM users LIMIT 1", &["users"], "which was not there before");
    // A cascade goes as far as its foreign keys do.
    holds(edited(PARENT, &more, |up, _| up.push(sql("DELETE FROM users WHERE id = 101", &["users"]))));
    let note = "CREATE TRIGGER note AFTER DELETE ON notes BEGIN UPDATE users SET size = size + 1; END";
    let watched = |schema: &str| format!("{schema}\n[trigger.note]\ntable = \"notes\"\nsql = \"{note}\"\n");
    let delete = || sql("DELETE FROM notes", &["notes"]);
    holds(edited(&watched(PARENT), &watched(&more), |up, _| up.push(delete())));
}

#[test]
fn what_the_archive_has_must_come_back() {
    let fewer = PARENT.replace("name = \"text?\"\n", "");
    holds(edited(PARENT, &fewer, |_, _| {}));
    let found = failure(edited(PARENT, &fewer, |_, down| {
        let Some(Operation::AlterTable { alterations, .. }) = down.first_mut() else { panic!("{down:?}") };
        *alterations = vec![Alteration::AddColumn { column: Name::new("name"), backfill: None }];
    }));
    assert_eq!((found.direction, found.step), (Direction::Downgrade, Some(0)));
    assert!(found.message.contains("column users.name comes back without its values"), "{found:?}");
    let alone = PARENT.split_once("[table.notes").unwrap().0;
    let found = failure(edited(PARENT, alone, |_, down| {
        down.splice(.., [Operation::CreateTable { table: Name::new("notes") }]);
    }));
    assert!(found.message.contains("table notes comes back without its rows"), "{found:?}");
    // An insert that is not taken back is in its own way the next time.
    let insert = "INSERT INTO users (id, name) VALUES (1, 'root')";
    let found = failure(edited(PARENT, &fewer, |up, _| up.insert(0, sql(insert, &["users"]))));
    assert!(found.message.contains("UNIQUE constraint failed: users.id"), "{found:?}");
    assert_eq!(found.gone, 2);
}

/// Whether rows keep a constraint before it is there is asked when it is applied, and not here.
#[test]
fn a_new_constraint_is_no_mistake() {
    let added = |next: &str| holds(edited(PARENT, next, |_, _| {}));
    let more = |section: &str, line: &str| format!("{PARENT}[table.{section}]\n{line}\n");
    for next in [
        PARENT.replace("body = \"text\"", "body = { type = \"text\", unique = true }"),
        more("notes.indexes", "body_idx = { columns = [{ sql = \"lower(body)\" }], unique = true }"),
        more("users.checks", "users_size_check = \"size > 100\""),
        more("notes.foreign_keys", "notes_own_fk = { columns = [\"id\"], references = \"users(id)\" }"),
    ] {
        assert_eq!(added(&next), Replayed::default(), "{next}");
    }
    // Where no row keeps it there are none, which is told.
    let replayed = added(&more("users.checks", "users_size_check = \"size <> size\""));
    assert_eq!(replayed.empty, ["notes", "users"].map(Name::new).into());
    let colours =
        |values: &str| format!("[enum]\ncolour = [{values}]\n[table.t.columns]\ncolour = \"colour\"\n");
    holds(edited(&colours("\"a\", \"b\", \"c\""), &colours("\"a\", \"b\""), |_, _| {}));
}

/// What is computed of the rows that are there may be NULL, or the same for two of them.
#[test]
fn a_computed_column_is_no_mistake() {
    let previous =
        "[table.t.columns]\nid = { type = 'bigint', primary_key = true }\na = 'text?'\nb = 'bigint?'";
    let next =
        format!("{previous}\nc = {{ type = 'text', generated = {{ sql = 'lower(a)', stored = true }} }}");
    assert_eq!(holds(edited(previous, &next, |_, _| {})), Replayed::default());
    let computed =
        "c = { type = 'boolean', generated = { sql = 'b IS NULL', stored = true }, unique = true }";
    let previous = format!("{previous}\n{computed}");
    let next = previous.replace("b = 'bigint?'", "b = { type = 'bigint', backfill = 1 }");
    let schemas = Pair::new(schema(&previous, "previous.toml").0, schema(&next, "next.toml").0);
    let backfill = Alteration::AlterColumn {
        column: Name::new("b"),
        using: None,
        backfill: Some(Expression::Literal(Value::Integer(1))),
        restore: false,
    };
    let upgrade =
        [Operation::AlterTable { table: Name::new("t"), alterations: vec![backfill], online: false }];
    let subject = Subject { schemas: schemas.as_ref(), upgrade: &upgrade, downgrade: None };
    assert_eq!(holds(replay(&subject)).without_rows, BTreeSet::from(["upgrade"]));
}

/// A personal column gets the same in every row that comes back.
#[test]
fn a_value_for_all_rows_is_no_mistake() {
    let previous = "[table.t.columns]\nid = { type = 'bigint', primary_key = true }\n\
                    a = { type = 'text', unique = true, personal = true }";
    let value = (Name::new("a"), Expression::Literal(Value::Text("A".to_owned())));
    let found = edited(previous, "", |_, down| {
        *down = vec![Operation::RestoreTable { table: Name::new("t"), set: vec![value] }];
    });
    assert_eq!(holds(found).without_rows, BTreeSet::from(["upgrade"]));
}

#[test]
fn a_schema_that_sqlite_refuses_is_no_mistake_of_a_step() {
    let wrong = format!("{PARENT}[table.users.checks]\nusers_size_check = \"sise > 100\"\n");
    match edited(PARENT, &wrong, |_, _| {}) {
        Err(Problem::Rejected(defects)) => assert!(defects[0].message.contains("sise"), "{defects:?}"),
        other => panic!("{other:?}"),
    }
    // And is told once, of the migration that brings it.
    match edited(&wrong, &wrong.replace("name = \"text?\"\n", ""), |_, _| {}) {
        Err(Problem::Rejected(defects)) => assert!(defects.is_empty(), "{defects:?}"),
        other => panic!("{other:?}"),
    }
}
