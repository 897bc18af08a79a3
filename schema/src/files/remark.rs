//! Comments on what the language cannot say.

use std::collections::BTreeMap;

use super::page::Page;
use crate::{Name, Schema, Unmanaged, UnmanagedKind};

/// What is to be said, until it is.
pub(super) struct Remarks<'a> {
    /// By table, in order.
    of_tables: BTreeMap<&'a Name, Vec<&'a Unmanaged>>,
    others: Vec<&'a Unmanaged>,
}

impl<'a> Remarks<'a> {
    pub(super) fn new(schema: &Schema, unmanaged: &'a [Unmanaged]) -> Self {
        let mut remarks = Self { of_tables: BTreeMap::new(), others: Vec::new() };
        for one in unmanaged {
            match one.table.as_ref().filter(|table| schema.tables.contains_key(*table)) {
                Some(table) => remarks.of_tables.entry(table).or_default().push(one),
                None => remarks.others.push(one),
            }
        }
        remarks
    }

    /// Says what there is to say of a part of a table, as `column size of emails`.
    pub(super) fn on(&mut self, table: &Name, part: &str, page: &mut Page) {
        let Some(all) = self.of_tables.get_mut(table) else { return };
        let object = format!("{part} of {table}");
        let (here, rest) = all.iter().copied().partition(|one: &&Unmanaged| one.object == object);
        *all = rest;
        let here: Vec<&Unmanaged> = here;
        here.into_iter().for_each(|one| page.comment(&words(one)));
    }

    /// Takes out what there is to say of a table and no part of it that has a line of its own.
    pub(super) fn on_table(&mut self, table: &Name, parts: &[String]) -> Vec<String> {
        let Some(all) = self.of_tables.get_mut(table) else { return Vec::new() };
        let of_part = |one: &&Unmanaged| parts.iter().any(|part| one.object == format!("{part} of {table}"));
        let (later, here): (Vec<&Unmanaged>, Vec<&Unmanaged>) = all.iter().copied().partition(of_part);
        *all = later;
        here.into_iter().map(words).collect()
    }

    /// Says what belongs to no table.
    pub(super) fn rest(self, page: &mut Page) {
        if !self.others.is_empty() {
            page.comment("What is in the database and not managed by whimbrel, which leaves it alone:");
        }
        self.others.into_iter().for_each(|one| page.comment(&format!("- {one}")));
    }
}

fn words(one: &Unmanaged) -> String {
    match one.kind {
        UnmanagedKind::Object => format!("{one}. whimbrel leaves it alone."),
        UnmanagedKind::Part => format!(
            "{one}. There are no words for it here: whimbrel leaves it as it is, and rebuilds no table that \
             has it."
        ),
        UnmanagedKind::Quirk => format!("{one}."),
    }
}
