//! The canonical text of a snapshot.

use super::Snapshot;
use crate::written::{
    assignment, block, check_text, column_text, enum_text, foreign_key_text, index_text, key, line, list,
    mysql_lines, named, names, postgres_lines, section, sqlite_lines, trigger_section, view_section,
};
use crate::{Name, Table, TableOptions};

/// How much of a snapshot is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Whole,
    /// Without `[accept]`, `unmanaged` and `seal`.
    Sealed,
}

pub(super) fn text(snapshot: &Snapshot, part: Part) -> String {
    // Taken apart, so that a new field cannot be forgotten here.
    let Snapshot {
        revision,
        parent,
        parent_hash,
        hazards,
        replaces,
        replaces_hash,
        seal,
        dropped,
        accept,
        unmanaged,
        changed,
    } = snapshot;
    let mut lines = vec![format!("format = {}", Snapshot::FORMAT), format!("revision = {}", line(revision))];
    lines.extend(parent.iter().map(|parent| format!("parent = {}", line(parent))));
    lines.extend(parent_hash.iter().map(|hash| format!("parent_hash = {}", line(hash))));
    lines.push(format!("hazards = {hazards}"));
    if !replaces.is_empty() {
        lines.push(format!("replaces = {}", list(replaces.iter().map(|text| line(text)))));
    }
    lines.extend(replaces_hash.iter().map(|hash| format!("replaces_hash = {}", line(hash))));
    if part == Part::Whole {
        lines.extend(seal.iter().map(|hash| format!("seal = {}", line(hash))));
    }
    if part == Part::Whole && !unmanaged.is_empty() {
        lines.push("unmanaged = [".to_owned());
        lines.extend(unmanaged.iter().map(|text| format!("  {},", line(text))));
        lines.push("]".to_owned());
    }
    let mut sections = vec![section(None, lines)];
    let dropped: Vec<String> = dropped
        .kinds()
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(kind, names)| format!("{kind} = {}", list(names.iter().map(|name| line(name.as_str())))))
        .collect();
    if !dropped.is_empty() {
        sections.push(section(Some("dropped".to_owned()), dropped));
    }
    if part == Part::Whole && !accept.is_empty() {
        let lines = accept.iter().map(|(hazard, reason)| assignment(hazard, &block(reason)));
        sections.push(section(Some("accept".to_owned()), lines.collect()));
    }
    let enums: Vec<String> =
        changed.enums.iter().map(|(name, definition)| named(name, &enum_text(definition))).collect();
    if !enums.is_empty() {
        sections.push(section(Some("enum".to_owned()), enums));
    }
    sections.extend(changed.tables.iter().flat_map(|(name, table)| table_sections(name, table)));
    sections.extend(changed.views.iter().map(|(name, view)| view_section(name, view)));
    sections.extend(changed.triggers.iter().map(|(name, trigger)| trigger_section(name, trigger)));
    sections.join("\n")
}

fn table_sections(name: &Name, table: &Table) -> Vec<String> {
    let Table {
        name: _,
        doc,
        rust_name,
        columns,
        primary_key,
        uniques,
        foreign_keys,
        checks,
        indexes,
        options,
    } = table;
    let header = format!("table.{}", key(name));
    let mut lines: Vec<String> = doc.iter().map(|doc| format!("doc = {}", block(doc))).collect();
    lines.extend(rust_name.iter().map(|name| format!("rust_name = {}", line(name))));
    lines.extend(primary_key.iter().map(|key| format!("primary_key = {}", names(&key.columns))));
    let mut sections = vec![section(Some(header.clone()), lines)];
    let mut add = |part: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            sections.push(section(Some(format!("{header}.{part}")), lines));
        }
    };
    add("columns", columns.iter().map(|(name, column)| named(name, &column_text(column))).collect());
    add("uniques", uniques.iter().map(|(name, unique)| named(name, &names(&unique.columns))).collect());
    add(
        "foreign_keys",
        foreign_keys.iter().map(|(name, foreign_key)| named(name, &foreign_key_text(foreign_key))).collect(),
    );
    add("checks", checks.iter().map(|(name, check)| named(name, &check_text(check))).collect());
    add("indexes", indexes.iter().map(|(name, index)| named(name, &index_text(index))).collect());
    let TableOptions { sqlite, postgres, mysql } = options;
    add("sqlite", sqlite_lines(sqlite));
    add("postgres", postgres_lines(postgres));
    add("mysql", mysql_lines(mysql));
    sections
}
