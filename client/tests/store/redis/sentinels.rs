//! The master that sentinels name: promotions during use, and sentinels that are away or wrong.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use jumpqr::error::OwnCode;
use jumpqr::store::{self, TokenStore};
use redis::Value;

use super::promotion::start_pair;
use super::server::{ADMIN, ESCAPED_PASSWORD, RedisServer, USER, wait_until};
use crate::{LONG, get, key, put};

/// The tolerance for a busy machine. A missed deadline would take far longer.
const TOLERANCE: Duration = Duration::from_secs(3);

/// The longest time of one access.
const TIMEOUT: Duration = Duration::from_secs(2);

/// The login at the sentinels, as the query of the setting has it.
const SENTINEL_LOGIN: &str = "sentinel_username=jumpqr&sentinel_password=P4SS%3Aw%40rd%2F%23%3F%25";

/// A master and a replica, in this order at first, and sentinels that watch them.
pub(crate) struct SentinelSet {
    servers: [RedisServer; 2],
    sentinels: Vec<RedisServer>,
}

impl SentinelSet {
    pub(crate) fn start(sentinels: usize) -> Self {
        let servers = start_pair();
        let quorum = sentinels / 2 + 1;
        let configuration = format!(
            "sentinel monitor mymaster 127.0.0.1 {} {quorum}\n\
             sentinel auth-pass mymaster {ADMIN}\n\
             sentinel down-after-milliseconds mymaster 1000\n\
             sentinel failover-timeout mymaster 4000",
            servers[0].port()
        );
        let sentinels: Vec<_> = (0..sentinels)
            .map(|_| RedisServer::start_sentinel(&configuration))
            .collect();
        let set = Self { servers, sentinels };
        for sentinel in &set.sentinels {
            let others = (set.sentinels.len() - 1).to_string();
            wait_until("the sentinels do not know each other", || {
                let master: Vec<String> = sentinel.admin("SENTINEL MASTER mymaster");
                let has =
                    |name: &str, value: &str| master.chunks(2).any(|pair| pair == [name, value]);
                has("num-slaves", "1") && has("num-other-sentinels", &others)
            });
        }
        set
    }

    pub(crate) fn setting(&self, query: &str) -> String {
        let hosts: Vec<_> = self.sentinels.iter().map(RedisServer::endpoint).collect();
        setting_of(&hosts, &format!("{SENTINEL_LOGIN}{query}"))
    }

    fn open(&self, query: &str) -> Arc<dyn TokenStore> {
        store::open(&self.setting(query)).unwrap()
    }

    /// Promotes the replica, and waits until it is the master.
    pub(crate) fn promote(&self) {
        wait_until("the sentinel starts no promotion", || {
            self.sentinels[0].try_command("SENTINEL FAILOVER mymaster")
        });
        let [former, promoted] = &self.servers;
        wait_until("the replica is not promoted", || {
            Self::is_master(promoted) && !Self::is_master(former)
        });
    }

    fn is_master(server: &RedisServer) -> bool {
        let role: Vec<Value> = server.admin("ROLE");
        role[0] == Value::BulkString("master".into())
    }
}

fn setting_of(hosts: &[String], query: &str) -> String {
    let hosts = hosts.join(",");
    format!("redis+sentinel://{USER}:{ESCAPED_PASSWORD}@{hosts}/mymaster?{query}")
}

/// Runs the access again and again, until it succeeds. Meanwhile it may fail, in time.
fn until_it_succeeds<T>(access: impl Fn() -> jumpqr::Result<T>) -> T {
    let begun = Instant::now();
    loop {
        let access_begun = Instant::now();
        let result = access();
        assert!(access_begun.elapsed() < TIMEOUT + TOLERANCE);
        match result {
            Ok(output) => return output,
            Err(error) => {
                assert_eq!(error.code(), OwnCode::StoreFailed, "{error}");
                assert!(error.is_retryable(), "{error}");
                assert!(begun.elapsed() < Duration::from_secs(60), "{error}");
                thread::sleep(Duration::from_millis(10));
            }
        }
    }
}

/// Saves a record under a new lease. Returns the fence; `None` if the lease is held, or was lost.
fn try_to_save(store: &dyn TokenStore, number: u64) -> jumpqr::Result<Option<u64>> {
    let Some(lease) = store.lock(&key(), Duration::from_millis(500), LONG)? else {
        return Ok(None);
    };
    let fence = lease.fence();
    let is_saved = store.save(&key(), number.to_string().as_bytes(), &lease, LONG)?;
    store.release(&key(), lease, LONG)?;
    Ok(is_saved.then_some(fence))
}

/// Saves a record under a new lease, as soon as that succeeds. Returns the fence.
fn save(store: &dyn TokenStore, number: u64) -> u64 {
    let begun = Instant::now();
    loop {
        if let Some(fence) = until_it_succeeds(|| try_to_save(store, number)) {
            return fence;
        }
        // The lease of an attempt whose answer was lost lasts until it expires.
        assert!(begun.elapsed() < Duration::from_secs(60));
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_promotion_during_use_loses_no_record_that_was_confirmed_and_no_fence_goes_back() {
    let set = SentinelSet::start(3);
    let store = set.open("&replicas=1");
    let (mut number, mut fence) = (0, 0);
    let mut write = |count: u32| {
        for _ in 0..count {
            number += 1;
            let granted = save(&*store, number);
            assert!(granted > fence, "{granted} after {fence}");
            fence = granted;
            let stored = until_it_succeeds(|| store.load(&key(), LONG));
            assert_eq!(stored.unwrap().bytes, number.to_string().as_bytes());
        }
    };
    write(5);
    wait_until("the sentinel starts no promotion", || {
        set.sentinels[0].try_command("SENTINEL FAILOVER mymaster")
    });
    let [former, promoted] = &set.servers;
    let begun = Instant::now();
    while !SentinelSet::is_master(promoted) || SentinelSet::is_master(former) {
        write(1);
        assert!(begun.elapsed() < Duration::from_secs(60));
    }
    write(5);
    let stored: String = promoted.admin("HGET jumpqr:{stable_token-wx1234567890abcdef} bytes");
    assert_eq!(stored, number.to_string());
}

#[test]
fn a_killed_master_is_replaced_and_its_lease_holds() {
    let mut set = SentinelSet::start(3);
    let store = set.open("&replicas=1");
    put(&*store, b"before");
    let lease = store.lock(&key(), LONG, LONG).unwrap().unwrap();
    set.servers[0].stop();
    let error = store.load(&key(), LONG).unwrap_err();
    assert!(
        error.message().contains(&set.servers[0].endpoint()),
        "{error}"
    );
    let unconfirmed = set.open("");
    let is_granted = until_it_succeeds(|| unconfirmed.lock(&key(), LONG, LONG));
    assert!(is_granted.is_none(), "the lease is lost");
    assert!(SentinelSet::is_master(&set.servers[1]));
    assert!(unconfirmed.save(&key(), b"after", &lease, LONG).unwrap());
    // The store that was open finds the master, too.
    assert_eq!(get(&*store).unwrap(), b"after");
}

#[test]
fn a_master_that_hangs_is_replaced_and_every_access_ends_in_time() {
    let set = SentinelSet::start(3);
    let store = set.open("");
    put(&*store, b"before");
    wait_until("the replica has nothing", || {
        set.servers[1].keys() == set.servers[0].keys()
    });
    // Longer than until the promotion.
    let _: () = set.servers[0].admin("CLIENT PAUSE 60000 ALL");
    let error = store.load(&key(), LONG).unwrap_err();
    assert!(error.message().contains("did not reply"), "{error}");
    save(&*store, 1);
    assert!(SentinelSet::is_master(&set.servers[1]));
    assert_eq!(
        until_it_succeeds(|| store.load(&key(), LONG))
            .unwrap()
            .bytes,
        b"1"
    );
}

#[test]
fn if_all_sentinels_are_away_the_known_master_is_used() {
    let mut set = SentinelSet::start(1);
    let store = set.open("");
    put(&*store, b"1");
    set.sentinels[0].stop();
    // Longer than an answer of a sentinel holds: the sentinel is asked, in vain.
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(6) {
        assert_eq!(get(&*store).unwrap(), b"1");
        thread::sleep(Duration::from_millis(100));
    }
    let error = set.open("").load(&key(), LONG).unwrap_err();
    assert_eq!(error.code(), OwnCode::StoreFailed);
    assert!(error.is_retryable());
    let message = error.message();
    assert!(
        message.contains("no sentinel names the master mymaster"),
        "{message}"
    );
    assert!(message.contains(&set.sentinels[0].endpoint()), "{message}");
    assert!(message.contains("nothing listens"), "{message}");
    assert!(set.sentinels[0].start_again());
    put(&*set.open(""), b"2");
    assert_eq!(get(&*store).unwrap(), b"2");
}

#[test]
fn a_wrong_name_or_login_is_reported_and_not_retried() {
    let set = SentinelSet::start(1);
    let right = set.setting("");
    for (setting, words) in [
        (
            right.replace("/mymaster", "/other"),
            "names the master other",
        ),
        (right.replace("/mymaster", "/other"), "sentinel monitor"),
        (
            right.replace("sentinel_password=", "sentinel_password=P4SS-WRONG"),
            "give sentinel_username and sentinel_password",
        ),
        (
            right.replace(SENTINEL_LOGIN, ""),
            "requires a password; give sentinel_password",
        ),
        (
            right.replace(&format!(":{ESCAPED_PASSWORD}@"), ":P4SS-WRONG@"),
            "refuses the user and password; give those of an existing user",
        ),
    ] {
        let store = store::open(&setting).unwrap();
        let error = store.load(&key(), LONG).unwrap_err();
        assert_eq!(error.code(), OwnCode::StoreFailed);
        assert!(!error.is_retryable(), "{error}");
        assert!(error.message().contains(words), "{words}: {error}");
        let printed = format!("{error:?} {error} {store:?} {}", store.name());
        assert!(!printed.contains("P4SS"), "{printed}");
    }
}

/// Starts something that says, like a sentinel, that this server is the master.
fn start_sentinel_that_names(server: &RedisServer) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = listener.local_addr().unwrap().to_string();
    let port = server.port().to_string();
    let answer = format!("*2\r\n$9\r\n127.0.0.1\r\n${}\r\n{port}\r\n", port.len());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let answer = answer.clone();
            thread::spawn(move || {
                let mut received = [0; 4096];
                while let Ok(1..) = stream.read(&mut received) {
                    if stream.write_all(answer.as_bytes()).is_err() {
                        return;
                    }
                }
            });
        }
    });
    endpoint
}

#[test]
fn a_replica_is_not_used_even_if_a_sentinel_names_it() {
    let [master, replica] = start_pair();
    put(&*master.open(), b"1");
    let late = start_sentinel_that_names(&replica);
    let store = store::open(&setting_of(std::slice::from_ref(&late), "")).unwrap();
    for error in [
        store.load(&key(), LONG).unwrap_err(),
        store.lock(&key(), LONG, LONG).unwrap_err(),
    ] {
        assert_eq!(error.code(), OwnCode::StoreFailed);
        assert!(error.is_retryable());
        assert!(
            error.message().contains("have not yet named another"),
            "{error}"
        );
    }
    let right = start_sentinel_that_names(&master);
    let store = store::open(&setting_of(&[late, right], "")).unwrap();
    for number in 0..3 {
        put(&*store, &[number]);
    }
}

#[test]
fn sentinels_that_hang_leave_time_for_the_next() {
    let silent = || {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = listener.local_addr().unwrap().to_string();
        (listener, endpoint)
    };
    let (first, second) = (silent(), silent());
    let master = RedisServer::start();
    let right = start_sentinel_that_names(&master);
    let hosts = [first.1.clone(), second.1.clone(), right];
    let store = store::open(&setting_of(&hosts, "")).unwrap();
    put(&*store, b"1");
    assert_eq!(get(&*store).unwrap(), b"1");
    let store = store::open(&setting_of(&hosts[..2], "")).unwrap();
    let timeout = Duration::from_millis(600);
    for timeout in [timeout, LONG] {
        let begun = Instant::now();
        let error = store.load(&key(), timeout).unwrap_err();
        assert!(begun.elapsed() < timeout.min(TIMEOUT) + TOLERANCE);
        assert!(error.message().contains("did not reply in time"), "{error}");
        assert!(error.is_retryable());
    }
}
