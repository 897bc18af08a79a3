//! A new migration, planned, written and proven before it touches a file.

mod answers;
mod doubt;
mod lookalike;
mod online;
mod question;

use std::collections::BTreeMap;

use whimbrel_schema::{
    Code, ColumnType, Diagnostic, Dialect, Difference, Fill, Float, Hazard, Name, Operation, Pair, Schema,
    Snapshot, Sql, Statement, Value, differences,
    plan::{Intent, Plan, plan, resolve_renames},
    render_step,
};

pub(crate) use doubt::{Doubt, Refusal, Renamed, Way};
use lookalike::lookalikes;
pub(crate) use online::online;
use question::open_questions;

use crate::analysis::{Analysis, bad_rename};
use crate::chain::{self, Link};
use crate::code::{Downgrade, write};
use crate::hazards::{self, Judged};
use crate::inputs::MigrationFiles;
use crate::reversal::{Reversal, reversal};

/// What the author says beside the schema itself.
#[derive(Debug, Default)]
pub(crate) struct Wishes {
    pub(crate) empty: bool,
    /// From the next name to the previous one.
    pub(crate) renamed_tables: BTreeMap<Name, Name>,
    /// From the table and the next name to the previous one.
    pub(crate) renamed_columns: BTreeMap<(Name, Name), Name>,
    pub(crate) conversions: BTreeMap<(Name, Name), Sql>,
    /// The same for the way back, by the names before.
    pub(crate) conversions_back: BTreeMap<(Name, Name), Sql>,
    /// What rows get that have no value, as text, which the type of the column gives its meaning.
    pub(crate) backfills: BTreeMap<(Name, Name), String>,
    pub(crate) accept: BTreeMap<String, String>,
    /// The reason for which every other hazard is accepted: what is there already was somebody's choice.
    pub(crate) accept_rest: Option<String>,
    pub(crate) irreversible: Option<String>,
    /// The command that said all this, to be repeated with more.
    pub(crate) command: String,
}

/// A migration that the build will accept.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) revision: String,
    pub(crate) code: String,
    pub(crate) snapshot: Snapshot,
    pub(crate) differences: Vec<Difference>,
    pub(crate) reversal: Reversal,
    /// Of the upgrade, all of them.
    pub(crate) hazards: Vec<Hazard>,
    pub(crate) accept: BTreeMap<String, String>,
    /// For each configured dialect, the statements of the upgrade and of the downgrade.
    pub(crate) sql: Vec<(Dialect, Pair<Vec<Statement>>)>,
}

/// Plans and writes a migration from the last one to the schema. `None` if there is nothing to do.
///
/// The code is passed through `format` before it is proven, so that what is written is what was
/// proven.
pub(crate) fn draft(
    analysis: &mut Analysis,
    name: &str,
    wishes: &Wishes,
    format: &dyn Fn(String) -> String,
) -> Result<Option<Draft>, Refusal> {
    let head = analysis.chain.head_schema();
    let next = if wishes.empty { head.clone() } else { analysis.schema.schema.clone() };
    let pair = Pair::new(&head, &next);
    let intent = intent(analysis, pair, wishes)?;
    let differences = differences(pair, &intent.renames);
    if differences.is_empty() && !wishes.empty {
        return Ok(None);
    }
    let plan = plan(pair, &intent);
    let plan = match analysis.config.hazards.online {
        true => Plan {
            upgrade: online(plan.upgrade, pair, &analysis.config.dialects),
            downgrade: online(plan.downgrade, pair.swap(), &analysis.config.dialects),
            questions: plan.questions,
        },
        false => plan,
    };
    let lookalikes = lookalikes(pair, &intent.renames, wishes, analysis);
    let mut open: Vec<_> =
        lookalikes.into_iter().map(|(diagnostic, doubt)| (diagnostic, Some(doubt))).collect();
    // A rename that is not settled raises questions that are none.
    if open.is_empty() {
        open = open_questions(&plan, pair, wishes, analysis);
    }
    open.extend(answers::without_question(pair, wishes).into_iter().map(|problem| (problem, None)));
    if !open.is_empty() {
        return Err(Refusal::of(open));
    }
    let number = analysis.chain.links.last().map_or(1, |link| link.number + 1);
    let mut snapshot = snapshot(analysis, format!("{number:04}_{name}"), pair, wishes);
    let code = format(write::write(&write::NewMigration {
        remarks: remarks(name, wishes.empty),
        versions: Pair::new(analysis.chain.links.last().map(|link| link.number), Some(number)),
        schemas: pair,
        upgrade: &plan.upgrade,
        downgrade: wishes.irreversible.as_deref().map_or(Ok(&plan.downgrade), Err),
    }));
    let link = prove(analysis, &snapshot, &code)?;
    let reversal = match &link.code {
        Some(code) => reversal(code, link.hazards.as_ref(), &analysis.config.dialects).0,
        None => Reversal::Lossless,
    };
    let on_rows = replayed(analysis, &head, &link);
    let hazards = link.hazards.previous;
    // Not sealed, so what was proven stays so.
    snapshot.accept.extend(accepted_rest(&hazards, wishes, analysis));
    let downgrade = link.code.as_ref().is_some_and(|code| matches!(code.downgrade, Downgrade::Function(_)));
    let downgrade = if downgrade { plan.downgrade.clone() } else { Vec::new() };
    let mut problems = answers::without_hazard(pair, wishes, &hazards);
    if problems.is_empty() {
        problems.extend(unaccepted(&hazards, &snapshot.accept, wishes, analysis, pair.previous));
    }
    if problems.is_empty() {
        problems.extend(on_rows);
    }
    if !problems.is_empty() {
        return Err(problems.into());
    }
    Ok(Some(Draft {
        revision: snapshot.revision.clone(),
        code,
        accept: snapshot.accept.clone(),
        snapshot,
        differences,
        reversal,
        hazards,
        sql: analysis
            .config
            .dialects
            .iter()
            .map(|dialect| {
                let upgrade = statements(*dialect, &plan.upgrade, pair);
                (*dialect, Pair::new(upgrade, statements(*dialect, &downgrade, pair.swap())))
            })
            .collect(),
    }))
}

/// Tries the migration on rows, as the build will.
#[cfg(feature = "replay")]
fn replayed(analysis: &Analysis, head: &Schema, link: &Link) -> Vec<Diagnostic> {
    crate::replay::prove(&analysis.config, head, link, &analysis.schema.origins)
}

#[cfg(not(feature = "replay"))]
fn replayed(_: &Analysis, _: &Schema, _: &Link) -> Vec<Diagnostic> {
    Vec::new()
}

/// What is accepted for the reason that the wishes have for all the rest.
fn accepted_rest(hazards: &[Hazard], wishes: &Wishes, analysis: &Analysis) -> BTreeMap<String, String> {
    let Some(reason) = &wishes.accept_rest else { return BTreeMap::new() };
    let judged = hazards::judge(hazards, &wishes.accept, &analysis.config, Snapshot::HAZARDS, true);
    let refused = judged.iter().filter(|judged| judged.is_refused());
    refused.map(|judged| (judged.hazard.name(), reason.clone())).collect()
}

/// What its author must accept, the last with the command that does.
fn unaccepted(
    hazards: &[Hazard],
    accept: &BTreeMap<String, String>,
    wishes: &Wishes,
    analysis: &Analysis,
    previous: &Schema,
) -> Vec<Diagnostic> {
    let config = &analysis.config;
    let judged = hazards::judge(hazards, accept, config, Snapshot::HAZARDS, true);
    let refused: Vec<Judged<'_>> = judged.into_iter().filter(Judged::is_refused).collect();
    let mut problems: Vec<Diagnostic> = refused
        .iter()
        .map(|Judged { hazard, severity, .. }| {
            let rule = hazard.code.rule();
            let diagnostic = hazards::told(hazard, *severity)
                .help(format!("{}; {} is to be accepted by its author", rule.reason, hazard.name()))
                .help(format!("safer: {}", rule.alternative));
            hazards::asked(diagnostic, hazard, &config.dialects, previous)
        })
        .collect();
    let accepts: String = refused
        .iter()
        .map(|judged| format!(" --accept {}=\"why\"", shell_word(&judged.hazard.name())))
        .collect();
    if let Some(last) = problems.pop() {
        problems.push(last.help(format!("or accept it, with the reason: {}{accepts}", wishes.command)));
    }
    problems
}

/// A word as a shell takes it for one.
pub(crate) fn shell_word(word: &str) -> String {
    let plain = |character: char| character.is_ascii_alphanumeric() || "-_.:=/,@%+".contains(character);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

/// The statements of operations, one after the other.
pub(crate) fn statements(
    dialect: Dialect,
    operations: &[Operation],
    schemas: Pair<&Schema>,
) -> Vec<Statement> {
    let mut position = schemas.previous.clone();
    let mut statements = Vec::new();
    for (index, operation) in operations.iter().enumerate() {
        statements.extend(render_step(dialect, operations, index, &position, schemas.next));
        position = operation.apply(&position, schemas.next).unwrap_or(position);
    }
    statements
}

/// What was said in the schema files, and on the command line.
fn intent(analysis: &Analysis, pair: Pair<&Schema>, wishes: &Wishes) -> Result<Intent, Vec<Diagnostic>> {
    let mut hints = analysis.schema.hints.clone();
    let from_line = |name: &Name| (name.clone(), None);
    hints
        .renamed_tables
        .extend(wishes.renamed_tables.iter().map(|(next, name)| (next.clone(), from_line(name))));
    // What is named like a column may be a value of an enum.
    let is_value = |name: &Name| pair.next.enums.contains_key(name) && !pair.next.tables.contains_key(name);
    for ((whole, next), previous) in &wishes.renamed_columns {
        if is_value(whole) {
            let key = (whole.clone(), next.to_string());
            hints.renamed_values.insert(key, (previous.to_string(), None));
        } else {
            hints.renamed_columns.insert((whole.clone(), next.clone()), from_line(previous));
        }
    }
    let (renames, problems) = resolve_renames(pair, &hints);
    let mut diagnostics: Vec<Diagnostic> = problems.into_iter().map(bad_rename).collect();
    let mut backfills = hints.backfills;
    let mut backfills_back = BTreeMap::new();
    for (column, text) in &wishes.backfills {
        match fills(column, text, pair) {
            Ok(Pair { previous, next }) => {
                backfills_back.extend(previous.map(|fill| (column.clone(), fill)));
                backfills.extend(next.map(|fill| (column.clone(), fill)));
            }
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    Ok(Intent {
        renames,
        backfills,
        conversions: wishes.conversions.clone(),
        conversions_back: wishes.conversions_back.clone(),
        backfills_back,
    })
}

/// A value from the command line as one of the column's type, on each side that has the column.
fn fills(column: &(Name, Name), text: &str, pair: Pair<&Schema>) -> Result<Pair<Option<Fill>>, Diagnostic> {
    let (table, name) = column;
    let bad = |message: String| {
        Diagnostic::new(Code::BAD_BACKFILL, format!("--backfill {table}.{name}: {message}"))
    };
    let fill = |schema: &Schema| {
        let Some(column) = schema.table(table.as_str()).and_then(|table| table.column(name.as_str())) else {
            return Ok(None);
        };
        let value = read_value(&column.column_type, text).map_err(bad)?;
        match schema.misfit(&value, &column.column_type) {
            Some(message) => Err(bad(message)),
            None => Ok(Some(Fill::Literal(value))),
        }
    };
    let fills = Pair::new(fill(pair.previous)?, fill(pair.next)?);
    if fills.previous.is_none() && fills.next.is_none() {
        return Err(bad("there is no such column, before or after".to_owned()));
    }
    Ok(fills)
}

/// A value of a type as the command line has it.
pub(crate) fn read_value(column_type: &ColumnType, text: &str) -> Result<Value, String> {
    let wrong = || format!("`{text}` is not a value of type `{column_type}`");
    match column_type {
        ColumnType::Boolean => text.parse().map(Value::Boolean).map_err(|_| wrong()),
        ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt => {
            text.parse().map(Value::Integer).map_err(|_| wrong())
        }
        ColumnType::Real | ColumnType::Double => {
            text.parse().ok().and_then(Float::new).map(Value::Float).ok_or_else(wrong)
        }
        other => Value::parse(other, text),
    }
}

fn snapshot(analysis: &Analysis, revision: String, pair: Pair<&Schema>, wishes: &Wishes) -> Snapshot {
    let mut snapshot = Snapshot::new(revision);
    if let Some(parent) = analysis.chain.links.last() {
        snapshot.parent = Some(parent.snapshot.revision.clone());
        snapshot.parent_hash.clone_from(&parent.hash);
    }
    snapshot.accept.clone_from(&wishes.accept);
    (snapshot.changed, snapshot.dropped) = Snapshot::between(pair);
    snapshot
}

/// The comment at the head of the file: what the name says, as a sentence.
fn remarks(name: &str, empty: bool) -> Vec<String> {
    let mut sentence = name.replace('_', " ");
    if let Some(first) = sentence.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let mut lines = vec![format!("{sentence}.")];
    if empty {
        lines.push(String::new());
        lines.push(
            "Write each step as `db.update(..)..run()?;`, `db.sql(..)..run()?;`, `db.data(|rows| ..)?;`."
                .to_owned(),
        );
    }
    lines
}

/// Reads the migration as the build will, before anything is written: what `migrate-new` writes,
/// the build accepts.
fn prove(analysis: &mut Analysis, snapshot: &Snapshot, code: &str) -> Result<Link, Vec<Diagnostic>> {
    let name = snapshot.revision.clone();
    let directory = analysis.inputs.root.join("migrations").join(&name);
    let path = format!("migrations/{name}");
    let sources = &mut analysis.inputs.sources;
    let files = MigrationFiles {
        code: Some(sources.add(format!("{path}/migration.rs"), code)),
        snapshot: Some(sources.add(format!("{path}/snapshot.toml"), snapshot.to_string())),
        name,
        directory,
    };
    chain::prove(&analysis.chain, files, sources)
}
