//! Views, triggers, and what the language has no words for.

use std::sync::Arc;

use super::statement::quoted;
use super::{MysqlCatalogue, expression, part};
use crate::catalogue::token::{TokenKind, tokens};
use crate::catalogue::{Introspected, Unmanaged, UnmanagedKind, is_kept, kept, said};
use crate::{Dialect, Name, Trigger, View};

pub(super) fn views(catalogue: &MysqlCatalogue, found: &mut Introspected) {
    for row in &catalogue.views {
        if is_kept(&row.name) {
            found.unmanaged.push(kept("view", &row.name));
            continue;
        }
        let name = Name::new(&row.name);
        let mut beyond = |reason: String| found.unmanaged.push(part(format!("view {name}"), &name, reason));
        if row.check_option != "NONE" {
            beyond(format!("has WITH {} CHECK OPTION", row.check_option));
        }
        if row.security != "DEFINER" {
            beyond("reads with the rights of who reads it".to_owned());
        }
        let query = expression(&unqualified(&row.query, &catalogue.database));
        found.schema.views.insert(name.clone(), Arc::new(View::new(name, said(Dialect::Mysql, &query))));
    }
}

/// A query without the name of the database before every table, so that it is the same in another one.
fn unqualified(query: &str, database: &str) -> String {
    let Some(tokens) = tokens(query, Dialect::Mysql) else { return query.to_owned() };
    let mut out = String::new();
    let mut from = 0;
    for pair in tokens.windows(2) {
        let [name, point] = pair else { continue };
        let names = name.kind == TokenKind::Quoted && name.name(Dialect::Mysql).as_deref() == Some(database);
        // What stands behind a point is a table or column that is called the same.
        let first = !query[..name.start].ends_with('.');
        if names && first && point.is_sign(".") {
            out.push_str(&query[from..name.start]);
            from = point.end();
        }
    }
    out + &query[from..]
}

pub(super) fn triggers(catalogue: &MysqlCatalogue, found: &mut Introspected) {
    for row in &catalogue.triggers {
        let table = Name::new(&row.table);
        if crate::catalogue::is_own(&row.table) {
            continue;
        }
        let sql = format!(
            "CREATE TRIGGER {} {} {} ON {} FOR EACH ROW {}",
            quoted(&row.name),
            row.timing,
            row.event,
            quoted(&row.table),
            row.body.trim_end_matches([';', ' ', '\t', '\n', '\r'])
        );
        let trigger = Trigger::new(Name::new(&row.name), table, sql);
        found.schema.triggers.insert(trigger.name.clone(), Arc::new(trigger));
    }
}

pub(super) fn others(catalogue: &MysqlCatalogue, found: &mut Introspected) {
    let others = catalogue.others.iter().map(|row| Unmanaged {
        object: row.object.clone(),
        table: None,
        reason: "cannot be said".to_owned(),
        kind: UnmanagedKind::Object,
    });
    found.unmanaged.extend(others);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_database_is_left_out() {
        let query = "select `db`.`db`.`db` AS `db`,'`db`.' AS `x` from `db`.`db`";
        assert_eq!(unqualified(query, "db"), "select `db`.`db` AS `db`,'`db`.' AS `x` from `db`");
    }
}
