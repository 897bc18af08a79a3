//! `migrate-squash`: one migration for many, and the databases that have those.

use std::process::Command;

use crate::base::{self, FIRST_SNAPSHOT, SCHEMA, SECOND};
use crate::harness::{Package, Workspace};
use whimbrel::introspect;

const THROUGH: &str = "0003_add_settings";

fn schema(package: &Package, name: &str) -> whimbrel_schema::Schema {
    introspect::url(&format!("sqlite:{name}.db"), &package.root).unwrap().1.schema
}

#[test]
fn databases_that_have_the_migrations_go_on() {
    let workspace = Workspace::new();
    let package = workspace.package_with("squashed", base::files());
    package.append("whimbrel.toml", "\n[hazards]\nWHN003 = \"error\"\n");
    // What databases have besides goes on being known; what was accepted by the way of the many, by the one.
    let beside = "unmanaged = [\"! table notes has a trigger of somebody\"]\n";
    package.replace(FIRST_SNAPSHOT, "hazards = 1\n", &format!("hazards = 1\n{beside}"));
    package.evolve("later", &["--empty"]);
    package.append(
        "schema/mail.toml",
        "\n[table.tags.columns]\nid = { type = \"bigint\", primary_key = true }\n",
    );
    package.evolve("add_tags", &[]);
    let program = package.build_migrate();
    for (name, to) in [("all", ""), ("through", "--to 0003"), ("part", "--to 0002")] {
        package.migrate(&program, &format!("apply --url sqlite:{name}.db {to}")).ends(0);
    }
    // A database of whimbrel.toml that is behind is not left behind.
    package.migrate(&program, "apply --to 0002").ends(0);
    let before = package.listing();
    let squash = |package: &Package| package.xtask(&["migrate-squash", "--through", THROUGH]);
    squash(&package).ends(5).complains("the database of `dev` has not applied 0003_add_settings yet");
    package.xtask(&["migrate-squash"]).ends(2).complains("--through");
    assert_eq!(package.listing(), before);
    package.migrate(&program, "apply").ends(0);
    workspace.repository();

    squash(&package).ends(0).says("0003_add_settings stands for 3 migrations").complains("go on from there");
    let names: Vec<String> =
        package.text_files().into_iter().filter(|path| path.ends_with("migration.rs")).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(names[0].contains(THROUGH));
    package.xtask(&["migrate-check"]).ends(0);
    // Whoever merges it is shown it, though its name is none that is new; and what was edited besides.
    let review =
        |format: &str| package.xtask(&["migrate-review", "--base", "main", "--format", format]).ends(0).out;
    let text = review("markdown");
    assert!(text.starts_with("## 0003_add_settings\n") && !text.contains("## 0004"), "{text}");
    assert!(text.contains("It **stands for** 3 migrations, and runs only where none of them"), "{text}");
    let json: serde_json::Value = serde_json::from_str(&review("json")).unwrap();
    assert_eq!(json["migrations"][0]["replaces"][2], THROUGH);
    assert!(review("html").contains("<li><code>0001_create_mail</code></li>"));
    package.append("migrations/0005_add_tags/migration.rs", "\n// Read this again.\n");
    assert!(review("markdown").contains("## 0005_add_tags\n"));
    squash(&package).ends(0).says("stands for itself");
    let snapshot = package.read(&format!("migrations/{THROUGH}/snapshot.toml"));
    for words in
        ["a trigger of somebody", "WHN003:notes.notes_owner_id_fkey", "it was so before it stood for others"]
    {
        assert!(snapshot.contains(words), "`{words}` is not in\n{snapshot}");
    }

    let after = package.build_migrate();
    for name in ["all", "through", "fresh"] {
        package.migrate(&after, &format!("apply --url sqlite:{name}.db")).ends(0);
        package.migrate(&after, &format!("drift --url sqlite:{name}.db")).ends(0);
        package.migrate(&after, &format!("verify --url sqlite:{name}.db")).ends(0);
    }
    assert_eq!(schema(&package, "all"), schema(&package, "fresh"));
    assert_eq!(schema(&package, "through"), schema(&package, "fresh"));
    // Nothing of what it stands for ran where it had run already; and the way back ends there.
    package.migrate(&after, "status --url sqlite:through.db --json").ends(0).says("0005_add_tags");
    package.migrate(&after, "rollback --url sqlite:all.db --steps 1").ends(0);
    package.migrate(&after, "apply --url sqlite:all.db").ends(0);
    assert_eq!(package.migrate(&after, "rollback --url sqlite:all.db --all").code, 5);
    package
        .migrate(&after, "apply --url sqlite:part.db")
        .ends(4)
        .complains("0003_add_settings stands for with others behind it")
        .complains(
            "apply with a program that has them one by one, up to 0003_add_settings, and then with this one",
        );

    // What stands for others can be made one with more, and then it stands for all of them.
    let again = || package.xtask(&["migrate-squash", "--through", "0005_add_tags"]);
    again().ends(0).says("0005_add_tags stands for 5 migrations").says("  0001_create_mail\n");
    let twice = package.build_migrate();
    for name in ["all", "through", "fresh", "new"] {
        if name == "through" {
            package.migrate(&after, "apply --url sqlite:through.db").ends(0);
        }
        package.migrate(&twice, &format!("apply --url sqlite:{name}.db")).ends(0);
        package.migrate(&twice, &format!("verify --url sqlite:{name}.db")).ends(0);
        package.migrate(&twice, &format!("drift --url sqlite:{name}.db")).ends(0);
    }
    assert_eq!(schema(&package, "new"), schema(&package, "all"));

    // It is sealed, although nothing behind it has its hash.
    package.replace(
        "migrations/0005_add_tags/migration.rs",
        "db.create_table(after::Notes)?;",
        "db.create_table(after::Notes)?;\n    db.sql(\"SELECT 1\").touches_nothing().run()?;",
    );
    package
        .xtask(&["migrate-check"])
        .ends(1)
        .complains("error[W0406]")
        .complains("which stands for others, was changed");
    let before = package.listing();
    package
        .xtask(&["migrate-squash", "--through", "0005_add_tags"])
        .ends(1)
        .complains("error[W0406]")
        .complains("mend this first; nothing was changed");
    assert_eq!(package.listing(), before);
}

/// By the commands that the error names, and no other.
#[test]
fn a_database_that_was_left_behind_goes_on() {
    let workspace = Workspace::new();
    let package = workspace.package_with("left-behind", base::files());
    package.migrate(&package.build_migrate(), "apply --to 0002 --url sqlite:part.db").ends(0);
    let repository = workspace.repository();
    package.xtask(&["migrate-squash", "--through", THROUGH]).ends(0);
    repository.commit("one for three");
    package.append(SCHEMA, "\n[table.tags.columns]\nid = { type = \"bigint\", primary_key = true }\n");
    package.evolve("add_tags", &[]);
    repository.commit("tags");
    let after = package.build_migrate();
    let said = package.migrate(&after, "apply --url sqlite:part.db").ends(4).err;
    let command =
        said.lines().find_map(|line| Some(format!("git worktree{}", line.split_once("git worktree")?.1)));
    let command = command.unwrap_or_else(|| panic!("{said}"));
    let ran = Command::new("sh").args(["-c", &command]).current_dir(&package.root).output().unwrap();
    assert!(ran.status.success(), "{command}: {}", String::from_utf8_lossy(&ran.stderr));
    let name = workspace.path().file_name().unwrap().to_str().unwrap();
    let tree = workspace.path().with_file_name(format!("{name}-with-0002_add_locale"));
    let before = Package { name: package.name.clone(), root: tree.join("packages/left-behind") };
    let program = before.build_migrate();
    let url = format!("sqlite:{}", package.path("part.db").display());
    before.migrate(&program, &format!("apply --url {url}")).ends(0).says("0003_add_settings");
    std::fs::remove_dir_all(tree).unwrap();
    package.migrate(&after, "apply --url sqlite:part.db").ends(0).says("0004_add_tags");
    package.migrate(&after, "drift --url sqlite:part.db").ends(0);
}

#[test]
fn what_makes_rows_is_not_squashed() {
    let workspace = Workspace::new();
    let package = workspace.package_with("unsquashed", base::files());
    package.evolve("seed", &["--empty"]);
    let code = "migrations/0004_seed/migration.rs";
    package.replace(
        code,
        "pub fn upgrade(db: &mut Editor<'_>) -> Result<()> {\n",
        "pub fn upgrade(db: &mut Editor<'_>) -> Result<()> {\n    db.insert(after::Users).set(after::Users::EMAIL, \"root\").run()?;\n",
    );
    package.replace(
        code,
        "pub fn downgrade(db: &mut Editor<'_>) -> Result<()> {\n",
        "pub fn downgrade(db: &mut Editor<'_>) -> Result<()> {\n    db.delete(after::Users).filter(after::Users::EMAIL.eq(\"root\")).run()?;\n",
    );
    package.xtask(&["migrate-check"]).ends(0);
    let before = package.listing();
    package
        .xtask(&["migrate-squash", "--through", "0004_seed"])
        .ends(5)
        .complains("`0004_seed` makes rows, or may")
        .complains("migrations/0004_seed/migration.rs:")
        .complains("nothing was changed");
    assert_eq!(package.listing(), before);
    assert!(package.read(SECOND).contains("db.update"));
    package.xtask(&["migrate-squash", "--through", THROUGH, "--dry-run"]).ends(0).says("nothing was changed");
    assert_eq!(package.listing(), before);
}
