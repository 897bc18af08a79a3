//! What hazards mean for a package: what the build refuses, what its author is told, what was accepted.

use std::collections::BTreeMap;

use whimbrel_schema::{
    Code, Config, Diagnostic, Dialect, HAZARD_CATALOGUE, Hazard, HazardCode, Level, Phase, Probe, Schema,
    Severity, Sources, Span, probe_query,
};

use crate::chain::{Chain, Link};

/// A hazard that matters in a package.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Judged<'a> {
    pub(crate) hazard: &'a Hazard,
    pub(crate) severity: Severity,
    /// The reason for which it was accepted.
    pub(crate) accepted: Option<&'a str>,
}

impl Judged<'_> {
    /// Whether it fails the build.
    pub(crate) fn is_refused(&self) -> bool {
        self.severity == Severity::Error && self.accepted.is_none()
    }
}

/// The hazards of an upgrade as whimbrel.toml weighs them, the heaviest first. What only rows can tell is
/// told where they are.
pub(crate) fn judge<'a>(
    hazards: &'a [Hazard],
    accept: &'a BTreeMap<String, String>,
    config: &Config,
    catalogue: u32,
    newest: bool,
) -> Vec<Judged<'a>> {
    let judged = config.hazards.judge(hazards, &config.dialects, catalogue, newest).into_iter();
    let mut judged: Vec<Judged<'a>> = judged
        .filter(|(hazard, _)| hazard.code.rule().phase != Phase::Live)
        .map(|(hazard, severity)| Judged { hazard, severity, accepted: accepted(hazard, accept) })
        .collect();
    judged.sort_by_key(|judged| std::cmp::Reverse(judged.severity));
    judged
}

/// The reason for which a hazard was accepted. Whoever has said that something is dropped and not renamed
/// has accepted the drop.
fn accepted<'a>(hazard: &Hazard, accept: &'a BTreeMap<String, String>) -> Option<&'a str> {
    let renamed = || {
        let drops = is_drop(hazard.code);
        drops.then(|| accept.get(&format!("{}:{}", HazardCode::LooksRenamed, hazard.object))).flatten()
    };
    accept.get(&hazard.name()).or_else(renamed).map(String::as_str)
}

const fn is_drop(code: HazardCode) -> bool {
    matches!(code, HazardCode::DropTable | HazardCode::DropColumn | HazardCode::RemoveValue)
}

/// Whether the drop of an object was accepted, by any of its names.
pub(crate) fn is_drop_accepted(object: &str, accept: &BTreeMap<String, String>) -> bool {
    let codes = HazardCode::RULES.iter().map(|rule| rule.code);
    let names = codes.filter(|code| is_drop(*code) || *code == HazardCode::LooksRenamed);
    names.into_iter().any(|code| accept.contains_key(&format!("{code}:{object}")))
}

/// The acceptances that accept nothing.
pub(crate) fn unused<'a>(hazards: &[Hazard], accept: &'a BTreeMap<String, String>) -> Vec<&'a String> {
    let used = |name: &String| {
        hazards.iter().any(|hazard| {
            hazard.name() == *name
                || is_drop(hazard.code) && *name == format!("{}:{}", HazardCode::LooksRenamed, hazard.object)
        })
    };
    accept.keys().filter(|name| !used(name)).collect()
}

/// What the build refuses in migrations, and what their authors are told.
pub(crate) fn findings(chain: &Chain, config: &Config, sources: &Sources) -> Findings {
    let mut findings = Findings::default();
    let nothing = Schema::default();
    let mut previous = &nothing;
    for (index, link) in chain.links.iter().enumerate() {
        let newest = index + 1 == chain.links.len();
        let previous = std::mem::replace(&mut previous, &link.schema);
        if !link.is_proven {
            continue;
        }
        let site = Site { link, previous, config, sources };
        for judged in
            judge(&link.hazards.previous, &link.snapshot.accept, config, link.snapshot.hazards, newest)
        {
            if judged.accepted.is_some() {
                continue;
            }
            let diagnostic = site.diagnostic(&judged);
            match (judged.severity, newest) {
                (Severity::Error, _) => findings.errors.push(diagnostic),
                (_, true) => findings.newest.push(diagnostic),
                (_, false) => findings.earlier.push(diagnostic),
            }
        }
        for name in unused(&link.hazards.previous, &link.snapshot.accept) {
            // What an earlier catalogue has found must not fail the build because a later one does not.
            let diagnostic = site.unused(name);
            match (newest && link.snapshot.hazards == HAZARD_CATALOGUE, newest) {
                (true, _) => findings.errors.push(diagnostic),
                (_, true) => findings.newest.push(diagnostic.level(Level::Warning)),
                (_, false) => findings.earlier.push(diagnostic.level(Level::Warning)),
            }
        }
    }
    findings
}

/// What there is to say about the hazards of all migrations.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// What fails the build.
    pub(crate) errors: Vec<Diagnostic>,
    /// What else there is to say of the newest migration.
    pub(crate) newest: Vec<Diagnostic>,
    /// And of those before it.
    pub(crate) earlier: Vec<Diagnostic>,
}

/// A migration, with what its hazards are told by.
struct Site<'a> {
    link: &'a Link,
    previous: &'a Schema,
    config: &'a Config,
    sources: &'a Sources,
}

impl Site<'_> {
    fn diagnostic(&self, judged: &Judged<'_>) -> Diagnostic {
        let Judged { hazard, severity, .. } = judged;
        let rule = hazard.code.rule();
        let steps = self.link.code.as_ref().map(|code| &code.upgrade);
        let place = steps.and_then(|upgrade| Some(upgrade.steps.get(hazard.step)?.span));
        let diagnostic = told(hazard, *severity)
            .label_if(place.or_else(|| steps.map(|upgrade| upgrade.span)), rule.reason)
            .help(format!("safer: {}", rule.alternative));
        let diagnostic = asked(diagnostic, hazard, &self.config.dialects, self.previous);
        let snapshot = format!("migrations/{}/snapshot.toml", self.link.revision());
        match severity {
            Severity::Error => {
                let line = format!("{:?} = \"why it may be\"", hazard.name());
                diagnostic.help(format!("or accept it: `{line}` in [accept] of {snapshot}"))
            }
            Severity::Warn | Severity::Inform | Severity::Off => diagnostic,
        }
    }

    fn unused(&self, name: &str) -> Diagnostic {
        let place = self.link.files.snapshot.and_then(|id| {
            let start = self.sources.get(id).text.find(&format!("{name:?}"))?;
            Some(Span::new(id, start..start + name.len() + 2))
        });
        let message = format!("`{name}` is accepted, and the migration has no such hazard");
        Diagnostic::new(Code::UNUSED_ACCEPTANCE, message)
            .label(place.unwrap_or(self.link.header.revision), "accepts nothing")
            .help("remove it: it would cover for a danger that comes later")
    }
}

/// A hazard as a diagnostic, without its place.
pub(crate) fn told(hazard: &Hazard, severity: Severity) -> Diagnostic {
    let level = match severity {
        Severity::Error => Level::Error,
        Severity::Warn => Level::Warning,
        Severity::Inform | Severity::Off => Level::Note,
    };
    Diagnostic::new(Code::from(hazard.code), hazard.words()).level(level)
}

/// With what to ask the databases first. Where they ask in the same words, it is said once.
pub(crate) fn asked(
    diagnostic: Diagnostic,
    hazard: &Hazard,
    dialects: &[Dialect],
    previous: &Schema,
) -> Diagnostic {
    let here = |dialect: &&Dialect| hazard.dialects.contains(dialect);
    let mut texts: Vec<(String, Vec<String>)> = Vec::new();
    for dialect in dialects.iter().filter(here) {
        for query in queries(&hazard.probes, *dialect, previous) {
            match texts.iter_mut().find(|(text, _)| *text == query) {
                Some((_, names)) => names.push(dialect.to_string()),
                None => texts.push((query, vec![dialect.to_string()])),
            }
        }
    }
    let one = dialects.len() == 1;
    texts.into_iter().fold(diagnostic, |diagnostic, (query, names)| {
        let on = if one { String::new() } else { format!(" on {}", names.join(" and ")) };
        diagnostic.help(format!("0 is harmless{on}: {query}"))
    })
}

fn queries(probes: &[Probe], dialect: Dialect, previous: &Schema) -> Vec<String> {
    probes.iter().filter_map(|probe| Some(probe_query(dialect, probe, previous)?.count)).collect()
}
