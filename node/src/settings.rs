//! The facade's settings, by the names that they have in JavaScript.

use std::sync::Arc;
use std::time::Duration;

use jumpqr::error::OwnCode;
use jumpqr::interface::ComponentTokenField;
use jumpqr::tokens::TokenInterface;
use jumpqr::transport::{IpVersion, ProxySetting, TlsRoots};
use jumpqr::{Client, ClientBuilder, Error, Platform, Secret, store};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::events::Channel;

/// Settings of a client or of a platform. What is absent has the default of the Rust client.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Settings {
    #[serde(deserialize_with = "hidden")]
    access_token: Option<Secret>,
    appid: Option<String>,
    #[serde(deserialize_with = "hidden")]
    secret: Option<Secret>,
    token_interface: Option<String>,
    component_appid: Option<String>,
    #[serde(deserialize_with = "hidden")]
    component_appsecret: Option<Secret>,
    component_token_field: Option<String>,
    /// It may hold a password.
    #[serde(deserialize_with = "hidden")]
    token_store: Option<Secret>,
    base_url: Option<String>,
    alternate_base_urls: Option<Vec<String>>,
    allow_http: Option<bool>,
    timeout_ms: Option<f64>,
    queue_timeout_ms: Option<f64>,
    connect_timeout_ms: Option<f64>,
    read_timeout_ms: Option<f64>,
    max_retries: Option<usize>,
    pacing: Option<bool>,
    validate: Option<bool>,
    body_limit: Option<u64>,
    #[serde(deserialize_with = "proxy")]
    proxy: Option<ProxySetting>,
    ca: Option<String>,
    extra_ca: Option<String>,
    ip_version: Option<String>,
}

/// Settings of one call.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct CallSettings {
    timeout_ms: Option<f64>,
    validate: Option<bool>,
}

impl Settings {
    /// The client; `token_function` is where the caller's function is asked for tokens, if there is one.
    pub(crate) fn client(self, token_function: Option<Arc<Channel>>) -> jumpqr::Result<Client> {
        let others = [
            ("componentAppid", self.component_appid.is_some()),
            ("componentAppsecret", self.component_appsecret.is_some()),
            ("componentTokenField", self.component_token_field.is_some()),
        ];
        refuse_given(&others, "it is a setting of Platform, not of Client")?;
        self.builder(token_function)
            .and_then(ClientBuilder::build)
            .map_err(in_camel_case)
    }

    /// The platform.
    pub(crate) fn platform(mut self) -> jumpqr::Result<Platform> {
        let others = [
            ("accessToken", self.access_token.is_some()),
            ("appid", self.appid.is_some()),
            ("secret", self.secret.is_some()),
            ("tokenInterface", self.token_interface.is_some()),
        ];
        refuse_given(&others, "it is a setting of Client, not of Platform")?;
        let appid = self.component_appid.take().unwrap_or_default();
        let appsecret = self.component_appsecret.take();
        let appsecret = appsecret.unwrap_or_else(|| Secret::new(""));
        self.builder(None)
            .and_then(|builder| builder.build_platform(appid, appsecret))
            .map_err(in_camel_case)
    }

    fn builder(self, token_function: Option<Arc<Channel>>) -> jumpqr::Result<ClientBuilder> {
        let mut builder = Client::builder();
        let has_app = self.appid.is_some() || self.secret.is_some();
        let has_token = self.access_token.is_some() || token_function.is_some();
        if has_app && has_token {
            return Err(refuse(
                "accessToken, appid, secret: give an access token, or an appid and a secret",
            ));
        }
        if let Some(token) = self.access_token {
            builder = builder.access_token(token);
        } else if let Some(channel) = token_function {
            builder = builder.token_function(move |request| channel.ask(request));
        } else if has_app {
            let secret = self.secret.unwrap_or_else(|| Secret::new(""));
            builder = builder.app(self.appid.unwrap_or_default(), secret);
        }
        if let Some(name) = self.token_interface {
            builder = builder.token_interface(TokenInterface::from_name(&name)?);
        }
        if let Some(name) = self.component_token_field {
            builder = builder.component_token_field(ComponentTokenField::from_name(&name)?);
        }
        if let Some(setting) = self.token_store {
            builder = builder.token_store(store::open(setting.expose())?);
        }
        if let Some(url) = self.base_url {
            builder = builder.base_url(url);
        }
        if let Some(urls) = self.alternate_base_urls {
            builder = builder.alternate_base_urls(urls);
        }
        if let Some(allow) = self.allow_http {
            builder = builder.allow_http(allow);
        }
        if let Some(timeout) = self.timeout_ms {
            builder = builder.timeout(milliseconds("timeoutMs", timeout)?);
        }
        if let Some(timeout) = self.queue_timeout_ms {
            builder = builder.queue_timeout(milliseconds("queueTimeoutMs", timeout)?);
        }
        if let Some(timeout) = self.connect_timeout_ms {
            builder = builder.connect_timeout(milliseconds("connectTimeoutMs", timeout)?);
        }
        if let Some(timeout) = self.read_timeout_ms {
            builder = builder.read_timeout(milliseconds("readTimeoutMs", timeout)?);
        }
        if let Some(retries) = self.max_retries {
            builder = builder.max_retries(retries);
        }
        if let Some(pacing) = self.pacing {
            builder = builder.pacing(pacing);
        }
        if let Some(validate) = self.validate {
            builder = builder.validate(validate);
        }
        if let Some(bytes) = self.body_limit {
            builder = builder.body_limit(bytes);
        }
        if let Some(proxy) = self.proxy {
            builder = builder.proxy(proxy);
        }
        if let Some(setting) = self.ca {
            builder = builder.tls_roots(TlsRoots::parse(setting)?);
        }
        if let Some(pem) = self.extra_ca {
            builder = builder.extra_tls_roots(pem);
        }
        if let Some(name) = self.ip_version {
            builder = builder.ip_version(IpVersion::from_name(&name)?);
        }
        Ok(builder)
    }
}

impl CallSettings {
    /// The client for this one call.
    pub(crate) fn apply(&self, client: &Client) -> jumpqr::Result<Client> {
        let mut client = client.clone();
        if let Some(timeout) = self.timeout_ms {
            client = client
                .with_timeout(milliseconds("timeoutMs", timeout)?)
                .map_err(in_camel_case)?;
        }
        if let Some(validate) = self.validate {
            client = client.with_validate(validate);
        }
        Ok(client)
    }
}

/// Refuses the first of these settings that is given, and says why.
fn refuse_given(settings: &[(&str, bool)], why: &str) -> jumpqr::Result<()> {
    match settings.iter().find(|(_, given)| *given) {
        Some((name, _)) => Err(refuse(&format!("{name}: {why}"))),
        None => Ok(()),
    }
}

fn milliseconds(name: &str, number: f64) -> jumpqr::Result<Duration> {
    Duration::try_from_secs_f64(number / 1000.0)
        .map_err(|_| refuse(&format!("{name}: give milliseconds, more than 0")))
}

fn refuse(message: &str) -> Error {
    Error::new(OwnCode::InvalidConfig, message)
}

/// The names of settings in the texts of the Rust client, and here.
const NAMES: [(&str, &str); 16] = [
    ("token_interface", "tokenInterface"),
    ("component_token_field", "componentTokenField"),
    ("component_appid", "componentAppid"),
    ("component_appsecret", "componentAppsecret"),
    ("base_url", "baseUrl"),
    ("alternate_base_urls", "alternateBaseUrls"),
    ("allow_http", "allowHttp"),
    ("timeout", "timeoutMs"),
    ("queue_timeout", "queueTimeoutMs"),
    ("connect_timeout", "connectTimeoutMs"),
    ("read_timeout", "readTimeoutMs"),
    ("max_retries", "maxRetries"),
    ("body_limit", "bodyLimit"),
    ("tls_roots", "ca"),
    ("extra_tls_roots", "extraCa"),
    ("ip_version", "ipVersion"),
];

/// The same refusal of a setting, with the names that settings have here.
fn in_camel_case(error: Error) -> Error {
    if error.code() != OwnCode::InvalidConfig {
        return error;
    }
    // What follows the one may quote a path, in which no word is a name; and the other is a word of WeChat's, too.
    for (name, here) in [
        ("token_store", "tokenStore"),
        ("access_token", "accessToken"),
    ] {
        let rest = error.message().strip_prefix(name);
        if let Some(rest) = rest.filter(|rest| rest.starts_with(':')) {
            return refuse(&format!("{here}{rest}"));
        }
    }
    refuse(&renamed(error.message()))
}

/// An error in JSON; if it is about certificates, its texts name the settings as they are called
/// here.
pub(crate) fn with_names_of_settings(mut error: Value) -> Value {
    let code = error.get("code").and_then(Value::as_str);
    if code == Some(OwnCode::TlsFailed.name()) {
        for part in ["text", "message"] {
            if let Some(text) = error.get_mut(part) {
                let renamed = text.as_str().map(|text| {
                    let text = text.replace("extra_tls_roots", "extraCa");
                    text.replace("tls_roots", "ca")
                });
                *text = renamed.into();
            }
        }
    }
    error
}

fn renamed(text: &str) -> String {
    let is_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut renamed = String::new();
    for piece in text.split_inclusive(|letter| !is_name(letter)) {
        let word = piece.trim_end_matches(|letter| !is_name(letter));
        let known = NAMES.iter().find(|(name, _)| *name == word);
        renamed.push_str(known.map_or(word, |(_, name)| name));
        renamed.push_str(piece.get(word.len()..).unwrap_or_default());
    }
    renamed
}

/// A text that must not stand in the error of a wrong type.
fn hidden<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Secret>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(Secret::new(text))),
        _ => Err(serde::de::Error::custom("it is not a text; give one")),
    }
}

/// A URL, or null for none; where it is left out, this is not asked.
fn proxy<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<ProxySetting>, D::Error> {
    let url = hidden(deserializer)?;
    Ok(Some(url.map_or(ProxySetting::Direct, ProxySetting::Url)))
}
