//! Writes files that other programs see whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::error::CommandError;

/// What is at the place of a file to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Present {
    Nothing,
    Same,
    Different,
}

/// When a written file survives a loss of power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// When the function returns.
    Now,
    /// Some seconds later, when the system has written it to the disk. Thousands of files are
    /// written much faster.
    Later,
}

/// Compares the file at `target`, if there is one, with `content`.
pub(crate) fn compare(target: &Path, content: &[u8]) -> Result<Present, CommandError> {
    match fs::read(target) {
        Ok(present) if present == content => Ok(Present::Same),
        Ok(_) => Ok(Present::Different),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Present::Nothing),
        Err(error) => Err(CommandError::unreadable(target.display(), &error)),
    }
}

/// Writes a file, unless the same one is already there. Returns whether it was written. A different
/// file is refused without `overwrite`; `advice` says what to do then.
pub(crate) fn write(
    target: &Path,
    content: &[u8],
    overwrite: bool,
    durability: Durability,
    advice: &str,
) -> Result<bool, CommandError> {
    let differs = || CommandError::file_differs(target.display(), 0, advice);
    if !overwrite {
        match compare(target, content)? {
            Present::Nothing => {}
            Present::Same => return Ok(false),
            Present::Different => return Err(differs()),
        }
    }
    match replace(target, content, overwrite, durability) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(differs()),
        Err(error) => Err(CommandError::unwritable(
            target.display(),
            &without_path(error),
        )),
    }
}

/// Leaves the name of the temporary file out of the error: the caller does not know it.
fn without_path(error: io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(_) => error,
        None => error.kind().into(),
    }
}

fn replace(
    target: &Path,
    content: &[u8],
    overwrite: bool,
    durability: Durability,
) -> io::Result<()> {
    let mut file = new_file(folder_of(target))?;
    file.write_all(content)?;
    if durability == Durability::Now {
        file.as_file().sync_all()?;
    }
    if overwrite {
        file.persist(target)?;
    } else {
        file.persist_noclobber(target)?;
    }
    Ok(())
}

/// Creates a temporary file. Other users may have to read it, such as a web server. The umask still
/// applies.
#[cfg(unix)]
fn new_file(folder: PathBuf) -> io::Result<tempfile::NamedTempFile> {
    tempfile::Builder::new()
        .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666))
        .tempfile_in(folder)
}

#[cfg(not(unix))]
fn new_file(folder: PathBuf) -> io::Result<tempfile::NamedTempFile> {
    tempfile::NamedTempFile::new_in(folder)
}

fn folder_of(target: &Path) -> PathBuf {
    match target.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}
