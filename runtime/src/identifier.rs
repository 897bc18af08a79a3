//! Tokens as identifiers of sea-query, with the feature `sea-query`.
//!
//! Generated code cannot know the features of this crate, so it names the newest tables to
//! `identifiers!`, which without the feature makes nothing of them.

#[cfg(feature = "sea-query")]
impl<T, Ty> sea_query::Iden for crate::Column<T, Ty> {
    // What needs no escaping is not copied; the name itself knows.
    fn quoted(&self) -> std::borrow::Cow<'static, str> {
        sea_query::Iden::quoted(&self.name())
    }

    fn unquoted(&self) -> &str {
        self.name()
    }
}

/// Makes tokens of tables identifiers of sea-query.
#[cfg(feature = "sea-query")]
#[doc(hidden)]
#[macro_export]
macro_rules! identifiers {
    ($($table:ident)*) => {$(
        impl $crate::sea_query::Iden for $table {
            fn quoted(&self) -> ::std::borrow::Cow<'static, str> {
                $crate::sea_query::Iden::quoted(&<Self as $crate::Table>::NAME)
            }

            fn unquoted(&self) -> &str {
                <Self as $crate::Table>::NAME
            }
        }
    )*};
}

/// Makes tokens of tables identifiers of sea-query: of none, without the feature.
#[cfg(not(feature = "sea-query"))]
#[doc(hidden)]
#[macro_export]
macro_rules! identifiers {
    ($($table:ident)*) => {};
}
