//! What only the author of a change can decide, as diagnostics.

use whimbrel_schema::plan::{Plan, Question};
use whimbrel_schema::{Code, Diagnostic, Object, Pair, Schema};

use super::{Doubt, Way, Wishes};
use crate::analysis::Analysis;

pub(super) fn open_questions(
    plan: &Plan,
    pair: Pair<&Schema>,
    wishes: &Wishes,
    analysis: &Analysis,
) -> Vec<(Diagnostic, Option<Doubt>)> {
    let relevant = plan
        .questions
        .iter()
        .filter(|question| wishes.irreversible.is_none() || !matches!(question, Question::NoWayBack(_)));
    relevant.map(|question| (open_question(question, analysis), doubt(question, pair, Way::There))).collect()
}

fn doubt(question: &Question, pair: Pair<&Schema>, way: Way) -> Option<Doubt> {
    let column = question.column();
    let column = (column.0.clone(), column.1.clone());
    match question {
        Question::Backfill { .. } => {
            let schema = match way {
                Way::There => pair.next,
                Way::Back => pair.previous,
            };
            let definition = schema.table(column.0.as_str())?.column(column.1.as_str())?;
            Some(Doubt::Backfill { column_type: definition.column_type.clone(), column, way })
        }
        Question::Using { types, .. } => Some(Doubt::Using { column, types: types.clone(), way }),
        Question::NoWayBack(question) => doubt(question, pair, Way::Back),
    }
}

fn open_question(question: &Question, analysis: &Analysis) -> Diagnostic {
    let (table, column) = question.column();
    let object = Object::Column(table.clone(), column.clone());
    let place = analysis.schema.origins.get(&object);
    match question {
        Question::Backfill { .. } => Diagnostic::new(
            Code::NEEDS_BACKFILL,
            format!("existing rows would have no value for `{table}.{column}`, which is NOT NULL"),
        )
        .label_if(place, "what do existing rows get?")
        .help("say it: `backfill = \"..\"` or `backfill = { sql = \"..\" }` on the column")
        .help(match analysis.chain.head_schema().table(table.as_str()).and_then(|table| table.column(column.as_str())) {
            Some(_) => "a default is for rows to come, and not for those that have NULL; or keep the column nullable (`?`)",
            None => "or give the column a default, or make it nullable (`?`)",
        }),
        Question::Using { types, .. } => Diagnostic::new(
            Code::NEEDS_USING,
            format!(
                "values of type `{}` do not become `{}` by themselves, in `{table}.{column}`",
                types.previous, types.next
            ),
        )
        .label_if(place, format!("was `{}`", types.previous))
        .help(format!("say how: migrate-new .. --using {table}.{column}=\"SQL over the row\"")),
        Question::NoWayBack(question) => {
            let gone = analysis.chain.links.iter().rev().find_map(|link| link.origins.get(&object));
            let head = analysis.chain.head_schema();
            let column_then = head.table(table.as_str()).and_then(|table| table.column(column.as_str()));
            let personal = column_then.is_some_and(|column| column.personal);
            let remedy = match &**question {
                Question::Using { .. } => {
                    format!("say how: migrate-new .. --using-back {table}.{column}=\"SQL over the row\"")
                }
                _ => {
                    let who = if personal { "every row gets" } else { "rows inserted since get" };
                    format!("say what {who}: migrate-new .. --backfill {table}.{column}=VALUE")
                }
            };
            let why = match &**question {
                Question::Using { types, .. } => {
                    format!("`{}` does not become `{}` again by itself", types.previous, types.next)
                }
                _ if personal => {
                    "its values are personal and are not kept, it is NOT NULL and has no default".to_owned()
                }
                _ => "it is NOT NULL, and rows would have no value for it".to_owned(),
            };
            Diagnostic::new(
                Code::NO_WAY_BACK,
                format!("a downgrade could not bring back `{table}.{column}`: {why}"),
            )
            .label_if(gone, "as it is in the last migration")
            .label_if(place, "as it is in the schema")
            .help(remedy)
            .help("or write no downgrade: migrate-new .. --irreversible \"why\"")
        }
    }
}
