use std::borrow::Cow;

use jumpqr_core::ErrCode;

/// An answer that is not success: an error code, and the text before the rid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) errcode: i64,
    pub(crate) errmsg: Cow<'static, str>,
}

impl Refusal {
    /// `errcode` with its documented text.
    pub(crate) fn new(errcode: i64) -> Self {
        let errmsg = ErrCode::lookup(errcode).map_or("", |code| code.errmsg);
        Self {
            errcode,
            errmsg: Cow::Borrowed(errmsg),
        }
    }

    /// `errcode` with a text of its own.
    pub(crate) fn with_errmsg(errcode: i64, errmsg: impl Into<Cow<'static, str>>) -> Self {
        Self {
            errcode,
            errmsg: errmsg.into(),
        }
    }
}
