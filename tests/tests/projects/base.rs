//! A project with three migrations, made by the real tools and edited as its author would.

use std::sync::OnceLock;

use crate::harness::{Files, Package, Workspace, files_below};

pub(crate) const SCHEMA: &str = "schema/mail.toml";
pub(crate) const FIRST: &str = "migrations/0001_create_mail/migration.rs";
pub(crate) const FIRST_SNAPSHOT: &str = "migrations/0001_create_mail/snapshot.toml";
pub(crate) const SECOND: &str = "migrations/0002_add_locale/migration.rs";
pub(crate) const SECOND_SNAPSHOT: &str = "migrations/0002_add_locale/snapshot.toml";
pub(crate) const THIRD: &str = "migrations/0003_add_settings/migration.rs";
pub(crate) const THIRD_SNAPSHOT: &str = "migrations/0003_add_settings/snapshot.toml";

/// Schema and migrations: users and notes; a locale, filled in with typed data code; settings, to
/// which the time zones of the users move.
pub(crate) fn files() -> &'static Files {
    static FILES: OnceLock<Files> = OnceLock::new();
    FILES.get_or_init(|| {
        let workspace = Workspace::new();
        let package = workspace.package("base");
        make(&package);
        let mut files = files_below(&package.root);
        files.retain(|path, _| path.starts_with("schema/") || path.starts_with("migrations/"));
        files
    })
}

fn make(package: &Package) {
    package.write(
        SCHEMA,
        "\
[table.users.columns]
id    = { type = \"bigint\", primary_key = true, auto_increment = true }
email = { type = \"varchar(320)\", unique = true }
tz    = \"text?\"

[table.notes.columns]
id       = { type = \"bigint\", primary_key = true }
owner_id = { type = \"bigint\", references = \"users.id\", on_delete = \"cascade\" }
body     = \"text\"
",
    );
    package.xtask(&["migrate-new", "create_mail"]).ends(0);

    package.replace(
        SCHEMA,
        "tz    = \"text?\"\n",
        "tz    = \"text?\"\nlocale = { type = \"varchar(8)\", default = \"en\" }\n",
    );
    package.xtask(&["migrate-new", "add_locale"]).ends(0);
    package.replace(
        SECOND,
        "    Ok(())\n}\n\npub fn downgrade",
        "    db.update(after::Users)
        .set(after::Users::LOCALE, \"de\")
        .filter(after::Users::EMAIL.eq(\"ada@example.com\"))
        .run()?;
    Ok(())
}

pub fn downgrade",
    );

    package.replace(SCHEMA, "tz    = \"text?\"\n", "nick  = \"text?\"\n");
    package.append(
        SCHEMA,
        "
[table.settings.columns]
user_id  = { type = \"bigint\", primary_key = true, references = \"users.id\" }
timezone = \"text\"
",
    );
    // A column that goes while one of the same type comes looks like a rename, and must not be one.
    package.xtask(&["migrate-new", "add_settings", "--accept", "WHD107:users.tz=moved to settings"]).ends(0);
    // The author moves the values between the steps that were generated.
    package.replace(THIRD, "    db.create_table(after::Settings)?;\n", "");
    package.replace(
        THIRD,
        "    db.alter_table(before::Users",
        "    db.create_table(after::Settings)?;
    db.insert_from(after::Settings, before::Users)
        .set(after::Settings::USER_ID, before::Users::ID)
        .set(after::Settings::TIMEZONE, before::Users::TZ.or(\"UTC\"))
        .run()?;
    db.alter_table(before::Users",
    );
    package.xtask(&["migrate-check"]).ends(0);
}

#[test]
fn the_base_is_what_the_other_tests_take_it_for() {
    let files = files();
    assert_eq!(files.len(), 7, "{:?}", files.keys());
    let code = &files[THIRD];
    let order = ["create_table", "insert_from", "alter_table", "fn downgrade"];
    let positions: Vec<usize> = order.iter().map(|word| code.find(word).unwrap()).collect();
    assert!(positions.is_sorted(), "{code}");
}
