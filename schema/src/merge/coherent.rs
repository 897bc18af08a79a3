//! What in a merged schema speaks of something that one side took away.

use std::collections::{BTreeMap, BTreeSet};

use super::{ConflictKind, Fork, Naming, Side, differs};
use crate::{ColumnType, DefaultValue, IndexKey, Name, Object, Pair, Schema, Sql, Table};

/// The three under the names that the merge gives them, and what became of them.
pub(super) struct Site<'a> {
    pub(super) schemas: Fork<&'a Schema>,
    pub(super) naming: &'a Fork<Naming>,
    pub(super) merged: &'a Schema,
}

impl Site<'_> {
    /// What is gone, and what speaks of it.
    pub(super) fn conflicts(&self) -> Vec<(Object, ConflictKind)> {
        let mut found = Vec::new();
        for table in self.merged.tables.values() {
            self.keys(table, &mut found);
            self.foreign_keys(table, &mut found);
            self.types(table, &mut found);
            self.texts(table, &mut found);
        }
        self.views(&mut found);
        found
    }

    /// Columns of keys and indexes.
    fn keys(&self, table: &Table, found: &mut Vec<(Object, ConflictKind)>) {
        let name = &table.name;
        let mut columns: Vec<(Object, Vec<&Name>)> = Vec::new();
        let primary = table.primary_key.iter();
        columns.extend(primary.map(|key| (Object::PrimaryKey(name.clone()), key.columns.iter().collect())));
        for (unique, key) in &table.uniques {
            columns.push((Object::Unique(name.clone(), unique.clone()), key.columns.iter().collect()));
        }
        for (key, definition) in &table.foreign_keys {
            columns
                .push((Object::ForeignKey(name.clone(), key.clone()), definition.columns.iter().collect()));
        }
        for (index, definition) in &table.indexes {
            columns.push((Object::Index(name.clone(), index.clone()), definition.named_columns().collect()));
        }
        for (by, columns) in columns {
            for column in columns {
                if !table.columns.contains_key(column) {
                    found.push(self.gone(Object::Column(name.clone(), column.clone()), by.clone()));
                }
            }
        }
    }

    /// What foreign keys reference.
    fn foreign_keys(&self, table: &Table, found: &mut Vec<(Object, ConflictKind)>) {
        for (name, key) in &table.foreign_keys {
            let by = Object::ForeignKey(table.name.clone(), name.clone());
            let Some(parent) = self.merged.table(key.references_table.as_str()) else {
                found.push(self.gone(Object::Table(key.references_table.clone()), by));
                continue;
            };
            let missing = key.references_columns.iter().find(|column| !parent.columns.contains_key(*column));
            if let Some(column) = missing {
                found.push(self.gone(Object::Column(parent.name.clone(), column.clone()), by));
            } else if !parent.is_unique(&key.references_columns) {
                let keys = self.schemas.base.table(parent.name.as_str());
                let unique = keys.and_then(|table| {
                    table.uniques.iter().find(|(_, unique)| unique.columns == key.references_columns)
                });
                let object = match unique {
                    Some((unique, _)) => Object::Unique(parent.name.clone(), unique.clone()),
                    None => Object::PrimaryKey(parent.name.clone()),
                };
                found.push(self.gone(object, by));
            }
        }
    }

    /// Enums and their values.
    fn types(&self, table: &Table, found: &mut Vec<(Object, ConflictKind)>) {
        for column in table.columns.values() {
            let ColumnType::Enum(name) = &column.column_type else { continue };
            let by = Object::Column(table.name.clone(), column.name.clone());
            let known = self.merged.enumeration(name.as_str());
            let fits = match &column.default {
                Some(DefaultValue::Literal(value)) => {
                    self.merged.misfit(value, &column.column_type).is_none()
                }
                Some(DefaultValue::Expression(_)) | None => true,
            };
            if known.is_none() || !fits {
                found.push(self.gone(Object::Enum(name.clone()), by));
            }
        }
    }

    /// SQL inside a table, which may speak of its columns.
    fn texts(&self, table: &Table, found: &mut Vec<(Object, ConflictKind)>) {
        let lost = self.lost_columns(table);
        if lost.is_empty() {
            return;
        }
        for (by, sql) in texts(table) {
            let gone =
                lost.iter().find(|(column, gone)| sql.names(column.as_str()) && self.is_news(&by, **gone));
            found.extend(gone.map(|(column, gone)| {
                let kind = ConflictKind::GoneAndNamed { gone: *gone, by: by.clone() };
                (Object::Column(table.name.clone(), column.clone()), kind)
            }));
        }
    }

    /// SQL of views and triggers, which may speak of tables and of the columns of those.
    fn views(&self, found: &mut Vec<(Object, ConflictKind)>) {
        let lost = self.lost_tables();
        let views = self.merged.views.values().map(|view| (Object::View(view.name.clone()), &view.sql));
        let triggers = self.merged.triggers.values();
        let triggers = triggers.map(|trigger| (Object::Trigger(trigger.name.clone()), &trigger.sql));
        for (by, sql) in views.chain(triggers) {
            let speaks = |name: &Name, gone: Side| sql.names(name.as_str()) && self.is_news(&by, gone);
            let kind = |gone: Side| ConflictKind::GoneAndNamed { gone, by: by.clone() };
            if let Some((table, gone)) = lost.iter().find(|(table, gone)| speaks(table, **gone)) {
                found.push((Object::Table(table.clone()), kind(*gone)));
                continue;
            }
            let tables = self.merged.tables.values().map(AsRef::as_ref);
            let read: Vec<&Table> = tables.filter(|table| sql.names(table.name.as_str())).collect();
            let known = |column: &Name| read.iter().any(|table| table.columns.contains_key(column));
            let gone = read.iter().find_map(|table| {
                let mut lost = self.lost_columns(table).into_iter();
                let (column, gone) = lost.find(|(column, gone)| speaks(column, *gone) && !known(column))?;
                Some((Object::Column(table.name.clone(), column), kind(gone)))
            });
            found.extend(gone);
        }
        for trigger in self.merged.triggers.values() {
            if !self.merged.tables.contains_key(&trigger.table) {
                let by = Object::Trigger(trigger.name.clone());
                found.push(self.gone(Object::Table(trigger.table.clone()), by));
            }
        }
    }

    /// Whether a side does not have something as the merged schema has it. What it has so holds there, whatever words
    /// are in it.
    fn is_news(&self, object: &Object, side: Side) -> bool {
        differs(Pair::new(self.schemas.side(side), self.merged), object)
    }

    /// The names that columns of a table had anywhere and none has now, each with the side that took it away.
    fn lost_columns(&self, table: &Table) -> BTreeMap<Name, Side> {
        let names = self.schemas.zip(self.naming.as_ref()).map(|(schema, naming)| {
            let before = naming.invert();
            let columns =
                schema.table(table.name.as_str()).into_iter().flat_map(|table| table.columns.keys());
            columns.map(|column| before.column(&table.name, column).clone()).collect()
        });
        lost(&names, |name| table.columns.contains_key(name))
    }

    /// The same for tables.
    fn lost_tables(&self) -> BTreeMap<Name, Side> {
        let names = self.schemas.zip(self.naming.as_ref()).map(|(schema, naming)| {
            let before = naming.invert();
            schema.tables.keys().map(|table| before.table(table).clone()).collect()
        });
        lost(&names, |name| self.merged.tables.contains_key(name) || self.merged.views.contains_key(name))
    }

    /// Who took it away: the side that does not have what speaks of it, or does not have it so.
    fn gone(&self, object: Object, by: Object) -> (Object, ConflictKind) {
        let speaks = |schema: &Schema| has(schema, &by);
        let gone = match (speaks(self.schemas.theirs), speaks(self.schemas.ours)) {
            (true, false) => Side::Ours,
            (false, true) => Side::Theirs,
            _ if has(self.schemas.theirs, &object) => Side::Ours,
            _ => Side::Theirs,
        };
        (object, ConflictKind::GoneAndNamed { gone, by })
    }
}

/// What both took away is spoken of by neither.
fn lost(names: &Fork<BTreeSet<Name>>, is_there: impl Fn(&Name) -> bool) -> BTreeMap<Name, Side> {
    let all = names.as_ref().each().into_iter().flatten().filter(|name| !is_there(name));
    let lost = all.filter_map(|name| match (names.theirs.contains(name), names.ours.contains(name)) {
        (false, true) => Some((name.clone(), Side::Theirs)),
        (true, false) => Some((name.clone(), Side::Ours)),
        (true, true) | (false, false) => None,
    });
    lost.collect()
}

fn has(schema: &Schema, object: &Object) -> bool {
    let table = schema.table(object.whole().as_str());
    let in_table = |test: &dyn Fn(&Table) -> bool| table.is_some_and(test);
    match object {
        Object::Table(_) => table.is_some(),
        Object::Column(_, name) => in_table(&|table| table.columns.contains_key(name)),
        Object::PrimaryKey(_) => in_table(&|table| table.primary_key.is_some()),
        Object::Unique(_, name) => in_table(&|table| table.uniques.contains_key(name)),
        Object::ForeignKey(_, name) => in_table(&|table| table.foreign_keys.contains_key(name)),
        Object::Check(_, name) => in_table(&|table| table.checks.contains_key(name)),
        Object::Index(_, name) => in_table(&|table| table.indexes.contains_key(name)),
        Object::Enum(name) => schema.enums.contains_key(name),
        Object::View(name) => schema.views.contains_key(name),
        Object::Trigger(name) => schema.triggers.contains_key(name),
    }
}

/// Every text of SQL in a table, with what it belongs to.
fn texts(table: &Table) -> Vec<(Object, &Sql)> {
    let name = &table.name;
    let mut texts = Vec::new();
    for column in table.columns.values() {
        let object = Object::Column(name.clone(), column.name.clone());
        let generated = column.generated.iter().map(|generated| &generated.sql);
        texts.extend(generated.map(|sql| (object.clone(), sql)));
    }
    for (check, definition) in &table.checks {
        texts.push((Object::Check(name.clone(), check.clone()), &definition.condition));
    }
    for (index, definition) in &table.indexes {
        let object = Object::Index(name.clone(), index.clone());
        let keys = definition.columns.iter().filter_map(|part| match &part.key {
            IndexKey::Expression(sql) => Some(sql),
            IndexKey::Column(_) => None,
        });
        texts.extend(keys.chain(&definition.predicate).map(|sql| (object.clone(), sql)));
    }
    texts
}
