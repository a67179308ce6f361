use std::sync::Arc;
use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::error::Result;
use jumpqr_core::interface::{ApiComponentToken, ComponentTokenField, Interface};
use jumpqr_core::renewal::{Credential, Issued};

use super::StoredTokens;
use super::authorizer_list::AuthorizerList;
use super::issuer::{Issuer, digest};
use super::ticket::Ticket;
use crate::drive::{CallOptions, Driver};

/// A platform, as all of its merchants share it.
pub(crate) struct PlatformAccount {
    pub(crate) appid: String,
    pub(crate) token_field: ComponentTokenField,
    pub(crate) tokens: StoredTokens,
    pub(crate) ticket: Arc<Ticket>,
    pub(crate) driver: Arc<Driver>,
    pub(crate) list: AuthorizerList,
}

/// Asks for a platform's own token with its appsecret and the ticket that WeChat pushed last.
pub(crate) struct PlatformIssuer {
    pub(crate) appid: String,
    pub(crate) appsecret: Secret,
    pub(crate) ticket: Arc<Ticket>,
    pub(crate) driver: Arc<Driver>,
}

impl Issuer for PlatformIssuer {
    fn interface(&self) -> &'static str {
        ApiComponentToken::NAME
    }

    fn appid(&self) -> &str {
        &self.appid
    }

    fn credential(
        &self,
        _: Option<Secret>,
        _: Option<Secret>,
        timeout: Duration,
    ) -> Result<Credential> {
        let ticket = self.ticket.get(timeout)?;
        Ok(Credential {
            digest: digest([&self.appsecret, &ticket]),
            secret: Some(ticket),
        })
    }

    fn ask(&self, credential: &Secret, _force: bool, timeout: Duration) -> Result<Issued> {
        let call = ApiComponentToken {
            component_appid: self.appid.clone(),
            component_appsecret: self.appsecret.clone(),
            component_verify_ticket: credential.clone(),
        };
        let response = self.driver.run(call, None, &CallOptions::new(timeout))?;
        Ok(Issued::from(response))
    }

    fn verify_ticket_age(&self, timeout: Duration) -> Result<Option<Duration>> {
        self.ticket.last_age(timeout)
    }
}
