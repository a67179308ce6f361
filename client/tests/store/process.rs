//! Processes of their own: this test program, started again to play a part.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use jumpqr::store::{DirectoryStore, TokenStore};

use crate::{LONG, directory, get, key, put};

/// Names the part, and the store's folder.
const PART: &str = "JUMPQR_TEST_PART";
const FOLDER: &str = "JUMPQR_TEST_FOLDER";

/// How often each process counts up.
const COUNTS: u32 = 40;

/// Another process, killed at the end; what it prints is read line by line.
pub(crate) struct Other {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Other {
    pub(crate) fn start(part: &str, folder: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "process::plays_its_part", "--ignored"])
            .args(["--nocapture", "--test-threads=1"])
            .env(PART, part)
            .env(FOLDER, folder)
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
    let folder = PathBuf::from(std::env::var_os(FOLDER).unwrap());
    let store = DirectoryStore::open(&folder).unwrap();
    match part.as_str() {
        "hold" => {
            let _lease = store.lock(&key(), LONG).unwrap().unwrap();
            println!("says 1");
            std::thread::sleep(LONG);
        }
        "count" => (0..COUNTS).for_each(|_| count_up(&store)),
        "rotate" => crate::crash::rotate(&store, |saved| println!("says {saved}")),
        "work" => crate::fleet::work(store, &folder, |number| println!("says {number}")),
        _ => panic!("no such part"),
    }
}

/// Adds 1 to the number in the store, as soon as nobody else does.
fn count_up(store: &dyn TokenStore) {
    let lease = loop {
        match store.lock(&key(), LONG).unwrap() {
            Some(lease) => break lease,
            None => std::thread::sleep(Duration::from_millis(1)),
        }
    };
    let before: u32 = get(store).map_or(0, |bytes| {
        String::from_utf8(bytes).unwrap().parse().unwrap()
    });
    let after = (before + 1).to_string();
    assert!(store.save(&key(), after.as_bytes(), &lease).unwrap());
    store.release(&key(), lease).unwrap();
}

#[test]
fn processes_and_threads_take_turns_and_no_write_is_lost() {
    let (folder, store) = directory();
    let path = folder.path().join("tokens");
    let mut others: Vec<_> = (0..3).map(|_| Other::start("count", &path)).collect();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| (0..COUNTS).for_each(|_| count_up(&store)));
        }
    });
    for other in &mut others {
        assert!(other.child.wait().unwrap().success());
    }
    assert_eq!(get(&store).unwrap(), (5 * COUNTS).to_string().as_bytes());
}

#[test]
fn a_holder_that_dies_is_outlived_at_once_however_long_its_lease() {
    let (folder, store) = directory();
    put(&store, b"before");
    let mut other = Other::start("hold", &folder.path().join("tokens"));
    other.says().unwrap();
    assert!(store.lock(&key(), LONG).unwrap().is_none());
    other.kill();
    let lease = store.lock(&key(), LONG).unwrap().unwrap();
    assert!(store.save(&key(), b"after", &lease).unwrap());
}
