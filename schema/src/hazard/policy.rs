use std::collections::BTreeMap;

use super::{Hazard, HazardCode, Severity};
use crate::Dialect;

/// How much hazards weigh in a project: what whimbrel.toml says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HazardPolicy {
    /// Whether the application stays online while it is migrated.
    pub online: bool,
    /// What `[hazards]` says of single codes.
    pub severities: BTreeMap<HazardCode, Severity>,
}

impl HazardPolicy {
    /// How much a rule weighs for a migration that was judged by a version of the catalogue.
    ///
    /// A rule that came later never fails the build of the migration. What the policy makes an error is one
    /// only for the migration that is `newest`: those before it were judged when they were that, and a
    /// change of the policy does not turn them red.
    ///
    /// ```
    /// use whimbrel_schema::{HazardCode, HazardPolicy, Severity};
    ///
    /// let policy = HazardPolicy { online: true, ..HazardPolicy::default() };
    /// assert_eq!(policy.severity(HazardCode::BlockingIndex, 1, true), Severity::Error);
    /// assert_eq!(policy.severity(HazardCode::BlockingIndex, 1, false), Severity::Warn);
    /// ```
    pub fn severity(&self, code: HazardCode, catalogue: u32, newest: bool) -> Severity {
        self.weigh(code, self.online, catalogue, newest)
    }

    fn weigh(&self, code: HazardCode, online: bool, catalogue: u32, newest: bool) -> Severity {
        let rule = code.rule();
        let default = if online { rule.online } else { rule.severity };
        let wanted = self.severities.get(&code).copied().unwrap_or(default);
        let most = match rule.since > catalogue || (rule.severity < Severity::Error && !newest) {
            true => Severity::Warn,
            false => Severity::Error,
        };
        wanted.min(most)
    }

    /// The hazards that matter here, each with its weight: those of a configured database, and not off. A
    /// step that is to be done online is judged as if all were.
    pub fn judge<'a>(
        &self,
        hazards: &'a [Hazard],
        dialects: &[Dialect],
        catalogue: u32,
        newest: bool,
    ) -> Vec<(&'a Hazard, Severity)> {
        let here = hazards.iter().filter(|hazard| hazard.is_on(dialects));
        let weigh =
            |hazard: &Hazard| self.weigh(hazard.code, self.online || hazard.online, catalogue, newest);
        here.map(|hazard| (hazard, weigh(hazard)))
            .filter(|(_, severity)| *severity != Severity::Off)
            .collect()
    }
}
