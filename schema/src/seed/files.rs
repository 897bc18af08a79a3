//! The files that seeds take rows and values from. The core reads none by itself.

use std::sync::Arc;

/// Files below the directory of the seeds, by their paths in it with `/`.
pub trait DataFiles {
    /// The bytes of a file.
    ///
    /// # Errors
    ///
    /// Why it cannot be read, as the end of a sentence about it.
    fn read(&self, path: &str) -> Result<Arc<[u8]>, String>;

    /// The files that there are, for suggestions.
    fn paths(&self) -> Vec<String> {
        Vec::new()
    }
}

/// No files at all.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoDataFiles;

impl DataFiles for NoDataFiles {
    fn read(&self, _: &str) -> Result<Arc<[u8]>, String> {
        Err("is not there".to_owned())
    }
}
