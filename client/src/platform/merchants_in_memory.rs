//! The merchants whose tokens and pace are in memory.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::drive::Driver;
use crate::tokens::StoredTokens;

/// What all clients of one merchant share.
#[derive(Clone)]
pub(super) struct Merchant {
    pub(super) driver: Arc<Driver>,
    pub(super) tokens: Arc<StoredTokens>,
    pub(super) last_used_at: Duration,
}

/// How long a merchant is kept in memory after the last use. The store keeps its tokens; the pacing
/// of its calls looks back a few seconds at most.
const LONGEST_IDLE: Duration = Duration::from_secs(10 * 60);

/// The pause between two sweeps. Each one looks at every merchant.
const BETWEEN_SWEEPS: Duration = Duration::from_secs(60);

/// The merchants in memory.
#[derive(Default)]
pub(super) struct MerchantsInMemory {
    pub(super) by_appid: HashMap<String, Merchant>,
    swept_at: Duration,
}

impl MerchantsInMemory {
    /// Drops the merchants that nobody has used for some time, except those with a refresh token
    /// that is not stored yet.
    pub(super) fn sweep(&mut self, now: Duration) {
        if now < self.swept_at.saturating_add(BETWEEN_SWEEPS) {
            return;
        }
        self.swept_at = now;
        self.by_appid.retain(|_, merchant| {
            let tokens = &merchant.tokens;
            // A client, or a renewal that goes on without one, has it, too.
            if Arc::strong_count(tokens) > 1 || tokens.has_unsaved() {
                merchant.last_used_at = now;
            }
            now < merchant.last_used_at.saturating_add(LONGEST_IDLE)
        });
        if self.by_appid.len() < self.by_appid.capacity() / 4 {
            self.by_appid.shrink_to_fit();
        }
    }
}
