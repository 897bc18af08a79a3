//! The code of a migration, moved behind another: as it was written, with other names and numbers.

use std::collections::BTreeMap;
use std::ops::Range;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Item, Stmt};
use whimbrel_schema::merge::Naming;
use whimbrel_schema::{Code, Diagnostic, Object, Schema, SourceId, Sources, Span, names};

use super::done::Way;
use super::settle::Settled;
use crate::code::{MigrationCode, Step, Tokens, Versions, module_name};

/// What becomes of a version that code may name.
pub(super) struct Version<'a> {
    pub(super) number: u32,
    pub(super) naming: &'a Naming,
    pub(super) schema: &'a Schema,
}

/// A migration's code where it was.
pub(super) struct Written<'a> {
    pub(super) sources: &'a Sources,
    pub(super) id: SourceId,
    pub(super) code: &'a MigrationCode,
    /// The versions that it knew, and by their numbers what becomes of those that change.
    pub(super) versions: &'a Versions,
    pub(super) becomes: &'a BTreeMap<u32, Version<'a>>,
    pub(super) settled: &'a Settled,
}

/// The code where it will be.
pub(super) struct Adapted {
    pub(super) text: String,
    /// Whether a step is left, or anything else that was written by hand.
    pub(super) is_empty: bool,
    /// The objects that it names outside of steps that define the schema, by their names before, and where.
    pub(super) named: Vec<(Object, Span)>,
}

/// Moves code: takes out what the other side did as well, and writes every name as it is there.
///
/// # Errors
///
/// What it names and is no longer there.
pub(super) fn adapt(written: &Written<'_>, way: Way<'_>) -> Result<Adapted, Vec<Diagnostic>> {
    let text = &*written.sources.get(written.id).text;
    let Ok(file) = syn::parse_file(text) else { return Err(Vec::new()) };
    let (upgrade, downgrade) = (statements(&file, "upgrade"), statements(&file, "downgrade"));
    let back = written.code.downgrade.steps();
    let mut gone = way.done(upgrade, &written.code.upgrade.steps);
    gone.extend(way.back().done(downgrade, back));
    let by_hand = |steps: &[Step]| -> Vec<Range<usize>> {
        let data = steps.iter().filter(|step| step.operation.changes_rows() || step.operation.is_opaque());
        data.map(|step| step.span.range()).collect()
    };
    let mut data = by_hand(&written.code.upgrade.steps);
    data.extend(by_hand(back));
    data.extend(file.items.iter().filter(|item| is_by_hand(item)).map(|item| item.span().byte_range()));
    let left = upgrade.len() + downgrade.len();
    let removed = [upgrade, downgrade].into_iter().flatten();
    let removed = removed.filter(|statement| gone.contains(&statement.span().byte_range())).count();
    // Each function ends with `Ok(())`.
    let ends = usize::from(!upgrade.is_empty()) + usize::from(!downgrade.is_empty());
    let is_empty = data.is_empty() && removed + ends >= left;
    let tokens = Tokens::new(&file, written.id, written.versions);
    let mut visitor =
        Visitor { written, tokens, gone, data, edits: Vec::new(), named: Vec::new(), problems: Vec::new() };
    visitor.visit_file(&file);
    let Visitor { gone, mut edits, named, problems, .. } = visitor;
    if !problems.is_empty() {
        return Err(problems);
    }
    edits.extend(gone.into_iter().map(|range| (whole_lines(text, range), String::new())));
    Ok(Adapted { text: edited(text, edits), is_empty, named })
}

/// Whether nothing in the code was written by hand, so that it can be made anew.
pub(super) fn is_generated(sources: &Sources, id: SourceId, code: &MigrationCode) -> bool {
    let all = code.upgrade.steps.iter().chain(code.downgrade.steps());
    let Ok(file) = syn::parse_file(&sources.get(id).text) else { return false };
    all.clone().all(|step| !step.operation.changes_rows() && !step.operation.is_opaque())
        && !file.items.iter().any(is_by_hand)
}

fn is_by_hand(item: &Item) -> bool {
    match item {
        Item::Use(_) => false,
        Item::Fn(function) => function.sig.ident != "upgrade" && function.sig.ident != "downgrade",
        Item::Const(constant) => constant.ident != "IRREVERSIBLE" && constant.ident != "NOTHING_TO_UNDO",
        _ => true,
    }
}

fn statements<'a>(file: &'a syn::File, name: &str) -> &'a [Stmt] {
    let function = file.items.iter().find_map(|item| match item {
        Item::Fn(function) if function.sig.ident == name => Some(function),
        _ => None,
    });
    function.map_or(&[], |function| &function.block.stmts)
}

/// Writes every path that names something of a version as it is called there.
struct Visitor<'a, 'w> {
    written: &'w Written<'a>,
    tokens: Tokens<'a>,
    gone: Vec<Range<usize>>,
    data: Vec<Range<usize>>,
    edits: Vec<(Range<usize>, String)>,
    named: Vec<(Object, Span)>,
    problems: Vec<Diagnostic>,
}

impl Visitor<'_, '_> {
    fn is_in(&self, ranges: &[Range<usize>], place: &Range<usize>) -> bool {
        ranges.iter().any(|range| range.start <= place.start && place.end <= range.end)
    }

    fn rename(&mut self, ident: &syn::Ident, next: &str) {
        if ident != next {
            self.edits.push((ident.span().byte_range(), next.to_owned()));
        }
    }

    /// The name in Rust of an object where the code will be; `None` if it is not there.
    fn called(&self, version: &Version<'_>, object: &Object) -> Option<(String, Option<String>)> {
        let object = self.written.settled.object(version.naming.object(object));
        match &object {
            Object::Enum(_) | Object::View(_) | Object::Trigger(_) => names::is_in(version.schema, &object)
                .then(|| names::type_of(version.schema, &object))?
                .map(|name| (name, None)),
            _ => {
                let table = version.schema.table(object.whole().as_str())?;
                let type_name = names::type_of(version.schema, &Object::Table(table.name.clone()))?;
                if let Object::Table(_) = object {
                    return Some((type_name, None));
                }
                let constants = names::constants(table);
                let constant = constants.into_iter().find(|(_, known)| *known == object)?.0;
                Some((type_name, Some(constant)))
            }
        }
    }

    /// Keeps in mind what code by hand names, and where.
    fn note(&mut self, object: &Object, ident: &syn::Ident) -> Span {
        let span = crate::code::span(self.written.id, ident.span());
        if self.is_in(&self.data, &span.range()) {
            self.named.push((object.clone(), span));
        }
        span
    }

    fn name(&mut self, version: u32, object: Object, idents: &[&syn::Ident]) {
        let Some(last) = idents.last() else { return };
        let span = self.note(&object, last);
        let Some(becomes) = self.written.becomes.get(&version) else { return };
        match (self.called(becomes, &object), idents) {
            (Some((whole, None)), [ident]) => self.rename(ident, &whole),
            (Some((whole, Some(part))), [table, ident]) => {
                self.rename(table, &whole);
                self.rename(ident, &part);
            }
            (Some((_, Some(part))), [ident]) => self.rename(ident, &part),
            _ => {
                let message = format!("this names {}, which the other side does not have", object.in_words());
                self.problems.push(
                    Diagnostic::new(Code::TWO_HEADS, message)
                        .label(span, "there is no such thing where this migration is to stand")
                        .help("take the step out, or give it something else to work on, before the branches are put together"),
                );
            }
        }
    }
}

impl<'ast> Visit<'ast> for Visitor<'_, '_> {
    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        if !self.is_in(&self.gone, &statement.span().byte_range()) {
            visit::visit_stmt(self, statement);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let idents: Vec<&syn::Ident> = path.segments.iter().map(|segment| &segment.ident).collect();
        self.module(&idents);
        match self.tokens.object(path) {
            Ok((version, _, object)) => {
                // Of a table that was imported by its name, the name is the import's.
                let named = if idents.len() > 2 { idents.len() - 2 } else { idents.len() - 1 };
                self.name(version, object, idents.get(named..).unwrap_or_default());
            }
            Err(_) => {
                if let Ok((version, table)) = self.tokens.table(path) {
                    let object = Object::Table(table.name.clone());
                    match idents[..] {
                        // One that was imported goes on being called so.
                        [ident] => {
                            self.note(&object, ident);
                        }
                        _ => self.name(version, object, idents.get(idents.len() - 1..).unwrap_or_default()),
                    }
                }
            }
        }
        visit::visit_path(self, path);
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.import(&item.tree, &mut Vec::new());
    }
}

impl Visitor<'_, '_> {
    /// The number of a version, written as `v0003`.
    fn module(&mut self, idents: &[&syn::Ident]) {
        for ident in idents {
            let moved = self.written.becomes.iter().find(|(number, _)| *ident == &module_name(**number));
            if let Some((_, version)) = moved {
                self.rename(ident, &module_name(version.number));
            }
        }
    }

    fn import(&mut self, tree: &syn::UseTree, path: &mut Vec<syn::Ident>) {
        match tree {
            syn::UseTree::Path(step) => {
                self.module(&[&step.ident]);
                path.push(step.ident.clone());
                self.import(&step.tree, path);
                path.pop();
            }
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.import(tree, path)),
            syn::UseTree::Name(name) => match path.len() {
                1 => self.module(&[&name.ident]),
                _ => self.imported(path, &name.ident, true),
            },
            syn::UseTree::Rename(rename) => match path.len() {
                1 => self.module(&[&rename.ident]),
                _ => self.imported(path, &rename.ident, false),
            },
            syn::UseTree::Glob(_) => {}
        }
    }

    /// A table imported by its name, which the rest of the code goes on using.
    fn imported(&mut self, path: &[syn::Ident], ident: &syn::Ident, keep: bool) {
        let module = path.last().map(ToString::to_string).unwrap_or_default();
        let moved = self.written.becomes.iter().find(|(number, _)| module == module_name(**number));
        let Some((_, version)) = moved else { return };
        let whole: Option<syn::Path> = syn::parse_str(&format!("super::{module}::{ident}")).ok();
        let Some(Ok((_, table))) = whole.map(|path| self.tokens.table(&path)) else { return };
        if let Some((next, _)) = self.called(version, &Object::Table(table.name.clone())) {
            let next = if keep && *ident != next { format!("{next} as {ident}") } else { next };
            self.rename(ident, &next);
        }
    }
}

/// A range with the rest of its lines, where nothing else stands on them.
fn whole_lines(text: &str, range: Range<usize>) -> Range<usize> {
    let before = text.get(..range.start).unwrap_or_default();
    let after = text.get(range.end..).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let end = after.find('\n').map_or(text.len(), |at| range.end + at + 1);
    let alone = text.get(start..range.start).is_some_and(|rest| rest.trim().is_empty())
        && text.get(range.end..end).is_some_and(|rest| rest.trim().is_empty());
    if alone { start..end } else { range }
}

/// A text with other texts in some places, which do not overlap.
fn edited(text: &str, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.sort_by_key(|(range, _)| range.start);
    edits.dedup();
    let (mut result, mut end) = (String::new(), 0);
    for (range, next) in edits {
        if range.start < end {
            continue;
        }
        result.push_str(text.get(end..range.start).unwrap_or_default());
        result.push_str(&next);
        end = range.end;
    }
    result + text.get(end..).unwrap_or_default()
}
