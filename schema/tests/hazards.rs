//! The catalogue, case by case: what is found, and what looks like it and is not.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use whimbrel_schema::plan::{Intent, plan, resolve_renames};
use whimbrel_schema::{
    Dialect, Effect, Elsewhere, HAZARD_CATALOGUE, HazardCode, HazardPolicy, Operation, Pair, Schema,
    Severity, Sources, Sql, Style, hazards, hazards_in_a_row, parse, report_all, validate,
};

/// The hazards on a database of the way from one schema to the next, of the families given.
fn found(previous: &str, next: &str, dialect: Dialect, families: &[&str]) -> Vec<String> {
    let (previous, _) = schema(previous, dialect);
    let (next, hints) = schema(next, dialect);
    let pair = Pair::new(&previous, &next);
    let (renames, _) = resolve_renames(pair, &hints);
    let intent = Intent { renames, backfills: hints.backfills, ..Intent::default() };
    let plan = plan(pair, &intent);
    named(&plan.upgrade, &previous, &next, dialect, families)
}

fn named(
    operations: &[Operation],
    previous: &Schema,
    next: &Schema,
    dialect: Dialect,
    families: &[&str],
) -> Vec<String> {
    let hazards = hazards(operations, previous, next);
    let here = hazards.iter().filter(|hazard| hazard.is_on(&[dialect])).map(|hazard| hazard.name());
    here.filter(|name| families.iter().any(|family| name.starts_with(family))).collect()
}

fn schema(text: &str, dialect: Dialect) -> (Schema, whimbrel_schema::Hints) {
    let mut sources = Sources::default();
    let id = sources.add("a.toml", text);
    let validated = validate(&[parse(&sources, id)], &[dialect]);
    let report = report_all(&validated.diagnostics, &sources, Style::Plain);
    assert!(validated.diagnostics.is_empty(), "{report}");
    (validated.schema, validated.hints)
}

const ID: &str = "[table.t.columns]\nid = { type = 'bigint', primary_key = true }\n";

/// From `t` with some more lines to `t` with others.
fn check(dialect: Dialect, families: &[&str], previous: &str, next: &str, expected: &[&str]) {
    let (previous, next) = (format!("{ID}{previous}"), format!("{ID}{next}"));
    assert_eq!(found(&previous, &next, dialect, families), expected, "on {dialect}, to\n{next}");
}

#[test]
fn what_is_unique_already_or_empty_has_no_duplicates() {
    let check =
        |previous, next, expected| check(Dialect::Sqlite, &["WHM301", "WHM302"], previous, next, expected);
    check("a = 'text'", "a = { type = 'text', unique = true }", &["WHM301:t.t_a_key"]);
    check(
        "a = { type = 'text', unique = true }",
        "a = 'text'\n[table.t.indexes]\ni = { columns = ['a'], unique = true }",
        &[],
    );
    check("", "a = { type = 'text?', unique = true }", &[]);
    check("", "a = { type = 'text', unique = true, default = 'x' }", &["WHM301:t.t_a_key"]);
    check(
        "a = 'text'\n[table.t.indexes]\ni = ['a']",
        "a = 'text'\n[table.t.indexes]\ni = { columns = ['a'], unique = true }",
        &["WHM302:t.i"],
    );
    check("a = 'text'", "a = 'text'\n[table.t.indexes]\ni = ['a']", &[]);
}

#[test]
fn what_a_table_brings_along_is_new() {
    let families = ["WHD", "WHC", "WHM", "WHP40", "WHP41", "WHY5"];
    for dialect in Dialect::ALL {
        let next = "[table.u]\ncolumns = { id = { type = 'bigint', primary_key = true }, \
                    a = { type = 'varchar(9)', unique = true }, t_id = { type = 'bigint', references = 't.id' } }\n\
                    checks.c = \"a <> 'x'\"\nindexes.i = ['t_id']";
        check(dialect, &families, "", next, &[]);
    }
}

#[test]
fn constraints_go_with_their_columns_or_come_back_otherwise() {
    let check = |previous, next, expected| check(Dialect::Sqlite, &["WHD109"], previous, next, expected);
    check("a = { type = 'text?', unique = true }", "a = 'text?'", &["WHD109:t.t_a_key"]);
    check("a = { type = 'text?', unique = true }", "", &[]);
    check("a = 'text?'\n[table.t.checks]\nc = \"a <> 'x'\"", "", &[]);
    check(
        "a = 'text?'\n[table.t.checks]\nc = \"a <> 'x'\"",
        "a = 'text?'\n[table.t.checks]\nc = \"a <> 'y'\"",
        &[],
    );
    check("a = 'text?'\n[table.t.checks]\nc = \"a <> 'x'\"", "a = 'text?'", &["WHD109:t.c"]);
}

#[test]
fn postgres_rewrites_a_table_only_for_other_bytes() {
    let check = |previous: &str, next: &str, expected| {
        check(
            Dialect::Postgres,
            &["WHP408"],
            &format!("a = '{previous}'"),
            &format!("a = '{next}'"),
            expected,
        );
    };
    let rewritten: &[&str] = &["WHP408:t.a"];
    check("varchar(9)", "varchar(20)", &[]);
    check("varchar(9)", "text", &[]);
    check("varchar(20)", "varchar(9)", rewritten);
    check("decimal(9,2)", "decimal(12,2)", &[]);
    check("decimal(9,2)", "decimal(12,3)", rewritten);
    check("integer", "bigint", rewritten);
    check("integer", "text", rewritten);
}

#[test]
fn postgres_computes_only_volatile_defaults_for_every_row() {
    let check = |default: &str, expected| {
        let column = format!("a = {{ type = 'timestamptz', default = {{ sql = \"{default}\" }} }}");
        check(Dialect::Postgres, &["WHP409"], "", &column, expected);
    };
    check("CURRENT_TIMESTAMP", &[]);
    check("now()", &[]);
    check("clock_timestamp()", &["WHP409:t.a"]);
    check("now() - make_interval(days => 1)", &["WHP409:t.a"]);
}

#[test]
fn mysql_copies_a_table_for_another_length_of_the_length() {
    let check = |previous: &str, next: &str, expected| {
        check(Dialect::Mysql, &["WHY501"], &format!("a = '{previous}'"), &format!("a = '{next}'"), expected);
    };
    check("varchar(9)", "varchar(63)", &[]);
    check("varchar(63)", "varchar(64)", &["WHY501:t.a"]);
    check("varchar(64)", "varchar(200)", &[]);
    check("varchar(64)", "varchar(63)", &["WHY501:t.a"]);
    check("integer", "bigint", &["WHY501:t.a"]);
}

#[test]
fn mysql_takes_more_values_at_the_end() {
    let families = ["WHY503"];
    let of = |values: &str| format!("[enum]\ne = [{values}]\n{ID}a = 'e'");
    let check = |previous: &str, next: &str| found(&of(previous), &of(next), Dialect::Mysql, &families);
    assert_eq!(check("'a', 'b'", "'a', 'b', 'c'"), Vec::<String>::new());
    assert_eq!(check("'a', 'b'", "'c', 'a', 'b'"), ["WHY503:e"]);
    assert_eq!(check("'a', 'b'", "'a'"), ["WHY503:e"]);
    let many = |count: usize| (0..count).map(|value| format!("'v{value}'")).collect::<Vec<_>>().join(", ");
    assert_eq!(check(&many(255), &many(256)), ["WHY503:e"]);
}

#[test]
fn sqlite_rebuilds_only_what_it_cannot_alter() {
    let check = |previous, next, expected| check(Dialect::Sqlite, &["WHS601"], previous, next, expected);
    check("", "a = 'text?'", &[]);
    check("", "a = { type = 'text', default = { sql = 'CURRENT_TIMESTAMP' } }", &["WHS601:t"]);
    check("a = 'text?'", "", &[]);
    check("a = { type = 'text?', unique = true }", "", &["WHS601:t"]);
}

#[test]
fn shapes() {
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        let check = |previous: &str, next: &str, expected: &[&str]| {
            check(dialect, &["WHN003"], previous, next, expected)
        };
        let references = "a = { type = 'bigint?', references = 't.id' }";
        check("a = 'bigint?'", references, &["WHN003:t.t_a_fkey"]);
        check("a = 'bigint?'", &format!("{references}\n[table.t.indexes]\ni = ['a', 'id']"), &[]);
        let one = "a = 'bigint'\nb = 'bigint'\n[table.t.indexes]\ni = ['a', 'b']";
        check(one, &format!("{one}\nj = ['a']"), &["WHN003:t.j"]);
        check(one, &format!("{one}\nj = ['b']"), &[]);
        check(one, &format!("{one}\nj = ['a desc']"), &[]);
        check(one, &format!("{one}\nj = {{ columns = ['a'], unique = true }}"), &[]);
        check("", "price = 'double?'", &["WHN003:t.price"]);
        check("", "surprise = 'double?'\nprice = 'decimal(9,2)?'", &[]);
    }
    // It makes the index by itself.
    check(Dialect::Mysql, &["WHN003"], "a = 'bigint?'", "a = { type = 'bigint?', references = 't.id' }", &[]);
}

/// What is found in hand-written SQL on a database, in a schema of `t`, which `u` references.
fn written(sql: &str, effects: &[Effect], dialect: Dialect) -> Vec<String> {
    let text =
        format!("{ID}a = 'integer?'\n[table.u.columns]\nt_id = {{ type = 'bigint', references = 't.id' }}");
    let (schema, _) = schema(&text, dialect);
    let operation = Operation::Sql { sql: Sql::from(sql), effects: effects.to_vec() };
    named(&[operation], &schema, &schema, dialect, &["WH"])
}

#[test]
fn hand_written_sql_is_read() {
    let changes = [Effect::Changes { table: "t".into() }];
    let alters = [Effect::Alters { table: "t".into() }];
    let cases: &[(&str, &[Effect], Dialect, &[&str])] = &[
        ("UPDATE t SET a = 1 WHERE id = 2", &changes, Dialect::Sqlite, &["WHT702:t"]),
        ("UPDATE t SET a = (SELECT 1 WHERE 1)", &changes, Dialect::Sqlite, &["WHT702:t", "WHD108:t"]),
        ("WITH x AS (SELECT 1) DELETE FROM t", &changes, Dialect::Postgres, &["WHT702:t", "WHD108:t"]),
        ("DELETE FROM main.\"T\" -- WHERE\n", &changes, Dialect::Sqlite, &["WHT702:t", "WHD108:T"]),
        ("INSERT INTO t (id) VALUES (1)", &[], Dialect::Sqlite, &["WHT705:t"]),
        ("INSERT INTO other VALUES (1)", &[], Dialect::Sqlite, &[]),
        ("ALTER TABLE t ADD COLUMN b int", &changes, Dialect::Sqlite, &["WHT702:t", "WHT705:t"]),
        ("ALTER TABLE t ADD COLUMN b int", &alters, Dialect::Sqlite, &["WHT702:t"]),
        ("DROP TABLE t", &changes, Dialect::Sqlite, &["WHT702:t", "WHT705:t", "WHS602:t"]),
        ("DROP TABLE u", &changes, Dialect::Sqlite, &["WHT702:t", "WHT705:u"]),
        ("DROP TABLE t", &[Effect::Drops { table: "t".into() }], Dialect::Sqlite, &["WHD101:t"]),
        ("SELECT 1; COMMIT", &[], Dialect::Mysql, &["WHT701:sql"]),
        ("CREATE TRIGGER x AFTER INSERT ON t BEGIN DELETE FROM u; END", &[], Dialect::Sqlite, &[]),
        ("DO $$ BEGIN DELETE FROM t; END $$", &[], Dialect::Postgres, &[]),
        ("SELECT 'DELETE FROM t'", &[], Dialect::Sqlite, &[]),
        ("SELECT 'it\\'s; DELETE FROM t'", &[], Dialect::Mysql, &[]),
        ("SELECT 'never ends", &[], Dialect::Sqlite, &["WHT704:sql"]),
        ("FROBNICATE", &[], Dialect::Postgres, &["WHT704:sql"]),
        ("CREATE INDEX i ON t (a)", &[], Dialect::Postgres, &["WHP401:t"]),
        ("CREATE INDEX i ON t (a)", &[], Dialect::Sqlite, &[]),
        ("CREATE INDEX i ON t (a)", &[], Dialect::Mysql, &["WHT703:sql"]),
        ("CREATE INDEX CONCURRENTLY i ON t (a)", &[], Dialect::Postgres, &["WHP403:sql"]),
        ("TRUNCATE t", &changes, Dialect::Mysql, &["WHT702:t", "WHD104:t"]),
        ("DROP DATABASE IF EXISTS x", &[], Dialect::Mysql, &["WHD103:x"]),
    ];
    for (sql, effects, dialect, expected) in cases {
        assert_eq!(written(sql, effects, *dialect), *expected, "{sql} on {dialect}");
    }
}

#[test]
fn what_policy_raises_spares_migrations_that_are_not_the_newest() {
    let default = HazardPolicy::default();
    assert_eq!(default.severity(HazardCode::DropColumn, 1, false), Severity::Error);
    // A rule that came after the migration was judged blocks nothing.
    assert_eq!(default.severity(HazardCode::DropColumn, 0, true), Severity::Warn);
    let online = HazardPolicy { online: true, ..HazardPolicy::default() };
    for code in [HazardCode::BlockingIndex, HazardCode::TableCopy, HazardCode::RequiredColumn] {
        assert_eq!(default.severity(code, 1, true), Severity::Warn);
        assert_eq!(online.severity(code, 1, true), Severity::Error);
        assert_eq!(online.severity(code, 1, false), Severity::Warn);
    }
    let severities =
        BTreeMap::from([(HazardCode::DropColumn, Severity::Inform), (HazardCode::Shape, Severity::Error)]);
    let policy = HazardPolicy { online: true, severities };
    assert_eq!(policy.severity(HazardCode::DropColumn, 1, true), Severity::Inform);
    assert_eq!(policy.severity(HazardCode::Shape, 1, true), Severity::Error);
    assert_eq!(policy.severity(HazardCode::Shape, 1, false), Severity::Warn);
}

/// A step that is to let programs go on is judged as strictly as if all were, whatever the project says.
#[test]
fn what_cannot_be_done_online_is_an_error_where_it_is_asked_for() {
    let (previous, _) = schema(&format!("{ID}a = 'integer'"), Dialect::Mysql);
    let (next, _) = schema(&format!("{ID}a = 'bigint'"), Dialect::Mysql);
    let steps = |wish: bool| {
        let mut steps = plan(Pair::new(&previous, &next), &Intent::default()).upgrade;
        for step in &mut steps {
            if let Operation::AlterTable { online, .. } = step {
                *online = wish;
            }
        }
        steps
    };
    let weight = |online: bool| {
        let hazards = hazards(&steps(online), &previous, &next);
        let judged = HazardPolicy::default().judge(&hazards, &[Dialect::Mysql], 1, true);
        judged.iter().find(|(hazard, _)| hazard.code == HazardCode::TableCopy).map(|(_, severity)| *severity)
    };
    assert_eq!((weight(false), weight(true)), (Some(Severity::Warn), Some(Severity::Error)));
}

#[test]
fn what_is_off_or_of_another_database_is_not_told() {
    let (previous, _) = schema(&format!("{ID}a = 'text?'"), Dialect::Sqlite);
    let (next, _) = schema(ID, Dialect::Sqlite);
    let plan = plan(Pair::new(&previous, &next), &Intent::default());
    let hazards = hazards(&plan.upgrade, &previous, &next);
    let told = |policy: &HazardPolicy, dialect| policy.judge(&hazards, &[dialect], 1, true).len();
    let off = BTreeMap::from([(HazardCode::DropColumn, Severity::Off)]);
    let off = HazardPolicy { severities: off, ..HazardPolicy::default() };
    assert_eq!((told(&HazardPolicy::default(), Dialect::Sqlite), told(&off, Dialect::Sqlite)), (1, 0));
}

/// What one migration creates is new to the next, if both are about to run.
#[test]
fn migrations_in_a_row() {
    let (first, _) = schema(&format!("{ID}a = 'text?'"), Dialect::Sqlite);
    let (second, _) = schema(ID, Dialect::Sqlite);
    let nothing = Schema::default();
    let steps = |pair| plan(pair, &Intent::default()).upgrade;
    let (create, drop) = (steps(Pair::new(&nothing, &first)), steps(Pair::new(&first, &second)));
    let row = hazards_in_a_row(&[(&create, &first), (&drop, &second)], &nothing);
    assert!(row[1].iter().all(|hazard| hazard.code != HazardCode::DropColumn), "{row:?}");
    let alone = hazards_in_a_row(&[(&drop, &second)], &first);
    assert_eq!(alone[0][0].name(), "WHD102:t.a");
}

#[test]
fn every_rule_says_all_there_is_to_say() {
    let mut texts = BTreeSet::new();
    for (index, rule) in HazardCode::RULES.iter().enumerate() {
        let code = rule.code;
        assert_eq!(code as usize, index);
        assert_eq!(HazardCode::from_text(code.text()), Some(code));
        assert_eq!(code.rule(), rule);
        assert!(!rule.dialects.is_empty() && rule.since <= HAZARD_CATALOGUE && rule.since > 0, "{code}");
        assert!(rule.online >= rule.severity, "{code}: online is never weaker");
        for text in [rule.reason, rule.alternative] {
            assert!(text.len() > 20 && !text.ends_with('.'), "{code}: {text}");
        }
        assert!(texts.insert(code.text()), "{code} is twice");
    }
    let elsewhere: Vec<&str> = Elsewhere::ALL.iter().map(|other| other.code).collect();
    assert!(elsewhere.is_sorted() && elsewhere.iter().all(|code| texts.insert(code)));
    // What is not told of has its place all the same: 8 families, each without a gap.
    for (family, numbers) in [
        ("WHD", 101..=112),
        ("WHC", 201..=206),
        ("WHM", 301..=306),
        ("WHP", 401..=417),
        ("WHY", 501..=509),
        ("WHS", 601..=607),
        ("WHT", 701..=705),
        ("WHH", 801..=806),
        ("WHR", 901..=902),
    ] {
        for number in numbers {
            let code = format!("{family}{number}");
            assert!(texts.contains(code.as_str()), "{code} is missing");
        }
    }
}
