//! A schema as it is written, which is easier to edit at random than one that is valid.

use std::fmt::Write as _;

/// A schema.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sketch {
    pub(crate) enums: Vec<EnumSketch>,
    pub(crate) tables: Vec<TableSketch>,
    pub(crate) views: Vec<ViewSketch>,
    pub(crate) triggers: Vec<TriggerSketch>,
}

#[derive(Debug, Clone)]
pub(crate) struct EnumSketch {
    pub(crate) name: String,
    /// Each with the value that it was.
    pub(crate) values: Vec<(String, Option<String>)>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct TableSketch {
    pub(crate) name: String,
    pub(crate) renamed_from: Option<String>,
    /// What it was, said on the command line.
    pub(crate) asked_from: Option<String>,
    pub(crate) doc: Option<String>,
    pub(crate) columns: Vec<ColumnSketch>,
    pub(crate) primary_key: Vec<String>,
    pub(crate) uniques: Vec<(String, Vec<String>)>,
    pub(crate) indexes: Vec<IndexSketch>,
    pub(crate) checks: Vec<(String, Phrase)>,
    pub(crate) foreign_keys: Vec<KeySketch>,
    pub(crate) strict: bool,
    pub(crate) without_rowid: bool,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct ColumnSketch {
    pub(crate) name: String,
    pub(crate) renamed_from: Option<String>,
    /// What it was, said on the command line.
    pub(crate) asked_from: Option<String>,
    pub(crate) column_type: String,
    pub(crate) nullable: bool,
    /// As it is written in TOML.
    pub(crate) default: Option<String>,
    pub(crate) auto_increment: bool,
    /// Whether it is unique by the short form.
    pub(crate) unique: bool,
    pub(crate) generated: Option<(Phrase, bool)>,
    pub(crate) collation: Option<&'static str>,
    pub(crate) personal: bool,
    pub(crate) doc: Option<String>,
    /// As it is written in TOML.
    pub(crate) backfill: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct IndexSketch {
    pub(crate) name: String,
    pub(crate) keys: Vec<(Phrase, bool)>,
    pub(crate) unique: bool,
    pub(crate) predicate: Option<Phrase>,
    pub(crate) only: Option<&'static str>,
}

#[derive(Debug, Clone)]
pub(crate) struct KeySketch {
    pub(crate) name: String,
    pub(crate) columns: Vec<String>,
    pub(crate) table: String,
    pub(crate) references: Vec<String>,
    pub(crate) on_delete: Option<&'static str>,
    pub(crate) on_update: Option<&'static str>,
    pub(crate) deferrable: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct ViewSketch {
    pub(crate) name: String,
    pub(crate) sql: Phrase,
}

#[derive(Debug, Clone)]
pub(crate) struct TriggerSketch {
    pub(crate) name: String,
    pub(crate) table: String,
    pub(crate) sql: Phrase,
}

/// SQL with names in it, each at a `{}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Phrase {
    pub(crate) text: String,
    pub(crate) names: Vec<Reference>,
}

/// What a name in SQL stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reference {
    /// A table or a view.
    Relation(String),
    Column(String, String),
}

impl Phrase {
    pub(crate) fn new(text: impl Into<String>, names: impl IntoIterator<Item = Reference>) -> Self {
        Self { text: text.into(), names: names.into_iter().collect() }
    }

    /// Over one column.
    pub(crate) fn over(text: &str, table: &str, column: &str) -> Self {
        let count = text.matches("{}").count();
        Self::new(text, vec![Reference::Column(table.to_owned(), column.to_owned()); count])
    }

    pub(crate) fn names(&self, reference: &Reference) -> bool {
        self.names.contains(reference)
    }

    pub(crate) fn names_table(&self, table: &str) -> bool {
        self.names.iter().any(|reference| reference.table() == table)
    }

    pub(crate) fn sql(&self) -> String {
        let mut parts = self.text.split("{}");
        let mut sql = parts.next().unwrap_or_default().to_owned();
        for (part, reference) in parts.zip(&self.names) {
            sql.push_str(&identifier(reference.name()));
            sql.push_str(part);
        }
        sql
    }
}

impl Reference {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Relation(name) | Self::Column(_, name) => name,
        }
    }

    pub(crate) fn table(&self) -> &str {
        match self {
            Self::Relation(name) | Self::Column(name, _) => name,
        }
    }
}

impl Sketch {
    pub(crate) fn table(&self, name: &str) -> Option<&TableSketch> {
        self.tables.iter().find(|table| table.name == name)
    }

    /// Every piece of SQL.
    pub(crate) fn phrases(&mut self) -> impl Iterator<Item = &mut Phrase> {
        let of_tables = self.tables.iter_mut().flat_map(TableSketch::phrases);
        let views = self.views.iter_mut().map(|view| &mut view.sql);
        of_tables.chain(views).chain(self.triggers.iter_mut().map(|trigger| &mut trigger.sql))
    }

    /// What is renamed on the command line.
    pub(crate) fn renames(&self) -> String {
        let mut lines = String::new();
        for TableSketch { name: table, asked_from, columns, .. } in &self.tables {
            if let Some(previous) = asked_from {
                let _ = writeln!(lines, "{previous} = {table}");
            }
            for column in columns {
                if let Some(previous) = &column.asked_from {
                    let _ = writeln!(lines, "{table}.{previous} = {table}.{}", column.name);
                }
            }
        }
        lines
    }

    /// The schema language.
    pub(crate) fn toml(&self) -> String {
        let mut out = String::new();
        if !self.enums.is_empty() {
            out.push_str("[enum]\n");
        }
        for definition in &self.enums {
            let values: Vec<String> = definition.values.iter().map(|(value, _)| text(value)).collect();
            let renamed: Vec<String> = definition
                .values
                .iter()
                .filter_map(|(value, was)| Some(format!("{} = {}", key(value), text(was.as_ref()?))))
                .collect();
            let values = format!("[{}]", values.join(", "));
            let _ = match &renamed[..] {
                [] => writeln!(out, "{} = {values}", key(&definition.name)),
                renamed => writeln!(
                    out,
                    "{} = {{ values = {values}, renamed_values = {{ {} }} }}",
                    key(&definition.name),
                    renamed.join(", ")
                ),
            };
        }
        self.tables.iter().for_each(|table| out.push_str(&table.toml()));
        for view in &self.views {
            let _ = writeln!(out, "[view.{}]\nsql = {}", key(&view.name), text(&view.sql.sql()));
        }
        for trigger in &self.triggers {
            let (name, table) = (key(&trigger.name), text(&trigger.table));
            let _ = writeln!(out, "[trigger.{name}]\ntable = {table}\nsql = {}", text(&trigger.sql.sql()));
        }
        out
    }
}

impl TableSketch {
    pub(crate) fn column(&self, name: &str) -> Option<&ColumnSketch> {
        self.columns.iter().find(|column| column.name == name)
    }

    pub(crate) fn column_mut(&mut self, name: &str) -> Option<&mut ColumnSketch> {
        self.columns.iter_mut().find(|column| column.name == name)
    }

    pub(crate) fn column_names(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }

    fn phrases(&mut self) -> impl Iterator<Item = &mut Phrase> {
        let generated = self.columns.iter_mut().filter_map(|column| Some(&mut column.generated.as_mut()?.0));
        let checks = self.checks.iter_mut().map(|(_, condition)| condition);
        let indexes = self
            .indexes
            .iter_mut()
            .flat_map(|index| index.keys.iter_mut().map(|(key, _)| key).chain(index.predicate.as_mut()));
        generated.chain(checks).chain(indexes)
    }

    fn toml(&self) -> String {
        let name = key(&self.name);
        let mut out = format!("[table.{name}]\n");
        let mut line = |line: String| {
            out.push_str(&line);
            out.push('\n');
        };
        if let Some(previous) = self.renamed_from.as_ref().filter(|_| self.asked_from.is_none()) {
            line(format!("renamed_from = {}", text(previous)));
        }
        if let Some(doc) = &self.doc {
            line(format!("doc = {}", text(doc)));
        }
        if !self.primary_key.is_empty() {
            line(format!("primary_key = {}", list(&self.primary_key)));
        }
        for column in &self.columns {
            line(format!("columns.{} = {}", key(&column.name), column.toml()));
        }
        for (name, columns) in &self.uniques {
            line(format!("uniques.{} = {}", key(name), list(columns)));
        }
        for index in &self.indexes {
            line(format!("indexes.{} = {}", key(&index.name), index.toml()));
        }
        for (name, condition) in &self.checks {
            line(format!("checks.{} = {}", key(name), text(&condition.sql())));
        }
        for foreign in &self.foreign_keys {
            line(format!("foreign_keys.{} = {}", key(&foreign.name), foreign.toml()));
        }
        if self.strict {
            line("sqlite.strict = true".to_owned());
        }
        if self.without_rowid {
            line("sqlite.without_rowid = true".to_owned());
        }
        out
    }
}

impl ColumnSketch {
    fn toml(&self) -> String {
        let mark = if self.nullable { "?" } else { "" };
        let mut keys = vec![format!("type = {}", text(&format!("{}{mark}", self.column_type)))];
        keys.extend(self.auto_increment.then(|| "auto_increment = true".to_owned()));
        keys.extend(self.unique.then(|| "unique = true".to_owned()));
        keys.extend(self.default.as_ref().map(|value| format!("default = {value}")));
        keys.extend(self.generated.as_ref().map(|(phrase, stored)| {
            let stored = if *stored { ", stored = true" } else { "" };
            format!("generated = {{ sql = {}{stored} }}", text(&phrase.sql()))
        }));
        keys.extend(self.collation.map(|name| format!("collation = {}", text(name))));
        keys.extend(self.personal.then(|| "personal = true".to_owned()));
        keys.extend(self.doc.as_ref().map(|doc| format!("doc = {}", text(doc))));
        let renamed_from = self.renamed_from.as_ref().filter(|_| self.asked_from.is_none());
        keys.extend(renamed_from.map(|name| format!("renamed_from = {}", text(name))));
        keys.extend(self.backfill.as_ref().map(|value| format!("backfill = {value}")));
        format!("{{ {} }}", keys.join(", "))
    }
}

impl IndexSketch {
    fn toml(&self) -> String {
        let keys: Vec<String> = self
            .keys
            .iter()
            .map(|(phrase, descending)| match (phrase.text.as_str(), descending) {
                ("{}", false) => text(phrase.names[0].name()),
                ("{}", true) => text(&format!("{} desc", phrase.names[0].name())),
                (_, false) => format!("{{ sql = {} }}", text(&phrase.sql())),
                (_, true) => format!("{{ sql = {}, order = \"desc\" }}", text(&phrase.sql())),
            })
            .collect();
        let mut parts = vec![format!("columns = [{}]", keys.join(", "))];
        parts.extend(self.unique.then(|| "unique = true".to_owned()));
        parts.extend(self.predicate.as_ref().map(|phrase| format!("where = {}", text(&phrase.sql()))));
        parts.extend(self.only.map(|dialect| format!("only = [{}]", text(dialect))));
        format!("{{ {} }}", parts.join(", "))
    }
}

impl KeySketch {
    fn toml(&self) -> String {
        let target = format!("{}({})", identifier(&self.table), {
            let columns: Vec<String> = self.references.iter().map(|column| identifier(column)).collect();
            columns.join(", ")
        });
        let mut parts = vec![format!("columns = {}, references = {}", list(&self.columns), text(&target))];
        parts.extend(self.on_delete.map(|action| format!("on_delete = {}", text(action))));
        parts.extend(self.on_update.map(|action| format!("on_update = {}", text(action))));
        parts.extend(self.deferrable.then(|| "deferrable = \"deferred\"".to_owned()));
        format!("{{ {} }}", parts.join(", "))
    }
}

/// A text in TOML.
pub(crate) fn text(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A key of TOML.
pub(crate) fn key(name: &str) -> String {
    let bare = name.chars().all(|character| character.is_ascii_alphanumeric() || character == '_');
    if bare { name.to_owned() } else { text(name) }
}

/// A name in SQL, in quotes where it needs them.
fn identifier(name: &str) -> String {
    if is_plain(name) { name.to_owned() } else { format!("\"{name}\"") }
}

/// Whether a name needs no quotes in SQL.
pub(crate) fn is_plain(name: &str) -> bool {
    let reserved = RESERVED.iter().any(|word| word.eq_ignore_ascii_case(name));
    !reserved && name.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
}

/// The names among those of this test that SQL has taken.
const RESERVED: [&str; 2] = ["order", "group"];

fn list(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| text(name)).collect();
    format!("[{}]", names.join(", "))
}
