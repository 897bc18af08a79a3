//! The hash of a migration, which seals it.

use sha2::{Digest, Sha256};
use whimbrel_schema::Snapshot;

use crate::code::{Downgrade, Function, MigrationCode};

/// The tag of the algorithm. Frozen: a later one gets another tag, and this one stays readable.
const ALGORITHM: &str = "w1";

/// What histories and the next migration know a migration by: its hash, or that of the last of those that it stands
/// for.
pub(super) fn known_by(parent: Option<&str>, snapshot: &Snapshot, code: &MigrationCode) -> String {
    snapshot.replaces_hash.clone().unwrap_or_else(|| hash(parent, snapshot, code))
}

/// Covers the parent's hash, the canonical snapshot without its acceptances, the canonical text of
/// every step, and the data code in normal form. What does not change the meaning of a migration
/// (layout, comments, line ends, the names of imports that only steps use) does not change its hash.
///
/// Each part stands behind its name and its length in bytes, so that no two migrations give the
/// same text.
pub(crate) fn hash(parent: Option<&str>, snapshot: &Snapshot, code: &MigrationCode) -> String {
    let mut digest = Sha256::new();
    let mut part = |name: &str, text: &str| {
        digest.update(format!("{name} {}\n{text}\n", text.len()));
    };
    part("parent", parent.unwrap_or(""));
    part("snapshot", &snapshot.sealed_text());
    part("upgrade", &steps_text(&code.upgrade));
    match &code.downgrade {
        Downgrade::Function(function) => part("downgrade", &steps_text(function)),
        Downgrade::NothingToUndo(reason) => part("nothing to undo", reason),
        Downgrade::Irreversible(reason) => part("irreversible", reason),
    }
    part("code", &code.data_code);
    let bytes = digest.finalize();
    bytes.iter().fold(format!("{ALGORITHM}:"), |text, byte| text + &format!("{byte:02x}"))
}

fn steps_text(function: &Function) -> String {
    function.steps.iter().map(|step| format!("{}\n", step.operation)).collect()
}
