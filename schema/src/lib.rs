//! The pure core of whimbrel: what a schema is, how two schemas differ, and what SQL follows.
//!
//! Data walks one way through this crate, and each stage is a room with one door:
//!
//! ```text
//! TOML --parse--> Document --validate--> Schema --diff--> Vec<Change> --plan--> Plan --render--> Vec<Statement>
//! ```
//!
//! Nothing here reads a file, a clock, the environment or a database: texts come in as
//! [`Sources`], and what is wrong with them goes out as [`Diagnostic`]s.

mod archiving;
mod capabilities;
mod catalogue;
mod config;
pub mod diagnostic;
mod dialect;
mod diff;
mod document;
mod drift;
mod expression;
mod files;
mod hazard;
mod import;
mod keeping;
pub mod language;
pub mod merge;
mod model;
mod name;
pub mod names;
mod operation;
mod pair;
pub mod plan;
mod probe;
mod render;
mod row_types;
mod script;
mod secret;
pub mod seed;
mod snapshot;
mod source;
mod sql;
mod statement;
mod stored;
mod suggest;
pub mod text;
mod timeouts;
mod validate;
mod words;
mod written;

pub use archiving::{Age, Archiving};
pub use capabilities::{AlterTable, Capabilities, Limits, SharedNames};
pub use catalogue::{
    Introspected, MysqlCatalogue, MysqlCheck, MysqlColumn, MysqlIndexPart, MysqlKeyColumn, MysqlOther,
    MysqlServer, MysqlTable, MysqlTrigger, MysqlUnclear, MysqlView, PostgresCatalogue, PostgresColumn,
    PostgresConstraint, PostgresConstraintColumn, PostgresEnumValue, PostgresIndex, PostgresIndexPart,
    PostgresOther, PostgresRelation, PostgresTrigger, SqliteCatalogue, SqliteColumn, SqliteObject, Unmanaged,
    UnmanagedKind, read_mysql, read_postgres, read_sqlite, read_sqlite_table,
};
pub use config::{Config, Environment, EnvironmentUrl};
pub use diagnostic::{Code, Diagnostic, Explanation, Label, Level, Style, report, report_all};
pub use dialect::Dialect;
pub use diff::{Change, Difference, DifferenceKind, Renames, TableChange, diff, differences};
pub use document::{Document, parse};
pub use drift::{Beside, Drift, drift, drift_beyond};
pub use expression::{Expression, Function, Operator};
pub use files::{SchemaFile, schema_files};
pub use hazard::{
    Elsewhere, HAZARD_CATALOGUE, Hazard, HazardCode, HazardPolicy, Phase, Rule, Severity, hazards,
    hazards_in_a_row, rollback_hazards,
};
pub use import::{Imported, Unsaid, import};
pub use keeping::Keeping;
pub use model::{
    Check, Column, ColumnType, DefaultValue, Enum, Float, ForeignKey, Generated, GeneratedStorage, Index,
    IndexColumn, IndexKey, MysqlOptions, Native, Only, Plain, PostgresOptions, PrimaryKey, ReferentialAction,
    Schema, SortOrder, SqliteOptions, Table, TableOptions, Tables, Timing, Trigger, Unique, Value, View,
};
pub use name::Name;
pub use operation::{Alteration, DataStatement, Effect, Misfit, MisfitKind, Operation};
pub use pair::Pair;
pub use probe::{Origin, Probe, ProbeQuestion, Rows};
pub use render::{Query, probe_query, render, render_step};
pub use row_types::RowTypes;
pub use script::{each_statement, parameters};
pub use secret::{secrets, without_secrets};
pub use snapshot::{Dropped, HeaderSpans, ParsedSnapshot, Snapshot, is_hash, is_revision};
pub use source::{Position, Source, SourceId, Sources, Span};
pub use sql::{Sql, first_word, not_an_expression};
pub use statement::{
    AddValue, IndexAct, Keep, Kept, KeptKind, OnlineIndex, Rebuild, Restore, Statement, Verify,
};
pub use stored::{Trial, Trials, stored, unknown_parts};
pub use suggest::closest;
pub use timeouts::Timeouts;
pub use validate::{Fill, Hints, Object, Origins, Validated, validate};
