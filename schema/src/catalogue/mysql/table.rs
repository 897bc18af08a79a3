//! Tables with all that belongs to them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::record::{
    MysqlCatalogue, MysqlCheck, MysqlColumn, MysqlIndexPart, MysqlKeyColumn, MysqlServer, MysqlTable,
};
use super::types::{column_type, enum_values};
use super::{default, expression, part};
use crate::catalogue::{self, said};
use crate::catalogue::{Introspected, Unmanaged, UnmanagedKind};
use crate::{
    Check, Column, ColumnType, Dialect, Enum, ForeignKey, Generated, GeneratedStorage, Index, IndexColumn,
    IndexKey, Name, Only, PrimaryKey, ReferentialAction, Schema, SortOrder, Sql, Table, Timing, Unique,
};

/// Reads every table that the language can say; the others are unmanaged.
pub(super) fn tables(rows: &MysqlCatalogue, found: &mut Introspected) {
    let columns = grouped(&rows.columns, |row| row.table.as_str());
    let checks = grouped(&rows.checks, |row| row.table.as_str());
    let keys = grouped(&rows.keys, |row| row.table.as_str());
    let indexes = grouped(&rows.indexes, |row| row.table.as_str());
    for row in rows.tables.iter().filter(|row| !crate::catalogue::is_own(&row.name)) {
        let reason = match row.kind.as_str() {
            "BASE TABLE" => None,
            "VIEW" => continue,
            "SYSTEM VERSIONED" => Some("keeps the rows of before (SYSTEM VERSIONING)"),
            "SEQUENCE" => Some("is a sequence"),
            _ => Some("is of a kind that is not known"),
        };
        if catalogue::is_kept(&row.name) && reason.is_none() {
            found.unmanaged.push(catalogue::kept("table", &row.name));
            continue;
        }
        let name = Name::new(&row.name);
        if let Some(reason) = reason {
            let object = format!("{} {name}", if row.kind == "SEQUENCE" { "sequence" } else { "table" });
            let kind = UnmanagedKind::Object;
            found.unmanaged.push(Unmanaged { object, table: Some(name), reason: reason.to_owned(), kind });
            continue;
        }
        let mut reader = Reader {
            server: rows.server,
            table: Table::new(name),
            unnamed: Vec::new(),
            unmanaged: Vec::new(),
            collation: row.collation.clone(),
        };
        reader.own(row);
        let checks = of(&checks, &row.name);
        for column in of(&columns, &row.name) {
            reader.column(column, checks, &mut found.schema);
        }
        checks.iter().for_each(|check| reader.check(check));
        reader.foreign_keys(of(&keys, &row.name));
        reader.indexes(of(&indexes, &row.name));
        catalogue::number_keys_only(&mut reader.table, &mut reader.unmanaged);
        let name = &reader.table.name;
        found.unnamed.extend(reader.unnamed.into_iter().map(|check| (name.clone(), check)));
        found.unmanaged.extend(reader.unmanaged);
        found.schema.insert(reader.table);
    }
}

fn grouped<'r, T>(rows: &'r [T], table: impl Fn(&'r T) -> &'r str) -> BTreeMap<&'r str, Vec<&'r T>> {
    let mut groups: BTreeMap<&str, Vec<&T>> = BTreeMap::new();
    rows.iter().for_each(|row| groups.entry(table(row)).or_default().push(row));
    groups
}

fn of<'g, T>(groups: &'g BTreeMap<&str, Vec<T>>, table: &str) -> &'g [T] {
    groups.get(table).map_or(&[], Vec::as_slice)
}

struct Reader {
    server: MysqlServer,
    table: Table,
    unnamed: Vec<Name>,
    unmanaged: Vec<Unmanaged>,
    /// That of the table.
    collation: Option<String>,
}

impl Reader {
    fn part(&mut self, what: &str, name: &str, reason: impl Into<String>) {
        let table = &self.table.name;
        self.unmanaged.push(part(format!("{what} {name} of {table}"), table, reason));
    }

    fn own(&mut self, row: &MysqlTable) {
        let name = &self.table.name;
        self.table.doc = Some(row.comment.clone()).filter(|comment| !comment.is_empty());
        let options = &mut self.table.options.mysql;
        options.engine = row.engine.clone().filter(|engine| engine != "InnoDB");
        options.collation = row.collation.clone().filter(|collation| collation != "utf8mb4_bin");
        if !row.options.trim().is_empty() {
            let reason = format!("has the options {}", row.options.trim());
            self.unmanaged.push(part(format!("table {name}"), name, reason));
        }
    }

    fn column(&mut self, row: &MysqlColumn, checks: &[&MysqlCheck], schema: &mut Schema) {
        let column_type = self.column_type(row, checks, schema);
        let mut column = Column::new(Name::new(&row.name), column_type);
        column.nullable = row.nullable;
        column.doc = Some(row.comment.clone()).filter(|comment| !comment.is_empty());
        if has_collation(&column.column_type) && row.collation != self.collation {
            column.collation = row.collation.as_deref().map(Sql::from);
        }
        let extra = row.extra.to_ascii_lowercase();
        column.auto_increment = extra.contains("auto_increment");
        let generated = row.generated.as_deref().filter(|_| extra.contains("generated"));
        match (generated.filter(|text| !text.is_empty()), &row.default) {
            (Some(text), _) => {
                let stored = extra.contains("stored") || extra.contains("persistent");
                let storage = if stored { GeneratedStorage::Stored } else { GeneratedStorage::Virtual };
                column.generated = Some(Generated { sql: said(Dialect::Mysql, &expression(text)), storage });
            }
            (None, Some(text)) => {
                let sql = self.server == MysqlServer::MariaDb || extra.contains("default_generated");
                column.default = match sql {
                    true => default::default(text, &column.column_type),
                    false => Some(default::literal(text, &column.column_type)),
                };
            }
            (None, None) => {}
        }
        if let Some(place) = extra.find("on update") {
            self.part("column", &row.name, format!("changes by itself ({})", &extra[place..]));
        }
        if extra.contains("invisible") {
            self.part("column", &row.name, "is INVISIBLE");
        }
        self.table.columns.insert(column.name.clone(), column);
    }

    fn column_type(&self, row: &MysqlColumn, checks: &[&MysqlCheck], schema: &mut Schema) -> ColumnType {
        if let Some(values) =
            enum_values(&row.type_text).filter(|values| !values.iter().any(String::is_empty))
        {
            return ColumnType::Enum(enumeration(&self.table.name, &row.name, values, schema));
        }
        match (column_type(&row.type_text), row.collation.as_deref()) {
            (ColumnType::Char(36), Some("ascii_bin")) => ColumnType::Uuid,
            (ColumnType::Text, Some("utf8mb4_bin"))
                if checks.iter().any(|check| is_json(check, &row.name)) =>
            {
                ColumnType::Json
            }
            (other, _) => other,
        }
    }

    fn check(&mut self, row: &MysqlCheck) {
        let json =
            |column: &Column| column.column_type == ColumnType::Json && is_json(row, column.name.as_str());
        if self.table.columns.values().any(json) {
            return;
        }
        let mut name = Name::new(&row.name);
        if row.of_column {
            // It goes by the name of its column, by which it cannot be dropped.
            name = Name::new(format!("{}_{}_check", self.table.name, row.name));
            self.unnamed.push(name.clone());
        }
        if !row.enforced {
            self.part("check", &row.name, "is NOT ENFORCED");
        }
        self.table.checks.insert(name, Check::new(said(Dialect::Mysql, &expression(&row.condition))));
    }

    fn foreign_keys(&mut self, rows: &[&MysqlKeyColumn]) {
        for row in rows {
            let Some(parent) = &row.references else {
                self.part("foreign key", &row.name, "references a table of another database");
                continue;
            };
            let [on_update, on_delete] = row.actions.each_ref().map(|action| action_of(action));
            let key = self.table.foreign_keys.entry(Name::new(&row.name)).or_insert_with(|| ForeignKey {
                columns: Vec::new(),
                references_table: Name::new(parent),
                references_columns: Vec::new(),
                on_delete,
                on_update,
                timing: Timing::Immediate,
                only: Only::Everywhere,
            });
            key.columns.push(Name::new(&row.column));
            key.references_columns.push(Name::new(&row.references_column));
        }
    }

    fn indexes(&mut self, rows: &[&MysqlIndexPart]) {
        for parts in rows.chunk_by(|one, other| one.name == other.name) {
            let Some(first) = parts.first() else { continue };
            let columns = || parts.iter().filter_map(|part| part.column.as_deref().map(Name::new));
            if let Some(part) = parts.iter().find(|part| part.prefix.is_some()) {
                // Without it there may be no such index: a text of any length is too long for one.
                let (length, column) = (part.prefix.unwrap_or_default(), part.column.as_deref());
                let reason = format!("has the first {length} of {}", column.unwrap_or_default());
                self.part("index", &first.name, reason);
                continue;
            }
            if first.name == "PRIMARY" {
                self.table.primary_key = Some(PrimaryKey { columns: columns().collect() });
            } else if is_plain(parts) && first.unique {
                // A unique constraint is no more than that.
                self.table.uniques.insert(Name::new(&first.name), Unique { columns: columns().collect() });
            } else if !self.serves(parts, first) {
                self.index(parts, first);
            }
            if first.ignored {
                self.part("index", &first.name, "is passed by");
            }
        }
    }

    /// Whether an index is there for a foreign key alone: it has the name of one, and its columns. Whether
    /// there is one depends on the order in which other indexes came and went, and means nothing.
    fn serves(&self, parts: &[&MysqlIndexPart], first: &MysqlIndexPart) -> bool {
        let columns: Option<Vec<Name>> =
            parts.iter().map(|part| part.column.as_deref().map(Name::new)).collect();
        let key = self.table.foreign_keys.get(first.name.as_str());
        is_plain(parts)
            && !first.unique
            && columns.is_some_and(|columns| key.is_some_and(|key| key.columns == columns))
    }

    fn index(&mut self, parts: &[&MysqlIndexPart], first: &MysqlIndexPart) {
        let mut index = Index::new([]);
        index.unique = first.unique;
        if !first.method.eq_ignore_ascii_case("btree") {
            index.method.insert(Dialect::Mysql, first.method.to_ascii_lowercase());
        }
        for part in parts {
            let key = match (&part.column, &part.expression) {
                (Some(column), _) => IndexKey::Column(Name::new(column)),
                (None, text) => IndexKey::Expression(said(
                    Dialect::Mysql,
                    &expression(text.as_deref().unwrap_or_default()),
                )),
            };
            let order = if part.descending { SortOrder::Descending } else { SortOrder::Ascending };
            index.columns.push(IndexColumn { key, order });
        }
        self.table.indexes.insert(Name::new(&first.name), index);
    }
}

/// Whether an index is one over columns and nothing more.
fn is_plain(parts: &[&MysqlIndexPart]) -> bool {
    parts
        .iter()
        .all(|part| part.column.is_some() && !part.descending && part.method.eq_ignore_ascii_case("btree"))
}

/// JSON is a text with a check to MariaDB.
fn is_json(check: &MysqlCheck, column: &str) -> bool {
    let condition = format!("json_valid({})", super::statement::quoted(column));
    check.of_column && check.name == column && check.condition.eq_ignore_ascii_case(&condition)
}

/// Whether texts of the type compare in a way that a column may say.
const fn has_collation(column_type: &ColumnType) -> bool {
    !matches!(column_type, ColumnType::Uuid | ColumnType::Json)
}

/// The enum with these values, which has no name in the database: it gets that of the first column that is
/// of it.
fn enumeration(table: &Name, column: &str, values: Vec<String>, schema: &mut Schema) -> Name {
    if let Some(known) = schema.enums.values().find(|known| known.values == values) {
        return known.name.clone();
    }
    let plain = |character: char| if character.is_ascii_alphanumeric() { character } else { '_' };
    let mut name: String = format!("{table}_{column}").chars().map(plain).collect();
    if !catalogue::is_enum_name(&name) {
        name.insert_str(0, "enum_");
    }
    while schema.enums.contains_key(name.as_str()) {
        name.push('_');
    }
    let name = Name::new(name);
    schema.enums.insert(name.clone(), Arc::new(Enum::new(name.clone(), values)));
    name
}

fn action_of(words: &str) -> ReferentialAction {
    let known = ReferentialAction::ALL.into_iter().find(|action| action.sql() == words);
    known.unwrap_or(ReferentialAction::NoAction)
}
