//! Child processes: this test program, started again with a part to play.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use jumpqr::store::{self, Lease, TokenStore};

use crate::shared_store::SharedStore;
use crate::{LONG, get, key, put};

/// The environment variables of a child: its part, the setting of the store, the shared file, and
/// how long to lock a key, in ms.
const PART: &str = "JUMPQR_TEST_PART";
const SETTING: &str = "JUMPQR_TEST_SETTING";
const FILE: &str = "JUMPQR_TEST_FILE";
const LEASE: &str = "JUMPQR_TEST_LEASE";

/// How often each process counts up.
const COUNTS: u32 = 40;

/// Longer than any wait for a lease, even on a busy machine.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// A child process, which is killed when this is dropped. It prints numbers, line by line.
pub(crate) struct ChildProcess {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl ChildProcess {
    pub(crate) fn start(part: &str, shared: &SharedStore) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "process::plays_its_part", "--ignored"])
            .args(["--nocapture", "--test-threads=1"])
            .env(PART, part)
            .env(SETTING, &shared.setting)
            .env(FILE, shared.shared_file())
            .env(LEASE, shared.lease.as_millis().to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    /// Returns the next number that the child prints; `None` when it has ended.
    pub(crate) fn next_number(&mut self) -> Option<u64> {
        let mut line = String::new();
        while self.lines.read_line(&mut line).unwrap() > 0 {
            if let Some((_, said)) = line.split_once("number ") {
                return Some(said.trim().parse().unwrap());
            }
            line.clear();
        }
        None
    }

    /// Gives the child a line.
    #[cfg(any(unix, feature = "redis"))]
    pub(crate) fn tell(&mut self, line: &str) {
        use std::io::Write as _;

        let input = self.child.stdin.as_mut().unwrap();
        writeln!(input, "{line}").unwrap();
    }

    /// Stops the process, or lets it go on: `STOP` or `CONT`.
    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: &str) {
        let process = self.child.id().to_string();
        let kill = Command::new("kill").args(["-s", signal, &process]).status();
        assert!(kill.unwrap().success());
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for ChildProcess {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
#[ignore = "a part in other tests, which start it as a process"]
fn plays_its_part() {
    let Ok(part) = std::env::var(PART) else {
        return;
    };
    let store = store::open(&std::env::var(SETTING).unwrap()).unwrap();
    let file = PathBuf::from(std::env::var_os(FILE).unwrap());
    let lease = Duration::from_millis(std::env::var(LEASE).unwrap().parse().unwrap());
    let say = |number: u64| println!("number {number}");
    match part.as_str() {
        "hold" => {
            let _lease = store.lock(&key(), lease, LONG).unwrap().unwrap();
            say(1);
            std::thread::sleep(LONG);
        }
        #[cfg(unix)]
        "hold files" => crate::lock::hold_files(&file, say),
        #[cfg(unix)]
        "save late" => {
            let lease = store.lock(&key(), lease, LONG).unwrap().unwrap();
            say(lease.fence());
            // The test stops this process, and then lets it go on.
            std::io::stdin().read_line(&mut String::new()).unwrap();
            let is_saved = store.save(&key(), b"late", &lease, LONG).unwrap();
            store.release(&key(), lease, LONG).unwrap();
            say(u64::from(is_saved));
        }
        "try" => say(u64::from(
            store.lock(&key(), lease, LONG).unwrap().is_some(),
        )),
        // The lease expires at once, so the others wait only for the files.
        "take" => {
            say(0);
            let lease = store.lock(&key(), Duration::ZERO, LONG).unwrap();
            say(lease.unwrap().fence());
        }
        "count" => (0..COUNTS).for_each(|_| count_up(&*store)),
        "rotate" => crate::crash::rotate(&*store, lease, say),
        "work" => crate::fleet::work(&store, &file, say),
        "refresh" => crate::rotation::refresh(&store, &file, say),
        "pace" => crate::pace::call_again_and_again(&store, &file, say),
        #[cfg(feature = "redis")]
        "receive" => crate::burst::receive(&std::env::var(SETTING).unwrap(), &file, say),
        "serve" => crate::merchants::serve(&file, say),
        _ => panic!("no such part"),
    }
}

/// Waits until no other process holds the lease, and locks the key.
pub(crate) fn lock(store: &dyn TokenStore, life: Duration) -> Lease {
    let begun = Instant::now();
    loop {
        if let Some(lease) = store.lock(&key(), life, LONG).unwrap() {
            return lease;
        }
        assert!(begun.elapsed() < LONGEST_WAIT, "the lease blocks");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Adds 1 to the number in the store, under a lease.
fn count_up(store: &dyn TokenStore) {
    let lease = lock(store, LONG);
    let before: u32 = get(store).map_or(0, |bytes| {
        String::from_utf8(bytes).unwrap().parse().unwrap()
    });
    let after = (before + 1).to_string();
    assert!(store.save(&key(), after.as_bytes(), &lease, LONG).unwrap());
    store.release(&key(), lease, LONG).unwrap();
}

fn check_that_no_write_is_lost(shared: &SharedStore) {
    let store = shared.open();
    let mut others: Vec<_> = (0..3)
        .map(|_| ChildProcess::start("count", shared))
        .collect();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| (0..COUNTS).for_each(|_| count_up(&*store)));
        }
    });
    for other in &mut others {
        assert!(other.child.wait().unwrap().success());
    }
    assert_eq!(get(&*store).unwrap(), (5 * COUNTS).to_string().as_bytes());
}

#[test]
fn no_write_of_several_processes_and_threads_is_lost() {
    check_that_no_write_is_lost(&SharedStore::directory());
}

#[cfg(feature = "redis")]
#[test]
fn no_write_of_several_processes_and_threads_is_lost_in_redis() {
    check_that_no_write_is_lost(&SharedStore::redis(LONG));
}

#[test]
fn the_lease_of_a_killed_process_ends_at_once() {
    let shared = SharedStore::directory();
    let store = shared.open();
    put(&*store, b"before");
    let mut other = ChildProcess::start("hold", &shared);
    other.next_number().unwrap();
    assert!(store.lock(&key(), LONG, LONG).unwrap().is_none());
    other.kill();
    let lease = store.lock(&key(), LONG, LONG).unwrap().unwrap();
    assert!(store.save(&key(), b"after", &lease, LONG).unwrap());
}

#[cfg(feature = "redis")]
#[test]
fn the_lease_of_a_killed_process_expires_in_redis() {
    let shared = SharedStore::redis(Duration::from_secs(1));
    let store = shared.open();
    put(&*store, b"before");
    let begun = Instant::now();
    let mut other = ChildProcess::start("hold", &shared);
    other.next_number().unwrap();
    other.kill();
    let lease = lock(&*store, LONG);
    assert!(begun.elapsed() >= shared.lease);
    assert!(store.save(&key(), b"after", &lease, LONG).unwrap());
    assert_eq!(get(&*store).unwrap(), b"after");
}

/// A process is stopped while it has the lease, for longer than that lasts.
#[cfg(unix)]
fn check_that_a_stopped_holder_writes_nothing(shared: &SharedStore) {
    let store = shared.open();
    put(&*store, b"before");
    let mut holder = ChildProcess::start("save late", shared);
    let fence = holder.next_number().unwrap();
    holder.signal("STOP");
    let next = lock(&*store, LONG);
    assert!(next.fence() > fence);
    holder.signal("CONT");
    holder.tell("go on");
    assert_eq!(holder.next_number(), Some(0), "the late save succeeded");
    // Its release has not ended the lease of the next holder.
    assert!(store.lock(&key(), LONG, LONG).unwrap().is_none());
    assert!(store.save(&key(), b"after", &next, LONG).unwrap());
    assert_eq!(get(&*store).unwrap(), b"after");
}

#[cfg(unix)]
#[test]
fn a_holder_that_was_stopped_beyond_its_lease_writes_nothing() {
    let mut shared = SharedStore::directory();
    shared.lease = Duration::from_millis(500);
    check_that_a_stopped_holder_writes_nothing(&shared);
}

#[cfg(all(unix, feature = "redis"))]
#[test]
fn a_holder_that_was_stopped_beyond_its_lease_writes_nothing_in_redis() {
    let shared = SharedStore::redis(Duration::from_millis(500));
    check_that_a_stopped_holder_writes_nothing(&shared);
}
