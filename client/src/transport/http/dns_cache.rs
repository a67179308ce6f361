//! A cache of resolved names.

use std::time::{Duration, Instant};

use crate::mutex::Mutex;

/// How long an address is used: long enough to avoid a look-up for each call, and short enough to
/// find a host soon that has moved.
const LIFE: Duration = Duration::from_secs(30);

/// The most names in the cache; a client calls one or two.
const CAPACITY: usize = 64;

/// Keeps the addresses of names for a bounded time.
///
/// Resolving a name costs more than the rest of a call on a reused connection, because a deadline
/// takes a thread.
#[derive(Debug)]
pub(super) struct DnsCache<A> {
    entries: Mutex<Vec<Entry<A>>>,
}

#[derive(Debug)]
struct Entry<A> {
    scheme: String,
    authority: String,
    since: Instant,
    addresses: A,
}

impl<A: Clone> DnsCache<A> {
    /// Returns the addresses, if they were put not long before `now`. The scheme is part of the
    /// key, because it implies the port if the authority has none.
    pub(super) fn get(&self, scheme: &str, authority: &str, now: Instant) -> Option<A> {
        let entries = self.entries.lock();
        let entry = entries
            .iter()
            .find(|entry| entry.authority == authority && entry.scheme == scheme)?;
        (now.saturating_duration_since(entry.since) < LIFE).then(|| entry.addresses.clone())
    }

    /// Keeps the addresses from `now` on.
    pub(super) fn put(&self, scheme: &str, authority: &str, addresses: A, now: Instant) {
        let mut entries = self.entries.lock();
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

    /// Removes all entries: an address that refuses connections may be one that the host has left.
    pub(super) fn clear(&self) {
        self.entries.lock().clear();
    }
}

impl<A> Default for DnsCache<A> {
    fn default() -> Self {
        Self {
            entries: Mutex::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::{CAPACITY, DnsCache, LIFE};

    #[test]
    fn an_entry_is_used_until_its_life_ends() {
        let cache = DnsCache::default();
        let now = Instant::now();
        cache.put("https", "h", 1, now);
        assert_eq!(cache.get("https", "h", now + LIFE / 2), Some(1));
        assert_eq!(cache.get("https", "h:8443", now), None);
        assert_eq!(cache.get("http", "h", now), None);
        assert_eq!(cache.get("https", "h", now + LIFE), None);
    }

    #[test]
    fn clear_removes_all_entries() {
        let cache = DnsCache::default();
        let now = Instant::now();
        cache.put("https", "h", 1, now);
        cache.clear();
        assert_eq!(cache.get("https", "h", now), None);
    }

    #[test]
    fn the_cache_does_not_grow_without_bound() {
        let cache = DnsCache::default();
        let now = Instant::now();
        for host in 0..10 * CAPACITY {
            cache.put("https", &host.to_string(), host, now);
        }
        assert!(cache.entries.lock().len() <= CAPACITY);
    }
}
