use crate::{Object, Pair, Schema};

/// Whether two schemas differ in an object; of a table, in whether it is there.
pub fn differs(schemas: Pair<&Schema>, object: &Object) -> bool {
    let tables = schemas.map(|schema| schema.table(object.whole().as_str()));
    match object {
        Object::Table(_) => tables.map(|table| table.is_some()).differs(),
        Object::Column(_, name) => tables.map(|table| table?.column(name.as_str())).differs(),
        Object::PrimaryKey(_) => tables.map(|table| table?.primary_key.as_ref()).differs(),
        Object::Unique(_, name) => tables.map(|table| table?.uniques.get(name)).differs(),
        Object::ForeignKey(_, name) => tables.map(|table| table?.foreign_keys.get(name)).differs(),
        Object::Check(_, name) => tables.map(|table| table?.checks.get(name)).differs(),
        Object::Index(_, name) => tables.map(|table| table?.indexes.get(name)).differs(),
        Object::Enum(name) => schemas.map(|schema| schema.enums.get(name)).differs(),
        Object::View(name) => schemas.map(|schema| schema.views.get(name)).differs(),
        Object::Trigger(name) => schemas.map(|schema| schema.triggers.get(name)).differs(),
    }
}
