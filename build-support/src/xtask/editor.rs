//! `editor`: what an editor needs to complete, explain and check the files of a package.

use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use lexopt::{Arg, Parser};
use whimbrel_schema::Config;
use whimbrel_schema::language::{config_json_schema, schema_json_schema, seeds_json_schema};
use whimbrel_schema::seed::seed_json_schema;

use super::output::{self, Failure, Outcome};
use super::package::Package;
use crate::analysis::Seeds;
use crate::codegen::write_if_changed;
use crate::inputs::Inputs;

/// Where the schemas are, in the package.
const DIRECTORY: &str = ".whimbrel";

/// A file to be written, by its path in the package.
struct Wanted {
    path: String,
    text: String,
}

pub(super) fn run(package: &Package, parser: Parser) -> Outcome {
    let check = parse(parser)?;
    let mut wanted = schemas(&package.root);
    wanted.extend(seed_schemas(&package.root));
    wanted.extend(headers(&package.root));
    if wanted.is_empty() {
        output::print("editors have what they need; nothing to do\n");
        return Ok(ExitCode::SUCCESS);
    }
    for file in &wanted {
        if check {
            output::eprint(&format!("{} is not as `cargo xtask editor` writes it\n", file.path));
        } else {
            write(&package.root, file)?;
            output::print(&format!("written: {}\n", file.path));
        }
    }
    Ok(if check { ExitCode::from(3) } else { ExitCode::SUCCESS })
}

fn parse(mut parser: Parser) -> Result<bool, Failure> {
    let mut check = false;
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("check") => check = true,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(check)
}

/// Renews the JSON Schemas of a package that has them: those of an older whimbrel would call keys
/// wrong that are right.
pub(super) fn renew(package: &Package) -> Result<(), Failure> {
    let known = package.root.join(DIRECTORY).is_dir();
    let seeds = if known { seed_schemas(&package.root) } else { Vec::new() };
    for file in outdated(&package.root).into_iter().chain(seeds) {
        write(&package.root, &file)?;
        output::eprint(&format!("renewed for editors: {}\n", file.path));
    }
    Ok(())
}

/// Says so where a package has JSON Schemas of another whimbrel.
pub(super) fn remind(package: &Package) {
    if !outdated(&package.root).is_empty() {
        output::eprint(&format!(
            "note: what {DIRECTORY} tells editors is of another version of whimbrel: cargo xtask editor\n"
        ));
    }
}

fn outdated(root: &Path) -> Vec<Wanted> {
    if root.join(DIRECTORY).is_dir() { schemas(root) } else { Vec::new() }
}

/// The JSON Schemas, each with its path in the package.
pub(super) fn json_schemas() -> [(String, String); 2] {
    let all = [("schema.json", schema_json_schema()), ("whimbrel.json", config_json_schema())];
    all.map(|(name, text)| (format!("{DIRECTORY}/{name}"), text))
}

/// The JSON Schemas that are missing or of another version.
fn schemas(root: &Path) -> Vec<Wanted> {
    let wanted = json_schemas().map(|(path, text)| Wanted { path, text });
    wanted.into_iter().filter(|file| !is_there(root, file)).collect()
}

/// The JSON Schemas of seed files that are missing, or not of the tables and labels that there are now; none
/// in a package without seeds.
fn seed_schemas(root: &Path) -> Vec<Wanted> {
    let Seeds { schema, seeds } = match Seeds::of(root) {
        Some(seeds) => seeds,
        None => return Vec::new(),
    };
    let all = [
        ("seeds.json", seeds_json_schema()),
        ("seed.json", seed_json_schema(&schema, seeds.as_ref().map(|checked| &checked.seeds))),
    ];
    let wanted = all.map(|(name, text)| Wanted { path: format!("{DIRECTORY}/{name}"), text });
    wanted.into_iter().filter(|file| !is_there(root, file)).collect()
}

/// However the file was checked out.
fn is_there(root: &Path, file: &Wanted) -> bool {
    fs::read_to_string(root.join(&file.path)).is_ok_and(|text| text.replace("\r\n", "\n") == file.text)
}

/// The files that do not say yet where their JSON Schema is, with a first line that does.
fn headers(root: &Path) -> Vec<Wanted> {
    let mut inputs = Inputs::read(root);
    if let Some(directory) = inputs.config.and_then(|id| Config::parse(&inputs.sources, id).0.seeds) {
        inputs.read_seeds(&directory);
    }
    let read = |id| inputs.sources.get(id);
    let config = inputs.config.map(|id| (read(id), "whimbrel.json"));
    let schema = inputs.schema.iter().map(|id| (read(*id), "schema.json"));
    let manifest = inputs.seeds.manifest.map(|id| (read(id), "seeds.json"));
    let seeds = inputs.seeds.files.iter().map(|id| (read(*id), "seed.json"));
    let files = config.into_iter().chain(schema).chain(manifest).chain(seeds);
    let files = files.filter(|(file, _)| !has_header(&file.text));
    files
        .map(|(file, schema)| {
            let up = match file.path.matches('/').count() {
                0 => "./".to_owned(),
                depth => "../".repeat(depth),
            };
            let end = if file.text.contains("\r\n") { "\r\n" } else { "\n" };
            let text = format!("#:schema {up}{DIRECTORY}/{schema}{end}{}", file.text);
            Wanted { path: file.path.clone(), text }
        })
        .collect()
}

/// Whether one of the comments at the head of a file names a schema: any, because its author may have
/// chosen another one.
fn has_header(text: &str) -> bool {
    let mut head = text.lines().map(str::trim).take_while(|line| line.is_empty() || line.starts_with('#'));
    head.any(|line| line.starts_with("#:schema"))
}

fn write(root: &Path, file: &Wanted) -> Result<(), Failure> {
    let path = root.join(&file.path);
    let written = || -> io::Result<()> {
        fs::create_dir_all(root.join(DIRECTORY))?;
        // Through links, so that a link stays one.
        write_if_changed(&fs::canonicalize(&path).unwrap_or_else(|_| path.clone()), &file.text)
    };
    written().map_err(|error| Failure::failed(format!("{} cannot be written: {error}", file.path)))
}

#[cfg(test)]
mod tests {
    use super::has_header;

    #[test]
    fn headers_stand_among_the_first_comments() {
        for text in ["#:schema ../a.json\n", "# words\n\n  #:schema x\r\na = 1\n"] {
            assert!(has_header(text), "{text}");
        }
        for text in ["", "a = 1\n#:schema a.json\n", "# :schema a.json\n", "[a]\n"] {
            assert!(!has_header(text), "{text}");
        }
    }
}
