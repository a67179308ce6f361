//! The one loop that does what a call's state machine says.
//!
//! A call that blocks runs through the loop once, see [`Driver::run`]. A call of an event loop
//! leaves it wherever it would wait, see [`BegunCall`].

#[cfg(target_os = "linux")]
mod begun;
mod running;
mod shared_pace;
mod slot;

#[cfg(target_os = "linux")]
pub(crate) use begun::{BegunCall, Progress};
pub(crate) use shared_pace::StoredPace;

use std::sync::Arc;
use std::time::Duration;

use jumpqr_core::call::{CallEvent, Policy, RetryDelays, TOO_MANY_CALLS};
use jumpqr_core::error::{OwnCode, Result};
use jumpqr_core::interface::Interface;
use jumpqr_core::{Error, Pacer};

use self::running::{Running, Surroundings};
use crate::base_url::BaseUrl;
use crate::cancel::Cancel;
use crate::clock::Clock;
use crate::listener::CallListener;
use crate::mutex::Mutex;
use crate::retry::delay;
use crate::store::TokenStore;
use crate::token_source::TokenSource;
use crate::transport::Transport;

/// Everything outside the call that it needs: the network, the clock, the pacer.
#[derive(Debug)]
pub(crate) struct Driver {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) hosts: Hosts,
    pub(crate) max_retries: usize,
    /// `None` if the caller paces.
    pub(crate) pacer: Option<Arc<Mutex<Pacer>>>,
    /// The pace that the account shares with other clients of its store, if it does.
    pub(crate) shared_pace: Option<StoredPace>,
    /// How long a call may wait for a free thread and for its slots.
    pub(crate) queue_timeout: Duration,
    /// The account, if the client knows it.
    pub(crate) appid: Option<Arc<str>>,
    pub(crate) listener: CallListener,
}

/// The hosts that calls are sent to. A host is tried only if nothing was sent to the hosts before
/// it.
#[derive(Debug, Clone)]
pub(crate) struct Hosts {
    pub(crate) first: Arc<BaseUrl>,
    pub(crate) further: Arc<[BaseUrl]>,
}

impl Hosts {
    /// Returns the host with this index.
    fn get(&self, index: usize) -> &BaseUrl {
        self.iter().nth(index).unwrap_or(&self.first)
    }

    fn len(&self) -> usize {
        1 + self.further.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &BaseUrl> {
        std::iter::once(&*self.first).chain(&*self.further)
    }
}

/// How long one call may take, and what may end it early.
#[derive(Debug, Clone)]
pub(crate) struct CallOptions {
    /// The time for the whole call, without the time in queues.
    pub(crate) timeout: Duration,
    /// How long it has waited for a free thread.
    pub(crate) waited: Duration,
    /// Ends the call early.
    pub(crate) cancel: Cancel,
    /// Whether the call is checked first, and a rule that must exist is looked up.
    pub(crate) validate: bool,
}

impl CallOptions {
    pub(crate) fn new(timeout: Duration) -> Self {
        Self {
            timeout,
            waited: Duration::ZERO,
            cancel: Cancel::default(),
            validate: true,
        }
    }
}

impl Driver {
    /// Runs one call to its end, or until it is cancelled.
    ///
    /// `tokens` is `None` for a call that needs no token.
    pub(crate) fn run<I: Interface>(
        &self,
        interface: I,
        tokens: Option<&dyn TokenSource>,
        options: &CallOptions,
    ) -> Result<I::Response> {
        let mut running = self.start(interface, options)?;
        running.run_to_end(Surroundings {
            driver: self,
            tokens,
            cancel: &options.cancel,
        })
    }

    /// Starts a call, which has waited for a free thread.
    fn start<I: Interface>(&self, interface: I, options: &CallOptions) -> Result<Running<I>> {
        let queue_timeout = self.queue_left(options.waited);
        let policy = Policy {
            timeout: options.timeout,
            queue_timeout: match queue_timeout {
                Ok(left) => left,
                Err(error) => {
                    self.emit_refused(&interface, options.waited, &error);
                    return Err(error);
                }
            },
            retry_delays: RetryDelays::Made {
                max_retries: self.max_retries,
                delay,
            },
            host_count: self.hosts.len(),
            look_up: options.validate,
        };
        Running::new(interface, policy, self, options.waited)
    }

    /// Emits the event of a call that is refused before it starts.
    #[cold]
    pub(crate) fn emit_refused<I: Interface>(
        &self,
        interface: &I,
        waited: Duration,
        error: &Error,
    ) {
        if self.listener.is_on() {
            let mut event = CallEvent::unsent(interface, self.appid.as_deref(), waited);
            event.fail(error);
            self.listener.emit(event);
        }
    }

    /// Shares the pace of the account with the other clients of this store.
    pub(crate) fn share_pace(&mut self, store: &Arc<dyn TokenStore>, appid: &str) -> Result<()> {
        if self.pacer.is_some() {
            self.shared_pace = StoredPace::new(store, &self.clock, appid, self.custom_host())?;
        }
        Ok(())
    }

    /// Returns a driver for another account, with a pace of its own.
    pub(crate) fn for_account(&self, appid: &str) -> Result<Self> {
        let shared_pace = self.shared_pace.as_ref();
        let shared_pace = shared_pace.map(|pace| pace.for_account(appid, self.custom_host()));
        Ok(Self {
            transport: Arc::clone(&self.transport),
            clock: Arc::clone(&self.clock),
            hosts: self.hosts.clone(),
            max_retries: self.max_retries,
            pacer: self.pacer.as_ref().map(|_| Arc::default()),
            shared_pace: shared_pace.transpose()?,
            queue_timeout: self.queue_timeout,
            appid: Some(appid.into()),
            listener: self.listener.clone(),
        })
    }

    /// Returns the host, if it is not WeChat's own. Tokens of another host have keys of their own.
    pub(crate) fn custom_host(&self) -> Option<&str> {
        self.hosts.first.custom_host()
    }

    /// Returns what is left of the queue timeout after a call has waited for a free thread.
    pub(crate) fn queue_left(&self, waited: Duration) -> Result<Duration> {
        match self.queue_timeout.checked_sub(waited) {
            Some(left) if !left.is_zero() => Ok(left),
            _ => Err(Error::new(OwnCode::PacedOut, TOO_MANY_CALLS)),
        }
    }
}
