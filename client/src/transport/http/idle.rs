//! Connections that wait for another request.
//!
//! ureq's own pool looks at each of them twice a request, under its lock, and takes the one that
//! has waited longest, so that a burst's connections are all kept, and all cold. Here the last one
//! is taken, and what the burst has left ages. A thread closes what has waited too long, so that a
//! process that falls silent keeps no sockets open. It runs while connections wait, and a little
//! longer, so that calls one after the other do not each start one.

use std::collections::VecDeque;
use std::fmt;
use std::mem;
use std::process;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use jumpqr_core::Secret;
use ureq::Error;
use ureq::http::Uri;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, NextTimeout, Transport,
};

use super::query;

/// How long a connection waits at most: less than servers and what lies between commonly allow.
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// The most connections that wait: with fewer than calls in flight, connections are opened and closed for nothing.
const CAPACITY: usize = 64;

/// The stack of the thread that closes connections, in bytes; it does nothing else.
const STACK: usize = 64 * 1024;

/// Takes a connection that waits, and else opens one that will.
#[derive(Debug)]
pub(super) struct IdleConnector<C> {
    connector: C,
    /// Whether there is a proxy, to which connections are opened with a configuration of their own.
    proxied: bool,
    idle: Arc<IdleConnections>,
}

impl<C> IdleConnector<C> {
    pub(super) fn new(connector: C, proxied: bool) -> Self {
        let idle = Arc::default();
        Self {
            connector,
            proxied,
            idle,
        }
    }
}

impl<C: Connector> Connector for IdleConnector<C> {
    type Out = Either<KeptTransport, C::Out>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<Self::Out>, Error> {
        // A connection to the proxy itself becomes part of one to the host behind it, and that is what waits.
        if self.proxied && details.config.proxy().is_none() {
            let transport = self.connector.connect(details, chained)?;
            return Ok(transport.map(Either::B));
        }
        let idle = Arc::downgrade(&self.idle);
        while let Some(mut connection) = self.idle.take(details.uri, Instant::now()) {
            if connection.transport.is_open() {
                return Ok(Some(Either::A(KeptTransport::new(connection, idle))));
            }
        }
        let transport = self.connector.connect(details, chained)?;
        Ok(transport.map(|transport| {
            let connection = Connection::new(details.uri, Box::new(transport));
            Either::A(KeptTransport::new(connection, idle))
        }))
    }
}

/// A connection that is put back when it is dropped after its request, and closed when before.
#[derive(Debug)]
pub(super) struct KeptTransport {
    connection: Connection,
    idle: Weak<IdleConnections>,
    /// Until the request's first line is sent.
    query: Option<Secret>,
    is_done: bool,
}

impl KeptTransport {
    fn new(connection: Connection, idle: Weak<IdleConnections>) -> Self {
        Self {
            connection,
            idle,
            query: query::take(),
            is_done: false,
        }
    }
}

impl Transport for KeptTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.connection.transport.buffers()
    }

    fn transmit_output(&mut self, mut amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        if let Some(query) = self.query.take() {
            amount = query::insert(self.buffers().output(), amount, &query)?;
        }
        self.connection.transport.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.connection.transport.await_input(timeout)
    }

    /// ureq asks once a request is over whose connection may be used again.
    fn is_open(&mut self) -> bool {
        self.is_done = self.connection.transport.is_open();
        self.is_done
    }

    fn is_tls(&self) -> bool {
        self.connection.transport.is_tls()
    }
}

impl Drop for KeptTransport {
    fn drop(&mut self) {
        if let Some(idle) = self.idle.upgrade().filter(|_| self.is_done) {
            idle.put(self.connection.take(), Instant::now());
        }
    }
}

/// A connection, and where it leads to.
#[derive(Debug)]
struct Connection {
    scheme: String,
    authority: String,
    transport: Box<dyn Transport>,
}

impl Connection {
    fn new(uri: &Uri, transport: Box<dyn Transport>) -> Self {
        let (scheme, authority) = ends(uri);
        Self {
            scheme: scheme.to_owned(),
            authority: authority.to_owned(),
            transport,
        }
    }

    /// Leaves one behind that can only be dropped.
    fn take(&mut self) -> Self {
        Self {
            scheme: mem::take(&mut self.scheme),
            authority: mem::take(&mut self.authority),
            transport: mem::replace(&mut self.transport, Box::new(())),
        }
    }
}

/// By what connections are told apart.
fn ends(uri: &Uri) -> (&str, &str) {
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    (uri.scheme_str().unwrap_or_default(), authority)
}

/// The connections that wait. Dropping it closes them, and ends the thread that closes the old
/// ones.
struct IdleConnections {
    shared: Arc<Shared>,
}

struct Shared {
    waiting: Mutex<Waiting>,
    /// Told when nothing waits any more because nobody needs it.
    is_over: Condvar,
    longest_wait: Duration,
}

#[derive(Default)]
struct Waiting {
    /// The last is the one that came last.
    connections: VecDeque<(Instant, Connection)>,
    /// Whether a thread closes those that wait too long.
    has_closer: bool,
    /// That thread, or the one before, and the process that it belongs to: a forked child has none.
    closer: Option<(u32, JoinHandle<()>)>,
    is_over: bool,
}

impl Waiting {
    /// Removes the connections that have waited too long.
    fn take_old(&mut self, longest_wait: Duration, now: Instant) -> Vec<(Instant, Connection)> {
        let is_old = |since: Instant| now.saturating_duration_since(since) >= longest_wait;
        let old = self
            .connections
            .partition_point(|(since, _)| is_old(*since));
        self.connections.drain(..old).collect()
    }
}

impl Default for IdleConnections {
    fn default() -> Self {
        Self::new(LONGEST_WAIT)
    }
}

impl IdleConnections {
    fn new(longest_wait: Duration) -> Self {
        let shared = Arc::new(Shared {
            waiting: Mutex::default(),
            is_over: Condvar::new(),
            longest_wait,
        });
        Self { shared }
    }

    /// Takes the connection to there that has waited least, and closes those that have waited too
    /// long.
    fn take(&self, uri: &Uri, now: Instant) -> Option<Connection> {
        let (scheme, authority) = ends(uri);
        let mut waiting = self.shared.lock();
        let closed = waiting.take_old(self.shared.longest_wait, now);
        let connections = &mut waiting.connections;
        let place = connections.iter().rposition(|(_, connection)| {
            connection.authority == authority && connection.scheme == scheme
        });
        let taken = place.and_then(|place| connections.remove(place));
        // Closing takes time: others need not wait for it.
        drop(waiting);
        drop(closed);
        taken.map(|(_, connection)| connection)
    }

    /// Has it wait, and closes the one that has waited longest where there are too many.
    fn put(&self, connection: Connection, now: Instant) {
        let mut waiting = self.shared.lock();
        waiting.connections.push_back((now, connection));
        let closed = waiting.connections.len() > CAPACITY;
        let closed = closed.then(|| waiting.connections.pop_front());
        let starts_closer = !mem::replace(&mut waiting.has_closer, true);
        drop(waiting);
        drop(closed);
        if starts_closer {
            self.start_closer();
        }
    }

    /// If no thread can be started, connections that have waited too long are closed by the next
    /// call.
    fn start_closer(&self) {
        let shared = Arc::clone(&self.shared);
        let started = thread::Builder::new()
            .name("jumpqr-idle".to_owned())
            .stack_size(STACK)
            .spawn(move || shared.close_old());
        let mut waiting = self.shared.lock();
        match started {
            Ok(thread) => waiting.closer = Some((process::id(), thread)),
            Err(_) => waiting.has_closer = false,
        }
    }
}

impl Drop for IdleConnections {
    fn drop(&mut self) {
        let mut waiting = self.shared.lock();
        waiting.is_over = true;
        let closed = mem::take(&mut waiting.connections);
        let thread = waiting.closer.take();
        drop(waiting);
        drop(closed);
        self.shared.is_over.notify_all();
        // It ends at once. If the library is unloaded next, the thread must not run any more.
        if let Some((_, thread)) = thread.filter(|(owner, _)| *owner == process::id()) {
            let _ended = thread.join();
        }
    }
}

impl Shared {
    /// Closes connections as they become too old, until none has waited for as long as one may
    /// wait.
    fn close_old(&self) {
        let mut waiting = self.lock();
        let mut was_empty = false;
        while !waiting.is_over {
            let now = Instant::now();
            let closed = waiting.take_old(self.longest_wait, now);
            if !closed.is_empty() {
                drop(waiting);
                drop(closed);
                waiting = self.lock();
                continue;
            }
            let oldest = waiting.connections.front().map(|(since, _)| *since);
            if oldest.is_none() && mem::replace(&mut was_empty, true) {
                break;
            }
            was_empty = oldest.is_none();
            let waited =
                oldest.map_or(Duration::ZERO, |since| now.saturating_duration_since(since));
            let left = self.longest_wait.saturating_sub(waited);
            let woken = self.is_over.wait_timeout(waiting, left);
            (waiting, _) = woken.unwrap_or_else(PoisonError::into_inner);
        }
        waiting.has_closer = false;
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for IdleConnections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdleConnections").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;
    use std::time::{Duration, Instant};

    use ureq::unversioned::resolver::DefaultResolver;
    use ureq::unversioned::transport::{
        Buffers, ConnectProxyConnector, Connector, LazyBuffers, NextTimeout, Transport,
    };
    use ureq::{Agent, Proxy};

    use super::super::deadline::with_deadline;
    use super::super::tcp::TcpConnector;
    use super::{
        CAPACITY, Connection, IdleConnections, IdleConnector, KeptTransport, LONGEST_WAIT,
    };
    use crate::cancel::Cancel;

    /// Known by the size of its buffers.
    #[derive(Debug)]
    struct Numbered {
        buffers: LazyBuffers,
        closed: Arc<AtomicUsize>,
    }

    impl Transport for Numbered {
        fn buffers(&mut self) -> &mut dyn Buffers {
            &mut self.buffers
        }

        fn transmit_output(&mut self, _: usize, _: NextTimeout) -> Result<(), ureq::Error> {
            Ok(())
        }

        fn await_input(&mut self, _: NextTimeout) -> Result<bool, ureq::Error> {
            Ok(false)
        }

        fn is_open(&mut self) -> bool {
            true
        }
    }

    impl Drop for Numbered {
        fn drop(&mut self) {
            self.closed.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Connections that count how many of them were closed.
    #[derive(Default)]
    struct Connections {
        closed: Arc<AtomicUsize>,
    }

    impl Connections {
        fn open(&self, base_url: &str, number: usize) -> Connection {
            let transport = Numbered {
                buffers: LazyBuffers::new(number, number),
                closed: Arc::clone(&self.closed),
            };
            Connection::new(&base_url.parse().unwrap(), Box::new(transport))
        }

        fn closed(&self) -> usize {
            self.closed.load(Ordering::Relaxed)
        }
    }

    fn take(idle: &IdleConnections, base_url: &str, now: Instant) -> Option<usize> {
        let taken = idle.take(&base_url.parse().unwrap(), now);
        taken.map(|mut connection| connection.transport.buffers().output().len())
    }

    #[test]
    fn the_last_that_leads_there_is_taken() {
        let (idle, connections, now) = (
            IdleConnections::default(),
            Connections::default(),
            Instant::now(),
        );
        for (number, base_url) in [
            (1, "http://h"),
            (2, "http://h"),
            (3, "https://h"),
            (4, "http://h:8080"),
        ] {
            idle.put(connections.open(base_url, number), now);
        }
        assert_eq!(take(&idle, "http://h/path?query", now), Some(2));
        assert_eq!(take(&idle, "http://h", now), Some(1));
        assert_eq!(take(&idle, "http://h", now), None);
        assert_eq!(take(&idle, "https://h", now), Some(3));
        assert_eq!(take(&idle, "http://h:8080", now), Some(4));
    }

    #[test]
    fn one_that_has_waited_too_long_is_closed() {
        let (idle, connections, now) = (
            IdleConnections::default(),
            Connections::default(),
            Instant::now(),
        );
        let second = Duration::from_secs(1);
        idle.put(connections.open("http://h", 1), now);
        idle.put(connections.open("http://h", 2), now + second);
        assert_eq!(take(&idle, "http://other", now + LONGEST_WAIT), None);
        assert_eq!(connections.closed(), 1);
        assert_eq!(take(&idle, "http://h", now + LONGEST_WAIT), Some(2));
    }

    #[test]
    fn nobody_needs_to_call_for_old_ones_to_be_closed() {
        let idle = IdleConnections::new(Duration::from_millis(20));
        let connections = Connections::default();
        let shared = Arc::downgrade(&idle.shared);
        for number in 1..=3 {
            idle.put(connections.open("http://h", number), Instant::now());
        }
        until(|| connections.closed() == 3);
        until(|| !idle.shared.lock().has_closer);
        // The thread has gone; the next connection starts another.
        until(|| shared.strong_count() == 1);
        idle.put(connections.open("http://h", 4), Instant::now());
        until(|| connections.closed() == 4);
    }

    #[test]
    fn with_the_client_the_connections_and_the_thread_end() {
        let idle = IdleConnections::new(Duration::from_secs(3600));
        let connections = Connections::default();
        let shared = Arc::downgrade(&idle.shared);
        idle.put(connections.open("http://h", 1), Instant::now());
        drop(idle);
        assert_eq!(connections.closed(), 1);
        assert_eq!(shared.strong_count(), 0, "the thread has not ended");
    }

    #[test]
    fn connections_in_use_one_after_the_other_start_one_thread() {
        let idle = IdleConnections::new(Duration::from_secs(3600));
        let connections = Connections::default();
        idle.put(connections.open("http://h", 1), Instant::now());
        let shared = Arc::clone(&idle.shared);
        for _ in 0..10 {
            let uri = "http://h".parse().unwrap();
            let connection = idle.take(&uri, Instant::now()).unwrap();
            idle.put(connection, Instant::now());
        }
        // This test's, the client's and the thread's.
        assert_eq!(Arc::strong_count(&shared), 3);
    }

    /// Waits for what another thread does, and fails if it does not do it in a minute.
    fn until(mut is_so: impl FnMut() -> bool) {
        let begun = Instant::now();
        while !is_so() {
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "it does not come"
            );
            thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn of_too_many_the_one_that_has_waited_longest_is_closed() {
        let (idle, connections, now) = (
            IdleConnections::default(),
            Connections::default(),
            Instant::now(),
        );
        for number in 1..=CAPACITY + 1 {
            idle.put(connections.open("http://h", number), now);
        }
        assert_eq!(connections.closed(), 1);
        for number in (2..=CAPACITY + 1).rev() {
            assert_eq!(take(&idle, "http://h", now), Some(number));
        }
    }

    #[test]
    fn one_whose_request_is_not_over_is_closed() {
        let (idle, connections) = (Arc::new(IdleConnections::default()), Connections::default());
        for (is_over, closed) in [(true, 0), (false, 1)] {
            let connection = connections.open("http://h", 1);
            let mut transport = KeptTransport::new(connection, Arc::downgrade(&idle));
            if is_over {
                assert!(transport.is_open());
            }
            drop(transport);
            assert_eq!(connections.closed(), closed);
        }
    }

    #[test]
    fn of_a_tunnel_no_part_waits_once_it_is_closed() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = format!("http://{}", listener.local_addr().unwrap());
        let serving = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            for _tunnel_and_request in 0..2 {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    let mut byte = [0];
                    stream.read_exact(&mut byte).unwrap();
                    head.extend(byte);
                }
                let answer = if head.starts_with(b"CONNECT") {
                    "HTTP/1.1 200 OK\r\n\r\n"
                } else {
                    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
                };
                stream.write_all(answer.as_bytes()).unwrap();
            }
            stream
        });
        let opening = ().chain(ConnectProxyConnector::default()).chain(TcpConnector);
        let connector = IdleConnector::new(opening, true);
        let idle = Arc::clone(&connector.idle);
        let config = Agent::config_builder()
            .proxy(Some(Proxy::new(&proxy).unwrap()))
            .max_idle_connections(0)
            .build();
        let agent = Agent::with_parts(config, connector, DefaultResolver::default());
        let url = "http://wechat.invalid/";
        with_deadline(Duration::from_secs(60), &Cancel::default(), || {
            agent.get(url).call().unwrap();
        });
        let _still_open = serving.join().unwrap();
        let tunnel = idle.take(&url.parse().unwrap(), Instant::now());
        drop(tunnel.unwrap());
        assert!(idle.shared.lock().connections.is_empty());
    }
}
