//! A web service over the mail database: it migrates when it starts, tells whether it is ready, and
//! answers one question.
//!
//! ```console
//! $ cargo run -p generated-example --example axum -- --database mail.db --listen 127.0.0.1:8080
//! $ curl http://127.0.0.1:8080/ready
//! {"pending":[],"ready":true}
//! ```
//!
//! `--no-migrate` leaves the database as it is, for services whose database somebody else migrates.

use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use generated_example::db::{self, EmailsRow, PROJECT};
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;
use whimbrel::row::sqlite::bind;
use whimbrel::sea_query::{Expr, ExprTrait, Order, Query, SqliteQueryBuilder};
use whimbrel::{Apply, Migrator, Report};

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let options = Options::of(std::env::args().skip(1))?;
    let service = Arc::new(Service { database: options.database });
    let listener = TcpListener::bind(options.listen).await?;
    eprintln!("listening on {}", listener.local_addr()?);

    // Both at once: `/live` answers while migrations run, and `/ready` says that they do. If they fail,
    // so does the program.
    let serve = axum::serve(listener, routes(Arc::clone(&service))).with_graceful_shutdown(stopped());
    let serve = async { serve.await.map_err(Failure::from) };
    let migrate = async { if options.migrate { service.migrate().await } else { Ok(()) } };
    tokio::try_join!(serve, migrate)?;
    Ok(())
}

fn routes(service: Arc<Service>) -> Router {
    Router::new()
        .route("/live", get(async || "alive"))
        .route("/ready", get(ready))
        .route("/users/{id}/unread", get(unread))
        .with_state(service)
}

/// What every request needs: where the database is. Each opens a connection of its own, which for a
/// file of SQLite is quicker than most queries.
struct Service {
    database: PathBuf,
}

impl Service {
    /// Brings the database up to date. Services that start together apply every migration once.
    async fn migrate(&self) -> Result<(), Failure> {
        let url = self.url();
        // Migrating is blocking work, and the migrator stays on the thread that began it.
        let migrate = move || -> Result<Report, whimbrel::Error> {
            Migrator::open(&PROJECT, &url, ".")?.actor("mail-service").apply(Apply::All)
        };
        let report = spawn_blocking(migrate).await??;
        eprintln!("{} migrations applied", report.completed.len());
        Ok(())
    }

    /// The revisions that are not applied, by one query. While another program migrates, this does not
    /// wait for it.
    async fn pending(&self) -> Result<Vec<&'static str>, Failure> {
        let url = self.url();
        let pending = move || -> Result<Vec<&'static str>, whimbrel::Error> {
            let mut migrator = Migrator::open(&PROJECT, &url, ".")?.wait(Duration::from_millis(100))?;
            Ok(migrator.pending()?.into_iter().map(|migration| migration.revision).collect())
        };
        Ok(spawn_blocking(pending).await??)
    }

    async fn unread(&self, owner: i64) -> Result<Vec<EmailsRow>, Failure> {
        let path = self.database.clone();
        Ok(spawn_blocking(move || unread_emails(&Connection::open_with_flags(path, READ)?, owner)).await??)
    }

    fn url(&self) -> String {
        format!("sqlite:{}", self.database.display())
    }
}

const READ: OpenFlags = OpenFlags::SQLITE_OPEN_READ_ONLY;

/// A person's newest messages that are not read yet.
fn unread_emails(connection: &Connection, owner: i64) -> rusqlite::Result<Vec<EmailsRow>> {
    let (sql, values) = Query::select()
        .columns(EmailsRow::COLUMNS)
        .from(db::Emails)
        .and_where(Expr::col(db::Emails::OWNER_ID).eq(owner))
        .and_where(Expr::col(db::Emails::IS_READ).eq(false))
        .order_by(db::Emails::RECEIVED_AT, Order::Desc)
        .limit(50)
        .build(SqliteQueryBuilder);
    let mut statement = connection.prepare(&sql)?;
    statement.query_map(bind(values)?, |row| EmailsRow::from_row(row))?.collect()
}

/// Ready is who finds the database at exactly the schema that the program was built for.
async fn ready(State(service): State<Arc<Service>>) -> (StatusCode, Json<Value>) {
    match service.pending().await {
        Ok(pending) if pending.is_empty() => (StatusCode::OK, Json(json!({ "ready": true, "pending": [] }))),
        Ok(pending) => (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "ready": false, "pending": pending }))),
        // Ahead of this program, changed behind its back, locked or broken: the log says how to mend it.
        Err(error) => {
            eprintln!("not ready: {error}");
            let kind = error.downcast_ref::<whimbrel::Error>().map_or("failed", |error| error.kind().key());
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "ready": false, "error": kind })))
        }
    }
}

async fn unread(
    State(service): State<Arc<Service>>,
    Path(owner): Path<i64>,
) -> Result<Json<Value>, StatusCode> {
    let emails = service.unread(owner).await.map_err(|error| {
        eprintln!("no unread messages: {error}");
        StatusCode::INTERNAL_SERVER_ERROR
    })?;
    let shown = emails.iter().map(|email| {
        json!({ "id": email.id, "sender": email.sender, "subject": email.subject, "at": email.received_at })
    });
    Ok(Json(shown.collect()))
}

/// Waits until the program is told to end; what was begun is then finished, a migration included.
async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => return,
                _ = tokio::signal::ctrl_c() => return,
            }
        }
    }
    // If no signal can be heard, the program ends as any other: by being ended.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}

struct Options {
    database: PathBuf,
    listen: SocketAddr,
    migrate: bool,
}

impl Options {
    fn of(mut arguments: impl Iterator<Item = String>) -> Result<Self, Failure> {
        let mut options = Self {
            database: "mail.db".into(),
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            migrate: true,
        };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
            match argument.as_str() {
                "--database" => options.database = value()?.into(),
                "--listen" => options.listen = value()?.parse()?,
                "--no-migrate" => options.migrate = false,
                _ => return Err(format!("there is no option {argument}").into()),
            }
        }
        Ok(options)
    }
}
