//! Uniqueness: that rows which are written out differ where they must, and that those which are made do by
//! construction. Whether there are enough values is arithmetic.

mod meet;
mod needed;
mod problem;
mod written;

use self::needed::{Decision, Needed};
pub(super) use self::problem::group_span;
use self::problem::{Problem, Wish, impossible};
use self::written::check_written;
use super::Checker;
use super::draft::{Drafts, TablePart};
use super::table::unique_keys;
use crate::Name;
use crate::seed::model::{Distinct, Group, Joint, Maker};
use crate::seed::{Manifest, SeedSet, SeedTable};

/// Checks every table, and decides which columns of which groups are distinct.
pub(super) fn check(checker: &Checker<'_>, manifest: &Manifest, sets: &mut [SeedSet], drafts: &Drafts<'_>) {
    // The largest, because there are the most rows then.
    let largest = manifest
        .sizes
        .iter()
        .filter(|(_, size)| **size > 1.0)
        .max_by(|(_, one), (_, other)| one.total_cmp(other));
    let size = largest.map_or(1.0, |(_, size)| *size);
    let at = largest.map_or_else(String::new, |(name, _)| format!(" at size `{name}`"));
    for set in 0..sets.len() {
        for table in 0..sets[set].tables.len() {
            let part = &drafts.sets[set].parts[table];
            let keys = unique_keys(&part.table);
            for key in &keys {
                check_written(checker, part, &sets[set].tables[table], key);
            }
            let mut broken = Vec::new();
            for group in 0..sets[set].tables[table].groups.len() {
                let needed = Needed { sets, set, table, group, size, at: &at };
                let lone = keys.iter().find_map(|key| needed.lone(key));
                let by_schema = keys.iter().map(|key| (needed.decide(key), key.clone(), Wish::Schema));
                let by_word = needed.asked().map(|(column, decided)| {
                    (decided, vec![needed.table().columns[column].name.clone()], Wish::Author)
                });
                let all: Vec<_> = by_schema.chain(by_word).collect();
                let made = &mut sets[set].tables[table].groups[group];
                made.lone = lone;
                let mut joints = Vec::new();
                for (decided, key, wish) in all {
                    match decided {
                        Ok(None) => {}
                        Ok(Some(Decision::Column(column, distinct))) => {
                            made.distinct[column] = made.distinct[column].max(distinct);
                        }
                        Ok(Some(Decision::Together(joint))) => joints.push((joint, key)),
                        Err(problem) => {
                            broken.push((group, key.clone()));
                            checker.report(impossible(part, group, &key, problem, wish));
                        }
                    }
                }
                for (joint, key) in join(made, joints) {
                    let needed = Needed { sets, set, table, group, size, at: &at };
                    let names = needed.names(&joint.columns);
                    broken.push((group, key.clone()));
                    checker.report(impossible(
                        part,
                        group,
                        &key,
                        Problem::Claimed { columns: names },
                        Wish::Schema,
                    ));
                }
            }
            for key in &keys {
                check_groups(checker, part, &sets[set].tables[table], key, &broken);
            }
        }
    }
}

/// Keeps columns distinct together, but for those of which one is distinct by itself; the keys for which that cannot be,
/// because another key wants one of the columns as well.
fn join(group: &mut Group, joints: Vec<(Joint, Vec<Name>)>) -> Vec<(Joint, Vec<Name>)> {
    let mut left = Vec::new();
    for (joint, key) in joints {
        if joint.columns.iter().any(|column| group.distinct[*column] >= joint.distinct) {
            continue;
        }
        let is_free = |column: &usize| {
            group.distinct[*column] == Distinct::No
                && !group.joints.iter().any(|other| other.columns.contains(column))
        };
        match group.joints.contains(&joint) {
            true => {}
            false if joint.columns.iter().all(is_free) => group.joints.push(joint),
            false => left.push((joint, key)),
        }
    }
    left
}

/// Groups whose rows may agree in a unique key with those of a group before them.
fn check_groups(
    checker: &Checker<'_>,
    part: &TablePart<'_>,
    table: &SeedTable,
    key: &[Name],
    broken: &[(usize, Vec<Name>)],
) {
    let columns: Option<Vec<usize>> = key.iter().map(|name| table.column(name.as_str())).collect();
    let Some(columns) = columns else { return };
    let told = |group: usize| broken.iter().any(|(other, of)| *other == group && of == key);
    for (group, made) in table.groups.iter().enumerate() {
        let meets = |(other, before): (usize, &Group)| {
            !told(other)
                && !columns.iter().any(|column| meet::apart(before, made, *column))
                && !meet::share(before, made, &columns)
        };
        if !told(group) && table.groups[..group].iter().enumerate().any(meets) {
            let is_own = |column: &&usize| !matches!(made.cells[**column], Maker::Parent { .. });
            let Some(column) = columns.iter().find(is_own).or_else(|| columns.first()) else { continue };
            let problem = Problem::Otherwise { column: table.columns[*column].name.clone() };
            checker.report(impossible(part, group, key, problem, Wish::Schema));
        }
    }
}
