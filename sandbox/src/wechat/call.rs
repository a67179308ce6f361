//! A call of an interface: which handler responds, and whose call it is.

use serde_json::Value;

use super::add_jump_qr_code::PendingRule;
use super::{
    add_jump_qr_code, api_authorizer_token, api_component_token, api_create_preauthcode,
    api_get_authorizer_info, api_get_authorizer_list, api_query_auth, api_start_push_ticket,
    clear_component_quota_by_app_secret, clear_quota, clear_quota_by_app_secret,
    delete_jump_qr_code, download_qr_code_text, get_api_quota, get_jump_qr_code, get_rid_info,
    ip_list, link_miniprogram, publish_jump_qr_code, stable_token, token, unlink_miniprogram,
    wxamplinkget,
};
use crate::interface::Interface;
use crate::refusal::Refusal;
use crate::state::State;
use crate::state::holder::Holder;
use crate::state::journal::Parties;
use crate::state::refused_calls::RefusedCall;

/// What comes of a call that is not refused.
#[derive(Debug)]
pub(super) enum Applied {
    /// The response, without errcode and errmsg.
    Done(Value),
    /// A rule to add, which waits for the look for its verification file.
    Pending(Box<PendingRule>),
}

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

    /// Returns the token of a call that a platform may make. WeChat's newer and older pages have different names
    /// for the query field.
    pub(super) fn component_access_token(&self) -> Option<&str> {
        self.query("access_token")
            .or_else(|| self.query("component_access_token"))
    }

    /// Applies the call to the state.
    pub(super) fn apply(&self, state: &mut State) -> Result<Applied, Refusal> {
        let (method, wrong_method) = if self.interface.is_get() {
            ("GET", 43001)
        } else {
            ("POST", 43002)
        };
        if self.method != method {
            return Err(wrong_method.into());
        }
        let respond = match self.interface {
            Interface::AddJumpQRCode => return add_jump_qr_code::respond(state, self),
            Interface::GetJumpQRCode => get_jump_qr_code::respond,
            Interface::PublishJumpQRCode => publish_jump_qr_code::respond,
            Interface::DeleteJumpQRCode => delete_jump_qr_code::respond,
            Interface::DownloadQRCodeText => download_qr_code_text::respond,
            Interface::LinkMiniprogram => link_miniprogram::respond,
            Interface::WxaMpLinkGet => wxamplinkget::respond,
            Interface::UnlinkMiniprogram => unlink_miniprogram::respond,
            Interface::GetCallbackIp | Interface::GetApiDomainIp => ip_list::respond,
            Interface::GetApiQuota => get_api_quota::respond,
            Interface::GetRidInfo => get_rid_info::respond,
            Interface::ClearQuota => clear_quota::respond,
            Interface::ClearQuotaByAppSecret => clear_quota_by_app_secret::respond,
            Interface::Token => token::respond,
            Interface::StableToken => stable_token::respond,
            Interface::ApiComponentToken => api_component_token::respond,
            Interface::ApiAuthorizerToken => api_authorizer_token::respond,
            Interface::ApiGetAuthorizerList => api_get_authorizer_list::respond,
            Interface::ApiCreatePreauthcode => api_create_preauthcode::respond,
            Interface::ApiQueryAuth => api_query_auth::respond,
            Interface::ApiGetAuthorizerInfo => api_get_authorizer_info::respond,
            Interface::ApiStartPushTicket => api_start_push_ticket::respond,
            Interface::ClearComponentQuotaByAppSecret => {
                clear_component_quota_by_app_secret::respond
            }
        };
        respond(state, self).map(Applied::Done)
    }

    /// Kills all tokens of the calling account. If a platform asks about its merchants, kills the
    /// platform's own tokens.
    pub(super) fn kill_tokens(&self, state: &mut State) {
        let platform = self.holder(state).cloned();
        if self.interface.takes_component_token() {
            state.kill_where(|holder| Some(holder) == platform.as_ref());
        } else if let Some(appid) = self.appid(state) {
            state.kill_where(|holder| holder.appid.as_ref() == Some(&appid));
        }
    }

    /// Returns the account and the platform of the call, if the sandbox has them.
    pub(super) fn parties(&self, state: &State) -> Parties {
        let is_platform = |appid: &String| state.platforms.contains_key(appid);
        let is_known = |appid: &String| state.accounts.contains_key(appid) || is_platform(appid);
        let is_for_platforms = self.interface.is_for_platforms();
        let component_appid = is_for_platforms.then(|| self.body_text("component_appid"));
        Parties {
            appid: self.appid(state).filter(is_known),
            component_appid: component_appid.flatten().filter(is_platform),
        }
    }

    /// Returns the appid of the calling account, or of the account whose token is requested. If a
    /// platform requests its own token or calls for itself, this is its component_appid.
    /// Whether the call will be refused does not matter.
    pub(super) fn appid(&self, state: &State) -> Option<String> {
        match self.interface {
            Interface::Token => self.query("appid").map(str::to_owned),
            Interface::StableToken | Interface::ClearQuotaByAppSecret => self.body_text("appid"),
            Interface::ApiComponentToken
            | Interface::ApiStartPushTicket
            | Interface::ClearComponentQuotaByAppSecret => self.body_text("component_appid"),
            Interface::ApiAuthorizerToken => self.body_text("authorizer_appid"),
            Interface::ApiQueryAuth => {
                let code = self.body_text("authorization_code")?;
                state.codes.merchant_of(&code).map(str::to_owned)
            }
            Interface::ApiGetAuthorizerList
            | Interface::ApiCreatePreauthcode
            | Interface::ApiGetAuthorizerInfo => self.holder(state)?.component_appid.clone(),
            _ => self.holder(state)?.appid.clone(),
        }
    }

    /// Returns what WeChat keeps of the call, which it answered with `response_body`.
    pub(super) fn to_refused(&self, state: &State, response_body: &str) -> RefusedCall {
        let holder = self.holder(state).and_then(Holder::owner);
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.query);
        RefusedCall {
            owner: self.appid(state).or(holder.map(str::to_owned)),
            at: state.clock.now(),
            query: query.finish(),
            request_body: String::from_utf8_lossy(&self.body).into_owned(),
            response_body: response_body.to_owned(),
        }
    }

    /// Returns the holder of the call's token, valid or not.
    fn holder<'a>(&self, state: &'a State) -> Option<&'a Holder> {
        state.tokens.holder_of(self.component_access_token()?)
    }
}
