//! Rows on their way into the database, with what the ledger says of them.

use whimbrel_schema::seed::{Row, SeedTable};
use whimbrel_schema::{Column, Value};

use super::canonical::RowHash;
use super::ledger::Piece;
use crate::driver::Rows;

/// Rows of one insert. Larger ones take more memory, and are no faster.
const ROWS: usize = 4_000;
/// Bytes of one insert, so that long texts do not add up.
const BYTES: usize = 4 * 1024 * 1024;
/// Bytes of a piece of the ledger, which is one value of a row.
const PIECE_BYTES: usize = 256 * 1024;

/// Rows that are inserted together.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) rows: Rows,
    pub(super) piece: Piece,
    bytes: usize,
}

impl Batch {
    /// Takes in a row.
    pub(super) fn push(
        &mut self,
        rows: &SeedTable,
        columns: &[&Column],
        row: &Row,
        label: Option<&str>,
        values: Vec<Option<Value>>,
    ) {
        let start = self.rows.values.len();
        self.rows.values.extend(values);
        self.pushed(rows, columns, row, label, start);
    }

    /// Takes in a row whose values were appended, from this place on.
    pub(super) fn pushed(
        &mut self,
        rows: &SeedTable,
        columns: &[&Column],
        row: &Row,
        label: Option<&str>,
        start: usize,
    ) {
        let values = &mut self.rows.values[start..];
        note(&mut self.piece, rows, columns, row, label, values);
        self.bytes += values.iter().map(size).sum::<usize>();
        for column in &rows.late {
            values[*column] = None;
        }
        self.rows.count += 1;
    }

    /// Takes in what the ledger says of a row that is not inserted.
    pub(super) fn note(
        &mut self,
        rows: &SeedTable,
        columns: &[&Column],
        row: &Row,
        label: Option<&str>,
        values: &[Option<Value>],
    ) {
        note(&mut self.piece, rows, columns, row, label, values);
    }

    /// Whether it is large enough to be inserted.
    pub(super) const fn is_full(&self) -> bool {
        self.rows.count >= ROWS || self.bytes >= BYTES || self.piece.len() >= PIECE_BYTES
    }

    /// Forgets the rows that are inserted, but not what the ledger says of them.
    pub(super) fn clear_rows(&mut self) {
        self.rows.values.clear();
        self.rows.encoded.clear();
        (self.rows.count, self.bytes) = (0, 0);
    }
}

fn note(
    piece: &mut Piece,
    rows: &SeedTable,
    columns: &[&Column],
    row: &Row,
    label: Option<&str>,
    values: &[Option<Value>],
) {
    let mut hash = RowHash::new();
    for (value, column) in values.iter().zip(columns) {
        hash.value(value.as_ref(), &column.column_type);
    }
    piece.push_values(row.ordinal, label, hash.finish(), &rows.key, values);
}

/// About how much a value takes.
fn size(value: &Option<Value>) -> usize {
    match value {
        Some(Value::Text(text) | Value::Json(text)) => text.len() + 8,
        Some(Value::Bytes(bytes)) => bytes.len() + 8,
        Some(_) | None => 16,
    }
}
