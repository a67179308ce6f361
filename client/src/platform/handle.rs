//! What WeChat pushes to the platform is received and stored.

use std::fmt;

use jumpqr_core::PlatformCredential;
use jumpqr_core::error::Result;
use jumpqr_core::interface::{Interface, is_credential_too_long};
use jumpqr_core::push::{Event, Push};
use jumpqr_core::renewal::MerchantChange;

use super::receiver::missing;
use super::{AuthorizedMerchant, Platform};
use crate::checks::{check_platform_credential, refuse};
use crate::encrypted_reply::encrypt_reply;

/// A push that was received and stored. Answer with [`reply`](Self::reply), then call
/// [`finish`](Self::finish).
///
/// WeChat waits 5 seconds for the reply, and exchanging a code asks WeChat. So the caller decides
/// where `finish` runs: after the reply, on a thread or in a task that the web framework has for
/// such work. No thread of this library outlives the request, and an error has a place to go.
///
/// If the process ends before `finish`, or if `finish` fails, no authorisation is lost: the code is
/// stored before [`Platform::handle`] returns. Then the next call for the merchant exchanges it, in
/// any process that shares the store. A code is valid for about an hour.
#[must_use = "the code of an authorisation is exchanged by `finish`"]
pub struct Handled {
    push: Push,
    has_changed: bool,
    pub(crate) platform: Platform,
}

impl Handled {
    /// What the push says.
    #[must_use]
    pub fn event(&self) -> &Event {
        &self.push.event
    }

    /// The body to answer with, with HTTP status 200: `success`.
    #[must_use]
    pub fn reply(&self) -> &'static str {
        self.push.reply
    }

    /// Whether the store has changed: a newer ticket was stored, or the tokens of a merchant were
    /// removed. It is false if the push is a repeated or an old one, and for an authorisation, whose
    /// tokens come with [`finish`](Self::finish).
    #[must_use]
    pub fn has_changed(&self) -> bool {
        self.has_changed
    }

    /// The push, as it was received.
    #[must_use]
    pub fn push(&self) -> &Push {
        &self.push
    }

    /// Makes the XML of an encrypted reply to a message of a merchant's user, to answer with
    /// instead of [`reply`](Self::reply). Tickets and authorisations are answered in plain text.
    ///
    /// The time is now, and nonce and random bytes are drawn from the operating system.
    pub fn encrypt_reply(&self, text: &str) -> Result<String> {
        encrypt_reply(&self.push, text)
    }

    /// Does what is left after the reply: exchanges the code of `authorized` and
    /// `updateauthorized`, as [`Platform::exchange`] does. For every other event, it returns `None`
    /// at once.
    ///
    /// Doubled and late pushes do no harm: if the merchant is stored already, a code that was used
    /// before is no error. If the merchant has ended the authorisation since this push, the error
    /// is `merchant_unauthorized`, and nothing is stored.
    ///
    /// It may be called again after an error. If nobody does, the next call for the merchant
    /// exchanges the code.
    pub fn finish(&self) -> Result<Option<AuthorizedMerchant>> {
        self.finish_with(&self.platform)
    }

    /// Does so with the same platform, whose call has waited for a free thread.
    pub(crate) fn finish_with(&self, platform: &Platform) -> Result<Option<AuthorizedMerchant>> {
        match &self.push.event {
            Event::Authorized(event) | Event::UpdateAuthorized(event) => {
                platform.exchange_pushed(event).map(Some)
            }
            _ => Ok(None),
        }
    }
}

impl fmt::Debug for Handled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handled")
            .field("event", &self.push.event)
            .field("has_changed", &self.has_changed)
            .finish_non_exhaustive()
    }
}

impl Platform {
    /// Receives what WeChat pushes to either address of the platform, and stores it. `query` is the
    /// raw query string of the request, and `body` its raw body.
    ///
    /// - A ticket is stored, unless the stored one is of the same or a later push.
    /// - `unauthorized` removes the merchant's tokens, unless the merchant has authorised the
    ///   platform in the same second or later. From then on, calls for the merchant fail with
    ///   `merchant_unauthorized`, and WeChat is not asked. If another process has the former access
    ///   token in memory, it learns this when WeChat refuses its next call.
    /// - The code of `authorized` and `updateauthorized` is stored, unless a newer code is stored or
    ///   was exchanged. It is exchanged by [`Handled::finish`]. If that is not called or fails, the
    ///   next call for the merchant exchanges it.
    /// - Everything else is only received.
    ///
    /// Any process that shares the store may receive the pushes. It blocks for as long as the store
    /// takes, at most the platform's timeout.
    ///
    /// Errors: a push that is refused, see [`push`](jumpqr_core::push), is for an HTTP status such
    /// as 403 with an empty body. After any other error, answer with 500: then WeChat may send the
    /// push again. Without the settings `message_token` and `encoding_aes_key`, it is
    /// `invalid_config`.
    pub fn handle(&self, query: &str, body: &[u8]) -> Result<Handled> {
        let receiver = self.receiver.as_ref().ok_or_else(missing)?;
        let push = receiver.receive(query, body)?;
        self.check_waited()?;
        let has_changed = self.store_event(&push.event)?;
        Ok(Handled {
            push,
            has_changed,
            platform: self.clone(),
        })
    }

    /// Stores what an event says, and returns whether the store has changed.
    fn store_event(&self, event: &Event) -> Result<bool> {
        match event {
            Event::ComponentVerifyTicket(event) => {
                let ticket = &event.component_verify_ticket;
                check_platform_credential(PlatformCredential::VerifyTicket, ticket.expose())
                    .map_err(refuse)?;
                // A process that makes no calls any more still gets a push every 10 minutes.
                self.release();
                let kept = &self.account.ticket;
                kept.set_pushed(ticket, event.create_time, self.timeout)
            }
            Event::Unauthorized(event) => {
                let merchant = self.merchant_of(&event.authorizer_appid)?;
                let change = MerchantChange::Unauthorised {
                    create_time: event.create_time,
                    time_of_day: self.account.driver.clock.time_of_day(),
                };
                merchant.tokens.change(change, self.timeout)
            }
            Event::Authorized(event) | Event::UpdateAuthorized(event) => {
                let merchant = self.merchant_of(&event.authorizer_appid)?;
                let code = &event.authorization_code;
                // What WeChat would not take is not stored. `finish` says what is wrong with it.
                let call = self.query_auth(code);
                if call.check().is_valid() && !is_credential_too_long(code.expose()) {
                    merchant.tokens.keep_code(event, self.timeout)?;
                }
                Ok(false)
            }
            _ => Ok(false),
        }
    }
}
