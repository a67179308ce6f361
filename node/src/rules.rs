use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jumpqr::Error;
use jumpqr::error::OwnCode;
use napi::bindgen_prelude::External;
use napi_derive::napi;
use tokio::task::AbortHandle;

use crate::guard::guard;
use crate::pool::Pool;

/// All rules of an account, page by page.
#[napi]
pub struct Rules {
    pages: Arc<Mutex<jumpqr::Rules>>,
    /// Of each page.
    timeout: Duration,
    pool: Arc<Pool>,
}

impl Rules {
    pub(crate) fn new(rules: jumpqr::Rules, timeout: Duration, pool: Arc<Pool>) -> Self {
        Self {
            pages: Arc::new(Mutex::new(rules)),
            timeout,
            pool,
        }
    }
}

#[napi]
impl Rules {
    /// Begins to ask for the next page, as the call with this number; the answer is null after the last.
    #[napi]
    pub fn next_page(&self, call: u32) -> napi::Result<External<AbortHandle>> {
        guard(|| {
            let pages = Arc::clone(&self.pages);
            Ok(External::new(self.pool.run(
                call,
                self.timeout,
                move |waited| {
                    let mut pages = pages.lock().unwrap_or_else(PoisonError::into_inner);
                    pages.set_waited(waited);
                    let page = pages.next_page()?;
                    serde_json::to_value(page)
                        .map_err(|error| Error::new(OwnCode::Internal, error.to_string()))
                },
            )))
        })
    }
}
