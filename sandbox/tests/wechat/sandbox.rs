//! Starting, stopping and resetting a sandbox.

use std::io::Read;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener, TcpStream};
use std::time::Duration;

use jumpqr_sandbox::{
    Account, AccountChange, AccountKind, Fault, MINI_PROGRAM_APPID, Sandbox, SandboxError,
};
use serde_json::json;

use crate::caller::{Caller, PREFIX, errcode, read_response};

#[test]
fn an_address_that_is_not_loopback_is_refused() {
    for address in [
        IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    ] {
        let refused = Sandbox::builder().address(address).start();
        assert!(matches!(refused, Err(SandboxError::NotLoopback(a)) if a == address));
    }
    let sandbox = Sandbox::start().unwrap();
    assert_eq!(
        sandbox.base_url(),
        format!("http://127.0.0.1:{}", sandbox.port())
    );
    assert_ne!(sandbox.port(), 0);
}

#[test]
fn the_error_of_a_port_in_use_names_the_port_and_the_cause() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let error = Sandbox::builder().port(port).start().unwrap_err();
    let text = error.to_string();
    assert!(text.contains(&port.to_string()), "{text}");
    let SandboxError::Bind { source, .. } = error else {
        panic!("{text}");
    };
    assert!(text.ends_with(&source.to_string()), "{text}");
}

#[test]
fn a_change_of_an_account_keeps_the_other_fields() {
    let sandbox = Sandbox::start().unwrap();
    let before = sandbox.account(MINI_PROGRAM_APPID).unwrap();
    let mut change = AccountChange::default();
    change.released = Some(false);
    sandbox
        .change_account(MINI_PROGRAM_APPID, change.clone())
        .unwrap();
    let mut expected = before;
    expected.released = false;
    assert_eq!(sandbox.account(MINI_PROGRAM_APPID).unwrap(), expected);

    let error = sandbox.change_account("wx1", change.clone()).unwrap_err();
    assert!(error.to_string().contains("secret is missing"), "{error}");
    change.secret = Some("s".into());
    change.kind = Some(AccountKind::ServiceAccount);
    sandbox.change_account("wx1", change).unwrap();
    let account = sandbox.account("wx1").unwrap();
    assert_eq!(account.kind, AccountKind::ServiceAccount);
    assert!(!account.released);
}

#[test]
fn seconds_move_the_clock_forward_only() {
    let sandbox = Sandbox::builder().frozen_at(1_700_000_000).start().unwrap();
    sandbox.advance_seconds(1.5).unwrap();
    let clock = sandbox.control("GET", "/sandbox/clock", json!(null));
    assert_eq!(clock.unwrap()["unix_seconds"], 1_700_000_001.5);
    for seconds in [-1.0, f64::NAN, f64::INFINITY] {
        let error = sandbox.advance_seconds(seconds).unwrap_err();
        assert!(error.to_string().contains("cannot go back"), "{error}");
    }
}

#[test]
fn a_link_needs_both_accounts() {
    let builder = Sandbox::builder().account(Account::mini_program("wx1", "s"));
    let error = builder.clone().link("wx2", "wx1").start().unwrap_err();
    assert!(matches!(error, SandboxError::UnknownAccount(appid) if appid == "wx2"));
    let error = builder.link("wx1", "wx1").start().unwrap_err();
    assert!(error.to_string().contains("service_account"), "{error}");
}

#[test]
fn stopping_closes_the_port_and_connections_and_may_be_repeated() {
    let caller = Caller::new();
    let request = caller.raw_request("qrcodejumpget", "Content-Length: 2\r\n", "{}");
    let mut stream = caller.send_raw(&request);
    read_response(&mut stream);
    caller.sandbox.stop();
    assert_eq!(stream.read(&mut [0]).unwrap(), 0);
    assert!(TcpStream::connect(("127.0.0.1", caller.sandbox.port())).is_err());
    caller.sandbox.stop();
    assert_eq!(caller.sandbox.counters().business_calls, 1);
}

#[test]
fn dropping_the_sandbox_stops_it() {
    let sandbox = Sandbox::start().unwrap();
    let port = sandbox.port();
    drop(sandbox);
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn many_sandboxes_start_in_parallel_threads() {
    let sandboxes: Vec<Sandbox> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| Sandbox::start().unwrap()))
            .collect();
        starts
            .into_iter()
            .map(|start| start.join().unwrap())
            .collect()
    });
    let mut ports: Vec<u16> = sandboxes.iter().map(Sandbox::port).collect();
    ports.sort_unstable();
    ports.dedup();
    assert_eq!(ports.len(), 8);
}

#[test]
fn a_reset_restores_the_initial_state() {
    let caller = Caller::new();
    let start = caller.get("/sandbox/accounts");
    let url = format!("/sandbox/accounts/{MINI_PROGRAM_APPID}");
    caller
        .sandbox
        .control("PUT", &url, json!({"personal": true}))
        .unwrap();
    caller
        .sandbox
        .control("PUT", "/sandbox/limits", json!({"rules": 1}))
        .unwrap();
    caller
        .sandbox
        .control("PUT", "/sandbox/web", json!({"not_filed": ["h.cn"]}))
        .unwrap();
    caller
        .sandbox
        .control(
            "PUT",
            &format!("{url}/rules"),
            json!({"prefix": PREFIX, "path": "p"}),
        )
        .unwrap();
    caller.sandbox.inject(Fault::reset().forever()).unwrap();
    caller.sandbox.advance(Duration::from_secs(100));
    let before = caller.get("/sandbox/clock")["unix_seconds"]
        .as_f64()
        .unwrap();

    caller.sandbox.reset();
    assert_eq!(caller.get("/sandbox/accounts"), start);
    assert_eq!(caller.get("/sandbox/faults"), json!([]));
    assert_eq!(caller.get("/sandbox/requests"), json!([]));
    assert_eq!(caller.get("/sandbox/limits")["rules"], 100);
    assert_eq!(caller.get("/sandbox/web")["not_filed"], json!([]));
    assert_eq!(caller.get(&format!("{url}/rules")), json!([]));
    assert!(
        caller.get("/sandbox/clock")["unix_seconds"]
            .as_f64()
            .unwrap()
            < before
    );
    let response = caller.call_as_mini_program("qrcodejumpget", &json!({}));
    assert_eq!(errcode(&response), 40001, "the tokens are removed");
}
