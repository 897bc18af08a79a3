//! Passwords in URLs of databases.

use std::ops::Range;

/// The places of a URL where a password stands: what follows the first colon before the last `@`, and
/// the values of parameters such as `password`.
///
/// ```
/// use whimbrel_schema::secrets;
///
/// let url = "postgres://ada:pa@ss@db/mail?sslmode=require&password=x";
/// let found: Vec<&str> = secrets(url).into_iter().map(|place| &url[place]).collect();
/// assert_eq!(found, ["pa@ss", "x"]);
/// assert!(secrets("sqlite:mail.db").is_empty());
/// ```
pub fn secrets(url: &str) -> Vec<Range<usize>> {
    let Some(start) = url.find("//").map(|slashes| slashes + 2) else { return Vec::new() };
    let at = url[start..].rfind('@').map(|at| start + at);
    let user = at.and_then(|at| {
        let colon = start + url[start..at].find(':')? + 1;
        (colon < at).then_some(colon..at)
    });
    let rest = user.as_ref().map_or(start, |user| user.end);
    let parameters = url[rest..].find(['?', '#']).map_or(url.len(), |mark| rest + mark + 1);
    let mut begin = parameters;
    let mut found: Vec<Range<usize>> = user.into_iter().collect();
    for parameter in url[parameters..].split(['&', ';']) {
        if let Some((key, value)) = parameter.split_once('=')
            && is_secret(key)
            && !value.is_empty()
        {
            found.push(begin + key.len() + 1..begin + parameter.len());
        }
        begin += parameter.len() + 1;
    }
    found
}

fn is_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    ["pass", "pwd", "secret", "token"].iter().any(|word| key.contains(word))
}

/// The text of whimbrel.toml with an asterisk for each byte of a password in it, so that no report can
/// quote one. Every place stays where it is.
///
/// ```
/// use whimbrel_schema::without_secrets;
///
/// let text = "url = 'postgres://ada:secret@db/mail' # here\n";
/// assert_eq!(without_secrets(text), "url = 'postgres://ada:******@db/mail' # here\n");
/// ```
pub fn without_secrets(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let Some(slashes) = line.find("://") else {
            result.push_str(line);
            continue;
        };
        let end = line[slashes..].find(['"', '\'', '\r', '\n']).map_or(line.len(), |end| slashes + end);
        let mut copied = 0;
        for place in secrets(&line[..end]) {
            result.push_str(&line[copied..place.start]);
            result.extend(std::iter::repeat_n('*', place.len()));
            copied = place.end;
        }
        result.push_str(&line[copied..]);
    }
    result
}
