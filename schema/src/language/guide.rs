//! The tables of the guide.

use super::key::{Key, Place, Presence};
use super::places::{ALL, OF_SEEDS};

/// A page of the guide with its tables of keys as they are now.
///
/// A table stands between the lines `<!-- keys of PLACE -->` and `<!-- end of keys -->`, where `PLACE` is
/// the name of a place, as `a column`.
///
/// ```
/// use whimbrel_schema::language::fill_guide;
///
/// let page = fill_guide("<!-- keys of a check -->\n<!-- end of keys -->\n");
/// assert!(page.contains("| `sql` |"));
/// assert_eq!(fill_guide(&page), page);
/// ```
pub fn fill_guide(page: &str) -> String {
    let mut filled = String::with_capacity(page.len());
    let mut skipping = false;
    for line in page.split_inclusive('\n') {
        skipping &= line.trim_end() != END;
        if skipping {
            continue;
        }
        filled.push_str(line);
        let name = line.trim_end().strip_prefix(START).and_then(|rest| rest.strip_suffix(" -->"));
        if let Some(place) =
            name.and_then(|name| ALL.iter().chain(&OF_SEEDS).find(|place| place.name == name))
        {
            skipping = true;
            filled.push_str(&table(place));
        }
    }
    filled
}

const START: &str = "<!-- keys of ";
const END: &str = "<!-- end of keys -->";

fn table(place: &Place) -> String {
    let mut table = "\n| Key | Meaning | Example |\n|---|---|---|\n".to_owned();
    for key in place.keys {
        let Key { name, doc, example, .. } = key;
        let cells = [format!("`{name}`"), format!("{doc}{}", presence(key)), format!("`{name} = {example}`")];
        table += &format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | "));
    }
    table + "\n"
}

fn presence(key: &Key) -> String {
    match key.presence {
        Presence::Optional => String::new(),
        Presence::Required => " It must be there.".to_owned(),
        Presence::Beside(other) => format!(" Only beside `{other}`."),
    }
}
