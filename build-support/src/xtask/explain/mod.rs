//! `explain`: what a code means, with a wrong and a right example.

use std::process::ExitCode;

use lexopt::{Arg, Parser, ValueExt as _};
use serde_json::json;
use whimbrel_schema::{Code, Elsewhere, Explanation, HazardCode, Phase, Rule, closest};

use super::output::{self, Failure, Outcome};

pub(super) fn run(parser: Parser) -> Outcome {
    let text = match parse(parser)? {
        Request::List => list(),
        Request::Page => page(),
        Request::One { code, json: false } => told(find(&code)?),
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

/// With what a hazard weighs, where it is one.
fn told(explanation: &Explanation) -> String {
    match HazardCode::from_text(explanation.code) {
        Some(code) => {
            let Explanation { code: text, title, text: body } = explanation;
            format!("{text}: {title}\n\n{}\n\n{body}", weight(code.rule()))
        }
        None => explanation.to_string(),
    }
}

/// What a hazard weighs, and where.
fn weight(rule: &Rule) -> String {
    let on: Vec<String> = rule.dialects.iter().map(ToString::to_string).collect();
    let online = match rule.online == rule.severity {
        true => String::new(),
        false => format!(", `{}` with `online = true`", rule.online),
    };
    let rows = match rule.phase {
        Phase::Build => "",
        Phase::Live => " Only the rows of a database tell.",
        Phase::Both => " The rows of a database tell more.",
    };
    format!("`{}`{online}, on {}.{rows} Since catalogue {}.", rule.severity, on.join(", "), rule.since)
}

/// The explanation of a code, which may be written in small letters and in the brackets of a report.
fn find(code: &str) -> Result<&'static Explanation, Failure> {
    let wanted = code.trim_matches(['[', ']']).to_ascii_uppercase();
    if let Some(Elsewhere { code, title, why }) = Elsewhere::ALL.iter().find(|other| other.code == wanted) {
        return Err(Failure::usage(format!("{code} is no hazard here ({title}): {why}")));
    }
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
const GROUPS: [(&str, &str); 17] = [
    ("W00", "Reading files"),
    ("W01", "Names"),
    ("W02", "The schema"),
    ("W03", "The schema and its migrations"),
    ("W04", "The chain of migrations"),
    ("W05", "The code of a migration"),
    ("W06", "whimbrel.toml"),
    ("W07", "Seeds"),
    ("WHC", "Hazards: what breaks programs that still run"),
    ("WHD", "Hazards: what destroys values"),
    ("WHM", "Hazards: what depends on the rows that are there"),
    ("WHN", "Hazards: names and shapes"),
    ("WHP", "Hazards: what locks tables of PostgreSQL"),
    ("WHR", "Hazards: the way back"),
    ("WHS", "Hazards: SQLite"),
    ("WHT", "Hazards: transactions, and what nobody can prove"),
    ("WHY", "Hazards: what locks tables of MySQL and MariaDB"),
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
            let weight = HazardCode::from_text(code).map(|code| weight(code.rule()) + "\n\n");
            page += &format!("\n### {code}\n\n{title}\n\n{}{text}", weight.unwrap_or_default());
        }
    }
    page += "\n## What is no hazard\n\nOther tools warn of these. Here they cannot happen, or are errors of the build with codes \
             of their own.\n\n| | What | Why it is no hazard |\n|---|---|---|\n";
    for Elsewhere { code, title, why } in Elsewhere::ALL {
        page += &format!("| {code} | {title} | {why} |\n");
    }
    page
}

#[cfg(test)]
mod tests;
