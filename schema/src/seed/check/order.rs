//! The order in which tables are loaded: referenced rows first, and a circle broken where it can be.

use super::draft::{Drafts, TablePart};
use super::{Checker, wrong};
use crate::seed::model::{Maker, Pool};
use crate::seed::{SeedSet, SeedTable};
use crate::{Code, Dialect, ForeignKey, Timing};

/// Orders the tables of every set, and the rows that are written out in each.
pub(super) fn order(checker: &Checker<'_>, sets: &mut [SeedSet], drafts: &Drafts<'_>) {
    for (index, set) in sets.iter_mut().enumerate() {
        let parts = &drafts.sets[index].parts;
        refuse_circular_parents(checker, set, index, parts);
        for (part, table) in parts.iter().zip(&mut set.tables) {
            set.deferred |= order_rows(checker, index, part, table);
        }
        order_tables(checker, set, parts);
    }
}

/// Rows cannot be made for each of rows that are made for each of them.
fn refuse_circular_parents(checker: &Checker<'_>, set: &SeedSet, index: usize, parts: &[TablePart<'_>]) {
    let uses = |table: &SeedTable| -> Vec<usize> {
        let pools = table.groups.iter().flat_map(|group| {
            let references = group.cells.iter().filter_map(|cell| match cell {
                Maker::Reference(reference) if !reference.own => Some(&reference.pool),
                _ => None,
            });
            group.parents.iter().chain(references)
        });
        pools.flat_map(|Pool(pool)| pool).filter(|(of, _)| *of == index).map(|(_, table)| *table).collect()
    };
    let mut placed = vec![false; set.tables.len()];
    while let Some(free) = (0..placed.len())
        .find(|table| !placed[*table] && uses(&set.tables[*table]).iter().all(|used| placed[*used]))
    {
        placed[free] = true;
    }
    let circle: Vec<usize> = (0..placed.len()).filter(|table| !placed[*table]).collect();
    if let Some(first) = circle.first() {
        let names: Vec<String> = circle.iter().map(|table| format!("`{}`", parts[*table].name())).collect();
        checker.report(
            wrong(
                Code::SEED_CIRCLE,
                format!("rows of {} are made of each other", names.join(" and ")),
                parts[*first].span,
                "nobody can say how many there are",
            )
            .help("make one of them by itself, and let the others choose from it"),
        );
    }
}

/// Orders rows of a table that reference it, and tells whether foreign keys must wait.
fn order_rows(checker: &Checker<'_>, set: usize, part: &TablePart<'_>, table: &mut SeedTable) -> bool {
    let own = |cell: &Maker| match cell {
        Maker::Label { set: of, table: _, row, .. } if *of == set => Some(*row),
        _ => None,
    };
    let keys: Vec<&ForeignKey> =
        part.table.foreign_keys.values().filter(|key| key.references_table == part.table.name).collect();
    let columns: Vec<usize> =
        keys.iter().flat_map(|key| &key.columns).filter_map(|name| table.column(name.as_str())).collect();
    let mut order: Vec<usize> = Vec::new();
    let mut placed = vec![false; table.rows.len()];
    let (mut waits, mut late) = (false, Vec::new());
    // As long as the order of the file does, it is kept.
    while order.len() < table.rows.len() {
        let free = (0..table.rows.len()).filter(|row| !placed[*row]).find(|row| {
            let needs = columns.iter().filter(|column| !late.contains(*column));
            let needs = needs.filter_map(|column| own(&table.rows[*row].cells[*column]));
            needs.into_iter().all(|needed| needed == *row || placed[needed])
        });
        if let Some(row) = free {
            placed[row] = true;
            order.push(row);
            continue;
        }
        let nullable = columns.iter().copied().find(|column| {
            !late.contains(column) && part.table.columns[table.columns[*column].name.as_str()].nullable
        });
        match nullable {
            Some(column) => late.push(column),
            None => {
                if !keys.iter().all(|key| may_wait(checker, key)) {
                    let circle: Vec<&str> = (0..table.rows.len())
                        .filter(|row| !placed[*row])
                        .filter_map(|row| table.rows[row].label.as_deref())
                        .collect();
                    let path = circle.iter().chain(circle.first()).copied().collect::<Vec<_>>().join(" -> ");
                    checker.report(
                        wrong(
                            Code::SEED_CIRCLE,
                            format!("rows of `{}` need each other: {path}", part.name()),
                            part.span,
                            "none of them can be the first",
                        )
                        .help("make the column that closes the circle nullable, so that it is filled last"),
                    );
                }
                waits = true;
                order.extend((0..table.rows.len()).filter(|row| !placed[*row]));
            }
        }
    }
    table.row_order = order;
    table.late = late;
    waits
}

/// Whether every database can check a foreign key at the end of the transaction. SQLite can always.
fn may_wait(checker: &Checker<'_>, key: &ForeignKey) -> bool {
    checker.context.dialects.iter().all(|dialect| match dialect {
        Dialect::Sqlite => true,
        Dialect::Postgres => key.timing != Timing::Immediate,
        Dialect::Mysql => false,
    })
}

fn order_tables(checker: &Checker<'_>, set: &mut SeedSet, parts: &[TablePart<'_>]) {
    let count = parts.len();
    // What waits for what, and by which foreign key.
    let mut edges: Vec<(usize, usize, &ForeignKey)> = Vec::new();
    for (from, part) in parts.iter().enumerate() {
        for key in part.table.foreign_keys.values() {
            let to = parts.iter().position(|other| other.table.name == key.references_table);
            if let Some(to) = to.filter(|to| *to != from && references(&set.tables[from], key)) {
                edges.push((from, to, key));
            }
        }
    }
    let mut order: Vec<usize> = Vec::new();
    while order.len() < count {
        let waits = |table: usize| edges.iter().any(|(from, to, _)| *from == table && !order.contains(to));
        let waiting: Vec<usize> = (0..count).filter(|table| !order.contains(table)).collect();
        if let Some(free) = waiting.iter().copied().find(|table| !waits(*table)) {
            order.push(free);
            continue;
        }
        let circle = circle(&waiting, &edges, &order);
        let closes = |(from, to, _): &(usize, usize, &ForeignKey)| {
            circle.iter().zip(circle.iter().cycle().skip(1)).any(|(one, next)| one == from && next == to)
        };
        let late = |from: usize, key: &ForeignKey| -> Option<usize> {
            let table = &set.tables[from];
            let columns = key.columns.iter().filter_map(|name| table.column(name.as_str()));
            let mut nullable = columns.filter(|column| {
                let definition = &parts[from].table.columns[table.columns[*column].name.as_str()];
                definition.nullable && !table.key.contains(column)
            });
            nullable.next()
        };
        let broken = edges.iter().position(|edge| closes(edge) && late(edge.0, edge.2).is_some());
        if let Some(at) = broken {
            let (from, _, key) = edges.remove(at);
            let column = late(from, key);
            set.tables[from].late.extend(column);
            continue;
        }
        let waiting_key = edges.iter().position(|edge| closes(edge) && may_wait(checker, edge.2));
        if let Some(at) = waiting_key {
            edges.remove(at);
            set.deferred = true;
            continue;
        }
        let names = circle.iter().chain(circle.first()).map(|table| parts[*table].name());
        let path = names.collect::<Vec<_>>().join(" -> ");
        let first = circle.first().copied().unwrap_or(0);
        checker.report(
            wrong(
                Code::SEED_CIRCLE,
                format!("tables need each other's rows: {path}"),
                parts[first].span,
                "none of them can be the first",
            )
            .help("make a column of one of these foreign keys nullable, so that it is filled last; or make the key deferrable, where every database of the project can wait"),
        );
        order.extend(waiting);
    }
    for table in &mut set.tables {
        table.late.sort_unstable();
        table.late.dedup();
    }
    set.order = order;
}

/// Whether any row of a table references another by a foreign key.
fn references(table: &SeedTable, key: &ForeignKey) -> bool {
    let columns: Vec<usize> = key.columns.iter().filter_map(|name| table.column(name.as_str())).collect();
    let rows = table.rows.iter().map(|row| &row.cells).chain(table.groups.iter().map(|group| &group.cells));
    let mut cells = rows.flat_map(|cells| columns.iter().map(|column| &cells[*column]));
    cells.any(|cell| !matches!(cell, Maker::Constant(None)))
}

/// Tables that wait for each other, one after the other.
fn circle(waiting: &[usize], edges: &[(usize, usize, &ForeignKey)], order: &[usize]) -> Vec<usize> {
    let mut path: Vec<usize> = waiting.first().copied().into_iter().collect();
    while let Some(last) = path.last().copied() {
        let next =
            edges.iter().find(|(from, to, _)| *from == last && !order.contains(to)).map(|(_, to, _)| *to);
        let Some(next) = next else { return path };
        if let Some(start) = path.iter().position(|table| *table == next) {
            return path.split_off(start);
        }
        path.push(next);
    }
    path
}
