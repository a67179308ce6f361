//! Which addresses are looked at.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use jumpqr_core::preflight::{Dns, DnsFailure, NotTried, Target, is_public};

use crate::cancelled::Cancelled;
use crate::clock::{BETWEEN_CHECKS, ms_since};
use crate::options::PreflightOptions;
use crate::resolve::Resolve;

/// The most addresses of a host that are looked at.
const MOST_ADDRESSES: usize = 8;

/// An address, and why it is not looked at.
pub(crate) type Address = (SocketAddr, Option<NotTried>);

/// Finds the addresses of the target.
pub(crate) fn find(
    target: &Target,
    options: &PreflightOptions,
    resolver: Arc<dyn Resolve>,
    is_cancelled: &dyn Fn() -> bool,
) -> Result<(Option<Dns>, Vec<Address>), Cancelled> {
    if !options.connect_to.is_empty() {
        return Ok((None, select(options.connect_to.clone(), options)));
    }
    let timeout = options.fetch_timeout.min(options.timeout);
    let dns = resolve(target.host.clone(), timeout, resolver, is_cancelled)?;
    let found = dns.answer.iter().flatten();
    let found = found.map(|&address| SocketAddr::new(address, target.port));
    let addresses = select(found.collect(), options);
    Ok((Some(dns), addresses))
}

fn select(found: Vec<SocketAddr>, options: &PreflightOptions) -> Vec<Address> {
    let mut addresses: Vec<Address> = Vec::new();
    for address in found {
        if addresses.iter().any(|(known, _)| *known == address) {
            continue;
        }
        let refusal = if !options.any_address() && !is_public(address.ip()) {
            Some(NotTried::PrivateAddress)
        } else if addresses.len() >= MOST_ADDRESSES {
            Some(NotTried::TooManyAddresses)
        } else {
            None
        };
        addresses.push((address, refusal));
    }
    addresses
}

/// Resolves the host on a thread of its own, because the system's resolver has no timeout.
fn resolve(
    host: String,
    timeout: Duration,
    resolver: Arc<dyn Resolve>,
    is_cancelled: &dyn Fn() -> bool,
) -> Result<Dns, Cancelled> {
    let begun = Instant::now();
    let (sender, receiver) = channel();
    let spawned = thread::Builder::new()
        .name("jumpqr-preflight-dns".to_owned())
        .spawn(move || {
            // If the wait is over, nobody receives the answer.
            let _ = sender.send(resolver.resolve(&host));
        });
    let no_answer = |detail| DnsFailure {
        is_answered: false,
        detail,
    };
    let answer = match spawned {
        Err(error) => Err(no_answer(error.to_string())),
        Ok(_) => loop {
            let left = timeout.saturating_sub(begun.elapsed());
            match receiver.recv_timeout(left.min(BETWEEN_CHECKS)) {
                Ok(answer) => break answer.map_err(|error| describe(&error)),
                Err(RecvTimeoutError::Disconnected) => {
                    break Err(no_answer("the resolver has failed".to_owned()));
                }
                Err(RecvTimeoutError::Timeout) if is_cancelled() => return Err(Cancelled),
                Err(RecvTimeoutError::Timeout) if left.is_zero() => {
                    break Err(no_answer(format!("no answer in {timeout:?}")));
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        },
    };
    Ok(Dns {
        ms: ms_since(begun),
        answer,
    })
}

/// Describes why the resolver has no address. The system tells only in its words that the name
/// servers have not answered.
fn describe(error: &io::Error) -> DnsFailure {
    let detail = error.to_string();
    let is_temporary = ["emporary failure", "ry again"].map(|words| detail.contains(words));
    DnsFailure {
        is_answered: !is_temporary.contains(&true),
        detail,
    }
}
