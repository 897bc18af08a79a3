use super::{GRAMMAR, ident, literal::literal};
use crate::render::common;
use crate::{Column, ColumnType, DefaultValue, Dialect, GeneratedStorage, Index, Name, Schema, Table};

/// `CREATE TABLE` under a name, which for a rebuild is not the table's own.
pub(super) fn create_table(schema: &Schema, table: &Table, name: &Name) -> String {
    let mut lines: Vec<String> =
        table.columns.values().map(|column| column_line(schema, table, column)).collect();
    // A row number is declared with its column.
    let key = table.primary_key.as_ref().filter(|_| !has_rowid_key(table));
    lines.extend(key.map(|key| common::primary_key(&GRAMMAR, &key.columns)));
    lines.extend(table.uniques.iter().map(|(name, unique)| common::unique(&GRAMMAR, name, &unique.columns)));
    let foreign_keys = table.foreign_keys.iter().filter(|(_, key)| key.only.includes(Dialect::Sqlite));
    lines.extend(foreign_keys.map(|(name, key)| common::foreign_key(&GRAMMAR, name, key)));
    let checks = table.checks.iter().filter(|(_, check)| check.only.includes(Dialect::Sqlite));
    lines.extend(checks.map(|(name, check)| common::check(&GRAMMAR, name, check)));
    format!("CREATE TABLE {} (\n  {}\n){}", ident(name), lines.join(",\n  "), options(table))
}

fn options(table: &Table) -> &'static str {
    match (table.options.sqlite.strict, table.options.sqlite.without_rowid) {
        (false, false) => "",
        (true, false) => " STRICT",
        (false, true) => " WITHOUT ROWID",
        (true, true) => " STRICT, WITHOUT ROWID",
    }
}

/// `CREATE INDEX` for every index of a table.
pub(super) fn create_indexes(table: &Table) -> Vec<(Name, String)> {
    let here = table.indexes.iter().filter(|(_, index)| index.only.includes(Dialect::Sqlite));
    here.map(|(name, index)| (name.clone(), create_index(&table.name, name, index))).collect()
}

pub(super) fn create_index(table: &Name, name: &Name, index: &Index) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let predicate = index.predicate.as_ref().map(|sql| format!(" WHERE {}", GRAMMAR.written(sql)));
    let predicate = predicate.unwrap_or_default();
    let keys = common::sort_key(&GRAMMAR, index);
    format!("CREATE {unique}INDEX {} ON {} ({keys}){predicate}", ident(name), ident(table))
}

/// A column as it stands in `ADD COLUMN`.
pub(super) fn column(schema: &Schema, table: &Table, column: &Column) -> String {
    let strict = table.options.sqlite.strict;
    let mut line = match &*storage(&column.column_type, strict) {
        "" => ident(&column.name),
        storage => format!("{} {storage}", ident(&column.name)),
    };
    if let Some(collation) = &column.collation {
        line.push_str(&format!(" COLLATE {}", ident(&Name::new(GRAMMAR.written(collation)))));
    }
    if !column.nullable {
        line.push_str(" NOT NULL");
    }
    match &column.default {
        None => {}
        Some(DefaultValue::Literal(value)) => match literal(value) {
            // SQLite wants parentheses around anything but a plain literal.
            cast if cast.starts_with("CAST") => line.push_str(&format!(" DEFAULT ({cast})")),
            plain => line.push_str(&format!(" DEFAULT {plain}")),
        },
        Some(DefaultValue::Expression(sql)) => {
            line.push_str(&format!(" DEFAULT ({})", GRAMMAR.written(sql)));
        }
    }
    if let Some(definition) = schema.enum_of(&column.column_type) {
        let values: Vec<String> = definition.values.iter().map(|value| GRAMMAR.text(value)).collect();
        line.push_str(&format!(" CHECK ({} IN ({}))", ident(&column.name), values.join(", ")));
    }
    if let Some(generated) = &column.generated {
        let storage = match generated.storage {
            GeneratedStorage::Stored => "STORED",
            GeneratedStorage::Virtual => "VIRTUAL",
        };
        let expression = GRAMMAR.written(&generated.sql);
        line.push_str(&format!(" GENERATED ALWAYS AS ({expression}) {storage}"));
    }
    line
}

/// Whether the table's primary key is SQLite's own row number, as AUTOINCREMENT wants it.
pub(super) fn has_rowid_key(table: &Table) -> bool {
    table.columns.values().any(|column| column.auto_increment)
}

/// A column as it stands in `CREATE TABLE`.
pub(super) fn column_line(schema: &Schema, table: &Table, definition: &Column) -> String {
    if definition.auto_increment && table.key_columns() == [definition.name.clone()] {
        // Only the exact words INTEGER PRIMARY KEY make a column the row number.
        return format!("{} INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT", ident(&definition.name));
    }
    column(schema, table, definition)
}

/// The declared type. SQLite derives the affinity from its words: exact decimals, JSON and UUIDs
/// must stay text to the byte, so their names say TEXT; the others are the usual names, with
/// DATETIME for a timestamp without zone and TIMESTAMP for one in UTC, as on MySQL.
fn storage(column_type: &ColumnType, strict: bool) -> String {
    if strict {
        return strict_storage(column_type);
    }
    match column_type {
        ColumnType::Boolean => "BOOLEAN".to_owned(),
        ColumnType::SmallInt => "SMALLINT".to_owned(),
        ColumnType::Integer => "INTEGER".to_owned(),
        ColumnType::BigInt => "BIGINT".to_owned(),
        ColumnType::Real => "REAL".to_owned(),
        ColumnType::Double => "DOUBLE".to_owned(),
        ColumnType::Decimal { precision, scale } => format!("DECIMAL_TEXT({precision},{scale})"),
        ColumnType::Char(length) => format!("CHAR({length})"),
        ColumnType::Varchar(length) => format!("VARCHAR({length})"),
        ColumnType::Text => "TEXT".to_owned(),
        ColumnType::Binary(length) => format!("BLOB({length})"),
        ColumnType::Blob => "BLOB".to_owned(),
        ColumnType::Date => "DATE".to_owned(),
        ColumnType::Time => "TIME".to_owned(),
        ColumnType::Timestamp => "DATETIME".to_owned(),
        ColumnType::TimestampTz => "TIMESTAMP".to_owned(),
        ColumnType::Uuid => "UUID_TEXT".to_owned(),
        ColumnType::Json => "JSON_TEXT".to_owned(),
        ColumnType::Enum(_) => "ENUM_TEXT".to_owned(),
        ColumnType::Native(native) => native.text(Dialect::Sqlite).unwrap_or("TEXT").to_owned(),
    }
}

/// The six types of strict tables: <https://sqlite.org/stricttables.html>.
fn strict_storage(column_type: &ColumnType) -> String {
    match column_type {
        ColumnType::Boolean | ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt => "INTEGER",
        ColumnType::Real | ColumnType::Double => "REAL",
        ColumnType::Binary(_) | ColumnType::Blob => "BLOB",
        ColumnType::Decimal { .. }
        | ColumnType::Char(_)
        | ColumnType::Varchar(_)
        | ColumnType::Text
        | ColumnType::Date
        | ColumnType::Time
        | ColumnType::Timestamp
        | ColumnType::TimestampTz
        | ColumnType::Uuid
        | ColumnType::Json
        | ColumnType::Enum(_) => "TEXT",
        ColumnType::Native(native) => native.text(Dialect::Sqlite).unwrap_or("ANY"),
    }
    .to_owned()
}
