//! What the kernel says of the client's process.

use std::fs;
use std::io;

/// A moment of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Observed {
    /// The memory in use, in KiB.
    pub(crate) rss: u64,
    pub(crate) threads: u64,
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
            threads: number("Threads:")?,
            files: fs::read_dir(format!("/proc/{process}/fd"))?.count(),
        })
    }

    /// Whether it has neither more nor fewer threads and files.
    pub(crate) fn is_like(self, other: Self) -> bool {
        self.threads == other.threads && self.files == other.files
    }
}
