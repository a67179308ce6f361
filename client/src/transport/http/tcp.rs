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

use super::deadline::{deadline, is_cancelled, next_wait};
use super::failure;
use super::held_buffers::HeldBuffers;
use super::socket::{connect, is_silent};
use super::socket_timeout::SocketTimeout;
use super::socks::{is_socks, tunnel};
use super::time_left::time_left;

/// Opens a socket, through a SOCKS proxy if there is one. A connection through an HTTP proxy exists
/// already.
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
        let proxy = details.config.proxy();
        let transport = match proxy.filter(|proxy| is_socks(proxy)) {
            None => open(&details.addrs, details.timeout, details)?,
            Some(proxy) => {
                let addresses =
                    details
                        .resolver
                        .resolve(proxy.uri(), details.config, details.timeout)?;
                let opened = open(&addresses, time_left(details), details)?;
                tunnel(opened, proxy, details)?
            }
        };
        Ok(Some(Either::B(transport)))
    }
}

fn open(
    addresses: &[SocketAddr],
    timeout: NextTimeout,
    details: &ConnectionDetails<'_>,
) -> Result<TcpTransport, Error> {
    let stream = connect_to_one(addresses, timeout)?;
    stream.set_nodelay(details.config.no_delay())?;
    Ok(TcpTransport {
        stream,
        buffers: HeldBuffers::new(
            details.config.input_buffer_size(),
            details.config.output_buffer_size(),
        ),
        read_timeout: SocketTimeout::READ,
        write_timeout: SocketTimeout::WRITE,
        was_kept: false,
        in_use: true,
    })
}

/// Connects to the first address that answers. Each has half of the time that is left, and the last one all of it.
fn connect_to_one(addresses: &[SocketAddr], timeout: NextTimeout) -> Result<TcpStream, Error> {
    let begun = Instant::now();
    let (end, reason) = end(timeout, begun);
    let mut last_error = io::ErrorKind::AddrNotAvailable.into();
    for (index, address) in addresses.iter().enumerate() {
        let now = Instant::now();
        let is_last = index + 1 == addresses.len();
        let left = end.saturating_duration_since(now);
        let until = if is_last { end } else { now + left / 2 };
        match connect(*address, until) {
            Ok(stream) => return Ok(stream),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                return Err(failure::cancelled_after_sending());
            }
            Err(error) => last_error = error,
        }
    }
    Err(match last_error.kind() {
        io::ErrorKind::TimedOut => Error::Timeout(reason),
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
        self.send_held(timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.send_held(timeout)?;
        let input = self.buffers.input_append_buf();
        let amount = wait(timeout.for_read(), |left| {
            self.read_timeout.set(&self.stream, left)?;
            (&self.stream).read(input)
        })?;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    /// ureq asks when a request is over, and [`idle`](super::idle) when the connection is taken for another. The first time only
    /// what is at hand is looked at: whatever comes until it is taken is found then.
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
    fn send_held(&mut self, timeout: NextTimeout) -> Result<(), Error> {
        let mut rest = self.buffers.take_held();
        while !rest.is_empty() {
            let sent = wait(timeout.for_write(), |left| {
                self.write_timeout.set(&self.stream, left)?;
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

/// When something that begins `now` is to end, and why.
fn end(timeout: NextTimeout, now: Instant) -> (Instant, Timeout) {
    let deadline = deadline();
    match now.checked_add(*timeout.after) {
        Some(end) if end < deadline => (end, timeout.reason),
        _ => (deadline, Timeout::Global),
    }
}

/// Does what may wait, and is told how long it may; as often as it waits in vain, until its time is over or the caller gives
/// up.
fn wait(
    timeout: NextTimeout,
    mut once: impl FnMut(Duration) -> io::Result<usize>,
) -> Result<usize, Error> {
    let mut now = Instant::now();
    let (end, reason) = end(timeout, now);
    loop {
        let left = end.saturating_duration_since(now);
        if left.is_zero() {
            return Err(Error::Timeout(reason));
        }
        match once(next_wait(left)) {
            Err(error) if is_in_vain(&error) => {}
            done => return Ok(done?),
        }
        if is_cancelled() {
            return Err(failure::cancelled_after_sending());
        }
        now = Instant::now();
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

    use super::super::deadline::with_deadline;
    use super::super::failure::is_cancelled;
    use super::super::socket::tests::SilentAddress;
    use super::{connect_to_one, wait};
    use crate::cancel::Cancel;

    const HOUR: Duration = Duration::from_secs(3600);

    fn at_most(after: Duration) -> NextTimeout {
        NextTimeout {
            after: after.into(),
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
        let addresses = [refusing, silent.address(), address];
        let timeout = at_most(Duration::from_secs(1));
        let stream = with_deadline(HOUR, &Cancel::default(), || {
            connect_to_one(&addresses, timeout)
        });
        assert_eq!(stream.unwrap().peer_addr().unwrap(), address);
    }

    #[test]
    fn of_addresses_that_all_fail_the_last_failure_is_told() {
        let refusing = "127.0.0.1:1".parse().unwrap();
        let silent = SilentAddress::new();
        let soon = Duration::from_millis(50);
        let connect = |addresses: &[_], deadline, timeout| {
            with_deadline(deadline, &Cancel::default(), || {
                connect_to_one(addresses, at_most(timeout)).unwrap_err()
            })
        };
        let error = connect(&[refusing, refusing], HOUR, HOUR);
        assert!(
            matches!(&error, Error::Io(io) if io.kind() == io::ErrorKind::ConnectionRefused),
            "{error:?}"
        );
        let error = connect(&[refusing, silent.address()], HOUR, soon);
        assert!(
            matches!(error, Error::Timeout(Timeout::Connect)),
            "{error:?}"
        );
        let error = connect(&[refusing, silent.address()], soon, HOUR);
        assert!(
            matches!(error, Error::Timeout(Timeout::Global)),
            "{error:?}"
        );
    }

    #[test]
    fn a_wait_that_a_signal_interrupts_goes_on() {
        let mut interruptions = 3;
        let amount = with_deadline(HOUR, &Cancel::default(), || {
            wait(at_most(HOUR), |_| {
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
    fn a_wait_that_a_signal_interrupts_ends_where_the_caller_gives_up() {
        let error = with_deadline(HOUR, &Cancel::with_check(|| true), || {
            wait(at_most(HOUR), |_| Err(io::ErrorKind::Interrupted.into()))
        });
        assert!(is_cancelled(&error.unwrap_err()));
    }

    #[test]
    fn waits_in_vain_end_at_the_first_of_both_deadlines() {
        let soon = Duration::from_millis(30);
        for (deadline, timeout, reason) in [
            (HOUR, soon, Timeout::Connect),
            (soon, HOUR, Timeout::Global),
        ] {
            let error = with_deadline(deadline, &Cancel::default(), || {
                wait(at_most(timeout), |left| {
                    std::thread::sleep(left / 2);
                    Err(io::ErrorKind::WouldBlock.into())
                })
            });
            let error = error.unwrap_err();
            assert!(
                matches!(error, Error::Timeout(why) if why == reason),
                "{error:?}"
            );
        }
    }
}
