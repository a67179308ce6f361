//! The state of the sandbox, and how calls change it.

mod account_changes;
mod authorizations;
mod generated_secrets;
pub(crate) mod holder;
mod initial_state;
pub(crate) mod journal;
mod known_secrets;
pub(crate) mod links;
mod platform_changes;
pub(crate) mod rules;
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
pub(crate) use initial_state::{InitialAuthorization, InitialState, InitialTicket};
use journal::{Journal, Parties};
use known_secrets::KnownSecrets;
use links::Links;
use rules::RuleBook;
use tickets::Tickets;
use tokens::TokenBook;
use traffic::Traffic;
use web::{VerificationFiles, Web};

pub(crate) struct State {
    start: InitialState,
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    pub(crate) succession: TokenSuccession,
    pub(crate) accounts: BTreeMap<String, Account>,
    pub(crate) platforms: BTreeMap<String, Platform>,
    secrets: KnownSecrets,
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
    pub(crate) fn new(start: InitialState) -> Self {
        let mut state = Self {
            clock: Clock::new(start.frozen_at),
            limits: start.limits,
            succession: start.succession,
            accounts: BTreeMap::new(),
            platforms: BTreeMap::new(),
            secrets: KnownSecrets::default(),
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
        state.fill();
        state
    }

    /// Resets to the initial state. The sequence of rids continues, so no rid repeats.
    pub(crate) fn reset(&mut self) {
        let rids = std::mem::take(&mut self.rids);
        *self = Self::new(self.start.clone());
        self.rids = rids;
    }

    /// Returns the fault that happens to a call, and counts it.
    pub(crate) fn consume_fault(&mut self, call: &Call) -> Option<Fault> {
        let account = self.caller_appid(call);
        self.faults.consume(call.interface, account.as_deref())
    }

    /// Applies a call. Returns the body of the response.
    pub(crate) fn respond(&mut self, call: &Call) -> Vec<u8> {
        let body = match call.apply(self) {
            Err(refusal) => return self.refuse(&refusal),
            Ok(Value::Object(fields)) if !call.interface.has_errcode_on_success() => fields,
            Ok(Value::Object(fields)) => ok_fields().into_iter().chain(fields).collect(),
            Ok(_) => ok_fields(),
        };
        Value::Object(body).to_string().into_bytes()
    }

    /// Returns the body of an error response.
    pub(crate) fn refuse(&mut self, refusal: &Refusal) -> Vec<u8> {
        let rid = self.rids.next(self.clock.now());
        json!({
            "errcode": refusal.errcode,
            "errmsg": format!("{} rid: {rid}", refusal.errmsg),
        })
        .to_string()
        .into_bytes()
    }

    /// Kills all tokens of the calling account. If a platform asks about its merchants, kills the
    /// platform's own tokens.
    pub(crate) fn kill_caller_tokens(&mut self, call: &Call) {
        let now = self.clock.now();
        if call.interface.takes_component_token() {
            let platform = component_access_token(call)
                .and_then(|token| self.tokens.holder_of(token))
                .cloned();
            self.tokens
                .kill_where(now, |holder| Some(holder) == platform.as_ref());
        } else if let Some(appid) = self.caller_appid(call) {
            self.tokens
                .kill_where(now, |holder| holder.appid() == Some(&appid));
        }
    }

    /// Returns the account and the platform of a call, if the sandbox has them.
    pub(crate) fn parties(&self, call: &Call) -> Parties {
        let known = |appid: &String| {
            self.accounts.contains_key(appid) || self.platforms.contains_key(appid)
        };
        let component_appid = if call.interface.is_for_platforms() {
            call.body_text("component_appid")
        } else {
            None
        };
        Parties {
            appid: self.caller_appid(call).filter(known),
            component_appid: component_appid.filter(|appid| self.platforms.contains_key(appid)),
        }
    }

    /// Returns the appid of the calling account, or of the account whose token is requested. If a
    /// platform requests its own token or the list of its merchants, this is its component_appid.
    /// Whether the call will be refused does not matter.
    pub(crate) fn caller_appid(&self, call: &Call) -> Option<String> {
        match call.interface {
            Interface::Token => call.query("appid").map(str::to_owned),
            Interface::StableToken => call.body_text("appid"),
            Interface::ApiComponentToken => call.body_text("component_appid"),
            Interface::ApiAuthorizerToken => call.body_text("authorizer_appid"),
            Interface::ApiGetAuthorizerList => {
                let holder = self.tokens.holder_of(component_access_token(call)?)?;
                holder.component_appid().map(str::to_owned)
            }
            _ => {
                let holder = self.tokens.holder_of(call.query("access_token")?)?;
                holder.appid().map(str::to_owned)
            }
        }
    }
}

fn ok_fields() -> Map<String, Value> {
    Map::from_iter([
        ("errcode".to_owned(), json!(0)),
        ("errmsg".to_owned(), json!("ok")),
    ])
}

/// The state, shared by the server's thread and the program's threads.
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
