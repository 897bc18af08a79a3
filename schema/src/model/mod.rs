//! The validated model of a schema.
//!
//! Only [`validate`](crate::validate) and the snapshot reader make one from text; everything after
//! them trusts it. The model knows no spans, no dialect and no history: two schemas are equal if
//! they mean the same, whatever the order of their columns and whatever their documentation says.

mod check;
mod column;
mod column_type;
mod foreign_key;
mod index;
mod schema;
mod table;
mod tables;
mod value;

pub use check::Check;
pub use column::{Column, DefaultValue};
pub use column_type::ColumnType;
pub use foreign_key::{ForeignKey, ReferentialAction};
pub use index::{Index, IndexColumn, SortOrder};
pub use schema::Schema;
pub use table::{PrimaryKey, Table, Unique};
pub use tables::Tables;
pub use value::{Float, Value};
