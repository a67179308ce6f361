use std::io;

use super::certificates::Identity;
use super::{Connection, Received, content, framing, idle, sandboxed, slow, stage, tls};

/// Something that a server does wrong.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// What it is called, e.g. `half-a-head`; unique.
    pub name: &'static str,
    /// What happens.
    pub play: Play,
}

/// What happens, and when. What a function leaves of a connection is closed; where it gives `true`, it is kept for the next
/// request.
#[derive(Debug, Clone, Copy)]
pub enum Play {
    /// Nobody listens.
    Nobody,
    /// The machine takes connections, the server none of them: the client connects and sends, and that is all.
    NeverAccepted,
    /// As soon as the connection is there.
    Connected(fn(&mut Connection) -> io::Result<()>),
    /// Once the head of a request was read.
    Head(fn(&mut Connection) -> io::Result<()>),
    /// Once the request was read.
    Request(fn(&mut Connection, &Received) -> io::Result<bool>),
    /// Once the request was read; `elsewhere` is the URL of another host, which counts what comes there.
    Redirect(fn(&mut Connection, elsewhere: &str) -> io::Result<bool>),
    /// Once the request was answered as it should be, and the next call is about to be made.
    Idle(fn(&mut Connection) -> io::Result<bool>),
    /// As soon as the connection of a client that wants TLS is there.
    Handshake(fn(&mut Connection) -> io::Result<()>),
    /// TLS with this certificate; what comes over it is answered as it should be.
    Tls(fn() -> Result<Identity, rcgen::Error>),
    /// TLS with a right certificate. The first request on a connection is answered with two
    /// responses in one piece, of which the last byte of the ciphertext is held back until the
    /// client sends more.
    TlsSurplus,
    /// A sandbox that was asked for this fault, in JSON.
    Sandbox(&'static str),
}

impl Fault {
    /// Every one.
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

    /// The one with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::all().find(|fault| fault.name == name)
    }

    pub(super) const fn new(name: &'static str, play: Play) -> Self {
        Self { name, play }
    }
}
