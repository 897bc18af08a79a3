//! Cases: files with a previous schema, a next one, and rows.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use whimbrel::{Direction, engine};
use whimbrel_schema::plan::{Intent, Plan, Question, plan, resolve_renames};
use whimbrel_schema::{
    Dialect, Difference, Fill, Hazard, Hints, Name, Operation, Pair, Schema, Sources, Sql, Statement, Style,
    differences, hazards, parse, render_step, report_all, validate,
};

/// A case, read and planned.
pub(crate) struct Case {
    pub(crate) name: String,
    /// What it shows: the words at its head.
    pub(crate) about: String,
    pub(crate) schemas: Pair<Schema>,
    /// What the next schema says about the way to it.
    pub(crate) hints: Hints,
    pub(crate) intent: Intent,
    /// SQL that fills a database of the previous schema.
    pub(crate) rows: String,
    pub(crate) plan: Plan,
    /// The schemas as they were written.
    pub(crate) texts: Pair<String>,
}

/// The directory of the cases.
pub(crate) fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

/// All cases, by name.
pub(crate) fn cases() -> Vec<Case> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(directory()).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "case"));
    paths.sort();
    paths.iter().map(|path| case(path)).collect()
}

fn case(path: &Path) -> Case {
    let name = path.file_stem().unwrap().to_str().unwrap();
    read(name, &fs::read_to_string(path).unwrap()).unwrap_or_else(|wrong| panic!("{name}: {wrong}"))
}

/// Reads a case and plans it, or says what is wrong with it.
pub(crate) fn read(name: &str, text: &str) -> Result<Case, String> {
    let mut sections = sections(text);
    let mut take = |section: &str| sections.remove(section).unwrap_or_default();
    let (about, rows) = (take(""), take("rows"));
    let renames = take("renames");
    let (using, using_back) = (take("using"), take("using back"));
    let (backfill, back) = (take("backfill"), take("back"));
    let texts = Pair::new(take("previous"), take("next"));
    if let Some(unknown) = sections.keys().next() {
        return Err(format!("there is no section {unknown:?}"));
    }
    if about.trim().is_empty() {
        return Err("it says at its head what it shows".to_owned());
    }
    let (previous, _) = validated(&texts.previous, &format!("{name}/previous.toml"))?;
    let (next, mut hints) = validated(&texts.next, &format!("{name}/next.toml"))?;
    let schemas = Pair::new(previous, next);
    let written = hints.clone();
    ask(&renames, &mut hints);
    let (renames, problems) = resolve_renames(schemas.as_ref(), &hints);
    if !problems.is_empty() {
        return Err(format!("{problems:?}"));
    }
    let intent = Intent {
        renames,
        backfills: hints.backfills.clone().into_iter().chain(fills(&backfill)).collect(),
        conversions: conversions(&using),
        conversions_back: conversions(&using_back),
        backfills_back: fills(&back).collect(),
    };
    let plan = plan(schemas.as_ref(), &intent);
    Ok(Case {
        name: name.to_owned(),
        about: about.trim().to_owned(),
        schemas,
        hints: written,
        intent,
        rows,
        plan,
        texts,
    })
}

/// The text between the lines that begin with `---- `, by their names.
fn sections(text: &str) -> BTreeMap<String, String> {
    let mut sections = BTreeMap::from([(String::new(), String::new())]);
    let mut at = String::new();
    for line in text.lines() {
        match line.strip_prefix("---- ") {
            Some(name) => name.trim().clone_into(&mut at),
            None => {
                let section = sections.entry(at.clone()).or_default();
                section.push_str(line);
                section.push('\n');
            }
        }
    }
    sections
}

/// Reads the schema language, on which nothing may be wrong.
pub(crate) fn schema(text: &str, path: &str) -> (Schema, Hints) {
    validated(text, path).unwrap_or_else(|report| panic!("{report}"))
}

/// Reads the schema language, or reports what is wrong.
fn validated(text: &str, path: &str) -> Result<(Schema, Hints), String> {
    let mut sources = Sources::default();
    let id = sources.add(path, text);
    let validated = validate(&[parse(&sources, id)], &[Dialect::Sqlite]);
    if validated.diagnostics.is_empty() {
        Ok((validated.schema, validated.hints))
    } else {
        Err(report_all(&validated.diagnostics, &sources, Style::Plain))
    }
}

/// Lines of the form `table.column = table.column` or `table = table`, as `--rename` takes them.
fn ask(text: &str, hints: &mut Hints) {
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let (previous, next) = line.split_once('=').unwrap();
        match (previous.trim().split_once('.'), next.trim().split_once('.')) {
            (Some((_, previous)), Some((table, next))) => {
                let key = (Name::new(table), Name::new(next));
                hints.renamed_columns.insert(key, (Name::new(previous), None));
            }
            _ => _ = hints.renamed_tables.insert(Name::new(next.trim()), (Name::new(previous.trim()), None)),
        }
    }
}

/// The files in a directory, by their paths.
pub(crate) fn files(directory: &str) -> Vec<(String, String)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
    let mut paths: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| (path.display().to_string(), fs::read_to_string(path).unwrap())).collect()
}

/// The schema that they are, on which nothing may be wrong.
pub(crate) fn package(directory: &str, dialects: &[Dialect]) -> Schema {
    let mut sources = Sources::default();
    let ids: Vec<_> = files(directory).into_iter().map(|(path, text)| sources.add(path, text)).collect();
    let documents: Vec<_> = ids.into_iter().map(|id| parse(&sources, id)).collect();
    let validated = validate(&documents, dialects);
    let report = report_all(&validated.diagnostics, &sources, Style::Plain);
    assert!(validated.diagnostics.is_empty(), "{report}");
    validated.schema
}

/// Lines of the form `table.column = SQL`.
fn conversions(text: &str) -> BTreeMap<(Name, Name), Sql> {
    let line = |line: &str| {
        let (place, sql) = line.split_once('=').unwrap();
        let (table, column) = place.trim().split_once('.').unwrap();
        ((Name::new(table), Name::new(column)), Sql::from(sql.trim()))
    };
    text.lines().filter(|text| !text.trim().is_empty()).map(line).collect()
}

fn fills(text: &str) -> impl Iterator<Item = ((Name, Name), Fill)> {
    conversions(text).into_iter().map(|(column, sql)| (column, Fill::Sql(sql)))
}

/// One direction of a case.
pub(crate) struct Way<'a> {
    pub(crate) schemas: Pair<&'a Schema>,
    pub(crate) operations: &'a [Operation],
    pub(crate) intent: Intent,
    pub(crate) direction: Direction,
}

impl Case {
    /// Whether both schemas hold on another database, too.
    pub(crate) fn holds_on(&self, dialect: Dialect) -> bool {
        let holds = |text: &String| {
            let mut sources = Sources::default();
            let id = sources.add("case.toml", text.clone());
            validate(&[parse(&sources, id)], &[Dialect::Sqlite, dialect]).diagnostics.is_empty()
        };
        holds(&self.texts.previous) && holds(&self.texts.next)
    }

    /// The way up, unless it has open questions.
    pub(crate) fn up(&self) -> Option<Way<'_>> {
        let open = self.plan.questions.iter().any(|question| !matches!(question, Question::NoWayBack(_)));
        let way = Way {
            schemas: self.schemas.as_ref(),
            operations: &self.plan.upgrade,
            intent: self.intent.clone(),
            direction: Direction::Upgrade,
        };
        (!open).then_some(way)
    }

    /// The way back, unless there is none.
    pub(crate) fn down(&self) -> Option<Way<'_>> {
        let intent = Intent { renames: self.intent.renames.invert(), ..Intent::default() };
        let way = Way {
            schemas: self.schemas.as_ref().swap(),
            operations: &self.plan.downgrade,
            intent,
            direction: Direction::Downgrade,
        };
        self.plan.questions.is_empty().then_some(way)
    }

    pub(crate) fn differences(&self) -> Vec<Difference> {
        differences(self.schemas.as_ref(), &self.intent.renames)
    }
}

impl Way<'_> {
    /// Goes it, by the rules of a migration; the error is its report.
    pub(crate) fn go(&self, db: &mut Connection) -> Result<(), String> {
        let run = match self.direction {
            Direction::Upgrade => engine::run,
            Direction::Downgrade => engine::run_back,
        };
        run(db, self.operations, self.schemas).map_err(|error| error.to_string())
    }

    pub(crate) fn hazards(&self) -> Vec<Hazard> {
        hazards(self.operations, self.schemas.previous, self.schemas.next)
    }

    /// The schema after each operation, or where one does not fit.
    pub(crate) fn arrive(&self) -> Result<Schema, String> {
        self.operations.iter().try_fold(self.schemas.previous.clone(), |position, operation| {
            let next = operation.apply(&position, self.schemas.next);
            next.map_err(|misfit| format!("`{operation}` does not fit: {misfit}"))
        })
    }

    pub(crate) fn statements(&self) -> Vec<Statement> {
        let mut position = self.schemas.previous.clone();
        let mut statements = Vec::new();
        for (index, operation) in self.operations.iter().enumerate() {
            let (dialect, next) = (Dialect::Sqlite, self.schemas.next);
            statements.extend(render_step(dialect, self.operations, index, &position, next));
            position = operation.apply(&position, self.schemas.next).unwrap_or(position);
        }
        statements
    }
}
