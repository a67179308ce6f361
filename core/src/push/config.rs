//! The settings of a receiver.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::cipher::{AesKey, ENCODED_KEY_LENGTH};
use crate::check::has_white_space;
use crate::error::{Error, Result};
use crate::finding::{Finding, FindingCode};
use crate::secret::Secret;

/// The longest appid, in bytes; WeChat's have 18.
const LONGEST_APPID: usize = 64;

/// The longest message token, in bytes. The console accepts fewer.
const LONGEST_TOKEN: usize = 512;

/// The settings of a [`Receiver`](super::Receiver): the platform's appid, and what the console's
/// page of the platform has under 消息校验Token and 消息加解密Key.
///
/// The former token and key are the ones before the last change. Keep them for a while after a
/// change: WeChat does not say when it begins to use the new ones.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ReceiverConfig {
    /// The platform's appid. It is also in the pushes about messages to a merchant.
    pub component_appid: String,
    /// The message token (消息校验Token).
    pub message_token: Secret,
    /// The message token before the last change.
    pub message_token_former: Option<Secret>,
    /// The EncodingAESKey (消息加解密Key): 43 letters and digits.
    pub encoding_aes_key: Secret,
    /// The EncodingAESKey before the last change.
    pub encoding_aes_key_former: Option<Secret>,
}

impl ReceiverConfig {
    /// Makes the settings with the current token and key.
    pub fn new(
        component_appid: impl Into<String>,
        message_token: impl Into<Secret>,
        encoding_aes_key: impl Into<Secret>,
    ) -> Self {
        Self {
            component_appid: component_appid.into(),
            message_token: message_token.into(),
            message_token_former: None,
            encoding_aes_key: encoding_aes_key.into(),
            encoding_aes_key_former: None,
        }
    }

    /// Sets the message token before the last change.
    #[must_use]
    pub fn message_token_former(mut self, token: impl Into<Secret>) -> Self {
        self.message_token_former = Some(token.into());
        self
    }

    /// Sets the EncodingAESKey before the last change.
    #[must_use]
    pub fn encoding_aes_key_former(mut self, key: impl Into<Secret>) -> Self {
        self.encoding_aes_key_former = Some(key.into());
        self
    }

    /// Checks all settings. Returns the message tokens and the keys, the current ones first.
    pub(super) fn check(&self) -> Result<(Vec<Secret>, Vec<AesKey>)> {
        let mut findings = Vec::new();
        let mut keep = |field: &str, problem: Option<(FindingCode, String)>| {
            if let Some((code, message)) = problem {
                findings.push(Finding::new(field, code, message));
            }
        };
        keep("component_appid", find_appid_mistake(&self.component_appid));
        let tokens = [
            ("message_token", Some(&self.message_token)),
            ("message_token_former", self.message_token_former.as_ref()),
        ];
        let keys = [
            ("encoding_aes_key", Some(&self.encoding_aes_key)),
            (
                "encoding_aes_key_former",
                self.encoding_aes_key_former.as_ref(),
            ),
        ];
        let mut parsed_tokens = Vec::new();
        for (field, token) in tokens {
            let Some(token) = token else { continue };
            keep(field, find_token_mistake(token.expose()));
            parsed_tokens.push(token.clone());
        }
        let mut parsed_keys = Vec::new();
        for (field, key) in keys {
            let Some(key) = key else { continue };
            match AesKey::parse(key.expose()) {
                Some(key) => parsed_keys.push(key),
                None => keep(field, Some(describe_key_mistake(key.expose()))),
            }
        }
        if findings.is_empty() {
            Ok((parsed_tokens, parsed_keys))
        } else {
            Err(Error::invalid_config(findings))
        }
    }
}

/// Returns whether the text can be an appid: letters and digits.
pub(super) fn is_appid(text: &str) -> bool {
    (1..=LONGEST_APPID).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn find_appid_mistake(appid: &str) -> Option<(FindingCode, String)> {
    if is_appid(appid) {
        return None;
    }
    let code = if appid.is_empty() {
        FindingCode::Empty
    } else {
        FindingCode::WrongCredential
    };
    let message = "must be the platform's appid: letters and digits, for example \
                   wx1234567890abcdef";
    Some((code, message.into()))
}

fn find_token_mistake(token: &str) -> Option<(FindingCode, String)> {
    let (code, difference) = if token.is_empty() {
        (FindingCode::Empty, "this one is empty")
    } else if token.len() > LONGEST_TOKEN {
        (FindingCode::TooLarge, "this one is too long")
    } else if has_white_space(token) {
        (FindingCode::NotOneWord, "this one has some in it")
    } else {
        return None;
    };
    let message = format!(
        "must be the platform's 消息校验Token as the console shows it: one short word, without \
         white space or control characters; {difference}"
    );
    Some((code, message))
}

/// Says what a key looks like, and how this text differs.
fn describe_key_mistake(key: &str) -> (FindingCode, String) {
    let length = key.chars().count();
    let (code, difference) = if key.is_empty() {
        (FindingCode::Empty, "this one is empty".into())
    } else if has_white_space(key) {
        (
            FindingCode::NotOneWord,
            "this one has white space in it".into(),
        )
    } else if length != ENCODED_KEY_LENGTH {
        (
            FindingCode::WrongCredential,
            format!("this one has {length} characters"),
        )
    } else {
        (
            FindingCode::WrongCredential,
            "this one has other characters".into(),
        )
    };
    let message = format!(
        "must be the platform's 消息加解密Key (EncodingAESKey): 43 letters and digits, without a \
         final `=`; {difference}"
    );
    (code, message)
}
