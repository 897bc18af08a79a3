//! Operations that are taken at their author's word.

use whimbrel_schema::{
    Column, ColumnType, Dialect, Effect, Name, Operation, Schema, Sql, Statement, Table, first_word, hazards,
    render,
};

fn table(name: &str, columns: &[&str]) -> Table {
    let mut table = Table::new(Name::new(name));
    for column in columns {
        table.columns.insert(Name::new(column), Column::new(Name::new(column), ColumnType::Text));
    }
    table
}

fn schema(tables: &[Table]) -> Schema {
    let mut schema = Schema::default();
    for table in tables {
        schema.insert(table.clone());
    }
    schema
}

fn sql(effects: impl IntoIterator<Item = Effect>) -> Operation {
    Operation::Sql { sql: Sql::from("VALUES (1)"), effects: effects.into_iter().collect() }
}

fn changes(table: &str) -> Effect {
    Effect::Changes { table: table.into() }
}

fn creates(table: &str) -> Effect {
    Effect::Creates { table: table.into() }
}

fn drops(table: &str) -> Effect {
    Effect::Drops { table: table.into() }
}

fn alters(table: &str) -> Effect {
    Effect::Alters { table: table.into() }
}

fn names(operations: &[Operation], position: &Schema, target: &Schema) -> Vec<String> {
    hazards(operations, position, target).iter().map(|hazard| hazard.name()).collect()
}

#[test]
fn texts() {
    assert_eq!(
        sql([changes("users"), drops("a b")]).to_string(),
        r#"sql "VALUES (1)" changes users, drops "a b""#
    );
    assert_eq!(sql([]).to_string(), r#"sql "VALUES (1)" touches nothing"#);
    let each = Sql::each([(Dialect::Mysql, "B"), (Dialect::Sqlite, "A \"x\""), (Dialect::Postgres, " ")]);
    let each = Operation::Sql { sql: each, effects: vec![creates("t"), alters("u")] };
    assert_eq!(each.to_string(), r#"sql (sqlite = "A \"x\"", mysql = "B") creates t, alters u"#);
    assert_eq!(Operation::Code.to_string(), "data");
}

#[test]
fn effects_are_believed() {
    let before = schema(&[table("users", &["id"]), table("old", &["id"])]);
    let after = schema(&[table("users", &["id", "name"]), table("new", &["id"])]);
    let all = sql([alters("users"), drops("old"), creates("new"), changes("new")]);
    assert_eq!(all.apply(&before, &after).unwrap(), after);
    assert_eq!(Operation::Code.apply(&before, &after).unwrap(), before);
    assert_eq!(sql([]).apply(&before, &after).unwrap(), before);
}

#[test]
fn effects_must_fit_their_position() {
    let before = schema(&[table("users", &["id"])]);
    let wrong = |effects: Vec<Effect>| sql(effects).apply(&before, &Schema::default()).unwrap_err().message;
    assert_eq!(wrong(vec![changes("t")]), "table `t` does not exist at this position");
    assert_eq!(
        wrong(vec![drops("users"), changes("users")]),
        "table `users` does not exist at this position"
    );
    assert_eq!(wrong(vec![creates("users")]), "table `users` already exists at this position");
    assert!(wrong(vec![creates("t")]).contains("has no table `t`"));
    assert!(wrong(vec![alters("users")]).contains("has no table `users`"));
}

#[test]
fn dangers_are_named() {
    let before = schema(&[table("users", &["id"]), table("old", &["id"])]);
    let after = schema(&[table("users", &["id"]), table("new", &["id"])]);
    let steps = [
        sql([changes("users"), alters("users")]),
        sql([changes("users")]),
        sql([creates("new"), changes("new")]),
        sql([drops("old")]),
        Operation::Code,
        Operation::Code,
    ];
    assert_eq!(names(&steps, &before, &after), ["WHT702:users", "WHT702:users", "WHD101:old", "WHT702:data"]);
    assert!(hazards(&steps, &before, &after).iter().all(|hazard| !hazard.keeping.is_whole()));
    assert_eq!(names(&[sql([])], &before, &after), Vec::<String>::new());
}

#[test]
fn sql_is_rendered_as_it_is_written() {
    let none = Schema::default();
    let rendered = |operation: &Operation| render(Dialect::Sqlite, operation, &none, &none);
    assert_eq!(rendered(&sql([changes("t")])), [Statement::Sql("VALUES (1)".to_owned())]);
    // With foreign keys on, the rows that reference a table would go with it.
    assert_eq!(rendered(&sql([drops("t")])), [Statement::DropTable("VALUES (1)".to_owned())]);
    assert_eq!(rendered(&sql([alters("t")])), [Statement::DropTable("VALUES (1)".to_owned())]);
    assert_eq!(rendered(&Operation::Code), []);
    let elsewhere = Sql::each([(Dialect::Postgres, "ANALYZE")]);
    assert_eq!(rendered(&Operation::Sql { sql: elsewhere, effects: vec![] }), []);
}

#[test]
fn first_words() {
    for (text, word) in [
        ("COMMIT", "COMMIT"),
        (" ;; \u{feff}begin immediate", "BEGIN"),
        ("-- a\n--b\r\n/* c\n */commit", "COMMIT"),
        ("--", ""),
        ("/* open", ""),
        ("", ""),
        ("(select 1)", ""),
        ("é", "É"),
    ] {
        assert_eq!(first_word(text), word, "{text}");
    }
}
