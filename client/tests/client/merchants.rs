//! A platform and its merchants, at a WeChat where each answer brings a new refresh token and kills the one before.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jumpqr::call::{FailureCause, SendFailure};
use jumpqr::error::Result;
use jumpqr::response::Response;
use jumpqr::store::TokenStore;
use jumpqr::transport::{HttpRequest, MemoryTransport};
use jumpqr::{Client, ClientBuilder, Platform};
use serde_json::{Value, json};

use crate::fake::{ManualClock, count, errcode, ok, token_of};

pub(crate) const COMPONENT_TOKEN: &str = "/cgi-bin/component/api_component_token";
pub(crate) const AUTHORIZER_TOKEN: &str = "/cgi-bin/component/api_authorizer_token";
pub(crate) const AUTHORIZER_LIST: &str = "/cgi-bin/component/api_get_authorizer_list";
pub(crate) const PUBLISH: &str = "/cgi-bin/wxopen/qrcodejumppublish";

pub(crate) const PLATFORM: &str = "wxplatform00000000";
pub(crate) const MERCHANT: &str = "wx1234567890abcdef";

/// Changes the numbers of refresh tokens that merchants were given.
pub(crate) type Meanwhile = Box<dyn FnMut(&mut HashMap<String, u32>) + Send>;

/// How often each merchant was given a refresh token; the last one lives.
#[derive(Default)]
pub(crate) struct Strict {
    pub(crate) given: Mutex<HashMap<String, u32>>,
    /// Whether answers with tokens of merchants get lost.
    pub(crate) loses_answers: AtomicBool,
    /// What the list of merchants is refused with, if not 0.
    pub(crate) list_refused: AtomicI64,
    /// Whether the list of merchants begins again with every page.
    pub(crate) list_repeats: AtomicBool,
    /// How long a page of the list takes.
    pub(crate) page_takes: Mutex<Option<(Arc<ManualClock>, Duration)>>,
    /// What happens while a page of the list is read, after it was written.
    pub(crate) meanwhile: Mutex<Option<Meanwhile>>,
    /// The merchants who are refused with 61003.
    pub(crate) unknown: Mutex<HashSet<String>>,
}

pub(crate) fn text<'a>(body: &'a Value, field: &str) -> &'a str {
    body.get(field).and_then(Value::as_str).unwrap()
}

/// The token of either sort that a merchant was given at this time.
pub(crate) fn named(sort: &str, appid: &str, number: u32) -> String {
    format!("{sort}-{appid}-{number}")
}

impl Strict {
    fn answer(&self, request: &HttpRequest<'_>) -> Result<Response, SendFailure> {
        let body: Value = serde_json::from_slice(request.content.body.as_deref().unwrap()).unwrap();
        let mut given = self.given.lock().unwrap();
        let answer = |value: Value| Ok(Response::ok(value.to_string()));
        match request.content.path() {
            COMPONENT_TOKEN => answer(json!({"component_access_token": "CT", "expires_in": 7200})),
            AUTHORIZER_TOKEN => {
                let appid = text(&body, "authorizer_appid");
                if self.unknown.lock().unwrap().contains(appid) {
                    return Ok(errcode(61003));
                }
                let number = given.get(appid).copied().unwrap_or_default();
                if text(&body, "authorizer_refresh_token") != named("RT", appid, number) {
                    return Ok(errcode(61023));
                }
                let number = number + 1;
                given.insert(appid.to_owned(), number);
                if self.loses_answers.load(Ordering::SeqCst) {
                    return Err(SendFailure::after_sending(
                        FailureCause::ConnectionLost,
                        "the connection was lost",
                    ));
                }
                answer(json!({
                    "authorizer_access_token": named("AT", appid, number),
                    "expires_in": 7200,
                    "authorizer_refresh_token": named("RT", appid, number),
                }))
            }
            AUTHORIZER_LIST if self.list_refused.load(Ordering::SeqCst) != 0 => {
                Ok(errcode(self.list_refused.load(Ordering::SeqCst)))
            }
            AUTHORIZER_LIST if self.list_repeats.load(Ordering::SeqCst) => {
                let other = json!({"authorizer_appid": "wx0000000000000001", "refresh_token": "R"});
                answer(json!({"total_count": 1_000_000, "list": [other]}))
            }
            AUTHORIZER_LIST => {
                if let Some((clock, time)) = &*self.page_takes.lock().unwrap() {
                    clock.advance(request.timeout.min(*time));
                    if request.timeout < *time {
                        let cause = FailureCause::Timeout;
                        return Err(SendFailure::after_sending(cause, "it took too long"));
                    }
                }
                let number = |field: &str| body.get(field).and_then(Value::as_u64).unwrap();
                let mut appids: Vec<_> = given.keys().cloned().collect();
                appids.sort_unstable();
                let list: Vec<_> = appids
                    .iter()
                    .skip(usize::try_from(number("offset")).unwrap())
                    .take(usize::try_from(number("count")).unwrap())
                    .map(|appid| json!({"authorizer_appid": appid, "refresh_token": named("RT", appid, given[appid])}))
                    .collect();
                let page = answer(json!({"total_count": appids.len(), "list": list}));
                if let Some(meanwhile) = &mut *self.meanwhile.lock().unwrap() {
                    meanwhile(&mut given);
                }
                page
            }
            _ => {
                let token = token_of(request);
                let lives = given
                    .iter()
                    .any(|(appid, number)| token == named("AT", appid, *number));
                Ok(if lives { ok() } else { errcode(40001) })
            }
        }
    }
}

pub(crate) fn strict() -> (Arc<Strict>, Arc<MemoryTransport>) {
    let wechat = Arc::<Strict>::default();
    let answering = wechat.clone();
    let transport = MemoryTransport::new(move |request| answering.answer(request));
    (wechat, Arc::new(transport))
}

pub(crate) fn settings(transport: &Arc<MemoryTransport>) -> ClientBuilder {
    Client::builder()
        .transport(transport.clone())
        .clock(Arc::new(ManualClock::default()))
        .max_retries(0)
        .pacing(false)
}

/// A process of the platform's, with a ticket; its merchants have authorised it.
pub(crate) fn process(transport: &Arc<MemoryTransport>, store: &Arc<impl TokenStore>) -> Platform {
    let platform = settings(transport)
        .token_store(store.clone())
        .build_platform(PLATFORM, "COMPONENTSECRET")
        .unwrap();
    platform.set_verify_ticket("TICKET").unwrap();
    platform
}

pub(crate) fn authorise(platform: &Platform, appid: &str) {
    platform
        .set_authorizer_refresh_token(appid, named("RT", appid, 0))
        .unwrap();
}

pub(crate) fn publish(platform: &Platform, appid: &str) -> Result<()> {
    let client = platform.merchant(appid)?;
    client
        .publish_jump_qr_code("https://m.example.cn/a")
        .map(drop)
}

pub(crate) fn tokens(transport: &MemoryTransport) -> (usize, usize) {
    (
        count(transport, COMPONENT_TOKEN),
        count(transport, AUTHORIZER_TOKEN),
    )
}
