use jumpqr_core::Secret;
use jumpqr_core::interface::{
    AnyCall, CallVisitor, ClearQuotaByAppSecret, Interface, StableToken, Token, parse_call,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::wire::{wire, wire_token};

/// A call: WeChat's name of the interface, and the arguments with their wire names.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invocation {
    interface: String,
    arguments: Value,
}

/// An operation on a call of any type.
pub trait Visitor {
    /// The result of the operation.
    type Output;

    /// Performs the operation. `wire` converts the response to the form of the vectors.
    fn visit<I: Interface>(self, call: I, wire: fn(&I::Response) -> Value) -> Self::Output;
}

/// Visits the calls that are read from their names.
struct ByName<V>(V);

impl<V: Visitor> CallVisitor for ByName<V> {
    type Output = V::Output;

    fn visit<I: Interface<Response: Serialize>>(self, call: I) -> V::Output {
        self.0.visit(call, wire)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StableTokenArguments {
    appid: String,
    secret: String,
    force_refresh: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenArguments {
    appid: String,
    secret: String,
}

impl Invocation {
    /// Returns WeChat's name of the interface.
    #[must_use]
    pub fn interface(&self) -> &str {
        &self.interface
    }

    /// Passes the typed call to `visitor`.
    pub fn visit<V: Visitor>(&self, visitor: V) -> Result<V::Output, String> {
        Ok(match self.interface.as_str() {
            StableToken::NAME => {
                let arguments: StableTokenArguments = self.read()?;
                let call = StableToken {
                    appid: arguments.appid,
                    secret: Secret::new(arguments.secret),
                    force_refresh: arguments.force_refresh,
                };
                visitor.visit(call, wire_token)
            }
            Token::NAME => {
                let arguments: TokenArguments = self.read()?;
                let call = Token {
                    appid: arguments.appid,
                    secret: Secret::new(arguments.secret),
                };
                visitor.visit(call, wire_token)
            }
            ClearQuotaByAppSecret::NAME => {
                let arguments: TokenArguments = self.read()?;
                let mut call = ClearQuotaByAppSecret::default();
                call.set_app(&arguments.appid, &Secret::new(arguments.secret));
                visitor.visit(call, wire)
            }
            name => {
                let call: AnyCall =
                    parse_call(name, &self.arguments).map_err(|error| error.to_string())?;
                call.accept(ByName(visitor))
            }
        })
    }

    fn read<T: DeserializeOwned>(&self) -> Result<T, String> {
        serde_json::from_value(self.arguments.clone())
            .map_err(|error| format!("arguments of {}: {error}", self.interface))
    }
}
