//! What an operation may destroy.

mod code;

use std::collections::BTreeMap;
use std::fmt;

pub use code::HazardCode;

use crate::plan::Conversion;
use crate::{Alteration, DataStatement, Effect, Expression, Keeping, Name, Operation, Pair, Schema};

/// A danger of an operation, with the name by which it is allowed.
///
/// Found from the operations of a migration, hand-written ones included; neither the diff nor the
/// renderers know of hazards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hazard {
    /// The rule that found it.
    pub code: HazardCode,
    /// What it is about, as `users.tz`.
    pub object: String,
    /// What would be lost, in words.
    pub message: String,
    /// What the archive keeps of it.
    pub keeping: Keeping,
}

/// The version of the catalogue of rules, recorded in every snapshot.
pub const HAZARD_CATALOGUE: u32 = 1;

impl Hazard {
    /// The name by which it is accepted or allowed: `WHD102:users.tz`.
    pub fn name(&self) -> String {
        format!("{}:{}", self.code, self.object)
    }

    /// What would be lost, and of what the archive keeps nothing because it is personal.
    pub fn words(&self) -> String {
        match &self.keeping {
            Keeping::Whole | Keeping::Nothing => self.message.clone(),
            personal @ (Keeping::Without(_) | Keeping::PersonalKey(_)) => {
                format!("{}{personal}", self.message)
            }
        }
    }
}

impl fmt::Display for Hazard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name(), self.words())
    }
}

/// The hazards of operations that start at `position` and lead to `target`.
///
/// Objects created by the same operations have nothing to lose and are left out.
///
/// ```
/// use whimbrel_schema::{Name, Operation, Schema, Table, hazards};
///
/// let mut schema = Schema::default();
/// schema.insert(Table::new(Name::new("emails")));
/// let drop = Operation::DropTable { table: Name::new("emails") };
/// let hazards = hazards(&[drop], &schema, &Schema::default());
/// assert_eq!(hazards[0].name(), "WHD101:emails");
/// ```
pub fn hazards<'a>(
    operations: impl IntoIterator<Item = &'a Operation>,
    position: &Schema,
    target: &Schema,
) -> Vec<Hazard> {
    let mut hazards = Vec::new();
    let mut created: Vec<Name> = Vec::new();
    let mut schema = position.clone();
    for operation in operations {
        match operation {
            Operation::CreateTable { table } | Operation::RestoreTable { table, .. } => {
                created.push(table.clone())
            }
            Operation::RenameTable { previous, next } => {
                created.iter_mut().filter(|name| *name == previous).for_each(|name| *name = next.clone());
            }
            Operation::ExchangeTables { one, other } => {
                for name in &mut created {
                    if name == one {
                        *name = other.clone();
                    } else if name == other {
                        *name = one.clone();
                    }
                }
            }
            Operation::DropTable { table } if !created.contains(table) => hazards.push(Hazard {
                code: HazardCode::DropTable,
                object: table.to_string(),
                message: format!("drops table {table} with all of its rows"),
                keeping: schema.table(table.as_str()).map_or(Keeping::Whole, Keeping::of_rows),
            }),
            Operation::AlterTable { table, alterations } if !created.contains(table) => {
                hazards.extend(alter_hazards(table, alterations, &schema, target));
            }
            Operation::DropTable { .. }
            | Operation::AlterTable { .. }
            | Operation::CreateIndex { .. }
            | Operation::DropIndex { .. }
            // Views and triggers hold no rows.
            | Operation::CreateEnum { .. }
            | Operation::DropEnum { .. }
            | Operation::CreateView { .. }
            | Operation::DropView { .. }
            | Operation::CreateTrigger { .. }
            | Operation::DropTrigger { .. } => {}
            Operation::AlterEnum { name, renamed } => {
                hazards.extend(removed_values(name, renamed, Pair::new(&schema, target)));
            }
            Operation::Data(statement) if created.contains(statement.table()) => {}
            Operation::Data(statement) => {
                add_new(&mut hazards, data_hazards(statement, Pair::new(&schema, target)))
            }
            Operation::Sql { sql: _, effects } => {
                let found = effects.iter().filter_map(|effect| effect_hazard(effect, &mut created));
                add_new(&mut hazards, found.collect());
            }
            Operation::Code => add_new(&mut hazards, vec![code_hazard()]),
        }
        if let Ok(next) = operation.apply(&schema, target) {
            schema = next;
        }
    }
    hazards
}

/// What a data statement destroys. Deleted rows are kept; the rows that a cascade deletes with them, and
/// values that an update replaces, are not.
fn data_hazards(statement: &DataStatement, schemas: Pair<&Schema>) -> Vec<Hazard> {
    match statement {
        DataStatement::Delete { table, filter } => {
            let which = if filter.is_some() { "the rows that its condition means" } else { "every row" };
            vec![Hazard {
                code: HazardCode::DeleteRows,
                object: table.to_string(),
                message: format!("deletes {which} of {table}"),
                keeping: match schemas.previous.children(table.as_str()).next() {
                    Some(_) => Keeping::Nothing,
                    None => Keeping::rows_at(schemas, table)
                        .map_or(Keeping::Whole, |rows| Keeping::of_rows(&rows)),
                },
            }]
        }
        DataStatement::Update { table, set, .. } => {
            let replaced = |(column, _): &(Name, Expression)| Hazard {
                code: HazardCode::ReplaceValues,
                object: format!("{table}.{column}"),
                message: format!("replaces values of {table}.{column}"),
                keeping: Keeping::Nothing,
            };
            set.iter().map(replaced).collect()
        }
        DataStatement::Insert { .. } | DataStatement::InsertFrom { .. } | DataStatement::Backfill { .. } => {
            Vec::new()
        }
    }
}

/// What hand-written SQL may destroy by an effect. The archive keeps nothing of it, because nobody
/// knows which rows it means.
fn effect_hazard(effect: &Effect, created: &mut Vec<Name>) -> Option<Hazard> {
    let table = effect.table();
    let (code, does) = match effect {
        Effect::Creates { .. } => {
            created.push(table.clone());
            return None;
        }
        Effect::Changes { .. } => {
            (HazardCode::Opaque, format!("changes rows of {table} by hand-written SQL"))
        }
        Effect::Alters { .. } => (HazardCode::Opaque, format!("alters table {table} by hand-written SQL")),
        Effect::Drops { .. } => {
            (HazardCode::DropTable, format!("drops table {table} with all of its rows by hand-written SQL"))
        }
    };
    let hazard = Hazard { code, object: table.to_string(), message: does, keeping: Keeping::Nothing };
    (!created.contains(table)).then_some(hazard)
}

fn code_hazard() -> Hazard {
    Hazard {
        code: HazardCode::Opaque,
        object: "data".to_owned(),
        message: "changes rows by Rust code".to_owned(),
        keeping: Keeping::Nothing,
    }
}

/// Several steps that do the same are one danger.
fn add_new(hazards: &mut Vec<Hazard>, found: Vec<Hazard>) {
    for hazard in found {
        if !hazards.contains(&hazard) {
            hazards.push(hazard);
        }
    }
}

fn alter_hazards(
    table: &Name,
    alterations: &[Alteration],
    position: &Schema,
    target: &Schema,
) -> Vec<Hazard> {
    let schemas = Pair::new(position, target);
    let mut renamed: BTreeMap<&Name, &Name> = BTreeMap::new();
    let mut hazards = Vec::new();
    for alteration in alterations {
        match alteration {
            Alteration::RenameColumn { previous, next } => drop(renamed.insert(next, previous)),
            Alteration::DropColumn { column } if is_generated(position, table, column) => {}
            Alteration::DropColumn { column } => {
                let names = Pair::new(*renamed.get(column).unwrap_or(&column), column);
                hazards.push(Hazard {
                    code: HazardCode::DropColumn,
                    object: format!("{table}.{column}"),
                    message: format!("drops column {table}.{column} with its values"),
                    keeping: Keeping::of_values(schemas, table, names, []),
                });
            }
            Alteration::AlterColumn { column, using, backfill, .. } => {
                let names = Pair::new(*renamed.get(column).unwrap_or(&column), column);
                let keeping = Keeping::of_values(schemas, table, names, using.iter().chain(backfill));
                hazards.extend(conversion(table, names, schemas, using.as_ref(), keeping));
            }
            _ => {}
        }
    }
    hazards
}

/// A value that some row still has makes the migration fail, so nothing is lost by it; but it is better
/// known before.
fn removed_values(name: &Name, renamed: &[Pair<String>], schemas: Pair<&Schema>) -> Vec<Hazard> {
    let Some(enums) = schemas.both(|schema| schema.enumeration(name.as_str())) else { return Vec::new() };
    let stays =
        |value: &String| enums.next.has(value) || renamed.iter().any(|renamed| renamed.previous == *value);
    let removed = enums.previous.values.iter().filter(|value| !stays(value));
    removed
        .map(|value| Hazard {
            code: HazardCode::RemoveValue,
            object: format!("{name}.{value}"),
            message: format!("removes value {value} of enum {name}, and fails if a row has it"),
            keeping: Keeping::Whole,
        })
        .collect()
}

/// What is computed can be computed again.
fn is_generated(schema: &Schema, table: &Name, column: &Name) -> bool {
    let column = schema.table(table.as_str()).and_then(|table| table.column(column.as_str()));
    column.is_some_and(|column| !column.is_written())
}

/// A narrower type loses what does not fit, and a conversion by hand what it replaces; of the latter
/// it is only said where no archive keeps it for the way back.
fn conversion(
    table: &Name,
    column: Pair<&Name>,
    schemas: Pair<&Schema>,
    using: Option<&Expression>,
    keeping: Keeping,
) -> Option<Hazard> {
    let columns =
        schemas.zip(column).both(|(schema, column)| schema.table(table.as_str())?.column(column.as_str()))?;
    let types = columns.map(|column| &column.column_type);
    let object = format!("{table}.{}", column.next);
    if Conversion::between(types.previous, types.next) != Conversion::Lossless {
        let message = format!("narrows column {object} from {} to {}", types.previous, types.next);
        return Some(Hazard { code: HazardCode::NarrowType, object, message, keeping });
    }
    (using.is_some() && !keeping.is_whole()).then(|| {
        let message = format!("replaces values of {object}");
        Hazard { code: HazardCode::ReplaceValues, object, message, keeping }
    })
}
