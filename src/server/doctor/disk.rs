//! Room on the disk, and the right to write there.

use std::path::{Path, PathBuf};

use super::{Finding, Verdict};

/// Below this a busy market fills the disk within hours.
const TOO_LITTLE: u64 = 1 << 30;
/// Below this it does so within days.
const LITTLE: u64 = 10 << 30;

/// Looks at the disk that the data folder lies on, or will lie on.
pub fn examine(data: &Path) -> Finding {
    let shown = data.display();
    let place = match standing(data) {
        Standing::Folder(place) => place,
        Standing::File(file) => {
            let file = file.display();
            let sentence = format!("{file} is a file: no folder {shown} can be there");
            return Finding::new("disk", Verdict::Bad, sentence);
        }
    };
    if let Err(error) = tempfile_in(&place) {
        let sentence = format!("nothing can be written in {}: {error}", place.display());
        return Finding::new("disk", Verdict::Bad, sentence);
    }
    match rustix::fs::statvfs(&place) {
        Ok(space) => judge(
            space.f_bavail.saturating_mul(space.f_frsize),
            &shown.to_string(),
        ),
        Err(error) => Finding::new(
            "disk",
            Verdict::Doubtful,
            format!("how much room there is for {shown} cannot be found out: {error}"),
        ),
    }
}

fn judge(free: u64, shown: &str) -> Finding {
    let room = format!("{:.1} GB are free for {shown}", free as f64 / 1e9);
    match free {
        ..TOO_LITTLE => Finding::new(
            "disk",
            Verdict::Bad,
            format!("{room}; a busy market fills that within hours"),
        ),
        TOO_LITTLE..LITTLE => Finding::new(
            "disk",
            Verdict::Doubtful,
            format!("{room}; a busy market may fill that within days"),
        ),
        _ => Finding::new(
            "disk",
            Verdict::Good,
            format!("{room}, and it can be written"),
        ),
    }
}

/// What is there of a path.
#[derive(Debug, PartialEq, Eq)]
enum Standing {
    /// The folder, or the nearest one above it that is there.
    Folder(PathBuf),
    /// A file, where a folder has to be.
    File(PathBuf),
}

fn standing(path: &Path) -> Standing {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    // Also a link that leads nowhere: no folder can be made in its place.
    let found = whole
        .ancestors()
        .find(|there| there.symlink_metadata().is_ok());
    match found {
        Some(there) if !there.is_dir() => Standing::File(there.to_owned()),
        Some(folder) => Standing::Folder(folder.to_owned()),
        None => Standing::Folder(PathBuf::from("/")),
    }
}

/// Writes a file and takes it away again.
pub(super) fn tempfile_in(folder: &Path) -> std::io::Result<()> {
    let path = folder.join(format!(".tradesuite-doctor-{}", std::process::id()));
    std::fs::write(&path, b"may be deleted\n")?;
    std::fs::remove_file(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_room_is_said() {
        for (free, verdict) in [
            (500 << 20, Verdict::Bad),
            (5 << 30, Verdict::Doubtful),
            (50 << 30, Verdict::Good),
        ] {
            assert_eq!(judge(free, "data/live").verdict, verdict);
        }
    }

    #[test]
    fn a_folder_that_is_not_there_yet_is_judged_by_the_one_above() {
        let folder = tempfile::tempdir().expect("a folder");
        let finding = examine(&folder.path().join("data/live"));
        assert_ne!(finding.verdict, Verdict::Bad, "{}", finding.sentence);
        assert_eq!(std::fs::read_dir(folder.path()).expect("reads").count(), 0);
        let file = folder.path().join("file");
        std::fs::write(&file, "").expect("written");
        for path in [&file, &file.join("below")] {
            assert_eq!(standing(path), Standing::File(file.clone()));
            let finding = examine(path);
            assert_eq!(finding.verdict, Verdict::Bad, "{}", finding.sentence);
        }
    }
}
