//! The methods about third-party platforms and the succession of tokens.

use std::collections::BTreeSet;

use jumpqr_core::Secret;

use super::Sandbox;
use crate::account::Credentials;
use crate::clock::Moment;
use crate::error::SandboxError;
use crate::platform::Platform;
use crate::push_order::PushOrder;
use crate::state::merchants::Grant;
use crate::state::pushes::RecordedPush;
use crate::state::tickets::{PushedTicket, Tickets};
use crate::succession::TokenSuccession;
use crate::well_known::{COMPONENT_APPID, COMPONENT_APPSECRET};

impl Sandbox {
    /// Returns the initial component_appid and component_appsecret of the platform of every
    /// sandbox. Its first ticket and the Mini Program's first refresh token are constants of this
    /// crate.
    #[must_use]
    pub fn component(&self) -> Credentials {
        Credentials {
            appid: COMPONENT_APPID.to_owned(),
            secret: Secret::new(COMPONENT_APPSECRET),
        }
    }

    /// Adds a platform, or replaces the platform with the same component_appid.
    pub fn put_platform(&self, platform: Platform) {
        self.wechat.lock().state.put_platform(platform);
    }

    /// Returns the ticket of the platform's last push. There is a push every 10 minutes of the
    /// sandbox's time, alternately with a new ticket and with the same ticket again. A ticket is
    /// valid for 12 hours from its last push.
    pub fn verify_ticket(&self, component_appid: &str) -> Result<Secret, SandboxError> {
        self.ticket(component_appid, Tickets::current)
    }

    /// Pushes a new ticket now. Earlier tickets stay valid.
    pub fn push_ticket(&self, component_appid: &str) -> Result<Secret, SandboxError> {
        self.ticket(component_appid, Tickets::push_new)
    }

    /// Pushes the last ticket again, so it is valid for another 12 hours. If it has expired, pushes
    /// a new ticket.
    pub fn push_ticket_again(&self, component_appid: &str) -> Result<Secret, SandboxError> {
        self.ticket(component_appid, Tickets::push_again)
    }

    fn ticket(
        &self,
        component_appid: &str,
        push: fn(&mut Tickets, Moment) -> PushedTicket,
    ) -> Result<Secret, SandboxError> {
        let pushed = self.wechat.lock().state.ticket(component_appid, push)?;
        Ok(Secret::new(pushed.component_verify_ticket))
    }

    /// Returns the latest 10,000 pushes to all platforms that were sent, with what was answered.
    #[must_use]
    pub fn pushes(&self) -> Vec<RecordedPush> {
        let state = &self.wechat.lock().state;
        state.pushes.recorded.iter().cloned().collect()
    }

    /// Returns how many pushes wait, for their first try or the next one, or are being sent.
    #[must_use]
    pub fn pending_pushes(&self) -> usize {
        self.wechat.lock().state.pushes.pending()
    }

    /// Pushes a wrong or repeated event: the last one of the merchant `authorizer_appid`, or with
    /// `None` the last ticket. The platform must have a push_url.
    pub fn order_push(
        &self,
        component_appid: &str,
        order: PushOrder,
        authorizer_appid: Option<&str>,
    ) -> Result<(), SandboxError> {
        let state = &mut self.wechat.lock().state;
        state.order_push(component_appid, order, authorizer_appid)
    }

    /// Kills all component tokens of the platform (40001), but not the tokens of its merchants.
    /// Returns how many of them were still valid.
    pub fn kill_component_tokens(&self, component_appid: &str) -> Result<usize, SandboxError> {
        self.wechat
            .lock()
            .state
            .kill_component_tokens(component_appid)
    }

    /// Makes the account authorise the platform, for the first time or again. Returns the new
    /// refresh token. Earlier refresh tokens are dead.
    ///
    /// If `permission_sets` is `None`, the permission sets stay as they are. The first time, the
    /// platform gets all permission sets of the account.
    pub fn authorize(
        &self,
        component_appid: &str,
        appid: &str,
        permission_sets: Option<BTreeSet<u16>>,
    ) -> Result<Secret, SandboxError> {
        let state = &mut self.wechat.lock().state;
        let grant = Grant {
            permission_sets,
            is_exchanged: true,
            pre_auth_code: None,
        };
        let authorized = state.authorize(component_appid, appid, grant)?;
        Ok(Secret::new(authorized.refresh_token))
    }

    /// Makes the account revoke its authorisation. From now on, the platform's calls get 61003.
    pub fn revoke(&self, component_appid: &str, appid: &str) -> Result<(), SandboxError> {
        let state = &mut self.wechat.lock().state;
        state.revoke(component_appid, appid).map(|_| ())
    }

    /// Sets what happens to a token when the next one is issued.
    pub fn put_token_succession(&self, succession: TokenSuccession) {
        self.wechat.lock().state.succession = succession;
    }
}
