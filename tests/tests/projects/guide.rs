//! The guide, followed to the letter.

use std::fs;
use std::path::{Path, PathBuf};

use crate::harness::{Workspace, files_below, line};

/// One fenced block of the guide.
struct Block {
    /// The words behind the fence, such as `toml file=Cargo.toml`.
    info: String,
    text: String,
}

/// What a page shows of applications is run on a copy of the example, and what it shows of a file of
/// this repository stands there.
#[test]
fn applications_work_as_written() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let guide = fs::read_to_string(repository.join("docs/applications.md")).unwrap();
    let workspace = Workspace::new();
    let mut files = files_below(&repository.join("generated-example"));
    files.retain(|path, _| {
        ["schema/", "migrations/", "seeds/", "whimbrel.toml"].iter().any(|start| path.starts_with(start))
    });
    let package = workspace.package_with("mail", &files);
    package.write("src/bin/migrate.rs", "fn main() {}\n");
    let (mut said, mut seen) = (String::new(), [0; 4]);
    for Block { info, text } in blocks(&guide) {
        if let Some((_, file)) = info.split_once("file=") {
            package.write(file, &text.replace("WHIMBREL", repository.to_str().unwrap()));
            seen[0] += 1;
        } else if let Some((_, file)) = info.split_once("from=") {
            let whole = fs::read_to_string(repository.join(file)).unwrap();
            assert!(unindented(&whole).contains(&unindented(&text)), "this is not in {file}:\n{text}");
            seen[1] += 1;
        } else if info == "console" {
            let command = text.trim().strip_prefix("$ ").unwrap();
            said = line(&package.root, command).ends(0).out;
            seen[2] += 1;
        } else {
            assert_eq!(info, "text", "a block that is neither a file, nor a command, nor its output");
            assert!(said.contains(&text), "{text} is not in\n{said}");
            seen[3] += 1;
        }
    }
    assert!(
        seen.iter().all(|count| *count > 1),
        "{seen:?} files, excerpts, commands and outputs are too few"
    );
}

/// What the page of the servers shows of a file stands there; the tests of `engines` run it.
#[test]
fn servers_are_shown_what_is_there() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let guide = fs::read_to_string(repository.join("docs/servers.md")).unwrap();
    let mut seen = 0;
    for Block { info, text } in blocks(&guide) {
        let Some((_, file)) = info.split_once("from=") else { continue };
        let whole = fs::read_to_string(repository.join(file)).unwrap();
        assert!(unindented(&whole).contains(&unindented(&text)), "this is not in {file}:\n{text}");
        seen += 1;
    }
    assert!(seen > 0, "no excerpt is shown");
}

/// A text without spaces at the beginning of its lines.
fn unindented(text: &str) -> String {
    text.lines().map(|line| line.trim_start().to_owned() + "\n").collect()
}

#[test]
fn the_quick_start_works_as_written() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let guide = fs::read_to_string(repository.join("docs/quick-start.md")).unwrap();
    let directory = tempfile::Builder::new().prefix("whimbrel-guide-").tempdir().unwrap();
    let mut here = directory.path().to_owned();
    let (mut files, mut commands) = (0, 0);
    for Block { info, text } in blocks(&guide) {
        let text = text.replace("WHIMBREL", repository.to_str().unwrap());
        if let Some((_, file)) = info.split_once("file=") {
            let path = here.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
            files += 1;
        } else if info.starts_with("console") {
            for command in text.lines().map(|line| line.strip_prefix("$ ").unwrap()) {
                (here, _) = follow(here, command, info.ends_with("fails"), repository);
                commands += 1;
            }
        } else {
            assert_eq!(info, "text", "a block that is neither a file, nor commands, nor output");
        }
    }
    assert!(files > 2 && commands > 10, "{files} files and {commands} commands are too few");
    assert!(here.join("notes.db").is_file());
}

/// As the quick start; what the page shows of files and of what commands say is there, too.
#[test]
fn adopting_works_as_written() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let guide = fs::read_to_string(repository.join("docs/adopting.md")).unwrap();
    let directory = tempfile::Builder::new().prefix("whimbrel-guide-").tempdir().unwrap();
    let mut here = directory.path().to_owned();
    let (mut said, mut seen) = (String::new(), [0; 3]);
    for Block { info, text } in blocks(&guide) {
        if let Some((_, database)) = info.split_once("database=") {
            rusqlite::Connection::open(here.join(database)).unwrap().execute_batch(&text).unwrap();
        } else if let Some((_, file)) = info.split_once("from=") {
            let whole = fs::read_to_string(here.join(file)).unwrap();
            assert!(whole.contains(&text), "this is not in {file}:\n{text}\n{whole}");
            seen[0] += 1;
        } else if info == "console" {
            for command in text.replace("WHIMBREL", repository.to_str().unwrap()).lines() {
                let command = command.strip_prefix("$ ").unwrap();
                (here, said) = follow(here, command, false, repository);
                seen[1] += 1;
            }
        } else {
            assert_eq!(info, "text", "a block that is neither of a file, nor commands, nor output");
            assert!(said.contains(&text), "{text} is not in\n{said}");
            seen[2] += 1;
        }
    }
    assert!(seen.iter().all(|count| *count > 2), "{seen:?} excerpts, commands and outputs are too few");
}

/// Runs one command, and tells where the next one runs, and what it said.
fn follow(here: PathBuf, command: &str, fails: bool, repository: &Path) -> (PathBuf, String) {
    if let Some(directory) = command.strip_prefix("cd ") {
        return (here.join(directory), String::new());
    }
    let ran = line(&here, command);
    let failed = ran.code != 0;
    assert_eq!(failed, fails, "`{command}` ended with {}\n{}\n{}", ran.code, ran.out, ran.err);
    if command.starts_with("cargo new") {
        // The versions that are known to be here, because a test asks no network.
        let package = here.join(command.rsplit(' ').next().unwrap());
        fs::copy(repository.join("Cargo.lock"), package.join("Cargo.lock")).unwrap();
    }
    (here, ran.out)
}

fn blocks(guide: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for line in guide.lines() {
        match (line.strip_prefix("```"), open.take()) {
            (Some(info), None) => open = Some(Block { info: info.to_owned(), text: String::new() }),
            (Some(_), Some(block)) => blocks.push(block),
            (None, Some(mut block)) => {
                block.text += line;
                block.text.push('\n');
                open = Some(block);
            }
            (None, None) => {}
        }
    }
    blocks
}
