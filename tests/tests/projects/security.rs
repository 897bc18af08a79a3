//! What is hostile among the files of a package, in its texts, and in URLs.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use whimbrel_schema::text::is_hidden;

use crate::base::{self, SCHEMA};
use crate::harness::{Ran, Workspace};

const SECRET: &str = "s3cr3t";

/// Text that would end a string, a comment, a statement or a line of a terminal where one is careless.
const PAYLOADS: [&str; 14] = [
    "'); DROP TABLE canary; --",
    "\"; DROP TABLE canary; --",
    "\"#); compile_error!(\"x\"); r#\"",
    "*/ pub fn injected() {} /*",
    "\n\npub fn injected() {}\n//",
    "{} {0} {injected} %s $1 ?1 :a @b",
    "\r injected \r\n",
    "\u{202e}gnihtemos\u{2066}",
    "\u{1b}[2J\u{1b}]8;;http://x\u{7}link\u{1b}]52;c;eA==\u{7}",
    "zero\u{200b}width\u{feff}\u{61c}\u{e0041}",
    "\\",
    "\\\"\\n\\u{41}",
    "#[doc = \"x\"] \"\"\" '''",
    "\u{2028}after\u{85}\u{9b}31m",
];

fn toml(text: &str) -> String {
    let escaped = text.chars().map(|character| match character {
        '"' | '\\' => format!("\\{character}"),
        plain @ ' '..='~' => plain.to_string(),
        other => format!("\\U{:08X}", u32::from(other)),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

/// A schema with a payload in each text that it allows, or a harmless one.
fn schema(text: impl Fn(&str) -> String) -> String {
    let mut schema = "[table.canary.columns]\nid = { type = \"bigint\", primary_key = true }\n".to_owned();
    for (number, payload) in PAYLOADS.into_iter().enumerate() {
        let text = text(payload);
        let sql = toml(&format!("'{}' <> 'x'", text.replace('\'', "''")));
        let query = toml(&format!("SELECT '{}' AS x", text.replace('\'', "''")));
        // Values of an enum show everything that is in them.
        let shown = text.trim().chars().filter(|character| !is_hidden(*character));
        let label = toml(&shown.collect::<String>());
        let text = toml(&text);
        schema += &format!(
            "[table.t{number}]\ndoc = {text}\n[table.t{number}.columns]\n\
             id = {{ type = \"bigint\", primary_key = true, doc = {text} }}\n\
             note = {{ type = \"text\", default = {text}, doc = {text} }}\n\
             [table.t{number}.checks]\nt{number}_check = {sql}\n\
             [table.t{number}.indexes]\nt{number}_idx = {{ columns = [\"id\"], where = {sql} }}\n\
             [enum.e{number}]\nvalues = [{label}]\ndoc = {text}\n\
             [view.v{number}]\ndoc = {text}\nsql = {query}\n\
             [trigger.g{number}]\ndoc = {text}\ntable = \"t{number}\"\n\
             sql = \"CREATE TRIGGER g{number} AFTER DELETE ON t{number} BEGIN SELECT 1; END\"\n"
        );
    }
    // Names as odd as they may be.
    schema
        + "[table.\"it's \\\"; DROP TABLE canary; --\".columns]\n\
              \"*/ {} # \\\\ ' \\\" )\" = { type = \"text\", default = \"x\" }\n"
}

/// The names and kinds of items, all the way down.
fn items(code: &str) -> Vec<String> {
    fn walk(items: &[syn::Item], found: &mut Vec<String>) {
        for item in items {
            match item {
                syn::Item::Mod(module) => {
                    found.push(format!("mod {}", module.ident));
                    let (_, items) =
                        module.content.as_ref().map_or((None, &[][..]), |(_, items)| (Some(()), items));
                    walk(items, found);
                }
                syn::Item::Struct(item) => found.push(format!("struct {}", item.ident)),
                syn::Item::Fn(item) => found.push(format!("fn {}", item.sig.ident)),
                syn::Item::Static(item) => found.push(format!("static {}", item.ident)),
                syn::Item::Const(item) => found.push(format!("const {}", item.ident)),
                syn::Item::Use(_) => found.push("use".to_owned()),
                syn::Item::Macro(item) => {
                    found.push(format!("macro {}", item.mac.path.segments.last().unwrap().ident));
                }
                syn::Item::Impl(item) => found.push(format!("impl of {}", item.items.len())),
                other => found.push(format!("{:?}", std::mem::discriminant(other))),
            }
        }
    }
    let mut found = Vec::new();
    walk(&syn::parse_file(code).unwrap_or_else(|error| panic!("{error}:\n{code}")).items, &mut found);
    found
}

#[test]
fn hostile_texts_are_stored_as_texts() {
    let workspace = Workspace::new();
    let hostile = workspace.package("hostile");
    let tame = workspace.package("tame");
    hostile.write(SCHEMA, &schema(str::to_owned));
    tame.write(SCHEMA, &schema(|_| "harmless".to_owned()));
    for package in [&hostile, &tame] {
        let ran = package.xtask(&["migrate-new", "create_all"]).ends(0);
        assert_plain(&ran, "migrate-new");
        assert_plain(&package.xtask(&["migrate-new", "rows", "--empty"]).ends(0), "--empty");
        let tame = package.name == "tame";
        let literal = |payload: &str| if tame { "\"harmless\"".to_owned() } else { format!("{payload:?}") };
        let inserts = PAYLOADS.iter().enumerate().map(|(number, payload)| {
            let (table, text) = (format!("after::T{number}"), literal(payload));
            // What is not undone must be possible once more.
            format!(
                "    db.delete({table}).filter({table}::ID.eq(2)).run()?;\n    \
                 db.insert({table}).set({table}::ID, 2).set({table}::NOTE, {text}).run()?;\n"
            )
        });
        let reason = literal(&PAYLOADS.concat());
        package.write(
            "migrations/0002_rows/migration.rs",
            &format!(
                "use super::v0002 as after;\nuse whimbrel::v1::*;\n\n\
                 pub fn upgrade(db: &mut Editor<'_>) -> Result<()> {{\n{}    Ok(())\n}}\n\n\
                 pub const NOTHING_TO_UNDO: &str = {reason};\n",
                inserts.collect::<String>()
            ),
        );
        package.xtask(&["migrate-check"]).ends(0);
    }
    let code = "migrations/0001_create_all/migration.rs";
    assert_eq!(items(&hostile.read(code)), items(&tame.read(code)));
    let built = workspace.build("build");
    for package in [&hostile, &tame] {
        built.passes(package);
    }
    for file in ["db.rs", "modules.rs"] {
        let (one, other) = (built.generated(&hostile, file), built.generated(&tame, file));
        assert_eq!(items(&one), items(&other), "{file}");
        assert!(!one.contains("\u{202e}") && !one.contains('\u{1b}') && !one.contains('\r'), "{file}");
    }

    let program = hostile.build_migrate();
    let plan = hostile.migrate(&program, "apply --dry-run").ends(0);
    assert_plain(&plan, "apply --dry-run");
    assert_eq!(
        statements(&plan.out),
        statements(&tame.migrate(&tame.build_migrate(), "apply --dry-run").ends(0).out),
        "each text is one token of its statement"
    );
    let json = hostile.migrate(&program, "apply --dry-run --json").ends(0);
    assert_plain(&json, "--json");
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert!(json.to_string().contains("DROP TABLE canary"));
    hostile.migrate(&program, "apply").ends(0);

    let db = Connection::open(hostile.path("app.db")).unwrap();
    db.execute("INSERT INTO canary VALUES (7)", []).unwrap();
    for (number, payload) in PAYLOADS.into_iter().enumerate() {
        db.execute(&format!("INSERT INTO t{number} (id) VALUES (1)"), []).unwrap();
        for (id, from) in [(1, "the default"), (2, "the migration")] {
            let sql = format!("SELECT note FROM t{number} WHERE id = {id}");
            let stored: String = db.query_row(&sql, [], |row| row.get(0)).unwrap();
            assert_eq!(stored, payload, "{from} is there byte for byte");
        }
    }
    drop(db);
    // The data is archived and shown.
    hostile.migrate(&program, "rollback --steps 2").ends(0);
    for number in 1..=PAYLOADS.len() {
        let shown = hostile.migrate(&program, &format!("archive show {number}")).ends(0);
        assert_plain(&shown, "archive show");
        assert_eq!(shown.out.trim_end().lines().count(), if number == 1 { 2 } else { 3 }, "{}", shown.out);
        let json = hostile.migrate(&program, &format!("archive show {number} --json")).ends(0);
        assert_plain(&json, "archive show --json");
        serde_json::from_str::<serde_json::Value>(&json.out).unwrap();
    }
}

#[test]
fn a_hostile_history_cannot_draw_on_the_terminal() {
    let workspace = Workspace::new();
    let package = workspace.package_with("drawing", base::files());
    let program = package.build_migrate();
    package.migrate(&program, "apply").ends(0);
    let db = Connection::open(package.path("app.db")).unwrap();
    let before = package.migrate(&program, "history").ends(0).out.lines().count();
    for column in ["actor", "finished_at"] {
        db.execute(&format!("UPDATE whimbrel_history SET {column} = ?1"), [PAYLOADS.concat()]).unwrap();
    }
    for command in ["history", "history --detailed", "history --json", "status", "status --json"] {
        assert_plain(&package.migrate(&program, command).ends(0), command);
    }
    assert_eq!(package.migrate(&program, "history").out.lines().count(), before, "no line was made up");
    // A revision that the program does not have is quoted in the error and in its help.
    let last = "event = (SELECT MAX(event) FROM whimbrel_history)";
    let sql = format!("UPDATE whimbrel_history SET revision = ?1, head_after = ?1 WHERE {last}");
    db.execute(&sql, [PAYLOADS.concat()]).unwrap();
    for command in ["apply", "status", "status --json", "pending", "history --detailed"] {
        assert_plain(&package.migrate(&program, command), command);
    }
}

/// Nothing that a terminal would not show as it is.
#[track_caller]
fn assert_plain(ran: &Ran, what: &str) {
    let hidden = |character: char| is_hidden(character) && character != '\n';
    for text in [&ran.out, &ran.err] {
        assert!(!text.contains(hidden), "{what}: {:?}", text.chars().find(|character| hidden(*character)));
    }
}

/// How many tokens each statement of an SQL text has: comments are none, and a quoted text is one.
fn statements(sql: &str) -> Vec<usize> {
    let (mut counts, mut count) = (Vec::new(), 0);
    let mut rest = sql.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '-' if rest.starts_with("--") => {
                rest = rest.split_once('\n').map_or("", |(_, after)| after).trim_start();
                continue;
            }
            '/' if rest.starts_with("/*") => {
                rest = rest.split_once("*/").expect("the comment is closed").1.trim_start();
                continue;
            }
            quote @ ('\'' | '"' | '`') => quoted(rest, quote),
            ';' => {
                counts.push(count);
                count = 0;
                rest = rest[1..].trim_start();
                continue;
            }
            letter if letter.is_alphanumeric() || letter == '_' => {
                rest.find(|next: char| !next.is_alphanumeric() && next != '_').unwrap_or(rest.len())
            }
            other => other.len_utf8(),
        };
        count += 1;
        rest = rest[length..].trim_start();
    }
    assert_eq!(count, 0, "the last statement is closed");
    counts
}

/// The bytes up to the end of a quoted text, in which the quote is doubled.
fn quoted(text: &str, quote: char) -> usize {
    let mut end = 1;
    loop {
        end += text[end..].find(quote).expect("the text is closed") + 1;
        if !text[end..].starts_with(quote) {
            return end;
        }
        end += 1;
    }
}

#[test]
fn only_plain_files_of_the_package_are_read() {
    let workspace = Workspace::new();
    let outside = workspace.path().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("x.toml"), format!("{SECRET} =")).unwrap();
    fs::write(outside.join("migration.rs"), SECRET).unwrap();
    let fifo = |path: &std::path::Path| {
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    };
    type Make<'a> = Box<dyn Fn(&std::path::Path) + 'a>;
    let cases: Vec<(&str, &str, Make<'_>)> = vec![
        (
            "schema/x.toml",
            "a link that leads out",
            Box::new(|at| symlink(outside.join("x.toml"), at).unwrap()),
        ),
        ("schema/x.toml", "a link that leads out", Box::new(|at| symlink("/dev/zero", at).unwrap())),
        ("schema/x.toml", "a link that leads nowhere", Box::new(|at| symlink("nowhere", at).unwrap())),
        ("schema/x.toml", "not a regular file", Box::new(fifo)),
        ("schema/deep", "a link to a directory", Box::new(|at| symlink(&outside, at).unwrap())),
        ("schema/loop", "a link to a directory", Box::new(|at| symlink("../schema", at).unwrap())),
        (
            "schema/x\ncargo::warning=injected\n.toml",
            "invisible character",
            Box::new(|at| fs::write(at, "").unwrap()),
        ),
        ("schema/x\u{202e}.toml", "invisible character", Box::new(|at| fs::write(at, "").unwrap())),
        (
            "schema/x.toml",
            "has 17000000 bytes",
            Box::new(|at| fs::File::create(at).unwrap().set_len(17_000_000).unwrap()),
        ),
        ("migrations/0009_x", "a link to a directory", Box::new(|at| symlink(&outside, at).unwrap())),
        ("migrations/-x", "not the name of a migration", Box::new(|at| fs::create_dir(at).unwrap())),
        ("migrations/CON", "not the name of a migration", Box::new(|at| fs::create_dir(at).unwrap())),
        ("migrations/0009_..", "not the name of a migration", Box::new(|at| fs::create_dir(at).unwrap())),
        (
            "migrations",
            "a link to a directory",
            Box::new(|at| {
                fs::rename(at, outside.join("moved")).unwrap();
                symlink(outside.join("moved"), at).unwrap();
            }),
        ),
    ];
    let long = format!("migrations/0009_{}", "x".repeat(200));
    let cases = cases.into_iter().chain([(
        long.as_str(),
        "not the name of a migration",
        Box::new(|at: &std::path::Path| fs::create_dir(at).unwrap()) as Make<'_>,
    )]);
    for (number, (path, words, make)) in cases.enumerate() {
        let package = workspace.package_with(&format!("files-{number}"), base::files());
        package.xtask(&["migrate-check"]).ends(0);
        make(&package.path(path));
        let began = Instant::now();
        let ran = package.xtask(&["migrate-check"]).ends(1).complains(words).complains("= help: ");
        assert!(began.elapsed() < Duration::from_secs(20), "{path} takes long");
        assert!(!ran.err.contains(SECRET), "{path}: {}", ran.err);
        assert_plain(&ran, path);
        // Nor is anything written through it.
        package.xtask(&["migrate-new", "more", "--empty"]).ends(1);
        package.xtask(&["migrate-seal"]).ends(1);
        assert_eq!(fs::read_to_string(outside.join("migration.rs")).unwrap(), SECRET);
    }
    // A link within the package is as good as the file.
    let package = workspace.package_with("files-linked", base::files());
    fs::rename(package.path(SCHEMA), package.path("schema/real.txt")).unwrap();
    symlink("real.txt", package.path(SCHEMA)).unwrap();
    package.xtask(&["migrate-check"]).ends(0);
}

#[test]
fn names_of_new_migrations_stay_in_their_directory() {
    let workspace = Workspace::new();
    let package = workspace.package_with("naming", base::files());
    let long = "x".repeat(300);
    let names =
        ["../x", "/etc/x", "C:\\x", "CON", &long, "a\nb", "\u{202e}x", "'; DROP TABLE x; --", "a/../../b"];
    for name in names {
        let ran = package.xtask(&["migrate-new", name, "--empty"]).ends(0);
        assert_plain(&ran, name);
        package.xtask(&["migrate-check"]).ends(0);
    }
    package.xtask(&["migrate-new", "-x", "--empty"]).ends(2);
    package.xtask(&["migrate-new", "..", "--empty"]).ends(2);
    let made: Vec<String> = fs::read_dir(package.path("migrations"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(made.len(), 3 + names.len(), "{made:?}");
    let plain = |name: &String| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    assert!(made.iter().all(|name| plain(name) && name.len() < 100), "{made:?}");
}

#[test]
fn passwords_are_in_no_output() {
    let workspace = Workspace::new();
    let silent = |ran: &Ran, what: &str| {
        assert!(!format!("{}{}", ran.out, ran.err).contains(SECRET), "{what}: {} {}", ran.out, ran.err);
    };
    let package = workspace.package_with("secretive", base::files());
    let program = package.build_migrate();
    for url in [
        format!("postgres://ada:{SECRET}@db/mail"),
        format!("postgres://ada:%20{SECRET}%40@db/mail"),
        format!("postgres://ada:a?{SECRET}@db/mail"),
        format!("mysql://db/mail?password={SECRET}&socket=/run/s"),
        format!("sqlite:mail.db?key={SECRET}"),
        format!("host=db&password={SECRET}"),
    ] {
        for command in ["apply", "apply --dry-run", "status --json", "history", "pending"] {
            let ran = package.migrate(&program, &format!("{command} --url {url}")).ends(2);
            silent(&ran, &url);
        }
    }
    // In the environment, where programs in production have it.
    package.write("whimbrel.toml", "[environment.dev]\nurl = { env = \"MAIL_URL\" }\n");
    let program = package.build_migrate();
    for url in [
        format!("postgres://ada:{SECRET}@db/mail"),
        format!("mysql://db/mail?password={SECRET}"),
        format!("sqlite:no/such/place.db?key={SECRET}"),
        format!("nonsense {SECRET}"),
    ] {
        for command in ["apply", "status --json", "rollback --steps 1 --dry-run"] {
            for variable in ["MAIL_URL", "DATABASE_URL"] {
                let ran =
                    package.migrate_where(&program, command, &[(variable, &url), ("RUST_BACKTRACE", "1")]);
                assert_ne!(ran.code, 0, "{url}");
                silent(&ran, &url);
            }
        }
    }
    // In whimbrel.toml, where it would go into the generated code.
    for line in [
        format!("url = \"postgres://ada:{SECRET}@db/mail\""),
        format!("url = \"mysql://db/mail?sslmode=require&password={SECRET}\""),
        format!("url = 'postgres://ada:{SECRET}@db/mail' oops"),
        format!("uurl = 'postgres://ada:{SECRET}@db/mail'"),
    ] {
        package.write("whimbrel.toml", &format!("[environment.dev]\n{line}\n"));
        let ran = package.xtask(&["migrate-check"]).ends(1).complains("whimbrel.toml");
        silent(&ran, &line);
        let built = workspace.check();
        assert!(!built.builds(&package));
        assert!(!built.explain().contains(SECRET), "{}", built.explain());
        assert!(!built.generated(&package, "db.rs").contains(SECRET));
    }
}
