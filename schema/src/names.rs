//! The Rust identifiers of tables, columns and constraints.
//!
//! Two different names may become one identifier; [`validate`](crate::validate) refuses that among
//! tables and among the columns of a table, and [`constants`] gives suffixes to the rest.

use std::collections::BTreeSet;

use heck::{ToShoutySnakeCase as _, ToUpperCamelCase as _};

use crate::{Column, Enum, Name, Object, Schema, Table};

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

/// The type that stands for a table, view, enum or trigger: what its author chose, or else what its
/// name becomes.
///
/// ```
/// use whimbrel_schema::{Name, names::rust_type};
///
/// assert_eq!(rust_type(None, &Name::new("user_settings")), "UserSettings");
/// assert_eq!(rust_type(Some("Settings"), &Name::new("user_settings")), "Settings");
/// ```
pub fn rust_type(chosen: Option<&str>, name: &Name) -> String {
    chosen.map_or_else(|| type_name(name), str::to_owned)
}

/// The type that stands for a table, as its author or its name says.
pub fn table_type(table: &Table) -> String {
    rust_type(table.rust_name.as_deref(), &table.name)
}

/// The constant that stands for a column, as its author or its name says.
pub fn column_const(column: &Column) -> String {
    column.rust_name.clone().unwrap_or_else(|| const_name(&column.name))
}

/// Whether Rust keeps a word for itself, in this edition or in one to come.
///
/// ```
/// use whimbrel_schema::names::is_keyword;
///
/// assert!(is_keyword("type") && is_keyword("gen") && is_keyword("_"));
/// assert!(!is_keyword("Type"));
/// ```
pub fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

/// Whether an author may have a type called so: as Rust calls types, and as nothing else is called in
/// generated code.
///
/// ```
/// use whimbrel_schema::names::is_type_name;
///
/// assert!(is_type_name("Settings") && is_type_name("HTTPLog"));
/// assert!(!is_type_name("settings") && !is_type_name("Self") && !is_type_name("V_1"));
/// ```
pub fn is_type_name(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_uppercase())
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && !is_keyword(word)
        && word != PROJECT
}

/// The static of generated code, which stands beside the types.
const PROJECT: &str = "PROJECT";

/// Whether an author may have a constant called so.
///
/// ```
/// use whimbrel_schema::names::is_const_name;
///
/// assert!(is_const_name("KIND") && is_const_name("_2FA"));
/// assert!(!is_const_name("kind") && !is_const_name("2FA") && !is_const_name("_"));
/// ```
pub fn is_const_name(word: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    word.bytes().all(plain)
        && !word.starts_with(|first: char| first.is_ascii_digit())
        && word.bytes().any(|byte| byte != b'_')
}

const KEYWORDS: [&str; 53] = [
    "_", "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self",
    "static", "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

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
    let mut taken = BTreeSet::new();
    let columns: Vec<_> = table
        .columns
        .values()
        .map(|column| {
            let constant = free_name(column_const(column), "_COLUMN", &mut taken);
            (constant, Object::Column(table.name.clone(), column.name.clone()))
        })
        .collect();
    let uniques = table.uniques.keys().map(|name| (name, "_UNIQUE", Object::Unique as Make));
    let foreign_keys =
        table.foreign_keys.keys().map(|name| (name, "_FOREIGN_KEY", Object::ForeignKey as Make));
    let checks = table.checks.keys().map(|name| (name, "_CHECK", Object::Check as Make));
    let indexes = table.indexes.keys().map(|name| (name, "_INDEX", Object::Index as Make));
    let others = uniques.chain(foreign_keys).chain(checks).chain(indexes).map(|(name, suffix, make)| {
        (free_name(const_name(name), suffix, &mut taken), make(table.name.clone(), name.clone()))
    });
    columns.into_iter().chain(others).collect()
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
    let mut taken = BTreeSet::new();
    let field = |(constant, object): (String, Object)| match object {
        Object::Column(_, column) => {
            let column = table.column(column.as_str())?;
            let mut name = constant.to_ascii_lowercase();
            while is_keyword(&name) || !taken.insert(name.clone()) {
                name.push('_');
            }
            Some(Field { name, constant, column })
        }
        _ => None,
    };
    constants(table).into_iter().filter_map(field).collect()
}

/// The structs that stand for the rows of all tables of a schema, in their order: `UsersRow`, with `_`
/// behind it as often as it takes to differ from every other type.
pub fn row_names(schema: &Schema) -> Vec<String> {
    let mut taken: BTreeSet<String> = types(schema).map(|(_, name)| name).collect();
    let tables = schema.tables.values();
    tables
        .map(|table| {
            let mut name = table_type(table) + "Row";
            while !taken.insert(name.clone()) {
                name.push('_');
            }
            name
        })
        .collect()
}

/// The tables, enums, views and triggers of a schema.
pub fn objects(schema: &Schema) -> impl Iterator<Item = Object> {
    let Schema { tables, enums, views, triggers } = schema;
    let tables = tables.keys().cloned().map(Object::Table);
    let enums = enums.keys().cloned().map(Object::Enum);
    let views = views.keys().cloned().map(Object::View);
    tables.chain(enums).chain(views).chain(triggers.keys().cloned().map(Object::Trigger))
}

/// The same, with the types that stand for them.
pub fn types(schema: &Schema) -> impl Iterator<Item = (Object, String)> {
    let Schema { tables, enums, views, triggers } = schema;
    let tables = tables.values().map(|table| (Object::Table(table.name.clone()), table_type(table)));
    let enums = enums.values().map(|definition| {
        let name = rust_type(definition.rust_name.as_deref(), &definition.name);
        (Object::Enum(definition.name.clone()), name)
    });
    let views = views
        .values()
        .map(|view| (Object::View(view.name.clone()), rust_type(view.rust_name.as_deref(), &view.name)));
    let triggers = triggers.values().map(|trigger| {
        (Object::Trigger(trigger.name.clone()), rust_type(trigger.rust_name.as_deref(), &trigger.name))
    });
    tables.chain(enums).chain(views).chain(triggers)
}

/// The type that stands for a table, enum, view or trigger of a schema, if it has it.
pub fn type_of(schema: &Schema, object: &Object) -> Option<String> {
    let name = object.whole().as_str();
    let (chosen, name) = match object {
        Object::Enum(_) => schema.enumeration(name).map(|found| (&found.rust_name, &found.name))?,
        Object::View(_) => schema.view(name).map(|found| (&found.rust_name, &found.name))?,
        Object::Trigger(_) => schema.trigger(name).map(|found| (&found.rust_name, &found.name))?,
        _ => schema.table(name).map(|found| (&found.rust_name, &found.name))?,
    };
    Some(rust_type(chosen.as_deref(), name))
}

/// Whether a schema has a table, enum, view or trigger.
pub fn is_in(schema: &Schema, object: &Object) -> bool {
    let name = object.whole();
    match object {
        Object::Enum(_) => schema.enums.contains_key(name),
        Object::View(_) => schema.views.contains_key(name),
        Object::Trigger(_) => schema.triggers.contains_key(name),
        _ => schema.tables.contains_key(name),
    }
}

/// The constants of an enum's token, with the values that they stand for.
pub fn value_constants(definition: &Enum) -> Vec<(String, &str)> {
    let mut taken = BTreeSet::new();
    let constant = |value: &'_ String| free_name(const_name(&Name::new(value)), "_VALUE", &mut taken);
    let constants: Vec<String> = definition.values.iter().map(constant).collect();
    constants.into_iter().zip(definition.values.iter().map(String::as_str)).collect()
}

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
    use crate::{Check, ColumnType, Index, Unique};

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
        let mut schema = Schema::default();
        for table in ["self", "users", "users_row", "users_row_row"] {
            schema.insert(Table::new(Name::new(table)));
        }
        assert_eq!(row_names(&schema), ["Self_Row", "UsersRow_", "UsersRowRow_", "UsersRowRowRow"]);
    }

    #[test]
    fn constants_do_not_collide() {
        let mut table = Table::new(Name::new("t"));
        for name in ["size", "size_check", "size_check_2"] {
            table.columns.insert(Name::new(name), Column::new(Name::new(name), ColumnType::Text));
        }
        table.uniques.insert(Name::new("size"), Unique { columns: vec![Name::new("size")] });
        table.checks.insert(Name::new("SIZE"), Check::new("true"));
        table.checks.insert(Name::new("Size"), Check::new("true"));
        let index = Index::new([]);
        table.indexes.insert(Name::new("size_idx"), index);
        let names: Vec<String> = constants(&table).into_iter().map(|(name, _)| name).collect();
        assert_eq!(
            names,
            ["SIZE", "SIZE_CHECK", "SIZE_CHECK_2", "SIZE_UNIQUE", "SIZE_CHECK_3", "SIZE_CHECK_4", "SIZE_IDX"]
        );
    }
}
