//! Tables with all that belongs to them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::record::{
    PostgresCatalogue, PostgresColumn, PostgresConstraint, PostgresConstraintColumn, PostgresIndex,
    PostgresIndexPart, PostgresRelation,
};
use super::{default, expression, part, types};
use crate::catalogue::{self, said};
use crate::catalogue::{Introspected, Unmanaged, UnmanagedKind};
use crate::{
    Check, Column, ColumnType, Dialect, Enum, ForeignKey, Generated, GeneratedStorage, Index, IndexColumn,
    IndexKey, Name, PrimaryKey, ReferentialAction, SortOrder, Sql, Table, Timing, Unique,
};

/// Reads every table that the language can say; the others are unmanaged.
pub(super) fn tables(
    rows: &PostgresCatalogue,
    relations: &BTreeMap<i64, &PostgresRelation>,
    found: &mut Introspected,
) {
    let columns = grouped(&rows.columns, |column| column.relation);
    let constraints = grouped(&rows.constraints, |constraint| constraint.relation);
    let constraint_columns = grouped(&rows.constraint_columns, |column| column.constraint);
    let indexes = grouped(&rows.indexes, |index| index.relation);
    let parts = grouped(&rows.index_parts, |part| part.index);
    for (oid, relation) in relations {
        if let Some(reason) = beyond(relation) {
            found.unmanaged.push(reason);
            continue;
        }
        if relation.kind != "r" {
            continue;
        }
        if catalogue::is_kept(&relation.name) {
            found.unmanaged.push(catalogue::kept("table", &relation.name));
            continue;
        }
        let mut reader = Reader { table: Table::new(Name::new(&relation.name)), unmanaged: Vec::new() };
        reader.own(relation);
        for column in of(&columns, *oid) {
            reader.column(column, &found.schema.enums);
        }
        for constraint in of(&constraints, *oid) {
            reader.constraint(constraint, of(&constraint_columns, constraint.oid));
        }
        of(&indexes, *oid).iter().for_each(|index| reader.index(index, of(&parts, index.oid)));
        catalogue::number_keys_only(&mut reader.table, &mut reader.unmanaged);
        found.unmanaged.extend(reader.unmanaged);
        found.schema.insert(reader.table);
    }
}

fn grouped<T>(rows: &[T], key: impl Fn(&T) -> i64) -> BTreeMap<i64, Vec<&T>> {
    let mut groups: BTreeMap<i64, Vec<&T>> = BTreeMap::new();
    rows.iter().for_each(|row| groups.entry(key(row)).or_default().push(row));
    groups
}

fn of<T>(groups: &BTreeMap<i64, Vec<T>>, key: i64) -> &[T] {
    groups.get(&key).map_or(&[], Vec::as_slice)
}

/// What a relation is instead of a table or view that the language can say.
fn beyond(relation: &PostgresRelation) -> Option<Unmanaged> {
    let (what, reason) = match relation.kind.as_str() {
        "r" if relation.partition => ("table", "is a partition of another"),
        "r" if relation.inherits => ("table", "inherits, or is inherited from"),
        "r" if relation.typed => ("table", "is a table of a type"),
        "r" | "v" => return None,
        "p" => ("table", "is divided into partitions"),
        "m" => ("materialized view", "keeps the rows of its query"),
        "f" => ("foreign table", "is kept by another server"),
        "S" => ("sequence", "belongs to no column"),
        "c" => ("type", "has several fields"),
        _ => ("relation", "is of a kind that is not known"),
    };
    let table = matches!(relation.kind.as_str(), "r" | "p").then(|| Name::new(&relation.name));
    let object = format!("{what} {}", relation.name);
    Some(Unmanaged { object, table, reason: reason.to_owned(), kind: UnmanagedKind::Object })
}

struct Reader {
    table: Table,
    unmanaged: Vec<Unmanaged>,
}

impl Reader {
    fn part(&mut self, what: &str, name: &str, reason: impl Into<String>) {
        let table = &self.table.name;
        self.unmanaged.push(part(format!("{what} {name} of {table}"), table, reason));
    }

    fn quirk(&mut self, what: &str, name: &str, reason: impl Into<String>) {
        self.part(what, name, reason);
        if let Some(last) = self.unmanaged.last_mut() {
            last.kind = UnmanagedKind::Quirk;
        }
    }

    fn own(&mut self, relation: &PostgresRelation) {
        self.table.doc.clone_from(&relation.comment);
        let name = self.table.name.clone();
        let mut own = |reason: String| self.unmanaged.push(part(format!("table {name}"), &name, reason));
        let options = &mut self.table.options.postgres;
        options.unlogged = relation.persistence == "u";
        for option in relation.options.iter().flat_map(|options| options.lines()) {
            match option.split_once('=') {
                Some(("fillfactor", percent)) => options.fillfactor = percent.parse().ok(),
                _ => own(format!("has the option {option}")),
            }
        }
        if relation.row_security {
            own("shows its rows by policies".to_owned());
        }
        if let Some(method) = relation.method.as_ref().filter(|method| *method != "heap") {
            own(format!("keeps its rows by {method}"));
        }
    }

    fn column(&mut self, row: &PostgresColumn, enums: &BTreeMap<Name, Arc<Enum>>) {
        let column_type = match &row.enumeration {
            Some(name) if enums.contains_key(name.as_str()) => ColumnType::Enum(Name::new(name)),
            _ => types::column_type(&row.type_text),
        };
        let mut column = Column::new(Name::new(&row.name), column_type);
        column.nullable = !row.not_null;
        column.doc.clone_from(&row.comment);
        column.collation = row.collation.as_deref().map(Sql::from);
        let serial = row.serial.is_some() && row.serial == row.default;
        column.auto_increment = serial || !row.identity.is_empty();
        match (row.generated.as_str(), &row.default) {
            ("", Some(text)) if !serial => column.default = default::default(text, &column.column_type),
            ("", _) | (_, None) => {}
            (kind, Some(text)) => {
                let storage = if kind == "v" { GeneratedStorage::Virtual } else { GeneratedStorage::Stored };
                column.generated =
                    Some(Generated { sql: said(Dialect::Postgres, &expression(text)), storage });
            }
        }
        if serial {
            self.quirk("column", &row.name, "takes its numbers from a sequence, as `serial` does");
        }
        if row.identity == "a" {
            self.part("column", &row.name, "takes no number but its own (GENERATED ALWAYS)");
        }
        if column.auto_increment && (row.increment.is_some_and(|by| by != 1) || row.cycles) {
            self.part("column", &row.name, "does not count from 1 by 1");
        }
        self.table.columns.insert(column.name.clone(), column);
    }

    fn constraint(&mut self, row: &PostgresConstraint, columns: &[&PostgresConstraintColumn]) {
        let side = |referenced: bool| -> Vec<Name> {
            let side = columns.iter().filter(|column| column.referenced == referenced);
            side.map(|column| Name::new(&column.name)).collect()
        };
        let name = Name::new(&row.name);
        let what = match row.kind.as_str() {
            "p" => {
                self.table.primary_key = Some(PrimaryKey { columns: side(false) });
                // A longer name is shortened, by PostgreSQL in another way than by whimbrel.
                let usual = format!("{}_pkey", self.table.name);
                if usual.len() <= 63 && row.name != usual {
                    self.quirk("primary key", &row.name, format!("is not named {usual}"));
                }
                "primary key"
            }
            "u" => {
                self.table.uniques.insert(name, Unique { columns: side(false) });
                "unique"
            }
            "c" => {
                let condition =
                    said(Dialect::Postgres, &expression(row.condition.as_deref().unwrap_or_default()));
                self.table.checks.insert(name, Check::new(condition));
                "check"
            }
            "f" => {
                let Some(parent) = &row.references else {
                    return self.part("foreign key", &row.name, "references a table of another schema");
                };
                let [on_update, on_delete] = row.actions.each_ref().map(|action| action_of(action));
                let timing = match (row.deferrable, row.deferred) {
                    (false, _) => Timing::Immediate,
                    (true, false) => Timing::Deferrable,
                    (true, true) => Timing::Deferred,
                };
                let key = ForeignKey {
                    columns: side(false),
                    references_table: Name::new(parent),
                    references_columns: side(true),
                    on_delete,
                    on_update,
                    timing,
                    only: crate::Only::Everywhere,
                };
                self.table.foreign_keys.insert(name, key);
                "foreign key"
            }
            "x" => {
                let reason = format!("cannot be said: {}", row.definition);
                return self.part("exclusion constraint", &row.name, reason);
            }
            _ => {
                let reason = format!("cannot be said: {}", row.definition);
                return self.part("constraint", &row.name, reason);
            }
        };
        if !row.validated {
            self.part(what, &row.name, "was not asked of all rows (NOT VALID)");
        }
        if row.deferrable && row.kind != "f" {
            self.part(what, &row.name, "is DEFERRABLE");
        }
        if let Some(beyond) = &row.beyond {
            self.part(what, &row.name, beyond);
        }
    }

    fn index(&mut self, row: &PostgresIndex, parts: &[&PostgresIndexPart]) {
        if !row.valid {
            // It is as if it was not there: no query uses it.
            return self.part("index", &row.name, "is invalid: making it has failed");
        }
        if let Some(beyond) = &row.beyond {
            self.part("index", &row.name, beyond);
        }
        let mut index = Index::new([]);
        index.unique = row.unique;
        index.predicate = row.predicate.as_deref().map(|text| said(Dialect::Postgres, &expression(text)));
        if row.method != "btree" {
            index.method.insert(Dialect::Postgres, row.method.clone());
        }
        for part in parts {
            let key = match (&part.column, &part.expression) {
                (Some(column), _) => IndexKey::Column(Name::new(column)),
                (None, text) => IndexKey::Expression(said(
                    Dialect::Postgres,
                    &expression(text.as_deref().unwrap_or_default()),
                )),
            };
            if !part.key {
                index.include.extend(key.column().cloned());
                continue;
            }
            let order = if part.descending { SortOrder::Descending } else { SortOrder::Ascending };
            index.columns.push(IndexColumn { key, order });
            if part.descending != part.nulls_first {
                let place = if part.nulls_first { "FIRST" } else { "LAST" };
                self.part("index", &row.name, format!("sorts NULLS {place}"));
            }
            if let Some(class) = &part.class {
                self.part("index", &row.name, format!("sorts by {class}"));
            }
        }
        if collations(&row.definition) > index.sqls().map(|sql| collations(text(sql))).sum() {
            self.part("index", &row.name, "sorts by another collation than its columns");
        }
        self.table.indexes.insert(Name::new(&row.name), index);
    }
}

fn text(sql: &Sql) -> &str {
    sql.text(Dialect::Postgres).unwrap_or_default()
}

/// How often a text says `COLLATE`, outside of quotes.
fn collations(text: &str) -> usize {
    let tokens = crate::catalogue::token::tokens(text, Dialect::Postgres).unwrap_or_default();
    tokens.iter().filter(|token| token.is_word("COLLATE")).count()
}

fn action_of(letter: &str) -> ReferentialAction {
    match letter {
        "r" => ReferentialAction::Restrict,
        "c" => ReferentialAction::Cascade,
        "n" => ReferentialAction::SetNull,
        "d" => ReferentialAction::SetDefault,
        _ => ReferentialAction::NoAction,
    }
}
