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

/// A row that counts on from the one before is its hash alone, and nothing else is.
#[test]
fn rows_that_count_on_are_short() {
    let mut connection = rusqlite::Connection::open_in_memory().unwrap();
    let mut driver = Sqlite::on(&mut connection);
    create(&mut driver).unwrap();
    let row = |ordinal: u64, label: Option<&str>, key: &[&str]| LedgerRow {
        ordinal,
        label: label.map(str::to_owned),
        hash: ordinal.wrapping_mul(0x9e37_79b9_7f4a_7c15),
        key: key.iter().map(|part| (*part).to_owned()).collect(),
    };
    let rows = [
        row(0, Some("ada"), &["-1"]),
        row(1, None, &["0"]),
        row(2, None, &["1"]),
        row(3, Some("bob"), &["2"]),
        row(5, None, &["3"]),
        row(6, None, &["5"]),
        row(7, None, &["006"]),
        row(8, None, &["7"]),
        row(9, None, &["8", "8"]),
        row(10, None, &["9", "9"]),
        row(11, None, &["9223372036854775807"]),
        row(12, None, &[""]),
        row(u64::MAX, None, &["x"]),
    ];
    add_rows(&mut driver, "rows", "demo", "users", &rows, "now").unwrap();
    let chunk = chunks(&mut driver, "rows", "demo").unwrap().remove(0);
    assert_eq!(super::rows(&mut driver, chunk.entry).unwrap(), rows);
    let body = driver.own("SELECT body FROM main.whimbrel_seeds", &[]).unwrap().remove(0).remove(0);
    let short = body.text().unwrap().lines().filter(|line| !line.contains('\t')).count();
    assert_eq!(short, 2);
}

/// What is about to be loaded is written down as what was read.
#[test]
fn values_are_written_as_their_texts() {
    use whimbrel_schema::Value;
    let values = |number: i64| [Some(Value::Text("a\tb".to_owned())), Some(Value::Integer(number))];
    let (mut of_values, mut of_rows) = (Piece::default(), Piece::default());
    for (ordinal, key, text) in
        [(0, vec![1], vec!["7"]), (1, vec![1], vec!["8"]), (2, vec![0, 1], vec!["a\tb", "9"])]
    {
        of_values.push_values(ordinal, None, 5, &key, &values(ordinal as i64 + 7));
        let key = text.into_iter().map(str::to_owned).collect();
        of_rows.push(&LedgerRow { ordinal, label: None, hash: 5, key });
    }
    assert_eq!(of_values.body, of_rows.body);
    assert_eq!(of_values.rows(), 3);
}
