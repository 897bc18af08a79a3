use std::fmt;

/// The stable code of a [`Diagnostic`](super::Diagnostic), shown as `W0301`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(u16);

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $number:literal;)+) => {
        impl Code {
            $($(#[doc = $doc])+ pub const $name: Self = Self($number);)+

            /// Every code, in order, with what it means.
            pub const ALL: &'static [(Self, &'static str)] = &[$((Self::$name, concat!($($doc),+))),+];
        }
    };
}

codes! {
    // W00: reading files.
    /// A file is not TOML.
    SYNTAX = 1;
    /// A file could not be read.
    UNREADABLE = 2;
    /// A key that the language does not have.
    UNKNOWN_KEY = 3;
    /// A value of the wrong shape, as a number where a text belongs.
    WRONG_SHAPE = 4;
    /// A key that must be there is missing.
    MISSING_KEY = 5;
    /// A file or directory that must be there is missing.
    MISSING_FILE = 6;

    // W01: names.
    /// A name that no database takes, or that whimbrel keeps for itself.
    BAD_NAME = 101;
    /// A name longer than a configured database takes.
    LONG_NAME = 102;
    /// Two names that are one to some database, or one in Rust.
    COLLIDING_NAMES = 103;
    /// The same object defined twice.
    DUPLICATE = 104;

    // W02: the schema.
    /// A type that does not exist or lacks its arguments.
    BAD_TYPE = 201;
    /// A default that is no value of its column's type.
    BAD_DEFAULT = 202;
    /// A reference to a table that does not exist.
    UNKNOWN_TABLE = 203;
    /// A reference to a column that does not exist.
    UNKNOWN_COLUMN = 204;
    /// A foreign key whose columns do not match what they reference.
    BAD_FOREIGN_KEY = 205;
    /// A primary key, unique constraint or index that cannot be.
    BAD_KEY = 206;
    /// AUTO_INCREMENT where no database has it.
    BAD_AUTO_INCREMENT = 207;
    /// A table without columns.
    EMPTY_TABLE = 208;
    /// A `renamed_from` that cannot be.
    BAD_RENAME = 209;
    /// A `backfill` that is no value of its column's type.
    BAD_BACKFILL = 210;
    /// Something that a configured database cannot do.
    UNSUPPORTED = 211;
    /// SQL that is missing for a configured database, or is empty.
    BAD_SQL = 212;
    /// An enum that cannot be.
    BAD_ENUM = 213;
    /// A generated column that cannot be.
    BAD_GENERATED = 214;
    /// A view that cannot be.
    BAD_VIEW = 215;
    /// A trigger that cannot be.
    BAD_TRIGGER = 216;
    /// An option of a table that cannot be.
    BAD_OPTION = 217;

    // W03: the schema and its migrations.
    /// The schema is ahead of the migrations.
    SCHEMA_AHEAD = 301;
    /// A column or table that was dropped and one that was added look like a rename.
    UNRESOLVED_RENAME = 302;
    /// Existing rows would have no value for a column.
    NEEDS_BACKFILL = 303;
    /// A change that cannot be undone by a downgrade that can be generated.
    NO_WAY_BACK = 304;
    /// A type that existing values cannot be trusted to fit.
    NEEDS_USING = 305;

    /// An acceptance of a hazard that is not there.
    UNUSED_ACCEPTANCE = 306;

    // W04: the chain of migrations.
    /// A directory under `migrations` that is no migration.
    BAD_REVISION = 401;
    /// A snapshot written by a newer whimbrel.
    NEWER_FORMAT = 402;
    /// A snapshot that contradicts itself or its parent.
    BAD_SNAPSHOT = 403;
    /// A migration whose parent is not there.
    MISSING_PARENT = 404;
    /// Two migrations with the same parent.
    TWO_HEADS = 405;
    /// A migration that was changed after a later one sealed it.
    SEALED_EDITED = 406;
    /// Migrations whose parents go in a circle.
    CIRCULAR_CHAIN = 407;

    // W05: the code of a migration.
    /// A `migration.rs` that is not Rust.
    NOT_RUST = 501;
    /// A migration without `upgrade` or `downgrade`.
    MISSING_FUNCTION = 502;
    /// `db` used in another way than in a statement of its own.
    BAD_STATEMENT = 503;
    /// An operation that does not exist or has the wrong arguments.
    BAD_OPERATION = 504;
    /// A table or column that does not exist in the version named.
    UNKNOWN_TOKEN = 505;
    /// A step that cannot be done at its position.
    BAD_STEP = 506;
    /// An upgrade that does not lead to the snapshot.
    WRONG_UPGRADE = 507;
    /// A downgrade that does not lead back.
    WRONG_DOWNGRADE = 508;
    /// A data statement that a rebuild in the same migration makes unsafe.
    UNSAFE_DATA = 509;
    /// A downgrade without steps for an upgrade that changes rows.
    NOTHING_UNDONE = 510;

    // W06: whimbrel.toml.
    /// A value in whimbrel.toml that is not allowed.
    BAD_CONFIG = 601;
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "W{:04}", self.0)
    }
}
