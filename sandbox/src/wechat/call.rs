//! A call of an interface: which handler responds, and whose call it is.

use serde_json::Value;

use super::{
    add_jump_qr_code, api_authorizer_token, api_component_token, api_get_authorizer_list,
    delete_jump_qr_code, download_qr_code_text, get_jump_qr_code, link_miniprogram,
    publish_jump_qr_code, stable_token, token, wxamplinkget,
};
use crate::interface::Interface;
use crate::refusal::Refusal;
use crate::state::State;
use crate::state::journal::Parties;

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

    /// Returns the platform's token. WeChat's newer and older pages have different names for the
    /// query field.
    pub(super) fn component_access_token(&self) -> Option<&str> {
        self.query("access_token")
            .or_else(|| self.query("component_access_token"))
    }

    /// Applies the call to the state. Returns the response without errcode and errmsg.
    pub(super) fn apply(&self, state: &mut State) -> Result<Value, Refusal> {
        let (method, wrong_method) = match self.interface {
            Interface::Token => ("GET", 43001),
            _ => ("POST", 43002),
        };
        if self.method != method {
            return Err(wrong_method.into());
        }
        let respond = match self.interface {
            Interface::AddJumpQRCode => add_jump_qr_code::respond,
            Interface::GetJumpQRCode => get_jump_qr_code::respond,
            Interface::PublishJumpQRCode => publish_jump_qr_code::respond,
            Interface::DeleteJumpQRCode => delete_jump_qr_code::respond,
            Interface::DownloadQRCodeText => download_qr_code_text::respond,
            Interface::LinkMiniprogram => link_miniprogram::respond,
            Interface::WxaMpLinkGet => wxamplinkget::respond,
            Interface::Token => token::respond,
            Interface::StableToken => stable_token::respond,
            Interface::ApiComponentToken => api_component_token::respond,
            Interface::ApiAuthorizerToken => api_authorizer_token::respond,
            Interface::ApiGetAuthorizerList => api_get_authorizer_list::respond,
        };
        respond(state, self)
    }

    /// Kills all tokens of the calling account. If a platform asks about its merchants, kills the
    /// platform's own tokens.
    pub(super) fn kill_tokens(&self, state: &mut State) {
        let now = state.clock.now();
        if self.interface.takes_component_token() {
            let platform = self
                .component_access_token()
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
                let holder = state.tokens.holder_of(self.component_access_token()?)?;
                holder.component_appid().map(str::to_owned)
            }
            _ => {
                let holder = state.tokens.holder_of(self.query("access_token")?)?;
                holder.appid().map(str::to_owned)
            }
        }
    }
}
