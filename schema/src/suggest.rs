//! "Did you mean": the word that was probably meant.

/// The candidate closest to a word that is none of them, if one is close enough to be a slip.
///
/// The first of equally close candidates wins, so the order of candidates decides.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > LONGEST {
        return None;
    }
    let lower = word.to_lowercase();
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates.into_iter().filter(|candidate| candidate.len() <= LONGEST) {
        let distance = strsim::damerau_levenshtein(&lower, &candidate.to_lowercase());
        let allowed = (word.chars().count().max(candidate.chars().count()) / 3).max(1);
        if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Words beyond this length are not compared: it takes time that grows with the square.
const LONGEST: usize = 100;

/// The first of some names, and how many more there are.
pub(crate) fn listed(names: &[&str]) -> String {
    let list = names[..names.len().min(SHOWN)].join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => list,
        more => format!("{list}, and {more} more"),
    }
}

/// More than this are no help.
const SHOWN: usize = 20;

#[cfg(test)]
mod tests {
    use super::closest;

    fn check(word: &str, expected: Option<&str>) {
        assert_eq!(closest(word, ["users", "emails", "email_labels"]), expected);
    }

    #[test]
    fn slips_are_found() {
        check("user", Some("users"));
        check("Emials", Some("emails"));
        check("email_label", Some("email_labels"));
    }

    #[test]
    fn other_words_are_not() {
        check("x", None);
        check("threads", None);
        check("", None);
    }
}
