//! Workspaces and packages on disk.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::Built;
use super::run::{Ran, building, cargo, run, surroundings};

/// The text files of a package by their paths in it, with `/`.
pub(crate) type Files = BTreeMap<String, String>;

/// A cargo workspace in a temporary directory.
pub(crate) struct Workspace {
    directory: TempDir,
}

/// A package of it, in a user's shape.
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) root: PathBuf,
}

impl Workspace {
    pub(crate) fn new() -> Self {
        let directory = tempfile::Builder::new().prefix("whimbrel-projects-").tempdir().unwrap();
        let members = "[workspace]\nresolver = \"3\"\nmembers = [\"packages/*\"]\n";
        fs::write(directory.path().join("Cargo.toml"), members).unwrap();
        fs::copy(repository().join("Cargo.lock"), directory.path().join("Cargo.lock")).unwrap();
        Self { directory }
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// A package without tables. Names must differ between tests, because all share a target
    /// directory.
    pub(crate) fn package(&self, name: &str) -> Package {
        let package = Package { name: name.to_owned(), root: self.path().join("packages").join(name) };
        let path = |directory: &str| repository().join(directory).display().to_string();
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
             [dependencies]\nwhimbrel = {{ path = {:?} }}\n\n\
             [build-dependencies]\nwhimbrel-build = {{ path = {:?} }}\n",
            path("runtime"),
            path("build-support")
        );
        let migrate = format!(
            "fn main() -> std::process::ExitCode {{\n    whimbrel::cli::main(&{}::db::PROJECT)\n}}\n",
            name.replace('-', "_")
        );
        package.write("Cargo.toml", &manifest);
        package.write("build.rs", "fn main() {\n    whimbrel_build::emit();\n}\n");
        package.write(
            "whimbrel.toml",
            "dialects = [\"sqlite\"]\n\n[environment.dev]\nurl = \"sqlite:app.db\"\n",
        );
        package.write("src/lib.rs", "pub mod db {\n    whimbrel::include_db!();\n}\n");
        package.write("src/bin/migrate.rs", &migrate);
        fs::create_dir_all(package.root.join("schema")).unwrap();
        package
    }

    /// A package with these files besides.
    pub(crate) fn package_with(&self, name: &str, files: &Files) -> Package {
        let package = self.package(name);
        for (path, text) in files {
            package.write(path, text);
        }
        package
    }

    /// Runs cargo on the whole workspace, without stopping at the first package that fails.
    pub(crate) fn build(&self, command: &str) -> Built {
        self.build_where(command, &[])
    }

    /// Checks it, as an editor does.
    pub(crate) fn check(&self) -> Built {
        self.build("check")
    }

    /// Checks it where environment variables have these values, or are not set.
    pub(crate) fn check_where(&self, variables: &[(&str, Option<&str>)]) -> Built {
        self.build_where("check", variables)
    }

    fn build_where(&self, command: &str, variables: &[(&str, Option<&str>)]) -> Built {
        let _one = building();
        let mut cargo = cargo(self.path());
        cargo.args([command, "--workspace", "--keep-going", "--offline", "--message-format=json"]);
        for (name, value) in variables {
            match value {
                Some(value) => cargo.env(name, value),
                None => cargo.env_remove(name),
            };
        }
        Built::new(run(&mut cargo))
    }

    /// Makes its `Cargo.lock` fit, which else the first build does.
    pub(crate) fn lock(&self) {
        run(cargo(self.path()).args(["generate-lockfile", "--offline"])).ends(0);
    }

    /// Takes from every file and directory the permission to be written; what comes back gives it
    /// back when it is dropped, so that they can be removed.
    #[must_use]
    pub(crate) fn read_only(&self) -> ReadOnly<'_> {
        set_read_only(self.path(), true);
        ReadOnly(self.path())
    }

    /// Every file and directory with its size and time, so that a write anywhere is seen.
    pub(crate) fn listing(&self) -> Vec<String> {
        listing(self.path())
    }
}

/// A directory that cannot be written as long as this lives.
pub(crate) struct ReadOnly<'a>(&'a Path);

impl Drop for ReadOnly<'_> {
    fn drop(&mut self) {
        set_read_only(self.0, false);
    }
}

fn set_read_only(path: &Path, read_only: bool) {
    let mut permissions = path.metadata().unwrap().permissions();
    permissions.set_readonly(read_only);
    fs::set_permissions(path, permissions).unwrap();
    for entry in path.is_dir().then(|| fs::read_dir(path).unwrap()).into_iter().flatten() {
        set_read_only(&entry.unwrap().path(), read_only);
    }
}

impl Package {
    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.root.join(file)
    }

    #[track_caller]
    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Puts a text in the place of another that stands in the file once.
    #[track_caller]
    pub(crate) fn replace(&self, file: &str, previous: &str, next: &str) {
        let text = self.read(file);
        assert_eq!(text.matches(previous).count(), 1, "`{previous}` in {file}:\n{text}");
        self.write(file, &text.replace(previous, next));
    }

    #[track_caller]
    pub(crate) fn append(&self, file: &str, more: &str) {
        let text = self.read(file);
        self.write(file, &(text + more));
    }

    #[track_caller]
    pub(crate) fn remove(&self, path: &str) {
        let path = self.path(path);
        if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.unwrap();
    }

    /// Where a text stands, as `file:line:column`. It must be in the file once; where it begins too
    /// early, `^^` marks the place in it.
    #[track_caller]
    pub(crate) fn place(&self, file: &str, marked: &str) -> String {
        let (needle, offset) = (marked.replacen("^^", "", 1), marked.find("^^").unwrap_or(0));
        let text = self.read(file);
        assert_eq!(text.matches(&needle).count(), 1, "`{needle}` in {file}:\n{text}");
        let before = &text[..text.find(&needle).unwrap() + offset];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        format!("{file}:{line}:{column}")
    }

    /// Every migration's code.
    pub(crate) fn migrations(&self) -> Vec<PathBuf> {
        let directories = fs::read_dir(self.path("migrations")).unwrap();
        let mut files: Vec<PathBuf> =
            directories.map(|directory| directory.unwrap().path().join("migration.rs")).collect();
        files.sort();
        files
    }

    /// The files that a person writes or reads: schema and migrations.
    pub(crate) fn text_files(&self) -> Vec<String> {
        let files = files_below(&self.root).into_keys();
        files.filter(|path| path.starts_with("schema/") || path.starts_with("migrations/")).collect()
    }

    /// Runs `cargo xtask ..`.
    pub(crate) fn xtask(&self, arguments: &[&str]) -> Ran {
        self.xtask_where(arguments, &[])
    }

    /// Runs it where environment variables have these values.
    pub(crate) fn xtask_where(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
        let _one = (arguments.first() == Some(&"migrate")).then(building);
        let mut command = Command::new(env!("CARGO_BIN_EXE_project-xtask"));
        surroundings(&mut command, &self.root);
        run(command.args(arguments).envs(variables.iter().copied()))
    }

    /// Runs `cargo xtask ..` at a terminal, where someone types these lines. What it says in all is its
    /// output. `None` without the program `script`, which makes terminals.
    #[cfg(target_os = "linux")]
    pub(crate) fn xtask_at_terminal(&self, arguments: &[&str], typed: &str) -> Option<Ran> {
        let mut command = Command::new("script");
        surroundings(&mut command, &self.root);
        let line = format!("'{}' {}", env!("CARGO_BIN_EXE_project-xtask"), arguments.join(" "));
        let answers = self.root.with_extension("typed");
        fs::write(&answers, typed).unwrap();
        command.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
        command.env("NO_COLOR", "1").stdin(fs::File::open(answers).unwrap());
        match command.output() {
            Ok(output) => Some(Ran {
                code: output.status.code().unwrap_or(-1),
                out: String::from_utf8(output.stdout).unwrap(),
                err: String::from_utf8(output.stderr).unwrap(),
            }),
            Err(error) => {
                eprintln!("skipped: `script` cannot be run: {error}");
                None
            }
        }
    }

    /// Builds the package's `migrate`, and gives it a place of its own.
    pub(crate) fn build_migrate(&self) -> PathBuf {
        let _one = building();
        let mut cargo = cargo(&self.root);
        cargo.args(["build", "--bin", "migrate", "--offline", "--message-format=json"]);
        let built = Built::new(run(&mut cargo));
        let program = built.executable().unwrap_or_else(|| panic!("no program:\n{}", built.explain()));
        let copy = self.root.with_extension("migrate");
        fs::copy(program, &copy).unwrap();
        copy
    }

    /// Runs a program that [`build_migrate`](Self::build_migrate) has made.
    pub(crate) fn migrate(&self, program: &Path, line: &str) -> Ran {
        self.migrate_where(program, line, &[])
    }

    /// Runs it where environment variables have these values.
    pub(crate) fn migrate_where(&self, program: &Path, line: &str, variables: &[(&str, &str)]) -> Ran {
        let mut command = Command::new(program);
        surroundings(&mut command, &self.root);
        run(command.args(line.split_whitespace()).envs(variables.iter().copied()))
    }

    /// Every file and directory with its size and time, so that a write anywhere is seen.
    pub(crate) fn listing(&self) -> Vec<String> {
        listing(&self.root)
    }
}

/// What the names of files of a package end in, those of seeds included.
const KEPT: [&str; 4] = ["rs", "toml", "txt", "csv"];

/// The text files below a directory, but for what a build leaves there.
pub(crate) fn files_below(directory: &Path) -> Files {
    fn walk(root: &Path, directory: &Path, files: &mut Files) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, files);
            } else if path.extension().is_some_and(|extension| KEPT.iter().any(|kept| extension == *kept)) {
                let relative = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                files.insert(relative, fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut files = Files::new();
    walk(directory, directory, &mut files);
    files
}

/// The directory of this repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn listing(directory: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let metadata = path.metadata().unwrap();
        let time = metadata.modified().unwrap();
        lines.push(format!("{} {} {time:?}", path.display(), metadata.len()));
        if metadata.is_dir() {
            lines.extend(listing(&path));
        }
    }
    lines.sort();
    lines
}
