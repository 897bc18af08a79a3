//! What was imported, and what comes next.

use serde_json::json;
use whimbrel::Url;
use whimbrel_schema::{Dialect, Unmanaged, UnmanagedKind};

use super::Adopted;
use crate::draft::shell_word;
use crate::xtask::write::{Act, Planned};

/// What is told of an import.
pub(super) struct Report<'a> {
    adopted: &'a Adopted,
    dialect: Dialect,
    /// Without a password.
    url: String,
    /// Whether commands find the database by themselves.
    known: bool,
    files: Vec<&'a str>,
}

impl<'a> Report<'a> {
    pub(super) fn new(url: &str, dialect: Dialect, adopted: &'a Adopted, files: &'a [Planned]) -> Self {
        let shown = Url::parse(url).map_or_else(|_| String::new(), |url| url.to_string());
        let known = adopted.config.is_some() && dialect == Dialect::Sqlite;
        let files = files.iter().map(|file| file.shown.as_str()).collect();
        Self { adopted, dialect, url: shown, known, files }
    }

    /// After it was written.
    pub(super) fn text(&self) -> String {
        format!("{}{}", self.found(), self.next())
    }

    /// Before, and instead.
    pub(super) fn preview(&self, files: &[Planned]) -> String {
        let text = |file: &Planned| match &file.act {
            Act::Create(text) => format!("--- {}\n{text}\n", file.shown),
            Act::Edit { .. } | Act::Keep => String::new(),
        };
        let files: String = files.iter().map(text).collect();
        format!("{}\n{files}nothing was written\n", self.found())
    }

    fn found(&self) -> String {
        let mut text = format!("{} ({}): {}\n", self.url, self.dialect, self.counts());
        self.files.iter().for_each(|file| text += &format!("  {file}\n"));
        let (quirks, left): (Vec<&Unmanaged>, Vec<&Unmanaged>) =
            self.adopted.imported.unmanaged.iter().partition(|one| one.kind == UnmanagedKind::Quirk);
        if !left.is_empty() {
            text += "\nnot managed by whimbrel, which leaves it alone:\n";
            left.iter().for_each(|one| text += &format!("  ! {one}\n"));
        }
        if !quirks.is_empty() {
            text += "\nnoted in the files:\n";
            quirks.iter().for_each(|one| text += &format!("  {one}\n"));
        }
        if !self.adopted.draft.accept.is_empty() {
            text += "\naccepted in the snapshot, because it is so already:\n";
            self.adopted.draft.accept.keys().for_each(|name| text += &format!("  {name}\n"));
        }
        text
    }

    fn counts(&self) -> String {
        let schema = &self.adopted.imported.schema;
        let counts = [
            (schema.tables.len(), "table"),
            (schema.enums.len(), "enum"),
            (schema.views.len(), "view"),
            (schema.triggers.len(), "trigger"),
        ];
        let some = counts.into_iter().filter(|(count, word)| *count > 0 || *word == "table");
        let words = some.map(|(count, word)| format!("{count} {word}{}", if count == 1 { "" } else { "s" }));
        words.collect::<Vec<_>>().join(", ")
    }

    fn next(&self) -> String {
        let init = match self.adopted.config {
            Some(_) => "  cargo xtask migrate-init      what else a package needs, unless it has it\n",
            None => "",
        };
        let url = if self.known { String::new() } else { format!(" --url {}", shell_word(&self.url)) };
        format!(
            "\nnothing in the database was changed. Next:\n{init}  cargo build\n  cargo xtask migrate \
             baseline{url}      marks {} applied\n  cargo xtask migrate drift{url}\n",
            self.adopted.draft.revision
        )
    }

    /// For programs; keys are only ever added.
    pub(super) fn json(&self, dry_run: bool) -> String {
        let Adopted { imported, draft, .. } = self.adopted;
        let schema = &imported.schema;
        let unmanaged = |one: &Unmanaged| {
            json!({
                "object": one.object,
                "table": one.table.as_ref().map(ToString::to_string),
                "reason": one.reason,
                "kind": match one.kind {
                    UnmanagedKind::Object => "object",
                    UnmanagedKind::Part => "part",
                    UnmanagedKind::Quirk => "quirk",
                },
            })
        };
        let document = json!({
            "command": "migrate-import",
            "url": self.url,
            "dialect": self.dialect.key(),
            "revision": draft.revision,
            "dry_run": dry_run,
            "files": self.files,
            "tables": schema.tables.keys().map(ToString::to_string).collect::<Vec<_>>(),
            "enums": schema.enums.keys().map(ToString::to_string).collect::<Vec<_>>(),
            "views": schema.views.keys().map(ToString::to_string).collect::<Vec<_>>(),
            "triggers": schema.triggers.keys().map(ToString::to_string).collect::<Vec<_>>(),
            "unmanaged": imported.unmanaged.iter().map(unmanaged).collect::<Vec<_>>(),
            "accepted": draft.accept,
        });
        format!("{document:#}\n")
    }
}
