use std::io;

use super::certificates::Identity;
use super::{Connection, Received, content, framing, idle, sandboxed, slow, stage, tls};

/// A way in which a server misbehaves.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// The unique name, e.g. `half-a-head`.
    pub name: &'static str,
    /// What the server does.
    pub action: Action,
}

/// What the server does, and when. If a function returns `true`, the connection is kept for the
/// next request. Otherwise it is closed.
#[derive(Debug, Clone, Copy)]
pub enum Action {
    /// No server listens on the port.
    NoListener,
    /// The port listens, but the server never accepts a connection. The client can connect and
    /// send.
    NeverAccepted,
    /// Runs after a client has connected.
    OnConnect(fn(&mut Connection) -> io::Result<()>),
    /// Runs after the head of a request was read.
    AfterHead(fn(&mut Connection) -> io::Result<()>),
    /// Runs after a request was read.
    AfterRequest(fn(&mut Connection, &Received) -> io::Result<bool>),
    /// Runs after a request was read. `elsewhere` is the URL of another host, which counts its
    /// connections.
    Redirect(fn(&mut Connection, elsewhere: &str) -> io::Result<bool>),
    /// Runs after a correct answer, before the next call is made.
    WhileIdle(fn(&mut Connection) -> io::Result<bool>),
    /// Runs after a client that expects TLS has connected.
    OnTlsConnect(fn(&mut Connection) -> io::Result<()>),
    /// TLS with this certificate. Requests get correct answers.
    Tls(fn() -> Result<Identity, rcgen::Error>),
    /// TLS with a valid certificate. The first request on a connection gets two responses in one
    /// piece. The last byte of the ciphertext is held back until the client sends more.
    TlsSurplus,
    /// A sandbox with this fault, given as the JSON of its control interface.
    Sandbox(&'static str),
}

impl Fault {
    /// Returns all faults.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        let groups: [&'static [Self]; 7] = [
            stage::FAULTS,
            framing::FAULTS,
            slow::FAULTS,
            content::FAULTS,
            idle::FAULTS,
            tls::FAULTS,
            sandboxed::FAULTS,
        ];
        groups.into_iter().flatten()
    }

    /// Finds a fault by its name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::all().find(|fault| fault.name == name)
    }

    pub(super) const fn new(name: &'static str, action: Action) -> Self {
        Self { name, action }
    }
}
