//! The identity of an error.

use super::own_code::{Row, row};
use super::{ErrorKind, OwnCode};
use crate::errcode::ErrCode;
use crate::named;

/// What identifies an error. Its name, kind and advice follow from it.
///
/// ```
/// use jumpqr_core::Error;
/// use jumpqr_core::error::{Code, OwnCode};
///
/// let error = Error::new(OwnCode::Timeout, "the call took longer than 10s");
/// assert!(error.code() == OwnCode::Timeout);
///
/// let refused = Error::from_answer(85066, "illegal prefix");
/// assert!(matches!(refused.code(), Code::WeChat(code) if code.number == 85066));
/// assert_eq!(refused.code().name(), "illegal_prefix");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// WeChat answered with this code of the table.
    WeChat(&'static ErrCode),
    /// WeChat answered with an `errcode` that is not in the table.
    Unknown(i64),
    /// The error does not come from WeChat.
    Own(OwnCode),
}

impl Code {
    /// Looks up the `errcode` of a response.
    #[must_use]
    pub fn from_errcode(errcode: i64) -> Self {
        ErrCode::lookup(errcode).map_or(Self::Unknown(errcode), Self::WeChat)
    }

    /// Returns the stable name, e.g. `illegal_prefix`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::WeChat(code) => code.name,
            Self::Unknown(_) => OwnCode::UnknownErrcode.name(),
            Self::Own(code) => code.name(),
        }
    }

    const fn row(self) -> Row {
        match self {
            Self::WeChat(code) => row(code.kind, code.retryable, code.advice),
            Self::Unknown(_) => OwnCode::UnknownErrcode.row(),
            Self::Own(code) => code.row(),
        }
    }

    /// Returns what the reader of the error must do, in a word.
    #[must_use]
    pub const fn kind(self) -> ErrorKind {
        self.row().kind
    }

    /// Returns what to do, for a person.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        self.row().advice
    }

    /// Whether the same call may succeed later, with nothing changed.
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        self.row().retryable
    }

    /// Returns the `errcode`, if WeChat answered with one.
    #[must_use]
    pub const fn errcode(self) -> Option<i64> {
        match self {
            Self::WeChat(code) => Some(code.number),
            Self::Unknown(errcode) => Some(errcode),
            Self::Own(_) => None,
        }
    }

    /// Returns the row of the table, if WeChat answered with a code that has one.
    #[must_use]
    pub const fn documented(self) -> Option<&'static ErrCode> {
        match self {
            Self::WeChat(code) => Some(code),
            Self::Unknown(_) | Self::Own(_) => None,
        }
    }
}

impl PartialEq<OwnCode> for Code {
    fn eq(&self, other: &OwnCode) -> bool {
        match self {
            Self::WeChat(_) => false,
            Self::Unknown(_) => *other == OwnCode::UnknownErrcode,
            Self::Own(code) => code == other,
        }
    }
}

impl From<OwnCode> for Code {
    fn from(code: OwnCode) -> Self {
        Self::Own(code)
    }
}

named! { @text Code }

#[cfg(test)]
mod tests {
    use super::{Code, OwnCode};

    #[test]
    fn every_part_follows_from_the_code() {
        let busy = Code::from_errcode(-1);
        assert_eq!((busy.name(), busy.errcode()), ("system_error", Some(-1)));
        assert!(busy.is_retryable());
        assert_eq!(busy.documented().unwrap().number, -1);

        let unknown = Code::from_errcode(12345);
        assert_eq!(unknown.errcode(), Some(12345));
        assert_eq!(unknown.documented(), None);
        assert_eq!(unknown.kind(), OwnCode::UnknownErrcode.kind());

        let own = Code::from(OwnCode::Timeout);
        assert_eq!((own.name(), own.errcode()), ("timeout", None));
        assert_eq!(own.advice(), OwnCode::Timeout.advice());
    }

    #[test]
    fn an_own_code_is_compared_with_codes_of_every_origin() {
        assert!(Code::Own(OwnCode::Timeout) == OwnCode::Timeout);
        assert!(Code::Own(OwnCode::Timeout) != OwnCode::Cancelled);
        assert!(Code::Unknown(12345) == OwnCode::UnknownErrcode);
        assert!(Code::Unknown(12345) != Code::Unknown(12346));
        assert!(Code::from_errcode(-1) != OwnCode::UnknownErrcode);
    }
}
