//! What generated code hands to the runtime: a package's environments and migrations.

use std::fmt;
use std::path::Path;

use whimbrel_schema::{Archiving, HazardCode, Timeouts};

use crate::url::Url;
use crate::v1::{Editor, Result};

/// Everything the runtime knows of a package. The build writes it as `db::PROJECT`.
#[derive(Debug, Clone, Copy)]
pub struct Project {
    /// The name of the Cargo package.
    pub package: &'static str,
    /// The environments of whimbrel.toml.
    pub environments: &'static [Environment],
    /// The migrations from first to last.
    pub migrations: &'static [Migration],
    /// The files of the seeds, if the package has any and the program loads them.
    pub seeds: Option<&'static SeedFiles>,
}

/// The files of a package's seeds, which a program checks by the same code as its build.
#[derive(Debug, Clone, Copy)]
pub struct SeedFiles {
    /// Their directory in the package.
    pub directory: &'static str,
    /// Texts of the seed language, by their paths in the package.
    pub texts: &'static [(&'static str, &'static str)],
    /// What they take rows and values from, by paths in the directory.
    pub data: &'static [(&'static str, &'static [u8])],
    /// The functions that they call.
    pub functions: &'static [SeedFunction],
}

/// A function of the package that seeds call, by its path.
#[derive(Debug, Clone, Copy)]
pub struct SeedFunction {
    /// The path, as seed files write it.
    pub path: &'static str,
    /// The function, with its value as any column takes it.
    pub call: fn(&mut whimbrel_schema::seed::Call) -> Option<whimbrel_schema::Value>,
}

/// A database that commands can be pointed at by name.
#[derive(Debug, Clone, Copy)]
pub struct Environment {
    /// Its name.
    pub name: &'static str,
    /// Where the database is.
    pub url: EnvironmentUrl,
    /// Whether seeds keep away from it.
    pub protect: bool,
    /// Whether migrations may destroy values without being allowed by name.
    pub allow_destructive: bool,
    /// What becomes of values that migrations destroy.
    pub archive: Archiving,
    /// How long migrations wait there, and how long a statement may take.
    pub timeouts: Timeouts,
}

/// Where an environment's database is.
#[derive(Debug, Clone, Copy)]
pub enum EnvironmentUrl {
    /// At this URL.
    Literal(&'static str),
    /// At the URL in this environment variable.
    Variable(&'static str),
}

/// One migration, as it was proven by the build.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Its name in the chain.
    pub revision: &'static str,
    /// The revision before it; the first has none.
    pub parent: Option<&'static str>,
    /// The hash over the migration and all before it.
    pub hash: &'static str,
    /// The text of its snapshot.toml.
    pub snapshot: &'static str,
    /// The way up.
    pub upgrade: Steps,
    /// The way back.
    pub downgrade: Downgrade,
    /// What going up and back does to data.
    pub reversal: Reversal,
    /// What the upgrade destroys.
    pub upgrade_destroys: &'static [Destruction],
    /// What the downgrade destroys.
    pub downgrade_destroys: &'static [Destruction],
}

/// A function of a migration with the steps it was proven to take.
#[derive(Clone, Copy)]
pub struct Steps {
    /// The function.
    pub run: fn(&mut Editor<'_>) -> Result<()>,
    /// The canonical text of each step. The function is held to them.
    pub steps: &'static [&'static str],
}

/// How a migration is undone.
#[derive(Debug, Clone, Copy)]
pub enum Downgrade {
    /// By these steps.
    Steps(Steps),
    /// There is nothing to undo, for the reason given.
    NothingToUndo(&'static str),
    /// It cannot be undone, for the reason given.
    Irreversible(&'static str),
}

/// What going up and back does to data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reversal {
    /// Nothing is dropped in either direction.
    Lossless,
    /// What is dropped passes through the archive; in words, what.
    Archived(&'static [&'static str]),
    /// Something is lost; in words, what and when.
    Lossy(&'static [&'static str]),
    /// There is no way back, for the reason given.
    Irreversible(&'static str),
}

/// Something that a migration destroys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Destruction {
    /// The rule that found it.
    pub code: HazardCode,
    /// What it is about: a table, or a column as `users.tz`.
    pub object: &'static str,
    /// What is destroyed, in words, as `drops column users.tz with its values`.
    pub words: &'static str,
    /// Whether the archive can keep it.
    pub kept: bool,
}

/// Which way a migration is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Up: the migration is applied.
    Upgrade,
    /// Down: it is rolled back.
    Downgrade,
}

impl Direction {
    /// The word used in history, journal and JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Upgrade => "upgrade",
            Self::Downgrade => "downgrade",
        }
    }

    /// The direction with this key.
    pub(crate) fn from_key(key: &str) -> Option<Self> {
        [Self::Upgrade, Self::Downgrade].into_iter().find(|direction| direction.key() == key)
    }
}

impl Destruction {
    /// The name by which it is allowed: the code of the hazard and the object, as `WHD102:users.tz`.
    pub fn name(&self) -> String {
        format!("{}:{}", self.code, self.object)
    }

    /// Whether hand-written SQL or Rust code does it, so that nobody can know what is lost, or
    /// whether anything is.
    pub const fn is_opaque(&self) -> bool {
        self.code.is_opaque()
    }

    /// Whether the author wrote it out as a statement on rows: in a downgrade that is the way back, and
    /// not a loss in itself.
    pub const fn is_statement(&self) -> bool {
        self.code.is_statement()
    }
}

impl Project {
    /// The reversal of a migration, if the program has it.
    #[cfg(feature = "cli")]
    pub(crate) fn reversal_of(&self, revision: &str) -> Option<Reversal> {
        let known = self.migrations.iter().find(|migration| migration.revision == revision);
        known.map(|migration| migration.reversal)
    }
}

impl Reversal {
    /// The word for its kind.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Lossless => "lossless",
            Self::Archived(_) => "archived",
            Self::Lossy(_) => "lossy",
            Self::Irreversible(_) => "irreversible",
        }
    }
}

impl Environment {
    /// Whether its database is the one at a URL; a variable that is not set names none.
    pub(crate) fn is_at(&self, url: &Url, base: &Path, variable: &dyn Fn(&str) -> Option<String>) -> bool {
        let known = match self.url {
            EnvironmentUrl::Literal(url) => Some(url.to_owned()),
            EnvironmentUrl::Variable(name) => variable(name).filter(|url| !url.is_empty()),
        };
        known.and_then(|known| Url::parse(&known).ok()).is_some_and(|known| known.is_same(url, base))
    }
}

impl Migration {
    /// What it destroys in a direction.
    pub const fn destroys(&self, direction: Direction) -> &'static [Destruction] {
        match direction {
            Direction::Upgrade => self.upgrade_destroys,
            Direction::Downgrade => self.downgrade_destroys,
        }
    }
}

impl fmt::Debug for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Steps").field("steps", &self.steps).finish_non_exhaustive()
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

impl fmt::Display for Reversal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lossless => f.write_str(self.key()),
            Self::Archived(what) | Self::Lossy(what) => write!(f, "{} ({})", self.key(), what.join("; ")),
            Self::Irreversible(reason) => write!(f, "{} ({reason})", self.key()),
        }
    }
}

impl fmt::Display for Destruction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.words, self.name())
    }
}
