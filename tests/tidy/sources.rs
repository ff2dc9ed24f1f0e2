//! The product's source files.

use std::fs;
use std::path::Path;

/// One source file.
pub struct Source {
    /// From the project's root, with forward slashes.
    pub path: String,
    /// Crate and module path: `["tradesuite", "server", "clock"]`.
    pub module: Vec<String>,
    /// Its text.
    pub text: String,
}

impl Source {
    /// A file with this path and text.
    pub fn new(path: &str, text: &str) -> Self {
        let (root, rest) = match path.strip_prefix("core/src/") {
            Some(rest) => ("tradesuite_core", rest),
            None => ("tradesuite", path.trim_start_matches("src/")),
        };
        let stem = rest.trim_end_matches(".rs").trim_end_matches("/mod");
        let parts = stem
            .split('/')
            .filter(|part| !matches!(*part, "lib" | "main"));
        Self {
            path: path.to_owned(),
            module: std::iter::once(root)
                .chain(parts)
                .map(str::to_owned)
                .collect(),
            text: text.to_owned(),
        }
    }

    /// Whether it holds nothing but tests.
    pub fn is_test(&self) -> bool {
        self.path
            .split('/')
            .any(|part| part == "tests" || part == "tests.rs" || part.ends_with("_tests.rs"))
            || self.path.ends_with("conformance.rs")
    }

    /// The lines before the tests inside the file; a `mod tests;` that names another file does not
    /// begin them.
    pub fn lines_before_tests(&self) -> usize {
        let lines: Vec<&str> = self.text.lines().collect();
        lines
            .windows(2)
            .position(|pair| {
                pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod ") && pair[1].ends_with('{')
            })
            .unwrap_or(lines.len())
    }

    /// The text without comments.
    pub fn code(&self) -> String {
        self.text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect::<Vec<_>>()
            .join("\n")
    }
}

/// Every source file of both crates.
pub fn product_sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in ["src", "core/src"] {
        collect(root, &root.join(folder), &mut found);
    }
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("an entry of a folder").path();
        if path.is_dir() {
            collect(root, &path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let relative = path.strip_prefix(root).expect("a path below the root");
            let text = fs::read_to_string(&path).expect("a source file");
            found.push(Source::new(&relative.to_string_lossy(), &text));
        }
    }
}

/// Modules directly in `folder`, its `mod.rs` left out.
pub fn children(folder: &str, sources: &[Source]) -> Vec<String> {
    let mut names: Vec<String> = sources
        .iter()
        .filter_map(|source| {
            let rest = source.path.strip_prefix(folder)?.strip_prefix('/')?;
            let name = rest.split('/').next()?.trim_end_matches(".rs");
            (name != "mod" && !source.is_test()).then(|| name.to_owned())
        })
        .collect();
    names.sort();
    names.dedup();
    names
}
