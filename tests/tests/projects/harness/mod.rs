//! Projects in temporary directories, and what cargo says about them.

mod built;
mod git;
mod package;
mod run;
mod wrong;

pub(crate) use built::Built;
pub(crate) use git::Repository;
pub(crate) use package::{Files, Package, Workspace, files_below, repository};
pub(crate) use run::{Ran, empty_home, line, patiently, rustfmt, script};
pub(crate) use wrong::{Wrong, wrong};
