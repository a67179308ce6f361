//! What was seen from here.

use alloc::string::String;
use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};

use super::{Place, PreflightCode};
use crate::interface::VerificationFile;
use crate::named;
use crate::rule::RuleKey;

/// The most bytes of a body that are read.
pub const MOST_BODY_BYTES: usize = 64 * 1024;

/// How often the right place is looked at, at each address.
pub const ATTEMPTS: u8 = 3;

/// Everything that a preflight has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observations {
    /// The rule's prefix, and the appid of a service account's rule.
    pub key: RuleKey,
    /// The file that WeChat expects.
    pub file: ExpectedFile,
    /// Whether a port in the prefix was permitted, see [`Target::new`](super::Target::new).
    pub any_port: bool,
    /// Whether this is a rehearsal: private addresses were looked at, or addresses of the caller
    /// instead of those of DNS.
    pub is_rehearsal: bool,
    /// What DNS gave. `None` if it was not asked.
    pub dns: Option<Dns>,
    /// The addresses of this machine from which it looked.
    pub looked_from: Vec<IpAddr>,
    /// What came of each fetch.
    pub fetches: Vec<Fetch>,
}

/// The verification file, as WeChat gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedFile {
    /// Its name, e.g. `UASjIrr8C9.txt`.
    pub name: String,
    /// Its exact content: 32 hexadecimal characters.
    pub content: Vec<u8>,
}

impl From<VerificationFile> for ExpectedFile {
    fn from(file: VerificationFile) -> Self {
        Self {
            name: file.file_name,
            content: file.file_content.into_bytes(),
        }
    }
}

/// What DNS gave for the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dns {
    /// How long it took, in milliseconds.
    pub ms: u32,
    /// The addresses, or why there are none.
    pub answer: Result<Vec<IpAddr>, DnsFailure>,
}

/// Why the host has no address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DnsFailure {
    /// Whether DNS says so. Otherwise it has not answered, which says nothing about the host.
    pub is_answered: bool,
    /// What the resolver said.
    pub detail: String,
}

/// One fetch, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetch {
    /// What is at the URL.
    pub place: Place,
    /// The URL.
    pub url: String,
    /// The address that was connected to.
    pub address: SocketAddr,
    /// Which attempt it was, from 1.
    pub attempt: u8,
    /// How long its phases took.
    pub times: Times,
    /// What came of it.
    pub outcome: Outcome,
}

/// How long the phases of a fetch took, in milliseconds. `None` if a phase did not end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Times {
    /// To open the connection.
    pub connect_ms: Option<u32>,
    /// The TLS handshake.
    pub tls_ms: Option<u32>,
    /// From the request to the first byte of the response.
    pub first_byte_ms: Option<u32>,
    /// The whole fetch, from the start of the connection to the last byte.
    pub whole_ms: Option<u32>,
}

/// What came of a fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The head of a response came, and some or all of its body.
    Response(Response),
    /// No response came.
    Failed {
        /// In which way.
        failure: Failure,
        /// What the operating system or the TLS library said.
        detail: String,
    },
    /// Nothing was sent.
    NotTried {
        /// Why.
        reason: NotTried,
        /// What the operating system said; empty if it was not asked.
        detail: String,
    },
}

impl Outcome {
    /// Returns the stable name: `response`, or the name of the failure or the reason.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Response(_) => "response",
            Self::Failed { failure, .. } => failure.name(),
            Self::NotTried { reason, .. } => reason.name(),
        }
    }
}

/// The response of an HTTP server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status, e.g. 200.
    pub status: u16,
    /// The fields of the head, in their order.
    pub header: Vec<(String, Vec<u8>)>,
    /// The first bytes of the body, at most [`MOST_BODY_BYTES`].
    pub body: Vec<u8>,
    /// How the body ended.
    pub end: BodyEnd,
}

impl Response {
    /// Returns the first field with this name, in any case.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&[u8]> {
        let mut fields = self.header.iter();
        let found = fields.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| &**value)
    }
}

named! {
    /// How the body of a response ended.
    pub enum BodyEnd {
        /// It is complete.
        Complete = "complete",
        /// It is longer than [`MOST_BODY_BYTES`], and the rest was not read.
        TooLarge = "too_large",
        /// The connection was closed before its end.
        Closed = "closed",
        /// Its end did not come in time.
        TimedOut = "timed_out",
    }
}

named! {
    /// Why no response came.
    #[non_exhaustive]
    pub enum Failure {
        /// Nobody listens on the port.
        ConnectRefused = "connect_refused" => PreflightCode::ConnectRefused,
        /// No way leads to the address.
        Unreachable = "unreachable" => PreflightCode::Unreachable,
        /// The connection was not accepted in time.
        ConnectTimeout = "connect_timeout" => PreflightCode::ConnectTimeout,
        /// The certificate has expired.
        TlsExpired = "tls_expired" => PreflightCode::TlsExpired,
        /// The certificate is not valid yet.
        TlsNotYetValid = "tls_not_yet_valid" => PreflightCode::TlsNotYetValid,
        /// The certificate is for other hosts.
        TlsWrongName = "tls_wrong_name" => PreflightCode::TlsWrongName,
        /// The server sends its own certificate without that of the authority which signed it.
        TlsMissingIntermediate = "tls_missing_intermediate" =>
            PreflightCode::TlsMissingIntermediate,
        /// The certificate is from an authority that is not trusted.
        TlsUnknownIssuer = "tls_unknown_issuer" => PreflightCode::TlsUnknownIssuer,
        /// The certificate is signed by itself.
        TlsSelfSigned = "tls_self_signed" => PreflightCode::TlsSelfSigned,
        /// The server speaks no TLS of version 1.2 or later, or has no common cipher.
        TlsOldVersion = "tls_old_version" => PreflightCode::TlsOldVersion,
        /// The TLS handshake failed in another way.
        TlsFailed = "tls_failed" => PreflightCode::TlsFailed,
        /// The TLS handshake did not end in time.
        TlsTimeout = "tls_timeout" => PreflightCode::TlsTimeout,
        /// The response did not begin in time, or its head did not end.
        NoAnswer = "no_answer" => PreflightCode::TooSlow,
        /// The connection was closed before the head of a response.
        ClosedEarly = "closed_early" => PreflightCode::ClosedEarly,
        /// What came is not HTTP.
        NotHttp = "not_http" => PreflightCode::NotHttp,
    }
    /// Returns the code of the finding.
    pub(super) code -> PreflightCode
}

named! {
    /// Why nothing was sent.
    #[non_exhaustive]
    pub enum NotTried {
        /// The address is not public, see [`is_public`](super::is_public).
        PrivateAddress = "private_address",
        /// The deadline was over.
        Deadline = "deadline",
        /// The host has more addresses than are looked at.
        TooManyAddresses = "too_many_addresses",
        /// This machine has no route to the address, e.g. no IPv6, or no socket left.
        ThisMachine = "this_machine",
    }
}
