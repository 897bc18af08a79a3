//! The value stream: numbers that follow from where they are asked for, and from nothing else.

/// What a stream is keyed by: the seed, and the names of what its values are for.
///
/// It is written out here rather than taken from a library, because what it gives is part of the format: a
/// column that is added moves no value of another, and no upgrade of anything moves any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamKey(u64, u64);

impl StreamKey {
    /// The key of some names, in order. No two lists of names are joined into the same text.
    pub fn new(names: &[&str]) -> Self {
        let (mut first, mut second) = (0xcbf2_9ce4_8422_2325_u64, 0x8422_2325_cbf2_9ce4_u64);
        for name in names {
            let length = (name.len() as u64).to_le_bytes();
            for byte in length.iter().chain(name.as_bytes()) {
                first = (first ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
                second = second.rotate_left(7).wrapping_add(u64::from(*byte)).wrapping_mul(GOLDEN);
            }
        }
        Self(mix(first ^ second.rotate_left(32)), mix(second.wrapping_add(first)))
    }

    /// A key of its own for each of some numbers.
    pub(crate) const fn of(self, number: u64) -> Self {
        Self(mix(self.0 ^ mix(number)), mix(self.1.wrapping_add(number)))
    }

    /// The stream of a row.
    pub const fn at(self, row: u64) -> Stream {
        Stream(mix(self.0 ^ mix(row.wrapping_add(self.1))))
    }
}

/// The numbers of one cell, one after the other.
#[derive(Debug, Clone)]
pub struct Stream(u64);

impl Stream {
    /// The next number, of all numbers of 64 bits.
    pub const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// The next number below a limit; 0 if the limit is. By multiplication, which takes one number
    /// whatever the limit: that some are likelier by one part in 2^64 is nothing to rows.
    pub const fn below(&mut self, limit: u64) -> u64 {
        ((self.bits() as u128 * limit as u128) >> 64) as u64
    }

    /// The next number from 0 to 1, neither of them included.
    pub const fn share(&mut self) -> f64 {
        ((self.bits() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// Stafford's thirteenth variant of the finalizer of MurmurHash3, which SplitMix64 uses:
/// <https://zimbry.blogspot.com/2011/09/better-bit-mixing-improving-on.html>.
const fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// An order of the numbers below `size` in which each comes once: the number at a place.
///
/// Four rounds of Feistel over the next even number of bits; what falls outside is sent round again, and
/// comes in after fewer than four times on average, because a circle of the permutation that enters from
/// inside leads back inside. So values are distinct by construction.
///
/// ```
/// use whimbrel_schema::seed::{StreamKey, permuted};
///
/// let key = StreamKey::new(&["mail", "gmail_id"]);
/// let mut numbers: Vec<u64> = (0..1000).map(|place| permuted(key, place, 1000)).collect();
/// numbers.sort_unstable();
/// assert!(numbers.into_iter().eq(0..1000));
/// ```
pub const fn permuted(key: StreamKey, place: u64, size: u64) -> u64 {
    if size < 2 || place >= size {
        return place;
    }
    let bits = 64 - (size - 1).leading_zeros();
    let half = bits.div_ceil(2);
    let mask = (1_u64 << half) - 1;
    let mut number = place;
    loop {
        let (mut left, mut right) = (number >> half, number & mask);
        let mut round = 0;
        while round < 4 {
            let next = left ^ (mix(key.0 ^ mix(right.wrapping_add(key.1).wrapping_add(round << 60))) & mask);
            (left, right) = (right, next);
            round += 1;
        }
        number = (left << half) | right;
        if number < size {
            return number;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart() {
        let key = |names: &[&str]| StreamKey::new(names);
        assert_ne!(key(&["ab", "c"]), key(&["a", "bc"]));
        assert_ne!(key(&["a"]), key(&["a", ""]));
        assert_ne!(key(&["a", "b"]), key(&["b", "a"]));
    }

    #[test]
    fn shares_are_even() {
        let mut stream = StreamKey::new(&["even"]).at(0);
        let mut counts = [0_u32; 10];
        for _ in 0..100_000 {
            counts[stream.below(10) as usize] += 1;
        }
        assert!(counts.iter().all(|count| (9_700..10_300).contains(count)), "{counts:?}");
        let neighbours: u32 = (0..1000_u64)
            .map(|row| {
                let key = StreamKey::new(&["rows"]);
                (key.at(row).bits() ^ key.at(row + 1).bits()).count_ones()
            })
            .sum();
        assert!((31_000..33_000).contains(&neighbours), "{neighbours} of 64,000 bits differ");
    }

    #[test]
    fn every_size_is_permuted() {
        for size in [1_u64, 2, 3, 5, 16, 17, 257, 1000, 4097] {
            let mut seen = vec![false; size as usize];
            for place in 0..size {
                let number = permuted(StreamKey::new(&["x"]), place, size) as usize;
                assert!(!std::mem::replace(&mut seen[number], true), "{number} comes twice of {size}");
            }
        }
        assert!(permuted(StreamKey::new(&["x"]), 5, u64::MAX) != 5);
    }
}
