//! The README's table of settings says what the program does.

use tradesuite::server::config::SETTINGS;

/// A row of the table as it has to stand in the README.
fn row(name: &str, default: &str, help: &str) -> String {
    let default = if default.is_empty() {
        String::new()
    } else {
        format!("`{default}`")
    };
    let help = help.replace('|', "\\|");
    format!("| `{name}` | {default} | {help} |")
}

#[test]
fn the_table_of_settings_is_the_programs() {
    let readme = include_str!("../README.md");
    let found: Vec<&str> = readme
        .lines()
        .skip_while(|line| !line.starts_with("| setting |"))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .collect();
    let expected: Vec<String> = SETTINGS
        .iter()
        .map(|setting| row(setting.name, setting.default, setting.help))
        .collect();
    assert_eq!(
        found,
        expected,
        "the README's table should be:\n{}",
        expected.join("\n")
    );
}
