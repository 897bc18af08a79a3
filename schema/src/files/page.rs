//! A file while it is written.

use super::SchemaFile;
use super::name::Names;
use crate::Object;

/// Lines, and which object each speaks of.
pub(super) struct Page {
    text: String,
    places: Vec<(usize, Object)>,
}

/// What tells editors the keys of the file.
const HEAD: &str = "#:schema ../.whimbrel/schema.json\n";

/// So wide a comment becomes.
const WIDTH: usize = 100;

impl Page {
    pub(super) const fn new() -> Self {
        Self { text: String::new(), places: Vec::new() }
    }

    /// Begins a section, after a blank line if it is not the first.
    pub(super) fn header(&mut self, header: &str, of: Option<Object>) {
        self.gap();
        self.places.extend(of.map(|object| (self.text.len(), object)));
        self.text.push_str(&format!("[{header}]\n"));
    }

    /// A blank line between what is there and what comes.
    pub(super) fn gap(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    /// A line, or several, that speak of an object.
    pub(super) fn line(&mut self, object: Object, line: &str) {
        self.places.push((self.text.len(), object));
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// A section that is an object.
    pub(super) fn section(&mut self, object: Object, section: &str) {
        self.gap();
        self.line(object, section.trim_end());
    }

    /// Words for a reader, over as many lines as it takes. They have no hidden characters.
    pub(super) fn comment(&mut self, words: &str) {
        let mut line = String::from("#");
        for word in words.split_whitespace() {
            if line.len() > 1 && line.len() + word.len() >= WIDTH {
                self.text.push_str(&line);
                self.text.push('\n');
                line = String::from("#");
            }
            line.push(' ');
            line.push_str(word);
        }
        self.text.push_str(&line);
        self.text.push('\n');
    }

    /// Everything of another page, after what is here.
    pub(super) fn append(&mut self, other: Self) {
        if other.text.is_empty() {
            return;
        }
        self.gap();
        let start = self.text.len();
        self.places.extend(other.places.into_iter().map(|(place, object)| (start + place, object)));
        self.text.push_str(&other.text);
    }

    /// The file of something with this name; none if nothing was written.
    pub(super) fn into_file(self, of: &str, names: &mut Names) -> Option<SchemaFile> {
        if self.text.is_empty() {
            return None;
        }
        let places = self.places.into_iter().map(|(place, object)| (HEAD.len() + place, object));
        Some(SchemaFile {
            name: names.free(of),
            text: format!("{HEAD}{}", self.text),
            places: places.collect(),
        })
    }
}
