//! Connections on given sockets, for the fuzz targets: they decide when which bytes arrive.

use std::fmt;
use std::io;
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Instant;

use jumpqr_core::call::SendRequest;
use ureq::unversioned::transport::{Buffers, LazyBuffers, NextTimeout, Transport};
use ureq::{Error, Timeout};

use super::endpoint::Endpoint;
use super::pool::Connection;
use super::socket::Socket;
use super::tcp::TcpTransport;
use super::{HttpTransport, INPUT, OUTPUT};
use crate::cancel::Cancel;
use crate::transport::HttpRequest;

/// A function that is called before each wait for a part of a response, with the number of free
/// bytes in the connection's buffer, and with whether the socket really waits. An error ends the
/// wait; [`TimedOut`](io::ErrorKind::TimedOut) ends it as the timeout does.
type BeforeWait = dyn FnMut(usize, bool) -> io::Result<()> + Send + Sync;

impl HttpTransport {
    /// Puts a connection to the host of `base_url` into the pool.
    #[doc(hidden)]
    pub fn put_connection(&self, base_url: &str, stream: TcpStream, before_wait: Box<BeforeWait>) {
        let socket = Arc::new(Socket::new(stream));
        let buffers = LazyBuffers::new(INPUT, OUTPUT);
        let transport = HookedTransport {
            tcp: TcpTransport::new(Arc::clone(&socket), buffers, self.limits.read_timeout),
            socket: Arc::clone(&socket),
            before_wait,
        };
        let connection = Connection {
            origin: Endpoint::new(base_url).origin.into(),
            transport: Box::new(transport),
            socket,
        };
        self.pool.put(connection, Instant::now());
    }
}

impl<'a> HttpRequest<'a> {
    /// Makes a request below `base_url`, which must have been checked.
    #[doc(hidden)]
    #[must_use]
    pub fn for_test(send: SendRequest<'a>, base_url: &'a str, cancel: &'a Cancel) -> Self {
        Self::new(send, base_url, cancel)
    }
}

struct HookedTransport {
    tcp: TcpTransport,
    socket: Arc<Socket>,
    before_wait: Box<BeforeWait>,
}

impl Transport for HookedTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.tcp.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.tcp.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let room = self.tcp.buffers().input_append_buf().len();
        match (self.before_wait)(room, self.socket.is_waiting()) {
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                Err(Error::Timeout(Timeout::PerRead))
            }
            Err(error) => Err(error.into()),
            Ok(()) => self.tcp.await_input(timeout),
        }
    }

    fn is_open(&mut self) -> bool {
        self.tcp.is_open()
    }
}

impl fmt::Debug for HookedTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HookedTransport").finish_non_exhaustive()
    }
}
