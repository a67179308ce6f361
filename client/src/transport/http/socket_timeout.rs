//! The timeout of a socket, which is set only when it must change.

use std::io;
use std::net::TcpStream;
use std::time::Duration;

/// How much longer than wanted a timeout may be, so that it need not be set again.
const SLACK: Duration = Duration::from_millis(20);

/// The timeout of one direction of a socket, as it was last set. Setting it costs as much as
/// sending.
#[derive(Debug)]
pub(super) struct SocketTimeout {
    set: Option<Duration>,
    setter: fn(&TcpStream, Option<Duration>) -> io::Result<()>,
}

impl SocketTimeout {
    pub(super) const READ: Self = Self {
        set: None,
        setter: TcpStream::set_read_timeout,
    };

    pub(super) const WRITE: Self = Self {
        set: None,
        setter: TcpStream::set_write_timeout,
    };

    /// Calls setsockopt only if the current timeout is outside `wanted / 2 ..= wanted + 20 ms`.
    /// Callers loop, so waking too early is harmless.
    pub(super) fn set(&mut self, stream: &TcpStream, wanted: Duration) -> io::Result<()> {
        let near_enough = wanted / 2..=wanted + SLACK;
        if self.set.is_none_or(|set| !near_enough.contains(&set)) {
            (self.setter)(stream, Some(wanted))?;
            self.set = Some(wanted);
        }
        Ok(())
    }
}
