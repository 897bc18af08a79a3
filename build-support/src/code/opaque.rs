//! Steps that are taken at their author's word: hand-written SQL, and Rust code over rows.

use syn::spanned::Spanned;
use syn::{Expr, Lit, Member};
use whimbrel_schema::{Code, Diagnostic, Dialect, Effect, Name, Operation, Pair, Sql, first_word};

use super::function::Call;
use super::operation::{table_name, unknown};
use super::{Tokens, span};

type Result<T> = std::result::Result<T, Diagnostic>;

/// Reads `sql(..).changes(..).run()`. What `alters` names goes to `altered`.
pub(super) fn sql(
    text: &Expr,
    clauses: &[Call<'_>],
    run: &Call<'_>,
    tokens: &Tokens<'_>,
    altered: &mut Vec<Pair<Name>>,
) -> Result<Operation> {
    if run.method != "run" || !run.arguments.is_empty() {
        return Err(unknown(run, tokens, "hand-written SQL ends in `.run()?`".to_owned()));
    }
    let sql = script(text, tokens)?;
    check_texts(&sql, text, tokens)?;
    let effects = effects(clauses, run, tokens, altered)?;
    Ok(Operation::Sql { sql, effects })
}

/// Reads `data(|rows| ..)`, whose code is free: it is hashed with the data code of the migration.
pub(super) fn data(closure: &syn::ExprClosure, tokens: &Tokens<'_>) -> Result<Operation> {
    let plain = closure.inputs.len() == 1 && closure.asyncness.is_none() && closure.attrs.is_empty();
    if plain {
        return Ok(Operation::Code);
    }
    Err(Diagnostic::new(Code::BAD_OPERATION, "the closure of `data` takes one parameter: the rows")
        .label(span(tokens.source, closure.or1_token.span), "this closure")
        .help("write it as `|rows| { .. Ok(()) }`"))
}

fn effects(
    clauses: &[Call<'_>],
    run: &Call<'_>,
    tokens: &Tokens<'_>,
    altered: &mut Vec<Pair<Name>>,
) -> Result<Vec<Effect>> {
    let mut effects = Vec::new();
    for call in clauses {
        let effect = match (call.method.to_string().as_str(), &call.arguments[..]) {
            ("changes", [table]) => Effect::Changes { table: table_name(table, tokens)? },
            ("creates", [table]) => Effect::Creates { table: table_name(table, tokens)? },
            ("drops", [table]) => Effect::Drops { table: table_name(table, tokens)? },
            ("alters", [previous, next]) => {
                let names = Pair::new(table_name(previous, tokens)?, table_name(next, tokens)?);
                let table = names.next.clone();
                altered.push(names);
                Effect::Alters { table }
            }
            ("touches_nothing", []) if clauses.len() == 1 => return Ok(effects),
            (method, _) => {
                return Err(unknown(call, tokens, format!("`{method}` does not belong here"))
                    .help("what may stand here is `.changes(table)`, `.creates(table)`, `.drops(table)`, `.alters(before, after)` and `.touches_nothing()`"));
            }
        };
        effects.push(effect);
    }
    if effects.is_empty() {
        let message = "nothing says what this SQL does to tables".to_owned();
        return Err(unknown(run, tokens, message).help(
            "say it before `.run()?`: `.changes(table)`, `.creates(table)`, `.drops(table)`, \
             `.alters(before, after)`, or `.touches_nothing()`",
        ));
    }
    Ok(effects)
}

/// Reads SQL: a text, or one for each database.
pub(super) fn script(text: &Expr, tokens: &Tokens<'_>) -> Result<Sql> {
    match text {
        Expr::Lit(syn::ExprLit { lit: Lit::Str(text), .. }) => Ok(Sql::from(text.value().as_str())),
        Expr::Struct(value) if value.rest.is_none() && value.path.is_ident("PerDialect") => {
            let texts: Vec<(Dialect, String)> =
                value.fields.iter().map(|field| field_text(field, tokens)).collect::<Result<_>>()?;
            Ok(Sql::each(texts.iter().map(|(dialect, text)| (*dialect, text.as_str()))))
        }
        other => Err(not_written_out(other, tokens)),
    }
}

fn field_text(field: &syn::FieldValue, tokens: &Tokens<'_>) -> Result<(Dialect, String)> {
    let dialect = match &field.member {
        Member::Named(name) => Dialect::from_key(&name.to_string()),
        Member::Unnamed(_) => None,
    };
    match (dialect, &field.expr) {
        (Some(dialect), Expr::Lit(syn::ExprLit { lit: Lit::Str(text), .. })) => Ok((dialect, text.value())),
        (Some(_), other) => Err(not_written_out(other, tokens)),
        (None, _) => {
            let place = span(tokens.source, field.member.span());
            Err(Diagnostic::new(Code::BAD_OPERATION, "`PerDialect` has `sqlite`, `postgres` and `mysql`")
                .label(place, "not a database"))
        }
    }
}

fn not_written_out(expression: &Expr, tokens: &Tokens<'_>) -> Diagnostic {
    Diagnostic::new(Code::BAD_OPERATION, "SQL is a text in quotes, or a `PerDialect` of such texts")
        .label(span(tokens.source, expression.span()), "what this is cannot be known without running it")
        .help("write it out: `PerDialect { sqlite: \"..\", postgres: \"..\", mysql: \"..\" }`")
}

/// What begins or ends a transaction would make half a migration last.
const TRANSACTION: [&str; 7] = ["ABORT", "BEGIN", "COMMIT", "END", "RELEASE", "ROLLBACK", "SAVEPOINT"];

/// What acts on the connection or on the file rather than in the transaction.
const CONNECTION: [&str; 5] = ["ATTACH", "DETACH", "PRAGMA", "USE", "VACUUM"];

fn check_texts(sql: &Sql, expression: &Expr, tokens: &Tokens<'_>) -> Result<()> {
    let place = span(tokens.source, expression.span());
    let words: Vec<String> =
        Dialect::ALL.into_iter().filter_map(|dialect| sql.text(dialect)).map(first_word).collect();
    if let Some(word) = words.iter().find(|word| TRANSACTION.contains(&word.as_str())) {
        let message = format!("`{word}` is not for migrations, which run in transactions of whimbrel's");
        return Err(Diagnostic::new(Code::BAD_SQL, message)
            .label(place, "begins or ends a transaction")
            .help("remove the step: a migration is done whole, or not at all"));
    }
    if let Some(word) = words.iter().find(|word| CONNECTION.contains(&word.as_str())) {
        let message =
            format!("`{word}` is not for migrations: it changes the connection, not what is in the database");
        return Err(Diagnostic::new(Code::BAD_SQL, message)
            .label(place, "changes the connection")
            .help("remove the step, and do this where the application connects"));
    }
    if sql.is_blank() {
        return Err(Diagnostic::new(Code::BAD_SQL, "this SQL is empty").label(place, "nothing would be run"));
    }
    Ok(())
}
