//! What whimbrel.toml means.

use whimbrel_schema::{Age, Archiving, Config, Sources};

fn config(text: &str) -> Config {
    let mut sources = Sources::default();
    let id = sources.add("whimbrel.toml", text);
    let (config, diagnostics) = Config::parse(&sources, id);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    config
}

/// What `whole` says for all, `own` says otherwise for one environment.
fn check(whole: &str, own: &str, expected: Archiving) {
    // In both orders: what all inherit may be written at the end.
    let environment = format!("[environment.dev]\nurl = 'sqlite:a.db'\n{own}\n");
    for text in [format!("{whole}\n{environment}"), format!("{environment}[archive]\n{}", inner(whole))] {
        assert_eq!(config(&text).environments[0].archive, expected, "{text}");
    }
}

fn inner(whole: &str) -> &str {
    whole.trim_start_matches("[archive]")
}

#[test]
fn an_environment_inherits_what_it_does_not_say() {
    let days = |days: u32| Archiving::For(Age::hours(24 * days));
    check("", "", Archiving::Forever);
    check("", "archive = false", Archiving::Off);
    check("", "archive = { keep = '30d' }", days(30));
    check("[archive]\nkeep = '90d'", "", days(90));
    check("[archive]\nkeep = '90d'", "archive = true", days(90));
    check("[archive]\nkeep = '90d'", "archive = {}", days(90));
    check("[archive]\nkeep = '90d'", "archive = false", Archiving::Off);
    check("[archive]\nkeep = '90d'", "archive = { keep = '4w' }", days(28));
    check("[archive]\nkeep = '90d'", "archive = { keep = 'forever' }", Archiving::Forever);
}

#[test]
fn an_archive_that_is_off_for_all_is_on_where_it_is_asked_for() {
    let archive = |own: &str| {
        config(&format!("archive = false\n[environment.dev]\nurl = 'sqlite:a.db'\n{own}")).environments[0]
            .archive
    };
    assert_eq!(archive(""), Archiving::Off);
    assert_eq!(archive("archive = true"), Archiving::Forever);
    assert_eq!(archive("archive = { keep = '12h' }"), Archiving::For(Age::hours(12)));
}
