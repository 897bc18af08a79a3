//! Reviews as Markdown: a comment in a pull request, the summary of a run, a snapshot.

use whimbrel_schema::text::counted;
use whimbrel_schema::{Dialect, DifferenceKind, Pair, Severity};

use super::diagram::mermaid;
use super::{Danger, Review};

/// Longer SQL is folded.
const SHORT: usize = 8;

/// The reviews, one after the other.
pub(crate) fn markdown(reviews: &[Review]) -> String {
    reviews.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn one(review: &Review) -> String {
    let mut parts = vec![format!("## {}", review.revision)];
    if !review.remarks.is_empty() {
        parts.push(prose(&review.remarks));
    }
    parts.push(place(review));
    parts.extend(replaces(review));
    parts.push(changes(review));
    parts.push(dangers(review));
    parts.push(locks(review));
    if review.opaque.previous + review.opaque.next > 0 {
        parts.push(format!(
            "**Rust code** runs on rows in {}; read `migrations/{}/migration.rs`.",
            counted(review.opaque.previous + review.opaque.next, "step"),
            review.revision
        ));
    }
    parts.extend(review.sql.iter().map(|(dialect, sql)| statements(*dialect, sql)));
    if !review.diagram.tables.is_empty() {
        parts.push(format!("```mermaid\n{}\n```", mermaid(&review.diagram)));
    }
    parts.join("\n\n") + "\n"
}

fn place(review: &Review) -> String {
    let behind = match &review.parent {
        Some(parent) => format!("Behind `{parent}`."),
        None => "The first migration.".to_owned(),
    };
    let losses = match &review.losses[..] {
        [] => ".".to_owned(),
        [only] => format!(": {}.", prose(only.trim_end_matches('.'))),
        several => several.iter().fold(":\n".to_owned(), |text, loss| text + "\n- " + &prose(loss)),
    };
    format!("{behind} Rolling back is **{}**{losses}", review.reversal)
}

/// Said of a migration that others were made one with: nothing of it runs where those ran.
fn replaces(review: &Review) -> Option<String> {
    let names: Vec<String> = review.replaces.iter().map(|name| code(name)).collect();
    (!names.is_empty()).then(|| {
        format!(
            "It **stands for** {}, and runs only where none of them has been applied: {}.",
            counted(names.len(), "migration"),
            names.join(", ")
        )
    })
}

fn changes(review: &Review) -> String {
    if review.changes.is_empty() {
        return "No change of the schema.".to_owned();
    }
    let rows = review.changes.iter().map(|difference| {
        let act = match difference.kind {
            DifferenceKind::Added => "new",
            DifferenceKind::Dropped => "dropped",
            DifferenceKind::Changed => "changed",
            DifferenceKind::Renamed => "renamed",
        };
        let definition = match (&difference.definition.previous, &difference.definition.next) {
            (Some(previous), Some(next)) => format!("{} \u{2192} {}", code(previous), code(next)),
            (None, Some(only)) | (Some(only), None) if !only.is_empty() => code(only),
            _ => String::new(),
        };
        format!("| {act} | {} | {definition} |", code(&difference.name))
    });
    let head = "| | What | Definition |\n|---|---|---|".to_owned();
    std::iter::once(head).chain(rows).collect::<Vec<_>>().join("\n")
}

fn dangers(review: &Review) -> String {
    match &review.dangers[..] {
        [] => "**Hazards:** none.".to_owned(),
        dangers => {
            let rows: Vec<String> = dangers.iter().map(|danger| row(danger, review)).collect();
            let head = "**Hazards**\n\n| Weight | Code | What | Safer |\n|---|---|---|---|";
            format!("{head}\n{}", rows.join("\n"))
        }
    }
}

fn row(danger: &Danger, review: &Review) -> String {
    let weight = match (danger.weight, &danger.accepted) {
        (_, Some(reason)) => format!("accepted: {}", cell(reason)),
        (Severity::Error, None) => "**error**".to_owned(),
        (weight, None) => weight.key().to_owned(),
    };
    let on = review.only_on(danger);
    format!("| {weight} | `{}` | {}{on} | {} |", danger.name, cell(&danger.what), cell(danger.safer))
}

fn locks(review: &Review) -> String {
    match &review.locks[..] {
        [] => "**Locks:** none that would keep others waiting.".to_owned(),
        locks => {
            let lines = locks.iter().map(|danger| {
                format!(
                    "- {}{}: {} `{}`",
                    prose(&danger.what),
                    review.only_on(danger),
                    prose(danger.reason),
                    danger.code
                )
            });
            format!("**Locks**\n\n{}", lines.collect::<Vec<_>>().join("\n"))
        }
    }
}

fn statements(dialect: Dialect, sql: &Pair<Vec<String>>) -> String {
    let Pair { previous: up, next: down } = sql;
    let text = |statements: &[String]| match statements {
        [] => "-- nothing".to_owned(),
        some => some.iter().map(|statement| statement.trim_end().to_owned()).collect::<Vec<_>>().join("\n"),
    };
    let body = format!("-- upgrade\n{}\n\n-- downgrade\n{}", text(up), text(down));
    let fence = "`".repeat(longest_run(&body).max(2) + 1);
    let block = format!("{fence}sql\n{body}\n{fence}");
    let title = format!("SQL on {dialect}: {} up, {} down", counted(up.len(), "statement"), down.len());
    match body.lines().count() > SHORT {
        true => format!("<details><summary>{title}</summary>\n\n{block}\n\n</details>"),
        false => format!("**{title}**\n\n{block}"),
    }
}

fn longest_run(text: &str) -> usize {
    text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0)
}

/// Text of others that stays text: no markup, and no HTML. What stands between two backticks is code already, and an
/// underscore inside a word is one.
fn prose(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let in_word = |at: usize| {
        let is_word = |at: Option<usize>| {
            at.and_then(|at| letters.get(at)).is_some_and(|letter| letter.is_alphanumeric())
        };
        is_word(at.checked_sub(1)) && is_word(Some(at + 1))
    };
    let (mut shown, mut in_code) = (String::new(), false);
    for (at, letter) in letters.iter().enumerate() {
        in_code ^= *letter == '`';
        match letter {
            '<' if !in_code => shown.push_str("&lt;"),
            '_' if !in_code && in_word(at) => shown.push('_'),
            '\\' | '*' | '_' | '[' | ']' if !in_code => shown.extend(['\\', *letter]),
            letter => shown.push(*letter),
        }
    }
    shown
}

/// The same in a table.
fn cell(text: &str) -> String {
    prose(text).replace('|', "\\|").replace('\n', " ")
}

/// A definition in a table.
fn code(text: &str) -> String {
    let fence = "`".repeat(longest_run(text) + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    let text = text.replace('|', "\\|").replace('\n', " ");
    format!("{fence}{space}{text}{space}{fence}")
}
