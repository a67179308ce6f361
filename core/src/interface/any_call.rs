use serde::Serialize;

use super::{
    AddJumpQRCode, DeleteJumpQRCode, DownloadQRCodeText, GetJumpQRCode, Interface, LinkMiniprogram,
    PublishJumpQRCode, WxaMpLinkGet,
};
use crate::check::CheckReport;

macro_rules! any_call {
    ($($call:ident,)+) => {
        /// A call of which only WeChat's name and a mapping of the arguments were known, see
        /// [`parse_call`](crate::mapping::parse_call): for languages that cannot name the types of this module.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[non_exhaustive]
        #[expect(missing_docs, reason = "each is named like the call that it holds")]
        pub enum AnyCall {
            $($call($call),)+
        }

        impl AnyCall {
            /// WeChat's names of the interfaces that can be called so: all but those that issue tokens.
            pub const NAMES: &'static [&'static str] = &[$($call::NAME),+];

            /// Hands the typed call to `visitor`.
            pub fn accept<V: CallVisitor>(self, visitor: V) -> V::Output {
                match self {
                    $(Self::$call(call) => visitor.visit(call),)+
                }
            }

            /// All violations and all warnings at once; nothing is sent.
            #[must_use]
            pub fn check(&self) -> CheckReport {
                match self {
                    $(Self::$call(call) => call.check(),)+
                }
            }
        }

        $(impl From<$call> for AnyCall {
            fn from(call: $call) -> Self {
                Self::$call(call)
            }
        })+
    };
}

any_call! {
    AddJumpQRCode,
    GetJumpQRCode,
    PublishJumpQRCode,
    DeleteJumpQRCode,
    DownloadQRCodeText,
    LinkMiniprogram,
    WxaMpLinkGet,
}

/// What is done with a call once its type is known.
pub trait CallVisitor {
    /// What comes of it.
    type Output;

    /// Does it. The answer serialises with the wire names; what WeChat left out is null.
    fn visit<I: Interface<Response: Serialize>>(self, call: I) -> Self::Output;
}
