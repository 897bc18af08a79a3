//! What files are called.

use std::collections::BTreeSet;

/// The names that are taken, without their endings and in small letters, because on many disks case does
/// not tell files apart.
pub(super) struct Names(BTreeSet<String>);

/// What a file cannot be called on Windows, whatever its ending is.
const DEVICES: [&str; 4] = ["aux", "con", "nul", "prn"];

/// So many bytes of a name are kept; file systems take about 255.
const LONGEST: usize = 80;

impl Names {
    pub(super) fn without(taken: &[String]) -> Self {
        Self(
            taken.iter().map(|name| name.to_ascii_lowercase().trim_end_matches(".toml").to_owned()).collect(),
        )
    }

    /// A free name for the file of something, made of letters, digits and underscores whatever it is called.
    pub(super) fn free(&mut self, of: &str) -> String {
        let base = stem(of);
        let numbered = (2_usize..).map(|number| format!("{base}_{number}"));
        let mut candidates = [base.clone()].into_iter().chain(numbered);
        let free = candidates.find(|name| !self.0.contains(name)).unwrap_or(base);
        self.0.insert(free.clone());
        format!("{free}.toml")
    }
}

fn stem(of: &str) -> String {
    let plain = |character: char| match character {
        letter if letter.is_ascii_alphanumeric() => letter.to_ascii_lowercase(),
        _ => '_',
    };
    let mut stem: String = of.chars().map(plain).take(LONGEST).collect();
    stem = stem.trim_matches('_').to_owned();
    // `com1` to `lpt9` are devices as well.
    let port = stem.len() == 4 && (stem.starts_with("com") || stem.starts_with("lpt"));
    if stem.is_empty() || port || DEVICES.contains(&stem.as_str()) {
        stem.push_str(if stem.is_empty() { "table" } else { "_table" });
    }
    stem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_and_free() {
        let mut names = Names::without(&["Tables.toml".to_owned()]);
        for (of, name) in [
            ("users", "users.toml"),
            ("Users", "users_2.toml"),
            ("tables", "tables_2.toml"),
            ("order details", "order_details.toml"),
            ("../../etc/passwd", "etc_passwd.toml"),
            ("con", "con_table.toml"),
            ("COM1", "com1_table.toml"),
            ("\u{65e5}\u{672c}", "table.toml"),
            ("", "table_2.toml"),
            ("-rf", "rf.toml"),
        ] {
            assert_eq!(names.free(of), name, "{of}");
        }
        assert!(names.free(&"x".repeat(300)).len() < 100);
    }
}
