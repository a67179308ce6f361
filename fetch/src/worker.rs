//! One fetch: connect, speak TLS, ask, read.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use jumpqr_core::preflight::{BodyEnd, Failure, Fetch, NotTried, Outcome, PlacedUrl, Times};

use crate::clock::{End, ms_since};
use crate::exchange::exchange;
use crate::socket::Socket;
use crate::tls::Tls;
use crate::tls_failure;

/// What all fetches of a look have in common.
#[derive(Debug)]
pub(crate) struct Worker {
    /// The host, for the certificate.
    pub(crate) host: String,
    /// The value of the field `Host`.
    pub(crate) host_field: String,
    /// TLS, if the prefix begins with https.
    pub(crate) tls: Option<Tls>,
    pub(crate) deadline: Instant,
    pub(crate) fetch_timeout: Duration,
    pub(crate) is_cancelled: Arc<AtomicBool>,
}

/// What to fetch.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) url: PlacedUrl,
    pub(crate) address: SocketAddr,
    pub(crate) attempt: u8,
}

/// What came of a job.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) fetch: Fetch,
    /// The address of this machine, if there was a connection.
    pub(crate) local_address: Option<IpAddr>,
}

impl Job {
    /// Returns the job with its outcome.
    pub(crate) fn done(self, times: Times, outcome: Outcome) -> Fetch {
        Fetch {
            place: self.url.place,
            url: self.url.url,
            address: self.address,
            attempt: self.attempt,
            times,
            outcome,
        }
    }

    /// Returns the job as one that was not tried.
    pub(crate) fn not_tried(self, reason: NotTried, detail: String) -> Fetch {
        self.done(Times::default(), Outcome::NotTried { reason, detail })
    }
}

impl Worker {
    /// Does one fetch.
    pub(crate) fn fetch(&self, job: Job) -> Done {
        let begun = Instant::now();
        let end = End {
            deadline: self.deadline,
            at: (begun + self.fetch_timeout).min(self.deadline),
            is_cancelled: Arc::clone(&self.is_cancelled),
        };
        let mut times = Times::default();
        let mut local_address = None;
        let outcome = match end.left() {
            None => not_in_time(&end, self.fetch_timeout, None),
            Some(_) => self.try_fetch(&job, &end, &mut times, &mut local_address),
        };
        let is_whole = matches!(&outcome, Outcome::Response(response)
            if response.end == BodyEnd::Complete);
        times.whole_ms = is_whole.then(|| ms_since(begun));
        Done {
            fetch: job.done(times, outcome),
            local_address,
        }
    }

    fn try_fetch(
        &self,
        job: &Job,
        end: &End,
        times: &mut Times,
        local_address: &mut Option<IpAddr>,
    ) -> Outcome {
        let begun = Instant::now();
        let mut socket = match Socket::connect(job.address, end.clone()) {
            Ok(socket) => socket,
            Err(error) => return connect_outcome(&error, end, self.fetch_timeout),
        };
        times.connect_ms = Some(ms_since(begun));
        *local_address = socket.local_address().ok().map(|address| address.ip());
        let target = &job.url.request_target;
        let outcome = match &self.tls {
            None => exchange(&mut socket, target, &self.host_field, times),
            Some(tls) => {
                let begun = Instant::now();
                match tls.handshake(&self.host, socket) {
                    Ok(mut stream) => {
                        times.tls_ms = Some(ms_since(begun));
                        exchange(&mut stream, target, &self.host_field, times)
                    }
                    Err(failed) if failed.error.kind() == ErrorKind::TimedOut => {
                        return not_in_time(end, self.fetch_timeout, Some(Failure::TlsTimeout));
                    }
                    Err(failed) => {
                        let (failure, detail) = tls_failure::failure(&failed);
                        return Outcome::Failed { failure, detail };
                    }
                }
            }
        };
        match outcome {
            // The rest of the body might still have come.
            Some(Outcome::Response(response))
                if response.end == BodyEnd::TimedOut && end.is_cut() =>
            {
                not_in_time(end, self.fetch_timeout, None)
            }
            Some(outcome) => outcome,
            None => not_in_time(end, self.fetch_timeout, Some(Failure::NoAnswer)),
        }
    }
}

/// Returns the outcome of a fetch that did not end within its timeout. If the deadline has cut it short, that says
/// nothing about the server.
fn not_in_time(end: &End, fetch_timeout: Duration, failure: Option<Failure>) -> Outcome {
    match failure {
        Some(failure) if !end.is_cut() => Outcome::Failed {
            failure,
            detail: format!("nothing more came within {fetch_timeout:?}"),
        },
        _ => Outcome::NotTried {
            reason: NotTried::Deadline,
            detail: "the deadline was over".to_owned(),
        },
    }
}

fn connect_outcome(error: &io::Error, end: &End, fetch_timeout: Duration) -> Outcome {
    let failure = match error.kind() {
        ErrorKind::TimedOut | ErrorKind::WouldBlock => {
            return not_in_time(end, fetch_timeout, Some(Failure::ConnectTimeout));
        }
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset => Failure::ConnectRefused,
        ErrorKind::HostUnreachable => Failure::Unreachable,
        // This machine has no route to it, or no socket left: that is not the server's fault.
        _ => {
            return Outcome::NotTried {
                reason: NotTried::ThisMachine,
                detail: error.to_string(),
            };
        }
    };
    Outcome::Failed {
        failure,
        detail: error.to_string(),
    }
}
