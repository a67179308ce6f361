//! A TCP connection that a response can reset, replace or close.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// The stream of a connection: TCP, or TLS in a tunnel of the proxy.
trait Socket: AsyncRead + AsyncWrite + Send {
    fn tcp(&self) -> &TcpStream;
}

impl Socket for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

#[cfg(feature = "proxy")]
impl Socket for tokio_rustls::server::TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

/// What happens at the next write to a connection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Plan {
    /// The bytes are written as they are.
    #[default]
    Write,
    /// The connection is reset (a TCP RST).
    Reset,
    /// These bytes are written instead, and the connection is closed.
    Replace(&'static [u8]),
    /// The bytes are written. After that the server reads an end of stream, so it closes the
    /// connection.
    Close,
    /// The server reads an end of stream.
    Closed,
}

/// Lets a handler decide what happens to its connection.
#[derive(Debug, Clone, Default)]
pub(crate) struct ConnectionHandle {
    plan: Arc<Mutex<Plan>>,
    /// Whether the connection came through the proxy.
    pub(crate) is_tunnelled: bool,
}

impl ConnectionHandle {
    pub(crate) fn set(&self, plan: Plan) {
        *self.plan.lock().unwrap_or_else(PoisonError::into_inner) = plan;
    }

    fn plan(&self) -> Plan {
        *self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) struct Connection {
    socket: Pin<Box<dyn Socket>>,
    pub(crate) handle: ConnectionHandle,
}

impl Connection {
    pub(crate) fn plain(stream: TcpStream) -> Self {
        // A failure only costs latency.
        let _ = stream.set_nodelay(true);
        Self {
            socket: Box::pin(stream),
            handle: ConnectionHandle::default(),
        }
    }

    /// Makes a connection of a client that uses the proxy.
    #[cfg(feature = "proxy")]
    pub(crate) fn tunnelled(stream: tokio_rustls::server::TlsStream<TcpStream>) -> Self {
        Self {
            socket: Box::pin(stream),
            handle: ConnectionHandle {
                plan: Arc::default(),
                is_tunnelled: true,
            },
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.handle.plan() == Plan::Closed {
            return Poll::Ready(Ok(()));
        }
        self.socket.as_mut().poll_read(cx, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.handle.plan() {
            Plan::Write | Plan::Closed => self.socket.as_mut().poll_write(cx, bytes),
            Plan::Reset => {
                // With zero linger, the close sends an RST.
                self.socket.tcp().set_zero_linger()?;
                Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
            }
            Plan::Replace(mut rest) => {
                while !rest.is_empty() {
                    let written = ready!(self.socket.as_mut().poll_write(cx, rest))?;
                    rest = rest.get(written..).unwrap_or_default();
                    self.handle.set(Plan::Replace(rest));
                }
                ready!(self.socket.as_mut().poll_flush(cx))?;
                Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()))
            }
            Plan::Close => {
                let written = ready!(self.socket.as_mut().poll_write(cx, bytes))?;
                if written == bytes.len() {
                    self.handle.set(Plan::Closed);
                }
                Poll::Ready(Ok(written))
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.socket.as_mut().poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // A shutdown would send a FIN before the RST.
        if self.handle.plan() == Plan::Reset {
            return Poll::Ready(Ok(()));
        }
        self.socket.as_mut().poll_shutdown(cx)
    }
}
