//! Each vector of `requests.json`: the call sends exactly this request.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::str::from_utf8;

use jumpqr_core::Secret;
use jumpqr_core::interface::{AnyCall, Interface, StableToken, Token};
use jumpqr_core::request::Request;
use jumpqr_tests::requests::{RequestVector, Requests};
use jumpqr_tests::{Visitor, count, load, report};
use serde_json::Value;

struct ToRequest;

impl Visitor for ToRequest {
    type Output = Result<Request, String>;

    fn visit<I: Interface>(self, call: I, _: fn(&I::Response) -> Value) -> Self::Output {
        call.request().map_err(|error| error.to_string())
    }
}

fn check(vector: &RequestVector) -> Result<(), String> {
    let request = vector.call.visit(ToRequest)??;
    let body = request.body.as_deref().map(from_utf8).transpose();
    let body = body.map_err(|error| error.to_string())?;
    let base_url = "https://h.cn";
    let bare = request.url(base_url, None);
    let mark = if vector.query.is_empty() { "" } else { "?" };
    let expected_url = format!("{base_url}{}{mark}{}", vector.path, vector.query);
    compare("method", &vector.method.as_str(), &request.method.as_str())?;
    compare("path", &vector.path.as_str(), &request.path())?;
    compare("URL", &expected_url.as_str(), &bare.expose())?;
    compare("access_token", &vector.access_token, &request.needs_token)?;
    compare("body", &vector.body.as_deref(), &body)
}

fn compare<T: PartialEq + Debug>(what: &str, expected: &T, found: &T) -> Result<(), String> {
    if expected == found {
        Ok(())
    } else {
        Err(format!("{what}: expected {expected:?}, found {found:?}"))
    }
}

#[test]
fn every_request_is_sent_byte_for_byte() {
    let file: Requests = load().unwrap();
    let results = file.requests.iter().map(|v| (v.name.as_str(), check(v)));
    let run = report(results).unwrap_or_else(|failures| panic!("{failures}"));
    count::<Requests>(run);
}

#[test]
fn the_access_token_is_encoded_and_only_in_the_query() {
    let file: Requests = load().unwrap();
    let token = Secret::new("A/b+c=é");
    for vector in file.requests.iter().filter(|v| v.access_token) {
        let request = vector.call.visit(ToRequest).unwrap().unwrap();
        let url = request.url("https://h.cn/", Some(&token));
        let expected = format!(
            "https://h.cn{}?access_token=A%2Fb%2Bc%3D%C3%A9",
            vector.path
        );
        assert_eq!(url.expose(), expected, "{}", vector.name);
        let body = request.body.as_deref().map(from_utf8).transpose().unwrap();
        assert!(!body.unwrap_or_default().contains(token.expose()));
    }
}

#[test]
fn every_interface_has_a_request() {
    let file: Requests = load().unwrap();
    let named: BTreeSet<_> = file.requests.iter().map(|v| v.call.interface()).collect();
    let by_name = AnyCall::NAMES.iter().copied();
    let expected: BTreeSet<_> = by_name.chain([StableToken::NAME, Token::NAME]).collect();
    assert_eq!(named, expected);
}
