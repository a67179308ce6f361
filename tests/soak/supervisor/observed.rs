//! Memory, threads and files of the client's process, from the kernel.

use std::ffi::OsString;
use std::fs;
use std::io;

/// The state of a process at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Observed {
    /// The memory in use, in KiB.
    pub(crate) rss: u64,
    /// The number of threads that are not exiting.
    pub(crate) threads: usize,
    /// The number of open file descriptors.
    pub(crate) files: usize,
}

impl Observed {
    pub(crate) fn read(process: u32) -> io::Result<Self> {
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
            threads: list_threads(process)?.len(),
            files: fs::read_dir(format!("/proc/{process}/fd"))?.count(),
        })
    }

    /// Returns whether the numbers of threads and files are equal.
    pub(crate) fn is_like(self, other: Self) -> bool {
        self.threads == other.threads && self.files == other.files
    }
}

/// Lists the threads of a process by number, without exiting threads. A joined thread may still be
/// listed by the kernel, but it is marked as exiting before the join returns.
fn list_threads(process: u32) -> io::Result<Vec<OsString>> {
    /// `PF_EXITING` in `include/linux/sched.h` of Linux.
    const EXITING: u64 = 4;

    let mut threads = Vec::new();
    for thread in fs::read_dir(format!("/proc/{process}/task"))? {
        let thread = thread?;
        // A thread may have ended since it was listed.
        let Ok(stat) = fs::read_to_string(thread.path().join("stat")) else {
            continue;
        };
        // proc_pid_stat(5): the name is in brackets and may contain any byte. The flags are the
        // seventh field after it.
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

    use super::list_threads;

    fn read_own_number() -> OsString {
        let thread = fs::read_link("/proc/thread-self").unwrap();
        thread.file_name().unwrap().to_owned()
    }

    #[test]
    fn a_thread_counts_until_it_is_joined() {
        assert!(list_threads(id()).unwrap().contains(&read_own_number()));
        for _ in 0..1000 {
            let number = thread::spawn(read_own_number).join().unwrap();
            assert!(!list_threads(id()).unwrap().contains(&number));
        }
    }
}
