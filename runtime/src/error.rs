//! What goes wrong while migrating, told to the operator.

use std::error::Error as StdError;
use std::fmt;

use whimbrel_schema::text::is_hidden;

/// Why a migration, or a look at a database, failed.
///
/// `Display` is one readable text: what was being done, what went wrong, what was done before it,
/// and how to mend it. [`kind`](Error::kind) says of which sort it is, and
/// [`completed`](Error::completed) what had been done and stays done.
///
/// ```no_run
/// # fn migrate() -> Result<(), whimbrel::Error> { Ok(()) }
/// if let Err(error) = migrate() {
///     eprintln!("{error}");
///     std::process::exit(error.kind().exit_code().into());
/// }
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    /// What was being done, the innermost first.
    context: Vec<String>,
    help: Vec<String>,
    completed: Vec<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The sorts of [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The call, the command line or the configuration is wrong; nothing was tried.
    Usage,
    /// Something went wrong; what had been begun was rolled back.
    Failed,
    /// A check found migrations that are not applied.
    Pending,
    /// Not done because it would destroy something, because rows would make it fail, or because there is no
    /// way back.
    Refused,
    /// Another process holds the database.
    LockBusy,
    /// The connection to the server was lost; what was going on may or may not have been done, and the
    /// message says which, if it could be found out.
    Disconnected,
    /// The database is in the middle of another migration, which has to be finished first.
    Underway,
    /// The database is ahead of this program.
    Ahead,
    /// The history names a revision that this program does not have.
    UnknownRevision,
    /// A migration was changed after it had been applied.
    Edited,
    /// The history does not follow from itself, or is not whimbrel's.
    BadHistory,
    /// The database has something otherwise than it would have to.
    Drifted,
}

impl ErrorKind {
    /// The exit code of commands: 1 failed, 2 usage, 3 pending, 4 the history and the program
    /// disagree, or drift, 5 refused for safety, 6 lock busy.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Failed | Self::Disconnected => 1,
            Self::Usage => 2,
            Self::Pending => 3,
            Self::Ahead | Self::UnknownRevision | Self::Edited | Self::BadHistory | Self::Drifted => 4,
            Self::Refused | Self::Underway => 5,
            Self::LockBusy => 6,
        }
    }

    /// The word used in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Failed => "failed",
            Self::Pending => "pending",
            Self::Refused => "refused",
            Self::LockBusy => "lock_busy",
            Self::Disconnected => "disconnected",
            Self::Underway => "underway",
            Self::Ahead => "ahead",
            Self::UnknownRevision => "unknown_revision",
            Self::Edited => "edited",
            Self::BadHistory => "bad_history",
            Self::Drifted => "drifted",
        }
    }
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: visible(&message.into()),
            context: Vec::new(),
            help: Vec::new(),
            completed: Vec::new(),
            source: None,
        }))
    }

    /// An error of a migration's own Rust code: the migration fails with this message, and is rolled
    /// back.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Failed, message)
    }

    /// Adds what was being done; the outermost is added last and shown first.
    #[must_use]
    pub(crate) fn context(mut self, context: impl Into<String>) -> Self {
        self.0.context.push(visible(&context.into()));
        self
    }

    /// Adds a remedy.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help.push(visible(&help.into()));
        self
    }

    #[must_use]
    pub(crate) fn source_of(mut self, source: Box<dyn StdError + Send + Sync>) -> Self {
        self.0.source = Some(source);
        self
    }

    #[must_use]
    pub(crate) fn after(mut self, completed: impl IntoIterator<Item = String>) -> Self {
        self.0.completed = completed.into_iter().collect();
        self
    }

    /// Of which sort it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The revisions that the same run had finished before; they stay done.
    pub fn completed(&self) -> &[String] {
        &self.0.completed
    }

    /// How to mend it, if there is something to say.
    pub fn remedies(&self) -> &[String] {
        &self.0.help
    }

    /// What went wrong, without what was done before and without the remedies.
    pub fn message(&self) -> String {
        let mut parts: Vec<&str> = self.0.context.iter().rev().map(String::as_str).collect();
        parts.push(&self.0.message);
        parts.join(": ")
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())?;
        if !self.0.completed.is_empty() {
            write!(f, "\n  done before, and kept: {}", self.0.completed.join(", "))?;
        }
        self.0.help.iter().try_for_each(|help| write!(f, "\n  help: {help}"))
    }
}

// `unwrap` and `main` show this; people read it.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

/// Text with its hidden characters escaped; a database's messages quote what others wrote.
pub(crate) fn visible(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => result.push('\n'),
            hidden if is_hidden(hidden) => result.extend(hidden.escape_default()),
            plain => result.push(plain),
        }
    }
    result
}

/// The same in one line: what a database holds must not look like a line of the report.
#[cfg(any(feature = "cli", feature = "seed"))]
pub(crate) fn visible_line(text: &str) -> String {
    visible(text).replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_context_from_the_outside_in() {
        let error = Error::failed("disk is full")
            .context("step 2")
            .context("migration 0002_b")
            .after(["0001_a".to_owned()])
            .help("free some space");
        assert_eq!(
            error.to_string(),
            "migration 0002_b: step 2: disk is full\n  done before, and kept: 0001_a\n  help: free some space"
        );
    }

    #[test]
    fn escapes_hidden_characters() {
        assert_eq!(visible("a\u{1b}[31mb\u{202e}"), "a\\u{1b}[31mb\\u{202e}");
    }
}
