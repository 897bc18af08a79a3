//! Values that a plausible bug would lose or damage, of every type.

use whimbrel_schema::{Column, ColumnType, Dialect, Schema};

use crate::driver::Cell;

/// The values to begin with. No two are the same, as far as the type has enough of them.
pub(super) fn special(schema: &Schema, column: &Column) -> Vec<Cell> {
    if column.auto_increment {
        // Small ones are those that migrations insert by hand.
        return [101, 102, 103, 107, 1000].map(Cell::Integer).into();
    }
    let mut values = match &column.column_type {
        ColumnType::Boolean => [0, 1].map(Cell::Integer).into(),
        ColumnType::SmallInt => integers(i16::MIN.into(), i16::MAX.into()),
        ColumnType::Integer => integers(i32::MIN.into(), i32::MAX.into()),
        ColumnType::BigInt => integers(i64::MIN, i64::MAX),
        ColumnType::Real => [0.5, -0.0, f32::MAX, f32::MIN, f32::MIN_POSITIVE, 0.1]
            .map(|number| Cell::Real(number.into()))
            .into(),
        ColumnType::Double => {
            [0.1, -0.0, f64::MAX, f64::MIN, f64::from_bits(1), 1e15, 1.5].map(Cell::Real).into()
        }
        ColumnType::Decimal { precision, scale } => decimals(*precision, *scale),
        ColumnType::Char(length) => texts(|text| exactly(text, *length)),
        ColumnType::Varchar(length) => texts(|text| text.chars().take(*length as usize).collect()),
        ColumnType::Text => texts(str::to_owned),
        ColumnType::Binary(length) => {
            bytes(|bytes| bytes.iter().copied().cycle().take(*length as usize).collect())
        }
        ColumnType::Blob => {
            let mut values = vec![Cell::Bytes(Vec::new())];
            values.extend(bytes(<[u8]>::to_vec));
            values
        }
        ColumnType::Date => words(&["2024-02-29", "0001-01-01", "9999-12-31", "1969-12-31"]),
        ColumnType::Time => words(&["12:34:56", "00:00:00", "23:59:59.999999"]),
        ColumnType::Timestamp | ColumnType::TimestampTz => words(&[
            "2024-02-29 12:34:56",
            "0001-01-01 00:00:00",
            "9999-12-31 23:59:59.999999",
            "1969-12-31 23:59:59",
        ]),
        ColumnType::Uuid => words(&[
            "67e55044-10b1-426f-9247-bb680e5fe0c8",
            "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
        ]),
        ColumnType::Json => {
            words(&["{\"a\": \"it's \\\"q\\\" \\\\ \u{1f600}\"}", "null", "[]", "[1e3, 1.0, -0]", "\" \""])
        }
        ColumnType::Enum(_) => {
            let values =
                schema.enum_of(&column.column_type).into_iter().flat_map(|definition| &definition.values);
            values.map(|value| Cell::from(value.as_str())).collect()
        }
        ColumnType::Native(native) => match Affinity::of(native.text(Dialect::Sqlite).unwrap_or("TEXT")) {
            Affinity::Integer => integers(i64::MIN, i64::MAX),
            Affinity::Text => texts(str::to_owned),
            Affinity::Blob => bytes(<[u8]>::to_vec),
            Affinity::Number => [Cell::Integer(7), Cell::Real(0.1), Cell::Integer(-1)].into(),
        },
    };
    let mut seen: Vec<Cell> = Vec::new();
    values.retain(|value| {
        let new = !seen.contains(value);
        if new {
            seen.push(value.clone());
        }
        new
    });
    values
}

/// Value number `number` of a row of plain ones, in which none is twice.
pub(super) fn numbered(schema: &Schema, column: &Column, number: usize) -> Cell {
    let whole = i64::try_from(number).unwrap_or(i64::MAX);
    if column.auto_increment {
        return Cell::Integer(1000 + whole);
    }
    match &column.column_type {
        ColumnType::Boolean => Cell::Integer(whole % 2),
        ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt => Cell::Integer(whole + 10),
        ColumnType::Real | ColumnType::Double => {
            Cell::Real(10.0 + f64::from(u32::try_from(number).unwrap_or(0)))
        }
        ColumnType::Decimal { precision, scale } => {
            let digits = format!("{number}");
            let whole = (precision - scale) as usize;
            let digits = &digits[digits.len().saturating_sub(whole)..];
            Cell::Text(if *scale == 0 {
                digits.to_owned()
            } else {
                format!("{digits}.{}", "0".repeat(*scale as usize))
            })
        }
        ColumnType::Char(length) => Cell::Text(exactly(&short(number), *length)),
        ColumnType::Varchar(length) => Cell::Text(last(&format!("text {}", short(number)), *length)),
        ColumnType::Text => Cell::Text(format!("text {number}")),
        ColumnType::Binary(length) => {
            let mut bytes = vec![0x27; *length as usize];
            for (byte, shift) in bytes.iter_mut().rev().zip([0, 8, 16, 24]) {
                *byte = u8::try_from((number >> shift) & 0xff).unwrap_or(0);
            }
            Cell::Bytes(bytes)
        }
        ColumnType::Blob => Cell::Bytes(format!("bytes {number}").into_bytes()),
        ColumnType::Date => Cell::Text(day(number)),
        ColumnType::Time => Cell::Text(format!("{:02}:{:02}:00", number / 60 % 24, number % 60)),
        ColumnType::Timestamp | ColumnType::TimestampTz => Cell::Text(format!("{} 12:00:00", day(number))),
        ColumnType::Uuid => Cell::Text(format!("67e55044-10b1-426f-9247-{number:012x}")),
        ColumnType::Json => Cell::Text(format!("{{\"n\":{number}}}")),
        ColumnType::Enum(_) => {
            let values = special(schema, column);
            values.get(number % values.len().max(1)).cloned().unwrap_or(Cell::Null)
        }
        ColumnType::Native(native) => match Affinity::of(native.text(Dialect::Sqlite).unwrap_or("TEXT")) {
            Affinity::Integer | Affinity::Number => Cell::Integer(whole + 10),
            Affinity::Text => Cell::Text(format!("text {number}")),
            Affinity::Blob => Cell::Bytes(format!("bytes {number}").into_bytes()),
        },
    }
}

fn integers(lowest: i64, highest: i64) -> Vec<Cell> {
    [0, lowest, highest, -1, 7].map(Cell::Integer).into()
}

fn decimals(precision: u32, scale: u32) -> Vec<Cell> {
    let (whole, fraction) = ("9".repeat((precision - scale) as usize), "9".repeat(scale as usize));
    let whole = if whole.is_empty() { "0" } else { &whole };
    let nothing = "0".repeat(scale as usize);
    let point = |whole: &str, fraction: &str| {
        if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
    };
    let negative = format!("-{}", point(whole, &fraction));
    let smallest = nothing.strip_suffix('0').map(|zeros| point("0", &format!("{zeros}1")));
    let values = [Some(point("0", &nothing)), Some(point(whole, &fraction)), Some(negative), smallest];
    values.into_iter().flatten().map(Cell::Text).collect()
}

/// Texts that look like something else, or that careless code cuts, quotes or trims.
fn texts(fit: impl Fn(&str) -> String) -> Vec<Cell> {
    let long = "long ".repeat(200);
    let texts = [
        "plain",
        "",
        "it's \"quoted\" \\ %_ ; --",
        "007",
        "1e3",
        "\u{1f600} \u{e9} e\u{301} \u{6f22}\u{5b57}",
        "a\0b",
        " spaced ",
        "NULL",
        &long,
    ];
    texts.map(|text| Cell::Text(fit(text))).into()
}

fn bytes(fit: impl Fn(&[u8]) -> Vec<u8>) -> Vec<Cell> {
    let all: Vec<u8> = (0..=u8::MAX).collect();
    [&[0_u8][..], &[0xff, 0, 0x27], &all].map(|bytes| Cell::Bytes(fit(bytes))).into()
}

fn words(texts: &[&str]) -> Vec<Cell> {
    texts.iter().map(|text| Cell::from(*text)).collect()
}

/// The text cut or filled to a length.
fn exactly(text: &str, length: u32) -> String {
    text.chars().chain(std::iter::repeat('_')).take(length as usize).collect()
}

/// The last characters, which tell numbered texts apart.
fn last(text: &str, length: u32) -> String {
    let skipped = text.chars().count().saturating_sub(length as usize);
    text.chars().skip(skipped).collect()
}

/// A number in few characters.
fn short(mut number: usize) -> String {
    let mut digits = Vec::new();
    loop {
        digits.push(char::from(b"abcdefghijklmnopqrstuvwxyz0123456789"[number % 36]));
        number /= 36;
        if number == 0 {
            return digits.into_iter().rev().collect();
        }
    }
}

fn day(number: usize) -> String {
    format!("20{:02}-{:02}-{:02}", number / 336 % 100, number / 28 % 12 + 1, number % 28 + 1)
}

/// What SQLite makes of a declared type: <https://sqlite.org/datatype3.html#determination_of_column_affinity>.
enum Affinity {
    Integer,
    Text,
    Blob,
    Number,
}

impl Affinity {
    fn of(declared: &str) -> Self {
        let declared = declared.to_ascii_uppercase();
        let has = |word: &str| declared.contains(word);
        match () {
            () if has("INT") => Self::Integer,
            () if has("CHAR") || has("CLOB") || has("TEXT") || has("ANY") => Self::Text,
            () if has("BLOB") => Self::Blob,
            () => Self::Number,
        }
    }
}
