//! `explain`: what a code means, with a wrong and a right example.

use std::process::ExitCode;

use lexopt::{Arg, Parser, ValueExt as _};
use serde_json::json;
use whimbrel_schema::{Code, Explanation, HazardCode, closest};

use super::output::{self, Failure, Outcome};

pub(super) fn run(parser: Parser) -> Outcome {
    let text = match parse(parser)? {
        Request::List => list(),
        Request::Page => page(),
        Request::One { code, json: false } => find(&code)?.to_string(),
        Request::One { code, json: true } => {
            let Explanation { code, title, text } = find(&code)?;
            format!("{:#}\n", json!({ "command": "explain", "code": code, "title": title, "text": text }))
        }
    };
    output::print(&text);
    Ok(ExitCode::SUCCESS)
}

/// What is to be shown.
enum Request {
    /// Every code with its title.
    List,
    /// Every explanation, as a page of the guide.
    Page,
    One {
        code: String,
        json: bool,
    },
}

fn parse(mut parser: Parser) -> Result<Request, Failure> {
    let (mut code, mut page, mut json) = (None, false, false);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("markdown") => page = true,
            Arg::Long("json") => json = true,
            Arg::Value(value) if code.is_none() => code = Some(value.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    match (code, page, json) {
        (Some(code), false, json) => Ok(Request::One { code, json }),
        (None, true, false) => Ok(Request::Page),
        (None, false, false) => Ok(Request::List),
        _ => Err(Failure::usage(
            "explain takes a code, with --json or without; or --markdown alone for all of them",
        )),
    }
}

/// Every explanation, in the order of the codes.
pub(super) fn all() -> impl Iterator<Item = &'static Explanation> + Clone {
    Code::EXPLANATIONS.iter().chain(HazardCode::EXPLANATIONS)
}

/// The explanation of a code, which may be written in small letters and in the brackets of a report.
fn find(code: &str) -> Result<&'static Explanation, Failure> {
    let wanted = code.trim_matches(['[', ']']).to_ascii_uppercase();
    all().find(|explanation| explanation.code == wanted).ok_or_else(|| {
        let help = match closest(&wanted, all().map(|explanation| explanation.code)) {
            Some(similar) => format!("did you mean `{similar}`? "),
            None => String::new(),
        };
        Failure::usage(format!("there is no code `{code}`; {help}cargo xtask explain lists them"))
    })
}

fn list() -> String {
    all().map(|Explanation { code, title, .. }| format!("{code:<6}  {title}\n")).collect()
}

/// The groups that codes fall into, by what they begin with.
const GROUPS: [(&str, &str); 9] = [
    ("W00", "Reading files"),
    ("W01", "Names"),
    ("W02", "The schema"),
    ("W03", "The schema and its migrations"),
    ("W04", "The chain of migrations"),
    ("W05", "The code of a migration"),
    ("W06", "whimbrel.toml"),
    ("WHD", "Hazards: what destroys values"),
    ("WHT", "Hazards: what nobody can prove"),
];

/// `docs/codes.md`.
fn page() -> String {
    let mut page = "\
# Codes

<!-- Generated from schema/src/explanations by `cargo xtask explain --markdown > docs/codes.md`. -->

Every error that whimbrel finds has a code, and so has every hazard of a migration. `cargo xtask explain CODE`
shows what is said here. Each example is tested: the wrong one gets its code and no other, the right one gets none.

An example shows only what matters. A schema that it leaves out is the one that its snapshots lead to; the code of a
migration that it leaves out creates the tables of its snapshot; `HASH` stands for the hash of the migration
before, which `migrate-new` and `migrate-seal` write.
"
    .to_owned();
    for (prefix, group) in GROUPS {
        page += &format!("\n## {group}\n");
        for Explanation { code, title, text } in all().filter(|one| one.code.starts_with(prefix)) {
            page += &format!("\n### {code}\n\n{title}\n\n{text}");
        }
    }
    page
}

#[cfg(test)]
mod tests;
