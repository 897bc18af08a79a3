//! Random rows for a schema.

use rusqlite::Connection;

use super::chance::Chance;
use super::kind::value;
use super::sketch::{Sketch, TableSketch};

/// SQL that fills the tables. Each statement was accepted by the database, which has the rows
/// afterwards.
pub(crate) fn rows(chance: &mut Chance, sketch: &Sketch, db: &Connection) -> String {
    let mut accepted = Vec::new();
    // Children find their parents in a later turn, whatever the order of tables.
    for _ in 0..3 {
        for table in &sketch.tables {
            for _ in 0..chance.below(3) {
                let statement = insert(chance, sketch, table);
                if db.execute_batch(&statement).is_ok() && is_sound(db) {
                    accepted.push(statement);
                } else if !is_sound(db) {
                    let _ = db.execute_batch("ROLLBACK");
                }
            }
        }
    }
    for table in sketch.tables.iter().filter(|_| chance.one_in(4)) {
        let numbered = table.columns.iter().find(|column| column.auto_increment);
        if let Some(column) = numbered {
            // A number that was given out is not given out again.
            let name = quoted(&column.name);
            let table = quoted(&table.name);
            let statement = format!("DELETE FROM {table} WHERE {name} = (SELECT max({name}) FROM {table});");
            if db.execute_batch(&statement).is_ok() {
                accepted.push(statement);
            }
        }
    }
    accepted.join("\n")
}

fn is_sound(db: &Connection) -> bool {
    db.is_autocommit()
}

fn insert(chance: &mut Chance, sketch: &Sketch, table: &TableSketch) -> String {
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for column in table.columns.iter().filter(|column| column.generated.is_none()) {
        if column.default.is_some() && chance.one_in(3) {
            continue;
        }
        names.push(quoted(&column.name));
        values.push(if column.nullable && chance.one_in(3) {
            "NULL".to_owned()
        } else {
            value(chance, sketch, &column.column_type)
        });
    }
    let table = quoted(&table.name);
    if names.is_empty() {
        return format!("INSERT INTO {table} DEFAULT VALUES;");
    }
    format!("INSERT INTO {table} ({}) VALUES ({});", names.join(", "), values.join(", "))
}

fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}
