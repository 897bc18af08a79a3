//! SQL that a server may spell otherwise than it was written, put to the test.
//!
//! A server keeps no SQL but what it understood of it: `IN (1, 2)` becomes `= ANY (ARRAY[1, 2])`, a view
//! names every column with its table. Whether two texts are the same to it only the server can say. So
//! where a text of the schema and one of the database differ in nothing but their spelling, the one of the
//! schema is put into a table or view that is made for that moment, over the same columns, and read
//! back as everything else is. What differs then differs.

use std::sync::Arc;

use crate::catalogue::{PostgresTriggerParts, TRIAL, postgres_script};
use crate::{
    Column, ColumnType, Dialect, Index, IndexKey, Introspected, Name, Operation, Pair, Schema, Sql,
    Statement, Table, TableOptions, View, render,
};

/// A table or view that is made to see how a server spells what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// Its name, which begins with [`PREFIX`](Self::PREFIX).
    pub name: Name,
    /// Whether it is a view rather than a table.
    pub view: bool,
    /// The statements that make it. On PostgreSQL it is temporary, and on MySQL a table is.
    pub create: Vec<String>,
    /// The table or view that it stands for.
    object: Name,
    pieces: Vec<Piece>,
}

impl Trial {
    /// How the names of trials begin.
    pub const PREFIX: &str = TRIAL;
}

/// SQL of a schema, by where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// The native type of a column.
    Type(Name),
    /// The default of a column.
    Default(Name),
    /// The expression of a generated column.
    Generated(Name),
    /// The condition of a check.
    Check(Name),
    /// The expressions and the predicate of an index, which has this number among those of a trial.
    Index(Name, usize),
    /// The condition of a trigger.
    When(Name),
    /// The query of a view.
    View(Name),
}

/// What is to be asked of a server about a schema.
///
/// ```
/// use whimbrel_schema::{
///     Check, Column, ColumnType, Introspected, Dialect, Name, Schema, Table, Trials,
/// };
///
/// let schema = |condition: &str| {
///     let mut table = Table::new(Name::new("t"));
///     table.columns.insert(Name::new("a"), Column::new(Name::new("a"), ColumnType::Integer));
///     table.checks.insert(Name::new("c"), Check::new(condition));
///     let mut schema = Schema::default();
///     schema.insert(table);
///     schema
/// };
/// let found = Introspected {
///     dialect: Dialect::Postgres,
///     schema: schema("a = ANY (ARRAY[1, 2])"),
///     ..Introspected::default()
/// };
/// assert_eq!(Trials::new(&found, &schema("(a = ANY (ARRAY[1, 2]))"), "").all(), []);
/// let trials = Trials::new(&found, &schema("a IN (1, 2)"), "").all();
/// assert!(trials[0].create[0].starts_with("CREATE TEMPORARY TABLE \"whimbrel_trial_0\" ("));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trials {
    dialect: Dialect,
    mark: String,
    /// Both as they are compared.
    pair: Pair<Schema>,
    /// What is asked about tables and views.
    open: Vec<(Name, Vec<Piece>)>,
}

impl Trials {
    /// All that only the server of a database can say about a schema that the database should have. `mark`
    /// begins the numbers of trials where another session could make some at the same time.
    pub fn new(found: &Introspected, expected: &Schema, mark: &str) -> Self {
        let pair = found.against(expected);
        let mut open = Vec::new();
        if found.dialect != Dialect::Sqlite {
            for (name, table) in pair.previous.tables.iter() {
                let Some(other) = pair.next.table(name.as_str()) else { continue };
                let unnamed = found.unnamed.iter().any(|(table, _)| table == name);
                let mut pieces = in_table(Pair::new(table, other), unnamed);
                if found.dialect == Dialect::Postgres {
                    pieces.extend(conditions(pair.as_ref(), name));
                }
                open.extend((!pieces.is_empty()).then(|| (name.clone(), pieces)));
            }
            for (name, view) in &pair.previous.views {
                let differs = pair.next.views.get(name).is_some_and(|other| other.sql != view.sql);
                open.extend(differs.then(|| (name.clone(), vec![Piece::View(name.clone())])));
            }
        }
        Self { dialect: found.dialect, mark: mark.to_owned(), pair, open }
    }

    /// A trial for every table and view that there is something to ask about.
    pub fn all(&self) -> Vec<Trial> {
        let trial = |(number, (object, pieces)): (usize, &(Name, Vec<Piece>))| {
            self.trial(&format!("{}{number}", self.mark), object, pieces.clone())
        };
        self.open.iter().enumerate().map(trial).collect()
    }

    /// For a trial that the server refuses, one for each thing that it asks; none if it asks only one.
    pub fn apart(&self, trial: &Trial) -> Vec<Trial> {
        if trial.pieces.len() < 2 {
            return Vec::new();
        }
        let number = trial.name.as_str().trim_start_matches(Trial::PREFIX);
        let alone = |(place, piece): (usize, &Piece)| {
            self.trial(&format!("{number}_{place}"), &trial.object, vec![piece.clone()])
        };
        trial.pieces.iter().enumerate().map(alone).collect()
    }

    /// The schema in the spelling of the server, as far as it was asked: `read` is what was read back of the
    /// trials that it took. It is for [comparisons](crate::drift) alone.
    pub fn respelled(&self, taken: &[Trial], read: &Introspected) -> Schema {
        let mut expected = self.pair.previous.clone();
        let read = super::stored(self.dialect, &read.schema);
        for trial in taken {
            for piece in &trial.pieces {
                match piece {
                    Piece::View(name) => take_view(name, read.view(trial.name.as_str()), &mut expected),
                    Piece::When(name) => self.take_condition(name, &read, &mut expected),
                    _ => {
                        let read = read.table(trial.name.as_str());
                        if let (Some(table), Some(read)) = (expected.tables.get_mut(&trial.object), read) {
                            take(piece, table, read);
                        }
                    }
                }
            }
        }
        expected
    }

    fn trial(&self, number: &str, object: &Name, pieces: Vec<Piece>) -> Trial {
        let name = Name::new(format!("{}{number}", Trial::PREFIX));
        let mut schema = Schema::default();
        let view =
            self.pair.previous.view(object.as_str()).filter(|_| matches!(pieces[..], [Piece::View(_)]));
        let create = match view {
            Some(view) => {
                let view = View::new(name.clone(), view.sql.clone());
                schema.views.insert(name.clone(), Arc::new(view));
                Operation::CreateView { name: name.clone() }
            }
            None => {
                schema.insert(self.table(&name, object, &pieces));
                Operation::CreateTable { table: name.clone() }
            }
        };
        let statements = render(self.dialect, &create, &Schema::default(), &schema);
        let texts = statements.iter().flat_map(Statement::texts);
        let mut create: Vec<String> = texts.map(|text| temporary(self.dialect, text)).collect();
        create.extend(pieces.iter().filter_map(|piece| self.trigger(piece, &name)));
        Trial { name, view: view.is_some(), create, object: object.clone(), pieces }
    }

    /// The table as the database has it, without constraints and without any SQL but what is asked.
    fn table(&self, name: &Name, object: &Name, pieces: &[Piece]) -> Table {
        let mut table = Table::new(name.clone());
        let tables = self.pair.as_ref().both(|schema| schema.table(object.as_str()));
        let Some(Pair { previous: expected, next: found }) = tables else { return table };
        for column in found.columns.values() {
            let column = Column {
                nullable: true,
                default: None,
                auto_increment: false,
                generated: None,
                doc: None,
                ..column.clone()
            };
            table.columns.insert(column.name.clone(), column);
        }
        // Only how its texts compare matters.
        let mysql = crate::MysqlOptions { engine: None, ..found.options.mysql.clone() };
        table.options = TableOptions { mysql, ..TableOptions::default() };
        for piece in pieces {
            ask(piece, &mut table, expected);
        }
        table
    }

    /// A trigger with the condition of one of the schema, which calls a function that every database has.
    fn trigger(&self, piece: &Piece, trial: &Name) -> Option<String> {
        let Piece::When(name) = piece else { return None };
        let parts = parts(&self.pair.previous, name)?;
        let (row, when) = (if parts.for_each_row { "ROW" } else { "STATEMENT" }, parts.when?);
        Some(format!(
            "CREATE TRIGGER \"{}\" AFTER UPDATE ON \"{trial}\" FOR EACH {row} WHEN ({when}) \
             EXECUTE FUNCTION suppress_redundant_updates_trigger()",
            name.as_str().replace('"', "\"\"")
        ))
    }

    /// A trigger that is the same with its condition as the server spells it gets the text that it has there.
    fn take_condition(&self, name: &Name, read: &Schema, expected: &mut Schema) {
        let script =
            |schema: &Schema| postgres_script(schema.triggers.get(name)?.sql.text(Dialect::Postgres)?);
        let scripts = Pair::new(&*expected, &self.pair.next).both(script);
        let (Some(scripts), Some(spelled)) = (scripts, parts(read, name)) else { return };
        let Pair { previous: mut wanted, next: mut found } = scripts;
        for parts in wanted.triggers.iter_mut().filter(|parts| parts.name == name.as_str()) {
            parts.when.clone_from(&spelled.when);
        }
        if wanted.functions.is_empty() {
            found.functions.clear();
        }
        let other = self.pair.next.triggers.get(name);
        if let (Some(trigger), Some(other)) = (expected.triggers.get_mut(name), other)
            && wanted == found
        {
            Arc::make_mut(trigger).sql = other.sql.clone();
        }
    }
}

fn temporary(dialect: Dialect, text: &str) -> String {
    let temporary = |kind: &str| {
        let rest = text.strip_prefix(&format!("CREATE {kind} "))?;
        Some(format!("CREATE TEMPORARY {kind} {rest}"))
    };
    // MySQL has no temporary views.
    let view = || (dialect == Dialect::Postgres).then(|| temporary("VIEW")).flatten();
    temporary("TABLE").or_else(view).unwrap_or_else(|| text.to_owned())
}

/// What differs in its spelling, and may be the same.
fn in_table(tables: Pair<&Table>, unnamed: bool) -> Vec<Piece> {
    let Pair { previous: expected, next: found } = tables;
    let mut pieces = Vec::new();
    for (name, column) in &expected.columns {
        let Some(other) = found.columns.get(name) else { continue };
        let native = matches!(column.column_type, ColumnType::Native(_));
        if native && column.column_type != other.column_type {
            pieces.push(Piece::Type(name.clone()));
        }
        if !native && column.column_type != other.column_type {
            // What a value or an expression means depends on the type, which is another.
            continue;
        }
        if column.default != other.default && column.default.is_some() && other.default.is_some() {
            pieces.push(Piece::Default(name.clone()));
        }
        let generated = Pair::new(&column.generated, &other.generated).both(Option::as_ref);
        if generated.is_some_and(|made| made.previous.sql != made.next.sql) {
            pieces.push(Piece::Generated(name.clone()));
        }
    }
    for (name, check) in &expected.checks {
        let other = found.checks.get(name);
        if other.map_or(unnamed, |other| other != check) {
            pieces.push(Piece::Check(name.clone()));
        }
    }
    for (number, (name, index)) in expected.indexes.iter().enumerate() {
        let other = found.indexes.get(name).filter(|other| *other != index);
        let same = other.is_some_and(|other| without_sql(index) == without_sql(other));
        pieces.extend(same.then(|| Piece::Index(name.clone(), number)));
    }
    pieces
}

fn without_sql(index: &Index) -> Index {
    let mut index = index.clone();
    index.predicate.iter_mut().for_each(|sql| *sql = Sql::from(""));
    for part in &mut index.columns {
        if let IndexKey::Expression(sql) = &mut part.key {
            *sql = Sql::from("");
        }
    }
    index
}

/// The triggers of a table whose conditions differ.
fn conditions(pair: Pair<&Schema>, table: &Name) -> Vec<Piece> {
    let here = pair.previous.triggers.values().filter(|trigger| trigger.table == *table);
    let open = here.filter(|trigger| {
        let conditions = pair.both(|schema| parts(schema, &trigger.name)?.when);
        conditions.is_some_and(|conditions| conditions.differs())
    });
    open.map(|trigger| Piece::When(trigger.name.clone())).collect()
}

/// The trigger of PostgreSQL of this name, taken apart.
fn parts(schema: &Schema, name: &Name) -> Option<PostgresTriggerParts> {
    let sql = &schema.triggers.get(name)?.sql;
    let script = postgres_script(sql.text(Dialect::Postgres)?)?;
    script.triggers.into_iter().find(|parts| parts.name == name.as_str())
}

/// The name of an index of a trial. That of the schema may be as long as a name can be.
fn index_name(trial: &Name, number: usize) -> Name {
    Name::new(format!("{trial}_index_{number}"))
}

/// Puts what is asked into a trial.
fn ask(piece: &Piece, trial: &mut Table, expected: &Table) {
    match piece {
        Piece::Type(name) | Piece::Default(name) | Piece::Generated(name) => {
            if let (Some(column), Some(wanted)) = (trial.columns.get_mut(name), expected.columns.get(name)) {
                put(piece, column, wanted);
            }
        }
        Piece::Check(name) => {
            trial.checks.extend(expected.checks.get(name).map(|check| (name.clone(), check.clone())));
        }
        Piece::Index(name, number) => {
            let index = expected.indexes.get(name);
            trial.indexes.extend(index.map(|index| (index_name(&trial.name, *number), index.clone())));
        }
        Piece::When(_) | Piece::View(_) => {}
    }
}

/// Puts what was read of a trial into the table that it stands for.
fn take(piece: &Piece, table: &mut Table, trial: &Table) {
    match piece {
        Piece::Type(name) | Piece::Default(name) | Piece::Generated(name) => {
            if let (Some(column), Some(read)) = (table.columns.get_mut(name), trial.columns.get(name)) {
                put(piece, column, read);
            }
        }
        Piece::Check(name) => {
            table.checks.extend(trial.checks.get(name).map(|check| (name.clone(), check.clone())));
        }
        Piece::Index(name, number) => {
            let index = trial.indexes.get(&index_name(&trial.name, *number));
            table.indexes.extend(index.map(|index| (name.clone(), index.clone())));
        }
        Piece::When(_) | Piece::View(_) => {}
    }
}

fn put(piece: &Piece, column: &mut Column, other: &Column) {
    match piece {
        Piece::Type(_) => column.column_type = other.column_type.clone(),
        Piece::Default(_) => column.default.clone_from(&other.default),
        Piece::Generated(_) => column.generated.clone_from(&other.generated),
        Piece::Check(_) | Piece::Index(..) | Piece::When(_) | Piece::View(_) => {}
    }
}

fn take_view(name: &Name, read: Option<&View>, expected: &mut Schema) {
    if let (Some(view), Some(read)) = (expected.views.get_mut(name), read) {
        Arc::make_mut(view).sql = read.sql.clone();
    }
}
