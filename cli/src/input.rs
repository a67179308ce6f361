//! An argument that names a file or standard input.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use crate::error::CommandError;

/// A file or standard input. The argument `-` means standard input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Input {
    Stdin,
    File(PathBuf),
}

impl Input {
    /// Reads at most `max_bytes + 1` bytes. If the result is longer than `max_bytes`, the input is
    /// too long.
    pub(crate) fn read(&self, max_bytes: usize) -> Result<Vec<u8>, CommandError> {
        let limit = u64::try_from(max_bytes)
            .unwrap_or(u64::MAX)
            .saturating_add(1);
        let mut bytes = Vec::new();
        let read = match self {
            Self::Stdin => io::stdin().lock().take(limit).read_to_end(&mut bytes),
            Self::File(path) => {
                File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes))
            }
        };
        match read {
            Ok(_) => Ok(bytes),
            Err(error) => Err(CommandError::unreadable(self, &error)),
        }
    }

    /// Reads and parses a JSON document of at most `max_bytes`. The error names the input.
    pub(crate) fn parse<T>(
        &self,
        max_bytes: usize,
        parse: impl FnOnce(&[u8]) -> jumpqr::Result<T>,
    ) -> Result<T, CommandError> {
        let document = self.read(max_bytes)?;
        parse(&document).map_err(|error| CommandError::wrong_content(self, &error))
    }

    /// Opens the input, to read it in parts.
    pub(crate) fn open(&self) -> Result<Box<dyn Read>, CommandError> {
        match self {
            Self::Stdin => Ok(Box::new(io::stdin())),
            Self::File(path) => match File::open(path) {
                Ok(file) => Ok(Box::new(file)),
                Err(error) => Err(CommandError::unreadable(self, &error)),
            },
        }
    }
}

impl From<OsString> for Input {
    fn from(argument: OsString) -> Self {
        if argument == "-" {
            Self::Stdin
        } else {
            Self::File(argument.into())
        }
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdin => f.write_str("standard input"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}
