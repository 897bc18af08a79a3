//! Which of a migration's steps another side has taken as well.

use std::ops::Range;

use syn::spanned::Spanned;
use syn::{Expr, Stmt};
use whimbrel_schema::merge::{Naming, differs};
use whimbrel_schema::{Alteration, Name, Object, Operation, Pair, Schema, Table};

use super::settle::Settled;
use crate::code::Step;

/// One direction of a migration, where it was and where it will be.
#[derive(Clone, Copy)]
pub(super) struct Way<'a> {
    /// The schemas that it led from and to.
    pub(super) was: Pair<&'a Schema>,
    /// The schemas that it will lead from and to.
    pub(super) will: Pair<&'a Schema>,
    /// What becomes of the names on each side.
    pub(super) naming: Pair<&'a Naming>,
    /// And of those that are made of the names of tables and columns.
    pub(super) settled: &'a Settled,
}

impl Way<'_> {
    pub(super) fn back(self) -> Self {
        Self { was: self.was.swap(), will: self.will.swap(), naming: self.naming.swap(), ..self }
    }

    /// The parts of the text that are to go: statements, and alterations inside them.
    pub(super) fn done(&self, statements: &[Stmt], steps: &[Step]) -> Vec<Range<usize>> {
        let mut gone = Vec::new();
        for (statement, step) in statements.iter().zip(steps) {
            match &step.operation {
                Operation::AlterTable { table, alterations, .. } => {
                    let origin = step.altered.first().map_or(table, |names| &names.previous);
                    let done: Vec<bool> = alterations
                        .iter()
                        .map(|alteration| self.is_altered(origin, table, alteration))
                        .collect();
                    if done.iter().all(|done| *done) {
                        gone.push(statement.span().byte_range());
                        continue;
                    }
                    for (part, _) in closure(statement).iter().zip(&done).filter(|(_, done)| **done) {
                        gone.push(part.span().byte_range());
                    }
                }
                operation if self.is_done(operation) => gone.push(statement.span().byte_range()),
                _ => {}
            }
        }
        gone
    }

    fn is_done(&self, operation: &Operation) -> bool {
        let Pair { previous: from, next: to } = self.naming;
        match operation {
            Operation::CreateTable { table } | Operation::RestoreTable { table, .. } => {
                self.is_same(&to.object(&Object::Table(table.clone())), &Object::Table(table.clone()))
            }
            Operation::DropTable { table } => {
                self.is_same(&from.object(&Object::Table(table.clone())), &Object::Table(table.clone()))
            }
            Operation::RenameTable { previous, next } => from.table(previous) == to.table(next),
            Operation::CreateIndex { table, index, .. } => {
                let object = Object::Index(table.clone(), index.clone());
                self.is_same(&to.object(&object), &object)
            }
            Operation::DropIndex { table, index, .. } => {
                let object = Object::Index(table.clone(), index.clone());
                self.is_same(&from.object(&object), &object)
            }
            Operation::CreateEnum { name }
            | Operation::AlterEnum { name, .. }
            | Operation::DropEnum { name } => {
                self.is_same(&Object::Enum(name.clone()), &Object::Enum(name.clone()))
            }
            Operation::CreateView { name } | Operation::DropView { name } => {
                self.is_same(&Object::View(name.clone()), &Object::View(name.clone()))
            }
            Operation::CreateTrigger { name } | Operation::DropTrigger { name } => {
                self.is_same(&Object::Trigger(name.clone()), &Object::Trigger(name.clone()))
            }
            Operation::AlterTable { .. }
            | Operation::ExchangeTables { .. }
            | Operation::Data(_)
            | Operation::Sql { .. }
            | Operation::Code => false,
        }
    }

    /// `origin` is the table as the schema before calls it, `table` as the one after does.
    fn is_altered(&self, origin: &Name, table: &Name, alteration: &Alteration) -> bool {
        let Pair { previous: from, next: to } = self.naming;
        let whole = to.table(table).clone();
        let before = |column: &Name| Object::Column(whole.clone(), from.column(origin, column).clone());
        let after = |column: &Name| Object::Column(whole.clone(), to.column(table, column).clone());
        let was = |name: &Name| Object::Column(table.clone(), name.clone());
        let part = |kind: fn(Name, Name) -> Object, name: &Name| {
            self.is_same(&kind(whole.clone(), name.clone()), &kind(table.clone(), name.clone()))
        };
        match alteration {
            Alteration::AddColumn { column, .. }
            | Alteration::RestoreColumn { column, .. }
            | Alteration::AlterColumn { column, .. } => self.is_same(&after(column), &was(column)),
            Alteration::DropColumn { column } => self.is_same(&before(column), &was(column)),
            Alteration::RenameColumn { previous, next } => before(previous) == after(next),
            Alteration::AddPrimaryKey | Alteration::DropPrimaryKey => {
                self.is_same(&Object::PrimaryKey(whole.clone()), &Object::PrimaryKey(table.clone()))
            }
            Alteration::AddUnique { name } | Alteration::DropUnique { name } => part(Object::Unique, name),
            Alteration::AddForeignKey { name } | Alteration::DropForeignKey { name } => {
                part(Object::ForeignKey, name)
            }
            Alteration::AddCheck { name } | Alteration::DropCheck { name } => part(Object::Check, name),
            Alteration::SetOptions => {
                let tables = self.will.map(|schema| schema.table(whole.as_str()));
                tables.previous.map(options) == tables.next.map(options)
            }
        }
    }

    /// Whether nothing remains to be done to an object that the migration did change where it was.
    fn is_same(&self, will: &Object, was: &Object) -> bool {
        !differs(self.will, &self.settled.object(will.clone())) && differs(self.was, was)
    }
}

fn options(table: &Table) -> (&whimbrel_schema::TableOptions, &Option<String>) {
    (&table.options, &table.rust_name)
}

/// The statements in the closure of `alter_table`.
fn closure(statement: &Stmt) -> &[Stmt] {
    let Stmt::Expr(Expr::Try(attempt), _) = statement else { return &[] };
    let Expr::MethodCall(call) = &*attempt.expr else { return &[] };
    match call.args.last() {
        Some(Expr::Closure(closure)) => match &*closure.body {
            Expr::Block(block) => &block.block.stmts,
            _ => &[],
        },
        _ => &[],
    }
}
