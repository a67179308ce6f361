//! A service is handed prefixes by strangers: none of them leads to a server that is not public.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jumpqr_core::preflight::{NotTried, Outcome, judge};
use jumpqr_fetch::{PreflightOptions, Resolve, SystemResolver, look_with};

use crate::server::{Server, respond, respond_with_content};
use crate::{PREFIX, connect_to, file, see, summary, summary_of};

/// A resolver that gives other addresses each time.
struct Changing {
    answers: Vec<&'static str>,
    asked: AtomicUsize,
}

impl Resolve for Changing {
    fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        let number = self.asked.fetch_add(1, Ordering::Relaxed);
        let last = self.answers.len() - 1;
        Ok(vec![self.answers[number.min(last)].parse().unwrap()])
    }
}

fn changing(answers: &[&'static str]) -> Arc<Changing> {
    Arc::new(Changing {
        answers: answers.to_vec(),
        asked: AtomicUsize::new(0),
    })
}

#[test]
fn no_name_and_no_form_of_an_address_leads_to_a_private_server() {
    let server = Server::start(|_, stream| respond_with_content(stream));
    let port = server.address.port();
    let options = PreflightOptions::default().allow_port(true);
    for host in [
        "localhost",
        "LOCALHOST",
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "127.255.255.254",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "017700000001",
        "0177.0.0.1",
        "0",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "169.254.169.254",
        "0xa9fea9fe",
        "100.100.100.200",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "100.64.0.1",
        "[fe80::1]",
        "[fc00::1]",
        "[fd00:ec2::254]",
    ] {
        let seen = see(&format!("http://{host}:{port}/a/"), &options);
        assert!(!seen.fetches.is_empty(), "{host}: {seen:?}");
        for fetch in &seen.fetches {
            let is_refused = matches!(
                fetch.outcome,
                Outcome::NotTried {
                    reason: NotTried::PrivateAddress,
                    ..
                }
            );
            assert!(is_refused, "{host}: {fetch:?}");
        }
        assert!(seen.looked_from.is_empty() && !seen.is_rehearsal, "{host}");
        let summary = summary(&judge(seen));
        assert!(
            summary.starts_with("will_fail: private_address"),
            "{host}: {summary}"
        );
    }
    assert_eq!(server.connections(), 0);
    // The same server is reached if the caller permits it.
    let permitted = options.allow_private(true);
    let seen = see(&format!("http://2130706433:{port}/a/"), &permitted);
    assert!(seen.is_rehearsal);
    assert_eq!(summary(&judge(seen)), "may_fail: port");
    assert_eq!(server.connections(), 4);
}

#[test]
fn a_redirect_is_not_followed() {
    let target = Server::start(|_, stream| respond_with_content(stream));
    let location = format!("Location: http://{}/a/UASjIrr8C9.txt", target.address);
    for status in [
        "301 Moved",
        "302 Found",
        "303 See",
        "307 Temporary",
        "308 Permanent",
    ] {
        let location = location.clone();
        let server = Server::start(move |_, stream| respond(stream, status, &location, ""));
        assert_eq!(
            summary_of(PREFIX, &connect_to([server.address])),
            "will_fail: redirect",
            "{status}"
        );
        assert!(server.connections() >= 3);
    }
    assert_eq!(target.connections(), 0);
}

#[test]
fn a_name_whose_address_changes_leads_to_the_first_one_only() {
    let server = Server::start(|_, stream| respond_with_content(stream));
    let prefix = format!("http://m.example.cn:{}/a/", server.address.port());
    let options = PreflightOptions::default().allow_port(true);
    // A private address is refused, also if the next answer would be public.
    let resolver = changing(&["127.0.0.1", "1.2.4.8"]);
    let seen = look_with(
        resolver.clone(),
        &prefix.as_str().into(),
        file(),
        &options,
        &|| false,
    );
    assert_eq!(
        summary(&judge(seen.unwrap())),
        "will_fail: private_address, port"
    );
    assert_eq!(resolver.asked.load(Ordering::Relaxed), 1);
    assert_eq!(server.connections(), 0);

    // The address that is checked is the one that is connected to.
    let resolver = changing(&["127.0.0.1", "127.0.0.2"]);
    let permitted = options.allow_private(true);
    let seen = look_with(
        resolver.clone(),
        &prefix.as_str().into(),
        file(),
        &permitted,
        &|| false,
    );
    for fetch in seen.unwrap().fetches {
        assert_eq!(fetch.address, server.address);
    }
    assert_eq!(resolver.asked.load(Ordering::Relaxed), 1);
    assert_eq!(server.connections(), 4);
}

#[test]
fn a_private_address_beside_a_public_one_is_not_connected_to() {
    /// Gives a private address and one of documentation, which is refused as well.
    struct Both;
    impl Resolve for Both {
        fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
            Ok(vec![
                "127.0.0.1".parse().unwrap(),
                "192.0.2.1".parse().unwrap(),
            ])
        }
    }
    let options = PreflightOptions::default();
    let seen = look_with(Arc::new(Both), &PREFIX.into(), file(), &options, &|| false).unwrap();
    assert_eq!(seen.fetches.len(), 2);
    assert_eq!(summary(&judge(seen)), "will_fail: private_address");
}

#[test]
fn what_is_permitted_and_not_used_is_no_rehearsal() {
    struct Nothing;
    impl Resolve for Nothing {
        fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
            Ok(Vec::new())
        }
    }
    let options = PreflightOptions::default().allow_private(true);
    let seen = look_with(Arc::new(Nothing), &PREFIX.into(), file(), &options, &|| {
        false
    })
    .unwrap();
    assert!(!seen.is_rehearsal);
    assert_eq!(summary(&judge(seen)), "will_fail: dns_failed");
}

#[test]
fn no_port_is_scanned_and_no_password_is_sent() {
    let server = Server::start(|_, stream| respond_with_content(stream));
    let port = server.address.port();
    let options = PreflightOptions::default().allow_private(true);
    for (prefix, expected) in [
        (format!("http://127.0.0.1:{port}/a/"), "may_fail: port"),
        (
            format!("http://user:password@127.0.0.1:{port}/a/"),
            "will_fail: user_info",
        ),
        (
            format!("http://m.example.cn@127.0.0.1:{port}/a/"),
            "will_fail: user_info",
        ),
        (
            format!("ftp://127.0.0.1:{port}/a/"),
            "will_fail: not_a_link",
        ),
        (
            format!("gopher://127.0.0.1:{port}/a/"),
            "will_fail: not_a_link",
        ),
        ("file:///etc/passwd".to_owned(), "will_fail: not_a_link"),
        (
            format!("http://127.0.0.1\r\n:{port}/a/"),
            "will_fail: bad_host",
        ),
    ] {
        let found = summary_of(&prefix, &options);
        assert!(found.starts_with(expected), "{prefix}: {found}");
    }
    let service = "http://weixin.qq.com/q/kZgfwMTm72Wxxxx";
    assert_eq!(
        summary_of(service, &options),
        "no_file_needed: service_account_rule"
    );
    assert_eq!(server.connections(), 0);
}

#[test]
fn the_systems_resolver_finds_this_machine() {
    let found = SystemResolver.resolve("localhost").unwrap();
    assert!(found.iter().any(IpAddr::is_loopback), "{found:?}");
}
