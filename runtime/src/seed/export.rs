//! Rows of a database as a seed file.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use whimbrel_schema::{Column, ColumnType, Name, Table, closest};

use super::seeder::Seeder;
use super::sql::{Grammar, cell_text};
use crate::driver::Cell;
use crate::error::{Error, ErrorKind, visible_line};

/// The rows of tables, those referenced first; what references a row of these tables does it by its label.
pub(super) fn export(seeder: &mut Seeder<'_>, tables: &[String]) -> Result<String, Error> {
    seeder.ready()?;
    let mut found: Vec<&Table> = Vec::new();
    for name in tables {
        let Some(table) = seeder.schema.table(name) else {
            let names = seeder.schema.tables.keys().map(Name::as_str);
            let error = Error::new(ErrorKind::Usage, format!("the schema has no table `{name}`"));
            return Err(match closest(name, names) {
                Some(meant) => error.help(format!("did you mean `{meant}`?")),
                None => error.help("name tables of the schema"),
            });
        };
        found.push(table);
    }
    if found.is_empty() {
        return Err(Error::new(ErrorKind::Usage, "seed export needs the names of tables"));
    }
    let driver = seeder.migrator.driver();
    let grammar = Grammar(driver.capabilities().dialect);
    // The labels of rows, by what references to them hold: the table, the column and the value in it.
    let mut labels: BTreeMap<(Name, Name, String), String> = BTreeMap::new();
    let mut all = Vec::new();
    for table in &found {
        let columns: Vec<&Column> = table.written_columns().collect();
        let names = grammar.read(&columns);
        let key: Vec<&str> = table.key_columns().iter().map(Name::as_str).collect();
        let order = match key.is_empty() {
            true => names.clone(),
            false => grammar.idents(key.iter().copied()),
        };
        let sql = format!("SELECT {names} FROM {} ORDER BY {order}", grammar.table(table.name.as_str()));
        let rows = driver.execute(&sql, &[])?;
        let place = |name: &str| columns.iter().position(|column| column.name == *name);
        let key: Vec<usize> = key.iter().filter_map(|name| place(name)).collect();
        let mut labelled = Vec::new();
        for (number, row) in rows.into_iter().enumerate() {
            let parts: Vec<String> = key.iter().map(|column| cell_text(&row[*column])).collect();
            let label = match parts.is_empty() {
                true => format!("{}-{}", table.name, number + 1),
                false => format!("{}-{}", table.name, parts.join("-")),
            };
            for (column, cell) in columns.iter().zip(&row) {
                let target = (table.name.clone(), column.name.clone(), cell_text(cell));
                labels.entry(target).or_insert_with(|| label.clone());
            }
            labelled.push((label, row));
        }
        all.push((*table, columns, labelled));
    }
    let mut text = "set = \"exported\"\n".to_owned();
    for table in &found {
        let absent = table
            .foreign_keys
            .values()
            .filter(|key| !found.iter().any(|one| one.name == key.references_table));
        for key in absent {
            let columns: Vec<&str> = key.columns.iter().map(Name::as_str).collect();
            let _ = writeln!(
                text,
                "# {}.{}: rows of {} by their keys, because that table is not in this file",
                visible_line(table.name.as_str()),
                visible_line(&columns.join(", ")),
                visible_line(key.references_table.as_str())
            );
        }
    }
    for (table, columns, rows) in all {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "\n[{}.rows]", key_text(table.name.as_str()));
        for (label, row) in rows {
            let cells = columns.iter().zip(&row).filter_map(|(column, cell)| {
                let value = value(table, column, cell, &labels)?;
                Some(format!("{} = {value}", key_text(column.name.as_str())))
            });
            let cells: Vec<String> = cells.collect();
            let _ = writeln!(text, "{} = {{ {} }}", key_text(&label), cells.join(", "));
        }
    }
    Ok(text)
}

/// A cell as a seed file writes it; `None` where it need not be written.
fn value(
    table: &Table,
    column: &Column,
    cell: &Cell,
    labels: &BTreeMap<(Name, Name, String), String>,
) -> Option<String> {
    // The database numbers rows anew.
    if column.auto_increment {
        return None;
    }
    let keys = || table.foreign_keys.values().filter(|key| key.columns.contains(&column.name));
    if *cell != Cell::Null {
        for key in keys() {
            let place = key.columns.iter().position(|one| *one == column.name)?;
            let target =
                (key.references_table.clone(), key.references_columns[place].clone(), cell_text(cell));
            if let Some(label) = labels.get(&target) {
                return Some(quoted(&format!("@{label}")));
            }
        }
    }
    Some(match (cell, &column.column_type) {
        (Cell::Null, _) if column.default.is_none() => return None,
        (Cell::Null, _) => "{ null = true }".to_owned(),
        (Cell::Integer(number), ColumnType::Boolean) => (*number != 0).to_string(),
        (Cell::Integer(number), ColumnType::Decimal { .. }) => quoted(&number.to_string()),
        (Cell::Integer(number), _) => number.to_string(),
        (Cell::Real(number), ColumnType::Decimal { .. }) => quoted(&number.to_string()),
        (Cell::Real(number), _) => format!("{number:?}"),
        (Cell::Bytes(_), _) => format!("{{ hex = \"{}\" }}", cell_text(cell)),
        (Cell::Text(text), ColumnType::TimestampTz) => quoted(&format!("{text}Z")),
        (Cell::Text(text), _) => {
            let escaped = keys().next().is_some() && text.starts_with('@');
            quoted(&if escaped { format!("@{text}") } else { text.clone() })
        }
    })
}

fn key_text(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !name.is_empty() && name.bytes().all(plain) { name.to_owned() } else { quoted(name) }
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut quoted = "\"".to_owned();
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            hidden if whimbrel_schema::text::is_hidden(hidden) => {
                let _ = write!(quoted, "\\U{:08x}", u32::from(hidden));
            }
            plain => quoted.push(plain),
        }
    }
    quoted + "\""
}
