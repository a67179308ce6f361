//! Writes pictures, after a look at the files that are already there.

use std::fs;
use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::error::CommandError;
use crate::output::GOOD;
use crate::whole_file::{self, Durability, Present};
use crate::workers;

const ON_DIFFERENT_FILE: &str =
    "Check the file. Then overwrite it with --overwrite, or choose another name.";

/// A picture to be drawn, and the file that gets it.
pub(super) struct Picture<'a> {
    pub(super) file: PathBuf,
    pub(super) draw: Box<dyn Fn() -> jumpqr::Result<Vec<u8>> + Send + Sync + 'a>,
}

/// Writes all pictures, and makes the `folder` for them if it is missing. Returns for each whether
/// it was written, or is already there. If one of the files exists with different content, nothing
/// is written without `overwrite`.
pub(super) fn write(
    pictures: &[Picture<'_>],
    folder: Option<&Path>,
    overwrite: bool,
    context: &Context<'_>,
) -> Result<Vec<bool>, CommandError> {
    if !overwrite {
        refuse_different_files(pictures)?;
    }
    if let Some(folder) = folder {
        let made = fs::create_dir_all(folder);
        made.map_err(|error| CommandError::unwritable(folder.display(), &error))?;
    }
    let progress = context.progress("Writing pictures", pictures.len());
    let written = workers::map(pictures, |picture| {
        let drawn = (picture.draw)()?;
        let written = whole_file::write(
            &picture.file,
            &drawn,
            overwrite,
            Durability::Later,
            ON_DIFFERENT_FILE,
        )?;
        if let Some(progress) = &progress {
            progress.advance();
        }
        Ok(written)
    });
    written.into_iter().collect()
}

/// Says what was done with a file: its name follows.
pub(super) fn describe_written(is_written: bool) -> String {
    if is_written {
        format!("{GOOD}Written{GOOD:#}")
    } else {
        format!("{GOOD}Already there{GOOD:#}, with the same content:")
    }
}

fn refuse_different_files(pictures: &[Picture<'_>]) -> Result<(), CommandError> {
    let different = workers::map(pictures, |picture| {
        if !picture.file.exists() {
            return Ok(false);
        }
        let drawn = (picture.draw)()?;
        Ok(whole_file::compare(&picture.file, &drawn)? == Present::Different)
    });
    let different = different
        .into_iter()
        .collect::<Result<Vec<_>, CommandError>>()?;
    let count = different.iter().filter(|different| **different).count();
    let first = pictures
        .iter()
        .zip(&different)
        .find(|(_, different)| **different);
    match first {
        None => Ok(()),
        Some((picture, _)) => Err(CommandError::file_differs(
            picture.file.display(),
            count - 1,
            ON_DIFFERENT_FILE,
        )),
    }
}
