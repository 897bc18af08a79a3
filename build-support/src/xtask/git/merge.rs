//! What a merge of two branches would give, without doing it.

use std::collections::BTreeSet;
use std::process::Stdio;

use whimbrel_schema::without_secrets;

use super::{Git, Texts, missing};
use crate::inputs::Inputs;
use crate::xtask::output::Failure;

/// The files of a package after a merge.
#[derive(Debug)]
pub(crate) struct Merged {
    pub(crate) inputs: Inputs,
    /// The files that git cannot merge by itself; they are as they are here.
    pub(crate) conflicts: Vec<String>,
}

/// The package as it is here, merged with a commit: what came to either side since they parted is on both.
pub(crate) fn merged(git: &Git, here: Inputs, name: &str) -> Result<Merged, Failure> {
    let commit = git.commit(name)?;
    let (base, theirs) = (git.texts(&git.parting(&commit)?)?, git.texts(&commit)?);
    let (base, theirs) = (public(base), public(theirs));
    let ours = here.texts();
    let (mut texts, mut conflicts) = (Texts::new(), Vec::new());
    let paths: BTreeSet<&String> = base.keys().chain(theirs.keys()).chain(ours.keys()).collect();
    for path in paths {
        let (base, theirs, ours) = (base.get(path), theirs.get(path), ours.get(path));
        let text = if ours == base || ours == theirs {
            theirs.cloned()
        } else if theirs == base {
            ours.cloned()
        } else {
            let lines = ours.zip(theirs).map(|(ours, theirs)| git.lines(base, theirs, ours)).transpose()?;
            conflicts.extend(lines.as_ref().is_none_or(Option::is_none).then(|| path.clone()));
            lines.flatten().or_else(|| ours.cloned())
        };
        texts.extend(text.map(|text| (path.clone(), text)));
    }
    Ok(Merged { inputs: here.with_texts(&texts), conflicts })
}

/// As [`Inputs`] has them: without what nobody is to read.
fn public(mut texts: Texts) -> Texts {
    if let Some(config) = texts.get_mut("whimbrel.toml") {
        *config = without_secrets(config);
    }
    texts
}

impl Git {
    /// Two texts that came from one, merged line by line; `None` where both changed the same lines.
    fn lines(&self, base: Option<&String>, theirs: &str, ours: &str) -> Result<Option<String>, Failure> {
        let directory = std::env::temp_dir().join(format!("whimbrel-merge-{}", std::process::id()));
        let write = || -> std::io::Result<()> {
            std::fs::create_dir_all(&directory)?;
            std::fs::write(directory.join("ours"), ours)?;
            std::fs::write(directory.join("base"), base.map_or("", String::as_str))?;
            std::fs::write(directory.join("theirs"), theirs)
        };
        let merged = write()
            .map_err(|error| Failure::failed(format!("{} cannot be written: {error}", directory.display())))
            .and_then(|()| {
                let mut command = self.command(&["merge-file", "--stdout", "--quiet"]);
                command.args(["ours", "base", "theirs"].map(|name| directory.join(name)));
                command.stdin(Stdio::null()).output().map_err(|error| missing(&error))
            });
        // Whatever is left there is overwritten by the next run of the same number.
        let _ = std::fs::remove_dir_all(&directory);
        let output = merged?;
        Ok(if output.status.success() { String::from_utf8(output.stdout).ok() } else { None })
    }
}
