//! What happens to an authorisation. WeChat pushes it to the platform's address. Source: the
//! official page of the authorisation events.

use jumpqr_core::named;
use serde_json::{Value, json};

use crate::clock::Moment;

named! {
    /// What happened.
    pub(crate) enum InfoType {
        /// A merchant has authorised the platform for the first time, or again after it had ended
        /// the authorisation.
        Authorized = "authorized",
        /// A merchant has changed its permission sets. If they stay the same, there is no event.
        UpdateAuthorized = "updateauthorized",
        /// A merchant has ended the authorisation.
        Unauthorized = "unauthorized",
    }
}

/// The codes in a push: all except `unauthorized` have them.
pub(crate) struct PushedCodes {
    pub(crate) authorization_code: String,
    pub(crate) expires_at: Moment,
    pub(crate) pre_auth_code: String,
}

/// One event. It has no `Debug`, because that would show the codes.
pub(crate) struct AuthorizationEvent {
    pub(crate) info_type: InfoType,
    /// The platform that the push goes to.
    pub(crate) component_appid: String,
    pub(crate) authorizer_appid: String,
    pub(crate) create_time: Moment,
    pub(crate) codes: Option<PushedCodes>,
}

impl AuthorizationEvent {
    /// Returns the fields of the push, with WeChat's names.
    pub(crate) fn fields(&self) -> Value {
        let mut fields = json!({
            "AppId": self.component_appid,
            "CreateTime": self.create_time.as_secs(),
            "InfoType": self.info_type,
            "AuthorizerAppid": self.authorizer_appid,
        });
        if let (Some(codes), Value::Object(fields)) = (&self.codes, &mut fields) {
            let expires_at = codes.expires_at.as_secs();
            let code = &codes.authorization_code;
            fields.insert("AuthorizationCode".to_owned(), json!(code));
            let name = "AuthorizationCodeExpiredTime".to_owned();
            fields.insert(name, json!(expires_at));
            fields.insert("PreAuthCode".to_owned(), json!(codes.pre_auth_code));
        }
        fields
    }
}
