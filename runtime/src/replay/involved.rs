//! The part of two schemas that operations between them have to do with.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use whimbrel_schema::{ColumnType, DataStatement, Expression, Name, Operation, Pair, Schema, Sql, Tables};

/// Both schemas with nothing in them but what the operations touch, what references it and what it
/// references, and the views and triggers that read or write it. So a replay costs what its migration
/// does, however many tables there are beside.
pub(super) fn involved<'o>(
    schemas: Pair<&Schema>,
    operations: impl IntoIterator<Item = &'o Operation>,
) -> Pair<Schema> {
    let touched = with_children(schemas, touched(schemas, operations));
    let views = reading_views(schemas, &touched, differing(schemas.map(|schema| &schema.views)));
    // A trigger may stand on a view, and goes and comes with it.
    let mut triggers = triggers(schemas, &touched.union(&views).cloned().collect());
    triggers.extend(differing(schemas.map(|schema| &schema.triggers)));
    let mut tables = touched;
    for schema in [schemas.previous, schemas.next] {
        let texts = schema.views.values().filter(|view| views.contains(&view.name)).map(|view| &view.sql);
        let more = schema.triggers.values().filter(|trigger| triggers.contains(&trigger.name));
        let fired = more.clone().map(|trigger| trigger.table.clone());
        tables.extend(fired);
        for sql in texts.chain(more.map(|trigger| &trigger.sql)) {
            tables.extend(named(schema, sql));
        }
    }
    with_parents(schemas, &mut tables);
    schemas.map(|schema| Schema {
        tables: schema.tables.values().filter(|table| tables.contains(&table.name)).cloned().collect(),
        enums: schema.enums.clone(),
        views: only(&schema.views, &views),
        triggers: only(&schema.triggers, &triggers),
    })
}

/// The names under which there is not the same on both sides.
fn differing<T: PartialEq>(objects: Pair<&BTreeMap<Name, Arc<T>>>) -> BTreeSet<Name> {
    let names = objects.previous.keys().chain(objects.next.keys());
    names.filter(|name| objects.map(|objects| objects.get(*name)).differs()).cloned().collect()
}

fn only<T>(all: &BTreeMap<Name, Arc<T>>, names: &BTreeSet<Name>) -> BTreeMap<Name, Arc<T>> {
    let chosen = all.iter().filter(|(name, _)| names.contains(*name));
    chosen.map(|(name, object)| (name.clone(), Arc::clone(object))).collect()
}

/// The tables that differ, or that an operation names.
fn touched<'o>(
    schemas: Pair<&Schema>,
    operations: impl IntoIterator<Item = &'o Operation>,
) -> BTreeSet<Name> {
    let mut names = BTreeSet::new();
    for tables in Tables::differing(schemas.map(|schema| &schema.tables)) {
        if tables.differs() {
            names.extend(tables.previous.or(tables.next).map(|table| table.name.clone()));
        }
    }
    for name in differing(schemas.map(|schema| &schema.enums)) {
        names.extend(with_enum(schemas.previous, &name));
        names.extend(with_enum(schemas.next, &name));
    }
    for operation in operations {
        names.extend(operation.table().cloned());
        match operation {
            Operation::ExchangeTables { other: next, .. } | Operation::RenameTable { next, .. } => {
                names.extend([next.clone()])
            }
            Operation::Data(statement) => read_by(statement, &mut |table| names.extend([table.clone()])),
            Operation::Sql { sql, effects } => {
                names.extend(effects.iter().map(|effect| effect.table().clone()));
                names.extend(named(schemas.previous, sql));
                names.extend(named(schemas.next, sql));
            }
            Operation::AlterEnum { name, .. } => {
                names.extend(with_enum(schemas.previous, name));
                names.extend(with_enum(schemas.next, name));
            }
            _ => {}
        }
    }
    names
}

/// The tables whose rows a data statement reads beside its own.
fn read_by(statement: &DataStatement, visit: &mut dyn FnMut(&Name)) {
    let mut of = |expression: &Expression| expression.each_column(&mut |table, _| visit(table));
    match statement {
        DataStatement::Update { set, filter, .. } => {
            set.iter().map(|(_, value)| value).chain(filter).for_each(&mut of);
        }
        DataStatement::Insert { set, .. } => set.iter().for_each(|(_, value)| of(value)),
        DataStatement::InsertFrom { source, set, filter, .. } => {
            set.iter().map(|(_, value)| value).chain(filter).for_each(&mut of);
            visit(source);
        }
        DataStatement::Delete { filter, .. } => filter.iter().for_each(of),
        DataStatement::Backfill { value, .. } => of(value),
    }
}

fn with_enum(schema: &Schema, name: &Name) -> Vec<Name> {
    let has = |table: &&Arc<whimbrel_schema::Table>| {
        table.columns.values().any(|column| matches!(&column.column_type, ColumnType::Enum(of) if of == name))
    };
    schema.tables.values().filter(has).map(|table| table.name.clone()).collect()
}

/// The tables and views of a schema whose names stand in a text.
fn named(schema: &Schema, sql: &Sql) -> Vec<Name> {
    let words: BTreeSet<String> = sql.words().map(|word| word.to_ascii_lowercase()).collect();
    let in_words = |name: &&Name| words.contains(&name.as_str().to_ascii_lowercase());
    schema.tables.keys().chain(schema.views.keys()).filter(in_words).cloned().collect()
}

fn with_children(schemas: Pair<&Schema>, mut names: BTreeSet<Name>) -> BTreeSet<Name> {
    let parents: Vec<Name> = names.iter().cloned().collect();
    for schema in [schemas.previous, schemas.next] {
        for parent in &parents {
            names.extend(schema.children(parent.as_str()).map(|child| child.name.clone()));
        }
    }
    names
}

/// These views, and those that read a table, or a view that does.
fn reading_views(
    schemas: Pair<&Schema>,
    tables: &BTreeSet<Name>,
    mut views: BTreeSet<Name>,
) -> BTreeSet<Name> {
    for schema in [schemas.previous, schemas.next] {
        let mut grown = true;
        while grown {
            grown = false;
            for view in schema.views.values().filter(|view| !views.contains(&view.name)).collect::<Vec<_>>() {
                if tables.iter().chain(&views).any(|name| view.reads(name.as_str())) {
                    views.insert(view.name.clone());
                    grown = true;
                }
            }
        }
        // What those read in turn must be there as well.
        let mut waiting: Vec<Name> = views.iter().cloned().collect();
        while let Some(view) = waiting.pop() {
            let Some(view) = schema.view(view.as_str()) else { continue };
            let read = schema.views.keys().filter(|name| view.reads(name.as_str()));
            let read: Vec<Name> = read.filter(|name| !views.contains(*name)).cloned().collect();
            waiting.extend(read.iter().cloned());
            views.extend(read);
        }
    }
    views
}

/// The triggers of these tables and views, and those whose SQL names one.
fn triggers(schemas: Pair<&Schema>, tables: &BTreeSet<Name>) -> BTreeSet<Name> {
    let mut names = BTreeSet::new();
    for schema in [schemas.previous, schemas.next] {
        let concerned = schema.triggers.values().filter(|trigger| {
            tables.contains(&trigger.table) || tables.iter().any(|table| trigger.sql.names(table.as_str()))
        });
        names.extend(concerned.map(|trigger| trigger.name.clone()));
    }
    names
}

/// A row needs the rows that it references.
fn with_parents(schemas: Pair<&Schema>, names: &mut BTreeSet<Name>) {
    for schema in [schemas.previous, schemas.next] {
        let mut waiting: Vec<Name> = names.iter().cloned().collect();
        while let Some(name) = waiting.pop() {
            let keys = schema.table(name.as_str()).into_iter().flat_map(|table| table.foreign_keys.values());
            for key in keys {
                if names.insert(key.references_table.clone()) {
                    waiting.push(key.references_table.clone());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use whimbrel_schema::{
        Column, ForeignKey, Only, PrimaryKey, ReferentialAction, Table, Timing, Trigger, View,
    };

    use super::*;

    fn schema() -> Schema {
        let mut schema = Schema::default();
        for (name, parent) in [
            ("users", None),
            ("emails", Some("users")),
            ("labels", Some("emails")),
            ("other", None),
            ("audit", None),
        ] {
            let mut table = Table::new(Name::new(name));
            for column in ["id", "parent_id"] {
                table.columns.insert(Name::new(column), Column::new(Name::new(column), ColumnType::BigInt));
            }
            table.primary_key = Some(PrimaryKey { columns: vec![Name::new("id")] });
            if let Some(parent) = parent {
                table.foreign_keys.insert(
                    Name::new(format!("{name}_fk")),
                    ForeignKey {
                        columns: vec![Name::new("parent_id")],
                        references_table: Name::new(parent),
                        references_columns: vec![Name::new("id")],
                        on_delete: ReferentialAction::Cascade,
                        on_update: ReferentialAction::NoAction,
                        timing: Timing::Immediate,
                        only: Only::Everywhere,
                    },
                );
            }
            schema.insert(table);
        }
        let view = View::new(Name::new("mail"), "SELECT id FROM emails");
        schema.views.insert(view.name.clone(), Arc::new(view));
        let view = View::new(Name::new("shown"), "SELECT id FROM mail");
        schema.views.insert(view.name.clone(), Arc::new(view));
        let trigger = Trigger::new(
            Name::new("note"),
            Name::new("users"),
            "CREATE TRIGGER note AFTER DELETE ON users BEGIN INSERT INTO audit VALUES (old.id, 1); END",
        );
        schema.triggers.insert(trigger.name.clone(), Arc::new(trigger));
        let trigger = Trigger::new(
            Name::new("shut"),
            Name::new("shown"),
            "CREATE TRIGGER shut INSTEAD OF DELETE ON shown BEGIN SELECT 1; END",
        );
        schema.triggers.insert(trigger.name.clone(), Arc::new(trigger));
        schema
    }

    fn check(operation: &Operation, tables: &[&str], views: &[&str], triggers: &[&str]) {
        let schema = schema();
        let part = involved(Pair::new(&schema, &schema), [operation]).previous;
        assert_eq!(part.tables.keys().map(Name::as_str).collect::<Vec<_>>(), tables);
        assert_eq!(part.views.keys().map(Name::as_str).collect::<Vec<_>>(), views);
        assert_eq!(part.triggers.keys().map(Name::as_str).collect::<Vec<_>>(), triggers);
    }

    #[test]
    fn a_table_comes_with_what_hangs_on_it_and_nothing_else() {
        let alter =
            |table| Operation::AlterTable { table: Name::new(table), alterations: Vec::new(), online: false };
        check(&alter("other"), &["other"], &[], &[]);
        check(&alter("labels"), &["emails", "labels", "users"], &[], &[]);
        check(&alter("emails"), &["emails", "labels", "users"], &["mail", "shown"], &["shut"]);
        check(&alter("users"), &["audit", "emails", "users"], &["mail", "shown"], &["note", "shut"]);
        let sql = Operation::Sql { sql: Sql::from("DELETE FROM Other"), effects: Vec::new() };
        check(&sql, &["other"], &[], &[]);
    }
}
