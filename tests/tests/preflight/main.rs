//! Wrong servers and right ones, each a real one: a preflight finds exactly what is wrong.
//! `docs/preflight.md` lists them.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod case;
mod certificates;
mod http;
mod nginx;
mod page;
mod servers;

use std::collections::BTreeSet;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::thread;

use jumpqr::preflight::{PreflightCode, PreflightOptions, judge};
use jumpqr_fetch::{Resolve, look_with};

use crate::case::{Case, Group};
use crate::nginx::Nginx;

/// How many servers are looked at at once.
const AT_ONCE: usize = 8;

/// The fewest servers of each kind, so that none is lost.
const FEWEST_WRONG: usize = 60;
const FEWEST_RIGHT: usize = 20;

#[test]
fn each_server_leads_to_exactly_its_finding() {
    let nginx = &Nginx::start();
    let cases = servers::list();
    let mut wrong = Vec::new();
    for some in cases.chunks(AT_ONCE) {
        let results: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = some
                .iter()
                .map(|case| scope.spawn(move || (case, case.look(nginx))))
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        for (case, found) in results {
            if found != case.expected {
                wrong.push(format!("{}: {found}, not {}", case.name, case.expected));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Gives the address of this machine.
struct Loopback;

impl Resolve for Loopback {
    fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        Ok(vec![IpAddr::from([127, 0, 0, 1])])
    }
}

#[test]
fn authorities_of_the_caller_count_only_for_addresses_of_the_caller() {
    let running = servers::serve_tls();
    let port = running.connect_to[0].port();
    let prefix = format!("https://m.example.cn:{port}/Pay_on/pay_on")
        .as_str()
        .into();
    let bare = PreflightOptions::default()
        .extra_tls_roots(running.trusted.unwrap())
        .allow_private(true)
        .allow_port(true);
    let codes = |options: &PreflightOptions| -> Vec<&str> {
        let seen = look_with(Arc::new(Loopback), &prefix, case::file(), options, &|| {
            false
        });
        let findings = judge(seen.unwrap()).findings;
        findings.iter().map(|finding| finding.code.name()).collect()
    };
    assert_eq!(
        codes(&bare.clone().connect_to(running.connect_to)),
        ["port"]
    );
    assert_eq!(codes(&bare), ["tls_unknown_issuer", "port"]);
}

/// The codes for which no server of a test can stand: what a router says, what is not looked at, and
/// what is wrong with the caller's file.
const WITHOUT_SERVER: [&str; 3] = ["not_looked", "unreachable", "unusual_file"];

#[test]
fn each_code_has_a_server_that_leads_to_it() {
    let cases = servers::list();
    let found = cases.iter().flat_map(Case::findings).map(|(code, _)| code);
    let found: BTreeSet<_> = found.chain(WITHOUT_SERVER).collect();
    let all = PreflightCode::ALL.iter().map(|code| code.name());
    assert_eq!(found, all.collect());
}

#[test]
fn there_are_many_servers_and_no_two_have_one_name() {
    let cases = servers::list();
    let is_right = |case: &&Case| case.group == Group::Right;
    let right = cases.iter().filter(is_right).count();
    assert!(right >= FEWEST_RIGHT, "{right}");
    assert!(
        cases.len() - right >= FEWEST_WRONG,
        "{}",
        cases.len() - right
    );
    let mut names: Vec<_> = cases.iter().map(|case| case.name).collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
}
