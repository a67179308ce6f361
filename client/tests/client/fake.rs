//! A WeChat without a network, and clients of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jumpqr::response::Response;
use jumpqr::transport::{HttpRequest, MemoryTransport};
use jumpqr::{Client, ClientBuilder, OpenVersion, OrdinaryLinkRule, PermitSubRule};

pub(crate) use crate::manual_clock::ManualClock;

pub(crate) const ADD: &str = "/cgi-bin/wxopen/qrcodejumpadd";
pub(crate) const GET: &str = "/cgi-bin/wxopen/qrcodejumpget";
pub(crate) const STABLE_TOKEN: &str = "/cgi-bin/stable_token";

pub(crate) fn ok() -> Response {
    Response::ok(r#"{"errcode":0,"errmsg":"ok"}"#)
}

pub(crate) fn errcode(number: i64) -> Response {
    Response::ok(format!(
        r#"{{"errcode":{number},"errmsg":"some text rid: 5f87eb8a-6ee66b1b-75f60c88"}}"#
    ))
}

pub(crate) fn token(token: &str, expires_in: u64) -> Response {
    Response::ok(format!(
        r#"{{"access_token":"{token}","expires_in":{expires_in}}}"#
    ))
}

/// Returns the token of a request.
pub(crate) fn token_of(request: &HttpRequest<'_>) -> String {
    request
        .access_token
        .map_or_else(String::new, |token| token.expose().to_owned())
}

pub(crate) fn rule() -> OrdinaryLinkRule {
    OrdinaryLinkRule::new(
        "https://weixin.qq.com/qrcodejump",
        "pages/index/index",
        OpenVersion::Development,
        PermitSubRule::NotOccupied,
    )
}

/// Returns the response of getJumpQRCode with [`rule`] in it.
pub(crate) fn listed() -> Response {
    Response::ok(
        r#"{"errcode":0,"errmsg":"ok","rule_list":[
            {"prefix":"https://weixin.qq.com/qrcodejump","path":"pages/index/index","state":1,
            "open_version":1,"permit_sub_rule":1,"debug_url":[]}]}"#,
    )
}

/// Returns the builder of a client with appid and secret, a manual clock, and no pacing.
pub(crate) fn app(transport: &Arc<MemoryTransport>) -> ClientBuilder {
    Client::builder()
        .app("wx1234567890abcdef", "APPSECRET")
        .transport(transport.clone())
        .clock(Arc::new(ManualClock::default()))
        .pacing(false)
}

/// Returns how many requests were sent to `path`.
pub(crate) fn count(transport: &MemoryTransport, path: &str) -> usize {
    let sent = transport.sent();
    sent.iter()
        .filter(|request| request.content.path() == path)
        .count()
}

/// A counter that begins at 0.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicUsize);

impl Counter {
    pub(crate) fn next(&self) -> usize {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}
