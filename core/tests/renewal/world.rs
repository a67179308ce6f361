//! A store with leases, a WeChat that rotates refresh tokens, and processes that share both. Time
//! is virtual.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::error::{Error, Outcome, OwnCode, Result};
use jumpqr_core::interface::TokenResponse;
use jumpqr_core::renewal::{
    Account, Credential, CredentialDigest, Issued, Listed, Memory, MerchantTokens, Moment,
    Recalled, Renewal, Step, StoredRecord, TokenRecord,
};

/// The time of day at the beginning.
const EPOCH: Duration = Duration::from_secs(1_800_000_000);

/// How long a call may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// How long a first refusal is remembered.
const REFUSED_FOR: Duration = Duration::from_secs(5);

pub(crate) const MERCHANT: Account<'static> = Account {
    interface: "api_authorizer_token",
    appid: "wx1234567890abcdef",
    platform: Some("wxplatform00000000"),
    key: "api_authorizer_token-wx1234567890abcdef-wxplatform00000000",
    is_of_one_machine: true,
};

/// What goes wrong while a process takes a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// The process dies before the step.
    CrashBefore,
    /// The process dies after the step has had its effect.
    CrashAfter,
    /// The store or WeChat fails, and nothing happens.
    Fails,
    /// It happens, and the answer gets lost.
    AnswerLost,
    /// It takes longer than any lease lives.
    Slow,
    /// The lease ends.
    LeaseLost,
}

impl Fault {
    pub(crate) const ALL: [Self; 7] = [
        Self::None,
        Self::CrashBefore,
        Self::CrashAfter,
        Self::Fails,
        Self::AnswerLost,
        Self::Slow,
        Self::LeaseLost,
    ];
}

/// When WeChat kills the former refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rotation {
    AtOnce,
    /// When the new refresh token, or its access token, is used first.
    AtFirstUse,
    /// The refresh token stays the same.
    Never,
}

/// A merchant's refresh tokens R0, R1, … and access tokens A0, A1, …; the last one lives.
pub(crate) struct WeChat {
    rotation: Rotation,
    last: u32,
    refresh_tokens: BTreeSet<String>,
    /// The refresh token that came with each access token.
    pairs: BTreeMap<String, String>,
    /// The code that was pushed and not exchanged yet. Until then, there is no refresh token.
    code: Option<String>,
    /// Whether the merchant has withdrawn its authorisation.
    pub(crate) withdrawn: bool,
    pub(crate) asked: usize,
    pub(crate) searched: usize,
}

impl WeChat {
    fn ask(&mut self, refresh_token: &str) -> Result<Issued> {
        self.asked += 1;
        if self.withdrawn {
            return Err(refusal(61003));
        }
        if !self.refresh_tokens.contains(refresh_token) {
            return Err(refusal(61023));
        }
        if refresh_token == self.last_refresh_token() {
            self.refresh_tokens = BTreeSet::from([self.last_refresh_token()]);
        }
        self.last += 1;
        let token = format!("A{}", self.last);
        let next = self.last_refresh_token();
        if self.rotation == Rotation::AtOnce {
            self.refresh_tokens.clear();
        }
        self.refresh_tokens.insert(next.clone());
        let is_rotated = self.rotation != Rotation::Never;
        if is_rotated {
            self.pairs.insert(token.clone(), next.clone());
        }
        Ok(Issued {
            token: TokenResponse::new(Secret::new(token), Duration::from_secs(7200)),
            refresh_token: is_rotated.then(|| Secret::new(next)),
        })
    }

    fn exchange(&mut self, code: &str) -> Result<MerchantTokens> {
        self.asked += 1;
        if self.withdrawn {
            return Err(refusal(61003));
        }
        if self.code.take_if(|good| good == code).is_none() {
            return Err(refusal(61009));
        }
        self.last += 1;
        let token = format!("A{}", self.last);
        let refresh_token = self.last_refresh_token();
        self.refresh_tokens = BTreeSet::from([refresh_token.clone()]);
        self.pairs.insert(token.clone(), refresh_token.clone());
        Ok(MerchantTokens {
            token: Some(TokenResponse::new(
                Secret::new(token),
                Duration::from_secs(7200),
            )),
            refresh_token: Some(Secret::new(refresh_token)),
        })
    }

    fn last_refresh_token(&self) -> String {
        match self.rotation {
            Rotation::Never => "R0".to_owned(),
            _ => format!("R{}", self.last),
        }
    }

    /// Takes a call of the merchant's, and returns whether its token lives.
    fn call(&mut self, token: &str) -> bool {
        let lives = token == format!("A{}", self.last);
        if lives && self.rotation == Rotation::AtFirstUse {
            self.refresh_tokens = BTreeSet::from([self.last_refresh_token()]);
        }
        lives && !self.withdrawn
    }

    fn listed(&self) -> Listed {
        if self.withdrawn {
            Listed::Absent
        } else if self.code.is_some() {
            Listed::Without
        } else {
            Listed::With(Secret::new(self.last_refresh_token()))
        }
    }
}

fn refusal(errcode: i64) -> Error {
    Error::from_answer(errcode, "refused").in_interface(MERCHANT.interface)
}

#[derive(Default)]
pub(crate) struct Store {
    record: Option<StoredRecord>,
    /// The last fence, and when its lease ends; `None` once it is released.
    fence: u64,
    lease_ends: Option<Duration>,
    /// The access tokens that were ever stored.
    saved: BTreeSet<String>,
}

impl Store {
    fn lease(&mut self, now: Duration, life: Duration) -> Option<u64> {
        if self.lease_ends.is_some_and(|end| now < end) {
            return None;
        }
        self.fence += 1;
        self.lease_ends = Some(now + life);
        Some(self.fence)
    }

    fn holds(&self, fence: u64, now: Duration) -> bool {
        self.fence == fence && self.lease_ends.is_some_and(|end| now < end)
    }

    /// Saves the record if no later lease was given.
    fn save(&mut self, json: &Secret, fence: u64, pairs: &BTreeMap<String, String>) -> bool {
        if self.fence != fence || self.lease_ends.is_none() {
            return false;
        }
        let bytes = json.expose().as_bytes();
        let record = TokenRecord::parse(bytes, MERCHANT.key).unwrap();
        if let Some((token, _)) = record.access_token(EPOCH) {
            let token = token.access_token.expose().to_owned();
            if let Some(pair) = pairs.get(&token) {
                let stored = record.refresh_token();
                let stored = stored.as_ref().map(Secret::expose);
                assert_eq!(
                    stored,
                    Some(pair.as_str()),
                    "{token} without its refresh token"
                );
            }
            self.saved.insert(token);
        }
        self.record = Some(StoredRecord {
            bytes: bytes.to_vec(),
            version: fence,
        });
        true
    }
}

/// What a process has not been told yet.
enum Report {
    Loaded(Result<Option<StoredRecord>>),
    Leased(Result<Option<u64>>),
    Credential(Credential),
    Answered(Result<Issued>),
    Exchanged(Result<MerchantTokens>),
    Recalled,
    Searched(Result<Listed>),
    Saved(Result<bool>),
    Released(bool),
    Woken,
}

struct Flight {
    renewal: Renewal<'static>,
    begun: Duration,
    fence: Option<u64>,
    report: Option<Report>,
    /// The stored refresh token that the renewal began to ask with, and when the last answer came.
    credential: Option<Secret>,
    answered_at: Duration,
    steps: usize,
    asked: usize,
    faults: usize,
}

#[derive(Default)]
pub(crate) struct Process {
    memory: Memory,
    flight: Option<Flight>,
    rejected: Option<Secret>,
    /// The stored refresh token with which the process must not ask again until then.
    refused: Option<(Option<Secret>, Duration)>,
    pub(crate) used: usize,
    pub(crate) failed: usize,
}

pub(crate) struct World {
    pub(crate) now: Duration,
    pub(crate) store: Store,
    pub(crate) wechat: WeChat,
    pub(crate) processes: Vec<Process>,
}

fn store_failed() -> Error {
    Error::new(OwnCode::StoreFailed, "it is down")
}

impl World {
    /// A world in which the merchant has just authorised the platform.
    pub(crate) fn new(rotation: Rotation, processes: usize) -> Self {
        let record = TokenRecord::with_refresh_token(Some(Secret::new("R0")));
        Self {
            now: Duration::ZERO,
            store: Store {
                record: Some(StoredRecord {
                    bytes: record.to_json().unwrap().expose().into(),
                    version: 0,
                }),
                ..Store::default()
            },
            wechat: WeChat {
                rotation,
                last: 0,
                refresh_tokens: BTreeSet::from(["R0".to_owned()]),
                code: None,
                pairs: BTreeMap::new(),
                withdrawn: false,
                asked: 0,
                searched: 0,
            },
            processes: (0..processes).map(|_| Process::default()).collect(),
        }
    }

    /// A world in which WeChat has pushed the code of the authorisation. It was stored, and the
    /// process died before it exchanged the code.
    pub(crate) fn with_pushed_code(rotation: Rotation, processes: usize) -> Self {
        let mut world = Self::new(rotation, processes);
        world.wechat.refresh_tokens.clear();
        world.wechat.code = Some("CODE".to_owned());
        let record = r#"{"pushed_code":{"value":"CODE","create_time":1800000000}}"#;
        world.store.record = Some(StoredRecord {
            bytes: record.into(),
            version: 0,
        });
        world
    }

    fn moment(&self) -> Moment {
        Moment {
            now: self.now,
            time_of_day: EPOCH + self.now,
        }
    }

    /// Lets a process take half a step: its effect, or the report of it.
    pub(crate) fn act(&mut self, process: usize, fault: Fault) {
        if fault == Fault::CrashBefore {
            self.processes[process] = Process::default();
            return;
        }
        let moment = self.moment();
        let of = &mut self.processes[process];
        let mut flight = of.flight.take().unwrap_or_else(|| {
            let (memory, rejected) = (of.memory.clone(), of.rejected.take());
            let deadline = moment.now + TIMEOUT;
            Flight {
                renewal: Renewal::new(MERCHANT, memory, rejected, deadline, moment, 0.5),
                begun: moment.now,
                fence: None,
                report: None,
                credential: None,
                answered_at: moment.now,
                steps: 0,
                asked: 0,
                faults: 0,
            }
        });
        flight.faults += usize::from(fault != Fault::None);
        if let Some(report) = flight.report.take() {
            self.report(&mut flight, report);
            self.processes[process].memory = flight.renewal.memory().clone();
            self.check_published(process);
            self.processes[process].flight = Some(flight);
        } else if self.step(process, &mut flight, fault) {
            self.processes[process].flight = Some(flight);
        }
        if fault == Fault::CrashAfter {
            self.processes[process] = Process::default();
        }
    }

    fn report(&self, flight: &mut Flight, report: Report) {
        let moment = self.moment();
        if matches!(
            report,
            Report::Answered(_) | Report::Exchanged(_) | Report::Searched(_)
        ) {
            flight.answered_at = moment.now;
        }
        let renewal = &mut flight.renewal;
        match report {
            Report::Loaded(stored) => renewal.handle_load(moment, stored),
            Report::Leased(fence) => renewal.handle_lease(moment, fence),
            Report::Credential(credential) => renewal.handle_credential(moment, Ok(credential)),
            Report::Answered(issued) => renewal.handle_ask(moment, issued),
            Report::Exchanged(tokens) => renewal.handle_exchange(moment, tokens),
            Report::Recalled => renewal.handle_recall(moment, Recalled::default()),
            Report::Searched(listed) => renewal.handle_search(moment, listed, true),
            Report::Saved(saved) => renewal.handle_save(moment, saved),
            Report::Released(is_released) => renewal.handle_release(moment, is_released),
            Report::Woken => {}
        }
    }

    /// Takes the next step; returns whether the renewal goes on.
    fn step(&mut self, process: usize, flight: &mut Flight, fault: Fault) -> bool {
        flight.steps += 1;
        self.check_bounds(flight);
        if fault == Fault::LeaseLost {
            self.store.lease_ends = Some(self.now);
        }
        let step = flight.renewal.step(self.moment());
        let fails = fault == Fault::Fails;
        let report = match step {
            Step::Load { .. } if fails => Report::Loaded(Err(store_failed())),
            Step::Load { .. } => Report::Loaded(Ok(self.store.record.clone())),
            Step::Lease { .. } if fails => Report::Leased(Err(store_failed())),
            Step::Lease { life, .. } => {
                let fence = self.store.lease(self.now, life);
                if fault == Fault::AnswerLost {
                    Report::Leased(Err(store_failed()))
                } else {
                    flight.fence = fence;
                    Report::Leased(Ok(fence))
                }
            }
            Step::Credential {
                refresh_token,
                pushed_code,
                ..
            } => {
                flight.credential = refresh_token.clone().or(pushed_code);
                Report::Credential(Credential {
                    digest: digest(flight.credential.as_ref()),
                    secret: refresh_token,
                })
            }
            Step::Ask { credential, .. } => {
                self.check_asking(process, flight);
                flight.asked += 1;
                let issued = if fails {
                    Err(refusal(-1))
                } else {
                    self.wechat.ask(credential.expose())
                };
                let is_lost = fault == Fault::AnswerLost;
                Report::Answered(if is_lost { Err(lost()) } else { issued })
            }
            Step::Exchange { code, .. } => {
                self.check_asking(process, flight);
                flight.asked += 1;
                Report::Exchanged(self.exchange(&code, fault))
            }
            Step::Recall => Report::Recalled,
            Step::Search { .. } if fails || fault == Fault::AnswerLost => {
                Report::Searched(Err(Error::new(OwnCode::ConnectionLost, "it got lost")))
            }
            Step::Search { .. } => {
                self.wechat.searched += 1;
                Report::Searched(Ok(self.wechat.listed()))
            }
            Step::Save { .. } if fails => Report::Saved(Err(store_failed())),
            Step::Save { record, .. } => {
                let fence = flight.fence.expect("saved without a lease");
                let saved = self.store.save(&record, fence, &self.wechat.pairs);
                Report::Saved(if fault == Fault::AnswerLost {
                    Err(store_failed())
                } else {
                    Ok(saved)
                })
            }
            Step::Release { .. } => {
                let fence = flight.fence.expect("released without a lease");
                if !fails && self.store.fence == fence {
                    self.store.lease_ends = None;
                }
                Report::Released(!fails && fault != Fault::AnswerLost)
            }
            Step::Wait { until } => {
                assert!(until > self.now, "it waits for the past");
                assert!(
                    until <= flight.begun + TIMEOUT,
                    "it waits past the deadline"
                );
                self.now = until;
                Report::Woken
            }
            Step::Use { token, .. } => {
                self.use_token(process, &token);
                return false;
            }
            Step::Fail(error) => {
                self.fail(process, flight, &error);
                return false;
            }
        };
        if fault == Fault::Slow {
            self.now += Duration::from_secs(15);
        }
        flight.report = Some(report);
        true
    }

    fn exchange(&mut self, code: &Secret, fault: Fault) -> Result<MerchantTokens> {
        if fault == Fault::Fails {
            return Err(refusal(-1));
        }
        let tokens = self.wechat.exchange(code.expose());
        if fault == Fault::AnswerLost {
            return Err(lost());
        }
        tokens
    }

    /// The work is bounded: by the time, by the pauses between looks, and by what goes wrong.
    fn check_bounds(&self, flight: &Flight) {
        let looks = usize::try_from(self.now.abs_diff(flight.begun).as_millis() / 50).unwrap();
        let most_steps = 24 * (1 + flight.faults) + 6 * looks;
        assert!(flight.steps <= most_steps, "{} steps", flight.steps);
        // A lost lease may have been lost by what went wrong in another process.
        let most_asked = 4 * (1 + flight.faults) + looks;
        assert!(flight.asked <= most_asked, "{} requests", flight.asked);
    }

    /// Only the holder of a lease asks, and nobody with what was refused a short time ago.
    fn check_asking(&self, process: usize, flight: &Flight) {
        let fence = flight.fence.expect("asked without a lease");
        let credential = flight.credential.as_ref();
        if self.store.holds(fence, self.now) {
            let bytes = &self.store.record.as_ref().unwrap().bytes;
            let record = TokenRecord::parse(bytes, MERCHANT.key).unwrap();
            let time_of_day = self.moment().time_of_day;
            let again_in = record
                .refusal()
                .and_then(|refusal| refusal.again_in(&digest(credential), time_of_day));
            assert_eq!(again_in, None, "the store says that it was refused");
        }
        if let Some((refused, until)) = &self.processes[process].refused {
            assert!(
                refused.as_ref() != credential || self.now >= *until,
                "it was refused a short time ago"
            );
        }
    }

    /// A token that other threads may use has its refresh token stored.
    fn check_published(&self, process: usize) {
        let memory = &self.processes[process].memory;
        if let Some(token) = memory.cached_token(self.now, None, true) {
            self.check_stored(token);
        }
    }

    fn check_stored(&self, token: &Secret) {
        let token = token.expose();
        assert!(
            !self.wechat.pairs.contains_key(token) || self.store.saved.contains(token),
            "{token} is used before its refresh token is stored"
        );
    }

    fn use_token(&mut self, process: usize, token: &Secret) {
        self.check_stored(token);
        let lives = self.wechat.call(token.expose());
        let of = &mut self.processes[process];
        of.used += 1;
        of.rejected = (!lives).then(|| token.clone());
    }

    fn fail(&mut self, process: usize, flight: &Flight, error: &Error) {
        let is_final = matches!(error.errcode(), Some(61003 | 61023)) && !error.is_retryable();
        let of = &mut self.processes[process];
        of.failed += 1;
        if is_final && flight.asked > 0 {
            let until = flight.answered_at + REFUSED_FOR;
            of.refused = Some((flight.credential.clone(), until));
        }
    }

    /// After everything that went wrong: a new process, which remembers nothing, gets a token that
    /// lives. Returns how often it had to search WeChat's list.
    pub(crate) fn recover(&mut self) -> usize {
        self.now += Duration::from_secs(120);
        let searched = self.wechat.searched;
        self.processes.push(Process::default());
        let new = self.processes.len() - 1;
        for _ in 0..200 {
            self.act(new, Fault::None);
            let of = &self.processes[new];
            if of.used > 0 && of.rejected.is_none() && of.flight.is_none() {
                return self.wechat.searched - searched;
            }
            assert_eq!(of.failed, 0, "the account has lost its authorisation");
        }
        panic!("the new process gets no token that lives");
    }

    /// Whether a process has nothing more to do.
    pub(crate) fn is_idle(&self, process: usize) -> bool {
        self.processes[process].flight.is_none()
    }
}

fn lost() -> Error {
    Error::new(OwnCode::ConnectionLost, "it got lost")
        .in_interface(MERCHANT.interface)
        .with_outcome(Outcome::Unknown)
}

fn digest(refresh_token: Option<&Secret>) -> CredentialDigest {
    let mut digest = [0; 16];
    let text = refresh_token.map_or("", Secret::expose);
    for (byte, letter) in digest.iter_mut().zip(text.bytes()) {
        *byte = letter;
    }
    CredentialDigest::new(digest)
}
