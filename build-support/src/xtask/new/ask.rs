//! Questions to the author, in a terminal.

use std::io::{BufRead as _, IsTerminal as _};

use whimbrel_schema::HazardCode;

use super::hint::Hint;
use crate::draft::{Doubt, Renamed, Way, Wishes, read_value};
use crate::xtask::output;

/// Someone who can be asked.
pub(super) trait Asker {
    /// The answer to a question, without the blanks around it; none if there will be no more.
    fn ask(&mut self, question: &str) -> Option<String>;
}

/// The person at the terminal.
pub(super) struct Terminal(());

impl Terminal {
    /// If there is one, for questions and for answers.
    pub(super) fn attached() -> Option<Self> {
        (std::io::stdin().is_terminal() && std::io::stderr().is_terminal()).then_some(Self(()))
    }
}

impl Asker for Terminal {
    fn ask(&mut self, question: &str) -> Option<String> {
        output::eprint(&output::visible(question));
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line);
        matches!(read, Ok(length) if length > 0).then(|| line.trim().to_owned())
    }
}

/// Has a doubt settled, as if its answer stood on the command line, and says what the schema should say of
/// it, if anything. `None` if it was not settled: then nothing is done.
pub(super) fn settle(doubt: &Doubt, asker: &mut dyn Asker, wishes: &mut Wishes) -> Option<Option<Hint>> {
    match doubt {
        Doubt::Renamed(renamed) => same_thing(renamed, asker, wishes),
        Doubt::Backfill { column, column_type, way } => {
            let (table, name) = column;
            let who = match way {
                Way::There => "existing rows",
                Way::Back => "rows without a kept value, when it is rolled back,",
            };
            let question = format!(
                "`{table}.{name}` is NOT NULL: what do {who} get? A value of type {column_type}, or nothing to stop: "
            );
            loop {
                let value = said(asker.ask(&question))?;
                match read_value(column_type, &value) {
                    Ok(_) => {
                        wishes.backfills.insert(column.clone(), value.clone());
                        let hint = || Hint::Backfill(column.clone(), column_type.clone(), value);
                        return Some((*way == Way::There).then(hint));
                    }
                    Err(problem) => output::eprint(&output::visible(&format!("{problem}\n"))),
                }
            }
        }
        Doubt::Using { column, types, way } => {
            let (table, name) = column;
            let when = match way {
                Way::There => "",
                Way::Back => " when it is rolled back",
            };
            let question = format!(
                "values of `{table}.{name}` do not become {} from {} by themselves{when}: how do they? SQL over the \
                 row, or nothing to stop: ",
                types.next, types.previous
            );
            let sql = said(asker.ask(&question))?;
            let conversions = match way {
                Way::There => &mut wishes.conversions,
                Way::Back => &mut wishes.conversions_back,
            };
            conversions.insert(column.clone(), sql.into());
            Some(None)
        }
    }
}

fn same_thing(renamed: &Renamed, asker: &mut dyn Asker, wishes: &mut Wishes) -> Option<Option<Hint>> {
    let names = renamed.names();
    let (previous, next) = (&names.previous, &names.next);
    let question = format!(
        "`{previous}` is gone and `{next}` is new. Is it the same under another name?\n  y  it is, and keeps what it \
         has\n  n  it is not: `{previous}` is dropped\nanything else stops: "
    );
    match said(asker.ask(&question))?.to_lowercase().as_str() {
        "y" | "yes" => {
            match renamed.clone() {
                Renamed::Table(names) => _ = wishes.renamed_tables.insert(names.next, names.previous),
                Renamed::Column(table, names) => {
                    wishes.renamed_columns.insert((table, names.next), names.previous);
                }
                Renamed::Value(name, values) => {
                    let values = values.map(whimbrel_schema::Name::new);
                    wishes.renamed_columns.insert((name, values.next), values.previous);
                }
            }
            Some(Some(Hint::Renamed(renamed.clone())))
        }
        "n" | "no" => {
            let reason = said(asker.ask(&format!("why may `{previous}` be dropped? ")))?;
            wishes.accept.insert(format!("{}:{previous}", HazardCode::LooksRenamed), reason);
            Some(None)
        }
        _ => None,
    }
}

/// An answer that says something.
fn said(answer: Option<String>) -> Option<String> {
    answer.filter(|answer| !answer.is_empty())
}

#[cfg(test)]
mod tests {
    use whimbrel_schema::{ColumnType, Name, Pair};

    use super::*;

    /// Answers as they were written down beforehand; panics on a question too many.
    struct Prepared(Vec<&'static str>);

    impl Asker for Prepared {
        fn ask(&mut self, _question: &str) -> Option<String> {
            assert!(!self.0.is_empty(), "a question too many");
            Some(self.0.remove(0).to_owned())
        }
    }

    fn settled(doubt: &Doubt, answers: &[&'static str]) -> (Option<Option<Hint>>, Wishes) {
        let (mut asker, mut wishes) = (Prepared(answers.to_vec()), Wishes::default());
        let hint = settle(doubt, &mut asker, &mut wishes);
        assert!(asker.0.is_empty(), "an answer that nobody asked for");
        (hint, wishes)
    }

    fn column() -> (Name, Name) {
        (Name::new("users"), Name::new("nick"))
    }

    #[test]
    fn a_rename_is_one_only_if_it_is_said_to_be() {
        let names = Pair::new(Name::new("nick"), Name::new("handle"));
        let doubt = Doubt::Renamed(Renamed::Column(Name::new("users"), names));
        let (hint, wishes) = settled(&doubt, &["Y"]);
        assert!(matches!(hint, Some(Some(Hint::Renamed(_)))));
        assert_eq!(wishes.renamed_columns[&(Name::new("users"), Name::new("handle"))], "nick");
        let (hint, wishes) = settled(&doubt, &["no", "nobody reads it"]);
        assert_eq!(hint, Some(None));
        assert_eq!(wishes.accept["WHD107:users.nick"], "nobody reads it");
        for answers in [&[""][..], &["perhaps"], &["n", ""]] {
            let (hint, wishes) = settled(&doubt, answers);
            assert_eq!(hint, None);
            assert!(wishes.renamed_columns.is_empty() && wishes.accept.is_empty());
        }
    }

    #[test]
    fn a_value_is_asked_for_until_it_is_one() {
        let there = Doubt::Backfill { column: column(), column_type: ColumnType::Integer, way: Way::There };
        let (hint, wishes) = settled(&there, &["seven", "7"]);
        assert_eq!(hint, Some(Some(Hint::Backfill(column(), ColumnType::Integer, "7".to_owned()))));
        assert_eq!(wishes.backfills[&column()], "7");
        // A schema says nothing of the way back.
        let back = Doubt::Backfill { column: column(), column_type: ColumnType::Text, way: Way::Back };
        assert_eq!(settled(&back, &["x"]).0, Some(None));
        assert_eq!(settled(&back, &[""]).0, None);
    }

    #[test]
    fn conversions_are_of_one_way() {
        let types = Pair::new(ColumnType::Text, ColumnType::Integer);
        let doubt = |way| Doubt::Using { column: column(), types: types.clone(), way };
        let (_, wishes) = settled(&doubt(Way::There), &["length(nick)"]);
        assert!(wishes.conversions.contains_key(&column()) && wishes.conversions_back.is_empty());
        let (_, wishes) = settled(&doubt(Way::Back), &["'x'"]);
        assert!(wishes.conversions_back.contains_key(&column()) && wishes.conversions.is_empty());
    }
}
