//! What is counted before a migration, in the rows as its steps will find them.

use super::{Grammar, sql};
use crate::{
    Column, ColumnType, DefaultValue, Expression, ForeignKey, IndexKey, Name, Origin, Pair, Probe,
    ProbeQuestion, Query, Rows, Schema, Sql,
};

/// The SQL of a probe; `schema` is the one before the migration. `None` where this database has nothing to
/// ask.
pub(in crate::render) fn probe(grammar: &Grammar, probe: &Probe, schema: &Schema) -> Option<Query> {
    let Probe { rows, question } = probe;
    if let ProbeQuestion::Violating = question {
        let check = grammar.foreign_key_check?(&grammar.text(rows.table.as_str()));
        return Some(Query {
            count: format!("SELECT count(*) FROM {check}"),
            sample: Some(format!("SELECT rowid FROM {check} ORDER BY rowid LIMIT {SAMPLE}")),
        });
    }
    let from = source(grammar, rows, schema);
    let condition = condition(grammar, rows, question, &from);
    let filter = condition.map_or_else(String::new, |condition| format!(" WHERE {condition}"));
    let keys = keys(grammar, rows).map(|(name, origin)| if rows.columns.is_some() { name } else { origin });
    let keys: Vec<String> = keys.collect();
    let sample = (!keys.is_empty()).then(|| {
        let keys = keys.join(", ");
        format!("SELECT {keys} FROM {from}{filter} ORDER BY {keys} LIMIT {SAMPLE}")
    });
    Some(Query { count: format!("SELECT count(*) FROM {from}{filter}"), sample })
}

/// As many rows as a person looks at.
const SAMPLE: u8 = 5;

/// The names of the key's columns among the rows, and in the table.
fn keys<'a>(grammar: &'a Grammar, rows: &'a Rows) -> impl Iterator<Item = (String, String)> + 'a {
    rows.key.iter().enumerate().map(|(index, key)| {
        let name = Name::new(format!("whimbrel_key_{}", index + 1));
        (grammar.ident(&name), grammar.ident(key))
    })
}

fn source(grammar: &Grammar, rows: &Rows, schema: &Schema) -> String {
    let (table, alias) = (grammar.ident(&rows.table), grammar.ident(&rows.alias));
    let Some(columns) = &rows.columns else {
        return if table == alias { table } else { format!("{table} AS {alias}") };
    };
    let columns = columns
        .iter()
        .map(|(name, origin)| format!("{} AS {}", value(grammar, schema, origin), grammar.ident(name)));
    let keys = keys(grammar, rows).map(|(name, origin)| format!("{origin} AS {name}"));
    let columns: Vec<String> = columns.chain(keys).collect();
    format!("(SELECT {} FROM {table}) AS {alias}", columns.join(", "))
}

fn value(grammar: &Grammar, schema: &Schema, origin: &Origin) -> String {
    let assigned = |value: &Expression| sql(grammar, schema, value);
    match origin {
        Origin::Column(column) => grammar.ident(column),
        Origin::Computed(value) => assigned(value),
        Origin::Filled(column, value) => format!("coalesce({}, {})", grammar.ident(column), assigned(value)),
        Origin::Default(column) => default(grammar, column),
    }
}

fn default(grammar: &Grammar, column: &Column) -> String {
    match &column.default {
        None => "NULL".to_owned(),
        Some(DefaultValue::Literal(value)) => (grammar.literal)(value),
        Some(DefaultValue::Expression(sql)) => format!("({})", grammar.written(sql)),
    }
}

fn condition(grammar: &Grammar, rows: &Rows, question: &ProbeQuestion, from: &str) -> Option<String> {
    Some(match question {
        ProbeQuestion::All | ProbeQuestion::Violating => return None,
        ProbeQuestion::Valued(column) => format!("{} IS NOT NULL", grammar.ident(column)),
        ProbeQuestion::Null(column) => format!("{} IS NULL", grammar.ident(column)),
        ProbeQuestion::Repeated { keys, predicate } => repeated(grammar, keys, predicate.as_ref(), from),
        ProbeQuestion::Orphaned { key, parent } => orphaned(grammar, rows, key, parent),
        ProbeQuestion::Breaking(check) => format!("NOT ({})", grammar.written(&check.condition)),
        ProbeQuestion::Unfit { column, types } => unfit(grammar, &grammar.ident(column), types.as_ref())?,
        ProbeQuestion::Valuing { column, value } => {
            let column = grammar.ident(column);
            let enumeration = ColumnType::Enum(Name::new(""));
            let text = match (grammar.own_type)(&enumeration) {
                Some(_) => format!("CAST({column} AS text)"),
                None => column,
            };
            format!("{text} = {}", grammar.text(value))
        }
    })
}

fn repeated(
    grammar: &Grammar,
    keys: &[(IndexKey, Option<Sql>)],
    predicate: Option<&Sql>,
    from: &str,
) -> String {
    let key = |(key, collation): &(IndexKey, Option<Sql>)| {
        let text = match key {
            IndexKey::Column(name) => grammar.ident(name),
            IndexKey::Expression(sql) => format!("({})", grammar.written(sql)),
        };
        let collation = collation.as_ref().and_then(|collation| collation.text(grammar.dialect));
        match collation {
            Some(collation) => format!("{text} COLLATE {}", grammar.ident(&Name::new(collation))),
            None => text,
        }
    };
    let keys: Vec<String> = keys.iter().map(key).collect();
    let list = keys.join(", ");
    let predicate = predicate.map(|predicate| format!("({})", grammar.written(predicate)));
    let inner = predicate.as_ref().map_or_else(String::new, |predicate| format!(" WHERE {predicate}"));
    let outer = predicate.map_or_else(String::new, |predicate| format!("{predicate} AND "));
    let whole = if keys.len() == 1 { list.clone() } else { format!("({list})") };
    format!("{outer}{whole} IN (SELECT {list} FROM {from}{inner} GROUP BY {list} HAVING count(*) > 1)")
}

fn orphaned(grammar: &Grammar, rows: &Rows, key: &ForeignKey, parent: &Name) -> String {
    let (child, other) = (grammar.ident(&rows.alias), grammar.ident(&Name::new("whimbrel_parent")));
    let column = |name: &Name| format!("{child}.{}", grammar.ident(name));
    let valued: Vec<String> =
        key.columns.iter().map(|name| format!("{} IS NOT NULL", column(name))).collect();
    let columns = key.columns.iter().zip(&key.references_columns);
    let same: Vec<String> =
        columns.map(|(name, found)| format!("{other}.{} = {}", grammar.ident(found), column(name))).collect();
    format!(
        "{} AND NOT EXISTS (SELECT 1 FROM {} AS {other} WHERE {})",
        valued.join(" AND "),
        grammar.ident(parent),
        same.join(" AND ")
    )
}

/// Where a value does not stay what it is. For types of which that cannot be said, every value counts.
fn unfit(grammar: &Grammar, column: &str, types: Pair<&ColumnType>) -> Option<String> {
    use ColumnType::*;
    let outside = |least: i64, greatest: i64| format!("({column} < {least} OR {column} > {greatest})");
    Some(match (types.previous, types.next) {
        (Integer | BigInt, SmallInt) => outside(i16::MIN.into(), i16::MAX.into()),
        (BigInt, Integer) => outside(i32::MIN.into(), i32::MAX.into()),
        (SmallInt | Integer | BigInt, Decimal { precision, scale }) if precision - scale < 19 => {
            let greatest = 10_i64.pow(precision - scale) - 1;
            outside(-greatest, greatest)
        }
        // Beyond these a floating point number has not every integer.
        (Integer | BigInt, Real) => outside(-(1 << 24), 1 << 24),
        (BigInt, Double) => outside(-(1 << 53), 1 << 53),
        (Double, Real) => format!("abs({column}) > 3.4028235e38"),
        (Decimal { .. }, Decimal { precision, scale }) => {
            (grammar.unfit_decimal)(column, precision - scale, *scale)
        }
        (Char(_) | Varchar(_) | Text, Char(length) | Varchar(length)) => {
            format!("{}({column}) > {length}", grammar.characters)
        }
        (Binary(_) | Blob, Binary(length)) => format!("{}({column}) > {length}", grammar.bytes),
        (Char(_) | Varchar(_) | Text, SmallInt | Integer | BigInt) => (grammar.not_integer)(column),
        _ => format!("{column} IS NOT NULL"),
    })
}
