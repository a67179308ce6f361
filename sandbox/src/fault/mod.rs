//! Faults: what goes wrong on request, and with which calls.

mod form;
mod queue;

pub(crate) use form::FaultForm;
pub(crate) use queue::FaultQueue;

use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::error::SandboxError;
use crate::interface::Interface;

/// What a fault does to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// The response has this errcode.
    Errcode {
        /// The code, not 0.
        errcode: i64,
        /// The text before the rid; `None` for the documented text.
        errmsg: Option<String>,
    },
    /// The response comes later by this time.
    Delay(Duration),
    /// The connection is reset (a TCP RST). There is no response.
    Reset,
    /// The response has the right Content-Length, but the connection is closed after half of the
    /// body.
    Truncate,
    /// The response is HTTP 200 with an HTML page.
    Html,
    /// The response has this HTTP status and an HTML page.
    Status(u16),
    /// The response is HTTP 200 with bytes that are neither UTF-8 nor JSON.
    Garbage,
    /// The response is not HTTP, and the connection is closed.
    NotHttp,
    /// The response is HTTP 200 with an empty body.
    Empty,
    /// The body of the right response is sent piece by piece.
    Dribble {
        /// The size of a piece, in bytes.
        bytes: usize,
        /// The time between pieces.
        interval: Duration,
    },
    /// All tokens of the calling account die before the call (40001). If a platform requests a
    /// merchant's token or the list of merchants, the platform's tokens die.
    TokenDeath,
    /// The right response is sent. Then the connection is closed, although no header says so.
    Close,
}

impl Effect {
    /// Returns the name of the effect in the control API.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Errcode { .. } => "errcode",
            Self::Delay(_) => "delay",
            Self::Reset => "reset",
            Self::Truncate => "truncate",
            Self::Html => "html",
            Self::Status(_) => "status",
            Self::Garbage => "garbage",
            Self::NotHttp => "not_http",
            Self::Empty => "empty",
            Self::Dribble { .. } => "dribble",
            Self::TokenDeath => "token_death",
            Self::Close => "close",
        }
    }

    /// Whether the effect changes how the right response is sent. Such a call is always applied.
    const fn alters_real_response(&self) -> bool {
        matches!(self, Self::Truncate | Self::Dribble { .. } | Self::Close)
    }
}

/// Whether a fault happens before or after the call is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// The fault happens first. If it replaces the response, or if the client disconnects during a
    /// delay, the call is not applied.
    Before,
    /// The call is applied first, even if the client never sees the response.
    After,
}

/// The calls that a fault can happen to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target {
    /// All calls.
    Any,
    /// Calls that need a token.
    Business,
    /// Calls that issue a token: `token`, `stable_token`, `api_component_token` and
    /// `api_authorizer_token`.
    Tokens,
    /// Calls of one interface.
    Interface(Interface),
}

impl From<Interface> for Target {
    fn from(interface: Interface) -> Self {
        Self::Interface(interface)
    }
}

impl Target {
    fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Business => "business",
            Self::Tokens => "tokens",
            Self::Interface(interface) => interface.name(),
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        match name {
            "any" => Some(Self::Any),
            "business" => Some(Self::Business),
            "tokens" => Some(Self::Tokens),
            _ => Interface::from_name(name).map(Self::Interface),
        }
    }

    fn includes(self, interface: Interface) -> bool {
        match self {
            Self::Any => true,
            Self::Business => !interface.issues_token(),
            Self::Tokens => interface.issues_token(),
            Self::Interface(only) => only == interface,
        }
    }
}

/// A fault on request. By default it happens to the next call, before the call is applied.
///
/// ```
/// use jumpqr_sandbox::{Effect, Fault, Interface};
///
/// let busy = Fault::errcode(-1).after_applying().on(Interface::AddJumpQRCode);
/// let down = Fault::new(Effect::Status(502)).forever();
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// What the fault does.
    pub effect: Effect,
    /// The calls it can happen to.
    pub target: Target,
    /// Limits the fault to calls of this account, and to calls that request a token of this account
    /// or platform. `None` means no such limit.
    pub account: Option<String>,
    /// The number of calls it still happens to; `None` for all calls.
    pub times: Option<u32>,
    /// Whether it happens before or after the call is applied.
    pub when: When,
}

impl Fault {
    /// Makes a fault with this effect on the next call.
    #[must_use]
    pub fn new(effect: Effect) -> Self {
        let when = if effect.alters_real_response() {
            When::After
        } else {
            When::Before
        };
        let target = if effect == Effect::TokenDeath {
            Target::Business
        } else {
            Target::Any
        };
        Self {
            effect,
            target,
            account: None,
            times: Some(1),
            when,
        }
    }

    /// Makes a fault that gives the next call `errcode` and its documented text.
    #[must_use]
    pub fn errcode(errcode: i64) -> Self {
        Self::new(Effect::Errcode {
            errcode,
            errmsg: None,
        })
    }

    /// Makes a fault that delays the next call, in real time.
    #[must_use]
    pub fn delay(by: Duration) -> Self {
        Self::new(Effect::Delay(by))
    }

    /// Makes a fault that resets the connection of the next call.
    #[must_use]
    pub fn reset() -> Self {
        Self::new(Effect::Reset)
    }

    /// Makes a fault that kills all tokens of the account before its next business call.
    #[must_use]
    pub fn token_death() -> Self {
        Self::new(Effect::TokenDeath)
    }

    /// Lets the fault happen after the call is applied.
    #[must_use]
    pub fn after_applying(mut self) -> Self {
        self.when = When::After;
        self
    }

    /// Limits the fault to calls of one interface, or to a group of calls.
    #[must_use]
    pub fn on(mut self, target: impl Into<Target>) -> Self {
        self.target = target.into();
        self
    }

    /// Limits the fault to calls of one account, and to calls that request a token of it.
    #[must_use]
    pub fn account(mut self, appid: impl Into<String>) -> Self {
        self.account = Some(appid.into());
        self
    }

    /// Sets the number of matching calls that the fault happens to.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Lets the fault happen to every matching call.
    #[must_use]
    pub fn forever(mut self) -> Self {
        self.times = None;
        self
    }

    pub(crate) fn check(&self) -> Result<(), SandboxError> {
        let problem = match &self.effect {
            _ if self.times == Some(0) => "times is 0; give 1 or more, or \"forever\"",
            effect if effect.alters_real_response() && self.when == When::Before => {
                "when is \"before\", but truncate, dribble and close change the real response; \
                 leave when out"
            }
            Effect::TokenDeath if self.when == When::After => {
                "when is \"after\", but tokens die before the call; leave when out"
            }
            Effect::TokenDeath
                if !matches!(self.target, Target::Business | Target::Interface(_)) =>
            {
                "on includes calls that need no token; token_death happens to business calls only"
            }
            Effect::Errcode { errcode: 0, .. } => "errcode is 0, which means success; give another",
            Effect::Status(status) if !(200..=599).contains(status) => {
                "status is not an HTTP status from 200 to 599"
            }
            Effect::Dribble { bytes: 0, .. } => "bytes is 0; give the size of a piece, 1 or more",
            _ => return Ok(()),
        };
        Err(SandboxError::Invalid(problem.to_owned()))
    }
}

impl Serialize for Fault {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        FaultForm::from(self).serialize(serializer)
    }
}
