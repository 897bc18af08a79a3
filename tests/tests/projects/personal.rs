//! Personal data, from the schema to a database and back: it is nowhere that it was not before.

use std::fs;

use rusqlite::Connection;

use crate::harness::Workspace;

const SCHEMA: &str = "schema/mail.toml";
const USERS: &str = "\
[table.users.columns]
id    = { type = \"bigint\", primary_key = true }
nick  = \"text\"
phone = { type = \"text\", PERSONAL }
";

#[test]
fn personal_values_are_dropped_for_good() {
    let workspace = Workspace::new();
    let package = workspace.package("personal");
    let users = USERS.replace(", PERSONAL", "");
    package.write(SCHEMA, &users);
    package.xtask(&["migrate-new", "create_users"]).ends(0);
    package.write(SCHEMA, &USERS.replace("PERSONAL", "personal = true"));
    package.xtask(&["migrate-check"]).ends(3);
    package
        .xtask(&["migrate-new", "mark_phone"])
        .ends(0)
        .says("~ users.phone  text not null -> text not null personal")
        .says("reversal: lossless");
    package.write(SCHEMA, "[table.teams.columns]\nid = { type = \"bigint\", primary_key = true }\n");
    package
        .xtask(&["migrate-new", "drop_users"])
        .ends(1)
        .complains("error[W0304]: a downgrade could not bring back `users.phone`: its values are personal")
        .complains("say what every row gets: migrate-new .. --backfill users.phone=VALUE");
    package
        .xtask(&[
            "migrate-new",
            "drop_users",
            "--backfill",
            "users.phone=unknown",
            "--accept",
            "WHD101:users=a test",
        ])
        .ends(0)
        .says("values of `users.phone` are personal and are not kept")
        .says("reversal: lossy");
    let code = package.read("migrations/0003_drop_users/migration.rs");
    let code: String = code.split_whitespace().collect();
    let step = "db.restore_table_with(before::Users).set(before::Users::PHONE,\"unknown\").run()?;";
    assert!(code.contains(step), "{code}");

    let program = package.build_migrate();
    package.migrate(&program, "apply --to 0002").ends(0);
    let database = package.path("app.db");
    let insert = "INSERT INTO users VALUES (7, 'ada', '+49 30 123456'); VACUUM";
    Connection::open(&database).unwrap().execute_batch(insert).unwrap();
    package.migrate(&program, "apply").ends(0).complains("WHD101:users");
    package.migrate(&program, "archive show 1").ends(0).says("id | nick\n7 | ada");
    // What was overwritten on the way is not the archive's business.
    Connection::open(&database).unwrap().execute_batch("VACUUM").unwrap();
    assert!(!has(&fs::read(&database).unwrap(), b"123456"), "a personal value is still in the file");

    package.migrate(&program, "rollback --steps 1 --dry-run").ends(0).says("destroys: drops table teams");
    package.migrate(&program, "rollback --steps 1").ends(0);
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let row: (i64, String, String) =
        Connection::open(&database).unwrap().query_row("SELECT * FROM users", [], row).unwrap();
    assert_eq!(row, (7, "ada".to_owned(), "unknown".to_owned()));
    // The column had been there before it was personal, and back there it is not.
    package.migrate(&program, "rollback --steps 1").ends(0);
    // Going down over the creation of a personal column loses what nobody keeps, but here it is a plain one.
    package.migrate(&program, "rollback --all").ends(0).says("with nothing applied");
}

#[test]
fn a_rollback_that_loses_personal_values_is_allowed_by_name() {
    let workspace = Workspace::new();
    let package = workspace.package("personal-rollback");
    package.write(SCHEMA, &USERS.replace("phone = { type = \"text\", PERSONAL }\n", ""));
    package.xtask(&["migrate-new", "create_users"]).ends(0);
    package.write(SCHEMA, &USERS.replace("\"text\", PERSONAL", "\"text?\", personal = true"));
    package
        .xtask(&["migrate-new", "add_phone"])
        .ends(0)
        .says("reversal: lossy (rolling back drops column users.phone");
    let program = package.build_migrate();
    package.migrate(&program, "apply").ends(0);
    package
        .migrate(&program, "rollback --steps 1")
        .ends(5)
        .complains("values of `users.phone` are personal and are not kept")
        .complains("--allow WHD102:users.phone");
    package.migrate(&program, "rollback --steps 1 --allow WHD102:users.phone").ends(0);
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
