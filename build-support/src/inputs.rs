//! The files of a package that whimbrel reads, and nothing else of the outside world.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use whimbrel_schema::seed::{DataFiles, SeedSources};
use whimbrel_schema::text::is_hidden;
use whimbrel_schema::{Code, Diagnostic, SourceId, Sources, Span, without_secrets};

/// Everything that was read, and which paths to watch for changes.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    pub(crate) root: PathBuf,
    pub(crate) sources: Sources,
    pub(crate) config: Option<SourceId>,
    /// `schema/*.toml`, in the order of their paths.
    pub(crate) schema: Vec<SourceId>,
    /// The directories under `migrations`, in the order of their names.
    pub(crate) migrations: Vec<MigrationFiles>,
    /// `seeds.toml`, and the other files of the seeds in the order of their paths.
    pub(crate) seeds: SeedSources,
    /// The paths of all files below the directory of the seeds, in that directory.
    pub(crate) seed_paths: Vec<String>,
    /// What those files hold, where it is not what the disk has.
    seed_files: Option<SeedFiles>,
    /// Every file and directory that was read, and those that were missing.
    pub(crate) watched: Vec<PathBuf>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// The files of seeds by their paths in the directory of the seeds.
pub(crate) type SeedFiles = BTreeMap<String, Arc<[u8]>>;

/// One directory under `migrations`.
#[derive(Debug, Clone)]
pub(crate) struct MigrationFiles {
    pub(crate) name: String,
    pub(crate) directory: PathBuf,
    pub(crate) code: Option<SourceId>,
    pub(crate) snapshot: Option<SourceId>,
}

impl MigrationFiles {
    pub(crate) fn code_path(&self) -> PathBuf {
        self.directory.join("migration.rs")
    }

    pub(crate) fn snapshot_path(&self) -> PathBuf {
        self.directory.join("snapshot.toml")
    }
}

/// Larger files are refused before they are read.
const SIZE_LIMIT: u64 = 16 * 1024 * 1024;
const NOT_TEXT: &str = "it is not text in UTF-8";

impl Inputs {
    /// Reads the package in a directory. What could not be read is a diagnostic, not a failure.
    pub(crate) fn read(root: &Path) -> Self {
        let mut inputs = Self { root: root.to_owned(), ..Self::default() };
        inputs.config = inputs.read_file("whimbrel.toml");
        if inputs.config.is_none() && inputs.diagnostics.is_empty() {
            inputs.missing("whimbrel.toml", "create it; an empty file is enough to begin with");
        }
        inputs.read_schema("schema");
        if !root.join("schema").is_dir() {
            inputs.missing(
                "schema",
                "create the directory, with the tables in files such as schema/users.toml",
            );
        }
        inputs.read_migrations();
        inputs
    }

    /// The path of a place as messages show it: relative to the package, with `/`.
    fn read_schema(&mut self, directory: &str) {
        for name in self.list(directory) {
            let path = format!("{directory}/{name}");
            if self.root.join(&path).is_dir() {
                self.read_schema(&path);
            } else if name.ends_with(".toml") {
                let source = self.read_file(&path);
                self.schema.extend(source);
            }
        }
    }

    /// Reads the files of the seeds in a directory of the package, and lists those that they may name.
    pub(crate) fn read_seeds(&mut self, directory: &str) {
        if let Some(files) = self.seed_files.clone() {
            return self.hold_seeds(directory, &files);
        }
        if !self.root.join(directory).is_dir() {
            self.missing(directory, "create the directory, or remove `[seeds]` from whimbrel.toml");
        }
        self.list_seeds(directory, "");
    }

    fn list_seeds(&mut self, directory: &str, below: &str) {
        for name in self.list(&format!("{directory}{below}")) {
            let inside = format!("{below}/{name}");
            let path = format!("{directory}{inside}");
            if self.root.join(&path).is_dir() {
                self.list_seeds(directory, &inside);
                continue;
            }
            let inside = inside.trim_start_matches('/');
            self.seed_paths.push(inside.to_owned());
            if inside.ends_with(".toml") {
                let source = self.read_file(&path);
                self.add_seeds(inside, source);
            }
        }
    }

    fn add_seeds(&mut self, inside: &str, source: Option<SourceId>) {
        match inside {
            "seeds.toml" => self.seeds.manifest = source,
            _ => self.seeds.files.extend(source),
        }
    }

    /// Takes files for those of the seeds that are not on the disk, or not so.
    fn hold_seeds(&mut self, directory: &str, files: &SeedFiles) {
        for (inside, bytes) in files {
            self.seed_paths.push(inside.clone());
            if !inside.ends_with(".toml") {
                continue;
            }
            let path = format!("{directory}/{inside}");
            match str::from_utf8(bytes) {
                Ok(text) => {
                    let source = self.sources.add(path, text);
                    self.add_seeds(inside, Some(source));
                }
                Err(_) => self.unreadable(&path, NOT_TEXT),
            }
        }
    }

    /// The same package with other files of the seeds: these, and no others.
    pub(crate) fn with_seeds(mut self, files: SeedFiles) -> Self {
        self.seed_files = Some(files);
        self
    }

    /// What the files below a directory hold that is the seeds'; one that cannot be read is a diagnostic.
    pub(crate) fn seed_files(&mut self, directory: &str) -> SeedFiles {
        let mut listed = Self { root: self.root.clone(), ..Self::default() };
        listed.list_seeds(directory, "");
        let mut files = SeedFiles::new();
        for path in std::mem::take(&mut listed.seed_paths) {
            match read_bytes(&self.root.join(directory).join(&path), &self.root) {
                Ok(bytes) => drop(files.insert(path, Arc::from(bytes))),
                Err(error) => self.unreadable(&format!("{directory}/{path}"), &error.to_string()),
            }
        }
        files
    }

    fn read_migrations(&mut self) {
        for name in self.list("migrations") {
            let directory = self.root.join("migrations").join(&name);
            if !directory.is_dir() {
                continue;
            }
            if directory.is_symlink() {
                self.unreadable(&format!("migrations/{name}"), "it is a link to a directory");
                continue;
            }
            self.watched.push(directory.clone());
            let code = self.read_file(&format!("migrations/{name}/migration.rs"));
            let snapshot = self.read_file(&format!("migrations/{name}/snapshot.toml"));
            self.migrations.push(MigrationFiles { name, directory, code, snapshot });
        }
    }

    /// Every text that was read, by its path in the package.
    pub(crate) fn texts(&self) -> BTreeMap<String, String> {
        let migrations = self.migrations.iter().flat_map(|files| [files.code, files.snapshot]).flatten();
        let all = self.config.into_iter().chain(self.schema.iter().copied()).chain(migrations);
        let text = |id| {
            let source = self.sources.get(id);
            (source.path.clone(), source.text.to_string())
        };
        all.map(text).collect()
    }

    /// The same package with other files: these, by their paths in the package, and no others.
    pub(crate) fn with_texts(mut self, texts: &BTreeMap<String, String>) -> Self {
        (self.config, self.schema, self.migrations) = (None, Vec::new(), Vec::new());
        for (path, text) in texts {
            let id = self.sources.add(path, text);
            match path.split('/').collect::<Vec<_>>()[..] {
                ["whimbrel.toml"] => self.config = Some(id),
                ["migrations", name, file] => self.add_migration(name, file, id),
                _ => self.schema.push(id),
            }
        }
        self
    }

    /// Takes in a file of a migration; those of one migration stand together.
    fn add_migration(&mut self, name: &str, file: &str, id: SourceId) {
        if self.migrations.last().is_none_or(|last| last.name != name) {
            let directory = self.root.join("migrations").join(name);
            self.migrations.push(MigrationFiles {
                name: name.to_owned(),
                directory,
                code: None,
                snapshot: None,
            });
        }
        if let Some(files) = self.migrations.last_mut() {
            match file {
                "migration.rs" => files.code = Some(id),
                _ => files.snapshot = Some(id),
            }
        }
    }

    /// The names in a directory, sorted; a hidden one is none of ours.
    fn list(&mut self, directory: &str) -> Vec<String> {
        let path = self.root.join(directory);
        if path.is_symlink() {
            // It may lead out of the package, or back into itself for ever.
            self.unreadable(directory, "it is a link to a directory");
            return Vec::new();
        }
        self.watched.push(path.clone());
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
            Err(error) => {
                self.unreadable(directory, &error.to_string());
                return Vec::new();
            }
        };
        let mut names = Vec::new();
        for entry in entries.flatten() {
            match entry.file_name().into_string() {
                Ok(name) if name.starts_with('.') => {}
                // A line of the build script's output would end at a newline, and the next one begin.
                Ok(name) if name.chars().any(is_hidden) => {
                    self.unreadable(&format!("{directory}/{name}"), "its name has an invisible character");
                }
                Ok(name) => names.push(name),
                Err(name) => {
                    let shown = format!("{directory}/{}", name.to_string_lossy());
                    self.unreadable(&shown, "its name is not valid Unicode");
                }
            }
        }
        names.sort_unstable();
        names
    }

    fn read_file(&mut self, relative: &str) -> Option<SourceId> {
        let path = self.root.join(relative);
        let text = read_text(&path, &self.root);
        // A missing file is watched through its directory, so that it does not rebuild for ever.
        if !matches!(&text, Err(error) if error.kind() == io::ErrorKind::NotFound)
            || relative == "whimbrel.toml"
        {
            self.watched.push(path);
        }
        match text {
            Ok(text) if relative == "whimbrel.toml" => {
                Some(self.sources.add(relative, without_secrets(&text)))
            }
            Ok(text) => Some(self.sources.add(relative, text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                self.unreadable(relative, &error.to_string());
                None
            }
        }
    }

    fn unreadable(&mut self, relative: &str, reason: &str) {
        let place = self.placeholder(relative);
        self.diagnostics.push(
            Diagnostic::new(Code::UNREADABLE, format!("`{relative}` cannot be read: {reason}"))
                .label(place, "this file")
                .help("only regular files of UTF-8 text, of at most 16 MiB, in plain directories of the package are read"),
        );
    }

    fn missing(&mut self, relative: &str, help: &str) {
        let place = self.placeholder(relative);
        self.diagnostics.push(
            Diagnostic::new(Code::MISSING_FILE, format!("`{relative}` is missing"))
                .label(place, "expected in the package")
                .help(help),
        );
    }

    /// Takes in files that are not written yet, as if they were there.
    #[cfg_attr(
        not(any(feature = "replay", feature = "postgres", feature = "mysql")),
        allow(dead_code, reason = "imports alone need it")
    )]
    pub(crate) fn provide(&mut self, files: &[(String, String)]) {
        for (path, text) in files {
            let id = self.sources.add(path, text);
            if path == "whimbrel.toml" {
                self.config = Some(id);
            } else {
                self.schema.push(id);
            }
        }
        let sources = &self.sources;
        let there =
            |path: &str| files.iter().any(|(file, _)| file == path || file.starts_with(&format!("{path}/")));
        self.diagnostics.retain(|diagnostic| {
            let place = diagnostic.labels.first().map(|label| sources.get(label.span.source).path.as_str());
            diagnostic.code != Code::MISSING_FILE || !place.is_some_and(there)
        });
    }

    /// A source for a file that has no text, so that a diagnostic can point at it.
    pub(crate) fn placeholder(&mut self, relative: &str) -> Span {
        Span::new(self.sources.add(relative, ""), 0..0)
    }
}

/// A regular file's text: a pipe or a device would block the build or fill the memory, and a link that
/// leads out of the package would show what is none of its business.
fn read_text(path: &Path, root: &Path) -> io::Result<String> {
    String::from_utf8(read_bytes(path, root)?).map_err(|_| io::Error::other(NOT_TEXT))
}

/// A regular file's bytes.
fn read_bytes(path: &Path, root: &Path) -> io::Result<Vec<u8>> {
    if path.is_symlink() {
        let target = path.canonicalize().map_err(|_| io::Error::other("it is a link that leads nowhere"))?;
        if !target.starts_with(root.canonicalize()?) {
            return Err(io::Error::other("it is a link that leads out of the package"));
        }
    }
    // Before it is opened, because to open a pipe is to wait for its other end; and after, because what
    // was opened may be another.
    check_file(&fs::metadata(path)?)?;
    let file = File::open(path)?;
    check_file(&file.metadata()?)?;
    let mut bytes = Vec::new();
    file.take(SIZE_LIMIT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > SIZE_LIMIT {
        Err(io::Error::other("it grows while it is read"))
    } else {
        Ok(bytes)
    }
}

/// The files that seeds name, in their directory of a package.
pub(crate) struct SeedData<'i> {
    pub(crate) inputs: &'i Inputs,
    pub(crate) directory: &'i str,
}

impl DataFiles for SeedData<'_> {
    fn read(&self, path: &str) -> Result<Arc<[u8]>, String> {
        let Inputs { root, seed_paths, seed_files, .. } = self.inputs;
        // Only what was listed: no link in between leads elsewhere.
        if !seed_paths.iter().any(|known| known == path) {
            return Err("is not there".to_owned());
        }
        if let Some(bytes) = seed_files.as_ref().and_then(|files| files.get(path)) {
            return Ok(Arc::clone(bytes));
        }
        let place = root.join(self.directory).join(path);
        read_bytes(&place, root).map(Arc::from).map_err(|error| format!("cannot be read: {error}"))
    }

    fn paths(&self) -> Vec<String> {
        self.inputs.seed_paths.iter().filter(|path| !path.ends_with(".toml")).cloned().collect()
    }
}

fn check_file(metadata: &fs::Metadata) -> io::Result<()> {
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    match metadata.len() {
        size if size > SIZE_LIMIT => Err(io::Error::other(format!("it has {size} bytes"))),
        _ => Ok(()),
    }
}
