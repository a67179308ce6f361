//! `tokens.json` and `renewals.json`: the token requests of an account, call by call.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{Expected, Invocation, ReplyVector, VectorFile};

/// `tokens.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    /// The vectors.
    pub tokens: Vec<TokensVector>,
}

/// `renewals.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Renewals {
    /// The vectors.
    pub renewals: Vec<TokensVector>,
}

/// The clients of one account, which share an empty store.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokensVector {
    /// Unique in the file.
    pub name: String,
    /// The owner of the tokens.
    pub account: AccountVector,
    /// The steps in order.
    pub steps: Vec<TokensStep>,
}

/// The owner of tokens.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountVector {
    /// An account with an appsecret.
    App(AppVector),
    /// A platform's merchant.
    Merchant(MerchantVector),
}

/// An account with an appsecret.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppVector {
    /// The appid of the account.
    pub appid: String,
    /// Its appsecret.
    pub secret: String,
    /// The interface that issues the tokens.
    pub token_interface: Option<String>,
}

/// A platform's merchant.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MerchantVector {
    /// The appid of the platform.
    pub component_appid: String,
    /// Its appsecret.
    pub component_appsecret: String,
    /// The name of the platform's token in the query.
    pub component_token_field: Option<String>,
    /// The appid of the merchant.
    pub appid: String,
}

/// One step.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", untagged, deny_unknown_fields)]
pub enum TokensStep {
    /// WeChat has pushed a ticket.
    Ticket {
        /// The ticket.
        set_verify_ticket: String,
    },
    /// The merchant has authorised the platform.
    RefreshToken {
        /// The refresh token.
        set_authorizer_refresh_token: String,
    },
    /// The platform gets an invalid text, which it refuses.
    Refused {
        /// The text, and the error.
        refused: RefusedVector,
    },
    /// Platform and client are made anew, with the same store.
    NewClient {
        /// Always true.
        new_client: bool,
    },
    /// The client is made anew, with another appsecret and the same store.
    Secret {
        /// The appsecret.
        set_secret: String,
    },
    /// Another process replaces what the store holds.
    Store {
        /// What the store holds then.
        store: StoreVector,
    },
    /// What the store holds.
    Stored {
        /// The parts of the record.
        stored: StoredVector,
    },
    /// A call.
    Call {
        /// The call.
        call: Invocation,
        /// Every request of the call, in order.
        exchanges: Vec<ExchangeVector>,
        /// The result of the call.
        result: Expected,
    },
    /// The status of the token in the store.
    Status {
        /// Some fields of the status.
        token_status: Map<String, Value>,
    },
}

/// A text that a platform refuses to store.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusedVector {
    /// The text, if it is passed as a ticket.
    pub set_verify_ticket: Option<String>,
    /// The text, if it is passed as a refresh token.
    pub set_authorizer_refresh_token: Option<String>,
    /// Texts that the message must contain.
    pub says: Vec<String>,
}

/// What another process writes into the store. It has either a `record` or a `content`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreVector {
    /// The interface that issued the token.
    pub interface: String,
    /// The record.
    pub record: Option<RecordVector>,
    /// The whole file, if it is damaged.
    pub content: Option<String>,
}

/// A record, written by another process.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordVector {
    /// The access token. Anything but a text makes the record invalid.
    pub access_token: Option<Value>,
    /// How long ago it was asked for, in seconds; negative if the other process's clock is ahead.
    #[serde(default)]
    pub age: i64,
    /// Its life, in seconds.
    pub expires_in: Option<u64>,
    /// The refresh token.
    pub refresh_token: Option<String>,
}

/// What a record holds, completely.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredVector {
    /// The interface that issued the token.
    pub interface: String,
    /// The access token.
    pub access_token: Option<String>,
    /// The refresh token.
    pub refresh_token: Option<String>,
    /// What WeChat refused last.
    pub refused_errcode: Option<i64>,
}

/// A request, and its answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExchangeVector {
    /// The interface's path.
    pub path: String,
    /// Every field of the query.
    pub query: BTreeMap<String, String>,
    /// The body; null for GET.
    pub body: Option<Value>,
    /// The answer.
    pub reply: ReplyVector,
}

impl VectorFile for Tokens {
    const FILE: &'static str = "tokens.json";

    fn names(&self) -> Vec<&str> {
        self.tokens.iter().map(|v| v.name.as_str()).collect()
    }
}

impl VectorFile for Renewals {
    const FILE: &'static str = "renewals.json";

    fn names(&self) -> Vec<&str> {
        self.renewals.iter().map(|v| v.name.as_str()).collect()
    }
}
