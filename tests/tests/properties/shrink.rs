//! A case that breaks a law, made as small as it gets.

use super::judge::Verdict;

/// The smallest case found that breaks the same law: without every line, and every key of a line, that
/// it breaks the law without as well.
pub(crate) fn shrink(text: &str, law: &'static str, judge: fn(&str) -> Verdict) -> String {
    let breaks = |lines: &[String]| matches!(judge(&lines.join("\n")), Verdict::Broken { law: broken, .. } if broken == law);
    let mut best: Vec<String> = text.lines().map(str::to_owned).collect();
    loop {
        let smaller = candidates(&best).find(|lines| breaks(lines));
        match smaller {
            Some(lines) => best = lines,
            None => return best.join("\n") + "\n",
        }
    }
}

/// What is smaller by one thing: the largest things first.
fn candidates(lines: &[String]) -> impl Iterator<Item = Vec<String>> {
    let blocks = headers(lines).into_iter().map(|header| without_block(lines, &header));
    let distinct = {
        let mut seen: Vec<&String> = Vec::new();
        lines.iter().filter(|line| !line.starts_with("----")).for_each(|line| {
            if !seen.contains(&line) {
                seen.push(line);
            }
        });
        seen
    };
    let everywhere = distinct.clone().into_iter().map(|line| without_line(lines, line));
    let columns = distinct.clone().into_iter().filter_map(|line| without_column(lines, line));
    let keys = distinct.into_iter().flat_map(|line| {
        without_key(line).into_iter().map(move |shorter| {
            lines.iter().map(|other| if other == line { shorter.clone() } else { other.clone() }).collect()
        })
    });
    let once = (1..lines.len()).filter(|at| !lines[*at].starts_with("----")).map(|at| {
        let mut rest = lines.to_vec();
        rest.remove(at);
        rest
    });
    let all: Vec<Vec<String>> = blocks.chain(everywhere).chain(columns).chain(keys).chain(once).collect();
    all.into_iter().filter(|lines| !lines[0].starts_with("----"))
}

fn headers(lines: &[String]) -> Vec<String> {
    let mut headers: Vec<String> = lines.iter().filter(|line| line.starts_with('[')).cloned().collect();
    headers.sort();
    headers.dedup();
    headers
}

/// Without a table, view or trigger, on both sides.
fn without_block(lines: &[String], header: &str) -> Vec<String> {
    let mut inside = false;
    let mut rest = Vec::new();
    for line in lines {
        if line.starts_with('[') || line.starts_with("----") {
            inside = line == header;
        }
        if !inside {
            rest.push(line.clone());
        }
    }
    let table = header.trim_matches(['[', ']']).trim_start_matches("table.").trim_matches('"').to_owned();
    rest.retain(|line| {
        !line.starts_with(&format!("INSERT INTO \"{table}\""))
            && !line.starts_with(&format!("DELETE FROM \"{table}\""))
    });
    rest
}

fn without_line(lines: &[String], line: &str) -> Vec<String> {
    lines.iter().filter(|other| *other != line).cloned().collect()
}

/// Without every line of columns with this name, and without their values in rows.
fn without_column(lines: &[String], line: &str) -> Option<Vec<String>> {
    let (name, _) = line.strip_prefix("columns.")?.split_once(" = ")?;
    let start = format!("columns.{name} = ");
    let quoted = format!("\"{}\"", name.trim_matches('"'));
    let rest = lines.iter().filter(|other| !other.starts_with(&start));
    Some(rest.map(|line| without_value(line, &quoted).unwrap_or_else(|| line.clone())).collect())
}

/// An INSERT without a column and its value.
fn without_value(line: &str, column: &str) -> Option<String> {
    let (head, rest) = line.strip_prefix("INSERT INTO ")?.split_once(" (")?;
    let (names, values) = rest.split_once(") VALUES (")?;
    let mut names: Vec<&str> = names.split(", ").collect();
    let mut values = split(values.strip_suffix(");")?);
    let at = names.iter().position(|name| *name == column)?;
    if names.len() < 2 || values.len() != names.len() {
        return None;
    }
    names.remove(at);
    values.remove(at);
    Some(format!("INSERT INTO {head} ({}) VALUES ({});", names.join(", "), values.join(", ")))
}

/// A line without one of its keys, for each of them.
fn without_key(line: &str) -> Vec<String> {
    let Some((head, rest)) = line.split_once(" = { ") else { return Vec::new() };
    let Some(inside) = rest.strip_suffix(" }") else { return Vec::new() };
    let keys = split(inside);
    (0..keys.len())
        .map(|at| {
            let mut keys = keys.clone();
            keys.remove(at);
            format!("{head} = {{ {} }}", keys.join(", "))
        })
        .collect()
}

/// The parts between commas that stand neither in quotes nor in brackets.
fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let (mut depth, mut quote) = (0_usize, None);
    for character in text.chars() {
        match (quote, character) {
            (Some(end), _) if character == end => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(character),
            (None, '{' | '[' | '(') => depth += 1,
            (None, '}' | ']' | ')') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = parts.last_mut()
            && !(last.is_empty() && character == ' ')
        {
            last.push(character);
        }
    }
    parts
}
