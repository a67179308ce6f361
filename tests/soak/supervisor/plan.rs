//! What each call requests, and how it ends. The number of the call decides both.

use jumpqr_core::ErrCode;
use jumpqr_core::error::{ErrorKind, OwnCode};

/// One call in this many meets a fault.
const ONE_FAULT_IN: u64 = 100;

/// The errcode of a rule that already exists.
pub(crate) const ALREADY_ADDED: i64 = 85071;

/// The number of a call, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Number(pub(crate) u32);

impl Number {
    /// Returns whether the call adds a rule; otherwise it lists rules. The clients do the same.
    pub(crate) fn adds(self) -> bool {
        self.0 & 1 != 0
    }

    /// Returns whether the call uses the client with retries. The clients do the same.
    pub(crate) fn is_retried(self) -> bool {
        self.0 & 2 != 0
    }

    /// Returns the fault that the first request of the call meets.
    pub(crate) fn fault(self) -> Option<Fault> {
        let chance = self.hash_bits();
        if chance % ONE_FAULT_IN != 0 {
            return None;
        }
        let which = usize::try_from(chance / ONE_FAULT_IN).unwrap_or_default();
        Fault::ALL.get(which % Fault::ALL.len()).copied()
    }

    /// Returns whether WeChat refuses to add the rule because it already exists.
    pub(crate) fn is_refused(self) -> bool {
        self.adds() && self.fault().is_none() && self.hash_bits() % 16 == 1
    }

    /// Returns whether the rule was added although the answer was lost.
    pub(crate) fn stands(self) -> bool {
        self.hash_bits() >> 60 & 1 == 0
    }

    /// Returns the number of listed rules: mostly one, sometimes enough to fill several packets.
    pub(crate) fn rules(self) -> usize {
        match self.hash_bits() >> 40 & 0xff {
            0 => 200,
            1..=15 => 12,
            _ => 1,
        }
    }

    /// Returns the rid of every refusal of this call.
    pub(crate) fn rid(self) -> String {
        format!("{:08x}-0000feed-0000beef", self.0)
    }

    /// Parses the number in a prefix that ends with `begin` and the number.
    pub(crate) fn in_prefix(prefix: &str, begin: char) -> Option<Self> {
        let (_, last) = prefix.rsplit_once('/')?;
        last.strip_prefix(begin)?.parse().ok().map(Self)
    }

    /// Hashes the number (the finaliser of splitmix64), so that consecutive numbers behave
    /// differently.
    fn hash_bits(self) -> u64 {
        let mut mixed = u64::from(self.0).wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }
}

/// The faults of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The connection is reset once the request has been read.
    Reset,
    /// The connection is closed once the request has been read.
    Close,
    /// The connection is closed in the head of the answer.
    HalfHead,
    /// The connection is closed in the body of the answer.
    HalfBody,
    /// The answer is not HTTP.
    NotHttp,
    /// A proxy's 502, in HTML.
    BadGateway,
    /// A body that is not JSON.
    NotJson,
    /// The errcode -1.
    Busy,
    /// The errcode 44990.
    TooFast,
    /// The errcode 42001. The token is dead for all calls.
    Stale,
    /// The answer is delayed.
    Slow,
    /// The answer comes byte by byte.
    ByteByByte,
    /// The answer comes in chunks.
    Chunked,
    /// The answer ends with the connection.
    NoLength,
    /// After the answer, the connection is closed without notice.
    ClosedAfter,
}

/// The documented error of a fault.
pub(crate) struct Documented {
    pub(crate) kind: ErrorKind,
    pub(crate) code: &'static str,
    pub(crate) errcode: Option<i64>,
}

impl Fault {
    pub(crate) const ALL: [Self; 15] = [
        Self::Reset,
        Self::Close,
        Self::HalfHead,
        Self::HalfBody,
        Self::NotHttp,
        Self::BadGateway,
        Self::NotJson,
        Self::Busy,
        Self::TooFast,
        Self::Stale,
        Self::Slow,
        Self::ByteByByte,
        Self::Chunked,
        Self::NoLength,
        Self::ClosedAfter,
    ];

    /// Returns whether the call succeeds in spite of the fault.
    pub(crate) fn is_answered(self) -> bool {
        self.documented().is_none()
    }

    /// Returns whether the client cannot know if a change was applied.
    pub(crate) fn leaves_unknown(self) -> bool {
        !self.is_answered() && !matches!(self, Self::TooFast | Self::Stale)
    }

    /// Returns whether the connection cannot be used again.
    pub(crate) fn ends_connection(self) -> bool {
        matches!(
            self,
            Self::Reset
                | Self::Close
                | Self::HalfHead
                | Self::HalfBody
                | Self::NotHttp
                | Self::NoLength
                | Self::ClosedAfter
        )
    }

    /// Returns the errcode of the answer.
    pub(crate) fn errcode(self) -> Option<i64> {
        match self {
            Self::Busy => Some(-1),
            Self::TooFast => Some(44990),
            Self::Stale => Some(42001),
            _ => None,
        }
    }

    /// Returns the error of a call that ends with this fault.
    pub(crate) fn documented(self) -> Option<Documented> {
        if let Some(errcode) = self.errcode() {
            return documented_errcode(errcode);
        }
        let own = match self {
            Self::Reset | Self::Close | Self::HalfHead | Self::HalfBody | Self::NotHttp => {
                OwnCode::ConnectionLost
            }
            Self::BadGateway => OwnCode::HttpStatus,
            Self::NotJson => OwnCode::NotJson,
            _ => return None,
        };
        Some(Documented {
            kind: own.kind(),
            code: own.name(),
            errcode: None,
        })
    }
}

/// Returns the error of a call that is answered with `errcode`.
pub(crate) fn documented_errcode(errcode: i64) -> Option<Documented> {
    ErrCode::lookup(errcode).map(|known| Documented {
        kind: known.kind,
        code: known.name,
        errcode: Some(errcode),
    })
}
