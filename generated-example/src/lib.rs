//! The database of a mail application: users with their settings, their e-mails, and what was found
//! out about them.

/// The tables of every version, and the migrations between them.
pub mod db {
    whimbrel::include_db!();
}
