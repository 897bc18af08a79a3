//! Data statements. MySQL assigns from left to right, and what it has assigned is what it reads next.

use super::{GRAMMAR, column, ident};
use crate::render::common;
use crate::{Column, DataStatement, Expression, Name, Schema};

/// The statements of a data statement, in which every value is computed from the row as it was.
pub(super) fn statements(position: &Schema, statement: &DataStatement) -> Vec<String> {
    let DataStatement::Update { table, set, filter } = statement else {
        return vec![common::statement(&GRAMMAR, position, statement)];
    };
    let (beside, ordered) = in_turn(set);
    if beside.is_empty() {
        let update = DataStatement::Update { table: table.clone(), set: ordered, filter: filter.clone() };
        return vec![common::statement(&GRAMMAR, position, &update)];
    }
    with_columns_beside(position, table, &beside, &ordered, filter.as_ref())
}

type Assignments = Vec<(Name, Expression)>;

/// The assignments in an order in which none reads what one before it has written, and before them those
/// that are in the way of any order: their values must be put elsewhere first.
fn in_turn(set: &[(Name, Expression)]) -> (Assignments, Assignments) {
    let mut waiting: Vec<&(Name, Expression)> = set.iter().collect();
    let (mut beside, mut ordered) = (Vec::new(), Vec::new());
    while !waiting.is_empty() {
        let unread = waiting.iter().position(|(column, _)| {
            let mut others = waiting.iter().filter(|(other, _)| other != column);
            !others.any(|(_, value)| common::reads(value, column))
        });
        match unread {
            Some(free) => ordered.push(waiting.remove(free).clone()),
            None => beside.push(waiting.remove(0).clone()),
        }
    }
    (beside, ordered)
}

/// Columns that take each other's values do so by way of columns that are there for a moment.
fn with_columns_beside(
    position: &Schema,
    table: &Name,
    beside: &[(Name, Expression)],
    ordered: &[(Name, Expression)],
    filter: Option<&Expression>,
) -> Vec<String> {
    let definition = |name: &Name| position.table(table.as_str())?.column(name.as_str());
    let value =
        |(name, value): &(Name, Expression)| common::assigned(&GRAMMAR, position, (table, name), value);
    let (mut adds, mut drops) = (Vec::new(), Vec::new());
    let (mut first, mut last) = (Vec::new(), Vec::new());
    for assignment in beside {
        let name = &assignment.0;
        let temporary = GRAMMAR.temporary(name);
        if let Some(definition) = definition(name) {
            adds.push(format!("ADD COLUMN {}", column::definition(position, &bare(definition, &temporary))));
        }
        drops.push(format!("DROP COLUMN {}", ident(&temporary)));
        first.push(format!("{} = {}", ident(&temporary), value(assignment)));
        last.push(format!("{} = {}", ident(name), ident(&temporary)));
    }
    let middle: Vec<String> =
        ordered.iter().map(|each| format!("{} = {}", ident(&each.0), value(each))).collect();
    let filter = filter.map(|filter| format!(" WHERE {}", common::sql(&GRAMMAR, position, filter)));
    let (table, set) = (ident(table), [first, middle, last].concat().join(", "));
    vec![
        format!("ALTER TABLE {table} {}", adds.join(", ")),
        format!("UPDATE {table} SET {set}{}", filter.unwrap_or_default()),
        format!("ALTER TABLE {table} {}", drops.join(", ")),
    ]
}

/// A column that only holds values for a while.
pub(super) fn bare(column: &Column, name: &Name) -> Column {
    Column {
        name: name.clone(),
        doc: None,
        nullable: true,
        default: None,
        auto_increment: false,
        generated: None,
        ..column.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ColumnType, Operator, Table, Value};

    fn check(set: &[(&str, Expression)], expected: &[&str]) {
        let mut table = Table::new("t".into());
        for name in ["a", "b", "c"] {
            table.columns.insert(name.into(), Column::new(name.into(), ColumnType::Integer));
        }
        let mut schema = Schema::default();
        schema.insert(table);
        let set = set.iter().map(|(name, value)| (Name::new(name), value.clone())).collect();
        let update = DataStatement::Update { table: "t".into(), set, filter: Some(read("c")) };
        assert_eq!(statements(&schema, &update), expected);
    }

    fn read(column: &str) -> Expression {
        Expression::column("t", column)
    }

    #[test]
    fn what_is_read_is_written_after_it_was_read() {
        let sum = read("a").binary(Operator::Plus, Expression::Literal(Value::Integer(1)));
        check(&[("a", read("c")), ("b", sum)], &["UPDATE `t` SET `b` = `a` + 1, `a` = `c` WHERE `c`"]);
        check(
            &[("a", Expression::Sql("b + 1".into())), ("b", read("b"))],
            &["UPDATE `t` SET `a` = (b + 1), `b` = `b` WHERE `c`"],
        );
    }

    #[test]
    fn columns_take_each_others_values() {
        check(
            &[("a", read("b")), ("b", read("a"))],
            &[
                "ALTER TABLE `t` ADD COLUMN `whimbrel_new_a` INT NULL",
                "UPDATE `t` SET `whimbrel_new_a` = `b`, `b` = `a`, `a` = `whimbrel_new_a` WHERE `c`",
                "ALTER TABLE `t` DROP COLUMN `whimbrel_new_a`",
            ],
        );
    }
}
