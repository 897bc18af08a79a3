//! Alterations with the definitions behind their names, as the servers carry them out.

use super::{Grammar, Group};
use crate::{Alteration, Check, Column, Expression, Name, Pair, PrimaryKey, Unique};

/// One alteration that is not a rename. Foreign keys are not among them: see [`moves`](super::moves).
pub(in crate::render) enum Act<'a> {
    AddColumn { column: &'a Column, backfill: Option<&'a Expression> },
    DropColumn(&'a Column),
    AlterColumn { columns: Pair<&'a Column>, using: Option<&'a Expression>, backfill: Option<&'a Expression> },
    AddPrimaryKey(&'a PrimaryKey),
    DropPrimaryKey,
    AddUnique(&'a Name, &'a Unique),
    DropUnique(&'a Name),
    AddCheck(&'a Name, &'a Check),
    DropCheck(&'a Name),
    SetOptions,
}

/// What the alterations of a group are for this database. A column that becomes computed, or is computed
/// in another way, is exchanged: no server turns the one into the other.
pub(in crate::render) fn acts<'a>(grammar: &Grammar, group: &Group<'a>) -> Vec<Act<'a>> {
    let Pair { previous, next } = group.tables;
    let here = |check: &&Check| check.only.includes(grammar.dialect);
    let mut acts = Vec::new();
    for (index, alteration) in group.alterations.iter().enumerate() {
        match alteration {
            Alteration::AddColumn { column, backfill } | Alteration::RestoreColumn { column, backfill } => {
                let added = next.column(column.as_str());
                acts.extend(added.map(|column| Act::AddColumn { column, backfill: backfill.as_ref() }));
            }
            Alteration::DropColumn { column } => {
                acts.extend(previous.column(column.as_str()).map(Act::DropColumn));
            }
            Alteration::AlterColumn { column, using, backfill, .. } => {
                let columns = group.tables.both(|table| table.column(column.as_str()));
                let Some(columns) = columns.filter(|_| !altered_again(group, index, column)) else {
                    continue;
                };
                let (using, backfill) = (using.as_ref(), backfill.as_ref());
                if columns.next.generated.is_some() && columns.previous.generated != columns.next.generated {
                    acts.push(Act::DropColumn(columns.previous));
                    acts.push(Act::AddColumn { column: columns.next, backfill: None });
                } else {
                    acts.push(Act::AlterColumn { columns, using, backfill });
                }
            }
            Alteration::AddPrimaryKey => acts.extend(next.primary_key.as_ref().map(Act::AddPrimaryKey)),
            Alteration::DropPrimaryKey => acts.push(Act::DropPrimaryKey),
            Alteration::AddUnique { name } => {
                acts.extend(next.uniques.get(name).map(|unique| Act::AddUnique(name, unique)));
            }
            Alteration::DropUnique { name } => acts.push(Act::DropUnique(name)),
            Alteration::AddCheck { name } => {
                acts.extend(next.checks.get(name).filter(here).map(|check| Act::AddCheck(name, check)));
            }
            Alteration::DropCheck { name } => {
                acts.extend(previous.checks.get(name).filter(here).map(|_| Act::DropCheck(name)));
            }
            Alteration::SetOptions => acts.push(Act::SetOptions),
            Alteration::RenameColumn { .. }
            | Alteration::AddForeignKey { .. }
            | Alteration::DropForeignKey { .. } => {}
        }
    }
    acts
}

/// The last one counts: it already leads to what the column becomes.
fn altered_again(group: &Group<'_>, index: usize, name: &Name) -> bool {
    let mut later = group.alterations[index + 1..].iter();
    later.any(|other| matches!(other, Alteration::AlterColumn { column, .. } if column == name))
}
