//! `pushes.json`: the pushes to a third-party platform.

use serde::Deserialize;

use crate::VectorFile;

/// `pushes.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pushes {
    /// Requests, and the event in each, or why it is refused.
    pub pushes: Vec<PushVector>,
    /// Encrypted replies.
    pub replies: Vec<ReplyVector>,
    /// Requests that check an address.
    pub url_checks: Vec<UrlCheckVector>,
    /// Settings, and every finding.
    pub settings: Vec<SettingsVector>,
}

/// The settings of a receiver.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigVector {
    /// The platform's appid.
    pub component_appid: String,
    /// The current message token.
    pub message_token: String,
    /// The former message token.
    pub message_token_former: Option<String>,
    /// The current key.
    pub encoding_aes_key: String,
    /// The former key.
    pub encoding_aes_key_former: Option<String>,
}

/// A request.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushVector {
    /// Unique in the file.
    pub name: String,
    /// The settings of the receiver.
    pub config: ConfigVector,
    /// The query.
    pub query: String,
    /// The body.
    pub body: String,
    /// What the push says. It is answered with `success`.
    pub event: Option<EventVector>,
    /// The code of the refusal.
    pub refused: Option<String>,
}

/// An event: the fields of its `info_type`, or `raw`.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventVector {
    /// The type of the event; null for a message.
    pub info_type: Option<String>,
    /// The ticket.
    pub component_verify_ticket: Option<String>,
    /// The merchant.
    pub authorizer_appid: Option<String>,
    /// The code of the authorisation.
    pub authorization_code: Option<String>,
    /// When the code expires, in UNIX seconds.
    pub authorization_code_expired_time: Option<u64>,
    /// The code in the link.
    pub pre_auth_code: Option<String>,
    /// When the event was made, in UNIX seconds.
    pub create_time: Option<u64>,
    /// The text of any other event.
    pub raw: Option<String>,
}

/// A text, and its encryption.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplyVector {
    /// Unique in the file.
    pub name: String,
    /// The settings of the receiver.
    pub config: ConfigVector,
    /// The text.
    pub text: String,
    /// UNIX seconds.
    pub timestamp: u64,
    /// The nonce of the reply.
    pub nonce: String,
    /// The 16 random bytes, which are ASCII.
    pub random: String,
    /// The text of the element `Encrypt`.
    pub ciphertext: String,
    /// The text of the element `MsgSignature`.
    pub msg_signature: String,
}

/// A GET request that checks an address.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UrlCheckVector {
    /// Unique in the file.
    pub name: String,
    /// The settings of the receiver.
    pub config: ConfigVector,
    /// The query.
    pub query: String,
    /// The body of the response.
    pub echostr: Option<String>,
    /// The code of the refusal.
    pub refused: Option<String>,
}

/// Settings of a receiver, and every finding about them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingsVector {
    /// Unique in the file.
    pub name: String,
    /// The settings.
    pub config: ConfigVector,
    /// The findings, in any order.
    pub findings: Vec<SettingVector>,
}

/// A finding about a setting.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingVector {
    /// The setting.
    pub field: String,
    /// The code of the finding.
    pub code: String,
}

impl ConfigVector {
    /// Returns the tokens and keys, which no error may show.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        let current = [&self.message_token, &self.encoding_aes_key];
        let former = [&self.message_token_former, &self.encoding_aes_key_former];
        let former = former.into_iter().flatten();
        current.into_iter().chain(former).map(String::as_str)
    }
}

impl EventVector {
    /// Returns the ticket, the codes and the text, which no `Debug` may show.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        let secrets = [
            &self.component_verify_ticket,
            &self.authorization_code,
            &self.pre_auth_code,
            &self.raw,
        ];
        secrets.into_iter().flatten().map(String::as_str)
    }
}

impl VectorFile for Pushes {
    const FILE: &'static str = "pushes.json";

    fn names(&self) -> Vec<&str> {
        let pushes = self.pushes.iter().map(|v| v.name.as_str());
        let replies = self.replies.iter().map(|v| v.name.as_str());
        let url_checks = self.url_checks.iter().map(|v| v.name.as_str());
        let settings = self.settings.iter().map(|v| v.name.as_str());
        pushes
            .chain(replies)
            .chain(url_checks)
            .chain(settings)
            .collect()
    }
}
