//! How a caller ends its calls before they are done.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long a call waits at most before it asks again whether it is cancelled.
pub(crate) const BETWEEN_CHECKS: Duration = Duration::from_millis(50);

/// Cancels calls in progress: nothing more is sent for them, see
/// [`Client::with_cancel`](crate::Client::with_cancel).
///
/// Clones share one state. It may be used from any number of threads at once.
#[derive(Clone, Default)]
pub struct Cancel {
    cancelled: Arc<AtomicBool>,
    check: Option<Arc<dyn Fn() -> bool + Send + Sync>>,
}

impl Cancel {
    /// Returns a `Cancel` that also asks `check` whether the call is cancelled. With a check, a
    /// call can be cancelled while it waits for a response or a token, too.
    ///
    /// `check` runs on the thread of the call, while the client holds no lock. It is asked every 50
    /// ms while the call waits and, on Unix, when a signal interrupts a wait for a socket. A call
    /// that is answered sooner does not ask. After the first `true`, the call ends at once, and
    /// `check` is not asked again.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicBool, Ordering};
    ///
    /// use jumpqr::Cancel;
    ///
    /// // A signal handler sets this flag; it may do little else.
    /// let interrupted = Arc::new(AtomicBool::new(false));
    /// let cancel = Cancel::with_check({
    ///     let interrupted = Arc::clone(&interrupted);
    ///     move || interrupted.load(Ordering::Relaxed)
    /// });
    /// let client = jumpqr::Client::builder().access_token("TOKEN").build()?;
    /// let client = client.with_cancel(&cancel);
    /// # Ok::<(), jumpqr::Error>(())
    /// ```
    pub fn with_check(check: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self {
            cancelled: Arc::default(),
            check: Some(Arc::new(check)),
        }
    }

    /// Cancels the calls. This cannot be undone.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Returns whether the calls are cancelled, without asking the check.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Asks the check, if there is one, and returns whether the calls are cancelled. A
    /// [transport](crate::transport::Transport) that waits calls this after each
    /// [`check_interval`](Self::check_interval), and when a signal interrupts it.
    #[must_use]
    pub fn check(&self) -> bool {
        if !self.is_cancelled() && self.check.as_ref().is_some_and(|check| check()) {
            self.cancel();
        }
        self.is_cancelled()
    }

    /// Returns how long to wait before the next [`check`](Self::check); `None` without a check:
    /// then a wait need not be interrupted.
    #[must_use]
    pub fn check_interval(&self) -> Option<Duration> {
        self.check.as_ref().map(|_| BETWEEN_CHECKS)
    }
}

impl fmt::Debug for Cancel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cancel")
            .field("cancelled", &self.is_cancelled())
            .field("has_check", &self.check.is_some())
            .finish()
    }
}
