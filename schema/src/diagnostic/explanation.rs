use std::fmt;

/// What a code means, with an example that gets it and one that does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explanation {
    /// The code, as `W0301` or `WHD102`.
    pub code: &'static str,
    /// What it means, in one sentence.
    pub title: &'static str,
    /// The rest, in Markdown without headings. Examples stand behind the lines `Wrong:` and `Right:`,
    /// each a block for a file (`file=PATH`) or for commands; blocks before belong to both.
    pub text: &'static str,
}

/// The explanation of a code, out of its file: a code that has none does not compile.
macro_rules! explanation {
    ($code:literal, $title:expr) => {
        $crate::Explanation {
            code: $code,
            title: $title.trim_ascii(),
            text: include_str!(concat!("../explanations/", $code, ".md")),
        }
    };
}

pub(crate) use explanation;

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}\n\n{}", self.code, self.title, self.text)
    }
}
