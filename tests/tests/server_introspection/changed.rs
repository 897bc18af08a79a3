//! Databases that somebody changed by hand: what was changed is seen, and nothing else is.

use whimbrel_schema::{Dialect, Schema, Sources, Style, parse, report_all, validate};

use crate::support::servers::{Introspects, MariaDb, Postgres, Server as _, Session, drift};

const SCHEMA: &str = r#"
[enum.mood]
values = ["calm", "it's cross"]

[table.p.columns]
id = { type = "bigint", primary_key = true, auto_increment = true }

[table.t]
doc = "All of it."

[table.t.columns]
id = { type = "bigint", primary_key = true, auto_increment = true }
p_id = { type = "bigint?", references = "p.id", on_delete = "cascade" }
name = { type = "varchar(64)", default = "it's", doc = "What it's called." }
mood = { type = "mood", default = "it's cross" }
size = { type = "integer", default = 7 }
price = { type = "decimal(10,2)", default = "12.50" }
at = { type = "timestamptz", default = { sql = "CURRENT_TIMESTAMP" } }
meta = { type = "json", default = '{"b":1, "a": 2}' }
seed = { type = "integer", default = { sql = { postgres = "floor(random() * 100)", mysql = "floor(rand() * 100)" } } }
folded = { type = "varchar(64)", generated = { sql = "lower(name)", stored = true } }
note = "text?"
inner = { native = { postgres = "int8[]", mysql = "INTEGER UNSIGNED" }, nullable = true }

[table.t.checks]
t_size_check = "size in (1, 7, 8) or name <> 'x'"

[table.t.uniques]
t_name_key = ["name", "size"]

[table.t.indexes]
t_at_idx = ["at desc"]
t_some_idx = { columns = ["name"], where = "size > 0 and name like 'a%'", only = ["postgres"] }
t_lower_idx = { columns = [{ sql = "lower(name)", order = "desc" }], include = ["size"], only = ["postgres"] }

[view.v]
sql = "SELECT id, name FROM t WHERE size > 1 AND name IN ('a', 'b')"

[trigger.t_touch]
table = "t"

[trigger.t_touch.sql]
postgres = """
CREATE FUNCTION t_touch() RETURNS trigger AS $$ BEGIN NEW.note := 'x  y'; RETURN NEW; END $$ LANGUAGE plpgsql;
CREATE TRIGGER t_touch BEFORE INSERT OR UPDATE OF name ON t FOR EACH ROW WHEN (NEW.size IN (1, 2)) EXECUTE FUNCTION t_touch();
"""
mysql = "CREATE TRIGGER t_touch BEFORE INSERT ON t FOR EACH ROW SET NEW.note = 'x  y' -- always"

[trigger.t_touch.drop]
postgres = "DROP FUNCTION t_touch()"
"#;

fn schema() -> Schema {
    let mut sources = Sources::default();
    let id = sources.add("changed.toml", SCHEMA);
    let validated = validate(&[parse(&sources, id)], &[Dialect::Postgres, Dialect::Mysql]);
    assert_eq!(report_all(&validated.diagnostics, &sources, Style::Plain), "");
    validated.schema
}

/// What is done, and the differences that are seen; none for what means the same.
type Change = (&'static str, &'static [&'static str]);

const ON_POSTGRES: &[Change] = &[
    (
        "ALTER TABLE t ALTER size SET DEFAULT 8",
        &["~ t.size  integer not null default 7 -> integer not null default 8"],
    ),
    ("ALTER TABLE t ALTER size SET DEFAULT '7'::integer", &[]),
    (
        "ALTER TABLE t ALTER name SET DEFAULT 'its'",
        &["~ t.name  varchar(64) not null default \"it's\" -> varchar(64) not null default \"its\""],
    ),
    (
        "ALTER TABLE t ALTER name DROP DEFAULT",
        &["~ t.name  varchar(64) not null default \"it's\" -> varchar(64) not null"],
    ),
    ("ALTER TABLE t ALTER price SET DEFAULT 12.5", &[]),
    ("ALTER TABLE t ALTER at SET DEFAULT now()", &[]),
    (
        "ALTER TABLE t ALTER at SET DEFAULT now() - interval '1 day'",
        &[
            "~ t.at  timestamptz not null default CURRENT_TIMESTAMP -> timestamptz not null default now() - '1 day'::interval",
        ],
    ),
    ("ALTER TABLE t ALTER meta SET DEFAULT '{\"a\": 2, \"b\": 1}'", &[]),
    (
        "ALTER TABLE t ALTER meta SET DEFAULT '{\"a\": 2, \"b\": 2}'",
        &[
            "~ t.meta  json not null default json \"{\\\"a\\\": 2, \\\"b\\\": 1}\" -> json not null default json \"{\\\"a\\\": 2, \\\"b\\\": 2}\"",
        ],
    ),
    (
        "ALTER TABLE t ALTER seed SET DEFAULT floor(random() * 10)",
        &[
            "~ t.seed  integer not null default floor((random() * (100)::double precision)) -> integer not null default floor((random() * (10)::double precision))",
        ],
    ),
    ("ALTER TABLE t ALTER note TYPE varchar(9)", &["~ t.note  text null -> varchar(9) null"]),
    ("ALTER TABLE t ALTER note SET NOT NULL", &["~ t.note  text null -> text not null"]),
    ("ALTER TABLE t ALTER p_id TYPE integer", &["~ t.p_id  bigint null -> integer null"]),
    (
        "ALTER TABLE t ALTER \"inner\" TYPE int4[] USING NULL",
        &["~ t.inner  native(postgres: bigint[]) null -> native(postgres: integer[]) null"],
    ),
    ("ALTER TABLE t ALTER note TYPE text COLLATE \"C\"", &["~ t.note  text null -> text null collate C"]),
    ("ALTER TABLE t ADD extra date", &["+ t.extra  date null"]),
    ("ALTER TABLE t DROP note", &["- t.note  text null"]),
    ("ALTER TABLE t ALTER id DROP IDENTITY", &["~ t.id  bigint not null auto_increment -> bigint not null"]),
    (
        "ALTER TABLE t ALTER id SET GENERATED ALWAYS",
        &["column id of t takes no number but its own (GENERATED ALWAYS)"],
    ),
    (
        "ALTER TABLE t DROP folded, ADD folded varchar(64) NOT NULL GENERATED ALWAYS AS (upper(name)) STORED",
        &[
            "~ t.folded  varchar(64) not null generated stored as lower((name)::text) -> varchar(64) not null generated stored as upper((name)::text)",
        ],
    ),
    (
        "ALTER TABLE t DROP CONSTRAINT t_size_check",
        &["- check t_size_check on t  size in (1, 7, 8) or name <> 'x'"],
    ),
    (
        "ALTER TABLE t DROP CONSTRAINT t_size_check, ADD CONSTRAINT t_size_check CHECK (size = ANY ('{1,7,8}') OR name != 'x')",
        &[
            "~ check t_size_check on t  (size = ANY (ARRAY[1, 7, 8])) OR ((name)::text <> 'x'::text) -> (size = ANY ('{1,7,8}'::integer[])) OR ((name)::text <> 'x'::text)",
        ],
    ),
    (
        "ALTER TABLE t DROP CONSTRAINT t_size_check, ADD CONSTRAINT t_size_check CHECK (((size IN (1, 7, 8))) OR name::text != 'x')",
        &[],
    ),
    (
        "ALTER TABLE t DROP CONSTRAINT t_size_check, ADD CONSTRAINT t_size_check CHECK (size IN (1, 7, 8) OR name <> 'x') NOT VALID",
        &["check t_size_check of t was not asked of all rows (NOT VALID)"],
    ),
    (
        "ALTER TABLE t DROP CONSTRAINT t_p_id_fkey, ADD CONSTRAINT t_p_id_fkey FOREIGN KEY (p_id) REFERENCES p (id)",
        &[
            "~ foreign key t_p_id_fkey on t  (p_id) references p(id) on delete cascade -> (p_id) references p(id)",
        ],
    ),
    (
        "ALTER TABLE t ALTER CONSTRAINT t_p_id_fkey DEFERRABLE",
        &[
            "~ foreign key t_p_id_fkey on t  (p_id) references p(id) on delete cascade -> (p_id) references p(id) on delete cascade deferrable immediate",
        ],
    ),
    (
        "ALTER TABLE t DROP CONSTRAINT t_p_id_fkey",
        &["- foreign key t_p_id_fkey on t  (p_id) references p(id) on delete cascade"],
    ),
    ("ALTER TABLE t DROP CONSTRAINT t_name_key", &["- unique t_name_key on t  (name, size)"]),
    (
        "ALTER TABLE t DROP CONSTRAINT t_name_key, ADD CONSTRAINT t_name_key UNIQUE (size, name)",
        &["~ unique t_name_key on t  (name, size) -> (size, name)"],
    ),
    // The language has numbers for primary keys only.
    (
        "ALTER TABLE t DROP CONSTRAINT t_pkey",
        &[
            "~ t.id  bigint not null auto_increment -> bigint not null",
            "- primary key of t  (id)",
            "column id of t is numbered by the database, and is not the primary key by itself",
        ],
    ),
    ("DROP INDEX t_at_idx", &["- index t_at_idx on t  (at desc)"]),
    ("CREATE INDEX other ON t (size)", &["+ index other on t  (size)"]),
    ("DROP INDEX t_at_idx; CREATE INDEX t_at_idx ON t (at)", &["~ index t_at_idx on t  (at desc) -> (at)"]),
    (
        "DROP INDEX t_at_idx; CREATE INDEX t_at_idx ON t (at DESC NULLS LAST)",
        &["index t_at_idx of t sorts NULLS LAST"],
    ),
    (
        "DROP INDEX t_some_idx; CREATE INDEX t_some_idx ON t (name varchar_pattern_ops) WHERE size > 0 AND name LIKE 'a%'",
        &["index t_some_idx of t sorts by varchar_pattern_ops"],
    ),
    ("DROP INDEX t_some_idx; CREATE INDEX t_some_idx ON t (name) WHERE ((size > 0)) AND name ~~ 'a%'", &[]),
    (
        "DROP INDEX t_some_idx; CREATE INDEX t_some_idx ON t (name) WHERE size > 1",
        &[
            "~ index t_some_idx on t  (name) where (size > 0) AND ((name)::text ~~ 'a%'::text) -> (name) where size > 1",
        ],
    ),
    (
        "DROP INDEX t_lower_idx; CREATE INDEX t_lower_idx ON t (upper(name) DESC) INCLUDE (size)",
        &[
            "~ index t_lower_idx on t  ((lower((name)::text)) desc) include (size) -> ((upper((name)::text)) desc) include (size)",
        ],
    ),
    (
        "DROP INDEX t_lower_idx; CREATE INDEX t_lower_idx ON t (lower(name) COLLATE \"C\" DESC) INCLUDE (size)",
        &["index t_lower_idx of t sorts by another collation than its columns"],
    ),
    (
        "DROP INDEX t_lower_idx; CREATE INDEX t_lower_idx ON t (lower(name) DESC)",
        &["~ index t_lower_idx on t  ((lower(name)) desc) include (size) -> ((lower((name)::text)) desc)"],
    ),
    (
        "ALTER TYPE mood ADD VALUE 'new' BEFORE 'calm'",
        &["~ enum mood  (calm, it's cross) -> (new, calm, it's cross)"],
    ),
    (
        "ALTER TYPE mood RENAME VALUE 'calm' TO 'Calm'",
        &["~ enum mood  (calm, it's cross) -> (Calm, it's cross)"],
    ),
    (
        "CREATE OR REPLACE VIEW v AS SELECT t.id, t.name FROM t WHERE t.size > 1 AND (t.name = 'a' OR t.name = 'b')",
        &["~ view v"],
    ),
    ("CREATE OR REPLACE VIEW v AS SELECT x.id, x.name FROM public.t AS x WHERE false", &["~ view v"]),
    (
        "CREATE OR REPLACE VIEW v AS SELECT id, \"name\" FROM public.t WHERE size > 1 AND t.name IN ('a', 'b')",
        &[],
    ),
    ("ALTER VIEW v SET (security_barrier)", &["view v has the option security_barrier=true"]),
    ("DROP VIEW v", &["- view v  SELECT id, name FROM t WHERE size > 1 AND name IN ('a', 'b')"]),
    ("DROP TRIGGER t_touch ON t", &["- trigger t_touch", "function t_touch() cannot be said"]),
    ("ALTER TABLE t DISABLE TRIGGER t_touch", &["trigger t_touch on t is disabled"]),
    (
        "CREATE OR REPLACE TRIGGER t_touch BEFORE UPDATE OF name OR INSERT ON public.t FOR ROW WHEN (NEW.size = ANY (ARRAY[1, 2])) EXECUTE PROCEDURE t_touch()",
        &[],
    ),
    (
        "CREATE OR REPLACE TRIGGER t_touch BEFORE INSERT OR UPDATE OF name ON t FOR EACH ROW WHEN (NEW.size IN (1, 3)) EXECUTE FUNCTION t_touch()",
        &["~ trigger t_touch"],
    ),
    (
        "CREATE OR REPLACE TRIGGER t_touch AFTER INSERT OR UPDATE OF name ON t FOR EACH ROW WHEN (NEW.size IN (1, 2)) EXECUTE FUNCTION t_touch()",
        &["~ trigger t_touch"],
    ),
    (
        "CREATE OR REPLACE FUNCTION t_touch() RETURNS trigger LANGUAGE plpgsql AS $x$ BEGIN NEW.note := 'x y'; RETURN NEW; END $x$",
        &["~ trigger t_touch"],
    ),
    (
        "CREATE OR REPLACE FUNCTION t_touch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN NEW.note := 'x  y'; RETURN NEW; END $$",
        &["~ trigger t_touch"],
    ),
    ("ALTER TABLE t SET UNLOGGED", &["~ options of t  none -> unlogged"]),
    ("ALTER TABLE t SET (fillfactor = 70)", &["~ options of t  none -> fillfactor 70"]),
    ("ALTER TABLE t SET (autovacuum_enabled = false)", &["table t has the option autovacuum_enabled=false"]),
    (
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY mine ON t USING (true)",
        &["table t shows its rows by policies", "policy mine on t cannot be said"],
    ),
    (
        "ALTER TABLE t ADD CONSTRAINT apart EXCLUDE (size WITH =)",
        &["exclusion constraint apart of t cannot be said: EXCLUDE USING btree (size WITH =)"],
    ),
    ("CREATE RULE quiet AS ON DELETE TO t DO INSTEAD NOTHING", &["rule quiet on t cannot be said"]),
    // Comments are documentation, which is no part of what a schema says.
    ("COMMENT ON TABLE t IS 'Other.'; COMMENT ON COLUMN t.name IS NULL", &[]),
    ("CREATE TEMPORARY TABLE t (id int); CREATE TEMPORARY TABLE p (id int)", &[]),
    (
        "DROP VIEW v; ALTER TABLE t DROP COLUMN size CASCADE",
        &[
            "- t.size  integer not null default 7",
            "- unique t_name_key on t  (name, size)",
            "- check t_size_check on t  size in (1, 7, 8) or name <> 'x'",
            "- index t_lower_idx on t  ((lower(name)) desc) include (size)",
            "- index t_some_idx on t  (name) where size > 0 and name like 'a%'",
            "- view v  SELECT id, name FROM t WHERE size > 1 AND name IN ('a', 'b')",
            "- trigger t_touch",
            "function t_touch() cannot be said",
        ],
    ),
    // A check over a column that has another name cannot be understood any more.
    (
        "ALTER TABLE t RENAME size TO extent",
        &[
            "- t.size  integer not null default 7",
            "+ t.extent  integer not null default 7",
            "~ unique t_name_key on t  (name, size) -> (name, extent)",
            "~ check t_size_check on t  size in (1, 7, 8) or name <> 'x' -> (extent = ANY (ARRAY[1, 7, 8])) OR ((name)::text <> 'x'::text)",
            "~ index t_lower_idx on t  ((lower(name)) desc) include (size) -> ((lower((name)::text)) desc) include (extent)",
            "~ index t_some_idx on t  (name) where size > 0 and name like 'a%' -> (name) where (extent > 0) AND ((name)::text ~~ 'a%'::text)",
            "~ view v",
            "~ trigger t_touch",
        ],
    ),
];

#[test]
fn on_postgres_what_is_changed_is_seen() {
    let schema = schema();
    let Some(mut session) = Session::<Postgres>::open() else { return };
    session.create(&schema, |_| Ok(())).unwrap();
    let mut wrong = Vec::new();
    for (sql, expected) in [("SELECT 1", &[] as &[&str])].iter().chain(ON_POSTGRES) {
        session.run("BEGIN").unwrap();
        session.run(sql).unwrap();
        let found = drift::<Postgres>(&mut session.client, &schema);
        session.run("ROLLBACK").unwrap();
        wrong.extend(unlike(sql, &found, expected));
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    assert_eq!(drift::<Postgres>(&mut session.client, &schema), [""; 0], "all is as it was");
}

const ON_MARIADB: &[Change] = &[
    (
        "ALTER TABLE t ALTER size SET DEFAULT 8",
        &["~ t.size  integer not null default 7 -> integer not null default 8"],
    ),
    (
        "ALTER TABLE t ALTER name SET DEFAULT 'its'",
        &["~ t.name  varchar(64) not null default \"it's\" -> varchar(64) not null default \"its\""],
    ),
    (
        "ALTER TABLE t ALTER name DROP DEFAULT",
        &["~ t.name  varchar(64) not null default \"it's\" -> varchar(64) not null"],
    ),
    ("ALTER TABLE t ALTER price SET DEFAULT 12.5", &[]),
    (
        "ALTER TABLE t MODIFY at datetime(6) NOT NULL DEFAULT now(6)",
        &[
            "~ t.at  timestamp not null default CURRENT_TIMESTAMP -> timestamp not null default current_timestamp(6)",
        ],
    ),
    (
        "ALTER TABLE t MODIFY at datetime(6) NOT NULL DEFAULT (utc_timestamp(6)) ON UPDATE current_timestamp(6)",
        &["column at of t changes by itself (on update current_timestamp(6))"],
    ),
    (
        "ALTER TABLE t MODIFY at timestamp(6) NOT NULL DEFAULT (utc_timestamp(6))",
        &[
            "~ t.at  timestamp not null default CURRENT_TIMESTAMP -> native(mysql: timestamp(6)) not null default utc_timestamp(6)",
        ],
    ),
    (
        "ALTER TABLE t ALTER meta SET DEFAULT '{}'",
        &[
            "~ t.meta  json not null default json \"{\\\"b\\\":1, \\\"a\\\": 2}\" -> json not null default json \"{}\"",
        ],
    ),
    (
        "ALTER TABLE t MODIFY meta longtext COLLATE utf8mb4_bin NOT NULL DEFAULT '{\"b\":1, \"a\": 2}'",
        &[
            "~ t.meta  json not null default json \"{\\\"b\\\":1, \\\"a\\\": 2}\" -> text not null default \"{\\\"b\\\":1, \\\"a\\\": 2}\"",
        ],
    ),
    (
        "ALTER TABLE t ALTER seed SET DEFAULT (floor(rand() * 10))",
        &[
            "~ t.seed  integer not null default floor(rand() * 100) -> integer not null default floor(rand() * 10)",
        ],
    ),
    ("ALTER TABLE t MODIFY note varchar(9)", &["~ t.note  text null -> varchar(9) null"]),
    ("ALTER TABLE t MODIFY note longtext NOT NULL", &["~ t.note  text null -> text not null"]),
    (
        "ALTER TABLE t MODIFY note longtext COLLATE utf8mb4_unicode_ci",
        &["~ t.note  text null -> text null collate utf8mb4_unicode_ci"],
    ),
    (
        "ALTER TABLE t MODIFY `inner` int(5) unsigned zerofill",
        &["~ t.inner  native(mysql: int(10) unsigned) null -> native(mysql: int(5) unsigned zerofill) null"],
    ),
    ("ALTER TABLE t MODIFY size int(3) NOT NULL DEFAULT '7'", &[]),
    (
        "ALTER TABLE t MODIFY size bigint NOT NULL DEFAULT 7",
        &["~ t.size  integer not null default 7 -> bigint not null default 7"],
    ),
    ("ALTER TABLE t ADD extra date", &["+ t.extra  date null"]),
    ("ALTER TABLE t ADD extra date INVISIBLE", &["+ t.extra  date null", "column extra of t is INVISIBLE"]),
    ("ALTER TABLE t DROP note", &["- t.note  text null"]),
    (
        "ALTER TABLE t MODIFY id bigint NOT NULL",
        &["~ t.id  bigint not null auto_increment -> bigint not null"],
    ),
    (
        "ALTER TABLE t MODIFY folded varchar(64) AS (upper(name)) STORED",
        &[
            "~ t.folded  varchar(64) null generated stored as lcase(`name`) -> varchar(64) null generated stored as ucase(`name`)",
        ],
    ),
    (
        "ALTER TABLE t DROP folded, ADD folded varchar(64) AS (lower(`name`)) VIRTUAL",
        &[
            "~ t.folded  varchar(64) null generated stored as lcase(`name`) -> varchar(64) null generated virtual as lcase(`name`)",
        ],
    ),
    (
        "ALTER TABLE t DROP CONSTRAINT t_size_check",
        &["- check t_size_check on t  size in (1, 7, 8) or name <> 'x'"],
    ),
    (
        "ALTER TABLE t DROP CONSTRAINT t_size_check, ADD CONSTRAINT t_size_check CHECK (size in (1, 7) or name <> 'x')",
        &[
            "~ check t_size_check on t  `size` in (1,7,8) or `name` <> 'x' -> `size` in (1,7) or `name` <> 'x'",
        ],
    ),
    (
        "ALTER TABLE t DROP CONSTRAINT t_size_check, ADD CONSTRAINT t_size_check CHECK ((`size` IN ( 1,7 ,8)) OR NAME != 'x')",
        &[],
    ),
    (
        "ALTER TABLE t DROP CONSTRAINT t_size_check, MODIFY size int NOT NULL DEFAULT 7 CHECK (size IN (1,7,8) OR name <> 'x')",
        &[],
    ),
    (
        "ALTER TABLE t DROP FOREIGN KEY t_p_id_fkey, ADD CONSTRAINT u FOREIGN KEY (p_id) REFERENCES p (id)",
        &[
            "- foreign key t_p_id_fkey on t  (p_id) references p(id) on delete cascade",
            "+ foreign key u on t  (p_id) references p(id)",
            "+ index t_p_id_fkey on t  (p_id)",
        ],
    ),
    (
        "ALTER TABLE t DROP FOREIGN KEY t_p_id_fkey, DROP INDEX t_p_id_fkey",
        &["- foreign key t_p_id_fkey on t  (p_id) references p(id) on delete cascade"],
    ),
    ("ALTER TABLE t DROP INDEX t_name_key", &["- unique t_name_key on t  (name, size)"]),
    (
        "ALTER TABLE t DROP INDEX t_name_key, ADD UNIQUE t_name_key (size, name)",
        &["~ unique t_name_key on t  (name, size) -> (size, name)"],
    ),
    (
        "ALTER TABLE t MODIFY id bigint NOT NULL, DROP PRIMARY KEY",
        &["~ t.id  bigint not null auto_increment -> bigint not null", "- primary key of t  (id)"],
    ),
    ("DROP INDEX t_at_idx ON t", &["- index t_at_idx on t  (at desc)"]),
    ("CREATE INDEX other ON t (size)", &["+ index other on t  (size)"]),
    ("CREATE INDEX other ON t (note(9))", &["index other of t has the first 9 of note"]),
    ("CREATE FULLTEXT INDEX other ON t (note)", &["+ index other on t  (note) fulltext on mysql"]),
    ("ALTER TABLE t ALTER INDEX t_at_idx IGNORED", &["index t_at_idx of t is passed by"]),
    (
        "ALTER TABLE t DROP INDEX t_at_idx, ADD INDEX t_at_idx (at)",
        &["~ index t_at_idx on t  (at desc) -> (at)"],
    ),
    (
        "ALTER TABLE t MODIFY mood enum('calm', 'it''s cross', 'new') NOT NULL DEFAULT 'it''s cross'",
        &[
            "~ t.mood  native(mysql: enum('calm','it''s cross')) not null default \"it's cross\" -> native(mysql: enum('calm','it''s cross','new')) not null default \"it's cross\"",
        ],
    ),
    (
        "CREATE OR REPLACE VIEW v AS SELECT id, name FROM t WHERE size > 1 AND (name = 'a' OR name = 'b')",
        &["~ view v"],
    ),
    (
        "CREATE OR REPLACE VIEW v AS SELECT x.id, x.`name` AS name FROM t AS x WHERE size > 1 AND name IN ('a', 'b')",
        &["~ view v"],
    ),
    (
        "CREATE OR REPLACE VIEW v AS SELECT t.id AS id, `name` FROM t WHERE (size > 1) && name IN ('a','b')",
        &[],
    ),
    (
        "CREATE OR REPLACE SQL SECURITY INVOKER VIEW v AS SELECT id, name FROM t WHERE size > 1 AND name IN ('a', 'b') WITH CASCADED CHECK OPTION",
        &["view v has WITH CASCADED CHECK OPTION", "view v reads with the rights of who reads it"],
    ),
    ("DROP VIEW v", &["- view v  SELECT id, name FROM t WHERE size > 1 AND name IN ('a', 'b')"]),
    ("DROP TRIGGER t_touch", &["- trigger t_touch"]),
    ("CREATE OR REPLACE TRIGGER t_touch BEFORE INSERT ON `t` FOR EACH ROW  SET NEW.note='x  y'", &[]),
    (
        "CREATE OR REPLACE TRIGGER t_touch BEFORE INSERT ON t FOR EACH ROW SET NEW.note = 'x y'",
        &["~ trigger t_touch"],
    ),
    (
        "CREATE OR REPLACE TRIGGER t_touch BEFORE UPDATE ON t FOR EACH ROW SET NEW.note = 'x  y'",
        &["~ trigger t_touch"],
    ),
    (
        "ALTER TABLE t DROP FOREIGN KEY t_p_id_fkey, DROP INDEX t_p_id_fkey; ALTER TABLE t ENGINE = Aria",
        &[
            "- foreign key t_p_id_fkey on t  (p_id) references p(id) on delete cascade",
            "~ options of t  none -> engine aria",
            "table t has the options transactional=1",
        ],
    ),
    (
        "ALTER TABLE t DEFAULT COLLATE utf8mb4_unicode_ci",
        &[
            "~ t.name  varchar(64) not null default \"it's\" -> varchar(64) not null default \"it's\" collate utf8mb4_bin",
            "~ t.mood  native(mysql: enum('calm','it''s cross')) not null default \"it's cross\" -> native(mysql: enum('calm','it''s cross')) not null default \"it's cross\" collate utf8mb4_bin",
            "~ t.folded  varchar(64) null generated stored as lcase(`name`) -> varchar(64) null generated stored as lcase(`name`) collate utf8mb4_bin",
            "~ t.note  text null -> text null collate utf8mb4_bin",
            "~ options of t  none -> collation utf8mb4_unicode_ci",
        ],
    ),
    ("ALTER TABLE t ROW_FORMAT = COMPRESSED", &["table t has the options row_format=COMPRESSED"]),
    ("ALTER TABLE t COMMENT = 'Other.'", &[]),
    (
        "ALTER TABLE t ADD SYSTEM VERSIONING",
        &["- table t", "table t keeps the rows of before (SYSTEM VERSIONING)"],
    ),
];

#[test]
fn on_mariadb_what_is_changed_is_seen() {
    let schema = schema();
    let mut wrong = Vec::new();
    for (sql, expected) in [("SELECT 1", &[] as &[&str])].iter().chain(ON_MARIADB) {
        let Some(mut session) = Session::<MariaDb>::open() else { return };
        session.create(&schema, |_| Ok(())).unwrap();
        sql.split("; ").for_each(|sql| session.run(sql).unwrap());
        let found = drift::<MariaDb>(&mut session.client, &schema);
        wrong.extend(unlike(sql, &found, expected));
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// What was found, if it is not what was to be found. Long words may be cut.
fn unlike(sql: &str, found: &[String], expected: &[&str]) -> Option<String> {
    let short = |wanted: &str| {
        wanted.starts_with("~ view") || wanted.starts_with("~ trigger") || wanted.starts_with("- trigger")
    };
    let like = |(found, wanted): (&String, &&str)| {
        found == wanted || (short(wanted) && !wanted.contains("  ") && found.starts_with(wanted))
    };
    let same = found.len() == expected.len() && found.iter().zip(expected).all(like);
    (!same)
        .then(|| format!("{sql}\n{}", found.iter().map(|words| format!("    {words}\n")).collect::<String>()))
}

/// A server that cannot be asked gives an error rather than an answer that is made up.
#[test]
fn who_may_not_ask_is_told() {
    let schema = schema();
    let Some(database) = Postgres::fresh() else { return };
    let mut session = Session::<Postgres>::open().unwrap();
    session.create(&schema, |_| Ok(())).unwrap();
    drop(database);
    let found = Postgres::introspect(&mut session.client);
    session.run("SET default_transaction_read_only = on").unwrap();
    let error = whimbrel::introspect::spelled_by_postgres(&mut session.client, &schema, &found).unwrap_err();
    assert!(error.to_string().contains("read-only transaction"), "{error}");
}
