//! What commands print, and how they end.

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use whimbrel_schema::text::counted;
use whimbrel_schema::text::is_hidden;
use whimbrel_schema::{Diagnostic, Level, Sources, Style, report};

/// How a command ended.
pub(super) type Outcome = Result<ExitCode, Failure>;

/// Why a command could not do its work.
#[derive(Debug)]
pub(super) struct Failure {
    message: String,
    code: u8,
}

impl Failure {
    /// The work failed.
    pub(super) fn failed(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 1 }
    }

    /// The command line or the project's files do not say what to do.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 2 }
    }

    #[cfg_attr(
        not(any(feature = "replay", feature = "postgres", feature = "mysql")),
        allow(dead_code, reason = "imports alone need it")
    )]
    /// It was not done, because it would overwrite something.
    pub(super) fn refused(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 5 }
    }

    /// What is said of it.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// The errors were already printed.
    pub(super) fn reported() -> Self {
        Self { message: String::new(), code: 1 }
    }
}

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Self {
        Self::usage(format!("{error}; cargo xtask --help tells more"))
    }
}

/// Ends the program.
pub(super) fn finish(outcome: Outcome) -> ExitCode {
    match outcome {
        Ok(code) => code,
        Err(Failure { message, code }) => {
            if !message.is_empty() {
                eprint(&visible(&format!("error: {message}\n")));
            }
            ExitCode::from(code)
        }
    }
}

/// Text with its hidden characters escaped, but for newlines and tabs: schemas and command lines may
/// hold what moves the cursor of a terminal. Reports of diagnostics, which have colours, see to it
/// themselves.
pub(super) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => shown.push(character),
            hidden if is_hidden(hidden) => shown.extend(hidden.escape_unicode()),
            plain => shown.push(plain),
        }
    }
    shown
}

/// Prints data to stdout. A reader that went away is no error.
pub(super) fn print(text: &str) {
    let _ = std::io::stdout().lock().write_all(visible(text).as_bytes());
}

/// Prints a message to stderr.
pub(super) fn eprint(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Says that seeds wait to be mended, after a command on migrations, which does not need them to hold.
pub(super) fn remind_of_seeds(diagnostics: &[Diagnostic]) {
    if !diagnostics.is_empty() {
        eprint(&format!(
            "note: the seeds are to be mended before it builds ({}): cargo xtask migrate-check\n",
            counted(diagnostics.len(), "error")
        ));
    }
}

/// Prints diagnostics as rustc would, in colours on a terminal, how many there are, and how to learn
/// more.
pub(super) fn print_diagnostics(diagnostics: &[Diagnostic], sources: &Sources) {
    let coloured = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let style = if coloured { Style::Coloured } else { Style::Plain };
    for diagnostic in diagnostics {
        eprint(&format!("{}\n\n", report(diagnostic, sources, style).trim_end()));
    }
    let Some(first) = diagnostics.first() else { return };
    let of = |level: Level| diagnostics.iter().filter(|diagnostic| diagnostic.level == level).count();
    let counts: Vec<String> = [(Level::Error, "error"), (Level::Warning, "warning"), (Level::Note, "note")]
        .into_iter()
        .map(|(level, word)| (of(level), word))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}{}", if count == 1 { "" } else { "s" }))
        .collect();
    let what = if of(Level::Error) > 0 { "an error" } else { "a code" };
    let counts = counts.join(", ");
    eprint(&format!("{counts}\nto learn more about {what}: cargo xtask explain {}\n", first.code));
}
