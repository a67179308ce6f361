//! Measures what many merchants of one platform cost, in one Redis. `docs/scale.md` has the figures
//! and what follows from them.
#![allow(
    clippy::cast_precision_loss,
    clippy::print_stdout,
    reason = "the figures are small, and printing them is the purpose"
)]

mod redis;

use std::collections::BTreeMap;
use std::env;
use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jumpqr::interface::GetJumpQRCode;
use jumpqr::{Client, Platform, store};
use jumpqr_sandbox::{
    COMPONENT_APPID, COMPONENT_APPSECRET, Interface, Limits, OldRefreshToken, Sandbox,
    TokenSuccession,
};
use serde_json::{Value, json};

use crate::redis::Redis;

type Failure = Box<dyn Error + Send + Sync>;

const THREADS: usize = 64;

fn appid(number: usize) -> String {
    format!("wx{number:016x}")
}

/// A sandbox that rotates refresh tokens, which is what costs most, and has no rate limits.
fn start_sandbox() -> Result<Sandbox, Failure> {
    let mut limits = Limits::default();
    limits.calls_per_second = usize::MAX;
    let mut succession = TokenSuccession::default();
    succession.old_refresh_token = OldRefreshToken::DiesAtFirstUse;
    let sandbox = Sandbox::builder()
        .limits(limits)
        .token_succession(succession);
    Ok(sandbox.start()?)
}

/// Makes this number of merchants authorise the platform. Returns their codes.
fn authorise(sandbox: &Sandbox, merchants: usize) -> Result<Vec<String>, Failure> {
    let forms: BTreeMap<_, _> = (0..merchants)
        .map(|number| {
            let form = json!({ "kind": "mini_program", "exchanged": false });
            (appid(number), form)
        })
        .collect();
    let path = format!("/sandbox/platforms/{COMPONENT_APPID}/authorizers");
    let authorised = sandbox.control("PUT", &path, json!(forms))?;
    let authorised = authorised.as_array().into_iter().flatten();
    let code = |entry: &Value| entry["authorization_code"].as_str().map(str::to_owned);
    authorised
        .map(|entry| code(entry).ok_or_else(|| "no authorization_code".into()))
        .collect()
}

/// Starts the platform as a process that has only the store.
fn platform(sandbox: &Sandbox, redis: &Redis) -> Result<Platform, Failure> {
    let platform = Client::builder()
        .base_url(sandbox.base_url())
        .token_store(store::open(&redis.setting())?)
        .timeout(Duration::from_secs(120))
        .build_platform(COMPONENT_APPID, COMPONENT_APPSECRET)?;
    platform.set_verify_ticket(sandbox.verify_ticket(COMPONENT_APPID)?)?;
    Ok(platform)
}

/// Does something for each merchant, on many threads.
fn for_each(
    merchants: usize,
    work: impl Fn(usize) -> Result<(), Failure> + Sync,
) -> Result<(), Failure> {
    let next = AtomicUsize::new(0);
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= merchants {
                return Ok(());
            }
            work(number)?;
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| {
            thread
                .join()
                .unwrap_or_else(|_| Err("a thread panicked".into()))
        })
    })
}

fn call_each(platform: &Platform, merchants: usize) -> Result<(), Failure> {
    for_each(merchants, |number| {
        let merchant = platform.merchant(&appid(number))?;
        merchant.get_jump_qr_code(GetJumpQRCode::OrdinaryLink)?;
        Ok(())
    })
}

/// Prints how long the work took, and how many commands of Redis each merchant needed.
fn measure(
    what: &str,
    merchants: usize,
    redis: &Redis,
    work: impl FnOnce() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let before = redis.commands()?;
    let begun = Instant::now();
    work()?;
    let seconds = begun.elapsed().as_secs_f64();
    let commands = (redis.commands()? - before) as f64;
    let of_each = commands / merchants as f64;
    let a_second = commands / seconds;
    println!("{merchants:>9}  {what:<42} {seconds:>8.2} {of_each:>9.1} {a_second:>9.0}");
    Ok(())
}

fn run(merchants: usize) -> Result<(), Failure> {
    let redis = Redis::start()?;
    let sandbox = start_sandbox()?;
    let empty = redis.memory()?;
    let codes = authorise(&sandbox, merchants)?;
    let first = platform(&sandbox, &redis)?;
    let measure =
        |what, work: &dyn Fn() -> Result<(), Failure>| measure(what, merchants, &redis, work);

    measure("the codes of all are exchanged", &|| {
        for_each(merchants, |number| {
            let code = codes.get(number).ok_or("no code")?;
            first.exchange(code.as_str())?;
            Ok(())
        })
    })?;
    let memory = redis.memory()? - empty;
    let second = platform(&sandbox, &redis)?;
    measure("another process makes its first calls", &|| {
        call_each(&second, merchants)
    })?;
    measure("and the next, with the tokens in memory", &|| {
        call_each(&second, merchants)
    })?;
    for_each(merchants, |number| {
        Ok(sandbox.kill_tokens(&appid(number)).map(drop)?)
    })?;
    measure("WeChat revokes all tokens, all call again", &|| {
        call_each(&second, merchants)
    })?;

    redis.clear()?;
    let third = platform(&sandbox, &redis)?;
    let pages = || sandbox.counters().calls_of(Interface::ApiGetAuthorizerList);
    let before = pages();
    measure("an empty store is filled from WeChat's list", &|| {
        call_each(&third, merchants)
    })?;
    measure("the list is walked", &|| {
        let listed = third.merchants().collect::<jumpqr::Result<Vec<_>>>()?.len();
        let is_whole = listed > merchants;
        is_whole
            .then_some(())
            .ok_or_else(|| "the list is not whole".into())
    })?;
    println!(
        "{merchants:>9}  {memory} bytes in Redis, {} a merchant; {} pages of the list",
        memory / merchants as u64,
        pages() - before,
    );
    Ok(())
}

fn main() -> Result<(), Failure> {
    let numbers: Vec<_> = env::args().skip(1).collect();
    let numbers = numbers.iter().map(|number| number.parse::<usize>());
    println!(
        "{:>9}  {:<42} {:>8} {:>9} {:>9}",
        "merchants", "", "seconds", "of each", "a second"
    );
    for number in numbers {
        run(number?)?;
    }
    Ok(())
}
