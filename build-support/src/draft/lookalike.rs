//! Drops and adds that look like a rename.

use whimbrel_schema::{Code, ColumnType, Diagnostic, HazardCode, Name, Object, Pair, Renames, Schema};

use super::{Doubt, Renamed, Wishes};
use crate::analysis::Analysis;
use crate::hazards::is_drop_accepted;

/// What went and what came that look like one thing under another name: nothing is dropped until
/// someone has said that it is no rename.
pub(super) fn lookalikes(
    pair: Pair<&Schema>,
    renames: &Renames,
    wishes: &Wishes,
    analysis: &Analysis,
) -> Vec<(Diagnostic, Doubt)> {
    let accepted = |object: &str| is_drop_accepted(object, &wishes.accept);
    let renamed_tables: Vec<&Name> = renames.tables.values().collect();
    let gone = pair.previous.tables.values().filter(|table| {
        !pair.next.tables.contains_key(&table.name) && !renamed_tables.contains(&&table.name)
    });
    let mut problems = Vec::new();
    for gone in gone.filter(|table| !accepted(table.name.as_str())) {
        let came = pair.next.tables.values().find(|came| {
            let new =
                !pair.previous.tables.contains_key(&came.name) && !renames.tables.contains_key(&came.name);
            let shared = came.columns.keys().filter(|name| gone.columns.contains_key(*name)).count();
            new && shared * 2 > gone.columns.len().max(came.columns.len())
        });
        if let Some(came) = came {
            let names = Pair::new(gone.name.clone(), came.name.clone());
            let place = analysis.schema.origins.get(&Object::Table(came.name.clone()));
            let hint = format!("renamed_from = \"{}\"` in [table.{}]", names.previous, names.next);
            problems.push(lookalike(Renamed::Table(names), place, &hint));
        }
    }
    for next in pair.next.tables.values() {
        let previous_name = renames.tables.get(&next.name).unwrap_or(&next.name);
        let Some(previous) = pair.previous.table(previous_name.as_str()) else { continue };
        let renamed: Vec<&Name> = renames
            .columns
            .iter()
            .filter(|((table, _), _)| *table == next.name)
            .map(|(_, name)| name)
            .collect();
        let gone = previous
            .columns
            .values()
            .filter(|column| !next.columns.contains_key(&column.name) && !renamed.contains(&&column.name));
        for gone in gone.filter(|column| !accepted(&format!("{}.{}", next.name, column.name))) {
            let came = next.columns.values().find(|came| {
                !previous.columns.contains_key(&came.name)
                    && !renames.columns.contains_key(&(next.name.clone(), came.name.clone()))
                    && same_family(&came.column_type, &gone.column_type)
            });
            if let Some(came) = came {
                let names = Pair::new(gone.name.clone(), came.name.clone());
                let place =
                    analysis.schema.origins.get(&Object::Column(next.name.clone(), came.name.clone()));
                let hint = format!("renamed_from = \"{}\"` on the column", gone.name);
                problems.push(lookalike(Renamed::Column(next.name.clone(), names), place, &hint));
            }
        }
    }
    problems.extend(renamed_values(pair, renames, &accepted, analysis));
    problems
}

/// A value that went and one that came, in one enum.
fn renamed_values(
    pair: Pair<&Schema>,
    renames: &Renames,
    accepted: &dyn Fn(&str) -> bool,
    analysis: &Analysis,
) -> Vec<(Diagnostic, Doubt)> {
    let mut problems = Vec::new();
    for next in pair.next.enums.values() {
        let Some(previous) = pair.previous.enumeration(next.name.as_str()) else { continue };
        let renamed: Vec<&Pair<String>> = renames.values.get(&next.name).into_iter().flatten().collect();
        let came = next
            .values
            .iter()
            .find(|value| !previous.has(value) && !renamed.iter().any(|renamed| renamed.next == **value));
        let gone = previous
            .values
            .iter()
            .filter(|value| !next.has(value) && !renamed.iter().any(|renamed| renamed.previous == **value))
            .find(|value| !accepted(&format!("{}.{value}", next.name)));
        if let (Some(gone), Some(came)) = (gone, came) {
            let names = Pair::new(gone.clone(), came.clone());
            let place = analysis.schema.origins.get(&Object::Enum(next.name.clone()));
            let hint = format!("renamed_values = {{ {came} = \"{gone}\" }}` on the enum");
            problems.push(lookalike(Renamed::Value(next.name.clone(), names), place, &hint));
        }
    }
    problems
}

fn lookalike(renamed: Renamed, place: Option<whimbrel_schema::Span>, hint: &str) -> (Diagnostic, Doubt) {
    let Pair { previous, next } = renamed.names();
    let diagnostic = Diagnostic::new(
        Code::UNRESOLVED_RENAME,
        format!("`{previous}` is gone and `{next}` is new: is it the same under another name?"),
    )
    .label_if(place, format!("`{previous}` under another name?"))
    .help(format!("if it is, write `{hint}, or call migrate-new with --rename {previous}={next}"))
    .help(format!(
        "if it is not, and `{previous}` is to be dropped: --accept {}:{previous}=\"why\"",
        HazardCode::LooksRenamed
    ));
    (diagnostic, Doubt::Renamed(renamed))
}

fn same_family(one: &ColumnType, other: &ColumnType) -> bool {
    one.marker() == other.marker()
}
