//! What an editor says of whole files: nothing of those that the build takes.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use whimbrel_schema::language::{config_json_schema, schema_json_schema};
use whimbrel_schema::{Code, Config, Dialect, Sources, parse, validate};

#[path = "support/json.rs"]
mod json;

fn validator(text: &str) -> Validator {
    jsonschema::validator_for(&serde_json::from_str(text).unwrap()).unwrap()
}

/// The files below a directory of the repository; none where the package is by itself.
fn files(directory: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(directory)];
    while let Some(directory) = waiting.pop() {
        for entry in fs::read_dir(directory).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// What is wrong with a text, each with the place in it.
fn problems(validator: &Validator, text: &str) -> Vec<String> {
    let value = json::json(text).unwrap();
    validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// The blocks of a page that are files below `schema`; in the guide a block without a name is part of one.
fn schemas(page: &str) -> Vec<&str> {
    let mut blocks = page.split("\n```").skip(1).step_by(2).filter_map(|block| block.split_once('\n'));
    let mut found = Vec::new();
    for (info, text) in &mut blocks {
        let named = info.split_once("file=").is_none_or(|(_, file)| file.starts_with("schema/"));
        let of_schema = ["[table", "[enum", "[view", "[trigger"].iter().any(|start| text.contains(start));
        if info.starts_with("toml") && named && of_schema {
            found.push(text);
        }
    }
    found
}

#[test]
fn files_that_the_build_takes() {
    let schema = validator(&schema_json_schema());
    let mut texts = Vec::new();
    for directory in [
        "tests/cases/valid",
        "../generated-example/schema",
        "../tests/fixtures/v1/schema",
        "../tests/schemas",
    ] {
        texts.extend(
            files(directory, "toml")
                .into_iter()
                .map(|path| (path.clone(), fs::read_to_string(path).unwrap())),
        );
    }
    for path in files("../tests/cases", "case") {
        let text = fs::read_to_string(&path).unwrap();
        for section in text.split("---- ").filter_map(|section| section.split_once('\n')) {
            if let ("previous" | "next", text) = section {
                texts.push((path.clone(), text.to_owned()));
            }
        }
    }
    // What the guide shows, and what it calls right where it explains an error.
    for path in files("../docs", "md").into_iter().chain(files("src/explanations", "md")) {
        let text = fs::read_to_string(&path).unwrap();
        let right = text.split_once("\nRight:\n").map_or(text.as_str(), |(_, right)| right);
        if !path.ends_with("codes.md") {
            texts.extend(schemas(right).into_iter().map(|text| (path.clone(), text.to_owned())));
        }
    }
    // The package by itself has only its own files.
    let least = if Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/cases").is_dir() { 200 } else { 2 };
    assert!(texts.len() >= least, "{} files", texts.len());
    for (path, text) in texts {
        assert_eq!(problems(&schema, &text), [""; 0], "{}", path.display());
    }
}

#[test]
fn configurations_that_the_build_takes() {
    let config = validator(&config_json_schema());
    for path in files("../generated-example", "toml").into_iter().chain(files("../tests/fixtures/v1", "toml"))
    {
        if path.ends_with("whimbrel.toml") {
            assert_eq!(problems(&config, &fs::read_to_string(&path).unwrap()), [""; 0], "{}", path.display());
        }
    }
    assert_eq!(problems(&config, ""), [""; 0]);
}

#[test]
fn what_the_example_tells_editors_is_up_to_date() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated-example/.whimbrel");
    for (name, text) in [("schema.json", schema_json_schema()), ("whimbrel.json", config_json_schema())] {
        // The package by itself has no example.
        if directory.is_dir() {
            assert!(fs::read_to_string(directory.join(name)).unwrap() == text, "run: cargo xtask editor");
        }
    }
}

/// Each mistake of a case that lies in a shape is one that an editor shows; and it shows no other.
#[test]
fn files_that_the_build_refuses() {
    let schema = validator(&schema_json_schema());
    let config = validator(&config_json_schema());
    let mut refused = 0;
    let mut check = |validator: &Validator, path: &Path, text: &str, codes: Vec<Code>| {
        let shape = [Code::UNKNOWN_KEY, Code::WRONG_SHAPE, Code::MISSING_KEY];
        let problems = problems(validator, text);
        let by_shape = codes.iter().any(|code| shape.contains(code));
        assert!(!by_shape || !problems.is_empty(), "{} is taken by editors:\n{text}", path.display());
        assert!(problems.is_empty() || !codes.is_empty(), "{}: {problems:?}", path.display());
        refused += usize::from(!problems.is_empty());
    };
    for path in files("tests/cases/schema", "toml") {
        for text in fs::read_to_string(&path).unwrap().split("#### ") {
            // The path of the file, where the part is not the first.
            let text = text.split_once(".toml\n").map_or(text, |(_, text)| text);
            let mut sources = Sources::default();
            let id = sources.add("a.toml", text);
            if json::json(text).is_some() {
                let diagnostics = validate(&[parse(&sources, id)], &Dialect::ALL).diagnostics;
                check(&schema, &path, text, diagnostics.into_iter().map(|one| one.code).collect());
            }
        }
    }
    for path in files("tests/cases/config", "toml") {
        let text = fs::read_to_string(&path).unwrap();
        let mut sources = Sources::default();
        let id = sources.add("a.toml", text.as_str());
        let diagnostics = Config::parse(&sources, id).1;
        check(&config, &path, &text, diagnostics.into_iter().map(|one| one.code).collect());
    }
    assert!(refused > 4, "{refused} files are refused");
}
