//! What a migration does, for the person who reviews it.
//!
//! ```text
//! Link --review--> Review --markdown | json | html--> one text, the same wherever it is made
//! ```
//!
//! Everything in it is read from the files of the package: no time, no path of this machine, no database.

mod diagram;
mod html;
mod json;
mod markdown;
mod svg;
#[cfg(test)]
mod tests;

use std::path::Path;

use whimbrel_schema::merge::renamed_by;
use whimbrel_schema::{
    Config, Dialect, Difference, HazardCode, Operation, Pair, Schema, Severity, Sources, differences,
};

use self::diagram::Diagram;
pub(crate) use html::html;
pub(crate) use json::json;
pub(crate) use markdown::markdown;

use crate::analysis::Analysis;
use crate::chain::Link;
use crate::code::Downgrade;
use crate::draft::statements;
use crate::hazards::judge;
use crate::reversal::reversal;

/// One migration, as a reviewer is shown it.
#[derive(Debug)]
pub(crate) struct Review {
    pub(crate) revision: String,
    pub(crate) parent: Option<String>,
    /// The migrations that it stands for, after they were made one.
    pub(crate) replaces: Vec<String>,
    /// The hash over it and all before it, by which what runs is known for what was reviewed.
    pub(crate) hash: Option<String>,
    /// What its author wrote at the head of the file.
    pub(crate) remarks: String,
    pub(crate) changes: Vec<Difference>,
    /// The heaviest first; what locks tables is not among them.
    pub(crate) dangers: Vec<Danger>,
    /// Which tables are locked or copied, and how long that may take.
    pub(crate) locks: Vec<Danger>,
    pub(crate) reversal: &'static str,
    /// What is lost and when, or why there is no way back.
    pub(crate) losses: Vec<String>,
    /// How many steps run code that nobody can read as SQL: up and down.
    pub(crate) opaque: Pair<usize>,
    /// For each configured dialect, the statements of the upgrade and of the downgrade.
    pub(crate) sql: Vec<(Dialect, Pair<Vec<String>>)>,
    pub(crate) diagram: Diagram,
}

/// A hazard as a reviewer is told it.
#[derive(Debug)]
pub(crate) struct Danger {
    pub(crate) code: HazardCode,
    pub(crate) name: String,
    pub(crate) weight: Severity,
    pub(crate) what: String,
    pub(crate) reason: &'static str,
    pub(crate) safer: &'static str,
    pub(crate) accepted: Option<String>,
    pub(crate) dialects: Vec<Dialect>,
}

impl Review {
    /// Where not all of a project's databases have a hazard: a remark in parentheses that begins with a blank.
    fn only_on(&self, danger: &Danger) -> String {
        if danger.dialects.len() == self.sql.len() {
            return String::new();
        }
        let names: Vec<String> = danger.dialects.iter().map(ToString::to_string).collect();
        format!(" (on {})", names.join(" and "))
    }
}

/// The review of every migration of a package, in their order.
///
/// For a package's own snapshot tests: each is the revision and the text that `cargo xtask migrate-review` prints for
/// it, with the SQL of every configured database. The text depends on the package's files and the version of whimbrel
/// alone, so a snapshot of it shows in a pull request what will run.
///
/// ```no_run
/// // in tests/migrations.rs, with insta
/// # fn assert_snapshot(_: &str, _: &str) {}
/// for (revision, review) in whimbrel_build::reviews(env!("CARGO_MANIFEST_DIR")).unwrap() {
///     assert_snapshot(&revision, &review); // insta::assert_snapshot!(revision, review)
/// }
/// ```
///
/// # Errors
///
/// In words, what is wrong with the package: it would not build.
pub fn reviews(package: impl AsRef<Path>) -> Result<Vec<(String, String)>, String> {
    let analysis = Analysis::of(package.as_ref());
    if !analysis.diagnostics.is_empty() {
        let style = whimbrel_schema::Style::Plain;
        return Err(whimbrel_schema::report_all(&analysis.diagnostics, analysis.sources(), style));
    }
    let all = review(&analysis, &|_| true);
    Ok(all.iter().map(|review| (review.revision.clone(), markdown(std::slice::from_ref(review)))).collect())
}

/// The reviews of some of a package's migrations.
pub(crate) fn review(analysis: &Analysis, wanted: &dyn Fn(&str) -> bool) -> Vec<Review> {
    let nothing = Schema::default();
    let links = &analysis.chain.links;
    let before = std::iter::once(&nothing).chain(links.iter().map(|link| &link.schema));
    let all = before.zip(links).enumerate().filter(|(_, (_, link))| wanted(link.revision()));
    all.filter_map(|(index, (previous, link))| {
        one(link, previous, &analysis.config, analysis.sources(), index + 1 == links.len())
    })
    .collect()
}

/// `None` if its code could not be read.
fn one(link: &Link, previous: &Schema, config: &Config, sources: &Sources, newest: bool) -> Option<Review> {
    let code = link.code.as_ref()?;
    let schemas = Pair::new(previous, &link.schema);
    let upgrade: Vec<Operation> = code.upgrade.steps.iter().map(|step| step.operation.clone()).collect();
    let downgrade: Vec<Operation> =
        code.downgrade.steps().iter().map(|step| step.operation.clone()).collect();
    let renames = renamed_by(previous, &upgrade);
    let (kind, _) = reversal(code, link.hazards.as_ref(), &config.dialects);
    let losses = match &code.downgrade {
        Downgrade::Irreversible(reason) | Downgrade::NothingToUndo(reason) => vec![reason.clone()],
        Downgrade::Function(_) => kind.words(),
    };
    let (locks, dangers) = dangers(link, config, newest).into_iter().partition(|danger| is_lock(danger.code));
    let opaque = |steps: &[Operation]| steps.iter().filter(|step| **step == Operation::Code).count();
    let text = |dialect, steps: &[Operation], schemas| -> Vec<String> {
        statements(dialect, steps, schemas).iter().map(ToString::to_string).collect()
    };
    Some(Review {
        revision: link.revision().to_owned(),
        parent: link.snapshot.parent.clone(),
        replaces: link.snapshot.replaces.clone(),
        hash: link.hash.clone(),
        remarks: link.files.code.map(|id| remarks(&sources.get(id).text)).unwrap_or_default(),
        changes: differences(schemas, &renames),
        dangers,
        locks,
        reversal: kind.key(),
        losses,
        opaque: Pair::new(opaque(&upgrade), opaque(&downgrade)),
        sql: config
            .dialects
            .iter()
            .map(|dialect| {
                let up = text(*dialect, &upgrade, schemas);
                (*dialect, Pair::new(up, text(*dialect, &downgrade, schemas.swap())))
            })
            .collect(),
        diagram: Diagram::new(schemas, &renames),
    })
}

fn dangers(link: &Link, config: &Config, newest: bool) -> Vec<Danger> {
    let snapshot = &link.snapshot;
    let judged = judge(&link.hazards.previous, &snapshot.accept, config, snapshot.hazards, newest);
    judged
        .into_iter()
        .map(|judged| {
            let rule = judged.hazard.code.rule();
            let on = |dialect: &&Dialect| judged.hazard.dialects.contains(dialect);
            Danger {
                code: judged.hazard.code,
                name: judged.hazard.name(),
                weight: judged.severity,
                what: judged.hazard.words(),
                reason: rule.reason,
                safer: rule.alternative,
                accepted: judged.accepted.map(str::to_owned),
                dialects: config.dialects.iter().filter(on).copied().collect(),
            }
        })
        .collect()
}

/// Whether a rule is about who waits for whom, and not about what is lost or breaks.
fn is_lock(code: HazardCode) -> bool {
    let text = code.to_string();
    text.starts_with("WHP") || text.starts_with("WHY")
}

/// The comment at the head of a file, its paragraphs in one line each.
fn remarks(text: &str) -> String {
    let lines = text.lines().take_while(|line| line.starts_with("//"));
    let lines: Vec<&str> = lines.map(|line| line.trim_start_matches('/').trim()).collect();
    let paragraphs = lines.split(|line| line.is_empty()).filter(|lines| !lines.is_empty());
    paragraphs.map(|lines| lines.join(" ")).collect::<Vec<_>>().join("\n\n")
}
