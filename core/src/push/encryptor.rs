//! Encrypts as WeChat does.

use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec;
use core::fmt;

use super::cipher::AesKey;
use super::config::ReceiverConfig;
use super::query::is_nonce;
use super::signature::sign;
use crate::error::{Error, OwnCode, Result};
use crate::finding::{Finding, FindingCode};
use crate::secret::Secret;

/// The longest text that is encrypted, in bytes.
const LONGEST_TEXT: usize = 1024 * 1024;

/// Encrypts and signs with one message token and one key: replies, and pushes for a sandbox and for
/// tests.
#[derive(Clone)]
pub struct Encryptor {
    pub(super) component_appid: Arc<str>,
    pub(super) message_token: Secret,
    pub(super) key: Arc<AesKey>,
}

/// Which of the platform's two addresses a push goes to. The body of the request differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushAddress<'a> {
    /// The address for tickets and authorisations (授权事件接收配置).
    Authorization,
    /// The address for messages and events (消息与事件接收配置).
    Message {
        /// The original ID of the merchant, `gh_…`.
        to_user_name: &'a str,
    },
}

/// A request as WeChat sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EncryptedPush {
    /// The query, without `?`.
    pub query: String,
    /// The body.
    pub body: String,
}

impl Encryptor {
    /// Makes an encryptor with the current message token and the current key.
    pub fn new(config: &ReceiverConfig) -> Result<Self> {
        let (tokens, keys) = config.check()?;
        match (tokens.into_iter().next(), keys.into_iter().next()) {
            (Some(message_token), Some(key)) => Ok(Self {
                component_appid: config.component_appid.as_str().into(),
                message_token,
                key: Arc::new(key),
            }),
            _ => Err(Error::new(
                OwnCode::Internal,
                "checked settings have no token and key",
            )),
        }
    }

    /// Encrypts a text, as it stands in `Encrypt`. Take other random bytes for each text.
    pub fn encrypt(&self, text: &str, random: [u8; 16]) -> Result<String> {
        let is_short = text.len() <= LONGEST_TEXT;
        let encrypted = is_short.then(|| self.key.encrypt(text, random, &self.component_appid));
        encrypted.flatten().ok_or_else(|| {
            let message = "has more than 1 MiB; WeChat accepts no such text";
            invalid("text", FindingCode::TooLarge, message)
        })
    }

    /// Returns the `msg_signature` of a ciphertext.
    #[must_use]
    pub fn sign(&self, timestamp: &str, nonce: &str, ciphertext: &str) -> String {
        sign([self.message_token.expose(), timestamp, nonce, ciphertext])
    }

    /// Returns the `signature` of a request. It does not cover the body.
    #[must_use]
    pub fn sign_query(&self, timestamp: &str, nonce: &str) -> String {
        sign([self.message_token.expose(), timestamp, nonce])
    }

    /// Makes the XML of an encrypted reply to a message. `timestamp` is in UNIX seconds, and the
    /// nonce may be the nonce of the push. Take other random bytes for each reply.
    ///
    /// Tickets and authorisations are answered with the plain [`REPLY`](super::REPLY).
    pub fn encrypt_reply(
        &self,
        text: &str,
        timestamp: u64,
        nonce: &str,
        random: [u8; 16],
    ) -> Result<String> {
        check_nonce(nonce)?;
        let ciphertext = self.encrypt(text, random)?;
        let signature = self.sign(&format!("{timestamp}"), nonce, &ciphertext);
        Ok(format!(
            "<xml>\n<Encrypt><![CDATA[{ciphertext}]]></Encrypt>\n\
             <MsgSignature><![CDATA[{signature}]]></MsgSignature>\n\
             <TimeStamp>{timestamp}</TimeStamp>\n\
             <Nonce><![CDATA[{nonce}]]></Nonce>\n</xml>"
        ))
    }

    /// Makes a push as WeChat sends it, for a sandbox and for tests. `text` is the XML of an event
    /// or a message.
    pub fn encrypt_push(
        &self,
        address: PushAddress<'_>,
        text: &str,
        timestamp: u64,
        nonce: &str,
        random: [u8; 16],
    ) -> Result<EncryptedPush> {
        check_nonce(nonce)?;
        let ciphertext = self.encrypt(text, random)?;
        let time = format!("{timestamp}");
        let signature = self.sign_query(&time, nonce);
        let msg_signature = self.sign(&time, nonce, &ciphertext);
        let (field, receiver) = match address {
            PushAddress::Authorization => ("AppId", &*self.component_appid),
            PushAddress::Message { to_user_name } => ("ToUserName", to_user_name),
        };
        if receiver.contains("]]>") {
            let message = "ends the CDATA section around it; give the original ID of the merchant";
            return Err(invalid("to_user_name", FindingCode::UnknownValue, message));
        }
        Ok(EncryptedPush {
            query: format!(
                "signature={signature}&timestamp={time}&nonce={nonce}&encrypt_type=aes\
                 &msg_signature={msg_signature}"
            ),
            body: format!(
                "<xml>\n<{field}><![CDATA[{receiver}]]></{field}>\n\
                 <Encrypt><![CDATA[{ciphertext}]]></Encrypt>\n</xml>"
            ),
        })
    }
}

impl fmt::Debug for Encryptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encryptor")
            .field("component_appid", &self.component_appid)
            .finish_non_exhaustive()
    }
}

/// Refuses a nonce that would need encoding in a query or in XML.
fn check_nonce(nonce: &str) -> Result<()> {
    if is_nonce(nonce) && nonce.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(());
    }
    let message = "must be 1 to 63 letters and digits; WeChat's nonces are digits";
    Err(invalid("nonce", FindingCode::UnknownValue, message))
}

fn invalid(field: &str, code: FindingCode, message: &str) -> Error {
    Error::invalid(vec![Finding::new(field, code, message)])
}
