use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long an answer of the name servers is used: long enough to spare a look-up a call, short enough that a host that
/// moves is found again soon.
const LIFE: Duration = Duration::from_secs(30);

/// The most names that are remembered; a client calls one or two.
const CAPACITY: usize = 64;

/// Remembers what names were resolved to, for a bounded time.
///
/// Resolving on every call costs more than all the rest of a call on a kept connection: with a deadline it takes a thread.
pub(super) struct DnsCache<A> {
    entries: Mutex<Vec<Entry<A>>>,
}

struct Entry<A> {
    scheme: String,
    authority: String,
    since: Instant,
    addresses: A,
}

impl<A: Clone> DnsCache<A> {
    /// What this was resolved to, if that was not long before `now`. The scheme tells the port where none is written.
    pub(super) fn get(&self, scheme: &str, authority: &str, now: Instant) -> Option<A> {
        let entries = self.entries();
        let entry = entries
            .iter()
            .find(|entry| entry.authority == authority && entry.scheme == scheme)?;
        (now.saturating_duration_since(entry.since) < LIFE).then(|| entry.addresses.clone())
    }

    pub(super) fn put(&self, scheme: &str, authority: &str, addresses: A, now: Instant) {
        let mut entries = self.entries();
        entries.retain(|entry| entry.authority != authority || entry.scheme != scheme);
        if entries.len() >= CAPACITY {
            entries.clear();
        }
        entries.push(Entry {
            scheme: scheme.to_owned(),
            authority: authority.to_owned(),
            since: now,
            addresses,
        });
    }

    /// Forgets everything: an address that refuses connections may be one that the host has left.
    pub(super) fn clear(&self) {
        self.entries().clear();
    }

    fn entries(&self) -> MutexGuard<'_, Vec<Entry<A>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<A> Default for DnsCache<A> {
    fn default() -> Self {
        Self {
            entries: Mutex::default(),
        }
    }
}

impl<A> fmt::Debug for DnsCache<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DnsCache").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::{CAPACITY, DnsCache, LIFE};

    #[test]
    fn an_answer_is_used_for_its_life_and_no_longer() {
        let cache = DnsCache::default();
        let now = Instant::now();
        cache.put("https", "h", 1, now);
        assert_eq!(cache.get("https", "h", now + LIFE / 2), Some(1));
        assert_eq!(cache.get("https", "h:8443", now), None);
        assert_eq!(cache.get("http", "h", now), None);
        assert_eq!(cache.get("https", "h", now + LIFE), None);
    }

    #[test]
    fn a_failure_to_connect_forgets_it() {
        let cache = DnsCache::default();
        let now = Instant::now();
        cache.put("https", "h", 1, now);
        cache.clear();
        assert_eq!(cache.get("https", "h", now), None);
    }

    #[test]
    fn it_does_not_grow_without_bound() {
        let cache = DnsCache::default();
        let now = Instant::now();
        for host in 0..10 * CAPACITY {
            cache.put("https", &host.to_string(), host, now);
        }
        assert!(cache.entries().len() <= CAPACITY);
    }
}
