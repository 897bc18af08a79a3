//! What servers say of themselves is read, whatever it is.

use whimbrel_schema::{
    Introspected, MysqlCatalogue, PostgresCatalogue, PostgresRelation, PostgresTrigger, Schema, Trigger,
    read_mysql, read_postgres,
};

const TABLE: &str = "CREATE TABLE `t``u` (`a` int(11) NOT NULL DEFAULT (floor(rand() * 2) + 1), `b` varchar(9) COLLATE \
                     utf8mb4_bin DEFAULT 'x, CHECK (`', `c` varchar(9) GENERATED ALWAYS AS (concat(`b`,')')) STORED, \
                     `e` enum('a','é') CHECK (`e` <> 'b'), CONSTRAINT `d` CHECK (`a` > 0)) ENGINE=InnoDB COLLATE=x";

const TRIGGER: &str = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $é$ BEGIN; END $é$; CREATE TRIGGER tr \
                       BEFORE INSERT OR UPDATE OF a ON s.t FOR EACH ROW WHEN ((new.a > E'\\'')) EXECUTE FUNCTION f('x')";

/// Every beginning of a text, with something put behind it, and with what follows and without.
fn broken(text: &str) -> impl Iterator<Item = String> {
    let pieces = ["", "\"", "'", "`", "(", ")", ",", ";", "--", "/*", "é", "\\", "$$", " CHECK ", " AS "];
    text.char_indices().flat_map(move |(place, _)| {
        pieces
            .into_iter()
            .flat_map(move |put| ["", &text[place..]].map(|rest| format!("{}{put}{rest}", &text[..place])))
    })
}

#[test]
fn no_table_is_too_strange() {
    let mut read = 0;
    for text in broken(TABLE) {
        if let Some(catalogue) = MysqlCatalogue::of_table(text.as_bytes()) {
            let found = read_mysql(&catalogue);
            assert_eq!(found.schema.tables.len(), 1, "{text}");
            let pair = found.against(&found.schema);
            assert_eq!(pair.previous, pair.next, "{text}");
            read += 1;
        }
    }
    assert!(read > 1_000, "{read}");
}

#[test]
fn no_trigger_is_too_strange() {
    let mut seen = 0;
    for text in broken(TRIGGER) {
        let relation = PostgresRelation {
            oid: 1,
            name: "t".to_owned(),
            kind: "r".to_owned(),
            persistence: "p".to_owned(),
            options: None,
            comment: None,
            partition: false,
            inherits: false,
            row_security: false,
            typed: false,
            method: None,
            query: None,
        };
        let trigger = PostgresTrigger {
            relation: 1,
            name: "tr".to_owned(),
            definition: text.clone(),
            enabled: "O".to_owned(),
            function: None,
            function_definition: None,
            callers: 1,
        };
        let found = read_postgres(&PostgresCatalogue {
            relations: vec![relation],
            triggers: vec![trigger],
            ..PostgresCatalogue::default()
        });
        let mut expected = Schema::clone(&found.schema);
        let trigger = Trigger::new("tr".into(), "t".into(), TRIGGER);
        expected.triggers.insert(trigger.name.clone(), trigger.into());
        // What cannot be read is different, unless it is the same text.
        let pair = Introspected::against(&found, &expected);
        seen += usize::from(pair.previous == pair.next);
    }
    assert!((20..600).contains(&seen), "{seen} are the same");
}
