//! Tokens: what generated code calls the objects of a schema.
//!
//! A token carries a name and, in its type, the table and the type of a column. Definitions are
//! read from the embedded snapshots, so a token cannot disagree with them.

use std::marker::PhantomData;

/// A table at one version of the schema.
///
/// ```
/// use whimbrel::{Column, Table, types};
///
/// pub struct Users;
/// impl Table for Users {
///     const NAME: &'static str = "users";
///     const VERSION: u32 = 1;
/// }
/// impl Users {
///     pub const EMAIL: Column<Self, types::Text> = Column::new("email");
/// }
/// assert_eq!(Users::EMAIL.name(), "email");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a table of the schema",
    note = "tables are named by the tokens of the generated versions, as in `after::Users`"
)]
pub trait Table {
    /// The SQL name.
    const NAME: &'static str;
    /// The number of the migration that gave the table this shape.
    const VERSION: u32;
}

/// An enum at one version of the schema.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an enum of the schema",
    note = "enums are named by the tokens of the generated versions, as in `after::Category`"
)]
pub trait Enum {
    /// The SQL name.
    const NAME: &'static str;
    /// The number of the migration that gave the enum these values.
    const VERSION: u32;
}

/// A view at one version of the schema.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a view of the schema",
    note = "views are named by the tokens of the generated versions, as in `after::UnreadEmails`"
)]
pub trait View {
    /// The SQL name.
    const NAME: &'static str;
    /// The number of the migration that gave the view this query.
    const VERSION: u32;
}

/// A trigger at one version of the schema.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a trigger of the schema",
    note = "triggers are named by the tokens of the generated versions, as in `after::EmailsTouch`"
)]
pub trait Trigger {
    /// The SQL name.
    const NAME: &'static str;
    /// The number of the migration that gave the trigger these statements.
    const VERSION: u32;
}

macro_rules! tokens {
    ($($(#[doc = $doc:literal])+ $name:ident<T $(, $parameter:ident)?>;)+) => {$(
        $(#[doc = $doc])+
        pub struct $name<T $(, $parameter)?> {
            name: &'static str,
            marker: PhantomData<fn() -> (T, $($parameter)?)>,
        }

        impl<T $(, $parameter)?> $name<T $(, $parameter)?> {
            /// Makes the token; only generated code does.
            pub const fn new(name: &'static str) -> Self {
                Self { name, marker: PhantomData }
            }

            /// The SQL name.
            pub const fn name(self) -> &'static str {
                self.name
            }
        }

        // Derives would ask the same of the table's token, which derives nothing.
        impl<T $(, $parameter)?> Clone for $name<T $(, $parameter)?> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T $(, $parameter)?> Copy for $name<T $(, $parameter)?> {}
    )+};
}

tokens! {
    /// A column of table `T` with values of type `Ty`, one of [`types`](crate::types).
    ///
    /// Its own methods compare and combine in migrations, and they are typed: a comparison with a
    /// value of another type does not compile. With the feature `sea-query` it is also an identifier
    /// for queries of the application, as `Expr::col(db::Users::EMAIL)`.
    Column<T, Ty>;
    /// An index of table `T`.
    Index<T>;
    /// A unique constraint of table `T`.
    Unique<T>;
    /// A foreign key of table `T`.
    ForeignKey<T>;
    /// A check constraint of table `T`.
    Check<T>;
}
