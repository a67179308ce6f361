use std::fs::{File, OpenOptions};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::{PaceReply, PaceRequest, SharedPace};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::file::{self, Privacy};
use super::leases::Leases;
use super::lock::FileLock;
use super::{Key, LONGEST_RECORD, Lease, PaceStore, StoredRecord, TokenStore, check_length};
use crate::checks::unusable;
use crate::clock::{Clock, SystemClock};

/// The endings of the files beside a key's file.
const LOCK: &str = ".lock";
const NEW: &str = ".new";
const HOLDER: &str = ".holder";

/// The advice for a folder that has other files, or another owner.
const ANOTHER_FOLDER: &str = "Name a folder of its own in token_store, such as \
    dir:/var/lib/jumpqr; it is created if it does not exist. On a volume whose root belongs to \
    another user (Kubernetes with fsGroup), name a folder inside, such as dir:/data/jumpqr.";

/// The version of the file format. It stands at the beginning of every file.
const FORMAT: u32 = 1;

/// The longest first line of a file, in bytes.
const LONGEST_HEAD: usize = 4096;

/// The longest line of a `.lock` file, in bytes. It has room for the places of a thousand calls.
const LONGEST_LOCK_LINE: usize = 64 * 1024;

/// Keeps tokens in a folder, for the processes of one machine. It may be used from any number of
/// threads at once, and in a forked child.
///
/// Each key has one file. The file is replaced as a whole, and is on the disk when
/// [`save`](TokenStore::save) returns. Killing a process at any moment loses no record. What the
/// process had not yet saved is lost; a merchant's new refresh token comes back from WeChat's list
/// of merchants. Two files lie beside it: a `.lock` with the last lease and, while there is a
/// lease, an empty `.holder`, which the holder keeps locked. Other processes see by that lock
/// whether the holder is alive, so a lease ends with its holder, even if the holder had forked a
/// child. The pace of an account is in a `.lock` file of its own. Processes that wait for a file are
/// served in order. The folder must be on a file system
/// whose locks work; those of some network file systems do not.
///
/// On Unix, the locks are POSIX record locks. A process that opens and closes one of the files
/// itself, for example to copy it, loses its locks. Let another process do that.
///
/// The folder must be private (0700; files 0600). If others may access the folder or a file and the
/// user of this process owns it, the access is taken from them, with a warning to the `log` crate.
/// This happens on Kubernetes, where each mount of a volume with `fsGroup` gives access to a group.
/// A folder that belongs to another user, or that others may access and that has other files in it,
/// is refused as `store_not_private`. If the root of a volume belongs to another user, name a
/// folder inside, such as `dir:/data/jumpqr`.
///
/// ```
/// use std::sync::Arc;
///
/// use jumpqr::Client;
/// use jumpqr::store::DirectoryStore;
///
/// # let parent = tempfile::tempdir().unwrap();
/// # let folder = parent.path().join("jumpqr");
/// let store = DirectoryStore::open(folder)?;
/// let client = Client::builder()
///     .app("wx1234567890abcdef", "appsecret")
///     .token_store(Arc::new(store))
///     .build()?;
/// # Ok::<(), jumpqr::Error>(())
/// ```
#[derive(Debug)]
pub struct DirectoryStore {
    folder: PathBuf,
    clock: Arc<dyn Clock>,
}

/// The first line of a record's file, as JSON. The bytes of the record follow it.
#[derive(Serialize, Deserialize)]
struct Head {
    token_store: u32,
    /// The fence under which the record was saved.
    version: u64,
    /// How many bytes follow.
    length: usize,
}

/// The locked `.lock` file of a key. While it exists, no other thread or process changes anything
/// of the key.
struct KeyLock {
    lock: FileLock,
    path: PathBuf,
}

impl KeyLock {
    /// Reads the last lease of the key, or the pace. A file that is lost or torn counts as empty. It
    /// is not synced to the disk, because no holder and no call survives a crash of the machine.
    fn read<T: DeserializeOwned + Default>(&self) -> Result<T> {
        let read = |mut file: &File| {
            file.rewind()?;
            file::read(file, LONGEST_LOCK_LINE)
        };
        let content = self.lock.file().and_then(read);
        let content = content.map_err(io_error("read", &self.path))?;
        let line = content.split(|byte| *byte == b'\n').next();
        Ok(line
            .and_then(|line| serde_json::from_slice(line).ok())
            .unwrap_or_default())
    }

    /// Writes the line. The rest of a longer line before stays behind it, and is not read.
    fn write(&self, value: &impl Serialize) -> Result<()> {
        let mut line = encode(value)?;
        line.push(b'\n');
        let write = |mut file: &File| {
            file.rewind()?;
            file.write_all(&line)
        };
        let written = self.lock.file().and_then(write);
        written.map_err(io_error("write", &self.path))
    }
}

impl DirectoryStore {
    /// Opens the store in this folder, which is created if it does not exist.
    ///
    /// A path that is not absolute, or is not a folder, is refused as `invalid_config`; a folder
    /// that is not private and cannot be made so, as `store_not_private`.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self> {
        Self::open_with_clock(folder, Arc::new(SystemClock::default()))
    }

    /// Opens the store as [`open`](Self::open) does. Its leases expire by this clock's time of day.
    /// All processes that share the folder must have the same time of day. Waiting for a locked
    /// file takes real time.
    pub fn open_with_clock(folder: impl Into<PathBuf>, clock: Arc<dyn Clock>) -> Result<Self> {
        let folder = folder.into();
        if !folder.is_absolute() {
            return Err(unusable(
                "token_store",
                "give dir: and the absolute path of a folder, as dir:/var/lib/jumpqr",
            ));
        }
        if folder.exists() && !folder.is_dir() {
            let message = format!("{} is not a folder; name one", folder.display());
            return Err(unusable("token_store", message));
        }
        file::create_folder(&folder).map_err(io_error("create", &folder))?;
        let store = Self { folder, clock };
        store.check_folder()?;
        Ok(store)
    }

    /// Checks that the folder is private. This is done on each access, because the folder may
    /// change or be replaced while processes use it.
    fn check_folder(&self) -> Result<()> {
        // Only Unix can open a folder.
        #[cfg(unix)]
        {
            let folder = file::open_folder(&self.folder).map_err(io_error("open", &self.folder))?;
            check_private(&folder, &self.folder)?;
        }
        Ok(())
    }

    fn path(&self, key: &Key, ending: &str) -> PathBuf {
        self.folder.join(format!("{}{ending}", key.name()))
    }

    /// Waits until no other thread or process has the key locked, and locks it. Records are loaded
    /// without this lock.
    fn lock_key(&self, key: &Key, timeout: Duration) -> Result<KeyLock> {
        self.check_folder()?;
        let path = self.path(key, LOCK);
        let open = || file::open(&path, file::private_options().create(true).truncate(false));
        let lock = FileLock::acquire(open, timeout).map_err(io_error("lock", &path))?;
        let lock = lock.ok_or_else(|| {
            store_error(&format!(
                "{} was locked by other processes for {:.1} s, all the time that was left; \
                 check whether the disk is slow, or a process that uses the folder is suspended",
                path.display(),
                timeout.as_secs_f64()
            ))
        })?;
        let file = lock.file().map_err(io_error("lock", &path))?;
        check_private(file, &path)?;
        // A process that was killed may have left it behind.
        let temporary = self.path(key, NEW);
        file::remove(&temporary).map_err(io_error("remove", &temporary))?;
        Ok(KeyLock { lock, path })
    }

    fn read_record(&self, key: &Key) -> Result<Option<StoredRecord>> {
        let path = self.path(key, "");
        let file = file::open_existing(&path, OpenOptions::new().read(true))
            .map_err(io_error("open", &path))?;
        let Some(file) = file else {
            return Ok(None);
        };
        check_private(&file, &path)?;
        // One byte more than allowed shows that the file is too long.
        let mut content = file::read(&file, LONGEST_HEAD + LONGEST_RECORD + 1)
            .map_err(io_error("read", &path))?;
        let damaged = || {
            Error::new(
                OwnCode::StoreDamaged,
                format!(
                    "token_store: {} is damaged: it does not hold what the store wrote",
                    path.display()
                ),
            )
        };
        let end = content
            .iter()
            .position(|byte| *byte == b'\n')
            .ok_or_else(damaged)?;
        let bytes = content.split_off(end + 1);
        // The cause is left out, because it could quote the file.
        let head: Head = serde_json::from_slice(&content).map_err(|_| damaged())?;
        if head.token_store != FORMAT || head.length != bytes.len() {
            return Err(damaged());
        }
        Ok(Some(StoredRecord {
            bytes,
            version: head.version,
        }))
    }

    /// Returns whether the process with the last lease is alive, and has not dropped the lease.
    fn is_holder_alive(&self, key: &Key) -> Result<bool> {
        let path = self.path(key, HOLDER);
        FileLock::is_held(|| file::open_existing(&path, &mut file::private_options()))
            .map_err(io_error("open", &path))
    }

    /// Creates and locks the `.holder` file, which shows that this process is alive. The file of a
    /// former holder, which may be alive too, is removed from the folder first.
    fn create_holder_file(&self, key: &Key) -> Result<FileLock> {
        let path = self.path(key, HOLDER);
        file::remove(&path).map_err(io_error("remove", &path))?;
        let create = || file::open(&path, file::private_options().create_new(true));
        let locked =
            FileLock::acquire(create, Duration::ZERO).map_err(io_error("create", &path))?;
        locked
            .ok_or_else(|| store_error(&format!("{} is locked by another process", path.display())))
    }
}

impl TokenStore for DirectoryStore {
    fn name(&self) -> String {
        format!("dir:{}", self.folder.display())
    }

    fn is_of_one_machine(&self) -> bool {
        true
    }

    fn pace_store(&self) -> Option<&dyn PaceStore> {
        Some(self)
    }

    fn load(&self, key: &Key, _timeout: Duration) -> Result<Option<StoredRecord>> {
        self.check_folder()?;
        self.read_record(key)
    }

    fn lock(&self, key: &Key, life: Duration, timeout: Duration) -> Result<Option<Lease>> {
        let key_lock = self.lock_key(key, timeout)?;
        let record = self.read_record(key)?;
        let mut leases: Leases = key_lock.read()?;
        if leases.is_locked(self.clock.time_of_day()) && self.is_holder_alive(key)? {
            return Ok(None);
        }
        let holder = self.create_holder_file(key)?;
        let version = record.map(|record| record.version);
        let fence = leases.grant(version, self.clock.time_of_day(), life);
        key_lock.write(&leases)?;
        Ok(Some(Lease::with_guard(fence, holder)))
    }

    fn save(&self, key: &Key, bytes: &[u8], lease: &Lease, timeout: Duration) -> Result<bool> {
        check_length(bytes)?;
        let key_lock = self.lock_key(key, timeout)?;
        if !key_lock.read::<Leases>()?.may_write(lease.fence()) {
            return Ok(false);
        }
        let mut content = encode(&Head {
            token_store: FORMAT,
            version: lease.fence(),
            length: bytes.len(),
        })?;
        content.push(b'\n');
        content.extend_from_slice(bytes);
        let path = self.path(key, "");
        file::replace(&path, &self.path(key, NEW), &content).map_err(io_error("write", &path))?;
        Ok(true)
    }

    fn release(&self, key: &Key, lease: Lease, timeout: Duration) -> Result<()> {
        let key_lock = self.lock_key(key, timeout)?;
        let mut leases: Leases = key_lock.read()?;
        if leases.release(lease.fence()) {
            key_lock.write(&leases)?;
            let path = self.path(key, HOLDER);
            file::remove(&path).map_err(io_error("remove", &path))?;
        }
        Ok(())
    }
}

impl PaceStore for DirectoryStore {
    fn pace(
        &self,
        account: &Key,
        path: &str,
        request: PaceRequest,
        timeout: Duration,
    ) -> Result<PaceReply> {
        let key_lock = self.lock_key(account, timeout)?;
        let mut pace: SharedPace = key_lock.read()?;
        let reply = pace.handle(path, request, self.clock.time_of_day());
        key_lock.write(&pace)?;
        Ok(reply)
    }
}

fn encode(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|error| Error::new(OwnCode::Internal, error.to_string()))
}

/// Takes access from others if this user owns the file, and refuses a file of another user.
fn check_private(file: &File, path: &Path) -> Result<()> {
    let shown = path.display();
    let privacy = || file::privacy(file).map_err(io_error("look at", path));
    let not_private =
        |reason: String| Error::new(OwnCode::StoreNotPrivate, format!("token_store: {reason}"));
    match privacy()? {
        Privacy::Private => Ok(()),
        // For example /tmp, which must stay open.
        Privacy::OpenToOthers if has_other_files(path) => Err(not_private(format!(
            "other users may access {shown}, and it has other files in it"
        ))
        .with_advice(ANOTHER_FOLDER)),
        Privacy::OpenToOthers => {
            let result = file::make_private(file);
            if result.is_ok() && privacy()? == Privacy::Private {
                log::warn!("token_store: other users could access {shown}; now only its owner can");
                return Ok(());
            }
            let reason = result.err().map_or_else(
                || "its file system keeps no modes".to_owned(),
                |error| error.to_string(),
            );
            Err(not_private(format!(
                "other users may access {shown}, and that cannot be changed: {reason}"
            ))
            .with_advice(ANOTHER_FOLDER))
        }
        // That user could not read what this user writes.
        Privacy::OwnedBy(owner) => Err(not_private(format!(
            "{shown} belongs to another user, number {owner}; run this as that user"
        ))
        .with_advice(ANOTHER_FOLDER)),
    }
}

/// Returns whether this is a folder with files that no store has created.
fn has_other_files(path: &Path) -> bool {
    let is_of_a_store = |name: &str| {
        let endings = [LOCK, NEW, HOLDER];
        let ending = endings.iter().find_map(|ending| name.strip_suffix(ending));
        Key::is_name(ending.unwrap_or(name))
    };
    std::fs::read_dir(path).is_ok_and(|mut entries| {
        entries.any(|entry| {
            entry.is_ok_and(|entry| !entry.file_name().to_str().is_some_and(is_of_a_store))
        })
    })
}

fn store_error(message: &str) -> Error {
    Error::new(OwnCode::StoreFailed, format!("token_store: {message}"))
}

/// Returns a function that adds the action and the path to an error of the operating system. The
/// system's text holds nothing of a file's content.
fn io_error<'a>(action: &'a str, path: &'a Path) -> impl FnOnce(io::Error) -> Error + 'a {
    move |error| {
        let failure = store_error(&format!("cannot {action} {}: {error}", path.display()));
        if file::is_not_a_file(&error) {
            failure
                .with_retryable(false)
                .with_advice("See what it is, and remove it: the store creates its files itself.")
        } else {
            failure.with_source(error)
        }
    }
}
