use std::ffi::c_char;
use std::mem::MaybeUninit;

use jumpqr::check::{Finding, FindingCode};
use jumpqr::push::{Authorization, Event, Push, RawEvent, Unauthorization, VerifyTicket};
use jumpqr::{AuthorizedMerchant, Error, Handled, Secret, binding};

use crate::argument::text;
use crate::object::{Object, forever};
use crate::{
    find, guard, jumpqr_authorized_merchant, jumpqr_error, jumpqr_status, jumpqr_string,
    jumpqr_text, present, produce,
};

/// A push from WeChat. `jumpqr_push_info_type` says which event it is, and thereby which of the
/// other functions return something. Answer with the body `jumpqr_push_reply` and HTTP status 200,
/// within 5 seconds.
///
/// A push can come twice, late, or out of order. `jumpqr_platform_handle` allows for that.
///
/// Free it with `jumpqr_push_free`, exactly once. It stays valid after the receiver or the platform
/// is freed. Any number of threads may use it at the same time. The ticket, the codes and the raw
/// text are secrets: keep them out of logs.
pub struct jumpqr_push(Object<Received>);

/// Where a push comes from.
enum Received {
    /// A receiver, which stores nothing.
    Offline(Push),
    /// A platform, which has stored it.
    Handled(Handled),
}

impl Received {
    fn push(&self) -> &Push {
        match self {
            Self::Offline(push) => push,
            Self::Handled(handled) => handled.push(),
        }
    }

    fn event(&self) -> &Event {
        &self.push().event
    }

    fn ticket(&self) -> Option<&VerifyTicket> {
        match self.event() {
            Event::ComponentVerifyTicket(ticket) => Some(ticket),
            _ => None,
        }
    }

    fn authorization(&self) -> Option<&Authorization> {
        match self.event() {
            Event::Authorized(event) | Event::UpdateAuthorized(event) => Some(event),
            _ => None,
        }
    }

    fn unauthorization(&self) -> Option<&Unauthorization> {
        match self.event() {
            Event::Unauthorized(event) => Some(event),
            _ => None,
        }
    }

    fn raw(&self) -> Option<&RawEvent> {
        match self.event() {
            Event::Raw(event) => Some(event),
            _ => None,
        }
    }

    fn create_time(&self) -> Option<u64> {
        let ticket = self.ticket().map(|event| event.create_time);
        ticket
            .or_else(|| self.authorization().map(|event| event.create_time))
            .or_else(|| self.unauthorization().map(|event| event.create_time))
    }

    fn authorizer_appid(&self) -> Option<&str> {
        let authorised = self.authorization().map(|event| &*event.authorizer_appid);
        authorised.or_else(|| self.unauthorization().map(|event| &*event.authorizer_appid))
    }

    fn finish(&self) -> Result<Option<AuthorizedMerchant>, Error> {
        match self {
            Self::Handled(handled) => handled.finish(),
            Self::Offline(_) => Err(Error::invalid(vec![Finding::new(
                "push",
                FindingCode::Unusable,
                "is from a receiver, which exchanges no codes; receive it with \
                 jumpqr_platform_handle",
            )])),
        }
    }
}

impl From<Push> for jumpqr_push {
    fn from(push: Push) -> Self {
        Self(Received::Offline(push).into())
    }
}

impl From<Handled> for jumpqr_push {
    fn from(handled: Handled) -> Self {
        Self(Received::Handled(handled).into())
    }
}

fn seconds(time: u64) -> Option<i64> {
    time.try_into().ok()
}

/// Returns the body to answer with, `success`, which lives forever. No text if `push` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_push_reply(push: Option<&jumpqr_push>) -> jumpqr_text {
    guard(|| Some(forever(push?.0.push().reply)))
}

/// Returns whether the push has changed the store of its platform: a newer ticket was stored, or
/// the tokens of a merchant were removed. `false` for a repeated or an old push, for an
/// authorisation, whose tokens `jumpqr_push_finish` stores, for a push from a receiver, and if `push` is
/// NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_push_has_changed(push: Option<&jumpqr_push>) -> bool {
    guard(|| match &*push?.0 {
        Received::Handled(handled) => Some(handled.has_changed()),
        Received::Offline(_) => None,
    })
}

/// Returns the `InfoType`: `component_verify_ticket`, `authorized`, `updateauthorized`,
/// `unauthorized`, or another one. No text for a message or event of a merchant, or if `push` is
/// NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_push_info_type(push: Option<&jumpqr_push>) -> jumpqr_text {
    guard(|| push?.0.optional(|push| push.event().info_type()))
}

/// Returns when WeChat made the event, in UNIX seconds. -1 if the event is not one of the four
/// known types, or if `push` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_push_create_time(push: Option<&jumpqr_push>) -> i64 {
    guard(|| seconds(push?.0.create_time()?))
}

/// Returns the merchant that has authorised the platform, changed the permissions, or ended the
/// authorisation. No text for any other event, or if `push` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_push_authorizer_appid(push: Option<&jumpqr_push>) -> jumpqr_text {
    guard(|| push?.0.optional(Received::authorizer_appid))
}

/// Returns the ticket of `component_verify_ticket`, a secret. `jumpqr_platform_handle` has stored
/// it. No text for any other event, or if `push` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_push_component_verify_ticket(push: Option<&jumpqr_push>) -> jumpqr_text {
    guard(|| {
        push?
            .0
            .optional(|push| Some(push.ticket()?.component_verify_ticket.expose()))
    })
}

/// Returns the code of `authorized` and `updateauthorized`, a secret. `jumpqr_push_finish`
/// exchanges it. No text for any other event, or if `push` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_push_authorization_code(push: Option<&jumpqr_push>) -> jumpqr_text {
    guard(|| {
        push?
            .0
            .optional(|push| Some(push.authorization()?.authorization_code.expose()))
    })
}

/// Returns when the code expires, in UNIX seconds. -1 if WeChat leaves it out, for any other event,
/// or if `push` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_push_authorization_code_expired_time(push: Option<&jumpqr_push>) -> i64 {
    guard(|| {
        let event = push?.0.authorization()?;
        seconds(event.authorization_code_expired_time?)
    })
}

/// Returns the code in the link on which the merchant authorised the platform, a secret. No text if
/// WeChat leaves it out, for any other event, or if `push` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_push_pre_auth_code(push: Option<&jumpqr_push>) -> jumpqr_text {
    guard(|| {
        push?.0.optional(|push| {
            let code = push.authorization()?.pre_auth_code.as_ref();
            code.map(Secret::expose)
        })
    })
}

/// Returns the decrypted text of a push that is not one of the four known events, usually XML. It
/// may have secrets in it. No text for a known event, or if `push` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_push_raw(push: Option<&jumpqr_push>) -> jumpqr_text {
    guard(|| push?.0.optional(|push| Some(push.raw()?.text().expose())))
}

/// Makes an encrypted reply to a message of a merchant's user, to answer with instead of
/// `jumpqr_push_reply`. `text` is the reply before encryption, and ends with NUL. `xml` receives
/// the body to answer with, which is to be freed. Tickets and authorisations are answered in plain
/// text.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_INVALID_REQUEST`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_push_encrypt_reply(
    push: Option<&jumpqr_push>,
    text: *const c_char,
    xml: Option<&mut MaybeUninit<*mut jumpqr_string>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(xml, "xml", error, || {
        let push = present(push, "push")?.0.push();
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let reply = unsafe { self::text(text, "text") }?;
        Ok(binding::encrypt_reply(push, reply)?)
    })
}

/// Does what is left after the reply. For `authorized` and `updateauthorized`, it exchanges the
/// code as `jumpqr_platform_exchange` does, and `merchant` receives the merchant, which is to be
/// freed. For any other event, `merchant` receives NULL, and nothing is sent.
///
/// Call it after the response is sent, on a thread that may wait for WeChat. Repeated and late
/// pushes do no harm. If the merchant has ended the authorisation since this push, the status is
/// `JUMPQR_STATUS_MERCHANT_UNAUTHORIZED`, and nothing is stored. It may be called again after an
/// error. A push from a receiver has no platform, and is `JUMPQR_STATUS_INVALID_REQUEST`.
///
/// If the process ends before, or if this fails, no authorisation is lost: `jumpqr_platform_handle`
/// has stored the code, and the next call for the merchant exchanges it, in any process that shares
/// the token store. A code is valid for about an hour.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_INVALID_REQUEST`, and the statuses of all kinds of errors.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_push_finish(
    push: Option<&jumpqr_push>,
    merchant: Option<&mut MaybeUninit<*mut jumpqr_authorized_merchant>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    find(merchant, "merchant", error, || {
        Ok(present(push, "push")?.0.finish()?)
    })
}

/// Frees a push and the texts read from it. NULL is ignored.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_push_free(push: Option<Box<jumpqr_push>>) {
    guard(|| push.map(drop));
}
