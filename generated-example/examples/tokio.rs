//! A tokio application that brings its database up to date when it starts, on whatever server it is.
//!
//! ```console
//! $ DATABASE_URL=postgres://ada@db.example/mail cargo run --features postgres --example tokio
//! ```

use std::error::Error;

use generated_example::db::PROJECT;
use tokio::task::spawn_blocking;
use whimbrel::{Apply, Migrator, Report};

pub(crate) type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let report = migrate(std::env::var("DATABASE_URL")?).await?;
    eprintln!("{} migrations applied", report.completed.len());
    // Here the application would go on, with its pool of connections.
    Ok(())
}

/// Brings the database up to date. The driver blocks its thread, and on one that runs tasks it would panic; a
/// connection cannot come along from there, so what goes along is the URL.
pub(crate) async fn migrate(url: String) -> Result<Report, Failure> {
    let migrate = move || Migrator::open(&PROJECT, &url, ".")?.actor("mail-service").apply(Apply::All);
    Ok(spawn_blocking(migrate).await??)
}
