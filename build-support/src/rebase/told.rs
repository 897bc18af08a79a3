//! Conflicts as diagnostics, with what each side did and where.

use whimbrel_schema::merge::{Conflict, ConflictKind, Fork, Side, differs};
use whimbrel_schema::{Code, Diagnostic, Object, Pair, Renames, Schema, Span, differences};

use crate::chain::Link;

/// The migrations of one side, and what they lead from.
#[derive(Clone, Copy)]
pub(super) struct Branch<'a> {
    pub(super) base: &'a Schema,
    pub(super) links: &'a [Link],
    pub(super) renames: &'a Renames,
}

/// One conflict, told to both authors.
pub(super) fn told(conflict: &Conflict, branches: Pair<Branch<'_>>) -> Diagnostic {
    let Pair { previous: theirs, next: ours } = branches;
    let Fork { base, theirs: on_theirs, ours: on_ours } = &conflict.object;
    let (on_theirs, on_ours) = match &conflict.kind {
        ConflictKind::GoneAndNamed { gone: Side::Theirs, by } => (base, by),
        ConflictKind::GoneAndNamed { gone: Side::Ours, by } => (by, base),
        _ => (on_theirs, on_ours),
    };
    let label = |diagnostic: Diagnostic, branch: Branch<'_>, object: &Object, side: Side| {
        let place = branch.place(object);
        diagnostic.label_if(place, format!("{side}: {}", branch.words(object)))
    };
    let diagnostic = Diagnostic::new(Code::TWO_HEADS, conflict.to_string());
    let diagnostic = label(diagnostic, ours, on_ours, Side::Ours);
    label(diagnostic, theirs, on_theirs, Side::Theirs).help(match conflict.kind {
        ConflictKind::GoneAndNamed { .. } => {
            "decide which it is to be: put back what is gone, by a migration behind that one, or take out what speaks of it"
        }
        ConflictKind::ChangedDifferently
        | ConflictKind::AddedDifferently
        | ConflictKind::RenamedDifferently(_)
        | ConflictKind::DroppedAndChanged { .. }
        | ConflictKind::DroppedAndRenamed { .. } => {
            "decide which it is to be, write it so in your own migration and in schema/, and run this again"
        }
    })
}

impl Branch<'_> {
    /// Where the last of the migrations that did something to an object did it.
    fn place(&self, object: &Object) -> Option<Span> {
        let before = std::iter::once(self.base).chain(self.links.iter().map(|link| &link.schema));
        let pairs: Vec<(&Schema, &Link)> = before.zip(self.links).collect();
        let changed = |object: &Object| {
            let last =
                pairs.iter().rev().find(|(before, link)| differs(Pair::new(before, &link.schema), object));
            last.map(|(_, link)| *link)
        };
        // A table that is on both sides is changed with any of its parts.
        let part = |link: &&Link| link.snapshot.changed.tables.contains_key(object.whole());
        let link = changed(object)
            .or_else(|| changed(&Object::Table(object.whole().clone())))
            .or_else(|| self.links.iter().rev().find(part))
            .or(self.links.last())?;
        let here =
            link.origins.get(object).or_else(|| link.origins.get(&Object::Table(object.whole().clone())));
        let step = || {
            let steps = &link.code.as_ref()?.upgrade.steps;
            let about = steps.iter().find(|step| {
                step.operation.table() == Some(object.whole())
                    || step.altered.iter().any(|names| names.previous == *object.whole())
            });
            about.map(|step| step.span)
        };
        let dropped = link.origins.get(object).is_none();
        if dropped { step().or(here) } else { here.or_else(step) }.or(Some(link.header.revision))
    }

    /// What was done to it, as `migrate-new` says it.
    fn words(&self, object: &Object) -> String {
        let head = self.links.last().map_or(self.base, |link| &link.schema);
        let all = differences(Pair::new(self.base, head), self.renames);
        let about = |object: &Object| all.iter().find(|difference| difference.object == *object);
        let found = about(object).or_else(|| about(&Object::Table(object.whole().clone())));
        found.map_or_else(|| "here".to_owned(), ToString::to_string)
    }
}
