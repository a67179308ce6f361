//! Third-party platforms, and how tokens succeed each other.

use std::collections::BTreeSet;

use jumpqr_core::Secret;

use super::Sandbox;
use crate::account::Credentials;
use crate::builder::{COMPONENT_APPID, COMPONENT_APPSECRET};
use crate::error::SandboxError;
use crate::platform::Platform;
use crate::succession::TokenSuccession;

impl Sandbox {
    /// The component_appid and component_appsecret of the platform that every sandbox has at its start. Its ticket and the
    /// refresh token of the Mini Program, which has authorised it, are constants of this crate.
    #[must_use]
    pub fn platform(&self) -> Credentials {
        Credentials {
            appid: COMPONENT_APPID.to_owned(),
            secret: Secret::new(COMPONENT_APPSECRET),
        }
    }

    /// A further platform, or one in the place of that with the same component_appid.
    pub fn put_platform(&self, platform: Platform) {
        self.state.lock().put_platform(platform);
    }

    /// The ticket that was pushed to the platform last. Every 10 minutes of the sandbox's time one
    /// is pushed: by turns a new value, and the same value once more. Each is valid for 12 hours
    /// from its last push.
    pub fn component_verify_ticket(&self, component_appid: &str) -> Result<Secret, SandboxError> {
        let pushed = self.state.lock().current_ticket(component_appid)?;
        Ok(Secret::new(pushed.component_verify_ticket))
    }

    /// Pushes a ticket now; the former ones stay valid.
    pub fn push_ticket(&self, component_appid: &str) -> Result<Secret, SandboxError> {
        let pushed = self.state.lock().push_ticket(component_appid)?;
        Ok(Secret::new(pushed.component_verify_ticket))
    }

    /// Pushes the value of the last push once more, which is valid for 12 hours again; a new one if
    /// that has expired.
    pub fn push_ticket_again(&self, component_appid: &str) -> Result<Secret, SandboxError> {
        let pushed = self.state.lock().push_ticket_again(component_appid)?;
        Ok(Secret::new(pushed.component_verify_ticket))
    }

    /// Kills all component tokens of the platform (40001), but not those of its merchants; returns how many lived.
    pub fn kill_component_tokens(&self, component_appid: &str) -> Result<usize, SandboxError> {
        self.state.lock().kill_component_tokens(component_appid)
    }

    /// The account authorises the platform, for the first time or again; returns the refresh token. One from before is dead.
    ///
    /// Without `permission_sets`, it is authorised to the same as before, and the first time to all that the account has.
    pub fn authorize(
        &self,
        component_appid: &str,
        appid: &str,
        permission_sets: Option<BTreeSet<u16>>,
    ) -> Result<Secret, SandboxError> {
        let mut state = self.state.lock();
        let refresh_token = state.authorize(component_appid, appid, permission_sets)?;
        Ok(Secret::new(refresh_token))
    }

    /// The account takes its authorisation back: 61003 from now on.
    pub fn revoke(&self, component_appid: &str, appid: &str) -> Result<(), SandboxError> {
        self.state.lock().revoke(component_appid, appid)
    }

    /// What becomes of a token when the next one is issued.
    pub fn put_token_succession(&self, succession: TokenSuccession) {
        self.state.lock().succession = succession;
    }
}
