//! `migrate seed`: what is loaded, and told of it.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use whimbrel_schema::text::counted;

use super::arguments::{Mode, Request, SeedAct, SeedRequest, SeedSets};
use super::paint::Paint;
use super::place;
use super::run::{Shell, say, show};
use super::text::line;
use crate::Migrator;
use crate::error::{Error, visible_line};
use crate::project::Project;
use crate::seed::{
    Cleaned, Kept, Outcome, PlannedSeeds, Scope, SeedProgress, SeedReport, SeedState, SeedStatus, SeededSet,
    Seeder,
};

/// Does what is asked of seeds.
pub(super) fn seed(
    project: &'static Project,
    asked: &SeedRequest,
    request: &Request,
    base: &Path,
    shell: &mut Shell<'_>,
) -> Result<u8, Error> {
    let mut seeder = seeder(project, asked, request, base, shell)?;
    match &asked.act {
        SeedAct::Load { what, mode: Mode::DryRun } => {
            let plan = seeder.plan(scope(what))?;
            show(shell, request, || json_plan(&plan), |paint| text_plan(&plan, paint));
        }
        SeedAct::Load { what, mode: Mode::Run } => return load(seeder, what, request, shell),
        SeedAct::Check { .. } => {
            // Whatever is wrong was told when the seeds were read.
            let sets: Vec<String> = seeder.sets().map(str::to_owned).collect();
            show(
                shell,
                request,
                || text(json!({ "command": "seed check", "sets": sets })),
                |paint| format!("{} {}\n", paint.good("right:"), listed(&sets)),
            );
        }
        SeedAct::Status => {
            let environment = seeder.database_environment()?;
            let status = seeder.status()?;
            show(
                shell,
                request,
                || json_status(&status, environment.as_deref()),
                |paint| text_status(&status, environment.as_deref(), paint),
            );
        }
        SeedAct::Clean { set, mode } => {
            let cleaned = match mode {
                Mode::DryRun => seeder.plan_clean(set.as_deref())?,
                Mode::Run => seeder.clean(set.as_deref())?,
            };
            let mode = *mode;
            show(
                shell,
                request,
                || json_cleaned(&cleaned, mode),
                |paint| text_cleaned(&cleaned, mode, paint),
            );
        }
        SeedAct::Export { tables } => say(shell.out, &seeder.export(tables)?),
    }
    Ok(0)
}

fn seeder(
    project: &'static Project,
    asked: &SeedRequest,
    request: &Request,
    base: &Path,
    shell: &Shell<'_>,
) -> Result<Seeder<'static>, Error> {
    let of_database = |name: &&str| project.environments.iter().any(|environment| environment.name == *name);
    let name = request.env.as_deref();
    // An environment that only seeds.toml knows has no database but the one that is named.
    let named = name.filter(|name| of_database(name) || request.url.is_none());
    let place = place::find(project, request.url.as_deref(), named, base, shell.variable)?;
    let mut migrator = Migrator::open(project, &place.url, base)?;
    if let Some(environment) = place.environment {
        migrator = migrator.timeouts(environment.timeouts)?;
    }
    if let Some(wait) = request.wait {
        migrator = migrator.wait(wait)?;
    }
    let mut seeder = Seeder::new(migrator)?;
    if let Some(name) = name.or(place.environment.map(|environment| environment.name)) {
        seeder = seeder.environment(name);
    }
    let options = &asked.options;
    if let Some(size) = &options.size {
        seeder = seeder.size(size);
    }
    if let Some(seed) = &options.seed {
        seeder = seeder.seed(seed);
    }
    if let Some(environment) = &options.confirm {
        seeder = seeder.confirm(environment);
    }
    let file = match &asked.act {
        SeedAct::Load { what: SeedSets::File(path), .. } | SeedAct::Check { file: Some(path) } => path,
        _ => return Ok(seeder),
    };
    seeder.file(shell.directory.join(file))
}

fn scope(what: &SeedSets) -> Scope<'_> {
    match what {
        SeedSets::OfEnvironment => Scope::Environment,
        SeedSets::All => Scope::All,
        SeedSets::Set(name) => Scope::Set(name),
        SeedSets::Table(name) => Scope::Table(name),
        SeedSets::File(_) => Scope::File,
    }
}

fn load(seeder: Seeder<'_>, what: &SeedSets, request: &Request, shell: &mut Shell<'_>) -> Result<u8, Error> {
    if request.json {
        let mut seeder = seeder;
        let report = seeder.run(scope(what))?;
        say(shell.out, &json_report(&report));
        return Ok(0);
    }
    let report = {
        let (out, err, paint) = (&mut *shell.out, &mut *shell.err, shell.out_paint);
        let mut bar = Bar::new(shell.err_terminal);
        let mut seeder = seeder.on_progress(|progress| match progress {
            SeedProgress::Waiting { holder } => say(err, &super::text::waiting(holder)),
            SeedProgress::Rows { set, table, done, total } => say(err, &bar.rows(set, table, done, total)),
            SeedProgress::Set(done) => {
                say(err, bar.clear());
                say(out, &text_set(done, paint));
            }
        });
        let report = seeder.run(scope(what));
        drop(seeder);
        if report.is_err() {
            say(shell.err, if shell.err_terminal { CLEAR } else { "" });
        }
        report?
    };
    let rows: u64 = report.sets.iter().map(SeededSet::rows).sum();
    let words = match report.sets.iter().all(|set| set.outcome == Outcome::Unchanged) {
        true => "everything is loaded\n".to_owned(),
        false => format!("{} loaded\n", counted(rows, "row")),
    };
    say(shell.out, &words);
    Ok(0)
}

/// Goes to the beginning of the line and empties it.
const CLEAR: &str = "\r\u{1b}[2K";

/// A line that is drawn again and again, on a terminal; nothing elsewhere.
struct Bar {
    drawn: bool,
    terminal: bool,
    table: String,
    begun: Instant,
    last: Option<Instant>,
}

impl Bar {
    fn new(terminal: bool) -> Self {
        Self { drawn: false, terminal, table: String::new(), begun: Instant::now(), last: None }
    }

    fn rows(&mut self, set: &str, table: &str, done: u64, total: u64) -> String {
        let now = Instant::now();
        let name = format!("{set}.{table}");
        if self.table != name {
            (self.table, self.begun, self.last) = (name, now, None);
        }
        let recent = self.last.is_some_and(|last| now - last < Duration::from_millis(100));
        if !self.terminal || total == 0 || (recent && done < total) {
            return String::new();
        }
        self.last = Some(now);
        self.drawn = true;
        format!("{CLEAR}{}", drawn(&self.table, done, total, now - self.begun))
    }

    fn clear(&mut self) -> &'static str {
        if std::mem::take(&mut self.drawn) { CLEAR } else { "" }
    }
}

fn drawn(table: &str, done: u64, total: u64, since: Duration) -> String {
    const WIDTH: u64 = 24;
    let filled = (done.saturating_mul(WIDTH) / total.max(1)).min(WIDTH);
    let bar: String = (0..WIDTH).map(|place| if place < filled { '#' } else { '.' }).collect();
    let rate = done as f64 / since.as_secs_f64().max(0.001);
    let rest = Duration::from_secs_f64((total.saturating_sub(done) as f64 / rate.max(1.0)).min(1e6));
    format!("{table} [{bar}] {done} of {total}, {rate:.0} rows/s, {} s left", rest.as_secs())
}

fn text_set(set: &SeededSet, paint: Paint) -> String {
    let mut out = String::new();
    let rows: u64 = set.rows();
    let duration = set.duration;
    match set.outcome {
        Outcome::Unchanged => line(&mut out, &format!("{} {}", paint.faint("unchanged"), set.name)),
        outcome => line(
            &mut out,
            &format!(
                "{} {}  {} in {duration:.1?}",
                paint.good(outcome.key()),
                set.name,
                counted(rows, "row")
            ),
        ),
    }
    for table in &set.tables {
        let mut parts = vec![format!("{} inserted", table.inserted)];
        if table.updated > 0 {
            parts.push(format!("{} updated", table.updated));
        }
        if table.found > 0 {
            parts.push(format!("{} found", table.found));
        }
        line(&mut out, &format!("  {}  {}", table.name, parts.join(", ")));
    }
    text_kept(&mut out, &set.kept, "kept", paint);
    out
}

/// At most so many rows are listed, and the others counted.
const LISTED: usize = 20;

fn text_kept(out: &mut String, kept: &[Kept], words: &str, paint: Paint) {
    for row in kept.iter().take(LISTED) {
        let label = row.label.as_deref().map_or_else(String::new, |label| format!(" `{label}`"));
        let row = format!("{}{label} ({}): {}", row.table, row.key, row.reason);
        line(out, &format!("  {} {}", paint.notice(words), visible_line(&row)));
    }
    if kept.len() > LISTED {
        line(out, &format!("  {} {} more; --json lists all", paint.notice(words), kept.len() - LISTED));
    }
}

fn text_plan(plan: &[PlannedSeeds], paint: Paint) -> String {
    let mut out = String::new();
    for set in plan {
        let what = match set.outcome {
            Outcome::Loaded => paint.good("load"),
            Outcome::Unchanged => paint.faint("leave"),
            Outcome::Reloaded => paint.notice("clean and load anew"),
        };
        line(&mut out, &format!("{what} {}", paint.strong(&set.set)));
        for table in &set.tables {
            let late = match table.late.is_empty() {
                true => String::new(),
                false => format!("; {} filled last", table.late.join(", ")),
            };
            line(
                &mut out,
                &format!(
                    "  {}  {} written ({}), {} made{late}",
                    table.name, table.written, table.mode, table.made
                ),
            );
        }
    }
    if plan.is_empty() {
        line(&mut out, "there is nothing to load");
    }
    out
}

fn text_status(status: &[SeedStatus], environment: Option<&str>, paint: Paint) -> String {
    let mut out = String::new();
    if let Some(environment) = environment {
        line(&mut out, &format!("environment {}", paint.strong(&visible_line(environment))));
    }
    for set in status {
        let rows: u64 = set.tables.iter().map(|(_, rows)| rows).sum();
        let state = match set.state {
            SeedState::Current => paint.good("loaded"),
            SeedState::Changed => paint.notice("loaded, and changed since"),
            SeedState::Cleaned => paint.notice("cleaned; these stayed"),
            SeedState::Unknown => paint.notice("not of this program"),
        };
        let words = format!(
            "{}  {state}  {}, size {}, at {}",
            paint.strong(&visible_line(&set.set)),
            counted(rows, "row"),
            set.size,
            set.loaded_at
        );
        line(&mut out, &words);
        for (table, rows) in &set.tables {
            line(&mut out, &format!("  {}  {}", visible_line(table), counted(*rows, "row")));
        }
    }
    if status.is_empty() {
        line(&mut out, "no seeds are loaded");
    }
    out
}

fn text_cleaned(cleaned: &[Cleaned], mode: Mode, paint: Paint) -> String {
    let mut out = String::new();
    let (done, removed, kept) = match mode {
        Mode::DryRun => ("would clean", "to remove", "would stay"),
        Mode::Run => ("cleaned", "removed", "kept"),
    };
    for set in cleaned {
        let rows: u64 = set.removed.iter().map(|(_, rows)| rows).sum();
        line(
            &mut out,
            &format!("{} {}  {} {removed}", paint.good(done), visible_line(&set.set), counted(rows, "row")),
        );
        for (table, rows) in set.removed.iter().filter(|(_, rows)| *rows > 0) {
            line(&mut out, &format!("  {table}  {rows} {removed}"));
        }
        if set.missing > 0 {
            line(&mut out, &format!("  {} were gone already", set.missing));
        }
        text_kept(&mut out, &set.kept, kept, paint);
    }
    if cleaned.is_empty() {
        line(&mut out, "no seeds are loaded");
    }
    out
}

fn listed(sets: &[String]) -> String {
    match sets.len() {
        0 => "there are no seeds".to_owned(),
        count => format!("{}, {}", counted(count, "set"), sets.join(", ")),
    }
}

fn json_report(report: &SeedReport) -> String {
    let set = |set: &SeededSet| {
        let tables: Vec<Value> = set
            .tables
            .iter()
            .map(|table| {
                json!({
                    "table": table.name,
                    "inserted": table.inserted,
                    "updated": table.updated,
                    "found": table.found,
                })
            })
            .collect();
        json!({
            "set": set.name,
            "outcome": set.outcome.key(),
            "rows": set.rows(),
            "tables": tables,
            "kept": json_kept(&set.kept),
            "duration_ms": u64::try_from(set.duration.as_millis()).unwrap_or(u64::MAX),
        })
    };
    text(json!({ "command": "seed run", "sets": report.sets.iter().map(set).collect::<Vec<_>>() }))
}

fn json_kept(kept: &[Kept]) -> Vec<Value> {
    let row = |row: &Kept| json!({ "table": row.table, "key": row.key, "label": row.label, "reason": row.reason.key() });
    kept.iter().map(row).collect()
}

fn json_plan(plan: &[PlannedSeeds]) -> String {
    let set = |set: &PlannedSeeds| {
        let tables: Vec<Value> = set
            .tables
            .iter()
            .map(|table| {
                json!({
                    "table": table.name,
                    "mode": table.mode,
                    "written": table.written,
                    "made": table.made,
                    "late": table.late,
                })
            })
            .collect();
        json!({ "set": set.set, "outcome": set.outcome.key(), "tables": tables })
    };
    let sets: Vec<Value> = plan.iter().map(set).collect();
    text(json!({ "command": "seed plan", "dry_run": true, "sets": sets }))
}

fn json_status(status: &[SeedStatus], environment: Option<&str>) -> String {
    let set = |set: &SeedStatus| {
        let tables: Vec<Value> =
            set.tables.iter().map(|(table, rows)| json!({ "table": table, "rows": rows })).collect();
        json!({
            "set": set.set,
            "state": set.state.key(),
            "seed": set.seed,
            "size": set.size,
            "loaded_at": set.loaded_at,
            "tables": tables,
        })
    };
    let sets: Vec<Value> = status.iter().map(set).collect();
    text(json!({ "command": "seed status", "environment": environment, "sets": sets }))
}

fn json_cleaned(cleaned: &[Cleaned], mode: Mode) -> String {
    let set = |set: &Cleaned| {
        let removed: Vec<Value> =
            set.removed.iter().map(|(table, rows)| json!({ "table": table, "rows": rows })).collect();
        json!({ "set": set.set, "removed": removed, "missing": set.missing, "kept": json_kept(&set.kept) })
    };
    let sets: Vec<Value> = cleaned.iter().map(set).collect();
    text(json!({ "command": "seed clean", "dry_run": mode == Mode::DryRun, "sets": sets }))
}

fn text(value: Value) -> String {
    super::json::text(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_tells_how_far_it_is() {
        let half = drawn("demo.mails", 500, 1_000, Duration::from_secs(5));
        assert_eq!(half, "demo.mails [############............] 500 of 1000, 100 rows/s, 5 s left");
        let mut bar = Bar::new(false);
        assert_eq!((bar.rows("demo", "mails", 1, 2), bar.clear()), (String::new(), ""));
        let mut bar = Bar::new(true);
        assert!(bar.rows("demo", "mails", 1, 2).starts_with(CLEAR));
        assert_eq!(bar.rows("demo", "mails", 1, 2), "", "not drawn more often than anybody sees");
        assert_eq!(bar.clear(), CLEAR);
    }
}
