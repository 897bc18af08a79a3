//! The migrations of one branch, put behind those of another.
//!
//! ```text
//! two heads --lines--> theirs, ours --merge(base, theirs, each of ours)--> schemas --adapt, prove--> migrations
//! ```
//!
//! Nothing is written here. Each migration keeps its code as it was written, with the names and numbers of the place
//! where it will stand, and without what the other side did as well; what had no code by hand may be planned again.

mod adapt;
mod again;
mod done;
mod line;
mod remark;
mod settle;
#[cfg(test)]
mod tests;
mod told;

use std::collections::BTreeMap;

use whimbrel_schema::merge::{Fork, Merged, Naming, Side, merge, renamed_by};
use whimbrel_schema::{
    Code, Config, Diagnostic, Difference, Operation, Pair, Renames, Schema, Snapshot, Sources, differences,
};

use self::adapt::{Adapted, Version, Written, adapt, is_generated};
use self::again::again;
use self::done::Way;
pub(crate) use self::line::{Lines, NoLines, Stays, asked, heads, lines};
use self::settle::{Settled, settle};
use self::told::{Branch, told};
use crate::chain::{self, Chain, Link};
use crate::code::Versions;
use crate::hazards::unused;
use crate::inputs::{Inputs, MigrationFiles};

/// One migration in its new place.
#[derive(Debug)]
pub(crate) struct Moved {
    /// The revision that it was.
    pub(crate) was: String,
    /// What it is now; `None` if the other side does all that it did.
    pub(crate) is: Option<Placed>,
}

/// A migration that is proven and not written yet.
#[derive(Debug)]
pub(crate) struct Placed {
    pub(crate) snapshot: Snapshot,
    pub(crate) code: String,
    pub(crate) differences: Vec<Difference>,
    /// What its author should look at again, a line of the file each.
    pub(crate) remarks: Vec<String>,
    /// Acceptances that were taken out, because there is no such hazard here.
    pub(crate) unaccepted: Vec<String>,
}

/// Puts our migrations behind theirs, and proves that either order leads to the same schema.
///
/// # Errors
///
/// Conflicts, and what does not hold in its new place.
pub(crate) fn rebase(
    inputs: &mut Inputs,
    lines: &Lines,
    config: &Config,
    files: Option<&Schema>,
    format: &dyn Fn(String) -> String,
) -> Result<Vec<Moved>, Vec<Diagnostic>> {
    let (ends, moved) = put_behind(inputs, lines, Side::Ours, config, files, format)?;
    // The way that nobody will go, which tells whether the two are independent indeed.
    let (other, _) = put_behind(inputs, lines, Side::Theirs, config, files, format).map_err(other_order)?;
    if ends != other {
        let message = "the two orders do not lead to the same schema";
        return Err(vec![
            Diagnostic::new(Code::TWO_HEADS, message)
                .help("put one behind the other by hand: cargo xtask migrate-new"),
        ]);
    }
    Ok(moved)
}

fn other_order(diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let help = "this is so in the other order, theirs behind ours: so the two are not independent";
    diagnostics.into_iter().map(|diagnostic| diagnostic.help(help)).collect()
}

/// Puts the migrations of one side behind those of the other; the schema at the end comes first.
fn put_behind(
    inputs: &mut Inputs,
    lines: &Lines,
    side: Side,
    config: &Config,
    files: Option<&Schema>,
    format: &dyn Fn(String) -> String,
) -> Result<(Schema, Vec<Moved>), Vec<Diagnostic>> {
    let theirs = read(inputs, lines, &lines.theirs)?;
    let ours = read(inputs, lines, &lines.ours)?;
    let common = lines.common.len();
    let nothing = Schema::default();
    let (their_links, our_links) = (behind(&theirs, common), behind(&ours, common));
    let base =
        common.checked_sub(1).and_then(|last| theirs.links.get(last)).map_or(&nothing, |link| &link.schema);
    let renames = Pair::new(renamed(base, their_links), renamed(base, our_links));
    let branches = Pair::new(
        Branch { base, links: their_links, renames: &renames.previous },
        Branch { base, links: our_links, renames: &renames.next },
    );
    let merged = |links: Pair<&[Link]>| -> Result<Merged, Vec<Diagnostic>> {
        let head = |links: &[Link]| links.last().map_or_else(|| base.clone(), |link| link.schema.clone());
        let (theirs, ours) = (head(links.previous), head(links.next));
        let renames = links.map(|links| renamed(base, links));
        merge(Fork::new(base, &theirs, &ours), renames.as_ref())
            .map_err(|conflicts| conflicts.iter().map(|conflict| told(conflict, branches)).collect())
    };
    let whole = merged(Pair::new(their_links, our_links))?;
    let settled = files.map(|files| settle(&whole.schema, files)).unwrap_or_default();
    let (moving, mut grown) = match side {
        Side::Ours => (our_links, read(inputs, lines, &lines.theirs)?),
        Side::Theirs => (their_links, read(inputs, lines, &lines.ours)?),
    };
    let steps: Vec<Merged> = (0..=moving.len())
        .map(|count| {
            let some = moving.get(..count).unwrap_or(moving);
            merged(match side {
                Side::Ours => Pair::new(their_links, some),
                Side::Theirs => Pair::new(some, our_links),
            })
        })
        .collect::<Result<_, _>>()?;
    let whose = match side {
        Side::Ours => Pair::new(base, their_links.last().map_or(base, |link| &link.schema)),
        Side::Theirs => Pair::new(base, our_links.last().map_or(base, |link| &link.schema)),
    };
    let by_others = match side {
        Side::Ours => &renames.previous,
        Side::Theirs => &renames.next,
    };
    let place = Place {
        base,
        moving,
        first: common.checked_sub(1).and_then(|last| theirs.links.get(last)).map(|link| link.number),
        before: moving_versions(&theirs, &ours, side),
        namings: steps.iter().map(|step| step.naming.as_ref().side(side).clone()).collect(),
        // What stood there before is what its snapshots say, names and all.
        schemas: steps
            .iter()
            .enumerate()
            .map(|(count, step)| if count == 0 { grown.head_schema() } else { settled.apply(&step.schema) })
            .collect(),
        changed: differences(whose, by_others),
        settled: &settled,
        config,
    };
    let mut moved = Vec::new();
    // The numbers of the versions after none of them, after the first, and so on.
    let mut numbers: Vec<Option<u32>> = vec![grown.links.last().map(|link| link.number)];
    for count in 1..=moving.len() {
        moved.extend(place.put(count, &mut grown, &numbers, inputs, format)?);
        numbers.push(grown.links.last().map(|link| link.number));
    }
    Ok((grown.head_schema(), moved))
}

/// The chain of the migrations that both have and of some more.
fn read(inputs: &mut Inputs, lines: &Lines, line: &[String]) -> Result<Chain, Vec<Diagnostic>> {
    let all = inputs.migrations.clone();
    inputs.migrations.retain(|files| lines.common.contains(&files.name) || line.contains(&files.name));
    let mut chain = Chain::read(inputs);
    inputs.migrations = all;
    let found = std::mem::take(&mut chain.diagnostics);
    // Numbers and seals of what is moved are made anew.
    let passing = |diagnostic: &Diagnostic| diagnostic.code == Code::BAD_REVISION && line == lines.ours;
    let wrong: Vec<Diagnostic> = found.into_iter().filter(|diagnostic| !passing(diagnostic)).collect();
    if wrong.is_empty() { Ok(chain) } else { Err(wrong) }
}

fn behind(chain: &Chain, common: usize) -> &[Link] {
    chain.links.get(common..).unwrap_or_default()
}

/// What migrations renamed, as their steps say.
fn renamed(base: &Schema, links: &[Link]) -> Renames {
    let steps = links.iter().filter_map(|link| link.code.as_ref()).flat_map(|code| &code.upgrade.steps);
    let operations: Vec<&Operation> = steps.map(|step| &step.operation).collect();
    let mut renames = renamed_by(base, operations.iter().copied());
    for operation in operations {
        if let Operation::AlterEnum { name, renamed } = operation {
            renames.values.entry(name.clone()).or_default().extend(renamed.iter().cloned());
        }
    }
    renames
}

/// The versions that the code of the moving side knows.
fn moving_versions(theirs: &Chain, ours: &Chain, side: Side) -> Versions {
    let mut versions = Versions::default();
    let chain = match side {
        Side::Theirs => theirs,
        Side::Ours => ours,
    };
    for link in &chain.links {
        versions.insert(link.number, link.schema.clone(), &link.snapshot.changed);
    }
    versions
}

/// Where the migrations of one side are put.
struct Place<'a> {
    base: &'a Schema,
    moving: &'a [Link],
    /// The number of the last version that both have.
    first: Option<u32>,
    before: Versions,
    /// After none of them, after the first, and so on.
    namings: Vec<Naming>,
    schemas: Vec<Schema>,
    /// What the other side did.
    changed: Vec<Difference>,
    settled: &'a Settled,
    config: &'a Config,
}

impl Place<'_> {
    /// Puts the next migration at the end of a chain.
    fn put(
        &self,
        count: usize,
        grown: &mut Chain,
        numbers: &[Option<u32>],
        inputs: &mut Inputs,
        format: &dyn Fn(String) -> String,
    ) -> Result<Option<Moved>, Vec<Diagnostic>> {
        let (Some(link), Some(before)) = (self.moving.get(count - 1), count.checked_sub(1)) else {
            return Ok(None);
        };
        let (Some(code), Some(id)) = (&link.code, link.files.code) else { return Ok(None) };
        let was = Pair::new(
            before.checked_sub(1).and_then(|at| self.moving.get(at)).map_or(self.base, |link| &link.schema),
            &link.schema,
        );
        let way = Way {
            was,
            will: Pair::new(&self.schemas[before], &self.schemas[count]),
            naming: Pair::new(&self.namings[before], &self.namings[count]),
            settled: self.settled,
        };
        let last = grown.links.last().map(|link| link.number);
        let number = last.map_or(1, |number| number + 1);
        let becomes = self.becomes(count, numbers, number);
        let written = Written {
            sources: &inputs.sources,
            id,
            code,
            versions: &self.before,
            becomes: &becomes,
            settled: self.settled,
        };
        let Adapted { text, is_empty, named } = adapt(&written, way)?;
        let (changed, dropped) = Snapshot::between(way.will);
        let moved = |is| Ok(Some(Moved { was: link.revision().to_owned(), is }));
        if is_empty && way.will.previous == way.will.next && was.previous != was.next {
            return moved(None);
        }
        let slug = link.revision().split_once('_').map_or("", |(_, slug)| slug);
        let mut snapshot =
            Snapshot { revision: format!("{number:04}_{slug}"), changed, dropped, ..link.snapshot.clone() };
        snapshot.parent = grown.links.last().map(|link| link.revision().to_owned());
        snapshot.parent_hash = grown.links.last().and_then(|link| link.hash.clone());
        snapshot.accept = self.accepted(link, way);
        let remarks = remark::remarks(&inputs.sources, id, &named, &self.changed);
        let generated = is_generated(&inputs.sources, id, code);
        let head: Vec<String> = head_of(&inputs.sources.get(id).text);
        let mut code_text = format(text);
        let mut proven = prove(grown, &snapshot, &code_text, &mut inputs.sources);
        if let (Err(_), true) = (&proven, generated)
            && let Some(text) = again(code, way, Pair::new(last, Some(number)), head, self.config)
        {
            let text = format(text);
            let other = prove(grown, &snapshot, &text, &mut inputs.sources);
            if other.is_ok() {
                (proven, code_text) = (other, text);
            }
        }
        let mut proven = proven.map_err(|diagnostics| Self::unproven(diagnostics, link))?;
        let idle: Vec<String> =
            unused(&proven.hazards.previous, &snapshot.accept).into_iter().cloned().collect();
        for name in &idle {
            snapshot.accept.remove(name);
            proven.snapshot.accept.remove(name);
        }
        let differences = differences(way.will, &self.renames_between(way, link));
        grown.links.push(proven);
        moved(Some(Placed { snapshot, code: code_text, differences, remarks, unaccepted: idle }))
    }

    /// What becomes of the versions that a migration may name: the one at which the lines part, and those of its
    /// own side up to it, which has this number.
    fn becomes(&self, count: usize, numbers: &[Option<u32>], number: u32) -> BTreeMap<u32, Version<'_>> {
        let was = std::iter::once(self.first).chain(self.moving.iter().map(|link| Some(link.number)));
        let is = numbers.iter().copied().take(count).chain([Some(number)]);
        let places = self.namings.iter().zip(&self.schemas);
        let versions = was.zip(is).zip(places).filter_map(|((was, is), (naming, schema))| {
            Some((was?, Version { number: is?, naming, schema }))
        });
        versions.collect()
    }

    /// The acceptances, by the names where the migration will be.
    fn accepted(&self, link: &Link, way: Way<'_>) -> BTreeMap<String, String> {
        let renamed = |name: &String| {
            let (code, object) = name.split_once(':')?;
            let next = match object.split_once('.') {
                Some((table, column)) => {
                    let (table, column) = (table.into(), column.into());
                    let from = way.naming.previous;
                    format!("{}.{}", from.table(&table), from.column(&table, &column))
                }
                None => way.naming.previous.table(&object.into()).to_string(),
            };
            Some(format!("{code}:{next}"))
        };
        let accept = link.snapshot.accept.iter();
        accept.map(|(name, reason)| (renamed(name).unwrap_or_else(|| name.clone()), reason.clone())).collect()
    }

    fn renames_between(&self, way: Way<'_>, link: &Link) -> Renames {
        let steps = link.code.iter().flat_map(|code| &code.upgrade.steps).map(|step| &step.operation);
        let was = renamed_by(way.was.previous, steps);
        let mut renames = Renames::default();
        for (next, previous) in &was.tables {
            let names = (way.naming.next.table(next).clone(), way.naming.previous.table(previous).clone());
            renames.tables.extend((names.0 != names.1).then_some(names));
        }
        for ((table, next), previous) in &was.columns {
            let origin = was.tables.get(table).unwrap_or(table);
            let key = (way.naming.next.table(table).clone(), way.naming.next.column(table, next).clone());
            let previous = way.naming.previous.column(origin, previous).clone();
            renames.columns.extend((key.1 != previous).then_some((key, previous)));
        }
        renames
    }

    fn unproven(diagnostics: Vec<Diagnostic>, link: &Link) -> Vec<Diagnostic> {
        let help = format!(
            "this is `{}` as it would stand behind the other line; it has code by hand, which is kept as it is. Change it \
             so that it holds in both places, or set it aside, remove it, and make it again: cargo xtask migrate-new",
            link.revision()
        );
        diagnostics.into_iter().map(|diagnostic| diagnostic.help(help.clone())).collect()
    }
}

/// The lines of the comment at the head of a file.
fn head_of(text: &str) -> Vec<String> {
    let lines = text.lines().take_while(|line| line.starts_with("//"));
    lines.map(|line| line.trim_start_matches('/').trim().to_owned()).collect()
}

/// Reads a migration as the build will, at the end of a chain.
fn prove(
    chain: &Chain,
    snapshot: &Snapshot,
    code: &str,
    sources: &mut Sources,
) -> Result<Link, Vec<Diagnostic>> {
    let path = format!("migrations/{}", snapshot.revision);
    let files = MigrationFiles {
        code: Some(sources.add(format!("{path}/migration.rs"), code)),
        snapshot: Some(sources.add(format!("{path}/snapshot.toml"), snapshot.to_string())),
        directory: std::path::PathBuf::from(&path),
        name: snapshot.revision.clone(),
    };
    chain::prove(chain, files, sources)
}
