//! Whatever a file holds, it is read without a panic, and every report of it can be shown.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

use std::fs;
use std::path::Path;

#[path = "support/door.rs"]
mod door;

use door::check;

const MAIL: &str = include_str!("cases/valid/mail.toml");
const DOZEN: &str = include_str!("cases/schema/dozen.toml");
const SNAPSHOT: &str = include_str!("fixtures/snapshot_format_1.toml");

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

/// What the fuzzer does without end, done for a while: pieces of all cases, put together by chance.
#[test]
fn pieces_of_all_cases() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut texts: Vec<String> = ["schema", "snapshot", "valid"]
        .iter()
        .flat_map(|directory| fs::read_dir(cases.join(directory)).unwrap())
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    texts.sort();
    let mut chance = Chance(1);
    for _ in 0..4_000 {
        let mut text = texts[chance.below(texts.len())].clone();
        for _ in 0..=chance.below(6) {
            let other = &texts[chance.below(texts.len())];
            let piece = chance.range(other);
            let place = chance.range(&text);
            let place = if chance.below(2) == 0 { place.start..place.start } else { place };
            text.replace_range(place, &other[piece]);
        }
        text.truncate((0..=text.len().min(4_000)).rev().find(|end| text.is_char_boundary(*end)).unwrap());
        check(&text);
    }
}

/// The same on every machine: xorshift.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % limit
    }

    /// A part of a text, mostly a short one.
    fn range(&mut self, text: &str) -> std::ops::Range<usize> {
        let longest = [1, 8, 60, text.len() + 1][self.below(4)];
        let floor = |offset: usize| (0..=offset).rev().find(|offset| text.is_char_boundary(*offset)).unwrap();
        let start = floor(self.below(text.len() + 1));
        start..floor((start + self.below(longest)).min(text.len())).max(start)
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
