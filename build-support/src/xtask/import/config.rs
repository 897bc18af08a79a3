//! whimbrel.toml for a database that is there already.

use whimbrel_schema::{Config, Dialect, SourceId, Sources};

use crate::xtask::init::string;
use crate::xtask::output::{self, Failure};

/// A schema that was read from one database need not hold on another.
pub(super) fn check_dialects(sources: &Sources, id: SourceId, dialect: Dialect) -> Result<(), Failure> {
    let (config, diagnostics) = Config::parse(sources, id);
    if !diagnostics.is_empty() {
        output::print_diagnostics(&diagnostics, sources);
        return Err(Failure::failed("mend whimbrel.toml first; nothing was written"));
    }
    if config.dialects == [dialect] {
        return Ok(());
    }
    let key = dialect.key();
    Err(Failure::usage(format!(
        "the database is of {dialect}, and whimbrel.toml is for others as well, or instead; write `dialects = \
         [\"{key}\"]` in it, import, and add others afterwards: the build then says what they lack"
    )))
}

/// A whimbrel.toml for this database. Only the URL of a file is written down: those of servers have passwords.
pub(super) fn new_config(url: &str, dialect: Dialect) -> String {
    let url = match dialect {
        Dialect::Sqlite => string(url),
        Dialect::Postgres | Dialect::Mysql => "{ env = \"DATABASE_URL\" }".to_owned(),
    };
    format!(
        "\
# The databases that every schema and every migration must fit.
dialects = [\"{}\"]

# Where no other is named, by --env or --url. A path is relative to this package.
[environment.dev]
url = {url}
",
        dialect.key()
    )
}
