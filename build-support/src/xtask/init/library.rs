//! The module `db` in a library that is there already.

use proc_macro2::Ident;
use quote::ToTokens as _;
use syn::spanned::Spanned as _;
use syn::{Attribute, File, Item, UseTree};

use super::template::MODULE;

/// What becomes of a library.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Library {
    /// It includes the generated code.
    Has,
    /// Its text with the module.
    Gets(String),
    /// It is not certain where the module belongs; the reason.
    Unclear(&'static str),
}

/// Puts the module at the end, but before tests, which come last by custom (and by a lint of clippy).
pub(super) fn with_module(text: &str) -> Library {
    // Places are counted without these.
    if text.starts_with('\u{feff}') || text.starts_with("#!/") {
        return Library::Unclear("it begins with a byte order mark or `#!`");
    }
    let Ok(file) = syn::parse_file(text) else { return Library::Unclear("it is not read as Rust") };
    // In tokens, so that a comment which speaks of it does not count.
    if file.to_token_stream().to_string().contains("include_db !") {
        return Library::Has;
    }
    if file.items.iter().any(names_db) {
        return Library::Unclear("it names something else `db`");
    }
    let (head, tail) = text.split_at(place(text, &file));
    let mut next = head.trim_end().to_owned();
    if !next.is_empty() {
        next += "\n\n";
    }
    next += MODULE;
    if !tail.trim().is_empty() {
        next = next + "\n" + tail;
    }
    if text.contains("\r\n") {
        next = next.replace("\r\n", "\n").replace('\n', "\r\n");
    }
    let items = syn::parse_file(&next).map_or(0, |next| next.items.len());
    if items == file.items.len() + 1 {
        Library::Gets(next)
    } else {
        Library::Unclear("its end is not where it seems")
    }
}

/// Where the module goes, in bytes.
fn place(text: &str, file: &File) -> usize {
    let Some(tests) = file.items.last().filter(|item| is_tests(item)) else { return text.len() };
    let mut place = line_start(text, tests.span().byte_range().start);
    // What stands right above in comments belongs to the tests.
    while place > 0 {
        let above = line_start(text, place - 1);
        if !text[above..place].trim_start().starts_with("//") {
            break;
        }
        place = above;
    }
    place
}

fn line_start(text: &str, place: usize) -> usize {
    text[..place].rfind('\n').map_or(0, |end| end + 1)
}

fn is_tests(item: &Item) -> bool {
    let test = |attribute: &Attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<Ident>().is_ok_and(|condition| condition == "test")
    };
    matches!(item, Item::Mod(module) if module.attrs.iter().any(test))
}

fn names_db(item: &Item) -> bool {
    match item {
        Item::Mod(item) => item.ident == "db",
        Item::Struct(item) => item.ident == "db",
        Item::Enum(item) => item.ident == "db",
        Item::Union(item) => item.ident == "db",
        Item::Type(item) => item.ident == "db",
        Item::Trait(item) => item.ident == "db",
        Item::ExternCrate(item) => item.rename.as_ref().map_or(&item.ident, |(_, name)| name) == "db",
        Item::Use(item) => uses_db(&item.tree),
        _ => false,
    }
}

fn uses_db(tree: &UseTree) -> bool {
    match tree {
        UseTree::Path(path) => match &*path.tree {
            UseTree::Group(group) if path.ident == "db" => {
                group.items.iter().any(|tree| matches!(tree, UseTree::Name(name) if name.ident == "self"))
                    || group.items.iter().any(uses_db)
            }
            tree => uses_db(tree),
        },
        UseTree::Name(name) => name.ident == "db",
        UseTree::Rename(rename) => rename.rename == "db",
        UseTree::Group(group) => group.items.iter().any(uses_db),
        UseTree::Glob(_) => false,
    }
}
