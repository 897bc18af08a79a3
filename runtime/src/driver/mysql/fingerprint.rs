//! What objects are defined as, so that a statement can be seen to have been done.

use std::collections::BTreeSet;

use whimbrel_schema::{Dialect, Name};

use super::Mysql;
use crate::driver::{Cell, Fault, FaultKind, quoted};

/// A number for the definitions of the objects of these names, or of all.
pub(super) fn fingerprint(driver: &mut Mysql<'_>, names: Option<&BTreeSet<Name>>) -> Result<String, Fault> {
    let all;
    let names: Vec<&str> = match names {
        Some(names) => names.iter().map(Name::as_str).collect(),
        None => {
            all = tables(driver)?;
            all.iter().map(String::as_str).collect()
        }
    };
    let mut definitions = Vec::new();
    for name in &names {
        definitions.push(definition(driver, name)?);
        definitions.extend(triggers(driver, name)?);
    }
    let parts: Vec<&str> = definitions.iter().map(String::as_str).collect();
    Ok(format!("{:016x}", crate::driver::hash(&parts)))
}

/// The tables and views of the database, whimbrel's own aside.
fn tables(driver: &mut Mysql<'_>) -> Result<Vec<String>, Fault> {
    let sql = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() \
               AND table_name NOT LIKE 'whimbrel\\_%' ORDER BY table_name";
    Ok(driver.rows(sql, &[])?.into_iter().flatten().filter_map(Cell::text).collect())
}

/// What creates a table or a view, or nothing if there is none.
fn definition(driver: &mut Mysql<'_>, name: &str) -> Result<String, Fault> {
    let sql = format!("SHOW CREATE TABLE {}", quoted(Dialect::Mysql, name));
    match driver.rows(&sql, &[]) {
        Ok(rows) => {
            let text = rows.into_iter().next().and_then(|row| row.into_iter().nth(1)).and_then(Cell::text);
            Ok(without_counter(&text.unwrap_or_default()))
        }
        // A name of a trigger, or of a view whose tables are gone, which has a definition nobody can show.
        Err(fault) if matches!(fault.kind, FaultKind::MissingTable | FaultKind::Other) => {
            Ok(view(driver, name)?.unwrap_or_default())
        }
        Err(fault) => Err(fault),
    }
}

fn view(driver: &mut Mysql<'_>, name: &str) -> Result<Option<String>, Fault> {
    let sql = "SELECT view_definition FROM information_schema.views WHERE table_schema = DATABASE() AND table_name = ?";
    Ok(driver.rows(sql, &[name.into()])?.into_iter().flatten().next().and_then(Cell::text))
}

/// Without the number that the next row gets, which rows change and statements of the schema do not.
fn without_counter(text: &str) -> String {
    let Some((before, after)) = text.rsplit_once(" AUTO_INCREMENT=") else { return text.to_owned() };
    let digits = after.find(|character: char| !character.is_ascii_digit()).unwrap_or(after.len());
    format!("{before}{}", &after[digits..])
}

/// The triggers of a table, and the one that has this name. Each is asked for by its table or its name: to list all,
/// the server would open every table.
fn triggers(driver: &mut Mysql<'_>, name: &str) -> Result<Vec<String>, Fault> {
    let sql = "SELECT CONCAT_WS(' ', trigger_name, action_timing, event_manipulation, action_order, action_statement) \
               FROM information_schema.triggers WHERE event_object_schema = DATABASE() AND event_object_table = ? \
               ORDER BY trigger_name";
    let of_table = driver.rows(sql, &[name.into()])?.into_iter().flatten().filter_map(Cell::text);
    let mut triggers: Vec<String> = of_table.collect();
    match driver.rows(&format!("SHOW CREATE TRIGGER {}", quoted(Dialect::Mysql, name)), &[]) {
        // Its name, the settings it was made under, and its statement.
        Ok(rows) => triggers.extend(rows.into_iter().flatten().nth(2).and_then(Cell::text)),
        // There is none, or nobody may look.
        Err(fault) if matches!(fault.kind, FaultKind::Other | FaultKind::Denied) => {}
        Err(fault) => return Err(fault),
    }
    Ok(triggers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_do_not_change_a_definition() {
        let text = "CREATE TABLE `t` (\n  `id` int\n) ENGINE=InnoDB AUTO_INCREMENT=7 DEFAULT CHARSET=utf8mb4";
        assert_eq!(
            without_counter(text),
            "CREATE TABLE `t` (\n  `id` int\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"
        );
        assert_eq!(without_counter("CREATE TABLE `t` (`id` int)"), "CREATE TABLE `t` (`id` int)");
    }
}
