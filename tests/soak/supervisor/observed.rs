//! What the kernel says of the client's process.

use std::ffi::OsString;
use std::fs;
use std::io;

/// A moment of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Observed {
    /// The memory in use, in KiB.
    pub(crate) rss: u64,
    /// Threads that are not about to end.
    pub(crate) threads: usize,
    /// Open file descriptors.
    pub(crate) files: usize,
}

impl Observed {
    pub(crate) fn of(process: u32) -> io::Result<Self> {
        let status = fs::read_to_string(format!("/proc/{process}/status"))?;
        let number = |name: &str| {
            status
                .lines()
                .find_map(|line| line.strip_prefix(name))
                .and_then(|rest| rest.split_whitespace().next())
                .and_then(|number| number.parse().ok())
                .ok_or_else(|| io::Error::other(format!("the process has no {name}")))
        };
        Ok(Self {
            rss: number("VmRSS:")?,
            threads: threads(process)?.len(),
            files: fs::read_dir(format!("/proc/{process}/fd"))?.count(),
        })
    }

    /// Whether it has neither more nor fewer threads and files.
    pub(crate) fn is_like(self, other: Self) -> bool {
        self.threads == other.threads && self.files == other.files
    }
}

/// The threads of a process, by number. One that was joined may be there still, and is left out: the kernel wakes who waits for
/// it before it takes it away, but after it has marked it.
fn threads(process: u32) -> io::Result<Vec<OsString>> {
    /// The mark, `PF_EXITING` in Linux' `include/linux/sched.h`.
    const EXITING: u64 = 4;

    let mut threads = Vec::new();
    for thread in fs::read_dir(format!("/proc/{process}/task"))? {
        let thread = thread?;
        // One that has gone since cannot be read any more.
        let Ok(stat) = fs::read_to_string(thread.path().join("stat")) else {
            continue;
        };
        // proc_pid_stat(5): the name is in brackets and may hold any byte; the flags are the seventh field after it.
        let flags: u64 = stat
            .rsplit_once(')')
            .and_then(|(_, fields)| fields.split_whitespace().nth(6))
            .and_then(|flags| flags.parse().ok())
            .ok_or_else(|| io::Error::other("the thread has no flags"))?;
        if flags & EXITING == 0 {
            threads.push(thread.file_name());
        }
    }
    Ok(threads)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::fs;
    use std::process::id;
    use std::thread;

    use super::threads;

    fn own_number() -> OsString {
        let thread = fs::read_link("/proc/thread-self").unwrap();
        thread.file_name().unwrap().to_owned()
    }

    #[test]
    fn a_thread_counts_until_it_is_joined() {
        assert!(threads(id()).unwrap().contains(&own_number()));
        for _ in 0..1000 {
            let number = thread::spawn(own_number).join().unwrap();
            assert!(!threads(id()).unwrap().contains(&number));
        }
    }
}
