//! Names of new migrations.

use heck::ToSnakeCase;
use whimbrel_schema::{Difference, DifferenceKind, Object};

/// A name that says what changed, for the command that a message proposes.
pub(crate) fn suggest_name(differences: &[Difference]) -> String {
    let tables: Vec<&str> = differences
        .iter()
        .filter(|difference| {
            matches!((&difference.object, difference.kind), (Object::Table(_), DifferenceKind::Added))
        })
        .map(|difference| difference.object.whole().as_str())
        .collect();
    let name = match (differences, &tables[..]) {
        ([only], _) => one_change(only),
        (_, [table]) => format!("create_{table}"),
        (all, _) => {
            let mut changed: Vec<&str> =
                all.iter().map(|difference| difference.object.whole().as_str()).collect();
            changed.sort_unstable();
            changed.dedup();
            match changed[..] {
                [table] => format!("change_{table}"),
                _ if tables.len() == changed.len() => "create_schema".to_owned(),
                _ => "change_schema".to_owned(),
            }
        }
    };
    slug(&name).unwrap_or_else(|| "change_schema".to_owned())
}

fn one_change(difference: &Difference) -> String {
    let verb = match difference.kind {
        DifferenceKind::Added => "add",
        DifferenceKind::Dropped => "drop",
        DifferenceKind::Changed => "change",
        DifferenceKind::Renamed => "rename",
    };
    match &difference.object {
        Object::Table(table) => {
            let verb = if verb == "add" { "create" } else { verb };
            format!("{verb}_{table}")
        }
        Object::Enum(name) | Object::View(name) | Object::Trigger(name) => {
            let verb = if verb == "add" { "create" } else { verb };
            format!("{verb}_{name}")
        }
        Object::PrimaryKey(table) => format!("{verb}_{table}_primary_key"),
        Object::Column(table, column) => format!("{verb}_{table}_{column}"),
        Object::Unique(_, name)
        | Object::ForeignKey(_, name)
        | Object::Check(_, name)
        | Object::Index(_, name) => {
            format!("{verb}_{name}")
        }
    }
}

/// A name as it may stand in a revision: small letters, digits and underscores, not too long.
/// `None` if nothing is left of it.
pub(crate) fn slug(text: &str) -> Option<String> {
    let ascii: String = text
        .chars()
        .map(|character| if character.is_ascii_alphanumeric() { character } else { '_' })
        .collect();
    let slug: String = ascii.to_snake_case().chars().take(80).collect();
    let slug = slug.trim_matches('_').to_owned();
    (!slug.is_empty()).then_some(slug)
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn slugs() {
        assert_eq!(slug("Add user-settings!"), Some("add_user_settings".to_owned()));
        assert_eq!(slug("addUserTZ"), Some("add_user_tz".to_owned()));
        assert_eq!(slug("../../x"), Some("x".to_owned()));
        assert_eq!(slug("…"), None);
    }
}
