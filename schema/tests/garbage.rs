//! Whatever a file holds, it is read without a panic, and every report of it can be shown.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

use whimbrel_schema::{Dialect, Snapshot, Sources, Style, parse, report, validate};

const MAIL: &str = include_str!("cases/valid/mail.toml");
const DOZEN: &str = include_str!("cases/schema/dozen.toml");
const SNAPSHOT: &str = include_str!("fixtures/snapshot_format_1.toml");

fn check(text: &str) {
    let mut sources = Sources::default();
    let id = sources.add("a.toml", text);
    let mut diagnostics = validate(&[parse(&sources, id)], &Dialect::ALL).diagnostics;
    let toml = toml::de::DeTable::parse(&sources.get(id).text).is_ok();
    assert!(toml || !diagnostics.is_empty(), "no TOML, and nobody says so: {text}");
    let parsed = Snapshot::parse(&sources, id);
    assert_eq!(parsed.snapshot.is_some(), parsed.diagnostics.is_empty());
    if let Some(snapshot) = parsed.snapshot {
        let id = sources.add("b.toml", snapshot.to_string());
        assert_eq!(Snapshot::parse(&sources, id).snapshot, Some(snapshot));
    }
    diagnostics.extend(parsed.diagnostics);
    for diagnostic in diagnostics.iter().take(4) {
        assert!(!diagnostic.labels.is_empty() && !diagnostic.help.is_empty(), "{diagnostic:?}");
        assert!(!report(diagnostic, &sources, Style::Plain).is_empty());
    }
}

#[test]
fn truncated() {
    for text in [MAIL, DOZEN, SNAPSHOT] {
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            check(&text[..end]);
        }
    }
}

#[test]
fn changed() {
    const REPLACEMENTS: [&str; 16] =
        ["", "\"", "'", "[", "]", "{", "}", "=", ".", ",", "\n", "0", "?", "\u{0}", "\u{202e}", "\\"];
    let mut seed = 1_u32;
    for text in [MAIL, DOZEN, SNAPSHOT] {
        for _ in 0..1_000 {
            let mut changed = text.to_owned();
            for _ in 0..=(seed >> 30) {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let mut start = (seed >> 4) as usize % changed.len();
                while !changed.is_char_boundary(start) {
                    start -= 1;
                }
                let end = start + changed[start..].chars().next().map_or(0, char::len_utf8);
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                changed.replace_range(start..end, REPLACEMENTS[(seed >> 8) as usize % REPLACEMENTS.len()]);
            }
            check(&changed);
        }
    }
}

#[test]
fn lines_in_another_order() {
    let mut seed = 7_u32;
    for text in [MAIL, DOZEN, SNAPSHOT] {
        for _ in 0..500 {
            let mut lines: Vec<&str> = text.lines().collect();
            for _ in 0..4 {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let (first, second) =
                    ((seed >> 4) as usize % lines.len(), (seed >> 16) as usize % lines.len());
                lines.swap(first, second);
            }
            check(&lines.join("\n"));
        }
    }
}

#[test]
fn deep_and_odd() {
    for text in [
        "[[table]]\na = 1\n[[table]]\n",
        "[[table.users]]\ncolumns.id = 'text'\n",
        "table.users.columns.id.type.x = 1\n",
        "table = [{}, {}]\n",
        "table.users.columns.id = [[[[]]]]\n",
        "a = nan\n[table.users.columns]\nid = { type = 'double', default = nan }",
        "[table.users.columns]\nid = { type = 'decimal(38,38)', default = 1e400 }",
        "[table.users.columns]\nid = { type = 'double', default = 1e400 }",
        "[table.users.columns]\nid = { type = 'varchar(4294967296)' }",
        "\u{feff}\u{feff}",
        "\r",
        "\0",
        "=======\n",
        "[table.users.columns]\n>>>>>>> theirs\nid = 'text'",
    ] {
        check(text);
    }
    check(&"[".repeat(100_000));
    check(&format!("a = {}", "[".repeat(100_000)));
    check(&format!("a = {}", "{a=".repeat(100_000)));
    check(&"a.".repeat(100_000));
    check(&"= ".repeat(100_000));
}
