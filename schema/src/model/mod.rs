//! The validated model of a schema.
//!
//! Only [`validate`](crate::validate) and the snapshot reader make one from text; everything after
//! them trusts it. The model knows no spans, no dialect and no history: two schemas are equal if
//! they mean the same, whatever the order of their columns and whatever their documentation says.

mod check;
mod column;
mod column_type;
mod enumeration;
mod foreign_key;
mod index;
mod only;
mod options;
mod schema;
mod table;
mod tables;
mod trigger;
mod value;
mod view;

pub use check::Check;
pub use column::{Column, DefaultValue, Generated, GeneratedStorage};
pub use column_type::{ColumnType, Native};
pub use enumeration::Enum;
pub use foreign_key::{ForeignKey, ReferentialAction, Timing};
pub use index::{Index, IndexColumn, IndexKey, SortOrder};
pub use only::Only;
pub use options::{MysqlOptions, PostgresOptions, SqliteOptions, TableOptions};
pub use schema::Schema;
pub(crate) use schema::not_a_value;
pub use table::{PrimaryKey, Table, Unique};
pub use tables::Tables;
pub use trigger::Trigger;
pub use value::{Float, Plain, Value};
pub use view::View;
