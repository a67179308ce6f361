//! WeChat's error codes: what each means, and what to do about it.
//!
//! A response is classified by its number, never by its text. Real texts are often empty except for
//! the `rid`.
//!
//! # How to add an error code
//!
//! 1. Add a row to `table.rs`, in ascending order of the numbers. A comment above the row gives the
//!    source of what is not on the page of the interface; `table.rs` says how. If there is no
//!    source, do not guess: say in the comment what was seen, and when.
//! 2. Choose the kind and the reaction, each by its own question:
//!    - [`ErrorKind`]: what must the reader of the error do?
//!    - [`Reaction`]: what does the running call do? Only `Wait` waits, for seconds and within the
//!      call. A quota ends after hours or days, so a row with the kind `Quota` has `STOP`.
//!
//!    If a request for a token ends in the code, the kind also decides whether other processes
//!    remember the refusal.
//! 3. Add a row to `errcodes` in `tests/vectors/errcodes.json`, at the same place.
//!
//! The languages and the command read the table. Nothing else must be changed.

mod address;
mod errmsg;
mod table;

pub use errmsg::{Errmsg, find_rids};

pub(crate) use errmsg::is_rid;

pub(crate) use address::address_in;
pub(crate) use table::ON_MISSING_TICKET;

use core::time::Duration;

use serde::{Serialize, Serializer};

use crate::kind::ErrorKind;
use crate::named;

/// One error code of WeChat's. It serialises with its wait in seconds, as `wait_seconds`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ErrCode {
    /// The number in `errcode`.
    pub number: i64,
    /// The stable name, e.g. `illegal_prefix`; unique in the table.
    pub name: &'static str,
    /// The documented text in `errmsg`, without rid; empty if no text is documented.
    pub errmsg: &'static str,
    /// What the reader of the error must do.
    pub kind: ErrorKind,
    /// What a call does next.
    pub reaction: Reaction,
    /// The delay before the call sends again. It is 0 unless the reaction is [`Reaction::Wait`].
    #[serde(rename = "wait_seconds", serialize_with = "serialize_seconds")]
    pub wait: Duration,
    /// Whether the same call may succeed later, with nothing changed by the caller.
    pub retryable: bool,
    /// What it means.
    pub meaning: &'static str,
    /// What to do, for a person.
    pub advice: &'static str,
    /// What WeChat refuses, if the renewal of tokens or the advice must know it.
    #[serde(skip)]
    subject: Option<Subject>,
}

fn serialize_seconds<S: Serializer>(wait: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(wait.as_secs())
}

/// What an error code refuses. It is known only for codes that the kind and the reaction do not say
/// enough about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    /// The IP address that the call came from. The advice names it. Other machines may be accepted.
    Address,
    /// The refresh token with which a platform asks for a merchant's token. WeChat's list of
    /// merchants may have a newer one.
    RefreshToken,
    /// The merchant's authorisation of the platform. WeChat's list of merchants tells whether there
    /// is one.
    Authorisation,
}

named! {
    /// What a call does next after an error code.
    #[non_exhaustive]
    pub enum Reaction {
        /// The same request will fail again. Stop.
        Stop = "stop",
        /// Something outside the request must be fixed. Then the same request can succeed.
        Fix = "fix",
        /// The access token is stale. Get a newer one once, and replay once. For a call that asks
        /// for a token, this is [`Stop`](Self::Stop): the credentials are wrong.
        Renew = "renew",
        /// Nothing was applied. Wait for [`ErrCode::wait`], then send again.
        Wait = "wait",
        /// WeChat is busy, and the change may have been applied. Read back before sending again.
        ReadBack = "read_back",
    }
}

impl ErrCode {
    /// Returns the entry for `number`, if the table has one.
    ///
    /// ```
    /// let code = jumpqr_core::ErrCode::lookup(85066).unwrap();
    /// assert_eq!(code.name, "illegal_prefix");
    /// ```
    #[must_use]
    pub fn lookup(number: i64) -> Option<&'static Self> {
        let index = table::TABLE
            .binary_search_by_key(&number, |code| code.number)
            .ok()?;
        table::TABLE.get(index)
    }

    /// Whether it refuses the IP address that the call came from. From another machine, the same
    /// call may succeed.
    #[must_use]
    pub const fn is_about_address(&self) -> bool {
        matches!(self.subject, Some(Subject::Address))
    }

    /// Whether it refuses the refresh token with which a platform asked for a merchant's token.
    #[must_use]
    pub const fn is_refresh_token_invalid(&self) -> bool {
        matches!(self.subject, Some(Subject::RefreshToken))
    }

    /// Whether it refuses an authorization_code that was used before, or has expired.
    #[must_use]
    pub const fn is_authorization_code_spent(&self) -> bool {
        matches!(self.number, 61009 | 61010)
    }

    /// Whether it says that the merchant has not authorised the platform.
    #[must_use]
    pub const fn is_not_authorised(&self) -> bool {
        matches!(self.subject, Some(Subject::Authorisation))
    }

    /// Returns every entry, in ascending order of the numbers.
    #[must_use]
    pub fn all() -> &'static [Self] {
        table::TABLE
    }

    /// Returns what to do if `interface` answers with this code. `None` if
    /// [`advice`](Self::advice) says it.
    ///
    /// ```
    /// let quota = jumpqr_core::ErrCode::lookup(45009).unwrap();
    /// let advice = quota.advice_in("api_component_token").unwrap();
    /// assert!(advice.contains("/cgi-bin/component/clear_quota/v2"));
    /// assert_eq!(quota.advice_in("addJumpQRCode"), None);
    /// ```
    #[must_use]
    pub fn advice_in(&self, interface: &str) -> Option<&'static str> {
        match (interface, self.number, self.reaction) {
            // If an interface that issues tokens answers with a stale-token code, the credentials
            // are wrong.
            ("token" | "stable_token", _, Reaction::Renew) => Some(
                "Check appid and secret on the console; \
                 a secret that was reset is no longer valid.",
            ),
            ("api_component_token", _, Reaction::Renew) => Some(
                "Check component_appid and component_appsecret on the platform's console; \
                 a secret that was reset is no longer valid.",
            ),
            // Without a token, the count can be cleared with the secret alone. Sources: the
            // official pages of api_componentclearquota_v2 and api_clearquotabyappsecret; the delay
            // is what developers report.
            ("token" | "stable_token", 45009, _) => Some(
                "Wait for the next day, or clear the account's count without a token: \
                 POST /cgi-bin/clear_quota/v2 with appid and appsecret, 10 times a month at most.",
            ),
            (
                "api_component_token"
                | "api_authorizer_token"
                | "api_get_authorizer_list"
                | "api_create_preauthcode"
                | "api_query_auth"
                | "api_get_authorizer_info",
                45009,
                _,
            ) => Some(
                "Wait for the next day, or clear the platform's count without a token: \
                 POST /cgi-bin/component/clear_quota/v2 with component_appid and appsecret (the \
                 platform's), 10 times a month at most. It takes effect after 20 to 30 minutes. \
                 Fetch a token only when the former one expires.",
            ),
            _ => None,
        }
    }
}
