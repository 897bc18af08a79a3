//! What a build reads, writes and repeats. Every build of this test program is offline, finds an
//! empty home directory and a `DATABASE_URL` that leads nowhere.

use crate::base::{self, SCHEMA, THIRD};
use crate::harness::{Workspace, empty_home};

#[test]
fn whatever_is_read_rebuilds_and_nothing_else_does() {
    let workspace = Workspace::new();
    let package = workspace.package_with("watched", base::files());
    package.remove("migrations");
    workspace.check();
    let restore = || {
        for (path, text) in base::files() {
            package.write(path, text);
        }
    };
    let red = |what: &str| {
        assert!(!workspace.check().builds(&package), "{what} was not noticed");
    };
    let green = |what: &str| {
        let built = workspace.check();
        built.passes(&package);
        assert!(!built.fresh(&package), "{what} was not noticed");
        let again = workspace.check();
        assert!(again.fresh(&package), "{what} rebuilds for ever");
    };

    // Directories and files that come.
    restore();
    green("a directory of migrations that was not there");
    package.write("schema/more/deep.toml", "[table.more.columns]\nid = \"bigint\"\n");
    red("a new schema file in a new directory");
    package.remove("schema/more/deep.toml");
    green("a schema file that went");

    // Edits.
    package.replace(SCHEMA, "nick  = \"text?\"", "nick  = \"text\"");
    red("an edited schema file");
    package.replace(SCHEMA, "nick  = \"text\"", "nick = \"text?\"");
    green("a schema file edited back");
    package.replace(THIRD, "before::Users::TZ.or(\"UTC\")", "before::Users::TZ.or(\"CET\")");
    green("an edited migration");
    package.replace("whimbrel.toml", "sqlite:app.db", "sqlite:other.db");
    green("an edited whimbrel.toml");

    // Names.
    std::fs::rename(package.path(SCHEMA), package.path("schema/post.toml")).unwrap();
    green("a renamed schema file");
    std::fs::rename(package.path("migrations/0003_add_settings"), package.path("migrations/0003_settings"))
        .unwrap();
    red("a renamed migration");
    std::fs::rename(package.path("migrations/0003_settings"), package.path("migrations/0003_add_settings"))
        .unwrap();
    green("a migration renamed back");
    package.remove("migrations/0003_add_settings");
    red("a migration that went");
    restore();
    package.remove("schema/post.toml");
    green("a migration that came back");

    // Nothing of the package, to whimbrel.
    package.write("readme.txt", "Nothing that is read.");
    assert!(workspace.check().fresh(&package), "a file that is not read rebuilds");
}

#[test]
fn builds_write_below_out_dir_only() {
    let workspace = Workspace::new();
    let good = workspace.package_with("untouched", base::files());
    let bad = workspace.package_with("untouched-red", base::files());
    bad.append(SCHEMA, "\n[table.broken\n");
    let before = (good.listing(), bad.listing());
    let built = workspace.check();
    built.passes(&good);
    assert!(!built.builds(&bad));
    assert_eq!((good.listing(), bad.listing()), before);
    assert!(empty_home().read_dir().unwrap().next().is_none(), "something was written to the home directory");
}

/// All at once: sources that cannot be written (which binds everyone but root, whose writes are seen
/// by the listing), no network, no home directory, no place for temporary files but an empty one.
#[test]
fn a_build_needs_nothing_but_the_sources_and_out_dir() {
    let workspace = Workspace::new();
    let package = workspace.package_with("read-only", base::files());
    workspace.lock();
    let temporary = tempfile::tempdir().unwrap();
    let before = workspace.listing();
    let closed = workspace.read_only();
    let built =
        workspace.check_where(&[("HOME", None), ("TMPDIR", temporary.path().to_str()), ("USER", None)]);
    built.passes(&package);
    drop(closed);
    assert_eq!(workspace.listing(), before);
    assert_eq!(built.outputs(&package), ["whimbrel/db.rs", "whimbrel/modules.rs", "whimbrel/replayed"]);
    assert!(temporary.path().read_dir().unwrap().next().is_none(), "a temporary file was left");
    assert!(empty_home().read_dir().unwrap().next().is_none(), "something was written to the home directory");
}

/// Two directories, languages, clocks and orders of creation; and two processes, each of which seeds its
/// hash tables anew.
#[test]
fn generated_code_is_the_same_everywhere() {
    let places = [(Workspace::new(), "C", "UTC"), (Workspace::new(), "tr_TR.UTF-8", "Asia/Kathmandu")];
    let [one, other] = places.map(|(workspace, locale, zone)| {
        let package = workspace.package("moved");
        let mut files: Vec<(String, String)> = base::files().clone().into_iter().collect();
        if locale != "C" {
            files.reverse();
        }
        files.iter().for_each(|(path, text)| package.write(path, text));
        let variables = [("LC_ALL", Some(locale)), ("LANG", Some(locale)), ("TZ", Some(zone))];
        let built = workspace.check_where(&variables);
        built.passes(&package);
        let root = package.root.to_str().unwrap().to_owned();
        let (db, modules) = (built.generated(&package, "db.rs"), built.generated(&package, "modules.rs"));
        assert!(!db.contains(&root), "{db}");
        assert!(modules.contains(&root), "{modules}");
        (db, modules.replace(&root, "ROOT"))
    });
    assert!(one == other, "{}\n---\n{}", one.0, other.0);
    for secret in ["nonsense://", "s3cr3t", env!("CARGO_TARGET_TMPDIR")] {
        assert!(!one.0.contains(secret), "{secret} is in\n{}", one.0);
    }
}
