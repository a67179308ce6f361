use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long a call waits at most before it looks again whether its caller still waits for it.
pub(crate) const BETWEEN_CHECKS: Duration = Duration::from_millis(50);

/// What a call says that ends for this.
pub(crate) const CALLER_CANCELLED: &str = "the caller has cancelled the call";

/// Says to calls in progress that their caller has given up: nothing more is sent for them, see
/// [`Client::with_cancel`](crate::Client::with_cancel). Clones are one and the same.
#[derive(Clone, Default)]
pub struct Cancel {
    cancelled: Arc<AtomicBool>,
    check: Option<Arc<dyn Fn() -> bool + Send + Sync>>,
}

impl Cancel {
    /// One that also asks `check` whether the caller has cancelled the call, so that a wait need not be sat out.
    ///
    /// It is asked on the thread that makes the call, without any lock of the client's: while the call waits, every 50 ms and,
    /// on Unix, as soon as a signal interrupts a wait for a socket; not by a call that is answered before. Once it has said
    /// `true`, the call ends at once, and it is not asked again.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicBool, Ordering};
    ///
    /// use jumpqr::Cancel;
    ///
    /// // A handler of signals, which may do no more than this, sets it.
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

    /// Gives up; there is no way back.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether the caller is known to have given up; a check is not asked.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Whether the caller has cancelled the call, by what the check says now. A [transport](crate::transport::Transport) that waits asks
    /// after each [`check_interval`](Self::check_interval), and whenever a signal interrupts it.
    #[must_use]
    pub fn check(&self) -> bool {
        if !self.is_cancelled() && self.check.as_ref().is_some_and(|check| check()) {
            self.cancel();
        }
        self.is_cancelled()
    }

    /// How long to wait before asking again; `None` where there is no check, and so nothing to ask.
    #[must_use]
    pub fn check_interval(&self) -> Option<Duration> {
        self.check.as_ref().map(|_| BETWEEN_CHECKS)
    }
}

impl fmt::Debug for Cancel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cancel")
            .field("cancelled", &self.is_cancelled())
            .field("checked", &self.check.is_some())
            .finish()
    }
}
