use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use napi_derive::napi;

use crate::cancel::Cancel;
use crate::guard::guard;
use crate::pool::Pool;

/// All rules of an account, page by page.
#[napi]
pub struct Rules {
    pages: Arc<Mutex<jumpqr::Rules>>,
    /// Of each page.
    queue_timeout: Duration,
    pool: Arc<Pool>,
}

impl Rules {
    pub(crate) fn new(rules: jumpqr::Rules, queue_timeout: Duration, pool: Arc<Pool>) -> Self {
        Self {
            pages: Arc::new(Mutex::new(rules)),
            queue_timeout,
            pool,
        }
    }
}

#[napi]
impl Rules {
    /// Begins to ask for the next page, as the call with this number; the answer is null after the last.
    #[napi]
    pub fn next_page(&self, call: u32, cancel: Option<&Cancel>) -> napi::Result<()> {
        guard(|| {
            let pages = Arc::clone(&self.pages);
            let work = move |waited, cancel: &jumpqr::Cancel| {
                let mut pages = pages.lock().unwrap_or_else(PoisonError::into_inner);
                pages.with_waited(waited).with_cancel(cancel).next_page()
            };
            self.pool.run(call, self.queue_timeout, cancel, work)
        })
    }
}
