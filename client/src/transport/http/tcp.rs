//! TCP for ureq, with one send and two receives for each request on a reused connection.
//!
//! ureq's own transport sets a timeout before every wait. It also checks the socket both when a
//! connection returns to the pool and when it leaves it, each time with four system calls.
//!
//! ureq's timeouts are not used. A wait ends at the request's [`deadline`](super::deadline), or
//! after the read timeout.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, Transport,
};
use ureq::{Error, Timeout};

use super::deadline::{self, deadline, is_cancelled, next_wait};
use super::failure;
use super::socket::{Socket, connect};
use super::socket_timeout::SocketTimeout;
use super::socks::{is_socks, tunnel};

/// Opens a socket, through a SOCKS proxy if there is one, and sets its field to it. With an HTTP
/// proxy, the connection through it exists already, and is passed on.
#[derive(Debug)]
pub(super) struct TcpConnector(pub(super) Arc<OnceLock<Arc<Socket>>>);

impl<In: Transport> Connector<In> for TcpConnector {
    type Out = Either<In, TcpTransport>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        if let Some(connected) = chained {
            return Ok(Some(Either::A(connected)));
        }
        let proxy = details.config.proxy();
        let transport = match proxy.filter(|proxy| is_socks(proxy)) {
            None => self.open(&details.addrs, details)?,
            Some(proxy) => {
                let addresses =
                    details
                        .resolver
                        .resolve(proxy.uri(), details.config, details.timeout)?;
                tunnel(self.open(&addresses, details)?, proxy, details)?
            }
        };
        Ok(Some(Either::B(transport)))
    }
}

impl TcpConnector {
    fn open(
        &self,
        addresses: &[SocketAddr],
        details: &ConnectionDetails<'_>,
    ) -> Result<TcpTransport, Error> {
        let stream = connect_to_any(addresses)?;
        stream.set_nodelay(details.config.no_delay())?;
        let socket = self.0.get_or_init(|| Arc::new(Socket::new(stream)));
        let buffers = LazyBuffers::new(
            details.config.input_buffer_size(),
            details.config.output_buffer_size(),
        );
        let timeout = details.config.timeout_per_read().unwrap_or(Duration::MAX);
        Ok(TcpTransport::new(Arc::clone(socket), buffers, timeout))
    }
}

/// Connects to the first address that accepts. Each has half of the time that is left; the last one
/// has all of it.
fn connect_to_any(addresses: &[SocketAddr]) -> Result<TcpStream, Error> {
    let end = deadline();
    let mut last_error = io::ErrorKind::AddrNotAvailable.into();
    for (index, address) in addresses.iter().enumerate() {
        let now = Instant::now();
        let is_last = index + 1 == addresses.len();
        let left = end.saturating_duration_since(now);
        let until = if is_last { end } else { now + left / 2 };
        match connect(*address, until) {
            Ok(stream) => return Ok(stream),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                return Err(failure::cancel_error(true));
            }
            Err(error) => last_error = error,
        }
    }
    Err(match last_error.kind() {
        io::ErrorKind::TimedOut => Error::Timeout(Timeout::Connect),
        _ => last_error.into(),
    })
}

/// A connection. Whether it waits is decided by its socket.
#[derive(Debug)]
pub(super) struct TcpTransport {
    socket: Arc<Socket>,
    buffers: LazyBuffers,
    /// The timeout of each wait.
    timeout: Duration,
    read_timeout: SocketTimeout,
    write_timeout: SocketTimeout,
}

impl TcpTransport {
    pub(super) fn new(socket: Arc<Socket>, buffers: LazyBuffers, timeout: Duration) -> Self {
        Self {
            socket,
            buffers,
            timeout,
            read_timeout: SocketTimeout::READ,
            write_timeout: SocketTimeout::WRITE,
        }
    }
}

impl Transport for TcpTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), Error> {
        let mut rest = self.buffers.output().get(..amount).unwrap_or_default();
        #[cfg(unix)]
        if !self.socket.is_waiting() {
            return Ok(self.socket.send_without_waiting(rest)?);
        }
        let mut stream = &self.socket.stream;
        while !rest.is_empty() {
            let sent = wait((self.timeout, Timeout::PerWrite), |left| {
                self.write_timeout.set(stream, left)?;
                stream.write(rest)
            })?;
            if sent == 0 {
                return Err(io::Error::from(io::ErrorKind::WriteZero).into());
            }
            rest = rest.get(sent..).unwrap_or_default();
        }
        Ok(())
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, Error> {
        let input = self.buffers.input_append_buf();
        #[cfg(unix)]
        if !self.socket.is_waiting() {
            let amount = self.socket.receive_without_waiting(input)?;
            self.buffers.input_appended(amount);
            return Ok(amount > 0);
        }
        let mut stream = &self.socket.stream;
        let amount = wait((self.timeout, Timeout::PerRead), |left| {
            self.read_timeout.set(stream, left)?;
            stream.read(input)
        })?;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    /// Returns whether nothing is left of the last response. [`pool`](super::pool) checks the
    /// socket.
    fn is_open(&mut self) -> bool {
        self.buffers.input().is_empty()
    }
}

/// Repeats `attempt`, which is given the time it may wait, until it succeeds or fails, the timeout
/// or the request is over, or the call is cancelled.
fn wait(
    (timeout, reason): (Duration, Timeout),
    mut attempt: impl FnMut(Duration) -> io::Result<usize>,
) -> Result<usize, Error> {
    let mut now = Instant::now();
    let deadline = deadline();
    let end = deadline.min(deadline::add(now, timeout));
    loop {
        let left = end.saturating_duration_since(now);
        if left.is_zero() {
            let is_request_over = end == deadline;
            return Err(Error::Timeout(if is_request_over {
                Timeout::Global
            } else {
                reason
            }));
        }
        match attempt(next_wait(left)) {
            Err(error) if is_without_result(&error) => {}
            result => return Ok(result?),
        }
        if is_cancelled() {
            return Err(failure::cancel_error(true));
        }
        now = Instant::now();
    }
}

/// Returns whether a wait ended without a result, by its timeout or by a signal.
fn is_without_result(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted
    )
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::net::TcpListener;
    use std::time::{Duration, Instant};

    use ureq::{Error, Timeout};

    use super::super::deadline::with_deadline;
    use super::super::failure::is_cancelled;
    use super::super::socket::tests::SilentAddress;
    use super::{connect_to_any, wait};
    use crate::cancel::Cancel;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn an_address_that_refuses_or_is_silent_is_skipped() {
        let silent = SilentAddress::new();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let refusing = "127.0.0.1:1".parse().unwrap();
        let addresses = [refusing, silent.address(), address];
        let end = Instant::now() + Duration::from_secs(1);
        let stream = with_deadline(end, &Cancel::default(), || connect_to_any(&addresses));
        assert_eq!(stream.unwrap().peer_addr().unwrap(), address);
    }

    #[test]
    fn if_all_addresses_fail_the_last_failure_is_returned() {
        let refusing = "127.0.0.1:1".parse().unwrap();
        let silent = SilentAddress::new();
        let connect = |addresses: &[_], timeout| {
            with_deadline(Instant::now() + timeout, &Cancel::default(), || {
                connect_to_any(addresses).unwrap_err()
            })
        };
        let error = connect(&[refusing, refusing], HOUR);
        assert!(
            matches!(&error, Error::Io(io) if io.kind() == io::ErrorKind::ConnectionRefused),
            "{error:?}"
        );
        let error = connect(&[refusing, silent.address()], Duration::from_millis(50));
        assert!(
            matches!(error, Error::Timeout(Timeout::Connect)),
            "{error:?}"
        );
    }

    #[test]
    fn a_wait_goes_on_after_a_signal() {
        let mut interruptions = 3;
        let amount = with_deadline(Instant::now() + HOUR, &Cancel::default(), || {
            wait((HOUR, Timeout::PerRead), |_| {
                if interruptions == 0 {
                    return Ok(7);
                }
                interruptions -= 1;
                Err(io::ErrorKind::Interrupted.into())
            })
        });
        assert_eq!(amount.unwrap(), 7);
    }

    #[test]
    fn a_wait_ends_after_a_signal_if_the_call_is_cancelled() {
        let error = with_deadline(Instant::now() + HOUR, &Cancel::with_check(|| true), || {
            wait((HOUR, Timeout::PerRead), |_| {
                Err(io::ErrorKind::Interrupted.into())
            })
        });
        assert!(is_cancelled(&error.unwrap_err()));
    }

    #[test]
    fn a_wait_without_result_ends_at_the_earlier_deadline() {
        let soon = Duration::from_millis(30);
        for (deadline, timeout, reason) in [
            (HOUR, soon, Timeout::PerRead),
            (soon, HOUR, Timeout::Global),
        ] {
            let error = with_deadline(Instant::now() + deadline, &Cancel::default(), || {
                wait((timeout, Timeout::PerRead), |left| {
                    std::thread::sleep(left / 2);
                    Err(io::ErrorKind::WouldBlock.into())
                })
            });
            let error = error.unwrap_err();
            assert!(
                matches!(error, Error::Timeout(found) if found == reason),
                "{error:?}"
            );
        }
    }
}
