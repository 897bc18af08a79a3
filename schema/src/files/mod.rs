//! A schema as files of the schema language, as a person would write them by hand.
//!
//! Each table has a file of its own, called after it, so that a change of one table is a change of one file
//! and nothing has to be numbered anew when a table comes or goes: the order of files means nothing. An enum
//! stands with the table that alone uses it, a trigger with its table; what belongs to several tables is in
//! `enums.toml` and `views.toml`.

mod name;
mod page;
mod remark;
mod table;

use std::collections::BTreeMap;

use self::name::Names;
use self::page::Page;
use self::remark::Remarks;
use crate::written::{enum_text, named, trigger_section, view_section};
use crate::{ColumnType, Name, Object, Schema, Unmanaged};

/// A file of a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaFile {
    /// Its name in the directory `schema`.
    pub name: String,
    /// Its text.
    pub text: String,
    /// Where the text of each object begins, in order.
    places: Vec<(usize, Object)>,
}

impl SchemaFile {
    /// The object that is written at an offset in the text.
    pub fn object_at(&self, offset: usize) -> Option<&Object> {
        let behind = self.places.partition_point(|(start, _)| *start <= offset);
        behind.checked_sub(1).and_then(|index| self.places.get(index)).map(|(_, object)| object)
    }
}

/// Writes a schema. What is said of something `unmanaged` stands in a comment where it would stand itself.
///
/// No file gets a name that is `taken`. What is read back from the files is the schema, as long as it is one
/// that can be said: [`import`](crate::import) finds out what cannot.
///
/// ```
/// use whimbrel_schema::{Dialect, Sources, parse, schema_files, validate};
///
/// let text = "[table.users.columns]\nid = { type = 'bigint', primary_key = true }\nname = 'text?'\n";
/// let mut sources = Sources::default();
/// let id = sources.add("schema/all.toml", text);
/// let schema = validate(&[parse(&sources, id)], &[Dialect::Sqlite]).schema;
/// let files = schema_files(&schema, &[], &[]);
/// assert_eq!(files[0].name, "users.toml");
/// assert!(files[0].text.ends_with(
///     "[table.users.columns]\nid   = { type = \"bigint\", primary_key = true }\nname = \"text?\"\n"
/// ));
/// ```
pub fn schema_files(schema: &Schema, unmanaged: &[Unmanaged], taken: &[String]) -> Vec<SchemaFile> {
    let mut names = Names::without(taken);
    let mut remarks = Remarks::new(schema, unmanaged);
    let homes = homes(schema);
    let mut files = Vec::new();
    files.extend(enums(schema, &homes, None).into_file("enums", &mut names));
    for table in schema.tables.values() {
        let name = &table.name;
        let mut page = Page::new();
        page.append(enums(schema, &homes, Some(name)));
        table::write(&mut page, table, &mut remarks);
        for trigger in schema.triggers.values().filter(|trigger| trigger.table == *name) {
            page.section(Object::Trigger(trigger.name.clone()), &trigger_section(&trigger.name, trigger));
        }
        files.extend(page.into_file(name.as_str(), &mut names));
    }
    files.extend(views(schema).into_file("views", &mut names));
    let mut page = Page::new();
    remarks.rest(&mut page);
    files.extend(page.into_file("unmanaged", &mut names));
    files
}

/// The table that alone uses an enum, for each that has one.
fn homes(schema: &Schema) -> BTreeMap<&Name, &Name> {
    let mut homes: BTreeMap<&Name, Option<&Name>> = BTreeMap::new();
    for table in schema.tables.values() {
        for column in table.columns.values() {
            if let ColumnType::Enum(name) = &column.column_type {
                let home = homes.entry(name).or_insert(Some(&table.name));
                *home = home.filter(|known| **known == table.name);
            }
        }
    }
    homes.into_iter().filter_map(|(name, home)| Some((name, home?))).collect()
}

/// The enums that are at home in a table, or in none.
fn enums(schema: &Schema, homes: &BTreeMap<&Name, &Name>, home: Option<&Name>) -> Page {
    let mut page = Page::new();
    let mut here = schema.enums.iter().filter(|(name, _)| homes.get(name).copied() == home).peekable();
    if here.peek().is_some() {
        page.header("enum", None);
    }
    for (name, definition) in here {
        page.line(Object::Enum(name.clone()), &named(name, &enum_text(definition)));
    }
    page
}

/// The views, and the triggers of what is no table.
fn views(schema: &Schema) -> Page {
    let mut page = Page::new();
    for (name, view) in &schema.views {
        page.section(Object::View(name.clone()), &view_section(name, view));
    }
    for (name, trigger) in &schema.triggers {
        if !schema.tables.contains_key(&trigger.table) {
            page.section(Object::Trigger(name.clone()), &trigger_section(name, trigger));
        }
    }
    page
}
