//! The form of changes that lets programs go on: what is rendered, which hazards are left, and whether MariaDB
//! takes the clauses that are asserted, and no stronger ones.

#![allow(clippy::panic, clippy::unwrap_used, reason = "helpers of tests, too, fail by panicking")]

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use support::servers::{MariaDb, Session};
use whimbrel_schema::plan::{Intent, plan, resolve_renames};
use whimbrel_schema::{
    Dialect, Operation, Pair, Schema, Sources, Statement, hazards, parse, render, validate,
};

/// What it is called, what is changed in [`BEFORE`], and what it becomes.
const CHANGES: [(&str, &[(&str, &str)]); 41] = [
    ("a nullable column", &[("#column", "z = 'integer?'")]),
    ("a column with a default", &[("#column", "z = { type = 'varchar(9)', default = 'z' }")]),
    ("a column with a default of a long text", &[("#column", "z = { type = 'text', default = 'z' }")]),
    ("a column with a backfill", &[("#column", "z = { type = 'integer', backfill = 1 }")]),
    (
        "a column with a computed backfill",
        &[("#column", "z = { type = 'integer', backfill = { sql = 'a + 1' } }")],
    ),
    (
        "a column with a computed default",
        &[("#column", "z = { type = 'timestamptz', default = { sql = 'CURRENT_TIMESTAMP' } }")],
    ),
    ("a virtual column", &[("#mysql_column", "z = { type = 'integer', generated = { sql = 'a + 1' } }")]),
    (
        "a virtual column among others",
        &[("#mysql_column", "z = { type = 'integer', generated = { sql = 'a + 1' } }\ny = 'integer?'")],
    ),
    (
        "a stored column",
        &[("#column", "z = { type = 'integer', generated = { sql = 'a + 1', stored = true } }")],
    ),
    ("a column dropped", &[("spare = 'integer?'", "")]),
    ("columns renamed", &[("spare = 'integer?'", "other = { type = 'integer?', renamed_from = 'spare' }")]),
    ("another default", &[("default = 1", "default = 2")]),
    ("a default dropped", &[(", default = 1", "")]),
    ("another comment", &[("doc = 'A'", "doc = 'B'")]),
    ("NOT NULL", &[("n = 'integer?'", "n = 'integer'")]),
    ("NOT NULL with a backfill", &[("n = 'integer?'", "n = { type = 'integer', backfill = 0 }")]),
    (
        "NOT NULL of two columns",
        &[
            ("n = 'integer?'", "n = { type = 'integer', backfill = 0 }"),
            ("v = 'varchar(20)?'", "v = { type = 'varchar(20)', backfill = '' }"),
        ],
    ),
    (
        "NOT NULL beside a stored column",
        &[
            ("#before", "s = { type = 'integer', generated = { sql = 'a + 1', stored = true } }"),
            ("n = 'integer?'", "n = { type = 'integer', backfill = 0 }"),
        ],
    ),
    (
        "NULL",
        &[(
            "a = { type = 'integer', default = 1, doc = 'A' }",
            "a = { type = 'integer?', default = 1, doc = 'A' }",
        )],
    ),
    ("a longer text", &[("v = 'varchar(20)?'", "v = 'varchar(40)?'")]),
    ("a much longer text", &[("v = 'varchar(20)?'", "v = 'varchar(200)?'")]),
    ("a text of any length", &[("v = 'varchar(20)?'", "v = 'text?'")]),
    ("a wider number", &[("n = 'integer?'", "n = 'bigint?'")]),
    (
        "another collation",
        &[(
            "v = 'varchar(20)?'",
            "v = { type = 'varchar(20)?', collation = { sqlite = 'NOCASE', postgres = 'C', mysql = 'utf8mb4_general_ci' } }",
        )],
    ),
    (
        "numbers given by the database",
        &[("id = 'bigint'", "id = { type = 'bigint', auto_increment = true }")],
    ),
    ("an index", &[("#indexes", "t_n_idx = ['n']")]),
    ("a unique index", &[("#indexes", "t_n_idx = { columns = ['n'], unique = true }")]),
    ("a fulltext index", &[("#indexes", "t_v_idx = { columns = ['v'], method = { mysql = 'fulltext' } }")]),
    ("an index dropped", &[("t_a_idx = ['a']", "")]),
    ("a unique constraint", &[("#uniques", "t_n_key = ['n']")]),
    ("a unique constraint dropped", &[("t_u_key = ['u']", "")]),
    ("another unique constraint", &[("t_u_key = ['u']", "t_u_key = ['u', 'a']")]),
    ("another primary key", &[("primary_key = ['id']", "primary_key = ['u']")]),
    ("a primary key dropped", &[("primary_key = ['id']", "")]),
    (
        "a stored column with values of its own",
        &[
            ("#before", "s = { type = 'integer?', generated = { sql = 'a + 1', stored = true } }"),
            ("s = { type = 'integer?', generated = { sql = 'a + 1', stored = true } }", "s = 'integer?'"),
        ],
    ),
    ("a foreign key", &[("#foreign_keys", "t_n_fkey = { columns = ['n'], references = 'p.id' }")]),
    ("a foreign key dropped", &[("t_p_fkey = { columns = ['p'], references = 'p.id' }", "")]),
    ("a check", &[("#checks", "t_n_check = 'n > 0'")]),
    ("a check dropped", &[("t_a_check = 'a > 0'", "")]),
    ("a longer text in a check and an index", &[("w = 'varchar(20)?'", "w = 'varchar(40)?'")]),
    (
        "a column and what is made of it",
        &[
            ("#column", "z = { type = 'integer', default = 0 }"),
            ("#indexes", "t_z_idx = ['z']"),
            ("#foreign_keys", "t_n_fkey = { columns = ['n'], references = 'p.id' }"),
        ],
    ),
];

const BEFORE: &str = "
[table.p.columns]
id = { type = 'integer', primary_key = true }
[table.t]
primary_key = ['id']
[table.t.columns]
id = 'bigint'
a = { type = 'integer', default = 1, doc = 'A' }
n = 'integer?'
u = 'integer'
p = 'integer?'
v = 'varchar(20)?'
w = 'varchar(20)?'
spare = 'integer?'
#before
#column
#mysql_column
[table.t.indexes]
t_a_idx = ['a']
t_w_idx = { columns = [{ sql = 'lower(w)' }], only = ['postgres', 'sqlite'] }
#indexes
[table.t.uniques]
t_u_key = ['u']
#uniques
[table.t.foreign_keys]
t_p_fkey = { columns = ['p'], references = 'p.id' }
#foreign_keys
[table.t.checks]
t_a_check = 'a > 0'
t_w_check = \"w <> ''\"
#checks
";

struct Change {
    name: &'static str,
    schemas: Pair<Schema>,
    operations: Vec<Operation>,
}

fn changes() -> Vec<Change> {
    CHANGES.iter().map(|(name, edits)| change(name, edits)).collect()
}

fn change(name: &'static str, edits: &[(&str, &str)]) -> Change {
    let (mut previous, mut next) = (BEFORE.to_owned(), BEFORE.to_owned());
    for (from, to) in edits {
        assert!(previous.contains(from), "{name}: {from}");
        next = next.replace(from, to);
        if *from == "#before" {
            previous = previous.replace(from, to);
        }
    }
    // A virtual column is none of PostgreSQL's.
    let dialects =
        if next.contains("#mysql_column") { &Dialect::ALL[..] } else { &[Dialect::Sqlite, Dialect::Mysql] };
    let validated = Pair::new(previous, next).map(|text| {
        let mut sources = Sources::default();
        let id = sources.add("online.toml", text);
        let validated = validate(&[parse(&sources, id)], dialects);
        assert!(validated.diagnostics.is_empty(), "{name}: {:?}", validated.diagnostics);
        validated
    });
    let hints = validated.next.hints.clone();
    let schemas = validated.map(|validated| validated.schema);
    let (renames, _) = resolve_renames(schemas.as_ref(), &hints);
    let intent = Intent { renames, backfills: hints.backfills, ..Intent::default() };
    let mut operations = plan(schemas.as_ref(), &intent).upgrade;
    for operation in &mut operations {
        if let Operation::CreateIndex { online, .. }
        | Operation::DropIndex { online, .. }
        | Operation::AlterTable { online, .. } = operation
        {
            *online = true;
        }
    }
    Change { name, schemas, operations }
}

impl Change {
    fn statements(&self, dialect: Dialect) -> Vec<Statement> {
        let mut position = self.schemas.previous.clone();
        let mut statements = Vec::new();
        for operation in &self.operations {
            statements.extend(render(dialect, operation, &position, &self.schemas.next));
            position = operation.apply(&position, &self.schemas.next).unwrap();
        }
        statements
    }

    /// The hazards of those who wait.
    fn locks(&self, dialect: Dialect) -> BTreeSet<String> {
        let found = hazards(&self.operations, &self.schemas.previous, &self.schemas.next).into_iter();
        found
            .filter(|one| one.code.locks() && one.is_on(&[dialect]))
            .map(|one| one.code.to_string())
            .collect()
    }
}

#[test]
fn what_is_rendered() {
    let mut text = String::new();
    for change in changes() {
        writeln!(text, "# {}\n", change.name).unwrap();
        for operation in &change.operations {
            writeln!(text, "{operation}").unwrap();
        }
        for dialect in [Dialect::Postgres, Dialect::Mysql] {
            let locks: Vec<String> = change.locks(dialect).into_iter().collect();
            writeln!(
                text,
                "\n{dialect}: {}",
                if locks.is_empty() { "nobody waits".to_owned() } else { locks.join(", ") }
            )
            .unwrap();
            for statement in change.statements(dialect) {
                writeln!(text, "{statement}").unwrap();
            }
        }
        text.push('\n');
    }
    insta::assert_snapshot!(text);
}

/// Online the plain form of SQLite is the only one.
#[test]
fn on_sqlite_nothing_changes() {
    for change in changes() {
        let plain =
            Change { name: change.name, schemas: change.schemas.clone(), operations: plan_again(&change) };
        assert_eq!(change.statements(Dialect::Sqlite), plain.statements(Dialect::Sqlite), "{}", change.name);
    }
}

fn plan_again(change: &Change) -> Vec<Operation> {
    let mut operations = change.operations.clone();
    for operation in &mut operations {
        if let Operation::CreateIndex { online, .. }
        | Operation::DropIndex { online, .. }
        | Operation::AlterTable { online, .. } = operation
        {
            *online = false;
        }
    }
    operations
}

/// MariaDB does with less what MySQL 8 does in place, or for which it copies the table. What is rendered is for
/// both.
const MORE_FOR_MYSQL: [&str; 10] = [
    "a foreign key",
    "a foreign key dropped",
    "a check dropped",
    "a longer text",
    "a longer text in a check and an index",
    "a much longer text",
    "a primary key dropped",
    "another collation",
    "another comment",
    "a column and what is made of it",
];

/// Every clause that is asserted holds, a stronger one would not, and what has none copies the table, which a
/// hazard says.
#[test]
fn mariadb_takes_the_clauses_and_no_stronger_ones() {
    let mut problems = Vec::new();
    for change in changes() {
        let Some(mut session) = Session::<MariaDb>::open() else { return };
        session.run("SET sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'").unwrap();
        session.create(&change.schemas.previous, fill).unwrap();
        let mut copies = false;
        for statement in change.statements(Dialect::Mysql) {
            let unchecked = matches!(statement, Statement::Unchecked(_));
            session.run(&format!("SET foreign_key_checks = {}", u8::from(!unchecked))).unwrap();
            for text in statement.texts() {
                copies |= text.starts_with("ALTER TABLE") && !text.contains("ALGORITHM");
                problems.extend(
                    wrong(&mut session, text, change.name).map(|wrong| format!("{}: {wrong}", change.name)),
                );
            }
        }
        let told = change.locks(Dialect::Mysql).iter().any(|code| code != "WHY502");
        if told != copies {
            problems.push(format!("{}: copies: {copies}, told: {told}", change.name));
        }
    }
    assert!(problems.is_empty(), "{} problems\n\n{}", problems.len(), problems.join("\n"));
}

fn fill(session: &mut Session<MariaDb>) -> Result<(), String> {
    session.run("INSERT INTO p (id) VALUES (1), (2)")?;
    session.run("INSERT INTO t (id, a, n, u, p, v, w, spare) VALUES (1, 1, 1, 1, 1, 'v', 'w', 1), (2, 2, 2, 2, NULL, 'x', 'y', NULL)")
}

/// Runs a statement, and says what its clause promises wrongly.
fn wrong(session: &mut Session<MariaDb>, text: &str, name: &str) -> Option<String> {
    let stronger = match text.split_once(", ALGORITHM=") {
        Some((_, "INSTANT")) => None,
        Some((actions, _)) => Some(format!("{actions}, ALGORITHM=INSTANT")),
        None => text.starts_with("ALTER TABLE").then(|| format!("{text}, LOCK=NONE")),
    };
    let taken =
        stronger.filter(|_| !MORE_FOR_MYSQL.contains(&name)).filter(|stronger| session.run(stronger).is_ok());
    if let Some(stronger) = taken {
        return Some(format!("a stronger clause would do: {stronger}"));
    }
    session.run(text).err()
}
