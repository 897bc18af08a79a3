//! The catalogue: every rule, with its weight, its reason and what is safer.

use std::fmt;

use super::rule::{Phase, Rule, Severity};
use crate::Dialect;
use crate::diagnostic::{Code, Explanation, explanation};

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $severity:ident $(/ $online:ident)?,
       $dialects:ident, $phase:ident, $reason:literal, $alternative:literal;)+) => {
        /// The stable code of a rule.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum HazardCode {
            $($(#[doc = $doc])+ $name,)+
        }

        impl HazardCode {
            /// What every code means, in order.
            pub const EXPLANATIONS: &'static [Explanation] =
                &[$(explanation!($code, concat!($($doc),+))),+];

            /// Every rule, in the order of the codes.
            pub const RULES: &'static [Rule] = &[$(Rule {
                code: Self::$name,
                severity: Severity::$severity,
                online: online!($severity $(/ $online)?),
                dialects: $dialects,
                phase: Phase::$phase,
                since: 1,
                reason: $reason,
                alternative: $alternative,
            }),+];

            /// Its text, as `WHD102`.
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)+
                }
            }

            /// What Rust calls it.
            pub const fn variant(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)+
                }
            }
        }
    };
}

macro_rules! online {
    ($severity:ident / $online:ident) => {
        Severity::$online
    };
    ($severity:ident) => {
        Severity::$severity
    };
}

const ALL: &[Dialect] = &Dialect::ALL;
const SQLITE: &[Dialect] = &[Dialect::Sqlite];
const POSTGRES: &[Dialect] = &[Dialect::Postgres];
const MYSQL: &[Dialect] = &[Dialect::Mysql];
const SERVERS: &[Dialect] = &[Dialect::Postgres, Dialect::Mysql];

// A rule that comes later says so: until then all are of the first catalogue.
codes! {
    // WHC: what breaks programs that still run.
    /// A table gets another name.
    RenameTable = "WHC201", Warn, ALL, Build,
        "a program that still uses the previous name fails until it is replaced",
        "a view under the previous name for a release, or both at a moment when nothing runs";
    /// A column gets another name.
    RenameColumn = "WHC202", Warn, ALL, Build,
        "a program that still uses the previous name fails until it is replaced",
        "add a column of the next name, write both for a release, and drop the previous one later";
    /// A value of an enum gets another name.
    RenameValue = "WHC203", Warn, ALL, Build,
        "a program that still writes the previous value fails, and one that reads meets a value it does not know",
        "add the next value, write it from the next release on, and remove the previous one later";
    /// A new column must have a value, and the database has none for it.
    RequiredColumn = "WHC204", Warn / Error, ALL, Build,
        "a program that does not know the column cannot insert rows any more",
        "give it a default, or add it nullable, fill it, and make it NOT NULL in a later migration";
    /// Rows that were right are refused from then on.
    TightenCheck = "WHC205", Warn, ALL, Build,
        "a program that still writes such rows fails",
        "mend what writes them first, and tighten in a later migration";
    /// A column is of the type `json` of PostgreSQL.
    PlainJson = "WHC206", Warn, POSTGRES, Build,
        "its values have no equality, so DISTINCT, GROUP BY and unique indexes fail on it",
        "the type `json` of the schema language, which is `jsonb` there";

    // WHD: what destroys values.
    /// A table is dropped with its rows.
    DropTable = "WHD101", Error, ALL, Both,
        "its rows are gone, and a program that asks for them fails",
        "stop using the table in one release, and drop it in a later one";
    /// A column is dropped with its values.
    DropColumn = "WHD102", Error, ALL, Both,
        "its values are gone, and a program that asks for them fails",
        "stop using the column in one release, and drop it in a later one";
    /// A database or schema is dropped by hand-written SQL.
    DropSchema = "WHD103", Error, SERVERS, Build,
        "everything in it is gone, what whimbrel does not know included",
        "do it by hand, outside of migrations, when its backup was restored once";
    /// Hand-written SQL empties a table.
    Truncate = "WHD104", Error, SERVERS, Build,
        "every row is gone, with CASCADE those of the tables that reference it too, and no trigger hears of it",
        "delete the rows that are meant, with a condition: `db.delete(..).filter(..)`, which the archive keeps";
    /// A column's type no longer holds every value it held.
    NarrowType = "WHD105", Error, ALL, Both,
        "a value that does not fit is cut, changed or refused, each database in its own way",
        "add a column of the next type, copy what fits, look at the rest, and drop the previous column later";
    /// An enum loses a value that rows may have.
    RemoveValue = "WHD106", Error, ALL, Both,
        "a row that has the value makes the migration fail, and a program that writes it fails from then on",
        "give the rows another value first, and remove this one in a later migration";
    /// What is dropped looks like something new under its previous name.
    LooksRenamed = "WHD107", Error, ALL, Build,
        "a rename that is written as a drop loses every value",
        "`renamed_from` on what is new, or the drop accepted by name";
    /// Hand-written SQL changes or deletes every row of a table.
    EveryRow = "WHD108", Error, ALL, Build,
        "an UPDATE or DELETE without WHERE is more often a slip than a wish",
        "add a WHERE; where every row is meant, `WHERE 1 = 1` says so";
    /// A constraint is dropped.
    DropConstraint = "WHD109", Warn, ALL, Build,
        "rows that break it can be written from then on, and it cannot come back while they are there",
        "say in the commit what else keeps the rows right";
    /// A column may be NULL that could not.
    DropNotNull = "WHD110", Warn, ALL, Build,
        "a program that reads the column may not expect NULL",
        "teach the readers first; a default may do instead of NULL";
    /// Rows are deleted by a typed statement.
    DeleteRows = "WHD111", Warn, ALL, Build,
        "the rows are gone from the table",
        "a condition that names them and no others; the archive keeps what nothing references";
    /// Values are replaced by a typed statement.
    ReplaceValues = "WHD112", Warn, ALL, Build,
        "nothing keeps the values that were there",
        "write the next values into a column of their own, and drop the previous one later";

    // WHM: what depends on the rows that are there.
    /// Rows that are there may not be unique.
    AddUnique = "WHM301", Warn, ALL, Both,
        "the migration fails on the first database whose rows have the same values twice",
        "look for duplicates before, and merge them in an earlier step";
    /// An index becomes unique.
    BecomeUnique = "WHM302", Warn, ALL, Both,
        "the migration fails on the first database whose rows have the same values twice",
        "look for duplicates before, and merge them in an earlier step";
    /// A column becomes NOT NULL, and nothing says what its NULLs become.
    BecomeNotNull = "WHM303", Error, ALL, Both,
        "the migration passes on an empty table, and fails on the first that has a NULL",
        "`backfill` on the column, or a data step before";
    /// Rows that are there may reference nothing.
    AddForeignKey = "WHM304", Warn, ALL, Both,
        "the migration fails on the first database that has such a row",
        "look for them before, and give them a parent or NULL in an earlier step";
    /// Rows that are there may break a new check.
    AddCheck = "WHM305", Warn, ALL, Both,
        "the migration fails on the first database that has such a row",
        "look for them before, and mend them in an earlier step";
    /// The texts of a key compare otherwise.
    Collation = "WHM306", Warn, ALL, Both,
        "texts that were different may be the same now, and the index is built again",
        "a column with the next collation, filled and checked before the key moves to it";

    // WHN: names and shapes.
    /// A name that wants quotes in hand-written SQL.
    AwkwardName = "WHN001", Warn, ALL, Build,
        "capitals, signs and words of SQL must be quoted everywhere, on PostgreSQL with the exact case",
        "small letters, digits and underscores; `rust_name` where Rust wants another";
    /// A table or index that is rarely meant so.
    Shape = "WHN003", Warn, ALL, Build,
        "rows without a key cannot be told apart, an index that another covers costs writes, and cents get lost in floats",
        "a primary key; one index where two are alike; an index for each foreign key; decimal for money";

    // WHP: what locks tables of PostgreSQL.
    /// An index is built while nobody can write.
    BlockingIndex = "WHP401", Warn / Error, POSTGRES, Build,
        "CREATE INDEX keeps writers out of the table until it is built",
        "`db.online().create_index(..)?;`, which builds it CONCURRENTLY while programs go on";
    /// An index is dropped while nobody can read or write.
    BlockingIndexDrop = "WHP402", Warn, POSTGRES, Build,
        "DROP INDEX waits for every query of the table, and everybody else waits for it",
        "`db.online().drop_index(..)?;`, which drops it CONCURRENTLY while programs go on";
    /// SQL that wants no transaction runs in one.
    ConcurrentInTransaction = "WHP403", Error, POSTGRES, Build,
        "PostgreSQL refuses CONCURRENTLY in a transaction, and hand-written SQL runs in one",
        "`db.online().create_index(..)?;` or `db.online().drop_index(..)?;`, which run outside of one";
    /// Hand-written SQL rewrites or detaches a table under the strongest lock.
    ExclusiveMaintenance = "WHP404", Warn, POSTGRES, Build,
        "nobody can read or write the table until it is done",
        "the form with CONCURRENTLY, by hand, outside of migrations";
    /// A foreign key or check looks at every row under a lock.
    ValidatedConstraint = "WHP405", Warn / Error, POSTGRES, Build,
        "all rows are read while writers wait, for a foreign key those of both tables",
        "`db.online().alter_table(..)?;`, which adds it NOT VALID, and validates it while programs go on";
    /// A constraint is added and validated in one transaction.
    ValidateAtOnce = "WHP406", Error, POSTGRES, Build,
        "the lock of the first statement is held while the second reads all rows",
        "`db.online().alter_table(..)?;`, or VALIDATE CONSTRAINT in a migration of its own";
    /// A column becomes NOT NULL, which reads every row under the strongest lock.
    SetNotNull = "WHP407", Warn / Error, POSTGRES, Build,
        "all rows are read while nobody can read or write",
        "`db.online().alter_table(..)?;`, which reads them before, by a check that is added NOT VALID and validated";
    /// Another type rewrites the table.
    Rewrite = "WHP408", Warn / Error, POSTGRES, Build,
        "the table and its indexes are written anew while nobody can read or write",
        "a column of the next type, filled in pieces, to which programs move";
    /// A new column gets a value that is computed for every row.
    VolatileDefault = "WHP409", Warn / Error, POSTGRES, Build,
        "the table is written anew while nobody can read or write",
        "add the column without default, set the default, and fill it in pieces";
    /// A unique constraint or key builds its index under the strongest lock.
    BlockingKey = "WHP410", Warn / Error, POSTGRES, Build,
        "nobody can read or write the table while its index is built",
        "`db.online().alter_table(..)?;`, which builds the index CONCURRENTLY and adds the constraint USING INDEX";
    /// An exclusion constraint is added to a table that has rows.
    Exclusion = "WHP411", Error, POSTGRES, Build,
        "it has no form that spares reading all rows under the strongest lock",
        "a new table that has it, to which rows move";
    /// A column is added whose values the database computes or numbers.
    ComputedColumn = "WHP412", Warn / Error, POSTGRES, Build,
        "the table is written anew while nobody can read or write",
        "a nullable column, filled in pieces, with a trigger for new rows";
    /// Rows are changed in the transaction that changes the schema.
    RowsWithSchema = "WHP416", Warn / Error, SERVERS, Build,
        "the locks of the schema change are held for as long as the rows take",
        "change the schema in one migration, and the rows in another";
    /// A type that is chosen more often than meant.
    WeakType = "WHP417", Inform, POSTGRES, Build,
        "a 32-bit key ends at 2 billion, a timestamp without zone means another time elsewhere, char(n) pads with blanks",
        "bigint, timestamptz, and text or varchar";

    // WHR: the way back.
    /// Rolling back destroys what cannot be kept.
    LossyRollback = "WHR901", Warn, ALL, Build,
        "a rollback in a hurry is no moment to learn that rows are lost by it",
        "what can be kept is archived; `personal` columns and hand-written code are not";

    // WHS: SQLite.
    /// The table is built anew.
    Rebuild = "WHS601", Inform, SQLITE, Build,
        "all rows are copied while nobody can write, and the file grows meanwhile",
        "nothing is needed for small tables; changes of one table in one migration are one rebuild";
    /// Hand-written SQL drops or renames a table that others reference.
    RawRebuild = "WHS602", Error, SQLITE, Build,
        "while foreign keys are enforced, dropping the table deletes the rows that reference it, silently",
        "`db.alter_table(..)`, which rebuilds under whimbrel's protocol, or the effect `.drops(..)`";
    /// Rows reference nothing before the migration begins.
    Orphans = "WHS604", Warn, SQLITE, Live,
        "foreign keys were not enforced where the rows were written, so nobody can tell what else they break",
        "`PRAGMA foreign_keys = ON` on every connection, and `PRAGMA foreign_key_check` to find the rows";
    /// A table takes values of other types than its columns'.
    NotStrict = "WHS605", Inform, SQLITE, Build,
        "SQLite keeps the text '12abc' in an INTEGER column without a word",
        "`sqlite = { strict = true }` on the table";

    // WHT: transactions, and what nobody can prove.
    /// Hand-written SQL begins or ends a transaction.
    OwnTransaction = "WHT701", Error, ALL, Build,
        "it would end the transaction of the migration, and make half of it last",
        "remove the statement: a migration is done whole, or not at all";
    /// Hand-written SQL or Rust code changes rows, and may lose any of them.
    Opaque = "WHT702", Warn, ALL, Build,
        "nobody but its author knows what it does, and the archive keeps nothing of it",
        "a typed statement: `db.update(..)`, `db.delete(..)`, `db.insert_from(..)`";
    /// Hand-written SQL cannot be repeated, and no transaction takes it back.
    NotRepeatable = "WHT703", Warn, MYSQL, Build,
        "after a failure behind it the step is done, and doing it again fails",
        "IF EXISTS or IF NOT EXISTS";
    /// Hand-written SQL that whimbrel cannot read.
    Unread = "WHT704", Inform, ALL, Build,
        "what cannot be read cannot be judged",
        "nothing, if its author knows what it does";
    /// Hand-written SQL does more than it declares.
    Undeclared = "WHT705", Error, ALL, Build,
        "what is not declared is not checked, not announced, and not kept from those whose policy forbids it",
        "declare it: `.changes(..)`, `.creates(..)`, `.drops(..)`, `.alters(..)`";

    // WHY: what locks tables of MySQL and MariaDB.
    /// The table is copied while nobody can write.
    TableCopy = "WHY501", Warn / Error, MYSQL, Build,
        "the database can do this only with ALGORITHM=COPY or under a shared lock",
        "for a foreign key `db.online().alter_table(..)?;`; else a tool that copies in the background (gh-ost, \
         pt-online-schema-change), or a quiet hour";
    /// The primary key changes.
    KeyChange = "WHY502", Warn / Error, MYSQL, Build,
        "the table and all of its indexes are built anew",
        "a new table with the key, to which rows move";
    /// An enum changes otherwise than by values at its end.
    EnumCopy = "WHY503", Warn / Error, MYSQL, Build,
        "every table with a column of the enum is copied while nobody can write",
        "add values at the end, and leave those that are there where they are";
    /// A column is added whose values are computed for every row.
    ComputedCopy = "WHY504", Warn / Error, MYSQL, Build,
        "the table is copied while nobody can write",
        "a virtual column, or a nullable one that is filled in pieces";
    /// The storage engine changes.
    EngineChange = "WHY506", Warn / Error, MYSQL, Build,
        "the table is copied while nobody can write, and another engine may know no transactions or foreign keys",
        "a new table with the engine, to which rows move";
    /// Several changes of the schema are not one transaction.
    SeveralChanges = "WHY508", Inform / Warn, MYSQL, Build,
        "each is committed by itself, so a failure between two leaves the first done",
        "one change of the schema in a migration";
    /// A character set that cannot hold every text.
    NarrowCharset = "WHY509", Warn, MYSQL, Build,
        "texts with emoji and rarer letters are refused, and foreign keys to texts of another character set fail",
        "utf8mb4, which is the default";
}

/// What another tool warns of, and whimbrel has no hazard for: because it cannot happen, or because it is
/// an error of the build with a code of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Elsewhere {
    /// The code that it would have.
    pub code: &'static str,
    /// What is meant.
    pub title: &'static str,
    /// Why there is no hazard for it.
    pub why: &'static str,
}

impl Elsewhere {
    /// All of it, in the order of the codes.
    pub const ALL: &'static [Self] = &[
        Self::new("WHH801", "a revision out of order", "errors of the build: W0403, W0404"),
        Self::new("WHH802", "more than one head", "an error of the build: W0405"),
        Self::new("WHH803", "two branches that do not commute", "an error of the build: W0405, as two heads"),
        Self::new(
            "WHH804",
            "an applied revision that was edited or is missing",
            "an error of the build, W0406, and of `migrate`: the history and the program disagree",
        ),
        Self::new("WHH805", "a schema that no revision has", "an error of the build: W0301"),
        Self::new(
            "WHH806",
            "steps that do not reach the snapshot, or back",
            "errors of the build: W0507, W0508",
        ),
        Self::new(
            "WHN002",
            "a constraint without a name",
            "cannot happen: the language and the planner name every constraint",
        ),
        Self::new(
            "WHP413",
            "PostgreSQL without lock_timeout",
            "cannot happen in a migration: how long a session waits is set by the driver, not by steps",
        ),
        Self::new(
            "WHP414",
            "a value of an enum that is used in the transaction that adds it",
            "cannot happen: a value is added in a transaction of its own where a later step may use it",
        ),
        Self::new(
            "WHP415",
            "CONCURRENTLY on a partitioned table",
            "cannot happen: the language has no partitions; in hand-written SQL WHP403 says it",
        ),
        Self::new(
            "WHR902",
            "a seed that violates the schema",
            "an error where seeds are read, not of a migration",
        ),
        Self::new(
            "WHS603",
            "a rebuild of a table with views, triggers or AUTOINCREMENT",
            "cannot happen: the rebuild carries the counter over, and views and triggers are created again",
        ),
        Self::new(
            "WHS606",
            "ADD COLUMN or DROP COLUMN that SQLite refuses",
            "cannot happen: the planner knows what SQLite refuses and rebuilds the table instead, which WHS601 says",
        ),
        Self::new(
            "WHS607",
            "SQL that an older SQLite does not know",
            "cannot happen: only what the oldest supported version knows is written",
        ),
        Self::new("WHX001", "a feature that a configured database lacks", "an error of the build: W0211"),
        Self::new(
            "WHY505",
            "a column that is not added last",
            "cannot happen: columns are added at the end, wherever they stand in the schema",
        ),
        Self::new(
            "WHY507",
            "REFERENCES in a column, which MySQL ignores",
            "cannot happen: foreign keys are written as constraints of the table",
        ),
    ];

    const fn new(code: &'static str, title: &'static str, why: &'static str) -> Self {
        Self { code, title, why }
    }
}

impl HazardCode {
    /// Its rule.
    pub fn rule(self) -> &'static Rule {
        // The table is made of the same list as the codes, in the same order.
        &Self::RULES[self as usize]
    }

    /// The code of this text.
    ///
    /// ```
    /// use whimbrel_schema::HazardCode;
    ///
    /// assert_eq!(HazardCode::from_text("WHD102"), Some(HazardCode::DropColumn));
    /// assert_eq!(HazardCode::from_text("WHD999"), None);
    /// ```
    pub fn from_text(text: &str) -> Option<Self> {
        Self::RULES.iter().map(|rule| rule.code).find(|code| code.text() == text)
    }

    /// Whether it says that values or rows go, so that an environment may forbid it.
    pub const fn destroys(self) -> bool {
        matches!(
            self,
            Self::DropTable
                | Self::DropColumn
                | Self::DropSchema
                | Self::Truncate
                | Self::NarrowType
                | Self::RemoveValue
                | Self::LooksRenamed
                | Self::DeleteRows
                | Self::ReplaceValues
                | Self::Opaque
                | Self::Undeclared
        )
    }

    /// Whether it says that a server keeps programs waiting that read or write a table.
    pub const fn locks(self) -> bool {
        matches!(
            self,
            Self::BlockingIndex
                | Self::BlockingIndexDrop
                | Self::ValidatedConstraint
                | Self::SetNotNull
                | Self::Rewrite
                | Self::VolatileDefault
                | Self::BlockingKey
                | Self::ComputedColumn
                | Self::RowsWithSchema
                | Self::TableCopy
                | Self::KeyChange
                | Self::EnumCopy
                | Self::ComputedCopy
                | Self::EngineChange
        )
    }

    /// Whether hand-written SQL or Rust code does it, so that nobody can know what is lost, or whether
    /// anything is.
    pub const fn is_opaque(self) -> bool {
        matches!(self, Self::Opaque | Self::Undeclared)
    }

    /// Whether the author wrote it out as a statement on rows.
    pub const fn is_statement(self) -> bool {
        matches!(
            self,
            Self::Opaque
                | Self::Undeclared
                | Self::Truncate
                | Self::DropSchema
                | Self::DeleteRows
                | Self::ReplaceValues
        )
    }
}

impl fmt::Display for HazardCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.text())
    }
}

/// Under which it is told.
impl From<HazardCode> for Code {
    fn from(code: HazardCode) -> Self {
        Self::of(code.text())
    }
}
