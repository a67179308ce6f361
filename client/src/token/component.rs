use std::sync::Arc;
use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::error::Result;
use jumpqr_core::interface::{ApiComponentToken, Interface};

use super::issuer::{Issued, Issuer};
use super::record::Record;
use super::refusal::Credentials;
use super::ticket::Ticket;
use crate::drive::Driver;

/// Issues a platform's own token for its appsecret and the ticket that WeChat pushed last.
pub(crate) struct Component {
    pub(crate) appid: String,
    pub(crate) appsecret: Secret,
    pub(crate) ticket: Ticket,
    pub(crate) driver: Arc<Driver>,
}

impl Issuer for Component {
    fn interface(&self) -> &'static str {
        ApiComponentToken::NAME
    }

    fn appid(&self) -> &str {
        &self.appid
    }

    fn proof(&self, _stored: &Record, timeout: Duration) -> Result<Secret> {
        self.ticket.get(timeout)
    }

    fn credentials(&self, proof: &Secret) -> Credentials {
        Credentials::of(&[&self.appsecret, proof])
    }

    fn issue(&self, proof: &Secret, _force: bool, timeout: Duration) -> Result<Issued> {
        let call = ApiComponentToken {
            component_appid: self.appid.clone(),
            component_appsecret: self.appsecret.clone(),
            component_verify_ticket: proof.clone(),
        };
        self.driver
            .run_without_token(call, timeout)
            .map(Issued::from)
    }

    fn verify_ticket_age(&self, timeout: Duration) -> Result<Option<Duration>> {
        self.ticket.last_age(timeout)
    }
}
