//! Locks on files. A lock ends when it is dropped, and when the process that holds it ends.
//!
//! On Unix these are POSIX record locks. `flock` and Linux' open file description locks could
//! outlive a killed process: a child that it had forked inherits the descriptor, and with it the
//! lock. A POSIX lock belongs to the process alone, and the operating system serves waiters in
//! order.
//!
//! POSIX locks have two traps, which [`Files`] avoids. They do not exclude the threads of one
//! process, and a process loses its lock when it closes *any* descriptor of the file.
//!
//! Waiting for a lock takes real time, whatever clock the store has: the operating system and the
//! other processes know no other.

use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar};
use std::time::{Duration, Instant};

use crate::mutex::{Mutex, wait};

/// How many states of locks there are. Each process in a line of forks uses the next one, and the
/// 17th uses the first again.
const GENERATIONS: usize = 16;

/// The lock files that this process has open.
///
/// A forked child inherits its parent's state here, but none of its locks. Another thread of the
/// parent may have held the mutex, which then stays locked in the child for ever. So a child does
/// not touch the state of its parent, and uses the next one.
static SHARED: [Shared; GENERATIONS] = [const {
    Shared {
        files: Mutex::new(Files {
            last_number: 0,
            locks: BTreeMap::new(),
        }),
        changed: Condvar::new(),
    }
}; GENERATIONS];

/// The process that uses [`SHARED`], in the upper 32 bits, and the index of the state that it uses.
static OWNER: AtomicU64 = AtomicU64::new(0);

struct Shared {
    files: Mutex<Files>,
    /// Wakes the threads of this process when the state of a lock has changed.
    changed: Condvar,
}

impl Shared {
    fn current() -> &'static Self {
        let process = u64::from(std::process::id());
        let mut owner = OWNER.load(Ordering::SeqCst);
        while owner >> 32 != process {
            let number = (owner & u64::from(u32::MAX)) + 1;
            let next = (process << 32) | (number % GENERATIONS as u64);
            match OWNER.compare_exchange(owner, next, Ordering::SeqCst, Ordering::SeqCst) {
                Ok(_) => owner = next,
                Err(other) => owner = other,
            }
        }
        let number = usize::try_from(owner & u64::from(u32::MAX)).unwrap_or(0);
        let [first, ..] = &SHARED;
        SHARED.get(number).unwrap_or(first)
    }
}

struct Files {
    /// The last number that a waiting thread, or a file without an inode, was given.
    last_number: u64,
    locks: BTreeMap<Id, Lock>,
}

/// The device and the inode of a file. On systems without inodes, each opened file has a number of
/// its own: there, the operating system excludes the descriptors of one process, too.
type Id = (u64, u64);

/// The lock of one file, in this process. A descriptor of the file is only closed while the mutex
/// of [`Files`] is held: at any other time, another thread may have opened and locked the file.
struct Lock {
    file: Arc<File>,
    /// Further descriptors of the file. Closing one would end the lock, so they are kept until
    /// then.
    duplicates: Vec<File>,
    /// Whether a thread of this process holds the lock.
    is_held: bool,
    /// The numbers of the threads that wait for the lock, in order.
    queue: VecDeque<u64>,
    /// Whether a helper thread waits for the other processes.
    has_helper: bool,
    /// The result of the helper: it has the lock for the first of the queue, or an error.
    helper_result: Option<io::Result<()>>,
}

impl Lock {
    fn is_unused(&self) -> bool {
        !self.is_held && !self.has_helper && self.helper_result.is_none() && self.queue.is_empty()
    }
}

impl Files {
    fn next_number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    /// Takes over a descriptor, which is not closed before the lock of the file ends.
    fn adopt(&mut self, file: File) -> io::Result<Id> {
        let id = self.id(&file)?;
        if let Some(lock) = self.locks.get_mut(&id) {
            lock.duplicates.push(file);
        } else {
            let lock = Lock {
                file: Arc::new(file),
                duplicates: Vec::new(),
                is_held: false,
                queue: VecDeque::new(),
                has_helper: false,
                helper_result: None,
            };
            self.locks.insert(id, lock);
        }
        Ok(id)
    }

    #[cfg(unix)]
    #[expect(clippy::unused_self, reason = "on other systems, it counts")]
    fn id(&mut self, file: &File) -> io::Result<Id> {
        use std::os::unix::fs::MetadataExt;
        let metadata = file.metadata()?;
        Ok((metadata.dev(), metadata.ino()))
    }

    #[cfg(not(unix))]
    #[expect(clippy::unnecessary_wraps, reason = "on Unix, it asks the system")]
    fn id(&mut self, _: &File) -> io::Result<Id> {
        Ok((0, self.next_number()))
    }

    /// Closes the file if no thread needs it any more.
    fn forget_unused(&mut self, id: Id) {
        if self.locks.get(&id).is_some_and(Lock::is_unused) {
            self.locks.remove(&id);
        }
    }

    /// Gives the lock to the thread with this number if it is the first of the queue and the lock
    /// is free. If another process holds the lock, a helper thread is started that waits for it.
    fn try_take(&mut self, id: Id, number: u64) -> io::Result<bool> {
        let Some(lock) = self.locks.get_mut(&id) else {
            return Err(missing_state());
        };
        if lock.is_held || lock.has_helper || lock.queue.front() != Some(&number) {
            return Ok(false);
        }
        match lock.helper_result.take() {
            Some(result) => result?,
            None if system::try_lock(&lock.file)? => {}
            None => {
                let file = Arc::clone(&lock.file);
                std::thread::Builder::new()
                    .name("jumpqr-lock".to_owned())
                    .spawn(move || wait_for_others(Shared::current(), id, file))?;
                lock.has_helper = true;
                return Ok(false);
            }
        }
        lock.is_held = true;
        lock.queue.pop_front();
        Ok(true)
    }

    /// Removes a thread that no longer waits from the queue.
    fn leave_queue(&mut self, id: Id, number: u64) {
        if let Some(lock) = self.locks.get_mut(&id) {
            lock.queue.retain(|other| *other != number);
            if lock.queue.is_empty()
                && lock
                    .helper_result
                    .take()
                    .is_some_and(|result| result.is_ok())
            {
                // If unlocking fails, the lock ends with the process.
                let _ = system::unlock(&lock.file);
            }
        }
        self.forget_unused(id);
    }
}

/// Waits for the lock that another process holds, for the thread that is the first of the queue by
/// then. This wait cannot be cancelled: if no thread waits any more, the lock is released again.
fn wait_for_others(shared: &Shared, id: Id, file: Arc<File>) {
    let result = system::lock(&file);
    let mut files = shared.files.lock();
    if let Some(lock) = files.locks.get_mut(&id) {
        lock.has_helper = false;
        if !lock.queue.is_empty() {
            lock.helper_result = Some(result);
        } else if result.is_ok() {
            // If unlocking fails, the lock ends with the process.
            let _ = system::unlock(&file);
        }
    }
    drop(file);
    files.forget_unused(id);
    drop(files);
    shared.changed.notify_all();
}

/// A lock on a file. It ends when this is dropped, or with the process.
#[derive(Debug)]
pub(super) struct FileLock {
    id: Id,
    /// `None` only while this is dropped.
    file: Option<Arc<File>>,
    process: u32,
}

impl FileLock {
    /// Locks the file, which `open` must open for writing. Threads and processes get the lock in
    /// the order in which they asked. Returns `None` if the timeout ends first.
    pub(super) fn acquire(
        open: impl FnOnce() -> io::Result<File>,
        timeout: Duration,
    ) -> io::Result<Option<Self>> {
        let begun = Instant::now();
        let shared = Shared::current();
        let mut files = shared.files.lock();
        let id = files.adopt(open()?)?;
        let number = files.next_number();
        if let Some(lock) = files.locks.get_mut(&id) {
            lock.queue.push_back(number);
        }
        let taken = loop {
            let taken = files.try_take(id, number);
            let left = timeout.saturating_sub(begun.elapsed());
            if !matches!(taken, Ok(false)) || left.is_zero() {
                break taken;
            }
            files = wait(&shared.changed, files, left);
        };
        if !matches!(taken, Ok(true)) {
            files.leave_queue(id, number);
            shared.changed.notify_all();
        }
        Ok(taken?.then(|| Self {
            id,
            file: files.locks.get(&id).map(|lock| Arc::clone(&lock.file)),
            process: std::process::id(),
        }))
    }

    /// Returns whether a thread of this process, or another process, has the file locked.
    pub(super) fn is_held(open: impl FnOnce() -> io::Result<Option<File>>) -> io::Result<bool> {
        let mut files = Shared::current().files.lock();
        let Some(file) = open()? else {
            return Ok(false);
        };
        let id = files.adopt(file)?;
        let Some(lock) = files.locks.get(&id).filter(|lock| lock.is_unused()) else {
            return Ok(true);
        };
        let is_free = system::try_lock(&lock.file);
        if let Ok(true) = is_free {
            // If unlocking fails, the lock ends with the process.
            let _ = system::unlock(&lock.file);
        }
        files.forget_unused(id);
        is_free.map(|is_free| !is_free)
    }

    /// Returns the locked file.
    pub(super) fn file(&self) -> io::Result<&File> {
        let file = self.file.as_deref();
        file.ok_or_else(missing_state)
    }
}

fn missing_state() -> io::Error {
    io::Error::other("the state of the lock is missing")
}

impl Drop for FileLock {
    fn drop(&mut self) {
        // In a forked child, the lock still belongs to the parent.
        if self.process != std::process::id() {
            return;
        }
        let shared = Shared::current();
        let mut files = shared.files.lock();
        drop(self.file.take());
        if let Some(lock) = files.locks.get_mut(&self.id) {
            // If unlocking fails, the lock ends with the process.
            let _ = system::unlock(&lock.file);
            lock.is_held = false;
        }
        files.forget_unused(self.id);
        drop(files);
        shared.changed.notify_all();
    }
}

#[cfg(unix)]
mod system {
    use std::fs::File;
    use std::io;
    use std::time::Duration;

    use rustix::fs::{FlockOperation, fcntl_lock};
    use rustix::io::Errno;

    /// How long to wait before the next attempt if the system has taken a wait for a deadlock.
    const AFTER_DEADLOCK: Duration = Duration::from_millis(5);

    pub(super) fn try_lock(file: &File) -> io::Result<bool> {
        match fcntl_lock(file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(true),
            Err(Errno::AGAIN | Errno::ACCESS) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn lock(file: &File) -> io::Result<()> {
        loop {
            match fcntl_lock(file, FlockOperation::LockExclusive) {
                Ok(()) => return Ok(()),
                Err(Errno::INTR) => {}
                // The system does not distinguish threads. Two processes in each of which one
                // thread holds a lock and another one waits look like a deadlock.
                Err(Errno::DEADLK) => std::thread::sleep(AFTER_DEADLOCK),
                Err(error) => return Err(error.into()),
            }
        }
    }

    pub(super) fn unlock(file: &File) -> io::Result<()> {
        Ok(fcntl_lock(file, FlockOperation::Unlock)?)
    }
}

#[cfg(not(unix))]
mod system {
    use std::fs::File;
    use std::io;

    use fs4::{FileExt, TryLockError};

    pub(super) fn try_lock(file: &File) -> io::Result<bool> {
        match FileExt::try_lock(file) {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    pub(super) fn lock(file: &File) -> io::Result<()> {
        FileExt::lock(file)
    }

    pub(super) fn unlock(file: &File) -> io::Result<()> {
        FileExt::unlock(file)
    }
}
