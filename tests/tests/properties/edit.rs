//! Random edits of a schema, as an author makes them.
//!
//! An edit need not leave a valid schema: what validation refuses is not made.

use super::chance::Chance;
use super::kind::{TYPES, is_integer, is_text, literal};
use super::sketch::{
    ColumnSketch, EnumSketch, IndexSketch, KeySketch, Phrase, Reference, Sketch, TableSketch, TriggerSketch,
    ViewSketch,
};

const TABLES: [&str; 9] = ["users", "mail", "order", "logs", "Tag", "tag_user", "x y", "größe", "events"];
const COLUMNS: [&str; 11] =
    ["id", "a", "b", "c", "code", "note", "group", "Größe", "x y", "size", "owner_id"];
const VALUES: [&str; 6] = ["open", "closed", "it's", "lost", "new", "x"];
const ACTIONS: [&str; 5] = ["cascade", "set_null", "restrict", "set_default", "no_action"];

/// One edit, with the weight that it has among the others.
type Edit = (usize, fn(&mut Chance, &mut Sketch) -> Option<()>);

/// What makes a schema larger.
const GROW: [Edit; 11] = [
    (4, add_table),
    (12, add_column),
    (3, add_enum),
    (4, add_unique),
    (6, add_index),
    (4, add_check),
    (8, add_foreign_key),
    (3, add_view),
    (3, add_trigger),
    (2, change_options),
    (1, change_key),
];

/// What changes it otherwise.
const CHANGE: [Edit; 24] = [
    (1, drop_table),
    (3, rename_table),
    (3, drop_column),
    (4, rename_column),
    (5, change_type),
    (4, change_nullable),
    (3, change_default),
    (2, change_generated),
    (2, change_collation),
    (1, change_personal),
    (1, change_doc),
    (2, reorder),
    (1, flip_unique),
    (2, drop_unique),
    (3, drop_index),
    (2, drop_check),
    (2, change_foreign_key),
    (2, drop_foreign_key),
    (1, add_value),
    (2, change_value),
    (1, drop_enum),
    (1, change_view),
    (1, drop_trigger),
    (1, number_rows),
];

/// Makes a schema larger.
pub(crate) fn grow(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    choose(chance, &GROW)(chance, sketch)
}

/// Changes a schema in any way.
pub(crate) fn edit(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    if chance.one_in(3) { grow(chance, sketch) } else { choose(chance, &CHANGE)(chance, sketch) }
}

fn choose(chance: &mut Chance, edits: &[Edit]) -> fn(&mut Chance, &mut Sketch) -> Option<()> {
    let mut at = chance.below(edits.iter().map(|(weight, _)| weight).sum());
    for (weight, edit) in edits {
        match at.checked_sub(*weight) {
            Some(less) => at = less,
            None => return *edit,
        }
    }
    edits[0].1
}

pub(crate) fn add_table(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let name = chance.word(&TABLES).to_owned();
    if sketch.table(&name).is_some() || sketch.tables.len() >= 5 {
        return None;
    }
    let mut table = TableSketch { name: name.clone(), ..TableSketch::default() };
    for name in chance.some(&COLUMNS, 1) {
        let column_type = if chance.one_in(3) { "text" } else { "bigint" };
        table.columns.push(ColumnSketch {
            name: name.to_owned(),
            column_type: column_type.to_owned(),
            auto_increment: column_type == "bigint" && chance.one_in(3),
            ..ColumnSketch::default()
        });
    }
    if !chance.one_in(8) {
        table.primary_key = table.column_names();
    } else {
        table.columns.iter_mut().for_each(|column| column.auto_increment = false);
    }
    sketch.tables.push(table);
    for _ in 0..chance.below(5) {
        add_column_to(chance, sketch, &name);
    }
    Some(())
}

fn add_column(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let table = table(chance, sketch)?;
    add_column_to(chance, sketch, &table)
}

fn add_column_to(chance: &mut Chance, sketch: &mut Sketch, table: &str) -> Option<()> {
    let mut column = ColumnSketch {
        name: chance.word(&COLUMNS).to_owned(),
        column_type: column_type(chance, sketch),
        nullable: chance.one_in(2),
        ..ColumnSketch::default()
    };
    if sketch.table(table)?.column(&column.name).is_some() {
        return None;
    }
    if chance.one_in(3) {
        column.default = Some(literal(chance, sketch, &column.column_type));
    }
    if chance.one_in(4) {
        column.backfill = Some(literal(chance, sketch, &column.column_type));
    }
    if is_text(&column.column_type) && chance.one_in(6) {
        column.collation = Some("NOCASE");
    }
    column.personal = chance.one_in(12);
    column.unique = chance.one_in(12);
    if chance.one_in(8) {
        let generated = generated(chance, sketch, table, &column.name)?;
        column = ColumnSketch { name: column.name, ..generated };
    }
    let at = chance.below(sketch.table(table)?.columns.len() + 1);
    table_mut(sketch, table)?.columns.insert(at, column);
    Some(())
}

/// A column computed from another; from a computed one only SQLite could.
fn generated(chance: &mut Chance, sketch: &Sketch, table: &str, name: &str) -> Option<ColumnSketch> {
    let columns = sketch.table(table)?.columns.iter();
    let written: Vec<_> =
        columns.filter(|column| column.generated.is_none() && column.name != name).collect();
    let base = chance.pick(&written)?;
    let is_bytes = base.column_type.starts_with("binary") || base.column_type.starts_with("blob");
    let (text, column_type) = if is_text(&base.column_type) {
        *chance.pick(&[("length({})", "integer"), ("lower({})", "text"), ("{} || 'x'", "text")])?
    } else if is_bytes {
        // Bytes are no text in a strict table.
        *chance.pick(&[("{} IS NULL", "boolean"), ("hex({})", "text"), ("typeof({})", "text")])?
    } else {
        *chance.pick(&[("{} IS NULL", "boolean"), ("coalesce({}, 0)", "text"), ("typeof({})", "text")])?
    };
    Some(ColumnSketch {
        column_type: column_type.to_owned(),
        nullable: chance.one_in(2) || base.nullable,
        generated: Some((Phrase::over(text, table, &base.name), chance.one_in(2))),
        ..ColumnSketch::default()
    })
}

fn add_enum(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let name = chance.word(&["state", "kind"]).to_owned();
    if sketch.enums.iter().any(|known| known.name == name) {
        return None;
    }
    let count = 1 + chance.below(3);
    let values = chance.some(&VALUES, count).into_iter().map(|value| (value.to_owned(), None)).collect();
    sketch.enums.push(EnumSketch { name, values });
    Some(())
}

fn add_unique(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let table = table(chance, sketch)?;
    let columns = columns(chance, sketch, &table)?;
    let name = format!("{table}_u{}", chance.below(3));
    let table = table_mut(sketch, &table)?;
    table.uniques.retain(|(known, _)| *known != name);
    table.uniques.push((name, columns));
    Some(())
}

/// Adds an index, or changes the one of that name. Names are few, so they move between tables.
fn add_index(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let name = table(chance, sketch)?;
    let mut keys: Vec<(Phrase, bool)> = columns(chance, sketch, &name)?
        .iter()
        .map(|column| (Phrase::over("{}", &name, column), chance.one_in(3)))
        .collect();
    let table = sketch.table(&name)?;
    let mut texts = table.columns.iter().filter(|column| is_text(&column.column_type));
    if let (Some(column), true) = (texts.next(), chance.one_in(4)) {
        keys.push((Phrase::over("lower({})", &name, &column.name), chance.one_in(3)));
    }
    let filtered = chance.pick(&table.columns).filter(|_| chance.one_in(4));
    let predicate = filtered.map(|column| Phrase::over("{} IS NOT NULL", &name, &column.name));
    let index = IndexSketch {
        name: format!("idx_{}", chance.below(5)),
        keys,
        unique: chance.one_in(4),
        predicate,
        only: chance.one_in(10).then(|| chance.word(&["postgres", "sqlite", "mysql"])),
    };
    let table = table_mut(sketch, &name)?;
    table.indexes.retain(|known| known.name != index.name);
    table.indexes.push(index);
    Some(())
}

fn add_check(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let name = table(chance, sketch)?;
    let column = chance.pick(&sketch.table(&name)?.columns)?;
    let text = if is_text(&column.column_type) {
        chance.word(&["length({}) < 100", "{} <> 'group'", "{} IS NOT 'never'"])
    } else {
        chance.word(&["{} IS NOT 12345", "typeof({}) <> 'never'", "{} IS NULL OR {} IS NOT NULL"])
    };
    let check = (format!("{name}_c{}", chance.below(3)), Phrase::over(text, &name, &column.name));
    let table = table_mut(sketch, &name)?;
    table.checks.retain(|(known, _)| *known != check.0);
    table.checks.push(check);
    Some(())
}

/// Adds a foreign key to a key of a table, with columns of its own where none fit.
fn add_foreign_key(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let child = table(chance, sketch)?;
    let parent = if chance.one_in(5) { child.clone() } else { table(chance, sketch)? };
    let target = sketch.table(&parent)?;
    let mut keys: Vec<Vec<String>> = target.uniques.iter().map(|(_, columns)| columns.clone()).collect();
    keys.push(target.primary_key.clone());
    keys.extend(target.columns.iter().filter(|column| column.unique).map(|column| vec![column.name.clone()]));
    keys.retain(|key| !key.is_empty());
    let references = chance.pick(&keys)?.clone();
    let mut columns: Vec<String> = Vec::new();
    for referenced in &references {
        let definition = sketch.table(&parent)?.column(referenced)?.clone();
        let fits = |column: &&ColumnSketch| {
            column.column_type == definition.column_type
                && !columns.contains(&column.name)
                && (child != parent || column.name != *referenced)
                && column.generated.is_none()
        };
        let fitting: Vec<String> =
            sketch.table(&child)?.columns.iter().filter(fits).map(|column| column.name.clone()).collect();
        let name = match chance.pick(&fitting) {
            Some(name) if !chance.one_in(4) => name.clone(),
            _ => {
                let name = chance.word(&COLUMNS).to_owned();
                if sketch.table(&child)?.column(&name).is_some() {
                    return None;
                }
                table_mut(sketch, &child)?.columns.push(ColumnSketch {
                    name: name.clone(),
                    column_type: definition.column_type.clone(),
                    nullable: true,
                    collation: definition.collation,
                    personal: definition.personal,
                    ..ColumnSketch::default()
                });
                name
            }
        };
        columns.push(name);
    }
    let key = KeySketch {
        name: format!("{child}_f{}", chance.below(3)),
        columns,
        table: parent,
        references,
        on_delete: chance.one_in(2).then(|| chance.word(&ACTIONS)),
        on_update: chance.one_in(4).then(|| chance.word(&ACTIONS)),
        deferrable: chance.one_in(6),
    };
    let table = table_mut(sketch, &child)?;
    table.foreign_keys.retain(|known| known.name != key.name);
    table.foreign_keys.push(key);
    Some(())
}

fn add_view(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let name = format!("v{}", chance.below(3));
    let view = ViewSketch { sql: query(chance, sketch, &name)?, name };
    sketch.views.retain(|known| known.name != view.name);
    sketch.views.push(view);
    Some(())
}

fn query(chance: &mut Chance, sketch: &Sketch, name: &str) -> Option<Phrase> {
    let relation = |name: &str| Reference::Relation(name.to_owned());
    let other = sketch.views.iter().find(|view| *view.name < *name).filter(|_| chance.one_in(3));
    if let Some(view) = other {
        return Some(Phrase::new("SELECT * FROM {}", [relation(&view.name)]));
    }
    let table = chance.pick(&sketch.tables)?;
    let column = Reference::Column(table.name.clone(), chance.pick(&table.columns)?.name.clone());
    Some(match chance.below(3) {
        0 => Phrase::new("SELECT * FROM {}", [relation(&table.name)]),
        1 => Phrase::new("SELECT {} FROM {}", [column, relation(&table.name)]),
        _ => Phrase::new(
            "SELECT {}.{} AS one FROM {} WHERE {} IS NOT NULL",
            [relation(&table.name), column.clone(), relation(&table.name), column],
        ),
    })
}

fn add_trigger(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let name = format!("t{}", chance.below(3));
    let table = table(chance, sketch)?;
    let other = self::table(chance, sketch)?;
    let relation = |name: &str| Reference::Relation(name.to_owned());
    // Whoever copies rows one by one is found out by the one that refuses to delete.
    let sql = match chance.below(3) {
        0 => Phrase::new(
            format!("CREATE TRIGGER {name} AFTER DELETE ON {{}} BEGIN SELECT RAISE(ABORT, 'deleted'); END"),
            [relation(&table)],
        ),
        1 => Phrase::new(
            format!("CREATE TRIGGER {name} AFTER INSERT ON {{}} BEGIN DELETE FROM {{}} WHERE 0; END"),
            [relation(&table), relation(&other)],
        ),
        _ => {
            let column = &chance.pick(&sketch.table(&table)?.columns)?.name;
            let column = Reference::Column(table.clone(), column.clone());
            Phrase::new(
                format!("CREATE TRIGGER {name} BEFORE UPDATE ON {{}} BEGIN SELECT NEW.{{}}; END"),
                [relation(&table), column],
            )
        }
    };
    sketch.triggers.retain(|known| known.name != name);
    sketch.triggers.push(TriggerSketch { name, table, sql });
    Some(())
}

fn change_options(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let name = table(chance, sketch)?;
    let table = table_mut(sketch, &name)?;
    if chance.one_in(2) {
        table.strict ^= true
    } else {
        table.without_rowid ^= true
    }
    Some(())
}

fn change_key(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let name = table(chance, sketch)?;
    let columns = columns(chance, sketch, &name)?;
    let table = table_mut(sketch, &name)?;
    table.columns.iter_mut().for_each(|column| column.auto_increment = false);
    table.primary_key = if chance.one_in(4) { Vec::new() } else { columns };
    for column in &table.primary_key.clone() {
        table.column_mut(column)?.nullable = false;
    }
    Some(())
}

fn drop_table(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let name = table(chance, sketch)?;
    sketch.tables.retain(|table| table.name != name);
    for table in &mut sketch.tables {
        table.foreign_keys.retain(|key| key.table != name);
    }
    forget(sketch, &|phrase| phrase.names_table(&name), &|table| *table == name);
    Some(())
}

fn rename_table(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let previous = table(chance, sketch)?;
    let next = if chance.one_in(4) { flipped(&previous) } else { chance.word(&TABLES).to_owned() };
    if sketch.table(&next).is_some() {
        return None;
    }
    table_mut(sketch, &previous)?.renamed_from.get_or_insert_with(|| previous.clone());
    rename_tables(sketch, &|name| if *name == previous { next.clone() } else { name.clone() });
    Some(())
}

/// Tables take over their names in a circle.
pub(crate) fn exchange_tables(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let names: Vec<String> = sketch.tables.iter().map(|table| table.name.clone()).collect();
    let circle = circle(chance, &names)?;
    for table in sketch.tables.iter_mut().filter(|table| circle.contains(&table.name)) {
        table.asked_from = Some(table.name.clone());
    }
    rename_tables(sketch, &|name| next_of(&circle, name));
    Some(())
}

fn rename_tables(sketch: &mut Sketch, next: &dyn Fn(&String) -> String) {
    let rename = |name: &mut String| *name = next(name);
    for table in &mut sketch.tables {
        rename(&mut table.name);
        table.foreign_keys.iter_mut().for_each(|key| rename(&mut key.table));
    }
    sketch.triggers.iter_mut().for_each(|trigger| rename(&mut trigger.table));
    for reference in sketch.phrases().flat_map(|phrase| &mut phrase.names) {
        match reference {
            Reference::Relation(name) | Reference::Column(name, _) => rename(name),
        }
    }
}

/// Two of several names, or three.
fn circle(chance: &mut Chance, names: &[String]) -> Option<Vec<String>> {
    let count = 2 + chance.below(2);
    let circle = chance.some(names, count);
    (circle.len() == count).then_some(circle)
}

fn next_of(circle: &[String], name: &String) -> String {
    let at = circle.iter().position(|known| known == name);
    at.map_or(name, |at| &circle[(at + 1) % circle.len()]).clone()
}

fn drop_column(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let (name, column) = column(chance, sketch)?;
    let table = table_mut(sketch, &name)?;
    if table.columns.len() == 1 {
        return None;
    }
    table.columns.retain(|known| known.name != column);
    table.primary_key.retain(|key| *key != column);
    table.uniques.retain(|(_, columns)| !columns.contains(&column));
    table.foreign_keys.retain(|key| !key.columns.contains(&column));
    for table in &mut sketch.tables {
        table.foreign_keys.retain(|key| key.table != name || !key.references.contains(&column));
    }
    let reference = Reference::Column(name, column);
    forget(sketch, &|phrase| phrase.names(&reference), &|_| false);
    Some(())
}

fn rename_column(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let (table, previous) = column(chance, sketch)?;
    let next = if chance.one_in(6) { flipped(&previous) } else { chance.word(&COLUMNS).to_owned() };
    if sketch.table(&table)?.column(&next).is_some() {
        return None;
    }
    let renamed = table_mut(sketch, &table)?.column_mut(&previous)?;
    renamed.renamed_from.get_or_insert_with(|| previous.clone());
    rename_columns(sketch, &table, &|name| if *name == previous { next.clone() } else { name.clone() })
}

/// Columns take over their names in a circle.
pub(crate) fn exchange_columns(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let name = table(chance, sketch)?;
    let circle = circle(chance, &sketch.table(&name)?.column_names())?;
    let table = table_mut(sketch, &name)?;
    for column in table.columns.iter_mut().filter(|column| circle.contains(&column.name)) {
        column.asked_from = Some(column.name.clone());
    }
    rename_columns(sketch, &name, &|column| next_of(&circle, column))
}

fn rename_columns(sketch: &mut Sketch, table: &str, next: &dyn Fn(&String) -> String) -> Option<()> {
    let rename = |name: &mut String| *name = next(name);
    let sketched = table_mut(sketch, table)?;
    sketched.columns.iter_mut().for_each(|column| rename(&mut column.name));
    sketched.primary_key.iter_mut().for_each(rename);
    sketched.uniques.iter_mut().flat_map(|(_, columns)| columns).for_each(rename);
    sketched.foreign_keys.iter_mut().flat_map(|key| &mut key.columns).for_each(rename);
    for key in sketch.tables.iter_mut().flat_map(|table| &mut table.foreign_keys) {
        if key.table == table {
            key.references.iter_mut().for_each(rename);
        }
    }
    for reference in sketch.phrases().flat_map(|phrase| &mut phrase.names) {
        if let Reference::Column(of, name) = reference
            && *of == table
        {
            rename(name);
        }
    }
    Some(())
}

/// Another type, for the column and for those that are bound to it by foreign keys.
fn change_type(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let (table, column) = column(chance, sketch)?;
    let column_type = column_type(chance, sketch);
    let mut bound = vec![(table, column)];
    let mut at = 0;
    while let Some(place) = bound.get(at).cloned() {
        at += 1;
        for table in &sketch.tables {
            for key in &table.foreign_keys {
                for (own, other) in key.columns.iter().zip(&key.references) {
                    let pair = [(table.name.clone(), own.clone()), (key.table.clone(), other.clone())];
                    if pair.contains(&place) {
                        bound.extend(
                            pair.into_iter().filter(|other| !bound.contains(other)).collect::<Vec<_>>(),
                        );
                    }
                }
            }
        }
    }
    for (table, column) in bound {
        let default = literal(chance, sketch, &column_type);
        let column = table_mut(sketch, &table)?.column_mut(&column)?;
        if column.generated.is_some() {
            return None;
        }
        column.column_type.clone_from(&column_type);
        column.auto_increment &= is_integer(&column_type);
        column.collation = column.collation.filter(|_| is_text(&column_type));
        column.default = column.default.as_ref().map(|_| default.clone());
        column.backfill = column.backfill.as_ref().map(|_| default);
    }
    Some(())
}

fn change_nullable(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let (table, column) = column(chance, sketch)?;
    let column_type = sketch.table(&table)?.column(&column)?.column_type.clone();
    let backfill = literal(chance, sketch, &column_type);
    let column = table_mut(sketch, &table)?.column_mut(&column)?;
    column.nullable ^= true;
    if !column.nullable && column.generated.is_none() && chance.one_in(2) {
        column.backfill = Some(backfill);
    }
    Some(())
}

fn change_default(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let (table, column) = column(chance, sketch)?;
    let column_type = sketch.table(&table)?.column(&column)?.column_type.clone();
    let default = literal(chance, sketch, &column_type);
    let column = table_mut(sketch, &table)?.column_mut(&column)?;
    column.default = if column.default.is_some() && chance.one_in(2) { None } else { Some(default) };
    Some(())
}

/// What was computed has values of its own, and the other way round, or is computed otherwise.
fn change_generated(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let (name, column) = column(chance, sketch)?;
    let generated = generated(chance, sketch, &name, &column)?;
    let read = Reference::Column(name.clone(), column.clone());
    if sketch.phrases().any(|phrase| phrase.names(&read) && phrase.text != "{}") {
        return None;
    }
    let column = table_mut(sketch, &name)?.column_mut(&column)?;
    if column.generated.is_some() && chance.one_in(2) {
        column.generated = None;
    } else {
        *column = ColumnSketch {
            name: column.name.clone(),
            renamed_from: column.renamed_from.clone(),
            asked_from: column.asked_from.clone(),
            ..generated
        };
    }
    Some(())
}

fn change_collation(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let (table, column) = column(chance, sketch)?;
    let column = table_mut(sketch, &table)?.column_mut(&column)?;
    column.collation =
        if column.collation.is_some() { None } else { Some(chance.word(&["NOCASE", "RTRIM"])) };
    Some(())
}

fn change_personal(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let (table, column) = column(chance, sketch)?;
    table_mut(sketch, &table)?.column_mut(&column)?.personal ^= true;
    Some(())
}

fn change_doc(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let (table, column) = column(chance, sketch)?;
    let table = table_mut(sketch, &table)?;
    table.doc = Some("What it is for.".to_owned());
    table.column_mut(&column)?.doc = Some("It's \"this\".".to_owned());
    Some(())
}

fn reorder(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let name = table(chance, sketch)?;
    let table = table_mut(sketch, &name)?;
    table.columns = chance.some(&table.columns, table.columns.len());
    Some(())
}

fn flip_unique(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let (table, column) = column(chance, sketch)?;
    table_mut(sketch, &table)?.column_mut(&column)?.unique ^= true;
    Some(())
}

fn drop_unique(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let name = table(chance, sketch)?;
    let table = table_mut(sketch, &name)?;
    let at = chance.below(table.uniques.len());
    (!table.uniques.is_empty()).then(|| drop(table.uniques.remove(at)))
}

fn drop_index(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let name = table(chance, sketch)?;
    let table = table_mut(sketch, &name)?;
    let at = chance.below(table.indexes.len());
    (!table.indexes.is_empty()).then(|| drop(table.indexes.remove(at)))
}

fn drop_check(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let name = table(chance, sketch)?;
    let table = table_mut(sketch, &name)?;
    let at = chance.below(table.checks.len());
    (!table.checks.is_empty()).then(|| drop(table.checks.remove(at)))
}

fn change_foreign_key(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let name = table(chance, sketch)?;
    let table = table_mut(sketch, &name)?;
    let at = chance.below(table.foreign_keys.len());
    let key = table.foreign_keys.get_mut(at)?;
    match chance.below(3) {
        0 => key.on_delete = Some(chance.word(&ACTIONS)),
        1 => key.on_update = Some(chance.word(&ACTIONS)),
        _ => key.deferrable ^= true,
    }
    Some(())
}

fn drop_foreign_key(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let name = table(chance, sketch)?;
    let table = table_mut(sketch, &name)?;
    let at = chance.below(table.foreign_keys.len());
    (!table.foreign_keys.is_empty()).then(|| drop(table.foreign_keys.remove(at)))
}

fn add_value(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let at = chance.below(sketch.enums.len());
    let definition = sketch.enums.get_mut(at)?;
    let value = chance.word(&VALUES).to_owned();
    let at = chance.below(definition.values.len() + 1);
    let known = definition.values.iter().any(|(known, _)| *known == value);
    (!known).then(|| definition.values.insert(at, (value, None)))
}

/// A value goes, or gets another place or another name.
fn change_value(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let at = chance.below(sketch.enums.len());
    let definition = sketch.enums.get_mut(at)?;
    let at = chance.below(definition.values.len());
    match chance.below(3) {
        0 if definition.values.len() > 1 => drop(definition.values.remove(at)),
        1 => definition.values.rotate_left(1),
        _ => {
            let next = chance.word(&VALUES).to_owned();
            if definition.values.iter().any(|(known, _)| *known == next) {
                return None;
            }
            let name = definition.name.clone();
            let (value, was) = definition.values.get_mut(at)?;
            let previous = std::mem::replace(value, next.clone());
            was.get_or_insert_with(|| previous.clone());
            let (previous, next) = (super::sketch::text(&previous), super::sketch::text(&next));
            let columns = sketch.tables.iter_mut().flat_map(|table| &mut table.columns);
            for column in columns.filter(|column| column.column_type == name) {
                for value in column.default.iter_mut().chain(&mut column.backfill) {
                    if *value == previous {
                        value.clone_from(&next);
                    }
                }
            }
        }
    }
    Some(())
}

fn drop_enum(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let at = chance.below(sketch.enums.len());
    let name = sketch.enums.get(at)?.name.clone();
    sketch.enums.remove(at);
    let columns = sketch.tables.iter_mut().flat_map(|table| &mut table.columns);
    for column in columns.filter(|column| column.column_type == name) {
        column.column_type = "text".to_owned();
    }
    Some(())
}

fn change_view(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let name = chance.pick(&sketch.views)?.name.clone();
    if chance.one_in(2) {
        let sql = query(chance, sketch, &name)?;
        sketch.views.iter_mut().find(|view| view.name == name)?.sql = sql;
    } else {
        sketch.views.retain(|view| view.name != name);
        forget(sketch, &|phrase| phrase.names_table(&name), &|_| false);
    }
    Some(())
}

fn drop_trigger(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let at = chance.below(sketch.triggers.len());
    (!sketch.triggers.is_empty()).then(|| drop(sketch.triggers.remove(at)))
}

/// Rows are numbered, or no longer.
fn number_rows(chance: &mut Chance, sketch: &mut Sketch) -> Option<()> {
    let name = table(chance, sketch)?;
    let table = table_mut(sketch, &name)?;
    let [key] = &table.primary_key[..] else { return None };
    let key = key.clone();
    table.column_mut(&key)?.auto_increment ^= true;
    Some(())
}

/// Takes away the SQL that names what is gone, and views that read such views.
pub(crate) fn forget(sketch: &mut Sketch, names: &dyn Fn(&Phrase) -> bool, gone: &dyn Fn(&String) -> bool) {
    for table in &mut sketch.tables {
        table.checks.retain(|(_, condition)| !names(condition));
        table.indexes.retain(|index| {
            !index.keys.iter().any(|(key, _)| names(key)) && !index.predicate.as_ref().is_some_and(names)
        });
        for column in &mut table.columns {
            if column.generated.as_ref().is_some_and(|(phrase, _)| names(phrase)) {
                column.generated = None;
                column.nullable = true;
            }
        }
    }
    sketch.triggers.retain(|trigger| !names(&trigger.sql) && !gone(&trigger.table));
    let (lost, left): (Vec<_>, Vec<_>) = sketch.views.drain(..).partition(|view| names(&view.sql));
    sketch.views = left;
    for view in lost {
        forget(sketch, &|phrase| phrase.names_table(&view.name), &|table| *table == view.name);
    }
}

fn table(chance: &mut Chance, sketch: &Sketch) -> Option<String> {
    chance.pick(&sketch.tables).map(|table| table.name.clone())
}

fn table_mut<'a>(sketch: &'a mut Sketch, name: &str) -> Option<&'a mut TableSketch> {
    sketch.tables.iter_mut().find(|table| table.name == name)
}

fn column(chance: &mut Chance, sketch: &Sketch) -> Option<(String, String)> {
    let table = chance.pick(&sketch.tables)?;
    Some((table.name.clone(), chance.pick(&table.columns)?.name.clone()))
}

/// One column or two.
fn columns(chance: &mut Chance, sketch: &Sketch, table: &str) -> Option<Vec<String>> {
    let count = 1 + chance.below(2);
    Some(chance.some(&sketch.table(table)?.column_names(), count))
}

fn column_type(chance: &mut Chance, sketch: &Sketch) -> String {
    match chance.pick(&sketch.enums).filter(|_| chance.one_in(4)) {
        Some(definition) => definition.name.clone(),
        None => chance.word(&TYPES).to_owned(),
    }
}

/// The name with its first letter in the other case.
fn flipped(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().unwrap_or('x');
    let other =
        if first.is_ascii_lowercase() { first.to_ascii_uppercase() } else { first.to_ascii_lowercase() };
    format!("{other}{}", letters.as_str())
}
