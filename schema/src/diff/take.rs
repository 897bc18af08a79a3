//! A difference undone.

use super::{Difference, DifferenceKind};
use crate::{Object, Schema};

/// Takes out of a schema what belongs to a table, or watches one, and is new in it; `None` if the difference is
/// another.
pub(crate) fn take(schema: &mut Schema, difference: &Difference) -> Option<()> {
    if difference.kind != DifferenceKind::Added {
        return None;
    }
    match &difference.object {
        Object::Unique(table, name) => schema.tables.get_mut(table)?.uniques.remove(name).map(drop),
        Object::ForeignKey(table, name) => schema.tables.get_mut(table)?.foreign_keys.remove(name).map(drop),
        Object::Check(table, name) => schema.tables.get_mut(table)?.checks.remove(name).map(drop),
        Object::Index(table, name) => schema.tables.get_mut(table)?.indexes.remove(name).map(drop),
        Object::Trigger(name) => schema.triggers.remove(name).map(drop),
        Object::Table(_) | Object::Column(..) | Object::PrimaryKey(_) | Object::Enum(_) | Object::View(_) => {
            None
        }
    }
}
