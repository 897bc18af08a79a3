//! `migrate-init`: makes an existing Cargo package one that keeps a database.
//!
//! ```text
//! Site (what cargo says about the package) --plan--> Plan (files to write, and what is left to a person)
//!                                                      '--> written whole, or not at all
//! ```
//!
//! Nothing that is there is overwritten. A file that exists is kept, or gets a few lines where it is
//! certain how they belong; everything else is told, with the text to write.

mod file;
mod library;
mod plan;
mod site;
mod template;
#[cfg(test)]
mod tests;
mod toml;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use lexopt::{Arg, Parser};

use self::plan::{Plan, plan};
use self::site::Site;
use self::template::Origin;
#[cfg(any(feature = "replay", feature = "postgres", feature = "mysql"))]
pub(in crate::xtask) use self::template::string;
use super::output::{self, Failure, Outcome};
use super::package::metadata;
use super::write::{self, Act};

/// What the command line asks for.
struct Request {
    here: PathBuf,
    origin: Origin,
    dry_run: bool,
}

pub(super) fn run(package: Option<&str>, here: &Path, parser: Parser) -> Outcome {
    let request = parse(here, parser)?;
    let site = Site::find(package, &request.here)?;
    let plan = plan(&site, &request.origin)?;
    output::print(&listed(&plan, &site));
    if request.dry_run {
        output::print("nothing was written\n");
    } else {
        write::write(&plan.files, || read_again(&site, &plan)).map_err(Failure::failed)?;
    }
    if !plan.by_hand.is_empty() {
        output::eprint(&left(&plan));
    }
    if !request.dry_run {
        output::print(&next(&site, &plan));
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether cargo still reads the workspace, as it has before.
fn read_again(site: &Site, plan: &Plan) -> Result<(), String> {
    if plan.writes() == 0 {
        return Ok(());
    }
    metadata(&site.root).map(drop).map_err(|failure| {
        format!(
            "{}\n\ncargo reads the workspace no more with what was written; where `members` is a pattern that \
             matches every directory, `exclude = [\".cargo\"]` in [workspace] helps",
            failure.message()
        )
    })
}

fn parse(here: &Path, mut parser: Parser) -> Result<Request, Failure> {
    let mut request = Request { here: here.to_owned(), origin: Origin::Registry, dry_run: false };
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("package-dir") => request.here = here.join(parser.value()?),
            Arg::Long("path") => request.origin = Origin::checkout(&here.join(parser.value()?))?,
            Arg::Long("dry-run") => request.dry_run = true,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(request)
}

/// Every file, and what becomes of it.
fn listed(plan: &Plan, site: &Site) -> String {
    let mut text = format!("package `{}`\n", site.name);
    for file in &plan.files {
        let word = match &file.act {
            Act::Create(_) => "create",
            Act::Edit { .. } => "edit",
            Act::Keep => "keep",
        };
        text += &format!("  {word:<7} {}\n", file.shown);
        if let Act::Edit { added, .. } = &file.act {
            text.extend(added.iter().map(|line| format!("          + {line}\n")));
        }
    }
    text
}

fn left(plan: &Plan) -> String {
    let advice = plan.by_hand.iter().map(|words| format!("  - {words}\n"));
    format!("left to you, because it is not certain how it belongs:\n{}", advice.collect::<String>())
}

/// What its author does next.
fn next(site: &Site, plan: &Plan) -> String {
    if plan.writes() == 0 {
        let state = if plan.by_hand.is_empty() { "everything is there already; " } else { "" };
        return format!("{state}nothing was written\n");
    }
    format!(
        "\nNow describe a table in {}, and then:\n  cargo xtask migrate-new create_notes\n  cargo xtask migrate \
         apply\n",
        site.shown(&site.root.join("schema/tables.toml"))
    )
}
