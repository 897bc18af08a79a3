//! `migrate-import`: a database that is there already becomes schema files and a first migration.
//!
//! ```text
//! database --introspect--> Introspected --import--> files --draft--> a migration that the build will accept
//!                                          ^                  |
//!                                          '-- what is left out, too <-- refused
//! ```
//!
//! Nothing of the database is changed, and nothing that is in the package is overwritten: all files are
//! written, or none.

mod config;
mod report;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use lexopt::{Arg, Parser, ValueExt as _};
use whimbrel::introspect;
use whimbrel_schema::{
    Diagnostic, Dialect, Document, Imported, Introspected, Object, Schema, SchemaFile, Sources, import, parse,
};

use self::config::{check_dialects, new_config};
use self::report::Report;
use super::new::formatted;
use super::output::{self, Failure, Outcome};
use super::package::{self, Package};
use super::write::{Act, Planned, write};
use crate::analysis::Analysis;
use crate::draft::{self, Draft, Wishes};
use crate::inputs::Inputs;
use crate::name::slug;

/// What the command line asks for.
struct Request {
    url: String,
    name: String,
    dry_run: bool,
    json: bool,
}

/// A database said in files that are not written yet.
struct Adopted {
    imported: Imported,
    draft: Draft,
    /// What whimbrel.toml gets, where there is none.
    config: Option<String>,
}

pub(super) fn run(package: Option<&str>, here: &Path, parser: Parser) -> Outcome {
    let request = parse_line(parser)?;
    let package = package::find_or_bare(package, here)?;
    let inputs = Inputs::read(&package.root);
    refuse_to_overwrite(&inputs)?;
    let (dialect, found) = introspect::url(&request.url, &package.root).map_err(unread)?;
    if found.schema == Schema::default() {
        return Err(Failure::failed("there is nothing in that database that could be imported"));
    }
    let config = match inputs.config {
        Some(id) => check_dialects(&inputs.sources, id, dialect).map(|()| None)?,
        None => Some(new_config(&request.url, dialect)),
    };
    let adopted = adopt(&package, &found, dialect, &request.name, config)?;
    let files = planned(&package.root, &adopted);
    let report = Report::new(&request.url, dialect, &adopted, &files);
    if request.dry_run {
        output::print(&if request.json { report.json(true) } else { report.preview(&files) });
        return Ok(ExitCode::SUCCESS);
    }
    write(&files, || Ok(())).map_err(Failure::failed)?;
    output::print(&if request.json { report.json(false) } else { report.text() });
    Ok(ExitCode::SUCCESS)
}

fn parse_line(mut parser: Parser) -> Result<Request, Failure> {
    let (mut url, mut name, mut dry_run, mut json) = (None, "baseline".to_owned(), false, false);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("url") => url = Some(parser.value()?.string()?),
            Arg::Long("name") => name = parser.value()?.string()?,
            Arg::Long("dry-run") => dry_run = true,
            Arg::Long("json") => json = true,
            other => return Err(other.unexpected().into()),
        }
    }
    let url =
        url.ok_or_else(|| Failure::usage("which database? cargo xtask migrate-import --url sqlite:PATH"))?;
    let name = slug(&name);
    let name = name.ok_or_else(|| Failure::usage("a name is made of letters, digits and underscores"))?;
    Ok(Request { url, name, dry_run, json })
}

fn unread(error: whimbrel::Error) -> Failure {
    match error.kind() {
        whimbrel::ErrorKind::Usage => Failure::usage(error.to_string()),
        _ => Failure::failed(error.to_string()),
    }
}

/// A schema that is there already is somebody's work.
fn refuse_to_overwrite(inputs: &Inputs) -> Result<(), Failure> {
    let refused = |what: &str| {
        Err(Failure::refused(format!(
            "{what} is there already, and an import begins with nothing; nothing was written. To take more of a \
             database into a schema, import it into a package of its own and copy what is wanted"
        )))
    };
    if let Some(migration) = inputs.migrations.first() {
        return refused(&format!("migrations/{}", migration.name));
    }
    for id in &inputs.schema {
        let document: Document = parse(&inputs.sources, *id);
        if !document.is_empty() {
            return refused(&inputs.sources.get(*id).path);
        }
    }
    Ok(())
}

/// Says the database in files, and drafts the migration that makes such a database. What the build would not
/// accept is left out, as long as it is known what that is.
fn adopt(
    package: &Package,
    found: &Introspected,
    dialect: Dialect,
    name: &str,
    config: Option<String>,
) -> Result<Adopted, Failure> {
    let rustfmt = |code: String| formatted(code, &package.root);
    let wishes = Wishes {
        accept_rest: Some("it was so in the database before whimbrel".to_owned()),
        // The way back would drop all that is there.
        irreversible: Some("what it describes was there before whimbrel".to_owned()),
        command: "cargo xtask migrate-import".to_owned(),
        ..Wishes::default()
    };
    let mut left: BTreeMap<Object, String> = BTreeMap::new();
    loop {
        let inputs = Inputs::read(&package.root);
        let taken: Vec<String> =
            inputs.schema.iter().map(|id| base_name(&inputs.sources.get(*id).path)).collect();
        let imported = import(found, dialect, &left, &taken).map_err(|unsaid| {
            output::print_diagnostics(&unsaid.diagnostics, &unsaid.sources);
            Failure::failed("the database cannot be said in the schema language; nothing was written")
        })?;
        let mut analysis = analysed(inputs, &imported.files, config.as_deref());
        let refused = match &analysis.diagnostics[..] {
            [] => match draft::draft(&mut analysis, name, &wishes, &rustfmt) {
                Ok(Some(mut draft)) => {
                    draft.snapshot.unmanaged.clone_from(&imported.known);
                    return Ok(Adopted { imported, draft, config });
                }
                Ok(None) => return Err(Failure::failed("nothing in that database can be managed")),
                Err(refusal) => refusal.diagnostics,
            },
            diagnostics => diagnostics.to_vec(),
        };
        let before = left.len();
        left.extend(blamed(&refused, &imported.files, analysis.sources()));
        if left.len() == before {
            output::print_diagnostics(&refused, analysis.sources());
            return Err(Failure::failed("the build would not accept this; nothing was written"));
        }
    }
}

/// The package as it will be.
fn analysed(mut inputs: Inputs, files: &[SchemaFile], config: Option<&str>) -> Analysis {
    let schema = files.iter().map(|file| (format!("schema/{}", file.name), file.text.clone()));
    let config = config.map(|text| ("whimbrel.toml".to_owned(), text.to_owned()));
    inputs.provide(&schema.chain(config).collect::<Vec<_>>());
    Analysis::new(inputs)
}

/// The objects of which files speak where something is wrong with them.
fn blamed(diagnostics: &[Diagnostic], files: &[SchemaFile], sources: &Sources) -> BTreeMap<Object, String> {
    let one = |diagnostic: &Diagnostic| {
        let object = diagnostic.labels.iter().find_map(|label| {
            let path = &sources.get(label.span.source).path;
            let file = files.iter().find(|file| *path == format!("schema/{}", file.name))?;
            file.object_at(label.span.range().start).cloned()
        })?;
        Some((object, format!("is left out: {}", diagnostic.message)))
    };
    diagnostics.iter().filter_map(one).collect()
}

fn base_name(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}

/// Every file in the order in which it is written: the migration last, without which the build speaks of a
/// schema that is ahead.
fn planned(root: &Path, adopted: &Adopted) -> Vec<Planned> {
    let Adopted { imported, draft, config } = adopted;
    let migration = format!("migrations/{}", draft.revision);
    let config = config.iter().map(|text| ("whimbrel.toml".to_owned(), text.clone()));
    let schema = imported.files.iter().map(|file| (format!("schema/{}", file.name), file.text.clone()));
    let migration = [
        (format!("{migration}/snapshot.toml"), draft.snapshot.to_string()),
        (format!("{migration}/migration.rs"), draft.code.clone()),
    ];
    let file = |(shown, text): (String, String)| Planned {
        path: shown.split('/').fold(root.to_owned(), |path: PathBuf, part| path.join(part)),
        shown,
        act: Act::Create(text),
    };
    config.chain(schema).chain(migration).map(file).collect()
}
