//! What cargo tells about a build, as JSON.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Package, Ran, Wrong};

/// The messages of one run of cargo.
pub(crate) struct Built {
    ran: Ran,
    messages: Vec<Value>,
}

/// An error as rustc reports it.
pub(super) struct Error {
    /// `E0599`, or `W0301` in what whimbrel reports.
    pub(super) code: String,
    /// As `migrations/0001_x/migration.rs:4:5`.
    pub(super) place: String,
    /// The whole message.
    pub(super) text: String,
}

impl Built {
    pub(super) fn new(ran: Ran) -> Self {
        let messages = ran.out.lines().filter(|line| line.starts_with('{'));
        let messages = messages.map(|line| serde_json::from_str(line).unwrap()).collect();
        Self { ran, messages }
    }

    /// The package must have compiled, without a warning.
    #[track_caller]
    pub(crate) fn passes(&self, package: &Package) {
        let problems: Vec<&str> = self
            .about(package, "compiler-message")
            .filter_map(|message| message["message"]["rendered"].as_str())
            .collect();
        assert!(problems.is_empty(), "{}:\n{}", package.name, problems.join("\n"));
        assert!(self.library(package).is_some(), "{} was not built:\n{}", package.name, self.ran.err);
    }

    /// The package must have compiled; what it is warned of is its own affair.
    #[track_caller]
    pub(crate) fn compiles(&self, package: &Package) {
        assert!(self.library(package).is_some(), "{} was not built:\n{}", package.name, self.explain());
    }

    /// How the errors of a package, which must be ordinary messages of the compiler, differ from
    /// those expected.
    pub(crate) fn compare(
        &self,
        package: &Package,
        expected: impl IntoIterator<Item = Wrong>,
    ) -> Result<(), String> {
        let mut errors = self.errors(package);
        let mut missing = Vec::new();
        for wrong in expected {
            match errors.iter().position(|error| wrong.is(error)) {
                Some(position) => drop(errors.remove(position)),
                None => missing.push(wrong),
            }
        }
        if self.about(package, "build-script-executed").count() != 1 {
            return Err(format!("{}: the build script failed\n{}", package.name, self.explain()));
        }
        if missing.is_empty() && errors.is_empty() {
            return Ok(());
        }
        let missing = missing.iter().map(|wrong| format!("  expected  {wrong}\n"));
        let surplus =
            errors.iter().map(|error| format!("  got  {} at {}\n{}\n", error.code, error.place, error.text));
        Err(format!("{}:\n{}", package.name, missing.chain(surplus).collect::<String>()))
    }

    /// Whether the package compiled.
    pub(crate) fn builds(&self, package: &Package) -> bool {
        self.library(package).is_some()
    }

    /// Whether cargo took the library as it was.
    #[track_caller]
    pub(crate) fn fresh(&self, package: &Package) -> bool {
        let library =
            self.library(package).unwrap_or_else(|| panic!("{} failed:\n{}", package.name, self.explain()));
        library["fresh"].as_bool().unwrap()
    }

    /// A file that the build script has generated.
    #[track_caller]
    pub(crate) fn generated(&self, package: &Package, file: &str) -> String {
        let message = self.about(package, "build-script-executed").next().unwrap();
        let path = Path::new(message["out_dir"].as_str().unwrap()).join("whimbrel").join(file);
        std::fs::read_to_string(path).unwrap()
    }

    /// The paths in `OUT_DIR` of the files that the build script has left there.
    #[track_caller]
    pub(crate) fn outputs(&self, package: &Package) -> Vec<String> {
        fn walk(root: &Path, directory: &Path, paths: &mut Vec<String>) {
            for entry in std::fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(root, &path, paths);
                } else {
                    paths.push(path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/"));
                }
            }
        }
        let message = self.about(package, "build-script-executed").next().unwrap();
        let out = Path::new(message["out_dir"].as_str().unwrap());
        let mut paths = Vec::new();
        walk(out, out, &mut paths);
        paths.sort();
        paths
    }

    /// The only program built.
    pub(crate) fn executable(&self) -> Option<PathBuf> {
        self.messages.iter().find_map(|message| message["executable"].as_str()).map(PathBuf::from)
    }

    /// Everything that went wrong, for the message of a failing test.
    pub(crate) fn explain(&self) -> String {
        let rendered = self.messages.iter().filter_map(|message| message["message"]["rendered"].as_str());
        rendered.collect::<Vec<_>>().join("\n") + &self.ran.err
    }

    fn errors(&self, package: &Package) -> Vec<Error> {
        let messages = self.about(package, "compiler-message").map(|message| &message["message"]);
        messages
            .filter(|message| message["level"] == "error")
            .filter_map(|message| error(message, &package.root))
            .collect()
    }

    fn library(&self, package: &Package) -> Option<&Value> {
        self.about(package, "compiler-artifact").find(|message| message["target"]["kind"][0] == "lib")
    }

    fn about<'a>(
        &'a self,
        package: &Package,
        reason: &'static str,
    ) -> impl Iterator<Item = &'a Value> + use<'a> {
        let id = format!("/packages/{}#", package.name);
        self.messages.iter().filter(move |message| {
            message["reason"] == reason
                && message["package_id"].as_str().is_some_and(|package| package.contains(&id))
        })
    }
}

/// `None` for what only counts the errors before it.
fn error(message: &Value, root: &Path) -> Option<Error> {
    let text = message["message"].as_str()?;
    let rendered = message["rendered"].as_str()?;
    if text.starts_with("aborting due to") {
        return None;
    }
    if let Some(code) = report_code(text) {
        let place = text.lines().find_map(|line| line.trim_start().strip_prefix("--> ")).unwrap_or("");
        return Some(Error { code, place: place.to_owned(), text: text.to_owned() });
    }
    let span = message["spans"].as_array()?.iter().find(|span| span["is_primary"] == true);
    let place = span.map_or_else(String::new, |span| {
        let file = Path::new(span["file_name"].as_str().unwrap_or(""));
        // Absolute for the files of migrations, relative to the workspace for the rest.
        let workspace = root.ancestors().nth(2).unwrap_or(root);
        let file = workspace.join(file);
        let file = file.strip_prefix(root).unwrap_or(&file).display().to_string().replace('\\', "/");
        format!("{file}:{}:{}", span["line_start"], span["column_start"])
    });
    let code = message["code"]["code"].as_str().unwrap_or("").to_owned();
    Some(Error { code, place, text: rendered.to_owned() })
}

/// The code at the end of the first line of a report.
fn report_code(text: &str) -> Option<String> {
    let (_, code) = text.lines().next()?.strip_suffix(']')?.rsplit_once('[')?;
    code.starts_with('W').then(|| code.to_owned())
}
