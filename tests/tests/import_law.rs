//! The import law: which crate and which room may see which. What ARCHITECTURE.md draws, this holds.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

/// The crates of the workspace that users depend on, by directory.
const LIBRARIES: [(&str, &str); 3] =
    [("schema", "whimbrel-schema"), ("runtime", "whimbrel"), ("build-support", "whimbrel-build")];

/// The files outside `driver/sqlite` that may name rusqlite: each takes a connection of the caller, or gives
/// it one.
const RUSQLITE_BESIDE_THE_DRIVER: [&str; 4] = [
    "runtime/src/engine.rs",
    "runtime/src/introspect.rs",
    "runtime/src/migrator/mod.rs",
    "runtime/src/testing/fresh.rs",
];

/// The files of the runtime that may name sea-query, each behind the feature: tokens are identifiers of
/// it, and its values become parameters.
const SEA_QUERY_IN_RUNTIME: [&str; 3] =
    ["runtime/src/driver/sqlite/bind.rs", "runtime/src/identifier.rs", "runtime/src/lib.rs"];
/// The file of the core that may embed texts: the explanations of codes are part of its source.
const EMBEDS_TEXT: &str = "schema/src/diagnostic/explanation.rs";

#[test]
fn crates_see_only_what_lies_below_them() {
    let mut broken = Broken::default();
    let allowed: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("schema", &[] as &[&str]),
        ("runtime", &["whimbrel-schema"]),
        // The runtime only where migrations are replayed, which a feature turns on.
        ("build-support", &["whimbrel-schema", "whimbrel"]),
    ]);
    for (directory, _) in LIBRARIES {
        let manifest = manifest(directory);
        for dependency in dependencies(&manifest, &["dependencies", "build-dependencies"]) {
            let ours = LIBRARIES.iter().any(|(_, name)| *name == dependency) || member(&dependency);
            broken.when(
                ours && !allowed[directory].contains(&dependency.as_str()),
                &format!("{directory}/Cargo.toml"),
                &format!("depends on {dependency}, which does not lie below it"),
            );
        }
    }
    broken.none();
}

#[test]
fn no_crate_carries_what_it_must_not() {
    let mut broken = Broken::default();
    let forbidden: [(&str, &[&str]); 3] = [
        ("schema", &["rusqlite", "syn", "quote", "prettyplease", "proc-macro2", "jiff", "rand", "tempfile"]),
        ("runtime", &["syn", "quote", "prettyplease", "proc-macro2", "heck", "toml", "whimbrel-build"]),
        ("build-support", &["rusqlite", "libsqlite3-sys", "sea-query"]),
    ];
    for (directory, names) in forbidden {
        for dependency in dependencies(&manifest(directory), &["dependencies", "build-dependencies"]) {
            broken.when(
                names.contains(&dependency.as_str()),
                &format!("{directory}/Cargo.toml"),
                &format!("depends on {dependency}, which has no business there"),
            );
        }
    }
    broken.none();
}

/// Faults are for tests, which turn them on in a workspace of their own: within this one the features of
/// members are unified, and every program would have them.
#[test]
fn no_manifest_turns_faults_on() {
    let mut broken = Broken::default();
    for directory in ["schema", "runtime", "build-support", "generated-example", "tests", "xtask", "."] {
        for (line, text) in manifest(directory).lines().enumerate() {
            let definition = directory == "runtime" && text == "fault-injection = [\"sqlite\"]";
            broken.when(
                text.contains("fault-injection") && !definition,
                &format!("{directory}/Cargo.toml:{}", line + 1),
                "turns on faults, which are for tests alone",
            );
        }
    }
    assert!(manifest("runtime").contains("\nfault-injection = "), "there is the feature that is looked for");
    broken.none();
}

#[test]
fn the_core_is_pure() {
    let effects = [
        "std::fs",
        "std::env",
        "std::net",
        "std::process",
        "std::thread",
        "std::io",
        "std::os",
        "SystemTime",
        "Instant::",
        "println!",
        "eprintln!",
        "print!(",
        "dbg!",
        "include_str!",
        "env!(",
        "thread_local!",
        "static mut",
        "HashMap",
        "HashSet",
    ];
    let mut broken = Broken::default();
    for source in sources("schema/src") {
        for (line, text) in source.code() {
            let embeds = |effect: &&str| *effect == "include_str!" && source.path == EMBEDS_TEXT;
            for effect in effects.iter().filter(|effect| !embeds(effect)) {
                broken.when(
                    contains_word(text, effect),
                    &format!("{}:{line}", source.path),
                    &format!("names {effect}: texts come in and diagnostics go out, and nothing else"),
                );
            }
        }
    }
    broken.none();
}

#[test]
fn drivers_and_renderers_keep_their_libraries_to_themselves() {
    let mut broken = Broken::default();
    // The library, where it is looked for, and below which paths it may be named.
    let rules: [(&str, &str, &[&str]); 5] = [
        ("rusqlite", "runtime/src", &["runtime/src/driver/sqlite/"]),
        ("sea_query", "runtime/src", &[]),
        ("sea_query", "schema/src", &["schema/src/render/"]),
        ("rusqlite", "build-support/src", &[]),
        ("sea_query", "build-support/src", &[]),
    ];
    let exceptions: Vec<(&str, &str)> = RUSQLITE_BESIDE_THE_DRIVER
        .map(|path| ("rusqlite", path))
        .into_iter()
        .chain(SEA_QUERY_IN_RUNTIME.map(|path| ("sea_query", path)))
        .collect();
    for (library, directory, rooms) in rules {
        let may = |path: &str| {
            rooms.iter().any(|room| path.starts_with(room)) || exceptions.contains(&(library, path))
        };
        for source in sources(directory).iter().filter(|source| !may(&source.path)) {
            for (line, text) in source.code() {
                broken.when(
                    contains_word(text, library),
                    &format!("{}:{line}", source.path),
                    &format!("names {library}, which only its own room may"),
                );
            }
        }
    }
    for (library, exception) in &exceptions {
        let used = Source::read(&root().join(exception)).code().any(|(_, text)| contains_word(text, library));
        broken.when(!used, exception, &format!("is an exception for {library} that it no longer needs"));
    }
    broken.none();
}

#[test]
fn the_vocabulary_of_migrations_shows_no_type_of_another_crate() {
    let mut broken = Broken::default();
    let scalar = Source::read(&root().join("runtime/src/scalar.rs"));
    for source in sources("runtime/src/v1").into_iter().chain([scalar]) {
        let foreign = foreign_names(&source.text, &["rusqlite", "sea_query", "whimbrel_schema"]);
        for (line, signature) in public_signatures(&source) {
            for name in &foreign {
                broken.when(
                    contains_word(&signature, name),
                    &format!("{}:{line}", source.path),
                    &format!("`{signature}` shows `{name}`, which a frozen migration could then break on"),
                );
            }
        }
    }
    broken.none();
}

#[test]
fn rooms_of_the_core_see_only_what_comes_before_them() {
    // What a room must not see, in itself and in everything in it.
    let laws: [(&str, &[&str]); 18] = [
        ("seed", &["snapshot", "diff", "operation", "plan", "render", "hazard", "statement"]),
        (
            "model",
            &[
                "document",
                "validate",
                "snapshot",
                "diff",
                "operation",
                "plan",
                "render",
                "hazard",
                "statement",
            ],
        ),
        (
            "language",
            &[
                "document",
                "validate",
                "snapshot",
                "diff",
                "operation",
                "plan",
                "render",
                "hazard",
                "statement",
            ],
        ),
        ("document", &["validate", "snapshot", "diff", "operation", "plan", "render", "hazard", "statement"]),
        ("validate", &["snapshot", "diff", "operation", "plan", "render", "hazard", "statement"]),
        ("snapshot", &["diff", "operation", "plan", "render", "statement"]),
        ("operation", &["document", "validate", "snapshot", "diff", "plan", "render", "hazard", "statement"]),
        ("diff", &["document", "snapshot", "plan", "render", "hazard", "statement"]),
        ("plan", &["document", "snapshot", "render", "hazard", "statement"]),
        ("render", &["document", "validate", "snapshot", "diff", "plan", "hazard"]),
        // What is a rebuild on SQLite is known where its SQL is written.
        ("hazard", &["document", "validate", "snapshot", "diff"]),
        ("probe", &["document", "validate", "snapshot", "diff", "operation", "plan", "render", "hazard"]),
        (
            "catalogue",
            &[
                "document",
                "validate",
                "snapshot",
                "diff",
                "operation",
                "plan",
                "render",
                "hazard",
                "statement",
                "stored",
            ],
        ),
        ("stored", &["document", "validate", "snapshot", "diff", "plan", "hazard", "drift"]),
        ("drift", &["document", "validate", "snapshot", "render", "hazard", "statement"]),
        ("written", &["validate", "snapshot", "diff", "operation", "plan", "render", "hazard", "statement"]),
        (
            "files",
            &["snapshot", "diff", "operation", "plan", "render", "hazard", "statement", "stored", "drift"],
        ),
        ("import", &["snapshot", "operation", "plan", "render", "hazard", "statement", "stored"]),
    ];
    let rooms = rooms_of_exports(&Source::read(&root().join("schema/src/lib.rs")).text);
    assert_eq!(rooms.get("Operation").map(String::as_str), Some("operation"), "lib.rs is read");
    let mut broken = Broken::default();
    for (room, hidden) in laws {
        for source in sources("schema/src").iter().filter(|source| source.room() == room) {
            for name in crate_names(&source.text) {
                let seen = rooms.get(&name).unwrap_or(&name);
                broken.when(
                    hidden.contains(&seen.as_str()) && seen != room,
                    &source.path,
                    &format!("is in the room {room} and sees crate::{name} of the room {seen}"),
                );
            }
        }
    }
    broken.none();
}

#[test]
fn this_test_can_fail() {
    let mut broken = Broken::default();
    let names =
        crate_names("use crate::{Name, plan::{Intent, plan}};\nlet x = crate::render(&y); // crate::no\n");
    assert_eq!(names, BTreeSet::from(["Name", "plan", "render"].map(str::to_owned)));
    assert_eq!(
        foreign_names("use whimbrel_schema::{Name, Operation as Op};", &["whimbrel_schema"]),
        ["whimbrel_schema", "Name", "Op"]
    );
    assert_eq!(without_private_fields("pub struct A(pub(crate) B, pub C);"), "pub struct A(pub C);");
    assert!(contains_word("let x: rusqlite::Row", "rusqlite") && !contains_word("my_rusqlite_x", "rusqlite"));
    broken.when(true, "a.rs:1", "names b");
    assert_eq!(broken.0, ["a.rs:1 names b"]);
}

/// The places where a rule is broken.
#[derive(Default)]
struct Broken(Vec<String>);

impl Broken {
    fn when(&mut self, condition: bool, place: &str, rule: &str) {
        if condition {
            self.0.push(format!("{place} {rule}"));
        }
    }

    fn none(self) {
        assert!(self.0.is_empty(), "the import law is broken:\n  {}\n", self.0.join("\n  "));
    }
}

struct Source {
    /// From the root of the workspace, with `/` between its parts.
    path: String,
    text: String,
}

impl Source {
    fn read(path: &Path) -> Self {
        let relative = path.strip_prefix(root()).unwrap();
        let parts: Vec<&str> = relative.iter().map(|part| part.to_str().unwrap()).collect();
        Self { path: parts.join("/"), text: fs::read_to_string(path).unwrap() }
    }

    /// The lines of code, from 1, without comments and without the tests at the end of a file.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let end = self.text.find("#[cfg(test)]\nmod ").unwrap_or(self.text.len());
        self.text[..end].lines().enumerate().filter_map(|(index, line)| {
            let code = line.split("//").next().unwrap_or("");
            (!code.trim().is_empty()).then_some((index + 1, code))
        })
    }

    /// The directory or file right below `src`.
    fn room(&self) -> &str {
        let inside = self.path.split("/src/").nth(1).unwrap_or("");
        inside.split('/').next().unwrap_or("").trim_end_matches(".rs")
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every source file below a directory, in order, but for files that hold only tests.
fn sources(directory: &str) -> Vec<Source> {
    let mut found = Vec::new();
    let mut waiting = vec![root().join(directory)];
    while let Some(directory) = waiting.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs")
                && !path.ends_with("tests.rs")
            {
                found.push(Source::read(&path));
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    assert!(!found.is_empty(), "{directory} has sources");
    found
}

fn manifest(directory: &str) -> String {
    fs::read_to_string(root().join(directory).join("Cargo.toml")).unwrap()
}

/// The names of the packages in some sections of a manifest.
fn dependencies(manifest: &str, sections: &[&str]) -> Vec<String> {
    let root = DeTable::parse(manifest).unwrap();
    let section = |name: &&str| match root.get_ref().get(*name).map(|value| value.get_ref()) {
        Some(DeValue::Table(table)) => table.keys().map(|key| key.get_ref().to_string()).collect(),
        _ => Vec::new(),
    };
    sections.iter().flat_map(section).collect()
}

fn member(name: &str) -> bool {
    ["generated-example", "whimbrel-tests", "xtask"].contains(&name)
}

/// Whether a text has a word, with nothing of a name before or after it.
fn contains_word(text: &str, word: &str) -> bool {
    let part =
        |character: Option<char>| character.is_some_and(|found| found.is_alphanumeric() || found == '_');
    let last = word.chars().next_back();
    text.match_indices(word).any(|(start, _)| {
        let (before, after) = (text[..start].chars().next_back(), text[start + word.len()..].chars().next());
        !(part(before) || part(last) && part(after))
    })
}

/// The first names behind `crate::`, in `use` and elsewhere, but not in comments.
fn crate_names(text: &str) -> BTreeSet<String> {
    let code: String =
        text.lines().map(|line| line.split("//").next().unwrap_or("").to_owned() + "\n").collect();
    let ident = |text: &str| {
        text.chars()
            .take_while(|character| character.is_alphanumeric() || *character == '_')
            .collect::<String>()
    };
    let mut names = BTreeSet::new();
    for (start, found) in code.match_indices("crate::") {
        let rest = &code[start + found.len()..];
        match rest.strip_prefix('{') {
            Some(list) => names.extend(top_level(list).iter().map(|part| ident(part.trim()))),
            None => drop(names.insert(ident(rest))),
        }
    }
    names.remove("");
    names
}

/// The parts of a list up to its closing brace, at its own level.
fn top_level(list: &str) -> Vec<String> {
    let (mut parts, mut depth) = (vec![String::new()], 0);
    for character in list.chars() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        parts.last_mut().unwrap().push(character);
    }
    parts
}

/// The room of each name that `lib.rs` exports: `pub use operation::{Misfit, Operation};`.
fn rooms_of_exports(text: &str) -> BTreeMap<String, String> {
    let mut rooms = BTreeMap::new();
    for (start, found) in text.match_indices("pub use ") {
        let statement = text[start + found.len()..].split(';').next().unwrap();
        let (room, names) = statement.split_once("::").unwrap();
        let names = names.trim().strip_prefix('{').map_or_else(|| vec![names.trim().to_owned()], top_level);
        rooms.extend(names.into_iter().map(|name| (name.trim().to_owned(), room.trim().to_owned())));
    }
    rooms
}

/// The names that `use` brings from some crates, with those crates' own.
fn foreign_names(text: &str, crates: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = crates.iter().map(|name| (*name).to_owned()).collect();
    for (start, _) in text.match_indices("use ") {
        let statement = text[start + 4..].split(';').next().unwrap();
        let Some((from, rest)) = statement.split_once("::") else { continue };
        if crates.contains(&from.trim()) {
            let rest = rest.trim();
            let list = rest.strip_prefix('{').map_or_else(|| vec![rest.to_owned()], top_level);
            let last = |name: String| name.rsplit([' ', ':']).next().unwrap_or("").to_owned();
            names.extend(
                list.into_iter().map(|name| last(name.trim().to_owned())).filter(|name| !name.is_empty()),
            );
        }
    }
    names
}

/// The public signatures of a file up to their bodies: functions, types, and public fields. What is
/// `pub(crate)` is none.
fn public_signatures(source: &Source) -> Vec<(usize, String)> {
    let lines: Vec<(usize, &str)> = source.code().collect();
    let mut signatures = Vec::new();
    let mut index = 0;
    while let Some((line, text)) = lines.get(index) {
        index += 1;
        let starts = text.trim_start();
        // A trait's methods are as public as the trait, and an impl of a public trait is seen as well.
        if !(starts.starts_with("pub ") || starts.starts_with("fn ") && public_trait(&lines[..index])) {
            continue;
        }
        let mut signature = starts.to_owned();
        while !signature.contains(['{', ';']) && !signature.trim_end().ends_with(',') {
            let Some((_, more)) = lines.get(index) else { break };
            index += 1;
            signature.push(' ');
            signature.push_str(more.trim());
        }
        while signature.contains('(') && !signature.contains([')', ';', '{']) {
            let Some((_, more)) = lines.get(index) else { break };
            index += 1;
            signature.push(' ');
            signature.push_str(more.trim());
        }
        let signature = without_private_fields(signature.split('{').next().unwrap_or("").trim());
        if !signature.starts_with("pub use") && !signature.starts_with("pub mod") {
            signatures.push((*line, signature));
        }
    }
    signatures
}

/// A tuple struct with only those of its fields that are public to all.
fn without_private_fields(signature: &str) -> String {
    let tuple = signature.split_once('(').and_then(|(head, rest)| Some((head, rest.rsplit_once(')')?.0)));
    match tuple {
        Some((head, fields)) if head.starts_with("pub struct") => {
            let public = fields.split(',').map(str::trim).filter(|field| field.starts_with("pub "));
            format!("{head}({});", public.collect::<Vec<_>>().join(", "))
        }
        _ => signature.to_owned(),
    }
}

/// Whether the newest item that opened is a public trait.
fn public_trait(lines: &[(usize, &str)]) -> bool {
    let opened = lines.iter().rev().find(|(_, text)| !text.starts_with(' ') && text.contains('{'));
    opened.is_some_and(|(_, text)| text.starts_with("pub trait"))
}
