//! The target `renewal_machine`: renewals with any store, any answers and any clock, compared with
//! a model.

mod model;
mod scenario;

use std::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use jumpqr_core::Secret;
use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::interface::TokenResponse;
use jumpqr_core::renewal::{
    Account, Credential, CredentialDigest, Issued, Listed, Memory, MerchantTokens, Moment,
    Recalled, Renewal, Step, StoredRecord,
};

use self::model::Model;
use self::scenario::{Answer, Clock, Event, Next, Record, Scenario, Store};

/// The digest of every credential, so that a refusal in the store applies.
const DIGEST: [u8; 16] = [0x5a; 16];

/// The same in a record.
const DIGEST_IN_RECORD: &str = "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a";

/// Bytes from which a scenario is made: an account, its timeout, and the result of each step of one
/// renewal after another.
pub fn renewal_machine(input: &[u8]) {
    let mut input = Unstructured::new(input);
    let Ok(scenario) = Scenario::arbitrary(&mut input) else {
        return;
    };
    let mut events = Vec::new();
    while !input.is_empty() {
        events.extend(Event::arbitrary(&mut input));
    }
    let account = Account {
        interface: if scenario.is_merchant {
            "api_authorizer_token"
        } else {
            "stable_token"
        },
        appid: "wx1",
        platform: scenario.is_merchant.then_some("wxplatform"),
        key: "key-wx1",
        is_of_one_machine: scenario.is_of_one_machine,
    };
    let mut world = World {
        account,
        moment: Moment {
            now: scenario.begin(),
            time_of_day: scenario.time_of_day(),
        },
        last: None,
    };
    let (mut memory, mut rejected) = (Memory::default(), None);
    let mut events = events.iter();
    let mut model = Model::default();
    while let Some(next) = events.clone().next().map(|event| event.next) {
        let deadline = world.moment.now.saturating_add(scenario.timeout());
        model.begin(world.moment.now, deadline, rejected.as_ref());
        let mut renewal = Renewal::new(
            account,
            memory,
            rejected.take(),
            deadline,
            world.moment,
            scenario.chance(),
        );
        let end = loop {
            let step = renewal.step(world.moment);
            model.check_step(world.moment.now, &step);
            if let Step::Use { token, .. } = step {
                break Some(token);
            }
            if matches!(step, Step::Fail(_)) {
                break None;
            }
            let Some(event) = events.next() else {
                return;
            };
            world.take(&mut renewal, step, *event, &mut model);
            model.check_memory(world.moment.now, renewal.memory());
        };
        model::check_silence(&renewal);
        memory = renewal.memory().clone();
        match next {
            Next::Same => {}
            Next::Rejected => rejected = end,
            Next::OtherProcess => {
                memory = Memory::default();
                model.forget();
            }
            Next::Authorised => {
                renewal.forget();
                memory = renewal.memory().clone();
                model.forget();
            }
        }
        // Each renewal takes an event at least.
        events.next();
    }
}

/// What is outside of the machine.
struct World {
    account: Account<'static>,
    moment: Moment,
    /// What was saved last.
    last: Option<StoredRecord>,
}

impl World {
    /// Takes the step as the event says, and reports the result.
    fn take(&mut self, renewal: &mut Renewal<'_>, step: Step, event: Event, model: &mut Model) {
        self.pass(event.clock);
        match step {
            Step::Load { .. } => {
                let stored = event
                    .store
                    .error()
                    .map_or_else(|| Ok(self.load(event)), Err);
                model.loaded(stored.as_ref().ok().and_then(Option::as_ref));
                renewal.handle_load(self.moment, stored);
            }
            Step::Lease { .. } => {
                let fence = self.last.as_ref().map_or(0, |last| last.version) + 1;
                let leased = match event.store {
                    Store::Works => Ok(Some(fence)),
                    Store::Refuses => Ok(None),
                    other => other.error().map_or(Ok(None), Err),
                };
                model.leased(matches!(leased, Ok(Some(_))));
                renewal.handle_lease(self.moment, leased);
            }
            Step::Credential { refresh_token, .. } => {
                let credential = self.credential(refresh_token, event.answer);
                model.credential(credential.as_ref().ok());
                renewal.handle_credential(self.moment, credential);
            }
            Step::Ask { credential, .. } => {
                let issued = self.answer(event.answer);
                model.answered(&credential, &issued);
                renewal.handle_ask(self.moment, issued);
            }
            Step::Exchange { .. } => {
                let tokens = self.tokens(event.answer);
                model.exchanged(tokens.as_ref().ok());
                renewal.handle_exchange(self.moment, tokens);
            }
            Step::Recall => {
                let recalled = Recalled {
                    refresh_token: match event.listed {
                        scenario::Listed::With(number) => Some(refresh_token(number)),
                        _ => None,
                    },
                    is_listed: match event.store {
                        Store::Works => Some(true),
                        Store::Refuses => Some(false),
                        _ => None,
                    },
                };
                renewal.handle_recall(self.moment, recalled);
            }
            Step::Search { .. } => {
                let got_further = event.store == Store::Works;
                renewal.handle_search(self.moment, listed(event.listed), got_further);
            }
            Step::Save { record, .. } => {
                let saved = match event.store {
                    Store::Works => Ok(true),
                    Store::Refuses => Ok(false),
                    other => other.error().map_or(Ok(false), Err),
                };
                let stored = self.save(&record, matches!(saved, Ok(true)));
                model.saved(stored.as_ref());
                renewal.handle_save(self.moment, saved);
            }
            Step::Release { .. } => {
                let is_released = event.store == Store::Works;
                model.released();
                renewal.handle_release(self.moment, is_released);
            }
            Step::Wait { until } => self.moment.now = self.moment.now.max(until),
            Step::Use { .. } | Step::Fail(_) => {}
        }
    }

    fn pass(&mut self, clock: Clock) {
        let moment = &mut self.moment;
        match clock {
            Clock::Stands => {}
            Clock::Forward(time) => {
                moment.now = moment.now.saturating_add(time.duration());
                moment.time_of_day = moment.time_of_day.saturating_add(time.duration());
            }
            Clock::SetBack(time) => {
                moment.time_of_day = moment.time_of_day.saturating_sub(time.duration());
            }
        }
    }

    fn load(&self, event: Event) -> Option<StoredRecord> {
        if matches!(event.record, Record::Last) {
            return self.last.clone();
        }
        let (bytes, version) = event.record.stored(DIGEST_IN_RECORD)?;
        Some(StoredRecord { bytes, version })
    }

    fn save(&mut self, record: &Secret, is_saved: bool) -> Option<StoredRecord> {
        if !is_saved {
            return None;
        }
        let version = self.last.as_ref().map_or(0, |last| last.version) + 1;
        self.last = Some(StoredRecord {
            bytes: record.expose().into(),
            version,
        });
        self.last.clone()
    }

    fn credential(&self, refresh_token: Option<Secret>, answer: Answer) -> Result<Credential> {
        let secret = if self.account.platform.is_some() {
            refresh_token
        } else if matches!(answer, Answer::NoCredential) {
            return Err(Error::new(OwnCode::NoVerifyTicket, "there is no ticket"));
        } else {
            Some(Secret::new("APPSECRET/0a1b"))
        };
        let digest = CredentialDigest::new(DIGEST);
        Ok(Credential { secret, digest })
    }

    /// What WeChat gives for a code: an access token only if there is a refresh token.
    fn tokens(&self, answer: Answer) -> Result<MerchantTokens> {
        self.answer(answer).map(|issued| MerchantTokens {
            token: Some(issued.token).filter(|token| !token.expires_in.is_zero()),
            refresh_token: issued.refresh_token,
        })
    }

    fn answer(&self, answer: Answer) -> Result<Issued> {
        let error = match answer {
            Answer::Token {
                token,
                life,
                refresh_token: next,
            } => {
                let token = Secret::new(scenario::access_token(token));
                let life = Duration::from_secs(life.into());
                let is_merchant = self.account.platform.is_some();
                return Ok(Issued {
                    token: TokenResponse::new(token, life),
                    refresh_token: next.filter(|_| is_merchant).map(refresh_token),
                });
            }
            Answer::Errcode(errcode) => Error::from_answer(errcode.number(), "refused"),
            Answer::TimesOut => Error::new(OwnCode::Timeout, "it took too long"),
            Answer::IsLost | Answer::NoCredential => {
                Error::new(OwnCode::ConnectionLost, "it got lost")
            }
        };
        Err(error.in_interface(self.account.interface))
    }
}

fn refresh_token(number: u8) -> Secret {
    Secret::new(scenario::refresh_token(number))
}

fn listed(listed: scenario::Listed) -> Result<Listed> {
    Ok(match listed {
        scenario::Listed::With(number) => Listed::With(refresh_token(number)),
        scenario::Listed::Without => Listed::Without,
        scenario::Listed::Absent => Listed::Absent,
        scenario::Listed::TimesOut => {
            return Err(Error::new(OwnCode::Timeout, "it took too long"));
        }
    })
}
