//! The behaviour of a store, of WeChat and of the clock.

use std::time::Duration;

use arbitrary::Arbitrary;
use jumpqr_core::error::{Error, OwnCode};
use serde_json::{Map, Value, json};

/// The beginning of an input. Events follow to its end.
#[derive(Debug, Arbitrary)]
pub(super) struct Scenario {
    /// Whether the account is a merchant of a platform.
    pub(super) is_merchant: bool,
    pub(super) is_of_one_machine: bool,
    timeout: Millis,
    begin: Millis,
    time_of_day: Millis,
    chance: u8,
}

/// A time in milliseconds: a short one, or any.
#[derive(Debug, Clone, Copy, Arbitrary)]
pub(super) enum Millis {
    Short(u16),
    Minutes(u8),
    Any(u64),
}

/// The result of one step. Which field is used depends on the step.
#[derive(Debug, Clone, Copy, Arbitrary)]
pub(super) struct Event {
    pub(super) clock: Clock,
    pub(super) store: Store,
    pub(super) record: Record,
    pub(super) answer: Answer,
    pub(super) listed: Listed,
    pub(super) next: Next,
}

/// How the clocks change during a step.
#[derive(Debug, Clone, Copy, Arbitrary)]
pub(super) enum Clock {
    Stands,
    Forward(Millis),
    /// The time of day is set back.
    SetBack(Millis),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Arbitrary)]
pub(super) enum Store {
    Works,
    Refuses,
    Fails,
    TimesOut,
    IsDamaged,
}

/// What the store holds.
#[derive(Debug, Clone, Copy, Arbitrary)]
pub(super) enum Record {
    /// What was saved last.
    Last,
    Nothing,
    Garbage(u8),
    Other {
        token: Option<(u8, Millis, Millis)>,
        refresh_token: Option<u8>,
        refused_at: Option<(Millis, u8)>,
        forced_at: Option<Millis>,
        pushed_code: Option<u8>,
        version: u8,
    },
}

#[derive(Debug, Clone, Copy, Arbitrary)]
pub(super) enum Answer {
    Token {
        token: u8,
        life: u16,
        refresh_token: Option<u8>,
    },
    Errcode(Errcode),
    TimesOut,
    IsLost,
    /// There is no ticket.
    NoCredential,
}

#[derive(Debug, Clone, Copy, Arbitrary)]
pub(super) enum Errcode {
    RefreshToken,
    NotAuthorised,
    Secret,
    Address,
    SpentCode,
    Quota,
    Busy,
    Unknown(i32),
}

#[derive(Debug, Clone, Copy, Arbitrary)]
pub(super) enum Listed {
    With(u8),
    Without,
    Absent,
    TimesOut,
}

/// What follows the end of a renewal.
#[derive(Debug, Clone, Copy, Arbitrary)]
pub(super) enum Next {
    Same,
    Rejected,
    /// The process dies, and another begins.
    OtherProcess,
    /// The merchant authorises the platform again.
    Authorised,
}

impl Scenario {
    pub(super) fn timeout(&self) -> Duration {
        self.timeout.duration()
    }

    pub(super) fn begin(&self) -> Duration {
        self.begin.duration()
    }

    pub(super) fn time_of_day(&self) -> Duration {
        self.time_of_day.duration()
    }

    pub(super) fn chance(&self) -> f64 {
        f64::from(self.chance) / 255.0
    }
}

impl Millis {
    pub(super) fn duration(self) -> Duration {
        Duration::from_millis(self.millis())
    }

    fn millis(self) -> u64 {
        match self {
            Self::Short(millis) => millis.into(),
            Self::Minutes(minutes) => u64::from(minutes) * 60_000,
            Self::Any(millis) => millis,
        }
    }
}

/// An access token with this number. Its text stands in no message by chance.
pub(super) fn access_token(number: u8) -> String {
    format!("ACCESS/{number}e5f")
}

pub(super) fn refresh_token(number: u8) -> String {
    format!("REFRESH/{number}a7b")
}

impl Record {
    /// The bytes and the version; `None` for [`Record::Last`] and [`Record::Nothing`].
    pub(super) fn stored(self, digest: &str) -> Option<(Vec<u8>, u64)> {
        match self {
            Self::Last | Self::Nothing => None,
            Self::Garbage(byte) => Some((vec![b'{', byte], 1)),
            Self::Other {
                token,
                refresh_token: refresh,
                refused_at,
                forced_at,
                pushed_code,
                version,
            } => {
                let mut fields = Map::new();
                let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
                if let Some((number, asked_at, life)) = token {
                    let (asked_at, life) = (asked_at.millis(), life.millis());
                    let value = access_token(number);
                    let token = json!({"value": value, "asked_at_ms": asked_at, "life_ms": life});
                    set("access_token", token);
                }
                if let Some(number) = refresh {
                    set("refresh_token", refresh_token(number).into());
                }
                if let Some((at, times)) = refused_at {
                    let refusal = json!({
                        "errcode": 61023,
                        "text": "refused",
                        "credential": digest,
                        "at_ms": at.millis(),
                        "times": times,
                    });
                    set("refusal", refusal);
                }
                if let Some(at) = forced_at {
                    set("forced_at_ms", at.millis().into());
                }
                if let Some(number) = pushed_code {
                    let value = format!("CODE/{number}c9d");
                    set("pushed_code", json!({"value": value, "create_time": 1}));
                }
                let bytes = Value::Object(fields).to_string().into_bytes();
                Some((bytes, version.into()))
            }
        }
    }
}

impl Store {
    /// What the store fails with, if it does.
    pub(super) fn error(self) -> Option<Error> {
        match self {
            Self::Works | Self::Refuses => None,
            Self::Fails => Some(Error::new(OwnCode::StoreFailed, "it is down")),
            Self::TimesOut => Some(Error::new(OwnCode::Timeout, "it took too long")),
            Self::IsDamaged => Some(Error::new(OwnCode::StoreDamaged, "it is damaged")),
        }
    }
}

impl Errcode {
    pub(super) fn number(self) -> i64 {
        match self {
            Self::RefreshToken => 61023,
            Self::NotAuthorised => 61003,
            Self::Secret => 40125,
            Self::Address => 40164,
            Self::SpentCode => 61009,
            Self::Quota => 45009,
            Self::Busy => -1,
            Self::Unknown(number) => number.into(),
        }
    }
}
