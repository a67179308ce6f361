//! Locks on files. A lock ends when it is dropped, and when the process that took it ends.
//!
//! On Unix these are POSIX record locks. `flock` and the locks of Linux' open file descriptions
//! would outlive a killed process as long as a child lives that was forked meanwhile: the child has
//! inherited the descriptor, and with it the lock. A POSIX lock belongs to the process alone, and
//! waiters are served in order by the operating system.
//!
//! POSIX locks have two traps, which [`Files`] keeps us out of. They do not exclude the threads of
//! one process, and a process loses its lock when it closes *any* descriptor of the file.

use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How many of these there are: one for each process in a line of forks, and then again.
const GENERATIONS: usize = 16;

/// The lock files that this process has open.
///
/// A forked child inherits what its parent has here, and none of its locks. It also inherits a
/// mutex that another thread of the parent had locked, and that nobody unlocks any more. So it does
/// not touch that, and takes the next.
static SHARED: [Shared; GENERATIONS] = [const {
    Shared {
        files: Mutex::new(Files {
            last: 0,
            locks: BTreeMap::new(),
        }),
        changed: Condvar::new(),
    }
}; GENERATIONS];

/// The process that uses [`SHARED`], in the upper half, and the number of what it uses.
static USER: AtomicU64 = AtomicU64::new(0);

struct Shared {
    files: Mutex<Files>,
    /// Tells the threads of this process that the state of a lock has changed.
    changed: Condvar,
}

impl Shared {
    fn of_this_process() -> &'static Self {
        let process = u64::from(std::process::id());
        let mut user = USER.load(Ordering::SeqCst);
        while user >> 32 != process {
            let number = (user & u64::from(u32::MAX)) + 1;
            let next = (process << 32) | (number % GENERATIONS as u64);
            match USER.compare_exchange(user, next, Ordering::SeqCst, Ordering::SeqCst) {
                Ok(_) => user = next,
                Err(other) => user = other,
            }
        }
        let number = usize::try_from(user & u64::from(u32::MAX)).unwrap_or(0);
        let [first, ..] = &SHARED;
        SHARED.get(number).unwrap_or(first)
    }

    fn lock(&self) -> MutexGuard<'_, Files> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Files {
    /// The last number that was given to a thread that waits, or to a file.
    last: u64,
    locks: BTreeMap<Id, Lock>,
}

/// The device and the inode of a file. Where files have none, each opened file has its own number:
/// there, the operating system tells the descriptors of one process apart.
type Id = (u64, u64);

/// The lock of one file, in this process. Every descriptor of the file is closed while [`Files`]
/// are locked: another thread may have opened and locked the file by then.
struct Lock {
    file: Arc<File>,
    /// Further descriptors of the file. Closing one would end the lock, so they are kept as long.
    others: Vec<File>,
    /// Whether a thread of this process holds the lock.
    is_held: bool,
    /// The threads that wait for it, in order.
    queue: VecDeque<u64>,
    /// Whether a helper thread waits for the other processes.
    has_helper: bool,
    /// What the helper has got: the lock, for the first of the queue, or an error.
    got: Option<io::Result<()>>,
}

impl Lock {
    fn is_unused(&self) -> bool {
        !self.is_held && !self.has_helper && self.got.is_none() && self.queue.is_empty()
    }
}

impl Files {
    fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// Takes over a descriptor, so that it is not closed before the lock of the file ends.
    fn adopt(&mut self, file: File) -> io::Result<Id> {
        let id = self.id(&file)?;
        if let Some(lock) = self.locks.get_mut(&id) {
            lock.others.push(file);
        } else {
            let lock = Lock {
                file: Arc::new(file),
                others: Vec::new(),
                is_held: false,
                queue: VecDeque::new(),
                has_helper: false,
                got: None,
            };
            self.locks.insert(id, lock);
        }
        Ok(id)
    }

    #[cfg(unix)]
    #[expect(clippy::unused_self, reason = "elsewhere, it counts")]
    fn id(&mut self, file: &File) -> io::Result<Id> {
        use std::os::unix::fs::MetadataExt;
        let metadata = file.metadata()?;
        Ok((metadata.dev(), metadata.ino()))
    }

    #[cfg(not(unix))]
    #[expect(clippy::unnecessary_wraps, reason = "on Unix, it asks the system")]
    fn id(&mut self, _: &File) -> io::Result<Id> {
        Ok((0, self.next()))
    }

    /// Closes the file if nobody needs it any more.
    fn forget_unused(&mut self, id: Id) {
        if self.locks.get(&id).is_some_and(Lock::is_unused) {
            self.locks.remove(&id);
        }
    }

    /// Gives the lock to the thread with this number, if that is the first of the queue and the
    /// lock is free. If another process holds it, a helper thread is started that waits for it.
    fn try_take(&mut self, id: Id, number: u64) -> io::Result<bool> {
        let Some(lock) = self.locks.get_mut(&id) else {
            return Err(io::Error::other("the lock was forgotten"));
        };
        if lock.is_held || lock.has_helper || lock.queue.front() != Some(&number) {
            return Ok(false);
        }
        match lock.got.take() {
            Some(got) => got?,
            None if system::try_lock(&lock.file)? => {}
            None => {
                let file = Arc::clone(&lock.file);
                std::thread::Builder::new()
                    .name("jumpqr-lock".to_owned())
                    .spawn(move || wait_for_others(Shared::of_this_process(), id, file))?;
                lock.has_helper = true;
                return Ok(false);
            }
        }
        lock.is_held = true;
        lock.queue.pop_front();
        Ok(true)
    }

    /// Takes a thread that waits no longer out of the queue.
    fn leave_queue(&mut self, id: Id, number: u64) {
        if let Some(lock) = self.locks.get_mut(&id) {
            lock.queue.retain(|other| *other != number);
            if lock.queue.is_empty() && lock.got.take().is_some_and(|got| got.is_ok()) {
                // It ends when the process ends, if it cannot be ended now.
                drop(system::unlock(&lock.file));
            }
        }
        self.forget_unused(id);
    }
}

/// Waits for the other processes, for whichever thread is then the first of the queue. The wait
/// cannot be cancelled: if nobody is left who waits, the lock is given back.
fn wait_for_others(shared: &Shared, id: Id, file: Arc<File>) {
    let got = system::lock(&file);
    let mut files = shared.lock();
    if let Some(lock) = files.locks.get_mut(&id) {
        lock.has_helper = false;
        if !lock.queue.is_empty() {
            lock.got = Some(got);
        } else if got.is_ok() {
            drop(system::unlock(&file));
        }
    }
    drop(file);
    files.forget_unused(id);
    drop(files);
    shared.changed.notify_all();
}

/// A lock on a file, which ends when this is dropped, or with the process.
#[derive(Debug)]
pub(super) struct Locked {
    id: Id,
    /// The file, until it is dropped.
    file: Option<Arc<File>>,
    process: u32,
}

impl Locked {
    /// Locks the file, which must be open for writing. Threads and processes get the lock in the
    /// order in which they ask. Returns `None` if the time is over before.
    pub(super) fn wait(
        open: impl FnOnce() -> io::Result<File>,
        timeout: Duration,
    ) -> io::Result<Option<Self>> {
        let begun = Instant::now();
        let shared = Shared::of_this_process();
        let mut files = shared.lock();
        let id = files.adopt(open()?)?;
        let number = files.next();
        if let Some(lock) = files.locks.get_mut(&id) {
            lock.queue.push_back(number);
        }
        loop {
            match files.try_take(id, number) {
                Ok(true) => break,
                Ok(false) => {}
                Err(error) => {
                    files.leave_queue(id, number);
                    shared.changed.notify_all();
                    return Err(error);
                }
            }
            let left = timeout.saturating_sub(begun.elapsed());
            if left.is_zero() {
                files.leave_queue(id, number);
                shared.changed.notify_all();
                return Ok(None);
            }
            files = shared
                .changed
                .wait_timeout(files, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        Ok(Some(Self {
            id,
            file: files.locks.get(&id).map(|lock| Arc::clone(&lock.file)),
            process: std::process::id(),
        }))
    }

    /// Whether the file is locked by a thread of this process, or by another process.
    pub(super) fn is_held(open: impl FnOnce() -> io::Result<Option<File>>) -> io::Result<bool> {
        let mut files = Shared::of_this_process().lock();
        let Some(file) = open()? else {
            return Ok(false);
        };
        let id = files.adopt(file)?;
        let Some(lock) = files.locks.get(&id).filter(|lock| lock.is_unused()) else {
            return Ok(true);
        };
        let is_free = system::try_lock(&lock.file);
        if let Ok(true) = is_free {
            drop(system::unlock(&lock.file));
        }
        files.forget_unused(id);
        is_free.map(|is_free| !is_free)
    }

    /// The locked file.
    pub(super) fn file(&self) -> io::Result<&File> {
        let file = self.file.as_deref();
        file.ok_or_else(|| io::Error::other("the lock was forgotten"))
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        // In a forked child, the lock is still the parent's.
        if self.process != std::process::id() {
            return;
        }
        let shared = Shared::of_this_process();
        let mut files = shared.lock();
        drop(self.file.take());
        if let Some(lock) = files.locks.get_mut(&self.id) {
            // It ends when the process ends, if it cannot be ended now.
            drop(system::unlock(&lock.file));
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

    /// How long to wait until the system is asked again that took a wait for a deadlock.
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
                // The system does not tell threads apart: two processes in which one thread holds
                // a lock and another one waits look like a deadlock.
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
