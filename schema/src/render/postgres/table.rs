use super::{GRAMMAR, column, comment, ident, online};
use crate::render::common::{self, Move};
use crate::{Dialect, Index, Name, PostgresOptions, PrimaryKey, Schema, Statement, Table, Unique};

/// `CREATE TABLE` with those foreign keys that stand, and with its indexes and comments.
pub(super) fn create_table(table: &Table, own: &[Move]) -> Vec<String> {
    let mut lines: Vec<String> = table.columns.values().map(column::definition).collect();
    lines.extend(table.primary_key.iter().map(|key| primary_key(table, key)));
    // Of two keys over the same columns in one statement PostgreSQL makes one, and says nothing.
    let mut keys: Vec<&[Name]> = vec![table.key_columns()];
    let mut again = Vec::new();
    for (name, Unique { columns }) in &table.uniques {
        let unique = common::unique(&GRAMMAR, name, columns);
        if keys.contains(&&columns[..]) {
            again.push(format!("ALTER TABLE {} ADD {unique}", ident(&table.name)));
        } else {
            keys.push(columns);
            lines.push(unique);
        }
    }
    let foreign_keys = own.iter().filter_map(|key| Some((&key.name, table.foreign_keys.get(&key.name)?)));
    lines.extend(foreign_keys.map(|(name, key)| common::foreign_key(&GRAMMAR, name, key)));
    let checks = table.checks.iter().filter(|(_, check)| check.only.includes(Dialect::Postgres));
    lines.extend(checks.map(|(name, check)| common::check(&GRAMMAR, name, check)));
    let PostgresOptions { unlogged, fillfactor } = &table.options.postgres;
    let unlogged = if *unlogged { "UNLOGGED " } else { "" };
    let with = fillfactor.map_or_else(String::new, |percent| format!(" WITH (fillfactor = {percent})"));
    let create =
        format!("CREATE {unlogged}TABLE {} (\n  {}\n){with}", ident(&table.name), lines.join(",\n  "));
    let indexes = table.indexes.keys().filter_map(|name| create_index(table, name));
    [create].into_iter().chain(again).chain(indexes).chain(comment::of_table(table)).collect()
}

/// The primary key bears the name that PostgreSQL would give it, so that it can be dropped.
pub(super) fn primary_key(table: &Table, key: &PrimaryKey) -> String {
    let name = ident(&primary_key_name(&table.name));
    format!("CONSTRAINT {name} {}", common::primary_key(&GRAMMAR, &key.columns))
}

pub(super) fn primary_key_name(table: &Name) -> Name {
    GRAMMAR.derived("", table, "_pkey")
}

/// `CREATE INDEX`, if PostgreSQL has it.
pub(super) fn create_index(table: &Table, name: &Name) -> Option<String> {
    index(table, name, "")
}

/// The same while programs read and write the table.
pub(super) fn build_index(table: &Table, name: &Name) -> Option<Statement> {
    index(table, name, "CONCURRENTLY ").map(|text| online::build(name, text))
}

fn index(table: &Table, name: &Name, how: &str) -> Option<String> {
    let index = table.indexes.get(name).filter(|index| index.only.includes(Dialect::Postgres))?;
    let Index { columns: _, unique, predicate, include, method, only: _ } = index;
    let unique = if *unique { "UNIQUE " } else { "" };
    let method = method.get(&Dialect::Postgres).map_or_else(String::new, |method| format!("USING {method} "));
    let keys = common::sort_key(&GRAMMAR, index);
    let include = match &include[..] {
        [] => String::new(),
        columns => format!(" INCLUDE ({})", GRAMMAR.idents(columns)),
    };
    let predicate = predicate.as_ref().map(|sql| format!(" WHERE {}", GRAMMAR.written(sql)));
    let predicate = predicate.unwrap_or_default();
    let (name, table) = (ident(name), ident(&table.name));
    Some(format!("CREATE {unique}INDEX {how}{name} ON {table} {method}({keys}){include}{predicate}"))
}

/// `DROP INDEX`, if PostgreSQL has it.
pub(super) fn drop_index(table: &Table, name: &Name) -> Option<String> {
    let here = table.indexes.get(name).is_none_or(|index| index.only.includes(Dialect::Postgres));
    here.then(|| format!("DROP INDEX {}", ident(name)))
}

/// A foreign key that comes by itself.
pub(super) fn add_foreign_key(schema: &Schema, added: &Move) -> Option<String> {
    let key = schema.table(added.table.as_str())?.foreign_keys.get(&added.name)?;
    let constraint = common::foreign_key(&GRAMMAR, &added.name, key);
    Some(format!("ALTER TABLE {} ADD {constraint}", ident(&added.table)))
}

/// Foreign keys that come by themselves. Online they are added all at once, before the rows are looked at.
pub(super) fn add_foreign_keys(schema: &Schema, added: &[Move], online: bool) -> Vec<Statement> {
    if !online {
        return added.iter().filter_map(|added| add_foreign_key(schema, added)).map(Statement::Sql).collect();
    }
    let add = |added: &Move| {
        let key = schema.table(added.table.as_str())?.foreign_keys.get(&added.name)?;
        let text = format!("ALTER TABLE {} {}", ident(&added.table), online::not_valid(&added.name, key));
        Some(Statement::Sql(text))
    };
    let validate = |added: &Move| online::validate(&added.table, &added.name);
    added.iter().filter_map(add).chain(added.iter().map(validate)).collect()
}

/// A foreign key that goes by itself.
pub(super) fn drop_foreign_key(dropped: &Move) -> String {
    format!("ALTER TABLE {} DROP CONSTRAINT {}", ident(&dropped.table), ident(&dropped.name))
}
