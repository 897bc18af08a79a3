//! What is to be written, decided before anything is.

use crate::xtask::editor;
use std::path::{Path, PathBuf};

use super::super::output::Failure;
use super::super::write::{Act, Planned};
use super::file::{TomlFile, read, read_if_there};
use super::library::{Library, with_module};
use super::site::Site;
use super::template::{self, Origin};

/// Everything that becomes of a package.
pub(super) struct Plan {
    pub(super) files: Vec<Planned>,
    /// What is left to a person, in sentences with the text to write.
    pub(super) by_hand: Vec<String>,
}

impl Plan {
    /// How many files are written.
    pub(super) fn writes(&self) -> usize {
        self.files.iter().filter(|file| !matches!(file.act, Act::Keep)).count()
    }
}

/// Plans everything; an error is a file that cannot be read.
pub(super) fn plan(site: &Site, origin: &Origin) -> Result<Plan, Failure> {
    let mut draft = Draft { site, plan: Plan { files: Vec::new(), by_hand: Vec::new() } };
    draft.manifests(origin)?;
    draft.build_script()?;
    draft.create("whimbrel.toml", &template::config(&site.name));
    draft.schema();
    draft.editor();
    draft.library()?;
    draft.migrate()?;
    draft.xtask(origin)?;
    draft.alias()?;
    draft.ignored()?;
    Ok(draft.plan)
}

struct Draft<'a> {
    site: &'a Site,
    plan: Plan,
}

impl Draft<'_> {
    /// The dependencies, the program that `cargo run` runs, and the member `xtask`.
    fn manifests(&mut self, origin: &Origin) -> Result<(), Failure> {
        let mut manifest = TomlFile::read(self.site, self.site.root.join("Cargo.toml"))?;
        for (table, name, value) in [
            ("dependencies", "whimbrel", origin.runtime()),
            ("build-dependencies", "whimbrel-build", origin.build_support()),
        ] {
            self.entry(&mut manifest, table, name, &value);
        }
        self.default_run(&mut manifest);
        if manifest.toml.get(&["package", "autobins"]) == Some(false.into()) && !self.has_migrate() {
            self.plan.by_hand.push(format!(
                "{}: `autobins` is off; add [[bin]] with name = \"migrate\" and path = \"src/bin/migrate.rs\"",
                manifest.shown
            ));
        }
        if self.site.workspace == self.site.root {
            self.member(&mut manifest);
            self.plan.files.push(manifest.planned());
        } else {
            self.plan.files.push(manifest.planned());
            let mut workspace = TomlFile::read(self.site, self.site.workspace.join("Cargo.toml"))?;
            self.member(&mut workspace);
            self.plan.files.push(workspace.planned());
        }
        Ok(())
    }

    /// With a second program, `cargo run` would no longer know which one is meant.
    fn default_run(&mut self, manifest: &mut TomlFile) {
        if let ([only], false) = (&self.site.binaries[..], self.site.default_run)
            && only.name != "migrate"
        {
            self.entry(manifest, "package", "default-run", &template::string(&only.name));
        }
    }

    fn member(&mut self, manifest: &mut TomlFile) {
        if self.site.xtask.is_some() || self.xtask_directory().exists() {
            return;
        }
        let added = match manifest.toml.get(&["workspace", "members"]) {
            None => manifest.insert("workspace", "members", "[\"xtask\"]"),
            Some(_) if manifest.toml.push("workspace", "members", "\"xtask\"") => {
                manifest.added.push("members = [.., \"xtask\"]".to_owned());
                true
            }
            Some(_) => false,
        };
        if !added {
            self.plan
                .by_hand
                .push(format!("{}: add \"xtask\" to the members of [workspace]", manifest.shown));
        }
    }

    fn build_script(&mut self) -> Result<(), Failure> {
        match self.site.build_script.clone() {
            Some(path) => self.keep_if(
                &path,
                "whimbrel_build::emit",
                "call `whimbrel_build::emit();` in its `main`, anywhere",
            ),
            None => {
                if let Some(path) = self.create("build.rs", template::BUILD_SCRIPT) {
                    self.plan.by_hand.push(format!(
                        "{path}: Cargo.toml does not make it the build script; remove `build = false`, and call \
                         `whimbrel_build::emit();` in its `main`"
                    ));
                }
                Ok(())
            }
        }
    }

    fn schema(&mut self) {
        let path = self.site.root.join("schema");
        if path.exists() {
            self.push(path, Act::Keep);
        } else {
            self.create("schema/tables.toml", template::SCHEMA);
        }
    }

    fn editor(&mut self) {
        for (path, text) in editor::json_schemas() {
            self.create(&path, &text);
        }
    }

    fn library(&mut self) -> Result<(), Failure> {
        let Some(library) = &self.site.library else {
            if let Some(path) = self.create("src/lib.rs", template::MODULE) {
                self.plan.by_hand.push(format!(
                    "{path}: cargo does not take it for the library of the package; `autolib` may be off, or the \
                     package is one of procedural macros"
                ));
            }
            return Ok(());
        };
        let shown = self.site.shown(&library.path);
        if !library.linkable {
            self.plan
                .by_hand
                .push(format!("{shown}: its crate-type needs \"lib\" besides, for src/bin/migrate.rs"));
        }
        let previous = read(self.site, &library.path)?;
        let act = match with_module(&previous) {
            Library::Has => Act::Keep,
            Library::Gets(next) => {
                let added = template::MODULE.lines().map(str::to_owned).collect();
                Act::Edit { previous, next, added }
            }
            Library::Unclear(reason) => {
                self.plan.by_hand.push(format!(
                    "{shown}: {reason}; add `pub mod db {{ whimbrel::include_db!(); }}`, and name that module in \
                     src/bin/migrate.rs if you call it otherwise"
                ));
                Act::Keep
            }
        };
        self.push(library.path.clone(), act);
        Ok(())
    }

    fn migrate(&mut self) -> Result<(), Failure> {
        let library = self.site.crate_name();
        let call = format!("whimbrel::cli::main(&{library}::db::PROJECT)");
        let known = self.site.binaries.iter().find(|binary| binary.name == "migrate");
        let path =
            known.map_or_else(|| self.site.root.join("src/bin/migrate.rs"), |binary| binary.path.clone());
        if path.exists() {
            return self.keep_if(&path, "whimbrel::cli::main", &format!("let its `main` end with `{call}`"));
        }
        self.push(path, Act::Create(template::migrate(&library)));
        Ok(())
    }

    fn has_migrate(&self) -> bool {
        self.site.binaries.iter().any(|binary| binary.name == "migrate")
    }

    fn xtask_directory(&self) -> PathBuf {
        self.site.workspace.join("xtask")
    }

    fn xtask(&mut self, origin: &Origin) -> Result<(), Failure> {
        let directory = self.xtask_directory();
        if let Some(program) = self.site.xtask.clone() {
            return self.keep_if(
                &program,
                "whimbrel_build::xtask::main",
                &format!(
                    "end its `main` with `whimbrel_build::xtask::main()` where none of your own commands is meant, \
                     and add `whimbrel-build = {}` to its dependencies",
                    origin.build_support()
                ),
            );
        }
        if directory.exists() {
            let shown = self.site.shown(&directory);
            self.plan.by_hand.push(format!(
                "{shown}: it is there, and no package `xtask` of the workspace; a package of this name whose `main` \
                 is `whimbrel_build::xtask::main()` gives you `cargo xtask`"
            ));
            self.push(directory, Act::Keep);
            return Ok(());
        }
        self.push(directory.join("Cargo.toml"), Act::Create(template::xtask_manifest(origin)));
        self.push(directory.join("src/main.rs"), Act::Create(template::XTASK.to_owned()));
        Ok(())
    }

    /// `cargo xtask` in cargo's own configuration.
    fn alias(&mut self) -> Result<(), Failure> {
        // The name without an ending is the older one, and cargo prefers it.
        let directory = self.site.workspace.join(".cargo");
        let older = directory.join("config");
        let path = if older.exists() { older } else { directory.join("config.toml") };
        let mut config = TomlFile::read(self.site, path)?;
        self.entry(&mut config, "alias", "xtask", template::ALIAS);
        self.plan.files.push(config.planned());
        Ok(())
    }

    fn ignored(&mut self) -> Result<(), Failure> {
        let path = self.site.root.join(".gitignore");
        let previous = read_if_there(self.site, &path)?;
        let above = match self.site.workspace == self.site.root {
            true => None,
            false => read_if_there(self.site, &self.site.workspace.join(".gitignore"))?,
        };
        let known = |line: &str| {
            [&previous, &above]
                .into_iter()
                .flatten()
                .flat_map(|text| text.lines())
                .any(|found| found.trim() == line)
        };
        let added: Vec<String> =
            template::IGNORED.iter().filter(|line| !known(line)).map(|line| (*line).to_owned()).collect();
        let lines: String = added.iter().map(|line| format!("{line}\n")).collect();
        let act = match previous {
            _ if added.is_empty() => Act::Keep,
            None => Act::Create(lines),
            Some(previous) => {
                let gap = if previous.is_empty() || previous.ends_with('\n') { "" } else { "\n" };
                Act::Edit { next: format!("{previous}{gap}{lines}"), previous, added }
            }
        };
        self.push(path, act);
        Ok(())
    }

    /// Adds an entry unless there is one.
    fn entry(&mut self, file: &mut TomlFile, table: &str, key: &str, value: &str) {
        if file.toml.get(&[table, key]).is_none() && !file.insert(table, key, value) {
            self.plan.by_hand.push(format!("{}: add `{key} = {value}` to [{table}]", file.shown));
        }
    }

    /// Creates a file of the package; what is there already is kept, and its name told.
    fn create(&mut self, file: &str, text: &str) -> Option<String> {
        let path = self.site.root.join(file);
        let kept = path.exists().then(|| self.site.shown(&path));
        self.push(path, if kept.is_some() { Act::Keep } else { Act::Create(text.to_owned()) });
        kept
    }

    /// Keeps a file, and tells what it needs unless these words are in it.
    fn keep_if(&mut self, path: &Path, words: &str, otherwise: &str) -> Result<(), Failure> {
        if !read(self.site, path)?.contains(words) {
            self.plan.by_hand.push(format!("{}: {otherwise}", self.site.shown(path)));
        }
        self.push(path.to_owned(), Act::Keep);
        Ok(())
    }

    fn push(&mut self, path: PathBuf, act: Act) {
        let shown = self.site.shown(&path);
        self.plan.files.push(Planned { path, shown, act });
    }
}
