//! What a file uses of its own crate and of `tradesuite_core`, tests left out: in imports, paths
//! and the arguments of macros, `super` resolved.

use std::collections::BTreeSet;

use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemUse, Macro, Path, UseTree};

use crate::sources::Source;

/// Paths from the crate's root, sorted, unique.
pub fn of(source: &Source) -> Vec<Vec<String>> {
    let file = syn::parse_file(&source.text)
        .unwrap_or_else(|error| panic!("{} does not parse: {error}", source.path));
    let mut finder = Finder {
        module: source.module.clone(),
        found: BTreeSet::new(),
    };
    finder.visit_file(&file);
    finder.found.into_iter().collect()
}

struct Finder {
    /// The file's own module.
    module: Vec<String>,
    found: BTreeSet<Vec<String>>,
}

impl Finder {
    fn add(&mut self, path: Vec<String>) {
        match path.first().map(String::as_str) {
            Some("crate" | "tradesuite_core") => {
                self.found.insert(path);
            }
            Some("super") => {
                let up = path.iter().take_while(|part| *part == "super").count();
                let above = self.module.iter().skip(1);
                let kept = self.module.len().saturating_sub(1 + up);
                let root = std::iter::once("crate".to_owned());
                let whole = root.chain(above.take(kept).cloned());
                let whole = whole.chain(path.into_iter().skip(up)).collect();
                self.found.insert(whole);
            }
            _ => {}
        }
    }

    /// Paths among the arguments of a macro, which are not parsed.
    fn add_tokens(&mut self, tokens: &str) {
        let text = tokens.replace(" :: ", "::");
        let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
        for word in words {
            self.add(word.split("::").map(str::to_owned).collect());
        }
    }

    fn add_tree(&mut self, prefix: &[String], tree: &UseTree) {
        let with = |name: String| prefix.iter().cloned().chain([name]).collect::<Vec<_>>();
        match tree {
            UseTree::Path(path) => self.add_tree(&with(path.ident.to_string()), &path.tree),
            UseTree::Name(name) => self.add(with(name.ident.to_string())),
            UseTree::Rename(rename) => self.add(with(rename.ident.to_string())),
            UseTree::Glob(_) => self.add(prefix.to_vec()),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.add_tree(prefix, tree);
                }
            }
        }
    }
}

fn is_test_only(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Ident>()
                .is_ok_and(|argument| argument == "test")
    })
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Mod(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        if !is_test_only(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.add_tree(&[], &item.tree);
    }

    fn visit_path(&mut self, path: &'ast Path) {
        self.add(path.segments.iter().map(|s| s.ident.to_string()).collect());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, used: &'ast Macro) {
        self.add_tokens(&used.tokens.to_string());
        visit::visit_macro(self, used);
    }
}
