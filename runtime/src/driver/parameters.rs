//! The parameters of a URL that are read here and not by the client's library.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

/// Takes parameters out of a URL whose query begins at `query`: the URL without them, and what they were. Of one
/// that is given twice the last counts, as elsewhere.
pub(super) fn take(
    url: &str,
    query: Option<usize>,
    names: &[&'static str],
) -> (String, BTreeMap<&'static str, String>) {
    let Some((address, parameters)) = query.map(|mark| (&url[..mark], &url[mark + 1..])) else {
        return (url.to_owned(), BTreeMap::new());
    };
    let mut taken = BTreeMap::new();
    let mut left = Vec::new();
    for parameter in parameters.split('&') {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let name = percent_decode_str(name).decode_utf8_lossy();
        match names.iter().find(|known| **known == name) {
            Some(known) => {
                _ = taken.insert(*known, percent_decode_str(value).decode_utf8_lossy().into_owned())
            }
            None => left.push(parameter),
        }
    }
    match left.join("&").as_str() {
        "" => (address.to_owned(), taken),
        left => (format!("{address}?{left}"), taken),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_what_it_does_not_know() {
        let taken = |url: &str| {
            let (left, taken) = take(url, url.find('?'), &["sslmode", "sslrootcert"]);
            (left, taken.into_iter().map(|(name, value)| format!("{name}:{value}")).collect::<Vec<_>>())
        };
        let none = Vec::<String>::new();
        assert_eq!(taken("postgres://db/mail"), ("postgres://db/mail".to_owned(), none.clone()));
        assert_eq!(taken("postgres://db/mail?a=b"), ("postgres://db/mail?a=b".to_owned(), none));
        assert_eq!(
            taken("postgres://db/mail?a=b&sslrootcert=a%20b.pem&c=%26&sslmode=prefer&ssl%6Dode=require"),
            (
                "postgres://db/mail?a=b&c=%26".to_owned(),
                vec!["sslmode:require".to_owned(), "sslrootcert:a b.pem".to_owned()]
            )
        );
        assert_eq!(taken("postgres://db?sslmode").0, "postgres://db");
    }
}
