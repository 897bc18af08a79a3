//! The Rust identifiers of tables, columns and constraints.
//!
//! Two different names may become one identifier; [`validate`](crate::validate) refuses that among
//! tables and among the columns of a table, and [`constants`] gives suffixes to the rest.

use std::collections::BTreeSet;

use heck::{ToShoutySnakeCase as _, ToUpperCamelCase as _};

use crate::{Column, Name, Object, Table};

/// The type that stands for a table.
///
/// ```
/// use whimbrel_schema::{Name, names::type_name};
///
/// assert_eq!(type_name(&Name::new("user_settings")), "UserSettings");
/// assert_eq!(type_name(&Name::new("self")), "Self_");
/// assert_eq!(type_name(&Name::new("2fa codes")), "_2faCodes");
/// ```
pub fn type_name(name: &Name) -> String {
    let identifier = plain(name).to_upper_camel_case();
    match identifier.as_str() {
        "" => "Unnamed".to_owned(),
        "Self" => "Self_".to_owned(),
        _ => with_letter_first(identifier),
    }
}

/// The constant that stands for a column, a constraint or an index.
///
/// ```
/// use whimbrel_schema::{Name, names::const_name};
///
/// assert_eq!(const_name(&Name::new("receivedAt")), "RECEIVED_AT");
/// assert_eq!(const_name(&Name::new("größe")), "GRUF6UDFE");
/// ```
pub fn const_name(name: &Name) -> String {
    let identifier = plain(name).to_shouty_snake_case();
    if identifier.is_empty() { "UNNAMED".to_owned() } else { with_letter_first(identifier) }
}

/// The constants of a table's token: columns in order, then uniques, foreign keys, checks and
/// indexes by name. No two have the same identifier.
pub fn constants(table: &Table) -> Vec<(String, Object)> {
    let columns = table.columns.keys().map(|name| (name, "_COLUMN", Object::Column as Make));
    let uniques = table.uniques.keys().map(|name| (name, "_UNIQUE", Object::Unique as Make));
    let foreign_keys =
        table.foreign_keys.keys().map(|name| (name, "_FOREIGN_KEY", Object::ForeignKey as Make));
    let checks = table.checks.keys().map(|name| (name, "_CHECK", Object::Check as Make));
    let indexes = table.indexes.keys().map(|name| (name, "_INDEX", Object::Index as Make));
    let mut taken = BTreeSet::new();
    columns
        .chain(uniques)
        .chain(foreign_keys)
        .chain(checks)
        .chain(indexes)
        .map(|(name, suffix, make)| {
            (free_name(const_name(name), suffix, &mut taken), make(table.name.clone(), name.clone()))
        })
        .collect()
}

/// A field of the struct that stands for a row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its identifier: the column's constant in small letters, with `_` behind a word of Rust.
    pub name: String,
    /// The constant of the column in the table's token.
    pub constant: String,
    /// The column.
    pub column: &'a Column,
}

/// The fields of a table's row, in the order of its columns. No two have the same identifier.
pub fn fields(table: &Table) -> Vec<Field<'_>> {
    let field = |(constant, object): (String, Object)| match object {
        Object::Column(_, column) => {
            let column = table.column(column.as_str())?;
            let name = constant.to_ascii_lowercase();
            // No constant ends in `_`, so what is put behind one word never makes another.
            let name = if KEYWORDS.contains(&name.as_str()) { name + "_" } else { name };
            Some(Field { name, constant, column })
        }
        _ => None,
    };
    constants(table).into_iter().filter_map(field).collect()
}

/// The structs that stand for the rows of all tables of a schema, in their order: `UsersRow`, with `_`
/// behind it as often as it takes to differ from the types of the tables and from each other.
pub fn row_names<'a>(tables: impl Iterator<Item = &'a Name> + Clone) -> Vec<String> {
    let mut taken: BTreeSet<String> = tables.clone().map(type_name).collect();
    tables
        .map(|table| {
            let mut name = type_name(table) + "Row";
            while !taken.insert(name.clone()) {
                name.push('_');
            }
            name
        })
        .collect()
}

/// The words of Rust, of any edition, that cannot be identifiers, in small letters.
const KEYWORDS: [&str; 51] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual",
    "where", "while", "yield",
];

type Make = fn(Name, Name) -> Object;

fn free_name(plain: String, suffix: &str, taken: &mut BTreeSet<String>) -> String {
    let with_suffix = format!("{plain}{suffix}");
    let numbered = (2_u32..).map(|number| format!("{with_suffix}_{number}"));
    let mut candidates = [plain, with_suffix.clone()].into_iter().chain(numbered);
    let free = candidates.find(|candidate| !taken.contains(candidate)).unwrap_or(with_suffix);
    taken.insert(free.clone());
    free
}

/// The name in ASCII letters, digits and underscores.
fn plain(name: &Name) -> String {
    let mut text = String::with_capacity(name.as_str().len());
    for character in name.as_str().chars() {
        match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' => text.push(character),
            other if other.is_alphanumeric() => text.push_str(&format!("u{:x}", u32::from(other))),
            _ => text.push('_'),
        }
    }
    text
}

fn with_letter_first(identifier: String) -> String {
    if identifier.starts_with(|first: char| first.is_ascii_digit()) {
        format!("_{identifier}")
    } else {
        identifier
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Check, Column, ColumnType, Index, Sql, Unique};

    fn check(name: &str, type_expected: &str, const_expected: &str) {
        let name = Name::new(name);
        assert_eq!((type_name(&name).as_str(), const_name(&name).as_str()), (type_expected, const_expected));
    }

    #[test]
    fn plain_names() {
        check("users", "Users", "USERS");
        check("user_settings", "UserSettings", "USER_SETTINGS");
        check("userSettings", "UserSettings", "USER_SETTINGS");
        check("HTTPLog", "HttpLog", "HTTP_LOG");
    }

    #[test]
    fn keywords() {
        check("self", "Self_", "SELF");
        check("Self", "Self_", "SELF");
        check("type", "Type", "TYPE");
        check("type_", "Type", "TYPE");
        check("crate", "Crate", "CRATE");
        check("gen", "Gen", "GEN");
    }

    #[test]
    fn odd_names() {
        check("", "Unnamed", "UNNAMED");
        check("_", "Unnamed", "UNNAMED");
        check("--", "Unnamed", "UNNAMED");
        check("2fa", "_2fa", "_2FA");
        check("odd name", "OddName", "ODD_NAME");
        check("a.b\"c", "ABC", "A_B_C");
        check("日本", "U65e5u672c", "U65E5U672C");
    }

    /// `e` with an accent is one letter in one normal form and two characters in the other; they
    /// are different names, and stay different.
    #[test]
    fn normal_forms_stay_apart() {
        check("caf\u{e9}", "Cafue9", "CAFUE9");
        check("cafe\u{301}", "Cafe", "CAFE");
    }

    #[test]
    fn always_an_identifier() {
        let mut seed = 1_u32;
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..seed % 7 {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                text.extend(char::from_u32((seed >> 9) % if seed & 256 == 0 { 128 } else { 0x11_0000 }));
            }
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let name = Name::new(&text);
            for identifier in [type_name(&name), const_name(&name)] {
                let mut characters = identifier.chars();
                assert!(characters.next().is_some_and(|first| first == '_' || first.is_ascii_alphabetic()));
                assert!(characters.all(|rest| rest == '_' || rest.is_ascii_alphanumeric()), "{identifier}");
                assert!(identifier != "_" && identifier != "Self");
            }
        }
    }

    #[test]
    fn fields_are_no_words_of_rust() {
        let mut table = Table::new(Name::new("t"));
        for name in ["userId", "type", "self", "2fa", "Crate", "union", "name"] {
            table.columns.insert(Name::new(name), Column::new(Name::new(name), ColumnType::Text));
        }
        table.uniques.insert(Name::new("name"), Unique { columns: vec![Name::new("name")] });
        let fields = fields(&table);
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["user_id", "type_", "self_", "_2fa", "crate_", "union", "name"]);
        assert_eq!((fields[0].constant.as_str(), fields[0].column.name.as_str()), ("USER_ID", "userId"));
    }

    #[test]
    fn rows_are_called_unlike_any_table() {
        let tables = ["users", "users_row", "users_row_row", "self"].map(Name::new);
        assert_eq!(row_names(tables.iter()), ["UsersRow_", "UsersRowRow_", "UsersRowRowRow", "Self_Row"]);
    }

    #[test]
    fn constants_do_not_collide() {
        let mut table = Table::new(Name::new("t"));
        for name in ["size", "size_check", "size_check_2"] {
            table.columns.insert(Name::new(name), Column::new(Name::new(name), ColumnType::Text));
        }
        table.uniques.insert(Name::new("size"), Unique { columns: vec![Name::new("size")] });
        let condition = Sql::from("true");
        table.checks.insert(Name::new("SIZE"), Check { condition: condition.clone() });
        table.checks.insert(Name::new("Size"), Check { condition });
        let index = Index { columns: Vec::new(), unique: false, predicate: None };
        table.indexes.insert(Name::new("size_idx"), index);
        let names: Vec<String> = constants(&table).into_iter().map(|(name, _)| name).collect();
        assert_eq!(
            names,
            ["SIZE", "SIZE_CHECK", "SIZE_CHECK_2", "SIZE_UNIQUE", "SIZE_CHECK_3", "SIZE_CHECK_4", "SIZE_IDX"]
        );
    }
}
