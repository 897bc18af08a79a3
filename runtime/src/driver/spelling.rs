//! How databases spell what whimbrel writes for itself.

use std::borrow::Cow;

#[cfg(any(feature = "postgres", feature = "mysql"))]
use whimbrel_schema::Dialect;

#[cfg(any(feature = "postgres", feature = "mysql"))]
use super::quoted;

/// The texts of whimbrel's own tables are written once, as SQLite has them: with `main.` before each
/// table, `?1`, `?2` and so on in order for parameters, and columns that are `INTEGER` or `TEXT`. This turns
/// them into the words of another database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// As they are.
    Sqlite,
    /// PostgreSQL, in the schema of this name.
    #[cfg(feature = "postgres")]
    Postgres(String),
    /// MariaDB and MySQL, in the database of this name.
    #[cfg(feature = "mysql")]
    Mysql(String),
}

impl Spelling {
    /// A text of whimbrel's own for this database.
    pub(crate) fn spell<'t>(&self, sql: &'t str) -> Cow<'t, str> {
        match self {
            Self::Sqlite => Cow::Borrowed(sql),
            #[cfg(feature = "postgres")]
            Self::Postgres(schema) => {
                let home = quoted(Dialect::Postgres, schema) + ".";
                Cow::Owned(marks(&words(sql, &home, "TEXT"), "$", true))
            }
            #[cfg(feature = "mysql")]
            Self::Mysql(database) => {
                let home = quoted(Dialect::Mysql, database) + ".";
                // TEXT would end at 64 KiB, and a table in the character set of the database cuts what
                // people write.
                let text = "LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
                let sql = marks(&words(sql, &home, text), "?", false);
                Cow::Owned(if sql.starts_with("CREATE TABLE") && sql.ends_with(')') {
                    sql + " ENGINE=InnoDB"
                } else {
                    sql
                })
            }
        }
    }
}

/// With tables and types by other names.
#[cfg(any(feature = "postgres", feature = "mysql"))]
fn words(sql: &str, home: &str, text: &str) -> String {
    sql.replace("main.", home).replace(" INTEGER", " BIGINT").replace(" TEXT", &format!(" {text}"))
}

/// With parameters by another sign, with or without their numbers.
#[cfg(any(feature = "postgres", feature = "mysql"))]
fn marks(sql: &str, sign: &str, numbered: bool) -> String {
    let mut spelled = String::with_capacity(sql.len());
    let mut parts = sql.split('?');
    spelled.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let end = part.find(|character: char| !character.is_ascii_digit()).unwrap_or(part.len());
        spelled.push_str(sign);
        spelled.push_str(if numbered { part } else { &part[end..] });
    }
    spelled
}

#[cfg(all(test, feature = "postgres", feature = "mysql"))]
mod tests {
    use super::*;

    #[test]
    fn spells_for_each_database() {
        let create = "CREATE TABLE main.whimbrel_x (entry INTEGER PRIMARY KEY, who TEXT NOT NULL)";
        let insert = "INSERT INTO main.whimbrel_x (entry, who) VALUES (?1, ?2)";
        let (postgres, mysql) = (Spelling::Postgres("a\"b".to_owned()), Spelling::Mysql("a`b".to_owned()));
        assert_eq!(Spelling::Sqlite.spell(insert), insert);
        assert_eq!(
            postgres.spell(create),
            "CREATE TABLE \"a\"\"b\".whimbrel_x (entry BIGINT PRIMARY KEY, who TEXT NOT NULL)"
        );
        assert_eq!(postgres.spell(insert), "INSERT INTO \"a\"\"b\".whimbrel_x (entry, who) VALUES ($1, $2)");
        assert_eq!(
            mysql.spell(create),
            "CREATE TABLE `a``b`.whimbrel_x (entry BIGINT PRIMARY KEY, who LONGTEXT CHARACTER SET utf8mb4 \
             COLLATE utf8mb4_bin NOT NULL) ENGINE=InnoDB"
        );
        assert_eq!(mysql.spell(insert), "INSERT INTO `a``b`.whimbrel_x (entry, who) VALUES (?, ?)");
    }
}
