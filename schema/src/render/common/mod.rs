//! What every database says, each in its own spelling.

mod act;
mod alter;
mod archive;
mod constraint;
mod data;
mod derived;
mod enumeration;
mod grammar;
mod object;
mod obstacle;
mod probe;
mod reference;
mod rename;

pub(super) use act::{Act, acts};
pub(super) use alter::{Group, alter_table};
pub(super) use archive::{keep_deleted, keep_table, restore_table};
pub(super) use constraint::{check, foreign_key, primary_key, sort_key, unique};
pub(super) use data::{assigned, reads, sql, statement};
pub(super) use enumeration::{columns_of, renamed_value};
pub(super) use grammar::{Concat, Grammar, is_now, unfit_decimal};
pub(super) use object::{create_trigger, create_view, drop_trigger, drop_view, written};
pub(super) use obstacle::{Obstacles, obstacles};
pub(super) use probe::probe;
pub(super) use reference::{Move, Moves, Rules, moves};
pub(super) use rename::{exchange, rename_columns, renames_in_order};
