//! Faults A01 to A05 and A09 of the catalogue of faults, as far as one case of each was not enough: what is
//! wrong with a schema file is said, and what is not wrong means the same however it was written.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

use whimbrel_schema::{
    Code, ColumnType, Diagnostic, Dialect, Schema, Sources, Style, parse, report_all, validate,
};

fn read(text: &str, dialects: &[Dialect]) -> (Schema, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let id = sources.add("schema/a.toml", text);
    let validated = validate(&[parse(&sources, id)], dialects);
    report_all(&validated.diagnostics, &sources, Style::Plain);
    (validated.schema, validated.diagnostics)
}

/// What is wrong: the code and the help of each.
fn wrong(text: &str, dialects: &[Dialect]) -> Vec<(Code, String)> {
    let diagnostics = read(text, dialects).1;
    diagnostics.into_iter().map(|one| (one.code, one.help.join("; "))).collect()
}

/// A word with two letters exchanged, one left out, one doubled.
fn slips(word: &str) -> [String; 3] {
    let letters: Vec<char> = word.chars().collect();
    let middle = letters.len() / 2;
    let (mut exchanged, mut shorter, mut longer) = (letters.clone(), letters.clone(), letters.clone());
    exchanged.swap(middle - 1, middle);
    shorter.remove(middle);
    longer.insert(middle, letters[middle]);
    [exchanged, shorter, longer].map(|letters| letters.into_iter().collect())
}

#[test]
fn a01_a_slip_in_any_word_is_understood() {
    const SCHEMA: &str = "[enum]\nmail_category = ['personal', 'promotion']\n\
                          [table.mailboxes]\ncolumns.owner_id = { type = 'bigint', primary_key = true }\n\
                          [table.t.columns]\na = { type = 'TYPE', default = 'personal' }\n\
                          b = { type = 'bigint', references = 'TABLE.COLUMN', on_delete = 'ACTION' }\n\
                          c = { type = 'mail_category', default = 'VALUE' }\n";
    let words = [
        ("TYPE", "mail_category"),
        ("TABLE", "mailboxes"),
        ("COLUMN", "owner_id"),
        ("ACTION", "restrict"),
        ("VALUE", "promotion"),
    ];
    let fill = |wrong: &str, text: &str| {
        words.iter().fold(SCHEMA.to_owned(), |schema, (place, word)| {
            schema.replace(place, if *place == wrong { text } else { word })
        })
    };
    assert_eq!(wrong(&fill("", ""), &[Dialect::Sqlite]), []);
    for (place, word) in words {
        for slip in slips(word).into_iter().filter(|slip| slip != word) {
            let found = wrong(&fill(place, &slip), &[Dialect::Sqlite]);
            assert!(found.iter().any(|(_, help)| help.contains(word)), "{slip}: {found:?}");
        }
    }
    for name in ColumnType::NAMES.into_iter().filter(|name| name.len() > 4) {
        for slip in slips(name).into_iter().filter(|slip| slip != name) {
            let found = wrong(&format!("[table.t.columns]\na = '{slip}'"), &[Dialect::Sqlite]);
            assert!(
                matches!(&found[..], [(Code::BAD_TYPE, help)] if help.contains(name)),
                "{slip}: {found:?}"
            );
        }
    }
}

#[test]
fn a01_what_is_there_twice_is_told() {
    let twice = |text: &str, code: Code| {
        let found = read(text, &Dialect::ALL).1;
        let told = found.iter().find(|one| one.code == code).unwrap_or_else(|| panic!("{text}: {found:?}"));
        assert_eq!(told.labels.len(), 2, "both places are shown: {told:?}");
    };
    let table = "[table.t]\ncolumns = { a = 'bigint', b = 'bigint' }\n";
    twice(&format!("{table}[table.t]\ncolumns.a = 'bigint'"), Code::DUPLICATE);
    twice("[table.t.columns]\na = 'bigint'\na = 'text'", Code::DUPLICATE);
    twice(&format!("{table}indexes.i = ['a']\nindexes.i = ['b']"), Code::DUPLICATE);
    twice(
        &format!("{table}indexes.i = ['a']\n[table.u]\ncolumns.a = 'bigint'\nindexes.i = ['a']"),
        Code::DUPLICATE,
    );
    twice(&format!("{table}checks.c = 'a > 0'\nchecks.C = 'a > 0'"), Code::COLLIDING_NAMES);
    twice("[view.v]\nsql = 'SELECT 1'\n[table.v]\ncolumns.a = 'bigint'", Code::COLLIDING_NAMES);
}

/// 63 bytes are what PostgreSQL takes, and 64 what MySQL takes; a character of several bytes is not cut.
#[test]
fn a04_names_are_as_long_as_the_database_takes() {
    let named = |name: &str| {
        [
            format!("[table.'{name}'.columns]\nid = 'bigint'"),
            format!("[table.t.columns]\n'{name}' = 'bigint'"),
            format!("[table.t]\ncolumns.id = 'bigint'\nchecks.'{name}' = 'id > 0'"),
            format!("[table.t]\ncolumns.id = 'bigint'\nindexes.'{name}' = ['id']"),
            format!("[table.t]\ncolumns.id = 'bigint'\nuniques.'{name}' = ['id']"),
            format!("[table.t]\ncolumns.id = 'bigint'\n[view.'{name}']\nsql = 'SELECT id FROM t'"),
        ]
    };
    let names =
        |bytes: usize| ["x".repeat(bytes), format!("{}{}", "x".repeat(bytes % 2), "é".repeat(bytes / 2))];
    for (bytes, refused) in [(63, vec![]), (64, vec!["PostgreSQL"]), (65, vec!["PostgreSQL", "MySQL"])] {
        for text in names(bytes).iter().flat_map(|name| named(name)) {
            for dialect in Dialect::ALL {
                let found = read(&text, &[dialect]).1;
                let expected = refused.contains(&dialect.to_string().as_str());
                assert_eq!(!found.is_empty(), expected, "{bytes} bytes on {dialect}: {found:?}");
                assert!(found.iter().all(|one| one.code == Code::LONG_NAME), "{found:?}");
            }
        }
    }
    // Names made of others, equal in what a server would have kept of them.
    let long = "a_rather_long_name_for_a_table_that_is_nearly_as_long_as_it_can";
    let text = format!(
        "[table.{long}.columns]\na = {{ type = 'bigint', unique = true }}\nb = {{ type = 'bigint', unique = true }}"
    );
    let found = wrong(&text, &[Dialect::Postgres]);
    assert_eq!(found.iter().filter(|(code, _)| *code == Code::LONG_NAME).count(), 2, "{found:?}");
}

/// Such a name is refused, or kept byte for byte; `snapshot.rs` has them in snapshots, and
/// `tests/tests/text.rs` in databases.
#[test]
fn a05_signs_in_names_are_refused_or_kept() {
    let signs = [
        "'", "\"", "`", "[", "]", ";", "\\", "--", "/*", "%", "?", "$", "#", "{}", "\0", "\n", "\r", "\t",
        "\u{7f}",
    ];
    let escaped = |text: &str| {
        let characters = text.chars().map(|character| format!("\\U{:08X}", u32::from(character)));
        characters.collect::<String>()
    };
    for sign in signs {
        let hidden = sign.chars().any(char::is_control);
        for name in [format!("a{sign}b"), format!("{sign}a"), format!("a{sign}"), sign.to_owned()] {
            let quoted = format!("\"{}\"", escaped(&name));
            let text = format!(
                "[table.{quoted}]
primary_key = [{quoted}]
columns.{quoted} = 'bigint'
indexes.\"i{}\" = ['x']
\
                 columns.x = 'bigint'",
                escaped(&name)
            );
            let (schema, found) = read(&text, &Dialect::ALL);
            if hidden {
                assert!(found.iter().any(|one| one.code == Code::BAD_NAME), "{name:?}: {found:?}");
                continue;
            }
            assert!(found.is_empty(), "{name:?}: {found:?}");
            assert!(schema.table(&name).unwrap().column(&name).is_some(), "{name:?}");
        }
    }
}

#[test]
fn a09_line_ends_and_marks_mean_nothing() {
    let text = include_str!("cases/valid/mail.toml");
    let (schema, found) = read(text, &[Dialect::Sqlite]);
    assert_eq!(found, []);
    for same in [
        text.replace('\n', "\r\n"),
        format!("\u{feff}{text}"),
        format!("{text}\n\n"),
        text.trim_end().to_owned(),
    ] {
        assert!(read(&same, &[Dialect::Sqlite]) == (schema.clone(), vec![]));
    }
    // What is no line end, and what is no UTF-8 text at all.
    let found = wrong(&text.replace('\n', "\r"), &[Dialect::Sqlite]);
    assert!(found.iter().all(|(code, _)| *code == Code::SYNTAX) && !found.is_empty(), "{found:?}");
    let wide: String = text.chars().flat_map(|character| [character, '\0']).collect();
    let found = wrong(&wide, &[Dialect::Sqlite]);
    assert!(found.iter().all(|(code, _)| *code == Code::SYNTAX) && found.len() <= 100, "{}", found.len());
}
