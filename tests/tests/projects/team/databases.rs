//! The databases of a package whose branches come together: on every server one that has applied neither side, one with
//! theirs, and one with ours.

use whimbrel::introspect;
use whimbrel_schema::Schema;

use crate::harness::Package;
use crate::support;
use crate::support::servers::{Fresh, MariaDb, Postgres, Rows, Speaks, catalogue, given};

/// Which side a database had applied before the branches came together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Had {
    Neither,
    Theirs,
    Ours,
}

impl Had {
    pub(super) const ALL: [Self; 3] = [Self::Neither, Self::Theirs, Self::Ours];

    fn file(self) -> String {
        format!("{self:?}.db")
    }
}

/// What a database consists of, by its own word, and every column of every row.
#[derive(Debug, PartialEq)]
pub(super) struct Contents {
    catalogue: String,
    pub(super) rows: Vec<String>,
}

/// One of the three for each kind of database that there is.
pub(super) struct Databases {
    postgres: Option<[Fresh<Postgres>; 3]>,
    mariadb: Option<[Fresh<MariaDb>; 3]>,
}

/// Which servers there are; that one is skipped is said once.
pub(super) struct Servers {
    postgres: bool,
    mariadb: bool,
}

impl Servers {
    pub(super) fn new() -> Self {
        Self { postgres: is_there::<Postgres>(), mariadb: is_there::<MariaDb>() }
    }

    pub(super) fn databases(&self) -> Databases {
        Databases { postgres: three(self.postgres), mariadb: three(self.mariadb) }
    }
}

fn is_there<S: Speaks>() -> bool {
    given(S::NAME, S::VARIABLE).is_some()
}

fn three<S: Speaks>(is_there: bool) -> Option<[Fresh<S>; 3]> {
    is_there.then(|| Had::ALL.map(|_| S::fresh().unwrap()))
}

fn of<S: Speaks>(all: &Option<[Fresh<S>; 3]>, had: Had) -> Option<&Fresh<S>> {
    all.as_ref().map(|all| &all[had as usize])
}

impl Databases {
    /// The URLs of those that have applied this.
    pub(super) fn urls(&self, had: Had) -> Vec<String> {
        let mut urls = vec![format!("sqlite:{}", had.file())];
        urls.extend(of(&self.postgres, had).map(Fresh::url));
        urls.extend(of(&self.mariadb, had).map(Fresh::url));
        urls
    }

    /// Runs SQL that every database understands.
    pub(super) fn run(&self, package: &Package, had: Had, sql: &[&str]) {
        fn on<S: Speaks>(database: Option<&Fresh<S>>, sql: &[&str]) {
            let Some(mut client) = database.map(Fresh::connect) else { return };
            for sql in sql {
                S::does(&mut client, sql).unwrap_or_else(|error| panic!("{}: {error} in: {sql}", S::NAME));
            }
        }
        let sqlite = rusqlite::Connection::open(package.path(&had.file())).unwrap();
        sql.iter().for_each(|sql| support::database::run(&sqlite, sql));
        on(of(&self.postgres, had), sql);
        on(of(&self.mariadb, had), sql);
    }

    /// What is in them, in the order of their URLs.
    pub(super) fn contents(&self, package: &Package, had: Had) -> Vec<Contents> {
        fn on<S: Speaks>(database: Option<&Fresh<S>>, schema: &Schema) -> Option<Contents> {
            let mut client = database?.connect();
            let Rows(rows) = Rows::of_server::<S>(&mut client, schema);
            Some(Contents { catalogue: catalogue::<S>(&mut client), rows })
        }
        let url = format!("sqlite:{}", had.file());
        let schema = introspect::url(&url, &package.root).unwrap().1.schema;
        let sqlite = rusqlite::Connection::open(package.path(&had.file())).unwrap();
        let Rows(rows) = Rows::of_sqlite(&sqlite, &schema);
        let mut all = vec![Contents { catalogue: support::catalogue::catalogue(&sqlite), rows }];
        all.extend(on(of(&self.postgres, had), &schema));
        all.extend(on(of(&self.mariadb, had), &schema));
        all
    }
}
