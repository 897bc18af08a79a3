//! Values that are made: from a stream that is keyed by where each stands, so that it is the same on every
//! database and platform, and moves for nothing but its own.

pub(crate) mod fake;
pub(super) mod number;
pub(crate) mod stream;
pub(crate) mod time;
pub(crate) mod whole;
mod words;

use number::{exp, normal_quantile};
use stream::Stream;

/// A number of the normal distribution.
pub(super) fn normal(stream: &mut Stream, mean: f64, deviation: f64) -> f64 {
    mean + deviation * normal_quantile(stream.share())
}

/// A number whose logarithm is of the normal distribution.
pub(super) fn log_normal(stream: &mut Stream, median: f64, sigma: f64) -> f64 {
    median * exp(sigma * normal_quantile(stream.share()))
}
