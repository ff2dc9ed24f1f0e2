//! Room that is kept for a full disk: a file of zeros beside the stores. Opening a store takes some
//! room of its own (SQLite's index of its log), and without it a server that is started on a full
//! disk could neither say so nor collect in memory until there is room; and one that ends would lose
//! what waits in memory. The file is given up for either, and made again once there is room.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// What opening every store takes, several times over.
const BYTES: usize = 2 << 20;
/// It is made where this much is free: it must not be what fills a disk.
const PLENTY: u64 = 8 * BYTES as u64;

fn file(data: &Path) -> PathBuf {
    data.join("reserve")
}

/// Bytes that are free where the folder lies.
fn free(data: &Path) -> io::Result<u64> {
    let space = rustix::fs::statvfs(data)?;
    Ok(space.f_bavail.saturating_mul(space.f_frsize))
}

/// Whether next to nothing can be written where the folder lies, or will lie.
#[must_use]
pub fn is_full(data: &Path) -> bool {
    let mut there = data
        .ancestors()
        .filter(|folder| !folder.as_os_str().is_empty());
    let found = there.find(|folder| folder.is_dir());
    free(found.unwrap_or_else(|| Path::new("."))).is_ok_and(|free| free < BYTES as u64)
}

/// Gives the room up where there is hardly any other. To be called before the stores are opened,
/// and before the journal is closed.
pub fn give_up(data: &Path) {
    if is_full(data) && std::fs::remove_file(file(data)).is_ok() {
        tracing::warn!(
            data = %data.display(),
            "the disk is full; the room that was kept for that is used now"
        );
    }
}

/// Keeps the room where it is not kept and there is plenty.
pub fn keep(data: &Path) {
    let path = file(data);
    let is_kept = std::fs::metadata(&path).is_ok_and(|held| held.len() >= BYTES as u64);
    if is_kept || free(data).is_ok_and(|free| free < PLENTY) {
        return;
    }
    // Zeros that are written take their room; a length that is only said does not.
    let kept = File::create(&path).and_then(|mut file| {
        file.write_all(&vec![0; BYTES])?;
        file.sync_all()
    });
    if let Err(error) = kept {
        tracing::debug!(%error, "no room could be kept for a start on a full disk");
        // A part of it would count as room that is not there; where it stays, it is made whole later.
        let _ = std::fs::remove_file(&path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_kept_once_and_only_given_up_on_a_full_disk() {
        let folder = tempfile::tempdir().expect("a folder");
        let size = || std::fs::metadata(file(folder.path())).map(|held| held.len());
        std::fs::write(file(folder.path()), "a part").expect("writes");
        for _ in 0..2 {
            keep(folder.path());
            assert_eq!(size().expect("is there"), BYTES as u64);
            give_up(folder.path());
        }
        // The disk that the tests run on is not full.
        assert!(size().is_ok());
    }
}
