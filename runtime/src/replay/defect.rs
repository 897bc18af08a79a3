//! SQL of a schema that SQLite does not take.

use whimbrel_schema::{
    DefaultValue, Dialect, IndexKey, Object, Operation, Pair, Schema, Statement, Table, plan, render,
};

use super::ACT;
use crate::driver::{Driver, Sqlite};
use crate::error::Error;
use crate::execute::{prepare, run_steps};

/// Something in a schema that SQLite does not take, or would not be able to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defect {
    /// What it is, as closely as can be told.
    pub object: Object,
    /// SQLite's words.
    pub message: String,
}

/// A database of a schema, if SQLite takes all of it.
pub(super) fn created(schema: &Schema) -> Result<Sqlite<'static>, Error> {
    let mut driver = Sqlite::in_memory()?;
    let nothing = Schema::default();
    let pair = Pair::new(&nothing, schema);
    let operations = plan::plan(pair, &plan::Intent::default()).upgrade;
    let prepared = prepare(Dialect::Sqlite, &operations, pair)?;
    run_steps(&mut driver, &prepared, &ACT, &mut None)?;
    match &driver.unusable()?[..] {
        [] => Ok(driver),
        problems => Err(Error::failed(problems.join("; "))),
    }
}

/// What SQLite does not take of a schema; nothing if it takes all.
///
/// # Errors
///
/// If there is no database in memory.
pub fn defects(schema: &Schema) -> Result<Vec<Defect>, Error> {
    if created(schema).is_ok() {
        return Ok(Vec::new());
    }
    let mut driver = Sqlite::in_memory()?;
    let nothing = Schema::default();
    let operations = plan::plan(Pair::new(&nothing, schema), &plan::Intent::default()).upgrade;
    let mut found: Vec<Defect> = Vec::new();
    let mut position = nothing.clone();
    for operation in &operations {
        let mut result = Ok(());
        for statement in render(Dialect::Sqlite, operation, &position, schema) {
            result = result.and_then(|()| run(&mut driver, &statement));
        }
        position = operation.apply(&position, schema).unwrap_or(position);
        // What is made of something broken is broken for that reason.
        let broken =
            |sql: &whimbrel_schema::Sql| found.iter().any(|defect| sql.names(defect.object.whole().as_str()));
        let (object, unusable) = match operation {
            Operation::CreateTable { table } => match (result, schema.table(table.as_str())) {
                (Err(message), Some(table)) => {
                    found.extend(culprits(schema, table, message)?);
                    continue;
                }
                _ => continue,
            },
            Operation::CreateIndex { table, index, .. } => {
                (Object::Index(table.clone(), index.clone()), false)
            }
            Operation::CreateView { name } => match schema.view(name.as_str()) {
                Some(view) if !broken(&view.sql) => (Object::View(name.clone()), true),
                _ => continue,
            },
            Operation::CreateTrigger { name } => match schema.trigger(name.as_str()) {
                Some(trigger) if !broken(&trigger.sql) => (Object::Trigger(name.clone()), true),
                _ => continue,
            },
            _ => continue,
        };
        if let Err(message) = result {
            found.push(Defect { object, message });
        } else if unusable && let Some(problem) = driver.unusable()?.into_iter().next() {
            found.push(Defect { object, message: problem });
            // It is told once, not for everything that comes after it.
            let drop = match operation {
                Operation::CreateView { name } => Operation::DropView { name: name.clone() },
                Operation::CreateTrigger { name } => Operation::DropTrigger { name: name.clone() },
                _ => continue,
            };
            for statement in render(Dialect::Sqlite, &drop, &position, schema) {
                let _ = run(&mut driver, &statement);
            }
        }
    }
    Ok(found)
}

fn run(driver: &mut Sqlite<'_>, statement: &Statement) -> Result<(), String> {
    let words = |message: String| message.lines().next().unwrap_or_default().to_owned();
    driver.run(statement, &ACT).map(drop).map_err(|fault| words(fault.message))
}

/// The parts of a table that by themselves make SQLite refuse it; the table if none does.
fn culprits(schema: &Schema, table: &Table, message: String) -> Result<Vec<Defect>, Error> {
    let refused = |part: &Table| -> Result<Option<String>, Error> {
        let mut driver = Sqlite::in_memory()?;
        let mut alone = Schema { enums: schema.enums.clone(), ..Schema::default() };
        let position = alone.clone();
        alone.insert(part.clone());
        let create = Operation::CreateTable { table: part.name.clone() };
        let statements = render(Dialect::Sqlite, &create, &position, &alone);
        Ok(statements.iter().find_map(|statement| run(&mut driver, statement).err()))
    };
    let bare = bare(table);
    if refused(&bare)?.is_some() {
        return Ok(vec![Defect { object: Object::Table(table.name.clone()), message }]);
    }
    let mut found = Vec::new();
    for (object, part) in parts(table, &bare) {
        found.extend(refused(&part)?.map(|message| Defect { object, message }));
    }
    if found.is_empty() {
        found.push(Defect { object: Object::Table(table.name.clone()), message });
    }
    Ok(found)
}

/// The table with nothing of what people write in SQL.
fn bare(table: &Table) -> Table {
    let mut bare = table.clone();
    bare.checks.clear();
    bare.indexes.clear();
    for column in bare.columns.values_mut() {
        if matches!(column.default, Some(DefaultValue::Expression(_))) {
            column.default = None;
        }
        column.generated = None;
        column.collation = None;
    }
    bare
}

/// The bare table with each of the other parts alone.
fn parts(table: &Table, bare: &Table) -> Vec<(Object, Table)> {
    let name = &table.name;
    let mut parts = Vec::new();
    for column in table.columns.values() {
        let with = |change: &dyn Fn(&mut whimbrel_schema::Column)| {
            let mut part = bare.clone();
            part.columns.get_mut(&column.name).into_iter().for_each(change);
            (Object::Column(name.clone(), column.name.clone()), part)
        };
        if matches!(column.default, Some(DefaultValue::Expression(_))) {
            parts.push(with(&|part| part.default.clone_from(&column.default)));
        }
        if column.generated.is_some() {
            parts.push(with(&|part| part.generated.clone_from(&column.generated)));
        }
        if column.collation.is_some() {
            parts.push(with(&|part| part.collation.clone_from(&column.collation)));
        }
    }
    for (key, check) in &table.checks {
        let mut part = bare.clone();
        part.checks.insert(key.clone(), check.clone());
        parts.push((Object::Check(name.clone(), key.clone()), part));
    }
    let written = |index: &whimbrel_schema::Index| {
        index.predicate.is_some()
            || index.columns.iter().any(|column| matches!(column.key, IndexKey::Expression(_)))
    };
    for (key, index) in table.indexes.iter().filter(|(_, index)| written(index)) {
        let mut part = bare.clone();
        part.indexes.insert(key.clone(), index.clone());
        parts.push((Object::Index(name.clone(), key.clone()), part));
    }
    parts
}

#[cfg(test)]
mod tests {
    use whimbrel_schema::{Check, Column, ColumnType, Index, Name, Sql, Trigger, View};

    use super::*;

    fn users() -> Table {
        let mut table = Table::new(Name::new("users"));
        for (name, column_type) in [("id", ColumnType::BigInt), ("name", ColumnType::Text)] {
            table.columns.insert(Name::new(name), Column::new(Name::new(name), column_type));
        }
        table
    }

    fn check(change: impl FnOnce(&mut Schema, &mut Table), wanted: &[(Object, &str)]) {
        let (mut schema, mut table) = (Schema::default(), users());
        change(&mut schema, &mut table);
        schema.insert(table);
        let found = defects(&schema).unwrap();
        let objects: Vec<&Object> = found.iter().map(|defect| &defect.object).collect();
        assert_eq!(objects, wanted.iter().map(|(object, _)| object).collect::<Vec<_>>(), "{found:?}");
        for (defect, (_, words)) in found.iter().zip(wanted) {
            assert!(defect.message.contains(words), "{defect:?}");
        }
    }

    fn name(text: &str) -> Name {
        Name::new(text)
    }

    #[test]
    fn each_part_is_found_by_itself() {
        check(|_, _| {}, &[]);
        check(
            |_, table| {
                table.checks.insert(name("good"), Check::new("length(name) > 0"));
                table.checks.insert(name("bad"), Check::new("lenght(name) > 0"));
                let mut index = Index::new([name("id")]);
                index.predicate = Some(Sql::from("nmae IS NULL"));
                table.indexes.insert(name("part_idx"), index);
            },
            &[
                (Object::Check(name("users"), name("bad")), "lenght"),
                (Object::Index(name("users"), name("part_idx")), "nmae"),
            ],
        );
        let default = DefaultValue::Expression(Sql::from("(1 +"));
        check(
            |_, table| table.columns[&name("id")].default = Some(default),
            &[(Object::Column(name("users"), name("id")), "syntax error")],
        );
    }

    #[test]
    fn a_view_or_trigger_that_cannot_be_used() {
        let broken = |schema: &mut Schema| {
            for (key, sql) in [("a", "SELECT nmae FROM users"), ("b", "SELECT name FROM users")] {
                schema.views.insert(name(key), View::new(name(key), sql).into());
            }
            let sql = "CREATE TRIGGER t AFTER INSERT ON users BEGIN DELETE FROM nowhere; END";
            schema.triggers.insert(name("t"), Trigger::new(name("t"), name("users"), sql).into());
        };
        check(
            |schema, _| broken(schema),
            &[(Object::View(name("a")), "nmae"), (Object::Trigger(name("t")), "nowhere")],
        );
    }
}
