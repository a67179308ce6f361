//! The interfaces of WeChat, one file each: what a request must have, what is refused, what
//! changes.

mod add_jump_qr_code;
mod api_authorizer_token;
mod api_component_token;
mod api_get_authorizer_list;
mod call;
mod component_token;
mod delete_jump_qr_code;
mod download_qr_code_text;
mod get_jump_qr_code;
mod link_miniprogram;
mod mode;
mod publish_jump_qr_code;
mod stable_token;
mod token;
mod wxamplinkget;

pub(crate) use call::Call;
pub(crate) use component_token::component_access_token;

use std::fmt;

use jumpqr_core::interface as core;
use jumpqr_core::interface::Interface as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::account::AccountKind;

/// An interface of WeChat's. The list is the sandbox's own, and must be as long as the list of
/// `jumpqr-core`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Interface {
    /// `addJumpQRCode`
    AddJumpQRCode,
    /// `getJumpQRCode`
    GetJumpQRCode,
    /// `publishJumpQRCode`
    PublishJumpQRCode,
    /// `deleteJumpQRCode`
    DeleteJumpQRCode,
    /// `downloadQRCodeText`
    DownloadQRCodeText,
    /// `linkMiniprogram`
    LinkMiniprogram,
    /// `wxamplinkget`
    WxaMpLinkGet,
    /// `token`
    Token,
    /// `stable_token`
    StableToken,
    /// `api_component_token`
    ApiComponentToken,
    /// `api_authorizer_token`
    ApiAuthorizerToken,
    /// `api_get_authorizer_list`
    ApiGetAuthorizerList,
}

const _: () = assert!(
    Interface::ALL.len() == core::NAMES.len(),
    "the sandbox does not have all interfaces of jumpqr-core"
);

impl Interface {
    /// Every interface.
    pub const ALL: [Self; 12] = [
        Self::AddJumpQRCode,
        Self::GetJumpQRCode,
        Self::PublishJumpQRCode,
        Self::DeleteJumpQRCode,
        Self::DownloadQRCodeText,
        Self::LinkMiniprogram,
        Self::WxaMpLinkGet,
        Self::Token,
        Self::StableToken,
        Self::ApiComponentToken,
        Self::ApiAuthorizerToken,
        Self::ApiGetAuthorizerList,
    ];

    /// Returns WeChat's name, e.g. `addJumpQRCode`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AddJumpQRCode => core::AddJumpQRCode::NAME,
            Self::GetJumpQRCode => core::GetJumpQRCode::NAME,
            Self::PublishJumpQRCode => core::PublishJumpQRCode::NAME,
            Self::DeleteJumpQRCode => core::DeleteJumpQRCode::NAME,
            Self::DownloadQRCodeText => core::DownloadQRCodeText::NAME,
            Self::LinkMiniprogram => core::LinkMiniprogram::NAME,
            Self::WxaMpLinkGet => core::WxaMpLinkGet::NAME,
            Self::Token => core::Token::NAME,
            Self::StableToken => core::StableToken::NAME,
            Self::ApiComponentToken => core::ApiComponentToken::NAME,
            Self::ApiAuthorizerToken => core::ApiAuthorizerToken::NAME,
            Self::ApiGetAuthorizerList => core::ApiGetAuthorizerList::NAME,
        }
    }

    /// Returns the path, e.g. `/cgi-bin/wxopen/qrcodejumpadd`. The paths are written again here. If
    /// one in core is wrong, the tests of the client against the sandbox fail.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::AddJumpQRCode => "/cgi-bin/wxopen/qrcodejumpadd",
            Self::GetJumpQRCode => "/cgi-bin/wxopen/qrcodejumpget",
            Self::PublishJumpQRCode => "/cgi-bin/wxopen/qrcodejumppublish",
            Self::DeleteJumpQRCode => "/cgi-bin/wxopen/qrcodejumpdelete",
            Self::DownloadQRCodeText => "/cgi-bin/wxopen/qrcodejumpdownload",
            Self::LinkMiniprogram => "/cgi-bin/wxopen/wxamplink",
            Self::WxaMpLinkGet => "/cgi-bin/wxopen/wxamplinkget",
            Self::Token => "/cgi-bin/token",
            Self::StableToken => "/cgi-bin/stable_token",
            Self::ApiComponentToken => "/cgi-bin/component/api_component_token",
            Self::ApiAuthorizerToken => "/cgi-bin/component/api_authorizer_token",
            Self::ApiGetAuthorizerList => "/cgi-bin/component/api_get_authorizer_list",
        }
    }

    /// Whether it issues tokens. All other interfaces are business calls, which need a token.
    #[must_use]
    pub const fn issues_token(self) -> bool {
        matches!(
            self,
            Self::Token | Self::StableToken | Self::ApiComponentToken | Self::ApiAuthorizerToken
        )
    }

    /// Whether it needs the platform's own token.
    pub(crate) const fn takes_component_token(self) -> bool {
        matches!(self, Self::ApiAuthorizerToken | Self::ApiGetAuthorizerList)
    }

    /// Whether only third-party platforms call it.
    pub(crate) const fn is_for_platforms(self) -> bool {
        matches!(self, Self::ApiComponentToken) || self.takes_component_token()
    }

    /// Whether a success response has `errcode` 0. Source: the samples of WeChat's pages.
    pub(crate) const fn has_errcode_on_success(self) -> bool {
        !(self.issues_token() || self.takes_component_token())
    }

    /// Returns the interface at this path.
    #[must_use]
    pub fn from_path(path: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|interface| interface.path() == path)
    }

    /// Returns the interface with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|interface| interface.name() == name)
    }

    /// Returns the permission set that an account of this kind needs. `None` if it cannot call the
    /// interface, or if no account calls it with its token.
    const fn permission_set(self, kind: AccountKind) -> Option<u16> {
        match (self, kind) {
            (Self::LinkMiniprogram | Self::WxaMpLinkGet, AccountKind::ServiceAccount) => Some(33),
            (
                Self::AddJumpQRCode
                | Self::GetJumpQRCode
                | Self::PublishJumpQRCode
                | Self::DeleteJumpQRCode
                | Self::DownloadQRCodeText,
                AccountKind::MiniProgram,
            ) => Some(18),
            (
                Self::AddJumpQRCode
                | Self::GetJumpQRCode
                | Self::PublishJumpQRCode
                | Self::DeleteJumpQRCode,
                AccountKind::ServiceAccount,
            ) => Some(3),
            (Self::LinkMiniprogram | Self::WxaMpLinkGet, AccountKind::MiniProgram)
            | (Self::DownloadQRCodeText, AccountKind::ServiceAccount)
            | (
                Self::Token
                | Self::StableToken
                | Self::ApiComponentToken
                | Self::ApiAuthorizerToken
                | Self::ApiGetAuthorizerList,
                _,
            ) => None,
        }
    }
}

impl fmt::Display for Interface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Interface {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Interface {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::from_name(&name).ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            serde::de::Error::custom(format!("no interface is called {name:?}; one of {names}"))
        })
    }
}
