//! The pool of idle connections.
//!
//! ureq's own pool checks every idle connection twice for each request, while it holds its lock. It
//! takes the one that was idle longest, so all connections of a burst stay open. This pool takes
//! the one that was idle shortest, so the others age, and a thread closes those that are too old. A
//! process that makes no more calls therefore keeps no sockets open. The thread runs while there
//! are idle connections and a little longer, so that single calls do not start a thread each.

use std::collections::VecDeque;
use std::mem;
use std::process;
use std::sync::{Arc, Condvar, Weak};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use jumpqr_core::Secret;
use ureq::Error;
use ureq::http::Uri;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, NextTimeout, Transport,
};

use super::query;
use crate::mutex::{Mutex, wait};

/// The longest time a connection is idle: less than servers and load balancers commonly allow.
const LONGEST_IDLE: Duration = Duration::from_secs(15);

/// The most idle connections. With fewer than calls in flight, connections would be opened and
/// closed for nothing.
const CAPACITY: usize = 64;

/// The stack of the thread that closes connections, in bytes.
const STACK: usize = 64 * 1024;

/// Takes a connection from the pool, or else opens one that returns to the pool.
#[derive(Debug)]
pub(super) struct PoolConnector<C> {
    connector: C,
    /// Whether there is a proxy. ureq opens connections to the proxy itself with another
    /// configuration, which has no proxy.
    is_proxied: bool,
    pool: Arc<Pool>,
}

impl<C> PoolConnector<C> {
    pub(super) fn new(connector: C, is_proxied: bool) -> Self {
        let pool = Arc::default();
        Self {
            connector,
            is_proxied,
            pool,
        }
    }
}

impl<C: Connector> Connector for PoolConnector<C> {
    type Out = Either<PooledTransport, C::Out>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<Self::Out>, Error> {
        // A connection to the proxy itself becomes part of one to a host, and only that is pooled.
        if self.is_proxied && details.config.proxy().is_none() {
            let transport = self.connector.connect(details, chained)?;
            return Ok(transport.map(Either::B));
        }
        let pool = Arc::downgrade(&self.pool);
        while let Some(mut connection) = self.pool.take(details.uri, Instant::now()) {
            if connection.transport.is_open() {
                return Ok(Some(Either::A(PooledTransport::new(connection, pool))));
            }
        }
        let transport = self.connector.connect(details, chained)?;
        Ok(transport.map(|transport| {
            let connection = Connection::new(details.uri, Box::new(transport));
            Either::A(PooledTransport::new(connection, pool))
        }))
    }
}

/// A connection. If its request is over when it is dropped, it returns to the pool; if not, it is
/// closed.
#[derive(Debug)]
pub(super) struct PooledTransport {
    connection: Connection,
    pool: Weak<Pool>,
    /// `None` once the first line of the request was sent.
    query: Option<Secret>,
    is_done: bool,
}

impl PooledTransport {
    fn new(connection: Connection, pool: Weak<Pool>) -> Self {
        Self {
            connection,
            pool,
            query: query::take(),
            is_done: false,
        }
    }
}

impl Transport for PooledTransport {
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

    /// ureq calls this once the request is over, if the connection may be used again.
    fn is_open(&mut self) -> bool {
        self.is_done = self.connection.transport.is_open();
        self.is_done
    }

    fn is_tls(&self) -> bool {
        self.connection.transport.is_tls()
    }
}

impl Drop for PooledTransport {
    fn drop(&mut self) {
        if let Some(pool) = self.pool.upgrade().filter(|_| self.is_done) {
            pool.put(self.connection.take(), Instant::now());
        }
    }
}

/// A connection, and the scheme and authority of its host.
#[derive(Debug)]
struct Connection {
    scheme: String,
    authority: String,
    transport: Box<dyn Transport>,
}

impl Connection {
    fn new(uri: &Uri, transport: Box<dyn Transport>) -> Self {
        let (scheme, authority) = endpoint_key(uri);
        Self {
            scheme: scheme.to_owned(),
            authority: authority.to_owned(),
            transport,
        }
    }

    /// Takes the connection, and leaves one behind that can only be dropped.
    fn take(&mut self) -> Self {
        Self {
            scheme: mem::take(&mut self.scheme),
            authority: mem::take(&mut self.authority),
            transport: mem::replace(&mut self.transport, Box::new(())),
        }
    }
}

/// Returns the scheme and authority, which a request and its connection must share.
fn endpoint_key(uri: &Uri) -> (&str, &str) {
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    (uri.scheme_str().unwrap_or_default(), authority)
}

/// The idle connections. Dropping the pool closes them, and ends the thread that closes old ones.
#[derive(Debug)]
struct Pool {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    idle: Mutex<Idle>,
    /// Wakes the thread when the pool is dropped.
    pool_dropped: Condvar,
    longest_idle: Duration,
}

#[derive(Debug, Default)]
struct Idle {
    /// The last one is the one that came last.
    connections: VecDeque<(Instant, Connection)>,
    /// Whether a thread is running that closes old connections.
    has_closer: bool,
    /// That thread, or the last one, and its process: a forked child does not have the thread.
    closer: Option<(u32, JoinHandle<()>)>,
    is_pool_dropped: bool,
}

impl Idle {
    /// Removes the connections that were idle too long.
    fn take_old(&mut self, longest_idle: Duration, now: Instant) -> Vec<(Instant, Connection)> {
        let is_old = |since: Instant| now.saturating_duration_since(since) >= longest_idle;
        let old = self
            .connections
            .partition_point(|(since, _)| is_old(*since));
        self.connections.drain(..old).collect()
    }
}

impl Default for Pool {
    fn default() -> Self {
        Self::new(LONGEST_IDLE)
    }
}

impl Pool {
    fn new(longest_idle: Duration) -> Self {
        let shared = Arc::new(Shared {
            idle: Mutex::default(),
            pool_dropped: Condvar::new(),
            longest_idle,
        });
        Self { shared }
    }

    /// Takes the connection to this host that was idle shortest, and closes the connections that
    /// were idle too long.
    fn take(&self, uri: &Uri, now: Instant) -> Option<Connection> {
        let (scheme, authority) = endpoint_key(uri);
        let mut idle = self.shared.idle.lock();
        let closed = idle.take_old(self.shared.longest_idle, now);
        let connections = &mut idle.connections;
        let index = connections.iter().rposition(|(_, connection)| {
            connection.authority == authority && connection.scheme == scheme
        });
        let taken = index.and_then(|index| connections.remove(index));
        // Closing takes time, so the lock is released first.
        drop(idle);
        drop(closed);
        taken.map(|(_, connection)| connection)
    }

    /// Puts a connection into the pool. If there are too many, the one that was idle longest is
    /// closed.
    fn put(&self, connection: Connection, now: Instant) {
        let mut idle = self.shared.idle.lock();
        idle.connections.push_back((now, connection));
        let closed = idle.connections.len() > CAPACITY;
        let closed = closed.then(|| idle.connections.pop_front());
        let starts_closer = !mem::replace(&mut idle.has_closer, true);
        drop(idle);
        drop(closed);
        if starts_closer {
            self.start_closer();
        }
    }

    /// Starts the thread that closes old connections. If that fails, the next call closes them.
    fn start_closer(&self) {
        let shared = Arc::clone(&self.shared);
        let started = thread::Builder::new()
            .name("jumpqr-idle".to_owned())
            .stack_size(STACK)
            .spawn(move || shared.close_old());
        let mut idle = self.shared.idle.lock();
        match started {
            Ok(thread) => idle.closer = Some((process::id(), thread)),
            Err(_) => idle.has_closer = false,
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let mut idle = self.shared.idle.lock();
        idle.is_pool_dropped = true;
        let closed = mem::take(&mut idle.connections);
        let thread = idle.closer.take();
        drop(idle);
        drop(closed);
        self.shared.pool_dropped.notify_all();
        // The thread ends at once. It must not run any more if the library is unloaded next.
        if let Some((_, thread)) = thread.filter(|(owner, _)| *owner == process::id()) {
            // If it panicked, it has ended, too.
            let _ = thread.join();
        }
    }
}

impl Shared {
    /// Closes connections as they become too old, until there was none for as long as one may be
    /// idle.
    fn close_old(&self) {
        let mut idle = self.idle.lock();
        let mut was_empty = false;
        while !idle.is_pool_dropped {
            let now = Instant::now();
            let closed = idle.take_old(self.longest_idle, now);
            if !closed.is_empty() {
                drop(idle);
                drop(closed);
                idle = self.idle.lock();
                continue;
            }
            let oldest = idle.connections.front().map(|(since, _)| *since);
            if oldest.is_none() && mem::replace(&mut was_empty, true) {
                break;
            }
            was_empty = oldest.is_none();
            let idle_time =
                oldest.map_or(Duration::ZERO, |since| now.saturating_duration_since(since));
            let left = self.longest_idle.saturating_sub(idle_time);
            idle = wait(&self.pool_dropped, idle, left);
        }
        idle.has_closer = false;
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
    use super::{CAPACITY, Connection, LONGEST_IDLE, Pool, PoolConnector, PooledTransport};
    use crate::cancel::Cancel;

    /// A connection whose number is the size of its buffers.
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

    /// Makes connections, and counts how many of them were closed.
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

    fn take(pool: &Pool, base_url: &str, now: Instant) -> Option<usize> {
        let taken = pool.take(&base_url.parse().unwrap(), now);
        taken.map(|mut connection| connection.transport.buffers().output().len())
    }

    #[test]
    fn the_last_connection_to_the_host_is_taken() {
        let (pool, connections, now) = (Pool::default(), Connections::default(), Instant::now());
        for (number, base_url) in [
            (1, "http://h"),
            (2, "http://h"),
            (3, "https://h"),
            (4, "http://h:8080"),
        ] {
            pool.put(connections.open(base_url, number), now);
        }
        assert_eq!(take(&pool, "http://h/path?query", now), Some(2));
        assert_eq!(take(&pool, "http://h", now), Some(1));
        assert_eq!(take(&pool, "http://h", now), None);
        assert_eq!(take(&pool, "https://h", now), Some(3));
        assert_eq!(take(&pool, "http://h:8080", now), Some(4));
    }

    #[test]
    fn a_connection_that_was_idle_too_long_is_closed() {
        let (pool, connections, now) = (Pool::default(), Connections::default(), Instant::now());
        let second = Duration::from_secs(1);
        pool.put(connections.open("http://h", 1), now);
        pool.put(connections.open("http://h", 2), now + second);
        assert_eq!(take(&pool, "http://other", now + LONGEST_IDLE), None);
        assert_eq!(connections.closed(), 1);
        assert_eq!(take(&pool, "http://h", now + LONGEST_IDLE), Some(2));
    }

    #[test]
    fn old_connections_are_closed_without_another_call() {
        let pool = Pool::new(Duration::from_millis(20));
        let connections = Connections::default();
        let shared = Arc::downgrade(&pool.shared);
        for number in 1..=3 {
            pool.put(connections.open("http://h", number), Instant::now());
        }
        wait_until(|| connections.closed() == 3);
        wait_until(|| !pool.shared.idle.lock().has_closer);
        // The thread has gone; the next connection starts another.
        wait_until(|| shared.strong_count() == 1);
        pool.put(connections.open("http://h", 4), Instant::now());
        wait_until(|| connections.closed() == 4);
    }

    #[test]
    fn with_the_client_the_connections_and_the_thread_end() {
        let pool = Pool::new(Duration::from_secs(3600));
        let connections = Connections::default();
        let shared = Arc::downgrade(&pool.shared);
        pool.put(connections.open("http://h", 1), Instant::now());
        drop(pool);
        assert_eq!(connections.closed(), 1);
        assert_eq!(shared.strong_count(), 0, "the thread has not ended");
    }

    #[test]
    fn calls_one_after_the_other_start_one_thread() {
        let pool = Pool::new(Duration::from_secs(3600));
        let connections = Connections::default();
        pool.put(connections.open("http://h", 1), Instant::now());
        let shared = Arc::clone(&pool.shared);
        for _ in 0..10 {
            let uri = "http://h".parse().unwrap();
            let connection = pool.take(&uri, Instant::now()).unwrap();
            pool.put(connection, Instant::now());
        }
        // This test's, the client's and the thread's.
        assert_eq!(Arc::strong_count(&shared), 3);
    }

    /// Waits for what another thread does, and fails if it does not do it in a minute.
    fn wait_until(mut is_so: impl FnMut() -> bool) {
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
    fn of_too_many_connections_the_one_idle_longest_is_closed() {
        let (pool, connections, now) = (Pool::default(), Connections::default(), Instant::now());
        for number in 1..=CAPACITY + 1 {
            pool.put(connections.open("http://h", number), now);
        }
        assert_eq!(connections.closed(), 1);
        for number in (2..=CAPACITY + 1).rev() {
            assert_eq!(take(&pool, "http://h", now), Some(number));
        }
    }

    #[test]
    fn a_connection_whose_request_is_not_over_is_closed() {
        let (pool, connections) = (Arc::new(Pool::default()), Connections::default());
        for (is_over, closed) in [(true, 0), (false, 1)] {
            let connection = connections.open("http://h", 1);
            let mut transport = PooledTransport::new(connection, Arc::downgrade(&pool));
            if is_over {
                assert!(transport.is_open());
            }
            drop(transport);
            assert_eq!(connections.closed(), closed);
        }
    }

    #[test]
    fn no_part_of_a_closed_tunnel_stays_in_the_pool() {
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
        let connector = PoolConnector::new(opening, true);
        let pool = Arc::clone(&connector.pool);
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
        let tunnel = pool.take(&url.parse().unwrap(), Instant::now());
        drop(tunnel.unwrap());
        assert!(pool.shared.idle.lock().connections.is_empty());
    }
}
