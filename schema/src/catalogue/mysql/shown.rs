//! `SHOW CREATE TABLE`, the only place that says anything of a temporary table.

use super::record::{MysqlCatalogue, MysqlCheck, MysqlColumn, MysqlTable};
use crate::Dialect;
use crate::catalogue::cursor::Cursor;
use crate::catalogue::token::{Token, slice, tokens};

impl MysqlCatalogue {
    /// The columns and checks of one table by its SQL, as `SHOW CREATE TABLE` has it; `None` if it is none.
    /// Its keys, indexes and options are passed over. Bytes that are no text become question marks.
    ///
    /// ```
    /// use whimbrel_schema::{Dialect, MysqlCatalogue, read_mysql};
    ///
    /// let sql = "CREATE TEMPORARY TABLE `t` (\n  `a` int(11) DEFAULT NULL,\n  CONSTRAINT `c` CHECK (`a` > 0)\n)";
    /// let found = read_mysql(&MysqlCatalogue::of_table(sql.as_bytes()).unwrap());
    /// let check = &found.schema.table("t").unwrap().checks["c"];
    /// assert_eq!(check.condition.text(Dialect::Mysql), Some("`a` > 0"));
    /// ```
    pub fn of_table(sql: &[u8]) -> Option<Self> {
        of_table(&super::unclear::readable(sql))
    }
}

fn of_table(sql: &str) -> Option<MysqlCatalogue> {
    let mut cursor = Cursor::new(sql, Dialect::Mysql)?;
    let is_table = cursor.words(&["CREATE", "TEMPORARY", "TABLE"]) || cursor.words(&["CREATE", "TABLE"]);
    let name = cursor.name().filter(|_| is_table)?;
    let mut catalogue = MysqlCatalogue {
        tables: vec![MysqlTable {
            name: name.clone(),
            kind: "BASE TABLE".to_owned(),
            engine: None,
            collation: None,
            options: String::new(),
            comment: String::new(),
        }],
        ..MysqlCatalogue::default()
    };
    let body = cursor.group()?;
    let collation = collation(&mut cursor);
    catalogue.tables.iter_mut().for_each(|table| table.collation.clone_from(&collation));
    let all = tokens(body, Dialect::Mysql)?;
    for line in lines(&all) {
        match line {
            [constraint, check, word, rest @ ..]
                if constraint.is_word("CONSTRAINT") && word.is_word("CHECK") =>
            {
                catalogue.checks.push(MysqlCheck {
                    table: name.clone(),
                    name: check.name(Dialect::Mysql)?,
                    of_column: false,
                    condition: slice(body, rest).to_owned(),
                    enforced: true,
                });
            }
            [column, definition @ ..] if column.text.starts_with('`') => {
                let column = column.name(Dialect::Mysql)?;
                catalogue.checks.extend(column_check(body, definition, &name, &column));
                let mut column = shown(body, definition, &name, column);
                column.collation = column.collation.or_else(|| collation.clone());
                catalogue.columns.push(column);
            }
            _ => {}
        }
    }
    Some(catalogue)
}

/// How texts of the table compare, where its options say it.
fn collation(options: &mut Cursor<'_>) -> Option<String> {
    while !options.words(&["COLLATE"]) {
        options.next()?;
    }
    options.sign("=");
    options.name()
}

/// What stands between the commas outside of parentheses.
fn lines<'t, 'a>(tokens: &'t [Token<'a>]) -> Vec<&'t [Token<'a>]> {
    let mut depth = 0_i64;
    let commas = tokens.split(move |token| {
        depth += i64::from(token.is_sign("(")) - i64::from(token.is_sign(")"));
        depth == 0 && token.is_sign(",")
    });
    commas.collect()
}

fn shown(body: &str, definition: &[Token<'_>], table: &str, name: String) -> MysqlColumn {
    let behind = |word: &str| {
        let place = outside(definition, word)?;
        let rest = &definition[place + 1..];
        Some(slice(body, &rest[..ends(rest)]).to_owned())
    };
    let generated = outside(definition, "AS").and_then(|place| {
        let rest = definition.get(place + 1..)?;
        let end = closing(rest)?;
        Some(slice(body, &rest[..=end]).to_owned())
    });
    let stored = outside(definition, "STORED").or_else(|| outside(definition, "PERSISTENT")).is_some();
    let extra = match (&generated, stored) {
        (None, _) => "",
        (Some(_), true) => "STORED GENERATED",
        (Some(_), false) => "VIRTUAL GENERATED",
    };
    MysqlColumn {
        table: table.to_owned(),
        name,
        type_text: slice(body, &definition[..type_ends(definition)]).to_owned(),
        nullable: true,
        default: behind("DEFAULT"),
        extra: extra.to_owned(),
        generated,
        collation: behind("COLLATE"),
        comment: String::new(),
    }
}

/// Where a type ends that `SHOW CREATE TABLE` prints.
fn type_ends(definition: &[Token<'_>]) -> usize {
    const AFTER: [&str; 10] = [
        "CHARACTER",
        "COLLATE",
        "NOT",
        "NULL",
        "DEFAULT",
        "GENERATED",
        "AS",
        "CHECK",
        "COMMENT",
        "INVISIBLE",
    ];
    let end = definition.iter().position(|token| AFTER.iter().any(|word| token.is_word(word)));
    end.unwrap_or(definition.len())
}

/// Where the value behind DEFAULT or COLLATE ends.
fn ends(rest: &[Token<'_>]) -> usize {
    const AFTER: [&str; 9] =
        ["NOT", "NULL", "DEFAULT", "GENERATED", "CHECK", "COMMENT", "ON", "COLLATE", "INVISIBLE"];
    let mut depth = 0_i64;
    let end = rest.iter().skip(1).position(|token| {
        depth += i64::from(token.is_sign("(")) - i64::from(token.is_sign(")"));
        depth == 0 && AFTER.iter().any(|word| token.is_word(word))
    });
    end.map_or(rest.len(), |end| end + 1)
}

/// The place of a word outside of parentheses.
fn outside(tokens: &[Token<'_>], word: &str) -> Option<usize> {
    let mut depth = 0_i64;
    tokens.iter().position(|token| {
        depth += i64::from(token.is_sign("(")) - i64::from(token.is_sign(")"));
        depth == 0 && token.is_word(word)
    })
}

/// The place of the parenthesis that closes the one that the tokens begin with.
fn closing(tokens: &[Token<'_>]) -> Option<usize> {
    let mut depth = 0_i64;
    tokens.iter().position(|token| {
        depth += i64::from(token.is_sign("(")) - i64::from(token.is_sign(")"));
        depth == 0
    })
}

fn column_check(body: &str, definition: &[Token<'_>], table: &str, column: &str) -> Option<MysqlCheck> {
    let rest = definition.get(outside(definition, "CHECK")? + 1..)?;
    let [_, condition @ .., _] = rest.get(..=closing(rest)?)? else { return None };
    Some(MysqlCheck {
        table: table.to_owned(),
        name: column.to_owned(),
        of_column: true,
        condition: slice(body, condition).to_owned(),
        enforced: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ColumnType, DefaultValue, GeneratedStorage};

    #[test]
    fn columns_and_checks() {
        let sql = "CREATE TEMPORARY TABLE `t``u` (\n  `a` int(11) NOT NULL DEFAULT (floor(rand() * 2) + 1),\n  \
                   `b` varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT 'x, CHECK (`',\n  \
                   `c` varchar(9) GENERATED ALWAYS AS (concat(`b`,')')) STORED,\n  \
                   `j` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`j`)),\n  \
                   KEY `k` (`a`),\n  CONSTRAINT `d` CHECK (`a` > 0 and (`b` <> ','))\n) ENGINE=InnoDB";
        let found = super::super::read_mysql(&of_table(sql).unwrap());
        let table = found.schema.table("t`u").unwrap();
        let default = |name: &str| match &table.columns[name].default {
            Some(DefaultValue::Expression(sql)) => sql.text(Dialect::Mysql).unwrap().to_owned(),
            Some(DefaultValue::Literal(value)) => value.to_string(),
            None => "none".to_owned(),
        };
        assert_eq!(default("a"), "floor(rand() * 2) + 1");
        assert_eq!(default("b"), "\"x, CHECK (`\"");
        let generated = table.columns["c"].generated.as_ref().unwrap();
        assert_eq!(generated.sql.text(Dialect::Mysql), Some("concat(`b`,')')"));
        assert_eq!(generated.storage, GeneratedStorage::Stored);
        assert_eq!(table.columns["j"].column_type, ColumnType::Json);
        assert_eq!(table.checks.len(), 1);
        assert_eq!(table.checks["d"].condition.text(Dialect::Mysql), Some("`a` > 0 and (`b` <> ',')"));
    }
}
