//! Processes that share one account through a store, at a WeChat that kills a token as soon as it issues the next.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jumpqr::answer::Reply;
use jumpqr::store::TokenStore;
use jumpqr::transport::MemoryTransport;
use jumpqr::{Client, Secret};

use crate::place::Place;
use crate::process::Other;

const PROCESSES: u64 = 4;
const THREADS: u64 = 8;

/// How long each process makes calls.
const SHIFT: Duration = Duration::from_secs(4);

/// How long a token of 2 s is used before it is renewed.
const RENEWED_AFTER: Duration = Duration::from_secs(1);

/// A WeChat in a file, for all processes: it holds a byte for each token that was issued, and the last token lives.
fn wechat(issued: &Path) -> MemoryTransport {
    let issued = issued.to_owned();
    MemoryTransport::new(move |request| {
        let last = |tokens: u64| format!("T{tokens}");
        let tokens = || fs::metadata(&issued).map_or(0, |file| file.len());
        let body = if request.path() == "/cgi-bin/stable_token" {
            let mut file = OpenOptions::new().create(true).append(true).open(&issued);
            file.as_mut().unwrap().write_all(b".").unwrap();
            let token = last(tokens());
            format!(r#"{{"access_token":"{token}","expires_in":2}}"#)
        } else if request.access_token().map(Secret::expose) == Some(&last(tokens())) {
            r#"{"errcode":0,"errmsg":"ok"}"#.to_owned()
        } else {
            r#"{"errcode":40001,"errmsg":"invalid credential"}"#.to_owned()
        };
        Ok(Reply::ok(body))
    })
}

/// Makes calls from many threads, and tells how many there were, and how many failed.
pub(crate) fn work(store: Arc<dyn TokenStore>, issued: &Path, tell: impl Fn(u64)) {
    let client = Client::builder()
        .app("wx1234567890abcdef", "APPSECRET")
        .token_store(store)
        .transport(Arc::new(wechat(issued)))
        .pacing(false)
        .build()
        .unwrap();
    let (calls, failures) = (AtomicU64::new(0), AtomicU64::new(0));
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while begun.elapsed() < SHIFT {
                    calls.fetch_add(1, Ordering::SeqCst);
                    if client
                        .delete_jump_qr_code("https://m.example.cn/table/")
                        .is_err()
                    {
                        failures.fetch_add(1, Ordering::SeqCst);
                    }
                    std::thread::sleep(Duration::from_millis(5));
                }
            });
        }
    });
    tell(calls.into_inner());
    tell(failures.into_inner());
}

fn one_token_a_life_and_no_call_fails(place: &Place) -> String {
    let begun = Instant::now();
    let mut others: Vec<_> = (0..PROCESSES)
        .map(|_| Other::start("work", place))
        .collect();
    let told: Vec<_> = others
        .iter_mut()
        .map(|other| (other.says().unwrap(), other.says().unwrap()))
        .collect();
    let lives = u64::try_from(begun.elapsed().as_millis() / RENEWED_AFTER.as_millis()).unwrap();

    let requests = fs::metadata(place.shared_file()).unwrap().len();
    let calls: u64 = told.iter().map(|(calls, _)| calls).sum();
    let failures: u64 = told.iter().map(|(_, failures)| failures).sum();
    assert!(calls > PROCESSES * THREADS * 10);
    assert_eq!(failures, 0);
    assert!(requests > 1 && requests <= lives + 1, "{requests} requests");
    format!("{calls} calls, {failures} failed; {requests} token requests in {lives} lives")
}

#[test]
fn processes_fetch_one_token_a_life_and_no_call_fails() {
    println!(
        "{}",
        one_token_a_life_and_no_call_fails(&Place::directory())
    );
}

#[cfg(feature = "redis")]
#[test]
fn processes_fetch_one_token_a_life_through_redis() {
    println!(
        "{}",
        one_token_a_life_and_no_call_fails(&Place::redis(crate::LONG))
    );
}
