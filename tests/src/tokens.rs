//! `tokens.json`: the token requests of an account, call by call.

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
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountVector {
    /// An account with an appsecret.
    App(AppVector),
    /// A platform's merchant.
    Merchant(MerchantVector),
}

/// An account with an appsecret.
#[derive(Debug, Deserialize)]
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
#[derive(Debug, Deserialize)]
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
