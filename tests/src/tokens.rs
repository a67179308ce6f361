//! `tokens.json`: where the tokens of an account come from, call by call.

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
    /// Whose tokens they are.
    pub account: AccountVector,
    /// What happens, in this order.
    pub steps: Vec<TokensStep>,
}

/// Whose tokens.
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
    /// The account.
    pub appid: String,
    /// Its appsecret.
    pub secret: String,
    /// Which interface issues its tokens.
    pub token_interface: Option<String>,
}

/// A platform's merchant.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MerchantVector {
    /// The platform.
    pub component_appid: String,
    /// Its appsecret.
    pub component_appsecret: String,
    /// What its token is called in the query.
    pub component_token_field: Option<String>,
    /// The merchant.
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
    /// The platform is handed something else, which it refuses.
    Refused {
        /// What, and how.
        refused: RefusedVector,
    },
    /// Another process takes over, with the same store.
    NewClient {
        /// Always true.
        new_client: bool,
    },
    /// A call.
    Call {
        /// The call.
        call: Invocation,
        /// Every request that it causes, in this order.
        exchanges: Vec<ExchangeVector>,
        /// How it ends.
        result: Expected,
    },
    /// How the token stands in the store.
    Status {
        /// Some of what is told.
        token_status: Map<String, Value>,
    },
}

/// What a platform refuses to keep.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusedVector {
    /// In the place of a ticket.
    pub set_verify_ticket: Option<String>,
    /// In the place of a refresh token.
    pub set_authorizer_refresh_token: Option<String>,
    /// What the message has in it.
    pub says: Vec<String>,
}

/// A request, and what it is answered with.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExchangeVector {
    /// The interface's path.
    pub path: String,
    /// Every field of the query.
    pub query: BTreeMap<String, String>,
    /// The body; none on GET.
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
