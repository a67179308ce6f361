//! The third-party platforms of the sandbox.

use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::push::{Encryptor, ReceiverConfig};

use crate::error::SandboxError;
use crate::push_url::PushUrl;
use crate::well_known::{ENCODING_AES_KEY, MESSAGE_TOKEN};

/// The lifetime of a component token. Source: the official page of getComponentAccessToken.
const TOKEN_LIFETIME: Duration = Duration::from_secs(7200);

/// A third-party platform of the sandbox. It calls for the accounts that authorise it.
///
/// Its `Debug` does not show the secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Platform {
    /// `wx` and 16 characters.
    pub component_appid: String,
    /// The secret used, with a ticket, to get component tokens.
    pub component_appsecret: Secret,
    /// The lifetime of its component tokens. For a merchant's tokens, the account sets the
    /// lifetime.
    pub token_lifetime: Duration,
    pub(crate) push: PushSettings,
}

impl Platform {
    /// Makes a platform that no account has authorised yet. The sandbox does not push to it.
    pub fn new(component_appid: impl Into<String>, component_appsecret: impl Into<Secret>) -> Self {
        Self {
            component_appid: component_appid.into(),
            component_appsecret: component_appsecret.into(),
            token_lifetime: TOKEN_LIFETIME,
            push: PushSettings::default(),
        }
    }

    /// Makes the sandbox push tickets and authorisations to `push_url`, encrypted with this message
    /// token (消息校验Token) and EncodingAESKey (消息加解密Key). The URL must be `http` on loopback.
    pub fn push_to(
        mut self,
        push_url: &str,
        message_token: impl Into<Secret>,
        encoding_aes_key: impl Into<Secret>,
    ) -> Result<Self, SandboxError> {
        self.push.url = Some(PushUrl::parse(push_url)?);
        self.push.message_token = message_token.into();
        self.push.encoding_aes_key = encoding_aes_key.into();
        self.push.check(&self.component_appid)?;
        Ok(self)
    }

    /// Sets the EncodingAESKey before the last change, for
    /// [`PushOrder::FormerKey`](crate::PushOrder::FormerKey).
    pub fn encoding_aes_key_former(
        mut self,
        encoding_aes_key: impl Into<Secret>,
    ) -> Result<Self, SandboxError> {
        self.push.encoding_aes_key_former = Some(encoding_aes_key.into());
        self.push.check(&self.component_appid)?;
        Ok(self)
    }
}

/// Where the sandbox pushes to, and with which token and keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PushSettings {
    /// `None`: nothing is pushed.
    pub(crate) url: Option<PushUrl>,
    pub(crate) message_token: Secret,
    pub(crate) encoding_aes_key: Secret,
    pub(crate) encoding_aes_key_former: Option<Secret>,
}

impl Default for PushSettings {
    fn default() -> Self {
        Self {
            url: None,
            message_token: Secret::new(MESSAGE_TOKEN),
            encoding_aes_key: Secret::new(ENCODING_AES_KEY),
            encoding_aes_key_former: None,
        }
    }
}

impl PushSettings {
    /// Checks the token and the keys.
    pub(crate) fn check(&self, component_appid: &str) -> Result<(), SandboxError> {
        let mut config = self.config(component_appid, &self.encoding_aes_key);
        if let Some(former) = &self.encoding_aes_key_former {
            config = config.encoding_aes_key_former(former.clone());
        }
        let checked = Encryptor::new(&config).map(|_| ());
        checked.map_err(|error| SandboxError::Invalid(error.to_string()))
    }

    /// Returns the settings of an encryptor with this key.
    pub(crate) fn config(&self, component_appid: &str, key: &Secret) -> ReceiverConfig {
        ReceiverConfig::new(component_appid, self.message_token.clone(), key.clone())
    }

    /// Returns all secrets.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        [&self.message_token, &self.encoding_aes_key]
            .into_iter()
            .chain(&self.encoding_aes_key_former)
    }
}
