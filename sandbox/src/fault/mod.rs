//! What may go wrong on request.

mod form;
mod queue;

pub(crate) use form::FaultForm;
pub(crate) use queue::FaultQueue;

use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::error::SandboxError;
use crate::interface::Interface;

/// What happens to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// It is answered with this code, and this text or the documented one.
    Errcode {
        /// The code; 0 is not an error.
        errcode: i64,
        /// The text before the rid.
        errmsg: Option<String>,
    },
    /// It takes so long.
    Delay(Duration),
    /// The connection is reset (a TCP RST), with no answer.
    Reset,
    /// The answer announces its whole length, half of its body is sent, and the connection is closed.
    Truncate,
    /// It is answered with HTTP 200 and a page of HTML.
    Html,
    /// It is answered with this HTTP status and a page of HTML.
    Status(u16),
    /// It is answered with HTTP 200 and bytes that are neither UTF-8 nor JSON.
    Garbage,
    /// What comes back is not HTTP, and the connection is closed.
    NotHttp,
    /// It is answered with HTTP 200 and an empty body.
    Empty,
    /// The body of the answer is sent piece by piece.
    Dribble {
        /// The size of a piece, in bytes.
        bytes: usize,
        /// The time between pieces.
        interval: Duration,
    },
    /// All tokens of the account that calls are dead (40001) before the call is looked at; of the platform, when it asks for a
    /// merchant's token or for the list of merchants.
    TokenDeath,
    /// The connection is closed after the answer, which does not announce it.
    Close,
}

impl Effect {
    /// Its name, as the control endpoint takes it.
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

    /// Whether it concerns how the real answer is sent, so that the call is applied in any case.
    const fn is_after(&self) -> bool {
        matches!(self, Self::Truncate | Self::Dribble { .. } | Self::Close)
    }
}

/// Whether something happens before or after a call is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Before: what is answered by the fault is not applied, and a call whose client has gone away during a delay is not
    /// applied either.
    Before,
    /// After: it is applied, whatever the client gets to see.
    After,
}

/// Which calls a fault happens to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target {
    /// All.
    Any,
    /// Those that need a token.
    Business,
    /// Those that issue one: `token`, `stable_token`, `api_component_token` and `api_authorizer_token`.
    Tokens,
    /// Those to one interface.
    Interface(Interface),
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

/// Something that goes wrong on request: by default, with the next call, and before it is applied.
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
    /// What happens.
    pub effect: Effect,
    /// To which calls.
    pub target: Target,
    /// To calls of which account, or for a token of which account or platform; of any, if `None`.
    pub account: Option<String>,
    /// To how many more calls; for ever, if `None`.
    pub times: Option<u32>,
    /// Before or after the call is applied.
    pub when: When,
}

impl Fault {
    /// The next call meets `effect`.
    #[must_use]
    pub fn new(effect: Effect) -> Self {
        let when = if effect.is_after() {
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

    /// The next call is answered with `errcode` and its documented text.
    #[must_use]
    pub fn errcode(errcode: i64) -> Self {
        Self::new(Effect::Errcode {
            errcode,
            errmsg: None,
        })
    }

    /// The next call takes so long, in real time.
    #[must_use]
    pub fn delay(by: Duration) -> Self {
        Self::new(Effect::Delay(by))
    }

    /// The next call is reset.
    #[must_use]
    pub fn reset() -> Self {
        Self::new(Effect::Reset)
    }

    /// All tokens of the account that makes the next business call die before it.
    #[must_use]
    pub fn token_death() -> Self {
        Self::new(Effect::TokenDeath)
    }

    /// After the call was applied.
    #[must_use]
    pub fn after_applying(mut self) -> Self {
        self.when = When::After;
        self
    }

    /// To calls of this interface only.
    #[must_use]
    pub fn on(mut self, interface: Interface) -> Self {
        self.target = Target::Interface(interface);
        self
    }

    /// To these calls only.
    #[must_use]
    pub fn to(mut self, target: Target) -> Self {
        self.target = target;
        self
    }

    /// To calls of this account only.
    #[must_use]
    pub fn account(mut self, appid: impl Into<String>) -> Self {
        self.account = Some(appid.into());
        self
    }

    /// To the next `times` matching calls.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// To every matching call.
    #[must_use]
    pub fn forever(mut self) -> Self {
        self.times = None;
        self
    }

    pub(crate) fn check(&self) -> Result<(), SandboxError> {
        let problem = match &self.effect {
            _ if self.times == Some(0) => "times is 0; give 1 or more, or \"forever\"",
            effect if effect.is_after() && self.when == When::Before => {
                "when is \"before\", but truncate, dribble and close are about the real answer; leave when out"
            }
            Effect::TokenDeath if self.when == When::After => {
                "when is \"after\", but tokens die before the call; leave when out"
            }
            Effect::TokenDeath
                if !matches!(self.target, Target::Business | Target::Interface(_)) =>
            {
                "on is a group that has calls without a token; token_death happens to business calls"
            }
            Effect::Errcode { errcode: 0, .. } => "errcode is 0, which says success; give another",
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
