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

mod capabilities;
pub mod diagnostic;
mod dialect;
mod expression;
mod model;
mod name;
mod operation;
mod pair;
mod render;
mod source;
mod sql;
mod statement;
pub mod text;

pub use capabilities::{AlterTable, Capabilities};
pub use diagnostic::{Code, Diagnostic, Label, Style, report, report_all};
pub use dialect::Dialect;
pub use expression::{Expression, Function, Operator};
pub use model::{
    Check, Column, ColumnType, DefaultValue, Float, ForeignKey, Index, IndexColumn, PrimaryKey,
    ReferentialAction, Schema, SortOrder, Table, Unique, Value,
};
pub use name::Name;
pub use operation::{Alteration, DataStatement, Misfit, MisfitKind, Operation};
pub use pair::Pair;
pub use render::render;
pub use source::{Position, Source, SourceId, Sources, Span};
pub use sql::Sql;
pub use statement::{Rebuild, Statement};
