//! TCP for ureq, at the cost of one send and two receives a request on a kept connection.
//!
//! ureq's own writes head and body apart, looks into the socket both when a connection is put back and when it is taken out,
//! each time with four calls of the system, and sets a timeout for every wait.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, NextTimeout, Transport,
};
use ureq::{Error, Timeout};

use super::failure;
use super::held_buffers::HeldBuffers;
use super::interruption::{caller_has_given_up, next_wait};
use super::socket::{connect, is_silent};
use super::socket_timeout::SocketTimeout;

/// Longer than any call.
const FOR_EVER: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Opens a socket, unless there is a connection already, through a proxy.
#[derive(Debug)]
pub(super) struct TcpConnector;

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
        let stream = connect_to_one(&details.addrs, details.timeout)?;
        stream.set_nodelay(details.config.no_delay())?;
        Ok(Some(Either::B(TcpTransport {
            stream,
            buffers: HeldBuffers::new(
                details.config.input_buffer_size(),
                details.config.output_buffer_size(),
            ),
            read_timeout: SocketTimeout::READ,
            write_timeout: SocketTimeout::WRITE,
            was_kept: false,
            in_use: true,
        })))
    }
}

/// Connects to the first address that answers. Each has half of the time that is left, and the last one all of it.
fn connect_to_one(addresses: &[SocketAddr], timeout: NextTimeout) -> Result<TcpStream, Error> {
    let deadline = Instant::now() + (*timeout.after).min(FOR_EVER);
    let mut last_error = io::ErrorKind::AddrNotAvailable.into();
    for (index, address) in addresses.iter().enumerate() {
        let now = Instant::now();
        let is_last = index + 1 == addresses.len();
        let left = deadline.saturating_duration_since(now);
        let until = if is_last { deadline } else { now + left / 2 };
        match connect(*address, until) {
            Ok(stream) => return Ok(stream),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                return Err(failure::given_up());
            }
            Err(error) => last_error = error,
        }
    }
    Err(match last_error.kind() {
        io::ErrorKind::TimedOut => Error::Timeout(timeout.reason),
        _ => last_error.into(),
    })
}

/// A connection.
#[derive(Debug)]
pub(super) struct TcpTransport {
    stream: TcpStream,
    buffers: HeldBuffers,
    read_timeout: SocketTimeout,
    write_timeout: SocketTimeout,
    /// Whether it has been put back for another request. From then on it carries nothing but requests and their answers, so
    /// what goes out may wait until an answer is waited for. Before, it may be the end of a handshake, which nothing answers.
    was_kept: bool,
    /// Whether it has been used since it was last put back.
    in_use: bool,
}

impl Transport for TcpTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let has_room = self.buffers.hold(amount);
        if self.was_kept && has_room {
            return Ok(());
        }
        self.send_held(&Patience::new(timeout))
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let patience = Patience::new(timeout);
        self.send_held(&patience)?;
        let input = self.buffers.input_append_buf();
        let socket_timeout = &mut self.read_timeout;
        let (limit, reason) = (timeout.per_read, Timeout::PerRead);
        let amount = patience.wait(limit.map(|limit| (*limit, reason)), |wait| {
            socket_timeout.set(&self.stream, wait)?;
            (&self.stream).read(input)
        })?;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    /// ureq asks when the connection is put back and when it is taken out again. The first time only what is at hand is looked
    /// at: whatever comes until it is taken out is found then.
    fn is_open(&mut self) -> bool {
        if !self.buffers.are_empty() {
            return false;
        }
        if self.in_use {
            self.in_use = false;
            self.was_kept = true;
            return true;
        }
        self.in_use = true;
        is_silent(&self.stream)
    }
}

impl TcpTransport {
    fn send_held(&mut self, patience: &Patience) -> Result<(), Error> {
        let mut rest = self.buffers.take_held();
        let socket_timeout = &mut self.write_timeout;
        let (limit, reason) = (patience.timeout.per_write, Timeout::PerWrite);
        while !rest.is_empty() {
            let sent = patience.wait(limit.map(|limit| (*limit, reason)), |wait| {
                socket_timeout.set(&self.stream, wait)?;
                (&self.stream).write(rest)
            })?;
            if sent == 0 {
                return Err(io::Error::from(io::ErrorKind::WriteZero).into());
            }
            rest = rest.get(sent..).unwrap_or_default();
        }
        Ok(())
    }
}

/// How long may be waited for a socket altogether.
struct Patience {
    timeout: NextTimeout,
    deadline: Instant,
}

impl Patience {
    fn new(timeout: NextTimeout) -> Self {
        Self {
            timeout,
            deadline: Instant::now() + (*timeout.after).min(FOR_EVER),
        }
    }

    /// Does what may wait, and is told how long it may; as often as it waits in vain, until the deadline, the limit for this
    /// one wait, or the caller's giving up.
    fn wait(
        &self,
        limit: Option<(Duration, Timeout)>,
        mut once: impl FnMut(Duration) -> io::Result<usize>,
    ) -> Result<usize, Error> {
        let mut now = Instant::now();
        let (until, reason) = limit
            .map(|(limit, reason)| (now + limit.min(FOR_EVER), reason))
            .filter(|(until, _)| *until < self.deadline)
            .unwrap_or((self.deadline, self.timeout.reason));
        loop {
            let left = until.saturating_duration_since(now);
            if left.is_zero() {
                return Err(Error::Timeout(reason));
            }
            match once(next_wait(left)) {
                Err(error) if is_in_vain(&error) => {}
                done => return Ok(done?),
            }
            if caller_has_given_up() {
                return Err(failure::given_up());
            }
            now = Instant::now();
        }
    }
}

/// Whether a wait ended without anything, because its time was over or a signal came.
fn is_in_vain(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted
    )
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::net::TcpListener;
    use std::time::Duration;

    use ureq::unversioned::transport::NextTimeout;
    use ureq::{Error, Timeout};

    use super::super::failure::is_given_up;
    use super::super::interruption::sending_for;
    use super::super::socket::tests::SilentAddress;
    use super::{Patience, connect_to_one};
    use crate::given_up::GivenUp;

    fn ten_seconds() -> NextTimeout {
        NextTimeout {
            after: Duration::from_secs(10).into(),
            reason: Timeout::Connect,
            ..NextTimeout::default()
        }
    }

    #[test]
    fn an_address_that_refuses_or_is_silent_is_passed_over() {
        let silent = SilentAddress::new();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let refusing = "127.0.0.1:1".parse().unwrap();
        let timeout = NextTimeout {
            after: Duration::from_secs(1).into(),
            ..ten_seconds()
        };
        let stream = connect_to_one(&[refusing, silent.address(), address], timeout).unwrap();
        assert_eq!(stream.peer_addr().unwrap(), address);
    }

    #[test]
    fn of_addresses_that_all_fail_the_last_failure_is_told() {
        let refusing = "127.0.0.1:1".parse().unwrap();
        let error = connect_to_one(&[refusing, refusing], ten_seconds()).unwrap_err();
        assert!(
            matches!(&error, Error::Io(io) if io.kind() == io::ErrorKind::ConnectionRefused),
            "{error:?}"
        );
        let silent = SilentAddress::new();
        let timeout = NextTimeout {
            after: Duration::from_millis(50).into(),
            ..ten_seconds()
        };
        let error = connect_to_one(&[refusing, silent.address()], timeout).unwrap_err();
        assert!(
            matches!(error, Error::Timeout(Timeout::Connect)),
            "{error:?}"
        );
    }

    #[test]
    fn a_wait_that_a_signal_interrupts_goes_on() {
        let mut interruptions = 3;
        let amount = Patience::new(ten_seconds()).wait(None, |_| {
            if interruptions == 0 {
                return Ok(7);
            }
            interruptions -= 1;
            Err(io::ErrorKind::Interrupted.into())
        });
        assert_eq!(amount.unwrap(), 7);
    }

    #[test]
    fn a_wait_that_a_signal_interrupts_ends_where_the_caller_gives_up() {
        let caller = GivenUp::with_check(|| true);
        let error = sending_for(&caller, || {
            Patience::new(ten_seconds()).wait(None, |_| Err(io::ErrorKind::Interrupted.into()))
        });
        assert!(is_given_up(&error.unwrap_err()));
    }
}
