//! Seeds in a test: files by their paths, and the rows that come of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use whimbrel_schema::seed::{
    CheckedSeeds, DataFiles, Loading, SeedContext, SeedSources, Seeds, World, check_seeds,
};
use whimbrel_schema::{Dialect, Document, Schema, Sources, Style, Value, parse, report_all, validate};

/// Files of data, by their paths below the seeds.
#[derive(Default)]
pub(crate) struct Data(pub(crate) BTreeMap<String, Vec<u8>>);

impl DataFiles for Data {
    fn read(&self, path: &str) -> Result<Arc<[u8]>, String> {
        self.0.get(path).map(|bytes| Arc::from(bytes.as_slice())).ok_or_else(|| "is not there".to_owned())
    }

    fn paths(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }
}

/// Checks files: `schema/*`, `seeds/seeds.toml`, `seeds/*.toml`, and whatever else is below `seeds/`.
pub(crate) fn checked(files: &[(&str, &str)]) -> (Sources, Schema, CheckedSeeds) {
    let (mut sources, mut documents, mut seeds, mut data) =
        (Sources::default(), Vec::<Document>::new(), SeedSources::default(), Data::default());
    for (path, text) in files {
        match *path {
            "seeds/seeds.toml" => seeds.manifest = Some(sources.add(*path, text)),
            path if path.starts_with("schema/") => {
                let id = sources.add(path, text);
                documents.push(parse(&sources, id));
            }
            path if path.ends_with(".toml") => seeds.files.push(sources.add(path, text)),
            path => {
                let path = path.strip_prefix("seeds/").unwrap_or(path).to_owned();
                data.0.insert(path, text.as_bytes().to_vec());
            }
        }
    }
    let validated = validate(&documents, &Dialect::ALL);
    assert!(
        validated.diagnostics.is_empty(),
        "{}",
        report_all(&validated.diagnostics, &sources, Style::Plain)
    );
    let context = SeedContext {
        schema: &validated.schema,
        dialects: &Dialect::ALL,
        protected: &[],
        data: &data,
        functions: None,
    };
    let checked = check_seeds(&sources, &seeds, context);
    (sources, validated.schema, checked)
}

/// Seeds with which nothing is wrong.
#[allow(dead_code, reason = "not every test has rows")]
pub(crate) fn seeds(files: &[(&str, &str)]) -> Seeds {
    let (sources, _, checked) = checked(files);
    assert!(checked.diagnostics.is_empty(), "{}", report_all(&checked.diagnostics, &sources, Style::Plain));
    checked.seeds
}

/// All rows of a set as lines, by table.
#[allow(dead_code, reason = "not every test has rows")]
pub(crate) fn rows(seeds: &Seeds, seed: &str, size: f64) -> BTreeMap<String, Vec<String>> {
    // What functions of a package would make.
    let functions = |path: &str, call: &mut whimbrel_schema::seed::Call| {
        let number = call.below(100);
        Some(Some(match path.ends_with("price") {
            true => Value::Decimal(format!("{number}.99")),
            false => Value::Text(format!("Thing {number}")),
        }))
    };
    let mut world = World::new(seeds, &functions);
    let mut rows = BTreeMap::new();
    for (set, definition) in seeds.sets.iter().enumerate() {
        let loading = Loading { seed: seed.to_owned(), size, ..Loading::default() };
        world.add(set, loading).unwrap();
        for table in &definition.order {
            let lines: &mut Vec<String> =
                rows.entry(definition.tables[*table].table.name.to_string()).or_default();
            world
                .each(set, *table, &mut |row| {
                    let values = world.values(row)?;
                    let cells = values
                        .iter()
                        .map(|value| value.as_ref().map_or_else(|| "NULL".to_owned(), ToString::to_string));
                    lines.push(cells.collect::<Vec<_>>().join(", "));
                    Ok::<(), whimbrel_schema::seed::Unmade>(())
                })
                .unwrap();
        }
    }
    rows
}
