//! Files that only their owner may read, and that are replaced as a whole or not at all.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use fs4::{FileExt, TryLockError};

/// Nothing that a store writes is longer than this, in bytes.
const LONGEST: usize = 1024 * 1024;

/// The bits of a mode by which others than the owner may do anything.
#[cfg(unix)]
const OTHERS: u32 = 0o077;

/// Who may get at a file or folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Privacy {
    /// The user of this process alone.
    Own,
    /// Others too.
    OpenToOthers,
    /// It belongs to this user.
    Of(u32),
}

/// Who may get at it. Only Unix has owners and modes; elsewhere a folder below the user's own is private as it is.
pub(super) fn privacy(file: &File) -> io::Result<Privacy> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let metadata = file.metadata()?;
        let me = rustix::process::geteuid().as_raw();
        if metadata.uid() != me {
            return Ok(Privacy::Of(metadata.uid()));
        }
        if metadata.mode() & OTHERS != 0 {
            return Ok(Privacy::OpenToOthers);
        }
    }
    #[cfg(not(unix))]
    file.metadata()?;
    Ok(Privacy::Own)
}

/// Makes a folder, and those above it, for the owner alone; those that are there stay as they are.
pub(super) fn create_folder(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// How to make a file for the owner alone.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// The file, where there is one.
pub(super) fn open(path: &Path) -> io::Result<Option<File>> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// All that is in the file.
pub(super) fn read(file: &File) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    file.take(LONGEST as u64).read_to_end(&mut content)?;
    Ok(content)
}

/// Removes the file, if it is there.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Puts `content` in the place of the file, by way of `temporary`: whoever reads sees all of the old or all of the new, and
/// the new is on the disk when this returns. Only one may do it at a time, and `temporary` must not be there before.
pub(super) fn replace(path: &Path, temporary: &Path, content: &[u8]) -> io::Result<()> {
    if content.len() > LONGEST {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            "it would be longer than 1 MiB",
        ));
    }
    let written = private()
        .create_new(true)
        .open(temporary)
        .and_then(|mut file| {
            file.write_all(content)?;
            file.sync_all()
        })
        .and_then(|()| std::fs::rename(temporary, path));
    if written.is_err() {
        // What failed is told; the rest of it is taken away by whoever writes next.
        drop(remove(temporary));
    }
    written?;
    sync_folder(path)
}

/// Makes a rename durable. Only Unix lets a folder be synced.
fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// The lock on a file, until it is dropped or the process ends.
#[derive(Debug)]
pub(super) struct Locked(File);

impl Locked {
    /// The lock; `None` if another one stands.
    pub(super) fn try_new(file: &File) -> io::Result<Option<Self>> {
        match FileExt::try_lock(file) {
            Ok(()) => file.try_clone().map(Self).map(Some),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

impl Drop for Locked {
    /// To close it would not do: a child that was forked meanwhile has it open too.
    fn drop(&mut self) {
        drop(FileExt::unlock(&self.0));
    }
}
