//! What a database consists of, by the information schema of MariaDB and MySQL.
//!
//! A query for each kind of row, whatever the number of tables. What the two servers have otherwise is
//! found by the columns that their information schemas have.

mod respell;

use std::collections::{BTreeMap, BTreeSet};

use mysql::prelude::Queryable as _;
use whimbrel_schema::{
    Introspected, MysqlCatalogue, MysqlCheck, MysqlColumn, MysqlIndexPart, MysqlKeyColumn, MysqlOther,
    MysqlServer, MysqlTable, MysqlTrigger, MysqlUnclear, MysqlView, Schema, Trial, read_mysql,
};

use super::Mysql;
use super::fault::fault;
use crate::driver::{Cell, Fault, FaultKind, Row};

pub(super) fn introspect(driver: &mut Mysql<'_>) -> Result<Introspected, Fault> {
    plainly(driver, |driver| {
        let server = server(driver)?;
        let mut catalogue = MysqlCatalogue {
            server,
            database: driver.home.clone(),
            tables: tables(driver)?,
            columns: columns(driver)?,
            checks: checks(driver, server)?,
            keys: keys(driver)?,
            indexes: indexes(driver)?,
            views: views(driver, "LEFT(table_name, CHAR_LENGTH(?)) <> ?", Trial::PREFIX)?,
            triggers: triggers(driver)?,
            others: others(driver)?,
        };
        for unclear in catalogue.unclear() {
            driver.clear(&unclear, &mut catalogue)?;
        }
        Ok(read_mysql(&catalogue))
    })
}

impl Mysql<'_> {
    /// Asks again for something, which stays as it was read if this user may not ask.
    fn clear(&mut self, unclear: &MysqlUnclear, catalogue: &mut MysqlCatalogue) -> Result<(), Fault> {
        let before = unclear.before.iter().try_for_each(|sql| self.rows(sql, &[]).map(drop));
        let row = before.and_then(|()| self.bytes(&unclear.query));
        let after = unclear.after.iter().try_for_each(|sql| self.rows(sql, &[]).map(drop));
        match row {
            Ok(row) => catalogue.clear(unclear, &row),
            Err(fault) if matches!(fault.kind, FaultKind::Denied | FaultKind::ReadOnly) => return Ok(()),
            Err(fault) => return Err(fault),
        }
        after
    }

    /// The first row of a query as bytes, which is how defaults of bytes stand in what the server shows.
    fn bytes(&mut self, sql: &str) -> Result<Vec<Option<Vec<u8>>>, Fault> {
        let failed = |error| fault(error, sql);
        let row: Option<mysql::Row> = self.connection.conn().query_first(sql).map_err(failed)?;
        let bytes = |value: mysql::Value| match value {
            mysql::Value::Bytes(bytes) => Some(bytes),
            _ => None,
        };
        Ok(row.map_or_else(Vec::new, |row| row.unwrap().into_iter().map(bytes).collect()))
    }
}

/// Does something in a session that reads and spells SQL as one of a migration does.
fn plainly<T>(
    driver: &mut Mysql<'_>,
    act: impl FnOnce(&mut Mysql<'_>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let rows = driver.rows("SELECT @@SESSION.sql_mode, @@SESSION.sql_quote_show_create", &[])?;
    let before: Vec<Cell> = rows.into_iter().flatten().collect();
    let mode = "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', \
                sql_quote_show_create = 1";
    let done = driver.rows(mode, &[]).and_then(|_| act(driver));
    let undone = driver.rows("SET SESSION sql_mode = ?, sql_quote_show_create = ?", &before);
    done.and_then(|done| undone.map(|_| done))
}

fn server(driver: &mut Mysql<'_>) -> Result<MysqlServer, Fault> {
    let rows = driver.rows("SELECT VERSION()", &[])?;
    let version = rows.into_iter().flatten().next().and_then(Cell::text).unwrap_or_default();
    Ok(if version.contains("MariaDB") { MysqlServer::MariaDb } else { MysqlServer::MySql })
}

fn tables(driver: &mut Mysql<'_>) -> Result<Vec<MysqlTable>, Fault> {
    let sql = "SELECT table_name, table_type, engine, table_collation, create_options, table_comment \
               FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name";
    read(driver, sql, &[], |row| {
        Some(MysqlTable {
            name: row.text()?,
            kind: row.text()?,
            engine: row.text(),
            collation: row.text(),
            options: row.text().unwrap_or_default(),
            comment: row.text().unwrap_or_default(),
        })
    })
}

fn columns(driver: &mut Mysql<'_>) -> Result<Vec<MysqlColumn>, Fault> {
    let sql = "SELECT table_name, column_name, column_type, is_nullable = 'YES', column_default, extra, \
               generation_expression, collation_name, column_comment FROM information_schema.columns \
               WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position";
    read(driver, sql, &[], |row| {
        Some(MysqlColumn {
            table: row.text()?,
            name: row.text()?,
            type_text: row.text()?,
            nullable: row.truth()?,
            default: row.text(),
            extra: row.text().unwrap_or_default(),
            generated: row.text(),
            collation: row.text(),
            comment: row.text().unwrap_or_default(),
        })
    })
}

fn checks(driver: &mut Mysql<'_>, server: MysqlServer) -> Result<Vec<MysqlCheck>, Fault> {
    let sql = match server {
        MysqlServer::MariaDb => {
            "SELECT table_name, constraint_name, level = 'Column', check_clause, 1 \
             FROM information_schema.check_constraints WHERE constraint_schema = DATABASE() \
             ORDER BY table_name, constraint_name"
        }
        MysqlServer::MySql => {
            "SELECT t.table_name, c.constraint_name, 0, c.check_clause, t.enforced = 'YES' \
             FROM information_schema.check_constraints c JOIN information_schema.table_constraints t \
             ON t.constraint_schema = c.constraint_schema AND t.constraint_name = c.constraint_name \
             AND t.constraint_type = 'CHECK' WHERE c.constraint_schema = DATABASE() \
             ORDER BY t.table_name, c.constraint_name"
        }
    };
    read(driver, sql, &[], |row| {
        Some(MysqlCheck {
            table: row.text()?,
            name: row.text()?,
            of_column: row.truth()?,
            condition: row.text()?,
            enforced: row.truth()?,
        })
    })
}

/// Joined here: to the server a join of two parts of its information schema costs their product.
fn keys(driver: &mut Mysql<'_>) -> Result<Vec<MysqlKeyColumn>, Fault> {
    let sql = "SELECT table_name, constraint_name, update_rule, delete_rule \
               FROM information_schema.referential_constraints WHERE constraint_schema = DATABASE()";
    let actions =
        read(driver, sql, &[], |row| Some(((row.text()?, row.text()?), [row.text()?, row.text()?])))?;
    let actions: BTreeMap<(String, String), [String; 2]> = actions.into_iter().collect();
    let sql = "SELECT table_name, constraint_name, column_name, \
               CASE WHEN referenced_table_schema = DATABASE() THEN referenced_table_name END, \
               referenced_column_name FROM information_schema.key_column_usage \
               WHERE table_schema = DATABASE() AND referenced_table_name IS NOT NULL \
               ORDER BY table_name, constraint_name, ordinal_position";
    read(driver, sql, &[], |row| {
        let (table, name) = (row.text()?, row.text()?);
        let unknown = || [String::new(), String::new()];
        let actions = actions.get(&(table.clone(), name.clone())).cloned().unwrap_or_else(unknown);
        Some(MysqlKeyColumn {
            table,
            name,
            column: row.text()?,
            references: row.text(),
            references_column: row.text()?,
            actions,
        })
    })
}

fn indexes(driver: &mut Mysql<'_>) -> Result<Vec<MysqlIndexPart>, Fault> {
    let sql = "SELECT UPPER(column_name) FROM information_schema.columns \
               WHERE table_schema = 'information_schema' AND table_name = 'STATISTICS'";
    let known: BTreeSet<String> =
        driver.rows(sql, &[])?.into_iter().flatten().filter_map(Cell::text).collect();
    let has = |column: &str, sql: &'static str, without: &'static str| {
        if known.contains(column) { sql } else { without }
    };
    let ignored = has("IS_VISIBLE", "is_visible = 'NO'", has("IGNORED", "ignored = 'YES'", "0"));
    let sql = format!(
        "SELECT table_name, index_name, non_unique = 0, column_name, {}, COALESCE(collation = 'D', 0), \
         sub_part, index_type, {ignored} FROM information_schema.statistics \
         WHERE table_schema = DATABASE() ORDER BY table_name, index_name, seq_in_index",
        has("EXPRESSION", "expression", "NULL")
    );
    read(driver, &sql, &[], |row| {
        Some(MysqlIndexPart {
            table: row.text()?,
            name: row.text()?,
            unique: row.truth()?,
            column: row.text(),
            expression: row.text(),
            descending: row.truth()?,
            prefix: row.number(),
            method: row.text()?,
            ignored: row.truth()?,
        })
    })
}

/// The views whose names are, or are not, like another.
fn views(driver: &mut Mysql<'_>, condition: &str, name: &str) -> Result<Vec<MysqlView>, Fault> {
    let sql = format!(
        "SELECT table_name, view_definition, check_option, security_type FROM information_schema.views \
         WHERE table_schema = DATABASE() AND {condition} ORDER BY table_name"
    );
    read(driver, &sql, &[Cell::from(name), Cell::from(name)], |row| {
        Some(MysqlView {
            name: row.text()?,
            query: row.text().unwrap_or_default(),
            check_option: row.text().unwrap_or_default(),
            security: row.text().unwrap_or_default(),
        })
    })
}

fn triggers(driver: &mut Mysql<'_>) -> Result<Vec<MysqlTrigger>, Fault> {
    let sql = "SELECT trigger_name, event_object_table, action_timing, event_manipulation, action_statement \
               FROM information_schema.triggers WHERE trigger_schema = DATABASE() ORDER BY trigger_name";
    read(driver, sql, &[], |row| {
        Some(MysqlTrigger {
            name: row.text()?,
            table: row.text()?,
            timing: row.text()?,
            event: row.text()?,
            body: row.text()?,
        })
    })
}

fn others(driver: &mut Mysql<'_>) -> Result<Vec<MysqlOther>, Fault> {
    let sql = "SELECT CONCAT(LOWER(routine_type), ' ', routine_name) FROM information_schema.routines \
               WHERE routine_schema = DATABASE() UNION ALL \
               SELECT CONCAT('event ', event_name) FROM information_schema.events \
               WHERE event_schema = DATABASE()";
    let mut others = read(driver, sql, &[], |row| Some(MysqlOther { object: row.text()? }))?;
    others.sort_by(|one, other| one.object.cmp(&other.object));
    Ok(others)
}

fn read<T>(
    driver: &mut Mysql<'_>,
    sql: &str,
    parameters: &[Cell],
    record: impl Fn(&mut Cells) -> Option<T>,
) -> Result<Vec<T>, Fault> {
    let rows = driver.rows(sql, parameters)?;
    let records: Option<Vec<T>> = rows.into_iter().map(|row| record(&mut Cells(row.into_iter()))).collect();
    records.ok_or_else(|| Fault::new(FaultKind::Damaged, "the information schema cannot be read"))
}

/// The cells of a row, one after the other; NULL is `None`.
struct Cells(<Row as IntoIterator>::IntoIter);

impl Cells {
    fn text(&mut self) -> Option<String> {
        match self.0.next()? {
            Cell::Text(text) => Some(text),
            // Some versions give texts of the information schema without a character set.
            Cell::Bytes(bytes) => String::from_utf8(bytes).ok(),
            Cell::Null | Cell::Integer(_) | Cell::Real(_) => None,
        }
    }

    fn number(&mut self) -> Option<i64> {
        self.0.next().and_then(Cell::integer)
    }

    fn truth(&mut self) -> Option<bool> {
        self.number().map(|number| number != 0)
    }
}

/// A schema in the spelling of this server.
pub(super) fn respell(
    driver: &mut Mysql<'_>,
    expected: &Schema,
    found: &Introspected,
) -> Result<Schema, Fault> {
    driver.respelled(expected, found)
}
