//! The interfaces of WeChat: names, paths, and what is the same for every account.

use jumpqr_core::interface as core;
use jumpqr_core::interface::Interface as _;
use jumpqr_core::named;

named! {
    /// An interface of WeChat's. The list is the sandbox's own, and must be as long as the list of
    /// `jumpqr-core`.
    #[derive(PartialOrd, Ord)]
    #[non_exhaustive]
    pub enum Interface {
        /// `addJumpQRCode`
        AddJumpQRCode = core::AddJumpQRCode::NAME => "/cgi-bin/wxopen/qrcodejumpadd",
        /// `getJumpQRCode`
        GetJumpQRCode = core::GetJumpQRCode::NAME => "/cgi-bin/wxopen/qrcodejumpget",
        /// `publishJumpQRCode`
        PublishJumpQRCode = core::PublishJumpQRCode::NAME => "/cgi-bin/wxopen/qrcodejumppublish",
        /// `deleteJumpQRCode`
        DeleteJumpQRCode = core::DeleteJumpQRCode::NAME => "/cgi-bin/wxopen/qrcodejumpdelete",
        /// `downloadQRCodeText`
        DownloadQRCodeText = core::DownloadQRCodeText::NAME => "/cgi-bin/wxopen/qrcodejumpdownload",
        /// `linkMiniprogram`
        LinkMiniprogram = core::LinkMiniprogram::NAME => "/cgi-bin/wxopen/wxamplink",
        /// `wxamplinkget`
        WxaMpLinkGet = core::WxaMpLinkGet::NAME => "/cgi-bin/wxopen/wxamplinkget",
        /// `unlinkMiniprogram`
        UnlinkMiniprogram = core::UnlinkMiniprogram::NAME => "/cgi-bin/wxopen/wxampunlink",
        /// `getCallbackIp`
        GetCallbackIp = core::GetCallbackIp::NAME => "/cgi-bin/getcallbackip",
        /// `getApiDomainIp`
        GetApiDomainIp = core::GetApiDomainIp::NAME => "/cgi-bin/get_api_domain_ip",
        /// `getApiQuota`
        GetApiQuota = core::GetApiQuota::NAME => "/cgi-bin/openapi/quota/get",
        /// `getRidInfo`
        GetRidInfo = core::GetRidInfo::NAME => "/cgi-bin/openapi/rid/get",
        /// `clearQuota`
        ClearQuota = core::ClearQuota::NAME => "/cgi-bin/clear_quota",
        /// `clearQuotaByAppSecret`
        ClearQuotaByAppSecret = core::ClearQuotaByAppSecret::NAME => "/cgi-bin/clear_quota/v2",
        /// `token`
        Token = core::Token::NAME => "/cgi-bin/token",
        /// `stable_token`
        StableToken = core::StableToken::NAME => "/cgi-bin/stable_token",
        /// `api_component_token`
        ApiComponentToken = core::ApiComponentToken::NAME
            => "/cgi-bin/component/api_component_token",
        /// `api_authorizer_token`
        ApiAuthorizerToken = core::ApiAuthorizerToken::NAME
            => "/cgi-bin/component/api_authorizer_token",
        /// `api_get_authorizer_list`
        ApiGetAuthorizerList = core::ApiGetAuthorizerList::NAME
            => "/cgi-bin/component/api_get_authorizer_list",
        /// `api_create_preauthcode`
        ApiCreatePreauthcode = core::ApiCreatePreauthcode::NAME
            => "/cgi-bin/component/api_create_preauthcode",
        /// `api_query_auth`
        ApiQueryAuth = core::ApiQueryAuth::NAME => "/cgi-bin/component/api_query_auth",
        /// `api_get_authorizer_info`
        ApiGetAuthorizerInfo = core::ApiGetAuthorizerInfo::NAME
            => "/cgi-bin/component/api_get_authorizer_info",
        /// `api_start_push_ticket`
        ApiStartPushTicket = core::ApiStartPushTicket::NAME
            => "/cgi-bin/component/api_start_push_ticket",
        /// `clearComponentQuotaByAppSecret`
        ClearComponentQuotaByAppSecret = core::ClearComponentQuotaByAppSecret::NAME
            => "/cgi-bin/component/clear_quota/v2",
    }
    /// Returns the path, e.g. `/cgi-bin/wxopen/qrcodejumpadd`. The paths are written again here. If
    /// one in core is wrong, the tests of the client against the sandbox fail.
    pub path -> &'static str
}

const _: () = assert!(
    Interface::ALL.len() == core::NAMES.len(),
    "the sandbox does not have all interfaces of jumpqr-core"
);

impl Interface {
    /// Whether it issues tokens.
    #[must_use]
    pub const fn issues_token(self) -> bool {
        matches!(
            self,
            Self::Token
                | Self::StableToken
                | Self::ApiComponentToken
                | Self::ApiAuthorizerToken
                | Self::ApiQueryAuth
        )
    }

    /// Whether its caller proves itself with a secret, and not with a token.
    pub(crate) const fn takes_secret(self) -> bool {
        matches!(
            self,
            Self::Token
                | Self::StableToken
                | Self::ApiComponentToken
                | Self::ApiStartPushTicket
                | Self::ClearComponentQuotaByAppSecret
                | Self::ClearQuotaByAppSecret
        )
    }

    /// Whether it is a business call: one that needs a token, and issues none.
    pub(crate) const fn is_business(self) -> bool {
        !self.issues_token() && !self.takes_secret()
    }

    /// Whether it needs the platform's own token.
    pub(crate) const fn takes_component_token(self) -> bool {
        matches!(
            self,
            Self::ApiAuthorizerToken
                | Self::ApiGetAuthorizerList
                | Self::ApiCreatePreauthcode
                | Self::ApiQueryAuth
                | Self::ApiGetAuthorizerInfo
        )
    }

    /// Whether only third-party platforms call it.
    pub(crate) const fn is_for_platforms(self) -> bool {
        matches!(
            self,
            Self::ApiComponentToken
                | Self::ApiStartPushTicket
                | Self::ClearComponentQuotaByAppSecret
        ) || self.takes_component_token()
    }

    /// Whether a success response has `errcode` 0. Source: the samples of WeChat's pages.
    pub(crate) const fn has_errcode_on_success(self) -> bool {
        !(self.issues_token() || self.takes_component_token() || self.lists_addresses())
    }

    /// Whether its request is a GET, without a body.
    pub(crate) const fn is_get(self) -> bool {
        matches!(self, Self::Token) || self.lists_addresses()
    }

    /// Whether accounts and platforms call it, each with their own token.
    pub(crate) const fn is_for_anybody(self) -> bool {
        self.lists_addresses()
            || matches!(
                self,
                Self::GetApiQuota | Self::GetRidInfo | Self::ClearQuota
            )
    }

    const fn lists_addresses(self) -> bool {
        matches!(self, Self::GetCallbackIp | Self::GetApiDomainIp)
    }

    /// Returns the interface at this path.
    #[must_use]
    pub fn from_path(path: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|interface| interface.path() == path)
    }

    /// Returns the interface with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|interface| interface.name() == name)
    }
}
