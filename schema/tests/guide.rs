//! The guide: its examples hold, and its tables of keys are those of the reader.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

use std::fs;
use std::path::Path;

use whimbrel_schema::language::{
    ALL, OF_SEEDS, config_json_schema, fill_guide, schema_json_schema, seeds_json_schema,
};
use whimbrel_schema::names::{const_name, type_name};
use whimbrel_schema::seed::{Fake, seed_json_schema};
use whimbrel_schema::{Config, Dialect, Document, Name, Sources, Style, parse, report_all, validate};

#[path = "support/json.rs"]
mod json;
#[path = "support/seeds.rs"]
mod seeds;

/// A page; `None` where the package is by itself.
fn page(name: &str) -> Option<String> {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name)).ok()
}

/// The blocks of TOML in a page, with what stands behind the word at their head.
fn blocks(page: &str) -> Vec<(&str, &str)> {
    let fences = page.split("\n```").skip(1).step_by(2).filter_map(|block| block.split_once('\n'));
    fences.filter_map(|(head, text)| Some((head.strip_prefix("toml")?.trim(), text))).collect()
}

fn accepts(json_schema: &str, text: &str) {
    let validator = jsonschema::validator_for(&serde_json::from_str(json_schema).unwrap()).unwrap();
    let value = json::json(text).unwrap();
    let problems: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
    assert_eq!(problems, [""; 0], "{text}");
}

#[test]
fn the_examples_of_the_language_are_one_schema_on_all_databases() {
    let Some(page) = page("schema-language.md") else { return };
    let mut sources = Sources::default();
    let blocks = blocks(&page);
    assert!(blocks.len() > 12, "{} examples are too few", blocks.len());
    let mut documents: Vec<Document> = Vec::new();
    for (number, (head, text)) in blocks.into_iter().enumerate() {
        assert_eq!(head, "", "every example belongs to the schema");
        accepts(&schema_json_schema(), text);
        let id = sources.add(format!("example {}", number + 1), text);
        documents.push(parse(&sources, id));
    }
    let diagnostics = validate(&documents, &Dialect::ALL).diagnostics;
    assert!(diagnostics.is_empty(), "{}", report_all(&diagnostics, &sources, Style::Plain));
}

#[test]
fn configurations_of_the_guide_are_right() {
    let Some(page) = page("workflow.md") else { return };
    let blocks: Vec<_> =
        blocks(&page).into_iter().filter(|(_, text)| text.starts_with("# whimbrel.toml")).collect();
    assert!(!blocks.is_empty());
    for (_, text) in blocks {
        accepts(&config_json_schema(), text);
        let mut sources = Sources::default();
        let id = sources.add("whimbrel.toml", text);
        let diagnostics = Config::parse(&sources, id).1;
        assert!(diagnostics.is_empty(), "{}", report_all(&diagnostics, &sources, Style::Plain));
    }
}

#[test]
fn tables_of_keys_are_up_to_date_and_complete() {
    let pages = ["schema-language.md", "workflow.md", "seeds.md"];
    let texts: Vec<String> = pages.iter().filter_map(|name| page(name)).collect();
    for (name, text) in pages.iter().zip(&texts) {
        assert!(fill_guide(text) == *text, "docs/{name} is not up to date; run: cargo xtask guide");
    }
    for place in ALL.into_iter().chain(OF_SEEDS) {
        let head = format!("<!-- keys of {} -->\n", place.name);
        let shown = texts.iter().filter(|text| text.contains(&head)).count();
        assert!(texts.is_empty() || shown == 1, "{shown} pages have a table of the keys of {}", place.name);
    }
}

/// The files of the page about seeds are one project, whose rows can be made; and every generator and every
/// fake value is among them.
#[test]
fn seeds_of_the_guide_can_be_made() {
    let Some(page) = page("seeds.md") else { return };
    let fences = page.split("\n```").skip(1).step_by(2).filter_map(|block| block.split_once('\n'));
    let files: Vec<(&str, &str)> =
        fences.filter_map(|(head, text)| Some((head.split_once("file=")?.1, text))).collect();
    let files: Vec<(&str, &str)> = files
        .into_iter()
        .filter(|(path, _)| path.starts_with("schema/") || path.starts_with("seeds/"))
        .collect();
    assert!(files.len() > 9, "{} files are too few", files.len());
    let (sources, schema, checked) = seeds::checked(&files);
    assert!(checked.diagnostics.is_empty(), "{}", report_all(&checked.diagnostics, &sources, Style::Plain));
    assert_eq!(checked.calls.len(), 2);
    let of_rows = seed_json_schema(&schema, Some(&checked.seeds));
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".toml")) {
        match *path {
            "seeds/seeds.toml" => accepts(&seeds_json_schema(), text),
            path if path.starts_with("seeds/") => accepts(&of_rows, text),
            path => assert_eq!(path, "schema/shop.toml"),
        }
    }
    let rows = seeds::rows(&checked.seeds, "guide", 1.0);
    for (table, least) in
        [("customers", 70), ("orders", 60), ("lines", 50), ("parcels", 10), ("addresses", 10)]
    {
        assert!(rows[table].len() >= least, "{table} has {}", rows[table].len());
    }
    for key in OF_SEEDS.iter().find(|place| place.name == "a generator").unwrap().keys {
        let shown = files.iter().any(|(_, text)| text.contains(&format!("{} = ", key.name)));
        assert!(shown, "no example has `{}`", key.name);
    }
    for kind in Fake::ALL {
        assert!(page.contains(&format!("`{}`", kind.key())), "`{}` is not named", kind.key());
    }
}

/// The examples of names in the guide.
#[test]
fn names_become_what_the_guide_says() {
    let Some(page) = page("schema-language.md") else { return };
    let section = page.split("\n## Names\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let mut checked = 0;
    for row in section.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<Vec<&str>> =
            row.split('|').skip(1).map(|cell| cell.split('`').skip(1).step_by(2).collect()).collect();
        let (sql, types, constants) = (&cells[0], &cells[1], &cells[2]);
        for (position, name) in sql.iter().enumerate() {
            let name = Name::new(name);
            assert_eq!(type_name(&name), types[position.min(types.len() - 1)], "{row}");
            assert_eq!(const_name(&name), constants[position.min(constants.len() - 1)], "{row}");
            checked += 1;
        }
    }
    assert!(checked > 8, "{checked} names are too few");
}
