//! What in a merged schema speaks of something that one side took away.

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
            let lost = lost.iter().find(|lost| sql.names(lost.said.as_str()) && self.is_news(&by, lost.gone));
            found.extend(lost.map(|lost| {
                let kind = ConflictKind::GoneAndNamed { gone: lost.gone, by: by.clone() };
                (Object::Column(table.name.clone(), lost.name.clone()), kind)
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
            let speaks = |lost: &&Lost| sql.names(lost.said.as_str()) && self.is_news(&by, lost.gone);
            let kind = |gone: Side| ConflictKind::GoneAndNamed { gone, by: by.clone() };
            if let Some(lost) = lost.iter().find(speaks) {
                found.push((Object::Table(lost.name.clone()), kind(lost.gone)));
                continue;
            }
            let tables = self.merged.tables.values().map(AsRef::as_ref);
            let read: Vec<&Table> = tables.filter(|table| sql.names(table.name.as_str())).collect();
            let known = |column: &Name, table: &Table| {
                let mut others = read.iter().filter(|other| other.name != table.name);
                others.any(|other| other.columns.contains_key(column))
            };
            let gone = read.iter().find_map(|table| {
                let lost = self.lost_columns(table);
                let lost = lost.iter().find(|lost| speaks(lost) && !known(&lost.said, table))?;
                Some((Object::Column(table.name.clone(), lost.name.clone()), kind(lost.gone)))
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

    /// The columns of a table whose names no longer mean what they meant to a side, because the other took them away or
    /// gave the names to something else.
    fn lost_columns(&self, table: &Table) -> Vec<Lost> {
        lost(|side| {
            let schema = self.schemas.side(side).table(table.name.as_str());
            let before = self.naming.as_ref().side(side).invert();
            let columns = schema.into_iter().flat_map(|table| table.columns.keys());
            let all = columns.map(|name| (before.column(&table.name, name).clone(), name.clone()));
            all.filter(|(said, name)| said != name || !table.columns.contains_key(name)).collect()
        })
    }

    /// The same for tables.
    fn lost_tables(&self) -> Vec<Lost> {
        let is_there =
            |name: &Name| self.merged.tables.contains_key(name) || self.merged.views.contains_key(name);
        lost(|side| {
            let before = self.naming.as_ref().side(side).invert();
            let tables = self.schemas.side(side).tables.keys();
            let all = tables.map(|name| (before.table(name).clone(), name.clone()));
            all.filter(|(said, name)| said != name || !is_there(name)).collect()
        })
    }

    /// Who took it away: the side that does not have what speaks of it, or does not have it so.
    fn gone(&self, object: Object, by: Object) -> (Object, ConflictKind) {
        let holds_on = |side: Side| !self.is_news(&by, side);
        let gone = match (holds_on(Side::Theirs), holds_on(Side::Ours)) {
            (true, false) => Side::Ours,
            (false, true) => Side::Theirs,
            _ if has(self.schemas.theirs, &object) => Side::Ours,
            _ => Side::Theirs,
        };
        (object, ConflictKind::GoneAndNamed { gone, by })
    }
}

/// What a side knows by a name that holds no longer.
struct Lost {
    /// What that side calls it.
    said: Name,
    /// Its name in the merged schema, if it is there.
    name: Name,
    /// The other side, which took it away or gave it another name.
    gone: Side,
}

fn lost(names: impl Fn(Side) -> Vec<(Name, Name)>) -> Vec<Lost> {
    let of =
        |side: Side| names(side).into_iter().map(move |(said, name)| Lost { said, name, gone: side.other() });
    of(Side::Theirs).chain(of(Side::Ours)).collect()
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
