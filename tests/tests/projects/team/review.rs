//! `migrate-review`: what new migrations do, as text and for programs.

use serde_json::Value;

use crate::base::{self, SCHEMA};
use crate::harness::{Package, Repository, Workspace};

const LINKS: &str = "[table.links.columns]\nid = { type = \"bigint\", primary_key = true }\nuser_id = { type = \"bigint\", references = \"users.id\" }\n";

/// A package on a branch with two new migrations.
pub(super) fn branch(workspace: &Workspace, name: &str) -> Package {
    let package = workspace.package_with(name, base::files());
    let repository = workspace.repository();
    repository.branch("ada", "main");
    package.write("schema/links.toml", LINKS);
    package.evolve("add_links", &[]);
    package.replace(SCHEMA, "nick  = \"text?\"\n", "");
    package.evolve("drop_nick", &["--accept", "WHD102:users.nick=nobody uses it"]);
    package
}

#[test]
fn what_is_new_on_a_branch_is_reviewed() {
    let workspace = Workspace::new();
    let package = branch(&workspace, "reviewed");
    let before = package.listing();
    let text = package.xtask(&["migrate-review", "--base", "main"]).ends(0).out;
    for words in [
        "## 0004_add_links\n",
        "| new | `table links` | `2 columns` |",
        "## 0005_drop_nick\n",
        "accepted: nobody uses it",
        "Rolling back is **archived**",
        "<details><summary>SQL on SQLite: ",
        "```mermaid\nerDiagram\n",
        "users ||--o{ links : \"user_id\"",
    ] {
        assert!(text.contains(words), "`{words}` is not in\n{text}");
    }
    assert!(!text.contains("0003_add_settings\n"), "{text}");
    assert!(!text.contains(package.root.to_str().unwrap()), "{text}");
    // The same on any other day, in any other place; alone it is the newest.
    assert_eq!(package.xtask(&["migrate-review", "--base", "main"]).out, text);
    let newest = package.xtask(&["migrate-review"]).ends(0).out;
    assert!(newest.starts_with("## 0005_drop_nick\n") && text.ends_with(&newest), "{newest}");
    package.xtask(&["migrate-review", "0004_add_lnks"]).ends(2).complains("did you mean `0004_add_links`?");
    package.xtask(&["migrate-review", "--format", "htm"]).ends(2).complains("did you mean `html`?");

    let json = package.xtask(&["migrate-review", "--base", "main", "--format", "json"]).ends(0).out;
    let json: Value = serde_json::from_str(&json).unwrap();
    let migrations = json["migrations"].as_array().unwrap();
    assert_eq!(migrations.len(), 2);
    assert_eq!(migrations[1]["hazards"][0]["name"], "WHD102:users.nick");
    assert!(migrations[0]["hash"].as_str().unwrap().starts_with("w1:"));
    assert_eq!(package.listing(), before);

    // It is of what a merge would give, and so of nothing where there would be two heads.
    let repository = Repository::at(workspace.path());
    repository.commit("links, and no nick");
    repository.branch("bob", "main");
    package.write(
        "schema/phones.toml",
        "[table.phones.columns]\nid = { type = \"bigint\", primary_key = true }\n",
    );
    package.evolve("add_phones", &[]);
    repository.commit("phones");
    package.xtask(&["migrate-review", "--base", "main"]).ends(0).says("## 0004_add_phones");
    package
        .xtask(&["migrate-review", "--base", "ada"])
        .ends(1)
        .complains("[W0405]")
        .complains("merge it first: git merge ada;")
        .complains("then there is something to review");
    repository.switch("ada");

    // Nothing is said of what does not hold.
    package.append("migrations/0004_add_links/migration.rs", "\n// an edit is none\n");
    package.xtask(&["migrate-review"]).ends(0);
    package.replace("migrations/0004_add_links/migration.rs", "db.drop_table(after::Links)?;", "");
    package.xtask(&["migrate-review"]).ends(1).complains("then there is something to review");
}
