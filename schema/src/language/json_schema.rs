//! JSON Schema, which editors ask about the files of a project.

use super::json::{Json, text, texts};
use super::key::{Key, Place, Presence, Shape};
use super::places::{CONFIG, SCHEMA_FILE, SEEDS};
use crate::ColumnType;

/// The JSON Schema of the files below `schema`.
///
/// It has no references to other places in it, because not every editor follows them.
///
/// ```
/// let schema = whimbrel_schema::language::schema_json_schema();
/// assert!(schema.contains("auto_increment"));
/// ```
pub fn schema_json_schema() -> String {
    document("A schema of whimbrel", &SCHEMA_FILE)
}

/// The JSON Schema of `whimbrel.toml`.
pub fn config_json_schema() -> String {
    document("whimbrel.toml", &CONFIG)
}

/// The JSON Schema of `seeds.toml`. That of the files of rows is of the tables of a project:
/// [`seed_json_schema`](crate::seed::seed_json_schema).
pub fn seeds_json_schema() -> String {
    document("seeds.toml", &SEEDS)
}

/// A place as JSON Schema.
pub(crate) fn place_json(place: &Place) -> Vec<(&'static str, Json)> {
    table(place)
}

/// Language servers for TOML know Draft 7 at most, and some only what Draft 4 had: there is nothing else
/// in it.
fn document(title: &str, place: &Place) -> String {
    let mut entries =
        vec![("$schema", text("http://json-schema.org/draft-07/schema#")), ("title", text(title))];
    entries.extend(table(place));
    format!("{}\n", Json::Object(entries))
}

type Entries = Vec<(&'static str, Json)>;

fn table(place: &Place) -> Entries {
    let properties = place.keys.iter().map(|key| (key.name, Json::Object(property(key)))).collect();
    let mut entries = vec![
        ("type", text("object")),
        ("properties", Json::Object(properties)),
        ("additionalProperties", Json::Truth(false)),
    ];
    let required: Vec<&str> =
        place.keys.iter().filter(|key| key.presence == Presence::Required).map(|key| key.name).collect();
    if !required.is_empty() {
        entries.push(("required", texts(required)));
    }
    if !place.one_of.is_empty() {
        let alternatives = place.one_of.iter().map(|key| object([("required", texts([*key]))]));
        entries.push(("oneOf", Json::List(alternatives.collect())));
    }
    let beside: Entries = place
        .keys
        .iter()
        .filter_map(|key| match key.presence {
            Presence::Beside(other) => Some((key.name, texts([other]))),
            Presence::Optional | Presence::Required => None,
        })
        .collect();
    if !beside.is_empty() {
        entries.push(("dependencies", Json::Object(beside)));
    }
    entries
}

/// A key, with what an editor shows where the pointer rests on it.
fn property(key: &Key) -> Entries {
    let Key { name, doc, example, .. } = key;
    let mut entries = vec![("description", text(format!("{doc}\n\nExample: `{name} = {example}`")))];
    entries.extend(shape(&key.shape));
    entries
}

fn shape(shape: &Shape) -> Entries {
    match shape {
        Shape::Text => vec![("type", text("string"))],
        Shape::Literal => vec![("type", texts(["string", "number", "boolean"]))],
        Shape::Any => Vec::new(),
        Shape::Number => vec![("type", text("number"))],
        Shape::Word(words) => vec![("enum", texts(words.iter().copied()))],
        Shape::Flag(default) => vec![("type", text("boolean")), ("default", Json::Truth(*default))],
        Shape::Integer { least, greatest } => vec![
            ("type", text("integer")),
            ("minimum", Json::Number(*least)),
            ("maximum", Json::Number(*greatest)),
        ],
        Shape::Type => column_type(),
        Shape::TypeName => pattern("^[A-Z][A-Za-z0-9]*$"),
        Shape::ConstName => pattern("^([A-Z]|_+[A-Z0-9])[A-Z0-9_]*$"),
        Shape::Target => pattern(r"^\s*[^\s.(].*(\..*[^\s.]|\(.*[^\s(].*\))\s*$"),
        Shape::Age => pattern(r"^(forever|[0-9]*[1-9][0-9]*[hdw])$"),
        Shape::Time => pattern(r"^[0-9]+(ms|s|m|h)$"),
        Shape::List { of, least } => {
            let least = i64::try_from(*least).unwrap_or(i64::MAX);
            vec![
                ("type", text("array")),
                ("items", Json::Object(self::shape(of))),
                ("minItems", Json::Number(least)),
            ]
        }
        Shape::Table(place) => table(place),
        Shape::Named(value) => {
            vec![("type", text("object")), ("additionalProperties", Json::Object(self::shape(value)))]
        }
        Shape::Either(shapes) => {
            let shapes = shapes.iter().map(|one| Json::Object(self::shape(one)));
            vec![("anyOf", Json::List(shapes.collect()))]
        }
    }
}

fn pattern(pattern: &str) -> Entries {
    vec![("type", text("string")), ("pattern", text(pattern))]
}

fn object<const N: usize>(entries: [(&'static str, Json); N]) -> Json {
    Json::Object(entries.into())
}

/// A type of the language, with `?` or without, or the name of an enum, which is known only to the
/// build.
fn column_type() -> Entries {
    let plain = || ColumnType::NAMES.into_iter().filter(|name| !SIZED.contains(name));
    let words = plain().map(str::to_owned).chain(plain().map(|name| format!("{name}?")));
    let sized = r"^\s*((char|varchar|binary)\s*\(\s*0*[1-9][0-9]*\s*\)|decimal\s*\(\s*[0-9]+\s*,\s*[0-9]+\s*\))\s*\??\s*$";
    let unsized_word = format!(r"^\s*({})\s*\??\s*$", SIZED.join("|"));
    let name = object([
        ("type", text("string")),
        ("pattern", text(r"^\s*[A-Za-z_][A-Za-z0-9_]*\s*\??\s*$")),
        ("not", object([("pattern", text(unsized_word))])),
    ]);
    vec![(
        "anyOf",
        Json::List(vec![
            object([("enum", Json::List(words.map(Json::Text).collect()))]),
            Json::Object(pattern(sized)),
            name,
        ]),
    )]
}

/// The types that want a length or digits.
const SIZED: [&str; 4] = ["decimal", "char", "varchar", "binary"];
