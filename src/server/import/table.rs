//! Files of comma-separated rows under a header, packed (gzip) or not, read line by line. It knows
//! the form of a line, not what the values mean.

use std::fs::File;
use std::io::{self, BufRead, Read as _};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::row::Row;
use crate::server::plain_text;

/// Longest line, bytes; there is none in sane files.
const MAX_LINE: u64 = 4_096;

/// What is wrong with a file.
#[derive(Debug, Error)]
pub enum TableError {
    /// It cannot be opened or read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// The system's word.
        source: io::Error,
    },
    /// A line is not as it has to be.
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

/// The rows of one file, in order.
pub(super) struct Table<R> {
    path: PathBuf,
    source: Box<dyn BufRead + Send>,
    line: u64,
    buffer: String,
    row: PhantomData<R>,
}

impl<R: Row> Table<R> {
    /// Opens a file and reads its header.
    pub fn open(path: &Path) -> Result<Self, TableError> {
        let opened = File::open(path).and_then(plain_text::read);
        let source = opened.map_err(|source| TableError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        let mut table = Self {
            path: path.to_owned(),
            source,
            line: 0,
            buffer: String::new(),
            row: PhantomData,
        };
        let wanted = R::COLUMNS.join(",");
        table.read_line()?;
        if table.text() == wanted {
            return Ok(table);
        }
        let found: String = table.text().chars().take(80).collect();
        Err(table.complain(format!("the header {wanted} is needed, not {found:?}")))
    }

    /// The next row; `None` at the end. Empty lines are no rows.
    pub fn next(&mut self) -> Result<Option<R>, TableError> {
        while self.read_line()? {
            if self.text().is_empty() {
                continue;
            }
            let row = self.parse();
            return row.map(Some).map_err(|reason| self.complain(reason));
        }
        Ok(None)
    }

    /// Number of the line read last, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// An error at the line read last.
    pub fn complain(&self, reason: String) -> TableError {
        TableError::Line {
            path: self.path.clone(),
            line: self.line,
            reason,
        }
    }

    fn parse(&self) -> Result<R, String> {
        let fields: Vec<&str> = self.text().split(',').map(str::trim).collect();
        if fields.len() != R::COLUMNS.len() {
            let (found, wanted) = (fields.len(), R::COLUMNS.len());
            return Err(format!("{wanted} values are needed, {found} were found"));
        }
        R::parse(&fields)
    }

    fn text(&self) -> &str {
        self.buffer.trim_end_matches(['\n', '\r'])
    }

    fn read_line(&mut self) -> Result<bool, TableError> {
        self.line += 1;
        self.buffer.clear();
        let mut limited = (&mut self.source).take(MAX_LINE);
        match limited.read_line(&mut self.buffer) {
            Ok(0) => Ok(false),
            Ok(length) if length as u64 == MAX_LINE => {
                Err(self.complain("the line is too long for a row".to_owned()))
            }
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                Err(self.complain("the line is no text".to_owned()))
            }
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Err(self.complain("the packed file is cut off".to_owned()))
            }
            Err(source) => Err(TableError::Unreadable {
                path: self.path.clone(),
                source,
            }),
        }
    }
}
