//! Sets that end in the middle of rows that are made, which happens in two threads: nothing of them is loaded.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use generated_example::db::PROJECT;
use mysql::prelude::Queryable as _;
use whimbrel::seed::{Call, Scope, SeedProgress, Seeder};
use whimbrel::{Apply, Migrator, Project, SeedFiles, SeedFunction};
use whimbrel_schema::Value;

use super::project::project;
use super::seeder;
use crate::engine::engines;
use crate::support::servers::{MariaDb, Server};

/// Behind several batches.
const WRONG: u64 = 9_500;
const ROWS: u64 = 12_000;

fn name(row: u64) -> Option<Value> {
    Some(Value::Text(format!("hen {row}")))
}

fn good(call: &mut Call) -> Option<Value> {
    name(call.row)
}

/// The database refuses it.
fn twice(call: &mut Call) -> Option<Value> {
    name(if call.row == WRONG { 1 } else { call.row })
}

/// It fits into no column.
fn long(call: &mut Call) -> Option<Value> {
    if call.row == WRONG { Some(Value::Text("x".repeat(41))) } else { name(call.row) }
}

fn panics(call: &mut Call) -> Option<Value> {
    assert_ne!(call.row, WRONG, "the function gives up");
    name(call.row)
}

const FUNCTIONS: [SeedFunction; 4] = [
    SeedFunction { path: "crate::good", call: good },
    SeedFunction { path: "crate::twice", call: twice },
    SeedFunction { path: "crate::long", call: long },
    SeedFunction { path: "crate::panics", call: panics },
];

/// A program whose set calls this function.
fn calling(function: &str) -> &'static Project {
    let text = format!(
        "set = 'hens'\n[[hens.generate]]\ncount = {ROWS}\ncolumns.name = {{ call = 'crate::{function}' }}\n"
    );
    let text: &'static str = Box::leak(text.into_boxed_str());
    let texts = Box::leak(Box::new([("seeds/hens.toml", text)]));
    let files = SeedFiles { directory: "seeds", texts, data: &[], functions: &FUNCTIONS };
    Box::leak(Box::new(project(Box::leak(Box::new(files)))))
}

#[test]
fn a_set_that_ends_halfway_is_not_loaded() {
    for mut engine in engines() {
        let database = engine.name();
        for (function, told) in [("twice", ""), ("long", "41 characters")] {
            let error = seeder(&*engine, calling(function)).run(Scope::All).unwrap_err().to_string();
            assert!(error.contains("hens") && error.contains(told), "{database}: {error}");
            assert_eq!(engine.table("hens", "id").len(), 0, "{database}, {function}");
        }
        let mut panicking = seeder(&*engine, calling("panics"));
        let caught = catch_unwind(AssertUnwindSafe(|| panicking.run(Scope::All)));
        let said = caught.unwrap_err();
        assert!(said.downcast_ref::<String>().unwrap().contains("the function gives up"), "{database}");
        drop(panicking);
        assert_eq!(engine.table("hens", "id").len(), 0, "{database}");

        let heard: Rc<RefCell<Vec<u64>>> = Rc::default();
        let hearing = Rc::clone(&heard);
        let mut good = seeder(&*engine, calling("good")).on_progress(move |told| {
            if let SeedProgress::Rows { done, total, .. } = told {
                assert_eq!(total, ROWS);
                hearing.borrow_mut().push(done);
            }
        });
        good.run(Scope::All).unwrap_or_else(|error| panic!("{database}: {error}"));
        drop(good);
        let heard = heard.take();
        assert!(heard.len() > 2 && heard.is_sorted() && heard.last() == Some(&ROWS), "{database}: {heard:?}");
        let rows = engine.table("hens", "id, name");
        assert_eq!(rows.len() as u64, ROWS, "{database}");
        engine.run("UPDATE hens SET name = 'another' WHERE name = 'hen 9000'").unwrap();
        let cleaned = seeder(&*engine, calling("good")).clean(None).unwrap();
        assert_eq!(cleaned[0].removed, [("hens".to_owned(), ROWS - 1)], "{database}");
        assert_eq!(cleaned[0].kept.len(), 1, "{database}");
        assert_eq!(engine.table("hens", "name").len(), 1, "{database}");
    }
}

/// A server has room for some thousands of prepared statements, and what a connection is done with is none of them.
#[test]
fn mariadb_keeps_no_statement_that_is_done() {
    let Some(server) = MariaDb::fresh() else { return };
    let mut connection = mysql::Conn::new(server.url().as_str()).unwrap();
    let mut counts = Vec::new();
    for _ in 0..2 {
        let mut migrator = Migrator::mysql(&PROJECT, &mut connection).unwrap();
        migrator.apply(Apply::All).unwrap();
        let mut seeder = Seeder::new(migrator).unwrap();
        seeder.run(Scope::All).unwrap();
        seeder.clean(None).unwrap();
        drop(seeder);
        let mut count = |name: &str| -> u64 {
            let found: Option<(String, u64)> =
                connection.query_first(format!("SHOW SESSION STATUS LIKE '{name}'")).unwrap();
            found.unwrap().1
        };
        counts.push((count("Com_stmt_prepare"), count("Com_stmt_close")));
    }
    // In the first round some could not be prepared, because their tables were not there yet.
    let [first, second] = counts[..] else { panic!("{counts:?}") };
    assert!(second.0 > first.0 + 20, "{counts:?}");
    assert_eq!(second.0 - first.0, second.1 - first.1, "{counts:?}");
}
