//! The behaviour of a hostile server, a hostile clock and an unreliable token source.

use std::time::Duration;

use arbitrary::Arbitrary;
use jumpqr_core::call::{DEFAULT_QUEUE_TIMEOUT, FailureCause};
use jumpqr_core::errcode::Reaction;
use jumpqr_core::{ErrCode, OpenVersion, PermitSubRule};
use serde_json::{Map, Value, json};

pub(super) const PREFIX: &str = "https://m.example.cn/a";
pub(super) const APPID: &str = "wx1";
pub(super) const PATH: &str = "pages/a";
pub(super) const OPEN_VERSION: OpenVersion = OpenVersion::Development;
pub(super) const PERMIT_SUB_RULE: PermitSubRule = PermitSubRule::NotOccupied;

#[derive(Debug, Arbitrary)]
pub(super) struct Scenario {
    pub(super) interface: CallKind,
    timeout: Span,
    begin: Span,
    delays: Vec<u16>,
    hosts: u8,
    /// The number of earlier calls of the pacer, and the queue timeout.
    pub(super) earlier_calls: u8,
    events: Vec<Event>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Arbitrary)]
pub(super) enum CallKind {
    Add,
    Modify,
    Publish,
    Delete,
    Link,
    Get,
    Download,
    StableToken,
    AuthorizerToken,
}

/// A time of any order of magnitude.
#[derive(Debug, Clone, Copy, Arbitrary)]
pub(super) enum Span {
    None,
    Nanoseconds(u8),
    Milliseconds(u16),
    Seconds(u16),
    Years(u8),
    ForEver,
}

/// The result of one step. Which field is used depends on the step.
#[derive(Debug, Clone, Copy, Arbitrary)]
pub(super) struct Event {
    pub(super) clock: Clock,
    pub(super) answer: Answer,
    pub(super) token: TokenSource,
    pub(super) slot: SlotAnswer,
}

/// The movement of the clock during a step.
#[derive(Debug, Clone, Copy, Arbitrary)]
pub(super) enum Clock {
    Stands,
    Forward(Span),
    Back(Span),
}

#[derive(Debug, Clone, Copy, Arbitrary)]
pub(super) enum TokenSource {
    Token,
    NoneNewer,
    Failure,
}

/// The pacer's answer: when the call may start.
#[derive(Debug, Clone, Copy, Arbitrary)]
pub(super) enum SlotAnswer {
    /// The answer of a real pacer.
    Paced,
    At(Span),
    In(Span),
    Never,
}

#[derive(Debug, Clone, Copy, Arbitrary)]
pub(super) enum Answer {
    Object {
        errcode: Errcode,
        list: Listing,
    },
    /// Not an object of JSON.
    Garbage {
        status: u16,
        body: u8,
    },
    Failure {
        cause: u8,
        sent: bool,
    },
}

/// The list of rules or links in an answer.
#[derive(Debug, Clone, Copy, Arbitrary)]
pub(super) enum Listing {
    Missing,
    Broken,
    Entries([Option<Listed>; 2]),
}

#[derive(Debug, Clone, Copy, Arbitrary)]
pub(super) enum Errcode {
    Zero,
    Absent,
    Known(u8),
    Number(i32),
    /// A fraction.
    Broken,
}

/// A rule in a list. Each field says whether it has the requested value; `None` leaves it out. A
/// link only has a state.
#[derive(Debug, Clone, Copy, Arbitrary)]
pub(super) struct Listed {
    pub(super) own: bool,
    pub(super) path: Option<bool>,
    pub(super) open_version: Option<bool>,
    pub(super) permit_sub_rule: Option<bool>,
    pub(super) state: Option<u8>,
}

impl Scenario {
    pub(super) fn timeout(&self) -> Duration {
        self.timeout.duration()
    }

    pub(super) fn begin(&self) -> Duration {
        self.begin.duration()
    }

    /// The default, or some seconds.
    pub(super) fn queue_timeout(&self) -> Duration {
        match self.earlier_calls / 16 {
            0 => DEFAULT_QUEUE_TIMEOUT,
            seconds => Duration::from_secs(seconds.into()),
        }
    }

    pub(super) fn delays(&self) -> Vec<Duration> {
        let delays = self.delays.iter().take(6);
        delays
            .map(|delay| Duration::from_millis((*delay).into()))
            .collect()
    }

    pub(super) fn hosts(&self) -> usize {
        usize::from(self.hosts % 4)
    }

    /// Returns whether the rule is looked up before the write.
    pub(super) fn looks_up(&self) -> bool {
        let needs_rule = matches!(self.interface, CallKind::Publish | CallKind::Delete);
        needs_rule && self.hosts < 128
    }

    /// How many steps are taken before the call is cancelled, if it is.
    pub(super) fn cancelled_after(&self) -> Option<usize> {
        (self.hosts & 0x60 == 0x60).then(|| usize::from(self.hosts / 4 % 8))
    }

    /// Returns the events in an endless cycle.
    pub(super) fn events(&self) -> impl Iterator<Item = Event> {
        const NOTHING: Event = Event {
            clock: Clock::Stands,
            answer: Answer::Object {
                errcode: Errcode::Zero,
                list: Listing::Missing,
            },
            token: TokenSource::Token,
            slot: SlotAnswer::Paced,
        };
        let events = self.events.iter().copied();
        let last = self.events.is_empty().then_some(NOTHING);
        events.chain(last).cycle()
    }
}

impl Span {
    pub(super) fn duration(self) -> Duration {
        match self {
            Self::None => Duration::ZERO,
            Self::Nanoseconds(count) => Duration::from_nanos(count.into()),
            Self::Milliseconds(count) => Duration::from_millis(count.into()),
            Self::Seconds(count) => Duration::from_secs(count.into()),
            Self::Years(count) => Duration::from_secs(u64::from(count) * 31_536_000),
            Self::ForEver => Duration::MAX,
        }
    }
}

impl Clock {
    pub(super) fn after(self, now: Duration) -> Duration {
        match self {
            Self::Stands => now,
            Self::Forward(span) => now.saturating_add(span.duration()),
            Self::Back(span) => now.saturating_sub(span.duration()),
        }
    }
}

impl Answer {
    pub(super) fn cause(cause: u8) -> FailureCause {
        let causes = FailureCause::ALL.iter().cycle();
        let cause = causes.copied().nth(cause.into());
        cause.unwrap_or(FailureCause::Timeout)
    }

    /// Returns status and body. The body echoes `echo`.
    pub(super) fn body(self, echo: &str) -> Option<(u16, String)> {
        match self {
            Self::Object { errcode, list } => {
                let mut fields = Map::new();
                errcode.write(&mut fields);
                fields.insert("errmsg".to_owned(), echo.into());
                let (rules, links) = match list {
                    Listing::Missing => (None, None),
                    Listing::Broken => (Some(json!("")), Some(json!({ "items": {} }))),
                    Listing::Entries(entries) => {
                        let entries = || entries.iter().copied().flatten();
                        let rules: Vec<_> = entries().map(Listed::rule).collect();
                        let links: Vec<_> = entries().map(Listed::link).collect();
                        (Some(rules.into()), Some(json!({ "items": links })))
                    }
                };
                fields.extend(rules.map(|rules| ("rule_list".to_owned(), rules)));
                fields.extend(links.map(|links| ("wxopens".to_owned(), links)));
                Some((200, Value::Object(fields).to_string()))
            }
            Self::Garbage { status, body } => {
                let body = match body % 4 {
                    0 => String::new(),
                    1 => format!("<html>{echo}</html>"),
                    2 => json!([echo]).to_string(),
                    _ => format!("{{\"errcode\":0,\"errmsg\":\"{echo}"),
                };
                Some((status, body))
            }
            Self::Failure { .. } => None,
        }
    }
}

impl Errcode {
    pub(super) fn number(self) -> Option<i64> {
        match self {
            Self::Zero => Some(0),
            Self::Absent | Self::Broken => None,
            Self::Known(index) => {
                let codes = ErrCode::all().iter().cycle();
                codes.map(|code| code.number).nth(index.into())
            }
            Self::Number(number) => Some(number.into()),
        }
    }

    fn write(self, fields: &mut Map<String, Value>) {
        let value = match self {
            Self::Broken => Some(json!(1.5)),
            other => other.number().map(Value::from),
        };
        fields.extend(value.map(|value| ("errcode".to_owned(), value)));
    }

    pub(super) fn reaction(self) -> Option<Reaction> {
        Some(ErrCode::lookup(self.number()?)?.reaction)
    }
}

impl Listed {
    fn rule(self) -> Value {
        let mut fields = Map::new();
        let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
        set(
            "prefix",
            if self.own {
                PREFIX
            } else {
                "https://m.example.cn/"
            }
            .into(),
        );
        if let Some(same) = self.path {
            set("path", if same { PATH } else { "pages/b" }.into());
        }
        if let Some(same) = self.open_version {
            set("open_version", (if same { 1 } else { 2 }).into());
        }
        if let Some(same) = self.permit_sub_rule {
            set("permit_sub_rule", (if same { 1 } else { 2 }).into());
        }
        if let Some(state) = self.state {
            set("state", state.into());
        }
        Value::Object(fields)
    }

    fn link(self) -> Value {
        json!({"appid": if self.own { APPID } else { "wx2" }, "status": self.state})
    }
}
