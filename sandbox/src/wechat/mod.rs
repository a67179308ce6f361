//! WeChat's side: admits calls, applies faults, answers, and redacts what is recorded. Each
//! interface has its own file.

mod add_jump_qr_code;
mod admission;
mod answer;
mod api_authorizer_token;
mod api_component_token;
mod api_create_preauthcode;
mod api_get_authorizer_info;
mod api_get_authorizer_list;
mod api_query_auth;
mod api_start_push_ticket;
pub(crate) mod authorization_page;
mod call;
mod clear_component_quota_by_app_secret;
mod clear_quota;
mod clear_quota_by_app_secret;
mod delete_jump_qr_code;
mod download_qr_code_text;
mod fields;
mod file_look;
mod get_api_quota;
mod get_jump_qr_code;
mod get_rid_info;
mod ip_list;
mod link_miniprogram;
mod publish_jump_qr_code;
pub(crate) mod redaction;
mod serve;
mod stable_token;
mod token;
mod unlink_miniprogram;
mod verification_file;
mod wxamplinkget;

pub(crate) use serve::serve;

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jumpqr_core::preflight::Observations;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::error::SandboxError;
use crate::fault::{Fault, FaultQueue};
use crate::refusal::Refusal;
use crate::rid::Rids;
use crate::state::State;
use crate::state::authorization::Authorization;
use crate::state::rules::StoredRule;
use crate::well_known::{
    AUTHORIZER_REFRESH_TOKEN, COMPONENT_APPID, COMPONENT_VERIFY_TICKET, MINI_PROGRAM_APPID,
};
use add_jump_qr_code::PendingRule;
use answer::Answer;
use call::{Applied, Call};

/// A local WeChat: its state, and the faults that wait for calls.
pub(crate) struct WeChat {
    built: State,
    pub(crate) state: State,
    pub(crate) faults: FaultQueue,
    rids: Rids,
}

impl WeChat {
    /// Makes a WeChat that starts, and starts again after each reset, with the state `built`.
    pub(crate) fn new(built: State) -> Self {
        let mut wechat = Self {
            state: built.clone(),
            built,
            faults: FaultQueue::default(),
            rids: Rids::default(),
        };
        wechat.reset();
        wechat
    }

    /// Resets to the initial state. The sequence of rids continues, so no rid repeats.
    pub(crate) fn reset(&mut self) {
        let mut state = self.built.clone();
        let now = state.clock.now();
        state.pushes = self.state.pushes.reset();
        state.journal = std::mem::take(&mut self.state.journal);
        state.journal.clear();
        let tickets = state.tickets.entry(COMPONENT_APPID.to_owned());
        let tickets = tickets.or_default();
        tickets.push(COMPONENT_VERIFY_TICKET.to_owned(), now);
        state.push_first_tickets();
        if let Some(account) = state.accounts.get(MINI_PROGRAM_APPID) {
            let refresh_token = AUTHORIZER_REFRESH_TOKEN.to_owned();
            let authorization =
                Authorization::new(account.permission_sets.clone(), refresh_token, now);
            state.put_authorization(COMPONENT_APPID, MINI_PROGRAM_APPID, authorization);
        }
        self.state = state;
        self.faults.clear();
    }

    /// Adds a fault to the queue. Returns its id.
    pub(crate) fn inject(&mut self, fault: Fault) -> Result<u64, SandboxError> {
        fault.check()?;
        Ok(self.faults.push(fault))
    }

    /// Returns the fault that happens to a call, and counts it.
    fn consume_fault(&mut self, call: &Call) -> Option<Fault> {
        let account = call.appid(&self.state);
        self.faults.consume(call.interface, account.as_deref())
    }

    /// Applies a call. Returns the answer, or the rule that waits for the look for its file.
    fn begin(&mut self, call: &Call) -> Begun {
        match call.apply(&mut self.state) {
            Ok(Applied::Pending(pending)) => Begun::Pending(pending),
            Ok(Applied::Done(body)) => Begun::Answered(self.answer(call, Ok(body))),
            Err(refusal) => Begun::Answered(self.answer(call, Err(refusal))),
        }
    }

    /// Goes on with a call after the look; `seen` is `None` if there was none.
    fn finish(&mut self, call: &Call, rule: StoredRule, seen: Option<Observations>) -> Answer {
        let result = match seen {
            None => Err((-1).into()),
            Some(seen) => add_jump_qr_code::finish(&mut self.state, call, rule, seen),
        };
        self.answer(call, result)
    }

    /// Returns the answer with the response of an interface, or with its refusal.
    fn answer(&mut self, call: &Call, result: Result<Value, Refusal>) -> Answer {
        let mut body = match result {
            Ok(body) => body,
            Err(refusal) => return self.refuse(refusal, Some(call)),
        };
        if call.interface.has_errcode_on_success() {
            if let Value::Object(fields) = &mut body {
                fields.insert("errcode".to_owned(), json!(0));
                // One interface says more than "ok".
                fields.entry("errmsg").or_insert_with(|| json!("ok"));
            }
        }
        Answer::success(&body)
    }

    /// Returns the answer that refuses a call, and keeps the call for getRidInfo.
    fn refuse(&mut self, refusal: Refusal, call: Option<&Call>) -> Answer {
        let rid = self.rids.next(self.state.clock.now());
        let errmsg = format!("{} rid: {rid}", refusal.errmsg);
        let body = json!({ "errcode": refusal.errcode, "errmsg": errmsg }).to_string();
        if let Some(call) = call {
            let refused = call.to_refused(&self.state, &body);
            self.state.refused_calls.add(rid, refused);
        }
        Answer::refusal(body, refusal, errmsg)
    }
}

/// What comes of the begin of a call.
enum Begun {
    Answered(Answer),
    Pending(Box<PendingRule>),
}

/// A WeChat that the server's thread and the program's threads share.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Inner>);

struct Inner {
    wechat: Mutex<WeChat>,
    /// Wakes who sends the pushes.
    changed: Notify,
}

impl Shared {
    pub(crate) fn new(wechat: WeChat) -> Self {
        Self(Arc::new(Inner {
            wechat: Mutex::new(wechat),
            changed: Notify::new(),
        }))
    }

    pub(crate) fn lock(&self) -> Locked<'_> {
        Locked {
            wechat: self.lock_silently(),
            changed: &self.0.changed,
        }
    }

    /// Locks without waking who sends the pushes.
    pub(crate) fn lock_silently(&self) -> MutexGuard<'_, WeChat> {
        let locked = self.0.wechat.lock();
        locked.unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until [`lock`](Self::lock) was used.
    pub(crate) async fn changed(&self) {
        self.0.changed.notified().await;
    }
}

/// A locked WeChat. After any use, there may be something to push, or the clock may have moved.
pub(crate) struct Locked<'a> {
    wechat: MutexGuard<'a, WeChat>,
    changed: &'a Notify,
}

impl Deref for Locked<'_> {
    type Target = WeChat;

    fn deref(&self) -> &WeChat {
        &self.wechat
    }
}

impl DerefMut for Locked<'_> {
    fn deref_mut(&mut self) -> &mut WeChat {
        &mut self.wechat
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        if self.wechat.state.pushes_at_all() {
            self.changed.notify_one();
        }
    }
}
