//! `migrate-check --base`: what a merge would give is known before it.

use crate::base::{self, SCHEMA};
use crate::harness::{Repository, Workspace};

const PHONES: &str =
    "\n[table.phones.columns]\nid = { type = \"bigint\", primary_key = true }\nnumber = \"text\"\n";

#[test]
fn two_heads_are_told_before_the_merge() {
    let workspace = Workspace::new();
    let package = workspace.package_with("checked-base", base::files());
    let repository = workspace.repository();
    repository.branch("ada", "main");
    package.write("schema/phones.toml", PHONES);
    package.evolve("add_phones", &[]);
    package.xtask(&["migrate-check", "--base", "main"]).ends(0).says("4 tables").says("4 migrations");

    // Nothing of it need be committed here; and what the other branch has is not needed on disk.
    repository.commit("phones");
    repository.branch("bob", "main");
    package.replace(SCHEMA, "nick  = \"text?\"\n", "nick  = \"text?\"\nage = \"integer?\"\n");
    package.evolve("add_age", &[]);
    package.xtask(&["migrate-check", "--base", "main"]).ends(0);
    let before = package.listing();
    package
        .xtask(&["migrate-check", "--base", "ada"])
        .ends(1)
        .complains(
            "error[W0405]: two migrations follow `0003_add_settings`: `0004_add_age` and `0004_add_phones`",
        )
        .complains("migrations/0004_add_age/snapshot.toml:3:")
        .complains("migrations/0004_add_phones/snapshot.toml:3:")
        .complains("merge it first: git merge ada; then put")
        .complains("cargo xtask migrate-rebase --base ada");
    package
        .xtask(&["migrate-check", "--base", "ada", "--format", "github"])
        .ends(1)
        .says("::error file=packages/checked-base/migrations/0004_add_phones/snapshot.toml,line=3");
    assert_eq!(package.listing(), before);

    // The advice holds, word by word; and after the merge there are two heads here.
    repository.commit("age");
    repository.branch("bobs", "bob");
    repository.git(&["merge", "--quiet", "--no-edit", "ada"]).ends(0);
    package
        .xtask(&["migrate-check", "--base", "ada"])
        .ends(1)
        .complains("cargo xtask migrate-rebase --onto 0004_add_age");
    package.xtask(&["migrate-rebase", "--base", "ada"]).ends(0).says("0004_add_age is now 0005_add_age");
    package.xtask(&["migrate-check", "--base", "ada"]).ends(0);
    repository.commit("one line");

    // What git cannot merge is said, and is no success.
    repository.branch("eve", "main");
    package.replace(SCHEMA, "nick  = \"text?\"\n", "nick  = \"varchar(9)?\"\n");
    package.write("whimbrel.toml", "dialects = [\"sqlite\"]\n");
    package
        .xtask(&["migrate-check", "--base", "bob"])
        .ends(1)
        .complains("git cannot merge schema/mail.toml by itself");
}

/// Each branch holds by itself, git merges them without a word, and the build after that would not.
#[test]
fn seeds_of_both_branches_are_checked_together() {
    let workspace = Workspace::new();
    let package = workspace.package_with("checked-seeds", base::files());
    package.write("whimbrel.toml", "dialects = [\"sqlite\"]\n[seeds]\n");
    package.write("seeds/seeds.toml", "seed = \"mail\"\nnow = 2026-01-01T00:00:00Z\n");
    package.write("seeds/demo.toml", "set = \"demo\"\n[users.rows]\nada = { email = \"ada@example.com\" }\n");
    package.xtask(&["migrate-check"]).ends(0);
    let repository = workspace.repository();
    repository.branch("ada", "main");
    package.replace(SCHEMA, "nick  = \"text?\"\n", "");
    package.evolve("drop_nick", &["--accept", "WHD102:users.nick=nobody has one"]);
    repository.commit("no more nicks");
    repository.branch("bob", "main");
    std::fs::write(package.path("seeds/photo.bin"), [0, 159, 146, 150, 10, 1]).unwrap();
    package
        .append("seeds/demo.toml", "bob = { email = \"bob@example.com\", nick = { file = \"nick.txt\" } }\n");
    package.write("seeds/nick.txt", "bobby");
    package.xtask(&["migrate-check"]).ends(0);
    package.xtask(&["migrate-check", "--base", "main"]).ends(0);
    package
        .xtask(&["migrate-check", "--base", "ada"])
        .ends(1)
        .complains("error[W0204]: table `users` has no column `nick`")
        .complains("seeds/demo.toml:4:");

    // What only the other branch has counts as well, and what git cannot merge is said.
    repository.commit("a nick");
    repository.branch("eve", "main");
    std::fs::write(package.path("seeds/photo.bin"), [0, 159, 146, 150, 10, 2]).unwrap();
    package
        .xtask(&["migrate-check", "--base", "bob"])
        .ends(1)
        .complains("git cannot merge seeds/photo.bin by itself");
    std::fs::write(package.path("seeds/photo.bin"), [0, 159, 146, 150, 10, 1]).unwrap();
    package.xtask(&["migrate-check", "--base", "bob"]).ends(0);
    package.replace(SCHEMA, "nick  = \"text?\"\n", "");
    package.evolve("drop_nicks", &["--accept", "WHD102:users.nick=nobody has one"]);
    package.xtask(&["migrate-check", "--base", "bob"]).ends(1).complains("has no column `nick`");
}

#[test]
fn what_is_missing_for_a_comparison_is_said() {
    let workspace = Workspace::new();
    let package = workspace.package_with("checked-nothing", base::files());
    package.xtask(&["migrate-check", "--base", "main"]).ends(2).complains("the package is in no repository");
    let repository = workspace.repository();
    package
        .xtask(&["migrate-check", "--base", "nowhere"])
        .ends(2)
        .complains("git knows no commit `nowhere`; fetch it first");
    package.xtask(&["migrate-check", "--base", "--help"]).ends(2).complains("git knows no commit `--help`");

    // A history of its own, as a shallow checkout has one.
    repository.git(&["switch", "--quiet", "--orphan", "alone"]).ends(0);
    repository.git(&["commit", "--quiet", "--allow-empty", "--message", "alone"]).ends(0);
    repository.switch("main");
    package.xtask(&["migrate-check", "--base", "alone"]).ends(2).complains("git fetch --unshallow");
    package.xtask(&["migrate-check", "--base", "main"]).ends(0);
    assert_eq!(Repository::at(workspace.path()).git(&["status", "--short"]).out, "");
}

/// What came to either side since the two parted is on both, and what went from either is on neither.
#[test]
fn a_merge_takes_what_is_there_and_what_is_gone() {
    let workspace = Workspace::new();
    let package = workspace.package_with("checked-gone", base::files());
    package.write("schema/phones.toml", PHONES);
    package.evolve("add_phones", &[]);
    std::fs::write(package.path("migrations/0001_create_mail/picture.png"), [0x89, b'P', 0xff, 0xfe])
        .unwrap();
    let repository = workspace.repository();
    repository.branch("ada", "main");
    package.remove("schema/phones.toml");
    package.evolve("drop_phones", &["--accept", "WHD101:phones=nobody calls"]);
    // Left by somebody's editor, and by nobody's build.
    package.write("migrations/.0009_half.part/migration.rs", "half of it");
    repository.commit("phones are gone");
    // There it is gone, and here nothing has changed; and the other way round.
    package.xtask(&["migrate-check", "--base", "main"]).ends(0).says("3 tables").says("5 migrations");
    // A link is no file of the package, wherever it leads.
    #[cfg(unix)]
    std::os::unix::fs::symlink("../Cargo.toml", package.path("schema/link.toml")).unwrap();
    repository.commit("a link");
    repository.branch("bob", "main");
    package.xtask(&["migrate-check", "--base", "ada"]).ends(0).says("3 tables").says("5 migrations");
    // A password that came there is found and not quoted.
    repository.switch("main");
    package
        .append("whimbrel.toml", "[environment.far]\nurl = \"postgres://ada:s3cr3t@nowhere.invalid/mail\"\n");
    repository.commit("a mistake");
    repository.switch("bob");
    let ran = package.xtask(&["migrate-check", "--base", "main"]).ends(1).complains("[W0601]");
    assert!(!ran.err.contains("s3cr3t") && !ran.out.contains("s3cr3t"), "{}{}", ran.out, ran.err);
}
