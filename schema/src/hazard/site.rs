//! A step where it stands: what a rule looks at.

use std::collections::{BTreeMap, BTreeSet};

use super::{Hazard, HazardCode};
use crate::{
    Alteration, Column, ColumnType, DataStatement, Dialect, Effect, Expression, Index, Keeping, Name, Only,
    Operation, Origin, Pair, Probe, ProbeQuestion, Rows, Schema, Sql, Table,
};

/// One step, with the schemas around it and what the steps before it did.
pub(super) struct Site<'a> {
    /// Its number, from 0.
    pub(super) step: usize,
    pub(super) operation: &'a Operation,
    /// The schemas before and after it.
    pub(super) schemas: Pair<&'a Schema>,
    /// The schema that the migration leads to.
    pub(super) target: &'a Schema,
    pub(super) before: &'a Before,
}

/// What the steps before have done.
#[derive(Debug, Default)]
pub(super) struct Before {
    /// The tables that they created.
    pub(super) created: Vec<Name>,
    /// Tables that they gave another name, from the one they have now to the one before the migration.
    renamed: BTreeMap<Name, Name>,
    /// Tables whose rows or columns are not those from before the migration.
    touched: BTreeSet<Name>,
    /// Whether any table may be such.
    anything_touched: bool,
    /// Tables whose columns one of them has altered.
    shapes: BTreeMap<Name, Shaped>,
    /// Indexes that they dropped, with the table.
    pub(super) dropped_indexes: Vec<(Name, Name, Index)>,
    /// Columns that they no longer keep unique, by table.
    pub(super) dropped_keys: Vec<(Name, Vec<Name>)>,
    /// Triggers that they dropped, with their SQL.
    dropped_triggers: Vec<(Name, Sql)>,
    /// Columns whose NULLs they have filled, by table.
    pub(super) backfilled: BTreeSet<(Name, Name)>,
    /// Whether one of them was hand-written SQL that adds a constraint which is not valid yet.
    pub(super) not_valid: bool,
    /// Whether one of them changed the schema of a table that was there.
    pub(super) changed_schema: bool,
    /// How many of them have changed the schema at all.
    pub(super) schema_changes: usize,
}

/// A table whose columns were altered: where each comes from, and the key of its rows as it was.
#[derive(Debug)]
struct Shaped {
    columns: Vec<(Name, Origin)>,
    key: Vec<Name>,
}

/// The alteration of a table that was there before the migration, in its two versions.
pub(super) struct Altered<'a> {
    pub(super) name: &'a Name,
    pub(super) alterations: &'a [Alteration],
    pub(super) tables: Pair<&'a Table>,
    /// Whether programs go on meanwhile.
    pub(super) online: bool,
    /// From the next name of a column to the previous one.
    pub(super) renamed: BTreeMap<&'a Name, &'a Name>,
}

impl<'a> Altered<'a> {
    fn of(operation: &'a Operation, schemas: Pair<&'a Schema>) -> Option<Self> {
        let Operation::AlterTable { table, alterations, online } = operation else { return None };
        let tables = schemas.both(|schema| schema.table(table.as_str()))?;
        let renamed = alterations.iter().filter_map(|alteration| match alteration {
            Alteration::RenameColumn { previous, next } => Some((next, previous)),
            _ => None,
        });
        Some(Self { name: table, alterations, tables, online: *online, renamed: renamed.collect() })
    }

    /// A column of the table after it, as it was before it; `None` if it is new.
    pub(super) fn previous(&self, column: &Name) -> Option<&'a Column> {
        let added = self.alterations.iter().any(|alteration| matches!(alteration, Alteration::AddColumn { column: added, .. } | Alteration::RestoreColumn { column: added, .. } if added == column));
        let name = self.renamed.get(column).copied().unwrap_or(column);
        self.tables.previous.column(name.as_str()).filter(|_| !added)
    }

    /// What the archive keeps of the values of a column that it drops, or replaces by those of `expressions`.
    pub(super) fn keeping<'e>(
        &self,
        schemas: Pair<&Schema>,
        column: Pair<&Name>,
        expressions: impl IntoIterator<Item = &'e Expression>,
    ) -> Keeping {
        Keeping::of_values(schemas, (self.name, self.alterations), column, expressions)
    }

    /// Whether it leaves a column of the table after it as it was, name and values.
    pub(super) fn leaves(&self, column: &Column) -> bool {
        let altered = |alteration: &Alteration| matches!(alteration, Alteration::AlterColumn { column: altered, .. } if *altered == column.name);
        let previous = self.previous(&column.name).filter(|previous| previous.name == column.name);
        previous.is_some() && !self.alterations.iter().any(altered)
    }

    /// The columns that it adds, with what rows get.
    pub(super) fn added(&self) -> impl Iterator<Item = (&'a Column, bool)> {
        let next = self.tables.next;
        self.alterations.iter().filter_map(move |alteration| match alteration {
            Alteration::AddColumn { column, backfill } => {
                Some((next.column(column.as_str())?, backfill.is_some()))
            }
            _ => None,
        })
    }

    /// The columns that it alters, before and after.
    pub(super) fn altered(&self) -> impl Iterator<Item = (Pair<&'a Column>, &'a Alteration)> {
        self.alterations.iter().filter_map(|alteration| match alteration {
            Alteration::AlterColumn { column, .. } => {
                let pair = Pair::new(self.previous(column)?, self.tables.next.column(column.as_str())?);
                Some((pair, alteration))
            }
            _ => None,
        })
    }

    /// The columns of keys and unique constraints that it drops.
    fn dropped_keys(&self) -> impl Iterator<Item = (Name, Vec<Name>)> {
        let Self { name, alterations, tables, .. } = self;
        let (name, tables) = (*name, *tables);
        alterations.iter().filter_map(move |alteration| {
            let columns = match alteration {
                Alteration::DropPrimaryKey => tables.previous.key_columns().to_vec(),
                Alteration::DropUnique { name } => tables.previous.uniques.get(name)?.columns.clone(),
                _ => return None,
            };
            Some((name.clone(), columns))
        })
    }

    /// Whether nobody can say before what values a column will have: they come from the archive, or are
    /// converted as the database converts them.
    fn is_uncertain(&self, name: &Name) -> bool {
        self.alterations.iter().any(|alteration| match alteration {
            Alteration::RestoreColumn { column, .. } => column == name,
            Alteration::AlterColumn { column, restore, .. } if column == name => {
                let columns = (self.previous(name), self.tables.next.column(name.as_str()));
                let same = |(previous, next): (&Column, &Column)| {
                    previous.column_type.marker() == next.column_type.marker()
                };
                *restore || !matches!(columns, (Some(previous), Some(next)) if same((previous, next)))
            }
            _ => false,
        })
    }

    /// Whether a column goes with the alteration.
    pub(super) fn drops(&self, name: &Name) -> bool {
        self.alterations
            .iter()
            .any(|alteration| matches!(alteration, Alteration::DropColumn { column } if column == name))
    }
}

impl<'a> Site<'a> {
    /// The alteration of a table, if that is what it is and the migration did not create the table.
    pub(super) fn altered(&self) -> Option<Altered<'a>> {
        Altered::of(self.operation, self.schemas).filter(|altered| !self.is_new(altered.name))
    }

    /// An index that it creates on a table that was there.
    pub(super) fn created_index(&self) -> Option<(&'a Table, &'a Name, &'a Index)> {
        let Operation::CreateIndex { table, index, .. } = self.operation else { return None };
        let definition = self.schemas.next.table(table.as_str())?;
        let found = (definition, index, definition.indexes.get(index)?);
        (!self.is_new(table)).then_some(found)
    }

    /// The table that it creates.
    pub(super) fn created_table(&self) -> Option<&'a Table> {
        match self.operation {
            Operation::CreateTable { table } => self.schemas.next.table(table.as_str()),
            _ => None,
        }
    }

    /// Whether a database has triggers on a table, which are not told of what a migration does to rows.
    pub(super) fn is_watched(&self, table: &Name, dialect: Dialect) -> bool {
        let mut triggers = self.schemas.previous.triggers.values();
        triggers.any(|trigger| trigger.table == *table && trigger.only.includes(dialect))
    }

    /// Whether the migration created a table before this step.
    pub(super) fn is_new(&self, table: &Name) -> bool {
        self.before.created.contains(table)
    }

    /// A hazard of this step, on all databases of its rule.
    pub(super) fn hazard(
        &self,
        code: HazardCode,
        object: impl Into<String>,
        message: impl Into<String>,
    ) -> Hazard {
        Hazard {
            code,
            object: object.into(),
            message: message.into(),
            keeping: Keeping::Whole,
            step: self.step,
            online: self.operation.is_online(),
            dialects: code.rule().dialects.to_vec(),
            probes: Vec::new(),
        }
    }

    /// The rows of a table as this step will find them or, for an alteration, leave them. `None` where steps
    /// before make others of them, so that nothing can be known before the migration.
    pub(super) fn rows(&self, table: &Name) -> Option<Rows> {
        let now = self.known(table)?;
        let changed = self.altered().filter(|altered| altered.name == table);
        let changed = changed.map_or(Columns::Same, |altered| columns(&altered));
        let (columns, key) = match (self.before.shapes.get(table), changed) {
            (Some(_), Columns::Other(_)) | (_, Columns::Unknown) => return None,
            (Some(shaped), Columns::Same) => (Some(shaped.columns.clone()), shaped.key.clone()),
            (None, Columns::Same) => (None, now.key_columns().to_vec()),
            (None, Columns::Other(columns)) => (Some(columns), now.key_columns().to_vec()),
        };
        let first = self.before.first_name(table).clone();
        Some(Rows { table: first, alias: table.clone(), columns, key })
    }

    /// A table whose rows are those from before the migration.
    fn known(&self, table: &Name) -> Option<&'a Table> {
        let Before { anything_touched, touched, .. } = self.before;
        let other = *anything_touched || touched.contains(table) || self.is_new(table);
        self.schemas.previous.table(table.as_str()).filter(|_| !other)
    }

    /// The rows of a table as they are before the migration, and before this step as well.
    pub(super) fn rows_before(&self, table: &Name) -> Option<Rows> {
        let now = self.known(table).filter(|_| !self.before.shapes.contains_key(table))?;
        let first = self.before.first_name(table).clone();
        Some(Rows { table: first, alias: table.clone(), columns: None, key: now.key_columns().to_vec() })
    }

    /// What to count in the rows of a table.
    pub(super) fn probe(&self, table: &Name, question: ProbeQuestion) -> Vec<Probe> {
        self.rows(table).map(|rows| Probe { rows, question }).into_iter().collect()
    }

    /// The table by its name before the migration, if its rows and columns are still those.
    pub(super) fn untouched(&self, table: &Name) -> Option<Name> {
        self.rows(table).filter(|rows| rows.columns.is_none()).map(|rows| rows.table)
    }
}

/// Where the columns of an alteration's table come from.
enum Columns {
    /// Each is simply there.
    Same,
    /// From others, or from nothing.
    Other(Vec<(Name, Origin)>),
    /// One is computed from others, in a way that only the database knows.
    Unknown,
}

fn columns(altered: &Altered<'_>) -> Columns {
    let mut plain = true;
    let mut columns = Vec::new();
    for column in altered.tables.next.columns.values() {
        let name = &column.name;
        let said = altered.alterations.iter().find_map(|alteration| match alteration {
            Alteration::AlterColumn { column, using, backfill, .. } if column == name => {
                Some((using.as_ref(), backfill.as_ref()))
            }
            Alteration::AddColumn { column, backfill: Some(backfill) } if column == name => {
                Some((Some(backfill), None))
            }
            _ => None,
        });
        if altered.is_uncertain(name) {
            return Columns::Unknown;
        }
        let computed = altered.previous(name).map(|column| &column.generated) != Some(&column.generated);
        if column.generated.is_some() && computed {
            return Columns::Unknown;
        }
        let origin = match (altered.previous(name), said) {
            (_, Some((Some(computed), _))) => Origin::Computed(computed.clone()),
            (Some(previous), Some((None, Some(backfill)))) => {
                Origin::Filled(previous.name.clone(), backfill.clone())
            }
            (Some(previous), _) => Origin::Column(previous.name.clone()),
            (None, _) => Origin::Default(Box::new(column.clone())),
        };
        plain &= matches!(&origin, Origin::Column(previous) if previous == name);
        columns.push((name.clone(), origin));
    }
    if plain { Columns::Same } else { Columns::Other(columns) }
}

impl Before {
    /// Speaks of tables by their next names, all of which they get at once.
    fn rename(&mut self, names: &[Pair<&Name>]) {
        let next = |name: &Name| {
            let renamed = names.iter().find(|names| names.previous == name);
            renamed.map_or(name, |names| names.next).clone()
        };
        self.created.iter_mut().for_each(|name| *name = next(name));
        self.touched = self.touched.iter().map(next).collect();
        self.shapes =
            std::mem::take(&mut self.shapes).into_iter().map(|(name, shape)| (next(&name), shape)).collect();
        let firsts: Vec<(Name, Name)> = names
            .iter()
            .map(|names| {
                let first = self.renamed.remove(names.previous);
                (names.next.clone(), first.unwrap_or_else(|| names.previous.clone()))
            })
            .collect();
        self.renamed.extend(firsts);
    }

    /// Takes a step into account.
    pub(super) fn after(&mut self, operation: &Operation, schemas: Pair<&Schema>) {
        let schema = schemas.previous;
        let rows_only = matches!(operation, Operation::Data(_) | Operation::Sql { .. } | Operation::Code);
        let enums = matches!(operation, Operation::CreateEnum { .. } | Operation::DropEnum { .. });
        self.schema_changes += usize::from(!rows_only && !enums);
        let new = operation.table().is_some_and(|table| self.created.contains(table));
        self.changed_schema |= !rows_only
            && !new
            && !matches!(operation, Operation::CreateTable { .. } | Operation::CreateEnum { .. });
        match operation {
            Operation::CreateTable { table } | Operation::RestoreTable { table, .. } => {
                self.created.push(table.clone());
            }
            Operation::RenameTable { previous, next } => self.rename(&[Pair::new(previous, next)]),
            Operation::ExchangeTables { one, other } => {
                self.rename(&[Pair::new(one, other), Pair::new(other, one)]);
            }
            Operation::DropTable { table } => self.touch(table),
            Operation::AlterTable { table, .. } => {
                let Some(altered) = Altered::of(operation, schemas) else { return };
                self.dropped_keys.extend(altered.dropped_keys());
                match columns(&altered) {
                    Columns::Same => {}
                    Columns::Other(columns) => {
                        let key = altered.tables.previous.key_columns().to_vec();
                        let shape = Shaped { columns, key };
                        if self.shapes.insert(table.clone(), shape).is_some() {
                            self.touch(table);
                        }
                    }
                    Columns::Unknown => self.touch(table),
                }
            }
            Operation::CreateIndex { .. } => {}
            Operation::DropIndex { table, index, .. } => {
                let found = schema.table(table.as_str()).and_then(|table| table.indexes.get(index));
                self.dropped_indexes.extend(found.map(|found| (table.clone(), index.clone(), found.clone())));
            }
            Operation::AlterEnum { name, renamed: _ } => {
                let of_it =
                    |column: &Column| matches!(&column.column_type, ColumnType::Enum(of) if of == name);
                let tables = schema.tables.values().filter(|table| table.columns.values().any(of_it));
                tables.for_each(|table| self.touch(&table.name));
            }
            Operation::Data(statement) => {
                if let DataStatement::Backfill { table, column, .. } = statement {
                    self.backfilled.insert((table.clone(), column.clone()));
                }
                self.touch_rows(statement.table(), schema);
            }
            Operation::Sql { sql, effects } => {
                self.not_valid |= super::written::leaves_not_valid(sql);
                for effect in effects {
                    if let Effect::Creates { table } = effect {
                        self.created.push(table.clone());
                    }
                    self.touch_rows(effect.table(), schema);
                }
            }
            Operation::Code => self.anything_touched = true,
            Operation::CreateEnum { .. }
            | Operation::DropEnum { .. }
            | Operation::CreateView { .. }
            | Operation::DropView { .. }
            | Operation::CreateTrigger { .. } => {}
            Operation::DropTrigger { name } => {
                let dropped =
                    schema.trigger(name.as_str()).map(|trigger| (name.clone(), trigger.sql.clone()));
                self.dropped_triggers.extend(dropped);
            }
        }
    }

    /// Whether they dropped a trigger of this name and text.
    pub(super) fn dropped_trigger(&self, name: &Name, sql: &Sql) -> bool {
        self.dropped_triggers.iter().any(|(known, text)| known == name && text == sql)
    }

    /// The name of a table before the migration.
    pub(super) fn first_name<'n>(&'n self, table: &'n Name) -> &'n Name {
        self.renamed.get(table).unwrap_or(table)
    }

    fn touch(&mut self, table: &Name) {
        self.touched.insert(table.clone());
    }

    /// A trigger may write to any table, and what happens to a row may happen to those that reference it.
    fn touch_rows(&mut self, table: &Name, schema: &Schema) {
        let mut open = vec![table.clone()];
        while let Some(table) = open.pop() {
            self.anything_touched |= schema.triggers.values().any(|trigger| trigger.table == table);
            if self.touched.insert(table.clone()) {
                open.extend(schema.children(table.as_str()).map(|child| child.name.clone()));
            }
        }
    }
}

impl Hazard {
    /// The same, with what of it is kept.
    pub(super) fn keeping(self, keeping: Keeping) -> Self {
        Self { keeping, ..self }
    }

    /// The same, with what to count.
    pub(super) fn probes(self, probes: Vec<Probe>) -> Self {
        Self { probes, ..self }
    }

    /// The same, on these databases only.
    pub(super) fn only(mut self, only: &Only) -> Self {
        self.dialects.retain(|dialect| only.includes(*dialect));
        self
    }

    /// The same, on this database only.
    pub(super) fn on(mut self, dialect: Dialect) -> Self {
        self.dialects.retain(|known| *known == dialect);
        self
    }
}
