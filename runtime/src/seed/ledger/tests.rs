use super::*;
use crate::driver::Sqlite;

#[test]
fn what_is_written_is_read() {
    let mut connection = rusqlite::Connection::open_in_memory().unwrap();
    let mut driver = Sqlite::on(&mut connection);
    assert_eq!(sets(&mut driver).unwrap(), []);
    create(&mut driver).unwrap();
    let set = LoadedSet {
        name: "de\tmo".into(),
        hash: "s1:0".into(),
        seed: "a\nb%0a".into(),
        size: 0.1,
        written_at: "now".into(),
        tables: vec![LoadedTable {
            name: "users".into(),
            base: 7,
            columns: vec!["id".into(), "na\tme".into()],
            key: vec!["id".into()],
            late: vec![],
        }],
    };
    add_set(&mut driver, &set).unwrap();
    assert_eq!(sets(&mut driver).unwrap(), [set]);
    let rows = [
        LedgerRow {
            ordinal: 3,
            label: Some("a%25".into()),
            hash: 255,
            key: vec!["x\ty".into(), String::new()],
        },
        LedgerRow { ordinal: 4, label: None, hash: u64::MAX, key: vec!["1".into(), "2".into()] },
    ];
    add_rows(&mut driver, "rows", "demo", "users", &rows, "now").unwrap();
    let chunk = chunks(&mut driver, "rows", "demo").unwrap().remove(0);
    assert_eq!(super::rows(&mut driver, chunk.entry).unwrap(), rows);
    assert_eq!(counts(&mut driver, "demo").unwrap()["users"], 2);
}
