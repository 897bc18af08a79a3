//! What the command says about itself.

use super::arguments::Topic;

const PROGRAM: &str = "\
Applies and rolls back the migrations of this package.

Usage: migrate <COMMAND> [OPTIONS]

Commands:
  apply      Apply pending migrations
  rollback   Roll back the newest migrations
  pending    List the migrations that are not applied
  status     Show where the database stands
  history    Show what happened to the database
  drift      Compare the database with what its history says
  verify     Read the whole history and compare it with the program and the database
  wait       Wait until nothing is pending
  baseline   Mark migrations applied on a database that is already what they lead to
  repair     Mend a history that is damaged
  archive    List, show or purge what migrations dropped
  seed       Load predefined and fake rows, and clean them again

Options of every command:
  --env ENV      Use this environment of whimbrel.toml
  --url URL      Use this database: sqlite:PATH or sqlite::memory:
  --json         Write JSON
  -h, --help     Show help; `migrate help COMMAND` tells more

Without --url and --env the database is that of DATABASE_URL, or else of the environment `dev`.

Exit codes:
  0 done   1 failed   2 usage or configuration   3 pending (status --check, wait)
  4 drift, or the history and the program disagree   5 refused for safety   6 database busy
";

const APPLY: &str = "\
Applies pending migrations, each in a transaction of its own.

An empty database gets what the first migrations lead to at once, up to the first that makes rows.

Usage: migrate apply [--to REV] [--no-jump] [--dry-run] [--allow NAME]... [--wait TIME]

Options:
  --to REV       Stop after this revision; its beginning is enough
  --no-jump      Take every migration by its steps, also on an empty database
  --dry-run      Print the SQL and write nothing
  --allow NAME   Allow a destruction by its name, as WHD102:users.tz
  --wait TIME    Wait so long for other migrators and for locks: 90s, 5m, 1h (30s)
  --env ENV, --url URL, --json, -h, --help
";

const ROLLBACK: &str = "\
Rolls back the newest migrations, each in a transaction of its own.

Usage: migrate rollback --steps N [--dry-run] [--allow NAME]...
       migrate rollback --revision REV [--dry-run] [--allow NAME]...
       migrate rollback --all [--dry-run] [--allow NAME]...

Options:
  --steps N       Roll back this many migrations
  --revision REV  Roll back down to this revision, which stays applied
  --all           Roll back every migration
  --dry-run       Print the SQL and write nothing
  --allow NAME    Allow a destruction by its name, as WHD102:users.tz
  --wait TIME     Wait so long for other migrators and for locks: 90s, 5m, 1h (30s)
  --env ENV, --url URL, --json, -h, --help
";

const PENDING: &str = "\
Lists the migrations that are not applied.

Usage: migrate pending

Options:
  --env ENV, --url URL, --json, -h, --help
";

const STATUS: &str = "\
Shows where the database stands: what is applied and what is pending.

Usage: migrate status [--check]

Options:
  --check   Exit with 3 if anything is pending
  --env ENV, --url URL, --json, -h, --help
";

const HISTORY: &str = "\
Shows what happened to the database, from the first event.

Usage: migrate history [--detailed]

Options:
  --detailed   Show hashes, actors, versions and failed attempts as well
  --env ENV, --url URL, --json, -h, --help
";

const DRIFT: &str = "\
Compares the database with the schema that its history says it has. Nothing is changed.

Usage: migrate drift

Shown is what differs, with + for what is in the database alone and - for what is only in the schema, and
what would be done to make the database what it should be. What belongs to no table of the schema is listed
and is no drift. Exits with 4 if there is drift.

Options:
  --env ENV, --url URL, --json, -h, --help
";

const BASELINE: &str = "\
Marks migrations applied on a database that was there before whimbrel, without running them.

Usage: migrate baseline [--to REV] [--dry-run]

The database is compared with the schema at that revision first. If anything differs it is shown, nothing is
written, and the exit code is 4. A database that has a history is refused with 5. What a snapshot names as
`unmanaged` is known to be in the database besides.

Options:
  --to REV       The revision that the database is at; without it, the newest
  --dry-run      Compare, show what would be marked, and write nothing
  --wait TIME    Wait so long for other migrators: 90s, 5m, 1h (30s)
  --env ENV, --url URL, --json, -h, --help
";

const VERIFY: &str = "\
Reads the whole history, and compares it with the migrations of this program and with what the database is.

Usage: migrate verify

What is wrong is told with the command that mends it, and the exit code is 4. Nothing is written. Whether the
database has drifted is another question: migrate drift.

Options:
  --env ENV, --url URL, --json, -h, --help
";

const WAIT: &str = "\
Waits until nothing is pending: for a program that starts beside the one that migrates.

Usage: migrate wait [--timeout TIME]

Exits with 3 if something is pending when the time is up, and at once where no waiting helps, as with 4 where
the history and the program disagree.

Options:
  --timeout TIME  Wait so long: 90s, 5m, 1h (5m)
  --env ENV, --url URL, --json, -h, --help
";

const REPAIR: &str = "\
Mends a history that is damaged, and touches nothing else. The error that speaks of the damage names the command.

Usage: migrate repair --history [--to REV] [--dry-run]
       migrate repair --forget REV [--dry-run]
       migrate repair --set-aside [--dry-run]

The history is written anew only where the database is exactly what a revision leads to; otherwise what differs
is shown, nothing is written, and the exit code is 4. Rows that are taken out are kept in whimbrel_journal.

Options:
  --history      Events are missing, came in addition, or cannot be read: let the history say what the database is
  --to REV       The revision that it is at, where several lead to what it is
  --forget REV   Take out a revision that this program does not have and that never ran
  --set-aside    Give another name to a table of another program that is called like one of whimbrel's
  --dry-run      Show what would be done, and write nothing
  --wait TIME    Wait so long for other migrators: 90s, 5m, 1h (30s)
  --env ENV, --url URL, --json, -h, --help
";

const ARCHIVE: &str = "\
Lists, shows or purges what migrations dropped. A rollback takes back what belongs to it.

Usage: migrate archive list
       migrate archive show ENTRY [--rows N]
       migrate archive purge [ENTRY... | --older-than AGE | --all] [--dry-run]

Options:
  --rows N          Show at most this many rows (20)
  --older-than AGE  Purge what was archived longer ago: 12h, 90d, 8w
  --all             Purge every entry
  --dry-run         Show what would be purged, and purge nothing
  --wait TIME       Wait so long for other migrators: 90s, 5m, 1h (30s)
  --env ENV, --url URL, --json, -h, --help

Without entries and options purge removes what whimbrel.toml no longer keeps: [archive] keep = \"90d\".
Purged entries are gone for good.
";

const SEED: &str = "\
Loads the seeds of this package, and takes them out again.

Usage: migrate seed run [OPTIONS]          the sets that seeds.toml has for the environment
       migrate seed all [OPTIONS]          every set
       migrate seed set NAME [OPTIONS]     one set
       migrate seed table NAME [OPTIONS]   the sets with rows of a table
       migrate seed file PATH [OPTIONS]    the set of a file, checked as those of the package are
       migrate seed plan [run | all | set NAME | table NAME | file PATH]
                                           what would be loaded; as --dry-run
       migrate seed check [PATH]           check the seeds, and a file beside them, and load nothing
       migrate seed status                 what is loaded
       migrate seed clean [SET]            remove the rows that were loaded, but for those edited since
       migrate seed export TABLE...        rows of the database as a seed file

Sets that a set needs come with it. A set that is loaded as it is now is left; one that is loaded otherwise is
cleaned and loaded anew. Each is one transaction.

Options:
  --size SIZE     Multiply numbers of rows: a size of seeds.toml, or a number as 0.1
  --seed TEXT     Let values follow from this text instead of that of seeds.toml
  --confirm ENV   Name the environment once more, where it wants that
  --dry-run       Show what would be loaded or cleaned, and write nothing
  --wait TIME     Wait so long for other migrators: 90s, 5m, 1h
  --env ENV, --url URL, --json, -h, --help
";

/// The text on a topic.
pub(super) fn help(topic: Topic) -> &'static str {
    match topic {
        Topic::Program => PROGRAM,
        Topic::Apply => APPLY,
        Topic::Rollback => ROLLBACK,
        Topic::Pending => PENDING,
        Topic::Status => STATUS,
        Topic::History => HISTORY,
        Topic::Drift => DRIFT,
        Topic::Verify => VERIFY,
        Topic::Wait => WAIT,
        Topic::Baseline => BASELINE,
        Topic::Repair => REPAIR,
        Topic::Archive => ARCHIVE,
        Topic::Seed => SEED,
    }
}
