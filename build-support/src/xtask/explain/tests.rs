//! Every code has a case: the wrong example of its explanation gets it, the right one gets nothing.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use lexopt::Parser;
use whimbrel_schema::seed::{DataFiles, SeedContext, SeedSources, check_seeds};
use whimbrel_schema::{Diagnostic, Dialect, Document, Sources, parse, validate};

use super::super::new;
use super::{GROUPS, all, page};
use crate::analysis::Analysis;
use crate::chain;
use crate::codegen::write_if_changed;
use crate::draft::draft;

#[test]
fn every_wrong_example_gets_its_code_and_no_other() {
    let mut problems = Vec::new();
    for explanation in all() {
        // What only SQLite finds is not found without it.
        if cfg!(not(feature = "replay")) && ["W0218", "W0511"].contains(&explanation.code) {
            continue;
        }
        let found = Example::wrong(explanation.text).find();
        let expected = match explanation.code {
            hazard if hazard.starts_with("WH") => found.hazards.contains(hazard),
            code => found.codes() == BTreeSet::from([code.to_owned()]),
        };
        if !expected {
            problems.push(format!("{}: {found:#?}", explanation.code));
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn no_right_example_gets_a_code() {
    let mut problems = Vec::new();
    for explanation in all() {
        let found = Example::right(explanation.text).find();
        if !found.diagnostics.is_empty() || found.hazards.contains(explanation.code) {
            problems.push(format!("{}: {found:#?}", explanation.code));
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn an_explanation_is_prose_and_two_examples() {
    for explanation in all() {
        let (code, text) = (explanation.code, explanation.text);
        let (before, rest) = text.split_once("\nWrong:\n").unwrap_or_else(|| panic!("{code}: no `Wrong:`"));
        let (wrong, right) = rest.split_once("\nRight:\n").unwrap_or_else(|| panic!("{code}: no `Right:`"));
        assert!(before.len() > 60, "{code} says next to nothing");
        assert_ne!(wrong.trim(), right.trim(), "{code}");
        assert!(text.lines().all(|line| !line.starts_with('#')), "{code}: a page has the headings");
        assert!(explanation.title.ends_with('.') && text.ends_with("```\n"), "{code}");
        let groups = GROUPS.iter().filter(|(prefix, _)| code.starts_with(prefix));
        assert_eq!(groups.count(), 1, "{code} is in one group");
    }
    assert!(all().map(|one| one.code).is_sorted_by(|one, next| one < next), "in order, and none twice");
}

#[test]
fn the_page_of_the_guide_is_up_to_date() {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    // The package by itself has no guide.
    if guide.is_dir() {
        let written = fs::read_to_string(guide.join("codes.md")).unwrap_or_default();
        assert!(written == page(), "run: cargo xtask explain --markdown > docs/codes.md");
    }
}

/// The files of an example, and the command that is called on them.
struct Example {
    files: BTreeMap<String, String>,
    command: Option<String>,
}

/// What is found in an example.
#[derive(Debug, Default)]
struct Found {
    diagnostics: Vec<Diagnostic>,
    hazards: BTreeSet<String>,
}

impl Found {
    fn codes(&self) -> BTreeSet<String> {
        self.diagnostics.iter().map(|diagnostic| diagnostic.code.to_string()).collect()
    }
}

impl Example {
    fn wrong(text: &str) -> Self {
        Self::new(text, text.split_once("\nRight:\n").unwrap().0)
    }

    fn right(text: &str) -> Self {
        Self::new(text, text.split_once("\nRight:\n").unwrap().1)
    }

    /// The blocks before the examples belong to each of them.
    fn new(text: &str, own: &str) -> Self {
        let mut example = Self { files: BTreeMap::new(), command: None };
        let given = text.split_once("\nWrong:\n").unwrap().0;
        for part in [given, own] {
            let mut fences = part.split("```").skip(1);
            while let (Some(block), _) = (fences.next(), fences.next()) {
                let (info, text) = block.split_once('\n').unwrap();
                match info.split_once("file=") {
                    Some((_, path)) => drop(example.files.insert(path.to_owned(), text.to_owned())),
                    None => {
                        let line = text.trim().strip_prefix("$ cargo xtask migrate-new ").unwrap();
                        example.command = Some(line.to_owned());
                    }
                }
            }
        }
        example
    }

    fn find(mut self) -> Found {
        let alone = |path: &String| path.starts_with("schema/") || path.starts_with("seeds/");
        let alone = self.files.keys().all(alone);
        if alone { self.validate() } else { self.analyse() }
    }

    /// A schema by itself, and seeds of it, must hold on all databases.
    fn validate(&self) -> Found {
        let mut sources = Sources::default();
        let mut documents: Vec<Document> = Vec::new();
        let mut seeds = SeedSources::default();
        for (path, text) in self.files.iter().filter(|(path, _)| path.ends_with(".toml")) {
            let id = sources.add(path, text);
            match path.as_str() {
                "seeds/seeds.toml" => seeds.manifest = Some(id),
                path if path.starts_with("seeds/") => seeds.files.push(id),
                _ => documents.push(parse(&sources, id)),
            }
        }
        let validated = validate(&documents, &Dialect::ALL);
        let mut diagnostics = validated.diagnostics;
        let context = SeedContext {
            schema: &validated.schema,
            dialects: &Dialect::ALL,
            protected: &[],
            data: self,
            functions: None,
        };
        diagnostics.extend(check_seeds(&sources, &seeds, context).diagnostics);
        Found { diagnostics, ..Found::default() }
    }

    /// Everything else is a package, read as the build reads it.
    fn analyse(&mut self) -> Found {
        self.complete();
        let directory = tempfile::tempdir().unwrap();
        for (path, text) in &self.files {
            let path = directory.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        self.seal(directory.path());
        let mut analysis = Analysis::of(directory.path());
        #[cfg(feature = "replay")]
        crate::replay::replay(&mut analysis, &mut crate::replay::Proven::default());
        let mut found = Found { diagnostics: analysis.diagnostics.clone(), ..Found::default() };
        match &self.command {
            None => found.diagnostics = analysis.all(),
            Some(command) if found.diagnostics.is_empty() => {
                let arguments = words(command).into_iter().map(OsString::from);
                let request = new::parse(Parser::from_args(arguments)).unwrap();
                match draft(&mut analysis, &request.name, &request.wishes, &|code| code) {
                    Ok(draft) => {
                        found.hazards.extend(draft.unwrap().hazards.iter().map(|one| one.code.to_string()))
                    }
                    Err(refusal) => found.diagnostics = refusal.diagnostics,
                }
            }
            Some(_) => {}
        }
        for link in analysis.chain.links.iter().skip(1) {
            let here = link.hazards.previous.iter().filter(|one| one.is_on(&analysis.config.dialects));
            found.hazards.extend(here.map(|hazard| hazard.code.to_string()));
        }
        // What is asked about is named in the answer that accepts it.
        let help = found.diagnostics.iter().flat_map(|diagnostic| &diagnostic.help);
        let accepted = help.filter_map(|help| Some(help.split_once("--accept ")?.1.split_once(':')?.0));
        found.hazards.extend(accepted.map(str::to_owned));
        // What fails the build is told as an error, with the code of the hazard.
        found.hazards.extend(found.codes());
        found
    }

    /// Fills in what an example leaves out, as the head of the page says.
    fn complete(&mut self) {
        let mut tables = String::new();
        let snapshots: Vec<String> =
            self.files.keys().filter(|path| path.ends_with("/snapshot.toml")).cloned().collect();
        for path in snapshots {
            let text = self.files[&path].clone();
            let start = text.find("[table.").unwrap_or(text.len());
            tables += &text[start..];
            let number = &path["migrations/".len()..][..4];
            let names: BTreeSet<&str> = text[start..]
                .lines()
                .filter_map(|line| line.strip_prefix("[table.")?.split(['.', ']']).next())
                .collect();
            let enums: BTreeSet<&str> = text
                .lines()
                .skip_while(|line| *line != "[enum]")
                .skip(1)
                .take_while(|line| !line.starts_with('['))
                .filter_map(|line| line.split_once(" = ").map(|(name, _)| name))
                .collect();
            let steps = |operation: &str, names: &BTreeSet<&str>| -> String {
                let token = |name: &str| name[..1].to_uppercase() + &name[1..];
                names.iter().map(|name| format!("    db.{operation}(after::{})?;\n", token(name))).collect()
            };
            let code = format!(
                "use super::v{number} as after;\nuse whimbrel::v1::*;\n\n\
                 pub fn upgrade(db: &mut Editor<'_>) -> Result<()> {{\n{}    Ok(())\n}}\n\n\
                 pub fn downgrade(db: &mut Editor<'_>) -> Result<()> {{\n{}    Ok(())\n}}\n",
                steps("create_enum", &enums) + &steps("create_table", &names),
                steps("drop_table", &names) + &steps("drop_enum", &enums)
            );
            self.files.entry(path.replace("snapshot.toml", "migration.rs")).or_insert(code);
        }
        self.files.entry("whimbrel.toml".to_owned()).or_default();
        if self.files.keys().any(|path| path.starts_with("whimbrel.toml/")) {
            self.files.remove("whimbrel.toml");
        }
        if !self.files.keys().any(|path| path.starts_with("schema/")) {
            self.files.insert("schema/all.toml".to_owned(), tables);
        }
    }

    /// Writes the hash of the migration before where an example says `HASH`.
    fn seal(&self, root: &Path) {
        let open: BTreeMap<&String, &String> =
            self.files.iter().filter(|(_, text)| text.contains("\"HASH\"")).collect();
        for (path, text) in &open {
            let zeros = format!("w1:{}", "0".repeat(64));
            fs::write(root.join(path), text.replace("HASH", &zeros)).unwrap();
        }
        if !open.is_empty() {
            let analysis = Analysis::of(root);
            for (link, snapshot) in chain::reseal(&analysis.chain) {
                write_if_changed(&link.files.snapshot_path(), &snapshot.to_string()).unwrap();
            }
        }
    }
}

impl DataFiles for Example {
    fn read(&self, path: &str) -> Result<Arc<[u8]>, String> {
        let text = self.files.get(&format!("seeds/{path}"));
        text.map(|text| Arc::from(text.as_bytes())).ok_or_else(|| "is not there".to_owned())
    }
}

/// The words of a command, where one with blanks stands in double quotes.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut quoted) = (vec![String::new()], false);
    for character in command.chars() {
        match character {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            _ => words.last_mut().unwrap().push(character),
        }
    }
    words
}
