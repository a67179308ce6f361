//! Clients that share a store share their pace.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jumpqr::call::{FailureCause, SendFailure};
use jumpqr::error::{OwnCode, Result};
use jumpqr::store::{
    DirectoryStore, Key, Lease, MemoryStore, PaceReply, PaceRequest, PaceStore, StoredRecord,
    TokenStore,
};
use jumpqr::transport::MemoryTransport;
use jumpqr::{Client, Clock, Error};

use crate::fake::{Counter, ManualClock, STABLE_TOKEN, errcode, ok, token};

const SLOTS: usize = 5;
const WINDOW: Duration = Duration::from_millis(1100);

/// The times of all calls, which several clients make.
#[derive(Default)]
struct World {
    clock: Arc<ManualClock>,
    starts: Arc<Mutex<Vec<Duration>>>,
}

impl World {
    /// Makes a client of the one account. `answer` takes the number of its call.
    fn client(
        &self,
        store: &Arc<dyn TokenStore>,
        answer: impl Fn(usize) -> std::result::Result<jumpqr::response::Response, SendFailure>
        + Send
        + Sync
        + 'static,
    ) -> Client {
        let (clock, starts) = (self.clock.clone(), self.starts.clone());
        let calls = Counter::default();
        let transport = MemoryTransport::new(move |request| {
            if request.content.path() == STABLE_TOKEN {
                return Ok(token("T", 7200));
            }
            let answer = answer(calls.next());
            if answer.is_ok() {
                starts.lock().unwrap().push(clock.now());
            }
            answer
        });
        Client::builder()
            .app("wx1234567890abcdef", "APPSECRET")
            .token_store(store.clone())
            .transport(Arc::new(transport))
            .clock(self.clock.clone())
            .max_retries(0)
            .validate(false)
            .build()
            .unwrap()
    }

    fn memory_store(&self) -> Arc<dyn TokenStore> {
        Arc::new(MemoryStore::with_clock(self.clock.clone()))
    }

    fn starts(&self) -> Vec<u128> {
        let starts = self.starts.lock().unwrap();
        starts.iter().map(Duration::as_millis).collect()
    }
}

fn delete(client: &Client) -> Result<()> {
    client
        .delete_jump_qr_code("https://m.example.cn/a")
        .map(drop)
}

#[test]
fn clients_that_share_a_store_make_five_calls_in_a_second_together() {
    let folder = tempfile::tempdir().unwrap();
    for in_memory in [true, false] {
        let world = World::default();
        let store: Arc<dyn TokenStore> = if in_memory {
            world.memory_store()
        } else {
            let folder = folder.path().join("tokens");
            Arc::new(DirectoryStore::open_with_clock(folder, world.clock.clone()).unwrap())
        };
        let clients = [(); 3].map(|()| world.client(&store, |_| Ok(ok())));
        for client in clients.iter().cycle().take(12) {
            delete(client).unwrap();
        }
        let expected = [0, 0, 0, 0, 0, 1100, 1100, 1100, 1100, 1100, 2200, 2200];
        assert_eq!(world.starts(), expected);
    }
}

#[test]
fn a_client_whose_store_is_its_own_paces_alone_and_so_does_another_account() {
    let world = World::default();
    let store = world.memory_store();
    let client = world.client(&store, |_| Ok(ok()));
    for _ in 0..SLOTS {
        delete(&client).unwrap();
    }
    delete(&world.client(&world.memory_store(), |_| Ok(ok()))).unwrap();
    let platform = Client::builder()
        .token_store(store.clone())
        .transport(Arc::new(MemoryTransport::new(|_| Ok(ok()))))
        .clock(world.clock.clone())
        .build_platform("wxplatform00000000", "APPSECRET")
        .unwrap();
    // It has no token, and fails after it has had its slot.
    delete(&platform.merchant("wxfedcba0987654321").unwrap()).unwrap_err();
    assert_eq!(world.clock.now(), Duration::ZERO);
    delete(&world.client(&store, |_| Ok(ok()))).unwrap();
    assert_eq!(world.clock.now(), WINDOW);
}

#[test]
fn merchants_of_two_platforms_share_the_pace_of_the_account() {
    let world = World::default();
    let store = world.memory_store();
    for _ in 0..SLOTS {
        delete(&world.client(&store, |_| Ok(ok()))).unwrap();
    }
    let platform = Client::builder()
        .token_store(store)
        .transport(Arc::new(MemoryTransport::new(|_| Ok(ok()))))
        .clock(world.clock.clone())
        .validate(false)
        .build_platform("wxplatform00000000", "APPSECRET")
        .unwrap();
    delete(&platform.merchant("wx1234567890abcdef").unwrap()).unwrap_err();
    assert_eq!(world.clock.now(), WINDOW);
}

#[test]
fn a_slot_that_is_not_used_is_free_for_other_clients() {
    let world = World::default();
    let store = world.memory_store();
    let failing = world.client(&store, |_| {
        Err(SendFailure::before_sending(FailureCause::Tls, "staged"))
    });
    for _ in 0..4 * SLOTS {
        assert_eq!(delete(&failing).unwrap_err().code(), OwnCode::TlsFailed);
    }
    let client = world.client(&store, |_| Ok(ok()));
    for _ in 0..SLOTS {
        delete(&client).unwrap();
    }
    assert_eq!(world.starts(), [0; SLOTS]);
}

#[test]
fn if_wechat_refuses_a_call_for_its_pace_all_clients_wait() {
    let world = World::default();
    let store = world.memory_store();
    let refused = world.client(&store, |_| Ok(errcode(44990)));
    let client = world.client(&store, |_| Ok(ok()));
    delete(&client).unwrap();
    assert_eq!(delete(&refused).unwrap_err().errcode(), Some(44990));
    delete(&client).unwrap();
    delete(&client).unwrap();
    assert_eq!(world.starts(), [0, 0, 1100, 1100]);
}

#[test]
fn without_a_shared_store_the_other_calls_of_the_client_wait_too() {
    let world = World::default();
    let clock = world.clock.clone();
    let calls = Counter::default();
    let transport = MemoryTransport::new(move |_| {
        Ok(if calls.next() == 0 {
            errcode(44990)
        } else {
            ok()
        })
    });
    let client = Client::builder()
        .access_token("T")
        .transport(Arc::new(transport))
        .clock(clock.clone())
        .max_retries(0)
        .validate(false)
        .build()
        .unwrap();
    delete(&client).unwrap_err();
    delete(&client).unwrap();
    assert_eq!(clock.now(), WINDOW);
}

/// A store that answers late, or fails, when it is asked for the pace.
struct Lame {
    store: MemoryStore,
    clock: Arc<ManualClock>,
    /// How long each answer takes.
    answer_takes: Mutex<Duration>,
    questions: AtomicUsize,
}

impl fmt::Debug for Lame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lame")
    }
}

impl TokenStore for Lame {
    fn name(&self) -> String {
        "lame".to_owned()
    }

    fn pace_store(&self) -> Option<&dyn PaceStore> {
        Some(self)
    }

    fn load(&self, key: &Key, timeout: Duration) -> Result<Option<StoredRecord>> {
        self.store.load(key, timeout)
    }

    fn lock(&self, key: &Key, life: Duration, timeout: Duration) -> Result<Option<Lease>> {
        self.store.lock(key, life, timeout)
    }

    fn save(&self, key: &Key, bytes: &[u8], lease: &Lease, timeout: Duration) -> Result<bool> {
        self.store.save(key, bytes, lease, timeout)
    }

    fn release(&self, key: &Key, lease: Lease, timeout: Duration) -> Result<()> {
        self.store.release(key, lease, timeout)
    }
}

impl PaceStore for Lame {
    fn pace(
        &self,
        account: &Key,
        path: &str,
        request: PaceRequest,
        timeout: Duration,
    ) -> Result<PaceReply> {
        self.questions.fetch_add(1, Ordering::SeqCst);
        let takes = *self.answer_takes.lock().unwrap();
        self.clock.advance(takes.min(timeout));
        if takes > timeout {
            return Err(Error::new(OwnCode::StoreFailed, "it hangs"));
        }
        self.store.pace(account, path, request, timeout)
    }
}

#[test]
fn while_the_store_is_slow_the_client_paces_alone_and_asks_once_a_second() {
    let world = World::default();
    let store = Arc::new(Lame {
        store: MemoryStore::with_clock(world.clock.clone()),
        clock: world.clock.clone(),
        answer_takes: Mutex::new(Duration::from_secs(2)),
        questions: AtomicUsize::new(0),
    });
    let shared: Arc<dyn TokenStore> = store.clone();
    let client = world.client(&shared, |_| Ok(ok()));
    for _ in 0..3 * SLOTS {
        delete(&client).unwrap();
    }
    let starts = world.starts();
    for window in starts.windows(SLOTS + 1) {
        assert!(window[SLOTS] - window[0] > 1000, "{starts:?}");
    }
    // Each question takes 50 ms, and delays no other call.
    assert_eq!(store.questions.load(Ordering::SeqCst), 3);
    assert!(world.clock.now() < 3 * WINDOW, "{:?}", world.clock.now());

    // When it answers again, the pace is shared again.
    *store.answer_takes.lock().unwrap() = Duration::ZERO;
    world.clock.advance(Duration::from_secs(10));
    let begun = world.clock.now();
    let other = world.client(&shared, |_| Ok(ok()));
    for client in [&client, &other].into_iter().cycle().take(SLOTS + 1) {
        delete(client).unwrap();
    }
    assert_eq!(world.clock.now(), begun + WINDOW);
}
