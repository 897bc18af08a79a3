//! `[table.NAME.sqlite]`, `[table.NAME.postgres]` and `[table.NAME.mysql]`.

use super::raw::{RawOptions, Spanned};
use super::reader::{self, Context, Entry};
use crate::language::{MYSQL, POSTGRES, SQLITE};

pub(super) fn sqlite(context: &mut Context<'_>, options: &mut RawOptions, entry: Entry<'_>) {
    for inner in reader::fields(context, entry, &SQLITE, "sqlite.strict = true").unwrap_or_default() {
        match inner.key {
            "strict" => options.strict = reader::flag(context, inner),
            "without_rowid" => options.without_rowid = reader::flag(context, inner),
            _ => {}
        }
    }
}

pub(super) fn postgres(context: &mut Context<'_>, options: &mut RawOptions, entry: Entry<'_>) {
    for inner in reader::fields(context, entry, &POSTGRES, "postgres.unlogged = true").unwrap_or_default() {
        match inner.key {
            "unlogged" => options.unlogged = reader::flag(context, inner),
            "fillfactor" => {
                let percent = reader::integer(context, inner, "fillfactor = 80");
                options.fillfactor = percent.map(|percent| Spanned::new(percent, inner.value_span));
            }
            _ => {}
        }
    }
}

pub(super) fn mysql(context: &mut Context<'_>, options: &mut RawOptions, entry: Entry<'_>) {
    for inner in reader::fields(context, entry, &MYSQL, "mysql.engine = \"InnoDB\"").unwrap_or_default() {
        match inner.key {
            "engine" => options.engine = reader::text(context, inner, "engine = \"InnoDB\""),
            "charset" => options.charset = reader::text(context, inner, "charset = \"utf8mb4\""),
            "collation" => options.collation = reader::text(context, inner, "collation = \"utf8mb4_bin\""),
            _ => {}
        }
    }
}
