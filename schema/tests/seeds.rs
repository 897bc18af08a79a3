//! Seeds: which rows come of files, and that nothing moves them but what they follow from.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, too, fail by panicking")]

#[path = "support/seeds.rs"]
mod support;

#[path = "support/json.rs"]
mod json;

use std::collections::BTreeSet;

use support::{checked, rows, seeds};
use whimbrel_schema::language::seeds_json_schema;
use whimbrel_schema::seed::seed_json_schema;

const SCHEMA: &str = r##"
[enum]
category = ["personal", "work", "promotion"]

[table.users.columns]
id       = { type = "bigint", primary_key = true, auto_increment = true }
email    = { type = "varchar(64)", unique = true }
name     = "text?"
joined   = { type = "timestamptz", default = { sql = "CURRENT_TIMESTAMP" } }
boss_id  = { type = "bigint?", references = "users.id" }
level    = { type = "smallint", default = 1 }

[table.mails.columns]
id       = { type = "bigint", primary_key = true, auto_increment = true }
key      = { type = "varchar(64)", unique = true }
owner_id = { type = "bigint", references = "users.id" }
category = "category"
subject  = "text"
body     = "text?"
bytes    = "integer"
share    = "double"
price    = "decimal(8,2)"
at       = "timestamptz"
day      = "date"
token    = { type = "uuid", unique = true }

[table.labels.columns]
id       = { type = "bigint", primary_key = true, auto_increment = true }
owner_id = { type = "bigint", references = "users.id" }
name     = "varchar(16)"

[table.labels.uniques]
labels_key = ["owner_id", "name"]

[table.mail_labels]
primary_key = ["mail_id", "label_id"]

[table.mail_labels.columns]
mail_id  = { type = "bigint", references = "mails.id" }
label_id = { type = "bigint", references = "labels.id" }
"##;

const MANIFEST: &str = "seed = 'golden'\nnow = 2026-06-01T09:00:00Z\nsize = { large = 50 }\n";

const DEMO: &str = r##"
set = "demo"

[users]
defaults = { level = 3 }

[users.rows]
ada = { email = "ada@example.com", name = "Ada", joined = "now - 30d" }
bob = { email = "bob@example.com", boss_id = "@ada", level = 2 }

[[users.generate]]
count = 4
columns.email   = { fake = "internet.email" }
columns.name    = { chance = 0.8, then = { fake = "name.full" } }
columns.joined  = { between = ["now - 365d", "now - 1d"] }
columns.boss_id = { ref = "users" }

[labels.rows]
inbox = { owner_id = "@ada", name = "INBOX" }

[[labels.generate]]
for_each = "users"
count    = 2
columns.name = { pick = ["Family", "Invoices", "Travel", "Later"] }

[[mails.generate]]
for_each = "users"
count    = "1..=3"
[mails.generate.columns]
key      = { text = "m-{users.id}-{n}" }
category = { pick = { personal = 3, work = 5, promotion = 8 } }
subject  = { by = "category", cases = { work = { text = "Agenda {row|pad:3}" }, promotion = "Buy now" }, else = { fake = "lorem.sentence" } }
body     = { chance = 0.5, then = { fake = "lorem.paragraph" } }
bytes    = { log_normal = [8000, 1.2], min = 200, max = 1000000 }
share    = { normal = [0.5, 0.2], min = 0, max = 1 }
price    = { between = ["0.99", "19.99"] }
at       = { between = ["now - 90d", "now"] }
day      = { between = ["2026-01-01", "2026-12-31"] }
token    = { fake = "uuid" }

[[mail_labels.generate]]
for_each = "mails"
count    = { 0 = 1, 1 = 2, 2 = 1, 9 = 1 }
columns.label_id = { ref = "labels", same = "owner_id" }
"##;

fn files(demo: &str) -> [(&str, &str); 3] {
    [("schema/mail.toml", SCHEMA), ("seeds/seeds.toml", MANIFEST), ("seeds/demo.toml", demo)]
}

/// What every database and every platform must hold, now and after any upgrade.
#[test]
fn golden() {
    let rows = rows(&seeds(&files(DEMO)), "golden", 1.0);
    let text: String =
        rows.iter().map(|(table, rows)| format!("## {table}\n{}\n", rows.join("\n"))).collect();
    insta::assert_snapshot!(text);
}

#[test]
fn another_seed_gives_other_values_and_the_same_rows() {
    let seeds = seeds(&files(DEMO));
    let (one, other) = (rows(&seeds, "golden", 1.0), rows(&seeds, "other", 1.0));
    assert_eq!(one["users"].len(), other["users"].len());
    assert_eq!(one["users"][..2], other["users"][..2], "what is written out stays");
    assert_ne!(one["users"][2..], other["users"][2..]);
}

#[test]
fn a_column_or_a_table_that_is_added_moves_nothing_else() {
    let before = rows(&seeds(&files(DEMO)), "golden", 1.0);
    let schema = SCHEMA.replace(
        "[table.mails.columns]\n",
        "[table.mails.columns]\nfirst = { type = 'text', default = '' }\n",
    ) + "\n[table.aaa.columns]\nid = { type = 'bigint', primary_key = true, auto_increment = true }\nowner_id = { type = 'bigint', references = 'users.id' }\nx = 'integer'\n";
    let demo = DEMO
        .replace("[mails.generate.columns]\n", "[mails.generate.columns]\nfirst = { fake = 'lorem.word' }\n")
        + "\n[[aaa.generate]]\nfor_each = 'users'\ncolumns.x = { between = [1, 9] }\n";
    let files =
        [("schema/mail.toml", schema.as_str()), ("seeds/seeds.toml", MANIFEST), ("seeds/demo.toml", &demo)];
    let mut after = rows(&seeds(&files), "golden", 1.0);
    assert_eq!(after.remove("aaa").map(|rows| rows.len()), Some(6));
    let without: Vec<String> =
        after["mails"].iter().map(|row| row.split_once(", ").unwrap().1.to_owned()).collect();
    let known: Vec<String> = before["mails"].clone();
    assert_eq!(without, known);
    after.insert("mails".to_owned(), known);
    assert_eq!(after, before);
}

#[test]
fn a_group_that_is_added_moves_no_other_that_has_a_name() {
    let named = DEMO.replace("count = 4\n", "count = 4\nname = \"people\"\n");
    let more = named.replace(
        "[labels.rows]",
        "[[users.generate]]\ncount = 3\nname = 'robots'\ncolumns.email = { text = 'robot{row}@example.com' }\n[labels.rows]",
    );
    let (before, after) = (rows(&seeds(&files(&named)), "x", 1.0), rows(&seeds(&files(&more)), "x", 1.0));
    assert_eq!(before["users"][..], after["users"][..6]);
}

fn column(rows: &[String], column: usize) -> Vec<&str> {
    rows.iter().map(|row| row.split(", ").nth(column).unwrap()).collect()
}

#[test]
fn what_must_differ_does_by_construction() {
    let rows = rows(&seeds(&files(DEMO)), "golden", 50.0);
    assert_eq!(rows["users"].len(), 202);
    for (table, columns) in [("users", &[0, 1][..]), ("mails", &[0, 1, 11]), ("labels", &[0])] {
        for index in columns {
            let values = column(&rows[table], *index);
            let distinct: BTreeSet<&str> = values.iter().copied().collect();
            assert_eq!(distinct.len(), values.len(), "{table}, column {index}");
        }
    }
    let labels: BTreeSet<String> =
        rows["labels"].iter().map(|row| row.split_once(", ").unwrap().1.to_owned()).collect();
    assert_eq!(labels.len(), rows["labels"].len(), "no person has two labels of one name");
    let distinct: BTreeSet<&String> = rows["mail_labels"].iter().collect();
    assert_eq!(distinct.len(), rows["mail_labels"].len(), "no mail has a label twice");
}

#[test]
fn a_label_is_one_of_the_same_person() {
    let rows = rows(&seeds(&files(DEMO)), "golden", 50.0);
    let owner = |table: &str, id: &str, place: usize| {
        let row = rows[table].iter().find(|row| row.split(", ").next() == Some(id)).unwrap();
        row.split(", ").nth(place).unwrap().to_owned()
    };
    assert!(rows["mail_labels"].len() > 100);
    for row in &rows["mail_labels"] {
        let (mail, label) = row.split_once(", ").unwrap();
        assert_eq!(owner("mails", mail, 2), owner("labels", label, 1), "{row}");
    }
}

#[test]
fn a_full_column_is_a_permutation_and_one_more_is_an_error() {
    let schema = "[table.rooms.columns]\nnumber = { type = 'smallint', primary_key = true }\n";
    let demo = |count: u32| {
        format!(
            "set = 'demo'\n[[rooms.generate]]\ncount = {count}\ncolumns.number = {{ between = [0, 255] }}\n"
        )
    };
    let full = demo(256);
    let files = |demo| [("schema/rooms.toml", schema), ("seeds/rooms.toml", demo)];
    let rows = rows(&seeds(&files(&full)), "x", 1.0);
    let numbers: BTreeSet<u32> = rows["rooms"].iter().map(|row| row.parse().unwrap()).collect();
    assert!(numbers.into_iter().eq(0..256));
    let more = demo(300);
    let (_, _, checked) = checked(&files(&more));
    assert_eq!(checked.diagnostics[0].code.to_string(), "W0708");
    assert!(checked.diagnostics[0].message.contains("300 rows"), "{}", checked.diagnostics[0].message);
}

/// Customers with addresses, and what references them without a key that would tell rows apart.
const PARCELS: &str = r##"
[table.customers.columns]
id      = { type = "bigint", primary_key = true, auto_increment = true }
buddy_id = { type = "bigint?", references = "customers.id" }

[table.addresses.columns]
id          = { type = "bigint", primary_key = true, auto_increment = true }
customer_id = { type = "bigint", references = "customers.id" }

[table.parcels.columns]
id          = { type = "bigint", primary_key = true, auto_increment = true }
customer_id = { type = "bigint?", references = "customers.id" }
address_id  = { type = "bigint?", references = "addresses.id" }
"##;

/// The parcels of a group, among seven customers with an address, two or three each.
fn parcels(schema: &str, group: &str) -> Vec<(String, String)> {
    let demo = format!(
        "set = 'demo'\n[[customers.generate]]\ncount = 7\n\
         [[addresses.generate]]\nfor_each = 'customers'\ncount = '1..=3'\n\
         [[parcels.generate]]\n{group}\n"
    );
    let files = [("schema/parcels.toml", schema), ("seeds/demo.toml", demo.as_str())];
    let rows = rows(&seeds(&files), "x", 1.0);
    let cells = |row: &String| {
        let cells: Vec<&str> = row.split(", ").collect();
        (cells[1].to_owned(), cells[2].to_owned())
    };
    rows["parcels"].iter().map(cells).collect()
}

fn wrong(schema: &str, group: &str) -> String {
    let demo = format!(
        "set = 'demo'\n[[customers.generate]]\ncount = 7\n\
         [[addresses.generate]]\nfor_each = 'customers'\ncount = '1..=3'\n\
         [[parcels.generate]]\n{group}\n"
    );
    let files = [("schema/parcels.toml", schema), ("seeds/demo.toml", demo.as_str())];
    let (_, _, checked) = checked(&files);
    let all = checked.diagnostics.iter();
    all.map(|diagnostic| format!("{} {}", diagnostic.code, diagnostic.message)).collect::<Vec<_>>().join("\n")
}

#[test]
fn no_row_is_chosen_twice_where_that_is_said() {
    let different = |values: &[&String]| values.iter().collect::<BTreeSet<_>>().len();
    // Of one group, and only there: without the word some come twice.
    let group = |more: &str| format!("count = 7\ncolumns.customer_id = {{ ref = 'customers'{more} }}");
    let chosen = parcels(PARCELS, &group(", distinct = true"));
    assert_eq!(different(&chosen.iter().map(|(customer, _)| customer).collect::<Vec<_>>()), 7);
    let chosen = parcels(PARCELS, &group(""));
    assert!(different(&chosen.iter().map(|(customer, _)| customer).collect::<Vec<_>>()) < 7);
    // Of one parent.
    let chosen = parcels(
        PARCELS,
        "for_each = 'customers'\ncount = 5\ncolumns.address_id = { ref = 'addresses', distinct = true }",
    );
    let pairs: BTreeSet<&(String, String)> = chosen.iter().collect();
    assert_eq!((chosen.len(), pairs.len()), (35, 35));
    // Of those that are chosen at all.
    let chosen = parcels(
        PARCELS,
        "count = 7\ncolumns.customer_id = { chance = 0.5, then = { ref = 'customers', distinct = true } }",
    );
    let some: Vec<&String> =
        chosen.iter().map(|(customer, _)| customer).filter(|one| *one != "NULL").collect();
    assert!(some.len() > 1 && some.len() < 7, "{some:?}");
    assert_eq!(different(&some), some.len());

    assert!(
        wrong(PARCELS, "count = 8\ncolumns.customer_id = { ref = 'customers', distinct = true }")
            .starts_with("W0708 8 rows of `parcels` need different values of `customer_id`, and there are 7")
    );
}

/// No more rows are made of a parent than there are rows to choose from.
#[test]
fn what_has_a_parent_in_common_is_not_chosen_twice_either() {
    let unique = |columns: &str| format!("{PARCELS}\n[table.parcels.uniques]\nparcels_key = [{columns}]\n");
    let group = |more: &str| {
        format!(
            "for_each = 'customers'\ncount = 4\ncolumns.address_id = {{ ref = 'addresses', same = 'customer_id'{more} }}"
        )
    };
    let by_pair = parcels(&unique("'customer_id', 'address_id'"), &group(""));
    let by_address = parcels(&unique("'address_id'"), &group(""));
    let by_word = parcels(PARCELS, &group(", distinct = true"));
    assert_eq!(by_pair, by_address);
    assert_eq!(by_pair, by_word);
    let pairs: BTreeSet<&(String, String)> = by_pair.iter().collect();
    assert_eq!((by_pair.len(), pairs.len()), (13, 13), "every address of every customer, once");

    // Chosen by what was chosen, nobody knows how many there are.
    let chosen = "count = 4\ncolumns.customer_id = { ref = 'customers' }\ncolumns.address_id = { ref = 'addresses', same = 'customer_id' }";
    assert!(wrong(&unique("'address_id'"), chosen).starts_with("W0708 nothing keeps rows of `parcels`"));
    assert_eq!(parcels(PARCELS, chosen).len(), 4);
    let asked = chosen.replace("same = 'customer_id'", "same = 'customer_id', distinct = true");
    assert!(wrong(PARCELS, &asked).contains("which is to be distinct"));
}

/// Neither column has as many values as there are rows, but together they have.
#[test]
fn what_must_differ_together_does() {
    let schema = format!(
        "{PARCELS}\nkind = {{ type = 'varchar(8)', default = '-' }}\n[table.parcels.uniques]\nparcels_key = ['customer_id', 'kind']\n"
    );
    let group = |count: u32, more: &str| {
        format!(
            "count = {count}\ncolumns = {{ customer_id = {{ ref = 'customers' }}, kind = {{ pick = ['a', 'b', 'c'] }} }}\n{more}"
        )
    };
    let pairs = |group: &str| -> Vec<(String, String)> {
        let demo =
            format!("set = 'demo'\n[[customers.generate]]\ncount = 7\n[[parcels.generate]]\n{group}\n");
        let files = [("schema/parcels.toml", schema.as_str()), ("seeds/demo.toml", demo.as_str())];
        let cells = |row: &String| {
            let cells: Vec<&str> = row.split(", ").collect();
            (cells[1].to_owned(), cells[3].to_owned())
        };
        rows(&seeds(&files), "x", 1.0)["parcels"].iter().map(cells).collect()
    };
    for (group, count) in [(group(20, ""), 20), (group(21, ""), 21)] {
        let all = pairs(&group);
        assert_eq!((all.len(), all.iter().collect::<BTreeSet<_>>().len()), (count, count));
    }
    // One of them is written out, and one group goes on where the other ends.
    let one = "[customers.rows]\nada = {}\n[parcels.rows]\none = { customer_id = '@ada', kind = 'b' }";
    let second = "[[parcels.generate]]\ncount = 10\ncolumns = { customer_id = { ref = 'customers' }, kind = { pick = ['a', 'b', 'c'] } }\n";
    let all = pairs(&group(13, &format!("{second}{one}")));
    assert_eq!((all.len(), all.iter().collect::<BTreeSet<_>>().len()), (24, 24), "{all:?}");
    assert!(wrong(&schema, &group(22, "")).starts_with(
        "W0708 22 rows of `parcels` need different values of `customer_id`, `kind`, and there are 21"
    ));
}

#[test]
fn rows_that_nobody_would_find_are_told() {
    let demo = "set = 'demo'\n[[customers.generate]]\ncount = 7\n\
                [[addresses.generate]]\ncount = 9\ncolumns.customer_id = { ref = 'customers' }\n\
                [[parcels.generate]]\nfor_each = 'customers'\ncolumns.address_id = { ref = 'addresses', same = 'customer_id' }\n";
    let sizes = "size = { large = 20 }\n";
    let told = |demo: &str, sizes: &str| {
        let files =
            [("schema/parcels.toml", PARCELS), ("seeds/seeds.toml", sizes), ("seeds/demo.toml", demo)];
        checked(&files).2.diagnostics.iter().map(|one| one.message.clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        told(demo, sizes),
        ["rows of `addresses` that are made otherwise than for their `customer_id` are never chosen"]
    );
    // What is checked is the largest size, and that is said.
    let unique = "set = 'demo'\n[customers.rows]\nada = {}\n[[parcels.generate]]\ncount = 2\n\
                  columns.customer_id = { ref = 'customers', distinct = true }\n";
    assert_eq!(
        told(unique, sizes),
        ["40 rows of `parcels` at size `large` need different values of `customer_id`, and there are 1"]
    );
}

/// A reply is to a comment of the same post, and before it.
#[test]
fn rows_of_one_table_have_something_in_common() {
    let schema = "[table.posts.columns]\nid = { type = 'bigint', primary_key = true, auto_increment = true }\n\
                  [table.comments.columns]\nid = { type = 'bigint', primary_key = true, auto_increment = true }\n\
                  post_id = { type = 'bigint', references = 'posts.id' }\nreply_to = { type = 'bigint?', references = 'comments.id' }\n";
    let demo = "set = 'demo'\n[posts.rows]\none = {}\n[comments.rows]\nfirst = { post_id = '@one' }\n\
                [[posts.generate]]\ncount = 30\n\
                [[comments.generate]]\nfor_each = 'posts'\ncount = '0..=6'\ncolumns.reply_to = { ref = 'comments', same = 'post_id' }\n\
                [[comments.generate]]\nfor_each = 'posts'\ncount = 2\ncolumns.reply_to = { ref = 'comments', same = 'post_id' }\n";
    let rows = rows(&seeds(&[("schema/a.toml", schema), ("seeds/demo.toml", demo)]), "x", 1.0);
    let comments: Vec<Vec<&str>> = rows["comments"].iter().map(|row| row.split(", ").collect()).collect();
    let post = |id: &str| comments.iter().find(|comment| comment[0] == id).unwrap()[1];
    let replies: Vec<_> = comments.iter().filter(|comment| comment[2] != "NULL").collect();
    assert!(replies.len() > 60, "{}", replies.len());
    for reply in &replies {
        assert_eq!(post(reply[2]), reply[1], "{reply:?}");
        assert!(reply[2].parse::<u32>().unwrap() < reply[0].parse().unwrap(), "{reply:?}");
    }
    // The second group goes on where the first one ends, and what is written out is there as well.
    assert!(replies.iter().any(|reply| reply[2] == "1"));
    let first_of_second = comments.len() - 62;
    let across = |reply: &&&Vec<&str>| {
        let number = |at: usize| reply[at].parse::<usize>().unwrap();
        number(0) > first_of_second && number(2) <= first_of_second
    };
    assert!(replies.iter().filter(across).count() > 10);
}

#[test]
fn what_cannot_be_distinct_is_told() {
    let own = "[[customers.generate]]\nname = 'more'\ncount = 2\ncolumns.buddy_id = { ref = 'customers', distinct = true }";
    assert!(wrong(PARCELS, &format!("count = 1\n{own}")).starts_with("W0709 `distinct`"));
    let weighted = "count = 1\ncolumns.customer_id = { ref = 'customers', weights = { a = 1 }, distinct = true }\n[customers.rows]\na = {}";
    assert!(wrong(PARCELS, weighted).starts_with("W0709 `distinct`"));
}

/// Each says that it follows the other.
#[test]
fn references_in_a_circle_are_told() {
    let schema = r##"
[table.a.columns]
id   = { type = "bigint", primary_key = true, auto_increment = true }
b_id = { type = "bigint?", references = "b.id" }

[table.b.columns]
id   = { type = "bigint", primary_key = true, auto_increment = true }
a_id = { type = "bigint?", references = "a.id" }

[table.c.columns]
id   = { type = "bigint", primary_key = true, auto_increment = true }
a_id = { type = "bigint", references = "a.id" }
b_id = { type = "bigint", references = "b.id" }
"##;
    let demo = "set = 'demo'\n[a.rows]\none = { b_id = '@one' }\n[b.rows]\none = { a_id = '@one' }\n\
                [[c.generate]]\ncount = 1\ncolumns.a_id = { ref = 'a', same = 'b_id' }\ncolumns.b_id = { ref = 'b', same = 'a_id' }\n";
    let (_, _, checked) = checked(&[("schema/c.toml", schema), ("seeds/demo.toml", demo)]);
    let messages: Vec<&str> =
        checked.diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
    assert_eq!(messages, ["values of `a_id`, `b_id` would be made of each other"]);
}

#[test]
fn texts_of_files_are_the_same_however_they_were_checked_out() {
    let schema =
        "[table.notes.columns]\nname = { type = 'varchar(8)', primary_key = true }\nbody = 'text?'\n";
    let demo = "set = 'demo'\n[notes]\nrows.a = { name = 'a', body = { file = 'data/a.txt' } }\nsource = { csv = 'data/n.csv', null = '-' }\n";
    let all = |text: &'static str, csv: &'static str| {
        let files = [
            ("schema/n.toml", schema),
            ("seeds/n.toml", demo),
            ("seeds/data/a.txt", text),
            ("seeds/data/n.csv", csv),
        ];
        rows(&seeds(&files), "x", 1.0)
    };
    let unix = all("one\ntwo\n", "name,body\nb,\"say \"\"hi\"\", it's 🐦\"\nc,\nd,-\n");
    assert_eq!(
        unix,
        all("\u{feff}one\r\ntwo\r\n", "\u{feff}name,body\r\nb,\"say \"\"hi\"\", it's 🐦\"\r\nc,\r\nd,-\r\n")
    );
    assert_eq!(
        unix["notes"],
        ["\"a\", \"one\\ntwo\\n\"", "\"b\", \"say \\\"hi\\\", it's 🐦\"", "\"c\", \"\"", "\"d\", NULL"]
    );
}

/// What editors are told of a project is what the build takes.
#[test]
fn editors_know_tables_columns_and_labels() {
    let (_, schema, checked) = checked(&files(DEMO));
    let of_rows = seed_json_schema(&schema, Some(&checked.seeds));
    let validator = |text: &str| jsonschema::validator_for(&serde_json::from_str(text).unwrap()).unwrap();
    let (of_rows, of_manifest) = (validator(&of_rows), validator(&seeds_json_schema()));
    let takes = |text: &str| of_rows.is_valid(&json::json(text).unwrap());
    assert!(takes(DEMO), "{:?}", of_rows.iter_errors(&json::json(DEMO).unwrap()).next());
    assert!(of_manifest.is_valid(&json::json(MANIFEST).unwrap()));
    for (right, wrong) in [
        ("set = \"demo\"", "st = \"demo\""),
        ("[users.rows]", "[usres.rows]"),
        ("email = \"ada@example.com\"", "emial = \"ada@example.com\""),
        ("level = 3", "level = \"high\""),
        ("for_each = \"users\"", "for_each = \"labels\""),
        ("fake = \"internet.email\"", "fak = \"internet.email\""),
        ("columns.email ", "columns.emial "),
        ("count = 4", "cuont = 4"),
    ] {
        assert!(DEMO.contains(right), "{right}");
        assert!(!takes(&DEMO.replace(right, wrong)), "{wrong}");
    }
    let labels = seed_json_schema(&schema, Some(&checked.seeds));
    assert!(labels.contains("\"@ada\"") && labels.contains("\"@inbox\""));
}
