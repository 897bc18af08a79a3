//! What commands print, and how they end.

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use whimbrel_schema::{Diagnostic, Sources, Style, report};

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
                eprint(&format!("error: {message}\n"));
            }
            ExitCode::from(code)
        }
    }
}

/// Prints data to stdout. A reader that went away is no error.
pub(super) fn print(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// Prints a message to stderr.
pub(super) fn eprint(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Prints diagnostics as rustc would, in colours on a terminal, and how many there are.
pub(super) fn print_diagnostics(diagnostics: &[Diagnostic], sources: &Sources) {
    let coloured = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let style = if coloured { Style::Coloured } else { Style::Plain };
    for diagnostic in diagnostics {
        eprint(&format!("{}\n\n", report(diagnostic, sources, style).trim_end()));
    }
    match diagnostics.len() {
        0 => {}
        1 => eprint("1 error\n"),
        count => eprint(&format!("{count} errors\n")),
    }
}
