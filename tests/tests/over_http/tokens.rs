//! Each vector of `tokens.json` and `renewals.json`, over real sockets, with a store in a folder.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Debug;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jumpqr::error::OwnCode;
use jumpqr::interface::{ComponentTokenField, Interface};
use jumpqr::settings::TokenInterface;
use jumpqr::tokens::TokenStatus;
use jumpqr::{Client, Platform, store};
use jumpqr_tests::tokens::{
    AccountVector, ExchangeVector, RefusedVector, Renewals, Tokens, TokensStep, TokensVector,
};
use jumpqr_tests::{Expected, Visitor, count, load, report};
use serde_json::{Map, Value};

use crate::server::{Fate, Received, Server};
use crate::stored;

#[test]
fn every_account_makes_exactly_its_token_requests() {
    let file: Tokens = load().unwrap();
    count::<Tokens>(run_all(&file.tokens));
}

#[test]
fn every_renewal_asks_and_stores_exactly_what_it_must() {
    let file: Renewals = load().unwrap();
    count::<Renewals>(run_all(&file.renewals));
}

fn run_all(vectors: &[TokensVector]) -> usize {
    let results = vectors
        .iter()
        .map(|vector| (vector.name.as_str(), run(vector)));
    report(results).unwrap_or_else(|failures| panic!("{failures}"))
}

/// The expected requests, and the differences so far.
#[derive(Default)]
struct Script {
    exchanges: VecDeque<ExchangeVector>,
    differences: Vec<String>,
}

fn run(vector: &TokensVector) -> Result<(), String> {
    let script = Arc::<Mutex<Script>>::default();
    let shared = script.clone();
    let server = Server::start(move |request| {
        shared
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .receive(&request)
    });
    let server = server.map_err(|error| error.to_string())?;
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let folder = folder.path().join("tokens");
    let mut account = vector.account.clone();
    let open = |account: &AccountVector| Account::new(account, &server.base_url(), &folder);
    let mut current = open(&account)?;
    for step in &vector.steps {
        match step {
            TokensStep::Ticket { set_verify_ticket } => {
                current
                    .platform()?
                    .set_verify_ticket(set_verify_ticket.as_str())
                    .map_err(|error| error.to_string())?;
            }
            TokensStep::RefreshToken {
                set_authorizer_refresh_token,
            } => current.authorise(&vector.account, set_authorizer_refresh_token)?,
            TokensStep::Refused { refused } => current.check_refused(&vector.account, refused)?,
            TokensStep::NewClient { new_client: true } => current = open(&account)?,
            TokensStep::NewClient { new_client: false } => {
                return Err("new_client must be true".to_owned());
            }
            TokensStep::Secret { set_secret } => {
                let AccountVector::App(app) = &mut account else {
                    return Err("the account has no appsecret".to_owned());
                };
                app.secret.clone_from(set_secret);
                current = open(&account)?;
            }
            TokensStep::Store { store } => stored::replace(&folder, store)?,
            TokensStep::Stored { stored } => stored::compare(&folder, stored)?,
            TokensStep::Call {
                call,
                exchanges,
                result,
            } => {
                script.lock().unwrap().exchanges = exchanges.clone().into();
                call.visit(CallAndCheck(&current.client, result))??;
                script.lock().unwrap().check()?;
            }
            TokensStep::Status { token_status } => compare_status(token_status, &current.client)?,
        }
    }
    Ok(())
}

struct CallAndCheck<'a>(&'a Client, &'a Expected);

impl Visitor for CallAndCheck<'_> {
    type Output = Result<(), String>;

    fn visit<I: Interface>(self, call: I, wire: fn(&I::Response) -> Value) -> Self::Output {
        let found = self.0.call(call).map(|response| wire(&response));
        if let Err(error) = &found {
            let printed = format!("{error} {error:?}");
            let secrets = ["APPSECRET", "COMPONENTSECRET", "TICKET", "RT1", "CT1"];
            if let Some(secret) = secrets.iter().find(|secret| printed.contains(*secret)) {
                return Err(format!("the error prints {secret}"));
            }
        }
        self.1.check(&found)
    }
}

fn compare_status(expected: &Map<String, Value>, client: &Client) -> Result<(), String> {
    let status: Option<TokenStatus> = client.token_status().map_err(|error| error.to_string())?;
    let found = serde_json::to_value(status).map_err(|error| error.to_string())?;
    for (name, expected) in expected {
        if found.get(name) != Some(expected) {
            return Err(format!("{name}: expected {expected} in {found}"));
        }
    }
    Ok(())
}

/// A client, and its platform if it is a merchant's.
struct Account {
    platform: Option<Platform>,
    client: Client,
}

impl Account {
    fn new(account: &AccountVector, base_url: &str, folder: &Path) -> Result<Self, String> {
        Self::try_new(account, base_url, folder).map_err(|error| error.to_string())
    }

    fn try_new(account: &AccountVector, base_url: &str, folder: &Path) -> jumpqr::Result<Self> {
        let store = format!("dir:{}", folder.display());
        let builder = Client::builder()
            .base_url(base_url)
            .token_store(store::open(&store)?)
            .timeout(Duration::from_secs(10))
            .max_retries(0)
            .pacing(false)
            // Without validation, each call is one request: no rule is looked up before.
            .validate(false);
        match account {
            AccountVector::App(app) => {
                let interface = match &app.token_interface {
                    Some(name) => TokenInterface::from_name(name)?,
                    None => TokenInterface::default(),
                };
                let builder = builder
                    .app(app.appid.as_str(), app.secret.as_str())
                    .token_interface(interface);
                Ok(Self {
                    platform: None,
                    client: builder.build()?,
                })
            }
            AccountVector::Merchant(merchant) => {
                let field = match &merchant.component_token_field {
                    Some(name) => ComponentTokenField::from_name(name)?,
                    None => ComponentTokenField::default(),
                };
                let platform = builder.component_token_field(field).build_platform(
                    merchant.component_appid.as_str(),
                    merchant.component_appsecret.as_str(),
                )?;
                Ok(Self {
                    client: platform.merchant(&merchant.appid)?,
                    platform: Some(platform),
                })
            }
        }
    }

    fn platform(&self) -> Result<&Platform, String> {
        self.platform
            .as_ref()
            .ok_or_else(|| "the account has no platform".to_owned())
    }

    fn authorise(&self, account: &AccountVector, refresh_token: &str) -> Result<(), String> {
        let AccountVector::Merchant(merchant) = account else {
            return Err("the account is not a merchant".to_owned());
        };
        self.platform()?
            .set_authorizer_refresh_token(&merchant.appid, refresh_token)
            .map_err(|error| error.to_string())
    }

    /// Passes an invalid ticket or refresh token to the platform, and checks the error.
    fn check_refused(
        &self,
        account: &AccountVector,
        refused: &RefusedVector,
    ) -> Result<(), String> {
        let AccountVector::Merchant(merchant) = account else {
            return Err("the account is not a merchant".to_owned());
        };
        let platform = self.platform()?;
        let (field, text, kept) = match (
            &refused.set_verify_ticket,
            &refused.set_authorizer_refresh_token,
        ) {
            (Some(text), None) => (
                "component_verify_ticket",
                text,
                platform.set_verify_ticket(text.as_str()),
            ),
            (None, Some(text)) => (
                "authorizer_refresh_token",
                text,
                platform.set_authorizer_refresh_token(&merchant.appid, text.as_str()),
            ),
            _ => return Err("a refused step has either a ticket or a refresh token".to_owned()),
        };
        let error = kept.err().ok_or("the platform stored the text")?;
        let message = error.message();
        let says = refused.says.iter().all(|part| message.contains(part));
        if error.code() != OwnCode::InvalidConfig
            || !message.starts_with(field)
            || !says
            || format!("{error:?}").contains(text)
        {
            return Err(format!("unexpected refusal: {error:?}"));
        }
        Ok(())
    }
}

impl Script {
    fn receive(&mut self, request: &Received) -> Fate {
        let Some(expected) = self.exchanges.pop_front() else {
            self.differences
                .push(format!("unexpected request: {request:?}"));
            return Fate::Close;
        };
        let query: BTreeMap<_, _> = request
            .query()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let method = if expected.body.is_some() {
            "POST"
        } else {
            "GET"
        };
        let body = serde_json::from_slice(&request.body).ok();
        self.compare("method", &method, &request.method.as_str());
        self.compare("path", &expected.path, &request.path);
        self.compare("query", &expected.query, &query);
        self.compare("body", &expected.body, &body);
        match expected.reply.reply() {
            Ok(reply) => Fate::Reply {
                status: reply.status,
                body: reply.body,
            },
            Err(error) => {
                self.differences.push(error);
                Fate::Close
            }
        }
    }

    fn compare<T: PartialEq + Debug>(&mut self, what: &str, expected: &T, found: &T) {
        if expected != found {
            self.differences
                .push(format!("{what}: expected {expected:?}, found {found:?}"));
        }
    }

    fn check(&self) -> Result<(), String> {
        match (self.differences.as_slice(), self.exchanges.len()) {
            ([], 0) => Ok(()),
            ([], left) => Err(format!("{left} requests were not sent")),
            (differences, _) => Err(differences.join("; ")),
        }
    }
}
