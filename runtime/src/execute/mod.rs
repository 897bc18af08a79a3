//! Running operations in a transaction: what the migrator, the build's replay and tests share.

mod follow;
mod keys;
mod prepared;
mod record;
mod transaction;

pub(crate) use follow::{Follower, call};
pub(crate) use prepared::{Prepared, PreparedStep, prepare};
pub(crate) use record::record;
pub(crate) use transaction::in_transaction;
