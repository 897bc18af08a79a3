use std::fmt;

use super::explanation::{Explanation, explanation};

/// The stable code of a [`Diagnostic`](super::Diagnostic), shown as `W0301`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(&'static str);

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal;)+) => {
        impl Code {
            /// A code of another list, under which something is told as well.
            pub(crate) const fn of(text: &'static str) -> Self {
                Self(text)
            }

            $($(#[doc = $doc])+ pub const $name: Self = Self($code);)+

            /// What every code means, in order.
            pub const EXPLANATIONS: &'static [Explanation] =
                &[$(explanation!($code, concat!($($doc),+))),+];
        }
    };
}

codes! {
    // W00: reading files.
    /// A file is not TOML.
    SYNTAX = "W0001";
    /// A file could not be read.
    UNREADABLE = "W0002";
    /// A key that the language does not have.
    UNKNOWN_KEY = "W0003";
    /// A value of the wrong shape, as a number where a text belongs.
    WRONG_SHAPE = "W0004";
    /// A key that must be there is missing.
    MISSING_KEY = "W0005";
    /// A file or directory that must be there is missing.
    MISSING_FILE = "W0006";

    // W01: names.
    /// A name that no database takes, or that whimbrel keeps for itself.
    BAD_NAME = "W0101";
    /// A name longer than a configured database takes.
    LONG_NAME = "W0102";
    /// Two names that are one to some database, or one in Rust.
    COLLIDING_NAMES = "W0103";
    /// The same object defined twice.
    DUPLICATE = "W0104";

    // W02: the schema.
    /// A type that does not exist or lacks its arguments.
    BAD_TYPE = "W0201";
    /// A default that is no value of its column's type.
    BAD_DEFAULT = "W0202";
    /// A reference to a table that does not exist.
    UNKNOWN_TABLE = "W0203";
    /// A reference to a column that does not exist.
    UNKNOWN_COLUMN = "W0204";
    /// A foreign key whose columns do not match what they reference.
    BAD_FOREIGN_KEY = "W0205";
    /// A primary key, unique constraint or index that cannot be.
    BAD_KEY = "W0206";
    /// AUTO_INCREMENT where no database has it.
    BAD_AUTO_INCREMENT = "W0207";
    /// A table without columns.
    EMPTY_TABLE = "W0208";
    /// A `renamed_from` that cannot be.
    BAD_RENAME = "W0209";
    /// A `backfill` that is no value of its column's type.
    BAD_BACKFILL = "W0210";
    /// Something that a configured database cannot do.
    UNSUPPORTED = "W0211";
    /// SQL that is missing for a configured database, or is empty.
    BAD_SQL = "W0212";
    /// An enum that cannot be.
    BAD_ENUM = "W0213";
    /// A generated column that cannot be.
    BAD_GENERATED = "W0214";
    /// A view that cannot be.
    BAD_VIEW = "W0215";
    /// A trigger that cannot be.
    BAD_TRIGGER = "W0216";
    /// An option of a table that cannot be.
    BAD_OPTION = "W0217";
    /// SQL in the schema that SQLite does not take.
    REJECTED_SQL = "W0218";

    // W03: the schema and its migrations.
    /// The schema is ahead of the migrations.
    SCHEMA_AHEAD = "W0301";
    /// A column or table that was dropped and one that was added look like a rename.
    UNRESOLVED_RENAME = "W0302";
    /// Existing rows would have no value for a column.
    NEEDS_BACKFILL = "W0303";
    /// A change that cannot be undone by a downgrade that can be generated.
    NO_WAY_BACK = "W0304";
    /// A type that existing values cannot be trusted to fit.
    NEEDS_USING = "W0305";
    /// An acceptance of a hazard that is not there.
    UNUSED_ACCEPTANCE = "W0306";

    // W04: the chain of migrations.
    /// A directory under `migrations` that is no migration.
    BAD_REVISION = "W0401";
    /// A snapshot written by a newer whimbrel.
    NEWER_FORMAT = "W0402";
    /// A snapshot that contradicts itself or its parent.
    BAD_SNAPSHOT = "W0403";
    /// A migration whose parent is not there.
    MISSING_PARENT = "W0404";
    /// Two migrations with the same parent.
    TWO_HEADS = "W0405";
    /// A migration that was changed after a later one sealed it.
    SEALED_EDITED = "W0406";
    /// Migrations whose parents go in a circle.
    CIRCULAR_CHAIN = "W0407";

    // W05: the code of a migration.
    /// A `migration.rs` that is not Rust.
    NOT_RUST = "W0501";
    /// A migration without `upgrade` or `downgrade`.
    MISSING_FUNCTION = "W0502";
    /// `db` used in another way than in a statement of its own.
    BAD_STATEMENT = "W0503";
    /// An operation that does not exist or has the wrong arguments.
    BAD_OPERATION = "W0504";
    /// A table or column that does not exist in the version named.
    UNKNOWN_TOKEN = "W0505";
    /// A step that cannot be done at its position.
    BAD_STEP = "W0506";
    /// An upgrade that does not lead to the snapshot.
    WRONG_UPGRADE = "W0507";
    /// A downgrade that does not lead back.
    WRONG_DOWNGRADE = "W0508";
    /// A data statement that a rebuild in the same migration makes unsafe.
    UNSAFE_DATA = "W0509";
    /// A downgrade without steps for an upgrade that changes rows.
    NOTHING_UNDONE = "W0510";
    /// A migration that fails on rows, loses some, or does not lead where it should.
    FAILS_ON_ROWS = "W0511";

    // W06: whimbrel.toml.
    /// A value in whimbrel.toml that is not allowed.
    BAD_CONFIG = "W0601";

    // W07: seeds.
    /// Something in a file of the seeds that is not allowed.
    BAD_SEEDS = "W0701";
    /// A set of seeds that does not exist, or that needs itself.
    UNKNOWN_SET = "W0702";
    /// A label that no row has.
    UNKNOWN_LABEL = "W0703";
    /// A value that its column does not hold.
    BAD_SEED_VALUE = "W0704";
    /// A row without a value for a column that needs one.
    MISSING_VALUE = "W0705";
    /// Columns to find rows by that are no unique key.
    BAD_MATCH = "W0706";
    /// Two rows that agree where the schema wants them to differ.
    COLLIDING_ROWS = "W0707";
    /// Rows to be made that cannot all be different.
    IMPOSSIBLE_UNIQUENESS = "W0708";
    /// Rows or values that cannot be made as it is written.
    BAD_GENERATOR = "W0709";
    /// Rows that need each other, so that none can be the first.
    SEED_CIRCLE = "W0710";
    /// Rows for a protected environment that it does not take.
    PROTECTED_ENVIRONMENT = "W0711";
    /// A file of data that is missing or cannot be understood.
    BAD_DATA_FILE = "W0712";
    /// Seeds of a table whose rows nothing tells apart.
    NO_KEY = "W0713";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}
