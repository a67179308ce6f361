//! A request whose response is awaited by an event loop.

use std::fmt;
use std::io;
use std::mem;
use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::time::Instant;

use jumpqr_core::call::SendFailure;
use jumpqr_core::response::Response;
use ureq::unversioned::transport::NextTimeout;
use ureq::{Error, Timeout};

use super::deadline::{self, with_deadline};
use super::endpoint::Endpoint;
use super::exchange::{Limits, ResponseReader, closed_too_early, write};
use super::failure::to_send_failure;
use super::pool::{Connection, Pool};
use super::socket::Socket;
use crate::cancel::Cancel;
use crate::transport::{Advance, HttpRequest, InFlight};

/// A request that was sent on a connection of its own. If it is dropped before the end of the
/// response, the connection is closed.
pub(super) struct HttpInFlight {
    /// `None` after the end of the response.
    connection: Option<Connection>,
    socket: Arc<Socket>,
    reader: ResponseReader,
    /// Where the connection goes after the response.
    pool: Arc<Pool>,
    limits: Limits,
    /// When the request must be over.
    deadline: Instant,
    /// When the last part of the response arrived.
    last_progress: Instant,
}

impl HttpInFlight {
    /// Sends a request on an idle connection. `None` if that would wait: there is no connection, or
    /// the request does not fit into its buffer.
    pub(super) fn begin(
        pool: &Arc<Pool>,
        request: &HttpRequest<'_>,
        limits: Limits,
    ) -> Option<Result<Self, Error>> {
        let now = Instant::now();
        let endpoint = Endpoint::new(request.base_url);
        let mut connection = pool.take_open(endpoint.origin, now)?;
        let output = connection.transport.buffers().output();
        let Ok((length, [])) = write(output, request, &endpoint) else {
            pool.put(connection, now);
            return None;
        };
        connection.socket.set_waiting(false);
        let sent = connection
            .transport
            .transmit_output(length, NextTimeout::default());
        Some(sent.map(|()| Self {
            socket: Arc::clone(&connection.socket),
            connection: Some(connection),
            reader: ResponseReader::default(),
            pool: Arc::clone(pool),
            limits,
            deadline: deadline::add(now, request.timeout),
            last_progress: now,
        }))
    }

    /// Fails if the wait for the response has ended.
    fn check_time(&mut self) -> Result<(), Error> {
        let now = Instant::now();
        if mem::take(&mut self.reader.has_progressed) {
            self.last_progress = now;
        }
        if now < InFlight::deadline(self) {
            return Ok(());
        }
        let is_request_over = now >= self.deadline;
        Err(Error::Timeout(if is_request_over {
            Timeout::Global
        } else {
            Timeout::PerRead
        }))
    }
}

impl InFlight for HttpInFlight {
    fn socket(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }

    fn deadline(&self) -> Instant {
        let end_of_read = deadline::add(self.last_progress, self.limits.read_timeout);
        self.deadline.min(end_of_read)
    }

    /// Reads to the last byte that has arrived. Otherwise the layer of TLS could keep some, for
    /// which the socket does not become readable.
    fn advance(&mut self) -> Advance {
        let Some(mut connection) = self.connection.take() else {
            return Advance::MustWait;
        };
        let read = self
            .reader
            .read_usual(&mut *connection.transport, self.limits);
        let advance = match read {
            Ok(Some(received)) => return Advance::Done(Ok(self.pool.end(connection, received))),
            Ok(None) => Advance::MustWait,
            Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                match self.check_time() {
                    Ok(()) => Advance::Pending,
                    Err(error) => return Advance::Done(Err(to_send_failure(error))),
                }
            }
            Err(error) => return Advance::Done(Err(to_send_failure(error))),
        };
        self.connection = Some(connection);
        advance
    }

    fn finish(mut self: Box<Self>, cancel: &Cancel) -> Result<Response, SendFailure> {
        let Some(mut connection) = self.connection.take() else {
            return Err(to_send_failure(closed_too_early()));
        };
        connection.socket.set_waiting(true);
        let received = with_deadline(self.deadline, cancel, || {
            self.reader.read(&mut *connection.transport, self.limits)
        });
        let received = received.map_err(to_send_failure)?;
        Ok(self.pool.end(connection, received))
    }
}

impl fmt::Debug for HttpInFlight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpInFlight").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{Shutdown, TcpListener, TcpStream};
    use std::sync::Arc;
    use std::thread;
    use std::time::{Duration, Instant};

    use jumpqr_core::call::{FailureCause, SendFailure};
    use jumpqr_core::interface::{DownloadQRCodeText, Interface};
    use jumpqr_core::request::Request;
    use jumpqr_core::response::Response;
    use rcgen::{CertificateParams, KeyPair};
    use rustix::event::{PollFd, PollFlags, poll};
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    use rustls::{ServerConfig, ServerConnection};

    use super::super::exchange::tests::http_request;
    use super::super::{HttpTransport, OUTPUT};
    use crate::cancel::Cancel;
    use crate::settings::{Settings, TlsRoots};
    use crate::transport::{Advance, HttpRequest, InFlight, Transport};

    const USUAL: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    const UNUSUAL: &[u8] = b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}";

    struct Client {
        transport: HttpTransport,
        base_url: String,
        content: Request,
        timeout: Duration,
    }

    /// The server's side of the client's only connection.
    struct Server {
        stream: TcpStream,
        tls: Option<ServerConnection>,
    }

    /// Connects a client and a server. The connection is in the client's pool then.
    fn connect(is_tls: bool, settings: Settings) -> (Client, Server) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (scheme, settings, tls) = if is_tls {
            let (pem, connection) = start_tls();
            let tls_roots = Some(TlsRoots::Pem(pem.into_bytes()));
            let settings = Settings {
                tls_roots,
                ..settings
            };
            ("https", settings, Some(connection))
        } else {
            ("http", settings, None)
        };
        let client = Client {
            transport: HttpTransport::new(&settings).unwrap(),
            base_url: format!("{scheme}://{address}"),
            content: DownloadQRCodeText.request().unwrap(),
            timeout: Duration::from_secs(60),
        };
        let server = thread::scope(|scope| {
            let sending = scope.spawn(|| client.transport.send(&client.request()));
            let (stream, _) = listener.accept().unwrap();
            let mut server = Server { stream, tls };
            server.receive();
            server.send(USUAL);
            sending.join().unwrap().unwrap();
            server
        });
        (client, server)
    }

    /// Returns a certificate in PEM, and the server's side of TLS with it.
    fn start_tls() -> (String, ServerConnection) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        let certificate = CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
        let key = PrivateKeyDer::from_pem_slice(key.serialize_pem().as_bytes()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        (pem, ServerConnection::new(Arc::new(config)).unwrap())
    }

    impl Client {
        fn request(&self) -> HttpRequest<'_> {
            HttpRequest {
                timeout: self.timeout,
                ..http_request(&self.content, &self.base_url, None)
            }
        }

        fn begin(&self) -> Option<Result<Box<dyn InFlight>, SendFailure>> {
            self.transport.begin(&self.request())
        }

        fn is_connection_idle(&self) -> bool {
            let now = Instant::now();
            match self.transport.pool.take(&self.base_url, now) {
                Some(connection) => self.transport.pool.put(connection, now),
                None => return false,
            }
            true
        }
    }

    impl Server {
        /// Receives a request, whose body is `{}`.
        fn receive(&mut self) {
            let mut received = Vec::new();
            while !received.ends_with(b"{}") {
                let mut part = [0; 4096];
                let length = match &mut self.tls {
                    None => self.stream.read(&mut part),
                    Some(tls) => rustls::Stream::new(tls, &mut self.stream).read(&mut part),
                };
                let length = length.unwrap();
                assert_ne!(length, 0, "the client has closed the connection");
                received.extend(&part[..length]);
            }
        }

        /// Returns what must be sent so that the client receives these bytes.
        fn encrypt(&mut self, bytes: &[u8]) -> Vec<u8> {
            let Some(tls) = &mut self.tls else {
                return bytes.to_vec();
            };
            tls.writer().write_all(bytes).unwrap();
            let mut encrypted = Vec::new();
            while tls.wants_write() {
                tls.write_tls(&mut encrypted).unwrap();
            }
            encrypted
        }

        fn send(&mut self, bytes: &[u8]) {
            let encrypted = self.encrypt(bytes);
            self.stream.write_all(&encrypted).unwrap();
        }
    }

    /// Begins a request on the idle connection, which the server receives.
    fn begin(client: &Client, server: &mut Server) -> Box<dyn InFlight> {
        let in_flight = client.begin().unwrap().unwrap();
        server.receive();
        in_flight
    }

    /// Waits until the socket is readable, and takes what has arrived.
    fn advance(in_flight: &mut dyn InFlight) -> Advance {
        let socket = in_flight.socket();
        poll(&mut [PollFd::new(&socket, PollFlags::IN)], None).unwrap();
        in_flight.advance()
    }

    /// Advances until that takes no more waiting.
    fn advance_to_end(in_flight: &mut dyn InFlight) -> Advance {
        loop {
            match advance(in_flight) {
                Advance::Pending => {}
                end => return end,
            }
        }
    }

    /// Advances until the response or its failure has arrived.
    fn end(in_flight: &mut dyn InFlight) -> Result<Response, SendFailure> {
        match advance_to_end(in_flight) {
            Advance::Done(result) => result,
            other => panic!("the response is usual: {other:?}"),
        }
    }

    #[test]
    fn a_response_is_taken_in_whatever_parts_it_arrives() {
        for is_tls in [false, true] {
            let (client, mut server) = connect(is_tls, Settings::default());
            for writes in [1, 2, USUAL.len()] {
                let mut in_flight = begin(&client, &mut server);
                assert!(!client.is_connection_idle());
                let mut bytes = Vec::new();
                for part in USUAL.chunks(USUAL.len().div_ceil(writes)) {
                    bytes.extend(server.encrypt(part));
                }
                let (last, first) = bytes.split_last().unwrap();
                for byte in first {
                    server.stream.write_all(&[*byte]).unwrap();
                    assert!(matches!(advance(&mut *in_flight), Advance::Pending));
                }
                server.stream.write_all(&[*last]).unwrap();
                assert_eq!(end(&mut *in_flight).unwrap().body, b"{}");
                assert!(client.is_connection_idle());
            }
            check_that_send_waits(&client, &mut server);
        }
    }

    /// Checks that the idle connection waits for its next response.
    fn check_that_send_waits(client: &Client, server: &mut Server) {
        thread::scope(|scope| {
            let sending = scope.spawn(|| client.transport.send(&client.request()));
            server.receive();
            server.send(USUAL);
            assert_eq!(sending.join().unwrap().unwrap().body, b"{}");
        });
    }

    #[test]
    fn a_response_that_has_arrived_at_once_is_taken_at_once() {
        for is_tls in [false, true] {
            let (client, mut server) = connect(is_tls, Settings::default());
            let mut in_flight = begin(&client, &mut server);
            // More than the buffers hold.
            let body = "x".repeat(100_000);
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
            server.send(head.as_bytes());
            for part in body.as_bytes().chunks(10_000) {
                server.send(part);
            }
            assert_eq!(end(&mut *in_flight).unwrap().body, body.as_bytes());
            assert!(client.is_connection_idle());
        }
    }

    #[test]
    fn a_connection_with_more_than_the_response_is_not_used_again() {
        for is_tls in [false, true] {
            let (client, mut server) = connect(is_tls, Settings::default());
            let mut in_flight = begin(&client, &mut server);
            server.send(&[USUAL, USUAL].concat());
            assert_eq!(end(&mut *in_flight).unwrap().body, b"{}");
            assert!(client.begin().is_none());
        }
    }

    #[test]
    fn a_connection_that_is_closed_before_the_response_is_an_error() {
        for is_tls in [false, true] {
            for arrived in [0, 20, USUAL.len() - 1] {
                let (client, mut server) = connect(is_tls, Settings::default());
                let mut in_flight = begin(&client, &mut server);
                server.send(&USUAL[..arrived]);
                server.stream.shutdown(Shutdown::Write).unwrap();
                let failure = end(&mut *in_flight).unwrap_err();
                assert_eq!(failure.cause, FailureCause::ConnectionLost);
                assert!(failure.sent);
                drop(in_flight);
                server.stream.read_to_end(&mut Vec::new()).unwrap();
            }
        }
    }

    #[test]
    fn a_request_that_is_dropped_closes_its_connection() {
        let (client, mut server) = connect(false, Settings::default());
        drop(begin(&client, &mut server));
        assert_eq!(server.stream.read(&mut [0]).unwrap(), 0);
        assert!(client.begin().is_none());
    }

    #[test]
    fn after_its_deadline_a_request_fails() {
        let soon = Duration::from_millis(30);
        let hour = Duration::from_secs(3600);
        for (timeout, read_timeout, detail) in [
            (soon, hour, "did not arrive in time"),
            (hour, soon, "sent nothing for too long"),
        ] {
            let settings = Settings {
                read_timeout: Some(read_timeout),
                ..Settings::default()
            };
            let (mut client, mut server) = connect(false, settings);
            client.timeout = timeout;
            let begun = Instant::now();
            let mut in_flight = begin(&client, &mut server);
            let deadline = in_flight.deadline();
            assert!(deadline >= begun + soon && deadline < begun + hour);
            while Instant::now() < deadline {
                thread::sleep(Duration::from_millis(1));
            }
            let Advance::Done(Err(failure)) = in_flight.advance() else {
                panic!("the request is not over");
            };
            assert_eq!(failure.cause, FailureCause::Timeout);
            assert!(
                failure.sent && failure.detail.contains(detail),
                "{failure:?}"
            );
            drop(in_flight);
            assert_eq!(server.stream.read(&mut [0]).unwrap(), 0);
        }
    }

    #[test]
    fn each_part_of_the_response_prolongs_the_wait() {
        let (client, mut server) = connect(false, Settings::default());
        let mut in_flight = begin(&client, &mut server);
        let deadline = in_flight.deadline();
        assert!(matches!(in_flight.advance(), Advance::Pending));
        assert_eq!(in_flight.deadline(), deadline);
        server.send(b"H");
        assert!(matches!(advance(&mut *in_flight), Advance::Pending));
        assert!(in_flight.deadline() > deadline);
    }

    #[test]
    fn an_unusual_response_is_read_by_finish() {
        for is_tls in [false, true] {
            let (client, mut server) = connect(is_tls, Settings::default());
            // All of it is there; or a part of it comes later.
            for arrived in [UNUSUAL.len(), UNUSUAL.len() - 1] {
                let mut in_flight = begin(&client, &mut server);
                let (arrived, later) = UNUSUAL.split_at(arrived);
                server.send(arrived);
                assert!(matches!(advance_to_end(&mut *in_flight), Advance::MustWait));
                let response = thread::scope(|scope| {
                    let finishing = scope.spawn(|| in_flight.finish(&Cancel::default()));
                    server.send(later);
                    finishing.join().unwrap().unwrap()
                });
                assert_eq!((response.status, &*response.body), (404, &b"{}"[..]));
                assert!(client.is_connection_idle());
            }
            check_that_send_waits(&client, &mut server);
        }
    }

    #[test]
    fn a_request_is_finished_until_its_deadline_or_its_cancel() {
        for (timeout, cancel, cause) in [
            (
                Duration::from_millis(30),
                Cancel::default(),
                FailureCause::Timeout,
            ),
            (
                Duration::from_secs(60),
                Cancel::with_check(|| true),
                FailureCause::Cancelled,
            ),
        ] {
            let (mut client, mut server) = connect(false, Settings::default());
            client.timeout = timeout;
            let in_flight = begin(&client, &mut server);
            let failure = in_flight.finish(&cancel).unwrap_err();
            assert_eq!((failure.cause, failure.sent), (cause, true));
            assert!(!client.is_connection_idle());
        }
    }

    #[test]
    fn nothing_is_begun_that_would_wait() {
        let (mut client, mut server) = connect(false, Settings::default());
        let short = client.content.clone();
        client.content.body = Some(vec![b' '; OUTPUT]);
        assert!(client.begin().is_none());
        assert!(client.is_connection_idle());
        client.content = short;
        let in_flight = begin(&client, &mut server);
        assert!(client.begin().is_none(), "no connection is idle");
        drop(in_flight);
        assert!(client.begin().is_none());

        let (client, server) = connect(false, Settings::default());
        drop(server);
        assert!(
            client.begin().is_none(),
            "the server has closed the connection"
        );
    }

    #[test]
    fn a_request_that_cannot_be_sent_at_once_is_a_failure_after_sending() {
        for is_tls in [false, true] {
            let (client, _server) = connect(is_tls, Settings::default());
            let now = Instant::now();
            let connection = client.transport.pool.take(&client.base_url, now).unwrap();
            while connection
                .socket
                .send_without_waiting(&[b' '; 4096])
                .is_ok()
            {}
            client.transport.pool.put(connection, now);
            let failure = client.begin().unwrap().unwrap_err();
            assert_eq!(failure.cause, FailureCause::ConnectionLost);
            assert!(failure.sent);
            assert!(!client.is_connection_idle());
        }
    }
}
