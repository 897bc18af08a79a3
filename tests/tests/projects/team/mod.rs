//! Several people change one schema, each on a branch of a real repository.

mod check;
mod pairs;
mod pipeline;
mod rebase;
mod review;
mod squash;
