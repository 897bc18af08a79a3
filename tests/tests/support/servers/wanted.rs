//! Whether a test that needs a server runs.

/// What becomes of a test that needs a server.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// It runs, on the server at this URL.
    At(String),
    /// It is skipped, with these words.
    Skipped(String),
    /// It fails, with these words.
    Missing(String),
}

const POLICY: &str = "WHIMBREL_TEST_SERVERS";

/// Decides by the environment, which is asked for variables by name.
pub(crate) fn wanted(server: &str, variable: &str, ask: impl Fn(&str) -> Option<String>) -> Wanted {
    let ask = |name: &str| ask(name).filter(|value| !value.is_empty());
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    match (ask(variable), ask(POLICY).as_deref()) {
        (_, Some(policy)) if policy != "required" => {
            Wanted::Missing(format!("{POLICY} is `{policy}`, and can only be `required`"))
        }
        (Some(url), _) => Wanted::At(url),
        (None, Some(_)) => Wanted::Missing(format!(
            "{test} needs {server}, and {POLICY}=required forbids to skip it: set {variable}, or use \
             `ci/servers run cargo test ...`"
        )),
        (None, None) => Wanted::Skipped(format!(
            "\nskipped: {test} needs {server}; `ci/servers run cargo test ...` starts one, or set {variable}\n"
        )),
    }
}
