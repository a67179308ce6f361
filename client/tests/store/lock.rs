//! The locks on the files of a folder.
#![cfg(unix)]

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jumpqr::error::OwnCode;
use rustix::fs::{FlockOperation, fcntl_lock};

use crate::process::ChildProcess;
use crate::shared_store::SharedStore;
use crate::{LONG, key, put};

fn lock_file(shared: &SharedStore) -> PathBuf {
    let name = format!("{}.lock", key().name());
    shared.folder.path().join("tokens").join(name)
}

/// Locks the files of the key, as a process does that reads or writes them.
fn hold(shared: &SharedStore) -> File {
    put(&*shared.open(), b"1");
    let file = OpenOptions::new()
        .write(true)
        .open(lock_file(shared))
        .unwrap();
    fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive).unwrap();
    file
}

/// Returns how many processes wait for this file.
#[cfg(target_os = "linux")]
fn waiting(file: &File) -> usize {
    use std::os::unix::fs::MetadataExt;
    let inode = format!(":{} ", file.metadata().unwrap().ino());
    let locks = std::fs::read_to_string("/proc/locks").unwrap();
    let waiting = |line: &&str| line.contains("->") && line.contains(&inode);
    locks.lines().filter(waiting).count()
}

#[cfg(target_os = "linux")]
#[test]
fn processes_get_the_lock_in_the_order_in_which_they_asked() {
    let shared = SharedStore::directory();
    let held = hold(&shared);
    let begun = Instant::now();
    let mut others = Vec::new();
    for number in 1..=8 {
        let mut other = ChildProcess::start("take", &shared);
        assert_eq!(other.next_number(), Some(0));
        while waiting(&held) < number {
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "it does not wait"
            );
            std::thread::sleep(Duration::from_millis(1));
        }
        others.push(other);
    }
    // They wait for longer than one access may take, and none gives up.
    std::thread::sleep(Duration::from_millis(3500).saturating_sub(begun.elapsed()));
    drop(held);
    let fences: Vec<_> = others.iter_mut().map(ChildProcess::next_number).collect();
    assert!(fences.iter().all(Option::is_some), "{fences:?}");
    assert!(fences.is_sorted(), "{fences:?}");
}

#[test]
fn after_the_timeout_the_error_names_the_locked_file() {
    let shared = SharedStore::directory();
    let mut other = ChildProcess::start("hold files", &shared);
    other.next_number().unwrap();
    let store = shared.open();
    for _ in 0..2 {
        let begun = Instant::now();
        let error = store
            .lock(&key(), LONG, Duration::from_millis(300))
            .unwrap_err();
        assert!(begun.elapsed() >= Duration::from_millis(300));
        assert_eq!(error.code(), OwnCode::StoreFailed);
        assert!(error.is_retryable());
        let path = lock_file(&shared);
        assert!(error.message().contains(path.to_str().unwrap()), "{error}");
        assert!(error.message().contains("0.3 s"), "{error}");
    }
    // The waits that ended block no other process.
    other.kill();
    put(&*store, b"2");
    ChildProcess::start("try", &shared).next_number().unwrap();
    put(&*store, b"3");
}

/// Plays the part of a process that hangs while it has the files locked.
pub(crate) fn hold_files(shared_file: &Path, say: impl Fn(u64)) {
    let path = shared_file
        .with_file_name("tokens")
        .join(format!("{}.lock", key().name()));
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .unwrap();
    fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive).unwrap();
    say(1);
    std::thread::sleep(LONG);
}

/// A process would lose its lock by closing any descriptor of the file.
#[test]
fn a_process_that_asks_for_its_own_lease_does_not_lose_it() {
    let shared = SharedStore::directory();
    let (store, again) = (shared.open(), shared.open());
    let lease = store.lock(&key(), LONG, LONG).unwrap().unwrap();
    for store in [&store, &again] {
        assert!(store.lock(&key(), LONG, LONG).unwrap().is_none());
        assert_eq!(ChildProcess::start("try", &shared).next_number(), Some(0));
    }
    store.release(&key(), lease, LONG).unwrap();
    assert_eq!(ChildProcess::start("try", &shared).next_number(), Some(1));
}
