//! A renewal whose steps are taken one by one. Each method expects its step, and reports a result.

use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::interface::TokenResponse;
use jumpqr_core::renewal::{
    Account, Credential, CredentialDigest, Issued, Listed, Memory, MerchantTokens, Moment,
    Recalled, Renewal, Step, StoredRecord, TokenRecord,
};

use crate::world::MERCHANT;

pub(crate) const APP: Account<'static> = Account {
    interface: "stable_token",
    appid: "wx1234567890abcdef",
    platform: None,
    key: "stable_token-wx1234567890abcdef",
    is_of_one_machine: false,
};

const EPOCH: Duration = Duration::from_secs(1_800_000_000);

pub(crate) struct Machine {
    account: Account<'static>,
    pub(crate) renewal: Renewal<'static>,
    pub(crate) now: Duration,
    /// The record in the store, and its version.
    pub(crate) stored: Option<StoredRecord>,
}

pub(crate) fn secret(text: &str) -> Secret {
    Secret::new(text)
}

pub(crate) fn issued(token: &str, refresh_token: Option<&str>) -> Issued {
    Issued {
        token: TokenResponse::new(secret(token), Duration::from_secs(7200)),
        refresh_token: refresh_token.map(secret),
    }
}

pub(crate) fn store_failed() -> Error {
    Error::new(OwnCode::StoreFailed, "it is down")
}

pub(crate) fn refused(account: Account<'static>, errcode: i64) -> Error {
    Error::from_answer(errcode, "refused").in_interface(account.interface)
}

impl Machine {
    pub(crate) fn new(account: Account<'static>) -> Self {
        let now = Duration::from_secs(1000);
        let mut machine = Self {
            account,
            renewal: renewal(account, Memory::default(), None, now),
            now,
            stored: None,
        };
        if account.platform.is_some() {
            machine.keep(&TokenRecord::with_refresh_token(Some(secret("R0"))), 1);
        }
        machine
    }

    pub(crate) fn app() -> Self {
        Self::new(APP)
    }

    pub(crate) fn merchant() -> Self {
        Self::new(MERCHANT)
    }

    /// Begins the next renewal of the same process.
    pub(crate) fn again(&mut self, rejected: Option<&str>) {
        let memory = self.renewal.memory().clone();
        self.renewal = renewal(self.account, memory, rejected.map(secret), self.now);
    }

    /// Begins a renewal of another process, which remembers nothing.
    pub(crate) fn in_other_process(&mut self) {
        self.renewal = renewal(self.account, Memory::default(), None, self.now);
    }

    fn keep(&mut self, record: &TokenRecord, version: u64) {
        let bytes = record.to_json().unwrap().expose().into();
        self.stored = Some(StoredRecord { bytes, version });
    }

    pub(crate) fn moment(&self) -> Moment {
        Moment {
            now: self.now,
            time_of_day: EPOCH + self.now,
        }
    }

    pub(crate) fn step(&mut self) -> Step {
        let moment = self.moment();
        self.renewal.step(moment)
    }

    pub(crate) fn load(&mut self) {
        let stored = self.stored.clone();
        self.load_as(Ok(stored));
    }

    pub(crate) fn load_as(&mut self, stored: Result<Option<StoredRecord>>) {
        let step = self.step();
        assert!(matches!(step, Step::Load { .. }), "{step:?}");
        self.renewal.handle_load(self.moment(), stored);
    }

    pub(crate) fn lease(&mut self, fence: Option<u64>) {
        let step = self.step();
        assert!(matches!(step, Step::Lease { .. }), "{step:?}");
        self.renewal.handle_lease(self.moment(), Ok(fence));
    }

    /// Takes the lease, and reads the record under it.
    pub(crate) fn load_and_lease(&mut self, fence: u64) {
        self.load();
        self.lease(Some(fence));
        self.load();
    }

    /// Gives the appsecret, or the refresh token that the step has.
    pub(crate) fn credential(&mut self) {
        let Step::Credential { refresh_token, .. } = self.step() else {
            panic!("{:?}", self.step());
        };
        let is_app = self.account.platform.is_none();
        let secret = refresh_token.or_else(|| is_app.then(|| secret("APPSECRET")));
        let byte = secret.as_ref().map_or(0, |secret| secret.expose().len());
        let digest = CredentialDigest::new([u8::try_from(byte).unwrap(); 16]);
        let credential = Credential { secret, digest };
        self.renewal
            .handle_credential(self.moment(), Ok(credential));
    }

    /// Answers the request; returns the credential, and whether a new token was forced.
    pub(crate) fn ask(&mut self, answer: Result<Issued>) -> (String, bool) {
        let Step::Ask {
            credential, force, ..
        } = self.step()
        else {
            panic!("{:?}", self.step());
        };
        self.renewal.handle_ask(self.moment(), answer);
        (credential.expose().to_owned(), force)
    }

    /// Answers the exchange of a pushed code; returns the code.
    pub(crate) fn exchange(&mut self, answer: Result<MerchantTokens>) -> String {
        let Step::Exchange { code, .. } = self.step() else {
            panic!("{:?}", self.step());
        };
        self.renewal.handle_exchange(self.moment(), answer);
        code.expose().to_owned()
    }

    pub(crate) fn recall(&mut self, refresh_token: Option<&str>, is_listed: Option<bool>) {
        let step = self.step();
        assert!(matches!(step, Step::Recall), "{step:?}");
        let refresh_token = refresh_token.map(secret);
        let recalled = Recalled {
            refresh_token,
            is_listed,
        };
        self.renewal.handle_recall(self.moment(), recalled);
    }

    pub(crate) fn search(&mut self, listed: Result<Listed>) {
        let step = self.step();
        assert!(matches!(step, Step::Search { .. }), "{step:?}");
        self.renewal.handle_search(self.moment(), listed, true);
    }

    /// Saves the record, unless the result says otherwise; returns the record.
    pub(crate) fn save(&mut self, saved: Result<bool>) -> TokenRecord {
        let Step::Save { record, .. } = self.step() else {
            panic!("{:?}", self.step());
        };
        let bytes = record.expose().as_bytes().to_vec();
        if saved.as_ref().is_ok_and(|saved| *saved) {
            let version = self.stored.as_ref().map_or(0, |stored| stored.version) + 1;
            self.stored = Some(StoredRecord { bytes, version });
        }
        self.renewal.handle_save(self.moment(), saved);
        TokenRecord::parse(record.expose().as_bytes(), self.account.key).unwrap()
    }

    pub(crate) fn release(&mut self) {
        let step = self.step();
        assert!(matches!(step, Step::Release { .. }), "{step:?}");
        self.renewal.handle_release(self.moment(), true);
    }

    /// Waits; returns for how long.
    pub(crate) fn wait(&mut self) -> Duration {
        let Step::Wait { until } = self.step() else {
            panic!("{:?}", self.step());
        };
        let wait = until.abs_diff(self.now);
        self.now = until;
        wait
    }

    /// The token at the end.
    pub(crate) fn token(&mut self) -> String {
        match self.step() {
            Step::Use { token, .. } => token.expose().to_owned(),
            other => panic!("{other:?}"),
        }
    }

    /// The error at the end.
    pub(crate) fn error(&mut self) -> Error {
        match self.step() {
            Step::Fail(error) => error,
            other => panic!("{other:?}"),
        }
    }

    /// A whole renewal in which nothing goes wrong.
    pub(crate) fn renew(&mut self, token: &str, refresh_token: Option<&str>) {
        let fence = self.stored.as_ref().map_or(0, |stored| stored.version) + 1;
        self.load_and_lease(fence);
        self.credential();
        self.ask(Ok(issued(token, refresh_token)));
        self.save(Ok(true));
        self.release();
        assert_eq!(self.token(), token);
    }
}

fn renewal(
    account: Account<'static>,
    memory: Memory,
    rejected: Option<Secret>,
    now: Duration,
) -> Renewal<'static> {
    let time_of_day = EPOCH + now;
    let deadline = now + Duration::from_secs(30);
    let moment = Moment { now, time_of_day };
    Renewal::new(account, memory, rejected, deadline, moment, 0.5)
}
