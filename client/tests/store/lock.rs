//! The locks on the files of a folder.
#![cfg(unix)]

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jumpqr::error::OwnCode;
use rustix::fs::{FlockOperation, fcntl_lock};

use crate::place::Place;
use crate::process::Other;
use crate::{LONG, key, put};

fn lock_file(place: &Place) -> PathBuf {
    let name = format!("{}.lock", key().name());
    place.folder.path().join("tokens").join(name)
}

/// Locks the files of the key, as somebody does who reads or writes them.
fn hold(place: &Place) -> File {
    put(&*place.open(), b"1");
    let file = OpenOptions::new()
        .write(true)
        .open(lock_file(place))
        .unwrap();
    fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive).unwrap();
    file
}

/// How many wait for this file.
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
fn processes_are_served_in_the_order_in_which_they_came_however_long_that_takes() {
    let place = Place::directory();
    let held = hold(&place);
    let begun = Instant::now();
    let mut others = Vec::new();
    for number in 1..=8 {
        let mut other = Other::start("take", &place);
        assert_eq!(other.says(), Some(0));
        while waiting(&held) < number {
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "it does not wait"
            );
            std::thread::sleep(Duration::from_millis(1));
        }
        others.push(other);
    }
    // Nobody who has time left gives up.
    std::thread::sleep(Duration::from_millis(3500).saturating_sub(begun.elapsed()));
    drop(held);
    let fences: Vec<_> = others.iter_mut().map(Other::says).collect();
    assert!(fences.iter().all(Option::is_some), "{fences:?}");
    assert!(fences.is_sorted(), "{fences:?}");
}

#[test]
fn who_has_no_time_left_is_told_what_is_locked() {
    let place = Place::directory();
    let mut other = Other::start("hold files", &place);
    other.says().unwrap();
    let store = place.open();
    for _ in 0..2 {
        let begun = Instant::now();
        let error = store
            .lock(&key(), LONG, Duration::from_millis(300))
            .unwrap_err();
        assert!(begun.elapsed() >= Duration::from_millis(300));
        assert_eq!(error.code(), OwnCode::StoreFailed);
        assert!(error.is_retryable());
        let path = lock_file(&place);
        assert!(error.message().contains(path.to_str().unwrap()), "{error}");
        assert!(error.message().contains("0.3 s"), "{error}");
    }
    // The waits that were broken off block nobody.
    other.kill();
    put(&*store, b"2");
    Other::start("try", &place).says().unwrap();
    put(&*store, b"3");
}

/// Plays the part of a process that is stopped while it has the files locked.
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
fn a_lease_stands_though_its_own_process_looks_whether_it_does() {
    let place = Place::directory();
    let (store, again) = (place.open(), place.open());
    let lease = store.lock(&key(), LONG, LONG).unwrap().unwrap();
    for store in [&store, &again] {
        assert!(store.lock(&key(), LONG, LONG).unwrap().is_none());
        assert_eq!(Other::start("try", &place).says(), Some(0));
    }
    store.release(&key(), lease, LONG).unwrap();
    assert_eq!(Other::start("try", &place).says(), Some(1));
}
