//! What holds when a replica is promoted, and what `replicas` adds to that. The test promotes the
//! replica by hand, at the worst moment.

use std::time::Duration;

use jumpqr::error::OwnCode;
use jumpqr::store::{self, TokenStore};

use super::server::{ADMIN, RedisServer};
use crate::{LONG, get, key, put};

/// Starts a master and its replica.
pub(super) fn start_pair() -> [RedisServer; 2] {
    let common = format!("masterauth {ADMIN}\nrepl-diskless-sync-delay 0");
    let master = RedisServer::start_with(&common);
    let port = master.port();
    let replica = RedisServer::start_with(&format!("{common}\nreplicaof 127.0.0.1 {port}"));
    replica.wait_for_info("master_link_status:up");
    // The master counts the replica only from its first acknowledgement on.
    let _: u64 = master.admin("WAIT 1 0");
    [master, replica]
}

fn promote(replica: &RedisServer) {
    let _: () = replica.admin("REPLICAOF NO ONE");
}

/// Makes the server a replica of another, and waits until it has the other's data.
fn demote(former: &RedisServer, master: &RedisServer) {
    let _: () = former.admin(&format!("REPLICAOF 127.0.0.1 {}", master.port()));
    former.wait_for_info("master_link_status:up");
}

fn open_confirmed(server: &RedisServer) -> std::sync::Arc<dyn TokenStore> {
    store::open(&format!("{}?replicas=1", server.setting())).unwrap()
}

#[test]
fn a_lease_and_a_record_that_a_replica_has_received_survive_its_promotion() {
    let [master, replica] = start_pair();
    let store = open_confirmed(&master);
    put(&*store, b"before");
    let lease = store.lock(&key(), LONG, LONG).unwrap().unwrap();
    assert!(store.save(&key(), b"saved", &lease, LONG).unwrap());
    promote(&replica);
    let promoted = replica.open();
    assert_eq!(get(&*promoted).unwrap(), b"saved");
    assert!(promoted.lock(&key(), LONG, LONG).unwrap().is_none());
    assert!(promoted.save(&key(), b"later", &lease, LONG).unwrap());
    promoted.release(&key(), lease, LONG).unwrap();
    assert!(promoted.lock(&key(), LONG, LONG).unwrap().is_some());
}

#[test]
fn a_holder_whose_lease_was_lost_in_a_promotion_writes_nothing() {
    let [master, replica] = start_pair();
    put(&*master.open(), b"before");
    let _: u64 = master.admin("WAIT 1 0");
    promote(&replica);
    // Only the former master knows of this lease, and of what is saved under it.
    let lost = master.open().lock(&key(), LONG, LONG).unwrap().unwrap();
    assert!(master.open().save(&key(), b"lost", &lost, LONG).unwrap());
    let promoted = replica.open();
    assert!(!promoted.save(&key(), b"late", &lost, LONG).unwrap());
    let next = promoted.lock(&key(), LONG, LONG).unwrap().unwrap();
    assert!(next.fence() > lost.fence());
    demote(&master, &replica);
    assert!(!promoted.save(&key(), b"late", &lost, LONG).unwrap());
    promoted.release(&key(), lost, LONG).unwrap();
    assert!(promoted.save(&key(), b"next", &next, LONG).unwrap());
    assert_eq!(get(&*promoted).unwrap(), b"next");
}

#[test]
fn without_the_replicas_of_the_setting_no_lease_is_granted_and_no_record_counts_as_saved() {
    let [master, replica] = start_pair();
    let store = open_confirmed(&master);
    let lease = store.lock(&key(), LONG, LONG).unwrap().unwrap();
    promote(&replica);
    let timeout = Duration::from_millis(600);
    let save = store.save(&key(), b"1", &lease, timeout).unwrap_err();
    store.release(&key(), lease, LONG).unwrap();
    let lock = store.lock(&key(), LONG, timeout).unwrap_err();
    for error in [save, lock] {
        assert_eq!(error.code(), OwnCode::StoreFailed);
        assert!(error.is_retryable());
        let message = error.message();
        assert!(message.contains("0 of its replicas"), "{message}");
        assert!(message.contains(&master.endpoint()), "{message}");
    }
    // The lease that was not confirmed is released.
    assert!(master.open().lock(&key(), LONG, LONG).unwrap().is_some());
}
