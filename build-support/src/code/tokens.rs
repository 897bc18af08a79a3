//! What the paths in a migration stand for.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use syn::UseTree;
use whimbrel_schema::{Name, Object, Schema, SourceId, Span, Table, closest, names};

/// The schemas that tokens speak of, by the number of their version.
#[derive(Debug, Default)]
pub(crate) struct Versions {
    schemas: BTreeMap<u32, Schema>,
    /// The objects that each type stood for: one, unless versions differ in what they call something.
    types: BTreeMap<String, BTreeSet<Object>>,
}

impl Versions {
    /// Adds a version; `changed` is what it has and no version before had so.
    pub(crate) fn insert(&mut self, number: u32, schema: Schema, changed: &Schema) {
        for (object, type_name) in names::types(changed) {
            self.types.entry(type_name).or_default().insert(object);
        }
        self.schemas.insert(number, schema);
    }

    /// The schema at a version.
    pub(crate) fn schema(&self, number: u32) -> Option<&Schema> {
        self.schemas.get(&number)
    }

    fn object(&self, schema: &Schema, type_name: &str) -> Option<&Object> {
        let named = self.types.get(type_name)?;
        named.iter().find(|object| names::type_of(schema, object).is_some_and(|name| name == type_name))
    }
}

/// A column named by a token: which version's, and where.
#[derive(Debug, Clone)]
pub(crate) struct TokenUse {
    pub(crate) version: u32,
    pub(crate) table: Name,
    pub(crate) column: Name,
    pub(crate) span: Span,
}

/// What the names imported by one migration stand for.
pub(crate) struct Tokens<'a> {
    versions: &'a Versions,
    modules: BTreeMap<String, u32>,
    tables: BTreeMap<String, (u32, String)>,
    /// The constants of the tables that were asked for; one migration names the same few again and
    /// again.
    constants: RefCell<BTreeMap<(u32, Name), Constants>>,
    pub(crate) source: SourceId,
}

/// What Rust calls the objects of a table.
type Constants = Rc<Vec<(String, Object)>>;

/// A path that was looked up: what it names, or a sentence about why it names nothing.
pub(crate) type Lookup<T> = Result<T, String>;

impl<'a> Tokens<'a> {
    /// Learns the imports of a file: `use super::{v0002 as before, v0003 as after};`.
    pub(crate) fn new(file: &syn::File, source: SourceId, versions: &'a Versions) -> Self {
        let mut tokens = Self {
            versions,
            modules: BTreeMap::new(),
            tables: BTreeMap::new(),
            constants: RefCell::default(),
            source,
        };
        for item in &file.items {
            if let syn::Item::Use(item) = item {
                tokens.learn(&item.tree, &mut Vec::new());
            }
        }
        tokens
    }

    fn learn(&mut self, tree: &UseTree, path: &mut Vec<String>) {
        match tree {
            UseTree::Path(step) => {
                path.push(step.ident.to_string());
                self.learn(&step.tree, path);
                path.pop();
            }
            UseTree::Name(name) => self.import(path, &name.ident.to_string(), &name.ident.to_string()),
            UseTree::Rename(rename) => {
                self.import(path, &rename.ident.to_string(), &rename.rename.to_string())
            }
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.learn(tree, path)),
            UseTree::Glob(_) => {}
        }
    }

    fn import(&mut self, path: &[String], name: &str, alias: &str) {
        match path {
            [parent] if parent == "super" => {
                if let Some(version) = version_number(name) {
                    self.modules.insert(alias.to_owned(), version);
                }
            }
            [parent, module] if parent == "super" => {
                if let Some(version) = version_number(module) {
                    self.tables.insert(alias.to_owned(), (version, name.to_owned()));
                }
            }
            _ => {}
        }
    }

    /// The table that a path names, as in `after::Users`.
    pub(crate) fn table(&self, path: &syn::Path) -> Lookup<(u32, &'a Table)> {
        let (version, schema, object) =
            self.whole(path, "table", |object| matches!(object, Object::Table(_)))?;
        let missing = || format!("version {version} has no table `{}`", object.whole());
        Ok((version, schema.table(object.whole().as_str()).ok_or_else(missing)?))
    }

    /// The name of the enum, view or trigger that a path names, as in `after::Category`.
    pub(crate) fn named(&self, path: &syn::Path, kind: &str, is: fn(&Object) -> bool) -> Lookup<Name> {
        self.whole(path, kind, is).map(|(_, _, object)| object.whole().clone())
    }

    fn whole(
        &self,
        path: &syn::Path,
        kind: &str,
        is: fn(&Object) -> bool,
    ) -> Lookup<(u32, &'a Schema, &'a Object)> {
        let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let (version, name) = self.split(&segments)?;
        let schema = self.schema(version)?;
        match self.versions.object(schema, &name) {
            Some(object) if is(object) => Ok((version, schema, object)),
            _ => {
                let known = names::types(schema).filter(|(object, _)| is(object)).map(|(_, name)| name);
                Err(format!("version {version} has no {kind} `{name}`{}", suggestion(&name, known)))
            }
        }
    }

    /// The object of a table that a path names, as in `after::Users::EMAIL`.
    pub(crate) fn object(&self, path: &syn::Path) -> Lookup<(u32, &'a Table, Object)> {
        let mut table_path = path.clone();
        let constant = table_path.segments.pop().map(|pair| pair.into_value().ident.to_string());
        table_path.segments.pop_punct();
        let constant = constant.filter(|_| !table_path.segments.is_empty());
        let constant = constant.ok_or("a column is written as `after::Users::EMAIL`")?;
        let (version, table) = self.table(&table_path)?;
        let constants = self.constants(version, table);
        match constants.iter().find(|(name, _)| *name == constant) {
            Some((_, object)) => Ok((version, table, object.clone())),
            None => Err(format!(
                "`{constant}` is not in table `{}` of version {version}{}",
                table.name,
                suggestion(&constant, constants.iter().map(|(name, _)| name.clone()))
            )),
        }
    }

    fn constants(&self, version: u32, table: &Table) -> Constants {
        let mut known = self.constants.borrow_mut();
        let entry = known.entry((version, table.name.clone()));
        Rc::clone(entry.or_insert_with(|| Rc::new(names::constants(table))))
    }

    /// The version and type name of a path of two segments, or of one that was imported.
    fn split(&self, segments: &[String]) -> Lookup<(u32, String)> {
        match segments {
            [name] => self.tables.get(name).cloned().ok_or_else(|| {
                format!("`{name}` is not a table here; write it as `after::{name}` or `before::{name}`")
            }),
            [parent, module, name] if parent == "super" => match version_number(module) {
                Some(version) => Ok((version, name.clone())),
                None => Err(format!("`{module}` is not a version of the schema")),
            },
            [module, name] => match self.modules.get(module) {
                Some(version) => Ok((*version, name.clone())),
                None => Err(format!(
                    "`{module}` is not a version of the schema; import it as in `use super::v0001 as {module};`"
                )),
            },
            _ => Err("a table is written as `after::Users`".to_owned()),
        }
    }

    fn schema(&self, version: u32) -> Lookup<&'a Schema> {
        self.versions
            .schema(version)
            .ok_or_else(|| format!("version {version} does not exist yet where this migration stands"))
    }
}

/// The module of a version: `v0003`.
pub(crate) fn module_name(version: u32) -> String {
    format!("v{version:04}")
}

fn version_number(module: &str) -> Option<u32> {
    let number = module.strip_prefix('v')?.parse().ok()?;
    (module_name(number) == module).then_some(number)
}

fn suggestion(wanted: &str, known: impl Iterator<Item = String>) -> String {
    let known: Vec<String> = known.collect();
    let best = closest(wanted, known.iter().map(String::as_str));
    best.map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}
