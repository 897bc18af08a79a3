//! Values as they are the same before they are written and after they are read, on every database: what
//! tells whether a row was edited.

use std::borrow::Cow;

use whimbrel_schema::{ColumnType, Plain, Value};

use crate::driver::Cell;

/// The hash of a row, of values of columns with their types.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowHash(u64);

impl RowHash {
    pub(super) const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// The halves of a product laid over each other, as wyhash has it: each bit of the word reaches all bits
    /// of the hash, at one multiplication for eight bytes.
    fn word(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * 0x9e37_79b9_7f4a_7c15;
        self.0 = product as u64 ^ (product >> 64) as u64;
    }

    /// Bytes behind what tells them from values of other kinds, and behind their number.
    fn bytes(&mut self, kind: u64, bytes: &[u8]) {
        self.word(kind | (bytes.len() as u64) << 8);
        for part in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..part.len()].copy_from_slice(part);
            self.word(u64::from_le_bytes(word));
        }
    }

    /// Takes in a value that is about to be written.
    pub(super) fn value(&mut self, value: Option<&Value>, column_type: &ColumnType) {
        match value.map(Value::plain) {
            None => self.word(0),
            Some(Plain::Boolean(truth)) => self.whole(i64::from(truth)),
            Some(Plain::Integer(number)) => self.whole(number),
            Some(Plain::Float(number)) => self.real(number.get(), column_type),
            Some(Plain::Bytes(bytes)) => self.blob(bytes, column_type),
            Some(Plain::Text(text)) => self.text(text, column_type),
        }
    }

    /// Takes in a value that was read.
    pub(super) fn cell(&mut self, cell: &Cell, column_type: &ColumnType) {
        match (cell, column_type) {
            (Cell::Null, _) => self.word(0),
            (Cell::Integer(number), ColumnType::Real | ColumnType::Double) => {
                self.real(*number as f64, column_type);
            }
            (Cell::Integer(number), ColumnType::Decimal { .. }) => {
                self.text(&number.to_string(), column_type)
            }
            (Cell::Integer(number), _) => self.whole(*number),
            (Cell::Real(number), ColumnType::Decimal { .. }) => self.text(&number.to_string(), column_type),
            (Cell::Real(number), _) => self.real(*number, column_type),
            (Cell::Text(text), _) => self.text(text, column_type),
            (Cell::Bytes(bytes), _) => self.blob(bytes, column_type),
        }
    }

    pub(super) const fn finish(self) -> u64 {
        self.0
    }

    fn whole(&mut self, number: i64) {
        self.word(1);
        self.word(number.cast_unsigned());
    }

    fn real(&mut self, number: f64, column_type: &ColumnType) {
        // SQLite has no negative zero.
        let number = if number == 0.0 { 0.0 } else { number };
        match column_type {
            // Some databases send what 32 bits hold with fewer digits.
            ColumnType::Real => self.bytes(2, format!("{:.5e}", number as f32).as_bytes()),
            _ => {
                self.word(2);
                self.word(number.to_bits());
            }
        }
    }

    fn blob(&mut self, bytes: &[u8], column_type: &ColumnType) {
        let bytes = match column_type {
            // MariaDB fills it up.
            ColumnType::Binary(_) => {
                &bytes[..bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1)]
            }
            _ => bytes,
        };
        self.bytes(3, bytes);
    }

    fn text(&mut self, text: &str, column_type: &ColumnType) {
        let owned: Cow<'_, str>;
        let text = match column_type {
            ColumnType::Char(_) => text.trim_end_matches(' '),
            ColumnType::Decimal { .. } => {
                owned = decimal(text).into();
                &owned
            }
            ColumnType::Time | ColumnType::Timestamp | ColumnType::TimestampTz => {
                owned = time(text);
                &owned
            }
            ColumnType::Json => {
                owned = json(text).into();
                &owned
            }
            // What a database makes of it is its business.
            ColumnType::Native(_) => "",
            _ => text,
        };
        self.bytes(4, text.as_bytes());
    }
}

/// Without zeros that mean nothing.
fn decimal(text: &str) -> String {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.trim_start_matches('+')),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    if whole.is_empty() && fraction.is_empty() { "0".to_owned() } else { format!("{sign}{whole}.{fraction}") }
}

fn time(text: &str) -> Cow<'_, str> {
    let text = text.trim_end_matches('Z').trim_end_matches("+00:00").trim_end_matches("+00");
    let text = match text.split_once('.') {
        Some((whole, fraction)) => match fraction.trim_end_matches('0').len() {
            0 => whole,
            digits => &text[..whole.len() + 1 + digits],
        },
        None => text,
    };
    match text.contains('T') {
        true => text.replace('T', " ").into(),
        false => text.into(),
    }
}

/// With the keys of objects in order, and without blanks.
fn json(text: &str) -> String {
    let parsed = serde_json::from_str::<serde_json::Value>(text);
    parsed.map_or_else(|_| text.to_owned(), |value| spelled(&value))
}

fn spelled(value: &serde_json::Value) -> String {
    use serde_json::Value as Json;
    match value {
        Json::Array(list) => format!("[{}]", list.iter().map(spelled).collect::<Vec<_>>().join(",")),
        Json::Object(object) => {
            let mut entries: Vec<String> =
                object.iter().map(|(key, value)| format!("{key:?}:{}", spelled(value))).collect();
            entries.sort();
            format!("{{{}}}", entries.join(","))
        }
        Json::Number(number) => {
            number.as_f64().map_or_else(|| number.to_string(), |number| number.to_string())
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use whimbrel_schema::Float;

    fn same(value: Value, cell: Cell, column_type: &ColumnType) -> bool {
        let (mut one, mut other) = (RowHash::new(), RowHash::new());
        one.value(Some(&value), column_type);
        other.cell(&cell, column_type);
        one.finish() == other.finish()
    }

    #[test]
    fn what_databases_respell_is_the_same() {
        let decimal = ColumnType::Decimal { precision: 8, scale: 2 };
        let text = |text: &str| Cell::Text(text.to_owned());
        assert!(same(Value::Decimal("1.5".into()), text("1.50"), &decimal));
        assert!(same(Value::Decimal("-0.00".into()), text("0.00"), &decimal));
        assert!(!same(Value::Decimal("1.5".into()), text("1.51"), &decimal));
        assert!(!same(Value::Decimal("10".into()), text("1"), &decimal));
        let at = ColumnType::TimestampTz;
        assert!(same(
            Value::TimestampTz("2026-01-31 10:00:00.5".into()),
            text("2026-01-31 10:00:00.500000"),
            &at
        ));
        assert!(same(
            Value::Json(r#"{"b":1,"a":[1.0]}"#.into()),
            text(r#"{"a": [1], "b": 1}"#),
            &ColumnType::Json
        ));
        assert!(!same(Value::Json(r#"{"b":1}"#.into()), text(r#"{"b":"1"}"#), &ColumnType::Json));
        assert!(same(Value::Text("ab".into()), text("ab   "), &ColumnType::Char(5)));
        assert!(!same(Value::Text("ab".into()), text("ab "), &ColumnType::Text));
        assert!(same(Value::Bytes(vec![1]), Cell::Bytes(vec![1, 0]), &ColumnType::Binary(2)));
        assert!(same(Value::Boolean(true), Cell::Integer(1), &ColumnType::Boolean));
        let third = Float::new(f64::from(1.0_f32 / 3.0)).unwrap();
        assert!(same(Value::Float(third), Cell::Real(0.333_333), &ColumnType::Real));
        assert!(same(Value::Float(Float::new(-0.0).unwrap()), Cell::Real(0.0), &ColumnType::Double));
    }

    #[test]
    fn neighbours_do_not_flow_into_each_other() {
        let hash = |values: &[&str]| {
            let mut hash = RowHash::new();
            values.iter().for_each(|text| hash.value(Some(&Value::Text((*text).into())), &ColumnType::Text));
            hash.finish()
        };
        assert_ne!(hash(&["ab", "c"]), hash(&["a", "bc"]));
        assert_ne!(hash(&[""]), {
            let mut hash = RowHash::new();
            hash.value(None, &ColumnType::Text);
            hash.finish()
        });
    }
}
