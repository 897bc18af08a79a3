//! The canonical text of operations. Frozen: hashes are made of it.

use std::fmt;

use super::{Alteration, DataStatement, Operation};
use crate::text::{bare_or_quoted, quoted};
use crate::{Expression, Name, Sql};

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CreateTable { table } => write!(f, "create table {}", bare(table)),
            Self::DropTable { table } => write!(f, "drop table {}", bare(table)),
            Self::RestoreTable { table, set } => {
                write!(f, "restore table {}{}", bare(table), assignments(set))
            }
            Self::RenameTable { previous, next } => {
                write!(f, "rename table {} to {}", bare(previous), bare(next))
            }
            Self::ExchangeTables { one, other } => {
                write!(f, "exchange tables {} and {}", bare(one), bare(other))
            }
            Self::AlterTable { table, alterations, online } => {
                write!(f, "alter table {}{} {{ ", bare(table), online_word(*online))?;
                for (position, alteration) in alterations.iter().enumerate() {
                    write!(f, "{}{alteration}", if position == 0 { "" } else { "; " })?;
                }
                f.write_str(" }")
            }
            Self::CreateIndex { table, index, online } => {
                write!(f, "create index {} on {}{}", bare(index), bare(table), online_word(*online))
            }
            Self::DropIndex { table, index, online } => {
                write!(f, "drop index {} on {}{}", bare(index), bare(table), online_word(*online))
            }
            Self::CreateEnum { name } => write!(f, "create enum {}", bare(name)),
            Self::AlterEnum { name, renamed } => {
                write!(f, "alter enum {}", bare(name))?;
                for (position, value) in renamed.iter().enumerate() {
                    let comma = if position == 0 { "" } else { "," };
                    write!(f, "{comma} rename {} to {}", quoted(&value.previous), quoted(&value.next))?;
                }
                Ok(())
            }
            Self::DropEnum { name } => write!(f, "drop enum {}", bare(name)),
            Self::CreateView { name } => write!(f, "create view {}", bare(name)),
            Self::DropView { name } => write!(f, "drop view {}", bare(name)),
            Self::CreateTrigger { name } => write!(f, "create trigger {}", bare(name)),
            Self::DropTrigger { name } => write!(f, "drop trigger {}", bare(name)),
            Self::Data(statement) => write!(f, "{statement}"),
            Self::Sql { sql, effects } => {
                write!(f, "sql {}", written(sql))?;
                for (position, effect) in effects.iter().enumerate() {
                    write!(f, "{} {effect}", if position == 0 { "" } else { "," })?;
                }
                if effects.is_empty() { f.write_str(" touches nothing") } else { Ok(()) }
            }
            Self::Code => f.write_str("data"),
        }
    }
}

impl fmt::Display for Alteration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AddColumn { column, backfill } => {
                write!(f, "add column {}{}", bare(column), clause("backfill", backfill))
            }
            Self::DropColumn { column } => write!(f, "drop column {}", bare(column)),
            Self::RestoreColumn { column, backfill } => {
                write!(f, "restore column {}{}", bare(column), clause("backfill", backfill))
            }
            Self::RenameColumn { previous, next } => {
                write!(f, "rename column {} to {}", bare(previous), bare(next))
            }
            Self::AlterColumn { column, using, backfill, restore } => write!(
                f,
                "alter column {}{}{}{}",
                bare(column),
                clause("using", using),
                clause("backfill", backfill),
                if *restore { " restore" } else { "" }
            ),
            Self::AddPrimaryKey => f.write_str("add primary key"),
            Self::DropPrimaryKey => f.write_str("drop primary key"),
            Self::AddUnique { name } => write!(f, "add unique {}", bare(name)),
            Self::DropUnique { name } => write!(f, "drop unique {}", bare(name)),
            Self::AddForeignKey { name } => write!(f, "add foreign key {}", bare(name)),
            Self::DropForeignKey { name } => write!(f, "drop foreign key {}", bare(name)),
            Self::AddCheck { name } => write!(f, "add check {}", bare(name)),
            Self::DropCheck { name } => write!(f, "drop check {}", bare(name)),
            Self::SetOptions => f.write_str("set options"),
        }
    }
}

impl fmt::Display for DataStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Update { table, set, filter } => {
                write!(f, "update {}{}{}", bare(table), assignments(set), clause("where", filter))
            }
            Self::Insert { table, set } => write!(f, "insert into {}{}", bare(table), assignments(set)),
            Self::InsertFrom { table, source, set, filter } => write!(
                f,
                "insert into {} from {}{}{}",
                bare(table),
                bare(source),
                assignments(set),
                clause("where", filter)
            ),
            Self::Delete { table, filter } => {
                write!(f, "delete from {}{}", bare(table), clause("where", filter))
            }
            Self::Backfill { table, column, value } => {
                write!(f, "backfill {}.{} with {value}", bare(table), bare(column))
            }
        }
    }
}

fn written(sql: &Sql) -> String {
    match sql {
        Sql::Same(text) => quoted(text).to_string(),
        Sql::Each(texts) => {
            let texts = texts.iter().map(|(dialect, text)| format!("{} = {}", dialect.key(), quoted(text)));
            format!("({})", texts.collect::<Vec<_>>().join(", "))
        }
    }
}

const fn online_word(online: bool) -> &'static str {
    if online { " online" } else { "" }
}

fn bare(name: &Name) -> String {
    bare_or_quoted(name.as_str())
}

fn clause(word: &str, expression: &Option<Expression>) -> String {
    expression.as_ref().map_or_else(String::new, |expression| format!(" {word} {expression}"))
}

fn assignments(set: &[(Name, Expression)]) -> String {
    let parts: Vec<String> =
        set.iter().map(|(column, value)| format!("{} = {value}", bare(column))).collect();
    if parts.is_empty() { String::new() } else { format!(" set {}", parts.join(", ")) }
}
