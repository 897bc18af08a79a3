//! What a test of a dialect wants of its server: statements, rows as text, and the catalogue.

use mysql::prelude::Queryable as _;
use postgres::SimpleQueryMessage;
use whimbrel_schema::Dialect;

use super::{MariaDb, Postgres, Server};

/// Rows whose values are texts or NULL.
pub(crate) type Texts = Vec<Vec<Option<String>>>;

/// A server that speaks a dialect.
pub(crate) trait Speaks: Server {
    const DIALECT: Dialect;
    /// What opens a session of a migration, as far as a dialect's SQL relies on it.
    const SESSION: &'static [&'static str];
    /// Statements between which rows come in any order, and no trigger hears of them.
    const UNHINDERED: [&'static str; 2];
    /// The names of the tables.
    const TABLES: &'static str;
    /// Queries that list what a database consists of, without the order of columns and without comments.
    const CATALOGUE: &'static [(&'static str, &'static str)];

    fn texts(client: &mut Self::Client, sql: &str) -> Result<Texts, String>;

    fn does(client: &mut Self::Client, sql: &str) -> Result<(), String>;
}

/// The catalogue of a database as lines that are equal where databases mean the same.
pub(crate) fn catalogue<S: Speaks>(client: &mut S::Client) -> String {
    let mut lines = Vec::new();
    for (what, sql) in S::CATALOGUE {
        let rows = S::texts(client, sql).unwrap_or_else(|error| panic!("{error} in: {sql}"));
        let mut rows: Vec<String> = rows
            .iter()
            .map(|row| {
                let values = row.iter().map(|value| value.as_deref().unwrap_or("NULL"));
                format!("{what}: {}", values.collect::<Vec<_>>().join(" | "))
            })
            .collect();
        rows.sort();
        lines.extend(rows);
    }
    lines.join("\n")
}

impl Speaks for Postgres {
    const DIALECT: Dialect = Dialect::Postgres;
    const SESSION: &'static [&'static str] = &["SET TIME ZONE 'UTC'"];
    const UNHINDERED: [&'static str; 2] =
        ["SET session_replication_role = replica", "SET session_replication_role = DEFAULT"];
    const TABLES: &'static str = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1";
    const CATALOGUE: &'static [(&'static str, &'static str)] = &[
        (
            "table",
            "SELECT relname, relkind, relpersistence, reloptions FROM pg_class \
             WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v') \
             AND relname NOT LIKE 'whimbrel\\_%'",
        ),
        (
            "column",
            "SELECT t.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, \
             a.attgenerated, pg_get_expr(d.adbin, d.adrelid), l.collname \
             FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid \
             LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum \
             LEFT JOIN pg_collation l ON l.oid = a.attcollation \
             WHERE t.relnamespace = 'public'::regnamespace AND t.relkind IN ('r', 'v') AND a.attnum > 0 \
             AND NOT a.attisdropped AND t.relname NOT LIKE 'whimbrel\\_%'",
        ),
        (
            "sequence",
            "SELECT t.relname, a.attname, s.seqtypid::regtype FROM pg_sequence s \
             JOIN pg_depend d ON d.objid = s.seqrelid AND d.deptype = 'i' JOIN pg_class t ON t.oid = d.refobjid \
             JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid",
        ),
        (
            "constraint",
            "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint \
             WHERE connamespace = 'public'::regnamespace AND contype <> 't' \
             AND conrelid::regclass::text NOT LIKE 'whimbrel\\_%'",
        ),
        (
            "index",
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE 'whimbrel\\_%'",
        ),
        (
            "enum",
            "SELECT t.typname, string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder) FROM pg_type t \
             JOIN pg_enum e ON e.enumtypid = t.oid GROUP BY 1",
        ),
        ("view", "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'"),
        (
            "trigger",
            "SELECT tgrelid::regclass, pg_get_triggerdef(oid), tgenabled FROM pg_trigger WHERE NOT tgisinternal",
        ),
        ("function", "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"),
    ];

    fn texts(client: &mut Self::Client, sql: &str) -> Result<Texts, String> {
        let messages = client.simple_query(sql).map_err(|error| worded(&error))?;
        let rows = messages.iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => {
                Some((0..row.len()).map(|index| row.get(index).map(str::to_owned)).collect())
            }
            _ => None,
        });
        Ok(rows.collect())
    }

    fn does(client: &mut Self::Client, sql: &str) -> Result<(), String> {
        Self::run(client, sql).map_err(|error| worded(&error))
    }
}

fn worded(error: &postgres::Error) -> String {
    error.as_db_error().map_or_else(|| error.to_string(), |error| error.to_string())
}

impl Speaks for MariaDb {
    const DIALECT: Dialect = Dialect::Mysql;
    const SESSION: &'static [&'static str] = &["SET time_zone = '+00:00'"];
    const UNHINDERED: [&'static str; 2] = ["SET foreign_key_checks = 0", "SET foreign_key_checks = 1"];
    const TABLES: &'static str = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY 1";
    const CATALOGUE: &'static [(&'static str, &'static str)] = &[
        (
            "table",
            "SELECT table_name, table_type, engine, table_collation FROM information_schema.tables \
             WHERE table_schema = DATABASE() AND table_name NOT LIKE 'whimbrel\\_%'",
        ),
        (
            "column",
            "SELECT table_name, column_name, column_type, is_nullable, column_default, extra, \
             generation_expression, collation_name FROM information_schema.columns \
             WHERE table_schema = DATABASE() AND table_name NOT LIKE 'whimbrel\\_%'",
        ),
        (
            "index",
            "SELECT table_name, index_name, non_unique, seq_in_index, column_name, collation, index_type \
             FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name NOT LIKE 'whimbrel\\_%'",
        ),
        (
            "foreign key",
            "SELECT k.table_name, k.constraint_name, k.ordinal_position, k.column_name, \
             k.referenced_table_name, k.referenced_column_name, \
             REPLACE(r.delete_rule, 'RESTRICT', 'NO ACTION'), REPLACE(r.update_rule, 'RESTRICT', 'NO ACTION') \
             FROM information_schema.key_column_usage k \
             JOIN information_schema.referential_constraints r ON r.constraint_schema = k.constraint_schema \
             AND r.constraint_name = k.constraint_name WHERE k.table_schema = DATABASE()",
        ),
        (
            "check",
            // A column's own check may keep the name that the column had.
            "SELECT table_name, IF(level = 'Column', '', constraint_name), level, check_clause \
             FROM information_schema.check_constraints \
             WHERE constraint_schema = DATABASE() AND table_name NOT LIKE 'whimbrel\\_%'",
        ),
        (
            "view",
            "SELECT table_name, REPLACE(view_definition, CONCAT('`', DATABASE(), '`.'), '') \
             FROM information_schema.views WHERE table_schema = DATABASE()",
        ),
        (
            "trigger",
            "SELECT trigger_name, event_object_table, event_manipulation, action_timing, action_statement \
             FROM information_schema.triggers WHERE trigger_schema = DATABASE()",
        ),
    ];

    fn texts(client: &mut Self::Client, sql: &str) -> Result<Texts, String> {
        let rows: Vec<mysql::Row> = client.query(sql).map_err(|error| error.to_string())?;
        let text = |value: mysql::Value| match value {
            mysql::Value::NULL => None,
            mysql::Value::Bytes(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
            other => Some(other.as_sql(true)),
        };
        Ok(rows.into_iter().map(|row| row.unwrap().into_iter().map(text).collect()).collect())
    }

    fn does(client: &mut Self::Client, sql: &str) -> Result<(), String> {
        client.query_drop(sql).map_err(|error| error.to_string())
    }
}
