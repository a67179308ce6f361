use std::net::SocketAddr;

use crate::case::{Case, Group, Running};
use crate::http::{RIGHT, Request, Stream, serve, serve_at};

/// Nothing listens here.
const NOBODY: &str = "[::1]:1";

fn good(_: &Request, stream: &mut Stream<'_>) {
    stream.content();
}

fn stale(_: &Request, stream: &mut Stream<'_>) {
    stream.ok("fedcba9876543210fedcba9876543210");
}

fn missing(_: &Request, stream: &mut Stream<'_>) {
    stream.not_found();
}

/// A cache at an edge that has forgotten the 404 of one machine only.
fn missing_once(request: &Request, stream: &mut Stream<'_>) {
    if request.path == RIGHT && request.earlier == 1 {
        stream.not_found();
    } else {
        stream.content();
    }
}

/// Gives these addresses as the answer of DNS.
fn dns(answer: Result<&[&str], &'static str>) -> Running {
    let answer = answer.map(|addresses| {
        let addresses = addresses.iter();
        addresses.map(|address| address.parse().unwrap()).collect()
    });
    Running {
        dns: Some(answer),
        ..Running::default()
    }
}

pub(super) fn list() -> Vec<Case> {
    let case =
        |name, expected, start: fn() -> Running| Case::new(Group::Address, name, expected, start);
    vec![
        case("the host has no address", "will_fail: dns_failed", || {
            dns(Err("Name or service not known"))
        }),
        case("DNS does not answer", "may_fail: dns_unanswered", || {
            dns(Err("Temporary failure in name resolution"))
        }),
        case(
            "the host has a private address here (split DNS)",
            "will_fail: private_address",
            || dns(Ok(&["10.1.2.3"])),
        ),
        case(
            "the host has the address of a cloud's metadata, and the loopback address",
            "will_fail: private_address",
            || dns(Ok(&["169.254.169.254", "::1"])),
        ),
        case(
            "nobody listens at the IPv6 address",
            "may_fail: connect_refused (ipv6_only, 1 of 2 addresses)",
            || {
                let nobody: SocketAddr = NOBODY.parse().unwrap();
                [serve(good), nobody].into()
            },
        ),
        case(
            "the file is missing at the IPv6 address",
            "may_fail: not_found (ipv6_only, 1 of 2 addresses)",
            || [serve(good), serve_at("[::1]:0", missing)].into(),
        ),
        case(
            "the file is missing at the IPv4 address",
            "may_fail: not_found (ipv4_only, 1 of 2 addresses)",
            || [serve(missing), serve_at("[::1]:0", good)].into(),
        ),
        case(
            "one of three addresses has another account's file",
            "may_fail: other_file (some_addresses, 1 of 3 addresses)",
            || [serve(good), serve(stale), serve(good)].into(),
        ),
        case(
            "every address is wrong, in its own way",
            "will_fail: other_file (some_addresses, 1 of 2 addresses); \
             not_found (some_addresses, 1 of 2 addresses)",
            || [serve(stale), serve(missing)].into(),
        ),
        case(
            "one of three answers is 404, from the cache of a CDN",
            "may_fail: not_found (some_answers, 1 of 3 answers)",
            || serve(missing_once).into(),
        ),
        case(
            "one of three answers is 404, at one of two addresses",
            "may_fail: not_found (some_answers, 1 of 3 answers at 1 of 2 addresses)",
            || [serve(good), serve(missing_once)].into(),
        ),
    ]
}
