//! Every compile error, with its code, its place and the words that matter.
//!
//! Each case is a package of its own in one workspace, so that one run of cargo shows them all.

use crate::base::{self, FIRST, FIRST_SNAPSHOT, SCHEMA, SECOND, SECOND_SNAPSHOT, THIRD, THIRD_SNAPSHOT};
use crate::harness::{Package, Workspace, Wrong, repository, wrong};

/// The line of the third migration that cases put other statements in the place of.
const MOVE: &str = ".set(after::Settings::TIMEZONE, before::Users::TZ.or(\"UTC\"))";
const END_OF_UPGRADE: &str = "    Ok(())\n}\n\npub fn downgrade";

#[test]
fn whatever_is_wrong_is_a_compile_error() {
    let workspace = Workspace::new();
    let cases: Vec<(Package, Vec<Wrong>)> = CASES
        .iter()
        .map(|(name, case)| {
            let package = workspace.package_with(&format!("wrong-{name}"), base::files());
            let expected = case(&package);
            (package, expected)
        })
        .collect();
    let built = workspace.check();
    let disagreements: Vec<String> =
        cases.into_iter().filter_map(|(package, expected)| built.compare(&package, expected).err()).collect();
    assert!(disagreements.is_empty(), "\n{}", disagreements.join("\n"));
}

type Case = fn(&Package) -> Vec<Wrong>;

const CASES: &[(&str, Case)] = &[
    ("ahead", ahead),
    ("sealed", sealed),
    ("two-heads", two_heads),
    ("missing-parent", missing_parent),
    ("upgrade", wrong_upgrade),
    ("downgrade", wrong_downgrade),
    ("column", column_of_another_version),
    ("position", column_not_there_yet),
    ("gone", column_no_longer_there),
    ("personal", personal_values),
    ("types", values_that_do_not_fit),
    ("table", column_of_another_table),
    ("statements", statements_that_prove_nothing),
    ("changes", changes_that_prove_nothing),
    ("signature", functions_that_are_none),
    ("operations", operations_that_do_not_exist),
    ("undone", nothing_undone),
    ("unsafe-data", unsafe_data),
    ("rows-refused", rows_refused),
    ("not-restored", not_restored),
    ("refused-sql", refused_sql),
    ("newer-format", newer_format),
    ("missing-files", missing_files),
    ("directory", no_revision),
    ("no-rust", not_rust),
    ("broken-toml", broken_toml),
    ("broken-schema", broken_schema),
    ("broken-snapshot", broken_snapshot),
    ("dozen", dozen),
    ("no-schema", no_schema),
    ("many", many_errors),
];

fn ahead(package: &Package) -> Vec<Wrong> {
    package.replace(SCHEMA, "nick  = \"text?\"\n", "nick  = \"text?\"\nphone = \"varchar(32)?\"\n");
    vec![
        wrong("W0301", package.place(SCHEMA, "phone ="))
            .says("schema is ahead of the migrations")
            .says("column `users.phone` is in no migration yet")
            .says("phone = \"varchar(32)?\"")
            .says("help: cargo xtask migrate-new add_users_phone"),
    ]
}

fn sealed(package: &Package) -> Vec<Wrong> {
    package.xtask(&["migrate-new", "later", "--empty"]).ends(0);
    package.replace(SECOND, "\"de\"", "\"fr\"");
    vec![
        wrong("W0406", package.place(SECOND, "pub fn ^^upgrade"))
            .says("`0002_add_locale` was changed after `0003_add_settings` sealed it")
            .says(package.place(THIRD_SNAPSHOT, "\"w1:"))
            .says("cargo xtask migrate-seal")
            .says("cargo xtask migrate-new"),
    ]
}

fn two_heads(package: &Package) -> Vec<Wrong> {
    let other = "migrations/0003_other";
    package.write(&format!("{other}/migration.rs"), &package.read(THIRD));
    let snapshot = package.read(THIRD_SNAPSHOT).replace("0003_add_settings", "0003_other");
    package.write(&format!("{other}/snapshot.toml"), &snapshot);
    let place = package.place(&format!("{other}/snapshot.toml"), "\"0002_add_locale\"");
    vec![
        wrong("W0405", place)
            .says("two migrations follow `0002_add_locale`: `0003_add_settings` and `0003_other`")
            .says(package.place(THIRD_SNAPSHOT, "\"0002_add_locale\""))
            .says("cargo xtask migrate-rebase --onto 0003_add_settings"),
    ]
}

fn missing_parent(package: &Package) -> Vec<Wrong> {
    // What follows is not reported as well.
    package.xtask(&["migrate-new", "later", "--empty"]).ends(0);
    package.remove("migrations/0002_add_locale");
    vec![
        wrong("W0404", package.place(THIRD_SNAPSHOT, "\"0002_add_locale\""))
            .says("the parent of `0003_add_settings` is missing: `0002_add_locale`")
            .says("restore it from version control"),
    ]
}

fn wrong_upgrade(package: &Package) -> Vec<Wrong> {
    package.replace(THIRD, "        users.add_column(after::Users::NICK);\n", "");
    vec![
        wrong("W0507", package.place(THIRD, "pub fn ^^upgrade"))
            .says("after upgrade, users.nick is missing; the snapshot has it")
            .says("still to do: + users.nick  text null")
            .says(package.place(THIRD_SNAPSHOT, "^^nick =")),
    ]
}

fn wrong_downgrade(package: &Package) -> Vec<Wrong> {
    package.replace(THIRD, "        users.restore_column(before::Users::TZ);\n", "");
    vec![
        wrong("W0508", package.place(THIRD, "pub fn ^^downgrade"))
            .says("after downgrade, users.tz is missing; the snapshot before has it")
            .says("still to do: + users.tz  text null")
            .says("snapshot.toml:"),
    ]
}

fn column_of_another_version(package: &Package) -> Vec<Wrong> {
    package.replace(THIRD, MOVE, ".set(after::Settings::TIMEZONE, before::Users::NICK.or(\"UTC\"))");
    let place = package.place(THIRD, "before::Users::NICK");
    vec![
        wrong("W0505", place).says("`NICK` is not in table `users` of version 2"),
        wrong("E0599", package.place(THIRD, "before::Users::^^NICK.or"))
            .says("no associated item named `NICK`"),
    ]
}

fn column_not_there_yet(package: &Package) -> Vec<Wrong> {
    package.replace(
        THIRD,
        "    db.create_table(after::Settings)?;\n",
        "    db.update(after::Users).set(after::Users::NICK, \"x\").every_row().run()?;
    db.create_table(after::Settings)?;\n",
    );
    vec![
        wrong("W0506", package.place(THIRD, "after::Users::NICK, \"x\""))
            .says("column `users.nick` does not exist at this position")
            .says("move the step"),
    ]
}

fn personal_values(package: &Package) -> Vec<Wrong> {
    for snapshot in [FIRST_SNAPSHOT, SECOND_SNAPSHOT] {
        package.replace(snapshot, "tz = \"text?\"", "tz = { type = \"text?\", personal = true }");
    }
    package.replace(THIRD, "users.restore_column(", "users.add_column(");
    package.xtask(&["migrate-seal"]).ends(0);
    package.replace(THIRD, "users.add_column(before", "users.restore_column(before");
    vec![
        wrong("W0506", package.place(THIRD, "db.alter_table(after::Users, before::Users"))
            .says("values of `users.tz` are personal and are not kept, so nothing can be restored")
            .says("write `add_column`"),
    ]
}

fn column_no_longer_there(package: &Package) -> Vec<Wrong> {
    package.replace(
        THIRD,
        END_OF_UPGRADE,
        &format!(
            "    db.update(before::Users).set(before::Users::TZ, NULL).every_row().run()?;\n{END_OF_UPGRADE}"
        ),
    );
    vec![
        wrong("W0506", package.place(THIRD, "before::Users::TZ, NULL"))
            .says("column `users.tz` does not exist at this position"),
    ]
}

fn values_that_do_not_fit(package: &Package) -> Vec<Wrong> {
    let steps = "
    db.update(after::Settings).set(after::Settings::TIMEZONE, 7).every_row().run()?;
    db.insert_from(after::Settings, after::Users)
        .set(after::Settings::USER_ID, after::Users::ID)
        .set(after::Settings::TIMEZONE, after::Users::NICK)
        .run()?;
    db.update(after::Users).set(after::Users::EMAIL, NULL).every_row().run()?;
    db.update(after::Users).set(after::Users::NICK, \"x\").filter(after::Users::EMAIL.eq(7)).run()?;
    db.update(after::Users).set(after::Users::NICK, \"y\").run()?;
    db.delete(after::Notes).run()?;
";
    package.replace(THIRD, END_OF_UPGRADE, &format!("{steps}{END_OF_UPGRADE}"));
    vec![
        wrong("W0506", package.place(THIRD, "db.update(after::Settings)"))
            .says("column `settings.timezone`: 7 is not a value of type `text`"),
        wrong("E0277", package.place(THIRD, "^^7).every_row()"))
            .says("`{integer}` is not a value for a column of type `")
            .says("smallint takes i16, integer i32, bigint i64"),
        wrong("E0277", package.place(THIRD, ".set(after::Settings::TIMEZONE, ^^after::Users::NICK)"))
            .says("does not fit a column of type `")
            .says("a column that is NOT NULL takes no value that may be NULL: say `.or(..)`"),
        wrong("W0506", package.place(THIRD, "db.update(after::Users).set(after::Users::EMAIL, NULL)"))
            .says("column `users.email`: it is NOT NULL, and gets NULL"),
        wrong("E0277", package.place(THIRD, "NULL).every"))
            .says("Null` is not a value for a column of type `"),
        wrong("E0277", package.place(THIRD, "^^7)).run()"))
            .says("`{integer}` cannot be compared or combined with a value of type `"),
        wrong("E0277", package.place(THIRD, "^^run()?;\n    db.delete")).says("every_row"),
        wrong("E0277", package.place(THIRD, "db.delete(after::Notes).^^run()?")).says("every_row"),
    ]
}

fn column_of_another_table(package: &Package) -> Vec<Wrong> {
    let steps =
        "    db.update(after::Users).set(after::Notes::ID, 1).filter(after::Users::ID.eq(1)).run()?;\n";
    package.replace(THIRD, END_OF_UPGRADE, &format!("{steps}{END_OF_UPGRADE}"));
    vec![
        wrong("E0308", package.place(THIRD, "after::Notes::ID"))
            .says("expected `Column<Users, _>`, found `Column<Notes, BigInt>`"),
    ]
}

fn statements_that_prove_nothing(package: &Package) -> Vec<Wrong> {
    let steps = "
    if true { db.drop_table(after::Notes)?; }
    for _ in 0..1 { db.create_table(after::Notes)?; }
    let again = db.drop_table(after::Notes);
    again?;
    (|| db.create_table(after::Notes))()?;
    helper(db)?;
    helped!(db.drop_table(after::Notes));
    #[allow(unused)]
    db.create_table(after::Notes)?;
    #[cfg(feature = \"nothing\")]
    db.drop_table(after::Notes)?;
    match () { () => db.drop_table(after::Notes)? }
    { db.create_table(after::Notes)?; }
    db.delete(after::Notes).every_row().run();
    println!(\"migrating\");
";
    package.replace(THIRD, END_OF_UPGRADE, &format!("{steps}{END_OF_UPGRADE}"));
    package.append(
        THIRD,
        "
fn helper(db: &mut Editor<'_>) -> Result<()> {
    db.drop_table(after::Notes)
}

macro_rules! helped {
    ($step:expr) => { $step?; };
}
use helped;
",
    );
    let at = |text: &str| package.place(THIRD, text);
    let used = |text: &str, how: &str| {
        wrong("W0503", at(text))
            .says(format!("`db` is used {how}, where what it does cannot be proven"))
            .says("`db` may only be the first word of a step")
            .says("help: write each step as `db.operation(..)?;`")
    };
    let no_step =
        |text: &str| wrong("W0503", at(text)).says("`upgrade` and `downgrade` hold steps and nothing else");
    let attribute = |text: &str| wrong("W0503", at(text)).says("a step cannot have attributes");
    vec![
        used("if true", "inside `if`"),
        used("for _ in", "inside a loop"),
        used("let again", "in `let`"),
        no_step("again?"),
        used("(|| db", "in another expression"),
        used("helper(db)?", "in another expression"),
        used("helped!(db", "inside a macro"),
        attribute("#[allow(unused)]"),
        attribute("#[cfg(feature"),
        used("match ()", "inside `match`"),
        used("{ db.create_table(after::Notes)?; }\n    db.delete", "inside a block"),
        wrong("W0503", at("db.delete(after::Notes)")).says("a step does not end with `?`"),
        no_step("println!"),
    ]
}

fn changes_that_prove_nothing(package: &Package) -> Vec<Wrong> {
    package.replace(
        THIRD,
        "        users.add_column(after::Users::NICK);\n",
        "        if true {\n            users.add_column(after::Users::NICK);\n        }\n",
    );
    vec![
        wrong("W0503", package.place(THIRD, "if true"))
            .says("only statements `users.change(..);` stand in an alteration"),
    ]
}

fn functions_that_are_none(package: &Package) -> Vec<Wrong> {
    package.replace(THIRD, "pub fn upgrade", "#[inline]\npub fn upgrade");
    package.replace(THIRD, "pub fn downgrade", "pub fn back");
    vec![
        wrong("W0502", format!("{THIRD}:3:1"))
            .says("this migration has no function `downgrade`")
            .says("pub const IRREVERSIBLE: &str"),
        wrong("W0503", package.place(THIRD, "pub fn ^^upgrade(db"))
            .says("has attributes, which may change what it does"),
        // The module does not have what the registry names, so it is not named there.
    ]
}

fn operations_that_do_not_exist(package: &Package) -> Vec<Wrong> {
    package.replace(THIRD, "db.drop_table(after::Settings)?", "db.dorp_table(after::Settings)?");
    package.replace(THIRD, "db.create_table(after::Settings)?", "db.create_table(later::Settings)?");
    vec![
        wrong("W0504", package.place(THIRD, "dorp_table"))
            .says("there is no operation `dorp_table`")
            .says("did you mean `drop_table`?"),
        wrong("W0505", package.place(THIRD, "later::Settings"))
            .says("`later` is not a version of the schema; import it as in `use super::v0001 as later;`"),
        wrong("E0599", package.place(THIRD, "dorp_table")),
        wrong("E0433", package.place(THIRD, "later::Settings")),
    ]
}

fn nothing_undone(package: &Package) -> Vec<Wrong> {
    package.xtask(&["migrate-new", "clean", "--empty"]).ends(0);
    let file = "migrations/0004_clean/migration.rs";
    package.replace(
        file,
        END_OF_UPGRADE,
        &format!("    db.delete(after::Notes).every_row().run()?;\n{END_OF_UPGRADE}"),
    );
    vec![
        wrong("W0510", package.place(file, "pub fn ^^downgrade"))
            .says("the upgrade changes rows, and the downgrade does nothing")
            .says("pub const NOTHING_TO_UNDO: &str"),
    ]
}

fn unsafe_data(package: &Package) -> Vec<Wrong> {
    package.replace(
        THIRD,
        "    db.drop_table(after::Settings)?;\n",
        "    db.delete(after::Users).filter(after::Users::EMAIL.eq(\"a\")).run()?;
    db.drop_table(after::Settings)?;\n",
    );
    vec![
        wrong("W0509", package.place(THIRD, "db.delete(after::Users)"))
            .says("this changes rows that `notes` references")
            .says("foreign keys are off because of this step")
            .says("split it: put one of the two into a migration of its own"),
    ]
}

/// It works where there are no rows.
fn rows_refused(package: &Package) -> Vec<Wrong> {
    package.replace(
        THIRD,
        "    db.insert_from(after::Settings, before::Users)
        .set(after::Settings::USER_ID, before::Users::ID)
        .set(after::Settings::TIMEZONE, before::Users::TZ.or(\"UTC\"))
        .run()?;
",
        "    db.sql(\"INSERT INTO settings SELECT id, tz FROM users\").changes(after::Settings).run()?;\n",
    );
    vec![
        wrong("W0511", package.place(THIRD, "db.sql("))
            .says("`0003_add_settings` does not hold on a database with rows: NOT NULL constraint failed: settings.timezone")
            .says("by this step of `upgrade`")
            .says("in: INSERT INTO settings SELECT id, tz FROM users"),
    ]
}

/// The archive has the values, and the downgrade does not ask for them.
fn not_restored(package: &Package) -> Vec<Wrong> {
    package.replace(THIRD, "users.restore_column(before::Users::TZ)", "users.add_column(before::Users::TZ)");
    vec![
        wrong("W0511", package.place(THIRD, "db.alter_table(after::Users, before::Users"))
            .says("column users.tz comes back without its values, which the archive has")
            .says("by this step of `downgrade`, after the upgrade"),
    ]
}

/// What only the database can read is read by it, before there is a migration.
fn refused_sql(package: &Package) -> Vec<Wrong> {
    package.append(
        SCHEMA,
        "
[table.settings.checks]
settings_zone_check = \"lenght(timezone) > 0\"

[view.bodies]
sql = \"SELECT bodi FROM notes\"
",
    );
    vec![
        wrong("W0218", package.place(SCHEMA, "settings_zone_check"))
            .says("SQLite does not take check `settings_zone_check`: no such function: lenght"),
        wrong("W0218", package.place(SCHEMA, "bodies")).says("view bodies: no such column: bodi"),
        wrong("W0301", package.place(SCHEMA, "settings_zone_check")),
    ]
}

fn newer_format(package: &Package) -> Vec<Wrong> {
    package.replace(THIRD_SNAPSHOT, "format = 1", "format = 2");
    vec![wrong("W0402", package.place(THIRD_SNAPSHOT, "format = ^^2")).says("newer")]
}

fn missing_files(package: &Package) -> Vec<Wrong> {
    package.remove(FIRST);
    package.remove(THIRD_SNAPSHOT);
    vec![
        wrong("W0006", format!("{FIRST}:1:1"))
            .says("migration `0001_create_mail` has no `migration.rs`")
            .says("restore it from version control"),
        wrong("W0006", format!("{THIRD_SNAPSHOT}:1:1"))
            .says("migration `0003_add_settings` has no `snapshot.toml`"),
    ]
}

fn no_revision(package: &Package) -> Vec<Wrong> {
    package.write("migrations/notes/readme.txt", "not a migration");
    vec![wrong("W0401", "migrations/notes:1:1").says("`notes` is not the name of a migration")]
}

fn not_rust(package: &Package) -> Vec<Wrong> {
    package.append(THIRD, "\nfn more() {\n    let = 1;\n}\n");
    vec![
        wrong("W0501", package.place(THIRD, "let ^^= 1")).says("this migration is not Rust"),
        wrong("", package.place(THIRD, "let ^^= 1")).says("expected pattern, found `=`"),
    ]
}

/// The tables of the migrations stay usable in the rest of the crate, which has errors of its own
/// reported as ever.
fn use_tokens(package: &Package) {
    package.append(
        "src/lib.rs",
        "
pub fn tokens() -> [&'static str; 2] {
    let _table = db::Users;
    [db::Users::EMAIL.name(), db::v0001::Users::TZ.name()]
}

pub fn mistake() -> u8 {
    \"not a number\"
}
",
    );
}

fn mistake(package: &Package) -> Wrong {
    wrong("E0308", package.place("src/lib.rs", "\"not a number\""))
}

fn broken_toml(package: &Package) -> Vec<Wrong> {
    use_tokens(package);
    package.write("schema/broken.toml", "[table.half\nx = \n");
    vec![wrong("W0001", "schema/broken.toml:1:12"), mistake(package)]
}

fn broken_schema(package: &Package) -> Vec<Wrong> {
    use_tokens(package);
    let file = "schema/more.toml";
    package.write(
        file,
        "\
[table.drafts]
colour = \"red\"

[table.drafts.columns]
id       = { type = \"bigint\", primary_key = true, nulable = true }
owner_id = { type = \"bigint\", references = \"user.id\" }
note_id  = { type = \"bigint\", references = \"notes.nr\" }
size     = \"integr\"
day      = { type = \"date\", default = \"yesterday\" }
",
    );
    vec![
        wrong("W0003", package.place(file, "colour")).says("`colour`"),
        wrong("W0003", package.place(file, "nulable")).says("`nulable`"),
        wrong("W0203", package.place(file, "\"user.id\"")).says("`users`"),
        wrong("W0204", package.place(file, "\"notes.nr\"")),
        wrong("W0201", package.place(file, "\"integr\"")).says("`integer`"),
        wrong("W0202", package.place(file, "\"yesterday\"")),
        mistake(package),
    ]
}

/// The case whose whole reports are reviewed in the tests of the core: a build shows them all at once.
fn dozen(package: &Package) -> Vec<Wrong> {
    let text = std::fs::read_to_string(repository().join("schema/tests/cases/schema/dozen.toml")).unwrap();
    package.remove(SCHEMA);
    package.write(SCHEMA, &text);
    let at = |code, text: &str, help: &str| wrong(code, package.place(SCHEMA, text)).says(help);
    vec![
        at("W0003", "colour", "remove it; the keys are: doc, rust_name, columns"),
        at("W0204", "\"uid\"", "did you mean `id`?"),
        at("W0003", "nullable", "its type ends in `?`"),
        at("W0201", "\"varchar\"", "write `varchar(64)`"),
        at("W0202", "100000", "write a value such as `default = 0`"),
        at("W0103", "Age ", "`age` here"),
        at("W0203", "\"user.id\"", "did you mean `users`?"),
        at("W0205", "\"set_null\"", "make the column nullable with `bigint?`"),
        at("W0204", "[^^\"nmae\"]", "the columns of `users` are: id, email").says("users_nmae_idx"),
        at("W0212", "users_age_check = ^^\"\"", "write the SQL, or remove the key"),
        at("W0004", "auto_increment = ^^1", "write `auto_increment = false`"),
        at("W0209", "renamed_from = ^^\"name\"", "write the previous name"),
        at("W0101", "sqlite_stat", "choose another name")
            .says("to learn more about an error: cargo xtask explain"),
    ]
}

fn broken_snapshot(package: &Package) -> Vec<Wrong> {
    use_tokens(package);
    package.replace(SECOND_SNAPSHOT, "revision = ", "revision ");
    let place = package.place(SECOND_SNAPSHOT, "revision ^^\"");
    vec![wrong("W0001", place).says("expected `=`"), mistake(package)]
}

fn no_schema(package: &Package) -> Vec<Wrong> {
    use_tokens(package);
    package.remove("schema");
    package.remove("whimbrel.toml");
    vec![
        wrong("W0006", "whimbrel.toml:1:1").says("an empty file is enough"),
        wrong("W0006", "schema:1:1").says("create the directory"),
        mistake(package),
    ]
}

fn many_errors(package: &Package) -> Vec<Wrong> {
    let columns: String = (0..30).map(|number| format!("c{number:02} = \"nonsense\"\n")).collect();
    let file = "schema/many.toml";
    package.write(file, &format!("[table.many.columns]\n{columns}"));
    let mut expected: Vec<Wrong> =
        (0..20).map(|number| wrong("W0201", format!("{file}:{}:7", number + 2))).collect();
    expected.push(wrong("", "").says("and 10 more: cargo xtask migrate-check"));
    expected
}
