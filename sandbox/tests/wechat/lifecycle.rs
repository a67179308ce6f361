//! Starting and stopping.

use std::io::Read;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener, TcpStream};

use jumpqr_sandbox::{Account, Sandbox, SandboxError};

use crate::caller::{Caller, read_answer};

#[test]
fn only_loopback_will_do() {
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
fn a_port_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let error = Sandbox::builder().port(port).start().unwrap_err();
    assert!(error.to_string().contains(&port.to_string()), "{error}");
    assert!(std::error::Error::source(&error).is_some());
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
fn stopping_closes_port_and_connections_and_may_be_repeated() {
    let caller = Caller::new();
    let request = caller.raw_request("qrcodejumpget", "Content-Length: 2\r\n", "{}");
    let mut stream = caller.send_raw(&request);
    read_answer(&mut stream);
    caller.sandbox.stop();
    assert_eq!(stream.read(&mut [0]).unwrap(), 0);
    assert!(TcpStream::connect(("127.0.0.1", caller.sandbox.port())).is_err());
    caller.sandbox.stop();
    assert_eq!(caller.sandbox.counters().business_calls, 1);
}

#[test]
fn dropping_stops() {
    let sandbox = Sandbox::start().unwrap();
    let port = sandbox.port();
    drop(sandbox);
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn many_run_side_by_side_and_in_any_thread() {
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
