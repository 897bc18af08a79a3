//! TOML as editors hand it to a validator of JSON Schema.

use serde_json::Value;
use toml::de::{DeTable, DeValue};

/// The value of a text; `None` if it is no TOML.
pub(crate) fn json(text: &str) -> Option<Value> {
    Some(table(DeTable::parse(text).ok()?.get_ref()))
}

fn table(table: &DeTable<'_>) -> Value {
    let entries = table.iter().map(|(key, entry)| (key.get_ref().to_string(), value(entry.get_ref())));
    Value::Object(entries.collect())
}

fn value(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => text.to_string().into(),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => number.into(),
            Err(_) => f64::MAX.into(),
        },
        DeValue::Float(number) => number.as_str().parse::<f64>().unwrap().into(),
        DeValue::Boolean(truth) => (*truth).into(),
        // JSON has no dates.
        DeValue::Datetime(datetime) => datetime.to_string().into(),
        DeValue::Array(array) => array.iter().map(|element| self::value(element.get_ref())).collect(),
        DeValue::Table(inner) => table(inner),
    }
}
