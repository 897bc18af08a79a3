//! What a merge of two branches would give, without doing it.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;
use std::sync::Arc;

use whimbrel_schema::merge::Fork;
use whimbrel_schema::{Code, Config, without_secrets};

use super::{Files, Git, missing};
use crate::analysis::Analysis;
use crate::draft::shell_word;
use crate::inputs::{Inputs, SeedFiles};
use crate::rebase::heads;
use crate::xtask::output::Failure;

/// The files of a package after a merge.
#[derive(Debug)]
pub(crate) struct Merged {
    inputs: Inputs,
    /// The files that git cannot merge by itself; they are as they are here.
    conflicts: Vec<String>,
    /// How two heads become one line, where the merge would make them two.
    one_line: Option<String>,
}

impl Merged {
    /// The package as it is here, merged with nothing.
    pub(crate) fn with_nothing(here: Inputs) -> Self {
        Self { inputs: here, conflicts: Vec::new(), one_line: None }
    }

    /// Reads and checks what the merge gives. Of two heads that are not both here yet it is said that the merge
    /// comes first: what puts them in one line needs the files of both.
    pub(crate) fn analysed(self) -> (Analysis, Vec<String>) {
        let mut analysis = Analysis::new(self.inputs);
        let heads = analysis.diagnostics.iter_mut().filter(|diagnostic| diagnostic.code == Code::TWO_HEADS);
        for (diagnostic, one_line) in heads.zip(self.one_line.iter().cycle()) {
            diagnostic.help = vec![one_line.clone()];
        }
        (analysis, self.conflicts)
    }
}

/// The package as it is here, merged with a commit: what came to either side since they parted is on both.
pub(crate) fn merged(git: &Git, here: Inputs, name: &str) -> Result<Merged, Failure> {
    let theirs = git.commit(name)?;
    let base = git.parting(&theirs)?;
    let word = shell_word(name);
    let one_line = (heads(&here).len() < 2).then(|| {
        format!(
            "merge it first: git merge {word}; then put your migrations behind those that it has: cargo xtask \
             migrate-rebase --base {word}"
        )
    });
    let mut conflicts = Vec::new();
    let ours = here.texts().into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
    let schemas = Fork::new(public(git.schema(&base)?), public(git.schema(&theirs)?), ours);
    let mut texts = BTreeMap::new();
    for (path, bytes) in three_ways(git, schemas.as_ref(), &mut conflicts)? {
        let text = String::from_utf8(bytes)
            .map_err(|_| Failure::failed(format!("`{path}` of `{name}` is not text in UTF-8")))?;
        texts.insert(path, text);
    }
    let mut inputs = here.with_texts(&texts);
    let config = inputs.config.map(|id| Config::parse(&inputs.sources, id).0).unwrap_or_default();
    if let Some(directory) = config.seeds {
        let inside = |files: Files| -> Files {
            let below = format!("{directory}/");
            files
                .into_iter()
                .filter_map(|(path, bytes)| Some((path.strip_prefix(&below)?.to_owned(), bytes)))
                .collect()
        };
        let ours = inputs.seed_files(&directory).into_iter().map(|(path, bytes)| (path, bytes.to_vec()));
        let seeds = Fork::new(
            inside(git.below(&base, &directory)?),
            inside(git.below(&theirs, &directory)?),
            ours.collect(),
        );
        let mut unmerged = Vec::new();
        let files = three_ways(git, seeds.as_ref(), &mut unmerged)?;
        conflicts.extend(unmerged.into_iter().map(|path| format!("{directory}/{path}")));
        let files: SeedFiles = files.into_iter().map(|(path, bytes)| (path, Arc::from(bytes))).collect();
        inputs = inputs.with_seeds(files);
    }
    Ok(Merged { inputs, conflicts, one_line })
}

/// Merges each file: what one side alone has changed is taken, and of what both have, line by line, what git can.
fn three_ways(git: &Git, files: Fork<&Files>, conflicts: &mut Vec<String>) -> Result<Files, Failure> {
    let mut merged = Files::new();
    let paths: BTreeSet<&String> = files.each().into_iter().flat_map(Files::keys).collect();
    for path in paths {
        let Fork { base, theirs, ours } = files.map(|files| files.get(path));
        let file = if ours == base || ours == theirs {
            theirs.cloned()
        } else if theirs == base {
            ours.cloned()
        } else {
            let lines = match (theirs, ours) {
                (Some(theirs), Some(ours)) => {
                    git.lines(Fork::new(base.map_or(&[], Vec::as_slice), theirs, ours))?
                }
                (None, _) | (_, None) => None,
            };
            conflicts.extend(lines.is_none().then(|| path.clone()));
            lines.or_else(|| ours.cloned())
        };
        merged.extend(file.map(|file| (path.clone(), file)));
    }
    Ok(merged)
}

/// As [`Inputs`] has them: without what nobody is to read.
fn public(mut files: Files) -> Files {
    if let Some(config) = files.get_mut("whimbrel.toml")
        && let Ok(text) = str::from_utf8(config)
    {
        *config = without_secrets(text).into_bytes();
    }
    files
}

impl Git {
    /// Files that came from one, merged line by line; `None` where both changed the same lines, or there are none.
    fn lines(&self, files: Fork<&[u8]>) -> Result<Option<Vec<u8>>, Failure> {
        let directory = std::env::temp_dir().join(format!("whimbrel-merge-{}", std::process::id()));
        let names = Fork::new("base", "theirs", "ours").map(|name| directory.join(name));
        let write = || -> std::io::Result<()> {
            std::fs::create_dir_all(&directory)?;
            for (path, bytes) in names.as_ref().zip(files).each() {
                std::fs::write(path, bytes)?;
            }
            Ok(())
        };
        let merged = write()
            .map_err(|error| Failure::failed(format!("{} cannot be written: {error}", directory.display())))
            .and_then(|()| {
                let mut command = self.command(&["merge-file", "--stdout", "--quiet"]);
                command.args([&names.ours, &names.base, &names.theirs]);
                command.stdin(Stdio::null()).output().map_err(|error| missing(&error))
            });
        // Whatever is left there is overwritten by the next run of the same number.
        let _ = std::fs::remove_dir_all(&directory);
        let output = merged?;
        Ok(output.status.success().then_some(output.stdout))
    }
}
