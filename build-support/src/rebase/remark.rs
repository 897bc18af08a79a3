//! What hand-written code speaks of and the other side has changed.

use std::collections::BTreeSet;

use whimbrel_schema::{Difference, DifferenceKind, Name, Object, Source, SourceId, Sources, Span};

/// What to look at again in a migration: a line of its file each.
pub(super) fn remarks(
    sources: &Sources,
    id: SourceId,
    named: &[(Object, Span)],
    changed: &[Difference],
) -> Vec<String> {
    let mut remarks = BTreeSet::new();
    for (object, span) in named {
        if let Some(difference) = changed.iter().find(|difference| is_about(difference, object)) {
            let line = sources.position(*span).line;
            remarks.insert((line, format!("it names {}; theirs: {difference}", object.in_words())));
        }
    }
    for (line, text) in strings(sources.get(id)) {
        let words: BTreeSet<&str> =
            text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').collect();
        for difference in changed {
            if let Some(name) = spoken_of(difference, &words) {
                remarks.insert((
                    line,
                    format!("its SQL says `{name}`, and stays as it is; theirs: {difference}"),
                ));
            }
        }
    }
    remarks.into_iter().map(|(line, remark)| format!("(line {line} before it was moved): {remark}")).collect()
}

/// Whether a difference is about something as it was called before.
fn is_about(difference: &Difference, object: &Object) -> bool {
    let (table, part) = before(difference);
    match object {
        Object::Table(name) => part.is_none() && *name == table,
        Object::Column(whole, name) => *whole == table && part.as_ref() == Some(name),
        _ => difference.object == *object,
    }
}

/// The name that a text says, of what another side has changed.
fn spoken_of(difference: &Difference, words: &BTreeSet<&str>) -> Option<String> {
    let (table, part) = before(difference);
    let says = |name: &Name| words.contains(name.as_str());
    match (&difference.object, part) {
        (Object::Table(_), _) => says(&table).then(|| table.to_string()),
        (Object::Column(..), Some(column)) => says(&column).then(|| column.to_string()),
        _ => None,
    }
}

/// Table and column as they were called before; what is said of a rename begins with that.
fn before(difference: &Difference) -> (Name, Option<Name>) {
    let whole = difference.object.whole().clone();
    match (&difference.object, difference.kind) {
        (Object::Table(_), DifferenceKind::Renamed) => {
            (Name::new(difference.name.strip_prefix("table ").unwrap_or(&difference.name)), None)
        }
        (Object::Column(..), DifferenceKind::Renamed) => {
            let name = difference.name.split_once('.').map(|(_, column)| Name::new(column));
            (whole, name)
        }
        (Object::Column(_, column), _) => (whole, Some(column.clone())),
        _ => (whole, None),
    }
}

/// The string literals of a file, with the lines on which they begin.
fn strings(source: &Source) -> Vec<(usize, String)> {
    struct Strings(Vec<(usize, String)>);
    fn walk(tokens: proc_macro2::TokenStream, found: &mut Strings) {
        for token in tokens {
            match token {
                proc_macro2::TokenTree::Group(group) => walk(group.stream(), found),
                proc_macro2::TokenTree::Literal(literal) => {
                    if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                        found.0.push((literal.span().start().line, text.value()));
                    }
                }
                proc_macro2::TokenTree::Ident(_) | proc_macro2::TokenTree::Punct(_) => {}
            }
        }
    }
    let mut found = Strings(Vec::new());
    walk(source.text.parse().unwrap_or_default(), &mut found);
    found.0
}
