//! Files that only their owner may read, and that are replaced as a whole.

use std::fmt;
use std::fs::{File, FileType, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

#[cfg(unix)]
use rustix::fs::OFlags;

/// Who may access a file or folder.
#[cfg_attr(
    not(unix),
    expect(dead_code, reason = "only Unix tells who else may access it")
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Privacy {
    /// Only the user of this process.
    Private,
    /// The user of this process owns it, and others may access it.
    OpenToOthers,
    /// The user with this number owns it.
    OwnedBy(u32),
}

/// The bits of a mode that grant access to others than the owner.
#[cfg(unix)]
const OTHERS: u32 = 0o077;

/// Returns who may access the file. Only Unix has owners and modes; on other systems, a folder
/// below the user's own counts as private.
pub(super) fn privacy(file: &File) -> io::Result<Privacy> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let metadata = file.metadata()?;
        let me = rustix::process::geteuid().as_raw();
        if metadata.uid() != me {
            return Ok(Privacy::OwnedBy(metadata.uid()));
        }
        if metadata.mode() & OTHERS != 0 {
            return Ok(Privacy::OpenToOthers);
        }
    }
    #[cfg(not(unix))]
    file.metadata()?;
    Ok(Privacy::Private)
}

/// Takes all access from others than the owner. Some file systems refuse that, or ignore it.
pub(super) fn make_private(file: &File) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mut permissions = file.metadata()?.permissions();
        permissions.set_mode(permissions.mode() & !OTHERS);
        file.set_permissions(permissions)?;
    }
    #[cfg(not(unix))]
    file.metadata()?;
    Ok(())
}

/// Creates a folder and the missing ones above it, with access for the owner only. Existing folders
/// are not changed.
pub(super) fn create_folder(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Opens a folder for reading. Anything else in its place is refused at once, even a FIFO.
#[cfg(unix)]
pub(super) fn open_folder(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new()
        .read(true)
        .custom_flags(flags(OFlags::DIRECTORY | OFlags::NONBLOCK))
        .open(path)
}

#[cfg(unix)]
#[expect(clippy::cast_possible_wrap, reason = "C has them as an int")]
fn flags(flags: OFlags) -> i32 {
    flags.bits() as i32
}

/// Returns options to open a file for reading and writing. A file that is created with them is
/// private.
pub(super) fn private_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// The error for anything else in the place of a file. Opening a FIFO could block for ever, opening
/// a device could do anything, and a link leads out of the folder.
#[derive(Debug)]
struct NotAFile(&'static str);

impl fmt::Display for NotAFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it is {}, not a file", self.0)
    }
}

impl std::error::Error for NotAFile {}

/// Returns whether the error says that something else was in the place of a file.
pub(super) fn is_not_a_file(error: &io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(<dyn std::error::Error + Send + Sync>::is::<NotAFile>)
}

fn check_type(file_type: FileType) -> io::Result<()> {
    if file_type.is_file() {
        return Ok(());
    }
    let mut name = "something else";
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if file_type.is_fifo() {
            name = "a FIFO";
        } else if file_type.is_socket() {
            name = "a socket";
        } else if file_type.is_block_device() || file_type.is_char_device() {
            name = "a device";
        }
    }
    if file_type.is_dir() {
        name = "a folder";
    } else if file_type.is_symlink() {
        name = "a symbolic link";
    }
    Err(io::Error::other(NotAFile(name)))
}

/// Opens a file. Anything else in its place is refused at once: no link is followed, no FIFO is
/// waited for.
pub(super) fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    match std::fs::symlink_metadata(path) {
        Ok(metadata) => check_type(metadata.file_type())?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    // Something else may have taken its place since: the flags make opening it safe, and its type
    // is checked once more.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        options,
        flags(OFlags::NONBLOCK | OFlags::NOFOLLOW),
    );
    let file = options.open(path)?;
    check_type(file.metadata()?.file_type())?;
    Ok(file)
}

/// Opens a file; `None` if it does not exist.
pub(super) fn open_existing(path: &Path, options: &mut OpenOptions) -> io::Result<Option<File>> {
    match open(path, options) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Reads at most `longest` bytes of the file.
pub(super) fn read(file: &File, longest: usize) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    file.take(longest as u64).read_to_end(&mut content)?;
    Ok(content)
}

/// Removes the file if it exists. Anything else in its place is refused.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    let removed = std::fs::symlink_metadata(path)
        .and_then(|metadata| check_type(metadata.file_type()))
        .and_then(|()| std::fs::remove_file(path));
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Replaces the file by one with this content, which is first written to `temporary`. A reader sees
/// all of the old content or all of the new. When this returns, the new content is on the disk.
/// Only one process may do this at a time, and `temporary` must not exist before.
pub(super) fn replace(path: &Path, temporary: &Path, content: &[u8]) -> io::Result<()> {
    let written = open(temporary, private_options().create_new(true))
        .and_then(|mut file| {
            file.write_all(content)?;
            file.sync_all()
        })
        .and_then(|()| std::fs::rename(temporary, path));
    if written.is_err() {
        // The error of writing is the one to return. If the temporary file cannot be removed, the
        // next process that writes removes it.
        let _ = remove(temporary);
    }
    written?;
    sync_folder(path)
}

/// Makes a rename durable. Only Unix can sync a folder.
fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        open_folder(folder)?.sync_all()?;
    }
    // Without folders to sync, the path is not needed.
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
