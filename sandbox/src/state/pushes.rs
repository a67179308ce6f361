//! The pushes to platforms: which wait, which were sent, and when the next try is due.
//!
//! Pushes to one platform are sent one after the other, so their order is known. WeChat documents
//! three tries for messages, 5 seconds apart, and nothing for events. That it pauses for a minute
//! after too many failures (MarkFail) is documented, but not how many.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use super::event::AuthorizationEvent;
use crate::clock::Moment;
use crate::push_order::PushOrder;

/// The number of tries of a push.
const MAX_ATTEMPTS: u8 = 3;

const RETRIED_AFTER: Duration = Duration::from_secs(5);

/// The failed tries in a row after which the pushes pause. Developers saw alarms of 9 to 15 failures.
const FAILURES_BEFORE_PAUSE: u32 = 9;

const PAUSE: Duration = Duration::from_secs(60);

/// The greatest number of recorded pushes, and of pushes to one platform that wait. The oldest ones
/// are dropped.
const MAX_PUSHES: usize = 10_000;

/// A push as it was sent, and the answer, with `***` for every token and secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RecordedPush {
    /// When the answer came or the try failed, by the sandbox's clock, in ms since 1970.
    pub finished_at_ms: u64,
    /// The platform.
    pub component_appid: String,
    /// The `InfoType`.
    pub info_type: String,
    /// The merchant; `None` for a ticket.
    pub authorizer_appid: Option<String>,
    /// The `CreateTime`, in UNIX seconds.
    pub create_time: u64,
    /// What was ordered; `None` for a push of WeChat's own.
    pub order: Option<PushOrder>,
    /// The number of this try, from 1.
    pub attempt: u8,
    /// The HTTP status; `None` if there was no whole answer within 5 seconds.
    pub status: Option<u16>,
    /// The first 4 KiB of the answer's body.
    pub body: String,
    /// Why there was no answer.
    pub error: Option<String>,
    /// Whether the answer was HTTP 200 with exactly `success`.
    pub is_success: bool,
}

/// What came of a try.
pub(crate) struct Outcome {
    pub(crate) status: Option<u16>,
    pub(crate) body: String,
    pub(crate) error: Option<String>,
    pub(crate) is_success: bool,
}

/// An event for a platform. It has no `Debug`, because that would show tickets and codes.
#[derive(Clone)]
pub(crate) struct PushedEvent {
    pub(crate) info_type: &'static str,
    pub(crate) authorizer_appid: Option<String>,
    pub(crate) create_time: Moment,
    fields: Value,
}

impl PushedEvent {
    pub(crate) fn ticket(component_appid: &str, ticket: &str, create_time: Moment) -> Self {
        let info_type = "component_verify_ticket";
        Self {
            info_type,
            authorizer_appid: None,
            create_time,
            fields: json!({
                "AppId": component_appid,
                "CreateTime": create_time.as_secs(),
                "InfoType": info_type,
                "ComponentVerifyTicket": ticket,
            }),
        }
    }

    /// Returns the event with an earlier time.
    pub(crate) fn at_latest(mut self, create_time: Moment) -> Self {
        self.create_time = self.create_time.min(create_time);
        if let Value::Object(fields) = &mut self.fields {
            let seconds = self.create_time.as_secs();
            fields.insert("CreateTime".to_owned(), json!(seconds));
        }
        self
    }

    /// Returns the event with one more field.
    pub(crate) fn with_field(mut self, name: &str, value: String) -> Self {
        if let Value::Object(fields) = &mut self.fields {
            fields.insert(name.to_owned(), Value::String(value));
        }
        self
    }

    /// Returns the XML. As in WeChat's, texts are CDATA, and numbers are bare.
    pub(crate) fn to_xml(&self) -> String {
        let fields = self.fields.as_object().into_iter().flatten();
        let elements = fields.map(|(name, value)| match value.as_str() {
            Some(text) => {
                let text = text.replace("]]>", "]]]]><![CDATA[>");
                format!("<{name}><![CDATA[{text}]]></{name}>\n")
            }
            None => format!("<{name}>{value}</{name}>\n"),
        });
        format!("<xml>\n{}</xml>", elements.collect::<String>())
    }
}

impl From<&AuthorizationEvent> for PushedEvent {
    fn from(event: &AuthorizationEvent) -> Self {
        Self {
            info_type: event.info_type.name(),
            authorizer_appid: Some(event.authorizer_appid.clone()),
            create_time: event.create_time,
            fields: event.fields(),
        }
    }
}

/// A push that waits or is being sent.
#[derive(Clone)]
pub(crate) struct Push {
    id: u64,
    pub(crate) event: PushedEvent,
    pub(crate) order: Option<PushOrder>,
    /// The nonce and the random bytes follow from it: a repeated push is the same.
    pub(crate) seed: u64,
    /// The timestamp of the query.
    pub(crate) queued_at: Moment,
    attempt: u8,
    due_at: Moment,
}

/// The pushes to one platform.
#[derive(Clone, Default)]
struct Line {
    waiting: VecDeque<Push>,
    in_flight: Option<u64>,
    /// The failed tries since the last success or pause.
    failures: u32,
    paused_until: Moment,
    /// The last event of each merchant, and the last ticket.
    last: BTreeMap<Option<String>, PushedEvent>,
}

impl Line {
    fn add(&mut self, push: Push) {
        self.waiting.push_back(push);
        let surplus = self.waiting.len().saturating_sub(MAX_PUSHES);
        self.waiting.drain(..surplus);
    }

    fn next_due(&self) -> Option<Moment> {
        if self.in_flight.is_some() {
            return None;
        }
        let due = self.waiting.iter().map(|push| push.due_at).min();
        due.map(|due| due.max(self.paused_until))
    }
}

/// The pushes to all platforms.
#[derive(Clone, Default)]
pub(crate) struct Pushes {
    last_id: u64,
    lines: BTreeMap<String, Line>,
    pub(crate) recorded: VecDeque<RecordedPush>,
}

impl Pushes {
    /// Forgets everything. A push that is being sent has an id that does not come again, so its
    /// answer is not recorded.
    pub(crate) fn reset(&self) -> Self {
        Self {
            last_id: self.last_id,
            ..Self::default()
        }
    }

    /// Adds the next event of a platform.
    pub(crate) fn add_event(&mut self, component_appid: &str, event: &PushedEvent, now: Moment) {
        let line = self.lines.entry(component_appid.to_owned()).or_default();
        line.last
            .insert(event.authorizer_appid.clone(), event.clone());
        self.add(component_appid, event, None, 1, now);
    }

    /// Adds the same push `times` times.
    pub(crate) fn add(
        &mut self,
        component_appid: &str,
        event: &PushedEvent,
        order: Option<PushOrder>,
        times: usize,
        now: Moment,
    ) {
        let seed = fastrand::u64(..);
        let line = self.lines.entry(component_appid.to_owned()).or_default();
        for _ in 0..times {
            self.last_id += 1;
            line.add(Push {
                id: self.last_id,
                event: event.clone(),
                order,
                seed,
                queued_at: now,
                attempt: 1,
                due_at: now,
            });
        }
    }

    /// Returns the last event of a merchant, or the last ticket.
    pub(crate) fn last(
        &self,
        component_appid: &str,
        authorizer_appid: Option<&str>,
    ) -> Option<&PushedEvent> {
        let line = self.lines.get(component_appid)?;
        line.last.get(&authorizer_appid.map(str::to_owned))
    }

    /// Takes the next push to a platform, if one is due and no other is being sent.
    pub(crate) fn take(&mut self, component_appid: &str, now: Moment) -> Option<Push> {
        let line = self.lines.get_mut(component_appid)?;
        line.next_due().filter(|due| *due <= now)?;
        let mut waiting = line.waiting.iter();
        let index = waiting.position(|push| push.due_at <= now)?;
        let push = line.waiting.remove(index)?;
        line.in_flight = Some(push.id);
        Some(push)
    }

    /// Records what came of a push, and plans its next try.
    pub(crate) fn finish(
        &mut self,
        component_appid: &str,
        push: Push,
        outcome: Outcome,
        now: Moment,
    ) {
        let line = self.lines.get_mut(component_appid);
        let Some(line) = line.filter(|line| line.in_flight == Some(push.id)) else {
            return;
        };
        line.in_flight = None;
        self.recorded.push_back(RecordedPush {
            finished_at_ms: u64::try_from(now.as_millis()).unwrap_or(u64::MAX),
            component_appid: component_appid.to_owned(),
            info_type: push.event.info_type.to_owned(),
            authorizer_appid: push.event.authorizer_appid.clone(),
            create_time: push.event.create_time.as_secs(),
            order: push.order,
            attempt: push.attempt,
            status: outcome.status,
            body: outcome.body,
            error: outcome.error,
            is_success: outcome.is_success,
        });
        let surplus = self.recorded.len().saturating_sub(MAX_PUSHES);
        self.recorded.drain(..surplus);
        if push.order.is_some() {
            return;
        }
        if outcome.is_success {
            line.failures = 0;
            return;
        }
        line.failures += 1;
        if line.failures >= FAILURES_BEFORE_PAUSE {
            line.failures = 0;
            line.paused_until = now.saturating_add(PAUSE);
        }
        if push.attempt < MAX_ATTEMPTS {
            line.add(Push {
                attempt: push.attempt + 1,
                due_at: now.saturating_add(RETRIED_AFTER),
                ..push
            });
        }
    }

    /// Ends the pause after failures.
    pub(crate) fn resume(&mut self, component_appid: &str) {
        if let Some(line) = self.lines.get_mut(component_appid) {
            line.failures = 0;
            line.paused_until = Moment::ZERO;
        }
    }

    /// Forgets the pushes to a platform.
    pub(crate) fn remove(&mut self, component_appid: &str) {
        self.lines.remove(component_appid);
    }

    /// Returns when the next push to a platform is due; `None` if none waits, or one is being sent.
    pub(crate) fn next_due(&self, component_appid: &str) -> Option<Moment> {
        self.lines.get(component_appid)?.next_due()
    }

    /// Returns how many pushes wait or are being sent.
    pub(crate) fn pending(&self) -> usize {
        let lines = self.lines.values();
        lines
            .map(|line| line.waiting.len() + usize::from(line.in_flight.is_some()))
            .sum()
    }
}
