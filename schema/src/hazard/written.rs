//! WHT, and what hand-written SQL does of the other families.

use super::site::Site;
use super::{Hazard, HazardCode};
use crate::script::{Unfinished, Written, statements};
use crate::{Capabilities, Dialect, Effect, Operation, Sql};

pub(super) fn judge(site: &Site<'_>) -> Vec<Hazard> {
    let Operation::Sql { sql, effects } = site.operation else { return Vec::new() };
    let mut hazards = Vec::new();
    for dialect in Dialect::ALL {
        let Some(text) = sql.text(dialect) else { continue };
        let found = match statements(text, dialect) {
            Ok(statements) => {
                statements.iter().flat_map(|statement| one(site, statement, dialect, effects)).collect()
            }
            Err(Unfinished) => vec![unread(site, "ends within a quote, a comment or parentheses")],
        };
        hazards.extend(found.into_iter().map(|hazard| hazard.on(dialect)));
    }
    hazards.extend(validated_at_once(site, sql));
    hazards.retain(|hazard| !hazard.dialects.is_empty());
    hazards
}

fn one(site: &Site<'_>, statement: &Written<'_>, dialect: Dialect, effects: &[Effect]) -> Vec<Hazard> {
    let mut hazards = Vec::new();
    hazards.extend(transaction(site, statement));
    hazards.extend(every_row(site, statement));
    hazards.extend(emptied(site, statement));
    hazards.extend(dropped_schema(site, statement));
    hazards.extend(undeclared(site, statement, effects));
    hazards.extend(raw_rebuild(site, statement, effects));
    hazards.extend(locks(site, statement));
    hazards.extend(not_repeatable(site, statement, dialect));
    hazards.extend((!KNOWN.contains(&statement.verb().as_str())).then(|| {
        let verb = statement.verb();
        unread(
            site,
            if verb.is_empty() { "begins with no word" } else { "begins with a word that is not known" },
        )
    }));
    hazards
}

/// What statements of the three databases begin with.
const KNOWN: [&str; 53] = [
    "ABORT",
    "ALTER",
    "ANALYZE",
    "ATTACH",
    "BEGIN",
    "CALL",
    "CHECKPOINT",
    "CLUSTER",
    "COMMENT",
    "COMMIT",
    "COPY",
    "CREATE",
    "DEALLOCATE",
    "DELETE",
    "DETACH",
    "DISCARD",
    "DO",
    "DROP",
    "END",
    "EXECUTE",
    "EXPLAIN",
    "FLUSH",
    "GRANT",
    "HANDLER",
    "INSERT",
    "KILL",
    "LISTEN",
    "LOAD",
    "LOCK",
    "MERGE",
    "NOTIFY",
    "OPTIMIZE",
    "PRAGMA",
    "PREPARE",
    "REFRESH",
    "REINDEX",
    "RELEASE",
    "RENAME",
    "REPAIR",
    "REPLACE",
    "RESET",
    "REVOKE",
    "ROLLBACK",
    "SAVEPOINT",
    "SELECT",
    "SET",
    "START",
    "TRUNCATE",
    "UPDATE",
    "USE",
    "VACUUM",
    "VALUES",
    "WITH",
];

fn unread(site: &Site<'_>, why: &str) -> Hazard {
    site.hazard(HazardCode::Unread, "sql", format!("runs hand-written SQL that {why}"))
}

/// The name of the table, or a word where none was found.
fn object(name: Option<String>) -> String {
    name.unwrap_or_else(|| "sql".to_owned())
}

fn transaction(site: &Site<'_>, statement: &Written<'_>) -> Option<Hazard> {
    let verb = statement.verb();
    let begins = statement.begins(&["START", "TRANSACTION"])
        || ["ABORT", "BEGIN", "COMMIT", "END", "RELEASE", "ROLLBACK", "SAVEPOINT"].contains(&verb.as_str());
    let message = format!("begins or ends a transaction by {verb}");
    begins.then(|| site.hazard(HazardCode::OwnTransaction, "sql", message))
}

fn every_row(site: &Site<'_>, statement: &Written<'_>) -> Option<Hazard> {
    let act = statement.act();
    let (name, does) = match act.as_str() {
        "UPDATE" => (statement.name_after(&["UPDATE"]), "changes"),
        "DELETE" => (statement.name_after(&["DELETE"]), "deletes"),
        _ => return None,
    };
    let name = object(name);
    let new = site.is_new(&name.as_str().into());
    let message = format!("{does} every row of {name} by hand-written SQL");
    (!new && !statement.has("WHERE")).then(|| site.hazard(HazardCode::EveryRow, name, message))
}

fn emptied(site: &Site<'_>, statement: &Written<'_>) -> Option<Hazard> {
    let name = object(statement.name_after(&["TRUNCATE"]));
    let cascade = if statement.has("CASCADE") { ", and the tables that reference it" } else { "" };
    let message = format!("empties {name}{cascade} by hand-written SQL");
    let hazard = || site.hazard(HazardCode::Truncate, name, message).keeping(crate::Keeping::Nothing);
    statement.begins(&["TRUNCATE"]).then(hazard)
}

fn dropped_schema(site: &Site<'_>, statement: &Written<'_>) -> Option<Hazard> {
    let kind = ["DATABASE", "SCHEMA"].into_iter().find(|kind| statement.begins(&["DROP", kind]))?;
    let name = object(statement.name_after(&["DROP", kind]));
    let message = format!("drops {} {name} with everything in it", kind.to_lowercase());
    Some(site.hazard(HazardCode::DropSchema, name, message).keeping(crate::Keeping::Nothing))
}

/// What it does to a table of the schema, by the first words of a statement.
fn act_on_table(statement: &Written<'_>) -> Option<(String, &'static str)> {
    let act = statement.act();
    let (name, does) = match act.as_str() {
        "INSERT" => (statement.name_after(&["INSERT"]), "changes rows of"),
        "REPLACE" => (statement.name_after(&["REPLACE"]), "changes rows of"),
        "UPDATE" => (statement.name_after(&["UPDATE"]), "changes rows of"),
        "DELETE" => (statement.name_after(&["DELETE"]), "changes rows of"),
        "MERGE" => (statement.name_after(&["MERGE"]), "changes rows of"),
        "TRUNCATE" => (statement.name_after(&["TRUNCATE"]), "changes rows of"),
        _ if statement.begins(&["ALTER", "TABLE"]) => (statement.name_after(&["ALTER", "TABLE"]), "alters"),
        _ if statement.begins(&["DROP", "TABLE"]) => (statement.name_after(&["DROP", "TABLE"]), "drops"),
        _ => return None,
    };
    Some((name?, does))
}

fn undeclared(site: &Site<'_>, statement: &Written<'_>, effects: &[Effect]) -> Option<Hazard> {
    let (name, does) = act_on_table(statement)?;
    let table = site
        .schemas
        .previous
        .tables
        .values()
        .find(|table| table.name.as_str().eq_ignore_ascii_case(&name))?;
    let declared = |effect: &Effect| match does {
        // Whoever alters or drops a table may change its rows on the way.
        "changes rows of" => effect.table() == &table.name,
        "alters" => effect.is_structural() && effect.table() == &table.name,
        _ => effect.may_drop() && effect.table() == &table.name,
    };
    let message = format!("{does} {name} by hand-written SQL that does not say so");
    let undeclared = !effects.iter().any(declared) && !site.is_new(&table.name);
    undeclared.then(|| {
        site.hazard(HazardCode::Undeclared, table.name.to_string(), message).keeping(crate::Keeping::Nothing)
    })
}

/// A drop that no effect announces, while the database enforces foreign keys.
fn raw_rebuild(site: &Site<'_>, statement: &Written<'_>, effects: &[Effect]) -> Option<Hazard> {
    if statement.begins(&["PRAGMA"]) {
        let message =
            "changes settings of the connection, which a transaction ignores or a rebuild relies on";
        return Some(site.hazard(HazardCode::RawRebuild, "sql", message));
    }
    let name = statement.begins(&["DROP", "TABLE"]).then(|| statement.name_after(&["DROP", "TABLE"]))??;
    let table = site
        .schemas
        .previous
        .tables
        .values()
        .find(|table| table.name.as_str().eq_ignore_ascii_case(&name))?;
    let announced = effects.iter().any(Effect::may_drop);
    let referenced = site.schemas.previous.children(table.name.as_str()).next().is_some();
    let message = format!("drops {name}, whose rows others reference, while foreign keys are enforced");
    (referenced && !announced).then(|| site.hazard(HazardCode::RawRebuild, table.name.to_string(), message))
}

/// What locks tables of PostgreSQL.
fn locks(site: &Site<'_>, statement: &Written<'_>) -> Vec<Hazard> {
    let concurrent = statement.has("CONCURRENTLY");
    let on = || statement.name_after(&["ON"]);
    let new = |name: &Option<String>| name.as_ref().is_some_and(|name| site.is_new(&name.as_str().into()));
    let hazard =
        |code: HazardCode, name: Option<String>, message: &str| site.hazard(code, object(name), message);
    let mut hazards = Vec::new();
    if concurrent {
        hazards.push(hazard(
            HazardCode::ConcurrentInTransaction,
            None,
            "says CONCURRENTLY in the transaction of the migration",
        ));
    }
    let index = statement.begins(&["CREATE", "INDEX"]) || statement.begins(&["CREATE", "UNIQUE", "INDEX"]);
    if index && !concurrent && !new(&on()) {
        hazards.push(hazard(HazardCode::BlockingIndex, on(), "builds an index by hand-written SQL"));
    }
    if statement.begins(&["DROP", "INDEX"]) && !concurrent {
        let name = statement.name_after(&["DROP", "INDEX"]);
        hazards.push(hazard(HazardCode::BlockingIndexDrop, name, "drops an index by hand-written SQL"));
    }
    let full = statement.begins(&["VACUUM"]) && statement.contains(&["FULL"]);
    let detach = statement.has_all(&["DETACH", "PARTITION"]) || statement.begins(&["REINDEX"]);
    if full || statement.begins(&["CLUSTER"]) || (detach && !concurrent) {
        let message = format!("runs {} by hand-written SQL, under the strongest lock", statement.verb());
        hazards.push(site.hazard(HazardCode::ExclusiveMaintenance, "sql", message));
    }
    if statement.begins(&["ALTER", "TABLE"]) {
        let table = statement.name_after(&["ALTER", "TABLE"]);
        let adds = statement.has("ADD");
        if adds && statement.has("EXCLUDE") && !new(&table) {
            hazards.push(hazard(HazardCode::Exclusion, table.clone(), "adds an exclusion constraint"));
        }
        let checked = statement.has_all(&["FOREIGN", "KEY"]) || statement.has("CHECK");
        if adds && checked && !statement.has_all(&["NOT", "VALID"]) && !new(&table) {
            let message = "adds a constraint by hand-written SQL that does not say NOT VALID";
            hazards.push(hazard(HazardCode::ValidatedConstraint, table, message));
        }
    }
    hazards
}

/// NOT VALID and VALIDATE in one migration; in one text, or the latter behind the former.
fn validated_at_once(site: &Site<'_>, sql: &Sql) -> Option<Hazard> {
    let text = sql.text(Dialect::Postgres)?;
    let statements = statements(text, Dialect::Postgres).ok()?;
    let mut open = site.before.not_valid;
    for statement in &statements {
        if open && statement.has_all(&["VALIDATE", "CONSTRAINT"]) {
            let table = object(statement.name_after(&["ALTER", "TABLE"]));
            let message = format!("validates a constraint of {table} in the transaction that adds it");
            return Some(site.hazard(HazardCode::ValidateAtOnce, table, message));
        }
        open |= adds_not_valid(statement);
    }
    None
}

fn adds_not_valid(statement: &Written<'_>) -> bool {
    statement.has_all(&["NOT", "VALID"])
}

/// Whether a text adds a constraint to PostgreSQL that is not valid yet.
pub(super) fn leaves_not_valid(sql: &Sql) -> bool {
    let text = sql.text(Dialect::Postgres).unwrap_or("");
    statements(text, Dialect::Postgres).is_ok_and(|statements| statements.iter().any(adds_not_valid))
}

fn not_repeatable(site: &Site<'_>, statement: &Written<'_>, dialect: Dialect) -> Option<Hazard> {
    let definition = ["CREATE", "DROP"].contains(&statement.verb().as_str());
    let careful = statement.has_all(&["IF", "EXISTS"])
        || statement.has_all(&["IF", "NOT", "EXISTS"])
        || statement.has_all(&["OR", "REPLACE"]);
    let alone = !Capabilities::of(dialect).transactional_ddl;
    let message = format!("runs {} by hand-written SQL that fails when it is repeated", statement.verb());
    (alone && definition && !careful).then(|| site.hazard(HazardCode::NotRepeatable, "sql", message))
}
