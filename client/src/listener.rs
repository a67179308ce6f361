//! Who gets the events of calls, and when.
//!
//! An event comes on the thread of its call, when the call is done and before it returns. While a
//! call waits for a token, the events of the renewal are gathered: they come when the renewal is
//! over and its locks are released. So a listener may be slow, or call the client.

use std::cell::RefCell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use jumpqr_core::call::{CallEvent, TokenWait};

/// The target of the log. The crate logs there, at the level debug, what a call does besides
/// sending its request. The events of `tracing` have the same target.
pub(crate) const LOG_TARGET: &str = "jumpqr";

/// Somebody who wants the events of calls.
pub trait Listen: Send + Sync + 'static {
    /// Whether events are wanted now. It is asked at the start of each call.
    fn is_on(&self) -> bool {
        true
    }

    /// Takes the event of a call that is done.
    fn listen(&self, event: &CallEvent);
}

impl<F: Fn(&CallEvent) + Send + Sync + 'static> Listen for F {
    fn listen(&self, event: &CallEvent) {
        self(event);
    }
}

/// Gets the events of a client's calls.
#[derive(Clone, Default)]
pub(crate) struct CallListener(Option<Arc<dyn Listen>>);

impl CallListener {
    pub(crate) fn new(listener: impl Listen) -> Self {
        Self(Some(Arc::new(listener)))
    }

    /// Whether anybody wants events. If not, calls need not gather anything.
    pub(crate) fn is_on(&self) -> bool {
        #[cfg(feature = "tracing")]
        if tracing::is_on() {
            return true;
        }
        self.0.as_ref().is_some_and(|listener| listener.is_on())
    }

    /// Delivers an event, or gathers it if a call of this thread waits for a token.
    pub(crate) fn emit(&self, event: CallEvent) {
        let due = GATHERED.with_borrow_mut(|gathered| match gathered {
            None => Some(event),
            Some(gathered) => {
                gathered.events.push((self.clone(), event));
                None
            }
        });
        if let Some(event) = due {
            self.deliver(&event);
        }
    }

    /// Hands the event over. A panic ends here: the call has its result already.
    fn deliver(&self, event: &CallEvent) {
        #[cfg(feature = "tracing")]
        tracing::emit(event);
        if let Some(listener) = &self.0 {
            if catch_unwind(AssertUnwindSafe(|| listener.listen(event))).is_err() {
                log::error!(
                    "on_call has panicked at the event of {}; the call is not affected",
                    event.interface
                );
            }
        }
    }
}

impl fmt::Debug for CallListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CallListener").field(&self.is_on()).finish()
    }
}

thread_local! {
    /// What is gathered on this thread, if anything is.
    static GATHERED: RefCell<Option<Gathered>> = const { RefCell::new(None) };
}

/// Events that are not delivered yet, and what was measured meanwhile. Dropping it delivers the
/// events, on the thread that drops it.
#[derive(Debug, Default)]
#[must_use = "dropping it delivers the events"]
pub(crate) struct Gathered {
    events: Vec<(CallListener, CallEvent)>,
    pub(crate) wait: TokenWait,
}

impl Gathered {
    /// Delivers the events now.
    pub(crate) fn deliver(self) {
        drop(self);
    }

    /// Adds what this thread gathers to what another one has measured.
    pub(crate) fn absorb(self) {
        note_lock_wait(self.wait.lock);
        if self.wait.renewed {
            note_renewed();
        }
    }
}

impl Drop for Gathered {
    fn drop(&mut self) {
        for (listener, event) in self.events.drain(..) {
            listener.emit(event);
        }
    }
}

/// Gathers the events of `work`, instead of delivering them. If `work` panics, they are delivered.
pub(crate) fn gather<T>(work: impl FnOnce() -> T) -> (T, Gathered) {
    let gathering = Gathering {
        outer: GATHERED.replace(Some(Gathered::default())),
    };
    let result = work();
    (result, gathering.end())
}

/// Restores what was gathered before.
struct Gathering {
    outer: Option<Gathered>,
}

impl Gathering {
    fn end(mut self) -> Gathered {
        self.restore()
    }

    fn restore(&mut self) -> Gathered {
        GATHERED.replace(self.outer.take()).unwrap_or_default()
    }
}

impl Drop for Gathering {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.restore().deliver();
        }
    }
}

/// Notes that the call has waited for another thread or process that renews its token.
pub(crate) fn note_lock_wait(waited: Duration) {
    note(|wait| wait.lock = wait.lock.saturating_add(waited));
}

/// Notes that the token was renewed while the call waited for it.
pub(crate) fn note_renewed() {
    note(|wait| wait.renewed = true);
}

fn note(change: impl FnOnce(&mut TokenWait)) {
    GATHERED.with_borrow_mut(|gathered| {
        if let Some(gathered) = gathered {
            change(&mut gathered.wait);
        }
    });
}

#[cfg(feature = "tracing")]
mod tracing {
    //! Events for the crate `tracing`.

    use jumpqr_core::call::CallEvent;
    use tracing::Level;

    use super::LOG_TARGET;

    pub(super) fn is_on() -> bool {
        tracing::enabled!(target: LOG_TARGET, Level::DEBUG)
            || tracing::enabled!(target: LOG_TARGET, Level::WARN)
    }

    /// Emits an event at the level debug, or at the level warn if the call has failed.
    pub(super) fn emit(event: &CallEvent) {
        macro_rules! emit {
            ($level:expr, $message:literal) => {
                tracing::event!(
                    target: LOG_TARGET,
                    $level,
                    interface = &*event.interface,
                    appid = event.appid.as_deref(),
                    duration_ms = event.duration_ms,
                    thread_ms = event.thread_ms,
                    slot_ms = event.slot_ms,
                    token_ms = event.token_ms,
                    lock_ms = event.lock_ms,
                    retry_ms = event.retry_ms,
                    wechat_ms = event.wechat_ms,
                    token_renewed = event.token_renewed,
                    read_back = event.read_back,
                    status = event.status,
                    errcode = event.errcode,
                    code = event.code.map(|code| code.name()),
                    rid = event.rid.as_deref(),
                    outcome = event.outcome.map(|outcome| outcome.name()),
                    attempts = event.attempts.len(),
                    $message
                )
            };
        }
        if event.is_ok() {
            emit!(Level::DEBUG, "call done");
        } else {
            emit!(Level::WARN, "call failed");
        }
    }
}
