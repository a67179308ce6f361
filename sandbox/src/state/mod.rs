//! Everything that the sandbox knows.

mod authorizations;
pub(crate) mod holder;
pub(crate) mod journal;
pub(crate) mod links;
mod minted;
mod orders;
mod platform_orders;
pub(crate) mod rules;
mod secrets;
mod start;
pub(crate) mod tickets;
pub(crate) mod tokens;
pub(crate) mod traffic;
pub(crate) mod web;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value, json};

use crate::account::Account;
use crate::clock::Clock;
use crate::fault::{Fault, FaultQueue};
use crate::interface::{Call, Interface, component_access_token};
use crate::limits::Limits;
use crate::platform::Platform;
use crate::refusal::Refusal;
use crate::rid::Rids;
use crate::succession::TokenSuccession;
use authorizations::Authorizations;
use journal::{Journal, Parties};
use links::Links;
use rules::RuleBook;
use secrets::SecretBook;
pub(crate) use start::{Start, StartAuthorization, StartTicket};
use tickets::Tickets;
use tokens::TokenBook;
use traffic::Traffic;
use web::{VerificationFiles, Web};

pub(crate) struct State {
    start: Start,
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    pub(crate) succession: TokenSuccession,
    pub(crate) accounts: BTreeMap<String, Account>,
    pub(crate) platforms: BTreeMap<String, Platform>,
    secrets: SecretBook,
    pub(crate) authorizations: Authorizations,
    pub(crate) tickets: Tickets,
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
        let mut state = Self {
            clock: Clock::new(start.frozen_at),
            limits: start.limits,
            succession: start.succession,
            accounts: BTreeMap::new(),
            platforms: BTreeMap::new(),
            secrets: SecretBook::default(),
            authorizations: Authorizations::default(),
            tickets: Tickets::default(),
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
        };
        state.begin();
        state
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
            Ok(Value::Object(fields)) if !call.interface.answers_errcode() => fields,
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

    /// The tokens of the account that makes this call die; where a platform asks about its merchants, its own.
    pub(crate) fn kill_tokens_of(&mut self, call: &Call) {
        let now = self.clock.now();
        if call.interface.takes_component_token() {
            let platform = component_access_token(call)
                .and_then(|token| self.tokens.issued_to(token))
                .cloned();
            self.tokens
                .kill_all(now, |holder| Some(holder) == platform.as_ref());
        } else if let Some(appid) = self.caller(call) {
            self.tokens
                .kill_all(now, |holder| holder.appid() == Some(&appid));
        }
    }

    /// Whom this call is about, as far as the sandbox has them.
    pub(crate) fn parties(&self, call: &Call) -> Parties {
        let known = |appid: &String| {
            self.accounts.contains_key(appid) || self.platforms.contains_key(appid)
        };
        let component_appid = if call.interface.is_of_platforms() {
            call.in_body("component_appid")
        } else {
            None
        };
        Parties {
            appid: self.caller(call).filter(known),
            component_appid: component_appid.filter(|appid| self.platforms.contains_key(appid)),
        }
    }

    /// The appid of the account that makes this call, or for which a token is asked; of a platform that asks for a token of
    /// its own or for its merchants, the component_appid. Be the call refused later on or not.
    pub(crate) fn caller(&self, call: &Call) -> Option<String> {
        match call.interface {
            Interface::Token => call.query("appid").map(str::to_owned),
            Interface::StableToken => call.in_body("appid"),
            Interface::ApiComponentToken => call.in_body("component_appid"),
            Interface::ApiAuthorizerToken => call.in_body("authorizer_appid"),
            Interface::ApiGetAuthorizerList => {
                let holder = self.tokens.issued_to(component_access_token(call)?)?;
                holder.component_appid().map(str::to_owned)
            }
            _ => {
                let holder = self.tokens.issued_to(call.query("access_token")?)?;
                holder.appid().map(str::to_owned)
            }
        }
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
