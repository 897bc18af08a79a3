use super::{GRAMMAR, column, ident, support};
use crate::render::common::{self, Move};
use crate::{Dialect, MysqlOptions, Schema, Table};

/// `CREATE TABLE` with its indexes, and with those foreign keys that stand.
pub(super) fn create_table(schema: &Schema, table: &Table, own: &[Move]) -> String {
    let mut lines: Vec<String> =
        table.columns.values().map(|definition| column::definition(schema, definition)).collect();
    lines.extend(table.primary_key.iter().map(|key| common::primary_key(&GRAMMAR, &key.columns)));
    lines.extend(table.uniques.iter().map(|(name, unique)| common::unique(&GRAMMAR, name, &unique.columns)));
    lines.extend(support::indexes(table).into_values());
    let foreign_keys = own.iter().filter_map(|key| Some((&key.name, table.foreign_keys.get(&key.name)?)));
    lines.extend(foreign_keys.map(|(name, key)| common::foreign_key(&GRAMMAR, name, key)));
    let checks = table.checks.iter().filter(|(_, check)| check.only.includes(Dialect::Mysql));
    lines.extend(checks.map(|(name, check)| common::check(&GRAMMAR, name, check)));
    let comment = table.doc.as_ref().map(|doc| format!(" COMMENT={}", GRAMMAR.text(doc)));
    format!(
        "CREATE TABLE {} (\n  {}\n) {}{}",
        ident(&table.name),
        lines.join(",\n  "),
        options(&table.options.mysql),
        comment.unwrap_or_default()
    )
}

/// Engine, character set and collation.
pub(super) fn options(options: &MysqlOptions) -> String {
    let engine = options.engine.as_deref().unwrap_or("InnoDB");
    let charset = match (&options.charset, &options.collation) {
        (Some(charset), _) => format!(" DEFAULT CHARSET={charset}"),
        // A collation is of one character set.
        (None, Some(_)) => String::new(),
        (None, None) => " DEFAULT CHARSET=utf8mb4".to_owned(),
    };
    format!("ENGINE={engine}{charset} COLLATE={}", collation(options))
}

/// How texts of the table compare: by their bytes, if nothing else is said.
pub(super) fn collation(options: &MysqlOptions) -> String {
    match (&options.collation, &options.charset) {
        (Some(collation), _) => collation.clone(),
        // The one character set whose only collation is named like it.
        (None, Some(charset)) if charset.eq_ignore_ascii_case("binary") => charset.clone(),
        (None, charset) => format!("{}_bin", charset.as_deref().unwrap_or("utf8mb4")),
    }
}

/// A foreign key that comes by itself.
pub(super) fn add_foreign_key(schema: &Schema, added: &Move) -> Option<String> {
    let key = schema.table(added.table.as_str())?.foreign_keys.get(&added.name)?;
    let constraint = common::foreign_key(&GRAMMAR, &added.name, key);
    Some(format!("ALTER TABLE {} ADD {constraint}", ident(&added.table)))
}

/// A foreign key that goes by itself.
pub(super) fn drop_foreign_key(dropped: &Move) -> String {
    format!("ALTER TABLE {} DROP FOREIGN KEY {}", ident(&dropped.table), ident(&dropped.name))
}
