//! Places for calls: those of libuv's threads are four, and `fs` and `dns` wait for them.

use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use jumpqr::Error;
use jumpqr::error::OwnCode;
use serde::Serialize;
use tokio::runtime::{Builder, Handle};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::cancel::Cancel;
use crate::events::{Channel, Ending};
use crate::guard::{caught, to_value};
use crate::threads;

/// The most calls of one client that are on their way at once; more wait for a place.
const MOST_AT_ONCE: usize = 64;

/// The same for all merchants of a platform together: some who are busy leave room for the others.
const MOST_OF_MERCHANTS: usize = 256;

/// A client's places for calls. All clients of the process share the threads, which are started as calls need them.
pub(crate) struct Pool {
    /// A call takes one place of each, in this order.
    places: Vec<Arc<Semaphore>>,
    channel: Arc<Channel>,
}

impl Pool {
    pub(crate) fn new(channel: Arc<Channel>) -> Self {
        Self {
            places: vec![Arc::new(Semaphore::new(MOST_AT_ONCE))],
            channel,
        }
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
            channel: Arc::clone(&self.channel),
        }
    }

    /// Does `work` on a thread once there is a place, or when there was none within
    /// `queue_timeout`; tells the JavaScript thread how it ended. `work` learns how long it has
    /// waited, and fails if that was too long. It learns, too, what cancels it: `cancel`, or
    /// the end of the JavaScript thread.
    pub(crate) fn run<T: Serialize>(
        &self,
        call: u32,
        queue_timeout: Duration,
        cancel: Option<&Cancel>,
        work: impl FnOnce(Duration, &jumpqr::Cancel) -> jumpqr::Result<T> + Send + 'static,
    ) -> jumpqr::Result<()> {
        let asked = Instant::now();
        let channel = Arc::clone(&self.channel);
        let call_cancel = cancel.map_or(channel.cancel(), Cancel::of_call);
        let call_cancel = call_cancel.clone();
        let cancellable = cancel.map(|_| channel.cancellable(call, &call_cancel));
        let work = move |places: Vec<OwnedSemaphorePermit>| {
            let work = || to_value(&work(asked.elapsed(), &call_cancel)?);
            let result = Channel::as_call(call, || caught(work));
            drop(cancellable);
            drop(places);
            Ending::new(channel, call, result)
        };
        if let Some(places) = self.free() {
            return threads::run(move || work(places)).map_err(|error| no_threads(&error));
        }
        let places = self.places.clone();
        let channel = Arc::clone(&self.channel);
        let waiting = async move {
            // Without a place, `work` finds that it has waited too long, and says so.
            let places = timeout(queue_timeout, take(places))
                .await
                .unwrap_or_default();
            if let Err(error) = threads::run(move || work(places)) {
                Ending::new(channel, call, Err(no_threads(&error))).tell();
            }
        };
        let waiting = waiting_room()?.spawn(waiting);
        if let Some(cancel) = cancel {
            cancel.set_waiting(waiting.abort_handle());
        }
        Ok(())
    }

    /// A place of each, where there is one at once.
    fn free(&self) -> Option<Vec<OwnedSemaphorePermit>> {
        let places = self.places.iter();
        places
            .map(|places| Arc::clone(places).try_acquire_owned().ok())
            .collect()
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

/// Where calls of the process wait for places: a thread, started for the first of them.
fn waiting_room() -> jumpqr::Result<Handle> {
    static WAITING_ROOM: OnceLock<Result<Handle, String>> = OnceLock::new();
    let started = WAITING_ROOM.get_or_init(|| start().map_err(|error| error.to_string()));
    started.clone().map_err(|error| no_threads(&error))
}

fn start() -> std::io::Result<Handle> {
    let runtime = Builder::new_current_thread().enable_time().build()?;
    let handle = runtime.handle().clone();
    thread::Builder::new()
        .name("jumpqr".to_owned())
        .spawn(move || runtime.block_on(std::future::pending::<()>()))?;
    Ok(handle)
}

fn no_threads(error: &dyn std::fmt::Display) -> Error {
    Error::new(OwnCode::Internal, format!("no threads: {error}"))
}
