//! Seed files by chance, most of them right.

use super::super::chance::Chance;

/// Every kind of key and reference.
pub(crate) const SCHEMA: &str = r##"
[enum]
role = ["owner", "guest", "bot"]

[table.teams.columns]
id    = { type = "smallint", primary_key = true }
title = { type = "varchar(12)", unique = true }

[table.users.columns]
id      = { type = "bigint", primary_key = true, auto_increment = true }
email   = { type = "varchar(60)", unique = true }
name    = "text?"
role    = { type = "role", default = "guest" }
boss_id = { type = "bigint?", references = "users.id" }
team_id = { type = "smallint?", references = "teams.id" }
joined  = { type = "timestamptz", default = { sql = "CURRENT_TIMESTAMP" } }

[table.members]
primary_key = ["user_id", "team_id"]

[table.members.columns]
user_id = { type = "bigint", references = "users.id" }
team_id = { type = "smallint", references = "teams.id" }
level   = { type = "integer", default = 1 }
share   = "double?"

[table.posts.columns]
id       = { type = "bigint", primary_key = true, auto_increment = true }
owner_id = { type = "bigint", references = "users.id" }
slug     = "varchar(24)"
body     = "text?"
reply_to = { type = "bigint?", references = "posts.id" }
price    = "decimal(7,2)?"
day      = "date?"
at       = "time?"
is_open  = { type = "boolean", default = true }

[table.posts.uniques]
posts_slug_key = ["owner_id", "slug"]

[table.marks.columns]
id      = { type = "uuid", primary_key = true }
post_id = { type = "bigint", references = "posts.id" }
user_id = { type = "bigint?", references = "users.id" }
place   = { type = "integer?", unique = true }

[table.profiles.columns]
user_id = { type = "bigint", primary_key = true, references = "users.id" }
motto   = { type = "varchar(30)", default = "none" }
code    = { type = "char(7)", default = "#000000" }
"##;

/// What the random file may name as well.
pub(crate) const BASE: &str = r#"
set = "base"
[teams.rows]
red  = { id = -101, title = "w-red" }
blue = { id = -102, title = "w-blue" }

[users.rows]
ada = { email = "w-ada", team_id = "@red" }
bob = { email = "w-bob", boss_id = "@ada" }
"#;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text(usize),
    Char,
    Role,
    Small,
    Whole,
    Double,
    Decimal,
    Date,
    Time,
    Moment,
    Truth,
    Uuid,
    /// A foreign key.
    To(&'static str),
}

struct Field {
    name: &'static str,
    kind: Kind,
    /// Whether it has to have a value.
    needed: bool,
    nullable: bool,
}

const fn field(name: &'static str, kind: Kind, needed: bool, nullable: bool) -> Field {
    Field { name, kind, needed, nullable }
}

struct Sketch {
    name: &'static str,
    fields: &'static [Field],
    /// The tables that it references, by which columns.
    parents: &'static [(&'static str, &'static str)],
}

const TABLES: [Sketch; 6] = [
    Sketch {
        name: "teams",
        fields: &[field("id", Kind::Small, true, false), field("title", Kind::Text(12), true, false)],
        parents: &[],
    },
    Sketch {
        name: "users",
        fields: &[
            field("email", Kind::Text(60), true, false),
            field("name", Kind::Text(0), false, true),
            field("role", Kind::Role, false, false),
            field("boss_id", Kind::To("users"), false, true),
            field("team_id", Kind::To("teams"), false, true),
            field("joined", Kind::Moment, false, false),
        ],
        parents: &[("teams", "team_id")],
    },
    Sketch {
        name: "members",
        fields: &[
            field("user_id", Kind::To("users"), true, false),
            field("team_id", Kind::To("teams"), true, false),
            field("level", Kind::Whole, false, false),
            field("share", Kind::Double, false, true),
        ],
        parents: &[("users", "user_id"), ("teams", "team_id")],
    },
    Sketch {
        name: "posts",
        fields: &[
            field("owner_id", Kind::To("users"), true, false),
            field("slug", Kind::Text(24), true, false),
            field("body", Kind::Text(0), false, true),
            field("reply_to", Kind::To("posts"), false, true),
            field("price", Kind::Decimal, false, true),
            field("day", Kind::Date, false, true),
            field("at", Kind::Time, false, true),
            field("is_open", Kind::Truth, false, false),
        ],
        parents: &[("users", "owner_id")],
    },
    Sketch {
        name: "marks",
        fields: &[
            field("id", Kind::Uuid, true, false),
            field("post_id", Kind::To("posts"), true, false),
            field("user_id", Kind::To("users"), false, true),
            field("place", Kind::Whole, false, true),
        ],
        parents: &[("posts", "post_id"), ("users", "user_id")],
    },
    Sketch {
        name: "profiles",
        fields: &[
            field("user_id", Kind::To("users"), true, false),
            field("motto", Kind::Text(30), false, false),
            field("code", Kind::Char, false, false),
        ],
        parents: &[("users", "user_id")],
    },
];

/// A file of one set that needs `base`.
pub(crate) fn file(chance: &mut Chance) -> String {
    let mut text = "set = \"demo\"\nneeds = [\"base\"]\n".to_owned();
    let mut there: Vec<&'static str> = vec!["teams", "users"];
    for sketch in &TABLES {
        if chance.one_in(2) || (sketch.name == "marks" && !there.contains(&"posts")) {
            continue;
        }
        text += &format!("\n[{}]\n", sketch.name);
        if chance.one_in(6) {
            text += &format!("mode = \"{}\"\n", chance.word(&["upsert", "ensure", "insert"]));
        }
        // Others name its rows by their labels.
        if sketch.name == "posts" || chance.one_in(3) {
            text += &written(chance, sketch, &there);
        }
        for group in 0..=usize::from(chance.one_in(4)) {
            text += &made(chance, sketch, group, &there);
        }
        there.push(sketch.name);
    }
    text
}

/// Rows that are written out, whose unique values no generator makes.
fn written(chance: &mut Chance, sketch: &Sketch, there: &[&str]) -> String {
    let mut text = format!("\n[{}.rows]\n", sketch.name);
    let count = match sketch.name {
        "members" | "profiles" => 1,
        _ => 1 + chance.below(3),
    };
    for row in 0..count {
        let mut cells = Vec::new();
        for field in sketch.fields {
            let value = match field.kind {
                _ if !field.needed && chance.one_in(2) => continue,
                Kind::Text(_) => format!("\"w-{row}\""),
                Kind::Char => "\"#w00000\"".to_owned(),
                Kind::Small | Kind::Whole => format!("-1{row}"),
                Kind::Uuid => format!("\"00000000-0000-0000-0000-00000000000{row}\""),
                Kind::To("users") => chance.word(&["\"@ada\"", "\"@bob\""]).to_owned(),
                Kind::To("teams") => chance.word(&["\"@red\"", "\"@blue\""]).to_owned(),
                Kind::To(table) if there.contains(&table) => "\"@w0\"".to_owned(),
                Kind::To(_) => continue,
                other => literal(chance, other).to_owned(),
            };
            cells.push(format!("{} = {value}", field.name));
        }
        text += &format!("w{row} = {{ {} }}\n", cells.join(", "));
    }
    text
}

fn made(chance: &mut Chance, sketch: &Sketch, group: usize, there: &[&str]) -> String {
    let mut text = format!("\n[[{}.generate]]\n", sketch.name);
    let parents: Vec<_> = sketch.parents.iter().filter(|(parent, _)| there.contains(parent)).collect();
    let parent = if chance.one_in(3) { None } else { chance.pick(&parents).copied() };
    if let Some((table, column)) = parent {
        text += &format!("for_each = \"{table}\"\nvia = \"{column}\"\n");
    }
    text += match (parent.is_some(), chance.below(5)) {
        (true, 0) => "",
        (true, 1) => "count = \"0..=3\"\n",
        (true, 2) => "count = { 0 = 2, 1 = 3, 2 = 1 }\n",
        (true, 3) => "count = { chance = 0.6 }\n",
        (true, _) => "count = 2\n",
        (false, 0) => "count = 20\n",
        (false, 1) => "count = \"2..=5\"\n",
        (false, _) => "count = 2\n",
    };
    if chance.one_in(3) {
        text += &format!("name = \"g{group}\"\n");
    }
    text += &format!("[{}.generate.columns]\n", sketch.name);
    for field in sketch.fields {
        if parent.is_some_and(|(_, column)| *column == field.name) || (!field.needed && !chance.one_in(3)) {
            continue;
        }
        let context = Context { sketch, parent: parent.map(|(table, _)| *table), there };
        text += &format!("{} = {}\n", field.name, maker(chance, &context, field, 0));
    }
    text
}

struct Context<'a> {
    sketch: &'a Sketch,
    parent: Option<&'a str>,
    there: &'a [&'a str],
}

fn maker(chance: &mut Chance, context: &Context<'_>, field: &Field, depth: usize) -> String {
    let nested = depth < 2 && chance.one_in(6 + 6 * depth);
    if nested {
        let then = maker(chance, context, field, depth + 1);
        let other = match field.nullable && chance.one_in(2) {
            true => "{ null = true }".to_owned(),
            false => maker(chance, context, field, depth + 1),
        };
        return match chance.below(3) {
            0 => format!("{{ chance = 0.{}, then = {then}, else = {other} }}", chance.below(10)),
            1 => format!("{{ pick = [{then}, {other}], weights = [{}, 2] }}", chance.below(3)),
            _ => match own(chance, context, Kind::Role).filter(|by| *by != field.name) {
                Some(by) => format!("{{ by = \"{by}\", cases = {{ owner = {then} }}, else = {other} }}"),
                None => then,
            },
        };
    }
    // What is unique is hard to guess.
    if depth == 0 && !chance.one_in(4) {
        match field.name {
            "email" | "title" | "slug" => return "{ text = \"r-{row}\" }".to_owned(),
            "id" if field.kind == Kind::Small => return "{ between = [0, 400] }".to_owned(),
            "place" => return "{ between = [0, 1000000] }".to_owned(),
            _ => {}
        }
    }
    match field.kind {
        Kind::Text(_) => texts(chance, context, field),
        Kind::Char => "{ fake = \"color.hex\" }".to_owned(),
        Kind::Uuid => "{ fake = \"uuid\" }".to_owned(),
        Kind::To(table) => references(chance, context, field, table),
        kind => chance.word(others(kind)).to_owned(),
    }
}

/// Generators of values that are no texts.
fn others(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Role => &["\"bot\"", "{ pick = { owner = 1, guest = 4 } }", "{ pick = [\"bot\", \"guest\"] }"],
        Kind::Small => {
            &["{ between = [0, 400] }", "{ between = [-12, 40] }", "{ pick = [1, 2, 3, 4, 5, 6, 7, 8, -10] }"]
        }
        Kind::Whole => &[
            "{ between = [0, 1000000] }",
            "{ normal = [50, 12.5], min = 0 }",
            "{ between = [-15, 30] }",
            "{ log_normal = [8000, 1.2] }",
            "7",
        ],
        Kind::Double => &["{ between = [0.5, 1.5] }", "{ normal = [0, 1] }", "0.25"],
        Kind::Decimal => &[
            "{ between = [\"0.01\", \"99999.99\"] }",
            "{ log_normal = [12, 0.6], min = 0.5, max = 900 }",
            "\"1.50\"",
            "{ normal = [0, 100000] }",
        ],
        Kind::Date => &[
            "{ between = [\"2024-02-28\", \"2024-03-01\"] }",
            "\"1999-12-31\"",
            "{ between = [\"0001-01-01\", \"9999-12-31\"] }",
        ],
        Kind::Time => &["{ between = [\"00:00:00\", \"23:59:59.999999\"] }", "\"12:30:00\""],
        Kind::Moment => &[
            "{ between = [\"now - 90d\", \"now\"] }",
            "\"now - 1w 2s\"",
            "{ between = [\"1969-12-31 23:59:59Z\", \"now\"] }",
        ],
        _ => &["{ chance = 0.3 }", "false", "{ pick = [true, false] }"],
    }
}

/// Another column of the same table.
fn own(chance: &mut Chance, context: &Context<'_>, kind: Kind) -> Option<&'static str> {
    let fields: Vec<_> = context.sketch.fields.iter().filter(|field| field.kind == kind).collect();
    chance.pick(&fields).map(|field| field.name)
}

fn texts(chance: &mut Chance, context: &Context<'_>, field: &Field) -> String {
    let parents = match context.parent {
        Some("users") => "{users.email}-{n}",
        Some("teams") => "{teams.id}-{n}",
        Some("posts") => "{posts.slug|upper}{n}",
        _ => "{row|pad:5}",
    };
    match chance.below(9) {
        0 => {
            let fakes: &[_] = match field.kind {
                Kind::Text(0) => &["lorem.sentence", "lorem.paragraph", "company.name", "name.full"],
                Kind::Text(12) => &["color.hex"],
                Kind::Text(30) => &["lorem.word", "name.first", "internet.ipv4"],
                _ => &["internet.username", "color.hex", "internet.ipv4", "name.last"],
            };
            format!("{{ fake = \"{}\" }}", chance.word(fakes))
        }
        1 => "{ text = \"m-{n}\" }".to_owned(),
        2 | 3 => "{ text = \"r-{row}\" }".to_owned(),
        4 | 5 => format!("{{ text = \"{parents}\" }}"),
        6 => "{ pick = [\"one\", \"two\", \"three\", \"four\", \"five\", \"six\", \"seven\", \"eight\"] }"
            .to_owned(),
        7 => match field.nullable {
            true => "{ null = true }".to_owned(),
            false => "\"same\"".to_owned(),
        },
        _ => match chance.pick(context.sketch.fields).filter(|other| other.name != field.name) {
            Some(other) => format!("{{ text = \"{{{}|slug}}-{{row}}\" }}", other.name),
            None => "\"x\"".to_owned(),
        },
    }
}

fn references(chance: &mut Chance, context: &Context<'_>, field: &Field, table: &str) -> String {
    let is_own = table == context.sketch.name;
    if !context.there.contains(&table) && !is_own {
        return "{ null = true }".to_owned();
    }
    match chance.below(8) {
        0 if table == "users" => "\"@ada\"".to_owned(),
        0 if table == "teams" => "\"@blue\"".to_owned(),
        1 if table == "users" => "{ ref = \"users\", weights = { ada = 3, bob = 1 } }".to_owned(),
        2 if !is_own => format!("{{ ref = \"{table}\", distinct = true }}"),
        3 if field.nullable => "{ null = true }".to_owned(),
        4 if table == "posts" => "{ ref = \"posts\", same = \"owner_id\" }".to_owned(),
        5 if table == "users" && !is_own && chance.one_in(3) => {
            "{ ref = \"users\", same = \"team_id\" }".to_owned()
        }
        6 if table == "users" && !is_own && chance.one_in(3) => {
            "{ ref = \"users\", same = \"boss_id\", distinct = true }".to_owned()
        }
        _ => format!("{{ ref = \"{table}\" }}"),
    }
}

fn literal(chance: &mut Chance, kind: Kind) -> &'static str {
    match kind {
        Kind::Role => chance.word(&["\"owner\"", "\"bot\""]),
        Kind::Double => "1.5",
        Kind::Decimal => "\"12345.67\"",
        Kind::Date => "\"2026-02-28\"",
        Kind::Time => "\"23:59:59.5\"",
        Kind::Moment => "\"now - 1h\"",
        _ => "true",
    }
}
