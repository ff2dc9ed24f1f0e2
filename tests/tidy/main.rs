//! Reads the sources and fails where they leave the house's rules: who may import whom, how a
//! file opens, how long it may grow, where features may be asked for, and that every registry
//! lists every file of its folder.

mod imports;
mod layers;
mod sources;

use std::fmt::Write as _;

use sources::{Source, product_sources};

/// Lines before the tests of a file.
const LONGEST_FILE: usize = 400;

/// Where whole modules are gated by the build; nowhere else is asked which build it is.
const FEATURE_GATES: [&str; 6] = [
    "src/lib.rs",
    "src/main.rs",
    "src/browser/mod.rs",
    "core/src/alert/mod.rs",
    "core/src/indicator/mod.rs",
    // Two functions of a trait that every indicator has.
    "core/src/indicator/kept.rs",
];

/// Folders whose every module that has this in it has to stand in a table of the folder's `mod.rs`.
const REGISTRIES: [(&str, &str, &str); 4] = [
    ("src/server/exchange", "EXCHANGES", ""),
    ("core/src/indicator/kind", "INDICATORS", ""),
    ("core/src/alert/operand/kind", "OPERANDS", ""),
    ("src/ui/panel", "PANELS", "PanelSpec = PanelSpec {"),
];

/// Fails with every complaint, not only the first.
fn expect_clean(rule: &str, complaints: &[String]) {
    let mut text = String::new();
    for complaint in complaints {
        // Writing into a `String` cannot fail.
        let _ = writeln!(text, "  {complaint}");
    }
    assert!(complaints.is_empty(), "{rule}:\n{text}");
}

fn complaints(check: impl Fn(&Source) -> Option<String>) -> Vec<String> {
    let sources = product_sources();
    assert!(sources.len() > 20, "the sources were not found");
    sources.iter().filter_map(check).collect()
}

#[test]
fn every_file_says_what_it_is() {
    let found = complaints(|source| {
        let opens = source.text.starts_with("//! ");
        (!opens).then(|| format!("{} does not open with `//!`", source.path))
    });
    expect_clean("a file opens with what it owns", &found);
}

#[test]
fn files_fit_in_a_head() {
    let found = complaints(|source| {
        let lines = source.lines_before_tests();
        (lines > LONGEST_FILE && !source.is_test())
            .then(|| format!("{} has {lines} lines before its tests", source.path))
    });
    expect_clean(&format!("a file has at most {LONGEST_FILE} lines"), &found);
}

#[test]
fn features_are_asked_for_at_the_gates_only() {
    let found = complaints(|source| {
        let gate = FEATURE_GATES.contains(&source.path.as_str());
        let asks = source.code().contains("feature =");
        (asks && !gate).then(|| format!("{} asks for a feature", source.path))
    });
    expect_clean("whole modules are gated", &found);
}

#[test]
fn imports_point_upwards() {
    let mut found = Vec::new();
    for source in product_sources().iter().filter(|source| !source.is_test()) {
        for import in imports::of(source) {
            if let Some(reason) = layers::objection(&source.module, &import) {
                found.push(format!(
                    "{} uses {}: {reason}",
                    source.path,
                    import.join("::")
                ));
            }
        }
    }
    expect_clean("a module imports only from lines above its own", &found);
}

#[test]
fn registries_list_their_folders() {
    let sources = product_sources();
    let mut found = Vec::new();
    for (folder, table, mark) in REGISTRIES {
        let index = sources
            .iter()
            .find(|source| source.path == format!("{folder}/mod.rs"))
            .unwrap_or_else(|| panic!("{folder}/mod.rs is missing"));
        let listed = index
            .text
            .split_once(&format!("pub static {table}"))
            .and_then(|(_, rest)| rest.split_once("];"))
            .map_or("", |(entries, _)| entries);
        let mut count = 0;
        for module in sources::children(folder, &sources) {
            let files = [
                format!("{folder}/{module}.rs"),
                format!("{folder}/{module}/mod.rs"),
            ];
            let own = sources.iter().find(|source| files.contains(&source.path));
            if !own.is_some_and(|source| source.code().contains(mark)) {
                continue;
            }
            count += 1;
            if !listed.contains(&format!("{module}::")) {
                found.push(format!("{table} does not list {folder}/{module}"));
            }
        }
        assert!(count > 0, "nothing in {folder} belongs into {table}");
    }
    expect_clean("a registry lists every file of its folder", &found);
}

#[test]
fn the_rules_can_fail() {
    let source = Source::new(
        "src/ui/example/part.rs",
        "use crate::server::{clock::Clock, hub};
         use super::super::super::server::web;
         fn f() { crate::server::config::Settings::default(); view!(<p>{crate::server::run::serve()}</p>); }",
    );
    let uses: Vec<_> = imports::of(&source).iter().map(|i| i.join("::")).collect();
    assert_eq!(
        uses,
        [
            "crate::server::clock::Clock",
            "crate::server::config::Settings::default",
            "crate::server::hub",
            "crate::server::run::serve",
            "crate::server::web",
        ]
    );
    for import in imports::of(&source) {
        assert!(layers::objection(&source.module, &import).is_some());
    }
    let inside = "fn f() {}\n#[cfg(test)]\nmod tests {\n}\n";
    let beside = "#[cfg(test)]\nmod tests;\nfn f() {}\n";
    assert_eq!(Source::new("src/a.rs", inside).lines_before_tests(), 1);
    assert_eq!(Source::new("src/a.rs", beside).lines_before_tests(), 3);
}
