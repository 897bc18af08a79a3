//! What the information schema shows with question marks.
//!
//! It has no character beyond those of three bytes and no bytes that are none, and puts a question mark for
//! each. Where there is one the thing itself is asked, which may really have a question mark.

use std::collections::BTreeSet;

use super::record::{MysqlCatalogue, MysqlServer};
use super::statement::quoted;
use crate::Dialect;
use crate::catalogue::cursor::Cursor;
use crate::catalogue::token::{TokenKind, tokens};

/// The temporary table with a row of defaults.
const ROW: &str = "whimbrel_trial_defaults";

/// Something that is to be asked again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MysqlUnclear {
    /// What is done before, in order: a default is only known of a row, which here is one of a temporary
    /// table.
    pub before: Vec<String>,
    /// The query, whose one row tells.
    pub query: String,
    /// What is done afterwards, whatever came of it.
    pub after: Option<String>,
    subject: Subject,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Subject {
    /// The defaults of columns of a table that are literals, as hexadecimal digits.
    Defaults(String, Vec<String>),
    /// The expressions in a table.
    Table(String),
    View(String),
    Trigger(String),
}

impl MysqlUnclear {
    /// Whether it asks for values, rather than for the SQL of something.
    pub const fn is_of_values(&self) -> bool {
        matches!(self.subject, Subject::Defaults(..))
    }
}

impl MysqlCatalogue {
    /// What is to be asked again, and how.
    pub fn unclear(&self) -> Vec<MysqlUnclear> {
        let marked = |text: &Option<String>| text.as_ref().is_some_and(|text| text.contains('?'));
        let mut unclear = Vec::new();
        let mut tables: Vec<&str> = Vec::new();
        let mut defaults: Vec<(&str, Vec<String>)> = Vec::new();
        // Views have columns, too, with the defaults of those that they show.
        let views: BTreeSet<&str> = self.views.iter().map(|view| view.name.as_str()).collect();
        for column in self.columns.iter().filter(|column| !views.contains(column.table.as_str())) {
            let table = column.table.as_str();
            if marked(&column.generated) {
                tables.push(table);
            }
            if !marked(&column.default) {
                continue;
            }
            if self.is_literal(column.default.as_deref().unwrap_or_default(), &column.extra) {
                match defaults.last_mut().filter(|(last, _)| *last == table) {
                    Some((_, columns)) => columns.push(column.name.clone()),
                    None => defaults.push((table, vec![column.name.clone()])),
                }
            } else {
                tables.push(table);
            }
        }
        tables.extend(
            self.checks.iter().filter(|row| row.condition.contains('?')).map(|row| row.table.as_str()),
        );
        tables.dedup();
        unclear.extend(defaults.into_iter().map(|(table, columns)| {
            let names: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
            let values: Vec<String> = names.iter().map(|name| format!("HEX({name})")).collect();
            MysqlUnclear {
                before: vec![
                    format!(
                        "CREATE TEMPORARY TABLE {ROW} AS SELECT {} FROM {} LIMIT 0",
                        names.join(", "),
                        quoted(table)
                    ),
                    format!("INSERT INTO {ROW} () VALUES ()"),
                ],
                query: format!("SELECT {} FROM {ROW}", values.join(", ")),
                after: Some(format!("DROP TEMPORARY TABLE IF EXISTS {ROW}")),
                subject: Subject::Defaults(table.to_owned(), columns),
            }
        }));
        let show = |kind: &str, name: &str, subject: fn(String) -> Subject| MysqlUnclear {
            before: Vec::new(),
            query: format!("SHOW CREATE {kind} {}", quoted(name)),
            after: None,
            subject: subject(name.to_owned()),
        };
        unclear.extend(tables.into_iter().map(|name| show("TABLE", name, Subject::Table)));
        let views = self.views.iter().filter(|view| view.query.contains('?'));
        unclear.extend(views.map(|view| show("VIEW", &view.name, Subject::View)));
        let triggers = self.triggers.iter().filter(|trigger| trigger.body.contains('?'));
        unclear.extend(triggers.map(|trigger| show("TRIGGER", &trigger.name, Subject::Trigger)));
        unclear
    }

    /// Takes the answer to a query in place of what was read before.
    pub fn clear(&mut self, unclear: &MysqlUnclear, row: &[Option<Vec<u8>>]) {
        let text = |place: usize| row.get(place)?.as_deref().map(readable);
        match &unclear.subject {
            Subject::Defaults(table, columns) => {
                for (name, digits) in columns.iter().zip(row) {
                    let digits = digits.as_deref().map(readable);
                    self.clear_default(table, name, digits.as_deref().unwrap_or_default());
                }
            }
            Subject::Table(name) => {
                let shown = row.get(1).and_then(|sql| Self::of_table(sql.as_deref()?));
                if let Some(shown) = shown {
                    self.clear_table(name, shown);
                }
            }
            Subject::View(name) => {
                let query = text(1).and_then(|sql| behind(&sql, "VIEW", &["AS"]));
                let view = self.views.iter_mut().find(|view| view.name == *name);
                if let (Some(view), Some(query)) = (view, query) {
                    view.query = query;
                }
            }
            Subject::Trigger(name) => {
                let body = text(2).and_then(|sql| behind(&sql, "TRIGGER", &["FOR", "EACH", "ROW"]));
                let trigger = self.triggers.iter_mut().find(|trigger| trigger.name == *name);
                if let (Some(trigger), Some(body)) = (trigger, body) {
                    trigger.body = body;
                }
            }
        }
    }

    /// Whether a default is the text of a value rather than something to compute.
    fn is_literal(&self, text: &str, extra: &str) -> bool {
        if self.server == MysqlServer::MySql {
            return !extra.to_ascii_lowercase().contains("default_generated");
        }
        let tokens = tokens(text, Dialect::Mysql).unwrap_or_default();
        matches!(tokens[..], [only] if only.kind == TokenKind::Text)
    }

    fn clear_default(&mut self, table: &str, name: &str, digits: &str) {
        let is_it = |column: &&mut super::MysqlColumn| column.table == table && column.name == name;
        let Some(column) = self.columns.iter_mut().find(is_it) else { return };
        let byte = |place: usize| u8::from_str_radix(digits.get(place..place + 2)?, 16).ok();
        let bytes: Option<Vec<u8>> = (0..digits.len()).step_by(2).map(byte).collect();
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        let is_bytes = ["binary", "varbinary"].iter().any(|kind| column.type_text.starts_with(kind));
        column.default = Some(match text.filter(|_| !is_bytes) {
            Some(text) if self.server == MysqlServer::MySql => text,
            Some(text) => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''")),
            None => format!("X'{digits}'"),
        });
    }

    fn clear_table(&mut self, name: &str, shown: Self) {
        for column in self.columns.iter_mut().filter(|column| column.table == name) {
            let Some(shown) = shown.columns.iter().find(|shown| shown.name == column.name) else { continue };
            if shown.generated.is_some() {
                column.generated.clone_from(&shown.generated);
            }
            let literal = |text: &String| text.starts_with('\'');
            if column.default.as_ref().is_some_and(|text| text.contains('?') && !literal(text)) {
                column.default.clone_from(&shown.default);
            }
        }
        for check in self.checks.iter_mut().filter(|check| check.table == name) {
            let same =
                |shown: &&super::MysqlCheck| (&shown.name, shown.of_column) == (&check.name, check.of_column);
            if let Some(shown) = shown.checks.iter().find(same) {
                check.condition.clone_from(&shown.condition);
            }
        }
    }
}

/// A text with a question mark for each byte that is none.
pub(super) fn readable(bytes: &[u8]) -> String {
    let chunks = bytes.utf8_chunks();
    chunks.map(|chunk| format!("{}{}", chunk.valid(), "?".repeat(chunk.invalid().len()))).collect()
}

/// What follows these words behind the name of what a statement creates.
fn behind(sql: &str, kind: &str, words: &[&str]) -> Option<String> {
    let mut cursor = Cursor::new(sql, Dialect::Mysql)?;
    while !cursor.words(&[kind]) {
        cursor.next()?;
    }
    cursor.name()?;
    while !cursor.words(words) {
        cursor.next()?;
    }
    if cursor.words(&["FOLLOWS"]) || cursor.words(&["PRECEDES"]) {
        cursor.name()?;
    }
    Some(cursor.rest_of_text().to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::{MysqlCheck, MysqlColumn, MysqlTrigger, MysqlView};
    use super::*;

    #[test]
    fn what_has_a_question_mark_is_asked_again() {
        let text = str::to_owned;
        let column = |name: &str, default: Option<&str>, generated: Option<&str>| MysqlColumn {
            table: text("t"),
            name: text(name),
            type_text: text(if name == "b" { "binary(3)" } else { "varchar(9)" }),
            default: default.map(text),
            generated: generated.map(text),
            ..MysqlColumn::default()
        };
        let mut catalogue = MysqlCatalogue {
            columns: vec![
                column("a", Some("'?'"), None),
                column("b", Some("'\\0?'"), None),
                column("c", Some("concat('?')"), None),
                column("d", None, Some("concat(`a`,'????')")),
                column("e", Some("'x'"), None),
            ],
            checks: vec![MysqlCheck {
                table: text("t"),
                name: text("c"),
                of_column: false,
                condition: text("`a` <> '????'"),
                enforced: true,
            }],
            views: vec![MysqlView {
                name: text("v"),
                query: text("select '????' AS `x`"),
                check_option: text("NONE"),
                security: text("DEFINER"),
            }],
            triggers: vec![MysqlTrigger {
                name: text("r"),
                table: text("t"),
                timing: text("BEFORE"),
                event: text("INSERT"),
                body: text("SET NEW.a = '?'"),
            }],
            ..MysqlCatalogue::default()
        };
        let answers: [&[&str]; 4] = [
            &["F09F90A6", "00FF01"],
            &[
                "t",
                "CREATE TABLE `t` (`a` varchar(9) DEFAULT '?', `c` varchar(9) DEFAULT concat('🐦'), \
                 `d` varchar(9) GENERATED ALWAYS AS (concat(`a`,'🐦')) STORED, CONSTRAINT `c` CHECK (`a` <> '🐦'))",
            ],
            &[
                "v",
                "CREATE ALGORITHM=UNDEFINED DEFINER=`a`@`b` SQL SECURITY DEFINER VIEW `v` AS select '🐦' AS `x`",
            ],
            &["r", "", "CREATE DEFINER=`a`@`b` TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET NEW.a = '🐦'"],
        ];
        let unclear = catalogue.unclear();
        let queries: Vec<&str> = unclear.iter().map(|unclear| unclear.query.as_str()).collect();
        assert_eq!(
            queries,
            [
                "SELECT HEX(`a`), HEX(`b`) FROM whimbrel_trial_defaults",
                "SHOW CREATE TABLE `t`",
                "SHOW CREATE VIEW `v`",
                "SHOW CREATE TRIGGER `r`",
            ]
        );
        for (unclear, answer) in unclear.iter().zip(answers) {
            let row: Vec<Option<Vec<u8>>> =
                answer.iter().map(|text| Some(text.as_bytes().to_vec())).collect();
            catalogue.clear(unclear, &row);
        }
        let defaults: Vec<Option<&str>> =
            catalogue.columns.iter().map(|column| column.default.as_deref()).collect();
        assert_eq!(defaults, [Some("'🐦'"), Some("X'00FF01'"), Some("concat('🐦')"), None, Some("'x'")]);
        assert_eq!(catalogue.columns[3].generated.as_deref(), Some("(concat(`a`,'🐦'))"));
        assert_eq!(catalogue.checks[0].condition, "(`a` <> '🐦')");
        assert_eq!(catalogue.views[0].query, "select '🐦' AS `x`");
        assert_eq!(catalogue.triggers[0].body, "SET NEW.a = '🐦'");
    }
}
