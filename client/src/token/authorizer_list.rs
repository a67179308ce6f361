use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::error::Result;
use jumpqr_core::interface::{ApiGetAuthorizerList, AuthorizerList as Page, ComponentTokenField};

use crate::clock::Clock;

/// For how long what was listed is handed out: where many merchants have lost their refresh tokens, the list is not read for
/// each.
const KEPT: Duration = Duration::from_secs(60);

/// The most pages that are read for one merchant, of up to 500 merchants each.
const MOST_PAGES: usize = 200;

/// WeChat's list of a platform's merchants, with the refresh token of each.
pub(crate) struct AuthorizerList {
    first_page: ApiGetAuthorizerList,
    clock: Arc<dyn Clock>,
    /// What was read lately and not yet handed out, and when.
    listed: Mutex<HashMap<String, (Secret, Duration)>>,
}

impl AuthorizerList {
    pub(crate) fn new(
        component_appid: &str,
        field: ComponentTokenField,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            first_page: ApiGetAuthorizerList::first_page(component_appid, field),
            clock,
            listed: Mutex::default(),
        }
    }

    /// The merchant's refresh token, if it is another than this one; pages are read as they are needed.
    pub(super) fn find(
        &self,
        appid: &str,
        dead: &Secret,
        read: impl Fn(ApiGetAuthorizerList) -> Result<Page>,
    ) -> Result<Option<Secret>> {
        // Handed out once: it may have been used up by then.
        if let Some(listed) = self.take(appid).filter(|listed| listed != dead) {
            return Ok(Some(listed));
        }
        let mut page = Some(self.first_page.clone());
        let mut last_begin = None;
        for _ in 0..MOST_PAGES {
            let Some(call) = page else { break };
            let answer = read(call.clone())?;
            let begin = answer
                .list
                .first()
                .map(|listed| listed.authorizer_appid.clone());
            // A server that passes over nobody would be asked for ever.
            if begin.is_some() && begin == last_begin {
                break;
            }
            last_begin = begin;
            page = call.next_page(&answer);
            let found = answer
                .find(appid)
                .and_then(|listed| listed.refresh_token.clone());
            self.keep(answer, appid);
            if found.is_some() {
                return Ok(found.filter(|found| found != dead));
            }
        }
        Ok(None)
    }

    fn take(&self, appid: &str) -> Option<Secret> {
        let now = self.clock.now();
        let mut listed = self.listed.lock().unwrap_or_else(PoisonError::into_inner);
        listed.retain(|_, (_, read_at)| now < *read_at + KEPT);
        listed.remove(appid).map(|(token, _)| token)
    }

    /// Keeps the others' for when they ask.
    fn keep(&self, page: Page, except: &str) {
        let now = self.clock.now();
        let mut kept = self.listed.lock().unwrap_or_else(PoisonError::into_inner);
        for listed in page.list {
            if let Some(token) = listed
                .refresh_token
                .filter(|_| listed.authorizer_appid != except)
            {
                kept.insert(listed.authorizer_appid, (token, now));
            }
        }
    }
}
