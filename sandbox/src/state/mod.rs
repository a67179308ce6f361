//! Everything that the sandbox knows.

pub(crate) mod journal;
pub(crate) mod links;
mod orders;
pub(crate) mod rules;
pub(crate) mod tokens;
pub(crate) mod traffic;
pub(crate) mod web;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value, json};

use crate::account::Account;
use crate::clock::{Clock, Moment};
use crate::fault::{Fault, FaultQueue};
use crate::interface::{Call, Interface};
use crate::limits::Limits;
use crate::refusal::Refusal;
use crate::rid::Rids;
use journal::Journal;
use links::Links;
use rules::RuleBook;
use tokens::TokenBook;
use traffic::Traffic;
use web::{VerificationFiles, Web};

/// What a sandbox begins with, and goes back to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Start {
    pub(crate) accounts: BTreeMap<String, Account>,
    pub(crate) links: Links,
    pub(crate) limits: Limits,
    pub(crate) frozen_at: Option<Moment>,
}

pub(crate) struct State {
    start: Start,
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    pub(crate) accounts: BTreeMap<String, Account>,
    pub(crate) links: Links,
    pub(crate) web: Web,
    pub(crate) verification_files: VerificationFiles,
    pub(crate) rules: RuleBook,
    pub(crate) tokens: TokenBook,
    pub(crate) traffic: Traffic,
    pub(crate) faults: FaultQueue,
    pub(crate) journal: Journal,
    rids: Rids,
}

impl State {
    pub(crate) fn new(start: Start) -> Self {
        Self {
            clock: Clock::new(start.frozen_at),
            limits: start.limits,
            accounts: start.accounts.clone(),
            links: start.links.clone(),
            start,
            web: Web::default(),
            verification_files: VerificationFiles::default(),
            rules: RuleBook::default(),
            tokens: TokenBook::default(),
            traffic: Traffic::default(),
            faults: FaultQueue::default(),
            journal: Journal::default(),
            rids: Rids::default(),
        }
    }

    /// Back to the start; rids go on.
    pub(crate) fn reset(&mut self) {
        let rids = std::mem::take(&mut self.rids);
        *self = Self::new(self.start.clone());
        self.rids = rids;
    }

    /// The fault that happens to a call.
    pub(crate) fn take_fault(&mut self, call: &Call) -> Option<Fault> {
        let account = self.caller(call);
        self.faults.take(call.interface, account.as_deref())
    }

    /// Applies a call: the body of its answer.
    pub(crate) fn answer(&mut self, call: &Call) -> Vec<u8> {
        let body = match call.answer(self) {
            Err(refusal) => return self.refuse(&refusal),
            Ok(Value::Object(grant)) if call.interface.issues_token() => grant,
            Ok(Value::Object(fields)) => ok().into_iter().chain(fields).collect(),
            Ok(_) => ok(),
        };
        Value::Object(body).to_string().into_bytes()
    }

    /// The body of an answer that is not success.
    pub(crate) fn refuse(&mut self, refusal: &Refusal) -> Vec<u8> {
        let rid = self.rids.next(self.clock.now());
        json!({
            "errcode": refusal.errcode,
            "errmsg": format!("{} rid: {rid}", refusal.errmsg),
        })
        .to_string()
        .into_bytes()
    }

    /// The tokens of the account that makes this call die.
    pub(crate) fn kill_tokens_of(&mut self, call: &Call) {
        if let Some(appid) = self.caller(call) {
            let now = self.clock.now();
            self.tokens.kill_all(&appid, now);
        }
    }

    /// The appid of the account that makes this call, be it refused later on or not.
    fn caller(&self, call: &Call) -> Option<String> {
        let appid = match call.interface {
            Interface::Token => call.query("appid")?.to_owned(),
            Interface::StableToken => serde_json::from_slice::<Value>(&call.body)
                .ok()?
                .get("appid")?
                .as_str()?
                .to_owned(),
            _ => self
                .tokens
                .issued_to(call.query("access_token")?)?
                .to_owned(),
        };
        Some(appid)
    }
}

fn ok() -> Map<String, Value> {
    Map::from_iter([
        ("errcode".to_owned(), json!(0)),
        ("errmsg".to_owned(), json!("ok")),
    ])
}

/// The one state, shared by the server's thread and the program's own.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<State>>);

impl Shared {
    pub(crate) fn new(state: State) -> Self {
        Self(Arc::new(Mutex::new(state)))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
