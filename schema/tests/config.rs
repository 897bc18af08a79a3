//! What whimbrel.toml means.

use std::time::Duration;

use whimbrel_schema::{Age, Archiving, Config, Sources, Timeouts};

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

#[test]
fn an_environment_says_how_long_is_waited() {
    let timeouts = |text: &str| {
        config(&format!("[environment.dev]\nurl = 'sqlite:a.db'\n{text}")).environments[0].timeouts
    };
    assert_eq!(timeouts(""), Timeouts::NONE);
    assert_eq!(
        timeouts("wait = '2m'\nlock_timeout = '500ms'\nstatement_timeout = '1h'"),
        Timeouts {
            wait: Some(Duration::from_secs(120)),
            lock: Some(Duration::from_millis(500)),
            statement: Some(Duration::from_secs(3600)),
        }
    );
    assert_eq!(timeouts("wait = '0s'").wait, Some(Duration::ZERO));
}

#[test]
fn a_time_that_is_none_is_refused() {
    // Servers take no time for no end.
    for wrong in [
        "wait = '30'",
        "wait = 30",
        "wait = 's'",
        "wait = '25h'",
        "lock_timeout = '0s'",
        "statement_timeout = '0ms'",
    ] {
        let mut sources = Sources::default();
        let id = sources.add("whimbrel.toml", format!("[environment.dev]\nurl = 'sqlite:a.db'\n{wrong}\n"));
        let (config, diagnostics) = Config::parse(&sources, id);
        assert_eq!(diagnostics.len(), 1, "{wrong}: {diagnostics:?}");
        assert_eq!(config.environments[0].timeouts, Timeouts::NONE, "{wrong}");
    }
}
