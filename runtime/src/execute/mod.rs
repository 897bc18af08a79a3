//! Running operations in a transaction: what the migrator, the build's replay and tests share.

mod course;
mod follow;
mod keys;
mod prepared;
mod record;
mod steps;
mod transaction;

pub(crate) use course::Course;
pub(crate) use follow::{Follower, call};
pub(crate) use prepared::{Prepared, PreparedStep, prepare};
pub(crate) use record::record;
#[cfg(feature = "sqlite")]
pub(crate) use steps::run_steps;
pub(crate) use steps::take_steps;
#[cfg(feature = "seed")]
pub(crate) use transaction::undone;
pub(crate) use transaction::{ended, in_order, in_transaction};
