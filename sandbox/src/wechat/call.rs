//! A call of an interface: which handler responds, and what is checked first.

use serde_json::Value;

use super::component_token::component_access_token;
use super::fields::Fields;
use super::{
    add_jump_qr_code, api_authorizer_token, api_component_token, api_get_authorizer_list,
    delete_jump_qr_code, download_qr_code_text, get_jump_qr_code, link_miniprogram,
    publish_jump_qr_code, stable_token, token, wxamplinkget,
};
use crate::account::{Account, AccountKind};
use crate::interface::Interface;
use crate::refusal::Refusal;
use crate::state::State;
use crate::state::holder::Holder;
use crate::state::journal::Parties;
use crate::state::traffic::Pace;

/// A request to one of the interfaces.
pub(super) struct Call {
    pub(super) interface: Interface,
    /// The HTTP method, e.g. `POST`.
    pub(super) method: String,
    /// The decoded fields of the query, in order.
    pub(super) query: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Call {
    /// Returns the first value of a query field. An empty value counts as absent.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// Returns a text of the body. Whether the rest of the body is right does not matter.
    pub(super) fn body_text(&self, field: &str) -> Option<String> {
        let body: Value = serde_json::from_slice(&self.body).ok()?;
        Some(body.get(field)?.as_str()?.to_owned())
    }

    /// Applies the call to the state. Returns the response without errcode and errmsg.
    pub(super) fn apply(&self, state: &mut State) -> Result<Value, Refusal> {
        let (method, wrong_method) = match self.interface {
            Interface::Token => ("GET", 43001),
            _ => ("POST", 43002),
        };
        if self.method != method {
            return Err(Refusal::new(wrong_method));
        }
        match handler(self.interface) {
            Handler::Call(respond) => respond(state, self),
            Handler::Account(respond) => {
                let account = self.check_access(state)?;
                let fields = match self.interface {
                    // It has no parameters. It needs no body since WeChat's staff fixed that.
                    Interface::WxaMpLinkGet if self.body.is_empty() => Fields::empty(),
                    _ => Fields::parse(&self.body)?,
                };
                respond(state, &account, &fields)
            }
        }
    }

    /// Checks the token, the pace and the permission set of the calling account, and returns it.
    fn check_access(&self, state: &mut State) -> Result<Account, Refusal> {
        let now = state.clock.now();
        let token = self
            .query("access_token")
            .ok_or_else(|| Refusal::new(41001))?;
        let holder = state.tokens.holder_of_valid(token, now)?.clone();
        // A platform's own token. The documented code is 61015; 48001 was seen in a response of
        // WeChat.
        let appid = holder.appid().ok_or_else(|| Refusal::new(48001))?;
        let account = state
            .accounts
            .get(appid)
            .cloned()
            .ok_or_else(|| Refusal::new(40001))?;
        let permission_sets = match &holder {
            Holder::Merchant {
                component_appid,
                appid,
            } => {
                let authorizations = &mut state.authorizations;
                &authorizations
                    .use_access_token(component_appid, appid, token)?
                    .permission_sets
            }
            _ => &account.permission_sets,
        };
        let granted = permission_set(self.interface, account.kind)
            .is_some_and(|set| permission_sets.contains(&set));
        let pace = pace(state, &account);
        state
            .traffic
            .count_call(self.interface, &account.appid, now, pace)?;
        if granted {
            Ok(account)
        } else {
            Err(Refusal::new(61007))
        }
    }

    /// Kills all tokens of the calling account. If a platform asks about its merchants, kills the
    /// platform's own tokens.
    pub(super) fn kill_tokens(&self, state: &mut State) {
        let now = state.clock.now();
        if self.interface.takes_component_token() {
            let platform = component_access_token(self)
                .and_then(|token| state.tokens.holder_of(token))
                .cloned();
            let tokens = &mut state.tokens;
            tokens.kill_where(now, |holder| Some(holder) == platform.as_ref());
        } else if let Some(appid) = self.appid(state) {
            let tokens = &mut state.tokens;
            tokens.kill_where(now, |holder| holder.appid() == Some(&appid));
        }
    }

    /// Returns the account and the platform of the call, if the sandbox has them.
    pub(super) fn parties(&self, state: &State) -> Parties {
        let known = |appid: &String| {
            state.accounts.contains_key(appid) || state.platforms.contains_key(appid)
        };
        let component_appid = if self.interface.is_for_platforms() {
            self.body_text("component_appid")
        } else {
            None
        };
        Parties {
            appid: self.appid(state).filter(known),
            component_appid: component_appid.filter(|appid| state.platforms.contains_key(appid)),
        }
    }

    /// Returns the appid of the calling account, or of the account whose token is requested. If a
    /// platform requests its own token or the list of its merchants, this is its component_appid.
    /// Whether the call will be refused does not matter.
    pub(super) fn appid(&self, state: &State) -> Option<String> {
        match self.interface {
            Interface::Token => self.query("appid").map(str::to_owned),
            Interface::StableToken => self.body_text("appid"),
            Interface::ApiComponentToken => self.body_text("component_appid"),
            Interface::ApiAuthorizerToken => self.body_text("authorizer_appid"),
            Interface::ApiGetAuthorizerList => {
                let holder = state.tokens.holder_of(component_access_token(self)?)?;
                holder.component_appid().map(str::to_owned)
            }
            _ => {
                let holder = state.tokens.holder_of(self.query("access_token")?)?;
                holder.appid().map(str::to_owned)
            }
        }
    }
}

/// The function that responds to a call.
enum Handler {
    /// Gets the call as it is, and checks the credentials or the platform's token itself.
    Call(fn(&mut State, &Call) -> Result<Value, Refusal>),
    /// Gets the account of the token, after the common checks.
    Account(fn(&mut State, &Account, &Fields) -> Result<Value, Refusal>),
}

const fn handler(interface: Interface) -> Handler {
    match interface {
        Interface::AddJumpQRCode => Handler::Account(add_jump_qr_code::respond),
        Interface::GetJumpQRCode => Handler::Account(|state, account, fields| {
            get_jump_qr_code::respond(state, account, fields)
        }),
        Interface::PublishJumpQRCode => Handler::Account(publish_jump_qr_code::respond),
        Interface::DeleteJumpQRCode => Handler::Account(delete_jump_qr_code::respond),
        Interface::DownloadQRCodeText => {
            Handler::Account(|_, account, fields| download_qr_code_text::respond(account, fields))
        }
        Interface::LinkMiniprogram => Handler::Account(link_miniprogram::respond),
        Interface::WxaMpLinkGet => {
            Handler::Account(|state, account, _| Ok(wxamplinkget::respond(state, account)))
        }
        Interface::Token => Handler::Call(token::respond),
        Interface::StableToken => Handler::Call(stable_token::respond),
        Interface::ApiComponentToken => Handler::Call(api_component_token::respond),
        Interface::ApiAuthorizerToken => Handler::Call(api_authorizer_token::respond),
        Interface::ApiGetAuthorizerList => Handler::Call(api_get_authorizer_list::respond),
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

/// Returns the permission set that an account of this kind needs. `None` if it cannot call the
/// interface, or if no account calls it with its token.
const fn permission_set(interface: Interface, kind: AccountKind) -> Option<u16> {
    match (interface, kind) {
        (Interface::LinkMiniprogram | Interface::WxaMpLinkGet, AccountKind::ServiceAccount) => {
            Some(33)
        }
        (
            Interface::AddJumpQRCode
            | Interface::GetJumpQRCode
            | Interface::PublishJumpQRCode
            | Interface::DeleteJumpQRCode
            | Interface::DownloadQRCodeText,
            AccountKind::MiniProgram,
        ) => Some(18),
        (
            Interface::AddJumpQRCode
            | Interface::GetJumpQRCode
            | Interface::PublishJumpQRCode
            | Interface::DeleteJumpQRCode,
            AccountKind::ServiceAccount,
        ) => Some(3),
        (Interface::LinkMiniprogram | Interface::WxaMpLinkGet, AccountKind::MiniProgram)
        | (Interface::DownloadQRCodeText, AccountKind::ServiceAccount)
        | (
            Interface::Token
            | Interface::StableToken
            | Interface::ApiComponentToken
            | Interface::ApiAuthorizerToken
            | Interface::ApiGetAuthorizerList,
            _,
        ) => None,
    }
}
