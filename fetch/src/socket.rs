//! A connection that waits until the end of its fetch.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::clock::End;

/// A connection to an address.
#[derive(Debug)]
pub(crate) struct Socket {
    stream: TcpStream,
    end: End,
}

impl Socket {
    /// Connects. The error is [`TimedOut`](ErrorKind::TimedOut) if the end comes first.
    pub(crate) fn connect(address: SocketAddr, end: End) -> io::Result<Self> {
        let left = end.left().ok_or(ErrorKind::TimedOut)?;
        let stream = TcpStream::connect_timeout(&address, left)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, end })
    }

    /// Returns the address of this machine from which it is connected.
    pub(crate) fn local_address(&self) -> io::Result<SocketAddr> {
        self.stream.local_addr()
    }

    /// Repeats `attempt` until it succeeds or fails, or the end has come.
    fn wait(
        &mut self,
        mut attempt: impl FnMut(&mut TcpStream) -> io::Result<usize>,
    ) -> io::Result<usize> {
        loop {
            let wait = self.end.next_wait().ok_or(ErrorKind::TimedOut)?;
            self.stream.set_read_timeout(Some(wait))?;
            self.stream.set_write_timeout(Some(wait))?;
            match attempt(&mut self.stream) {
                Err(error) if is_without_result(&error) => {}
                result => return result,
            }
        }
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.wait(|stream| stream.read(buffer))
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.wait(|stream| stream.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether a wait has ended without a result, by its timeout or by a signal.
fn is_without_result(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
    )
}
