//! Operations with the SQL that they stand for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use whimbrel_schema::{
    AddValue, Capabilities, Dialect, Name, Operation, Pair, Schema, Statement, Tables, render_step,
};

use crate::driver::{Driver, Enforcement};
use crate::error::Error;

/// The steps of one direction of a migration, ready to run, with what the transaction must know.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) steps: Vec<PreparedStep>,
    /// Tables that get another name, in order.
    pub(crate) renames: Vec<Pair<Name>>,
    /// Tables that are rebuilt, by the name they have then; their rows may get other numbers.
    pub(crate) rebuilt: BTreeSet<Name>,
    /// The tables on either side.
    pub(crate) tables: BTreeSet<Name>,
}

/// One step with its SQL.
#[derive(Debug)]
pub(crate) struct PreparedStep {
    /// The canonical text of its operation.
    pub(crate) text: String,
    pub(crate) statements: Vec<Statement>,
    /// Whether it runs Rust code of the migration.
    pub(crate) runs_code: bool,
    /// The names of all that it can change, where a migration may be left in the middle of it; `None` if it
    /// can change anything.
    pub(crate) touches: Option<BTreeSet<Name>>,
}

impl Prepared {
    /// No steps: for work of whimbrel's own.
    pub(crate) fn nothing() -> Self {
        Self { steps: Vec::new(), renames: Vec::new(), rebuilt: BTreeSet::new(), tables: BTreeSet::new() }
    }

    /// Whether all of it fits one transaction.
    pub(crate) fn is_whole(&self, driver: &dyn Driver) -> bool {
        let mut statements = self.steps.iter().flat_map(|step| &step.statements);
        // Where tables are not created in transactions, neither are those of the archive.
        let apart = |statement: &Statement| statement.is_apart() || driver.is_alone(statement);
        driver.capabilities().transactional_ddl && !statements.any(apart)
    }

    /// Whether foreign keys can be enforced while this runs.
    pub(crate) fn foreign_keys(&self) -> Enforcement {
        let suspends = |step: &PreparedStep| step.statements.iter().any(Statement::suspends_foreign_keys);
        if self.steps.iter().any(suspends) { Enforcement::Suspended } else { Enforcement::Enforced }
    }
}

/// Renders operations that lead from one schema to the other, each at its position.
///
/// # Errors
///
/// If one does not fit its position, or they lead elsewhere.
pub(crate) fn prepare(
    dialect: Dialect,
    operations: &[Operation],
    schemas: Pair<&Schema>,
) -> Result<Prepared, Error> {
    let mut position = schemas.previous.clone();
    let mut prepared = Prepared {
        steps: Vec::with_capacity(operations.len()),
        renames: Vec::new(),
        rebuilt: BTreeSet::new(),
        tables: schemas.previous.tables.keys().chain(schemas.next.tables.keys()).cloned().collect(),
    };
    for (index, operation) in operations.iter().enumerate() {
        let next = operation.apply(&position, schemas.next).map_err(|misfit| {
            Error::failed(misfit.message).context(format!("step {}, `{operation}`", index + 1))
        })?;
        let statements = render_step(dialect, operations, index, &position, schemas.next);
        if let Operation::RenameTable { previous, next } = operation {
            prepared.renames.push(Pair::new(previous.clone(), next.clone()));
        }
        if let Operation::ExchangeTables { one, other } = operation {
            // No table has a blank name.
            let names = [(one, &Name::new("")), (other, one), (&Name::new(""), other)];
            prepared.renames.extend(names.map(|(previous, next)| Pair::new(previous.clone(), next.clone())));
        }
        for statement in &statements {
            if let Statement::Rebuild(rebuild) = statement {
                prepared.rebuilt.insert(rebuild.table.clone());
            }
        }
        let runs_code = matches!(operation, Operation::Code);
        let touches = touches(dialect, operation, Pair::new(&position, &next));
        prepared.steps.push(PreparedStep { text: operation.to_string(), statements, runs_code, touches });
        position = next;
    }
    commit_values(&mut prepared.steps, operations);
    if position == *schemas.next {
        Ok(prepared)
    } else {
        Err(Error::failed("its steps do not lead to its snapshot")
            .help("rebuild the package: the build checks this and says what differs"))
    }
}

/// Sees to it that a value is added in a transaction of its own where a later step may use it: PostgreSQL lets
/// no transaction use a value that it has added itself. Elsewhere the migration stays whole.
fn commit_values(steps: &mut [PreparedStep], operations: &[Operation]) {
    for index in 0..steps.len() {
        let (before, later) = steps.split_at_mut(index + 1);
        let used = |add: &AddValue| {
            let rows = |operation: &Operation| operation.changes_rows() || operation.is_opaque();
            operations.iter().skip(index + 1).any(rows)
                || later.iter().flat_map(|step| &step.statements).any(|statement| uses(statement, add))
        };
        for statement in before.last_mut().into_iter().flat_map(|step| &mut step.statements) {
            if let Statement::AddValue(add) = statement {
                let texts = vec![add.text.clone()];
                *statement = match used(add) {
                    true => Statement::Apart(texts),
                    false => Statement::Sql(texts.concat()),
                };
            }
        }
    }
}

/// Whether a statement may speak of a value: by its name, by rows that come back, or because it makes values
/// of its type out of others.
fn uses(statement: &Statement, AddValue { spelled, value, text: _ }: &AddValue) -> bool {
    let again = |text: &&str| !text.starts_with("ALTER TYPE ");
    match statement {
        Statement::Restore(_) => true,
        other => {
            let mut texts = other.texts().into_iter().filter(again);
            texts.any(|text| text.contains(value.as_str()) || text.contains(&format!("AS {spelled})")))
        }
    }
}

/// The names of the tables, views and triggers that an operation can change, and of the tables on the other
/// side of foreign keys, which may come and go with them.
fn touches(dialect: Dialect, operation: &Operation, schemas: Pair<&Schema>) -> Option<BTreeSet<Name>> {
    if Capabilities::of(dialect).transactional_ddl {
        return Some(BTreeSet::new());
    }
    if matches!(operation, Operation::Sql { .. } | Operation::Code) {
        return None;
    }
    let mut names: BTreeSet<Name> = operation.table().into_iter().cloned().collect();
    for tables in Tables::differing(schemas.map(|schema| &schema.tables)) {
        names.extend([tables.previous, tables.next].into_iter().flatten().map(|table| table.name.clone()));
    }
    let mut beside = BTreeSet::new();
    for table in [schemas.previous, schemas.next].into_iter().flat_map(|schema| schema.tables.values()) {
        let references = || table.foreign_keys.values().map(|key| &key.references_table);
        if names.contains(&table.name) {
            beside.extend(references().cloned());
        } else if references().any(|name| names.contains(name)) {
            beside.insert(table.name.clone());
        }
    }
    names.extend(beside);
    names.extend(differing(schemas.map(|schema| &schema.views)));
    names.extend(differing(schemas.map(|schema| &schema.triggers)));
    Some(names)
}

fn differing<T>(objects: Pair<&BTreeMap<Name, Arc<T>>>) -> impl Iterator<Item = Name> {
    let all = objects.previous.keys().chain(objects.next.keys()).cloned();
    all.filter(move |name| match (objects.previous.get(name), objects.next.get(name)) {
        (Some(previous), Some(next)) => !Arc::ptr_eq(previous, next),
        (Some(_), None) | (None, Some(_)) | (None, None) => true,
    })
}

#[cfg(test)]
mod tests {
    use whimbrel_schema::{DataStatement, Expression, Sources, Value, parse, validate};

    use super::*;

    /// The statements of the step that adds a value, before others.
    fn added(later: Vec<Operation>, columns: &str) -> Vec<Statement> {
        let schema = |values: &str, columns: &str| {
            let mut sources = Sources::default();
            let text = format!("[enum]\nmood = [{values}]\n[table.t.columns]\nid = 'bigint'\n{columns}");
            let id = sources.add("schema.toml", text);
            validate(&[parse(&sources, id)], &[Dialect::Postgres]).schema
        };
        let (previous, next) = (schema("'calm'", "mood = 'mood'"), schema("'calm', 'late'", columns));
        let add = Operation::AlterEnum { name: Name::new("mood"), renamed: Vec::new() };
        let operations: Vec<Operation> = [add].into_iter().chain(later).collect();
        let prepared = prepare(Dialect::Postgres, &operations, Pair::new(&previous, &next)).unwrap();
        prepared.steps.into_iter().next().unwrap().statements
    }

    fn alter(alteration: whimbrel_schema::Alteration) -> Vec<Operation> {
        let table = Name::new("t");
        vec![Operation::AlterTable { table, alterations: vec![alteration], online: false }]
    }

    #[test]
    fn a_value_is_committed_before_it_may_be_used() {
        use whimbrel_schema::Alteration::{AddColumn, AlterColumn};
        let text = r#"ALTER TYPE "mood" ADD VALUE 'late'"#.to_owned();
        let (apart, together) = ([Statement::Apart(vec![text.clone()])], [Statement::Sql(text)]);
        let table = Name::new("t");
        let add = |column: &str| AddColumn { column: Name::new(column), backfill: None };
        let mood = || Name::new("mood");
        let same = "mood = 'mood'";
        assert_eq!(added(Vec::new(), same), together);
        assert_eq!(added(alter(add("n")), "mood = 'mood'\nn = 'bigint?'"), together);
        let default = "mood = { type = 'mood', default = 'late' }";
        let changed = AlterColumn { column: mood(), using: None, backfill: None, restore: false };
        assert_eq!(added(alter(changed), default), apart, "a default");
        let other = "mood = 'mood'\nother = { type = 'mood', default = 'late' }";
        assert_eq!(added(alter(add("other")), other), apart, "a column with a default");
        let value = Expression::Literal(Value::Text("late".to_owned()));
        let set = vec![(mood(), value)];
        let update = Operation::Data(DataStatement::Update { table, set, filter: None });
        assert_eq!(added(vec![update], same), apart, "rows");
        assert_eq!(added(vec![Operation::Code], same), apart, "Rust code");
        let sql = Operation::Sql { sql: "SELECT 1".into(), effects: Vec::new() };
        assert_eq!(added(vec![sql], same), apart, "SQL");
    }
}
