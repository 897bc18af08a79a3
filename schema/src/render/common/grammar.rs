use crate::{ColumnType, Dialect, Name, Sql, Value};

/// How a database spells what all of them can say.
pub(in crate::render) struct Grammar {
    pub(in crate::render) dialect: Dialect,
    /// What stands around a name; doubled inside of it.
    pub(in crate::render) quote: char,
    /// A value as a literal.
    pub(in crate::render) literal: fn(&Value) -> String,
    /// The date and time of the statement, in UTC.
    pub(in crate::render) now: &'static str,
    /// How texts are joined.
    pub(in crate::render) concat: Concat,
    /// The type that the database has for a column whose values are text to whimbrel, if it does not take
    /// the one for the other by itself: such values are cast from and to text.
    pub(in crate::render) own_type: fn(&ColumnType) -> Option<String>,
    /// An expression for the value of a column of a type, if the column by itself would take a check with it into
    /// a table that is made of a query.
    pub(in crate::render) without_check: fn(&ColumnType, &str) -> Option<String>,
    /// The condition that two values, or a value and one from the archive, differ; NULL is a value here.
    pub(in crate::render) differ: fn(&str, &str) -> String,
    /// The condition that they are the same.
    pub(in crate::render) same: fn(&str, &str) -> String,
    /// Whether an expression in an index stands in parentheses.
    pub(in crate::render) parenthesized_keys: bool,
    /// What is said between the name of a trigger and that of its table where it is dropped, if the
    /// database wants to hear the table.
    pub(in crate::render) drop_trigger_from: Option<&'static str>,
}

/// How texts are joined.
pub(in crate::render) enum Concat {
    /// By a sign between them.
    Operator,
    /// By a function.
    Function,
}

impl Grammar {
    /// A name as an SQL identifier, always in quotes.
    pub(in crate::render) fn ident(&self, name: &Name) -> String {
        let quote = self.quote;
        format!("{quote}{}{quote}", name.as_str().replace(quote, &format!("{quote}{quote}")))
    }

    pub(in crate::render) fn idents<'a>(&self, names: impl IntoIterator<Item = &'a Name>) -> String {
        let names: Vec<String> = names.into_iter().map(|name| self.ident(name)).collect();
        names.join(", ")
    }

    /// A text as a literal.
    pub(in crate::render) fn text(&self, text: &str) -> String {
        (self.literal)(&Value::Text(text.to_owned()))
    }

    /// Hand-written SQL for this database. Validation has seen that there is one; an operation that does
    /// not fit gets NULL.
    pub(in crate::render) fn written<'a>(&self, sql: &'a Sql) -> &'a str {
        sql.text(self.dialect).unwrap_or("NULL")
    }
}

/// Whether an expression is the one that every database has for the present time. It means UTC in a
/// default, which each renderer sees to in its own way.
pub(in crate::render) fn is_now(text: &str) -> bool {
    text.trim().eq_ignore_ascii_case("CURRENT_TIMESTAMP")
}
