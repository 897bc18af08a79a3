//! What does not change the meaning of a migration leaves its hash alone.

use crate::harness::{Package, Workspace, files_below, repository, rustfmt};

/// Everything that rustfmt is known to rewrite.
const ADVERSARIAL: &str = r##"// Adversarial.

use whimbrel::v1::*;
use super::{v0010 as after, v0009 as before};
use std::{collections::{BTreeSet, BTreeMap}, fmt::{self}};
use std::{str};

/// A constant with documentation.
pub const LONG: &str = "a text that is long enough to be broken over two lines, and \
    then goes on here";
static BYTES: &[u8] = b"bytes \
    continued";

extern fn callback(_value: i32,) -> () {}

#[derive(Clone,Copy,)]
#[derive(Debug)]
pub(in super) struct Pair<T,> where T: Copy { previous: T, next: T }

enum Kind { One, Two(i32,), Three { a: i32, b: i32 } }

type Callback = fn(i32, i32,) -> i32;

impl<T> fmt::Display for Pair<T,> where T: Copy + fmt::Display, {
    fn fmt(&self, f: &mut fmt::Formatter<'_,>,) -> fmt::Result { write!(f, "{} {}", self.previous, self.next,) }
}

macro_rules! twice { ($value:expr) => { $value + $value }; ($one:expr, $($rest:expr),*) => { $one $(+ $rest)* } }

fn apply(f: &dyn Fn(i32, i32,) -> i32, values: &[i32],) -> i32 {
    let add: Callback = |a, b,| { a + b };
    let kinds = [Kind::One, Kind::Two(((1)),), Kind::Three { a: 1, b: 2, },];
    let mut sum = 0;
    for kind in &kinds {
        sum += match kind { | Kind::One => { 1 } Kind::Two(n) => *n, Kind::Three { a, .. } => { let x = *a; x } };
        if sum > 100 { break }
    }
    let pair = Pair { previous: sum, next: add(1, 2), };
    let (one, _two,) = (pair.previous, pair.next,);
    let single = (one,);
    let texts = vec!["a long first text to be formatted", "a long second text to be formatted", "third",];
    let words: BTreeMap<&str, BTreeSet<i32,>,> = texts.iter().map(|text| { (*text, values.iter().copied().collect()) }).collect();
    let longest = words.iter().map(|(word, set)| word.len() + set.len()).filter(|length| *length > 3).max().unwrap_or_default();
    let negative = -(1 as i32).abs();
    let range = (1..=(3)).rev();
    ;
    if let Some(last) = range.last() && last > 0 && longest > 0 && texts.len() > 1 && str::from_utf8(BYTES).is_ok() && LONG.len() > 2 { return f(last, single.0) }
    return twice!(negative) + twice!(1, 2, 3)
}

macro_rules! odd {
    ($a:ident,$b:ty,) => {
        fn $a(value:&$b)->bool { value==&<$b>::default() }
    };
    (@inner $($x:expr,)*) => { [$($x,)*] };
    () => ()
}
odd!(is_empty, String,);

struct Marker<'a,>(&'a str,);
impl<'a,> Marker<'a,> where {
    const fn text(&self) -> &'a str { self.0 }
}

trait Named: Send + Sync + { fn name(&self,) -> String { String::new() } }
impl Named for Kind where {}

fn flow(list: &[i32], option: Option<i32,>,) -> i32 {
    let previous = 1;
    let next = 2;
    let pair = Pair { previous: previous, next: next };
    let other = Pair { previous: 3, ..pair };
    for n in list {
        match n { 0 => { continue } 1 => { break } 2 => { return 3 } 3 => {{ 4 };} 4 => return 5, _ => {} }
    }
    let functions: Vec<fn(i32,)->i32> = vec!(|x| { return x }, |x| -> i32 { x }, move |x| { { x } });
    let nested: ((i32, i32,), [i32; 2],) = ((1, 2), [1, 2,]);
    let first = nested.0 .1;
    let array = [0;3];
    let text = String::from_utf8_lossy::<>(b"x",);
    let sum = list.iter().copied().map(|x| if x > 1 { x } else { (0) }).filter(|x: &i32,| !(*x == 2)).sum::<i32,>();
    let closure = |a: i32, b: i32| { if a > b { a } else { b } };
    let value = match option { Some(x @ (1 | 2)) | Some(x @ 5..=9) => x, Some(_) if (first > 2) => {{ 1 }}, Some(_) => { closure(1, 2) + closure(2, 3) + other.previous + array[0] } None => unreachable!("nothing in {}", text,) };
    let boxed: Box<dyn Fn(i32,) -> (i32)> = Box::new(|x| { match x { 1 => 2, _ => 3 } });
    if (value > 1) { return boxed(1) } else if value == (0) { return functions[0](sum) }
    'outer: loop { loop { break 'outer } }
    let block = { 1 };
    let Some(x) = option else { return block };
    while (x > 1) && (value < 2 || true) { break; }
    { x }
}

pub fn upgrade(db: &mut Editor<'_>) -> Result<()> {
    db.update(before::Users).set(before::Users::DISPLAY_NAME, "Ada \
        Lovelace").filter(before::Users::EMAIL.eq("ada@example.com").and((before::Users::DISPLAY_NAME.is_null()))).run()?;
    db.alter_table(before::Users, after::Users, |users| users.add_column(after::Users::NICK).backfill(((before::Users::EMAIL.lower()))))?;
    Ok(())
}

pub fn downgrade(db: &mut Editor<'_>) -> Result<()> { db.alter_table(after::Users, before::Users, |users| { users.drop_column(after::Users::NICK); })?; Ok(()) }
"##;

/// The example with two more migrations, the second of which seals the first.
fn project(workspace: &Workspace, name: &str) -> Package {
    let mut files = files_below(&repository().join("generated-example"));
    files.retain(|path, _| path.starts_with("schema/") || path.starts_with("migrations/"));
    let package = workspace.package_with(name, &files);
    package.replace(USERS, "display_name = \"text?\"\n", "display_name = \"text?\"\nnick = \"text?\"\n");
    package.xtask(&["migrate-new", "adversarial"]).ends(0);
    package.write(ADVERSARIAL_FILE, ADVERSARIAL);
    package.xtask(&["migrate-new", "sealing", "--empty"]).ends(0);
    package
}

const USERS: &str = "schema/users.toml";
const ADVERSARIAL_FILE: &str = "migrations/0010_adversarial/migration.rs";

#[test]
fn every_way_to_write_a_migration_is_the_same_migration() {
    let workspace = Workspace::new();
    let package = project(&workspace, "formatted");
    let green = |what: &str| {
        let ran = package.xtask(&["migrate-check"]);
        assert_eq!(ran.code, 0, "{what}:\n{}", ran.err);
    };
    let configurations = [
        "max_width=60",
        "hard_tabs=true",
        "max_width=200,use_small_heuristics=Max",
        "max_width=40,use_small_heuristics=Off,tab_spaces=2,use_field_init_shorthand=true",
        "newline_style=Windows",
        "newline_style=Unix,match_arm_leading_pipes=Always",
        "match_block_trailing_comma=true,fn_params_layout=Vertical,match_arm_leading_pipes=Never",
        "merge_derives=false,style_edition=2015",
        "style_edition=2024",
    ];
    for configuration in configurations {
        rustfmt(&package.migrations(), configuration);
        green(configuration);
    }
    let edit = |what: &str, edit: &dyn Fn(&str) -> String| {
        for file in package.text_files() {
            package.write(&file, &edit(&package.read(&file)));
        }
        green(what);
    };
    let comment = |text: &str| if text.contains("fn upgrade") { "//" } else { "#" };
    edit("comments", &|text| {
        let mark = comment(text);
        let lines: Vec<&str> = text.lines().collect();
        let last = lines.join("\n");
        format!("{mark} A remark.\n{last}\n{mark} The end.\n")
    });
    edit("comments behind statements", &|text| match comment(text) {
        "//" => text.replace(".run()?;\n", ".run()? /* runs */; // has run\n"),
        _ => text.replace("]\n", "] # so it is\n"),
    });
    edit("Windows line ends", &|text| text.replace('\n', "\r\n"));
    edit("a byte order mark", &|text| format!("\u{feff}{text}"));
    package.replace(
        EXAMPLE,
        "use super::{v0004 as before, v0005 as after};",
        "use super::v0005 as after;\r\nuse super::v0004 as before;",
    );
    green("imports in other words");
    workspace.check().compiles(&package);

    package.replace(EXAMPLE, "\"unknown@invalid\"", "\"nobody@invalid\"");
    package.xtask(&["migrate-check"]).ends(1).complains("W0406").complains("\n1 error\n");
}

const EXAMPLE: &str = "migrations/0005_rename_sender/migration.rs";
const CONTACTS: &str = "migrations/0008_add_contacts/migration.rs";
const FOLD: &str = "migrations/0009_fold_gmail_addresses/migration.rs";

#[test]
fn whatever_changes_a_sealed_migration_is_seen() {
    let workspace = Workspace::new();
    let package = project(&workspace, "sealed");
    let moved = "migrations/0004_move_signatures/migration.rs";
    let edits = [
        (
            moved,
            ".set(before::UserPreferences::KEY, \"signature\")",
            ".set(before::UserPreferences::KEY, \"Signature\")",
        ),
        (ADVERSARIAL_FILE, "then goes on here", "then goes on there"),
        (ADVERSARIAL_FILE, "if sum > 100", "if sum > 101"),
        (ADVERSARIAL_FILE, "(one,)", "(one)"),
        (ADVERSARIAL_FILE, "static BYTES: &[u8] = b\"bytes", "static BYTES: &[u8] = b\"byte"),
        (ADVERSARIAL_FILE, "before::Users::EMAIL.lower()", "before::Users::EMAIL.upper()"),
        (ADVERSARIAL_FILE, "use std::{str};", "use std::{char as str};"),
        (ADVERSARIAL_FILE, "$value + $value", "$value * $value"),
        ("migrations/0005_rename_sender/snapshot.toml", "hazards = 1", "hazards = 2"),
        (
            "migrations/0006_retire_scores/migration.rs",
            ".restore_column(before::EmailAnalyses::SCORE).backfill(0.5)",
            ".add_column(before::EmailAnalyses::SCORE).backfill(0.5)",
        ),
        ("migrations/0006_retire_scores/migration.rs", ".backfill(0.5)", ".backfill(0.25)"),
        ("migrations/0007_retire_preferences/migration.rs", "db.restore_table(", "db.create_table("),
        (CONTACTS, "max(received_at)", "min(received_at)"),
        (CONTACTS, ".changes(after::Contacts)", ".touches_nothing()"),
        (FOLD, "if folded != address", "if folded == address"),
        (FOLD, "\"googlemail.com\"", "\"gmail.net\""),
    ];
    for (file, previous, next) in edits {
        let text = package.read(file);
        package.replace(file, previous, next);
        package.xtask(&["migrate-check"]).ends(1).complains("W0406");
        package.write(file, &text);
    }
    package.xtask(&["migrate-check"]).ends(0);
}
