//! Receives pushes.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroizing;

use super::cipher::{AesKey, decode_blocks};
use super::config::ReceiverConfig;
use super::encryptor::Encryptor;
use super::event::Event;
use super::query::Query;
use super::refusal::{malformed, not_decrypted, not_signed};
use super::signature::{find_signer, sign};
use super::xml::Fields;
use crate::error::Result;
use crate::secret::Secret;

/// The longest body of a push, in bytes. WeChat's have a few thousand.
pub const MAX_BODY_BYTES: usize = 256 * 1024;

/// The longest `echostr` of the request that checks an address, in bytes. WeChat's have about 20.
const LONGEST_ECHO: usize = 256;

/// The reply to a push: the whole body of a response with HTTP status 200. WeChat waits 5 seconds
/// for it.
pub const REPLY: &str = "success";

/// Checks and decrypts the pushes to a platform. It may be shared between threads.
#[derive(Clone)]
pub struct Receiver {
    component_appid: Arc<str>,
    tokens: Vec<Secret>,
    keys: Vec<Arc<AesKey>>,
}

/// A push from WeChat.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Push {
    /// What the push says.
    pub event: Event,
    /// The body to answer with: [`REPLY`].
    pub reply: &'static str,
    encryptor: Encryptor,
}

impl Push {
    /// Makes the XML of an encrypted reply to a message, with the token and the key of the push, as
    /// [`Encryptor::encrypt_reply`] does.
    pub fn encrypt_reply(
        &self,
        text: &str,
        timestamp: u64,
        nonce: &str,
        random: [u8; 16],
    ) -> Result<String> {
        self.encryptor.encrypt_reply(text, timestamp, nonce, random)
    }
}

impl Receiver {
    /// Makes a receiver. If settings are wrong, the error is `invalid_config`, with a finding for
    /// each of them.
    pub fn new(config: &ReceiverConfig) -> Result<Self> {
        let (tokens, keys) = config.check()?;
        Ok(Self {
            component_appid: config.component_appid.as_str().into(),
            tokens,
            keys: keys.into_iter().map(Arc::new).collect(),
        })
    }

    /// Checks and decrypts a push. `query` is the raw query string of the request, and `body` its
    /// raw body.
    ///
    /// The push may be on either of the platform's addresses. Any event that is not known is
    /// accepted as [`Event::Raw`]. Store what it says, answer with [`Push::reply`], and work later:
    /// WeChat waits for 5 seconds, and sends the push again if the answer is late.
    pub fn receive(&self, query: &str, body: &[u8]) -> Result<Push> {
        let query = Query::new(query)?;
        if body.len() > MAX_BODY_BYTES {
            return Err(malformed("the body is longer than any push has"));
        }
        let document = core::str::from_utf8(body)
            .ok()
            .and_then(Fields::parse)
            .ok_or_else(|| malformed("the body is not the XML of a push"))?;
        let ciphertext = document
            .only("Encrypt")
            .ok_or_else(|| malformed("the body does not have exactly one Encrypt"))?;
        if query.only("encrypt_type")? != "aes" {
            return Err(malformed("the encrypt_type is not aes"));
        }
        let message_token = self.find_signer(query, ciphertext)?;
        let (key, text) = self.decrypt(ciphertext)?;
        Ok(Push {
            event: Event::parse(text)?,
            reply: REPLY,
            encryptor: Encryptor {
                component_appid: Arc::clone(&self.component_appid),
                message_token: message_token.clone(),
                key: Arc::clone(key),
            },
        })
    }

    /// Checks the GET request with which WeChat verifies a message address, and returns the body to
    /// answer with: its `echostr`.
    ///
    /// It is documented for the addresses of single accounts, not of platforms. The signature does
    /// not cover `echostr`, so an `echostr` that could be HTML is refused.
    pub fn verify_url(&self, query: &str) -> Result<String> {
        let query = Query::new(query)?;
        let (timestamp, nonce) = query.stamp()?;
        let signature = query.only("signature")?;
        let own = |token: &str| sign([token, &timestamp, &nonce]);
        find_signer(&self.tokens, &signature, own).ok_or_else(|| not_signed("signature"))?;
        let echo = query.only("echostr")?;
        if echo.len() > LONGEST_ECHO || !echo.bytes().all(is_echo_byte) {
            return Err(malformed(
                "the echostr has characters that WeChat does not send",
            ));
        }
        Ok(echo.into_owned())
    }

    /// Returns the token with which the ciphertext is signed.
    fn find_signer(&self, query: Query<'_>, ciphertext: &str) -> Result<&Secret> {
        let (timestamp, nonce) = query.stamp()?;
        let signature = query.only("msg_signature")?;
        let own = |token: &str| sign([token, &timestamp, &nonce, ciphertext]);
        find_signer(&self.tokens, &signature, own).ok_or_else(|| not_signed("msg_signature"))
    }

    /// Decrypts with each key, also after one has fitted.
    fn decrypt(&self, ciphertext: &str) -> Result<(&Arc<AesKey>, Secret)> {
        let blocks = decode_blocks(ciphertext).ok_or_else(not_decrypted)?;
        let mut decrypted: Option<(&Arc<AesKey>, Zeroizing<Vec<u8>>)> = None;
        for key in &self.keys {
            let message = key.decrypt(&blocks, &self.component_appid);
            decrypted = decrypted.or(message.map(|message| (key, message)));
        }
        let (key, message) = decrypted.ok_or_else(not_decrypted)?;
        let text = core::str::from_utf8(&message)
            .map_err(|_| malformed("the decrypted text is not UTF-8"))?;
        Ok((key, Secret::new(text)))
    }
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver")
            .field("component_appid", &self.component_appid)
            .finish_non_exhaustive()
    }
}

fn is_echo_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
}
