//! JSON Schema of the seed files of a project: its tables, columns and labels.

use std::collections::BTreeMap;

use super::Seeds;
use crate::language::{Json, SEED_FILE, SEED_MAKER, SEED_TABLE, place_json, text, texts};
use crate::{Column, ColumnType, Schema, Table};

/// The JSON Schema of the files of rows of a project, with which an editor completes tables, columns, and the
/// labels that columns of foreign keys may name.
///
/// ```
/// use whimbrel_schema::seed::seed_json_schema;
/// use whimbrel_schema::{Dialect, Sources, parse, validate};
///
/// let mut sources = Sources::default();
/// let id = sources.add("schema/users.toml", "[table.users]\ncolumns.email = { type = 'text', primary_key = true }\n");
/// let schema = validate(&[parse(&sources, id)], &[Dialect::Sqlite]).schema;
/// assert!(seed_json_schema(&schema, None).contains("\"email\""));
/// ```
pub fn seed_json_schema(schema: &Schema, seeds: Option<&Seeds>) -> String {
    let labels = labels(seeds);
    let mut properties: Vec<(String, Json)> = Vec::new();
    if let Some((_, Json::Object(keys))) =
        place_json(&SEED_FILE).into_iter().find(|(key, _)| *key == "properties")
    {
        properties.extend(keys.into_iter().map(|(key, value)| (key.to_owned(), value)));
    }
    properties.extend(schema.tables.values().map(|one| (one.name.to_string(), table(schema, one, &labels))));
    let document = Json::Object(vec![
        ("$schema", text("http://json-schema.org/draft-07/schema#")),
        ("title", text("Seeds of this project")),
        ("type", text("object")),
        ("properties", Json::Named(properties)),
        ("additionalProperties", Json::Truth(false)),
        ("required", texts(["set"])),
        ("definitions", Json::Object(vec![("generator", Json::Object(place_json(&SEED_MAKER)))])),
    ]);
    format!("{document}\n")
}

type Labels<'s> = BTreeMap<&'s str, Vec<&'s str>>;

fn labels(seeds: Option<&Seeds>) -> Labels<'_> {
    let mut labels = Labels::new();
    for table in seeds.into_iter().flat_map(|seeds| &seeds.sets).flat_map(|set| &set.tables) {
        let known = labels.entry(table.table.name.as_str()).or_default();
        known.extend(table.rows.iter().filter_map(|row| row.label.as_deref()));
    }
    labels
}

fn table(schema: &Schema, table: &Table, labels: &Labels<'_>) -> Json {
    let mut entries = place_json(&SEED_TABLE);
    if let Some(doc) = &table.doc {
        entries.insert(0, ("description", text(doc.clone())));
    }
    let row = |made: bool| {
        let columns = table.written_columns();
        let columns = columns.map(|one| (one.name.to_string(), column(schema, table, one, labels, made)));
        vec![
            ("type", text("object")),
            ("properties", Json::Named(columns.collect())),
            ("additionalProperties", Json::Truth(false)),
        ]
    };
    for (key, value) in &mut entries {
        let ("properties", Json::Object(properties)) = (*key, value) else { continue };
        for (key, value) in properties {
            let Json::Object(shape) = value else { continue };
            match *key {
                "rows" => replace(shape, "additionalProperties", Json::Object(row(false))),
                "defaults" => {
                    shape.retain(|(key, _)| *key == "description");
                    shape.extend(row(false));
                }
                "match" => {
                    let names = table.columns.keys().map(|name| name.as_str());
                    replace(shape, "items", Json::Object(vec![("enum", texts(names))]));
                }
                "generate" => group(shape, table, row(true)),
                _ => {}
            }
        }
    }
    Json::Object(entries)
}

fn group(shape: &mut [(&'static str, Json)], table: &Table, row: Vec<(&'static str, Json)>) {
    let Some((_, Json::Object(items))) = shape.iter_mut().find(|(key, _)| *key == "items") else { return };
    let Some((_, Json::Object(keys))) = items.iter_mut().find(|(key, _)| *key == "properties") else {
        return;
    };
    for (key, value) in keys {
        let Json::Object(value) = value else { continue };
        match *key {
            "columns" => {
                value.retain(|(key, _)| *key == "description");
                value.extend(row.clone());
            }
            "for_each" => {
                let mut parents: Vec<&str> =
                    table.foreign_keys.values().map(|key| key.references_table.as_str()).collect();
                parents.sort_unstable();
                parents.dedup();
                value.push(("enum", texts(parents)));
            }
            _ => {}
        }
    }
}

fn replace(entries: &mut Vec<(&'static str, Json)>, key: &'static str, value: Json) {
    entries.retain(|(known, _)| *known != key);
    entries.push((key, value));
}

fn column(schema: &Schema, table: &Table, column: &Column, labels: &Labels<'_>, made: bool) -> Json {
    let null = if column.nullable { "?" } else { "" };
    let doc = column.doc.as_deref().map_or_else(String::new, |doc| format!("\n\n{doc}"));
    let mut entries = vec![("description", text(format!("`{}{null}`{doc}", column.column_type)))];
    let object = || Json::Object(vec![("type", text("object"))]);
    let mut choices = Vec::new();
    if let Some(definition) = schema.enum_of(&column.column_type) {
        choices.push(Json::Object(vec![("enum", texts(definition.values.iter().map(String::as_str)))]));
    } else {
        let types: &[&str] = match column.column_type {
            ColumnType::Boolean => &["boolean"],
            ColumnType::SmallInt | ColumnType::Integer | ColumnType::BigInt => &["integer"],
            ColumnType::Real | ColumnType::Double => &["number"],
            ColumnType::Decimal { .. } => &["number", "string"],
            ColumnType::Binary(_) | ColumnType::Blob => &[],
            _ => &["string"],
        };
        if !types.is_empty() {
            choices.push(Json::Object(vec![("type", texts(types.iter().copied()))]));
        }
    }
    let keys = table.foreign_keys.values().filter(|key| key.columns.contains(&column.name));
    let named: Vec<String> = keys
        .flat_map(|key| labels.get(key.references_table.as_str()).into_iter().flatten())
        .map(|label| format!("@{label}"))
        .collect();
    if !named.is_empty() {
        // With other texts beside them, because other files may have labels by the time this one is read.
        choices.push(Json::Object(vec![("enum", texts(named.iter().map(String::as_str)))]));
        choices.push(Json::Object(vec![("type", text("string")), ("pattern", text("^@"))]));
    }
    choices.push(match made {
        // Said once, because it stands in every column of every table.
        true => Json::Object(vec![("$ref", text("#/definitions/generator"))]),
        false => object(),
    });
    entries.push(("anyOf", Json::List(choices)));
    Json::Object(entries)
}
