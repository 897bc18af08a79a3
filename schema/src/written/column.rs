//! What stands behind the name of a column.

use super::object::sql;
use super::toml::{inline_table, line};
use crate::{Column, ColumnType, DefaultValue, GeneratedStorage, Value};

/// What is said on a column of what the model has on its table.
#[derive(Debug, Default)]
pub(crate) struct OnColumn {
    /// `primary_key` and `unique`.
    pub(crate) keys: Vec<(&'static str, String)>,
    /// `references` and what goes with it.
    pub(crate) reference: Vec<(&'static str, String)>,
}

pub(crate) fn column_text(column: &Column) -> String {
    column_text_with(column, OnColumn::default())
}

pub(crate) fn column_text_with(column: &Column, on_column: OnColumn) -> String {
    let Column {
        name: _,
        doc,
        rust_name,
        column_type,
        nullable,
        default,
        auto_increment,
        generated,
        collation,
        personal,
    } = column;
    let mut parts = match column_type {
        ColumnType::Native(native) => {
            let texts: Vec<_> =
                native.texts.iter().map(|(dialect, text)| (dialect.key(), line(text))).collect();
            let nullable = nullable.then(|| ("nullable", "true".to_owned()));
            [("native", inline_table(&texts))].into_iter().chain(nullable).collect()
        }
        _ => vec![("type", line(&format!("{column_type}{}", if *nullable { "?" } else { "" })))],
    };
    parts.extend(on_column.keys);
    if *auto_increment {
        parts.push(("auto_increment", "true".to_owned()));
    }
    parts.extend(on_column.reference);
    match default {
        None => {}
        Some(DefaultValue::Literal(value)) => parts.push(("default", literal(value))),
        Some(DefaultValue::Expression(expression)) => {
            parts.push(("default", inline_table(&[("sql", sql(expression))])));
        }
    }
    if let Some(generated) = generated {
        let mut inner = vec![("sql", sql(&generated.sql))];
        if generated.storage == GeneratedStorage::Stored {
            inner.push(("stored", "true".to_owned()));
        }
        parts.push(("generated", inline_table(&inner)));
    }
    parts.extend(collation.iter().map(|collation| ("collation", sql(collation))));
    parts.extend(rust_name.iter().map(|name| ("rust_name", line(name))));
    if *personal {
        parts.push(("personal", "true".to_owned()));
    }
    parts.extend(doc.iter().map(|doc| ("doc", line(doc))));
    match &parts[..] {
        [("type", column_type)] => column_type.clone(),
        _ => inline_table(&parts),
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::Boolean(truth) => truth.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Decimal(text)
        | Value::Text(text)
        | Value::Date(text)
        | Value::Time(text)
        | Value::Timestamp(text)
        | Value::Uuid(text)
        | Value::Json(text) => line(text),
        // A point in time is read with its offset, and kept without.
        Value::TimestampTz(text) => line(&format!("{text}Z")),
        Value::Bytes(bytes) => {
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            inline_table(&[("sql", line(&format!("x'{digits}'")))])
        }
    }
}
