use super::{GRAMMAR, ident, literal::literal, table};
use crate::render::common::is_now;
use crate::{Column, ColumnType, DefaultValue, Dialect, GeneratedStorage, Schema, Table};

/// A column as it stands in CREATE TABLE, ADD COLUMN and MODIFY COLUMN.
pub(super) fn definition(schema: &Schema, column: &Column) -> String {
    let mut line = format!("{} {}", ident(&column.name), type_clause(schema, column));
    if let Some(generated) = &column.generated {
        let storage = match generated.storage {
            GeneratedStorage::Stored => "STORED",
            GeneratedStorage::Virtual => "VIRTUAL",
        };
        // MariaDB takes no NOT NULL here.
        line.push_str(&format!(" GENERATED ALWAYS AS ({}) {storage}", GRAMMAR.written(&generated.sql)));
    } else {
        line.push_str(if column.nullable { " NULL" } else { " NOT NULL" });
    }
    if let Some(default) = default(column) {
        line.push_str(&format!(" DEFAULT {default}"));
    }
    if column.auto_increment {
        line.push_str(" AUTO_INCREMENT");
    }
    if let Some(doc) = &column.doc {
        line.push_str(&format!(" COMMENT {}", GRAMMAR.text(doc)));
    }
    line
}

/// The type, with the collation that belongs to it.
fn type_clause(schema: &Schema, column: &Column) -> String {
    let storage = storage(schema, &column.column_type);
    match &column.collation {
        Some(collation) => format!("{storage} COLLATE {}", GRAMMAR.written(collation)),
        None => storage,
    }
}

/// The type with the collation that texts of it have in the end: what foreign keys compare.
pub(super) fn effective_type(schema: &Schema, table: &Table, column: &Column) -> String {
    let storage = storage(schema, &column.column_type);
    if !has_table_collation(&column.column_type) {
        return storage;
    }
    format!("{storage} COLLATE {}", collation(table, column))
}

/// Whether texts of the type compare as the table says, where the column says nothing.
const fn has_table_collation(column_type: &ColumnType) -> bool {
    matches!(
        column_type,
        ColumnType::Char(_)
            | ColumnType::Varchar(_)
            | ColumnType::Text
            | ColumnType::Enum(_)
            | ColumnType::Native(_)
    )
}

fn collation(table: &Table, column: &Column) -> String {
    match &column.collation {
        Some(collation) => GRAMMAR.written(collation).to_owned(),
        None => table::collation(&table.options.mysql),
    }
}

/// What stands after DEFAULT. Long texts, bytes and JSON take theirs as an expression only.
fn default(column: &Column) -> Option<String> {
    Some(match column.default.as_ref()? {
        DefaultValue::Literal(value) => match column.column_type {
            ColumnType::Text | ColumnType::Blob | ColumnType::Json => format!("({})", literal(value)),
            _ => literal(value),
        },
        DefaultValue::Expression(sql) => match (GRAMMAR.written(sql), &column.column_type) {
            // Otherwise it would be the time of whatever zone a session is in, and without fractions.
            (now, ColumnType::Timestamp | ColumnType::TimestampTz) if is_now(now) => {
                format!("({})", GRAMMAR.now)
            }
            (text, _) => format!("({text})"),
        },
    })
}

/// The type. Points in time are DATETIME in UTC, because TIMESTAMP ends in 2038; texts compare by their
/// bytes, as they do elsewhere.
fn storage(schema: &Schema, column_type: &ColumnType) -> String {
    match column_type {
        ColumnType::Boolean => "BOOLEAN",
        ColumnType::SmallInt => "SMALLINT",
        ColumnType::Integer => "INT",
        ColumnType::BigInt => "BIGINT",
        ColumnType::Real => "FLOAT",
        ColumnType::Double => "DOUBLE",
        ColumnType::Decimal { precision, scale } => return format!("DECIMAL({precision},{scale})"),
        ColumnType::Char(length) => return format!("CHAR({length})"),
        ColumnType::Varchar(length) => return format!("VARCHAR({length})"),
        ColumnType::Text => "LONGTEXT",
        ColumnType::Binary(length) => return format!("BINARY({length})"),
        ColumnType::Blob => "LONGBLOB",
        ColumnType::Date => "DATE",
        ColumnType::Time => "TIME(6)",
        ColumnType::Timestamp | ColumnType::TimestampTz => "DATETIME(6)",
        ColumnType::Uuid => "CHAR(36) CHARACTER SET ascii COLLATE ascii_bin",
        ColumnType::Json => "JSON",
        ColumnType::Enum(_) => {
            let values = schema.enum_of(column_type).map_or(&[][..], |definition| &definition.values);
            let values: Vec<String> = values.iter().map(|value| GRAMMAR.text(value)).collect();
            return format!("ENUM({})", values.join(", "));
        }
        ColumnType::Native(native) => native.text(Dialect::Mysql).unwrap_or("LONGTEXT"),
    }
    .to_owned()
}

/// Whether a foreign key may be between two columns; for others it goes while they differ. The lengths of
/// texts may, their collations may not.
pub(super) fn comparable(
    schema: &Schema,
    (table, column): (&Table, &Column),
    (parent, referenced): (&Table, &Column),
) -> bool {
    let text = |column: &Column| matches!(column.column_type, ColumnType::Char(_) | ColumnType::Varchar(_));
    if text(column) && text(referenced) {
        let collations = (collation(table, column), collation(parent, referenced));
        return collations.0.eq_ignore_ascii_case(&collations.1);
    }
    effective_type(schema, table, column) == effective_type(schema, parent, referenced)
}

/// An expression as the value that a column of a type has of it. A text only loses that it may be a column.
pub(super) fn written_as(column_type: &ColumnType, expression: String) -> String {
    let own = match column_type {
        ColumnType::Boolean | ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt => "SIGNED",
        ColumnType::Real => "FLOAT",
        ColumnType::Double => "DOUBLE",
        ColumnType::Decimal { precision, scale } => {
            return format!("CAST({expression} AS DECIMAL({precision}, {scale}))");
        }
        ColumnType::Date => "DATE",
        ColumnType::Time => "TIME(6)",
        ColumnType::Timestamp | ColumnType::TimestampTz => "DATETIME(6)",
        ColumnType::Char(_)
        | ColumnType::Varchar(_)
        | ColumnType::Text
        | ColumnType::Binary(_)
        | ColumnType::Blob
        | ColumnType::Uuid
        | ColumnType::Json
        | ColumnType::Enum(_)
        | ColumnType::Native(_) => return format!("CONCAT({expression})"),
    };
    format!("CAST({expression} AS {own})")
}
