//! From the calls of a statement to an operation.

use syn::spanned::Spanned;
use syn::{Expr, Stmt};
use whimbrel_schema::{
    Alteration, Code, DataStatement, Diagnostic, Expression, Name, Object, Operation, Pair, Span, closest,
};

use super::expression::Reader;
use super::function::{Call, chain, mentions};
use super::{TokenUse, Tokens, opaque, span};

type Result<T> = std::result::Result<T, Diagnostic>;

/// What one statement does.
pub(super) struct Read {
    pub(super) operation: Operation,
    pub(super) uses: Vec<TokenUse>,
    /// See [`Step::altered`](super::Step::altered).
    pub(super) altered: Vec<Pair<Name>>,
}

const OPERATIONS: [&str; 8 + 15] = [
    "create_table",
    "drop_table",
    "restore_table",
    "rename_table",
    "exchange_tables",
    "alter_table",
    "create_index",
    "drop_index",
    "create_enum",
    "drop_enum",
    "create_view",
    "drop_view",
    "create_trigger",
    "drop_trigger",
    "alter_enum",
    "update",
    "insert",
    "insert_from",
    "delete",
    "backfill",
    "sql",
    "data",
    "restore_table_with",
];

/// What can be done while programs go on.
const ONLINE: [&str; 3] = ["create_index", "drop_index", "alter_table"];

/// Reads the calls `operation(..)` or `operation(..).set(..).run()` of one statement.
pub(super) fn read(calls: &[Call<'_>], tokens: &Tokens<'_>) -> Result<Read> {
    // `db.online().operation(..)`.
    let (online, calls) = match calls {
        [online, rest @ ..] if online.method == "online" && online.arguments.is_empty() => {
            (Some(online), rest)
        }
        calls => (None, calls),
    };
    let [first, rest @ ..] = calls else {
        return Err(Diagnostic::new(Code::BAD_STATEMENT, "the editor alone is no step"));
    };
    if let Some(online) = online.filter(|_| !ONLINE.iter().any(|name| first.method == name)) {
        let message = format!("`{}` has no other form online", first.method);
        return Err(unknown(online, tokens, message).help(format!("what has one is {}", ONLINE.join(", "))));
    }
    let is_online = online.is_some();
    let mut reader = Reader { tokens, uses: Vec::new() };
    let mut altered = Vec::new();
    let operation = match (first.method.to_string().as_str(), &first.arguments[..], rest) {
        ("create_table", [table], []) => Operation::CreateTable { table: table_name(table, tokens)? },
        ("drop_table", [table], []) => Operation::DropTable { table: table_name(table, tokens)? },
        ("restore_table", [table], []) => {
            Operation::RestoreTable { table: table_name(table, tokens)?, set: Vec::new() }
        }
        ("restore_table_with", [table], [clauses @ .., run]) => {
            let table = table_name(table, tokens)?;
            let (set, _) = clauses_of(clauses, run, &mut reader, false)?;
            // Its columns are there only afterwards; whether they fit is asked when the step is applied.
            reader.uses.clear();
            Operation::RestoreTable { table, set }
        }
        ("rename_table", [previous, next], []) => Operation::RenameTable {
            previous: table_name(previous, tokens)?,
            next: table_name(next, tokens)?,
        },
        ("exchange_tables", [one, other], []) => {
            Operation::ExchangeTables { one: table_name(one, tokens)?, other: table_name(other, tokens)? }
        }
        ("alter_table", [previous, next, Expr::Closure(closure)], []) => {
            altered.push(Pair::new(table_name(previous, tokens)?, table_name(next, tokens)?));
            alter_table(next, closure, is_online, &mut reader)?
        }
        ("create_index", [index], []) => {
            let (table, index) = index_name(index, tokens)?;
            Operation::CreateIndex { table, index, online: is_online }
        }
        ("drop_index", [index], []) => {
            let (table, index) = index_name(index, tokens)?;
            Operation::DropIndex { table, index, online: is_online }
        }
        ("create_enum", [name], []) => Operation::CreateEnum { name: enum_name(name, tokens)? },
        ("drop_enum", [name], []) => Operation::DropEnum { name: enum_name(name, tokens)? },
        ("alter_enum", [name], [clauses @ .., run]) => {
            let name = enum_name(name, tokens)?;
            Operation::AlterEnum { name, renamed: renamed_values(clauses, run, tokens)? }
        }
        ("create_view", [name], []) => Operation::CreateView { name: view_name(name, tokens)? },
        ("drop_view", [name], []) => Operation::DropView { name: view_name(name, tokens)? },
        ("create_trigger", [name], []) => Operation::CreateTrigger { name: trigger_name(name, tokens)? },
        ("drop_trigger", [name], []) => Operation::DropTrigger { name: trigger_name(name, tokens)? },
        ("update", [table], [clauses @ .., run]) => {
            let table = table_name(table, tokens)?;
            let (set, filter) = clauses_of(clauses, run, &mut reader, true)?;
            Operation::Data(DataStatement::Update { table, set, filter })
        }
        ("insert", [table], [clauses @ .., run]) => {
            let table = table_name(table, tokens)?;
            let (set, _) = clauses_of(clauses, run, &mut reader, false)?;
            Operation::Data(DataStatement::Insert { table, set })
        }
        ("insert_from", [table, source], [clauses @ .., run]) => {
            let (table, source) = (table_name(table, tokens)?, table_name(source, tokens)?);
            let (set, filter) = clauses_of(clauses, run, &mut reader, true)?;
            Operation::Data(DataStatement::InsertFrom { table, source, set, filter })
        }
        ("delete", [table], [clauses @ .., run]) => {
            let table = table_name(table, tokens)?;
            let (set, filter) = clauses_of(clauses, run, &mut reader, true)?;
            if !set.is_empty() {
                return Err(unknown(first, tokens, "a delete sets nothing".to_owned()));
            }
            Operation::Data(DataStatement::Delete { table, filter })
        }
        ("backfill", [column, value], [run]) => {
            clauses_of(&[], run, &mut reader, false)?;
            let Expression::Column { table, column } = column_of(column, &mut reader)? else {
                return Err(unknown(first, tokens, "a backfill fills a column".to_owned()));
            };
            Operation::Data(DataStatement::Backfill { table, column, value: reader.read(value)? })
        }
        ("sql", [text], [clauses @ .., run]) => opaque::sql(text, clauses, run, tokens, &mut altered)?,
        ("data", [Expr::Closure(closure)], []) => opaque::data(closure, tokens)?,
        ("data", ..) => {
            return Err(unknown(first, tokens, "`data` takes Rust code over rows".to_owned())
                .help("write it as a closure: `db.data(|rows| { .. Ok(()) })?;`"));
        }
        (method, ..) if OPERATIONS.contains(&method) => {
            let ends_in_run = OPERATIONS.iter().skip(7).any(|name| *name == method);
            let hint = if ends_in_run { ", and ends in `.run()?`" } else { "" };
            return Err(unknown(first, tokens, format!("`{method}` takes other arguments{hint}")));
        }
        (method, ..) => {
            let diagnostic = unknown(first, tokens, format!("there is no operation `{method}`"));
            return Err(match closest(method, OPERATIONS) {
                Some(name) => diagnostic.help(format!("did you mean `{name}`?")),
                None => diagnostic.help(format!("the operations are {}", OPERATIONS.join(", "))),
            });
        }
    };
    Ok(Read { operation, uses: reader.uses, altered })
}

pub(super) fn unknown(call: &Call<'_>, tokens: &Tokens<'_>, message: String) -> Diagnostic {
    Diagnostic::new(Code::BAD_OPERATION, message)
        .label(span(tokens.source, call.method.span()), "this operation")
}

/// The clauses between an operation on rows and its `run()`.
type Clauses = (Vec<(Name, Expression)>, Option<Expression>);

fn clauses_of(
    calls: &[Call<'_>],
    run: &Call<'_>,
    reader: &mut Reader<'_, '_>,
    filtered: bool,
) -> Result<Clauses> {
    if run.method != "run" || !run.arguments.is_empty() {
        return Err(unknown(run, reader.tokens, "an operation on rows ends in `.run()?`".to_owned()));
    }
    let mut set = Vec::new();
    let mut filter: Option<Expression> = None;
    for call in calls {
        match (call.method.to_string().as_str(), &call.arguments[..]) {
            ("set", [column, value]) => {
                if let Expression::Column { column, .. } = column_of(column, reader)? {
                    set.push((column, reader.read(value)?));
                }
            }
            ("filter", [condition]) if filtered && filter.is_none() => filter = Some(reader.read(condition)?),
            ("every_row", []) if filtered && filter.is_none() => {}
            (method, _) => {
                return Err(unknown(call, reader.tokens, format!("`{method}` does not belong here")).help(
                    "what may stand here is `.set(column, value)`, `.filter(condition)` and `.every_row()`",
                ));
            }
        }
    }
    Ok((set, filter))
}

fn column_of(expression: &Expr, reader: &mut Reader<'_, '_>) -> Result<Expression> {
    match expression {
        Expr::Path(path) => reader.column(&path.path),
        other => Err(not_a_token(other, reader.tokens, "a column, as in `after::Users::EMAIL`")),
    }
}

fn alter_table(
    next: &Expr,
    closure: &syn::ExprClosure,
    online: bool,
    reader: &mut Reader<'_, '_>,
) -> Result<Operation> {
    let table = table_name(next, reader.tokens)?;
    let place = |spanned: proc_macro2::Span| span(reader.tokens.source, spanned);
    let parameter = match closure.inputs.iter().collect::<Vec<_>>()[..] {
        [syn::Pat::Ident(name)] if closure.asyncness.is_none() => name.ident.to_string(),
        _ => {
            return Err(Diagnostic::new(
                Code::BAD_OPERATION,
                "the closure takes one parameter: the table's editor",
            )
            .label(place(closure.or1_token.span), "this closure"));
        }
    };
    let mut alterations = Vec::new();
    match &*closure.body {
        Expr::Block(block) if block.label.is_none() && block.attrs.is_empty() => {
            for statement in &block.block.stmts {
                match statement {
                    Stmt::Expr(expression, _) => {
                        alterations.push(alteration(expression, &parameter, reader)?)
                    }
                    other => return Err(bad_alteration(place(other.span()), &parameter)),
                }
            }
        }
        single => alterations.push(alteration(single, &parameter, reader)?),
    }
    Ok(Operation::AlterTable { table, alterations, online })
}

fn bad_alteration(place: Span, parameter: &str) -> Diagnostic {
    Diagnostic::new(
        Code::BAD_STATEMENT,
        format!("only statements `{parameter}.change(..);` stand in an alteration"),
    )
    .label(place, "what this does cannot be proven")
    .help(format!("write each change as `{parameter}.change(..);`, one after the other"))
}

fn alteration(expression: &Expr, parameter: &str, reader: &mut Reader<'_, '_>) -> Result<Alteration> {
    let tokens = reader.tokens;
    let place = span(tokens.source, expression.span());
    let calls = chain(expression, parameter).ok_or_else(|| bad_alteration(place, parameter))?;
    let [first, rest @ ..] = &calls[..] else {
        return Err(bad_alteration(place, parameter));
    };
    let mut using = None;
    let mut backfill = None;
    let mut restore = false;
    for call in rest {
        if call.method == "restore" && call.arguments.is_empty() && !restore {
            restore = true;
            continue;
        }
        let clause = match (call.method.to_string().as_str(), &call.arguments[..]) {
            ("using", [value]) => (&mut using, value),
            ("backfill", [value]) => (&mut backfill, value),
            (method, _) => {
                return Err(unknown(call, tokens, format!("`{method}` does not belong here"))
                    .help("what may stand here is `.using(value)`, `.backfill(value)` and `.restore()`"));
            }
        };
        if clause.0.replace(reader.read(clause.1)?).is_some() {
            return Err(unknown(call, tokens, format!("`{}` stands here twice", call.method)));
        }
    }
    let plain = using.is_none() && backfill.is_none() && !restore;
    let named = |index: usize, wanted: fn(&Object) -> Option<&Name>, what: &str| {
        object_name(first.arguments[index], tokens, wanted, what)
    };
    let column = |index: usize| named(index, as_column, "a column");
    let alteration = match (first.method.to_string().as_str(), first.arguments.len()) {
        ("restore_column", 1) if using.is_none() && !restore => {
            Alteration::RestoreColumn { column: column(0)?, backfill }
        }
        ("add_column", 1) if using.is_none() && !restore => {
            Alteration::AddColumn { column: column(0)?, backfill }
        }
        ("alter_column", 2) => {
            column(0)?;
            Alteration::AlterColumn { column: column(1)?, using, backfill, restore }
        }
        ("drop_column", 1) if plain => Alteration::DropColumn { column: column(0)? },
        ("rename_column", 2) if plain => Alteration::RenameColumn { previous: column(0)?, next: column(1)? },
        ("add_primary_key", 0) if plain => Alteration::AddPrimaryKey,
        ("drop_primary_key", 0) if plain => Alteration::DropPrimaryKey,
        ("add_unique", 1) if plain => {
            Alteration::AddUnique { name: named(0, as_unique, "a unique constraint")? }
        }
        ("drop_unique", 1) if plain => {
            Alteration::DropUnique { name: named(0, as_unique, "a unique constraint")? }
        }
        ("add_foreign_key", 1) if plain => {
            Alteration::AddForeignKey { name: named(0, as_foreign_key, "a foreign key")? }
        }
        ("drop_foreign_key", 1) if plain => {
            Alteration::DropForeignKey { name: named(0, as_foreign_key, "a foreign key")? }
        }
        ("add_check", 1) if plain => Alteration::AddCheck { name: named(0, as_check, "a check")? },
        ("drop_check", 1) if plain => Alteration::DropCheck { name: named(0, as_check, "a check")? },
        ("set_options", 0) if plain => Alteration::SetOptions,
        (method, _) => {
            return Err(unknown(first, tokens, format!("there is no change `{method}` of a table with these arguments"))
                .help(
                    "the changes are add_column, drop_column, restore_column, rename_column, alter_column, set_options, and add_ \
                     or drop_ with primary_key, unique, foreign_key or check",
                ));
        }
    };
    Ok(alteration)
}

pub(super) fn table_name(expression: &Expr, tokens: &Tokens<'_>) -> Result<Name> {
    let Expr::Path(path) = expression else {
        return Err(not_a_token(expression, tokens, "a table, as in `after::Users`"));
    };
    match tokens.table(&path.path) {
        Ok((_, table)) => Ok(table.name.clone()),
        Err(message) => Err(Diagnostic::new(Code::UNKNOWN_TOKEN, message)
            .label(span(tokens.source, path.span()), "expected a table")),
    }
}

fn enum_name(expression: &Expr, tokens: &Tokens<'_>) -> Result<Name> {
    whole_name(expression, tokens, "enum", |object| matches!(object, Object::Enum(_)))
}

fn view_name(expression: &Expr, tokens: &Tokens<'_>) -> Result<Name> {
    whole_name(expression, tokens, "view", |object| matches!(object, Object::View(_)))
}

fn trigger_name(expression: &Expr, tokens: &Tokens<'_>) -> Result<Name> {
    whole_name(expression, tokens, "trigger", |object| matches!(object, Object::Trigger(_)))
}

fn whole_name(expression: &Expr, tokens: &Tokens<'_>, kind: &str, is: fn(&Object) -> bool) -> Result<Name> {
    let Expr::Path(path) = expression else {
        return Err(not_a_token(expression, tokens, &format!("a token of the {kind}, as in `after::Name`")));
    };
    tokens.named(&path.path, kind, is).map_err(|message| {
        let place = span(tokens.source, path.span());
        Diagnostic::new(Code::UNKNOWN_TOKEN, message).label(place, format!("expected {kind}"))
    })
}

/// The clauses `rename_value("previous", "next")` between `alter_enum` and its `run()`.
fn renamed_values(calls: &[Call<'_>], run: &Call<'_>, tokens: &Tokens<'_>) -> Result<Vec<Pair<String>>> {
    if run.method != "run" || !run.arguments.is_empty() {
        return Err(unknown(run, tokens, "a change of an enum ends in `.run()?`".to_owned()));
    }
    let text = |expression: &Expr| match expression {
        Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Ok(text.value()),
        other => Err(not_a_token(other, tokens, "a value in quotes")),
    };
    calls
        .iter()
        .map(|call| match (call.method.to_string().as_str(), &call.arguments[..]) {
            ("rename_value", [previous, next]) => Ok(Pair::new(text(previous)?, text(next)?)),
            (method, _) => Err(unknown(call, tokens, format!("`{method}` does not belong here"))
                .help("what may stand here is `.rename_value(\"previous\", \"next\")`; the values that come and go are those of the version")),
        })
        .collect()
}

fn index_name(expression: &Expr, tokens: &Tokens<'_>) -> Result<(Name, Name)> {
    let object = object(expression, tokens, "an index, as in `after::Users::USERS_EMAIL_IDX`")?;
    match object {
        Object::Index(table, index) => Ok((table, index)),
        _ => Err(not_a_token(expression, tokens, "an index, as in `after::Users::USERS_EMAIL_IDX`")),
    }
}

fn object_name(
    expression: &Expr,
    tokens: &Tokens<'_>,
    wanted: fn(&Object) -> Option<&Name>,
    what: &str,
) -> Result<Name> {
    let object = object(expression, tokens, what)?;
    wanted(&object).cloned().ok_or_else(|| not_a_token(expression, tokens, what))
}

fn object(expression: &Expr, tokens: &Tokens<'_>, what: &str) -> Result<Object> {
    let Expr::Path(path) = expression else {
        return Err(not_a_token(expression, tokens, what));
    };
    match tokens.object(&path.path) {
        Ok((_, _, object)) => Ok(object),
        Err(message) => Err(Diagnostic::new(Code::UNKNOWN_TOKEN, message)
            .label(span(tokens.source, path.span()), format!("expected {what}"))),
    }
}

fn not_a_token(expression: &Expr, tokens: &Tokens<'_>, what: &str) -> Diagnostic {
    let place = span(tokens.source, expression.span());
    let macros = if mentions(expression, "macro") { " (macros are not looked into)" } else { "" };
    Diagnostic::new(Code::BAD_OPERATION, format!("{what} belongs here{macros}"))
        .label(place, "written out, so that it is known without running it")
}

fn as_column(object: &Object) -> Option<&Name> {
    match object {
        Object::Column(_, name) => Some(name),
        _ => None,
    }
}

fn as_unique(object: &Object) -> Option<&Name> {
    match object {
        Object::Unique(_, name) => Some(name),
        _ => None,
    }
}

fn as_foreign_key(object: &Object) -> Option<&Name> {
    match object {
        Object::ForeignKey(_, name) => Some(name),
        _ => None,
    }
}

fn as_check(object: &Object) -> Option<&Name> {
    match object {
        Object::Check(_, name) => Some(name),
        _ => None,
    }
}
