//! Names that are not in a schema but follow from those that are.

use super::Grammar;
use crate::{Capabilities, Name};

impl Grammar {
    /// The name of something while it is between two of the same name.
    pub(in crate::render) fn temporary(&self, name: &Name) -> Name {
        self.derived("whimbrel_new_", name, "")
    }

    /// A name with something before and after it. A database cuts long names off, silently or not, and two
    /// may then be one; so a long one is shortened here, and told apart by a hash of the whole.
    pub(in crate::render) fn derived(&self, before: &str, name: &Name, after: &str) -> Name {
        let limit = Capabilities::of(self.dialect).name_limit.unwrap_or(usize::MAX);
        let whole = format!("{before}{name}{after}");
        if whole.len() <= limit {
            return Name::new(whole);
        }
        let hash = format!("_{:08x}", hash(name.as_str()));
        let mut end = limit.saturating_sub(before.len() + hash.len() + after.len());
        while !name.as_str().is_char_boundary(end) {
            end -= 1;
        }
        Name::new(format!("{before}{}{hash}{after}", &name.as_str()[..end]))
    }
}

/// FNV-1a, which is the same everywhere and for ever.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::postgres::GRAMMAR;

    #[test]
    fn short_names_are_told() {
        assert_eq!(GRAMMAR.derived("", &Name::new("users"), "_pkey"), "users_pkey");
        assert_eq!(GRAMMAR.temporary(&Name::new("state")), "whimbrel_new_state");
    }

    #[test]
    fn long_names_stay_apart_and_short_enough() {
        let name = |last: &str| Name::new(format!("{}{last}", "x".repeat(62)));
        let [one, other] = ["a", "b"].map(|last| GRAMMAR.derived("", &name(last), "_pkey"));
        assert_eq!((one.as_str().len(), other.as_str().len()), (63, 63));
        assert_ne!(one, other);
        let wide = GRAMMAR.temporary(&Name::new("é".repeat(31)));
        assert!(wide.as_str().len() <= 63 && wide.as_str().starts_with("whimbrel_new_é"), "{wide}");
    }
}
