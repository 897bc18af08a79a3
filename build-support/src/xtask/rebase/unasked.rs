//! What the databases of a project have applied: nobody knows in a program without drivers.

use std::path::Path;

use whimbrel_schema::Config;

/// A database of whimbrel.toml, and the revisions applied there, or why they are not known.
pub(in crate::xtask) struct Asked {
    pub(in crate::xtask) environment: String,
    pub(in crate::xtask) answer: Result<Vec<String>, String>,
}

/// Says of every environment that it was not asked.
pub(in crate::xtask) fn asked_databases(config: &Config, _: &Path) -> Vec<Asked> {
    let unasked = |name: &str| Asked {
        environment: name.to_owned(),
        answer: Err(
            "this program was built without databases (features `replay`, `postgres`, `mysql`)".to_owned()
        ),
    };
    config.environments.iter().map(|environment| unasked(&environment.name)).collect()
}
