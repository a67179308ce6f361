//! The interfaces, one file each: what is asked, what is refused, what changes.

mod add_jump_qr_code;
mod api_authorizer_token;
mod api_component_token;
mod api_get_authorizer_list;
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

pub(crate) use component_token::component_access_token;

use std::fmt;

use jumpqr_core::interface as core;
use jumpqr_core::interface::Interface as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::account::{Account, AccountKind};
use crate::fields::Fields;
use crate::refusal::Refusal;
use crate::state::State;
use crate::state::holder::Holder;
use crate::state::traffic::Pace;

/// An interface of WeChat's.
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

    /// WeChat's name of it, e.g. `addJumpQRCode`.
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

    /// Where it is, e.g. `/cgi-bin/wxopen/qrcodejumpadd`. Written down here anew, so that a client that calls the wrong
    /// path does not find it.
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

    /// Whether it issues tokens; else it is a business call, which needs one.
    #[must_use]
    pub const fn issues_token(self) -> bool {
        matches!(
            self,
            Self::Token | Self::StableToken | Self::ApiComponentToken | Self::ApiAuthorizerToken
        )
    }

    /// Whether the token that it needs is a platform's own.
    pub(crate) const fn takes_component_token(self) -> bool {
        matches!(self, Self::ApiAuthorizerToken | Self::ApiGetAuthorizerList)
    }

    /// Whether it says `errcode` 0 where it succeeds, as far as the samples of WeChat's pages tell.
    pub(crate) const fn answers_errcode(self) -> bool {
        !(self.issues_token() || self.takes_component_token())
    }

    /// The interface at this path.
    #[must_use]
    pub fn from_path(path: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|interface| interface.path() == path)
    }

    /// The interface of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|interface| interface.name() == name)
    }

    /// The permission set that an account of this kind needs to have granted, where it can call the interface at all.
    const fn permission_set(self, kind: AccountKind) -> Option<u16> {
        match (self, kind) {
            (Self::LinkMiniprogram | Self::WxaMpLinkGet, AccountKind::ServiceAccount) => Some(33),
            (Self::LinkMiniprogram | Self::WxaMpLinkGet, AccountKind::MiniProgram)
            | (Self::DownloadQRCodeText, AccountKind::ServiceAccount) => None,
            (_, AccountKind::MiniProgram) => Some(18),
            (_, AccountKind::ServiceAccount) => Some(3),
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

/// A request to one of the interfaces.
pub(crate) struct Call {
    pub(crate) interface: Interface,
    /// The HTTP method, e.g. `POST`.
    pub(crate) method: String,
    /// Decoded, in the order received.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Call {
    /// The first value of a field of the query; empty counts as absent.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// What the call is answered with, without errcode and errmsg; the state changes accordingly.
    pub(crate) fn answer(&self, state: &mut State) -> Result<Value, Refusal> {
        let (method, wrong_method) = match self.interface {
            Interface::Token => ("GET", 43001),
            _ => ("POST", 43002),
        };
        if self.method != method {
            return Err(Refusal::new(wrong_method));
        }
        match handler(self.interface) {
            Handler::Anybody(answer) => answer(state, self),
            Handler::Account(answer) => {
                let account = self.admit(state)?;
                let fields = match self.interface {
                    // Takes no parameters, and no body since WeChat's staff fixed that.
                    Interface::WxaMpLinkGet if self.body.is_empty() => Fields::none(),
                    _ => Fields::parse(&self.body)?,
                };
                answer(state, &account, &fields)
            }
        }
    }

    /// The account that calls, if it may: its token is good, it keeps its pace, and it has the permission.
    fn admit(&self, state: &mut State) -> Result<Account, Refusal> {
        let now = state.clock.now();
        let token = self
            .query("access_token")
            .ok_or_else(|| Refusal::new(41001))?;
        let holder = state.tokens.holder(token, now)?.clone();
        let appid = holder.appid().ok_or_else(|| Refusal::new(61015))?;
        let account = state
            .accounts
            .get(appid)
            .cloned()
            .ok_or_else(|| Refusal::new(40001))?;
        let permission_sets = match &holder {
            Holder::Authorizer {
                component_appid,
                appid,
            } => {
                let authorizations = &mut state.authorizations;
                &authorizations
                    .admit(component_appid, appid, token)?
                    .permission_sets
            }
            _ => &account.permission_sets,
        };
        let granted = self
            .interface
            .permission_set(account.kind)
            .is_some_and(|set| permission_sets.contains(&set));
        let pace = pace(state, &account);
        state
            .traffic
            .admit(self.interface, &account.appid, now, pace)?;
        if granted {
            Ok(account)
        } else {
            Err(Refusal::new(61007))
        }
    }
}

/// Who answers.
enum Handler {
    /// For anybody: it checks credentials, or the platform's token, itself.
    Anybody(fn(&mut State, &Call) -> Result<Value, Refusal>),
    /// For an account with a token.
    Account(fn(&mut State, &Account, &Fields) -> Result<Value, Refusal>),
}

const fn handler(interface: Interface) -> Handler {
    match interface {
        Interface::AddJumpQRCode => Handler::Account(add_jump_qr_code::answer),
        Interface::GetJumpQRCode => Handler::Account(|state, account, fields| {
            get_jump_qr_code::answer(state, account, fields)
        }),
        Interface::PublishJumpQRCode => Handler::Account(publish_jump_qr_code::answer),
        Interface::DeleteJumpQRCode => Handler::Account(delete_jump_qr_code::answer),
        Interface::DownloadQRCodeText => {
            Handler::Account(|_, account, fields| download_qr_code_text::answer(account, fields))
        }
        Interface::LinkMiniprogram => Handler::Account(link_miniprogram::answer),
        Interface::WxaMpLinkGet => {
            Handler::Account(|state, account, _| Ok(wxamplinkget::answer(state, account)))
        }
        Interface::Token => Handler::Anybody(token::answer),
        Interface::StableToken => Handler::Anybody(stable_token::answer),
        Interface::ApiComponentToken => Handler::Anybody(api_component_token::answer),
        Interface::ApiAuthorizerToken => Handler::Anybody(api_authorizer_token::answer),
        Interface::ApiGetAuthorizerList => Handler::Anybody(api_get_authorizer_list::answer),
    }
}

fn pace(state: &State, account: &Account) -> Pace {
    Pace {
        per_second: state.limits.calls_per_second,
        per_minute: match account.kind {
            AccountKind::MiniProgram => usize::MAX,
            AccountKind::ServiceAccount => state.limits.service_account_calls_per_minute,
        },
    }
}
