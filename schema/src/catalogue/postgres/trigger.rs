//! Triggers and their functions, as PostgreSQL prints them and as people write them.

use crate::Dialect;
use crate::catalogue::cursor::Cursor;

/// The statements that make a trigger, taken apart so far that two of them can be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Script {
    pub(crate) triggers: Vec<Parts>,
    pub(crate) functions: Vec<Function>,
}

/// `CREATE TRIGGER`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) name: String,
    constraint: bool,
    timing: String,
    /// Events in alphabetical order, with the columns of `UPDATE OF`.
    events: Vec<String>,
    pub(crate) table: String,
    /// When a constraint is checked, and what rows are called.
    clauses: Vec<String>,
    pub(crate) for_each_row: bool,
    pub(crate) when: Option<String>,
    function: String,
    arguments: String,
}

/// `CREATE FUNCTION`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Function {
    name: String,
    arguments: String,
    returns: String,
    language: String,
    /// As it was written.
    body: String,
    attributes: Vec<String>,
}

/// Takes the statements of a trigger apart; `None` if there is one among them that creates a trigger or a
/// function and cannot be read. Statements of other kinds are passed over.
pub(crate) fn script(sql: &str) -> Option<Script> {
    let mut script = Script { triggers: Vec::new(), functions: Vec::new() };
    for mut statement in Cursor::statements(sql, Dialect::Postgres)? {
        if !statement.words(&["CREATE"]) {
            continue;
        }
        statement.words(&["OR", "REPLACE"]);
        let constraint = statement.words(&["CONSTRAINT"]);
        if statement.words(&["TRIGGER"]) {
            script.triggers.push(parts(&mut statement, constraint)?);
        } else if statement.words(&["FUNCTION"]) {
            script.functions.push(function(&mut statement)?);
        }
    }
    Some(script)
}

fn parts(cursor: &mut Cursor<'_>, constraint: bool) -> Option<Parts> {
    let name = cursor.name()?;
    let timing = ["BEFORE", "AFTER", "INSTEAD"].into_iter().find(|word| cursor.words(&[word]))?;
    if timing == "INSTEAD" && !cursor.words(&["OF"]) {
        return None;
    }
    let mut events = vec![event(cursor)?];
    while cursor.words(&["OR"]) {
        events.push(event(cursor)?);
    }
    events.sort();
    if !cursor.words(&["ON"]) {
        return None;
    }
    let table = cursor.name()?;
    let mut parts = Parts {
        name,
        constraint,
        timing: timing.to_owned(),
        events,
        table,
        clauses: Vec::new(),
        for_each_row: false,
        when: None,
        function: String::new(),
        arguments: String::new(),
    };
    clauses(cursor, &mut parts)?;
    parts.function = cursor.name()?;
    let arguments = Cursor::new(cursor.group()?, Dialect::Postgres)?.rest();
    // They are texts, however they are written.
    parts.arguments = arguments.replace('\'', "");
    cursor.peek().is_none().then_some(parts)
}

fn event(cursor: &mut Cursor<'_>) -> Option<String> {
    if cursor.words(&["UPDATE", "OF"]) {
        let mut columns = vec![cursor.name()?];
        while cursor.sign(",") {
            columns.push(cursor.name()?);
        }
        return Some(format!("UPDATE OF {}", columns.join(", ")));
    }
    let event = ["INSERT", "UPDATE", "DELETE", "TRUNCATE"].into_iter().find(|word| cursor.words(&[word]));
    event.map(str::to_owned)
}

/// What stands between the table and the function.
fn clauses(cursor: &mut Cursor<'_>, parts: &mut Parts) -> Option<()> {
    loop {
        if cursor.words(&["EXECUTE"]) {
            return (cursor.words(&["FUNCTION"]) || cursor.words(&["PROCEDURE"])).then_some(());
        } else if cursor.words(&["FROM"]) {
            parts.clauses.push(format!("FROM {}", cursor.name()?));
        } else if cursor.words(&["NOT", "DEFERRABLE"]) || cursor.words(&["INITIALLY", "IMMEDIATE"]) {
            // That is how it is without them.
        } else if cursor.words(&["DEFERRABLE"]) {
            parts.clauses.push("DEFERRABLE".to_owned());
        } else if cursor.words(&["INITIALLY", "DEFERRED"]) {
            parts.clauses.push("INITIALLY DEFERRED".to_owned());
        } else if cursor.words(&["REFERENCING"]) {
            while let Some(age) = ["NEW", "OLD"].into_iter().find(|word| cursor.words(&[word])) {
                let table = cursor.words(&["TABLE"]);
                cursor.words(&["AS"]);
                parts.clauses.push(format!("{age} {table} {}", cursor.name()?));
            }
        } else if cursor.words(&["FOR"]) {
            cursor.words(&["EACH"]);
            parts.for_each_row = cursor.words(&["ROW"]);
            if !parts.for_each_row && !cursor.words(&["STATEMENT"]) {
                return None;
            }
        } else if cursor.words(&["WHEN"]) {
            parts.when = Some(super::expression(cursor.group()?));
        } else {
            return None;
        }
        parts.clauses.sort();
    }
}

fn function(cursor: &mut Cursor<'_>) -> Option<Function> {
    let name = cursor.name()?;
    let arguments = Cursor::new(cursor.group()?, Dialect::Postgres)?.rest();
    if !cursor.words(&["RETURNS"]) {
        return None;
    }
    let mut function = Function {
        name,
        arguments,
        returns: cursor.name()?,
        language: String::new(),
        body: String::new(),
        attributes: Vec::new(),
    };
    while cursor.peek().is_some() {
        attribute(cursor, &mut function)?;
    }
    function.attributes.sort();
    Some(function)
}

/// Those that say how it is anyhow are passed over.
fn attribute(cursor: &mut Cursor<'_>, function: &mut Function) -> Option<()> {
    const DEFAULTS: [&[&str]; 6] = [
        &["VOLATILE"],
        &["NOT", "LEAKPROOF"],
        &["CALLED", "ON", "NULL", "INPUT"],
        &["SECURITY", "INVOKER"],
        &["EXTERNAL", "SECURITY", "INVOKER"],
        &["PARALLEL", "UNSAFE"],
    ];
    const ATTRIBUTES: [(&[&str], &str); 9] = [
        (&["IMMUTABLE"], "IMMUTABLE"),
        (&["STABLE"], "STABLE"),
        (&["STRICT"], "STRICT"),
        (&["RETURNS", "NULL", "ON", "NULL", "INPUT"], "STRICT"),
        (&["LEAKPROOF"], "LEAKPROOF"),
        (&["SECURITY", "DEFINER"], "SECURITY DEFINER"),
        (&["EXTERNAL", "SECURITY", "DEFINER"], "SECURITY DEFINER"),
        (&["PARALLEL", "SAFE"], "PARALLEL SAFE"),
        (&["PARALLEL", "RESTRICTED"], "PARALLEL RESTRICTED"),
    ];
    if DEFAULTS.iter().any(|words| cursor.words(words)) {
        return Some(());
    }
    if let Some((_, attribute)) = ATTRIBUTES.iter().find(|(words, _)| cursor.words(words)) {
        function.attributes.push((*attribute).to_owned());
    } else if cursor.words(&["LANGUAGE"]) {
        let language = cursor.next()?;
        let language = language.name(Dialect::Postgres).or_else(|| language.text(Dialect::Postgres));
        function.language = language?.to_lowercase();
    } else if cursor.words(&["AS"]) {
        function.body = cursor.next()?.text(Dialect::Postgres)?;
    } else if cursor.words(&["COST"]) {
        let cost = cursor.next()?.text;
        function.attributes.extend((cost != "100").then(|| format!("COST {cost}")));
    } else if cursor.words(&["SET"]) {
        let setting = setting(cursor)?;
        function.attributes.push(setting);
    } else {
        return None;
    }
    Some(())
}

/// `SET name TO value`, as often as there are values.
fn setting(cursor: &mut Cursor<'_>) -> Option<String> {
    let name = cursor.name()?;
    if !cursor.words(&["TO"]) && !cursor.sign("=") {
        return None;
    }
    let mut values = Vec::new();
    loop {
        let value = cursor.next()?;
        let text = value.text(Dialect::Postgres).or_else(|| value.name(Dialect::Postgres));
        values.push(text.unwrap_or_else(|| value.text.to_owned()));
        if !cursor.sign(",") {
            return Some(format!("SET {name} TO {}", values.join(", ")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(one: &str, other: &str) {
        let read = |sql| script(sql).unwrap_or_else(|| panic!("{sql}"));
        assert_eq!(read(one), read(other), "{one}");
    }

    #[test]
    fn what_postgres_prints_is_what_was_written() {
        same(
            "create trigger Tr before update of A or insert on T for each row when (new.a > 0) execute procedure f('x')",
            "CREATE TRIGGER tr BEFORE INSERT OR UPDATE OF a ON ex.t FOR EACH ROW WHEN ((new.a > 0)) EXECUTE FUNCTION f('x')",
        );
        same(
            "CREATE FUNCTION f() RETURNS trigger AS $$ BEGIN; END $$ LANGUAGE plpgsql SET work_mem = '1MB' VOLATILE;",
            "CREATE OR REPLACE FUNCTION ex.f()\n RETURNS trigger\n LANGUAGE plpgsql\n SET work_mem TO '1MB'\nAS $function$ BEGIN; END $function$\n",
        );
        same("COMMENT ON TRIGGER a ON b IS 'x'", "");
    }

    #[test]
    fn what_differs_stays_apart() {
        let trigger = "CREATE TRIGGER a AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()";
        for (part, other) in [
            ("AFTER", "BEFORE"),
            ("UPDATE", "UPDATE OF x"),
            (" FOR EACH ROW", ""),
            ("f()", "f(1)"),
            ("ROW", "ROW WHEN (new.a > 1)"),
        ] {
            assert_ne!(script(trigger), script(&trigger.replace(part, other)), "{other}");
        }
        let function = "CREATE FUNCTION f() RETURNS trigger LANGUAGE sql AS ' x'";
        for (part, other) in [("' x'", "'x'"), ("sql", "c"), ("AS", "STRICT AS")] {
            assert_ne!(script(function), script(&function.replace(part, other)), "{other}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_not_believed() {
        for sql in ["CREATE TRIGGER a", "CREATE FUNCTION f() RETURNS trigger SUPPORT x", "CREATE TRIGGER 'a"]
        {
            assert_eq!(script(sql), None, "{sql}");
        }
    }
}
