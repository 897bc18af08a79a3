//! Rows that also keep the constraints that a migration adds.
//!
//! Whether the rows of a database keep a constraint before it is there, nobody can know at build time: it
//! is asked when the migration is applied. So a migration is not wrong because rows could be in its way.

use std::collections::BTreeSet;

use whimbrel_schema::{
    Check, Dialect, Enum, Index, IndexColumn, IndexKey, Name, Pair, Schema, SortOrder, Sql, Table, Unique,
};

use crate::driver::ident;
use crate::replay::trace::{Trace, TracedTable};

/// A schema with constraints of a later one.
pub(in crate::replay) struct Narrowed {
    /// What rows are made by.
    pub(in crate::replay) schema: Schema,
    /// What makes a database of the schema without them keep them.
    pub(in crate::replay) create: Vec<String>,
    /// What takes that away.
    pub(in crate::replay) drop: Vec<String>,
}

/// The schema before some operations, with the constraints that there are after them, as far as they can
/// be said of it.
pub(in crate::replay) fn narrow(schemas: Pair<&Schema>, trace: &Trace) -> Narrowed {
    let mut narrowed = Narrowed { schema: schemas.previous.clone(), create: Vec::new(), drop: Vec::new() };
    for traced in &trace.tables {
        let names = Pair::new(traced.start.as_ref(), traced.end.as_ref());
        if let Some(tables) = schemas.zip(names).both(|(schema, name)| schema.table(name?.as_str()))
            && tables.differs()
        {
            let table = narrowed.table(tables, traced, trace);
            narrowed.schema.insert(table);
        }
    }
    for (name, definition) in &schemas.previous.enums {
        let Some(next) = schemas.next.enumeration(name.as_str()) else { continue };
        let renamed = |value: &String| {
            let mut columns = trace.tables.iter().flat_map(|table| &table.columns);
            columns.any(|column| column.renamed.contains_key(value))
        };
        let values: Vec<&String> =
            definition.values.iter().filter(|value| next.has(value) || renamed(value)).collect();
        let fewer = Enum::new(name.clone(), values);
        narrowed.schema.enums.insert(name.clone(), fewer.into());
    }
    narrowed
}

impl Narrowed {
    fn table(&mut self, tables: Pair<&Table>, traced: &TracedTable, trace: &Trace) -> Table {
        let mut table = tables.previous.clone();
        let before = |columns: &[Name]| -> Option<Vec<Name>> {
            columns.iter().map(|name| traced.column_to(name)?.start.clone()).collect()
        };
        let uniques = tables.next.uniques.values().map(|unique| unique.columns.clone());
        let primary = tables.next.primary_key.iter().map(|key| key.columns.clone());
        for columns in uniques.chain(primary).filter_map(|columns| before(&columns)) {
            self.unique(&mut table, columns);
        }
        for index in tables.next.indexes.values().filter(|index| index.unique) {
            let columns: Vec<Name> = index.named_columns().cloned().collect();
            match before(&columns) {
                // Without its condition it asks for more, which is all the same.
                Some(columns) if columns.len() == index.columns.len() => self.unique(&mut table, columns),
                _ => self.expression(&mut table, index, traced),
            }
        }
        for (name, check) in &tables.next.checks {
            let is_new = tables.previous.checks.get(name) != Some(check);
            let condition =
                check.condition.text(Dialect::Sqlite).filter(|_| check.only.includes(Dialect::Sqlite));
            if let Some(condition) = condition
                && is_new
                && is_said_alike(&check.condition, tables.next, traced)
            {
                self.check(&table.name, name, condition);
                table.checks.insert(name.clone(), check.clone());
            }
        }
        for column in tables.next.columns.values().filter(|column| !column.nullable) {
            let Some(generated) = &column.generated else { continue };
            let condition = generated.sql.text(Dialect::Sqlite).map(|sql| format!("({sql}) IS NOT NULL"));
            if let Some(condition) = condition
                && is_said_alike(&generated.sql, tables.next, traced)
            {
                let name = Name::new(format!("whimbrel_replay_{}", self.create.len()));
                self.check(&table.name, &name, &condition);
                table.checks.insert(name, Check::new(Sql::from(condition)));
            }
        }
        for (name, key) in &tables.next.foreign_keys {
            let parent = trace.to(&key.references_table).and_then(|parent| {
                let column = |name: &Name| parent.column_to(name)?.start.clone();
                let columns: Option<Vec<Name>> = key.references_columns.iter().map(column).collect();
                Some((parent.start.clone()?, columns?))
            });
            let Some(columns) = before(&key.columns) else { continue };
            match parent {
                Some((parent, parents)) if !table.foreign_keys.contains_key(name) => {
                    let mut key = key.clone();
                    (key.columns, key.references_table, key.references_columns) = (columns, parent, parents);
                    table.foreign_keys.insert(name.clone(), key);
                }
                Some(_) => {}
                // There is nothing yet that the rows could reference.
                None => {
                    let optional: Vec<&Name> = columns
                        .iter()
                        .filter(|name| table.column(name.as_str()).is_some_and(|column| column.nullable))
                        .collect();
                    if let Some(column) = optional.first() {
                        self.check(&table.name, name, &format!("{} IS NULL", ident(column.as_str())));
                        let condition = Sql::from(format!("{} IS NULL", ident(column.as_str())));
                        table.checks.insert(name.clone(), Check::new(condition));
                    }
                }
            }
        }
        table
    }

    fn unique(&mut self, table: &mut Table, columns: Vec<Name>) {
        if !table.is_unique(&columns) {
            let parts = columns.iter().map(|column| IndexColumn::new(column.clone(), SortOrder::Ascending));
            self.index(table, parts.collect());
            let name = Name::new(format!("whimbrel_replay_{}", self.create.len()));
            table.uniques.insert(name, Unique { columns });
        }
    }

    /// An index over expressions can be had if they name nothing that had another name.
    fn expression(&mut self, table: &mut Table, index: &Index, traced: &TracedTable) {
        let next: BTreeSet<&Name> = index.named_columns().collect();
        let alike =
            |name: &Name| traced.column_from(name).is_some_and(|column| column.end.as_ref() == Some(name));
        if next.into_iter().all(alike) {
            let name = self.index(table, index.columns.clone());
            table.indexes.insert(name, index.clone());
        }
    }

    fn index(&mut self, table: &Table, parts: Vec<IndexColumn>) -> Name {
        let name = Name::new(format!("whimbrel_replay_{}", self.create.len()));
        let part = |part: &IndexColumn| match &part.key {
            IndexKey::Column(column) => ident(column.as_str()),
            IndexKey::Expression(sql) => format!("({})", sql.text(Dialect::Sqlite).unwrap_or("1")),
        };
        let parts: Vec<String> = parts.iter().map(part).collect();
        self.create.push(format!(
            "CREATE UNIQUE INDEX main.{} ON {} ({})",
            ident(name.as_str()),
            ident(table.name.as_str()),
            parts.join(", ")
        ));
        self.drop.push(format!("DROP INDEX IF EXISTS main.{}", ident(name.as_str())));
        name
    }

    fn check(&mut self, table: &Name, check: &Name, condition: &str) {
        let name = ident(&format!("whimbrel_replay_{}", self.create.len()));
        let (table, message) = (ident(table.as_str()), check.as_str().replace('\'', "''"));
        self.create.push(format!(
            "CREATE TRIGGER main.{name} AFTER INSERT ON {table} BEGIN \
             SELECT RAISE(ABORT, 'CHECK constraint failed: {message}') FROM {table} WHERE NOT ({condition}); END"
        ));
        self.drop.push(format!("DROP TRIGGER IF EXISTS main.{name}"));
    }
}

/// Whether a condition names only columns that had the same names before.
fn is_said_alike(condition: &Sql, next: &Table, traced: &TracedTable) -> bool {
    let named = next.columns.keys().filter(|name| condition.names(name.as_str()));
    named
        .into_iter()
        .all(|name| traced.column_to(name).is_some_and(|column| column.start.as_ref() == Some(name)))
}
