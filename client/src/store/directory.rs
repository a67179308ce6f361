use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jumpqr_core::error::{Error, OwnCode, Result};
use serde::{Deserialize, Serialize};

use super::entry::Entry;
use super::file::{Locked, Privacy};
use super::{Key, Lease, Record, TokenStore, file};
use crate::clock::time_of_day;

/// The endings of what lies beside a key's file.
const LOCK: &str = ".lock";
const NEW: &str = ".new";
const HOLDER: &str = ".holder";

/// What to do about a folder that is not for tokens.
const ANOTHER_FOLDER: &str =
    "Name a folder of its own in token_store; it is made if it is not there.";

/// The first thing in every file: that it is one of a store's, and how the rest is to be read.
const FORMAT: u32 = 1;

/// How long a process waits for another that is just reading or writing a key: that takes milliseconds, unless the other one
/// has been suspended meanwhile.
const LONGEST_TURN: Duration = Duration::from_secs(3);

/// How often it looks whether it is its turn.
const BETWEEN_LOOKS: Duration = Duration::from_millis(2);

/// Keeps tokens in a folder: for the processes of one machine.
///
/// Each key has one file, which is replaced as a whole and is on the disk when [`save`](TokenStore::save) returns, whatever
/// process is killed when. Beside it lie an empty `.lock`, and while somebody holds a lease, an empty `.holder`: the
/// operating system tells whether that process still lives, so that a lease ends with its holder. The folder must be on a
/// file system whose locks work, which those of some network file systems do not.
///
/// The folder and the files are the owner's alone (0700 and 0600); looser ones are refused.
#[derive(Debug)]
pub struct DirectoryStore {
    folder: PathBuf,
}

/// The first line of a file, in JSON; the record's bytes follow.
#[derive(Serialize, Deserialize)]
struct Head {
    token_store: u32,
    entry: Entry,
    /// How many bytes follow.
    length: usize,
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
        if cfg!(unix) {
            let folder = File::open(&self.folder).map_err(failed("open", &self.folder))?;
            check_private(&folder, &self.folder, "700")?;
        }
        Ok(())
    }

    fn path(&self, key: &Key, ending: &str) -> PathBuf {
        self.folder.join(format!("{}{ending}", key.name()))
    }

    /// Waits for the turn of this key: until the file that is returned is dropped, nobody else changes anything of it.
    fn turn(&self, key: &Key, timeout: Duration) -> Result<Locked> {
        self.check_folder()?;
        let path = self.path(key, LOCK);
        let turn = file::private()
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(failed("open", &path))?;
        let begun = Instant::now();
        let turn = loop {
            if let Some(locked) = Locked::try_new(&turn).map_err(failed("lock", &path))? {
                break locked;
            }
            if begun.elapsed() >= timeout.min(LONGEST_TURN) {
                return Err(store_failed(&format!(
                    "{} is locked by another process; see whether it is suspended",
                    path.display()
                )));
            }
            std::thread::sleep(BETWEEN_LOOKS);
        };
        // What a process that was killed left behind.
        let temporary = self.path(key, NEW);
        file::remove(&temporary).map_err(failed("remove", &temporary))?;
        Ok(turn)
    }

    fn read(&self, key: &Key) -> Result<(Entry, Vec<u8>)> {
        let path = self.path(key, "");
        let Some(file) = file::open(&path).map_err(failed("open", &path))? else {
            return Ok((Entry::default(), Vec::new()));
        };
        check_private(&file, &path, "600")?;
        let mut content = file::read(&file).map_err(failed("read", &path))?;
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
        Ok((head.entry, bytes))
    }

    fn write(&self, key: &Key, entry: Entry, bytes: &[u8]) -> Result<()> {
        let head = Head {
            token_store: FORMAT,
            entry,
            length: bytes.len(),
        };
        let mut content = serde_json::to_vec(&head)
            .map_err(|error| Error::new(OwnCode::Internal, error.to_string()))?;
        content.push(b'\n');
        content.extend_from_slice(bytes);
        let path = self.path(key, "");
        file::replace(&path, &self.path(key, NEW), &content).map_err(failed("write", &path))
    }

    /// Whether the process that was given the last lease lives, and has not dropped it.
    fn holder_lives(&self, key: &Key) -> Result<bool> {
        let path = self.path(key, HOLDER);
        match file::open(&path).map_err(failed("open", &path))? {
            Some(holder) => Locked::try_new(&holder)
                .map(|locked| locked.is_none())
                .map_err(failed("lock", &path)),
            None => Ok(false),
        }
    }

    /// A file that is locked for as long as this process lives and keeps it. That of a holder who is outlived is no longer
    /// found by its name.
    fn become_holder(&self, key: &Key) -> Result<Locked> {
        let path = self.path(key, HOLDER);
        file::remove(&path).map_err(failed("remove", &path))?;
        let holder = file::private()
            .create_new(true)
            .open(&path)
            .map_err(failed("make", &path))?;
        let locked = Locked::try_new(&holder).map_err(failed("lock", &path))?;
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
        let (entry, bytes) = self.read(key)?;
        Ok(entry.version.map(|version| Record { bytes, version }))
    }

    fn lock(&self, key: &Key, life: Duration, timeout: Duration) -> Result<Option<Lease>> {
        let _turn = self.turn(key, timeout)?;
        let (mut entry, bytes) = self.read(key)?;
        if entry.is_locked(time_of_day()) && self.holder_lives(key)? {
            return Ok(None);
        }
        let holder = self.become_holder(key)?;
        let fence = entry.lock(time_of_day(), life);
        self.write(key, entry, &bytes)?;
        Ok(Some(Lease::holding(fence, holder)))
    }

    fn save(&self, key: &Key, bytes: &[u8], lease: &Lease, timeout: Duration) -> Result<bool> {
        let _turn = self.turn(key, timeout)?;
        let (mut entry, _) = self.read(key)?;
        if !entry.admits(lease.fence()) {
            return Ok(false);
        }
        entry.version = Some(lease.fence());
        self.write(key, entry, bytes)?;
        Ok(true)
    }

    fn release(&self, key: &Key, lease: Lease, timeout: Duration) -> Result<()> {
        let _turn = self.turn(key, timeout)?;
        let (mut entry, bytes) = self.read(key)?;
        if entry.release(lease.fence()) {
            self.write(key, entry, &bytes)?;
            let path = self.path(key, HOLDER);
            file::remove(&path).map_err(failed("remove", &path))?;
        }
        Ok(())
    }
}

fn check_private(file: &File, path: &Path, mode: &str) -> Result<()> {
    let shown = path.display();
    let refused =
        |what: String| Error::new(OwnCode::StoreNotPrivate, format!("token_store: {what}"));
    match file::privacy(file).map_err(failed("look at", path))? {
        Privacy::Own => Ok(()),
        // Nobody is to be told to close /tmp.
        Privacy::OpenToOthers if holds_other_things(path) => Err(refused(format!(
            "others may get at {shown}, and there are other things in it"
        ))
        .with_advice(ANOTHER_FOLDER)),
        Privacy::OpenToOthers => {
            let quoted = shown.to_string().replace('\'', r"'\''");
            Err(refused(format!(
                "others may get at {shown}; run: chmod {mode} '{quoted}'"
            )))
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
        store_failed(&format!("cannot {what} {}: {error}", path.display())).with_source(error)
    }
}
