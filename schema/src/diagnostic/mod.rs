//! What the author of a schema or a migration is told.

mod code;
mod excerpt;
mod explanation;
mod report;

pub use code::Code;
pub use explanation::Explanation;
pub(crate) use explanation::explanation;
pub use report::{Style, report, report_all};

use crate::Span;

/// Something wrong in a file, with its place and its remedy.
///
/// ```
/// use whimbrel_schema::{Code, Diagnostic, Sources, Span, Style};
///
/// let mut sources = Sources::default();
/// let id = sources.add("schema/emails.toml", "[table.emails]\ncolour = \"red\"\n");
/// let diagnostic = Diagnostic::new(Code::UNKNOWN_KEY, "unknown key `colour`")
///     .label(Span::new(id, 15..21), "not a key of a table")
///     .help("remove it");
/// let report = whimbrel_schema::report(&diagnostic, &sources, Style::Plain);
/// assert!(report.contains("schema/emails.toml:2:1"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The stable code.
    pub code: Code,
    /// How much it weighs.
    pub level: Level,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// The places, the first of them the primary one.
    pub labels: Vec<Label>,
    /// How to mend it; each stands on a line of its own.
    pub help: Vec<String>,
}

/// How much a diagnostic weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It is told.
    Note,
    /// It is told as a warning.
    Warning,
    /// It fails the build.
    Error,
}

impl Level {
    /// The word of reports.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A place with what there is to say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is there, in a few words.
    pub message: String,
}

impl Diagnostic {
    /// An error without places yet.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, level: Level::Error, message, labels: Vec::new(), help: Vec::new() }
    }

    /// The same with another weight.
    #[must_use]
    pub fn level(self, level: Level) -> Self {
        Self { level, ..self }
    }

    /// Adds a place; the first one added is the primary one.
    #[must_use]
    pub fn label(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { span, message: message.into() });
        self
    }

    /// Adds a place if there is one.
    #[must_use]
    pub fn label_if(self, span: Option<Span>, message: impl Into<String>) -> Self {
        match span {
            Some(span) => self.label(span, message),
            None => self,
        }
    }

    /// Adds a line that tells how to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}
