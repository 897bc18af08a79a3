use super::{ident, ident_list, literal::literal};
use crate::{
    Check, Column, ColumnType, DefaultValue, Dialect, ForeignKey, Index, Name, SortOrder, Sql, Table,
};

/// `CREATE TABLE` under a name, which for a rebuild is not the table's own.
pub(super) fn create_table(table: &Table, name: &Name) -> String {
    let mut lines: Vec<String> = table.columns.values().map(|column| column_line(table, column)).collect();
    lines.extend(primary_key(table));
    lines.extend(table.uniques.iter().map(|(name, unique)| {
        format!("CONSTRAINT {} UNIQUE ({})", ident(name), ident_list(&unique.columns))
    }));
    lines.extend(table.foreign_keys.iter().map(|(name, key)| foreign_key(name, key)));
    lines.extend(table.checks.iter().map(|(name, check)| check_constraint(name, check)));
    format!("CREATE TABLE {} (\n  {}\n)", ident(name), lines.join(",\n  "))
}

/// `CREATE INDEX` for every index of a table.
pub(super) fn create_indexes(table: &Table) -> Vec<(Name, String)> {
    let create = |(name, index): (&Name, &Index)| (name.clone(), create_index(&table.name, name, index));
    table.indexes.iter().map(create).collect()
}

pub(super) fn create_index(table: &Name, name: &Name, index: &Index) -> String {
    let columns: Vec<String> = index
        .columns
        .iter()
        .map(|part| match part.order {
            SortOrder::Ascending => ident(&part.name),
            SortOrder::Descending => format!("{} DESC", ident(&part.name)),
        })
        .collect();
    let unique = if index.unique { "UNIQUE " } else { "" };
    let predicate =
        index.predicate.as_ref().and_then(text).map_or_else(String::new, |text| format!(" WHERE {text}"));
    format!("CREATE {unique}INDEX {} ON {} ({}){predicate}", ident(name), ident(table), columns.join(", "))
}

/// A column as it stands in `CREATE TABLE` and in `ADD COLUMN`.
pub(super) fn column(column: &Column) -> String {
    let mut line = format!("{} {}", ident(&column.name), storage(&column.column_type));
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
            line.push_str(&format!(" DEFAULT ({})", text(sql).unwrap_or("NULL")));
        }
    }
    line
}

/// Whether the table's primary key is SQLite's own row number, as AUTOINCREMENT wants it.
pub(super) fn has_rowid_key(table: &Table) -> bool {
    table.columns.values().any(|column| column.auto_increment)
}

fn column_line(table: &Table, definition: &Column) -> String {
    if definition.auto_increment && table.key_columns() == [definition.name.clone()] {
        // Only the exact words INTEGER PRIMARY KEY make a column the row number.
        return format!("{} INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT", ident(&definition.name));
    }
    column(definition)
}

fn primary_key(table: &Table) -> Option<String> {
    let columns = &table.primary_key.as_ref()?.columns;
    (!has_rowid_key(table)).then(|| format!("PRIMARY KEY ({})", ident_list(columns)))
}

fn foreign_key(name: &Name, key: &ForeignKey) -> String {
    let mut line = format!(
        "CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({})",
        ident(name),
        ident_list(&key.columns),
        ident(&key.references_table),
        ident_list(&key.references_columns)
    );
    for (event, action) in [("DELETE", key.on_delete), ("UPDATE", key.on_update)] {
        if action != crate::ReferentialAction::NoAction {
            line.push_str(&format!(" ON {event} {}", action.sql()));
        }
    }
    line
}

fn check_constraint(name: &Name, check: &Check) -> String {
    format!("CONSTRAINT {} CHECK ({})", ident(name), text(&check.condition).unwrap_or("1"))
}

fn text(sql: &Sql) -> Option<&str> {
    sql.text(Dialect::Sqlite)
}

/// The declared type. SQLite derives the affinity from its words: exact decimals, JSON and UUIDs
/// must stay text to the byte, so their names say TEXT; the others are the usual names, with
/// DATETIME for a timestamp without zone and TIMESTAMP for one in UTC, as on MySQL.
fn storage(column_type: &ColumnType) -> String {
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
    }
}
