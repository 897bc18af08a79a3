//! `migrate-rebase`: eight pairs of branches, merged, and the databases of both.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::pairs::{Outcome, PAIRS};
use crate::base;
use crate::harness::{Package, Repository, Workspace, wrong};
use whimbrel::introspect;

const ROW: &str = "INSERT INTO users (email) VALUES ('bob@example.com')";

/// Applies all of a program's migrations to a database, and puts a row there.
fn database(package: &Package, program: &std::path::Path, name: &str) -> PathBuf {
    package.migrate(program, &format!("apply --url sqlite:{name}.db")).ends(0);
    let path = package.path(&format!("{name}.db"));
    rusqlite::Connection::open(&path).unwrap().execute(ROW, []).unwrap();
    path
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
        PAIRS.into_iter().map(|pair| (workspace.package_with(pair.name, base::files()), pair)).collect();
    let repository = workspace.repository();
    let mut programs: BTreeMap<&str, PathBuf> = BTreeMap::new();
    for (branch, theirs) in [("theirs", true), ("ours", false)] {
        repository.branch(branch, "main");
        for (package, pair) in &packages {
            if theirs {
                (pair.theirs)(package)
            } else {
                (pair.ours)(package)
            }
            if let Outcome::Merged(_) = pair.outcome {
                let program = package.build_migrate();
                database(package, &program, branch);
                if !theirs {
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
                    ran.says("(line 12 before it was moved): it names `users.nick`; theirs: ~ users.nick  renamed to handle");
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
    for (package, pair) in &packages {
        if let Outcome::Merged(_) = pair.outcome {
            equal_databases(package, &programs[pair.name]);
        }
    }
    data_code_is_kept(&packages[6].0);
    assert_eq!(Repository::at(workspace.path()).git(&["status", "--short"]).out, "");
}

/// Databases that had applied neither side, theirs, or ours, are the same in the end.
fn equal_databases(package: &Package, before: &std::path::Path) {
    let program = package.build_migrate();
    database(package, &program, "fresh");
    package.migrate(&program, "apply --url sqlite:theirs.db").ends(0);
    // The one that had ours is told, and touched by nobody.
    let told = package
        .migrate(&program, "apply --url sqlite:ours.db")
        .ends(4)
        .complains("roll the database back with");
    if package.name != "team-same" {
        told.complains("was put behind another since").complains("rollback --revision 0003_add_settings");
    }
    package.migrate(before, "rollback --url sqlite:ours.db --revision 0003_add_settings").ends(0);
    package.migrate(&program, "apply --url sqlite:ours.db").ends(0);
    let schemas: Vec<_> = ["fresh", "theirs", "ours"]
        .map(|name| {
            package.migrate(&program, &format!("drift --url sqlite:{name}.db")).ends(0);
            introspect::url(&format!("sqlite:{name}.db"), &package.root).unwrap().1.schema
        })
        .into_iter()
        .collect();
    assert!(schemas.windows(2).all(|two| two[0] == two[1]), "{}", package.name);
    for name in ["theirs", "ours"] {
        let database = rusqlite::Connection::open(package.path(&format!("{name}.db"))).unwrap();
        let rows: i64 = database.query_row("SELECT count(*) FROM users", [], |row| row.get(0)).unwrap();
        assert_eq!(rows, 1, "{} {name}", package.name);
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

    // The other way round nothing stands against it; and once it is rolled back, this way neither.
    package
        .xtask(&["migrate-rebase", "--onto", "0004_add_phone", "--dry-run"])
        .ends(0)
        .says("0004_add_age is now 0005_add_age");
    package.migrate(&program, "rollback --env dev --revision 0003_add_settings").ends(0);
    let listing = package.text_files();

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
