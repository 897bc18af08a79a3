//! What `migrate-new` asks at a terminal.

use crate::base::{self, SCHEMA};
use crate::harness::Workspace;

#[test]
fn a_rename_is_asked_for_and_written_into_the_schema() {
    let workspace = Workspace::new();
    let package = workspace.package_with("asked", base::files());
    package.replace(SCHEMA, "nick  = \"text?\"", "# What friends say.\nhandle  = \"text?\" # Short.");
    let before = package.read(SCHEMA);

    // Whoever says nothing, or something else, changes nothing.
    for typed in ["\n", "perhaps\n", "\u{4}"] {
        let Some(ran) = package.xtask_at_terminal(&["migrate-new", "handle"], typed) else { return };
        ran.ends(1)
            .says("`users.nick` is gone and `users.handle` is new. Is it the same under another name?")
            .says("no migration was written");
        assert!(!package.path("migrations/0004_handle").exists());
        assert_eq!(package.read(SCHEMA), before);
    }

    // A dry run asks as well, and writes nothing.
    let Some(ran) = package.xtask_at_terminal(&["migrate-new", "handle", "--dry-run"], "y\n") else { return };
    ran.ends(0).says("renamed to handle");
    assert_eq!(package.read(SCHEMA), before);

    let Some(ran) = package.xtask_at_terminal(&["migrate-new", "handle"], "y\n") else { return };
    ran.ends(0).says("that `users.handle` was `users.nick` is said in schema/mail.toml now");
    assert_eq!(
        package.read(SCHEMA),
        before.replace(
            "handle  = \"text?\" # Short.",
            "handle  = { type = \"text?\", renamed_from = \"nick\" } # Short."
        )
    );
    let code = package.read("migrations/0004_handle/migration.rs");
    assert!(code.contains("users.rename_column(before::Users::NICK, after::Users::HANDLE);"), "{code}");
    package.xtask(&["migrate-check"]).ends(0);
}

#[test]
fn what_is_no_rename_is_dropped_for_a_reason_and_rows_get_a_value() {
    let workspace = Workspace::new();
    let package = workspace.package_with("asked-more", base::files());
    package.replace(SCHEMA, "nick  = \"text?\"", "handle  = \"text\"");
    let typed = "n\nnobody reads it\nunknown\n";
    let Some(ran) = package.xtask_at_terminal(&["migrate-new", "handle"], typed) else { return };
    ran.ends(0)
        .says("why may `users.nick` be dropped?")
        .says("`users.handle` is NOT NULL: what do existing rows get? A value of type text")
        .says("what rows get in `users.handle` is said in schema/mail.toml now");
    assert!(package.read(SCHEMA).contains("handle  = { type = \"text\", backfill = \"unknown\" }"));
    let snapshot = package.read("migrations/0004_handle/snapshot.toml");
    assert!(snapshot.contains("\"WHD107:users.nick\" = \"nobody reads it\""), "{snapshot}");
    package.xtask(&["migrate-check"]).ends(0);
}
