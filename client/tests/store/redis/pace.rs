//! The pace in Redis: the script decides as `SharedPace` does, and the queues expire.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jumpqr::interface::GetJumpQRCode;
use jumpqr::response::Response;
use jumpqr::store::{PaceReply, PaceRequest, SharedPace, TokenStore};
use jumpqr::transport::MemoryTransport;
use jumpqr::{Client, ClientBuilder};

use super::server::RedisServer;
use crate::{LONG, key};

/// The script of the store, by a clock that comes with the last argument.
const SCRIPT: &str = include_str!("../../../src/store/redis/pace.lua");

const PATH: &str = "/cgi-bin/wxopen/qrcodejumpget";
const QUEUE: &str = "jumpqr:{stable_token-wx1234567890abcdef}:/cgi-bin/wxopen/qrcodejumpget";

/// Runs the script at this time.
fn run_script(
    connection: &mut redis::Connection,
    script: &redis::Script,
    request: PaceRequest,
    now: u64,
) -> PaceReply {
    let (action, ticket, number) = match request {
        PaceRequest::Reserve {
            ticket,
            longest_wait,
        } => ("reserve", ticket, longest_wait.as_millis().to_string()),
        PaceRequest::GiveBack { ticket, start_ms } => {
            ("give_back", ticket, start_ms.unwrap_or(0).to_string())
        }
        PaceRequest::Hold => ("hold", 0, "0".to_owned()),
    };
    let (code, value): (u8, u64) = script
        .key(QUEUE)
        .arg(&[action, &ticket.to_string(), &number])
        .arg(&[5, 1100, 500, 500])
        .arg(&[(now / 1000).to_string(), (now % 1000 * 1000).to_string()])
        .invoke(connection)
        .unwrap();
    match code {
        0 => PaceReply::Slot { start_ms: value },
        1 => PaceReply::Wait(Duration::from_millis(value)),
        2 => PaceReply::TooLate,
        _ => PaceReply::Done,
    }
}

#[test]
fn the_script_decides_as_the_core_does() {
    let server = RedisServer::start();
    let by_argument = SCRIPT.replace("redis.call('TIME')", "{ARGV[8], ARGV[9]}");
    assert_ne!(by_argument, SCRIPT);
    let script = redis::Script::new(&by_argument);
    let mut connection = server.connect();
    for seed in 0..60 {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut now: u64 = 1_800_000_000_000 + seed * 3_600_000;
        let mut pace = SharedPace::default();
        let mut slots = Vec::new();
        let mut history = Vec::new();
        let tickets = random.u64(1..40);
        for _ in 0..150 {
            match random.u8(..) {
                0..120 => {}
                120..230 => now += random.u64(0..120),
                230..252 => now += random.u64(0..2500),
                // The clock is set back.
                252.. => now -= random.u64(0..5000),
            }
            let request = match random.u8(0..20) {
                0 => PaceRequest::Hold,
                1..4 => {
                    let given = slots.pop();
                    let (ticket, start_ms) = given
                        .map_or((random.u64(0..tickets), None), |(ticket, start)| {
                            (ticket, Some(start))
                        });
                    PaceRequest::GiveBack { ticket, start_ms }
                }
                _ => PaceRequest::Reserve {
                    // A ticket may have 64 bits, which no number of Lua has.
                    ticket: u64::MAX - random.u64(0..tickets),
                    longest_wait: Duration::from_micros(random.u64(0..20_000_000)),
                },
            };
            let expected = pace.handle(PATH, request, Duration::from_millis(now));
            if let (PaceReply::Slot { start_ms }, PaceRequest::Reserve { ticket, .. }) =
                (expected, request)
            {
                slots.push((ticket, start_ms));
            }
            history.push((now, request, expected));
            let reply = run_script(&mut connection, &script, request, now);
            assert_eq!(reply, expected, "seed {seed}: {history:#?}");
        }
        let _: u64 = server.admin(&format!("DEL {QUEUE}"));
    }
}

#[test]
fn a_queue_expires_and_survives_rubbish() {
    let server = RedisServer::start();
    let store = server.open();
    let pace = store.pace_store().unwrap();
    let reserve = || {
        let request = PaceRequest::Reserve {
            ticket: 1,
            longest_wait: LONG,
        };
        pace.pace(&key(), PATH, request, LONG)
    };
    assert!(matches!(reserve().unwrap(), PaceReply::Slot { .. }));
    let rest: i64 = server.admin(&format!("PTTL {QUEUE}"));
    assert!(rest <= 1100, "{rest}");
    let _: () = server.admin(&format!("SET {QUEUE} rubbish-p:s-x9:n"));
    assert!(matches!(reserve().unwrap(), PaceReply::Slot { .. }));
    let _: () = server.admin(&format!("DEL {QUEUE}"));
    let _: u64 = server.admin(&format!("HSET {QUEUE} a b"));
    reserve().unwrap_err();
}

fn settings(store: &Arc<dyn TokenStore>) -> ClientBuilder {
    Client::builder()
        .app("wx1234567890abcdef", "APPSECRET")
        .token_store(Arc::clone(store))
        .max_retries(0)
}

/// Builds a client whose calls all get this answer.
fn client(store: &Arc<dyn TokenStore>, answer: &'static str) -> Client {
    let transport = MemoryTransport::new(move |request| {
        Ok(Response::ok(
            if request.content.path() == "/cgi-bin/stable_token" {
                r#"{"access_token":"ACCESS-TOKEN","expires_in":7200}"#
            } else {
                answer
            },
        ))
    });
    let builder = settings(store).transport(Arc::new(transport));
    builder.build().unwrap()
}

const LISTED: &str = r#"{"errcode":0,"errmsg":"ok","rule_list":[]}"#;

fn call(client: &Client) -> jumpqr::Result<()> {
    let call = GetJumpQRCode::OrdinaryLink;
    client.get_jump_qr_code(call).map(drop)
}

#[test]
fn a_refusal_holds_the_calls_of_another_client() {
    let server = RedisServer::start();
    let store = server.open();
    let refused = client(&store, r#"{"errcode":44990,"errmsg":"too fast"}"#);
    let other = client(&server.open(), LISTED);
    call(&other).unwrap();
    assert_eq!(call(&refused).unwrap_err().errcode(), Some(44990));
    let begun = Instant::now();
    call(&other).unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(1));
}

#[test]
fn while_redis_hangs_calls_go_on_and_later_they_share_their_pace_again() {
    let server = RedisServer::start();
    let store = server.open();
    let client = client(&store, LISTED);
    call(&client).unwrap();
    let _: () = server.admin("CLIENT PAUSE 4000 ALL");
    let begun = Instant::now();
    for _ in 0..8 {
        call(&client).unwrap();
    }
    // Each could have waited for 2 s, as long as an access to Redis may take.
    let took = begun.elapsed();
    println!("8 calls in {took:?} while Redis hangs");
    assert!(took < Duration::from_millis(3900), "{took:?}");
    let queue = "jumpqr:{pace-wx1234567890abcdef}:/cgi-bin/wxopen/qrcodejumpget";
    while !server.keys().contains(&queue.to_owned()) {
        assert!(begun.elapsed() < Duration::from_secs(60));
        call(&client).unwrap();
    }
}
