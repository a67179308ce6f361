use std::borrow::Cow;

use jumpqr_core::ErrCode;

/// An error response of WeChat: the error code, and the text before the rid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) errcode: i64,
    pub(crate) errmsg: Cow<'static, str>,
}

impl Refusal {
    /// Makes a refusal with the documented text of `errcode`.
    pub(crate) fn new(errcode: i64) -> Self {
        let errmsg = ErrCode::lookup(errcode).map_or("", |code| code.errmsg);
        Self {
            errcode,
            errmsg: Cow::Borrowed(errmsg),
        }
    }

    /// Makes a refusal with another text.
    pub(crate) fn with_errmsg(errcode: i64, errmsg: impl Into<Cow<'static, str>>) -> Self {
        Self {
            errcode,
            errmsg: errmsg.into(),
        }
    }
}
