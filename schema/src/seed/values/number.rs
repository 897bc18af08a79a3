//! Logarithm, exponential and the quantiles of the normal distribution, the same to the last bit everywhere.
//!
//! What the standard library calls these depends on the platform's mathematics. Sums, products, quotients
//! and square roots do not: IEEE 754 prescribes each bit of them.

/// The number below which a share of all numbers of the standard normal distribution lie, by the rational
/// approximation of Peter Acklam, whose relative error is below 1.2e-9.
pub(super) fn normal_quantile(share: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969683028665376e1,
        2.209460984245205e2,
        -2.759285104469687e2,
        1.38357751867269e2,
        -3.066479806614716e1,
        2.506628277459239,
    ];
    const B: [f64; 6] = [
        -5.447609879822406e1,
        1.615858368580409e2,
        -1.556989798598866e2,
        6.680131188771972e1,
        -1.328068155288572e1,
        1.0,
    ];
    const C: [f64; 6] = [
        -7.784894002430293e-3,
        -3.223964580411365e-1,
        -2.400758277161838,
        -2.549732539343734,
        4.374664141464968,
        2.938163982698783,
    ];
    const D: [f64; 5] =
        [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1.0];
    let tail = |share: f64| {
        let root = (-2.0 * ln(share)).sqrt();
        polynomial(&C, root) / polynomial(&D, root)
    };
    if share < 0.02425 {
        tail(share)
    } else if share > 1.0 - 0.02425 {
        -tail(1.0 - share)
    } else {
        let centred = share - 0.5;
        let square = centred * centred;
        polynomial(&A, square) * centred / polynomial(&B, square)
    }
}

fn polynomial(coefficients: &[f64], at: f64) -> f64 {
    coefficients.iter().fold(0.0, |sum, coefficient| sum * at + coefficient)
}

const LN_2: f64 = std::f64::consts::LN_2;

/// The natural logarithm of a positive, normal number.
pub(super) fn ln(number: f64) -> f64 {
    let bits = number.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i64 - 1023;
    let mut mantissa = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000);
    let mut exponent = exponent as f64;
    if mantissa > std::f64::consts::SQRT_2 {
        mantissa /= 2.0;
        exponent += 1.0;
    }
    // ln m = 2 artanh((m - 1) / (m + 1)), whose argument is below 0.18 here.
    let part = (mantissa - 1.0) / (mantissa + 1.0);
    let square = part * part;
    let series = (0..16).rev().fold(0.0, |sum, term| sum * square + 1.0 / f64::from(2 * term + 1));
    exponent * LN_2 + 2.0 * part * series
}

/// The exponential; 0 and the largest number where it would be smaller or larger than numbers are.
pub(super) fn exp(number: f64) -> f64 {
    if number < -700.0 {
        return 0.0;
    }
    if number > 700.0 {
        return f64::MAX;
    }
    let half = if number < 0.0 { -0.5 } else { 0.5 };
    let power = (number / LN_2 + half) as i64;
    let rest = number - power as f64 * LN_2;
    let series = (1..=20).rev().fold(1.0, |sum, term| 1.0 + rest / f64::from(term) * sum);
    series * f64::from_bits(((power + 1023) as u64) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_near_as_the_standard_library() {
        for number in [1e-300, 0.001, 0.5, 1.0, 1.5, 2.0, 10.0, 12345.678, 1e300] {
            assert!((ln(number) - number.ln()).abs() <= 1e-13 * number.ln().abs().max(1.0), "{number}");
        }
        for number in [-650.0, -20.0, -1.0, -0.001, 0.0, 0.3, 1.0, 9.5, 650.0] {
            assert!((exp(number) / number.exp() - 1.0).abs() <= 1e-12, "{number}");
        }
    }

    #[test]
    fn quantiles_are_those_of_tables() {
        for (share, quantile) in [(0.5, 0.0), (0.975, 1.959_964), (0.001, -3.090_232), (0.841_345, 1.0)] {
            assert!((normal_quantile(share) - quantile).abs() < 1e-5, "{share}");
        }
    }

    /// What another platform must give as well.
    #[test]
    fn bits_are_pinned() {
        let bits = [ln(0.3), exp(1.7), normal_quantile(0.01), normal_quantile(0.7)].map(f64::to_bits);
        assert_eq!(
            bits,
            [13831473067500349216, 4617849135285794983, 13835792925364907250, 4602898599457671477],
        );
    }
}
