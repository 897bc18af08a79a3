use std::fmt;

use crate::diagnostic::{Explanation, explanation};

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal;)+) => {
        /// The stable code of a rule.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum HazardCode {
            $($(#[doc = $doc])+ $name,)+
        }

        impl HazardCode {
            /// What every code means, in order.
            pub const EXPLANATIONS: &'static [Explanation] =
                &[$(explanation!($code, concat!($($doc),+))),+];

            const fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)+
                }
            }
        }
    };
}

codes! {
    /// A table is dropped with its rows.
    DropTable = "WHD101";
    /// A column is dropped with its values.
    DropColumn = "WHD102";
    /// A column's type no longer holds every value it held.
    NarrowType = "WHD105";
    /// What is dropped looks like something new under its previous name.
    LooksRenamed = "WHD107";
    /// Rows are deleted by a typed statement.
    DeleteRows = "WHD111";
    /// Values are replaced by a typed statement.
    ReplaceValues = "WHD112";
    /// Hand-written SQL or Rust code changes rows, and may lose any of them.
    Opaque = "WHT702";
}

impl fmt::Display for HazardCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.text())
    }
}
