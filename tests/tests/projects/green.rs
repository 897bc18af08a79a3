//! green
