//! Processes of their own: this test program, started again to play a part.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use jumpqr::store::{self, Lease, TokenStore};

use crate::place::Place;
use crate::{LONG, get, key, put};

/// Names the part; the store's setting, the file that is shared besides, and how long to lock a key, in ms.
const PART: &str = "JUMPQR_TEST_PART";
const SETTING: &str = "JUMPQR_TEST_SETTING";
const FILE: &str = "JUMPQR_TEST_FILE";
const LEASE: &str = "JUMPQR_TEST_LEASE";

/// How often each process counts up.
const COUNTS: u32 = 40;

/// Longer than anybody ever waits for a lease, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(60);

/// Another process, killed at the end; what it prints is read line by line.
pub(crate) struct Other {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Other {
    pub(crate) fn start(part: &str, place: &Place) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "process::plays_its_part", "--ignored"])
            .args(["--nocapture", "--test-threads=1"])
            .env(PART, part)
            .env(SETTING, &place.setting)
            .env(FILE, place.shared_file())
            .env(LEASE, place.lease.as_millis().to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    /// The next number that it says; `None` at its end.
    pub(crate) fn says(&mut self) -> Option<u64> {
        let mut line = String::new();
        while self.lines.read_line(&mut line).unwrap() > 0 {
            if let Some((_, said)) = line.split_once("says ") {
                return Some(said.trim().parse().unwrap());
            }
            line.clear();
        }
        None
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
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
    let say = |number: u64| println!("says {number}");
    match part.as_str() {
        "hold" => {
            let _lease = store.lock(&key(), lease, LONG).unwrap().unwrap();
            say(1);
            std::thread::sleep(LONG);
        }
        #[cfg(unix)]
        "hold files" => crate::lock::hold_files(&file, say),
        "try" => say(u64::from(
            store.lock(&key(), lease, LONG).unwrap().is_some(),
        )),
        // A lease that is over at once, so that nobody waits but for the files.
        "take" => {
            say(0);
            let lease = store.lock(&key(), Duration::ZERO, LONG).unwrap();
            say(lease.unwrap().fence());
        }
        "count" => (0..COUNTS).for_each(|_| count_up(&*store)),
        "rotate" => crate::crash::rotate(&*store, lease, say),
        "work" => crate::fleet::work(&store, &file, say),
        "refresh" => crate::rotation::refresh(&store, &file, say),
        "serve" => crate::merchants::serve(&file, say),
        _ => panic!("no such part"),
    }
}

/// The lease, as soon as nobody else holds one.
pub(crate) fn lock(store: &dyn TokenStore, life: Duration) -> Lease {
    let begun = Instant::now();
    loop {
        if let Some(lease) = store.lock(&key(), life, LONG).unwrap() {
            return lease;
        }
        assert!(begun.elapsed() < PATIENCE, "the lease blocks");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Adds 1 to the number in the store, as soon as nobody else does.
fn count_up(store: &dyn TokenStore) {
    let lease = lock(store, LONG);
    let before: u32 = get(store).map_or(0, |bytes| {
        String::from_utf8(bytes).unwrap().parse().unwrap()
    });
    let after = (before + 1).to_string();
    assert!(store.save(&key(), after.as_bytes(), &lease, LONG).unwrap());
    store.release(&key(), lease, LONG).unwrap();
}

fn no_write_is_lost(place: &Place) {
    let store = place.open();
    let mut others: Vec<_> = (0..3).map(|_| Other::start("count", place)).collect();
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
fn processes_and_threads_take_turns_and_no_write_is_lost() {
    no_write_is_lost(&Place::directory());
}

#[cfg(feature = "redis")]
#[test]
fn processes_and_threads_take_turns_in_redis_too() {
    no_write_is_lost(&Place::redis(LONG));
}

#[test]
fn a_holder_that_dies_is_outlived_at_once_however_long_its_lease() {
    let place = Place::directory();
    let store = place.open();
    put(&*store, b"before");
    let mut other = Other::start("hold", &place);
    other.says().unwrap();
    assert!(store.lock(&key(), LONG, LONG).unwrap().is_none());
    other.kill();
    let lease = store.lock(&key(), LONG, LONG).unwrap().unwrap();
    assert!(store.save(&key(), b"after", &lease, LONG).unwrap());
}

#[cfg(feature = "redis")]
#[test]
fn a_holder_that_dies_is_outlived_in_redis_when_its_lease_is_over() {
    let place = Place::redis(Duration::from_secs(1));
    let store = place.open();
    put(&*store, b"before");
    let begun = Instant::now();
    let mut other = Other::start("hold", &place);
    other.says().unwrap();
    other.kill();
    let lease = lock(&*store, LONG);
    assert!(begun.elapsed() >= place.lease);
    assert!(store.save(&key(), b"after", &lease, LONG).unwrap());
    assert_eq!(get(&*store).unwrap(), b"after");
}
