//! Personal columns: what never reaches the archive, and cannot come back from it.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

use whimbrel_schema::{
    Alteration, DataStatement, Dialect, Expression, Name, Operation, Pair, Schema, Sources, Statement, Value,
    differences, hazards, parse, render, validate,
};

const KEY: &str = "id = { type = 'bigint', primary_key = true }\n";

/// A schema with a table `users` of these columns.
fn users(columns: &str) -> Schema {
    let mut sources = Sources::default();
    let id = sources.add("users.toml", format!("[table.users.columns]\n{columns}"));
    let validated = validate(&[parse(&sources, id)], &[Dialect::Sqlite]);
    assert!(validated.diagnostics.is_empty(), "{:?}", validated.diagnostics);
    validated.schema
}

fn alter(alteration: Alteration) -> Operation {
    Operation::AlterTable { table: Name::new("users"), alterations: vec![alteration], online: false }
}

/// What is archived before an operation, as SELECTs.
fn kept(operation: &Operation, schemas: Pair<&Schema>) -> Vec<String> {
    let statements = render(Dialect::Sqlite, operation, schemas.previous, schemas.next);
    let select = |statement| match statement {
        Statement::Keep(keep) => Some(keep.select),
        _ => None,
    };
    statements.into_iter().filter_map(select).collect()
}

fn misfit(operation: &Operation, schemas: Pair<&Schema>) -> String {
    operation.apply(schemas.previous, schemas.next).unwrap_err().to_string()
}

#[test]
fn what_a_column_never_kept_cannot_be_restored() {
    let before = users(&format!("{KEY}phone = {{ type = 'text?', personal = true }}"));
    let after = users(KEY);
    let restore = alter(Alteration::RestoreColumn { column: Name::new("phone"), backfill: None });
    let message = misfit(&restore, Pair::new(&after, &before));
    assert!(message.contains("values of `users.phone` are personal and are not kept"), "{message}");
    assert!(message.contains("write `add_column`"), "{message}");
    let add = alter(Alteration::AddColumn { column: Name::new("phone"), backfill: None });
    assert_eq!(add.apply(&after, &before).unwrap(), before);
}

#[test]
fn replaced_values_of_a_column_that_is_personal_on_either_side_do_not_come_back() {
    let plain = users(&format!("{KEY}phone = 'text'"));
    let personal = users(&format!("{KEY}phone = {{ type = 'varchar(9)', personal = true }}"));
    let restore = alter(Alteration::AlterColumn {
        column: Name::new("phone"),
        using: None,
        backfill: None,
        restore: true,
    });
    for schemas in [Pair::new(&plain, &personal), Pair::new(&personal, &plain)] {
        let message = misfit(&restore, schemas);
        assert!(message.contains("without `.restore()`"), "{message}");
    }
}

#[test]
fn a_table_comes_back_only_if_every_column_has_something() {
    let restore = Operation::RestoreTable { table: Name::new("users"), set: Vec::new() };
    let empty = Schema::default();
    let check = |columns: &str, problem: Option<&str>| {
        let schema = users(columns);
        match problem {
            None => assert_eq!(restore.apply(&empty, &schema).unwrap(), schema),
            Some(problem) => {
                let message = misfit(&restore, Pair::new(&empty, &schema));
                assert!(message.contains(problem) && message.contains("`create_table`"), "{message}");
            }
        }
    };
    check(&format!("{KEY}phone = {{ type = 'text?', personal = true }}"), None);
    check(&format!("{KEY}phone = {{ type = 'text', personal = true, default = '' }}"), None);
    check(
        &format!("{KEY}phone = {{ type = 'text', personal = true }}"),
        Some("`users.phone`, which is personal"),
    );
    check(
        "email = { type = 'text', primary_key = true, personal = true }",
        Some("`users.email` is personal"),
    );
}

#[test]
fn only_personal_columns_of_a_restored_table_are_set() {
    let schema = users(&format!("{KEY}nick = 'text?'\nphone = {{ type = 'text', personal = true }}"));
    let restore = |set: &[(&str, Expression)]| {
        let set = set.iter().map(|(column, value)| (Name::new(*column), value.clone())).collect();
        let operation = Operation::RestoreTable { table: Name::new("users"), set };
        operation.apply(&Schema::default(), &schema).map_err(|misfit| misfit.to_string())
    };
    let text = |text: &str| Expression::Literal(Value::Text(text.to_owned()));
    assert_eq!(restore(&[("phone", text(""))]).unwrap(), schema);
    let wrong = |set: &[(&str, Expression)], words: &str| {
        let message = restore(set).unwrap_err();
        assert!(message.contains(words), "{message}");
    };
    wrong(&[], "no value of `users.phone`");
    wrong(&[("phone", text("")), ("nick", text("x"))], "comes back from the archive");
    wrong(&[("phone", text("")), ("phone", text("x"))], "once");
    wrong(&[("phone", Expression::column("users", "nick"))], "reads no column");
    wrong(&[("phone", Expression::Null)], "NOT NULL");
    wrong(&[("fax", text(""))], "fax");
}

#[test]
fn deleted_rows_are_kept_without_personal_values() {
    let delete = Operation::Data(DataStatement::Delete { table: Name::new("users"), filter: None });
    let check = |columns: &str, selects: &[&str]| {
        let schema = users(columns);
        assert_eq!(kept(&delete, Pair::new(&schema, &schema)), selects);
        let found = hazards([&delete], &schema, &schema);
        assert_eq!(found[0].keeping.is_whole(), selects == ["SELECT * FROM \"users\""]);
    };
    check(KEY, &["SELECT * FROM \"users\""]);
    check(&format!("{KEY}phone = {{ type = 'text', personal = true }}"), &["SELECT \"id\" FROM \"users\""]);
    check("email = { type = 'text', primary_key = true, personal = true }\nnick = 'text'", &[]);
    check("email = { type = 'text', personal = true }", &[]);
}

#[test]
fn rows_deleted_where_a_column_becomes_or_ceases_to_be_personal_are_kept_without_it() {
    let delete = Operation::Data(DataStatement::Delete { table: Name::new("users"), filter: None });
    let plain = users(&format!("{KEY}phone = 'text'"));
    let personal = users(&format!("{KEY}phone = {{ type = 'text', personal = true }}"));
    for schemas in [Pair::new(&plain, &personal), Pair::new(&personal, &plain)] {
        assert_eq!(kept(&delete, schemas), ["SELECT \"id\" FROM \"users\""]);
        assert!(!hazards([&delete], schemas.previous, schemas.next)[0].keeping.is_whole());
    }
}

#[test]
fn what_replaces_values_must_not_be_made_of_personal_ones() {
    let columns = "phone = { type = 'text', personal = true }\n";
    let before = users(&format!("{KEY}{columns}nick = 'text'"));
    let after = users(&format!("{KEY}{columns}nick = 'varchar(9)'"));
    let check = |using: Expression, is_kept: bool| {
        let operation = alter(Alteration::AlterColumn {
            column: Name::new("nick"),
            using: Some(using.clone()),
            backfill: None,
            restore: false,
        });
        let kept = kept(&operation, Pair::new(&before, &after));
        assert_eq!(!kept.is_empty(), is_kept, "{using}: {kept:?}");
        let hazard = &hazards([&operation], &before, &after)[0];
        assert_eq!(hazard.keeping.is_whole(), is_kept, "{using}");
    };
    let sql = |text: &str| Expression::Sql(text.into());
    check(sql("lower(nick)"), true);
    check(sql("nick || PHONE"), false);
    check(sql("telephone"), true);
    check(Expression::column("users", "nick"), true);
    check(Expression::column("users", "phone"), false);
    check(
        Expression::Coalesce(Box::new(Expression::column("users", "nick")), Box::new(sql("\"phone\""))),
        false,
    );
}

#[test]
fn personal_is_a_change_without_sql() {
    let plain = users(&format!("{KEY}phone = 'text'"));
    let personal = users(&format!("{KEY}phone = {{ type = 'text', personal = true }}"));
    let pair = Pair::new(&plain, &personal);
    let words: Vec<String> = differences(pair, &Default::default()).iter().map(ToString::to_string).collect();
    assert_eq!(words, ["~ users.phone  text not null -> text not null personal"]);
    let column = Name::new("phone");
    let operation = alter(Alteration::AlterColumn { column, using: None, backfill: None, restore: false });
    assert_eq!(render(Dialect::Sqlite, &operation, &plain, &personal), []);
    assert_eq!(operation.apply(&plain, &personal).unwrap(), personal);
}
