//! Gives both builds of the library the same mark: a hash of everything that page and server have
//! to agree on. A page of one build and a server of another do not fit; by the mark they know.
//!
//! The server's own sources are left out: a change of these alone leaves the page as it is.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What the page is made of.
const SHARED: [&str; 8] = [
    "Cargo.lock",
    "Cargo.toml",
    "core/src",
    "src/api",
    "src/browser",
    "src/hydrate.rs",
    "src/ui",
    "style",
];

fn main() -> io::Result<()> {
    // A debug page does not fit a release server either.
    let profile = std::env::var("PROFILE").unwrap_or_default();
    let mut mark = Mark::default();
    mark.add(profile.as_bytes());
    for path in SHARED {
        say(&format!("cargo::rerun-if-changed={path}"));
        for file in files(Path::new(path))? {
            mark.add(file.to_string_lossy().as_bytes());
            mark.add(&fs::read(&file)?);
        }
    }
    say(&format!(
        "cargo::rustc-env=TRADESUITE_BUILD={:016x}",
        mark.0
    ));
    Ok(())
}

/// The files of a folder and those below it, by path; the file itself where it is one.
fn files(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(path)? {
        found.extend(files(&entry?.path())?);
    }
    found.sort();
    Ok(found)
}

fn say(line: &str) {
    println!("{line}");
}

/// FNV-1a: the same on every machine and with every compiler.
struct Mark(u64);

impl Default for Mark {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Mark {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes.iter().chain(&[0xff]) {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}
