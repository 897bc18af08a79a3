//! The form of steps where the application stays online while it is migrated.

use std::collections::BTreeSet;

use whimbrel_schema::{Alteration, Dialect, Name, Operation, Pair, Schema, hazards};

/// The same operations, in the form that lets programs go on wherever that keeps somebody from waiting. What
/// has no such form stays as it is, by itself: its hazard says so. Tables that the operations create have
/// nobody who waits for them.
pub(crate) fn online(
    operations: Vec<Operation>,
    schemas: Pair<&Schema>,
    dialects: &[Dialect],
) -> Vec<Operation> {
    let mut position = schemas.previous.clone();
    let mut new: BTreeSet<Name> = BTreeSet::new();
    let mut chosen = Vec::with_capacity(operations.len());
    for operation in operations {
        let next = operation.apply(&position, schemas.next).unwrap_or_else(|_| position.clone());
        if let Operation::CreateTable { table } | Operation::RestoreTable { table, .. } = &operation {
            new.insert(table.clone());
        }
        let stays = |table: &Name| schemas.next.tables.contains_key(table) && !new.contains(table);
        match operation.table().is_some_and(stays) {
            true => {
                let place = Place { schemas: Pair::new(&position, schemas.next), dialects };
                chosen.extend(place.choose(operation));
            }
            false => chosen.push(operation),
        }
        position = next;
    }
    chosen
}

/// Where an operation stands.
struct Place<'a> {
    /// The schema at hand, and the one that the migration leads to.
    schemas: Pair<&'a Schema>,
    dialects: &'a [Dialect],
}

impl Place<'_> {
    fn choose(&self, operation: Operation) -> Vec<Operation> {
        match operation {
            Operation::CreateIndex { table, index, .. } => {
                vec![Operation::CreateIndex { table, index, online: true }]
            }
            Operation::DropIndex { table, index, .. } => {
                vec![Operation::DropIndex { table, index, online: true }]
            }
            Operation::AlterTable { table, alterations, .. } => self.alter(&table, alterations),
            other => vec![other],
        }
    }

    /// One alteration online, if nothing of it keeps anybody waiting then; else what gains by it for itself.
    fn alter(&self, table: &Name, alterations: Vec<Alteration>) -> Vec<Operation> {
        let alter = |alterations: Vec<Alteration>, online| Operation::AlterTable {
            table: table.clone(),
            alterations,
            online,
        };
        let whole = alter(alterations.clone(), true);
        if self.locks(std::slice::from_ref(&whole)).is_empty() {
            return vec![whole];
        }
        let gains = |alteration: &Alteration| {
            let locks = [false, true].map(|online| self.locks(&[alter(vec![alteration.clone()], online)]));
            !locks[0].is_empty() && locks[1].is_empty()
        };
        let plain = alter(alterations.clone(), false);
        // What a backfill says is in names from before the renames beside it.
        let renames = alterations.iter().any(|one| matches!(one, Alteration::RenameColumn { .. }));
        let (online, rest): (Vec<_>, Vec<_>) = alterations.into_iter().partition(gains);
        if online.is_empty() || rest.is_empty() || renames {
            return vec![self.calmer(plain, whole)];
        }
        let parts = [
            vec![alter(rest.clone(), false), alter(online.clone(), true)],
            vec![alter(online, true), alter(rest, false)],
        ];
        let goal = self.after(std::slice::from_ref(&plain));
        let leads = |part: &Vec<Operation>| goal.is_some() && self.after(part) == goal;
        parts.into_iter().find(leads).unwrap_or_else(|| vec![self.calmer(plain, whole)])
    }

    fn calmer(&self, plain: Operation, online: Operation) -> Operation {
        let locks = |operation: &Operation| self.locks(std::slice::from_ref(operation)).len();
        if locks(&online) < locks(&plain) { online } else { plain }
    }

    /// The names of the hazards for those who wait.
    fn locks(&self, operations: &[Operation]) -> BTreeSet<String> {
        let Pair { previous: position, next: target } = self.schemas;
        let found = hazards(operations, position, target).into_iter();
        let found = found.filter(|hazard| hazard.code.locks() && hazard.is_on(self.dialects));
        found.map(|hazard| hazard.name()).collect()
    }

    fn after(&self, operations: &[Operation]) -> Option<Schema> {
        let Pair { previous: position, next: target } = self.schemas;
        operations.iter().try_fold(position.clone(), |schema, next| next.apply(&schema, target).ok())
    }
}

#[cfg(test)]
mod tests {
    use whimbrel_schema::plan::{Intent, plan};
    use whimbrel_schema::{Document, Sources, parse, validate};

    use super::*;

    const PARENT: &str = "[table.p.columns]\nid = { type = 'integer', primary_key = true }\n";
    const HEAD: &str = "[table.t.columns]\nid = { type = 'bigint', primary_key = true }\n";

    /// The steps from one list of columns, and what comes after it, to another.
    fn steps(previous: &str, next: &str, dialects: &[Dialect]) -> Vec<String> {
        let read = |text: &str| {
            let mut sources = Sources::default();
            let id = sources.add("schema.toml", text);
            let documents: Vec<Document> = vec![parse(&sources, id)];
            let validated = validate(&documents, dialects);
            assert!(validated.diagnostics.is_empty(), "{:?}", validated.diagnostics);
            validated
        };
        let pair = Pair::new(previous, next).map(|text| read(&format!("{PARENT}{HEAD}{text}")));
        let intent = Intent { backfills: pair.next.hints.backfills.clone(), ..Intent::default() };
        let schemas = pair.map(|validated| validated.schema);
        let plan = plan(schemas.as_ref(), &intent);
        let chosen = online(plan.upgrade, schemas.as_ref(), dialects);
        chosen.iter().map(ToString::to_string).collect()
    }

    const BOTH: [Dialect; 2] = [Dialect::Postgres, Dialect::Mysql];

    #[test]
    fn what_keeps_nobody_waiting_is_one_step() {
        let next = "a = 'integer'\nb = { type = 'integer', default = 0 }\n[table.t.indexes]\nt_a_idx = ['a']\n\
                    [table.t.foreign_keys]\nt_a_fkey = { columns = ['a'], references = 'p.id' }";
        assert_eq!(
            steps("a = 'integer'", next, &BOTH),
            [
                "alter table t online { add column b; add foreign key t_a_fkey }",
                "create index t_a_idx on t online"
            ]
        );
        assert_eq!(
            steps(next, "a = 'integer'\nb = { type = 'integer', default = 0 }", &BOTH),
            ["drop index t_a_idx on t online", "alter table t online { drop foreign key t_a_fkey }"]
        );
    }

    #[test]
    fn what_has_no_such_form_is_a_step_of_its_own() {
        let next = "a = 'bigint'\nb = { type = 'integer', backfill = 0 }\nc = 'integer'\n[table.t.foreign_keys]\n\
                    t_c_fkey = { columns = ['c'], references = 'p.id' }";
        assert_eq!(
            steps("a = 'integer'\nb = 'integer?'\nc = 'integer'", next, &BOTH),
            [
                "alter table t { alter column a }",
                "alter table t online { alter column b backfill 0; add foreign key t_c_fkey }"
            ]
        );
        // Where nothing gains by it, nothing is taken apart.
        assert_eq!(
            steps("a = 'integer'", "a = 'bigint'\nb = 'integer?'", &BOTH),
            ["alter table t { alter column a; add column b }"]
        );
    }

    #[test]
    fn what_one_database_has_is_taken_although_another_has_it_not() {
        let check = "a = 'integer'\n[table.t.checks]\nt_a_check = 'a > 0'";
        assert_eq!(steps("a = 'integer'", check, &BOTH), ["alter table t online { add check t_a_check }"]);
        assert_eq!(
            steps("a = 'integer'", check, &[Dialect::Mysql]),
            ["alter table t { add check t_a_check }"]
        );
    }

    #[test]
    fn nobody_waits_for_what_is_new() {
        let new = "a = 'integer'\n[table.u]\ncolumns.id = { type = 'bigint', primary_key = true }\nindexes.u_idx = ['id']";
        assert_eq!(steps("a = 'integer'", new, &BOTH), ["create table u"]);
    }
}
