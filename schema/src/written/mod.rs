//! The schema language, written: what snapshots and schema files have in common.

mod column;
mod object;
mod toml;

pub(crate) use column::{OnColumn, column_text, column_text_with};
pub(crate) use object::{
    check_text, enum_text, foreign_key_text, index_text, mysql_lines, postgres_lines, sqlite_lines,
    trigger_section, view_section,
};
pub(crate) use toml::{assignment, block, key, line, list, named, names, section};
