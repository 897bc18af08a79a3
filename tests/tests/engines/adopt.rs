//! Databases that were there before whimbrel, and histories that are damaged, on every database.

use std::collections::BTreeMap;

use whimbrel::{Apply, ErrorKind, Repair, introspect};
use whimbrel_schema::import;

use crate::engine::engines;

/// The last migration changes rows alone, so what the database is does not tell whether it was applied.
const HISTORY: Repair<'_> = Repair::History { to: Some("0009") };

/// As if somebody had made it by hand.
fn forget(engine: &mut dyn crate::engine::Engine) {
    for table in ["history", "journal"] {
        engine.run(&format!("DROP TABLE whimbrel_{table}")).unwrap();
    }
}

#[test]
fn what_is_there_is_marked_and_not_made() {
    for mut engine in engines() {
        let name = engine.name();
        engine.migrator().archive(false).apply(Apply::All).unwrap();
        let before = engine.table("users", "id, email");
        forget(&mut *engine);
        assert!(engine.migrator().plan_baseline(Apply::To("0005")).is_err(), "{name}");
        let marked = engine.migrator().baseline(Apply::All).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(marked.completed.len(), 9, "{name}");
        assert_eq!(engine.table("users", "id, email"), before, "{name}");
        let drift = engine.migrator().drift().unwrap();
        assert!(drift.is_none(), "{name}: {drift:?}");
        assert_eq!(engine.migrator().baseline(Apply::All).unwrap_err().kind(), ErrorKind::Refused, "{name}");
        assert!(engine.migrator().apply(Apply::All).unwrap().completed.is_empty(), "{name}");
    }
}

#[test]
fn what_is_not_there_is_not_marked() {
    for mut engine in engines() {
        let name = engine.name();
        engine.migrator().archive(false).apply(Apply::All).unwrap();
        forget(&mut *engine);
        engine.run("CREATE INDEX seen_by_hand ON users (id, email)").unwrap();
        let error = engine.migrator().baseline(Apply::All).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Drifted, "{name}: {error}");
        assert!(error.to_string().contains("+ index seen_by_hand on users"), "{name}: {error}");
        assert!(engine.migrator().history().unwrap().is_empty(), "{name}");
    }
}

#[test]
fn a_damaged_history_is_mended() {
    for mut engine in engines() {
        let name = engine.name();
        engine.migrator().jump(false).apply(Apply::All).unwrap();
        for damage in [
            "DELETE FROM whimbrel_history WHERE event = 4",
            "UPDATE whimbrel_history SET event = 77 WHERE event = 2",
            "UPDATE whimbrel_history SET head_after = NULL WHERE event = 9",
            "DROP TABLE whimbrel_history",
        ] {
            engine.run(damage).unwrap();
            let error = engine.migrator().verify().unwrap_err();
            assert!(error.to_string().contains("migrate repair --history"), "{name}: {damage}: {error}");
            let planned = engine
                .migrator()
                .plan_repair(HISTORY)
                .unwrap_or_else(|error| panic!("{name}: {damage}: {error}"));
            let done =
                engine.migrator().repair(HISTORY).unwrap_or_else(|error| panic!("{name}: {damage}: {error}"));
            assert_eq!(done, planned, "{name}: {damage}");
            assert_eq!(engine.migrator().verify().unwrap().applied, 9, "{name}: {damage}");
            assert!(engine.migrator().apply(Apply::All).unwrap().completed.is_empty(), "{name}: {damage}");
        }
        engine.run("DROP TABLE whimbrel_history").unwrap();
        let open = engine.migrator().plan_repair(Repair::History { to: None }).unwrap_err();
        assert!(open.to_string().contains("migrate repair --history --to REV"), "{name}: {open}");
        engine.run("CREATE TABLE whimbrel_history (version INTEGER)").unwrap();
        let error = engine.migrator().verify().unwrap_err();
        assert!(error.to_string().contains("migrate repair --set-aside"), "{name}: {error}");
        engine.migrator().repair(Repair::SetAside).unwrap_or_else(|error| panic!("{name}: {error}"));
        engine.migrator().repair(HISTORY).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(engine.migrator().verify().unwrap().applied, 9, "{name}");
    }
}

/// What a server has is said in the schema language, and what was said is what is there.
#[test]
fn every_database_is_imported() {
    for engine in engines() {
        let name = engine.name();
        engine.migrator().archive(false).apply(Apply::All).unwrap();
        let (dialect, found) = introspect::url(&engine.url(), ".").unwrap();
        let imported = import(&found, dialect, &BTreeMap::new(), &[])
            .unwrap_or_else(|unsaid| panic!("{name}: {unsaid:?}"));
        let tables: Vec<&str> = imported.schema.tables.keys().map(|name| name.as_str()).collect();
        assert!(tables.contains(&"users") && tables.contains(&"emails"), "{name}: {tables:?}");
        assert!(imported.unmanaged.is_empty(), "{name}: {:#?}", imported.unmanaged);
        assert!(imported.known.is_empty(), "{name}: {:#?}", imported.known);
    }
}
