//! Who may import whom: only from a line above one's own.

/// Lines of `core`, the highest first.
const CORE: &[&[&str]] = &[
    &["model"],
    &["indicator"],
    &["market", "chart", "dock", "protocol"],
    &["watch"],
    &["alert", "command"],
];

/// Lines of the server, the highest first.
const SERVER: &[&[&str]] = &[
    &["clock", "config", "plain_text"],
    &["exchange", "storage", "journal", "simulator"],
    &["collector", "hub"],
    &["replay", "import", "service"],
    &["web", "doctor"],
    &["run"],
    &["command"],
];

/// Lines of the page, the highest first.
const PAGE: &[&[&str]] = &[&["browser"], &["api"], &["ui"], &["hydrate"]];

/// What the bodies of server functions may call.
const BEHIND_THE_API: &[&str] = &["service"];

/// What of the server may know the page, to serve it.
const SERVES_THE_PAGE: &[&str] = &["web", "run"];

/// Why `module` must not use `import`; `None` where it may.
pub fn objection(module: &[String], import: &[String]) -> Option<String> {
    let own = |at: usize| module.get(at).map(String::as_str);
    let used = |at: usize| import.get(at).map(String::as_str);
    if own(0) == Some("tradesuite_core") {
        return in_lines(CORE, own(1)?, used(1)?);
    }
    if used(0) != Some("crate") {
        return None;
    }
    match (own(1)?, used(1)?) {
        ("server", "server") => in_lines(SERVER, own(2)?, used(2)?),
        ("server", page) => {
            let serves = own(2).is_some_and(|name| SERVES_THE_PAGE.contains(&name));
            (!serves && is_page(page)).then(|| "only what serves the page may know it".to_owned())
        }
        ("api", "server") => {
            let allowed = used(2).is_some_and(|name| BEHIND_THE_API.contains(&name));
            (!allowed).then(|| format!("server functions may call only {BEHIND_THE_API:?}"))
        }
        (_, "server") => Some("the page does not know the server".to_owned()),
        (own, used) => in_lines(PAGE, own, used),
    }
}

fn is_page(name: &str) -> bool {
    PAGE.iter().any(|line| line.contains(&name))
}

fn in_lines(lines: &[&[&str]], own: &str, used: &str) -> Option<String> {
    let line_of = |name: &str| lines.iter().position(|line| line.contains(&name));
    if own == used {
        return None;
    }
    match (line_of(own), line_of(used)) {
        (None, _) => Some(format!(
            "{own} stands on no line: add it to tests/tidy/layers.rs"
        )),
        (_, None) => None,
        (Some(own_line), Some(used_line)) if used_line < own_line => None,
        _ => Some(format!("{used} does not stand above {own}")),
    }
}
