//! The error responses of WeChat.

use std::borrow::Cow;

use jumpqr_core::ErrCode;

use crate::reason::Reason;

/// An error response of WeChat: the error code, and the text before the rid.
///
/// An error code alone is a refusal with the documented text of the code: `.ok_or(40013)?`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) errcode: i64,
    pub(crate) errmsg: Cow<'static, str>,
    /// What the response does not say.
    pub(crate) reason: Option<Box<Reason>>,
}

impl Refusal {
    /// Adds the reason.
    pub(crate) fn because(self, reason: Reason) -> Self {
        Self {
            reason: Some(Box::new(reason)),
            ..self
        }
    }
}

impl From<i64> for Refusal {
    fn from(errcode: i64) -> Self {
        let errmsg = ErrCode::lookup(errcode).map_or("", |code| code.errmsg);
        Self {
            errcode,
            errmsg: errmsg.into(),
            reason: None,
        }
    }
}
