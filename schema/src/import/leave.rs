//! What a schema must not have is left out of it.

use crate::{Code, Diagnostic, Name, Object, Schema, Unmanaged, UnmanagedKind};

/// The object that has to go, where a diagnostic points at a line that speaks of `object`.
///
/// A foreign key in its short form shares its line with a column, and what is wrong with it may be told at
/// the types of columns. The column does not go for that.
pub(super) fn blamed(diagnostic: &Diagnostic, object: Object, schema: &Schema) -> Object {
    let Object::Column(table, column) = &object else { return object };
    let Some(found) = schema.table(table.as_str()) else { return object };
    let short_key = Name::new(format!("{table}_{column}_fkey"));
    let short_unique = Name::new(format!("{table}_{column}_key"));
    match diagnostic.code {
        Code::BAD_FOREIGN_KEY | Code::UNKNOWN_TABLE | Code::UNKNOWN_COLUMN => {
            let mut keys = found.foreign_keys.keys();
            let named = keys.find(|name| diagnostic.message.contains(&format!("foreign key `{name}`")));
            let key = named.or_else(|| found.foreign_keys.get_key_value(&short_key).map(|(name, _)| name));
            key.cloned().map_or_else(|| object.clone(), |name| Object::ForeignKey(table.clone(), name))
        }
        Code::COLLIDING_NAMES | Code::LONG_NAME if diagnostic.message.contains(short_key.as_str()) => {
            Object::ForeignKey(table.clone(), short_key)
        }
        Code::COLLIDING_NAMES | Code::LONG_NAME if diagnostic.message.contains(short_unique.as_str()) => {
            Object::Unique(table.clone(), short_unique)
        }
        _ => object,
    }
}

/// Takes an object out of a schema, and says so. A table without one of its columns would be another table,
/// so it goes whole.
pub(super) fn leave(schema: &mut Schema, object: &Object, reason: &str) -> Option<Unmanaged> {
    let left = |object: String, table: Option<&Name>| {
        let (table, reason) = (table.cloned(), reason.to_owned());
        Some(Unmanaged { object, table, reason, kind: UnmanagedKind::Object })
    };
    let of_table =
        |kind: &str, table: &Name, name: &Name| left(format!("{kind} {name} of {table}"), Some(table));
    match object {
        Object::Table(name) | Object::PrimaryKey(name) | Object::Column(name, _) => {
            schema.tables.remove(name)?;
            left(format!("table {name}"), None)
        }
        Object::Unique(table, name) => {
            schema.tables.get_mut(table)?.uniques.remove(name)?;
            of_table("unique", table, name)
        }
        Object::ForeignKey(table, name) => {
            schema.tables.get_mut(table)?.foreign_keys.remove(name)?;
            of_table("foreign key", table, name)
        }
        Object::Check(table, name) => {
            schema.tables.get_mut(table)?.checks.remove(name)?;
            of_table("check", table, name)
        }
        Object::Index(table, name) => {
            schema.tables.get_mut(table)?.indexes.remove(name)?;
            of_table("index", table, name)
        }
        Object::Enum(name) => {
            schema.enums.remove(name)?;
            left(format!("enum {name}"), None)
        }
        Object::View(name) => {
            schema.views.remove(name)?;
            left(format!("view {name}"), None)
        }
        Object::Trigger(name) => {
            let table = schema.triggers.remove(name)?.table.clone();
            left(format!("trigger {name}"), Some(&table))
        }
    }
}
