//! whimbrel.toml.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use toml::de::DeValue;

use crate::document::reader::{self, Context, Entry, Mode, entries, fields, known, wrong_shape};
use crate::document::{finish, read_toml};
use crate::language::{ARCHIVE, CONFIG, ENVIRONMENT, SEEDS_CONFIG, URL};
use crate::suggest::closest;
use crate::{
    Age, Archiving, Code, Diagnostic, Dialect, HazardCode, HazardPolicy, RowTypes, Severity, SourceId,
    Sources, Timeouts,
};

/// What whimbrel.toml says; every key has a default, so an empty file is a whole one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The dialects on which the schema must hold.
    pub dialects: Vec<Dialect>,
    /// The environments, in the order of the file; the first is the default.
    pub environments: Vec<Environment>,
    /// How much hazards weigh.
    pub hazards: HazardPolicy,
    /// The crates whose types fields of row structs have.
    pub row_types: BTreeSet<RowTypes>,
    /// The directory of the seeds, if the package has any.
    pub seeds: Option<String>,
}

/// A database that commands can be pointed at by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// Its name.
    pub name: String,
    /// Where the database is.
    pub url: EnvironmentUrl,
    /// Whether seeds keep away from it.
    pub protect: bool,
    /// Whether migrations may destroy values without being allowed by name.
    pub allow_destructive: bool,
    /// What becomes of values that migrations destroy, as the environment says, or whimbrel.toml for all.
    pub archive: Archiving,
    /// How long migrations wait there, and how long a statement may take.
    pub timeouts: Timeouts,
}

/// Where an environment's database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnvironmentUrl {
    /// At this URL.
    Literal(String),
    /// At the URL that an environment variable holds when the command runs.
    Variable(String),
}

impl Default for Config {
    fn default() -> Self {
        Self {
            dialects: vec![Dialect::Sqlite],
            environments: Vec::new(),
            hazards: HazardPolicy::default(),
            row_types: BTreeSet::new(),
            seeds: None,
        }
    }
}

impl Config {
    /// Reads whimbrel.toml. What could be read is returned with all that is wrong.
    ///
    /// ```
    /// use whimbrel_schema::{Config, Sources};
    ///
    /// let mut sources = Sources::default();
    /// let id = sources.add("whimbrel.toml", "[environment.dev]\nurl = 'sqlite:mail.db'\n");
    /// let (config, diagnostics) = Config::parse(&sources, id);
    /// assert!(diagnostics.is_empty());
    /// assert_eq!(config.environments[0].name, "dev");
    /// ```
    pub fn parse(sources: &Sources, id: SourceId) -> (Self, Vec<Diagnostic>) {
        let text: &str = &sources.get(id).text;
        let mut context = Context { source: id, text, mode: Mode::Schema, diagnostics: Vec::new() };
        let mut config = Self::default();
        let Some((root, errors)) = read_toml(&mut context) else {
            return (config, context.diagnostics);
        };
        let written = entries(&context, root.get_ref());
        let root_entries = known(&mut context, &CONFIG, written);
        let archive = root_entries.iter().find(|entry| entry.key == "archive");
        let archive =
            archive.map_or(Archiving::Forever, |entry| archiving(&mut context, *entry, Archiving::Forever));
        for entry in root_entries {
            match entry.key {
                "dialects" => config.dialects = dialects(&mut context, entry).unwrap_or(config.dialects),
                "environment" => {
                    let table = reader::table(&mut context, entry, "[environment.dev]").unwrap_or_default();
                    config.environments.extend(
                        table.into_iter().filter_map(|entry| environment(&mut context, entry, archive)),
                    );
                }
                "row_types" => config.row_types = row_types(&mut context, entry).unwrap_or_default(),
                "seeds" => config.seeds = seeds(&mut context, entry),
                "online" => config.hazards.online = reader::flag(&mut context, entry).is_some(),
                "hazards" => {
                    let table = reader::table(&mut context, entry, HAZARDS).unwrap_or_default();
                    let severities = table.into_iter().filter_map(|entry| severity(&mut context, entry));
                    config.hazards.severities.extend(severities);
                }
                // The archive was read before the environments, which inherit it.
                _ => {}
            }
        }
        let diagnostics = finish(context, root.get_ref(), &errors, &mut []);
        (config, diagnostics)
    }
}

/// `[seeds]`: the directory, which lies in the package.
fn seeds(context: &mut Context<'_>, entry: Entry<'_>) -> Option<String> {
    let mut directory = Some("seeds".to_owned());
    for inner in fields(context, entry, &SEEDS_CONFIG, "[seeds]")? {
        let text = reader::text(context, inner, "dir = \"seeds\"")?;
        let plain =
            |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', ':', '\0']);
        let taken = ["schema", "migrations", "src", "target"].contains(&text.value.as_str());
        if !text.value.split('/').all(plain) || taken {
            context.report(
                Diagnostic::new(
                    Code::BAD_CONFIG,
                    format!("`{}` cannot be the directory of the seeds", text.value),
                )
                .label(text.span, "not a directory of their own in the package")
                .help("write `dir = \"seeds\"`"),
            );
            directory = None;
            continue;
        }
        directory = Some(text.value);
    }
    directory
}

/// What `[hazards]` may say.
const HAZARDS: &str = "hazards = { WHN003 = \"inform\" }";

fn severity(context: &mut Context<'_>, entry: Entry<'_>) -> Option<(HazardCode, Severity)> {
    let text = reader::text(context, entry, "WHN003 = \"inform\"");
    let codes = || HazardCode::RULES.iter().map(|rule| rule.code.text());
    let Some(code) = HazardCode::from_text(entry.key) else {
        let help = match closest(entry.key, codes()) {
            Some(code) => format!("did you mean `{code}`? cargo xtask explain lists them"),
            None => "cargo xtask explain lists them".to_owned(),
        };
        context.report(
            Diagnostic::new(Code::BAD_CONFIG, format!("there is no hazard `{}`", entry.key))
                .label(entry.key_span, "not known")
                .help(help),
        );
        return None;
    };
    let text = text?;
    let severity = Severity::from_key(&text.value);
    if severity.is_none() {
        let words = Severity::ALL.map(Severity::key);
        let help = match closest(&text.value, words) {
            Some(word) => format!("did you mean \"{word}\"?"),
            None => format!("write one of: {}", words.join(", ")),
        };
        context.report(
            Diagnostic::new(Code::BAD_CONFIG, format!("`{}` is no severity", text.value))
                .label(text.span, "not known")
                .help(help),
        );
    }
    Some((code, severity?))
}

fn dialects(context: &mut Context<'_>, entry: Entry<'_>) -> Option<Vec<Dialect>> {
    let names = reader::names(context, entry, "dialects = [\"sqlite\"]")?;
    let empty = names.is_empty();
    let mut dialects = BTreeMap::new();
    for name in names {
        let known = Dialect::ALL.map(Dialect::key);
        match Dialect::from_key(name.value.as_str()) {
            Some(dialect) => _ = dialects.insert(dialect, ()),
            None => {
                let help = match name.value.as_str().to_ascii_lowercase().as_str() {
                    "mariadb" | "maria" => "write \"mysql\", which stands for MariaDB as well".to_owned(),
                    "pg" | "pgsql" | "postgresql" => "write \"postgres\"".to_owned(),
                    other => match closest(other, known) {
                        Some(key) => format!("did you mean \"{key}\"?"),
                        None => format!("the dialects are: {}", known.join(", ")),
                    },
                };
                context.report(
                    Diagnostic::new(Code::BAD_CONFIG, format!("there is no dialect `{}`", name.value))
                        .label(name.span, "not known")
                        .help(help),
                );
            }
        }
    }
    if empty {
        context.report(
            Diagnostic::new(Code::BAD_CONFIG, "a schema needs a dialect")
                .label(entry.value_span, "this list is empty")
                .help("write `dialects = [\"sqlite\"]`"),
        );
    }
    (!dialects.is_empty()).then(|| dialects.into_keys().collect())
}

fn row_types(context: &mut Context<'_>, entry: Entry<'_>) -> Option<BTreeSet<RowTypes>> {
    let names = reader::names(context, entry, "row_types = [\"jiff\", \"uuid\"]")?;
    let wrong = |message: String| Diagnostic::new(Code::BAD_CONFIG, message);
    if names.is_empty() {
        let report = wrong("`row_types` names no crate".to_owned());
        context.report(report.label(entry.value_span, "this list is empty").help("remove it, or name one"));
    }
    let mut types = BTreeSet::new();
    for name in names {
        let known = RowTypes::ALL.map(RowTypes::key);
        match RowTypes::from_key(name.value.as_str()) {
            Some(found) => _ = types.insert(found),
            None => {
                let help = match closest(name.value.as_str(), known) {
                    Some(key) => format!("did you mean \"{key}\"?"),
                    None => format!("the crates are: {}", known.join(", ")),
                };
                let report = wrong(format!("no field of a row has types of `{}`", name.value));
                context.report(report.label(name.span, "not known").help(help));
            }
        }
    }
    if types.contains(&RowTypes::Chrono) && types.contains(&RowTypes::Jiff) {
        let report = wrong("a time is of one crate, `jiff` or `chrono`".to_owned());
        context.report(report.label(entry.value_span, "both are here").help("remove one of them"));
    }
    Some(types)
}

fn environment(context: &mut Context<'_>, entry: Entry<'_>, inherited: Archiving) -> Option<Environment> {
    let mut url = None;
    let mut archive = inherited;
    let mut timeouts = Timeouts::NONE;
    let (mut protect, mut allow_destructive, mut has_url) = (false, true, false);
    for inner in fields(context, entry, &ENVIRONMENT, "[environment.dev]")? {
        match inner.key {
            "url" => {
                has_url = true;
                url = environment_url(context, inner);
            }
            "protect" => protect = reader::flag(context, inner).is_some(),
            "allow_destructive" => allow_destructive = reader::flag(context, inner).is_some(),
            "archive" => archive = archiving(context, inner, inherited),
            "wait" => timeouts.wait = time(context, inner),
            "lock_timeout" => timeouts.lock = some_time(context, inner),
            "statement_timeout" => timeouts.statement = some_time(context, inner),
            _ => {}
        }
    }
    if !has_url {
        let what = format!("environment `{}`", entry.key);
        reader::missing_key(context, entry.key_span, &what, "url", "url = \"sqlite:app.db\"");
    }
    Some(Environment { name: entry.key.to_owned(), url: url?, protect, allow_destructive, archive, timeouts })
}

/// A time that servers would take for endless if it were none.
fn some_time(context: &mut Context<'_>, entry: Entry<'_>) -> Option<Duration> {
    let time = time(context, entry)?;
    if time.is_zero() {
        context.report(
            Diagnostic::new(Code::BAD_CONFIG, format!("`{}` is no time at all", entry.key))
                .label(entry.value_span, "nothing is done in no time")
                .help("write a longer one, or leave it out"),
        );
        return None;
    }
    Some(time)
}

fn time(context: &mut Context<'_>, entry: Entry<'_>) -> Option<Duration> {
    let text = reader::text(context, entry, &format!("{} = \"3s\"", entry.key))?;
    match Timeouts::parse(&text.value) {
        Ok(time) => Some(time),
        Err(problem) => {
            context.report(
                Diagnostic::new(Code::BAD_CONFIG, format!("`{}`: {problem}", entry.key))
                    .label(text.span, "not a time")
                    .help(format!("write {}", Timeouts::FORM)),
            );
            None
        }
    }
}

/// `archive = false`, `archive = true` or `archive = { keep = "90d" }`; what it does not say is inherited.
fn archiving(context: &mut Context<'_>, entry: Entry<'_>, inherited: Archiving) -> Archiving {
    let on = if inherited.is_on() { inherited } else { Archiving::Forever };
    let example = "archive = { keep = \"90d\" }` or `archive = false";
    let table = match entry.value {
        DeValue::Boolean(true) => return on,
        DeValue::Boolean(false) => return Archiving::Off,
        DeValue::Table(table) => table,
        _ => return wrong_shape(context, entry, "true, false or a table with `keep`", example).unwrap_or(on),
    };
    let mut archive = on;
    for inner in known(context, &ARCHIVE, entries(context, table)) {
        archive = retention(context, inner).unwrap_or(on);
    }
    archive
}

fn retention(context: &mut Context<'_>, entry: Entry<'_>) -> Option<Archiving> {
    let text = reader::text(context, entry, "keep = \"90d\"")?;
    if text.value == "forever" {
        return Some(Archiving::Forever);
    }
    let problem = match Age::parse(&text.value) {
        Ok(age) => return Some(Archiving::For(age)),
        Err(problem) => problem,
    };
    let known = closest(&text.value, ["forever"]).map(str::to_owned);
    let help = match known.or_else(|| Age::suggest(&text.value)) {
        Some(meant) => format!("did you mean `keep = \"{meant}\"`?"),
        None => format!("write {}, or \"forever\"; `archive = false` keeps nothing", Age::FORM),
    };
    context.report(
        Diagnostic::new(Code::BAD_CONFIG, format!("`keep`: {problem}"))
            .label(text.span, "not a time")
            .help(help),
    );
    None
}

fn environment_url(context: &mut Context<'_>, entry: Entry<'_>) -> Option<EnvironmentUrl> {
    let DeValue::Table(table) = entry.value else {
        let text = reader::text(context, entry, "url = \"sqlite:app.db\"")?;
        if !crate::secrets(&text.value).is_empty() {
            context.report(
                Diagnostic::new(Code::BAD_CONFIG, "a password has no place in whimbrel.toml")
                    .label(entry.key_span, "this URL contains one")
                    .help("take the URL from an environment variable: `url = { env = \"DATABASE_URL\" }`"),
            );
            return None;
        }
        return Some(EnvironmentUrl::Literal(text.value));
    };
    let mut variable = None;
    for inner in known(context, &URL, entries(context, table)) {
        variable = reader::text(context, inner, "url = { env = \"DATABASE_URL\" }");
    }
    match variable {
        Some(variable) => Some(EnvironmentUrl::Variable(variable.value)),
        None => wrong_shape(
            context,
            entry,
            "a text, or the name of an environment variable",
            "url = { env = \"DATABASE_URL\" }",
        ),
    }
}
