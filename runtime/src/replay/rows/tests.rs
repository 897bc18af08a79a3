//! Rows for schemas of every kind, by SQLite's own word.

use std::collections::BTreeSet;

use whimbrel_schema::{Dialect, Schema, Sources, Style, parse, report_all, validate};

use super::fill;
use crate::driver::{Cell, Driver as _, Row, Sqlite};
use crate::replay::created;

/// A database of a schema, filled.
fn filled(text: &str) -> Sqlite<'static> {
    let schema = schema(text);
    let mut driver = created(&schema).unwrap();
    fill(&mut driver, &schema).unwrap();
    assert_eq!(driver.violations().unwrap(), []);
    assert_eq!(query(&mut driver, "PRAGMA integrity_check"), [[Cell::from("ok")]]);
    assert_eq!(query(&mut driver, "PRAGMA foreign_keys"), [[Cell::Integer(1)]]);
    driver
}

fn schema(text: &str) -> Schema {
    let mut sources = Sources::default();
    let id = sources.add("schema.toml", text);
    let validated = validate(&[parse(&sources, id)], &[Dialect::Sqlite]);
    let report = report_all(&validated.diagnostics, &sources, Style::Plain);
    assert!(validated.diagnostics.is_empty(), "{report}");
    validated.schema
}

fn query(driver: &mut Sqlite<'_>, sql: &str) -> Vec<Row> {
    driver.execute(sql, &[]).unwrap_or_else(|fault| panic!("{}", fault.message))
}

fn count(driver: &mut Sqlite<'_>, from: &str) -> i64 {
    query(driver, &format!("SELECT count(*) FROM {from}"))[0][0].clone().integer().unwrap()
}

/// The values of a column.
fn values(driver: &mut Sqlite<'_>, table: &str, column: &str) -> Vec<Cell> {
    query(driver, &format!("SELECT {column} FROM {table}")).into_iter().flatten().collect()
}

#[test]
fn texts_and_numbers_that_are_easily_damaged() {
    let mut driver = filled(
        "[table.t.columns]\nid = { type = \"bigint\", primary_key = true }\nbody = \"text?\"\nsmall = \"smallint?\"\n\
         price = \"decimal(5,2)\"\ndata = \"blob?\"\ncode = \"varchar(3)\"\n",
    );
    let body = values(&mut driver, "t", "body");
    for text in ["", "007", "1e3", "a\0b", "NULL", " spaced ", "it's \"quoted\" \\ %_ ; --"] {
        assert!(body.contains(&Cell::from(text)), "{text:?} is not in {body:?}");
    }
    assert!(body.contains(&Cell::Null) && body.iter().any(|cell| cell.literal().contains('\u{1f600}')));
    let id = values(&mut driver, "t", "id");
    assert!(id.contains(&Cell::Integer(i64::MIN)) && id.contains(&Cell::Integer(i64::MAX)));
    assert!(values(&mut driver, "t", "small").contains(&Cell::Integer(-32_768)));
    assert!(values(&mut driver, "t", "price").contains(&Cell::from("-999.99")));
    assert!(values(&mut driver, "t", "data").contains(&Cell::Bytes(vec![0])));
    assert_eq!(count(&mut driver, "t WHERE length(code) > 3"), 0);
}

#[test]
fn every_value_of_an_enum_and_rows_that_are_the_same_but_for_their_keys() {
    let mut driver = filled(
        "[enum]\ncolour = [\"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\", \"h\", \"i\", \"j\", \"k\", \"l\"]\n\
         [table.t.columns]\nid = { type = \"bigint\", primary_key = true }\ncolour = \"colour\"\nname = \"text\"\n\
         [table.loose.columns]\nname = \"text\"\n",
    );
    let colours: BTreeSet<String> = values(&mut driver, "t", "colour").iter().map(Cell::literal).collect();
    assert_eq!(colours.len(), 12);
    assert!(count(&mut driver, "(SELECT 1 FROM t GROUP BY colour, name HAVING count(*) > 1)") > 0);
    assert!(count(&mut driver, "(SELECT 1 FROM loose GROUP BY name HAVING count(*) > 1)") > 0);
    // Numbers of rows have gaps.
    assert!(
        count(&mut driver, "loose")
            < query(&mut driver, "SELECT max(_rowid_) FROM loose")[0][0].clone().integer().unwrap()
    );
}

#[test]
fn families_under_every_action() {
    for action in ["cascade", "set_null", "set_default", "restrict", "no_action"] {
        let mut driver = filled(&format!(
            "[table.parent.columns]\nid = {{ type = \"bigint\", primary_key = true, auto_increment = true }}\n\
             [table.child.columns]\nid = {{ type = \"bigint\", primary_key = true }}\n\
             parent_id = {{ type = \"bigint?\", default = 101, references = \"parent.id\", on_delete = \"{action}\" }}\n"
        ));
        assert!(
            count(
                &mut driver,
                "(SELECT 1 FROM child GROUP BY parent_id HAVING parent_id IS NOT NULL AND count(*) > 1)"
            ) > 0,
            "{action}"
        );
        assert!(count(&mut driver, "child WHERE parent_id IS NULL") > 0, "{action}");
        let top = query(
            &mut driver,
            "SELECT seq > (SELECT max(id) FROM parent) FROM sqlite_sequence WHERE name = 'parent'",
        );
        assert_eq!(top, [[Cell::Integer(1)]], "the top ids were deleted");
    }
}

#[test]
fn references_in_circles() {
    let mut driver = filled(
        "[table.tree.columns]\nid = { type = \"bigint\", primary_key = true }\nup = { type = \"bigint?\", references = \"tree.id\" }\n\
         [table.ring.columns]\nid = { type = \"bigint\", primary_key = true }\nnext = { type = \"bigint\", references = \"ring.id\" }\n\
         [table.a.columns]\nid = { type = \"bigint\", primary_key = true }\nb_id = { type = \"bigint?\", references = \"b.id\" }\n\
         [table.b.columns]\nid = { type = \"bigint\", primary_key = true }\na_id = { type = \"bigint\", references = \"a.id\" }\n\
         [table.x.columns]\nid = { type = \"bigint\", primary_key = true }\ny_id = { type = \"bigint\", references = \"y.id\" }\n\
         [table.y.columns]\nid = { type = \"bigint\", primary_key = true }\nx_id = { type = \"bigint\", references = \"x.id\" }\n",
    );
    for (table, column) in
        [("tree", "up"), ("ring", "next"), ("a", "b_id"), ("b", "a_id"), ("x", "y_id"), ("y", "x_id")]
    {
        assert!(count(&mut driver, &format!("{table} WHERE {column} IS NOT NULL")) > 1, "{table}");
    }
    assert!(count(&mut driver, "tree WHERE up = id") > 0, "one references itself");
    assert!(count(&mut driver, "tree WHERE up <> id") > 0, "one references another");
}

#[test]
fn keys_of_several_columns_that_share_some() {
    let mut driver = filled(
        "[table.users.columns]\nid = { type = \"bigint\", primary_key = true }\n\
         [table.threads]\nprimary_key = [\"owner_id\", \"id\"]\n[table.threads.columns]\n\
         owner_id = { type = \"bigint\", references = \"users.id\" }\nid = \"bigint\"\n\
         [table.emails.columns]\nid = { type = \"bigint\", primary_key = true }\n\
         owner_id = { type = \"bigint\", references = \"users.id\" }\nthread_id = \"bigint\"\n\
         [table.emails.foreign_keys]\nemails_thread_fk = { columns = [\"owner_id\", \"thread_id\"], references = \"threads(owner_id, id)\" }\n\
         [table.pairs]\nprimary_key = [\"one\", \"two\"]\n[table.pairs.columns]\none = \"boolean\"\ntwo = \"boolean\"\n\
         [table.only.columns]\nuser_id = { type = \"bigint\", primary_key = true, references = \"users.id\" }\n",
    );
    assert!(count(&mut driver, "emails") > 3);
    assert_eq!(count(&mut driver, "pairs"), 4, "every combination");
    assert_eq!(count(&mut driver, "only"), count(&mut driver, "users"), "one for each");
}

#[test]
fn conditions_are_kept() {
    let mut driver = filled(
        "[table.t.columns]\nid = { type = \"bigint\", primary_key = true }\nstatus = \"text\"\nsize = \"bigint\"\n\
         code = \"text\"\nlow = \"integer\"\nhigh = \"integer\"\nemail = \"text?\"\nphone = \"text?\"\nmeta = \"text\"\n\
         [table.t.checks]\nt_status_check = \"status IN ('open', 'it''s done')\"\nt_size_check = \"size BETWEEN 10 AND 20\"\n\
         t_code_check = \"length(code) = 5 AND code <> 'xxxxx'\"\nt_order_check = \"low < high\"\n\
         t_email_check = \"email LIKE '%_@_%'\"\nt_one_check = \"(email IS NULL) <> (phone IS NULL)\"\n\
         t_meta_check = \"json_valid(meta)\"\n",
    );
    assert!(count(&mut driver, "t") >= 6, "{}", count(&mut driver, "t"));
    assert_eq!(count(&mut driver, "(SELECT DISTINCT status FROM t)"), 2);
}

#[test]
fn a_table_that_takes_nothing_stays_empty_and_so_do_its_children() {
    let mut driver = filled(
        "[table.never.columns]\nid = { type = \"bigint\", primary_key = true }\n\
         [table.never.checks]\nnever_check = \"id <> id\"\n\
         [table.child.columns]\nid = { type = \"bigint\", primary_key = true }\nnever_id = { type = \"bigint\", references = \"never.id\" }\n\
         [table.maybe.columns]\nid = { type = \"bigint\", primary_key = true }\nnever_id = { type = \"bigint?\", references = \"never.id\" }\n",
    );
    assert_eq!((count(&mut driver, "never"), count(&mut driver, "child")), (0, 0));
    assert!(count(&mut driver, "maybe WHERE never_id IS NULL") > 0);
}

#[test]
fn triggers_and_unusual_tables() {
    let mut driver = filled(
        "[table.t.columns]\nid = { type = \"bigint\", primary_key = true, auto_increment = true }\nname = \"text\"\n\
         shown = { type = \"text\", generated = { sql = \"upper(name)\", stored = true } }\n\
         [table.t.indexes]\nt_name_idx = { columns = [{ sql = \"lower(name)\" }], unique = true }\n\
         [table.strict]\nsqlite = { strict = true, without_rowid = true }\n[table.strict.columns]\n\
         id = { type = \"uuid\", primary_key = true }\nany = { native = { sqlite = \"ANY\" } }\nnumber = { native = { sqlite = \"INT\" } }\n\
         [trigger.t_short]\ntable = \"t\"\nsql = \"CREATE TRIGGER t_short BEFORE INSERT ON t WHEN length(NEW.name) > 200 \
         BEGIN SELECT RAISE(ABORT, 'too long'); END\"\n",
    );
    assert!(count(&mut driver, "t") >= 6);
    assert_eq!(count(&mut driver, "t WHERE length(name) > 200"), 0);
    assert!(count(&mut driver, "strict") > 0);
}

/// Tables that reference each other lose rows again for which no parent was found.
#[test]
fn no_trigger_keeps_a_row_that_references_nothing() {
    let mut driver = filled(
        "[table.orders]\nprimary_key = ['size']\ncolumns.size = 'bigint'\ncolumns.event = 'bigint?'\n\
         foreign_keys.f = { columns = ['event'], references = 'events(id)' }\n\
         [table.events]\nprimary_key = ['id']\ncolumns.id = { type = 'bigint', auto_increment = true }\n\
         columns.code = 'bigint?'\n\
         foreign_keys.f1 = { columns = ['code'], references = 'events(id)' }\n\
         foreign_keys.f2 = { columns = ['code'], references = 'orders(size)' }\n\
         [trigger.t]\ntable = 'orders'\n\
         sql = \"CREATE TRIGGER t AFTER DELETE ON orders BEGIN SELECT RAISE(ABORT, 'deleted'); END\"",
    );
    assert!(count(&mut driver, "orders") > 0);
    assert_eq!(count(&mut driver, "sqlite_master WHERE name = 't'"), 1);
}
