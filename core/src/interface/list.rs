//! The list of all interfaces. Everything that must know them all comes from it.

use serde_json::Value;

use super::by_name::{CallVisitor, FromMapping};
use super::{
    AddJumpQRCode, ApiAuthorizerToken, ApiComponentToken, ApiCreatePreauthcode,
    ApiGetAuthorizerInfo, ApiGetAuthorizerList, ApiQueryAuth, ApiStartPushTicket,
    ClearComponentQuotaByAppSecret, ClearQuota, ClearQuotaByAppSecret, DeleteJumpQRCode,
    DownloadQRCodeText, GetApiDomainIp, GetApiQuota, GetCallbackIp, GetJumpQRCode, GetRidInfo,
    Interface, LinkMiniprogram, PublishJumpQRCode, RawCall, StableToken, Token, UnlinkMiniprogram,
    WxaMpLinkGet,
};
use crate::check::CheckReport;
use crate::mapping::Reading;

#[diagnostic::on_unimplemented(
    message = "`{Self}` is not in the list of interfaces",
    note = "the list is in `core/src/interface/list.rs`"
)]
#[expect(
    unnameable_types,
    reason = "what cannot be named cannot be implemented elsewhere"
)]
pub trait Sealed: ByNameOrTypedOnly {}

/// A call in `by_name` has this trait from `FromMapping`, a call in `typed_only` from the list. If
/// a call in `typed_only` has `FromMapping`, the two conflict: move it to `by_name`.
#[expect(unnameable_types, reason = "a part of `Sealed`")]
pub trait ByNameOrTypedOnly {}

impl<T: FromMapping> ByNameOrTypedOnly for T {}

/// A raw call is not of one interface, so the list does not have it.
impl Sealed for RawCall {}
impl ByNameOrTypedOnly for RawCall {}

macro_rules! interfaces {
    (by_name: { $($call:ident,)+ } typed_only: { $($other:ident,)+ }) => {
        /// WeChat's names of all interfaces.
        pub const NAMES: &[&str] = &[$($call::NAME,)+ $($other::NAME,)+];

        /// Returns the path of the interface with this name. `None` if there is no such interface.
        ///
        /// ```
        /// use jumpqr_core::interface::path_of;
        ///
        /// assert_eq!(path_of("addJumpQRCode"), Some("/cgi-bin/wxopen/qrcodejumpadd"));
        /// ```
        #[must_use]
        pub fn path_of(name: &str) -> Option<&'static str> {
            match name {
                $($call::NAME => Some($call::PATH),)+
                $($other::NAME => Some($other::PATH),)+
                _ => None,
            }
        }

        /// Returns this path if an interface in the list has it, with WeChat's limit of 5 calls a
        /// second.
        pub(super) fn paced_path(path: &str) -> Option<&'static str> {
            match path {
                $($call::PATH if $call::PACED => Some($call::PATH),)+
                $($other::PATH if $other::PACED => Some($other::PATH),)+
                _ => None,
            }
        }

        $(impl Sealed for $call {})+
        $(impl Sealed for $other {})+
        $(impl ByNameOrTypedOnly for $other {})+

        /// A call to an interface that is known by its name, see
        /// [`parse_call`](super::parse_call). It is for languages that cannot name the types.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[non_exhaustive]
        #[expect(missing_docs, reason = "each variant has the name of its call")]
        pub enum AnyCall {
            $($call($call),)+
        }

        impl AnyCall {
            /// WeChat's names of the interfaces that can be called by name: all except those that
            /// hand out tokens.
            pub const NAMES: &'static [&'static str] = &[$($call::NAME,)+];

            /// Hands the typed call to `visitor`.
            pub fn accept<V: CallVisitor>(self, visitor: V) -> V::Output {
                match self {
                    $(Self::$call(call) => visitor.visit(call),)+
                }
            }

            /// Returns all violations and warnings. Nothing is sent.
            #[must_use]
            pub fn check(&self) -> CheckReport {
                match self {
                    $(Self::$call(call) => call.check(),)+
                }
            }

            /// Reads the call to the interface of this name. Returns its name as well. `None` if
            /// there is no such interface.
            pub(super) fn read(
                interface: &str,
                arguments: &Value,
            ) -> Option<(&'static str, Reading<Self>)> {
                match interface {
                    $($call::NAME => {
                        let call = <$call as FromMapping>::from_mapping(arguments);
                        Some(($call::NAME, call.map(Self::$call)))
                    })+
                    _ => None,
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

interfaces! {
    by_name: {
        AddJumpQRCode,
        GetJumpQRCode,
        PublishJumpQRCode,
        DeleteJumpQRCode,
        DownloadQRCodeText,
        LinkMiniprogram,
        WxaMpLinkGet,
        UnlinkMiniprogram,
        GetCallbackIp,
        GetApiDomainIp,
        GetApiQuota,
        GetRidInfo,
        ClearQuota,
        ClearQuotaByAppSecret,
    }
    typed_only: {
        Token,
        StableToken,
        ApiComponentToken,
        ApiAuthorizerToken,
        ApiGetAuthorizerList,
        ApiCreatePreauthcode,
        ApiQueryAuth,
        ApiGetAuthorizerInfo,
        ApiStartPushTicket,
        ClearComponentQuotaByAppSecret,
    }
}
