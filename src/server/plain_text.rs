//! Text files, packed or not.

use std::fs::File;
use std::io::{self, BufRead, BufReader};

use flate2::bufread::MultiGzDecoder;

const BUFFER: usize = 1 << 16;

/// Reads a file as text; whether it is gzip is seen from its first bytes.
///
/// # Errors
/// Where it cannot be read; of kind [`io::ErrorKind::IsADirectory`] for a folder.
pub fn read(file: File) -> io::Result<Box<dyn BufRead + Send>> {
    if file.metadata()?.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "is a folder"));
    }
    let mut plain = BufReader::with_capacity(BUFFER, file);
    if !plain.fill_buf()?.starts_with(&[0x1f, 0x8b]) {
        return Ok(Box::new(plain));
    }
    let unpacked = MultiGzDecoder::new(plain);
    Ok(Box::new(BufReader::with_capacity(BUFFER, unpacked)))
}
