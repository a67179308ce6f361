//! The verification file that is really fetched.

mod causes;
mod meanwhile;
mod server;
mod settings;
mod tls;

use jumpqr_sandbox::{FileFetch, MINI_PROGRAM_APPID};
use serde_json::json;

use crate::caller::{Caller, errcode, ordinary_rule, with_fields};
use server::Server;

/// The file of the Mini Program of every sandbox.
const FILE: &str = "KCfCAeDG9F.txt";
const CONTENT: &str = "6bacb2bab32b3420f9de40cccb30fc50";

/// The directory of its file is `/shop/`.
const PREFIX: &str = "http://m.example.cn/shop/table";

/// Returns a sandbox that fetches the file of its Mini Program from this server.
fn directed_to(server: &Server) -> Caller {
    let caller = Caller::new();
    let fetch = FileFetch::default().connect_to([server.address]);
    caller
        .sandbox
        .fetch_file(MINI_PROGRAM_APPID, fetch)
        .unwrap();
    caller
}

/// Adds a rule. Returns the errcode, and the code of the reason in the recorded request.
fn add(caller: &Caller, prefix: &str) -> (i64, Option<&'static str>) {
    let response = caller.call_as_mini_program("qrcodejumpadd", &ordinary_rule(prefix));
    let recorded = caller.sandbox.requests().pop().unwrap();
    assert_eq!(recorded.errcode, response["errcode"].as_i64());
    (
        errcode(&response),
        recorded.reason.map(|reason| reason.code()),
    )
}

#[test]
fn the_icp_filing_is_checked_before_anything_is_fetched() {
    let server = Server::with_file_at(format!("/shop/{FILE}"));
    let caller = directed_to(&server);
    let not_filed = json!({"not_filed": ["example.cn"]});
    caller
        .sandbox
        .control("PUT", "/sandbox/web", not_filed)
        .unwrap();
    assert_eq!(add(&caller, PREFIX), (85076, None));
    assert!(server.paths().is_empty());
}

#[test]
fn a_modified_rule_needs_no_file() {
    let server = Server::with_file_at(format!("/shop/{FILE}"));
    let caller = directed_to(&server);
    assert_eq!(add(&caller, PREFIX), (0, None));
    let edit = with_fields(ordinary_rule(PREFIX), json!({"is_edit": 1}));
    let response = caller.call_as_mini_program("qrcodejumpadd", &edit);
    assert_eq!(errcode(&response), 0);
    assert_eq!(server.paths().len(), 1);
}

#[test]
fn the_reason_names_the_url_and_the_address() {
    let server = Server::with_answer("404 Not Found", server::PLAIN, "nothing".to_owned());
    let caller = directed_to(&server);
    add(&caller, PREFIX);
    let reason = caller.get("/sandbox/requests")[0]["reason"].clone();
    assert_eq!(reason["code"], "not_found");
    assert_eq!(reason["url"], format!("http://m.example.cn/shop/{FILE}"));
    assert_eq!(reason["addresses"], json!([server.address.to_string()]));
    let seen = reason["seen"].as_str().unwrap();
    assert!(seen.contains("404") && seen.contains("nothing"), "{seen}");
}
