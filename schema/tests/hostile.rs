//! Files that no person writes: they get an error early, or are read like others, and what is in them
//! reaches a terminal only escaped. Faults K05 and K06 of the catalogue of faults.
//!
//! Nothing here measures time. What is not bounded would take minutes, or the memory.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

use std::fmt::Write as _;

use whimbrel_schema::text::is_hidden;
use whimbrel_schema::{
    Code, Config, Diagnostic, Dialect, Snapshot, Sources, Style, Validated, parse, report, report_all,
    validate,
};

const MEGABYTE: usize = 1024 * 1024;

fn read(text: &str) -> (Sources, Validated) {
    let mut sources = Sources::default();
    let id = sources.add("schema/a.toml", text);
    let validated = validate(&[parse(&sources, id)], &[Dialect::Sqlite]);
    for diagnostic in validated.diagnostics.iter().take(100) {
        let report = report(diagnostic, &sources, Style::Plain);
        assert!(report.len() < 20_000, "{}", &report[..1_000]);
    }
    (sources, validated)
}

/// All of it is wrong in one way, and little enough is said about it.
#[track_caller]
fn check(text: &str, code: Code, most: usize) {
    let diagnostics = read(text).1.diagnostics;
    let codes: Vec<Code> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    assert!(codes.contains(&code), "{:?}", &codes[..codes.len().min(10)]);
    assert!(codes.len() <= most, "{} diagnostics", codes.len());
}

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, number| {
        writeln!(text, "{}", line(number)).unwrap();
        text
    })
}

#[test]
fn files_of_errors() {
    // Within the limit of what is read, and far beyond.
    for size in [MEGABYTE / 8, MEGABYTE] {
        check(&"=\n".repeat(size / 2), Code::SYNTAX, 100);
        check(&"\"\n".repeat(size / 2), Code::SYNTAX, 100);
        check(&"= ".repeat(size / 2), Code::SYNTAX, 100);
        check(&"a = [\n".repeat(size / 6), Code::SYNTAX, 100);
        check(&"a = 1\n".repeat(size / 12), Code::DUPLICATE, 100);
        check(&"[table.a]\n".repeat(size / 12), Code::DUPLICATE, 100);
        check(&"<<<<<<<\n".repeat(size / 8), Code::SYNTAX, 100);
    }
    check(&"=\n".repeat(4 * MEGABYTE), Code::UNREADABLE, 1);
    // The other files of a package are read through the same door.
    let mut sources = Sources::default();
    let id = sources.add("whimbrel.toml", "=\n".repeat(MEGABYTE));
    assert_eq!(Config::parse(&sources, id).1.len(), 100);
    assert_eq!(Snapshot::parse(&sources, id).diagnostics.len(), 100);
}

/// What lies before the errors that are not looked at is still read; what lies behind them is not.
#[test]
fn errors_at_the_end() {
    let tables = lines(10_000, |number| format!("[table.t{number}]\ncolumns.id = 'bigint'"));
    let (_, validated) =
        read(&format!("{tables}{}[table.behind.columns]\nid = 'text'\n", "=\n".repeat(50_000)));
    assert_eq!(validated.schema.tables.len(), 10_000);
    assert_eq!(validated.diagnostics.len(), 100);
    let last = validated.diagnostics.last().unwrap();
    assert!(last.help.last().unwrap().contains("and thousands of more syntax errors"), "{last:?}");
}

#[test]
fn depth() {
    for open in ["[", "{a=", "[[", "[{a=["] {
        check(&format!("a = {}", open.repeat(100_000)), Code::SYNTAX, 2);
        check(&format!("a = {}", open.repeat(4 * MEGABYTE / open.len())), Code::UNREADABLE, 1);
    }
    check(&format!("{}a = 1", "a.".repeat(100_000)), Code::SYNTAX, 3);
}

#[test]
fn keys() {
    check(&lines(1_000_000, |number| format!("k{number} = 1")), Code::UNREADABLE, 1);
    check(&lines(100_000, |number| format!("k{number} = 1")), Code::UNKNOWN_KEY, 10_000);
    check(
        &format!("[table.t.columns]\n{}", lines(100_000, |number| format!("c{number} = 'nothing'"))),
        Code::UNSUPPORTED,
        2_001,
    );
}

#[test]
fn ten_thousand_tables() {
    let table = |number: usize| {
        format!(
            "[table.table_{number}.columns]\nid = {{ type = 'bigint', primary_key = true }}\n\
             next_id = {{ type = 'bigint', references = 'table_{}.id' }}",
            number * 7919 % 10_000
        )
    };
    let text = lines(10_000, table);
    let (_, validated) = read(&text);
    assert_eq!((validated.schema.tables.len(), validated.diagnostics.len()), (10_000, 0));
    check(&text.replace("'table_", "'tabel_"), Code::UNKNOWN_TABLE, 10_000);
}

#[test]
fn columns() {
    let columns =
        |count: usize| lines(count, |number| format!("c{number} = {{ type = 'text', unique = true }}"));
    let (_, validated) = read(&format!("[table.t.columns]\n{}", columns(2_000)));
    assert!(validated.diagnostics.is_empty() && validated.schema.table("t").unwrap().columns.len() == 2_000);
    check(&format!("[table.t.columns]\n{}", columns(2_001)), Code::UNSUPPORTED, 1);
    let list = |name: &str| format!("['{}']", vec![name; 100_000].join("','"));
    let table = "[table.t]\ncolumns.a = 'text'\n";
    check(&format!("{table}primary_key = {}", list("a")), Code::UNSUPPORTED, 1);
    check(&format!("{table}uniques.u = {}", list("b")), Code::UNSUPPORTED, 1);
    check(&format!("{table}indexes.i = {}", list("lower(a)")), Code::UNSUPPORTED, 1);
    let references = format!("'t({})'", vec!["a"; 100_000].join(","));
    check(
        &format!("{table}columns.b = {{ type = 'text', references = {references} }}"),
        Code::UNSUPPORTED,
        1,
    );
}

#[test]
fn enums_views_and_triggers() {
    let labels = |count: usize| lines(count, |number| format!("'label number {number}',"));
    let table = "[table.t.columns]\nid = 'text'\n";
    let (_, validated) = read(&format!("{table}[enum]\nmood = [\n{}]", labels(60_000)));
    assert!(validated.diagnostics.is_empty(), "{:?}", validated.diagnostics);
    check(&format!("[enum]\nmood = [\n{0}{0}]", labels(20_000)), Code::BAD_ENUM, 10_000);
    let enums = lines(5_000, |number| format!("mood_{number} = ['a']"));
    let columns = lines(2_000, |number| format!("c{number} = 'moodd_{number}'"));
    check(&format!("[table.t.columns]\n{columns}[enum]\n{enums}"), Code::BAD_TYPE, 2_000);
    let columns =
        lines(2_000, |number| format!("c{number} = {{ type = 'mood', default = 'lable {number}' }}"));
    check(
        &format!("[table.t.columns]\n{columns}[enum]\nmood = [\n{}]", labels(5_000)),
        Code::BAD_DEFAULT,
        2_000,
    );
    let view = |number: usize, read: usize| format!("[view.v{number}]\nsql = 'SELECT * FROM v{read}'");
    let (_, validated) = read(&format!("{table}{}", lines(5_000, |number| view(number, number + 1))));
    assert_eq!((validated.schema.views.len(), validated.diagnostics.len()), (5_000, 0));
    check(
        &format!("{table}{}", lines(5_000, |number| view(number, (number + 1) % 5_000))),
        Code::BAD_VIEW,
        1,
    );
    let view = |number: usize| format!("[view.v{number}]\nsql = 'SELECT 1'\ndepends_on = ['w{number}']");
    check(&format!("{table}{}", lines(5_000, view)), Code::UNKNOWN_TABLE, 5_000);
    let trigger = |number: usize| {
        format!(
            "[trigger.g{number}]\ntable = 'u{number}'\nsql = 'CREATE TRIGGER g{number} AFTER INSERT ON t'"
        )
    };
    let tables = lines(5_000, |number| format!("[table.t{number}]\ncolumns.id = 'text'"));
    check(&format!("{tables}{}", lines(5_000, trigger)), Code::UNKNOWN_TABLE, 5_000);
}

#[test]
fn hints_and_names() {
    let renamed =
        lines(20_000, |number| format!("[table.t{number}]\nrenamed_from = 'x'\ncolumns.id = 'text'"));
    check(&renamed, Code::BAD_RENAME, 10_000);
    let named = lines(20_000, |number| format!("[table.t{number}]\ncolumns.id = 'text'\nindexes.u = ['id']"));
    check(&named, Code::DUPLICATE, 10_000);
    let long = "x".repeat(MEGABYTE);
    let (_, validated) =
        read(&format!("[table.{long}.columns]\nid = {{ type = '{long}', default = '{long}' }}"));
    assert_eq!(validated.diagnostics.len(), 1);
    let (_, validated) = read(&format!("[table.t.columns]\nid = {{ type = 'text', default = '{long}' }}"));
    assert!(validated.diagnostics.is_empty());
}

/// What would clear the screen, write a link, ring, or turn the line around.
const SIGNS: [&str; 9] = [
    "\u{1b}[2J",
    "\u{1b}]8;;http://evil.example\u{1b}\\\\",
    "\u{1b}]52;c;ZXZpbA==\u{7}",
    "\r",
    "\u{202e}",
    "\u{2066}",
    "\u{200b}",
    "\u{9b}31m",
    "\u{feff}",
];

/// In the file itself where TOML allows it, and as an escape of TOML.
#[test]
fn signs_reach_a_terminal_escaped() {
    for sign in SIGNS {
        let escaped: String = sign.chars().map(|sign| format!("\\U{:08X}", u32::from(sign))).collect();
        for sign in [sign, escaped.as_str()] {
            let text = format!(
                "\"k{sign}\" = 1 # {sign}\n[table.\"t{sign}\"]\ndoc = \"{sign}\"\n\
                 columns.\"c{sign}\" = {{ type = \"t{sign}\", default = \"{sign}\", on_delete = \"{sign}\" }}\n\
                 columns.d = {{ type = 'bigint', default = \"{sign}\", references = \"u{sign}.id\" }}\n\
                 primary_key = [\"p{sign}\"]\nindexes.\"i{sign}\" = {{ columns = [\"x{sign}\"], wher{sign} = 1 }}\n"
            );
            let mut sources = Sources::default();
            let id = sources.add(format!("schema/{sign}.toml"), &text);
            let mut diagnostics: Vec<Diagnostic> =
                validate(&[parse(&sources, id)], &Dialect::ALL).diagnostics;
            diagnostics.extend(Snapshot::parse(&sources, id).diagnostics);
            diagnostics.extend(Config::parse(&sources, id).1);
            assert!(diagnostics.len() > 3, "{diagnostics:?}");
            let shown = report_all(&diagnostics, &sources, Style::Plain);
            assert!(!shown.contains(|sign| is_hidden(sign) && sign != '\n'), "{shown}");
        }
    }
}
