use std::collections::BTreeMap;
use std::sync::Arc;

use super::{ColumnType, Enum, Table, Tables, Trigger, Value, View};
use crate::Name;
use crate::text::quoted;

/// Everything a database holds, as whimbrel manages it.
///
/// Tables are shared, so a schema of a thousand tables is cheap to clone and to step through
/// history.
///
/// ```
/// use whimbrel_schema::Schema;
///
/// let schema = Schema::default();
/// assert!(schema.table("emails").is_none());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    /// The tables by name.
    pub tables: Tables,
    /// The enums by name.
    pub enums: BTreeMap<Name, Arc<Enum>>,
    /// The views by name.
    pub views: BTreeMap<Name, Arc<View>>,
    /// The triggers by name.
    pub triggers: BTreeMap<Name, Arc<Trigger>>,
}

impl Schema {
    /// The table with this name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(name).map(Arc::as_ref)
    }

    /// The enum with this name.
    pub fn enumeration(&self, name: &str) -> Option<&Enum> {
        self.enums.get(name).map(Arc::as_ref)
    }

    /// The view with this name.
    pub fn view(&self, name: &str) -> Option<&View> {
        self.views.get(name).map(Arc::as_ref)
    }

    /// The trigger with this name.
    pub fn trigger(&self, name: &str) -> Option<&Trigger> {
        self.triggers.get(name).map(Arc::as_ref)
    }

    /// The enum that a type stands for, if it does and the enum is here.
    pub fn enum_of(&self, column_type: &ColumnType) -> Option<&Enum> {
        match column_type {
            ColumnType::Enum(name) => self.enumeration(name.as_str()),
            _ => None,
        }
    }

    /// Why a value cannot stand in a column of this type, if it cannot: as
    /// [`Value::misfit`](crate::Value::misfit), which knows no enum.
    pub fn misfit(&self, value: &Value, column_type: &ColumnType) -> Option<String> {
        if let (Value::Text(text), Some(definition)) = (value, self.enum_of(column_type)) {
            return (!definition.has(text)).then(|| not_a_value(definition, text));
        }
        value.misfit(column_type)
    }

    /// Puts a table in place under its own name, and gives back the one that stood there.
    pub fn insert(&mut self, table: Table) -> Option<Arc<Table>> {
        self.tables.insert(Arc::new(table))
    }

    /// The tables whose foreign keys reference `parent`, itself included if it does.
    pub fn children<'a>(&'a self, parent: &'a str) -> impl Iterator<Item = &'a Table> {
        // Most tables reference nothing, and every step of a migration asks all of them.
        let some = self.tables.values().filter(|table| !table.foreign_keys.is_empty());
        some.map(Arc::as_ref)
            .filter(move |table| table.foreign_keys.values().any(|key| key.references_table == *parent))
    }
}

pub(crate) fn not_a_value(definition: &Enum, text: &str) -> String {
    let values = definition.values.iter().map(|value| quoted(value).to_string());
    format!(
        "{} is not a value of enum `{}`, which has {}",
        quoted(text),
        definition.name,
        values.collect::<Vec<_>>().join(", ")
    )
}
