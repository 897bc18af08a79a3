//! The diagram as a picture, for a page that loads nothing.

use super::diagram::{Diagram, Edge, Entity, Fate};
use super::html::escaped;

const WIDTH: usize = 260;
const GAP: usize = 70;
const LINE: usize = 18;
const HEAD: usize = 28;
const PER_ROW: usize = 3;

/// Where a table stands.
struct Boxed<'a> {
    entity: &'a Entity,
    x: usize,
    y: usize,
    height: usize,
}

/// Tables in rows, what changes first, with an arrow from each to what it references.
pub(super) fn svg(diagram: &Diagram, title: &str) -> String {
    let boxes = placed(diagram);
    let width = boxes.iter().map(|place| place.x + WIDTH).max().unwrap_or(0) + GAP / 2;
    let height = boxes.iter().map(|place| place.y + place.height).max().unwrap_or(0) + GAP / 2;
    let mut text = format!(
        "<svg class=\"diagram\" role=\"img\" aria-label=\"{}\" xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" \
         height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n<defs><marker id=\"arrow\" viewBox=\"0 0 10 10\" refX=\"9\" \
         refY=\"5\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0L10 5L0 10z\"/></marker></defs>\n",
        escaped(title)
    );
    for edge in &diagram.edges {
        text += &line(edge, &boxes);
    }
    for place in &boxes {
        text += &table(place);
    }
    text + "</svg>\n"
}

fn placed(diagram: &Diagram) -> Vec<Boxed<'_>> {
    let mut order: Vec<&Entity> = diagram.tables.iter().collect();
    order.sort_by_key(|entity| entity.fate == Fate::Same);
    let mut boxes: Vec<Boxed<'_>> = Vec::new();
    let mut y = GAP / 2;
    for row in order.chunks(PER_ROW) {
        let height = |entity: &Entity| HEAD + entity.columns.len() * LINE + 8;
        for (column, entity) in row.iter().enumerate() {
            boxes.push(Boxed { entity, x: GAP / 2 + column * (WIDTH + GAP), y, height: height(entity) });
        }
        y += row.iter().map(|entity| height(entity)).max().unwrap_or(0) + GAP;
    }
    boxes
}

fn table(place: &Boxed<'_>) -> String {
    let Boxed { entity, x, y, height } = place;
    let class = if entity.fate == Fate::Same { "same" } else { entity.fate.word() };
    let mut text = format!(
        "<g class=\"{class}\"><rect x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{height}\" rx=\"6\"/>\
         <text class=\"name\" x=\"{}\" y=\"{}\">{}</text>",
        x + 12,
        y + 19,
        escaped(&shortened(&entity.name, 30))
    );
    for (index, field) in entity.columns.iter().enumerate() {
        let class = if field.fate == Fate::Same { "same" } else { field.fate.word() };
        let key = if field.is_key { "\u{2022} " } else { "" };
        text += &format!(
            "<text class=\"column {class}\" x=\"{}\" y=\"{}\">{}</text>",
            x + 12,
            y + HEAD + index * LINE + 14,
            escaped(&shortened(&format!("{key}{} {}", field.name, field.kind), 34))
        );
    }
    text + "</g>\n"
}

/// From the side of a box that is nearest to the other.
fn line(edge: &Edge, boxes: &[Boxed<'_>]) -> String {
    let find = |name: &str| boxes.iter().find(|place| place.entity.name == name);
    let (Some(child), Some(parent)) = (find(&edge.child), find(&edge.parent)) else { return String::new() };
    let middle = |place: &Boxed<'_>| place.y + HEAD / 2;
    let path = if child.y == parent.y && child.x == parent.x {
        // A table that references itself.
        let (x, y) = (child.x + WIDTH, middle(child));
        format!("M{x} {y}h20v24h-20", y = y + 2)
    } else if child.y == parent.y {
        let (from, to) =
            if child.x < parent.x { (child.x + WIDTH, parent.x) } else { (child.x, parent.x + WIDTH) };
        format!("M{from} {}L{to} {}", middle(child), middle(parent))
    } else {
        let (from, to) = if child.y < parent.y {
            (child.y + child.height, parent.y)
        } else {
            (child.y, parent.y + parent.height)
        };
        format!("M{} {from}L{} {to}", child.x + WIDTH / 2, parent.x + WIDTH / 2)
    };
    format!(
        "<path class=\"edge\" d=\"{path}\" marker-end=\"url(#arrow)\"><title>{}</title></path>\n",
        escaped(&edge.columns)
    )
}

fn shortened(text: &str, most: usize) -> String {
    match text.chars().count() > most {
        true => text.chars().take(most - 1).chain(['\u{2026}']).collect(),
        false => text.to_owned(),
    }
}
