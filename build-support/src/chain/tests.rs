//! The order of migrations, and snapshots that are not what they were.

use std::fs;
use std::path::Path;

use crate::analysis::Analysis;

/// A package whose migrations each add a table, sealed in the order given.
fn package(names: &[&str]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let mut schema = String::new();
    let mut parent: Option<&str> = None;
    for (at, name) in names.iter().enumerate() {
        schema.push_str(&format!("[table.t{at}.columns]\nid = \"bigint\"\n"));
        let sealed = parent.map(|parent| {
            let hash = Analysis::of(directory.path()).chain.links.last().and_then(|link| link.hash.clone());
            format!("parent = \"{parent}\"\nparent_hash = \"{}\"\n", hash.unwrap_or_default())
        });
        let number: u64 = name.split('_').next().unwrap().parse().unwrap_or(0);
        let head = format!("format = 1\nrevision = \"{name}\"\n{}hazards = 1\n", sealed.unwrap_or_default());
        write(
            directory.path(),
            &format!("migrations/{name}/snapshot.toml"),
            &format!("{head}\n[table.t{at}.columns]\nid = \"bigint\"\n"),
        );
        let code = format!(
            "use super::v{number:04} as after;\nuse whimbrel::v1::*;\n\
             pub fn upgrade(db: &mut Editor<'_>) -> Result<()> {{ db.create_table(after::T{at})?; Ok(()) }}\n\
             pub fn downgrade(db: &mut Editor<'_>) -> Result<()> {{ db.drop_table(after::T{at})?; Ok(()) }}\n"
        );
        write(directory.path(), &format!("migrations/{name}/migration.rs"), &code);
        parent = Some(name);
    }
    write(directory.path(), "whimbrel.toml", "dialects = [\"sqlite\"]\n");
    write(directory.path(), "schema/all.toml", &schema);
    directory
}

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// The migrations in order, and what is wrong.
fn read(root: &Path) -> (Vec<String>, Vec<String>) {
    let analysis = Analysis::of(root);
    let names = analysis.chain.links.iter().map(|link| link.snapshot.revision.clone()).collect();
    let wrong = analysis.all().iter().map(|found| format!("{} {}", found.code, found.message)).collect();
    (names, wrong)
}

#[test]
fn numbers_are_compared_as_numbers() {
    // By their letters the third would come before the second.
    let names = ["0009_a", "9999_b", "20140924_c", "20170923_d"];
    assert_eq!(read(package(&names).path()), (names.map(str::to_owned).to_vec(), vec![]));
}

#[test]
fn a_number_stands_for_one_migration_and_grows() {
    for (names, wrong) in [
        (["0001_a", "0002_b", "0002_c"], "W0401 `0002_b` and `0002_c`, which follows it, have one number"),
        (["0001_a", "0003_b", "0002_c"], "W0401 `0002_c` follows `0003_b`, but its number does not"),
        (["0001_a", "0002_b", "20140924113530_c"], "W0401 `20140924113530_c` is not the name of a migration"),
        (
            ["0001_a", "0002_b", "2017-09-23-182408_c"],
            "W0401 `2017-09-23-182408_c` is not the name of a migration",
        ),
    ] {
        let found = read(package(&names).path()).1;
        assert!(found.iter().any(|found| found == wrong), "{found:?}");
    }
}

#[test]
fn a_snapshot_that_is_not_what_it_was_is_named() {
    let names = ["0001_a", "0002_b"];
    let snapshot = "migrations/0002_b/snapshot.toml";
    let edited = |change: &dyn Fn(&str) -> String| {
        let directory = package(&names);
        let path = directory.path().join(snapshot);
        let next = change(&fs::read_to_string(&path).unwrap());
        fs::write(&path, next).unwrap();
        let analysis = Analysis::of(directory.path());
        let all = analysis.all();
        let found = all.first().unwrap();
        let place = |label: &whimbrel_schema::Label| analysis.sources().get(label.span.source).path.clone();
        let places: Vec<String> = found.labels.iter().map(place).collect();
        let named = places.iter().any(|place| place.starts_with("migrations/0002_b/"));
        assert!(named, "{}: {places:?}", found.message);
        found.code.to_string()
    };
    // The table gone, half of the file, nothing of it, and a later format.
    assert_eq!(edited(&|text| text.split("[table").next().unwrap().to_owned()), "W0505");
    assert_eq!(edited(&|text| text[..text.find("hazards").unwrap() - 30].to_owned()), "W0001");
    assert_eq!(edited(&|_| String::new()), "W0005");
    assert_eq!(edited(&|text| text.replace("format = 1", "format = 2")), "W0402");
    assert_eq!(edited(&|text| text.replace("0001_a", "0001_z")), "W0404");
    assert_eq!(edited(&|text| text.replace("revision = \"0002_b\"", "revision = \"0002_z\"")), "W0403");

    // The last one defines what it creates, so that a column more is one that the schema lacks.
    let directory = package(&names);
    let text = fs::read_to_string(directory.path().join(snapshot)).unwrap();
    write(directory.path(), snapshot, &format!("{text}more = \"text\"\n"));
    assert_eq!(read(directory.path()).1, ["W0301 schema is ahead of the migrations"]);

    // With a child, the change is seen by its seal as well as by its code.
    let directory = package(&["0001_a", "0002_b", "0003_c"]);
    let path = directory.path().join(snapshot);
    let text =
        fs::read_to_string(&path).unwrap().replace("hazards = 1", "hazards = 1\n\n[accept]\n\"x\" = \"y\"");
    fs::write(&path, &text).unwrap();
    assert_eq!(read(directory.path()).1, [""; 0], "what is accepted is outside of the seal");
    fs::write(&path, text.replace("id = \"bigint\"", "id = \"integer\"")).unwrap();
    assert!(read(directory.path()).1.iter().any(|found| found.starts_with("W0406")));
}
