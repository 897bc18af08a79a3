use sea_query::{Alias, BinOper, Expr, ExprTrait, Func, Query, SqliteQueryBuilder};

use super::literal::literal;
use crate::{DataStatement, Dialect, Expression, Function, Name, Operator, Value};

pub(super) fn statement(statement: &DataStatement) -> String {
    match statement {
        DataStatement::Update { table, set, filter } => update(table, set, filter.as_ref().map(expression)),
        DataStatement::Backfill { table, column, value } => {
            let missing = Expr::col(alias(column)).is_null();
            update(table, &[(column.clone(), value.clone())], Some(missing))
        }
        DataStatement::Insert { table, set } => {
            let source = Query::select().exprs(set.iter().map(|(_, value)| expression(value))).take();
            insert(table, set, source)
        }
        DataStatement::InsertFrom { table, source, set, filter } => {
            let mut rows = Query::select();
            rows.exprs(set.iter().map(|(_, value)| expression(value))).from(alias(source));
            if let Some(filter) = filter {
                rows.and_where(expression(filter));
            }
            insert(table, set, rows.take())
        }
        DataStatement::Delete { table, filter } => {
            let mut delete = Query::delete();
            delete.from_table(alias(table));
            if let Some(filter) = filter {
                delete.and_where(expression(filter));
            }
            delete.to_string(SqliteQueryBuilder)
        }
    }
}

/// The SQL of a value or condition, with columns bare: there is only ever one table to read.
pub(super) fn sql(value: &Expression) -> String {
    let select = Query::select().expr(expression(value)).to_string(SqliteQueryBuilder);
    select.strip_prefix("SELECT ").unwrap_or(&select).to_owned()
}

fn update(table: &Name, set: &[(Name, Expression)], filter: Option<Expr>) -> String {
    let mut update = Query::update();
    update.table(alias(table));
    for (column, value) in set {
        update.value(alias(column), expression(value));
    }
    if let Some(filter) = filter {
        update.and_where(filter);
    }
    update.to_string(SqliteQueryBuilder)
}

/// An insert reads its row from a SELECT in any case, so that there is one path to test.
fn insert(table: &Name, set: &[(Name, Expression)], rows: sea_query::SelectStatement) -> String {
    let mut insert = Query::insert();
    insert.into_table(alias(table));
    if set.is_empty() {
        return insert.or_default_values().to_string(SqliteQueryBuilder);
    }
    insert.columns(set.iter().map(|(column, _)| alias(column)));
    // The only error is a different number of columns, and both sides come from `set`.
    let _ = insert.select_from(rows);
    insert.to_string(SqliteQueryBuilder)
}

fn expression(value: &Expression) -> Expr {
    match value {
        Expression::Column { table: _, column } => Expr::col(alias(column)),
        Expression::Literal(value) => plain_literal(value),
        Expression::Null => Expr::cust("NULL"),
        Expression::Sql(sql) => Expr::cust(format!("({})", sql.text(Dialect::Sqlite).unwrap_or("NULL"))),
        Expression::Now => Expr::cust("CURRENT_TIMESTAMP"),
        Expression::Coalesce(value, otherwise) => {
            Func::coalesce([expression(value), expression(otherwise)]).into()
        }
        Expression::Call(function, value) => match function {
            Function::Lower => Func::lower(expression(value)).into(),
            Function::Upper => Func::upper(expression(value)).into(),
            Function::Trim => Func::cust(Alias::new("TRIM")).arg(expression(value)).into(),
        },
        Expression::Binary(operator, left, right) => {
            expression(left).binary(binary_operator(*operator), expression(right))
        }
        Expression::Not(condition) => match &**condition {
            Expression::IsNull(value) => expression(value).is_not_null(),
            condition => expression(condition).not(),
        },
        Expression::IsNull(value) => expression(value).is_null(),
        Expression::In(value, list) => expression(value).is_in(list.iter().map(expression)),
    }
}

/// A literal, through sea-query where its spelling is the same as ours: it puts parentheses around
/// anything it does not know.
fn plain_literal(value: &Value) -> Expr {
    match value {
        Value::Integer(number) => Expr::val(*number),
        Value::Text(text) if !text.contains('\0') => Expr::val(text.as_str()),
        _ => Expr::cust(literal(value)),
    }
}

fn binary_operator(operator: Operator) -> BinOper {
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

    fn check(value: &Expression, expected: &str) {
        assert_eq!(sql(value), expected);
    }

    fn tz() -> Expression {
        Expression::column("users", "tz")
    }

    fn text(text: &str) -> Expression {
        Expression::Literal(Value::Text(text.to_owned()))
    }

    #[test]
    fn quotes_are_doubled_and_question_marks_are_left_alone() {
        check(&text("it's ? $1 \\ \"x\""), r#"'it''s ? $1 \ "x"'"#);
        check(&Expression::column("t", "a\"b"), r#""a""b""#);
    }

    #[test]
    fn a_nul_does_not_end_the_statement() {
        check(&text("a\0b"), "CAST(x'610062' AS TEXT)");
    }

    #[test]
    fn precedence_is_kept() {
        let sum =
            Expression::column("t", "a").binary(Operator::Plus, Expression::Literal(Value::Integer(-1)));
        check(&sum.binary(Operator::Times, Expression::column("t", "b")), r#"("a" + -1) * "b""#);
        let either =
            tz().binary(Operator::Eq, text("x")).binary(Operator::Or, Expression::IsNull(Box::new(tz())));
        let condition = Expression::Not(Box::new(either.clone())).binary(Operator::And, either);
        check(&condition, r#"(NOT ("tz" = 'x' OR "tz" IS NULL)) AND ("tz" = 'x' OR "tz" IS NULL)"#);
    }

    #[test]
    fn an_empty_list_holds_nothing() {
        check(&Expression::In(Box::new(tz()), vec![]), "1 = 2");
        check(&Expression::In(Box::new(tz()), vec![text("a"), text("b")]), r#""tz" IN ('a', 'b')"#);
    }

    #[test]
    fn functions() {
        let value = Expression::Coalesce(
            Box::new(Expression::Call(Function::Trim, Box::new(tz()))),
            Box::new(text("UTC")),
        );
        check(&value.binary(Operator::Concat, text("!")), r#"COALESCE(TRIM("tz"), 'UTC') || '!'"#);
    }

    #[test]
    fn statements() {
        let update = DataStatement::Update {
            table: "users".into(),
            set: vec![("tz".into(), text("UTC"))],
            filter: Some(Expression::Not(Box::new(Expression::IsNull(Box::new(tz()))))),
        };
        assert_eq!(statement(&update), r#"UPDATE "users" SET "tz" = 'UTC' WHERE "tz" IS NOT NULL"#);
        let insert = DataStatement::InsertFrom {
            table: "settings".into(),
            source: "users".into(),
            set: vec![("zone".into(), tz())],
            filter: None,
        };
        assert_eq!(statement(&insert), r#"INSERT INTO "settings" ("zone") SELECT "tz" FROM "users""#);
        let empty = DataStatement::Insert { table: "settings".into(), set: vec![] };
        assert_eq!(statement(&empty), r#"INSERT INTO "settings" DEFAULT VALUES"#);
    }
}
