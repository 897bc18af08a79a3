//! Changes in words, for people.

use std::fmt;

use super::{Change, Renames, TableChange, align};
use crate::{
    Check, Column, DefaultValue, Enum, ForeignKey, GeneratedStorage, Index, IndexKey, Name, Object, Only,
    Pair, Schema, SortOrder, Sql, Table, TableOptions, Timing, Trigger, View,
};

/// One change in words.
///
/// `Display` is a line as `migrate-new` shows it: `+ users.locale  varchar(8) not null`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What it is about, by its name in the next schema, or in the previous one if it is gone.
    pub object: Object,
    /// Whether it came, went, changed or got another name.
    pub kind: DifferenceKind,
    /// The name of the object, as `users.locale`.
    pub name: String,
    /// Its definition on either side; for a rename, its name.
    pub definition: Pair<Option<String>>,
}

/// What happened to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DifferenceKind {
    /// It is new.
    Added,
    /// It is gone.
    Dropped,
    /// It is defined otherwise.
    Changed,
    /// It has another name.
    Renamed,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.kind {
            DifferenceKind::Added => '+',
            DifferenceKind::Dropped => '-',
            DifferenceKind::Changed | DifferenceKind::Renamed => '~',
        };
        write!(f, "{sign} {}", self.name)?;
        match (&self.definition.previous, &self.definition.next) {
            (Some(previous), Some(next)) => write!(f, "  {previous} -> {next}"),
            (None, Some(only)) | (Some(only), None) if !only.is_empty() => write!(f, "  {only}"),
            _ => Ok(()),
        }
    }
}

/// Says in words how two schemas differ.
pub fn differences(pair: Pair<&Schema>, renames: &Renames) -> Vec<Difference> {
    let aligned = align(pair.previous, renames);
    let tables = Pair::new(&aligned, pair.next);
    let mut differences = Vec::new();
    for change in super::diff(pair, renames) {
        match change {
            Change::RenameTable(names) => differences.push(renamed(
                Object::Table(names.next.clone()),
                format!("table {}", names.previous),
                &names,
            )),
            Change::CreateTable(name) => differences.push(created(&name, pair.next.table(name.as_str()))),
            Change::DropTable(name) => differences.push(Difference {
                object: Object::Table(name.clone()),
                kind: DifferenceKind::Dropped,
                name: format!("table {name}"),
                definition: Pair::new(None, None),
            }),
            Change::AlterTable { table, changes } => {
                if let Some(tables) = tables.both(|schema| schema.table(table.as_str())) {
                    differences.extend(changes.iter().map(|change| in_table(tables, change)));
                }
            }
            Change::Enum(name, _) => {
                let words = pair.map(|schema| schema.enumeration(name.as_str()).map(enum_words));
                differences.push(difference(Object::Enum(name.clone()), format!("enum {name}"), words));
            }
            Change::View(name, _) => {
                let words = shortened(pair.map(|schema| schema.view(name.as_str()).map(view_words)));
                differences.push(difference(Object::View(name.clone()), format!("view {name}"), words));
            }
            Change::Trigger(name, _) => {
                let words = shortened(pair.map(|schema| schema.trigger(name.as_str()).map(trigger_words)));
                differences.push(difference(Object::Trigger(name.clone()), format!("trigger {name}"), words));
            }
        }
    }
    differences
}

fn created(name: &Name, table: Option<&Table>) -> Difference {
    let columns = table.map_or(0, |table| table.columns.len());
    let definition = format!("{columns} column{}", if columns == 1 { "" } else { "s" });
    Difference {
        object: Object::Table(name.clone()),
        kind: DifferenceKind::Added,
        name: format!("table {name}"),
        definition: Pair::new(None, Some(definition)),
    }
}

fn renamed(object: Object, name: String, names: &Pair<Name>) -> Difference {
    let definition = Pair::new(None, Some(format!("renamed to {}", names.next)));
    Difference { object, kind: DifferenceKind::Renamed, name, definition }
}

fn in_table(tables: Pair<&Table>, change: &TableChange) -> Difference {
    let table = &tables.next.name;
    let column = |name: &Name| tables.map(|table| table.column(name.as_str()).map(column_words));
    let (object, name, definition) = match change {
        TableChange::RenameColumn(names) => {
            let object = Object::Column(table.clone(), names.next.clone());
            return renamed(object, format!("{table}.{}", names.previous), names);
        }
        TableChange::AddColumn(name) | TableChange::DropColumn(name) | TableChange::AlterColumn(name) => {
            (Object::Column(table.clone(), name.clone()), format!("{table}.{name}"), column(name))
        }
        TableChange::PrimaryKey { .. } => {
            let words = tables.map(|table| table.primary_key.as_ref().map(|key| list(&key.columns)));
            (Object::PrimaryKey(table.clone()), format!("primary key of {table}"), words)
        }
        TableChange::Unique(name, _) => {
            let words = tables.map(|table| table.uniques.get(name).map(|unique| list(&unique.columns)));
            (Object::Unique(table.clone(), name.clone()), format!("unique {name} on {table}"), words)
        }
        TableChange::ForeignKey(name, _) => {
            let words = tables.map(|table| table.foreign_keys.get(name).map(foreign_key_words));
            (Object::ForeignKey(table.clone(), name.clone()), format!("foreign key {name} on {table}"), words)
        }
        TableChange::Check(name, _) => {
            let words = tables.map(|table| table.checks.get(name).map(check_words));
            (Object::Check(table.clone(), name.clone()), format!("check {name} on {table}"), words)
        }
        TableChange::Index(name, _) => {
            let words = tables.map(|table| table.indexes.get(name).map(index_words));
            (Object::Index(table.clone(), name.clone()), format!("index {name} on {table}"), words)
        }
        TableChange::Options => {
            let words = tables.map(|table| Some(options_words(table)));
            (Object::Table(table.clone()), format!("options of {table}"), words)
        }
    };
    difference(object, name, definition)
}

fn difference(object: Object, name: String, definition: Pair<Option<String>>) -> Difference {
    let kind = match (&definition.previous, &definition.next) {
        (None, _) => DifferenceKind::Added,
        (Some(_), None) => DifferenceKind::Dropped,
        (Some(_), Some(_)) => DifferenceKind::Changed,
    };
    Difference { object, kind, name, definition }
}

fn column_words(column: &Column) -> String {
    let mut words = column.column_type.to_string();
    words.push_str(if column.nullable { " null" } else { " not null" });
    match &column.default {
        None => {}
        Some(DefaultValue::Literal(value)) => words.push_str(&format!(" default {value}")),
        Some(DefaultValue::Expression(sql)) => words.push_str(&format!(" default {}", sql_words(sql))),
    }
    if column.auto_increment {
        words.push_str(" auto_increment");
    }
    if let Some(generated) = &column.generated {
        let stored = match generated.storage {
            GeneratedStorage::Stored => "stored",
            GeneratedStorage::Virtual => "virtual",
        };
        words.push_str(&format!(" generated {stored} as {}", sql_words(&generated.sql)));
    }
    if let Some(collation) = &column.collation {
        words.push_str(&format!(" collate {}", sql_words(collation)));
    }
    if let Some(name) = &column.rust_name {
        words.push_str(&format!(" in Rust {name}"));
    }
    if column.personal {
        words.push_str(" personal");
    }
    words
}

fn check_words(check: &Check) -> String {
    format!("{}{}", sql_words(&check.condition), only_words(&check.only))
}

fn enum_words(definition: &Enum) -> String {
    let rust = definition.rust_name.as_ref().map_or_else(String::new, |name| format!(" in Rust {name}"));
    format!("({}){rust}", definition.values.join(", "))
}

fn view_words(view: &View) -> String {
    format!("{}{}", sql_words(&view.sql), only_words(&view.only))
}

fn trigger_words(trigger: &Trigger) -> String {
    format!("on {}: {}{}", trigger.table, sql_words(&trigger.sql), only_words(&trigger.only))
}

fn only_words(only: &Only) -> String {
    match only {
        Only::Everywhere => String::new(),
        Only::On(dialects) => {
            let names: Vec<&str> = dialects.iter().map(|dialect| dialect.key()).collect();
            format!(" only on {}", names.join(", "))
        }
    }
}

/// Longer texts as lines that are short enough to be read; of two, the part in which they differ.
fn shortened(words: Pair<Option<String>>) -> Pair<Option<String>> {
    let words = words.map(|words| words.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")));
    let start = match (&words.previous, &words.next) {
        (Some(previous), Some(next)) => {
            let same = previous.chars().zip(next.chars()).take_while(|(one, other)| one == other).count();
            if same < LINE / 2 { 0 } else { same - 10 }
        }
        _ => 0,
    };
    let cut = |text: String| {
        let head = if start > 0 { "..." } else { "" };
        let part: String = text.chars().skip(start).take(LINE).collect();
        let tail = if text.chars().count() > start + LINE { "..." } else { "" };
        format!("{head}{part}{tail}")
    };
    words.map(|words| words.map(cut))
}

const LINE: usize = 60;

fn options_words(table: &Table) -> String {
    let TableOptions { sqlite, postgres, mysql } = &table.options;
    let mut words: Vec<String> = Vec::new();
    words.extend(sqlite.strict.then(|| "strict".to_owned()));
    words.extend(sqlite.without_rowid.then(|| "without rowid".to_owned()));
    words.extend(postgres.unlogged.then(|| "unlogged".to_owned()));
    words.extend(postgres.fillfactor.map(|percent| format!("fillfactor {percent}")));
    words.extend(mysql.engine.iter().map(|name| format!("engine {name}")));
    words.extend(mysql.charset.iter().map(|name| format!("charset {name}")));
    words.extend(mysql.collation.iter().map(|name| format!("collation {name}")));
    words.extend(table.rust_name.iter().map(|name| format!("in Rust {name}")));
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

fn foreign_key_words(key: &ForeignKey) -> String {
    let actions = [("delete", key.on_delete), ("update", key.on_update)];
    actions.into_iter().filter(|(_, action)| *action != crate::ReferentialAction::NoAction).fold(
        format!(
            "{} references {}{}",
            list(&key.columns),
            key.references_table,
            list(&key.references_columns)
        ),
        |words, (event, action)| format!("{words} on {event} {}", action.sql().to_ascii_lowercase()),
    ) + &match key.timing {
        Timing::Immediate => String::new(),
        timing => format!(" deferrable {}", timing.key()),
    } + &only_words(&key.only)
}

fn index_words(index: &Index) -> String {
    let parts: Vec<String> = index
        .columns
        .iter()
        .map(|part| {
            let key = match &part.key {
                IndexKey::Column(name) => name.to_string(),
                IndexKey::Expression(sql) => format!("({})", sql_words(sql)),
            };
            match part.order {
                SortOrder::Ascending => key,
                SortOrder::Descending => format!("{key} desc"),
            }
        })
        .collect();
    let unique = if index.unique { "unique " } else { "" };
    let predicate =
        index.predicate.as_ref().map_or_else(String::new, |sql| format!(" where {}", sql_words(sql)));
    let include =
        if index.include.is_empty() { String::new() } else { format!(" include {}", list(&index.include)) };
    let methods = index.method.iter().map(|(dialect, method)| format!(" {method} on {}", dialect.key()));
    let methods: String = methods.collect();
    format!("{unique}({}){include}{predicate}{methods}{}", parts.join(", "), only_words(&index.only))
}

fn sql_words(sql: &Sql) -> String {
    match sql {
        Sql::Same(text) => text.clone(),
        Sql::Each(texts) => {
            let parts: Vec<String> =
                texts.iter().map(|(dialect, text)| format!("{}: {text}", dialect.key())).collect();
            parts.join(", ")
        }
    }
}

fn list(names: &[Name]) -> String {
    let names: Vec<&str> = names.iter().map(Name::as_str).collect();
    format!("({})", names.join(", "))
}
