//! SQLite, which keeps the SQL that its objects were made with, and mends it when something is renamed.
//!
//! That SQL is the only place where the names of constraints and the texts of checks are. It is read here
//! token by token, because the texts of expressions must come back as they were written, and every parser
//! there is would give them back as it understood them.

mod canonical;
mod constraint;
mod cursor;
mod declaration;
mod default;
mod object;
mod table;
mod token;
mod types;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(crate) use canonical::canonical;
pub(crate) use types::canonical_type;

use self::declaration::{Declaration, declaration};
use self::table::Declarations;
use super::{Introspected, Unmanaged, UnmanagedKind};
use crate::{GeneratedStorage, Name};

/// What SQLite's own tables say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SqliteCatalogue {
    /// The rows of `sqlite_master`.
    pub objects: Vec<SqliteObject>,
    /// What `pragma_table_xinfo` says of the columns of each table. A table that is read to have other
    /// columns is not believed; one that is not here is.
    pub columns: BTreeMap<String, Vec<SqliteColumn>>,
    /// The tables in which virtual tables keep their content.
    pub shadows: BTreeSet<String>,
}

/// A row of `sqlite_master`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqliteObject {
    /// `table`, `index`, `view` or `trigger`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The table that it belongs to.
    pub table: String,
    /// Its SQL; none where SQLite made it for a constraint.
    pub sql: Option<String>,
}

/// A column by the word of `pragma_table_xinfo`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqliteColumn {
    /// Its name.
    pub name: String,
    /// Whether it is hidden: 0 if not, 2 and 3 if it is computed when it is read and written.
    pub hidden: i64,
    /// Its place in the primary key from 1, or 0.
    pub key: i64,
}

/// Reads a database. Nothing in it is too strange: what cannot be read is unmanaged.
///
/// SQLite's own tables and those of whimbrel are left out.
pub fn read_sqlite(catalogue: &SqliteCatalogue) -> Introspected {
    let mut found = Introspected::default();
    let declarations = declarations(catalogue, &mut found);
    for declaration in declarations.values() {
        let table = table::table(declaration, &declarations);
        let name = &table.table.name;
        found.unnamed.extend(table.unnamed.into_iter().map(|constraint| (name.clone(), constraint)));
        found.unmanaged.extend(table.unmanaged);
        found.schema.insert(table.table);
    }
    for object in catalogue.objects.iter().filter(|object| !is_internal(object)) {
        if let Some(sql) = &object.sql
            && let Err(reason) = add(object, sql, &mut found)
        {
            found.unmanaged.push(unread(object, &found, &reason));
        }
    }
    found
}

/// Reads one table by its SQL, as `sqlite_master` has it; `None` if it is none. Where a foreign key names no
/// columns of another table, it is left out.
pub fn read_sqlite_table(sql: &str) -> Option<Introspected> {
    let name = declaration(sql).ok()?.name;
    let object =
        SqliteObject { kind: "table".to_owned(), table: name.clone(), name, sql: Some(sql.to_owned()) };
    Some(read_sqlite(&SqliteCatalogue { objects: vec![object], ..SqliteCatalogue::default() }))
}

fn declarations(catalogue: &SqliteCatalogue, found: &mut Introspected) -> Declarations {
    let mut declarations = Declarations::new();
    for object in catalogue.objects.iter().filter(|object| object.kind == "table" && !is_internal(object)) {
        match declared(catalogue, object) {
            Ok(declaration) => drop(declarations.insert(object.name.to_ascii_lowercase(), declaration)),
            Err((what, table, reason)) => found.unmanaged.push(Unmanaged {
                object: format!("{what} {}", object.name),
                table: table.then(|| Name::new(&object.name)),
                reason,
                kind: UnmanagedKind::Object,
            }),
        }
    }
    declarations
}

/// The declaration of a table; else what it is instead, whether it is a table with rows like others, and
/// why it is not read.
fn declared(
    catalogue: &SqliteCatalogue,
    object: &SqliteObject,
) -> Result<Declaration, (&'static str, bool, String)> {
    let sql = object.sql.as_deref().unwrap_or_default();
    let beginning = "CREATE VIRTUAL TABLE";
    if sql.get(..beginning.len()).is_some_and(|start| start.eq_ignore_ascii_case(beginning)) {
        return Err(("virtual table", false, "is kept by a module of SQLite".to_owned()));
    }
    if catalogue.shadows.contains(&object.name) {
        return Err(("table", false, "holds the content of a virtual table".to_owned()));
    }
    let declaration =
        declaration(sql).map_err(|reason| ("table", true, format!("cannot be read: {reason}")))?;
    let columns = catalogue.columns.get(&object.name);
    let same = columns.is_none_or(|columns| is_as_sqlite_says(&declaration, columns));
    let same = same && declaration.name.eq_ignore_ascii_case(&object.name);
    if same { Ok(declaration) } else { Err(("table", true, "is not to SQLite what its SQL says".to_owned())) }
}

fn is_as_sqlite_says(table: &Declaration, columns: &[SqliteColumn]) -> bool {
    let key = |name: &str| {
        let place = table
            .key()
            .and_then(|parts| parts.iter().position(|part| part.column.eq_ignore_ascii_case(name)));
        place.map_or(0, |place| place + 1)
    };
    table.columns.len() == columns.len()
        && table.columns.iter().zip(columns).all(|(column, told)| {
            let hidden = match &column.generated {
                None => 0,
                Some((_, GeneratedStorage::Virtual)) => 2,
                Some((_, GeneratedStorage::Stored)) => 3,
            };
            column.name == told.name
                && hidden == told.hidden
                && usize::try_from(told.key) == Ok(key(&column.name))
        })
}

fn add(object: &SqliteObject, sql: &str, found: &mut Introspected) -> Result<(), String> {
    match object.kind.as_str() {
        "table" => {}
        "index" => {
            let owner = owner(&object.table, found).ok_or("belongs to a table that is not managed")?;
            let Some(table) = found.schema.tables.get_mut(&owner) else { return Ok(()) };
            let (name, index) = object::index(sql, table).map_err(cannot)?;
            table.indexes.insert(name, index);
        }
        "view" => {
            let view = object::view(sql).map_err(cannot)?;
            found.schema.views.insert(view.name.clone(), Arc::new(view));
        }
        "trigger" => {
            let mut trigger = object::trigger(sql).map_err(cannot)?;
            trigger.table = owner(trigger.table.as_str(), found).unwrap_or(trigger.table);
            found.schema.triggers.insert(trigger.name.clone(), Arc::new(trigger));
        }
        _ => return Err("is of a kind that SQLite does not have".to_owned()),
    }
    Ok(())
}

fn cannot(reason: String) -> String {
    format!("cannot be said: {reason}")
}

fn unread(object: &SqliteObject, found: &Introspected, reason: &str) -> Unmanaged {
    let (table, reason) = (owner(&object.table, found), reason.to_owned());
    Unmanaged {
        object: format!("{} {}", object.kind, object.name),
        table,
        reason,
        kind: UnmanagedKind::Object,
    }
}

/// The table of this name, as it spells it itself.
fn owner(name: &str, found: &Introspected) -> Option<Name> {
    let tables = &found.schema.tables;
    let same = |table: &&Name| table.as_str().eq_ignore_ascii_case(name);
    let exact = tables.get(name).map(|table| table.name.clone());
    exact.or_else(|| tables.keys().find(same).cloned())
}

/// Whether it is SQLite's own or whimbrel's.
fn is_internal(object: &SqliteObject) -> bool {
    [&object.name, &object.table]
        .into_iter()
        .any(|name| name.to_ascii_lowercase().starts_with("sqlite_") || super::is_own(name))
}
