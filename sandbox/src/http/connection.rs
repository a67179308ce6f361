//! A TCP connection that a response can reset, replace or close.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// The stream of a connection.
enum Stream {
    Tcp(TcpStream),
    /// TLS in a tunnel of the proxy.
    #[cfg(feature = "proxy")]
    Tls(Box<tokio_rustls::server::TlsStream<TcpStream>>),
}

impl Stream {
    fn tcp(&self) -> &TcpStream {
        match self {
            Self::Tcp(stream) => stream,
            #[cfg(feature = "proxy")]
            Self::Tls(stream) => stream.get_ref().0,
        }
    }

    fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self {
            Self::Tcp(stream) => Pin::new(stream).poll_read(cx, buffer),
            #[cfg(feature = "proxy")]
            Self::Tls(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self {
            Self::Tcp(stream) => Pin::new(stream).poll_write(cx, bytes),
            #[cfg(feature = "proxy")]
            Self::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Tcp(stream) => Pin::new(stream).poll_flush(cx),
            #[cfg(feature = "proxy")]
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
            #[cfg(feature = "proxy")]
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}

/// What happens at the next write to a connection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Plan {
    /// The bytes are written as they are.
    #[default]
    Write,
    /// The connection is reset.
    Reset,
    /// These bytes are written instead, and the connection is closed.
    Replace(Vec<u8>),
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
    /// Resets the connection (a TCP RST) instead of sending the response.
    pub(crate) fn reset(&self) {
        self.set(Plan::Reset);
    }

    /// Sends these bytes instead of the response, and closes the connection.
    pub(crate) fn replace(&self, bytes: &[u8]) {
        self.set(Plan::Replace(bytes.to_vec()));
    }

    /// Closes the connection after the response.
    pub(crate) fn close(&self) {
        self.set(Plan::Close);
    }

    fn set(&self, plan: Plan) {
        *self.plan.lock().unwrap_or_else(PoisonError::into_inner) = plan;
    }

    fn plan(&self) -> Plan {
        self.plan
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

pub(crate) struct Connection {
    stream: Stream,
    pub(crate) handle: ConnectionHandle,
}

impl Connection {
    pub(crate) fn plain(stream: TcpStream) -> Self {
        // A failure only costs latency.
        let _ = stream.set_nodelay(true);
        Self {
            stream: Stream::Tcp(stream),
            handle: ConnectionHandle::default(),
        }
    }

    /// Makes a connection of a client that uses the proxy.
    #[cfg(feature = "proxy")]
    pub(crate) fn tunnelled(stream: tokio_rustls::server::TlsStream<TcpStream>) -> Self {
        Self {
            stream: Stream::Tls(Box::new(stream)),
            handle: ConnectionHandle {
                is_tunnelled: true,
                ..ConnectionHandle::default()
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
        self.stream.poll_read(cx, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.handle.plan() {
            Plan::Write | Plan::Closed => self.stream.poll_write(cx, bytes),
            Plan::Reset => {
                // With zero linger, the close sends an RST.
                self.stream.tcp().set_zero_linger()?;
                Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
            }
            Plan::Replace(mut replacement) => {
                while !replacement.is_empty() {
                    let written = ready!(self.stream.poll_write(cx, &replacement))?;
                    replacement.drain(..written);
                    self.handle.set(Plan::Replace(replacement.clone()));
                }
                ready!(self.stream.poll_flush(cx))?;
                Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()))
            }
            Plan::Close => {
                let written = ready!(self.stream.poll_write(cx, bytes))?;
                if written == bytes.len() {
                    self.handle.set(Plan::Closed);
                }
                Poll::Ready(Ok(written))
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // A shutdown would send a FIN before the RST.
        if self.handle.plan() == Plan::Reset {
            return Poll::Ready(Ok(()));
        }
        self.stream.poll_shutdown(cx)
    }
}
