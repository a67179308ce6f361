//! TLS for ureq, on rustls.
//!
//! ureq's own connector reuses a connection while rustls still holds a part of what the server
//! sent. It also cannot trust the bundled authorities and others at the same time.

use std::fmt;
use std::io::{self, BufRead, Read, Write};
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ALL_VERSIONS, ClientConfig, ClientConnection, Error as TlsError, StreamOwned};
use ureq::Error;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, Transport,
};

use super::exchange::fill;
use super::tls_records::TlsRecords;
use super::tls_roots::Roots;
use crate::base_url::strip_brackets;

/// Speaks TLS over a connection if the URL is https.
#[derive(Debug, Clone)]
pub(super) struct TlsConnector {
    config: Arc<ClientConfig>,
}

impl TlsConnector {
    pub(super) fn new(roots: &Roots) -> Result<Self, TlsError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(ALL_VERSIONS)?
            .with_root_certificates(Arc::clone(&roots.store))
            .with_no_client_auth();
        Ok(Self {
            config: Arc::new(config),
        })
    }
}

impl<In: Transport> Connector<In> for TlsConnector {
    type Out = Either<In, TlsTransport<In>>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        let Some(transport) = chained else {
            return Ok(None);
        };
        if !details.needs_tls() || transport.is_tls() {
            return Ok(Some(Either::A(transport)));
        }
        let host = details.uri.host().unwrap_or_default();
        let name = ServerName::try_from(strip_brackets(host).to_owned())
            .map_err(|_| Error::Tls("the host is not a valid name"))?;
        let mut connection =
            ClientConnection::new(Arc::clone(&self.config), name).map_err(tls_error)?;
        let mut socket = TrackedSocket {
            transport,
            records: TlsRecords::default(),
        };
        connection.complete_io(&mut socket)?;
        Ok(Some(Either::B(TlsTransport {
            buffers: LazyBuffers::new(
                details.config.input_buffer_size(),
                details.config.output_buffer_size(),
            ),
            stream: StreamOwned::new(connection, socket),
        })))
    }
}

fn tls_error(error: TlsError) -> Error {
    io::Error::new(io::ErrorKind::InvalidData, error).into()
}

/// A connection over TLS.
pub(super) struct TlsTransport<T: Transport> {
    buffers: LazyBuffers,
    stream: StreamOwned<ClientConnection, TrackedSocket<T>>,
}

impl<T: Transport> TlsTransport<T> {
    /// Returns whether the server has sent nothing after the last response: no unread plaintext, no
    /// part of a record, and no end.
    fn is_drained(&mut self) -> bool {
        let unread = self.stream.conn.reader().fill_buf().map(drop);
        self.buffers.input().is_empty()
            && self.stream.sock.records.are_complete()
            && unread.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
    }
}

impl<T: Transport> Transport for TlsTransport<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), Error> {
        let output = self.buffers.output().get(..amount).unwrap_or_default();
        let StreamOwned { conn, sock } = &mut self.stream;
        conn.writer().write_all(output)?;
        // The stream's own `write` hides that sending failed.
        while conn.wants_write() {
            conn.write_tls(sock)?;
        }
        Ok(())
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, Error> {
        let amount = self.stream.read(self.buffers.input_append_buf())?;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    fn is_open(&mut self) -> bool {
        self.is_drained() && self.stream.sock.transport.is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}

impl<T: Transport> fmt::Debug for TlsTransport<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsTransport").finish_non_exhaustive()
    }
}

/// Reads and writes ciphertext, and tracks the records that are read.
struct TrackedSocket<T: Transport> {
    transport: T,
    records: TlsRecords,
}

impl<T: Transport> Read for TrackedSocket<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.transport.buffers().input().is_empty() {
            let received = self.transport.await_input(NextTimeout::default());
            received.map_err(Error::into_io)?;
        }
        let (amount, _) = fill(buffer, self.transport.buffers().input());
        self.transport.buffers().input_consume(amount);
        self.records
            .follow(buffer.get(..amount).unwrap_or_default());
        Ok(amount)
    }
}

impl<T: Transport> Write for TrackedSocket<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (amount, _) = fill(self.transport.buffers().output(), bytes);
        let sent = self
            .transport
            .transmit_output(amount, NextTimeout::default());
        sent.map_err(Error::into_io)?;
        Ok(amount)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
