//! Whether a migration is still what the one after it sealed.

use whimbrel_schema::{Code, Diagnostic, Snapshot};

use super::hash::{hash, known_by};
use super::{Chain, Link};

pub(super) fn check(parent: &Link, child: &Link) -> Option<Diagnostic> {
    let hash = parent.hash.as_deref()?;
    let recorded = child.snapshot.parent_hash.as_deref();
    if recorded == Some(hash) {
        return None;
    }
    let (parent_name, child_name) = (parent.revision(), child.revision());
    let place = child.header.parent_hash;
    let edited = parent.code.as_ref().map(|code| code.upgrade.span);
    Some(
        Diagnostic::new(Code::SEALED_EDITED, format!("`{parent_name}` was changed after `{child_name}` sealed it"))
            .label_if(edited, format!("this migration now has the hash {}", short(hash)))
            .label(place, format!("sealed with {}", recorded.map_or("no hash", short)))
            .help("restore it from version control, and make the change in a new migration: cargo xtask migrate-new")
            .help("if no database has applied it yet, seal it again: cargo xtask migrate-seal"),
    )
}

/// A migration that stands for others is sealed by itself, because the one behind it knows it by the hash of those.
pub(super) fn check_own(link: &Link) -> Option<Diagnostic> {
    let (snapshot, code) = (&link.snapshot, link.code.as_ref()?);
    if snapshot.replaces_hash.is_none() && snapshot.replaces.is_empty() {
        return None;
    }
    let revision = link.revision();
    if snapshot.parent.is_some() || snapshot.replaces.last() != Some(&snapshot.revision) {
        let message = format!(
            "`{revision}` stands for others, and is not the first migration, or not the last of them"
        );
        return Some(
            Diagnostic::new(Code::BAD_SNAPSHOT, message)
                .label(link.header.revision, "in this snapshot")
                .help("restore the snapshot from version control"),
        );
    }
    let hash = hash(None, snapshot, code);
    if snapshot.seal.as_ref() == Some(&hash) {
        return None;
    }
    let recorded = snapshot.seal.as_deref().map_or("no hash", short);
    Some(
        Diagnostic::new(Code::SEALED_EDITED, format!("`{revision}`, which stands for others, was changed"))
            .label(code.upgrade.span, format!("this migration now has the hash {}", short(&hash)))
            .label(link.header.revision, format!("sealed with {recorded}"))
            .help("restore it from version control, and make the change in a new migration: cargo xtask migrate-new")
            .help("if no database has applied it by itself yet, seal it again: cargo xtask migrate-seal"),
    )
}

/// Enough of a hash to tell it from another.
pub(crate) fn short(hash: &str) -> &str {
    hash.get(..15).unwrap_or(hash)
}

/// The snapshots that must change for every migration to seal its parent as it is now. Each new
/// hash changes the next, so one edit reseals all that follow.
pub(crate) fn reseal(chain: &Chain) -> Vec<(&Link, Snapshot)> {
    let mut resealed = Vec::new();
    let mut parent_hash: Option<String> = None;
    for link in &chain.links {
        let Some(code) = &link.code else { break };
        let mut snapshot = link.snapshot.clone();
        snapshot.parent_hash.clone_from(&parent_hash);
        if snapshot.replaces_hash.is_some() {
            snapshot.seal = Some(hash(None, &snapshot, code));
        }
        parent_hash = Some(known_by(parent_hash.as_deref(), &snapshot, code));
        if snapshot != link.snapshot {
            resealed.push((link, snapshot));
        }
    }
    resealed
}
