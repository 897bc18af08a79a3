//! Databases that people and other programs made.

use whimbrel::introspect::Introspected;
use whimbrel_schema::plan::{Intent, plan};
use whimbrel_schema::{
    Check, Column, ColumnType, DefaultValue, Dialect, Enum, Index, Name, Pair, Schema, Snapshot, Sources,
    Table, Value, View, differences,
};

use crate::support::servers::{Introspects, MariaDb, Postgres, Session, drift};

/// What was read in the schema language, and what that cannot say below it.
fn story(found: &Introspected) -> String {
    let (changed, _) = Snapshot::between(Pair::new(&Schema::default(), &found.schema));
    let mut snapshot = Snapshot::new("0001_import");
    snapshot.changed = changed;
    let text = snapshot.to_string();
    let mut sources = Sources::default();
    let id = sources.add("snapshot.toml", text.as_str());
    let parsed = Snapshot::parse(&sources, id);
    assert_eq!(parsed.diagnostics, [], "it is read back from TOML");
    let read = parsed.snapshot.unwrap().changed;
    let differs = differences(Pair::new(&snapshot.changed, &read), &Default::default());
    assert_eq!(differs, [], "it is read back from TOML");
    let unmanaged: Vec<String> = found.unmanaged.iter().map(ToString::to_string).collect();
    let unnamed: Vec<String> = found.unnamed.iter().map(|(table, name)| format!("{table}: {name}")).collect();
    format!("{text}\n== unnamed\n{}\n\n== unmanaged\n{}", unnamed.join("\n"), unmanaged.join("\n"))
}

/// A database made anew of what was read has no difference to it, nor has the one that it was read from.
fn is_the_same_again<S: Introspects>(session: &mut Session<S>, found: &Introspected, before: &[&str]) {
    let schema = &found.schema;
    let pair = found.against(&found.schema);
    assert_eq!(differences(pair.as_ref(), &Default::default()), []);
    let spelled = S::spelling(&mut session.client, schema, found);
    let left = differences(found.against(&spelled).as_ref(), &Default::default());
    assert_eq!(left.iter().map(ToString::to_string).collect::<Vec<_>>(), [""; 0]);
    let mut again = Session::<S>::open().unwrap();
    before.iter().for_each(|sql| again.run(sql).unwrap());
    let pair = Pair::new(Schema::default(), schema.clone());
    let operations = plan(pair.as_ref(), &Intent::default()).upgrade;
    again.migrate(&operations, pair.as_ref(), whimbrel::Direction::Upgrade).unwrap();
    let left = drift::<S>(&mut again.client, schema);
    assert!(left.len() == before.len() && left.iter().all(|words| words.starts_with("enum ")), "{left:?}");
}

#[test]
fn a_database_of_postgres_is_read() {
    let Some(mut session) = Session::<Postgres>::open() else { return };
    session.run(ON_POSTGRES).unwrap();
    let found = Postgres::introspect(&mut session.client);
    insta::assert_snapshot!(story(&found));
    let before = r#"CREATE TYPE "Mood" AS ENUM ('calm', 'it''s \ "cross"', '')"#;
    is_the_same_again(&mut session, &found, &[before]);
}

const ON_POSTGRES: &str = r#"
CREATE TYPE "Mood" AS ENUM ('calm', 'it''s \ "cross"', '');
COMMENT ON TYPE "Mood" IS 'How it is.';
CREATE TABLE p (a int, b varchar(9), c int UNIQUE, PRIMARY KEY (b, a));
CREATE TABLE "order" ("group" serial PRIMARY KEY, "select" int4 NOT NULL, "a b" character varying);
CREATE TABLE "my table" (
  id bigserial CONSTRAINT odd PRIMARY KEY, i2 int2 DEFAULT '-7', f4 float4 DEFAULT 1.5, f8 float DEFAULT 'Infinity',
  n numeric, n2 decimal(10) DEFAULT 5, ch char DEFAULT 'x', bp bpchar, vc varchar(20) DEFAULT 'x'::text, t text DEFAULT NULL,
  b bool DEFAULT 't', by bytea DEFAULT '\xdeadbeef', d date DEFAULT CURRENT_DATE, t3 time(3), ti time DEFAULT '12:30',
  tz timestamptz DEFAULT now(), ts timestamp DEFAULT now(), tu timestamp DEFAULT (now() AT TIME ZONE 'utc'), tp timestamp(0),
  tn timestamptz DEFAULT '2026-01-31 23:59:59+01', ttz timetz, iv interval DEFAULT '1 day', j json DEFAULT '{}', jb jsonb DEFAULT '[1,  2]', u uuid DEFAULT gen_random_uuid(),
  arr text[] DEFAULT '{}', ip inet, m "Mood" DEFAULT 'calm', o oid, x xml, mo money, g int GENERATED ALWAYS AS (i2 * 2) STORED,
  ident int GENERATED ALWAYS AS IDENTITY (INCREMENT BY 2), c1 text COLLATE "C", pa int, pb varchar(9), dom int,
  CHECK (i2 > 0), CONSTRAINT "it's" CHECK (vc IN ('a', 'b') AND n BETWEEN 1 AND 2 OR t LIKE '%''%' ESCAPE '!'),
  UNIQUE (i2, vc), UNIQUE NULLS NOT DISTINCT (f4), CONSTRAINT later UNIQUE (f8) DEFERRABLE INITIALLY DEFERRED,
  FOREIGN KEY (pb, pa) REFERENCES p ON UPDATE CASCADE ON DELETE SET NULL DEFERRABLE,
  CONSTRAINT full_fk FOREIGN KEY (pb, pa) REFERENCES p MATCH FULL ON DELETE SET NULL (pa),
  CONSTRAINT self FOREIGN KEY (id) REFERENCES "my table" DEFERRABLE INITIALLY DEFERRED
);
COMMENT ON TABLE "my table" IS 'It''s
mine \ "here" 🐦';
COMMENT ON COLUMN "my table"."i2" IS E'\x1b[31m red \u202e';
CREATE INDEX ON "my table" (lower(vc), (i2 + 1) DESC, t DESC NULLS LAST, c1 COLLATE "POSIX") INCLUDE (b, d) WHERE i2 > 0 AND t IS NOT NULL;
CREATE UNIQUE INDEX "u i" ON "my table" USING btree (arr);
CREATE INDEX jb_idx ON "my table" USING gin (jb jsonb_path_ops);
CREATE INDEX h_idx ON "my table" USING hash (t) WITH (fillfactor = 50);
CREATE VIEW "v ""w" AS SELECT m.*, count(*) OVER () AS "how many" FROM "my table" m JOIN p ON p.a = m.pa WHERE m.pa = ANY (SELECT 1);
COMMENT ON VIEW "v ""w" IS 'Seen; "so"';
CREATE VIEW of_view (x, "Y") WITH (security_barrier) AS SELECT id, "how many" FROM "v ""w" WHERE b;
CREATE FUNCTION "touch it"() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $f$ BEGIN RAISE NOTICE ';$$'; RETURN NEW; END $f$;
CREATE TRIGGER "t'r" BEFORE UPDATE OF i2, "b" OR INSERT ON "my table" FOR EACH ROW WHEN (NEW.i2 IN (1, 2)) EXECUTE FUNCTION "touch it"('a''b', 1);
CREATE TRIGGER second AFTER DELETE ON p REFERENCING OLD TABLE AS gone EXECUTE FUNCTION "touch it"();
CREATE TRIGGER second AFTER INSERT ON "order" EXECUTE FUNCTION "touch it"();
CREATE TRIGGER inside INSTEAD OF INSERT ON of_view FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
CREATE TABLE whimbrel_history (x int);
CREATE TABLE whimbrel_archive_12 (x int);
CREATE TABLE whimbrel_archive_of_mine (x int);
CREATE TABLE parts (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE parts_2026 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE parent (x int);
CREATE TABLE child (more int) INHERITS (parent);
CREATE MATERIALIZED VIEW kept AS SELECT a FROM p;
CREATE SEQUENCE numbers;
CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');
CREATE TYPE pair AS (x int, y int);
CREATE TYPE span AS RANGE (subtype = date);
CREATE FUNCTION f(int, text DEFAULT '') RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE tidy() LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE mine (int) (SFUNC = int4pl, STYPE = int);
CREATE STATISTICS stats ON i2, vc FROM "my table";
CREATE SCHEMA elsewhere;
CREATE TABLE elsewhere.t (id int PRIMARY KEY);
ALTER TABLE "order" ADD CONSTRAINT away FOREIGN KEY ("select") REFERENCES elsewhere.t;
ALTER TABLE "order" ADD CONSTRAINT no_overlap EXCLUDE ("select" WITH =);
"#;

#[test]
fn a_database_of_mariadb_is_read() {
    let Some(mut session) = Session::<MariaDb>::open() else { return };
    ON_MARIADB.split(";;\n").filter(|sql| !sql.trim().is_empty()).for_each(|sql| session.run(sql).unwrap());
    let found = MariaDb::introspect(&mut session.client);
    insta::assert_snapshot!(story(&found));
    is_the_same_again(&mut session, &found, &[]);
}

const ON_MARIADB: &str = r#"
CREATE TABLE p (a int, b varchar(9), c int UNIQUE, PRIMARY KEY (b, a));;
CREATE TABLE `order` (`group` serial PRIMARY KEY, `select` INTEGER NOT NULL, `a b` character varying(7) charset latin1) CHARSET=utf8;;
CREATE TABLE `my table` (
  id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY COMMENT 'It''s
mine \\ "here"', i1 tinyint(1) DEFAULT 2, i2 smallint DEFAULT '-7', t4 tinyint(4), f float(7,3), f8 double precision DEFAULT 1e3,
  n numeric, n2 dec(10) DEFAULT 5, ch char DEFAULT 'x', vc varchar(20) DEFAULT 'x?', tx text DEFAULT NULL, mt mediumtext,
  b bool DEFAULT TRUE, bi binary(3) DEFAULT x'00ff01', vb varbinary(9) DEFAULT x'ff', bl blob DEFAULT x'ff', d date DEFAULT current_date, ti time DEFAULT '12:30',
  dt datetime DEFAULT now(), dt6 datetime(6) DEFAULT now(6), tu datetime(6) DEFAULT utc_timestamp(6), ts timestamp(3) NULL DEFAULT '2026-01-31 23:59:59',
  y year, j json DEFAULT '[1,  2]', u uuid DEFAULT uuid(), i inet6, e enum('calm', 'it''s \\ "cross"', '') DEFAULT 'calm', e2 enum('calm', 'it''s \\ "cross"', ''),
  st set('a', 'b'), bt bit(3) DEFAULT b'101', g int AS (i2 * 2) PERSISTENT COMMENT 'made', gv varchar(9) GENERATED ALWAYS AS (concat(vc, '🐦')) VIRTUAL, em varchar(9) DEFAULT '🐦',
  c1 varchar(9) COLLATE utf8mb4_unicode_ci, c2 varchar(9) CHARACTER SET ascii, pa int, pb varchar(9), po bigint unsigned, pt point,
  own int CHECK (own > 0), CHECK (i2 > 0), CONSTRAINT `it's` CHECK (vc IN ('a', 'b') AND n BETWEEN 1 AND 2 OR tx LIKE '%''%' ESCAPE '!' OR vc = '🐦'),
  UNIQUE (i2, vc), UNIQUE KEY `u k` (vc DESC), KEY (n DESC, d), KEY pre (vc(3)), FULLTEXT KEY ft (tx, vc), KEY hs (n2) USING HASH, UNIQUE longer (tx),
  FOREIGN KEY (pb, pa) REFERENCES p (b, a) ON UPDATE CASCADE ON DELETE SET NULL,
  CONSTRAINT self FOREIGN KEY (po) REFERENCES `my table` (id) ON DELETE RESTRICT ON UPDATE NO ACTION
) COMMENT='Mine; "so" \\' ENGINE=innodb CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci ROW_FORMAT=DYNAMIC;;
CREATE VIEW `v ``w` AS SELECT m.id, m.vc, '🐦' AS `how many` FROM `my table` m JOIN p ON p.a = m.pa WHERE m.pa = ANY (SELECT 1);;
CREATE SQL SECURITY INVOKER VIEW of_view (x, `Y`) AS SELECT id, vc FROM `my table` WHERE b WITH CHECK OPTION;;
CREATE TRIGGER `t'r` BEFORE UPDATE ON `my table` FOR EACH ROW BEGIN
  /* what it is */
  SET NEW.vc = 'a;  b', NEW.em = '🐦';
END;;
CREATE TRIGGER second AFTER DELETE ON p FOR EACH ROW SET @x = 1;;
CREATE TRIGGER third AFTER DELETE ON p FOR EACH ROW PRECEDES second SET @x = 2;;
CREATE TABLE whimbrel_history (x int);;
CREATE TABLE whimbrel_archive_12 (x int);;
CREATE TABLE whimbrel_archive_of_mine (x int);;
CREATE TABLE aside (x int) ENGINE=MyISAM CHARSET=latin1;;
CREATE TABLE parts (id int, at date) PARTITION BY RANGE (year(at)) (PARTITION p0 VALUES LESS THAN (2026), PARTITION p1 VALUES LESS THAN MAXVALUE);;
CREATE TABLE versions (x int) WITH SYSTEM VERSIONING;;
CREATE SEQUENCE numbers;;
CREATE FUNCTION f(x int) RETURNS int RETURN 1;;
CREATE PROCEDURE tidy() SELECT 1;;
CREATE EVENT often ON SCHEDULE EVERY 1 DAY DO SELECT 1;;
"#;

/// Names and texts that somebody chose to be mistaken for something else.
const HOSTILE: [&str; 12] = [
    "it's",
    "a\"b",
    "a`b",
    "a\\b",
    "a;--",
    "a\nb",
    "a\u{202e}b",
    "a  b",
    "ünï ☃",
    "'; DROP TABLE t; --",
    "select",
    "a%s{}$1?:x",
];

/// Everything of it is called by, and says, one of these.
fn hostile(text: &str, dialect: Dialect) -> Schema {
    let name = Name::new(text);
    let quote = if dialect == Dialect::Mysql { '`' } else { '"' };
    let quoted = format!("{quote}{}{quote}", text.replace(quote, &format!("{quote}{quote}")));
    let literal = match dialect {
        Dialect::Mysql => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''")),
        _ => format!("'{}'", text.replace('\'', "''")),
    };
    let mut table = Table::new(name.clone());
    table.doc = Some(format!("{text} {text}"));
    let mut column = Column::new(name.clone(), ColumnType::Varchar(40));
    column.doc = Some(text.to_owned());
    column.default = Some(DefaultValue::Literal(Value::Text(text.to_owned())));
    let mut of_enum = Column::new(Name::new("other"), ColumnType::Enum(Name::new("mood")));
    of_enum.default = Some(DefaultValue::Literal(Value::Text(text.to_owned())));
    for column in [column, of_enum] {
        table.columns.insert(column.name.clone(), column);
    }
    let check = Check::new(format!("{quoted} <> {literal}"));
    table.checks.insert(Name::new(format!("{text}c")), check);
    table.indexes.insert(Name::new(format!("{text}i")), Index::new([name.clone()]));
    let mut schema = Schema::default();
    let values = Enum::new(Name::new("mood"), [text, "other"]);
    schema.enums.insert(values.name.clone(), values.into());
    let query = format!("SELECT {quoted} FROM {quoted} WHERE {quoted} = {literal}");
    let view = View::new(Name::new(format!("{text}v")), query);
    schema.views.insert(view.name.clone(), view.into());
    schema.insert(table);
    schema
}

fn comes_back<S: Introspects>() {
    for text in HOSTILE {
        let Some(mut session) = Session::<S>::open() else { return };
        let schema = hostile(text, S::DIALECT);
        session.create(&schema, |_| Ok(())).unwrap();
        let found = S::introspect(&mut session.client);
        assert_eq!(drift::<S>(&mut session.client, &schema), [""; 0], "{text:?}");
        let table = found.schema.table(text).unwrap();
        assert_eq!(table.doc, schema.table(text).unwrap().doc);
        let column = &table.columns[text];
        assert_eq!(column.doc.as_deref(), Some(text));
        assert_eq!(column.default, schema.table(text).unwrap().columns[text].default);
        let values = found.schema.enum_of(&table.columns["other"].column_type).unwrap();
        assert_eq!(values.values, [text, "other"]);
        // The language has no name with a character that cannot be seen.
        if !text.contains(['\n', '\u{202e}']) {
            story(&found);
        }
        is_the_same_again(&mut session, &found, &[]);
    }
}

#[test]
fn what_is_hostile_comes_back_from_postgres() {
    comes_back::<Postgres>();
}

#[test]
fn what_is_hostile_comes_back_from_mariadb() {
    comes_back::<MariaDb>();
}
