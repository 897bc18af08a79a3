//! Running operations in a transaction: what the migrator, the build's replay and tests share.

mod follow;
mod keys;
mod prepared;
mod record;
mod steps;
mod transaction;

pub(crate) use follow::{Follower, call};
pub(crate) use prepared::{Prepared, PreparedStep, prepare};
pub(crate) use record::record;
#[cfg(feature = "sqlite")]
#[cfg(feature = "sqlite")]
pub(crate) use steps::run_steps;
pub(crate) use steps::take_steps;
pub(crate) use transaction::in_transaction;
