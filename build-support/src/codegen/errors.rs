use whimbrel_schema::{Diagnostic, Sources, Style, report};

/// More errors than anyone reads at once.
const LIMIT: usize = 20;

/// One `compile_error!` for each diagnostic, with its whole report as literal text: that is what
/// the terminal, JSON and editors all show. The last one tells where to learn more.
pub(super) fn errors(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let mut texts: Vec<String> =
        diagnostics.iter().take(LIMIT).map(|diagnostic| message(diagnostic, sources)).collect();
    if let (Some(first), Some(last)) = (diagnostics.first(), texts.last_mut()) {
        *last += &format!("\nto learn more about an error: cargo xtask explain {}", first.code);
    }
    if let more @ 1.. = diagnostics.len().saturating_sub(LIMIT) {
        texts.push(format!("and {more} more: cargo xtask migrate-check"));
    }
    texts.iter().map(|text| format!("compile_error!({text:?});\n")).collect()
}

/// The report behind rustc's own `error: `.
fn message(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let report = report(diagnostic, sources, Style::Plain);
    report.strip_prefix("error").map_or(report.clone(), |rest| {
        // `[W0301]: message` reads better behind `error: ` as `message [W0301]`.
        match rest.strip_prefix('[').and_then(|rest| rest.split_once("]: ")) {
            Some((code, rest)) => {
                let (title, body) = rest.split_once('\n').unwrap_or((rest, ""));
                format!("{title} [{code}]\n{body}")
            }
            None => rest.to_owned(),
        }
    })
}
