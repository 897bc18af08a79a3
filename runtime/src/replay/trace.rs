//! What becomes of tables, columns and rows on the way of some operations.
//!
//! A trace promises what must still be there in the end. It is as strict as the hazards of the
//! operations let it be: what none of them names must stay, value for value.

use std::collections::BTreeMap;

use whimbrel_schema::{
    Alteration, ColumnType, DataStatement, Effect, Hazard, HazardCode, Keeping, Name, Operation, Pair,
    ReferentialAction, Schema, hazards,
};

/// Every table that is there at the start or in the end.
pub(super) struct Trace {
    pub(super) tables: Vec<TracedTable>,
}

/// A table on its way.
#[derive(Debug, Clone, Default)]
pub(super) struct TracedTable {
    /// Its name at the start; none if it is created on the way.
    pub(super) start: Option<Name>,
    /// Its name in the end; none if it is dropped.
    pub(super) end: Option<Name>,
    /// What the hazard says that names its drop.
    pub(super) dropped: Option<Keeping>,
    /// Whether it came back from the archive.
    pub(super) restored: bool,
    /// Whether rows may be gone.
    pub(super) loses: bool,
    /// Whether there may be new ones.
    pub(super) gains: bool,
    /// Whether nobody can know anything of its rows.
    pub(super) opaque: bool,
    pub(super) columns: Vec<TracedColumn>,
}

/// A column on its way.
#[derive(Debug, Clone)]
pub(super) struct TracedColumn {
    pub(super) start: Option<Name>,
    pub(super) end: Option<Name>,
    /// What the hazard says that names its drop, or its narrower type.
    pub(super) lost: Option<Keeping>,
    /// Whether its values came back from the archive.
    pub(super) restored: bool,
    pub(super) fate: Fate,
    /// Whether its type is another, so that what stays says the same in that.
    pub(super) converted: bool,
    /// Values of an enum that get other names.
    pub(super) renamed: BTreeMap<String, String>,
}

/// What becomes of a column's values, from the best to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    /// Each stays what it is.
    Kept,
    /// Each says the same in another type.
    Converted,
    /// Where there was none there is one.
    Filled,
    /// Each may be another.
    Replaced,
}

/// Follows operations from one schema to the other.
pub(super) fn trace(operations: &[Operation], schemas: Pair<&Schema>) -> Trace {
    let mut trace = Trace::of(schemas.previous);
    let mut position = schemas.previous.clone();
    for operation in operations {
        let found = hazards([operation], &position, schemas.next);
        trace.follow(operation, &found, &position);
        position = operation.apply(&position, schemas.next).unwrap_or(position);
    }
    trace.compare_types(schemas);
    trace
}

impl Trace {
    fn of(schema: &Schema) -> Self {
        let column = |name: &Name| TracedColumn {
            start: Some(name.clone()),
            end: Some(name.clone()),
            lost: None,
            restored: false,
            fate: Fate::Kept,
            converted: false,
            renamed: BTreeMap::new(),
        };
        let table = |table: &std::sync::Arc<whimbrel_schema::Table>| TracedTable {
            start: Some(table.name.clone()),
            end: Some(table.name.clone()),
            columns: table.columns.keys().map(column).collect(),
            ..TracedTable::default()
        };
        Self { tables: schema.tables.values().map(table).collect() }
    }

    fn follow(&mut self, operation: &Operation, hazards: &[Hazard], position: &Schema) {
        match operation {
            Operation::CreateTable { table } => self.create(table),
            Operation::RestoreTable { table, set } => {
                self.create(table);
                if let Some(traced) = self.at(table) {
                    traced.restored = true;
                    // Columns that the archive has nothing of get something else.
                    traced.columns = set.iter().map(|(column, _)| TracedColumn::new(column)).collect();
                }
            }
            Operation::DropTable { table } => {
                let keeping = keeping(hazards, HazardCode::DropTable, table.as_str());
                if let Some(traced) = self.at(table) {
                    (traced.end, traced.dropped) = (None, keeping);
                }
            }
            Operation::RenameTable { previous, next } => {
                if let Some(traced) = self.at(previous) {
                    traced.end = Some(next.clone());
                }
            }
            Operation::ExchangeTables { one, other } => {
                for traced in &mut self.tables {
                    traced.end = match traced.end.take() {
                        Some(name) if name == *one => Some(other.clone()),
                        Some(name) if name == *other => Some(one.clone()),
                        end => end,
                    };
                }
            }
            Operation::AlterTable { table, alterations, .. } => {
                if let Some(traced) = self.at(table) {
                    for together in Alteration::together(alterations) {
                        match Alteration::renames(together) {
                            Some(renames) => traced.rename(&renames),
                            None => together.iter().for_each(|one| traced.alter(one, table, hazards)),
                        }
                    }
                }
            }
            Operation::AlterEnum { name, renamed } => self.rename_values(name, renamed, position),
            Operation::Data(statement) => self.write(statement, position),
            Operation::Sql { sql: _, effects } => {
                effects.iter().for_each(|effect| self.effect(effect, hazards, position));
            }
            Operation::Code => self.tables.iter_mut().for_each(|table| table.opaque = true),
            Operation::CreateIndex { .. }
            | Operation::DropIndex { .. }
            | Operation::CreateEnum { .. }
            | Operation::DropEnum { .. }
            | Operation::CreateView { .. }
            | Operation::DropView { .. }
            | Operation::CreateTrigger { .. }
            | Operation::DropTrigger { .. } => {}
        }
    }

    fn create(&mut self, table: &Name) {
        self.tables.push(TracedTable { end: Some(table.clone()), ..TracedTable::default() });
    }

    /// The table that has a name now.
    fn at(&mut self, name: &Name) -> Option<&mut TracedTable> {
        self.tables.iter_mut().find(|table| table.end.as_ref() == Some(name))
    }

    /// The table that had a name at the start.
    pub(super) fn from(&self, name: &Name) -> Option<&TracedTable> {
        self.tables.iter().find(|table| table.start.as_ref() == Some(name))
    }

    /// The table that has a name in the end.
    pub(super) fn to(&self, name: &Name) -> Option<&TracedTable> {
        self.tables.iter().find(|table| table.end.as_ref() == Some(name))
    }

    fn rename_values(&mut self, name: &Name, renamed: &[Pair<String>], position: &Schema) {
        for traced in &mut self.tables {
            let table = traced.end.as_ref().and_then(|table| position.table(table.as_str()));
            for column in &mut traced.columns {
                let of = table.zip(column.end.as_ref()).and_then(|(table, name)| table.column(name.as_str()));
                if of.is_some_and(|of| of.column_type == ColumnType::Enum(name.clone())) {
                    let pairs = renamed.iter().map(|pair| (pair.previous.clone(), pair.next.clone()));
                    column.renamed.extend(pairs);
                }
            }
        }
    }

    fn write(&mut self, statement: &DataStatement, position: &Schema) {
        let table = statement.table();
        self.fire(table, position);
        match statement {
            DataStatement::Update { set, .. } => {
                for (column, _) in set {
                    self.mark(table, column, Fate::Replaced);
                    self.update_children(table, column, position);
                }
            }
            DataStatement::Insert { .. } | DataStatement::InsertFrom { .. } => {
                if let Some(traced) = self.at(table) {
                    traced.gains = true;
                }
            }
            DataStatement::Delete { .. } => self.delete(table, position, &mut Vec::new()),
            DataStatement::Backfill { column, .. } => self.mark(table, column, Fate::Filled),
        }
    }

    fn mark(&mut self, table: &Name, column: &Name, fate: Fate) {
        if let Some(column) = self.at(table).and_then(|table| table.column(column)) {
            column.fate = column.fate.max(fate);
        }
    }

    /// A key that changes changes the rows that follow it.
    fn update_children(&mut self, table: &Name, column: &Name, position: &Schema) {
        for child in position.children(table.as_str()) {
            for key in child.foreign_keys.values() {
                if key.references_table == *table && key.references_columns.contains(column) {
                    key.columns.iter().for_each(|column| self.mark(&child.name, column, Fate::Replaced));
                }
            }
        }
    }

    /// Rows that are deleted take others along.
    fn delete(&mut self, table: &Name, position: &Schema, seen: &mut Vec<Name>) {
        if seen.contains(table) {
            return;
        }
        seen.push(table.clone());
        if let Some(traced) = self.at(table) {
            traced.loses = true;
        }
        for child in position.children(table.as_str()) {
            for key in child.foreign_keys.values().filter(|key| key.references_table == *table) {
                match key.on_delete {
                    ReferentialAction::Cascade => {
                        self.fire(&child.name, position);
                        self.delete(&child.name, position, seen);
                    }
                    ReferentialAction::SetNull | ReferentialAction::SetDefault => {
                        self.fire(&child.name, position);
                        key.columns.iter().for_each(|column| self.mark(&child.name, column, Fate::Replaced));
                    }
                    ReferentialAction::NoAction | ReferentialAction::Restrict => {}
                }
            }
        }
    }

    /// What a trigger does is known to its author alone, and it names the tables that it does it to.
    fn fire(&mut self, table: &Name, position: &Schema) {
        for trigger in position.triggers.values().filter(|trigger| trigger.table == *table) {
            for traced in &mut self.tables {
                let Some(name) = &traced.end else { continue };
                let times =
                    trigger.sql.words().filter(|word| word.eq_ignore_ascii_case(name.as_str())).count();
                // The head of a trigger names its own table once.
                traced.opaque |= times > usize::from(name == table);
            }
        }
    }

    fn effect(&mut self, effect: &Effect, hazards: &[Hazard], position: &Schema) {
        let table = effect.table();
        match effect {
            Effect::Changes { .. } => {
                self.fire(table, position);
                self.delete(table, position, &mut Vec::new());
                if let Some(traced) = self.at(table) {
                    traced.opaque = true;
                }
            }
            Effect::Alters { .. } => {
                if let Some(traced) = self.at(table) {
                    traced.opaque = true;
                }
            }
            Effect::Creates { .. } => {
                self.create(table);
                if let Some(traced) = self.at(table) {
                    traced.opaque = true;
                }
            }
            Effect::Drops { .. } => {
                let keeping = keeping(hazards, HazardCode::DropTable, table.as_str());
                if let Some(traced) = self.at(table) {
                    (traced.end, traced.dropped) = (None, keeping);
                }
            }
        }
    }

    /// A column of another type has its values converted; one that is computed now, or no longer, has
    /// other values.
    fn compare_types(&mut self, schemas: Pair<&Schema>) {
        for traced in &mut self.tables {
            let names = Pair::new(traced.start.as_ref(), traced.end.as_ref());
            let tables = schemas.zip(names).both(|(schema, name)| schema.table(name?.as_str()));
            let Some(tables) = tables else { continue };
            for column in &mut traced.columns {
                let names = Pair::new(column.start.as_ref(), column.end.as_ref());
                let Some(pair) = tables.zip(names).both(|(table, name)| table.column(name?.as_str())) else {
                    continue;
                };
                if pair.map(|column| &column.column_type).differs() {
                    column.fate = column.fate.max(Fate::Converted);
                    column.converted = true;
                }
                if !pair.previous.is_written() || !pair.next.is_written() {
                    column.fate = Fate::Replaced;
                }
            }
        }
    }
}

impl TracedTable {
    fn column(&mut self, name: &Name) -> Option<&mut TracedColumn> {
        self.columns.iter_mut().find(|column| column.end.as_ref() == Some(name))
    }

    /// The column that has a name in the end.
    pub(super) fn column_to(&self, name: &Name) -> Option<&TracedColumn> {
        self.columns.iter().find(|column| column.end.as_ref() == Some(name))
    }

    /// The column that had a name at the start.
    pub(super) fn column_from(&self, name: &Name) -> Option<&TracedColumn> {
        self.columns.iter().find(|column| column.start.as_ref() == Some(name))
    }

    /// Columns get their names at once, so that they can exchange them.
    fn rename(&mut self, renames: &[Pair<&Name>]) {
        for column in &mut self.columns {
            let renamed = renames.iter().find(|names| Some(names.previous) == column.end.as_ref());
            if let Some(names) = renamed {
                column.end = Some(names.next.clone());
            }
        }
    }

    fn alter(&mut self, alteration: &Alteration, table: &Name, hazards: &[Hazard]) {
        let object = |column: &Name| format!("{table}.{column}");
        match alteration {
            Alteration::AddColumn { column, backfill } => {
                // Its author has said what its values are.
                let fate = if backfill.is_some() { Fate::Replaced } else { Fate::Kept };
                self.columns.push(TracedColumn { fate, ..TracedColumn::new(column) });
            }
            Alteration::RestoreColumn { column, .. } => {
                self.columns.push(TracedColumn { restored: true, ..TracedColumn::new(column) });
            }
            Alteration::DropColumn { column } => {
                let lost = keeping(hazards, HazardCode::DropColumn, &object(column));
                if let Some(column) = self.column(column) {
                    (column.end, column.lost) = (None, lost);
                }
            }
            Alteration::AlterColumn { column, using, backfill, restore } => {
                let narrows = keeping(hazards, HazardCode::NarrowType, &object(column));
                let Some(column) = self.column(column) else { return };
                column.restored |= restore;
                // What comes back is what it was before, and not what it is.
                if *restore || using.is_some() || narrows.is_some() {
                    column.fate = Fate::Replaced;
                } else if backfill.is_some() {
                    column.fate = column.fate.max(Fate::Filled);
                }
                column.lost = narrows.or(column.lost.take());
            }
            // Values of native types may be others in a table that is strict no longer.
            Alteration::SetOptions => {
                for column in &mut self.columns {
                    let Some(name) = &column.end else { continue };
                    if let Some(lost) = keeping(hazards, HazardCode::NarrowType, &object(name)) {
                        (column.fate, column.lost) = (Fate::Replaced, Some(lost));
                    }
                }
            }
            // Together with those beside it.
            Alteration::RenameColumn { .. }
            | Alteration::AddPrimaryKey
            | Alteration::DropPrimaryKey
            | Alteration::AddUnique { .. }
            | Alteration::DropUnique { .. }
            | Alteration::AddForeignKey { .. }
            | Alteration::DropForeignKey { .. }
            | Alteration::AddCheck { .. }
            | Alteration::DropCheck { .. } => {}
        }
    }
}

impl TracedColumn {
    /// One that was not there.
    fn new(name: &Name) -> Self {
        Self {
            start: None,
            end: Some(name.clone()),
            lost: None,
            restored: false,
            fate: Fate::Kept,
            converted: false,
            renamed: BTreeMap::new(),
        }
    }
}

fn keeping(hazards: &[Hazard], code: HazardCode, object: &str) -> Option<Keeping> {
    let found = hazards.iter().find(|hazard| hazard.code == code && hazard.object == object);
    found.map(|hazard| hazard.keeping.clone())
}
