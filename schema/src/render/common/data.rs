//! Data statements, whose grammar is sea-query's.

use sea_query::{
    Alias, BinOper, Expr, ExprTrait, Func, MysqlQueryBuilder, PostgresQueryBuilder, Query,
    QueryStatementWriter, SqliteQueryBuilder,
};

use super::{Concat, Grammar};
use crate::{ColumnType, DataStatement, Dialect, Expression, Function, Name, Operator, Schema};

/// The SQL of a statement at a position, whose schema knows the types of columns.
pub(in crate::render) fn statement(grammar: &Grammar, schema: &Schema, statement: &DataStatement) -> String {
    let expression = |value: &Expression| expression(grammar, schema, value);
    match statement {
        DataStatement::Update { table, set, filter } => {
            update(grammar, schema, table, set, filter.as_ref().map(expression))
        }
        DataStatement::Backfill { table, column, value } => {
            let missing = Expr::col(alias(column)).is_null();
            update(grammar, schema, table, &[(column.clone(), value.clone())], Some(missing))
        }
        DataStatement::Insert { table, set } => {
            let values = set.iter().map(|(column, value)| assignment(grammar, schema, table, column, value));
            insert(grammar, table, set, Query::select().exprs(values).take())
        }
        DataStatement::InsertFrom { table, source, set, filter } => {
            let mut rows = Query::select();
            let values = set.iter().map(|(column, value)| assignment(grammar, schema, table, column, value));
            rows.exprs(values).from(alias(source));
            if let Some(filter) = filter {
                rows.and_where(expression(filter));
            }
            insert(grammar, table, set, rows.take())
        }
        DataStatement::Delete { table, filter } => {
            let mut delete = Query::delete();
            delete.from_table(alias(table));
            if let Some(filter) = filter {
                delete.and_where(expression(filter));
            }
            written(grammar, &delete)
        }
    }
}

/// The SQL of a value or condition, with columns bare: there is only ever one table to read.
pub(in crate::render) fn sql(grammar: &Grammar, schema: &Schema, value: &Expression) -> String {
    selected(grammar, expression(grammar, schema, value))
}

/// The SQL of a value that a column gets.
pub(in crate::render) fn assigned(
    grammar: &Grammar,
    schema: &Schema,
    (table, column): (&Name, &Name),
    value: &Expression,
) -> String {
    selected(grammar, assignment(grammar, schema, table, column, value))
}

/// Whether an expression reads a column, as a token or by its name in SQL written by hand.
pub(in crate::render) fn reads(value: &Expression, column: &Name) -> bool {
    let mut found = false;
    value.each_column(&mut |_, read| found |= read == column);
    value.each_sql(&mut |sql| found |= sql.names(column.as_str()));
    found
}

fn selected(grammar: &Grammar, value: Expr) -> String {
    let select = written(grammar, Query::select().expr(value));
    select.strip_prefix("SELECT ").unwrap_or(&select).to_owned()
}

fn written(grammar: &Grammar, statement: &impl QueryStatementWriter) -> String {
    match grammar.dialect {
        Dialect::Sqlite => statement.to_string(SqliteQueryBuilder),
        Dialect::Postgres => statement.to_string(PostgresQueryBuilder),
        Dialect::Mysql => statement.to_string(MysqlQueryBuilder),
    }
}

fn update(
    grammar: &Grammar,
    schema: &Schema,
    table: &Name,
    set: &[(Name, Expression)],
    filter: Option<Expr>,
) -> String {
    let mut update = Query::update();
    update.table(alias(table));
    for (column, value) in set {
        update.value(alias(column), assignment(grammar, schema, table, column, value));
    }
    if let Some(filter) = filter {
        update.and_where(filter);
    }
    written(grammar, &update)
}

/// An insert reads its row from a SELECT in any case, so that there is one path to test.
fn insert(
    grammar: &Grammar,
    table: &Name,
    set: &[(Name, Expression)],
    rows: sea_query::SelectStatement,
) -> String {
    let mut insert = Query::insert();
    insert.into_table(alias(table));
    if set.is_empty() {
        return written(grammar, insert.or_default_values());
    }
    insert.columns(set.iter().map(|(column, _)| alias(column)));
    // The only error is a different number of columns, and both sides come from `set`.
    let _ = insert.select_from(rows);
    written(grammar, &insert)
}

/// A value on its way into a column. What is no text to the database is made so by a cast, unless it
/// is a literal, which takes the column's type by itself, or comes from a column of that type.
fn assignment(grammar: &Grammar, schema: &Schema, table: &Name, column: &Name, value: &Expression) -> Expr {
    let column_type = type_of(schema, table, column);
    let own = column_type.and_then(grammar.own_type);
    match (value, own) {
        (Expression::Column { table: source, column: read }, Some(_))
            if type_of(schema, source, read) == column_type =>
        {
            Expr::col(alias(read))
        }
        (Expression::Literal(_) | Expression::Null, Some(_)) | (_, None) => {
            expression(grammar, schema, value)
        }
        (_, Some(own)) => cast(grammar, expression(grammar, schema, value), &own),
    }
}

fn type_of<'a>(schema: &'a Schema, table: &Name, column: &Name) -> Option<&'a ColumnType> {
    let column = schema.table(table.as_str())?.column(column.as_str())?;
    Some(&column.column_type)
}

fn cast(grammar: &Grammar, value: Expr, type_name: &str) -> Expr {
    Expr::custom_keyword(Alias::new(format!("CAST({} AS {type_name})", selected(grammar, value))))
}

fn expression(grammar: &Grammar, schema: &Schema, value: &Expression) -> Expr {
    let again = |value: &Expression| expression(grammar, schema, value);
    match value {
        Expression::Column { table, column } => {
            let read = Expr::col(alias(column));
            match type_of(schema, table, column).and_then(grammar.own_type) {
                Some(_) => cast(grammar, read, "text"),
                None => read,
            }
        }
        // Our own spelling, which sea-query neither escapes nor puts into parentheses.
        Expression::Literal(value) => Expr::custom_keyword(Alias::new((grammar.literal)(value))),
        Expression::Null => Expr::custom_keyword(Alias::new("NULL")),
        Expression::Sql(sql) => Expr::cust(format!("({})", grammar.written(sql))),
        Expression::Now => Expr::custom_keyword(Alias::new(grammar.now)),
        Expression::Coalesce(value, otherwise) => Func::coalesce([again(value), again(otherwise)]).into(),
        Expression::Call(function, value) => match function {
            Function::Lower => Func::lower(again(value)).into(),
            Function::Upper => Func::upper(again(value)).into(),
            Function::Trim => Func::cust(Alias::new("TRIM")).arg(again(value)).into(),
        },
        Expression::Binary(Operator::Concat, left, right) => match grammar.concat {
            Concat::Operator => again(left).binary(BinOper::Custom("||"), again(right)),
            Concat::Function => Func::cust(Alias::new("CONCAT")).args([again(left), again(right)]).into(),
        },
        Expression::Binary(operator, left, right) => {
            again(left).binary(binary_operator(*operator), again(right))
        }
        Expression::Not(condition) => match &**condition {
            Expression::IsNull(value) => again(value).is_not_null(),
            condition => again(condition).not(),
        },
        Expression::IsNull(value) => again(value).is_null(),
        Expression::In(value, list) => again(value).is_in(list.iter().map(again)),
    }
}

const fn binary_operator(operator: Operator) -> BinOper {
    match operator {
        Operator::Eq => BinOper::Equal,
        Operator::Ne => BinOper::NotEqual,
        Operator::Lt => BinOper::SmallerThan,
        Operator::Le => BinOper::SmallerThanOrEqual,
        Operator::Gt => BinOper::GreaterThan,
        Operator::Ge => BinOper::GreaterThanOrEqual,
        Operator::And => BinOper::And,
        Operator::Or => BinOper::Or,
        Operator::Plus => BinOper::Add,
        Operator::Minus => BinOper::Sub,
        Operator::Times => BinOper::Mul,
        Operator::Concat => BinOper::Custom("||"),
    }
}

fn alias(name: &Name) -> Alias {
    Alias::new(name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{mysql, postgres, sqlite};
    use crate::{Column, Table, Value};

    /// A table with a column of an enum.
    fn schema() -> Schema {
        let mut table = Table::new("users".into());
        for (name, column_type) in [
            ("tz", ColumnType::Text),
            ("state", ColumnType::Enum("state".into())),
            ("previous_state", ColumnType::Enum("state".into())),
        ] {
            table.columns.insert(name.into(), Column::new(name.into(), column_type));
        }
        let mut schema = Schema::default();
        schema.insert(table);
        schema
    }

    fn check(value: &Expression, expected: &str) {
        assert_eq!(sql(&sqlite::GRAMMAR, &schema(), value), expected);
    }

    /// What SQLite, PostgreSQL and MySQL are told.
    fn check_all(value: &Expression, expected: [&str; 3]) {
        let grammars = [&sqlite::GRAMMAR, &postgres::GRAMMAR, &mysql::GRAMMAR];
        assert_eq!(grammars.map(|grammar| sql(grammar, &schema(), value)), expected);
    }

    fn check_statement(given: &DataStatement, expected: [&str; 3]) {
        let grammars = [&sqlite::GRAMMAR, &postgres::GRAMMAR, &mysql::GRAMMAR];
        assert_eq!(grammars.map(|grammar| statement(grammar, &schema(), given)), expected);
    }

    fn tz() -> Expression {
        Expression::column("users", "tz")
    }

    fn state() -> Expression {
        Expression::column("users", "state")
    }

    fn text(text: &str) -> Expression {
        Expression::Literal(Value::Text(text.to_owned()))
    }

    #[test]
    fn quotes_are_doubled_and_question_marks_are_left_alone() {
        check_all(
            &text("it's ? $1 \\ \"x\""),
            [r#"'it''s ? $1 \ "x"'"#, r#"E'it''s ? $1 \\ "x"'"#, r#"'it''s ? $1 \\ "x"'"#],
        );
        check_all(&Expression::column("t", "a\"b`c"), [r#""a""b`c""#, r#""a""b`c""#, r#"`a"b``c`"#]);
    }

    #[test]
    fn a_nul_does_not_end_the_statement() {
        check(&text("a\0b"), "CAST(x'610062' AS TEXT)");
    }

    #[test]
    fn precedence_is_kept() {
        let sum =
            Expression::column("t", "a").binary(Operator::Plus, Expression::Literal(Value::Integer(-1)));
        let product = sum.binary(Operator::Times, Expression::column("t", "b"));
        check_all(&product, [r#"("a" + -1) * "b""#, r#"("a" + -1) * "b""#, "(`a` + -1) * `b`"]);
        let either =
            tz().binary(Operator::Eq, text("x")).binary(Operator::Or, Expression::IsNull(Box::new(tz())));
        let condition = Expression::Not(Box::new(either.clone())).binary(Operator::And, either);
        check(&condition, r#"(NOT ("tz" = 'x' OR "tz" IS NULL)) AND ("tz" = 'x' OR "tz" IS NULL)"#);
    }

    #[test]
    fn an_empty_list_holds_nothing() {
        check_all(&Expression::In(Box::new(tz()), vec![]), ["1 = 2"; 3]);
        check(&Expression::In(Box::new(tz()), vec![text("a"), text("b")]), r#""tz" IN ('a', 'b')"#);
    }

    #[test]
    fn functions() {
        let value = Expression::Coalesce(
            Box::new(Expression::Call(Function::Trim, Box::new(tz()))),
            Box::new(text("UTC")),
        );
        let joined = r#"COALESCE(TRIM("tz"), 'UTC') || '!'"#;
        check_all(
            &value.binary(Operator::Concat, text("!")),
            [joined, joined, "CONCAT(COALESCE(TRIM(`tz`), 'UTC'), '!')"],
        );
        check_all(&Expression::Now, ["CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP", "UTC_TIMESTAMP(6)"]);
    }

    #[test]
    fn a_value_of_an_enum_is_text_and_back() {
        let comparison = state().binary(Operator::Eq, tz());
        check_all(&comparison, [r#""state" = "tz""#, r#"CAST("state" AS text) = "tz""#, "`state` = `tz`"]);
        let lower = |value| Expression::Call(Function::Lower, Box::new(value));
        for (value, expected) in [
            (text("open"), r#"UPDATE "users" SET "state" = 'open'"#),
            (Expression::Null, r#"UPDATE "users" SET "state" = NULL"#),
            (
                Expression::column("users", "previous_state"),
                r#"UPDATE "users" SET "state" = "previous_state""#,
            ),
            (lower(tz()), r#"UPDATE "users" SET "state" = CAST(LOWER("tz") AS "state")"#),
        ] {
            let set = vec![("state".into(), value)];
            let update = DataStatement::Update { table: "users".into(), set, filter: None };
            assert_eq!(statement(&postgres::GRAMMAR, &schema(), &update), expected);
        }
    }

    #[test]
    fn statements() {
        let update = DataStatement::Update {
            table: "users".into(),
            set: vec![("tz".into(), text("UTC"))],
            filter: Some(Expression::Not(Box::new(Expression::IsNull(Box::new(tz()))))),
        };
        let expected = r#"UPDATE "users" SET "tz" = 'UTC' WHERE "tz" IS NOT NULL"#;
        check_statement(
            &update,
            [expected, expected, "UPDATE `users` SET `tz` = 'UTC' WHERE `tz` IS NOT NULL"],
        );
        let insert = DataStatement::InsertFrom {
            table: "settings".into(),
            source: "users".into(),
            set: vec![("zone".into(), tz())],
            filter: None,
        };
        let expected = r#"INSERT INTO "settings" ("zone") SELECT "tz" FROM "users""#;
        check_statement(
            &insert,
            [expected, expected, "INSERT INTO `settings` (`zone`) SELECT `tz` FROM `users`"],
        );
        let empty = DataStatement::Insert { table: "settings".into(), set: vec![] };
        check_statement(
            &empty,
            [
                r#"INSERT INTO "settings" DEFAULT VALUES"#,
                r#"INSERT INTO "settings" VALUES (DEFAULT)"#,
                "INSERT INTO `settings` VALUES ()",
            ],
        );
    }
}
