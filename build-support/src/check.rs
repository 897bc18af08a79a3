//! Whether the code of a migration does what its snapshot says.

use std::collections::BTreeMap;

use whimbrel_schema::{
    Code, DataStatement, Diagnostic, Dialect, DifferenceKind, Name, Operation, Origins, Pair, Renames,
    Schema, Span, Sql, Statement, differences, not_an_expression, render,
};

use crate::chain::Link;
use crate::code::{Downgrade, Function, MigrationCode, Step, Versions};

/// Applies the steps of both directions: the upgrade must lead from the previous schema to the
/// snapshot's, the downgrade back, and every data statement must hold where it stands.
pub(crate) fn check(
    previous: &Schema,
    link: &Link,
    code: &MigrationCode,
    versions: &Versions,
) -> Vec<Diagnostic> {
    let there = Pair::new(previous, &link.schema);
    let mut diagnostics = Vec::new();
    let direction =
        |function: &Function, schemas: Pair<&Schema>, code: Code, diagnostics: &mut Vec<Diagnostic>| {
            let way = Way { schemas, code, origins: &link.origins, header: link.header.revision };
            way.check(function, versions, diagnostics);
        };
    direction(&code.upgrade, there, Code::WRONG_UPGRADE, &mut diagnostics);
    match &code.downgrade {
        Downgrade::Function(function) => {
            direction(function, there.swap(), Code::WRONG_DOWNGRADE, &mut diagnostics);
            diagnostics.extend(nothing_undone(code, function));
            diagnostics.extend(values_not_renamed_back(code, function));
        }
        Downgrade::NothingToUndo(_) => {
            let nothing = Function { steps: Vec::new(), span: code.upgrade.span };
            direction(&nothing, there.swap(), Code::WRONG_DOWNGRADE, &mut diagnostics);
        }
        Downgrade::Irreversible(_) => {}
    }
    diagnostics
}

/// One direction, with what its messages point to.
struct Way<'a> {
    schemas: Pair<&'a Schema>,
    code: Code,
    origins: &'a Origins,
    header: whimbrel_schema::Span,
}

impl Way<'_> {
    fn check(&self, function: &Function, versions: &Versions, diagnostics: &mut Vec<Diagnostic>) {
        let mut position = self.schemas.previous.clone();
        let mut renamed: BTreeMap<Name, Name> = BTreeMap::new();
        let before = diagnostics.len();
        for step in &function.steps {
            let known = diagnostics.len();
            diagnostics.extend(token_problems(step, &position, versions));
            diagnostics.extend(self.wrong_table(step, &renamed));
            if let Operation::RenameTable { previous, next } = &step.operation {
                renamed.insert(previous.clone(), next.clone());
            }
            if let Operation::ExchangeTables { one, other } = &step.operation {
                exchange(&mut renamed, one, other);
            }
            match step.operation.apply(&position, self.schemas.next) {
                Ok(next) => position = next,
                // What is wrong with a token of the step was just said, at the token.
                Err(_) if diagnostics.len() > known => {}
                Err(misfit) => diagnostics.push(
                    Diagnostic::new(Code::BAD_STEP, misfit.to_string())
                        .label(step.span, "this step cannot be done here")
                        .help("steps are done in order; each must fit the tables as the steps before have left them"),
                ),
            }
        }
        // A step that failed leaves the position wrong, and what follows from that is no news.
        if diagnostics.len() == before {
            diagnostics.extend(self.difference(&position, function));
            diagnostics.extend(unsafe_data(function, self.schemas));
        }
    }

    /// What the schema after the steps lacks, in words and in both files.
    fn difference(&self, reached: &Schema, function: &Function) -> Option<Diagnostic> {
        let differences = differences(Pair::new(reached, self.schemas.next), &Renames::default());
        let first = differences.first()?;
        let (after, goal) = match self.code {
            Code::WRONG_DOWNGRADE => ("downgrade", "the snapshot before"),
            _ => ("upgrade", "the snapshot"),
        };
        let (there, says) = match (first.kind, &first.definition.previous, &first.definition.next) {
            (DifferenceKind::Added, ..) => ("is missing".to_owned(), "has it".to_owned()),
            (DifferenceKind::Dropped, ..) => ("is still there".to_owned(), "does not have it".to_owned()),
            (_, reached, wanted) => (
                format!("is `{}`", reached.as_deref().unwrap_or("nothing")),
                format!("says `{}`", wanted.as_deref().unwrap_or("nothing")),
            ),
        };
        let more = match differences.len() - 1 {
            0 => String::new(),
            more => format!(", and {more} more differ{}", if more == 1 { "s" } else { "" }),
        };
        let place = self.origins.get(&first.object).unwrap_or(self.header);
        let mut diagnostic =
            Diagnostic::new(self.code, format!("after {after}, {} {there}; {goal} {says}{more}", first.name))
                .label(function.span, format!("does not lead to {goal}"))
                .label(place, format!("{goal} is told from here"));
        for difference in differences.iter().take(5) {
            diagnostic = diagnostic.help(format!("still to do: {difference}"));
        }
        Some(
            diagnostic.help(
                "edit the function; or, if this migration is the last one, remove it and make it again",
            ),
        )
    }

    /// The first table of an alteration must be the second one as it was.
    fn wrong_table(&self, step: &Step, renamed: &BTreeMap<Name, Name>) -> Option<Diagnostic> {
        let wrong =
            |names: &&Pair<Name>| renamed.get(&names.previous).unwrap_or(&names.previous) != &names.next;
        let Pair { previous, next } = step.altered.iter().find(wrong)?;
        let method = if step.operation.is_opaque() { "alters" } else { "alter_table" };
        Some(
            Diagnostic::new(
                Code::BAD_OPERATION,
                format!("`{method}` gets two different tables, `{previous}` and `{next}`"),
            )
            .label(step.span, "the same table in two versions belongs here")
            .help("a table gets another name by `rename_table`, in a step before"),
        )
    }
}

/// From the previous name of every table that has another to the one that it has now.
fn exchange(renamed: &mut BTreeMap<Name, Name>, one: &Name, other: &Name) {
    for name in [one, other] {
        if !renamed.values().any(|next| next == name) {
            renamed.entry(name.clone()).or_insert_with(|| name.clone());
        }
    }
    for name in renamed.values_mut() {
        if name == one {
            *name = other.clone();
        } else if name == other {
            *name = one.clone();
        }
    }
}

/// A token of another version may be used where its column is still, or already, the same.
fn token_problems(step: &Step, position: &Schema, versions: &Versions) -> Vec<Diagnostic> {
    let problem = |used: &crate::code::TokenUse| {
        let column =
            |schema: &Schema| schema.table(used.table.as_str())?.column(used.column.as_str()).cloned();
        let token = versions.schema(used.version).and_then(column)?;
        let name = format!("{}.{}", used.table, used.column);
        let message = match column(position) {
            None => format!("column `{name}` does not exist at this position"),
            Some(here) if here.column_type.marker() != token.column_type.marker() => {
                format!(
                    "column `{name}` is `{}` at this position, and `{}` in the version named",
                    here.column_type, token.column_type
                )
            }
            Some(here) if here.nullable != token.nullable => {
                let null = |nullable: bool| if nullable { "nullable" } else { "NOT NULL" };
                format!(
                    "column `{name}` is {} at this position, and {} in the version named",
                    null(here.nullable),
                    null(token.nullable)
                )
            }
            Some(_) => return None,
        };
        Some(
            Diagnostic::new(Code::BAD_STEP, message)
                .label(used.span, "named here")
                .help("move the step, or name the column in the version that fits"),
        )
    };
    step.uses.iter().filter_map(problem).collect()
}

/// While SQLite rebuilds or drops a table its foreign keys are not enforced, so a delete or a
/// change of a key would leave orphans that nothing cleans up.
fn unsafe_data(function: &Function, schemas: Pair<&Schema>) -> Vec<Diagnostic> {
    let rows = |step: &Step| matches!(step.operation, Operation::Data(_));
    if !function.steps.iter().any(rows) {
        return Vec::new();
    }
    let mut position = schemas.previous.clone();
    let mut suspends = None;
    let mut touches = Vec::new();
    for step in &function.steps {
        let statements = render(Dialect::Sqlite, &step.operation, &position, schemas.next);
        if statements.iter().any(Statement::suspends_foreign_keys) {
            suspends.get_or_insert(step);
        }
        if let Operation::Data(statement) = &step.operation
            && let Some(child) = disturbed_child(statement, &position)
        {
            touches.push((step, child));
        }
        position = step.operation.apply(&position, schemas.next).unwrap_or(position);
    }
    let Some(suspends) = suspends else { return Vec::new() };
    touches
        .into_iter()
        .map(|(step, child)| {
            Diagnostic::new(
                Code::UNSAFE_DATA,
                format!("this changes rows that `{child}` references, in a migration during which SQLite enforces no foreign keys"),
            )
            .label(step.span, "nothing would happen to the rows that reference these")
            .label(suspends.span, "foreign keys are off because of this step")
            .help("split it: put one of the two into a migration of its own")
        })
        .collect()
}

/// A table with rows that reference what a statement deletes or gives another key.
fn disturbed_child(statement: &DataStatement, position: &Schema) -> Option<Name> {
    let table = statement.table();
    let child = position.children(table.as_str()).find(|child| {
        let mut keys = child.foreign_keys.values().filter(|key| key.references_table == *table);
        match statement {
            DataStatement::Delete { .. } => keys.next().is_some(),
            DataStatement::Update { set, .. } => {
                keys.any(|key| set.iter().any(|(column, _)| key.references_columns.contains(column)))
            }
            DataStatement::Insert { .. }
            | DataStatement::InsertFrom { .. }
            | DataStatement::Backfill { .. } => false,
        }
    });
    child.map(|child| child.name.clone())
}

/// What is wrong with hand-written SQL on some of the databases of a project: what changes the definition of
/// a table does so on every one, and what is said once for all is whole as each of them reads it.
pub(crate) fn sql_by_dialect(link: &Link, dialects: &[Dialect]) -> Vec<Diagnostic> {
    let Some(code) = &link.code else { return Vec::new() };
    let downgrade = code.downgrade.steps();
    let steps = code.upgrade.steps.iter().chain(downgrade);
    steps.flat_map(|step| missing_sql(step, dialects).into_iter().chain(broken_sql(step, dialects))).collect()
}

fn missing_sql(step: &Step, dialects: &[Dialect]) -> Option<Diagnostic> {
    let Operation::Sql { sql, effects } = &step.operation else { return None };
    let effect = effects.iter().find(|effect| effect.is_structural())?;
    let dialect = dialects.iter().find(|dialect| sql.text(**dialect).is_none())?;
    Some(
        Diagnostic::new(Code::BAD_SQL, format!("this SQL {effect}, and has no text for {dialect}"))
            .label(step.span, format!("does nothing on {dialect}"))
            .help(format!("write it for {dialect}; or remove {dialect} from `dialects` in whimbrel.toml")),
    )
}

fn broken_sql(step: &Step, dialects: &[Dialect]) -> Option<Diagnostic> {
    let mut texts = Vec::new();
    for expression in step.operation.expressions() {
        expression
            .each_sql(&mut |sql| texts.extend(if let Sql::Same(text) = sql { Some(text) } else { None }));
    }
    let broken = |dialect: &Dialect| {
        Some((*dialect, texts.iter().find_map(|text| not_an_expression(*dialect, text))?))
    };
    let (dialect, problem) = dialects.iter().find_map(broken)?;
    Some(
        Diagnostic::new(Code::BAD_SQL, format!("the SQL of this step {problem} on {dialect}"))
            .label(step.span, format!("as {dialect} reads it"))
            .help(format!(
                "write it as all databases of the project read it, or another text for {dialect}, in a `PerDialect`"
            )),
    )
}

/// A value that got another name gets its previous one again: no schema shows that it must, and the rows
/// that have it would stand in the way.
fn values_not_renamed_back(code: &MigrationCode, downgrade: &Function) -> Vec<Diagnostic> {
    let renames = |function: &Function| -> Vec<(Name, Pair<String>, Span)> {
        let of = |step: &Step| match &step.operation {
            Operation::AlterEnum { name, renamed } => {
                renamed.iter().map(|pair| (name.clone(), pair.clone(), step.span)).collect()
            }
            _ => Vec::new(),
        };
        function.steps.iter().flat_map(of).collect()
    };
    let back = renames(downgrade);
    let is_back = |name: &Name, there: &Pair<String>| {
        back.iter().any(|(other, pair, _)| other == name && pair.clone().swap() == *there)
    };
    renames(&code.upgrade)
        .into_iter()
        .filter(|(name, there, _)| !is_back(name, there))
        .map(|(name, there, span)| {
            let Pair { previous, next } = there;
            Diagnostic::new(
                Code::WRONG_DOWNGRADE,
                format!("`downgrade` does not give value `{next}` of enum `{name}` its previous name"),
            )
            .label(span, format!("`{previous}` becomes `{next}` here"))
            .label(downgrade.span, "and stays so here")
            .help(format!("write `.rename_value({next:?}, {previous:?})` where `downgrade` alters the enum"))
        })
        .collect()
}

/// An upgrade that changes rows wants a downgrade that says something about them.
fn nothing_undone(code: &MigrationCode, downgrade: &Function) -> Option<Diagnostic> {
    let data = code.upgrade.steps.iter().find(|step| step.operation.changes_rows())?;
    (downgrade.steps.is_empty() && !code.nothing_to_undo).then(|| {
        Diagnostic::new(Code::NOTHING_UNDONE, "the upgrade changes rows, and the downgrade does nothing")
            .label(downgrade.span, "has no step")
            .label(data.span, "nothing takes this back")
            .help("take it back in `downgrade`, or say why there is no need: `pub const NOTHING_TO_UNDO: &str = \"..\";`")
    })
}
