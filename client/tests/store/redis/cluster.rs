//! A cluster: keys on several nodes, a slot that moves, and nodes that fail.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jumpqr::error::OwnCode;
use jumpqr::store::{self, Key, TokenStore};

use super::server::{ADMIN, ESCAPED_PASSWORD, RedisServer, USER, wait_until};
use crate::{LONG, get, key, put};

const RECORD: &str = "jumpqr:{stable_token-wx1234567890abcdef}";

/// The slot of the record. The second node has it.
const SLOT: u16 = 4587;

/// Three masters with slots, and a replica of the second.
struct Cluster {
    masters: Vec<RedisServer>,
    replica: Option<RedisServer>,
}

fn start_node() -> RedisServer {
    RedisServer::start_with(&format!(
        "cluster-enabled yes\ncluster-node-timeout 1500\ncluster-replica-validity-factor 0\n\
         masterauth {ADMIN}\nrepl-diskless-sync-delay 0"
    ))
}

fn id(node: &RedisServer) -> String {
    node.admin("CLUSTER MYID")
}

fn wait_for_cluster(nodes: &[&RedisServer]) {
    let known = format!("cluster_known_nodes:{}\r\n", nodes.len());
    for node in nodes {
        wait_until("the cluster does not come up", || {
            let info: String = node.admin("CLUSTER INFO");
            info.contains("cluster_state:ok\r\n") && info.contains(&known)
        });
    }
}

impl Cluster {
    fn start() -> Self {
        let masters: Vec<_> = (0..3).map(|_| start_node()).collect();
        for (master, slots) in masters.iter().zip([0..4000, 4000..10923, 10923..16384]) {
            let slots: Vec<_> = slots.map(|slot: u16| slot.to_string()).collect();
            let _: () = master.admin(&format!("CLUSTER ADDSLOTS {}", slots.join(" ")));
        }
        // Nodes that meet with the same epoch would first have to settle that.
        for (epoch, master) in (1..).zip(&masters) {
            let _: () = master.admin(&format!("CLUSTER SET-CONFIG-EPOCH {epoch}"));
        }
        for other in &masters[1..] {
            let meet = format!("CLUSTER MEET 127.0.0.1 {}", other.port());
            let _: () = masters[0].admin(&meet);
        }
        let cluster = Self {
            masters,
            replica: None,
        };
        wait_for_cluster(&cluster.masters.iter().collect::<Vec<_>>());
        cluster
    }

    /// Adds a replica of the second node.
    fn add_replica(&mut self) {
        let replica = start_node();
        let meet = format!("CLUSTER MEET 127.0.0.1 {}", replica.port());
        let _: () = self.masters[0].admin(&meet);
        let mut nodes: Vec<_> = self.masters.iter().collect();
        nodes.push(&replica);
        wait_for_cluster(&nodes);
        let replicate = format!("CLUSTER REPLICATE {}", id(&self.masters[1]));
        wait_until("there is no replica", || replica.try_command(&replicate));
        replica.wait_for_info("master_link_status:up");
        // The others must know, because they vote for it.
        let line = format!("slave {}", id(&self.masters[1]));
        for master in &self.masters {
            wait_until("the replica is not known", || {
                master.admin::<String>("CLUSTER NODES").contains(&line)
            });
        }
        self.replica = Some(replica);
    }

    /// Returns a setting with this node alone.
    fn setting(&self, node: usize) -> String {
        let endpoint = self.masters[node].endpoint();
        format!("redis+cluster://{USER}:{ESCAPED_PASSWORD}@{endpoint}")
    }

    fn open(&self, node: usize) -> Arc<dyn TokenStore> {
        store::open(&self.setting(node)).unwrap()
    }
}

#[test]
fn every_key_is_on_its_node_and_any_node_leads_there() {
    let cluster = Cluster::start();
    for node in 0..3 {
        let store = cluster.open(node);
        for merchant in 0..20 {
            let key = Key::new("token", &format!("wx{merchant}"), &[]).unwrap();
            let lease = store.lock(&key, LONG, LONG).unwrap().unwrap();
            assert!(store.lock(&key, LONG, LONG).unwrap().is_none());
            let bytes = format!("{node} {merchant}");
            assert!(store.save(&key, bytes.as_bytes(), &lease, LONG).unwrap());
            store.release(&key, lease, LONG).unwrap();
            let stored = store.load(&key, LONG).unwrap().unwrap();
            assert_eq!(stored.bytes, bytes.as_bytes());
        }
    }
    let counts: Vec<_> = cluster
        .masters
        .iter()
        .map(|node| node.keys().len())
        .collect();
    assert_eq!(counts.iter().sum::<usize>(), 20);
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
}

/// Uses all methods, through a store that is open for long and through a new one.
fn use_stores(stores: &[Arc<dyn TokenStore>], cluster: &Cluster, number: u8) {
    let new: [Arc<dyn TokenStore>; 2] = [cluster.open(0), cluster.open(2)];
    for store in stores.iter().chain(&new) {
        let before = get(&**store);
        let lease = store.lock(&key(), LONG, LONG).unwrap().unwrap();
        assert!(store.lock(&key(), LONG, LONG).unwrap().is_none());
        assert_eq!(get(&**store), before);
        assert!(store.save(&key(), &[number], &lease, LONG).unwrap());
        store.release(&key(), lease, LONG).unwrap();
        assert_eq!(get(&**store).unwrap(), [number]);
    }
}

#[test]
fn a_slot_that_moves_is_used_all_the_while() {
    let cluster = Cluster::start();
    let stores: [Arc<dyn TokenStore>; 2] = [cluster.open(1), cluster.open(0)];
    assert_eq!(
        cluster.masters[1].admin::<u16>(&format!("CLUSTER KEYSLOT {RECORD}")),
        SLOT
    );
    let [first, source, target] = &cluster.masters[..] else {
        panic!("there are three");
    };
    let set_slot = |node: &RedisServer, rest: &str| {
        let _: () = node.admin(&format!("CLUSTER SETSLOT {SLOT} {rest}"));
    };
    let begin_move = |source: &RedisServer, target: &RedisServer| {
        set_slot(target, &format!("IMPORTING {}", id(source)));
        set_slot(source, &format!("MIGRATING {}", id(target)));
    };
    // A record that is on the former node stays there at first.
    use_stores(&stores, &cluster, 2);
    begin_move(source, target);
    use_stores(&stores, &cluster, 3);
    assert_eq!(source.keys(), [RECORD]);
    // It is moved while its lease is held.
    let lease = stores[0].lock(&key(), LONG, LONG).unwrap().unwrap();
    let port = target.port();
    let _: String = source.admin(&format!(
        "MIGRATE 127.0.0.1 {port} {RECORD} 0 5000 AUTH {ADMIN}"
    ));
    assert_eq!(target.keys(), [RECORD]);
    assert!(stores[1].lock(&key(), LONG, LONG).unwrap().is_none());
    // The scripts are not loaded there yet.
    let _: () = target.admin("SCRIPT FLUSH");
    assert!(stores[0].save(&key(), b"moved", &lease, LONG).unwrap());
    stores[0].release(&key(), lease, LONG).unwrap();
    use_stores(&stores, &cluster, 4);
    for node in [target, source, first] {
        set_slot(node, &format!("NODE {}", id(target)));
    }
    use_stores(&stores, &cluster, 5);
    assert_eq!(target.keys(), [RECORD]);
    // A record that does not exist begins on the new node.
    let _: u64 = target.admin(&format!("DEL {RECORD}"));
    begin_move(target, source);
    use_stores(&stores, &cluster, 6);
    assert_eq!(source.keys(), [RECORD]);
}

#[test]
fn a_replica_takes_over_the_slots_of_a_killed_node() {
    let mut cluster = Cluster::start();
    cluster.add_replica();
    let [open, confirmed] = ["", "?replicas=1"]
        .map(|query| store::open(&format!("{}{query}", cluster.setting(1))).unwrap());
    put(&*open, b"before");
    let lease = confirmed.lock(&key(), LONG, LONG).unwrap().unwrap();
    assert!(confirmed.save(&key(), b"saved", &lease, LONG).unwrap());
    cluster.masters[1].stop();
    let begun = Instant::now();
    let other = cluster.open(0);
    // The only node in the setting of this store is away. It knows the others.
    for store in [&open, &other] {
        let next = loop {
            let access = Instant::now();
            let result = store.lock(&key(), LONG, LONG);
            assert!(access.elapsed() < Duration::from_secs(5));
            match result {
                Ok(next) => break next,
                Err(error) => {
                    assert_eq!(error.code(), OwnCode::StoreFailed);
                    assert!(error.is_retryable(), "{error}");
                    assert!(begun.elapsed() < Duration::from_secs(60), "{error}");
                }
            }
        };
        assert!(next.is_none(), "the lease is lost");
        assert_eq!(get(&**store).unwrap(), b"saved");
    }
    assert!(open.save(&key(), b"later", &lease, LONG).unwrap());
    open.release(&key(), lease, LONG).unwrap();
    put(&*other, b"after");
    let replica = cluster.replica.as_ref().unwrap();
    assert_eq!(replica.keys(), [RECORD]);
}

#[test]
fn a_wrong_setting_is_reported_and_a_cluster_that_is_away_too() {
    let mut node = start_node();
    let single = RedisServer::start();
    let away = node.setting().replace("redis://", "redis+cluster://");
    let wrong = away.replace(&format!(":{ESCAPED_PASSWORD}@"), ":P4SS-WRONG@");
    let no_cluster = single.setting().replace("redis://", "redis+cluster://");
    let message = |setting: &str, is_retryable: bool| {
        let store = store::open(setting).unwrap();
        let error = store.load(&key(), LONG).unwrap_err();
        assert_eq!(error.code(), OwnCode::StoreFailed);
        assert_eq!(error.is_retryable(), is_retryable, "{error}");
        let printed = format!("{error:?} {error} {store:?} {}", store.name());
        assert!(!printed.contains("P4SS"), "{printed}");
        error.message().to_owned()
    };
    let said = message(&wrong, false);
    assert!(said.contains("refuses the user and password"), "{said}");
    let said = message(&no_cluster, false);
    assert!(said.contains("is not a node of a cluster"), "{said}");
    assert!(said.contains(&single.endpoint()), "{said}");
    // Nobody has its slots.
    let said = message(&away, true);
    assert!(said.contains("cluster that is down"), "{said}");
    node.stop();
    let said = message(&format!("{away},{}", single.endpoint()), true);
    assert!(said.contains("no node of the Redis cluster"), "{said}");
    assert!(said.contains("nothing listens"), "{said}");
    assert!(said.contains(&node.endpoint()), "{said}");
}

#[test]
fn a_node_that_hangs_is_reported_in_time() {
    let cluster = Cluster::start();
    let store = cluster.open(0);
    put(&*store, b"1");
    let _: () = cluster.masters[1].admin("CLIENT PAUSE 5000 ALL");
    for timeout in [Duration::from_millis(500), LONG] {
        let begun = Instant::now();
        let error = store.load(&key(), timeout).unwrap_err();
        assert!(error.message().contains("did not reply"), "{error}");
        assert!(begun.elapsed() < Duration::from_secs(5));
    }
    let begun = Instant::now();
    while store.load(&key(), LONG).is_err() {
        assert!(begun.elapsed() < Duration::from_secs(60));
    }
    assert_eq!(get(&*store).unwrap(), b"1");
}
