//! What the standard library cannot do with a socket: connect with a way to cancel, and send and
//! receive without waiting.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::Instant;
#[cfg(unix)]
use std::{
    os::fd::{AsFd, BorrowedFd},
    sync::atomic::{AtomicBool, Ordering},
};

#[cfg(unix)]
use super::deadline::{is_cancelled, next_wait};

/// Connects until `deadline`. Fails with [`TimedOut`](io::ErrorKind::TimedOut) after it, and with
/// [`Interrupted`](io::ErrorKind::Interrupted) if the call is cancelled.
#[cfg(unix)]
pub(super) fn connect(address: SocketAddr, deadline: Instant) -> io::Result<TcpStream> {
    use rustix::io::Errno;
    use socket2::{Domain, Protocol, Socket, Type};

    let domain = Domain::for_address(address);
    let socket = Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
    socket.set_nonblocking(true)?;
    if let Err(error) = socket.connect(&address.into()) {
        let pending = [Errno::INPROGRESS, Errno::INTR].map(|errno| Some(errno.raw_os_error()));
        if !pending.contains(&error.raw_os_error()) {
            return Err(error);
        }
        wait_until_connected(&socket, deadline)?;
        if let Some(error) = socket.take_error()? {
            return Err(error);
        }
    }
    socket.set_nonblocking(false)?;
    Ok(socket.into())
}

#[cfg(unix)]
fn wait_until_connected(socket: &socket2::Socket, deadline: Instant) -> io::Result<()> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::Errno;

    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let wait = Timespec::try_from(next_wait(left)).map_err(io::Error::other)?;
        match poll(&mut [PollFd::new(socket, PollFlags::OUT)], Some(&wait)) {
            Ok(1..) => return Ok(()),
            Ok(0) | Err(Errno::INTR) if is_cancelled() => {
                return Err(io::ErrorKind::Interrupted.into());
            }
            Ok(0) | Err(Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
}

/// Connects until `deadline`, on systems where a wait for a connection cannot be interrupted.
#[cfg(not(unix))]
pub(super) fn connect(address: SocketAddr, deadline: Instant) -> io::Result<TcpStream> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(io::ErrorKind::TimedOut.into());
    }
    TcpStream::connect_timeout(&address, left)
}

/// A connected socket. ureq's transports do not give theirs away, so the transport that uses it
/// shares it.
#[derive(Debug)]
pub(super) struct Socket {
    pub(super) stream: TcpStream,
    #[cfg(unix)]
    is_waiting: AtomicBool,
}

impl Socket {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            #[cfg(unix)]
            is_waiting: AtomicBool::new(true),
        }
    }
}

#[cfg(unix)]
impl Socket {
    /// Returns whether nothing arrived: no byte, no end and no error.
    pub(super) fn is_silent(&self) -> bool {
        use rustix::io::Errno;
        use rustix::net::{RecvFlags, recv};

        let flags = RecvFlags::PEEK | RecvFlags::DONTWAIT;
        matches!(recv(&self.stream, &mut [0][..], flags), Err(Errno::AGAIN))
    }

    /// Sets whether its transport waits.
    pub(super) fn set_waiting(&self, is_waiting: bool) {
        self.is_waiting.store(is_waiting, Ordering::Relaxed);
    }

    /// Returns whether its transport waits.
    pub(super) fn is_waiting(&self) -> bool {
        self.is_waiting.load(Ordering::Relaxed)
    }

    /// Receives what has arrived. Fails with [`WouldBlock`](io::ErrorKind::WouldBlock) if nothing
    /// has.
    pub(super) fn receive_without_waiting(&self, input: &mut [u8]) -> io::Result<usize> {
        use rustix::net::{RecvFlags, recv};

        let (amount, _) = recv(&self.stream, input, RecvFlags::DONTWAIT)?;
        Ok(amount)
    }

    /// Sends all bytes at once, or fails. The failure is never
    /// [`WouldBlock`](io::ErrorKind::WouldBlock), because some bytes may have been sent.
    pub(super) fn send_without_waiting(&self, output: &[u8]) -> io::Result<()> {
        use rustix::io::Errno;
        use rustix::net::{SendFlags, send};

        let flags = SendFlags::DONTWAIT;
        // On Apple's systems, the socket itself is set to raise no signal.
        #[cfg(not(target_vendor = "apple"))]
        let flags = flags | SendFlags::NOSIGNAL;
        match send(&self.stream, output, flags) {
            Ok(amount) if amount == output.len() => Ok(()),
            Ok(_) | Err(Errno::AGAIN) => Err(io::ErrorKind::WriteZero.into()),
            Err(errno) => Err(errno.into()),
        }
    }

    pub(super) fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

#[cfg(not(unix))]
impl Socket {
    /// Returns whether nothing arrived, on systems where only a whole socket can be set not to
    /// wait.
    pub(super) fn is_silent(&self) -> bool {
        let peeked = self
            .stream
            .set_nonblocking(true)
            .and_then(|()| self.stream.peek(&mut [0]));
        let is_silent = peeked.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock);
        is_silent && self.stream.set_nonblocking(false).is_ok()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::io;
    use std::net::{SocketAddr, TcpListener, TcpStream};
    use std::time::{Duration, Instant};

    use socket2::{Domain, Socket, Type};

    use super::super::deadline::with_deadline;
    use super::connect;
    use crate::cancel::Cancel;

    /// An address that neither accepts nor refuses: its queue of connections is full.
    pub(in super::super) struct SilentAddress {
        listener: Socket,
        _queue: Vec<TcpStream>,
    }

    impl SilentAddress {
        pub(in super::super) fn new() -> Self {
            let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
            listener.bind(&any.into()).unwrap();
            listener.listen(0).unwrap();
            let address = listener.local_addr().unwrap().as_socket().unwrap();
            let soon = Duration::from_millis(20);
            let mut queue = Vec::new();
            let mut silent = 0;
            // A single timeout may come from a busy machine.
            while silent < 5 {
                match TcpStream::connect_timeout(&address, soon) {
                    Ok(stream) => queue.push(stream),
                    Err(_) => silent += 1,
                }
            }
            Self {
                _queue: queue,
                listener,
            }
        }

        pub(in super::super) fn address(&self) -> SocketAddr {
            self.listener.local_addr().unwrap().as_socket().unwrap()
        }
    }

    #[test]
    fn a_cancelled_call_waits_for_no_connection() {
        let silent = SilentAddress::new();
        let hour = Duration::from_secs(3600);
        let end = Instant::now() + hour;
        let error = with_deadline(end, &Cancel::with_check(|| true), || {
            connect(silent.address(), end)
        });
        assert_eq!(error.unwrap_err().kind(), io::ErrorKind::Interrupted);
    }

    #[test]
    fn connecting_ends_at_the_deadline() {
        let silent = SilentAddress::new();
        let soon = Instant::now() + Duration::from_millis(30);
        let error = connect(silent.address(), soon).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[cfg(unix)]
    #[test]
    fn bytes_that_cannot_be_sent_at_once_are_an_error() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let socket = super::Socket::new(stream);
        // Some bytes are sent of the first ones, and none of the next.
        for _ in 0..2 {
            let error = socket
                .send_without_waiting(&vec![0; 100_000_000])
                .unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::WriteZero);
        }
    }
}
