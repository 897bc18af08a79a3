//! A package's schema and migrations, read and checked: what build and xtask both start from.

use std::path::Path;

use whimbrel_schema::seed::{CheckedSeeds, SeedContext, check_seeds};
use whimbrel_schema::{
    Code, Config, Diagnostic, Difference, DifferenceKind, Document, Object, Pair, Schema, Sources, Validated,
    differences, parse,
    plan::{RenameProblem, resolve_renames},
    validate,
};

use crate::chain::Chain;
use crate::check::sql_by_dialect;
use crate::hazards;
use crate::inputs::{Inputs, SeedData};
use crate::name::suggest_name;

/// Everything known about a package, and everything that is wrong with it.
#[derive(Debug)]
pub(crate) struct Analysis {
    pub(crate) inputs: Inputs,
    pub(crate) config: Config,
    pub(crate) schema: Validated,
    pub(crate) chain: Chain,
    /// The seeds, where the package has any and nothing is wrong with its schema.
    pub(crate) seeds: Option<CheckedSeeds>,
    /// What is wrong with files, schema and migrations.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// What is wrong with the seeds. It fails the build, but keeps nobody from writing a migration, which may be just
    /// what the seeds wait for.
    pub(crate) seed_diagnostics: Vec<Diagnostic>,
    /// What there is to say of hazards that do not fail the build: of the newest migration, and of those
    /// before it, as `next` and `previous`.
    pub(crate) remarks: Pair<Vec<Diagnostic>>,
    /// What the schema has that no migration has; `None` where something is wrong before that.
    pub(crate) ahead: Option<Diagnostic>,
}

impl Analysis {
    /// Reads and checks the package in a directory.
    pub(crate) fn of(root: &Path) -> Self {
        Self::new(Inputs::read(root))
    }

    /// Checks what was read.
    pub(crate) fn new(mut inputs: Inputs) -> Self {
        let (config, mut diagnostics) =
            inputs.config.map_or_else(Default::default, |id| Config::parse(&inputs.sources, id));
        let documents: Vec<Document> = inputs.schema.iter().map(|id| parse(&inputs.sources, *id)).collect();
        let mut schema = validate(&documents, &config.dialects);
        let mut chain = Chain::read(&mut inputs);
        diagnostics.splice(0..0, std::mem::take(&mut inputs.diagnostics));
        if let Some(directory) = &config.seeds {
            inputs.read_seeds(directory);
        }
        let mut seed_diagnostics = std::mem::take(&mut inputs.diagnostics);
        let mut seeds = seeds(&inputs, &config, &schema);
        seed_diagnostics.extend(seeds.iter_mut().flat_map(|seeds| std::mem::take(&mut seeds.diagnostics)));
        diagnostics.append(&mut schema.diagnostics);
        diagnostics.append(&mut chain.diagnostics);
        diagnostics.extend(chain.links.iter().flat_map(|link| sql_by_dialect(link, &config.dialects)));
        let hazards = hazards::findings(&chain, &config, &inputs.sources);
        diagnostics.extend(hazards.errors);
        let remarks = Pair::new(hazards.earlier, hazards.newest);
        let known = diagnostics.is_empty() && chain.complete;
        let ahead = if known { schema_ahead(&schema, &chain, &mut diagnostics) } else { None };
        Self { inputs, config, schema, chain, seeds, diagnostics, seed_diagnostics, remarks, ahead }
    }

    /// All diagnostics: what a migration has to wait for, that one is missing, and what may wait for it.
    pub(crate) fn all(&self) -> Vec<Diagnostic> {
        self.diagnostics.iter().chain(&self.ahead).chain(&self.seed_diagnostics).cloned().collect()
    }

    /// The files, for reports.
    pub(crate) fn sources(&self) -> &Sources {
        &self.inputs.sources
    }
}

/// The schema and the seeds of a package, without its migrations.
pub(crate) struct Seeds {
    pub(crate) schema: Schema,
    /// `None` where something is wrong with the schema.
    pub(crate) seeds: Option<CheckedSeeds>,
}

impl Seeds {
    /// Reads and checks them, if the package says that it has seeds.
    pub(crate) fn of(root: &Path) -> Option<Self> {
        let mut inputs = Inputs::read(root);
        let config = Config::parse(&inputs.sources, inputs.config?).0;
        inputs.read_seeds(config.seeds.as_deref()?);
        let documents: Vec<Document> = inputs.schema.iter().map(|id| parse(&inputs.sources, *id)).collect();
        let schema = validate(&documents, &config.dialects);
        let seeds = seeds(&inputs, &config, &schema);
        Some(Self { schema: schema.schema, seeds })
    }
}

/// Checks the seeds against the schema; not against one with errors, of which some would come again.
fn seeds(inputs: &Inputs, config: &Config, schema: &Validated) -> Option<CheckedSeeds> {
    let directory = config.seeds.as_deref().filter(|_| schema.diagnostics.is_empty())?;
    let data = SeedData { inputs, directory };
    let protected = config.environments.iter().filter(|environment| environment.protect);
    let protected: Vec<String> = protected.map(|environment| environment.name.clone()).collect();
    let context = SeedContext {
        schema: &schema.schema,
        dialects: &config.dialects,
        protected: &protected,
        data: &data,
        functions: None,
    };
    Some(check_seeds(&inputs.sources, &inputs.seeds, context))
}

/// What the schema has that no migration has, with its places.
fn schema_ahead(schema: &Validated, chain: &Chain, diagnostics: &mut Vec<Diagnostic>) -> Option<Diagnostic> {
    let head = chain.head_schema();
    let pair = Pair::new(&head, &schema.schema);
    let (renames, problems) = resolve_renames(pair, &schema.hints);
    diagnostics.extend(problems.into_iter().map(bad_rename));
    let differences = differences(pair, &renames);
    if differences.is_empty() {
        return None;
    }
    let mut diagnostic = Diagnostic::new(Code::SCHEMA_AHEAD, "schema is ahead of the migrations");
    for difference in differences.iter().take(LABEL_LIMIT) {
        let place = schema
            .origins
            .get(&difference.object)
            .or_else(|| schema.origins.get(&Object::Table(difference.object.whole().clone())))
            .or_else(|| gone_place(difference, chain));
        diagnostic = match place {
            Some(place) => diagnostic.label(place, ahead_words(difference)),
            None => diagnostic.help(ahead_words(difference)),
        };
    }
    if differences.len() > LABEL_LIMIT {
        diagnostic = diagnostic.help(format!("and {} more changes", differences.len() - LABEL_LIMIT));
    }
    Some(diagnostic.help(format!("cargo xtask migrate-new {}", suggest_name(&differences))))
}

/// A rename that cannot be, to its author.
pub(crate) fn bad_rename(problem: RenameProblem) -> Diagnostic {
    let help = match problem.span {
        Some(_) => "remove `renamed_from`, or give the name that the last migration has",
        None => "write --rename PREVIOUS=NEXT, with a name of the last migration and one of the schema",
    };
    Diagnostic::new(Code::BAD_RENAME, problem.message).label_if(problem.span, "said here").help(help)
}

const LABEL_LIMIT: usize = 6;

/// Where an object stands that the schema no longer has: in the snapshot that had it last.
fn gone_place(difference: &Difference, chain: &Chain) -> Option<whimbrel_schema::Span> {
    chain.links.iter().rev().find_map(|link| {
        link.origins
            .get(&difference.object)
            .or_else(|| link.origins.get(&Object::Table(difference.object.whole().clone())))
    })
}

fn ahead_words(difference: &Difference) -> String {
    let what = match &difference.object {
        Object::Column(table, column) => format!("column `{table}.{column}`"),
        Object::Table(table) => format!("table `{table}`"),
        _ => difference.name.clone(),
    };
    match (difference.kind, &difference.definition.previous, &difference.definition.next) {
        (DifferenceKind::Added, ..) => format!("{what} is in no migration yet"),
        (DifferenceKind::Dropped, ..) => format!("{what} is still in the migrations"),
        (DifferenceKind::Renamed, ..) => format!("{what} has another name in the migrations"),
        (DifferenceKind::Changed, Some(previous), Some(next)) => {
            format!("{what} is `{previous}` in the migrations, and `{next}` here")
        }
        (DifferenceKind::Changed, ..) => format!("{what} is another in the migrations"),
    }
}
