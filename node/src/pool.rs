//! Threads for calls: those of libuv are four, and `fs` and `dns` wait for them.

use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use jumpqr::Error;
use jumpqr::error::OwnCode;
use serde::Serialize;
use serde_json::Value;
use tokio::runtime::{Builder, Handle};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{AbortHandle, spawn_blocking};
use tokio::time::timeout;

use crate::client::Withdrawal;
use crate::events::Channel;
use crate::guard::{caught, ending, to_value};

/// The most calls of one client that are on their way at once; more wait for their turn.
const MOST_AT_ONCE: usize = 64;

/// The same for all merchants of a platform together: some who are busy leave room for the others.
const MOST_OF_MERCHANTS: usize = 256;

/// How long a thread with nothing to do stays.
const IDLE: Duration = Duration::from_secs(5);

/// A client's places for calls. All clients of the process share the threads, which are started as calls need them.
pub(crate) struct Pool {
    /// A call takes one place of each, in this order.
    places: Vec<Arc<Semaphore>>,
    threads: Handle,
    channel: Arc<Channel>,
}

impl Pool {
    pub(crate) fn new(channel: Arc<Channel>) -> jumpqr::Result<Self> {
        Ok(Self {
            places: vec![Arc::new(Semaphore::new(MOST_AT_ONCE))],
            threads: threads()?,
            channel,
        })
    }

    /// The places that all merchants of a platform share.
    pub(crate) fn of_merchants() -> Arc<Semaphore> {
        Arc::new(Semaphore::new(MOST_OF_MERCHANTS))
    }

    /// As many places as this one has, where who takes one takes one of the `shared` ones too.
    pub(crate) fn beside(&self, shared: &Arc<Semaphore>) -> Self {
        Self {
            // The own ones first: who waits for those takes none from the others.
            places: vec![Arc::new(Semaphore::new(MOST_AT_ONCE)), Arc::clone(shared)],
            threads: self.threads.clone(),
            channel: Arc::clone(&self.channel),
        }
    }

    /// Does what concerns the token store alone, as [`run`](Self::run) does; not at all without a place within `patience`.
    pub(crate) fn run_on_store<T: Serialize>(
        &self,
        call: u32,
        patience: Duration,
        work: impl FnOnce() -> jumpqr::Result<T> + Send + 'static,
    ) -> Withdrawal {
        let place = self.run(call, patience, move |waited| {
            if waited >= patience {
                let message = "there was no thread for it in time";
                return Err(Error::new(OwnCode::Timeout, message));
            }
            to_value(&work()?)
        });
        Withdrawal::of(place)
    }

    /// Does `work` on a thread once there is a place, or when there was none within `patience`; tells the JavaScript thread
    /// how it ended. `work` learns how long it has waited.
    pub(crate) fn run(
        &self,
        call: u32,
        patience: Duration,
        work: impl FnOnce(Duration) -> jumpqr::Result<Value> + Send + 'static,
    ) -> AbortHandle {
        let channel = Arc::clone(&self.channel);
        let places = self.places.clone();
        let asked = Instant::now();
        let waiting = async move {
            // Without a place, `work` finds that its time is up, and says so.
            let place = timeout(patience, take(places)).await;
            let telling = Arc::clone(&channel);
            let started = caught(|| -> jumpqr::Result<()> {
                spawn_blocking(move || {
                    let result = Channel::as_call(call, || caught(|| work(asked.elapsed())));
                    drop(place);
                    channel.emit(&ending(call, result));
                });
                Ok(())
            });
            if let Err(error) = started {
                telling.emit(&ending(call, Err(error)));
            }
        };
        self.threads.spawn(waiting).abort_handle()
    }
}

/// A place of each, when there is one.
async fn take(places: Vec<Arc<Semaphore>>) -> Vec<OwnedSemaphorePermit> {
    let mut taken = Vec::with_capacity(places.len());
    for place in places {
        // None is ever closed.
        taken.extend(place.acquire_owned().await);
    }
    taken
}

/// The threads of the process. One, started with the first client, gives the others their work.
fn threads() -> jumpqr::Result<Handle> {
    static THREADS: OnceLock<Result<Handle, String>> = OnceLock::new();
    let started = THREADS.get_or_init(|| start().map_err(|error| error.to_string()));
    started
        .clone()
        .map_err(|error| Error::new(OwnCode::Internal, format!("no threads: {error}")))
}

fn start() -> std::io::Result<Handle> {
    let runtime = Builder::new_current_thread()
        .enable_time()
        // The places of the clients are the bound.
        .max_blocking_threads(usize::MAX)
        .thread_keep_alive(IDLE)
        .thread_name("jumpqr")
        .build()?;
    let handle = runtime.handle().clone();
    thread::Builder::new()
        .name("jumpqr".to_owned())
        .spawn(move || runtime.block_on(std::future::pending::<()>()))?;
    Ok(handle)
}
