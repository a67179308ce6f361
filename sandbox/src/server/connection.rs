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
pub(super) struct Wire(Arc<Mutex<Plan>>);

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
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = plan;
    }

    fn plan(&self) -> Plan {
        self.0
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
    stream: TcpStream,
    wire: Wire,
}

impl Connection {
    pub(super) fn new(stream: TcpStream) -> Self {
        // A failure costs latency, nothing else.
        let _ = stream.set_nodelay(true);
        Self {
            stream,
            wire: Wire::default(),
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
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.wire.plan() {
            Plan::Serve | Plan::Closing => Pin::new(&mut self.stream).poll_write(cx, bytes),
            Plan::Reset => {
                // Without lingering, the close that follows is an RST.
                self.stream.set_zero_linger()?;
                Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
            }
            Plan::Replace(mut replacement) => {
                while !replacement.is_empty() {
                    let written = ready!(Pin::new(&mut self.stream).poll_write(cx, &replacement))?;
                    replacement.drain(..written);
                    self.wire.set(Plan::Replace(replacement.clone()));
                }
                Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()))
            }
            Plan::Close => {
                let written = ready!(Pin::new(&mut self.stream).poll_write(cx, bytes))?;
                if written == bytes.len() {
                    self.wire.set(Plan::Closing);
                }
                Poll::Ready(Ok(written))
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // A reset sends no FIN before its RST.
        if self.wire.plan() == Plan::Reset {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
