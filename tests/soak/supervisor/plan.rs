//! What each call asks for, and what becomes of it: the call's number decides, so that whoever knows the number knows both.

use jumpqr_core::ErrCode;
use jumpqr_core::error::{ErrorKind, OwnCode};

/// One call in so many meets a fault.
const ONE_FAULT_IN: u64 = 100;

/// The errcode of a rule that was added before.
pub(crate) const ADDED_BEFORE: i64 = 85071;

/// A call's number, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Number(pub(crate) u32);

impl Number {
    /// Whether it adds a rule; else it lists rules. The clients keep to this.
    pub(crate) fn adds(self) -> bool {
        self.0 & 1 != 0
    }

    /// Whether it is made with the client that tries again. The clients keep to this.
    pub(crate) fn is_retried(self) -> bool {
        self.0 & 2 != 0
    }

    /// What the first request of the call meets.
    pub(crate) fn fault(self) -> Option<Fault> {
        let chance = self.mixed();
        if chance % ONE_FAULT_IN != 0 {
            return None;
        }
        let which = usize::try_from(chance / ONE_FAULT_IN).unwrap_or_default();
        Fault::ALL.get(which % Fault::ALL.len()).copied()
    }

    /// Whether WeChat refuses to add the rule, as one that was added before.
    pub(crate) fn is_refused(self) -> bool {
        self.adds() && self.fault().is_none() && self.mixed() % 16 == 1
    }

    /// Whether the rule stands although the answer to adding it got lost.
    pub(crate) fn stands(self) -> bool {
        self.mixed() >> 60 & 1 == 0
    }

    /// How many rules are listed: mostly one, now and then so many that they fill several packets.
    pub(crate) fn rules(self) -> usize {
        match self.mixed() >> 40 & 0xff {
            0 => 200,
            1..=15 => 12,
            _ => 1,
        }
    }

    /// The rid that every refusal of this call has.
    pub(crate) fn rid(self) -> String {
        format!("{:08x}-0000feed-0000beef", self.0)
    }

    /// The number of a prefix that ends with `begin` and the number.
    pub(crate) fn in_prefix(prefix: &str, begin: char) -> Option<Self> {
        let (_, last) = prefix.rsplit_once('/')?;
        last.strip_prefix(begin)?.parse().ok().map(Self)
    }

    /// Numbers that follow each other have nothing in common (the finaliser of splitmix64).
    fn mixed(self) -> u64 {
        let mut mixed = u64::from(self.0).wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }
}

/// What can become of a request, other than the plain answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The connection is reset once the request has been read.
    Reset,
    /// The connection is closed once the request has been read.
    Close,
    /// The connection is closed within the head of the answer.
    HalfHead,
    /// The connection is closed within the body of the answer.
    HalfBody,
    /// What comes is no HTTP.
    NotHttp,
    /// A proxy's 502, in HTML.
    BadGateway,
    /// A body that is no JSON.
    NotJson,
    /// -1.
    Busy,
    /// 44990.
    TooFast,
    /// 42001: the token is dead, and so it is for all others.
    Stale,
    /// The answer takes a while, and comes.
    Slow,
    /// The answer comes byte by byte.
    ByteByByte,
    /// The answer comes in chunks.
    Chunked,
    /// The answer ends with the connection.
    NoLength,
    /// After the answer, the connection is closed without a word.
    ClosedAfter,
}

/// What an error that a fault leads to says of itself.
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

    /// Whether a call need not notice.
    pub(crate) fn is_answered(self) -> bool {
        self.documented().is_none()
    }

    /// Whether a change may have been applied for all that the client can know.
    pub(crate) fn leaves_unknown(self) -> bool {
        !self.is_answered() && !matches!(self, Self::TooFast | Self::Stale)
    }

    /// Whether the connection cannot be used any more.
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

    /// The errcode that it is answered with.
    pub(crate) fn errcode(self) -> Option<i64> {
        match self {
            Self::Busy => Some(-1),
            Self::TooFast => Some(44990),
            Self::Stale => Some(42001),
            _ => None,
        }
    }

    /// The error of a call that ends with it.
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

/// The error of a call that is answered with `errcode`.
pub(crate) fn documented_errcode(errcode: i64) -> Option<Documented> {
    ErrCode::lookup(errcode).map(|known| Documented {
        kind: known.kind,
        code: known.name,
        errcode: Some(errcode),
    })
}
