//! The pool of idle connections.
//!
//! The connection that was idle shortest is taken, so the others of a burst age. Whenever a
//! connection is put or taken, the old ones are closed. A thread closes them too, so that a process
//! without further calls keeps no sockets open. The thread runs while there are idle connections
//! and a little longer: single calls do not start a thread each.

use std::collections::VecDeque;
use std::mem;
use std::process;
use std::sync::{Arc, Condvar};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use jumpqr_core::response::Response;
use ureq::unversioned::transport::Transport;

use super::exchange::Received;
use super::socket::Socket;
use crate::mutex::{Mutex, wait};

/// The longest time a connection is idle: less than servers and load balancers commonly allow.
const LONGEST_IDLE: Duration = Duration::from_secs(15);

/// The most idle connections. With fewer than calls in flight, connections would be opened and
/// closed for nothing.
const CAPACITY: usize = 64;

/// The stack of the thread that closes connections, in bytes.
const STACK: usize = 64 * 1024;

/// A connection.
#[derive(Debug)]
pub(super) struct Connection {
    /// The scheme and authority of its host.
    pub(super) origin: Box<str>,
    pub(super) transport: Box<dyn Transport>,
    pub(super) socket: Arc<Socket>,
}

impl Connection {
    /// Returns whether the connection can be used for another request: nothing is left of the last
    /// response, and nothing arrived after it.
    fn is_open(&mut self) -> bool {
        self.transport.is_open() && self.socket.is_silent()
    }
}

/// The idle connections. Dropping the pool closes them, and ends the thread that closes old ones.
#[derive(Debug)]
pub(super) struct Pool {
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
        let is_old = |(since, _): &(Instant, Connection)| {
            now.saturating_duration_since(*since) >= longest_idle
        };
        if !self.connections.front().is_some_and(is_old) {
            return Vec::new();
        }
        let old = self.connections.partition_point(is_old);
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
    pub(super) fn take(&self, origin: &str, now: Instant) -> Option<Connection> {
        let mut idle = self.shared.idle.lock();
        let closed = idle.take_old(self.shared.longest_idle, now);
        let connections = &mut idle.connections;
        let index = connections
            .iter()
            .rposition(|(_, connection)| *connection.origin == *origin);
        let taken = index.and_then(|index| connections.remove(index));
        // Closing takes time, so the lock is released first.
        drop(idle);
        drop(closed);
        taken.map(|(_, connection)| connection)
    }

    /// Takes the connection as [`take`](Self::take) does, but skips those that cannot be used for
    /// another request.
    pub(super) fn take_open(&self, origin: &str, now: Instant) -> Option<Connection> {
        loop {
            let mut connection = self.take(origin, now)?;
            if connection.is_open() {
                return Some(connection);
            }
        }
    }

    /// Puts a connection into the pool, and closes the connections that were idle too long. If
    /// there are too many, the one that was idle longest is closed, too.
    pub(super) fn put(&self, connection: Connection, now: Instant) {
        let mut idle = self.shared.idle.lock();
        let old = idle.take_old(self.shared.longest_idle, now);
        idle.connections.push_back((now, connection));
        let surplus = idle.connections.len() > CAPACITY;
        let surplus = surplus.then(|| idle.connections.pop_front());
        let starts_closer = !mem::replace(&mut idle.has_closer, true);
        drop(idle);
        drop(old);
        drop(surplus);
        if starts_closer {
            self.start_closer();
        }
    }

    /// Returns a response, and puts its connection into the pool, if it can be used again.
    pub(super) fn end(&self, connection: Connection, received: Received) -> Response {
        #[cfg(unix)]
        connection.socket.set_waiting(true);
        if received.is_reusable {
            self.put(connection, Instant::now());
        }
        received.response
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
    use std::net::{TcpListener, TcpStream};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;
    use std::time::{Duration, Instant};

    use ureq::unversioned::transport::{Buffers, LazyBuffers, NextTimeout, Transport};

    use super::super::socket::Socket;
    use super::{CAPACITY, Connection, LONGEST_IDLE, Pool};

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
    struct Connections {
        /// Of all connections: the pool does not close it.
        socket: Arc<Socket>,
        closed: Arc<AtomicUsize>,
    }

    impl Default for Connections {
        fn default() -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            Self {
                socket: Arc::new(Socket::new(stream)),
                closed: Arc::default(),
            }
        }
    }

    impl Connections {
        fn open(&self, origin: &str, number: usize) -> Connection {
            let transport = Numbered {
                buffers: LazyBuffers::new(number, number),
                closed: Arc::clone(&self.closed),
            };
            Connection {
                origin: origin.into(),
                transport: Box::new(transport),
                socket: Arc::clone(&self.socket),
            }
        }

        fn closed(&self) -> usize {
            self.closed.load(Ordering::Relaxed)
        }
    }

    fn take(pool: &Pool, origin: &str, now: Instant) -> Option<usize> {
        let taken = pool.take(origin, now);
        taken.map(|mut connection| connection.transport.buffers().output().len())
    }

    #[test]
    fn the_last_connection_to_the_host_is_taken() {
        let (pool, connections, now) = (Pool::default(), Connections::default(), Instant::now());
        for (number, origin) in [
            (1, "http://h"),
            (2, "http://h"),
            (3, "https://h"),
            (4, "http://h:8080"),
        ] {
            pool.put(connections.open(origin, number), now);
        }
        assert_eq!(take(&pool, "http://h", now), Some(2));
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
        pool.put(connections.open("http://h", 3), now + second + LONGEST_IDLE);
        assert_eq!(connections.closed(), 2);
        assert_eq!(
            take(&pool, "http://h", now + second + LONGEST_IDLE),
            Some(3)
        );
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
            let connection = pool.take("http://h", Instant::now()).unwrap();
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
}
