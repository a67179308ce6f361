//! A TCP connection that ends as the answer on it wants it to.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use axum::extract::connect_info::Connected;
use axum::serve::IncomingStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::Loopback;

/// What carries a connection's bytes.
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

/// How a connection goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Plan {
    #[default]
    Serve,
    /// The next write resets it instead.
    Reset,
    /// The next write sends these bytes instead, and closes it.
    Replace(Vec<u8>),
    /// After the next write, the client seems to have closed it.
    Close,
    /// The client seems to have closed it.
    Closing,
}

/// Decides about a connection from within a handler.
#[derive(Debug, Clone, Default)]
pub(super) struct Wire {
    plan: Arc<Mutex<Plan>>,
    /// Whether the connection came through the proxy.
    pub(super) in_tunnel: bool,
}

impl Wire {
    /// Instead of the answer, a TCP RST.
    pub(super) fn reset(&self) {
        self.set(Plan::Reset);
    }

    /// Instead of the answer, these bytes, and the end.
    pub(super) fn replace(&self, bytes: &[u8]) {
        self.set(Plan::Replace(bytes.to_vec()));
    }

    /// After the answer, the end.
    pub(super) fn close(&self) {
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

impl Connected<IncomingStream<'_, Loopback>> for Wire {
    fn connect_info(stream: IncomingStream<'_, Loopback>) -> Self {
        stream.io().wire.clone()
    }
}

pub(super) struct Connection {
    stream: Stream,
    wire: Wire,
}

impl Connection {
    pub(super) fn plain(stream: TcpStream) -> Self {
        // A failure costs latency, nothing else.
        let _ = stream.set_nodelay(true);
        Self {
            stream: Stream::Tcp(stream),
            wire: Wire::default(),
        }
    }

    /// One that came through the proxy.
    #[cfg(feature = "proxy")]
    pub(super) fn tunnelled(stream: tokio_rustls::server::TlsStream<TcpStream>) -> Self {
        Self {
            stream: Stream::Tls(Box::new(stream)),
            wire: Wire {
                in_tunnel: true,
                ..Wire::default()
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
        if self.wire.plan() == Plan::Closing {
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
        match self.wire.plan() {
            Plan::Serve | Plan::Closing => self.stream.poll_write(cx, bytes),
            Plan::Reset => {
                // Without lingering, the close that follows is an RST.
                self.stream.tcp().set_zero_linger()?;
                Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
            }
            Plan::Replace(mut replacement) => {
                while !replacement.is_empty() {
                    let written = ready!(self.stream.poll_write(cx, &replacement))?;
                    replacement.drain(..written);
                    self.wire.set(Plan::Replace(replacement.clone()));
                }
                ready!(self.stream.poll_flush(cx))?;
                Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()))
            }
            Plan::Close => {
                let written = ready!(self.stream.poll_write(cx, bytes))?;
                if written == bytes.len() {
                    self.wire.set(Plan::Closing);
                }
                Poll::Ready(Ok(written))
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // A reset sends no FIN before its RST.
        if self.wire.plan() == Plan::Reset {
            return Poll::Ready(Ok(()));
        }
        self.stream.poll_shutdown(cx)
    }
}
