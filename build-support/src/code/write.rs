//! Writing `migration.rs` from planned operations.

use std::collections::BTreeMap;

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use whimbrel_schema::{
    Alteration, DataStatement, Dialect, Effect, Expression, Name, Object, Operation, Operator, Pair, Schema,
    Sql, Value, names,
};

use super::tokens::module_name;

/// What a new migration consists of.
pub(crate) struct NewMigration<'a> {
    /// The lines of the comment at its head.
    pub(crate) remarks: Vec<String>,
    /// The numbers of the versions it leads from and to; the first migration has none before it.
    pub(crate) versions: Pair<Option<u32>>,
    pub(crate) schemas: Pair<&'a Schema>,
    pub(crate) upgrade: &'a [Operation],
    pub(crate) downgrade: Result<&'a [Operation], &'a str>,
}

/// The text of `migration.rs`.
pub(crate) fn write(migration: &NewMigration<'_>) -> String {
    let before = Side { alias: "before", schema: migration.schemas.previous };
    let after = Side { alias: "after", schema: migration.schemas.next };
    let upgrade = body(migration.upgrade, Pair::new(before, after));
    let downgrade = match migration.downgrade {
        Ok(operations) => {
            let body = body(operations, Pair::new(after, before));
            quote! { pub fn downgrade(db: &mut Editor<'_>) -> Result<()> { #body Ok(()) } }
        }
        Err(reason) => quote! { pub const IRREVERSIBLE: &str = #reason; },
    };
    let functions = quote! {
        pub fn upgrade(db: &mut Editor<'_>) -> Result<()> { #upgrade Ok(()) }
        #downgrade
    };
    let imports = imports(&functions, migration.versions);
    let file = quote! { #imports use whimbrel::v1::*; #functions };
    let code = match syn::parse2(file.clone()) {
        Ok(file) => spaced(&prettyplease::unparse(&file)),
        Err(_) => file.to_string(),
    };
    let remarks: String =
        migration.remarks.iter().map(|line| format!("// {line}").trim_end().to_owned() + "\n").collect();
    format!("{remarks}\n{code}")
}

/// One side of a migration: how its version is called, and what it holds.
#[derive(Clone, Copy)]
struct Side<'a> {
    alias: &'a str,
    schema: &'a Schema,
}

fn imports(functions: &TokenStream, versions: Pair<Option<u32>>) -> TokenStream {
    // A migration without steps is about to get some.
    let mentions = |functions: &TokenStream, alias: &str| {
        let named = |alias| super::function::mentions(functions, alias);
        named(alias) || alias == "after" && !named("before")
    };
    let used = |alias: &str, version: Option<u32>| {
        let version = version.filter(|_| mentions(functions, alias))?;
        let (module, alias) = (format_ident!("{}", module_name(version)), format_ident!("{alias}"));
        Some(quote! { #module as #alias })
    };
    match (used("before", versions.previous), used("after", versions.next)) {
        (None, None) => TokenStream::new(),
        (Some(only), None) | (None, Some(only)) => quote! { use super::#only; },
        (Some(before), Some(after)) => quote! { use super::{#before, #after}; },
    }
}

fn body(operations: &[Operation], sides: Pair<Side<'_>>) -> TokenStream {
    let mut writer = Writer { sides, previous_tables: BTreeMap::new(), previous_columns: BTreeMap::new() };
    operations.iter().map(|operation| writer.statement(operation)).collect()
}

/// Knows which names the origin has for what was renamed on the way.
struct Writer<'a> {
    /// The side that the operations lead from, and the one they lead to.
    sides: Pair<Side<'a>>,
    previous_tables: BTreeMap<Name, Name>,
    previous_columns: BTreeMap<Name, Name>,
}

impl Writer<'_> {
    fn statement(&mut self, operation: &Operation) -> TokenStream {
        let call = match operation {
            Operation::CreateTable { table } => {
                let table = self.next_table(table);
                quote! { create_table(#table) }
            }
            Operation::DropTable { table } => {
                let table = self.previous_table(table);
                quote! { drop_table(#table) }
            }
            Operation::RestoreTable { table: name, set } => {
                let table = self.next_table(name);
                let set = set.iter().map(|(column, value)| {
                    let column = self.next(Object::Column(name.clone(), column.clone()));
                    let value = self.value(value);
                    quote! { .set(#column, #value) }
                });
                match set.len() {
                    0 => quote! { restore_table(#table) },
                    _ => quote! { restore_table_with(#table) #(#set)* .run() },
                }
            }
            Operation::RenameTable { previous, next } => {
                let was = self.previous_tables.get(previous).unwrap_or(previous).clone();
                self.previous_tables.insert(next.clone(), was);
                let (previous, next) = (table_path(self.sides.previous, previous), self.next_table(next));
                quote! { rename_table(#previous, #next) }
            }
            Operation::ExchangeTables { one, other } => {
                let tokens = [one, other].map(|name| table_path(self.sides.previous, name));
                let was = [one, other].map(|name| self.previous_tables.get(name).unwrap_or(name).clone());
                let [one_was, other_was] = was;
                self.previous_tables.insert(one.clone(), other_was);
                self.previous_tables.insert(other.clone(), one_was);
                let [one, other] = tokens;
                quote! { exchange_tables(#one, #other) }
            }
            Operation::AlterTable { table, alterations, online } => {
                let parameter = parameter(table);
                self.previous_columns.clear();
                let changes: TokenStream = alterations
                    .iter()
                    .map(|alteration| {
                        let change = self.alteration(table, alteration);
                        quote! { #parameter.#change; }
                    })
                    .collect();
                let previous = self.previous_table(table);
                // A table that goes later on has no name on the other side.
                let next = match self.sides.next.schema.table(table.as_str()) {
                    Some(_) => self.next_table(table),
                    None => previous.clone(),
                };
                let online = online_call(*online);
                quote! { #online alter_table(#previous, #next, |#parameter| { #changes }) }
            }
            Operation::CreateIndex { table, index, online } => {
                let index = self.next(Object::Index(table.clone(), index.clone()));
                let online = online_call(*online);
                quote! { #online create_index(#index) }
            }
            Operation::DropIndex { table, index, online } => {
                let index = self.previous(Object::Index(table.clone(), index.clone()));
                let online = online_call(*online);
                quote! { #online drop_index(#index) }
            }
            Operation::CreateEnum { name } => {
                let token = self.next_whole(Object::Enum(name.clone()));
                quote! { create_enum(#token) }
            }
            Operation::AlterEnum { name, renamed } => {
                let token = self.next_whole(Object::Enum(name.clone()));
                let renamed = renamed.iter().map(|Pair { previous, next }| {
                    quote! { .rename_value(#previous, #next) }
                });
                quote! { alter_enum(#token) #(#renamed)* .run() }
            }
            Operation::DropEnum { name } => {
                let token = self.previous_whole(Object::Enum(name.clone()));
                quote! { drop_enum(#token) }
            }
            Operation::CreateView { name } => {
                let token = self.next_whole(Object::View(name.clone()));
                quote! { create_view(#token) }
            }
            Operation::DropView { name } => {
                let token = self.previous_whole(Object::View(name.clone()));
                quote! { drop_view(#token) }
            }
            Operation::CreateTrigger { name } => {
                let token = self.next_whole(Object::Trigger(name.clone()));
                quote! { create_trigger(#token) }
            }
            Operation::DropTrigger { name } => {
                let token = self.previous_whole(Object::Trigger(name.clone()));
                quote! { drop_trigger(#token) }
            }
            Operation::Data(statement) => self.data(statement),
            Operation::Sql { sql, effects } => self.sql(sql, effects),
            // Nobody plans Rust code, so there is none to be written.
            Operation::Code => quote! { data(|_| Ok(())) },
        };
        quote! { db.#call?; }
    }

    fn alteration(&mut self, table: &Name, alteration: &Alteration) -> TokenStream {
        let column = |name: &Name| Object::Column(table.clone(), name.clone());
        match alteration {
            Alteration::AddColumn { column: name, backfill } => {
                let token = self.next(column(name));
                let backfill = self.clause("backfill", backfill.as_ref());
                quote! { add_column(#token) #backfill }
            }
            Alteration::RestoreColumn { column: name, backfill } => {
                let token = self.next(column(name));
                let backfill = self.clause("backfill", backfill.as_ref());
                quote! { restore_column(#token) #backfill }
            }
            Alteration::DropColumn { column: name } => {
                let token = self.previous(column(name));
                quote! { drop_column(#token) }
            }
            Alteration::RenameColumn { previous, next } => {
                let (from, to) = (self.previous(column(previous)), self.next(column(next)));
                self.previous_columns.insert(next.clone(), previous.clone());
                quote! { rename_column(#from, #to) }
            }
            Alteration::AlterColumn { column: name, using, backfill, restore } => {
                let previous = self.previous_columns.get(name).unwrap_or(name);
                let (from, to) = (self.previous(column(previous)), self.next(column(name)));
                let using = self.clause("using", using.as_ref());
                let backfill = self.clause("backfill", backfill.as_ref());
                let restore = restore.then(|| quote! { .restore() });
                quote! { alter_column(#from, #to) #using #backfill #restore }
            }
            Alteration::AddPrimaryKey => quote! { add_primary_key() },
            Alteration::DropPrimaryKey => quote! { drop_primary_key() },
            Alteration::AddUnique { name } => {
                let token = self.next(Object::Unique(table.clone(), name.clone()));
                quote! { add_unique(#token) }
            }
            Alteration::DropUnique { name } => {
                let token = self.previous(Object::Unique(table.clone(), name.clone()));
                quote! { drop_unique(#token) }
            }
            Alteration::AddForeignKey { name } => {
                let token = self.next(Object::ForeignKey(table.clone(), name.clone()));
                quote! { add_foreign_key(#token) }
            }
            Alteration::DropForeignKey { name } => {
                let token = self.previous(Object::ForeignKey(table.clone(), name.clone()));
                quote! { drop_foreign_key(#token) }
            }
            Alteration::AddCheck { name } => {
                let token = self.next(Object::Check(table.clone(), name.clone()));
                quote! { add_check(#token) }
            }
            Alteration::DropCheck { name } => {
                let token = self.previous(Object::Check(table.clone(), name.clone()));
                quote! { drop_check(#token) }
            }
            Alteration::SetOptions => quote! { set_options() },
        }
    }

    fn data(&self, statement: &DataStatement) -> TokenStream {
        let set = |set: &[(Name, Expression)]| -> TokenStream {
            set.iter()
                .map(|(column, value)| {
                    let column = self.next(Object::Column(statement.table().clone(), column.clone()));
                    let value = self.value(value);
                    quote! { .set(#column, #value) }
                })
                .collect()
        };
        let filter = |filter: &Option<Expression>| match filter {
            Some(condition) => {
                let condition = self.value(condition);
                quote! { .filter(#condition) }
            }
            None => quote! { .every_row() },
        };
        let table = self.next_table(statement.table());
        match statement {
            DataStatement::Update { set: values, filter: rows, .. } => {
                let (values, rows) = (set(values), filter(rows));
                quote! { update(#table) #values #rows .run() }
            }
            DataStatement::Insert { set: values, .. } => {
                let values = set(values);
                quote! { insert(#table) #values .run() }
            }
            DataStatement::InsertFrom { source, set: values, filter: rows, .. } => {
                let (source, values) = (self.previous_table(source), set(values));
                let rows = rows.as_ref().map(|_| filter(rows));
                quote! { insert_from(#table, #source) #values #rows .run() }
            }
            DataStatement::Delete { filter: rows, .. } => {
                let rows = filter(rows);
                quote! { delete(#table) #rows .run() }
            }
            DataStatement::Backfill { table, column, value } => {
                let column = self.next(Object::Column(table.clone(), column.clone()));
                let value = self.value(value);
                quote! { backfill(#column, #value) .run() }
            }
        }
    }

    fn sql(&self, sql: &Sql, effects: &[Effect]) -> TokenStream {
        let script = script(sql);
        let effects = effects.iter().map(|effect| match effect {
            Effect::Changes { table } => {
                let table = match self.sides.next.schema.table(table.as_str()) {
                    Some(_) => self.next_table(table),
                    None => self.previous_table(table),
                };
                quote! { .changes(#table) }
            }
            Effect::Creates { table } => {
                let table = self.next_table(table);
                quote! { .creates(#table) }
            }
            Effect::Drops { table } => {
                let table = self.previous_table(table);
                quote! { .drops(#table) }
            }
            Effect::Alters { table } => {
                let (previous, next) = (self.previous_table(table), self.next_table(table));
                quote! { .alters(#previous, #next) }
            }
        });
        let effects = if effects.len() == 0 {
            quote! { .touches_nothing() }
        } else {
            quote! { #(#effects)* }
        };
        quote! { sql(#script) #effects .run() }
    }

    fn clause(&self, method: &str, value: Option<&Expression>) -> Option<TokenStream> {
        let (method, value) = (format_ident!("{method}"), self.value(value?));
        Some(quote! { .#method(#value) })
    }

    fn value(&self, expression: &Expression) -> TokenStream {
        match expression {
            Expression::Column { table, column } => {
                self.previous(Object::Column(table.clone(), column.clone()))
            }
            Expression::Literal(value) => literal(value),
            Expression::Null => quote! { NULL },
            Expression::Sql(sql) => {
                let script = script(sql);
                quote! { sql(#script) }
            }
            Expression::Now => quote! { now() },
            Expression::Coalesce(value, otherwise) => {
                let (value, otherwise) = (self.value(value), self.value(otherwise));
                quote! { #value.or(#otherwise) }
            }
            Expression::Call(function, value) => {
                let (method, value) = (format_ident!("{}", function.key()), self.value(value));
                quote! { #value.#method() }
            }
            Expression::Binary(operator, left, right) => {
                let (left, right) = (self.value(left), self.value(right));
                let method = method(*operator);
                quote! { #left.#method(#right) }
            }
            Expression::Not(condition) => match &**condition {
                Expression::IsNull(value) => {
                    let value = self.value(value);
                    quote! { #value.is_not_null() }
                }
                condition => {
                    let condition = self.value(condition);
                    quote! { #condition.not() }
                }
            },
            Expression::IsNull(value) => {
                let value = self.value(value);
                quote! { #value.is_null() }
            }
            Expression::In(value, list) => {
                let value = self.value(value);
                let items = list.iter().map(|item| self.value(item));
                quote! { #value.is_in([#(#items),*]) }
            }
        }
    }

    fn next_table(&self, table: &Name) -> TokenStream {
        table_path(self.sides.next, table)
    }

    fn previous_table(&self, table: &Name) -> TokenStream {
        table_path(self.sides.previous, self.previous_tables.get(table).unwrap_or(table))
    }

    fn next(&self, object: Object) -> TokenStream {
        object_path(self.sides.next, object)
    }

    fn previous(&self, object: Object) -> TokenStream {
        let table = object.whole();
        let previous = self.previous_tables.get(table).unwrap_or(table).clone();
        object_path(self.sides.previous, object.with_table(previous))
    }

    fn next_whole(&self, object: Object) -> TokenStream {
        whole_path(self.sides.next, &object)
    }

    fn previous_whole(&self, object: Object) -> TokenStream {
        whole_path(self.sides.previous, &object)
    }
}

/// SQL as the vocabulary takes it: a text, or one for each database.
fn script(sql: &Sql) -> TokenStream {
    match sql {
        Sql::Same(text) => quote! { #text },
        Sql::Each(_) => {
            let fields = Dialect::ALL.into_iter().map(|dialect| {
                let (field, text) = (format_ident!("{}", dialect.key()), sql.text(dialect).unwrap_or(""));
                quote! { #field: #text }
            });
            quote! { PerDialect { #(#fields),* } }
        }
    }
}

fn method(operator: Operator) -> proc_macro2::Ident {
    format_ident!("{}", operator.method())
}

fn table_path(side: Side<'_>, table: &Name) -> TokenStream {
    whole_path(side, &Object::Table(table.clone()))
}

/// The token of a table, enum, view or trigger. One that a side does not have is named all the same, for
/// the proof to speak about.
fn whole_path(side: Side<'_>, object: &Object) -> TokenStream {
    let name = names::type_of(side.schema, object).unwrap_or_else(|| names::type_name(object.whole()));
    let (alias, name) = (format_ident!("{}", side.alias), format_ident!("{name}"));
    quote! { #alias::#name }
}

fn object_path(side: Side<'_>, object: Object) -> TokenStream {
    let table = table_path(side, object.whole());
    let constants = side.schema.table(object.whole().as_str()).map(names::constants).unwrap_or_default();
    let constant = constants.into_iter().find(|(_, known)| *known == object).map(|(constant, _)| constant);
    let constant = format_ident!("{}", constant.unwrap_or_else(|| "UNKNOWN".to_owned()));
    quote! { #table::#constant }
}

fn literal(value: &Value) -> TokenStream {
    let typed = |function: &str, text: &str| {
        let function = format_ident!("{function}");
        quote! { #function(#text) }
    };
    match value {
        Value::Boolean(truth) => quote! { #truth },
        Value::Integer(number) => {
            let digits = Literal::i64_unsuffixed(*number);
            quote! { #digits }
        }
        Value::Float(number) => {
            let digits = Literal::f64_unsuffixed(number.get());
            quote! { #digits }
        }
        Value::Text(text) => quote! { #text },
        Value::Bytes(bytes) => {
            let bytes = Literal::byte_string(bytes);
            quote! { #bytes }
        }
        Value::Decimal(text) => typed("decimal", text),
        Value::Date(text) => typed("date", text),
        Value::Time(text) => typed("time", text),
        Value::Timestamp(text) => typed("timestamp", text),
        // Kept without its zone, which is always UTC, and written with it.
        Value::TimestampTz(text) => typed("timestamptz", &format!("{text}Z")),
        Value::Uuid(text) => typed("uuid", text),
        Value::Json(text) => typed("json", text),
    }
}

/// What a parameter cannot be called: what else a migration names, the functions of the vocabulary,
/// and a word that is reserved only since the edition 2024.
const TAKEN: [&str; 13] = [
    "db",
    "before",
    "after",
    "now",
    "sql",
    "date",
    "time",
    "timestamp",
    "timestamptz",
    "decimal",
    "uuid",
    "json",
    "gen",
];

/// What stands before an operation that lets programs go on meanwhile.
fn online_call(online: bool) -> Option<TokenStream> {
    online.then(|| quote! { online(). })
}

/// The name of a closure's parameter: the table's own where Rust takes it.
fn parameter(table: &Name) -> proc_macro2::Ident {
    let taken = TAKEN.contains(&table.as_str());
    let plain =
        table.as_str().bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    match syn::parse_str(table.as_str()) {
        Ok(ident) if plain && !taken && table.as_str() != "_" => ident,
        _ => format_ident!("table"),
    }
}

/// An empty line between the imports and each function, which the formatter leaves out.
fn spaced(code: &str) -> String {
    code.lines().fold(String::new(), |text, line| {
        let gap = if line.starts_with("pub ") && !text.is_empty() { "\n" } else { "" };
        text + gap + line + "\n"
    })
}
