//! Several people change one schema, each on a branch of a real repository.

mod browser;
mod check;
mod databases;
mod pairs;
mod pipeline;
mod rebase;
mod review;
mod scripts;
mod squash;
