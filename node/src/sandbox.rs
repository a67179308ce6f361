//! The sandbox, in this process. `testing.js` is its facade.

use std::collections::BTreeSet;

use jumpqr::Secret;
use jumpqr::binding::error_parts;
use jumpqr_sandbox::{
    COMPONENT_APPID, ENCODING_AES_KEY, MESSAGE_TOKEN, MINI_PROGRAM_APPID, SandboxError,
};
use napi_derive::napi;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::guard::{STYLE, caught, from_json, thrown, to_json};

/// A running local WeChat, on a thread of its own.
#[napi]
pub struct Sandbox {
    sandbox: jumpqr_sandbox::Sandbox,
}

/// What a failed method throws.
struct Failure(napi::Error);

impl From<jumpqr::Error> for Failure {
    fn from(error: jumpqr::Error) -> Self {
        Self(thrown(&error_parts(&error, STYLE)))
    }
}

impl From<SandboxError> for Failure {
    fn from(error: SandboxError) -> Self {
        Self(thrown(&json!({
            "sandbox": error.to_string(),
            "status": error.http_status(),
        })))
    }
}

/// The options of `authorize`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AuthorizeOptions {
    permission_sets: Option<BTreeSet<u16>>,
    component_appid: Option<String>,
}

/// The options of `order_push`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OrderPushOptions {
    authorizer_appid: Option<String>,
    component_appid: Option<String>,
}

#[napi]
impl Sandbox {
    /// Starts it. By default, the port is any free one, and the clock runs.
    #[napi(constructor)]
    pub fn new(
        port: Option<i64>,
        frozen_at: Option<i64>,
        allow_hosts: Option<Vec<String>>,
        push_url: Option<String>,
    ) -> napi::Result<Self> {
        let start = || {
            let mut builder = jumpqr_sandbox::Sandbox::builder();
            if let Some(push_url) = push_url {
                builder = builder.push_url(push_url);
            }
            let allow_hosts = allow_hosts.unwrap_or_default();
            builder.settings(port, frozen_at, allow_hosts)?.start()
        };
        let sandbox = caught(|| start().map_err(Failure::from)).map_err(|failure| failure.0)?;
        Ok(Self { sandbox })
    }

    /// Returns the base URL to use instead of `https://api.weixin.qq.com`.
    #[napi]
    pub fn base_url(&self) -> napi::Result<String> {
        self.guard(|sandbox| Ok(sandbox.base_url().to_owned()))
    }

    /// Returns the appid and the secret of the Mini Program.
    #[napi]
    pub fn mini_program(&self) -> napi::Result<Vec<String>> {
        self.guard(|sandbox| Ok(pair(sandbox.mini_program())))
    }

    /// Returns the appid and the secret of the service account.
    #[napi]
    pub fn service_account(&self) -> napi::Result<Vec<String>> {
        self.guard(|sandbox| Ok(pair(sandbox.service_account())))
    }

    /// Returns the `component_appid` and the `component_appsecret` of the third-party platform, and
    /// the message token and the EncodingAESKey of its pushes.
    #[napi]
    pub fn component(&self) -> napi::Result<Vec<String>> {
        self.guard(|sandbox| {
            let mut component = pair(sandbox.component());
            component.extend([MESSAGE_TOKEN, ENCODING_AES_KEY].map(str::to_owned));
            Ok(component)
        })
    }

    /// Injects a fault, which is JSON. Returns its id.
    #[napi]
    pub fn inject(&self, fault: String) -> napi::Result<i64> {
        self.guard(|sandbox| Ok(number(sandbox.inject(parse(&fault)?)?)))
    }

    /// Removes all pending faults.
    #[napi]
    pub fn clear_faults(&self) -> napi::Result<()> {
        self.guard(|sandbox| {
            sandbox.clear_faults();
            Ok(())
        })
    }

    /// Returns a new token of the account.
    #[napi]
    pub fn access_token(&self, appid: Option<String>) -> napi::Result<String> {
        self.guard(|sandbox| secret(sandbox.access_token(&or_mini_program(appid))))
    }

    /// Kills all tokens of the account. Returns how many were still valid.
    #[napi]
    pub fn kill_tokens(&self, appid: Option<String>) -> napi::Result<i64> {
        self.guard(|sandbox| Ok(number(sandbox.kill_tokens(&or_mini_program(appid))?)))
    }

    /// Returns the ticket that was pushed to the platform last.
    #[napi]
    pub fn verify_ticket(&self, component_appid: Option<String>) -> napi::Result<String> {
        self.guard(|sandbox| {
            let component_appid = component_appid.as_deref().unwrap_or(COMPONENT_APPID);
            secret(sandbox.verify_ticket(component_appid))
        })
    }

    /// Makes the account authorise the platform. The options are JSON. Returns the refresh token.
    #[napi]
    pub fn authorize(&self, appid: Option<String>, options: String) -> napi::Result<String> {
        self.guard(|sandbox| {
            let options: AuthorizeOptions = parse(&options)?;
            let component_appid = options
                .component_appid
                .as_deref()
                .unwrap_or(COMPONENT_APPID);
            let appid = or_mini_program(appid);
            secret(sandbox.authorize(component_appid, &appid, options.permission_sets))
        })
    }

    /// Returns the latest pushes, in JSON.
    #[napi]
    pub fn pushes(&self) -> napi::Result<String> {
        self.guard(|sandbox| Ok(to_json(&sandbox.pushes())?))
    }

    /// Returns how many pushes wait, or are being sent.
    #[napi]
    pub fn pending_pushes(&self) -> napi::Result<i64> {
        self.guard(|sandbox| Ok(number(sandbox.pending_pushes())))
    }

    /// Pushes a wrong or repeated event. The options are JSON.
    #[napi]
    pub fn order_push(&self, order: String, options: String) -> napi::Result<()> {
        self.guard(|sandbox| {
            let options: OrderPushOptions = parse(&options)?;
            let order = serde_json::from_value(order.into()).map_err(SandboxError::from)?;
            let component_appid = options
                .component_appid
                .as_deref()
                .unwrap_or(COMPONENT_APPID);
            let authorizer_appid = options.authorizer_appid.as_deref();
            Ok(sandbox.order_push(component_appid, order, authorizer_appid)?)
        })
    }

    /// Adds an account, or changes its fields. The changes are JSON.
    #[napi]
    pub fn put_account(&self, appid: String, changes: String) -> napi::Result<()> {
        self.guard(|sandbox| Ok(sandbox.change_account(&appid, parse(&changes)?)?))
    }

    /// Really fetches the verification file of the account. The settings are JSON.
    #[napi]
    pub fn fetch_file(&self, appid: Option<String>, settings: String) -> napi::Result<()> {
        self.guard(|sandbox| Ok(sandbox.fetch_file(&or_mini_program(appid), parse(&settings)?)?))
    }

    /// Returns the rules that the account's token added, in JSON.
    #[napi]
    pub fn rules(&self, appid: Option<String>) -> napi::Result<String> {
        self.guard(|sandbox| Ok(to_json(&sandbox.rules(&or_mini_program(appid))?)?))
    }

    /// Returns the latest requests, in JSON.
    #[napi]
    pub fn requests(&self) -> napi::Result<String> {
        self.guard(|sandbox| Ok(to_json(&sandbox.requests())?))
    }

    /// Returns how many requests were received, in JSON.
    #[napi]
    pub fn counters(&self) -> napi::Result<String> {
        self.guard(|sandbox| Ok(to_json(&sandbox.counters())?))
    }

    /// Moves the sandbox's clock forward.
    #[napi]
    pub fn advance(&self, seconds: f64) -> napi::Result<()> {
        self.guard(|sandbox| Ok(sandbox.advance_seconds(seconds)?))
    }

    /// Resets to the initial state.
    #[napi]
    pub fn reset(&self) -> napi::Result<()> {
        self.guard(|sandbox| {
            sandbox.reset();
            Ok(())
        })
    }

    /// Calls a control endpoint. The body and the answer are JSON.
    #[napi]
    pub fn control(&self, method: String, path: String, body: String) -> napi::Result<String> {
        self.guard(|sandbox| {
            let answer = sandbox.control(&method, &path, from_json(&body)?)?;
            Ok(answer.to_string())
        })
    }

    /// Closes every connection and the port.
    #[napi]
    pub fn stop(&self) -> napi::Result<()> {
        self.guard(|sandbox| {
            sandbox.stop();
            Ok(())
        })
    }
}

impl Sandbox {
    /// Calls a method of the sandbox. A panic in it becomes an error.
    fn guard<T>(
        &self,
        method: impl FnOnce(&jumpqr_sandbox::Sandbox) -> Result<T, Failure>,
    ) -> napi::Result<T> {
        caught(|| method(&self.sandbox)).map_err(|failure| failure.0)
    }
}

fn parse<T: DeserializeOwned>(json: &str) -> Result<T, Failure> {
    let value: Value = from_json(json)?;
    Ok(serde_json::from_value(value).map_err(SandboxError::from)?)
}

fn or_mini_program(appid: Option<String>) -> String {
    appid.unwrap_or_else(|| MINI_PROGRAM_APPID.to_owned())
}

fn secret(secret: Result<Secret, SandboxError>) -> Result<String, Failure> {
    Ok(secret?.expose().to_owned())
}

/// Node has no integers of 64 bits that are numbers.
fn number(count: impl TryInto<i64>) -> i64 {
    count.try_into().unwrap_or(i64::MAX)
}

fn pair(credentials: jumpqr_sandbox::Credentials) -> Vec<String> {
    vec![credentials.appid, credentials.secret.expose().to_owned()]
}
