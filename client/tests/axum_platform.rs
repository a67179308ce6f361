//! The example on axum, from an empty store to a published rule, and to the end of the
//! authorisation. The sandbox pushes to it, and a script takes the part of the merchant's browser.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use jumpqr::error::OwnCode;
use jumpqr::{Client, Platform, store};
use jumpqr_sandbox::{
    COMPONENT_APPID, COMPONENT_APPSECRET, ENCODING_AES_KEY, MESSAGE_TOKEN, MINI_PROGRAM_APPID,
    RecordedPush, Sandbox,
};
use serde_json::json;

const REDIRECT_URI: &str = "https://saas.example.cn/done";

/// The example, which is killed at the end.
struct Example {
    process: Child,
    base_url: String,
}

impl Drop for Example {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn start_example(sandbox: &Sandbox, token_store: &str) -> Example {
    let mut program = std::env::current_exe().unwrap();
    program.pop();
    program.pop();
    let program = program.join("examples/axum_platform");
    let mut process = Command::new(&program)
        .env("LISTEN", "127.0.0.1:0")
        .env("REDIRECT_URI", REDIRECT_URI)
        .env("JUMPQR_BASE_URL", sandbox.base_url())
        .env("JUMPQR_TOKEN_STORE", token_store)
        .env("JUMPQR_MESSAGE_TOKEN", MESSAGE_TOKEN)
        .env("JUMPQR_ENCODING_AES_KEY", ENCODING_AES_KEY)
        .env("JUMPQR_COMPONENT_APPID", COMPONENT_APPID)
        .env("JUMPQR_COMPONENT_APPSECRET", COMPONENT_APPSECRET)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| {
            panic!("{}: {error}; run cargo build --examples", program.display())
        });
    let mut line = String::new();
    let mut output = BufReader::new(process.stdout.take().unwrap());
    output.read_line(&mut line).unwrap();
    Example {
        process,
        base_url: line.trim().to_owned(),
    }
}

/// Waits for a push, and returns it.
fn wait_for_push(sandbox: &Sandbox, info_type: &str) -> RecordedPush {
    let begun = Instant::now();
    loop {
        let pushes = sandbox.pushes();
        if let Some(push) = pushes.into_iter().rfind(|push| push.info_type == info_type) {
            return push;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "no {info_type}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A browser that shows where it is redirected to.
fn browser() -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .max_redirects(0)
        .http_status_as_error(false);
    config.build().into()
}

fn open(url: &str) -> (u16, String) {
    let mut response = browser().get(url).call().unwrap();
    let body = response.body_mut().read_to_string().unwrap();
    (response.status().as_u16(), body)
}

/// Sends the form of the page that the link leads to. Returns where the browser is redirected to.
fn authorise(link: &str) -> String {
    let (page, query) = link.split_once('?').unwrap();
    let form = format!("{query}&authorizer_appid={MINI_PROGRAM_APPID}");
    let response = browser()
        .post(page)
        .content_type("application/x-www-form-urlencoded")
        .send(form)
        .unwrap();
    response.headers()["location"].to_str().unwrap().to_owned()
}

fn open_platform(sandbox: &Sandbox, token_store: &str) -> Platform {
    Client::builder()
        .base_url(sandbox.base_url())
        .token_store(store::open(token_store).unwrap())
        .build_platform(COMPONENT_APPID, COMPONENT_APPSECRET)
        .unwrap()
}

#[test]
fn from_an_empty_store_to_a_published_rule_and_to_the_end_of_the_authorisation() {
    let folder = tempfile::tempdir().unwrap();
    let token_store = format!("dir:{}", folder.path().join("tokens").display());
    let sandbox = Sandbox::start().unwrap();
    let authorizer =
        format!("/sandbox/platforms/{COMPONENT_APPID}/authorizers/{MINI_PROGRAM_APPID}");
    sandbox.control("DELETE", &authorizer, json!(null)).unwrap();
    let example = start_example(&sandbox, &token_store);
    let push_url = json!({"push_url": format!("{}/push", example.base_url)});
    let of_platform = format!("/sandbox/platforms/{COMPONENT_APPID}");
    sandbox.control("PUT", &of_platform, push_url).unwrap();
    let ticket = wait_for_push(&sandbox, "component_verify_ticket");
    assert!(ticket.is_success, "{ticket:?}");

    let (_, page) = open(&format!("{}/link", example.base_url));
    let link = page.split('\'').nth(1).unwrap();
    let (status, form) = open(link);
    assert_eq!(status, 200, "{form}");
    let location = authorise(link);
    let query = location.strip_prefix(REDIRECT_URI).unwrap();
    let (status, done) = open(&format!("{}/done{query}", example.base_url));
    assert_eq!((status, done.as_str()), (200, MINI_PROGRAM_APPID));
    for query in ["", "?auth_code=queryauthcode@@@used"] {
        let (status, page) = open(&format!("{}/done{query}", example.base_url));
        assert_eq!(status, 200, "{page}");
        assert!(page.contains("use a new link"), "{page}");
    }
    let push = wait_for_push(&sandbox, "authorized");
    assert!(push.is_success, "{push:?}");

    let platform = open_platform(&sandbox, &token_store);
    let merchant = platform.merchant(MINI_PROGRAM_APPID).unwrap();
    let rule = jumpqr::OrdinaryLinkRule::new(
        "https://weixin.qq.com/qrcodejump",
        "pages/index/index",
        jumpqr::OpenVersion::Development,
        jumpqr::PermitSubRule::NotOccupied,
    )
    .debug_url(["https://weixin.qq.com/qrcodejump?a=1"]);
    merchant.add_jump_qr_code(&rule, jumpqr::Edit::Add).unwrap();
    merchant.publish_jump_qr_code(rule.prefix.as_str()).unwrap();

    // An end in the same second may belong to an earlier authorisation.
    sandbox.advance(Duration::from_secs(2));
    sandbox.control("DELETE", &authorizer, json!(null)).unwrap();
    let push = wait_for_push(&sandbox, "unauthorized");
    assert!(push.is_success, "{push:?}");
    let asked = sandbox.requests().len();
    let later = open_platform(&sandbox, &token_store);
    let later = later.merchant(MINI_PROGRAM_APPID).unwrap();
    let error = later
        .publish_jump_qr_code(rule.prefix.as_str())
        .unwrap_err();
    assert_eq!(error.code(), OwnCode::MerchantUnauthorized);
    assert_eq!(sandbox.requests().len(), asked, "WeChat was asked");
}

#[test]
fn a_push_of_somebody_else_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let token_store = format!("dir:{}", folder.path().join("tokens").display());
    let sandbox = Sandbox::start().unwrap();
    let example = start_example(&sandbox, &token_store);
    for path in ["push", "push/wx5a6b7c8d9e0f1a2b"] {
        let response = browser()
            .post(format!("{}/{path}?signature=1", example.base_url))
            .send("<xml></xml>")
            .unwrap();
        assert_eq!(response.status(), 403);
    }
}
