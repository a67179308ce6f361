//! What a push says.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use super::config::is_appid;
use super::refusal::unexpected;
use super::xml::Fields;
use crate::error::Result;
use crate::secret::Secret;

/// The fewest seconds that are a UNIX time. WeChat's page calls the expiry of a code a number of
/// seconds, but a developer reports UNIX times.
const EARLIEST_TIME: u64 = 1_000_000_000;

/// An event, by its `InfoType`.
///
/// A push can come twice, late, or out of order. Ignore it if the last event of the same platform or
/// merchant has a later `create_time`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// `component_verify_ticket`: WeChat sends a ticket every 10 minutes. The same ticket can come
    /// again.
    ComponentVerifyTicket(VerifyTicket),
    /// `authorized`: a merchant has authorised the platform.
    Authorized(Authorization),
    /// `updateauthorized`: a merchant has changed the permissions of the platform.
    UpdateAuthorized(Authorization),
    /// `unauthorized`: a merchant has ended the authorisation.
    Unauthorized(Unauthorization),
    /// Any other push: another `InfoType`, or a message or event of a merchant.
    Raw(RawEvent),
}

/// The ticket of a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifyTicket {
    /// The ticket, which is valid for 12 hours.
    pub component_verify_ticket: Secret,
    /// When WeChat made the event, in UNIX seconds.
    pub create_time: u64,
}

/// A merchant's authorisation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Authorization {
    /// The merchant.
    pub authorizer_appid: String,
    /// The code that `api_query_auth` exchanges for tokens.
    pub authorization_code: Secret,
    /// When the code expires, in UNIX seconds, about an hour after the event.
    pub authorization_code_expired_time: Option<u64>,
    /// The code in the link with which the merchant authorised the platform.
    pub pre_auth_code: Option<Secret>,
    /// When WeChat made the event, in UNIX seconds.
    pub create_time: u64,
}

/// The end of a merchant's authorisation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unauthorization {
    /// The merchant.
    pub authorizer_appid: String,
    /// When WeChat made the event, in UNIX seconds.
    pub create_time: u64,
}

/// A push as it was decrypted. `Debug` does not show its text, which may have codes in it.
#[derive(Clone, PartialEq, Eq)]
pub struct RawEvent {
    info_type: Option<String>,
    text: Secret,
}

impl RawEvent {
    /// Returns the `InfoType`; `None` for a message or event of a merchant, and for a text that is
    /// not the XML of a push.
    #[must_use]
    pub fn info_type(&self) -> Option<&str> {
        self.info_type.as_deref()
    }

    /// Returns the decrypted text, which is usually XML. It comes from WeChat, but parts of it may
    /// come from a user of the merchant.
    #[must_use]
    pub fn text(&self) -> &Secret {
        &self.text
    }
}

impl fmt::Debug for RawEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawEvent")
            .field("info_type", &self.info_type)
            .finish_non_exhaustive()
    }
}

impl Event {
    /// Returns the `InfoType`; `None` for a message or event of a merchant.
    #[must_use]
    pub fn info_type(&self) -> Option<&str> {
        match self {
            Self::ComponentVerifyTicket(_) => Some("component_verify_ticket"),
            Self::Authorized(_) => Some("authorized"),
            Self::UpdateAuthorized(_) => Some("updateauthorized"),
            Self::Unauthorized(_) => Some("unauthorized"),
            Self::Raw(event) => event.info_type(),
        }
    }

    /// Reads the decrypted text of a push. Only an event of the four known types can be refused.
    pub(super) fn parse(text: Secret) -> Result<Self> {
        let fields = Fields::parse(text.expose());
        // In a message, users of the merchant write parts of the text. Only events for the platform
        // have no ToUserName.
        let event = fields.filter(|fields| !fields.has("ToUserName"));
        let Some((fields, info_type)) = event
            .as_ref()
            .and_then(|fields| Some((fields, fields.only("InfoType")?.trim())))
        else {
            return Ok(Self::Raw(RawEvent {
                info_type: None,
                text,
            }));
        };
        let reader = Reader { fields, info_type };
        Ok(match info_type {
            "component_verify_ticket" => Self::ComponentVerifyTicket(VerifyTicket {
                component_verify_ticket: reader.secret("ComponentVerifyTicket")?,
                create_time: reader.create_time()?,
            }),
            "authorized" => Self::Authorized(reader.authorization()?),
            "updateauthorized" => Self::UpdateAuthorized(reader.authorization()?),
            "unauthorized" => Self::Unauthorized(Unauthorization {
                authorizer_appid: reader.authorizer_appid()?,
                create_time: reader.create_time()?,
            }),
            _ => Self::Raw(RawEvent {
                info_type: Some(info_type.to_owned()),
                text,
            }),
        })
    }
}

/// Reads the fields of an event.
struct Reader<'a> {
    fields: &'a Fields<'a>,
    info_type: &'a str,
}

impl Reader<'_> {
    fn authorization(&self) -> Result<Authorization> {
        let create_time = self.create_time()?;
        Ok(Authorization {
            authorizer_appid: self.authorizer_appid()?,
            authorization_code: self.secret("AuthorizationCode")?,
            authorization_code_expired_time: self
                .number("AuthorizationCodeExpiredTime")
                .map(|time| as_unix_time(time, create_time)),
            pre_auth_code: self.text("PreAuthCode").map(Secret::new),
            create_time,
        })
    }

    /// Returns a text that is not empty.
    fn text(&self, name: &str) -> Option<&str> {
        let text = self.fields.only(name)?.trim();
        (!text.is_empty()).then_some(text)
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.text(name)?.parse().ok()
    }

    fn secret(&self, name: &str) -> Result<Secret> {
        let text = self.text(name);
        text.map(Secret::new)
            .ok_or_else(|| unexpected(self.info_type, name))
    }

    fn create_time(&self) -> Result<u64> {
        let name = "CreateTime";
        self.number(name)
            .ok_or_else(|| unexpected(self.info_type, name))
    }

    fn authorizer_appid(&self) -> Result<String> {
        let name = "AuthorizerAppid";
        let appid = self.text(name).filter(|appid| is_appid(appid));
        appid
            .map(str::to_owned)
            .ok_or_else(|| unexpected(self.info_type, name))
    }
}

/// Returns a time that is given in UNIX seconds, or in seconds after `create_time`.
fn as_unix_time(time: u64, create_time: u64) -> u64 {
    if time < EARLIEST_TIME {
        create_time.saturating_add(time)
    } else {
        time
    }
}
