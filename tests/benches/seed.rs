//! What loading seeds costs: by whimbrel, beside the bare driver that inserts the same values, prepared before.
//!
//! ```console
//! $ ci/servers run cargo bench -p whimbrel-tests --bench seed [-- [--rows N] [--rounds N]]
//! $ ci/servers run cargo bench -p whimbrel-tests --bench seed -- --memory N [--on NAME]
//! ```
//!
//! The first runs in turn on SQLite and, where a URL is set, on PostgreSQL and MariaDB, and compares medians; and it
//! compares making rows with what the crate `fake` makes. The second loads rows into a database, `SQLite` without
//! `--on`, or makes them and loads none with `--on none`, and shows how much memory that took.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a program for developers")]

use std::time::{Duration, Instant, SystemTime};

use fake::Fake as _;
use fake::faker::internet::en::SafeEmail;
use fake::faker::lorem::en::Sentence;
use fake::faker::name::en::Name as FakeName;
use fake::rand::SeedableRng as _;
use fake::rand::rngs::StdRng;
use mysql::prelude::Queryable as _;
use postgres::binary_copy::BinaryCopyInWriter;
use postgres::types::{ToSql, Type};
use rusqlite::Connection;
use whimbrel::seed::{Scope, Seeder};
use whimbrel::v1::{Editor, Result};
use whimbrel::{Apply, Downgrade, Migration, Migrator, Project, Reversal, SeedFiles, Steps, Table};
use whimbrel_schema::seed::{
    Call, Loading, NoDataFiles, SeedContext, SeedSources, Seeds, Unmade, World, check_seeds,
};
use whimbrel_schema::{Dialect, Schema, Sources, Value, parse, validate};

const SCHEMA: &str = r#"
[table.people.columns]
id     = { type = "bigint", primary_key = true, auto_increment = true }
email  = { type = "varchar(64)", unique = true }
name   = "varchar(64)"
about  = "text"
visits = "integer"
since  = "timestamptz"
"#;

struct People;

impl Table for People {
    const NAME: &'static str = "people";
    const VERSION: u32 = 1;
}

fn create(db: &mut Editor<'_>) -> Result<()> {
    db.create_table(People)?;
    Ok(())
}

const CREATE: Migration = Migration {
    revision: "0001_create",
    parent: None,
    hash: "w1:1",
    snapshot: "format = 1\nrevision = '0001_create'\nhazards = 1\n[table.people]\nprimary_key = ['id']\n\
               [table.people.columns]\nid = { type = 'bigint', auto_increment = true }\nemail = 'varchar(64)'\n\
               name = 'varchar(64)'\nabout = 'text'\nvisits = 'integer'\nsince = 'timestamptz'\n\
               [table.people.uniques]\npeople_email_key = ['email']\n",
    upgrade: Steps { run: create, steps: &["create table people"] },
    downgrade: Downgrade::Irreversible("a benchmark"),
    reversal: Reversal::Irreversible("a benchmark"),
    upgrade_destroys: &[],
    downgrade_destroys: &[],
};

/// A program with these seeds, for as long as the process lives.
fn project(seeds: String) -> &'static Project {
    let text: &'static str = Box::leak(seeds.into_boxed_str());
    let texts: &'static [(&str, &str)] = Box::leak(Box::new([("seeds/bench.toml", text)]));
    let files = Box::leak(Box::new(SeedFiles { directory: "seeds", texts, data: &[], functions: &[] }));
    Box::leak(Box::new(Project {
        package: "bench",
        environments: &[],
        migrations: &[CREATE],
        seeds: Some(files),
    }))
}

fn text_of(count: usize) -> String {
    format!(
        "set = 'bench'\n[[people.generate]]\ncount = {count}\n[people.generate.columns]\n\
         email = {{ fake = 'internet.email' }}\nname = {{ fake = 'name.full' }}\n\
         about = {{ fake = 'lorem.sentence' }}\nvisits = {{ between = [0, 100000] }}\n\
         since = {{ between = ['now - 900d', 'now'] }}\n"
    )
}

fn seeds(count: usize) -> (Schema, Seeds) {
    let seeds = text_of(count);
    let mut sources = Sources::default();
    let schema = sources.add("schema.toml", SCHEMA);
    let schema = validate(&[parse(&sources, schema)], &Dialect::ALL).schema;
    let file = sources.add("seeds.toml", seeds);
    let context = SeedContext {
        schema: &schema,
        dialects: &Dialect::ALL,
        protected: &[],
        data: &NoDataFiles,
        functions: None,
    };
    let checked = check_seeds(&sources, &SeedSources { manifest: None, files: vec![file] }, context);
    assert!(checked.diagnostics.is_empty(), "{:?}", checked.diagnostics);
    (schema, checked.seeds)
}

/// Makes every row, and hands it on.
fn make(seeds: &Seeds, mut visit: impl FnMut(Vec<Option<Value>>)) {
    let functions = |_: &str, _: &mut Call| None;
    let mut world = World::new(seeds, &functions);
    world.add(0, Loading { seed: "bench".to_owned(), size: 1.0, ..Loading::default() }).unwrap();
    world
        .each(0, 0, &mut |row| -> Result<(), Unmade> {
            visit(world.values(row)?);
            Ok(())
        })
        .unwrap();
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |name: &str| {
        let position = arguments.iter().position(|argument| argument == name)?;
        arguments.get(position + 1)?.parse::<usize>().ok()
    };
    if let Some(rows) = number("--memory") {
        let on = arguments.iter().position(|argument| argument == "--on");
        let on = on.and_then(|position| arguments.get(position + 1)).map_or("SQLite", String::as_str);
        return memory(rows, on);
    }
    let (rows, rounds) = (number("--rows").unwrap_or(1_000_000), number("--rounds").unwrap_or(3));
    let (_, seeds) = seeds(rows);
    let project = project(text_of(rows));
    let mut prepared = Vec::with_capacity(rows);
    make(&seeds, |row| prepared.push(row));
    println!("{rows} rows, medians of {rounds} rounds in turn, seconds");
    println!("{:<14} {:>8} {:>8} {:>8}", "", "bare", "whimbrel", "ratio");
    let line = |name: &str, bare: f64, whimbrel: f64| {
        println!("{name:<14} {bare:>8.2} {whimbrel:>8.2} {:>8.2}", bare / whimbrel);
    };
    let (mut bare, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        bare.push(timed(|| with_fake(rows)));
        ours.push(timed(|| make(&seeds, drop)));
    }
    line("fake, making", median(bare), median(ours));
    let instants: Vec<SystemTime> =
        prepared.iter().map(|row| instant(text(row[5].as_ref().unwrap()))).collect();
    for mut target in Target::all() {
        let (mut bare, mut ours) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            target.create(project);
            bare.push(timed(|| target.insert(&prepared, &instants)));
            target.create(project);
            ours.push(timed(|| target.load(project)));
        }
        line(target.name(), median(bare), median(ours));
    }
}

fn timed(act: impl FnOnce()) -> f64 {
    let start = Instant::now();
    act();
    start.elapsed().as_secs_f64()
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn with_fake(rows: usize) {
    let mut random = StdRng::seed_from_u64(7);
    for number in 0..rows {
        let row: (String, String, String) = (
            SafeEmail().fake_with_rng(&mut random),
            FakeName().fake_with_rng(&mut random),
            Sentence(6..12).fake_with_rng(&mut random),
        );
        std::hint::black_box((number, row, (0..100_000).fake_with_rng::<i32, _>(&mut random)));
    }
}

/// Where rows go.
enum Target {
    Sqlite(tempfile::TempDir),
    Server(&'static str, String),
}

impl Target {
    fn all() -> Vec<Self> {
        let directory = tempfile::Builder::new().prefix("whimbrel-bench-").tempdir().unwrap();
        let server = |name, variable: &str| Some(Self::Server(name, std::env::var(variable).ok()?));
        let servers = [
            server("PostgreSQL", "WHIMBREL_TEST_POSTGRES_URL"),
            server("MariaDB", "WHIMBREL_TEST_MARIADB_URL"),
        ];
        [Some(Self::Sqlite(directory))].into_iter().chain(servers).flatten().collect()
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
            Self::Server(name, _) => name,
        }
    }

    fn url(&self) -> String {
        match self {
            Self::Sqlite(directory) => format!("sqlite:{}", directory.path().join("bench.db").display()),
            Self::Server(_, url) => url.clone(),
        }
    }

    /// Makes the table anew, with nothing in it.
    fn create(&mut self, project: &'static Project) {
        let tables = ["people", "whimbrel_history", "whimbrel_journal", "whimbrel_archive", "whimbrel_seeds"];
        let drops = tables.map(|table| format!("DROP TABLE IF EXISTS {table}"));
        match self {
            Self::Sqlite(directory) => _ = std::fs::remove_file(directory.path().join("bench.db")),
            Self::Server("PostgreSQL", url) => {
                let mut client = postgres::Client::connect(url, postgres::NoTls).unwrap();
                drops.iter().for_each(|sql| client.batch_execute(sql).unwrap());
            }
            Self::Server(_, url) => {
                let mut connection = mysql::Conn::new(url.as_str()).unwrap();
                drops.iter().for_each(|sql| connection.query_drop(sql).unwrap());
            }
        }
        Migrator::open(project, &self.url(), ".").unwrap().apply(Apply::All).unwrap();
    }

    fn load(&mut self, project: &'static Project) {
        // As the other connects: what encryption costs is another question.
        let url = match self {
            Self::Sqlite(_) => self.url(),
            Self::Server("PostgreSQL", url) => plain(url, "sslmode=disable"),
            Self::Server(_, url) => plain(url, "ssl-mode=disabled"),
        };
        let migrator = Migrator::open(project, &url, ".").unwrap();
        Seeder::new(migrator).unwrap().run(Scope::All).unwrap();
    }

    /// The same values by the library alone, in the way that it is fastest.
    fn insert(&mut self, rows: &[Vec<Option<Value>>], instants: &[SystemTime]) {
        match self {
            Self::Sqlite(directory) => {
                let mut connection = Connection::open(directory.path().join("bench.db")).unwrap();
                let transaction = connection.transaction().unwrap();
                let sql = "INSERT INTO people VALUES (?, ?, ?, ?, ?, ?)";
                let mut statement = transaction.prepare(sql).unwrap();
                for row in rows {
                    for (index, value) in row.iter().enumerate() {
                        match value.as_ref().unwrap() {
                            Value::Integer(number) => {
                                statement.raw_bind_parameter(index + 1, number).unwrap()
                            }
                            other => statement.raw_bind_parameter(index + 1, text(other)).unwrap(),
                        }
                    }
                    statement.raw_execute().unwrap();
                }
                drop(statement);
                transaction.commit().unwrap();
            }
            Self::Server("PostgreSQL", url) => {
                let mut client = postgres::Client::connect(url, postgres::NoTls).unwrap();
                let mut transaction = client.transaction().unwrap();
                let sink = transaction.copy_in("COPY people FROM STDIN (FORMAT binary)").unwrap();
                let types =
                    [Type::INT8, Type::VARCHAR, Type::VARCHAR, Type::TEXT, Type::INT4, Type::TIMESTAMPTZ];
                let mut writer = BinaryCopyInWriter::new(sink, &types);
                for (row, since) in rows.iter().zip(instants) {
                    let [id, email, name, about, visits, _] = row.as_slice() else { continue };
                    let number = |value: &Option<Value>| match value {
                        Some(Value::Integer(number)) => *number,
                        _ => 0,
                    };
                    let visits = i32::try_from(number(visits)).unwrap();
                    let [email, name, about] =
                        [email, name, about].map(|value| text(value.as_ref().unwrap()));
                    let row: [&(dyn ToSql + Sync); 6] = [&number(id), &email, &name, &about, &visits, since];
                    writer.write(&row).unwrap();
                }
                writer.finish().unwrap();
                transaction.commit().unwrap();
            }
            Self::Server(_, url) => {
                let mut connection = mysql::Conn::new(url.as_str()).unwrap();
                connection.query_drop("START TRANSACTION").unwrap();
                for rows in rows.chunks(1_000) {
                    let marks = vec!["(?, ?, ?, ?, ?, ?)"; rows.len()].join(", ");
                    let values = rows.iter().flatten().map(|value| match value.as_ref().unwrap() {
                        Value::Integer(number) => mysql::Value::Int(*number),
                        other => mysql::Value::Bytes(text(other).as_bytes().to_vec()),
                    });
                    let values = mysql::Params::Positional(values.collect());
                    connection.exec_drop(format!("INSERT INTO people VALUES {marks}"), values).unwrap();
                }
                connection.query_drop("COMMIT").unwrap();
            }
        }
    }
}

fn text(value: &Value) -> &str {
    match value {
        Value::Text(text) | Value::TimestampTz(text) => text,
        _ => "",
    }
}

fn plain(url: &str, parameter: &str) -> String {
    format!("{url}{}{parameter}", if url.contains('?') { '&' } else { '?' })
}

/// A time as the driver takes it.
fn instant(text: &str) -> SystemTime {
    let number =
        |range: std::ops::Range<usize>| text.get(range).and_then(|digits| digits.parse::<u64>().ok());
    let part = |start: usize| number(start..start + 2).unwrap_or_default();
    let (year, month) = (number(0..4).unwrap_or(1970), part(5));
    // By the algorithm of Howard Hinnant: https://howardhinnant.github.io/date_algorithms.html
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days =
        365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + part(8) - 1 - 719_468;
    let seconds = ((days * 24 + part(11)) * 60 + part(14)) * 60 + part(17);
    let fraction = text.get(20..).map_or(0, |digits| format!("{digits:0<6}").parse().unwrap_or_default());
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds) + Duration::from_micros(fraction)
}

/// How much memory the process has taken at most, by the word of Linux.
fn memory(rows: usize, on: &str) {
    match Target::all().into_iter().find(|target| target.name() == on) {
        Some(mut target) => {
            let project = project(text_of(rows));
            target.create(project);
            target.load(project);
        }
        None => make(&seeds(rows).1, drop),
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM: unknown");
    println!("{rows} rows, {on}: {peak}");
}
