//! A whole look: which fetches are done, by which threads.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Instant;

use jumpqr_core::RuleKey;
use jumpqr_core::preflight::{
    ATTEMPTS, ExpectedFile, NotTried, Observations, Outcome, Place, PlacedUrl, Target, is_public,
    needs_wrong_places,
};

use crate::address::{self, Address};
use crate::cancelled::Cancelled;
use crate::clock::BETWEEN_CHECKS;
use crate::options::PreflightOptions;
use crate::resolve::{Resolve, SystemResolver};
use crate::tls::Tls;
use crate::worker::{Done, Job, Worker};

/// How many threads look at the wrong places.
const THREADS_ELSEWHERE: usize = 4;

/// How much is looked at.
#[derive(Debug, Clone, Copy)]
struct Extent {
    attempts: u8,
    all_addresses: bool,
    page: bool,
}

/// Looks for the file as WeChat does: at each address of the host, three times. If it is not there,
/// it looks in the wrong places, too. [`judge`](jumpqr_core::preflight::judge) says what it means.
///
/// It waits at most as long as the [timeout](PreflightOptions::timeout). Meanwhile it asks
/// `is_cancelled` every 50 ms, on the thread of the caller.
///
/// ```
/// use jumpqr_core::preflight::{ExpectedFile, PreflightCode, judge};
/// use jumpqr_fetch::{PreflightOptions, look};
///
/// let file = ExpectedFile {
///     name: "UASjIrr8C9.txt".to_owned(),
///     content: b"0123456789abcdef0123456789abcdef".to_vec(),
/// };
/// let prefix = "http://localhost/table/".into();
/// let seen = look(&prefix, file, &PreflightOptions::default(), &|| false).unwrap();
/// // No request was sent to this machine itself.
/// assert_eq!(judge(seen).findings[0].code, PreflightCode::PrivateAddress);
/// ```
pub fn look(
    key: &RuleKey,
    file: ExpectedFile,
    options: &PreflightOptions,
    is_cancelled: &dyn Fn() -> bool,
) -> Result<Observations, Cancelled> {
    look_with(Arc::new(SystemResolver), key, file, options, is_cancelled)
}

/// Looks as [`look`] does, and finds the addresses with another resolver.
pub fn look_with(
    resolver: Arc<dyn Resolve>,
    key: &RuleKey,
    file: ExpectedFile,
    options: &PreflightOptions,
    is_cancelled: &dyn Fn() -> bool,
) -> Result<Observations, Cancelled> {
    let extent = Extent {
        attempts: ATTEMPTS,
        all_addresses: true,
        page: true,
    };
    look_at(extent, resolver, key, file, options, is_cancelled)
}

/// Looks once at the right place, at the first address, as WeChat may do. Only if a server answers
/// without the content, it looks at the wrong places, too: they tell why.
pub fn look_once(
    key: &RuleKey,
    file: ExpectedFile,
    options: &PreflightOptions,
    is_cancelled: &dyn Fn() -> bool,
) -> Result<Observations, Cancelled> {
    let extent = Extent {
        attempts: 1,
        all_addresses: false,
        page: false,
    };
    let resolver = Arc::new(SystemResolver);
    look_at(extent, resolver, key, file, options, is_cancelled)
}

fn look_at(
    extent: Extent,
    resolver: Arc<dyn Resolve>,
    key: &RuleKey,
    file: ExpectedFile,
    options: &PreflightOptions,
    is_cancelled: &dyn Fn() -> bool,
) -> Result<Observations, Cancelled> {
    let now = Instant::now();
    let deadline = now.checked_add(options.timeout).unwrap_or(now);
    let mut seen = Observations {
        key: key.clone(),
        file,
        any_port: options.any_port(),
        is_rehearsal: !options.connect_to.is_empty(),
        dns: None,
        looked_from: Vec::new(),
        fetches: Vec::new(),
    };
    let Ok(target) = Target::new(key, &seen.file.name, seen.any_port) else {
        return Ok(seen);
    };
    let (dns, mut addresses) = address::find(&target, options, resolver, is_cancelled)?;
    seen.dns = dns;
    if !extent.all_addresses {
        addresses.truncate(1);
    }
    let is_private = |&(address, refusal): &Address| refusal.is_none() && !is_public(address.ip());
    seen.is_rehearsal |= addresses.iter().any(is_private);
    let roots = options.extra_tls_roots.as_deref();
    let roots = roots.filter(|_| !options.connect_to.is_empty());
    let worker = Worker {
        host: target.host,
        host_field: target.host_field,
        // Authorities that cannot be read are refused by `PreflightOptions::check`.
        tls: target
            .is_tls
            .then(|| Tls::new(roots).or_else(|_| Tls::new(None)).ok())
            .flatten(),
        deadline,
        fetch_timeout: options.fetch_timeout,
        is_cancelled: Arc::default(),
    };
    let look = Look {
        worker: Arc::new(worker),
        is_cancelled,
    };
    let places = target.places.into_iter();
    let (right, others): (Vec<_>, Vec<_>) = places.partition(|url| url.place == Place::Right);
    let jobs = right_jobs(&right, &addresses, extent, &mut seen);
    look.run(jobs, &mut seen)?;
    let jobs = other_jobs(others, extent, &seen);
    look.run(jobs, &mut seen)?;
    // The order of the addresses stays.
    seen.fetches.sort_by_key(|fetch| fetch.place.order());
    seen.looked_from.sort_unstable();
    seen.looked_from.dedup();
    Ok(seen)
}

/// Returns the jobs for the right place, one list for each address. Addresses that are not looked
/// at are noted.
fn right_jobs(
    right: &[PlacedUrl],
    addresses: &[Address],
    extent: Extent,
    seen: &mut Observations,
) -> Vec<Vec<Job>> {
    let mut lists = Vec::new();
    for url in right {
        for &(address, refusal) in addresses {
            let job = |attempt| Job {
                url: url.clone(),
                address,
                attempt,
            };
            match refusal {
                None => lists.push((1..=extent.attempts).map(job).collect()),
                Some(reason) => seen.fetches.push(job(1).not_tried(reason, String::new())),
            }
        }
    }
    lists
}

/// Returns the jobs for the page of the prefix and, if they are needed, for the wrong places. They
/// are looked at by the first address that has answered.
fn other_jobs(others: Vec<PlacedUrl>, extent: Extent, seen: &Observations) -> Vec<Vec<Job>> {
    let mut fetches = seen.fetches.iter();
    let answered = fetches.find(|fetch| matches!(fetch.outcome, Outcome::Response(_)));
    let Some(address) = answered.map(|fetch| fetch.address) else {
        return Vec::new();
    };
    let needs_wrong_places = needs_wrong_places(seen);
    let is_needed = |url: &PlacedUrl| match url.place {
        Place::Page => extent.page,
        _ => needs_wrong_places,
    };
    let mut lists: Vec<Vec<Job>> = Vec::new();
    for (number, url) in others.into_iter().filter(is_needed).enumerate() {
        let job = Job {
            url,
            address,
            attempt: 1,
        };
        match lists.get_mut(number % THREADS_ELSEWHERE) {
            Some(list) => list.push(job),
            None => lists.push(vec![job]),
        }
    }
    lists
}

/// What runs the jobs.
struct Look<'a> {
    worker: Arc<Worker>,
    is_cancelled: &'a dyn Fn() -> bool,
}

impl Look<'_> {
    /// Runs each list of jobs on a thread of its own, and adds what was seen in the order of the
    /// lists.
    fn run(&self, lists: Vec<Vec<Job>>, seen: &mut Observations) -> Result<(), Cancelled> {
        let (sender, receiver) = channel();
        let mut done = Vec::new();
        for (number, jobs) in lists.into_iter().enumerate() {
            if let Err((jobs, error)) = self.spawn(number, jobs, sender.clone()) {
                let untried = jobs.into_iter().map(|job| {
                    let fetch = job.not_tried(NotTried::ThisMachine, error.clone());
                    let done = Done {
                        fetch,
                        local_address: None,
                    };
                    (number, done)
                });
                done.extend(untried);
            }
        }
        drop(sender);
        loop {
            match receiver.recv_timeout(BETWEEN_CHECKS) {
                Ok(result) => done.push(result),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if (self.is_cancelled)() {
                self.worker.is_cancelled.store(true, Ordering::Relaxed);
                return Err(Cancelled);
            }
        }
        // The results of one list come in its order.
        done.sort_by_key(|(number, _)| *number);
        for (_, done) in done {
            seen.looked_from.extend(done.local_address);
            seen.fetches.push(done.fetch);
        }
        Ok(())
    }

    /// Starts a thread. If that fails, returns the jobs and the reason.
    fn spawn(
        &self,
        number: usize,
        jobs: Vec<Job>,
        sender: Sender<(usize, Done)>,
    ) -> Result<(), (Vec<Job>, String)> {
        let worker = Arc::clone(&self.worker);
        let work = jobs.clone();
        let spawned = thread::Builder::new()
            .name("jumpqr-preflight".to_owned())
            .spawn(move || {
                for job in work {
                    // If the look is cancelled, nobody receives the result.
                    if sender.send((number, worker.fetch(job))).is_err() {
                        return;
                    }
                }
            });
        match spawned {
            Ok(_) => Ok(()),
            Err(error) => Err((jobs, error.to_string())),
        }
    }
}
