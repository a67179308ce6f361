//! One request in an access log.

use alloc::borrow::Cow;
use core::time::Duration;

/// What a line of an access log tells about one request.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry<'a> {
    /// The time as the log has it. If the log has only a number, the time in UTC.
    pub(super) time: Cow<'a, str>,
    /// The same in milliseconds since 1970. `None` if its format is not known.
    pub(super) milliseconds: Option<i64>,
    /// The address that asked. Behind a proxy that the log names, the address that the proxy names.
    pub(super) address: Cow<'a, str>,
    /// The host that was asked for, without its port, if the log has it.
    pub(super) host: Option<Cow<'a, str>>,
    pub(super) method: Cow<'a, str>,
    /// The path and the query, percent-encoded as they came.
    pub(super) target: Cow<'a, str>,
    pub(super) status: u16,
    /// The bytes of the response. Apache may be set to count its head too, see [`SizeOf`]. `None`
    /// if the log does not tell: Apache's `%b` writes `-` for 0 bytes, and others for no number.
    pub(super) size: Option<u64>,
    pub(super) size_of: SizeOf,
    /// How long the response took, if the log has it.
    pub(super) duration: Option<Duration>,
    /// Empty if the request had none. `None` if the log does not have it.
    pub(super) user_agent: Option<Cow<'a, str>>,
}

/// What the size in a line counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SizeOf {
    /// The body.
    Body,
    /// The line does not tell. On Debian, Apache's format `combined` has `%O`: head and body.
    BodyOrResponse,
}
