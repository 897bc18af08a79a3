//! Values and conditions of typed data statements, free of any dialect.

use std::fmt;

use crate::text::{bare_or_quoted, quoted};
use crate::{Name, Sql, Value};

/// A value computed from a row, or a condition on one.
///
/// The typed tokens of a migration build these; so does the reader of `migration.rs` at build time.
/// `Display` is the canonical text, which is hashed and compared: see [`Operation`](crate::Operation).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// A column of the row at hand.
    Column {
        /// The table, by its name at this position.
        table: Name,
        /// The column.
        column: Name,
    },
    /// A literal.
    Literal(Value),
    /// NULL.
    Null,
    /// SQL written by hand.
    Sql(Sql),
    /// The date and time of the statement, in UTC.
    Now,
    /// The first value that is not NULL.
    Coalesce(Box<Expression>, Box<Expression>),
    /// A function of one value.
    Call(Function, Box<Expression>),
    /// Two values joined.
    Binary(Operator, Box<Expression>, Box<Expression>),
    /// The opposite of a condition.
    Not(Box<Expression>),
    /// Whether a value is NULL.
    IsNull(Box<Expression>),
    /// Whether a value is one of several.
    In(Box<Expression>, Vec<Expression>),
}

/// A function of one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// Text in lower case.
    Lower,
    /// Text in upper case.
    Upper,
    /// Text without spaces around it.
    Trim,
}

/// What joins two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
    /// Both conditions.
    And,
    /// Either condition.
    Or,
    /// Sum.
    Plus,
    /// Difference.
    Minus,
    /// Product.
    Times,
    /// Texts joined.
    Concat,
}

impl Function {
    /// Every function.
    pub const ALL: [Self; 3] = [Self::Lower, Self::Upper, Self::Trim];

    /// Its name in migrations and in canonical text.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Lower => "lower",
            Self::Upper => "upper",
            Self::Trim => "trim",
        }
    }
}

impl Operator {
    /// Every operator.
    pub const ALL: [Self; 12] = [
        Self::Eq,
        Self::Ne,
        Self::Lt,
        Self::Le,
        Self::Gt,
        Self::Ge,
        Self::And,
        Self::Or,
        Self::Plus,
        Self::Minus,
        Self::Times,
        Self::Concat,
    ];

    /// The name of its method in migrations, where the left side is the receiver.
    pub const fn method(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Lt => "lt",
            Self::Le => "le",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::And => "and",
            Self::Or => "or",
            Self::Plus => "plus",
            Self::Minus => "minus",
            Self::Times => "times",
            Self::Concat => "concat",
        }
    }

    /// Its sign in canonical text.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Ne => "<>",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::And => "and",
            Self::Or => "or",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Times => "*",
            Self::Concat => "||",
        }
    }
}

impl Expression {
    /// A column of a table.
    pub fn column(table: impl Into<Name>, column: impl Into<Name>) -> Self {
        Self::Column { table: table.into(), column: column.into() }
    }

    /// This value joined with another.
    pub fn binary(self, operator: Operator, right: Self) -> Self {
        Self::Binary(operator, Box::new(self), Box::new(right))
    }

    /// Calls a function for each piece of SQL in the expression.
    pub fn each_sql<'a>(&'a self, visit: &mut dyn FnMut(&'a Sql)) {
        match self {
            Self::Sql(sql) => visit(sql),
            Self::Column { .. } | Self::Literal(_) | Self::Null | Self::Now => {}
            Self::Call(_, inner) | Self::Not(inner) | Self::IsNull(inner) => inner.each_sql(visit),
            Self::Coalesce(left, right) | Self::Binary(_, left, right) => {
                left.each_sql(visit);
                right.each_sql(visit);
            }
            Self::In(value, list) => {
                value.each_sql(visit);
                list.iter().for_each(|item| item.each_sql(visit));
            }
        }
    }

    /// Calls a function for each column in the expression.
    pub fn each_column<'a>(&'a self, visit: &mut dyn FnMut(&'a Name, &'a Name)) {
        match self {
            Self::Column { table, column } => visit(table, column),
            Self::Literal(_) | Self::Null | Self::Sql(_) | Self::Now => {}
            Self::Call(_, inner) | Self::Not(inner) | Self::IsNull(inner) => inner.each_column(visit),
            Self::Coalesce(left, right) | Self::Binary(_, left, right) => {
                left.each_column(visit);
                right.each_column(visit);
            }
            Self::In(value, list) => {
                value.each_column(visit);
                list.iter().for_each(|item| item.each_column(visit));
            }
        }
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Column { table, column } => {
                write!(f, "{}.{}", bare_or_quoted(table.as_str()), bare_or_quoted(column.as_str()))
            }
            Self::Literal(value) => write!(f, "{value}"),
            Self::Null => f.write_str("null"),
            Self::Sql(sql) => write!(f, "{}", SqlText(sql)),
            Self::Now => f.write_str("now()"),
            Self::Coalesce(value, otherwise) => write!(f, "coalesce({value}, {otherwise})"),
            Self::Call(function, value) => write!(f, "{}({value})", function.key()),
            Self::Binary(operator, left, right) => write!(f, "({left} {} {right})", operator.sign()),
            Self::Not(condition) => write!(f, "not({condition})"),
            Self::IsNull(value) => write!(f, "({value} is null)"),
            Self::In(value, list) => {
                write!(f, "({value} in [")?;
                for (position, item) in list.iter().enumerate() {
                    write!(f, "{}{item}", if position == 0 { "" } else { ", " })?;
                }
                f.write_str("])")
            }
        }
    }
}

struct SqlText<'a>(&'a Sql);

impl fmt::Display for SqlText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Sql::Same(text) => write!(f, "sql({})", quoted(text)),
            Sql::Each(texts) => {
                f.write_str("sql(")?;
                for (position, (dialect, text)) in texts.iter().enumerate() {
                    write!(
                        f,
                        "{}{} = {}",
                        if position == 0 { "" } else { ", " },
                        dialect.key(),
                        quoted(text)
                    )?;
                }
                f.write_str(")")
            }
        }
    }
}
