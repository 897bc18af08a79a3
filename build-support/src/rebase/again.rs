//! A migration without hand-written code, planned again where it will stand.

use whimbrel_schema::merge::renamed_by;
use whimbrel_schema::plan::{Intent, plan};
use whimbrel_schema::{Alteration, Config, Expression, Fill, Name, Operation, Pair, Renames, Schema, Sql};

use super::done::Way;
use crate::code::{Downgrade, MigrationCode, write};
use crate::draft::online;

/// The code of a migration that does the same from another schema; `None` where the plan has questions that the code
/// before does not answer.
pub(super) fn again(
    code: &MigrationCode,
    way: Way<'_>,
    versions: Pair<Option<u32>>,
    remarks: Vec<String>,
    config: &Config,
) -> Option<String> {
    let upgrade: Vec<&Operation> = code.upgrade.steps.iter().map(|step| &step.operation).collect();
    let downgrade: Vec<&Operation> = code.downgrade.steps().iter().map(|step| &step.operation).collect();
    let there = Values::of(&upgrade, &way);
    let back = Values::of(&downgrade, &way.back());
    let intent = Intent {
        renames: renames(&upgrade, &way),
        backfills: there.fills,
        conversions: there.conversions,
        conversions_back: back.conversions,
        backfills_back: back.fills,
    };
    let planned = plan(way.will, &intent);
    if !planned.questions.is_empty() {
        return None;
    }
    let online = |steps: Vec<Operation>, schemas: Pair<&Schema>| match config.hazards.online {
        true => online(steps, schemas, &config.dialects),
        false => steps,
    };
    let upgrade = online(planned.upgrade, way.will);
    let downgrade = online(planned.downgrade, way.will.swap());
    let reason = match &code.downgrade {
        Downgrade::Irreversible(reason) => Some(reason.as_str()),
        Downgrade::Function(_) | Downgrade::NothingToUndo(_) => None,
    };
    Some(write::write(&write::NewMigration {
        remarks,
        versions,
        schemas: way.will,
        upgrade: &upgrade,
        downgrade: reason.map_or(Ok(&downgrade[..]), Err),
    }))
}

/// What the migration renamed, by the names where it will be.
fn renames(upgrade: &[&Operation], way: &Way<'_>) -> Renames {
    let was = renamed_by(way.was.previous, upgrade.iter().copied());
    let Pair { previous: from, next: to } = way.naming;
    let mut renames = Renames::default();
    for (next, previous) in &was.tables {
        let names = Pair::new(from.table(previous), to.table(next));
        renames.tables.extend(names.differs().then(|| (names.next.clone(), names.previous.clone())));
    }
    for ((table, next), previous) in &was.columns {
        let origin = was.tables.get(table).unwrap_or(table);
        let names = Pair::new(from.column(origin, previous), to.column(table, next));
        let key = (to.table(table).clone(), names.next.clone());
        renames.columns.extend(names.differs().then(|| (key, names.previous.clone())));
    }
    for operation in upgrade {
        if let Operation::AlterEnum { name, renamed } = operation {
            renames.values.insert(name.clone(), renamed.clone());
        }
    }
    renames
}

/// What the code says about rows.
#[derive(Default)]
struct Values {
    fills: std::collections::BTreeMap<(Name, Name), Fill>,
    conversions: std::collections::BTreeMap<(Name, Name), Sql>,
}

impl Values {
    fn of(operations: &[&Operation], way: &Way<'_>) -> Self {
        let mut values = Self::default();
        for operation in operations {
            let Operation::AlterTable { table, alterations, .. } = operation else { continue };
            for alteration in alterations {
                values.add(table, alteration, way);
            }
        }
        values
    }

    fn add(&mut self, table: &Name, alteration: &Alteration, way: &Way<'_>) {
        let to = way.naming.next;
        let key = |column: &Name| (to.table(table).clone(), to.column(table, column).clone());
        let (column, using, backfill) = match alteration {
            Alteration::AddColumn { column, backfill } | Alteration::RestoreColumn { column, backfill } => {
                (column, None, backfill.as_ref())
            }
            Alteration::AlterColumn { column, using, backfill, .. } => {
                (column, using.as_ref(), backfill.as_ref())
            }
            _ => return,
        };
        if let Some(Expression::Sql(sql)) = using {
            self.conversions.insert(key(column), sql.clone());
        }
        let fill = match backfill {
            Some(Expression::Literal(value)) => Some(Fill::Literal(value.clone())),
            Some(Expression::Sql(sql)) => Some(Fill::Sql(sql.clone())),
            _ => None,
        };
        self.fills.extend(fill.map(|fill| (key(column), fill)));
    }
}
