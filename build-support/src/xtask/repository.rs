//! Where a package lies in its repository.

use std::path::Path;

/// The directory of a package from the root of its repository, with `/` between its parts: what
/// comes before the paths of its files where others, as GitHub, know them. Empty for a package at
/// the root, and for one that is in no repository.
///
/// The root is the nearest directory with a `.git`. A checkout without one, as from an archive, has
/// its root where the run on GitHub says that it is: in `workspace`, if the package lies there.
pub(super) fn directory(package: &Path, workspace: Option<&Path>) -> String {
    let root = package.ancestors().find(|directory| directory.join(".git").exists());
    let root = root.or(workspace).unwrap_or(package);
    let parts = package.strip_prefix(root).map(|path| path.iter().map(|part| part.to_string_lossy()));
    parts.map_or_else(|_| String::new(), |parts| parts.collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

    use super::*;

    #[test]
    fn the_directory_in_the_repository() {
        let temporary = tempfile::tempdir().unwrap();
        let root = temporary.path();
        let package = root.join("crates").join("mail");
        std::fs::create_dir_all(&package).unwrap();
        assert_eq!(directory(&package, None), "");
        assert_eq!(directory(&package, Some(root)), "crates/mail");
        assert_eq!(directory(&package, Some(&package)), "");
        assert_eq!(directory(&package, Some(Path::new("elsewhere"))), "");
        // A worktree of git has a file there.
        std::fs::write(root.join(".git"), "gitdir: elsewhere\n").unwrap();
        assert_eq!(directory(&package, None), "crates/mail");
        assert_eq!(directory(&package, Some(&package)), "crates/mail");
        std::fs::create_dir(package.join(".git")).unwrap();
        assert_eq!(directory(&package, Some(root)), "");
    }
}
