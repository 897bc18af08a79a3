//! Dangers are accepted by name and with a reason, or the package does not build.

use crate::base::{self, SCHEMA};
use crate::harness::{Workspace, wrong};

const NICK: &str = "nick  = \"text?\"\n";
const CODE: &str = "migrations/0004_drop_nick/migration.rs";
const SNAPSHOT: &str = "migrations/0004_drop_nick/snapshot.toml";
const ACCEPTED: &str = "[accept]\n\"WHD102:users.nick\" = \"nobody has one\"\n\n";

#[test]
fn a_drop_is_accepted_by_name_or_refused() {
    let workspace = Workspace::new();
    let package = workspace.package_with("dropped", base::files());
    package.replace(SCHEMA, NICK, "");
    let before = package.listing();
    package
        .xtask(&["migrate-new", "drop_nick"])
        .ends(1)
        .complains("error[WHD102]: drops column users.nick with its values")
        .complains("safer: stop using the column")
        .complains("0 is harmless: SELECT count(*) FROM \"users\" WHERE \"nick\" IS NOT NULL")
        .complains("cargo xtask migrate-new drop_nick --accept WHD102:users.nick=\"why\"")
        .complains("no migration was written");
    assert_eq!(package.listing(), before);
    package
        .xtask(&["migrate-new", "drop_nick", "--accept", "WHD102:users.nick=nobody has one"])
        .ends(0)
        .says(
            "hazard: WHD102:users.nick: drops column users.nick with its values (accepted: nobody has one)",
        );
    assert!(package.read(SNAPSHOT).contains(ACCEPTED), "{}", package.read(SNAPSHOT));
    package.xtask(&["migrate-check"]).ends(0);

    // The seal does not cover it, the build wants it.
    package.replace(SNAPSHOT, ACCEPTED, "");
    package
        .xtask(&["migrate-check"])
        .ends(1)
        .complains("error[WHD102]: drops column users.nick with its values")
        .complains(&package.place(CODE, "db.alter_table(before::Users"))
        .complains("or accept it: `\"WHD102:users.nick\" = \"why it may be\"` in [accept] of")
        .complains(SNAPSHOT);
    let place = package.place(CODE, "db.alter_table(before::Users");
    workspace.check().compare(&package, [wrong("WHD102", place).says("in [accept] of")]).unwrap();

    // Policy may take it more lightly, and say so.
    package.write("whimbrel.toml", "[hazards]\nWHD102 = \"warn\"\n");
    package.xtask(&["migrate-check"]).ends(0).complains("warning[WHD102]");
    let json = package.xtask(&["migrate-check", "--json"]).ends(0).out;
    assert!(json.contains("\"severity\": \"warning\""), "{json}");
    package.write("whimbrel.toml", "[hazards]\nWHD102 = \"off\"\n");
    let ran = package.xtask(&["migrate-check"]).ends(0);
    assert!(!ran.err.contains("WHD102"), "{}", ran.err);
    package.write("whimbrel.toml", "[hazards]\nWHD12 = \"off\"\n");
    package.xtask(&["migrate-check"]).ends(1).complains("did you mean `WHD102`?");
    package.write("whimbrel.toml", "[hazards]\nWHD102 = \"of\"\n");
    package.xtask(&["migrate-check"]).ends(1).complains("did you mean \"off\"?");
}

#[test]
fn an_acceptance_accepts_something() {
    let workspace = Workspace::new();
    let package = workspace.package_with("idle", base::files());
    package.replace(SCHEMA, NICK, "");
    package.xtask(&["migrate-new", "drop_nick", "--accept", "WHD107:users.nick=nobody has one"]).ends(0);
    package.xtask(&["migrate-check"]).ends(0);
    package.replace(SNAPSHOT, "WHD107:users.nick", "WHD107:users.email");
    package
        .xtask(&["migrate-check"])
        .ends(1)
        .complains("error[W0306]: `WHD107:users.email` is accepted, and the migration has no such hazard")
        .complains(&package.place(SNAPSHOT, "\"WHD107:users.email\""))
        .complains("error[WHD102]");
    // A catalogue that nobody can look into any more may have had it.
    package.replace(SNAPSHOT, "hazards = 1", "hazards = 0");
    package.xtask(&["migrate-check"]).ends(0).complains("warning[W0306]").complains("warning[WHD102]");
}

#[test]
fn what_policy_raises_concerns_the_newest_migration() {
    let workspace = Workspace::new();
    let package = workspace.package_with("raised", base::files());
    package.xtask(&["migrate-check", "--all"]).ends(0).complains("warning[WHN003]");
    package.write("whimbrel.toml", "[hazards]\nWHN003 = \"error\"\n");
    let ran = package.xtask(&["migrate-check"]).ends(0);
    assert!(!ran.err.contains("WHN003: "), "{}", ran.err);
    package.append(SCHEMA, "\n[table.bare.columns]\nid = \"bigint\"\n");
    package
        .xtask(&["migrate-new", "bare"])
        .ends(1)
        .complains("error[WHN003]: leaves bare without a primary key")
        .complains("--accept WHN003:bare=\"why\"");
    package.xtask(&["migrate-new", "bare", "--accept", "WHN003:bare=a log"]).ends(0);
    package.xtask(&["migrate-check"]).ends(0);
}
