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
    /// A column's value as the archive keeps it, where a copy of it would bring along something that the
    /// archive must not have: a type that may go, or a check that names the column.
    pub(in crate::render) kept_as: fn(&ColumnType, &str) -> Option<String>,
    /// An expression that somebody wrote, which may be no more than a column, as the value that a column of a
    /// type has of it, of which only the value is copied.
    pub(in crate::render) written_as: fn(&ColumnType, String) -> String,
    /// The condition that two values, or a value and one from the archive, differ; NULL is a value here.
    pub(in crate::render) differ: fn(&str, &str) -> String,
    /// The condition that they are the same.
    pub(in crate::render) same: fn(&str, &str) -> String,
    /// The function that counts the characters of a text.
    pub(in crate::render) characters: &'static str,
    /// The function that counts bytes.
    pub(in crate::render) bytes: &'static str,
    /// The condition that a text is not a whole number in its usual spelling.
    pub(in crate::render) not_integer: fn(&str) -> String,
    /// The condition that a decimal has more digits than these before or after its point.
    pub(in crate::render) unfit_decimal: fn(&str, u32, u32) -> String,
    /// The table of the rows whose foreign keys find nothing, where the database has one, by the name of
    /// theirs as a literal.
    pub(in crate::render) foreign_key_check: Option<fn(&str) -> String>,
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

/// A decimal with too many digits, where the database computes with decimals.
pub(in crate::render) fn unfit_decimal(column: &str, before: u32, after: u32) -> String {
    let most = "0".repeat(usize::try_from(before).unwrap_or(0));
    format!("(abs({column}) >= 1{most} OR round({column}, {after}) <> {column})")
}

/// Whether an expression is the one that every database has for the present time. It means UTC in a
/// default, which each renderer sees to in its own way.
pub(in crate::render) fn is_now(text: &str) -> bool {
    text.trim().eq_ignore_ascii_case("CURRENT_TIMESTAMP")
}
