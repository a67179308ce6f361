use std::io::{self, Read};
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jumpqr_core::preflight::{NotTried, Outcome, judge};
use jumpqr_fetch::{Cancelled, PreflightOptions, Resolve, look, look_with};

use crate::server::{Server, respond_with_content};
use crate::{PREFIX, connect_to, file, see, summary, summary_of};

const HOUR: Duration = Duration::from_secs(3600);

/// A server that accepts and never answers.
fn silent() -> Server {
    let hanging = Mutex::new(Vec::new());
    Server::start(move |_, stream| {
        hanging.lock().unwrap().push(stream.try_clone().unwrap());
    })
}

#[test]
fn a_fetch_ends_with_its_timeout() {
    let server = silent();
    let options = connect_to([server.address]).fetch_timeout(Duration::from_millis(60));
    assert_eq!(summary_of(PREFIX, &options), "will_fail: too_slow");
    assert_eq!(server.connections(), 3);
}

#[test]
fn what_the_deadline_cuts_short_says_nothing_about_the_server() {
    let server = silent();
    let options = connect_to([server.address])
        .fetch_timeout(HOUR)
        .timeout(Duration::from_millis(60));
    let seen = see(PREFIX, &options);
    assert_eq!(seen.fetches.len(), 3);
    for fetch in &seen.fetches {
        let is_untried = matches!(
            fetch.outcome,
            Outcome::NotTried {
                reason: NotTried::Deadline,
                ..
            }
        );
        assert!(is_untried, "{fetch:?}");
    }
    assert_eq!(summary(&judge(seen)), "may_fail: not_looked");
}

#[test]
fn a_look_ends_when_it_is_cancelled() {
    let server = silent();
    let options = connect_to([server.address])
        .fetch_timeout(HOUR)
        .timeout(HOUR);
    let asked = AtomicUsize::new(0);
    let is_cancelled = || asked.fetch_add(1, Ordering::Relaxed) > 1;
    let result = look(&PREFIX.into(), file(), &options, &is_cancelled);
    assert_eq!(result, Err(Cancelled));
}

#[test]
fn the_threads_of_a_cancelled_look_end() {
    let (sender, receiver) = channel();
    let server = Server::start(move |_, stream| {
        // The client sends nothing more: it closes.
        let read = stream.read(&mut [0]);
        sender.send(read.unwrap()).unwrap();
    });
    let options = connect_to([server.address])
        .fetch_timeout(HOUR)
        .timeout(HOUR);
    let is_cancelled = || server.connections() > 0;
    let result = look(&PREFIX.into(), file(), &options, &is_cancelled);
    assert_eq!(result, Err(Cancelled));
    assert_eq!(receiver.recv_timeout(Duration::from_secs(60)), Ok(0));
}

/// A resolver that never answers.
struct Hanging(Mutex<std::sync::mpsc::Receiver<()>>);

impl Resolve for Hanging {
    fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        let _ = self.0.lock().unwrap().recv();
        Ok(Vec::new())
    }
}

#[test]
fn a_look_up_that_hangs_ends_with_the_timeout_or_when_it_is_cancelled() {
    let (_sender, receiver) = channel();
    let resolver = Arc::new(Hanging(Mutex::new(receiver)));
    let options = PreflightOptions::default().fetch_timeout(Duration::from_millis(60));
    let seen = look_with(resolver.clone(), &PREFIX.into(), file(), &options, &|| {
        false
    });
    assert_eq!(summary(&judge(seen.unwrap())), "may_fail: dns_unanswered");
    let options = PreflightOptions::default()
        .fetch_timeout(HOUR)
        .timeout(HOUR);
    let seen = look_with(resolver, &PREFIX.into(), file(), &options, &|| true);
    assert_eq!(seen, Err(Cancelled));
}

#[test]
fn an_address_that_hangs_does_not_hold_up_the_others() {
    let servers = [
        silent(),
        Server::start(|_, stream| respond_with_content(stream)),
    ];
    let options = connect_to(servers.each_ref().map(|server| server.address))
        .fetch_timeout(HOUR)
        .timeout(Duration::from_millis(500));
    let seen = see(PREFIX, &options);
    assert_eq!(summary(&judge(seen)), "no_cause_found: not_looked");
}

#[test]
fn no_more_than_8_addresses_are_looked_at() {
    // A server that listens at 0.0.0.0 has all addresses that begin with 127.
    let server = Server::start_at("0.0.0.0:0", |_, stream| respond_with_content(stream));
    let port = server.address.port();
    let all = (1..=10).map(|last| SocketAddr::from(([127, 0, 0, last], port)));
    let seen = see(PREFIX, &connect_to(all));
    let is_untried = |reason| {
        seen.fetches.iter().filter(|fetch| {
            matches!(&fetch.outcome, Outcome::NotTried { reason: found, .. } if *found == reason)
        }).count()
    };
    assert_eq!(is_untried(NotTried::TooManyAddresses), 2);
    assert_eq!(server.connections(), 8 * 3 + 1);
}
