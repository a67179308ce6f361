use std::fs::{File, OpenOptions};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jumpqr_core::error::{Error, OwnCode, Result};
use serde::{Deserialize, Serialize};

use super::file::{self, Privacy};
use super::leases::Leases;
use super::lock::Locked;
use super::{Key, LONGEST_RECORD, Lease, Record, TokenStore, check_length};
use crate::clock::time_of_day;

/// The endings of what lies beside a key's file.
const LOCK: &str = ".lock";
const NEW: &str = ".new";
const HOLDER: &str = ".holder";

/// The advice about a folder that is not for tokens.
const ANOTHER_FOLDER: &str = "Name a folder of its own in token_store, such as dir:/var/lib/jumpqr; \
    it is made if it is not there. On a volume whose root belongs to another user (Kubernetes with \
    fsGroup), name a folder inside, such as dir:/data/jumpqr.";

/// The first thing in every file: that it is one of a store's, and how the rest is to be read.
const FORMAT: u32 = 1;

/// The longest first line of a file, in bytes.
const LONGEST_HEAD: usize = 4096;

/// Keeps tokens in a folder: for the processes of one machine.
///
/// Each key has one file. It is replaced as a whole, and is on the disk when
/// [`save`](TokenStore::save) returns; a process that is killed at any moment loses nothing. Beside
/// it is a `.lock`, with the last lease, and while there is a lease, an empty `.holder`, by which
/// the operating system tells whether the holder still lives: a lease ends with its holder, even if
/// a child was forked meanwhile. Who must wait for a file is served in order. The folder must be on
/// a file system whose locks work; those of some network file systems do not.
///
/// The locks are POSIX record locks on Unix. A process that opens and closes the files by itself,
/// to copy them, loses them: leave that to another process.
///
/// The folder and the files are the owner's alone (0700 and 0600). If they belong to the user of
/// this process and others may get at them, that is fixed when they are used, with a warning to
/// the `log` crate: a Kubernetes volume with `fsGroup` opens them to a group whenever it is
/// mounted. They are refused, as `store_not_private`, if they belong to another user, and if there
/// are other things in the folder. On such a volume, whose root is not this user's, name a folder
/// inside, such as `dir:/data/jumpqr`.
#[derive(Debug)]
pub struct DirectoryStore {
    folder: PathBuf,
}

/// The first line of a record's file, in JSON; the record's bytes follow.
#[derive(Serialize, Deserialize)]
struct Head {
    token_store: u32,
    /// The fence under which the record was saved.
    version: u64,
    /// How many bytes follow.
    length: usize,
}

/// The sole right to change anything of a key, for as long as its `.lock` is locked.
struct Turn {
    lock: Locked,
    path: PathBuf,
}

impl Turn {
    /// The last leases of the key. They are not synced to the disk, as no holder outlives the
    /// machine: if they are lost or torn, nobody holds one.
    fn leases(&self) -> Result<Leases> {
        let read = |mut file: &File| {
            file.rewind()?;
            file::read(file, LONGEST_HEAD)
        };
        let content = self.lock.file().and_then(read);
        let content = content.map_err(failed("read", &self.path))?;
        let line = content.split(|byte| *byte == b'\n').next();
        Ok(line
            .and_then(|line| serde_json::from_slice(line).ok())
            .unwrap_or_default())
    }

    /// What follows the line, from a longer one, is not read.
    fn write(&self, leases: &Leases) -> Result<()> {
        let mut line = to_line(leases)?;
        line.push(b'\n');
        let write = |mut file: &File| {
            file.rewind()?;
            file.write_all(&line)
        };
        let written = self.lock.file().and_then(write);
        written.map_err(failed("write", &self.path))
    }
}

impl DirectoryStore {
    /// The store in this folder, which is made if it is not there.
    ///
    /// A path that is not absolute, or is not a folder, is refused as `invalid_config`.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self> {
        let folder = folder.into();
        if !folder.is_absolute() {
            return Err(Error::new(
                OwnCode::InvalidConfig,
                "token_store: give dir: and the folder's absolute path, such as dir:/var/lib/jumpqr",
            ));
        }
        if folder.exists() && !folder.is_dir() {
            return Err(Error::new(
                OwnCode::InvalidConfig,
                format!("token_store: {} is not a folder", folder.display()),
            ));
        }
        file::create_folder(&folder).map_err(failed("make", &folder))?;
        let store = Self { folder };
        store.check_folder()?;
        Ok(store)
    }

    /// Each time, since the folder may be changed, or be taken away and come back, while processes use it.
    fn check_folder(&self) -> Result<()> {
        // Only Unix lets a folder be opened.
        #[cfg(unix)]
        {
            let folder = file::open_folder(&self.folder).map_err(failed("open", &self.folder))?;
            check_private(&folder, &self.folder)?;
        }
        Ok(())
    }

    fn path(&self, key: &Key, ending: &str) -> PathBuf {
        self.folder.join(format!("{}{ending}", key.name()))
    }

    /// Waits until nobody else reads or writes anything of this key, but for its record.
    fn turn(&self, key: &Key, timeout: Duration) -> Result<Turn> {
        self.check_folder()?;
        let path = self.path(key, LOCK);
        let open = || file::open(&path, file::private().create(true).truncate(false));
        let lock = Locked::wait(open, timeout).map_err(failed("lock", &path))?;
        let lock = lock.ok_or_else(|| {
            store_failed(&format!(
                "{} was locked by others for all the time that was left, {:.1} s; \
                 see whether the disk is slow, or a process that uses the folder is suspended",
                path.display(),
                timeout.as_secs_f64()
            ))
        })?;
        let file = lock.file().map_err(failed("lock", &path))?;
        check_private(file, &path)?;
        // What a process that was killed left behind.
        let temporary = self.path(key, NEW);
        file::remove(&temporary).map_err(failed("remove", &temporary))?;
        Ok(Turn { lock, path })
    }

    fn read(&self, key: &Key) -> Result<Option<Record>> {
        let path = self.path(key, "");
        let file = file::open_existing(&path, OpenOptions::new().read(true))
            .map_err(failed("open", &path))?;
        let Some(file) = file else {
            return Ok(None);
        };
        check_private(&file, &path)?;
        // One byte more shows that it is too long.
        let mut content =
            file::read(&file, LONGEST_HEAD + LONGEST_RECORD + 1).map_err(failed("read", &path))?;
        let damaged = || {
            Error::new(
                OwnCode::StoreDamaged,
                format!(
                    "token_store: {} does not hold what was written",
                    path.display()
                ),
            )
        };
        let end = content
            .iter()
            .position(|byte| *byte == b'\n')
            .ok_or_else(damaged)?;
        let bytes = content.split_off(end + 1);
        // The cause is not told: it could quote what is in the file.
        let head: Head = serde_json::from_slice(&content).map_err(|_| damaged())?;
        if head.token_store != FORMAT || head.length != bytes.len() {
            return Err(damaged());
        }
        Ok(Some(Record {
            bytes,
            version: head.version,
        }))
    }

    /// Whether the process that was given the last lease lives, and has not dropped it.
    fn holder_lives(&self, key: &Key) -> Result<bool> {
        let path = self.path(key, HOLDER);
        Locked::is_held(|| file::open_existing(&path, &mut file::private()))
            .map_err(failed("open", &path))
    }

    /// Makes a file that is locked for as long as this process lives and keeps the lock. The file
    /// of a former holder, who may still live, is no longer found by its name.
    fn become_holder(&self, key: &Key) -> Result<Locked> {
        let path = self.path(key, HOLDER);
        file::remove(&path).map_err(failed("remove", &path))?;
        let make = || file::open(&path, file::private().create_new(true));
        let locked = Locked::wait(make, Duration::ZERO).map_err(failed("make", &path))?;
        locked
            .ok_or_else(|| store_failed(&format!("{} is locked by somebody else", path.display())))
    }
}

impl TokenStore for DirectoryStore {
    fn name(&self) -> String {
        format!("dir:{}", self.folder.display())
    }

    fn is_of_one_machine(&self) -> bool {
        true
    }

    fn load(&self, key: &Key, _timeout: Duration) -> Result<Option<Record>> {
        self.check_folder()?;
        self.read(key)
    }

    fn lock(&self, key: &Key, life: Duration, timeout: Duration) -> Result<Option<Lease>> {
        let turn = self.turn(key, timeout)?;
        let record = self.read(key)?;
        let mut leases = turn.leases()?;
        if leases.is_locked(time_of_day()) && self.holder_lives(key)? {
            return Ok(None);
        }
        let holder = self.become_holder(key)?;
        let version = record.map(|record| record.version);
        let fence = leases.give(version, time_of_day(), life);
        turn.write(&leases)?;
        Ok(Some(Lease::holding(fence, holder)))
    }

    fn save(&self, key: &Key, bytes: &[u8], lease: &Lease, timeout: Duration) -> Result<bool> {
        check_length(bytes)?;
        let turn = self.turn(key, timeout)?;
        if !turn.leases()?.admits(lease.fence()) {
            return Ok(false);
        }
        let mut content = to_line(&Head {
            token_store: FORMAT,
            version: lease.fence(),
            length: bytes.len(),
        })?;
        content.push(b'\n');
        content.extend_from_slice(bytes);
        let path = self.path(key, "");
        file::replace(&path, &self.path(key, NEW), &content).map_err(failed("write", &path))?;
        Ok(true)
    }

    fn release(&self, key: &Key, lease: Lease, timeout: Duration) -> Result<()> {
        let turn = self.turn(key, timeout)?;
        let mut leases = turn.leases()?;
        if leases.release(lease.fence()) {
            turn.write(&leases)?;
            let path = self.path(key, HOLDER);
            file::remove(&path).map_err(failed("remove", &path))?;
        }
        Ok(())
    }
}

fn to_line(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|error| Error::new(OwnCode::Internal, error.to_string()))
}

/// Takes what is this user's own from others, and refuses what is not this user's own.
fn check_private(file: &File, path: &Path) -> Result<()> {
    let shown = path.display();
    let privacy = || file::privacy(file).map_err(failed("look at", path));
    let refused =
        |what: String| Error::new(OwnCode::StoreNotPrivate, format!("token_store: {what}"));
    match privacy()? {
        Privacy::Own => Ok(()),
        // Nobody may close /tmp.
        Privacy::OpenToOthers if holds_other_things(path) => Err(refused(format!(
            "others may get at {shown}, and there are other things in it"
        ))
        .with_advice(ANOTHER_FOLDER)),
        Privacy::OpenToOthers => {
            let result = file::make_private(file);
            if result.is_ok() && privacy()? == Privacy::Own {
                log::warn!("token_store: others could get at {shown}; now only its owner can");
                return Ok(());
            }
            let why = result.err().map_or_else(
                || "its file system keeps no modes".to_owned(),
                |error| error.to_string(),
            );
            Err(refused(format!(
                "others may get at {shown}, and that cannot be changed: {why}"
            ))
            .with_advice(ANOTHER_FOLDER))
        }
        // What this user wrote there, that one could not read.
        Privacy::Of(owner) => Err(refused(format!(
            "{shown} belongs to another user, number {owner}; run this as that user"
        ))
        .with_advice(ANOTHER_FOLDER)),
    }
}

/// Whether this is a folder in which not everything is a store's.
fn holds_other_things(path: &Path) -> bool {
    let stores = |name: &str| {
        let endings = [LOCK, NEW, HOLDER];
        let ending = endings.iter().find_map(|ending| name.strip_suffix(ending));
        Key::is_name(ending.unwrap_or(name))
    };
    std::fs::read_dir(path).is_ok_and(|mut entries| {
        entries
            .any(|entry| entry.is_ok_and(|entry| !entry.file_name().to_str().is_some_and(stores)))
    })
}

fn store_failed(message: &str) -> Error {
    Error::new(OwnCode::StoreFailed, format!("token_store: {message}"))
}

/// What the operating system says is the source; it knows nothing of what is in the file.
fn failed<'a>(what: &'a str, path: &'a Path) -> impl FnOnce(io::Error) -> Error + 'a {
    move |error| {
        let told = store_failed(&format!("cannot {what} {}: {error}", path.display()));
        if file::is_about_its_type(&error) {
            told.with_retryable(false)
                .with_advice("See what it is, and take it away: the store makes its files itself.")
        } else {
            told.with_source(error)
        }
    }
}
