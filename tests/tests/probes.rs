//! The evidence of hazards: what is counted before a migration is what makes it fail, on every database.

#![allow(clippy::panic, clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

// Each test file compiles the support for itself, and none uses all of it.
mod support;

use support::case::schema;
use support::database::{fresh, lines, migrate, run};
use support::servers::{MariaDb, Postgres, Session, Speaks};
use whimbrel_schema::plan::{Intent, Plan, plan, resolve_renames};
use whimbrel_schema::{Capabilities, Dialect, Pair, Query, Schema, hazards, probe_query};

/// A migration, rows that stand in its way, and what is found of them.
struct Case {
    previous: &'static str,
    next: &'static str,
    rows: &'static str,
    /// The hazard, how many rows there are, and the keys of the first.
    found: &'static [(&'static str, i64, &'static [&'static str])],
}

const CASES: &[Case] = &[
    // A unique constraint: NULLs are never the same.
    Case {
        previous: "[table.t.columns]\nid = { type = 'bigint', primary_key = true }\na = 'varchar(9)?'",
        next: "[table.t.columns]\nid = { type = 'bigint', primary_key = true }\n\
               a = { type = 'varchar(9)?', unique = true }",
        rows: "INSERT INTO t VALUES (1, 'x'), (2, 'y'), (3, 'x'), (4, NULL), (5, NULL)",
        found: &[("WHM301:t.t_a_key", 2, &["1", "3"])],
    },
    // Two columns, one of them renamed by the same migration.
    Case {
        previous: "[table.t.columns]\nid = { type = 'bigint', primary_key = true }\na = 'integer'\nb = 'integer'",
        next: "[table.t.columns]\nid = { type = 'bigint', primary_key = true }\n\
               c = { type = 'integer', renamed_from = 'a' }\nb = 'integer'\n\
               [table.t.indexes]\nt_idx = { columns = ['c', 'b'], unique = true }",
        rows: "INSERT INTO t VALUES (1, 1, 1), (2, 1, 2), (3, 1, 1)",
        found: &[("WHM301:t.t_idx", 2, &["1", "3"])],
    },
    // An index that becomes unique, of a table that gets another name.
    Case {
        previous: "[table.t.columns]\nid = { type = 'bigint', primary_key = true }\na = 'integer'\n\
                   [table.t.indexes]\nt_idx = ['a']",
        next: "[table.u]\nrenamed_from = 't'\n[table.u.columns]\nid = { type = 'bigint', primary_key = true }\n\
               a = 'integer'\n[table.u.indexes]\nt_idx = { columns = ['a'], unique = true }",
        rows: "INSERT INTO t VALUES (1, 7), (2, 7), (3, 8)",
        found: &[("WHM302:u.t_idx", 2, &["1", "2"])],
    },
    // A foreign key: NULL references nothing.
    Case {
        previous: "[table.p.columns]\nid = { type = 'bigint', primary_key = true }\n\
                   [table.t.columns]\nid = { type = 'bigint', primary_key = true }\np_id = 'bigint?'",
        next: "[table.p.columns]\nid = { type = 'bigint', primary_key = true }\n\
               [table.t.columns]\nid = { type = 'bigint', primary_key = true }\n\
               p_id = { type = 'bigint?', references = 'p.id' }",
        rows: "INSERT INTO p VALUES (1); INSERT INTO t VALUES (1, 1), (2, 2), (3, NULL)",
        found: &[("WHM304:t.t_p_id_fkey", 1, &["2"])],
    },
    // One to the table itself.
    Case {
        previous: "[table.t.columns]\nid = { type = 'bigint', primary_key = true }\nup = 'bigint?'",
        next: "[table.t.columns]\nid = { type = 'bigint', primary_key = true }\n\
               up = { type = 'bigint?', references = 't.id' }",
        rows: "INSERT INTO t VALUES (1, NULL), (2, 1), (3, 9)",
        found: &[("WHM304:t.t_up_fkey", 1, &["3"])],
    },
    // A check, over a column that gets its value in the same migration.
    Case {
        previous: "[table.t.columns]\nid = { type = 'bigint', primary_key = true }\na = 'integer?'",
        next: "[table.t.columns]\nid = { type = 'bigint', primary_key = true }\na = 'integer?'\n\
               b = { type = 'integer', default = 5 }\n[table.t.checks]\nt_check = 'a < b'",
        rows: "INSERT INTO t VALUES (1, 4), (2, 5), (3, NULL), (4, 6)",
        found: &[("WHM305:t.t_check", 2, &["2", "4"])],
    },
    // Texts that are too long: SQLite keeps them.
    Case {
        previous: "[table.t.columns]\nid = { type = 'bigint', primary_key = true }\na = 'varchar(20)'",
        next: "[table.t.columns]\nid = { type = 'bigint', primary_key = true }\na = 'varchar(3)'",
        rows: "INSERT INTO t VALUES (1, 'abc'), (2, 'abcd'), (3, 'äöü')",
        found: &[("WHD105:t.a", 1, &["2"])],
    },
    Case {
        previous: "[table.t.columns]\nid = { type = 'bigint', primary_key = true }\na = 'bigint'\nb = 'decimal(9,4)'",
        next: "[table.t.columns]\nid = { type = 'bigint', primary_key = true }\na = 'smallint'\nb = 'decimal(5,3)'",
        rows: "INSERT INTO t VALUES (1, 32767, '12.5000'), (2, 32768, '1.0001'), (3, -32769, '123.0000')",
        found: &[("WHD105:t.a", 2, &["2", "3"]), ("WHD105:t.b", 2, &["2", "3"])],
    },
    // What goes.
    Case {
        previous: "[table.t.columns]\nid = { type = 'bigint', primary_key = true }\na = 'integer?'\n\
                   [table.u.columns]\nid = { type = 'bigint', primary_key = true }",
        next: "[table.t.columns]\nid = { type = 'bigint', primary_key = true }",
        rows: "INSERT INTO t VALUES (1, NULL), (2, 2); INSERT INTO u VALUES (1), (2)",
        found: &[("WHD102:t.a", 1, &["2"]), ("WHD101:u", 2, &["1", "2"])],
    },
    // A value of an enum that rows have, in two tables.
    Case {
        previous: "[enum]\ne = ['a', 'b']\n[table.t.columns]\nid = { type = 'bigint', primary_key = true }\nx = 'e'\n\
                   [table.u.columns]\nid = { type = 'bigint', primary_key = true }\nx = 'e'",
        next: "[enum]\ne = ['a']\n[table.t.columns]\nid = { type = 'bigint', primary_key = true }\nx = 'e'\n\
               [table.u.columns]\nid = { type = 'bigint', primary_key = true }\nx = 'e'",
        rows: "INSERT INTO t VALUES (1, 'a'), (2, 'b'); INSERT INTO u VALUES (5, 'b')",
        found: &[("WHD106:e.b", 1, &["2"]), ("WHD106:e.b", 1, &["5"])],
    },
];

/// Texts that are no whole numbers in their usual spelling, by themselves: how they become numbers is said by
/// their author, so no database has to refuse them.
const TEXTS: Case = Case {
    previous: "[table.t.columns]\nid = { type = 'bigint', primary_key = true }\na = 'text'",
    next: "[table.t.columns]\nid = { type = 'bigint', primary_key = true }\na = 'bigint'",
    rows: "INSERT INTO t VALUES (1, '7'), (2, '007'), (3, '1e3'), (4, 'abc'), (5, '-12'), (6, '0'), (7, '')",
    found: &[("WHD105:t.a", 4, &["2", "3", "4", "7"])],
};

/// A column that is computed and NOT NULL, which MariaDB cannot say.
const COMPUTED: Case = Case {
    previous: "[table.t.columns]\nid = { type = 'bigint', primary_key = true }\na = 'text?'",
    next: "[table.t.columns]\nid = { type = 'bigint', primary_key = true }\na = 'text?'\n\
           b = { type = 'text', generated = { sql = 'lower(a)', stored = true } }",
    rows: "INSERT INTO t VALUES (1, 'A'), (2, NULL), (3, '')",
    found: &[("WHM305:t.b", 1, &["2"])],
};

/// One that becomes so.
const COMPUTED_BEFORE: Case = Case {
    previous: "[table.t.columns]\nid = { type = 'bigint', primary_key = true }\na = 'text?'\n\
               b = { type = 'text?', generated = { sql = 'lower(a)', stored = true } }",
    rows: "INSERT INTO t (id, a) VALUES (1, 'A'), (2, NULL), (3, '')",
    ..COMPUTED
};

struct Planned {
    schemas: Pair<Schema>,
    plan: Plan,
}

fn planned(case: &Case) -> Planned {
    let (previous, _) = schema(case.previous, "previous.toml");
    let (next, hints) = schema(case.next, "next.toml");
    let schemas = Pair::new(previous, next);
    let (renames, problems) = resolve_renames(schemas.as_ref(), &hints);
    assert!(problems.is_empty());
    let intent = Intent { renames, backfills: hints.backfills, ..Intent::default() };
    let plan = plan(schemas.as_ref(), &intent);
    Planned { schemas, plan }
}

/// What is asked about the hazards of a case, by their names, and whether rows would make it fail.
fn queries(planned: &Planned, dialect: Dialect) -> Vec<(String, Query, bool)> {
    let Pair { previous, next } = planned.schemas.as_ref();
    let refuses = Capabilities::of(dialect).refuses_unfit;
    let hazards = hazards(&planned.plan.upgrade, previous, next);
    let here = hazards.iter().filter(|hazard| hazard.dialects.contains(&dialect));
    here.flat_map(|hazard| hazard.probes.iter().map(move |probe| (hazard.name(), probe)))
        .filter_map(|(name, probe)| {
            let fails = probe.question.fails() || (probe.question.is_unfit() && refuses);
            Some((name, probe_query(dialect, probe, previous)?, fails))
        })
        .collect()
}

/// What a database answers: the only value of a query, or the first column of its rows.
fn check(case: &Case, dialect: Dialect, mut ask: impl FnMut(&str) -> Vec<String>) -> bool {
    let planned = planned(case);
    let (mut found, mut fatal) = (Vec::new(), false);
    for (name, query, fails) in queries(&planned, dialect) {
        let count: i64 = ask(&query.count)[0].parse().unwrap();
        let sample = query.sample.as_deref().map(&mut ask).unwrap_or_default();
        if count > 0 {
            fatal |= fails;
            found.push((name, count, sample));
        }
    }
    let expected: Vec<(String, i64, Vec<String>)> = case
        .found
        .iter()
        .map(|(name, count, keys)| {
            ((*name).to_owned(), *count, keys.iter().map(|key| (*key).to_owned()).collect())
        })
        .collect();
    assert_eq!(found, expected, "on {dialect}, of\n{}", case.next);
    fatal
}

#[test]
fn what_is_found_on_sqlite_makes_it_fail() {
    for case in CASES.iter().chain([&COMPUTED, &COMPUTED_BEFORE]) {
        let Planned { schemas, plan } = planned(case);
        let mut db = fresh(&schemas.previous);
        run(&db, case.rows);
        let fatal = check(case, Dialect::Sqlite, |sql| lines(&db, sql));
        let went = migrate(&mut db, &plan.upgrade, schemas.as_ref());
        assert_eq!(went.is_err(), fatal, "{went:?} of\n{}", case.next);
    }
}

#[test]
fn what_is_found_on_servers_makes_it_fail() {
    on::<Postgres>(CASES.iter().chain([&COMPUTED, &COMPUTED_BEFORE]));
    on::<MariaDb>(CASES);
}

fn on<S: Speaks>(cases: impl IntoIterator<Item = &'static Case>) {
    for case in cases {
        let Some(mut session) = Session::<S>::open() else { return };
        let Planned { schemas, plan } = planned(case);
        fill(&mut session, &schemas.previous, case.rows);
        let fatal = check(case, S::DIALECT, |sql| answers::<S>(&mut session, sql));
        let went = session.migrate(&plan.upgrade, schemas.as_ref(), whimbrel::Direction::Upgrade);
        assert_eq!(went.is_err(), fatal, "{}: {went:?} of\n{}", S::NAME, case.next);
    }
}

fn fill<S: Speaks>(session: &mut Session<S>, schema: &Schema, rows: &str) {
    session
        .create(schema, |session| rows.split("; ").try_for_each(|sql| session.run(sql)))
        .unwrap_or_else(|error| panic!("{error}"));
}

fn answers<S: Speaks>(session: &mut Session<S>, sql: &str) -> Vec<String> {
    let rows = S::texts(&mut session.client, sql).unwrap_or_else(|error| panic!("{error} in: {sql}"));
    rows.into_iter().map(|row| row[0].clone().unwrap()).collect()
}

#[test]
fn texts_that_are_no_numbers_are_found() {
    let db = fresh(&planned(&TEXTS).schemas.previous);
    run(&db, TEXTS.rows);
    check(&TEXTS, Dialect::Sqlite, |sql| lines(&db, sql));
    fn texts<S: Speaks>() {
        let Some(mut session) = Session::<S>::open() else { return };
        fill(&mut session, &planned(&TEXTS).schemas.previous, TEXTS.rows);
        check(&TEXTS, S::DIALECT, |sql| answers::<S>(&mut session, sql));
    }
    texts::<Postgres>();
    texts::<MariaDb>();
}

/// What rows were before earlier steps is no evidence of what they are then.
#[test]
fn nothing_is_asked_behind_steps_that_change_the_rows() {
    use whimbrel_schema::{DataStatement, Operation};
    let Planned { schemas, plan } = planned(&CASES[0]);
    let delete = Operation::Data(DataStatement::Delete { table: "t".into(), filter: None });
    let steps: Vec<Operation> = [delete].into_iter().chain(plan.upgrade).collect();
    let hazards = hazards(&steps, &schemas.previous, &schemas.next);
    let unique = hazards.iter().find(|hazard| hazard.name() == "WHM301:t.t_a_key").unwrap();
    assert_eq!(unique.probes, []);
}
