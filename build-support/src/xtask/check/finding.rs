use whimbrel_schema::{Code, Diagnostic, Level, Position, Sources};

/// A diagnostic with its places worked out, for programs that know no byte offsets.
pub(super) struct Finding {
    pub(super) code: Code,
    pub(super) level: Level,
    pub(super) message: String,
    /// The first is the primary one.
    pub(super) places: Vec<Place>,
    pub(super) help: Vec<String>,
}

/// A place in a file of the repository, with what there is to say about it.
pub(super) struct Place {
    /// From the root of the repository, with `/` between its parts.
    pub(super) file: String,
    pub(super) start: Position,
    /// Just past the last character.
    pub(super) end: Position,
    pub(super) message: String,
}

impl Finding {
    /// `directory` is the package's in the repository.
    pub(super) fn new(diagnostic: &Diagnostic, sources: &Sources, directory: &str) -> Self {
        let places = diagnostic.labels.iter().map(|label| Place {
            file: joined(directory, &sources.get(label.span.source).path),
            start: sources.position(label.span),
            end: sources.end(label.span),
            message: label.message.clone(),
        });
        Self {
            code: diagnostic.code,
            level: diagnostic.level,
            message: diagnostic.message.clone(),
            places: places.collect(),
            help: diagnostic.help.clone(),
        }
    }

    /// All of it in lines, for formats that have room for one text only.
    pub(super) fn text(&self) -> String {
        let mut lines = vec![self.message.clone()];
        lines.extend(self.places.iter().map(|place| {
            let Place { file, start, message, .. } = place;
            format!("{file}:{}:{}: {message}", start.line, start.column)
        }));
        lines.extend(self.help.iter().map(|help| format!("help: {help}")));
        lines.join("\n")
    }
}

fn joined(directory: &str, path: &str) -> String {
    if directory.is_empty() { path.to_owned() } else { format!("{directory}/{path}") }
}
