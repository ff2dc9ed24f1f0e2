//! Capture files: one JSON object a line, `.jsonl` or `.jsonl.gz`.
//!
//! | field | meaning |
//! |---|---|
//! | `t` | receive time, Unix seconds with as many decimals as were recorded; 0 is "not recorded" |
//! | `ch` | `ws` received, `ws-sent` sent by the client, `http` the body of a GET response |
//! | `conn` | number of the connection, where one file holds several |
//! | `url` | address of the socket, or of the request |
//! | `msg` | the frame itself |

use std::fs::File;
use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::value::RawValue;
use thiserror::Error;
use tradesuite_core::model::UnixNs;

use crate::server::plain_text;

/// Longest line accepted. The largest book snapshots that venues send are a few MB.
const MAX_LINE: u64 = 64 << 20;

/// How a frame travelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// Received on a socket.
    Ws,
    /// Sent by the client.
    WsSent,
    /// Body of a GET response.
    Http,
}

/// One frame as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapturedFrame {
    /// When it was received; `None` where that was not recorded.
    pub received: Option<UnixNs>,
    /// How it travelled.
    pub channel: Channel,
    /// Number of its connection, 0 where the file holds one.
    pub connection: u64,
    /// Address of the socket or of the request.
    pub url: String,
    /// The frame itself.
    pub text: String,
}

/// Why a capture cannot be read; says which file, and which line of it.
#[derive(Debug, Error)]
pub enum CaptureError {
    /// It cannot be opened.
    #[error("{} cannot be opened", path.display())]
    Open {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is a folder.
    #[error("{}: is a folder; name the capture files in it", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
    },
    /// A line of it cannot be read.
    #[error("{}, line {line}: {reason}", path.display())]
    Line {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: u64,
        /// Why.
        reason: String,
    },
}

/// The frames of one file, in order. Ends after the first error.
pub struct Capture {
    path: PathBuf,
    source: Box<dyn BufRead + Send>,
    line: u64,
    buffer: Vec<u8>,
    ended: bool,
}

impl Capture {
    /// Opens a file; whether it is compressed is seen from its first bytes.
    ///
    /// # Errors
    /// [`CaptureError::Open`], [`CaptureError::Folder`].
    pub fn open(path: &Path) -> Result<Self, CaptureError> {
        let fail = |source| CaptureError::Open {
            path: path.to_owned(),
            source,
        };
        let source = match File::open(path).and_then(plain_text::read) {
            Err(error) if error.kind() == io::ErrorKind::IsADirectory => {
                return Err(CaptureError::Folder {
                    path: path.to_owned(),
                });
            }
            opened => opened.map_err(fail)?,
        };
        Ok(Self {
            path: path.to_owned(),
            source,
            line: 0,
            buffer: Vec::new(),
            ended: false,
        })
    }

    /// An error at the line read last.
    #[must_use]
    pub fn complain(&self, reason: impl Into<String>) -> CaptureError {
        CaptureError::Line {
            path: self.path.clone(),
            line: self.line,
            reason: reason.into(),
        }
    }

    fn read(&mut self) -> Result<Option<CapturedFrame>, CaptureError> {
        loop {
            self.line += 1;
            self.buffer.clear();
            let mut limited = (&mut self.source).take(MAX_LINE + 1);
            let length = match limited.read_until(b'\n', &mut self.buffer) {
                Ok(0) => return Ok(None),
                Ok(length) => length as u64,
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    return Err(self.complain("the compressed file ends in the middle"));
                }
                Err(error) => return Err(self.complain(format!("cannot be read: {error}"))),
            };
            if length > MAX_LINE {
                return Err(self.complain(format!("is longer than {MAX_LINE} bytes")));
            }
            let text = std::str::from_utf8(&self.buffer)
                .map_err(|error| self.complain(format!("is not UTF-8: {error}")))?
                .trim();
            if !text.is_empty() {
                return parse(text)
                    .map(Some)
                    .map_err(|reason| self.complain(reason));
            }
        }
    }
}

impl Iterator for Capture {
    type Item = Result<CapturedFrame, CaptureError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let frame = self.read().transpose();
        self.ended = !matches!(frame, Some(Ok(_)));
        frame
    }
}

fn parse(text: &str) -> Result<CapturedFrame, String> {
    #[derive(Deserialize)]
    struct Line<'a> {
        #[serde(borrow)]
        t: &'a RawValue,
        ch: Channel,
        #[serde(default)]
        conn: u64,
        url: String,
        msg: String,
    }
    let line: Line<'_> =
        serde_json::from_str(text).map_err(|error| format!("is not a captured frame: {error}"))?;
    let received = UnixNs::parse_seconds(line.t.get())
        .map_err(|_| format!("t is {}, not Unix seconds", line.t.get()))?;
    Ok(CapturedFrame {
        received: (received.0 != 0).then_some(received),
        channel: line.ch,
        connection: line.conn,
        url: line.url,
        text: line.msg,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const LINE: &str = r#"{"t":1618677817.0817301,"ch":"ws","url":"wss://h","msg":"{\"a\":1}"}"#;

    fn written(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    fn zipped(text: &str) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(text.as_bytes()).unwrap();
        packer.finish().unwrap()
    }

    /// The frames before the first error, and what it says behind the file's name.
    fn read(bytes: &[u8]) -> (usize, Option<String>) {
        let file = written(bytes);
        let mut count = 0;
        for frame in Capture::open(file.path()).unwrap() {
            match frame {
                Ok(_) => count += 1,
                Err(error) => {
                    let said = error.to_string();
                    let name = file.path().display().to_string();
                    return (count, Some(said.strip_prefix(&name).unwrap().to_owned()));
                }
            }
        }
        (count, None)
    }

    #[test]
    fn reads_plain_and_compressed_lines() {
        let file = written(LINE.as_bytes());
        let frame = Capture::open(file.path()).unwrap().next().unwrap().unwrap();
        let expected = CapturedFrame {
            received: Some(UnixNs(1_618_677_817_081_730_100)),
            channel: Channel::Ws,
            connection: 0,
            url: "wss://h".to_owned(),
            text: r#"{"a":1}"#.to_owned(),
        };
        assert_eq!(frame, expected);
        assert_eq!(
            read(zipped(&format!("{LINE}\n\n{LINE}\n")).as_slice()),
            (2, None)
        );
    }

    #[test]
    fn names_file_and_line_of_what_is_wrong() {
        let mut cut = zipped(&format!("{LINE}\n").repeat(1_000));
        cut.truncate(cut.len() - 20);
        let mut latin = format!("{LINE}\n").into_bytes();
        latin.extend_from_slice(b"{\"t\":0,\"ch\":\"ws\",\"url\":\"\",\"msg\":\"\xe4\"}\n");
        let (count, said) = read(&cut);
        let said = said.expect("an error");
        assert!(count > 0 && said.contains("ends in the middle"), "{said}");
        for (bytes, frames, expected) in [
            (latin, 1, ", line 2: is not UTF-8"),
            (b"no JSON".to_vec(), 0, ", line 1: is not a captured frame"),
            (
                LINE.replace("1618677817.0817301", "\"now\"").into_bytes(),
                0,
                ", line 1: t is \"now\"",
            ),
            (
                LINE.replace("\"ws\"", "\"udp\"").into_bytes(),
                0,
                "unknown variant `udp`",
            ),
        ] {
            let (count, said) = read(&bytes);
            let said = said.expect("an error");
            assert!(count == frames && said.contains(expected), "{said}");
        }
    }

    #[test]
    fn what_cannot_be_opened_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = |path: &Path| Capture::open(path).err().unwrap().to_string();
        assert!(error(folder.path()).ends_with("is a folder; name the capture files in it"));
        let absent = folder.path().join("absent.jsonl");
        assert!(error(&absent).starts_with(&absent.display().to_string()));
    }

    #[test]
    fn times_are_exact() {
        for (text, ns) in [
            ("0", Some(0)),
            ("1787610853.793075885", Some(1_787_610_853_793_075_885)),
            ("1.61867781e9", Some(1_618_677_810_000_000_000)),
            ("1.0000000019", Some(1_000_000_001)),
            ("-1", None),
            ("null", None),
        ] {
            assert_eq!(UnixNs::parse_seconds(text).ok(), ns.map(UnixNs), "{text}");
        }
    }
}
