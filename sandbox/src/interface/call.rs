//! A request, and who answers it.

use serde_json::Value;

use super::{
    Interface, add_jump_qr_code, api_authorizer_token, api_component_token,
    api_get_authorizer_list, delete_jump_qr_code, download_qr_code_text, get_jump_qr_code,
    link_miniprogram, publish_jump_qr_code, stable_token, token, wxamplinkget,
};
use crate::account::{Account, AccountKind};
use crate::fields::Fields;
use crate::refusal::Refusal;
use crate::state::State;
use crate::state::holder::Holder;
use crate::state::traffic::Pace;

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

    /// A text in the body, be the rest of it right or wrong.
    pub(crate) fn in_body(&self, field: &str) -> Option<String> {
        let body: Value = serde_json::from_slice(&self.body).ok()?;
        Some(body.get(field)?.as_str()?.to_owned())
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
        // A platform's own token. The documented code is 61015; WeChat was seen to answer 48001.
        let appid = holder.appid().ok_or_else(|| Refusal::new(48001))?;
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
