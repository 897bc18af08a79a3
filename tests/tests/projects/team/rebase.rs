//! `migrate-rebase`: eight pairs of branches, merged, and the databases of both.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::databases::{Databases, Had, Servers};
use super::pairs::{self, Outcome, PAIRS};
use crate::base;
use crate::harness::{Package, Repository, Workspace, wrong};

/// What is there when the branches part. It goes through the migrations of both.
const BEFORE: [&str; 3] = [
    "INSERT INTO users (email, nick) VALUES ('ada@example.com', 'Countess'), ('bob@example.com', 'Bob')",
    "INSERT INTO notes (id, owner_id, body) VALUES (1, 1, 'first')",
    "INSERT INTO settings (user_id, timezone) VALUES (2, 'CET')",
];

/// What comes when a side is applied.
const AFTER: [&str; 1] = ["INSERT INTO users (email) VALUES ('carl@example.com')"];

/// Migrates all databases that are to have applied this, with rows from before and after.
fn fill(package: &Package, program: &Path, databases: &Databases, had: Had) {
    for to in ["--to 0003_add_settings", ""] {
        for url in databases.urls(had) {
            package.migrate(program, &format!("apply --url {url} {to}")).ends(0);
        }
        databases.run(package, had, if to.is_empty() { &AFTER } else { &BEFORE });
    }
}

#[track_caller]
fn heads(package: &Package) -> Vec<crate::harness::Wrong> {
    let mut heads: Vec<String> = package
        .text_files()
        .into_iter()
        .filter(|path| path.ends_with("snapshot.toml"))
        .filter(|path| package.read(path).contains("parent = \"0003_add_settings\""))
        .collect();
    heads.sort();
    let [_, second] = &heads[..] else { panic!("{heads:?}") };
    vec![
        wrong("W0405", package.place(second, "\"0003_add_settings\""))
            .says("cargo xtask migrate-rebase --onto"),
    ]
}

fn revisions(package: &Package) -> Vec<String> {
    let name = |path: &PathBuf| path.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
    package.migrations().iter().map(name).collect()
}

#[test]
fn two_branches_become_one_line() {
    let workspace = Workspace::new();
    let packages: Vec<(Package, _)> =
        PAIRS.into_iter().map(|pair| (pairs::package(&workspace, pair.name), pair)).collect();
    let servers = Servers::new();
    let databases: Vec<Databases> = packages.iter().map(|_| servers.databases()).collect();
    let repository = workspace.repository();
    let mut programs: BTreeMap<&str, PathBuf> = BTreeMap::new();
    for (branch, had) in [("theirs", Had::Theirs), ("ours", Had::Ours)] {
        repository.branch(branch, "main");
        for ((package, pair), databases) in packages.iter().zip(&databases) {
            if had == Had::Theirs {
                (pair.theirs)(package)
            } else {
                (pair.ours)(package)
            }
            if let Outcome::Merged(_) = pair.outcome {
                let program = package.build_migrate();
                fill(package, &program, databases, had);
                if had == Had::Ours {
                    let kept = program.with_extension("ours");
                    std::fs::copy(&program, &kept).unwrap();
                    programs.insert(pair.name, kept);
                }
            }
        }
        repository.commit(branch);
    }
    // What git cannot merge line by line is as theirs has it; the migrations are there from both.
    repository.git(&["merge", "--quiet", "--no-edit", "-X", "theirs", "theirs"]).ends(0);
    let built = workspace.check();
    for (package, _) in &packages {
        let mut errors = heads(package);
        if package.name == "team-drop-reference" {
            // What git has merged line by line need not be a schema.
            errors.push(wrong("W0203", package.place("schema/links.toml", "\"notes.id\"")));
        }
        built.compare(package, errors).unwrap_or_else(|difference| panic!("{difference}"));
    }
    for (package, pair) in &packages {
        let before = package.listing();
        package.xtask(&["migrate-rebase"]).ends(2).complains("which line stays? --onto 000");
        let ran = package.xtask(&["migrate-rebase", "--base", "theirs"]);
        match pair.outcome {
            Outcome::Merged(names) => {
                let ran = ran.ends(0).complains("read the migrations that were moved");
                if pair.name == "team-data" {
                    // In the line in which its author wrote it.
                    ran.says("(line 12 before it was moved): it names column `users.nick`; theirs: ~ users.nick  renamed to handle");
                }
                let after = revisions(package);
                assert!(
                    after.ends_with(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()),
                    "{after:?}"
                );
                package.xtask(&["migrate-check"]).ends(0);
                package.xtask(&["migrate-rebase", "--base", "theirs"]).ends(0).says("there is one head");
            }
            Outcome::Conflict(words) => {
                ran.ends(1)
                    .complains(words)
                    .complains("theirs: ")
                    .complains("ours: ")
                    .complains("nothing was changed");
                assert_eq!(package.listing(), before, "{}", pair.name);
            }
        }
    }
    repository.commit("rebased");
    for ((package, pair), databases) in packages.iter().zip(&databases) {
        if let Outcome::Merged(_) = pair.outcome {
            equal_databases(package, &programs[pair.name], databases);
        }
    }
    data_code_is_kept(&packages[6].0);
    assert_eq!(Repository::at(workspace.path()).git(&["status", "--short"]).out, "");
}

/// Databases that had applied neither side, theirs, or ours, are the same in the end, row for row.
fn equal_databases(package: &Package, before: &Path, databases: &Databases) {
    let program = package.build_migrate();
    fill(package, &program, databases, Had::Neither);
    for url in databases.urls(Had::Theirs) {
        package.migrate(&program, &format!("apply --url {url}")).ends(0);
    }
    // The one that had ours is told, and touched by nobody.
    for url in databases.urls(Had::Ours) {
        let told = package
            .migrate(&program, &format!("apply --url {url}"))
            .ends(4)
            .complains("roll the database back with");
        if package.name != "team-same" {
            told.complains("was put behind another since").complains("rollback --revision 0003_add_settings");
        }
        package.migrate(before, &format!("rollback --url {url} --revision 0003_add_settings")).ends(0);
        package.migrate(&program, &format!("apply --url {url}")).ends(0);
    }
    let [neither, theirs, ours] = Had::ALL.map(|had| {
        for url in databases.urls(had) {
            package.migrate(&program, &format!("drift --url {url}")).ends(0);
        }
        databases.contents(package, had)
    });
    assert_eq!(theirs, ours, "{}", package.name);
    assert_eq!(neither, theirs, "{}", package.name);
    // Three users, a note and a setting; and the same on every kind of database.
    assert_eq!(ours[0].rows.len(), 5, "{:?}", ours[0].rows);
    if package.name == "team-data" {
        // Ours is for everybody but Ada, wherever it ran.
        let known = |who: &str| ours[0].rows.iter().any(|row| row.contains(who));
        assert!(known("handle=Bob | id=2 | known_as=Bob") && known("handle=Countess | id=1 | known_as=NULL"));
    }
    for other in &ours {
        assert_eq!(other.rows, ours[0].rows, "{}", package.name);
    }
}

/// Hand-written code speaks of the column by the name that theirs gave it.
fn data_code_is_kept(package: &Package) {
    let code = package.read("migrations/0005_add_known_as/migration.rs");
    assert!(code.contains(".set(after::Users::KNOWN_AS, after::Users::HANDLE)"), "{code}");
    assert!(code.contains("// Everybody but Ada, whose name is known."), "{code}");
    assert!(code.contains("use super::{v0004 as before, v0005 as after};"), "{code}");
}

/// Whose migrations stay is known by the branch that this one follows; a database decides what may move.
#[test]
fn what_a_database_has_applied_is_not_moved() {
    let workspace = Workspace::new();
    let package = workspace.package_with("team-applied", base::files());
    let repository = workspace.repository();
    repository.branch("theirs", "main");
    (PAIRS[1].theirs)(&package);
    repository.commit("theirs");
    repository.branch("ours", "main");
    (PAIRS[1].ours)(&package);
    let program = package.build_migrate();
    package.append("whimbrel.toml", "\n[environment.production]\nurl = { env = \"NO_SUCH_URL\" }\n");
    package.migrate(&program, "apply --env dev").ends(0);
    repository.commit("ours");
    repository.git(&["merge", "--quiet", "--no-edit", "theirs"]).ends(0);

    let before = package.listing();
    let rebase = |package: &Package| package.xtask(&["migrate-rebase"]);
    repository.git(&["branch", "--quiet", "--set-upstream-to", "theirs"]).ends(0);
    rebase(&package)
        .ends(5)
        .says("what theirs has stays")
        .complains("the database of `dev` has applied `0004_add_phone`")
        .complains("migrate rollback --env dev --revision 0003_add_settings")
        .complains(
            "the database of `production` was not asked: the environment variable NO_SUCH_URL is not set",
        );
    assert_eq!(package.listing(), before);

    // Every environment is asked, those that a variable names as well.
    package.migrate(&program, "rollback --env dev --revision 0003_add_settings").ends(0);
    package.migrate(&program, "apply --url sqlite:far.db").ends(0);
    package
        .xtask_where(&["migrate-rebase"], &[("NO_SUCH_URL", "sqlite:far.db")])
        .ends(5)
        .complains("the database of `production` has applied `0004_add_phone`");
    package.migrate(&program, "apply --env dev").ends(0);
    package
        .xtask(&["migrate-rebase", "--onto", "0004_add_phone", "--base", "theirs"])
        .ends(2)
        .complains("one of them is enough");

    // The other way round nothing stands against it; and once it is rolled back, this way neither.
    package
        .xtask(&["migrate-rebase", "--onto", "0004_add_phone", "--dry-run"])
        .ends(0)
        .says("0004_add_age is now 0005_add_age");
    package.migrate(&program, "rollback --env dev --revision 0003_add_settings").ends(0);
    let listing = package.text_files();
    package.xtask(&["migrate-rebase", "--dry-run"]).ends(0).says("nothing was changed");
    assert_eq!(package.text_files(), listing);

    // The files say something that neither has.
    package.append("schema/mail.toml", "mood = \"text?\"\n");
    rebase(&package)
        .ends(1)
        .complains("column `settings.mood` is in no migration yet")
        .complains("say something else than both lines of migrations together")
        .complains("nothing was changed");
    assert_eq!(package.text_files(), listing);
    package.replace("schema/mail.toml", "mood = \"text?\"\n", "");
    rebase(&package).ends(0).says("0004_add_phone is now 0005_add_phone").says("+ users.phone");
    package.xtask(&["migrate-check"]).ends(0);
}

/// Names of constraints are made of the names of tables, so that a rename by one side names those of the other
/// anew: the migration is planned again.
#[test]
fn what_has_no_code_by_hand_is_planned_again() {
    let workspace = Workspace::new();
    let package = workspace.package_with("team-again", base::files());
    let repository = workspace.repository();
    repository.branch("theirs", "main");
    package.replace(base::SCHEMA, "timezone = \"text\"", "timezone = { type = \"text\", unique = true }");
    package.evolve("unique_zones", &[]);
    repository.commit("theirs");
    repository.branch("ours", "main");
    package.replace(base::SCHEMA, "[table.settings.columns]", "[table.choices.columns]");
    package.evolve("choose", &["--rename", "settings=choices"]);
    repository.commit("ours");
    repository.git(&["merge", "--quiet", "--no-edit", "theirs"]).ends(0);
    package.xtask(&["migrate-rebase", "--onto", "0004_unique_zones"]).ends(0).says("renamed to choices");
    let code = package.read("migrations/0005_choose/migration.rs");
    assert!(code.contains("db.rename_table(before::Settings, after::Choices)?;"), "{code}");
    assert!(code.contains("CHOICES_TIMEZONE_KEY"), "{code}");
    package.xtask(&["migrate-check"]).ends(0);
}

/// SQL in a text is nobody's to change, and somebody's to look at.
#[test]
fn sql_by_hand_is_pointed_out() {
    let workspace = Workspace::new();
    let package = workspace.package_with("team-sql", base::files());
    let repository = workspace.repository();
    repository.branch("theirs", "main");
    (PAIRS[6].theirs)(&package);
    repository.commit("theirs");
    repository.branch("ours", "main");
    package.evolve("shout", &["--empty"]);
    let file = "migrations/0004_shout/migration.rs";
    let body =
        "    db.sql(\"UPDATE users SET nick = upper(nick) WHERE 1 = 1\").changes(after::Users).run()?;\n";
    let upgrade = "pub fn upgrade(db: &mut Editor<'_>) -> Result<()> {\n";
    package.replace(file, upgrade, &format!("{upgrade}{body}"));
    let code = package.read(file);
    let start = code.find("pub fn downgrade").unwrap();
    package.write(
        file,
        &format!("{}pub const NOTHING_TO_UNDO: &str = \"case means nothing\";\n", &code[..start]),
    );
    package.xtask(&["migrate-check"]).ends(0);
    repository.commit("ours");
    repository.git(&["merge", "--quiet", "--no-edit", "theirs"]).ends(0);
    let before = package.listing();
    let rebase = || package.xtask(&["migrate-rebase", "--onto", "0004_rename_nick"]);
    rebase().ends(1).complains("no such column: nick").complains("as it has to be in its next place");
    assert_eq!(package.listing(), before);

    // What nobody can try before it is compiled is moved, and said.
    let data = "    db.data(|rows| {
        rows.execute(\"UPDATE users SET nick = upper(nick)\", &[])?;
        Ok(())
    })?;
";
    package.replace(file, body, data);
    rebase()
        .ends(0)
        .says("look at migrations/0005_shout/migration.rs again (line 10 before it was moved): its SQL says `nick`")
        .says("and stays as it is; theirs: ~ users.nick  renamed to handle");
    assert!(package.read("migrations/0005_shout/migration.rs").contains(data));

    // A directory of one name on both branches is a conflict of files, which is said.
    package.write("migrations/0006_x/snapshot.toml", "<<<<<<< HEAD\nformat = 1\n");
    package.write("migrations/0006_x/migration.rs", "");
    package.xtask(&["migrate-rebase"]).ends(1).complains("two branches have a migration `0006_x`");
}
