//! Which of its values each column of a row gets, and what is learnt from a row that was refused.

use std::collections::BTreeMap;

use whimbrel_schema::Name;

use super::{Plan, Planned};

/// The choices for one row.
#[derive(Debug, Clone, Default)]
pub(super) struct Choice {
    /// How far each column is from its usual value.
    offsets: BTreeMap<Name, usize>,
    /// The columns of conditions that were not kept, with the value that is tried.
    searched: BTreeMap<Name, usize>,
    /// Where each condition stands in the combinations of values that are tried.
    conditions: BTreeMap<Name, usize>,
    plain: bool,
    refused: usize,
}

/// What earlier rows of the table have found out.
#[derive(Debug, Default)]
pub(super) struct Memory(BTreeMap<Name, usize>);

impl Memory {
    pub(super) fn remember(&mut self, choice: &Choice) {
        self.0.extend(choice.conditions.iter().map(|(name, combination)| (name.clone(), *combination)));
    }
}

impl Choice {
    pub(super) fn offset(&self, column: &Name) -> usize {
        self.offsets.get(column).copied().unwrap_or(0)
    }

    pub(super) fn searched(&self, column: &Name) -> Option<usize> {
        self.searched.get(column).copied()
    }

    pub(super) fn is_plain(&self) -> bool {
        self.plain
    }

    /// Changes what SQLite's words say is at fault, or else everything.
    pub(super) fn learn(&mut self, plan: &Plan<'_>, message: &str, memory: &Memory, number: usize) {
        self.refused += 1;
        let message = message.lines().next().unwrap_or(message);
        let after = |words: &str| message.split_once(words).map(|(_, rest)| rest.trim());
        if let Some(columns) = after("UNIQUE constraint failed: ") {
            let columns = columns_of(plan, columns);
            for (index, planned) in columns.iter().enumerate() {
                // Not all at once, or combinations would be left out.
                if self.refused.is_multiple_of(index + 1) {
                    self.move_on(&planned.column.name);
                }
            }
            if !columns.is_empty() {
                return;
            }
        }
        if let Some(name) = after("CHECK constraint failed: ").map(Name::new)
            && let Some(check) = plan.table.checks.get(&name)
        {
            let named = |planned: &&Planned<'_>| check.condition.names(planned.column.name.as_str());
            let columns: Vec<&Planned<'_>> = plan.columns.iter().filter(named).collect();
            self.combine(plan, name, &columns, memory, number);
            return;
        }
        if let Some(planned) = after(" column ").and_then(|column| {
            let column = column.rsplit_once('.').map_or(column, |(_, column)| column);
            message.starts_with("cannot store").then(|| plan.column(column)).flatten()
        }) {
            self.move_on(&planned.column.name);
            return;
        }
        self.plain = true;
        if self.refused > 1 {
            plan.columns.iter().for_each(|planned| self.move_on(&planned.column.name));
        }
    }

    fn move_on(&mut self, column: &Name) {
        match self.searched.get_mut(column) {
            Some(index) => *index += 1,
            None => *self.offsets.entry(column.clone()).or_default() += 1,
        }
    }

    /// The next combination of values for the columns of a condition.
    fn combine(
        &mut self,
        plan: &Plan<'_>,
        check: Name,
        columns: &[&Planned<'_>],
        memory: &Memory,
        number: usize,
    ) {
        let first = memory.0.get(&check).copied().unwrap_or(number);
        let combination = *self.conditions.entry(check).and_modify(|tried| *tried += 1).or_insert(first);
        let mut rest = combination;
        for planned in columns {
            let name = &planned.column.name;
            let references = plan.keys.iter().any(|key| key.columns.contains(name));
            if references {
                self.move_on(name);
            } else {
                self.searched.insert(name.clone(), rest % planned.choices());
                rest /= planned.choices();
            }
        }
    }
}

/// The columns that `t.a, t.b` or `index 'name'` stands for.
fn columns_of<'p, 'a>(plan: &'p Plan<'a>, words: &str) -> Vec<&'p Planned<'a>> {
    if let Some(index) = words.strip_prefix("index '").and_then(|rest| rest.strip_suffix('\'')) {
        let index =
            plan.table.indexes.iter().find(|(name, _)| name.as_str() == index).map(|(_, index)| index);
        let named = |planned: &&Planned<'_>| {
            let name = planned.column.name.as_str();
            index.is_some_and(|index| index.mentions(name) || index.sqls().any(|sql| sql.names(name)))
        };
        return plan.columns.iter().filter(named).collect();
    }
    let column = |word: &str| {
        let word = word.trim();
        plan.column(word.rsplit_once('.').map_or(word, |(_, column)| column))
    };
    words.split(", ").filter_map(column).collect()
}
