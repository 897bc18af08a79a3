//! The vocabulary of migrations, first version.
//!
//! A migration begins with `use whimbrel::v1::*` and can name everything it needs. Applied
//! migrations cannot be edited, so nothing here is ever removed or changed in meaning, and no type
//! of another crate is part of it. A newer vocabulary would be `v2`, beside this one.
//!
//! ```
//! # mod db {
//! #     use whimbrel::{Column, Index, Table, types};
//! #     pub struct Users;
//! #     impl Table for Users { const NAME: &'static str = "users"; const VERSION: u32 = 1; }
//! #     impl Users {
//! #         pub const ID: Column<Self, types::BigInt> = Column::new("id");
//! #         pub const EMAIL: Column<Self, types::Text> = Column::new("email");
//! #         pub const TZ: Column<Self, types::Nullable<types::Text>> = Column::new("tz");
//! #     }
//! #     pub struct UserSettings;
//! #     impl Table for UserSettings { const NAME: &'static str = "user_settings"; const VERSION: u32 = 2; }
//! #     impl UserSettings {
//! #         pub const USER_ID: Column<Self, types::BigInt> = Column::new("user_id");
//! #         pub const TIMEZONE: Column<Self, types::Text> = Column::new("timezone");
//! #     }
//! # }
//! # use db as before;
//! # use db as after;
//! use whimbrel::v1::*;
//!
//! pub fn upgrade(db: &mut Editor<'_>) -> Result<()> {
//!     db.create_table(after::UserSettings)?;
//!     db.insert_from(after::UserSettings, before::Users)
//!         .set(after::UserSettings::USER_ID, before::Users::ID)
//!         .set(after::UserSettings::TIMEZONE, before::Users::TZ.or("UTC"))
//!         .filter(before::Users::EMAIL.eq("ada@example.com").not())
//!         .run()?;
//!     db.alter_table(before::Users, after::Users, |users| {
//!         users.drop_column(before::Users::TZ);
//!     })?;
//!     Ok(())
//! }
//! ```
//!
//! What does not fit does not compile: a value of the wrong type,
//!
//! ```compile_fail,E0277
//! # use whimbrel::{Column, Table, types, v1::*};
//! # pub struct Users;
//! # impl Table for Users { const NAME: &'static str = "users"; const VERSION: u32 = 1; }
//! # const EMAIL: Column<Users, types::Text> = Column::new("email");
//! # fn upgrade(db: &mut Editor<'_>) -> Result<()> {
//! db.update(Users).set(EMAIL, 7).every_row().run()?;
//! # Ok(()) }
//! ```
//!
//! a value that may be NULL in a column that may not,
//!
//! ```compile_fail,E0277
//! # use whimbrel::{Column, Table, types, v1::*};
//! # pub struct Users;
//! # impl Table for Users { const NAME: &'static str = "users"; const VERSION: u32 = 1; }
//! # const EMAIL: Column<Users, types::Text> = Column::new("email");
//! # const TZ: Column<Users, types::Nullable<types::Text>> = Column::new("tz");
//! # fn upgrade(db: &mut Editor<'_>) -> Result<()> {
//! db.update(Users).set(EMAIL, TZ).every_row().run()?;
//! # Ok(()) }
//! ```
//!
//! and an update or delete that does not say which rows it means.
//!
//! ```compile_fail,E0277
//! # use whimbrel::{Table, v1::*};
//! # pub struct Users;
//! # impl Table for Users { const NAME: &'static str = "users"; const VERSION: u32 = 1; }
//! # fn upgrade(db: &mut Editor<'_>) -> Result<()> {
//! db.delete(Users).run()?;
//! # Ok(()) }
//! ```
//!
//! Nor does hand-written SQL that does not say what it does,
//!
//! ```compile_fail,E0277
//! # use whimbrel::{Table, v1::*};
//! # fn upgrade(db: &mut Editor<'_>) -> Result<()> {
//! db.sql("DELETE FROM users").run()?;
//! # Ok(()) }
//! ```
//!
//! or says that it does nothing and something.
//!
//! ```compile_fail,E0277
//! # use whimbrel::{Table, v1::*};
//! # pub struct Users;
//! # impl Table for Users { const NAME: &'static str = "users"; const VERSION: u32 = 1; }
//! # fn upgrade(db: &mut Editor<'_>) -> Result<()> {
//! db.sql("DELETE FROM users").touches_nothing().changes(Users).run()?;
//! # Ok(()) }
//! ```

mod alter;
mod change;
mod computed;
mod condition;
mod editor;
mod enumeration;
mod insert;
mod literal;
mod online;
mod restore;
mod rows;
mod script;
mod value;

pub use alter::{AddColumn, AlterColumn, TableEditor};
pub use change::{Backfill, Chosen, Decided, Delete, Undecided, Update, UpdateStart};
pub use computed::{Computed, Textual};
pub use condition::{Condition, Filter};
pub use editor::Editor;
pub use enumeration::AlterEnum;
pub use insert::{Insert, InsertFrom, NoRow};
pub use literal::{
    NULL, Now, Null, SqlText, Typed, date, decimal, json, now, sql, time, timestamp, timestamptz, uuid,
};
pub use online::Online;
pub use restore::RestoreTable;
pub use rows::{Row, Rows};
pub use script::{Declared, Harmless, Open, PerDialect, Script, ScriptDraft, SqlStep, Told, Undeclared};
pub use value::{Draft, Operand, Value};

pub use crate::Error;
pub use crate::scalar::{Content, Parameter, Scalar, Stored};

/// What a migration's functions return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

pub(crate) use editor::{Code, Follow};
