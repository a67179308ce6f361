//! Iteration over all rules of an account.

use std::sync::Arc;

use crate::fake::{Counter, errcode, listed};
use jumpqr::Client;
use jumpqr::call::{FailureCause, SendFailure};
use jumpqr::response::Response;
use jumpqr::transport::MemoryTransport;

fn client(transport: &Arc<MemoryTransport>) -> Client {
    Client::builder()
        .access_token("T")
        .transport(transport.clone())
        .pacing(false)
        .build()
        .unwrap()
}

/// Returns a page with the rules of these numbers.
fn page(numbers: std::ops::Range<u32>, total: Option<u32>) -> Response {
    let rules: Vec<_> = numbers
        .map(|number| {
            format!(r#"{{"prefix":"http://weixin.qq.com/q/{number}","path":"p","state":2}}"#)
        })
        .collect();
    let total = total.map_or_else(String::new, |total| format!(r#","total_count":{total}"#));
    Response::ok(format!(
        r#"{{"errcode":0,"rule_list":[{}]{total}}}"#,
        rules.join(",")
    ))
}

#[test]
fn ordinary_rules_take_one_call() {
    let transport = Arc::new(MemoryTransport::new(|_| Ok(listed())));
    let client = client(&transport);
    let prefixes: Vec<_> = client.rules().map(|rule| rule.unwrap().prefix).collect();
    assert_eq!(prefixes, ["https://weixin.qq.com/qrcodejump"]);
    assert_eq!(transport.sent().len(), 1);
}

#[test]
fn a_service_accounts_rules_take_one_call() {
    let transport = Arc::new(MemoryTransport::new(|_| Ok(page(0..450, Some(450)))));
    let client = client(&transport);
    assert_eq!(client.service_account_rules("wx1").count(), 450);
    let sent = transport.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(
        sent[0].content.body.as_deref(),
        Some(&br#"{"appid":"wx1","get_type":0}"#[..])
    );
}

#[test]
fn more_rules_than_one_response_has_come_in_overlapping_pages() {
    let counter = Counter::default();
    let transport = Arc::new(MemoryTransport::new(move |_| {
        Ok(match counter.next() {
            0 => page(0..100, Some(450)),
            1 => page(0..200, Some(450)),
            2 => page(199..398, Some(450)),
            _ => page(396..450, Some(450)),
        })
    }));
    let client = client(&transport);
    let rules = client.service_account_rules("wx1");
    assert_eq!(rules.map(Result::unwrap).count(), 450);
    let sent = transport.sent();
    let bodies: Vec<_> = sent
        .iter()
        .map(|request| {
            String::from_utf8_lossy(request.content.body.as_deref().unwrap()).into_owned()
        })
        .collect();
    assert_eq!(
        bodies,
        [
            r#"{"appid":"wx1","get_type":0}"#,
            r#"{"appid":"wx1","get_type":2,"page_num":1,"page_size":200}"#,
            r#"{"appid":"wx1","get_type":2,"page_num":2,"page_size":199}"#,
            r#"{"appid":"wx1","get_type":2,"page_num":3,"page_size":198}"#,
        ]
    );
}

#[test]
fn a_list_that_is_too_long_for_one_response_comes_in_pages() {
    let counter = Counter::default();
    let transport = Arc::new(MemoryTransport::new(move |_| match counter.next() {
        0 => Err(SendFailure::after_sending(
            FailureCause::BodyTooLarge,
            "staged",
        )),
        _ => Ok(page(0..150, Some(150))),
    }));
    let client = client(&transport);
    assert_eq!(client.service_account_rules("wx1").count(), 150);
}

#[test]
fn a_page_is_fetched_only_when_it_is_needed() {
    let transport = Arc::new(MemoryTransport::new(|_| Ok(page(0..200, Some(1000)))));
    let client = client(&transport);
    assert!(client.service_account_rules("wx1").next().unwrap().is_ok());
    assert_eq!(transport.sent().len(), 2);
}

#[test]
fn iteration_ends_if_the_server_repeats_a_page() {
    let transport = Arc::new(MemoryTransport::new(|_| Ok(page(0..200, Some(1000)))));
    let client = client(&transport);
    assert_eq!(client.service_account_rules("wx1").count(), 200);
    assert_eq!(transport.sent().len(), 5);
}

#[test]
fn iteration_ends_after_an_error() {
    let counter = Counter::default();
    let transport = Arc::new(MemoryTransport::new(move |_| {
        Ok(match counter.next() {
            0 | 1 => page(0..200, Some(1000)),
            _ => errcode(48001),
        })
    }));
    let client = client(&transport);
    let mut rules = client.service_account_rules("wx1").skip(200);
    assert_eq!(rules.next().unwrap().unwrap_err().errcode(), Some(48001));
    assert!(rules.next().is_none());
}
