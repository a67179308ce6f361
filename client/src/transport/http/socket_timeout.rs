use std::io;
use std::net::TcpStream;
use std::time::Duration;

/// By how much a wait may be longer than asked for, so that a timeout need not be set anew.
const SLACK: Duration = Duration::from_millis(20);

/// How long one direction of a socket waits, as it was last set: setting it costs as much as sending.
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

    /// Sees to it that the socket waits for about `wanted`: for less, where the caller can wait again, but not for less than half,
    /// and hardly for more.
    pub(super) fn set(&mut self, stream: &TcpStream, wanted: Duration) -> io::Result<()> {
        let near_enough = wanted / 2..=wanted + SLACK;
        if self.set.is_none_or(|set| !near_enough.contains(&set)) {
            (self.setter)(stream, Some(wanted))?;
            self.set = Some(wanted);
        }
        Ok(())
    }
}
