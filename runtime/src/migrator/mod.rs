//! The only thing that executes migrations.

mod archived;
mod baseline;
mod jump;
mod likeness;
mod plan;
mod probe;
mod repair;
mod report;
mod run;
mod state;
mod target;
mod task;
mod verify;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::time::Duration;

use whimbrel_schema::{Archiving, Drift, Timeouts, drift_beyond};

pub use plan::{Planned, PlannedStep};
pub use probe::Probed;
pub use repair::{Repair, RepairAct, Repaired};
pub use report::{Applied, Completed, Progress, Report, Status, Underway};
pub use target::{Apply, Rollback};
pub use verify::Verified;

use self::probe::Wanted;
use self::run::underway;
use self::state::State;
use self::target::Goal;
use self::task::{Policy, Route, Start};
use crate::chain;
use crate::driver::Driver;
use crate::error::{Error, ErrorKind};
use crate::execute::ended;
use crate::history::{self, Event, Method, Newest};
use crate::journal::{self, Attempt, Whose};
use crate::project::{Environment, Migration, Project};
use crate::url::Url;

/// Applies and rolls back the migrations of a project on one database.
///
/// Each migration runs in a transaction of its own, together with its event in the history, where the database
/// can do that and the migration does not [let programs go on](crate::v1::Editor::online) meanwhile. Before
/// it, its function is heard without any SQL and held to the steps that the build has proven. An empty
/// database [jumps](Migrator::jump): it gets what the first migrations lead to at once.
/// Migrators that start together apply everything once.
///
/// ```no_run
/// # static PROJECT: whimbrel::Project = whimbrel::Project { package: "mail", environments: &[], migrations: &[], seeds: None };
/// use whimbrel::{Apply, Migrator};
///
/// let mut connection = rusqlite::Connection::open("mail.db")?;
/// let report = Migrator::new(&PROJECT, &mut connection).apply(Apply::All)?;
/// for done in &report.completed {
///     println!("{} in {:?}", done.revision, done.duration);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Migrator<'c> {
    project: &'c Project,
    driver: Box<dyn Driver + 'c>,
    actor: String,
    policy: Policy,
    may_jump: bool,
    progress: Option<Listener<'c>>,
}

type Listener<'c> = Box<dyn FnMut(Progress<'_>) + 'c>;

impl<'c> Migrator<'c> {
    /// A migrator on the caller's connection.
    ///
    /// The connection must not be inside a transaction. Its settings are as they were after every
    /// call; while a migration runs foreign keys are enforced, or suspended and checked at its end,
    /// whatever the connection prefers. It waits for other programs as long as its own `busy_timeout` says.
    #[cfg(feature = "sqlite")]
    pub fn new(project: &'c Project, connection: &'c mut rusqlite::Connection) -> Self {
        Self::with(project, Box::new(crate::driver::Sqlite::on(connection)))
    }

    /// A migrator on the caller's connection to PostgreSQL, in the first schema of its `search_path` that
    /// exists. The connection must not be inside a transaction; its settings are as they were after every
    /// call.
    ///
    /// # Errors
    ///
    /// If there is no such schema, or the server cannot be asked.
    #[cfg(feature = "postgres")]
    pub fn postgres(project: &'c Project, client: &'c mut postgres::Client) -> Result<Self, Error> {
        Ok(Self::with(project, Box::new(crate::driver::Postgres::on(client)?)))
    }

    /// A migrator on the caller's connection to MariaDB or MySQL, in the database that it uses. The
    /// connection must not be inside a transaction; its settings are as they were after every call.
    ///
    /// # Errors
    ///
    /// If it uses no database, or the server cannot be asked.
    #[cfg(feature = "mysql")]
    pub fn mysql(project: &'c Project, connection: &'c mut mysql::Conn) -> Result<Self, Error> {
        Ok(Self::with(project, Box::new(crate::driver::Mysql::on(connection)?)))
    }

    /// A migrator on a connection of its own. Paths in the URL are relative to `base`.
    ///
    /// A file that does not exist is created by the first migration, and by nothing else. The
    /// connection waits 30 seconds for other programs; see [`wait`](Migrator::wait).
    ///
    /// If an environment of the project has the same database, its policy holds here as well: whether
    /// values may be destroyed, whether they are archived, and how long is waited.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] if the URL is none or of a database that this build does not support,
    /// [`ErrorKind::Failed`] if the database cannot be opened.
    pub fn open(project: &'c Project, url: &str, base: impl AsRef<Path>) -> Result<Self, Error> {
        let (url, base) = (Url::parse(url)?, base.as_ref());
        let migrator = Self::with(project, url.connect(base)?);
        let variable = |name: &str| std::env::var(name).ok();
        let same = |environment: &&Environment| environment.is_at(&url, base, &variable);
        Ok(match project.environments.iter().find(same) {
            Some(environment) => {
                let migrator =
                    migrator.allow_destructive(environment.allow_destructive).archive(environment.archive);
                migrator.timeouts(environment.timeouts)?
            }
            None => migrator,
        })
    }

    fn with(project: &'c Project, driver: Box<dyn Driver + 'c>) -> Self {
        Self { project, driver, actor: actor(), policy: Policy::default(), may_jump: true, progress: None }
    }

    /// Who is named in the history; without it, the user that the environment names.
    #[must_use]
    pub fn actor(mut self, actor: impl Into<String>) -> Self {
        self.actor = actor.into();
        self
    }

    /// Whether migrations may destroy values without being allowed by name; they may unless this
    /// says otherwise.
    #[must_use]
    pub fn allow_destructive(mut self, allowed: bool) -> Self {
        self.policy.destructive = allowed;
        self
    }

    /// Allows one destruction by its [name](crate::Destruction::name).
    #[must_use]
    pub fn allow(mut self, name: impl Into<String>) -> Self {
        self.policy.allowed.insert(name.into());
        self
    }

    /// Whether dropped tables, dropped columns and replaced values are kept in the archive, and for how
    /// long; they are for ever, or until they are [purged](Migrator::purge), unless this says otherwise.
    #[must_use]
    pub fn archive(mut self, archiving: impl Into<Archiving>) -> Self {
        self.policy.archive = archiving.into();
        self
    }

    /// Whether an empty database may jump: get what the first migrations lead to at once, up to the first
    /// that makes rows, instead of taking each by its steps. It may unless this says otherwise; the result
    /// is the same, and the history says how it came about.
    #[must_use]
    pub fn jump(mut self, may: bool) -> Self {
        self.may_jump = may;
        self
    }

    /// A function that hears what begins and ends.
    #[must_use]
    pub fn on_progress(mut self, progress: impl FnMut(Progress<'_>) + 'c) -> Self {
        self.progress = Some(Box::new(progress));
        self
    }

    /// How long the connection waits for other programs. On a lent connection it stays so.
    ///
    /// # Errors
    ///
    /// If the database does not take it.
    pub fn wait(mut self, wait: Duration) -> Result<Self, Error> {
        self.driver.wait(wait)?;
        Ok(self)
    }

    /// How long migrations wait for others, and how long a statement may take. A database that knows nothing of
    /// the kind takes it without a word: SQLite knows the time to wait alone.
    ///
    /// # Errors
    ///
    /// If the database does not take it.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Result<Self, Error> {
        if let Some(wait) = timeouts.wait {
            self.driver.wait(wait)?;
        }
        self.driver.limit(timeouts);
        Ok(self)
    }

    /// Applies what is pending.
    ///
    /// If nothing is, this costs one query.
    ///
    /// # Errors
    ///
    /// If the history and the project disagree, if something would be destroyed that must not be,
    /// or if a migration fails. Migrations done before stay done: [`Error::completed`].
    pub fn apply(&mut self, target: Apply<'_>) -> Result<Report, Error> {
        self.driver.check_idle()?;
        if matches!(target, Apply::All) && self.is_current()? {
            return Ok(Report {
                completed: Vec::new(),
                head: self.last().map(|last| last.revision.to_owned()),
            });
        }
        let goal = target.goal(self.project)?;
        self.reach(goal)
    }

    /// Rolls back the newest migrations applied.
    ///
    /// # Errors
    ///
    /// As for [`apply`](Migrator::apply); [`ErrorKind::Refused`] before anything is done if one of
    /// the migrations has no way back.
    pub fn rollback(&mut self, target: Rollback<'_>) -> Result<Report, Error> {
        self.driver.check_idle()?;
        let state = self.state()?;
        let goal = target.goal(self.project, state.applied)?;
        self.reach(goal)
    }

    /// What [`apply`](Migrator::apply) would do. Nothing is written.
    ///
    /// # Errors
    ///
    /// As for [`apply`](Migrator::apply), but what would be destroyed is in the plan.
    pub fn plan_apply(&mut self, target: Apply<'_>) -> Result<Vec<Planned>, Error> {
        let goal = target.goal(self.project)?;
        let state = self.state()?;
        self.plan(goal, &state)
    }

    /// What [`rollback`](Migrator::rollback) would do. Nothing is written.
    ///
    /// # Errors
    ///
    /// As for [`rollback`](Migrator::rollback), but what would be destroyed is in the plan.
    pub fn plan_rollback(&mut self, target: Rollback<'_>) -> Result<Vec<Planned>, Error> {
        let state = self.state()?;
        let goal = target.goal(self.project, state.applied)?;
        self.plan(goal, &state)
    }

    /// What the rows of the database say about the hazards of the migrations that are not applied: for
    /// each thing to count one query, of which some read whole tables. Nothing is written.
    ///
    /// # Errors
    ///
    /// As for [`plan_apply`](Migrator::plan_apply).
    pub fn probe(&mut self, target: Apply<'_>) -> Result<Vec<Probed>, Error> {
        Ok(self.plan_apply(target)?.into_iter().flat_map(|planned| planned.probes).collect())
    }

    /// The migrations that are not applied, from the first.
    ///
    /// This costs one query, whatever is pending, so that a service can ask itself often whether it is
    /// ready:
    ///
    /// ```
    /// # #[cfg(feature = "sqlite")] {
    /// # static PROJECT: whimbrel::Project = whimbrel::Project { package: "mail", environments: &[], migrations: &[], seeds: None };
    /// use whimbrel::{ErrorKind, Migrator};
    ///
    /// fn readiness(url: &str) -> Result<(), String> {
    ///     match Migrator::open(&PROJECT, url, ".").and_then(|mut migrator| migrator.pending()) {
    ///         Ok(pending) if pending.is_empty() => Ok(()),
    ///         Ok(pending) => Err(format!("{} migrations are pending", pending.len())),
    ///         Err(error) if error.kind() == ErrorKind::Ahead => Err("a newer release is at work".to_owned()),
    ///         Err(error) => Err(error.to_string()),
    ///     }
    /// }
    /// assert_eq!(readiness("sqlite::memory:"), Ok(()));
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If the history cannot be read or disagrees with the project. What happened before the newest
    /// event is read only then, to tell how; [`status`](Migrator::status) verifies all of it.
    pub fn pending(&mut self) -> Result<Vec<&'static Migration>, Error> {
        let applied = state::applied(&mut *self.driver, self.project)?;
        Ok(self.project.migrations.iter().skip(applied).collect())
    }

    /// Fails if a migration is not applied. This costs one query, and a second on servers.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Pending`], [`ErrorKind::Underway`] in the middle of a migration, or those of [`pending`](Migrator::pending).
    pub fn check(&mut self) -> Result<(), Error> {
        let pending = self.pending()?;
        if let Some(position) = journal::position(&mut *self.driver)? {
            return Err(underway(&position.whose, None));
        }
        let names: Vec<&str> = pending.iter().map(|migration| migration.revision).collect();
        if names.is_empty() {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Pending, format!("not applied yet: {}", names.join(", ")))
            .help("apply them: migrate apply"))
    }

    /// Whether the database is where this program wants it: neither behind, nor ahead, nor elsewhere.
    /// This costs one query; [`pending`](Migrator::pending) tells what is missing, or wrong.
    ///
    /// # Errors
    ///
    /// If the history cannot be read.
    pub fn is_current(&mut self) -> Result<bool, Error> {
        let last = self.last();
        let standing = history::standing(&mut *self.driver)?;
        let there = match standing.newest {
            Newest::NoTable | Newest::Head(None) => last.is_none(),
            Newest::Head(Some(head)) => {
                last.is_some_and(|last| last.revision == head.revision && last.hash == head.hash)
            }
        };
        Ok(there && !standing.underway)
    }

    /// Where the database stands.
    ///
    /// # Errors
    ///
    /// If the history cannot be read or disagrees with the project.
    pub fn status(&mut self) -> Result<Status, Error> {
        let state = self.state()?;
        Ok(report::status(self.project, &state))
    }

    /// What the database has otherwise than its history says. Nothing is written.
    ///
    /// ```
    /// # #[cfg(feature = "sqlite")] {
    /// # static PROJECT: whimbrel::Project = whimbrel::Project { package: "mail", environments: &[], migrations: &[], seeds: None };
    /// use whimbrel::Migrator;
    ///
    /// let mut connection = rusqlite::Connection::open_in_memory()?;
    /// connection.execute_batch("CREATE TABLE of_another_program (x INTEGER)")?;
    /// let drift = Migrator::new(&PROJECT, &mut connection).drift()?;
    /// assert!(drift.is_none());
    /// assert_eq!(drift.beside[0].to_string(), "table of_another_program");
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the history cannot be read or disagrees with the project, or if the database cannot be read.
    pub fn drift(&mut self) -> Result<Drift, Error> {
        let mut applied = self.state()?.applied;
        loop {
            let found = self.driver.introspect()?;
            // Another program may have migrated the database while it was looked at.
            let now = state::applied(&mut *self.driver, self.project)?;
            if now == applied {
                let versions = chain::versions(self.project, applied)?;
                let Some(expected) = versions.last() else { return Ok(Drift::default()) };
                let schema = self.driver.respell(&expected.schema, &found)?;
                return Ok(drift_beyond(&schema, &expected.known, &found));
            }
            applied = now;
        }
    }

    /// What happened to the database, from the first event; verified, but not against the project.
    ///
    /// # Errors
    ///
    /// If the history cannot be read or does not follow from itself.
    pub fn history(&mut self) -> Result<Vec<Event>, Error> {
        let events = history::events(&mut *self.driver)?;
        history::replay(&events)?;
        Ok(events)
    }

    /// The attempts that failed, from the first.
    ///
    /// # Errors
    ///
    /// If the journal cannot be read.
    pub fn failures(&mut self) -> Result<Vec<Attempt>, Error> {
        journal::failures(&mut *self.driver)
    }

    /// The project whose migrations these are.
    #[cfg(feature = "seed")]
    pub(crate) fn project(&self) -> &'c Project {
        self.project
    }

    /// The connection.
    #[cfg(feature = "seed")]
    pub(crate) fn driver(&mut self) -> &mut dyn Driver {
        &mut *self.driver
    }

    /// What is spoken on it.
    #[cfg(feature = "seed")]
    pub(crate) fn dialect(&self) -> whimbrel_schema::Dialect {
        self.driver.capabilities().dialect
    }

    /// Does other work on the connection while migrators are shut out.
    #[cfg(feature = "seed")]
    pub(crate) fn shut_in<T>(
        &mut self,
        body: impl FnOnce(&mut dyn Driver) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.alone(|migrator| body(&mut *migrator.driver))
    }

    /// How many migrations a jump leads over that was left in the middle.
    fn place_of(&self, whose: &Whose) -> Result<usize, Error> {
        let mut migrations = self.project.migrations.iter();
        let found = migrations.position(|known| known.revision == whose.revision && known.hash == whose.hash);
        found.map(|index| index + 1).ok_or_else(|| underway(whose, None))
    }

    fn last(&self) -> Option<&'static Migration> {
        self.project.migrations.last()
    }

    fn state(&mut self) -> Result<State, Error> {
        state::read(&mut *self.driver, self.project)
    }

    fn plan(&mut self, goal: Goal, state: &State) -> Result<Vec<Planned>, Error> {
        let route = self.route(goal, state)?;
        let probed = probe::ask(&mut *self.driver, &route, Wanted::All);
        let planned = |task| Planned::new(task, self.policy.archive.is_on(), &probed);
        Ok(route
            .jump
            .and_then(Planned::jump)
            .into_iter()
            .chain(route.tasks.into_iter().map(planned))
            .collect())
    }

    fn route(&mut self, goal: Goal, state: &State) -> Result<Route, Error> {
        let jumped = state.position.as_ref().filter(|position| position.whose.method == Method::Jump);
        let start = match jumped {
            Some(position) => Start::Amid(self.place_of(&position.whose)?),
            None if self.may_jump && state.events.is_empty() && self.driver.is_empty()? => Start::Empty,
            None => Start::At(state.applied),
        };
        task::route(self.project, goal, start, self.driver.capabilities().dialect)
    }

    /// Does migrations until the goal is reached. If another migrator moves the database meanwhile,
    /// what is left is found anew.
    fn reach(&mut self, goal: Goal) -> Result<Report, Error> {
        let mut completed: Vec<Completed> = Vec::new();
        match self.alone(|migrator| migrator.reach_from(goal, &mut completed)) {
            Ok(head) => Ok(Report { completed, head }),
            Err(error) => {
                let error = self.told_if_lost(error);
                Err(error.after(completed.into_iter().map(|done| done.revision)))
            }
        }
    }

    /// Runs `body` while other migrators are shut out, where the database can do that for a whole run, and
    /// lets them in again whatever happens.
    fn alone<T>(&mut self, body: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        let progress = &mut self.progress;
        self.driver.open(&mut |holder| {
            if let Some(tell) = progress {
                tell(Progress::Waiting { holder });
            }
        })?;
        let outcome = catch_unwind(AssertUnwindSafe(|| body(self)));
        let closed = self.driver.close();
        match outcome {
            Ok(result) => ended(result, closed),
            Err(panic) => resume_unwind(panic),
        }
    }

    fn reach_from(&mut self, goal: Goal, completed: &mut Vec<Completed>) -> Result<Option<String>, Error> {
        'anew: loop {
            let state = self.state()?;
            let route = self.route(goal, &state)?;
            route.goes_on_from(state.position.as_ref())?;
            self.policy.check(&route)?;
            probe::check(&mut *self.driver, &route)?;
            let mut applied = state.applied;
            if let Some(jump) = &route.jump {
                match self.take_jump(jump)? {
                    Some(done) => completed.extend(done),
                    None => continue 'anew,
                }
                applied = jump.migrations.len();
            }
            for task in &route.tasks {
                match self.run(task)? {
                    Some(done) => completed.push(done),
                    None => continue 'anew,
                }
                applied = task.applied_after();
            }
            let head = applied.checked_sub(1).and_then(|index| self.project.migrations.get(index));
            return Ok(head.map(|migration| migration.revision.to_owned()));
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self { destructive: true, allowed: BTreeSet::new(), archive: Archiving::Forever }
    }
}

fn actor() -> String {
    let named = |name| std::env::var(name).ok().filter(|actor| !actor.is_empty());
    ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(named).unwrap_or_else(|| "unknown".to_owned())
}
