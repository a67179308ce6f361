//! Whose file is fetched, and how.

use std::time::Duration;

use jumpqr_sandbox::{Account, FileFetch, MINI_PROGRAM_APPID, Sandbox, SandboxError};
use serde_json::{Value, json};

use super::server::{PLAIN, Server};
use super::{FILE, PREFIX, add, directed_to};
use crate::caller::{Caller, errcode, ordinary_rule, token_of};

/// Where the setting of the Mini Program is.
fn path() -> String {
    format!("/sandbox/accounts/{MINI_PROGRAM_APPID}/file_fetch")
}

fn empty_server() -> Server {
    Server::with_answer("404 Not Found", PLAIN, String::new())
}

#[test]
fn it_is_set_shown_and_ended_by_the_control_endpoint() {
    let server = empty_server();
    let caller = Caller::new();
    let control =
        |method: &str, body: Value| caller.sandbox.control(method, &path(), body).unwrap();
    assert_eq!(control("GET", json!(null)), json!({"fetched": false}));
    assert_eq!(
        control("PUT", json!({})),
        json!({
            "fetched": true, "connect_to": [], "allow_private": false, "timeout_ms": 6000,
            "extra_tls_roots": null,
        })
    );
    let address = server.address.to_string();
    let set = control("PUT", json!({"connect_to": [address], "timeout_ms": 1500}));
    assert_eq!(set["connect_to"], json!([address]));
    assert_eq!(set["timeout_ms"], 1500);
    assert_eq!(set, control("GET", json!(null)));
    assert_eq!(add(&caller, PREFIX), (85069, Some("not_found")));
    control("DELETE", json!(null));
    assert_eq!(control("GET", json!(null)), json!({"fetched": false}));
    let before = server.paths().len();
    assert_eq!(add(&caller, PREFIX), (0, None));
    assert_eq!(server.paths().len(), before, "nothing is fetched");
}

#[test]
fn the_last_of_a_list_and_a_fetch_counts() {
    let server = empty_server();
    let caller = directed_to(&server);
    let list = format!("/sandbox/accounts/{MINI_PROGRAM_APPID}/verification_files");
    let control = |method, path: &str, body| caller.sandbox.control(method, path, body).unwrap();
    let shown = control("GET", &list, json!(null));
    assert_eq!(shown, json!({"everywhere": false, "files": null}));
    control("PUT", &list, json!({"http://x.cn/": ""}));
    assert_eq!(
        control("GET", &path(), json!(null)),
        json!({"fetched": false})
    );
    assert_eq!(add(&caller, PREFIX).0, 85069);
    assert!(server.paths().is_empty());
    control("DELETE", &path(), json!(null));
    assert_eq!(add(&caller, PREFIX).0, 85069, "the list stays");
    control(
        "PUT",
        &path(),
        json!({"connect_to": [server.address.to_string()]}),
    );
    assert_eq!(add(&caller, PREFIX).0, 85069);
    assert!(!server.paths().is_empty());
}

#[test]
fn it_is_about_one_account() {
    const OTHER: &str = "wx5555555555555555";
    let server = empty_server();
    let caller = directed_to(&server);
    caller
        .sandbox
        .put_account(Account::mini_program(OTHER, "s"));
    let token = token_of(&caller.sandbox, OTHER);
    let response = caller.call("qrcodejumpadd", &token, &ordinary_rule(PREFIX));
    assert_eq!(errcode(&response), 0);
    assert!(server.paths().is_empty());
}

#[test]
fn it_ends_with_a_reset_and_with_the_account_unless_it_was_built() {
    let server = empty_server();
    let caller = directed_to(&server);
    caller.sandbox.reset();
    let shown = |caller: &Caller| caller.get(&path())["fetched"].clone();
    assert_eq!(shown(&caller), false);

    let fetch = FileFetch::default().connect_to([server.address]);
    let builder = Sandbox::builder().fetch_file(MINI_PROGRAM_APPID, fetch);
    let caller = Caller::with_builder(builder);
    assert_eq!(add(&caller, PREFIX), (85069, Some("not_found")));
    caller.sandbox.reset();
    assert_eq!(shown(&caller), true);

    let account = format!("/sandbox/accounts/{MINI_PROGRAM_APPID}");
    let control = |method, body| caller.sandbox.control(method, &account, body).unwrap();
    control("DELETE", json!(null));
    control("PUT", json!({"kind": "mini_program", "secret": "s"}));
    assert_eq!(shown(&caller), false);
}

#[test]
fn addresses_on_this_machine_need_permission() {
    let caller = Caller::new();
    let set = |fetch| {
        caller
            .sandbox
            .fetch_file(MINI_PROGRAM_APPID, fetch)
            .unwrap();
    };
    set(FileFetch::default());
    assert_eq!(
        add(&caller, "http://localhost/shop/"),
        (85069, Some("private_address"))
    );
    set(FileFetch::default()
        .allow_private(true)
        .timeout(Duration::from_millis(300)));
    let (_, reason) = add(&caller, "http://localhost/shop/");
    assert_ne!(reason, Some("private_address"), "it has looked");
}

#[test]
fn of_several_addresses_the_first_is_used() {
    let (first, second) = (
        Server::with_file_at(format!("/shop/{FILE}")),
        empty_server(),
    );
    let caller = Caller::new();
    let fetch = FileFetch::default().connect_to([first.address, second.address]);
    caller
        .sandbox
        .fetch_file(MINI_PROGRAM_APPID, fetch)
        .unwrap();
    assert_eq!(add(&caller, PREFIX), (0, None));
    assert_eq!((first.paths().len(), second.paths().len()), (1, 0));
}

#[test]
fn a_wrong_setting_is_refused_with_its_name() {
    let sandbox = Sandbox::start().unwrap();
    for (body, named) in [
        (
            json!({"connect_to": ["localhost:8080"]}),
            "connect_to[0] is \"localhost:8080\"",
        ),
        (json!({"connect_to": "127.0.0.1:8080"}), "a sequence"),
        (json!({"timeout_ms": 0}), "timeout_ms is 0; give 1 to 60000"),
        (
            json!({"timeout_ms": -5}),
            "timeout_ms is 0; give 1 to 60000",
        ),
        (json!({"timeout_ms": 60_001}), "timeout_ms is 60001"),
        (json!({"extra_tls_roots": "PEM"}), "extra_tls_roots: "),
        (
            json!({"connect_to": ["127.0.0.1:1"], "extra_tls_roots": "PEM"}),
            "extra_tls_roots: ",
        ),
        (json!({"timeout": 5}), "timeout"),
    ] {
        let refused = sandbox.control("PUT", &path(), body.clone());
        let error = refused.unwrap_err();
        assert_eq!(error.http_status(), 400, "{body}");
        assert!(error.to_string().contains(named), "{body}: {error}");
    }
    let shown = sandbox.control("GET", &path(), json!(null)).unwrap();
    assert_eq!(shown, json!({"fetched": false}));
}

#[test]
fn an_unknown_account_is_refused() {
    let sandbox = Sandbox::start().unwrap();
    let refused = sandbox.fetch_file("wx1", FileFetch::default());
    assert!(matches!(refused, Err(SandboxError::UnknownAccount(_))));
    let refused = Sandbox::builder().fetch_file("wx1", FileFetch::default());
    assert!(matches!(
        refused.start(),
        Err(SandboxError::UnknownAccount(_))
    ));
    for method in ["GET", "DELETE"] {
        let path = "/sandbox/accounts/wx1/file_fetch";
        let refused = sandbox.control(method, path, json!(null));
        assert!(
            matches!(refused, Err(SandboxError::UnknownAccount(_))),
            "{method}"
        );
    }
}
