//! Every vector of `faults.json`: a write and a read that meet a fault.

use std::error::Error as StdError;
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use jumpqr::interface::{AddJumpQRCode, GetJumpQRCode, Interface};
use jumpqr::mapping::parse_rule;
use jumpqr::rule::Edit;
use jumpqr::settings::TlsRoots;
use jumpqr::{Client, Error};
use jumpqr_tests::faults::{EndingVector, FaultVector, Faults};
use jumpqr_tests::{count, load, report, wire};
use serde::Serialize;
use serde_json::json;

use crate::hostile::{Program, Server};

/// How long after its deadline a call may end.
const GRACE: Duration = Duration::from_millis(250);

/// How often a call is made if it ends too late: the machine may be busy.
const TRIES: usize = 3;

/// The memory that endless answers may take, in KiB.
const MAX_GROWTH_KIB: u64 = 16 << 10;

#[test]
fn every_fault_ends_as_documented() {
    let file: Faults = load().unwrap();
    let program = Program::start();
    let (endless, others): (Vec<_>, Vec<_>) = file
        .faults
        .iter()
        .partition(|vector| vector.group == "endless");
    let mut results = run_all(&program, &others, 8);
    let before = peak_memory_kib();
    results.extend(run_all(&program, &endless, 2));
    let grown = peak_memory_kib() - before;
    let run = report(results).unwrap_or_else(|failures| panic!("{failures}"));
    assert_eq!(run, file.faults.len());
    assert!(grown <= MAX_GROWTH_KIB, "endless answers took {grown} KiB");
    count::<Faults>(run);
}

/// Returns the peak memory of this process, in KiB.
fn peak_memory_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.unwrap().split_whitespace().next().unwrap();
    number.parse().unwrap()
}

fn run_all<'a>(
    program: &Program,
    vectors: &[&'a FaultVector],
    at_once: usize,
) -> Vec<(&'a str, Result<(), String>)> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                while let Some(vector) = vectors.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = run_vector(program, vector);
                    results.lock().unwrap().push((vector.name.as_str(), result));
                }
            });
        }
    });
    results.into_inner().unwrap()
}

fn run_vector(program: &Program, vector: &FaultVector) -> Result<(), String> {
    let rule = json!({
        "prefix": "https://m.example.cn/a/",
        "path": "pages/index/index",
        "open_version": 1,
        "permit_sub_rule": 1,
    });
    let rule = parse_rule(&rule).map_err(|error| error.to_string())?.rule;
    let is_edit = Edit::Add;
    let write = AddJumpQRCode { rule, is_edit };
    check_time(vector, || {
        call_and_check(program, vector, &vector.write, write.clone())
    })
    .map_err(|wrong| format!("write: {wrong}"))?;
    check_time(vector, || {
        call_and_check(program, vector, &vector.read, read())
    })
    .map_err(|wrong| format!("read: {wrong}"))
}

/// Repeats a call until it ends in time. The call returns its duration.
fn check_time(
    vector: &FaultVector,
    call: impl Fn() -> Result<Duration, String>,
) -> Result<(), String> {
    let limit = Duration::from_millis(vector.timeout_ms) + GRACE;
    let mut taken = Vec::new();
    while taken.len() < TRIES {
        match call()? {
            time if time <= limit => return Ok(()),
            time => taken.push(time),
        }
    }
    Err(format!("it took {taken:?}"))
}

fn read() -> GetJumpQRCode {
    GetJumpQRCode::OrdinaryLink
}

/// Makes the call, and compares everything except its duration, which it returns.
fn call_and_check<I: Interface<Response: Serialize>>(
    program: &Program,
    vector: &FaultVector,
    ending: &EndingVector,
    call: I,
) -> Result<Duration, String> {
    let mut server = program.serve(&vector.fault)?;
    let client = client(vector, &server).map_err(|error| error.to_string())?;
    if vector.second_call {
        client.call(read()).map_err(|error| error.to_string())?;
        server.seen()?;
    }
    let begun = Instant::now();
    let result = client.call(call).map(|response| wire(&response));
    let taken = begun.elapsed();
    let seen = server.seen()?;
    ending.result.check(&result)?;
    if !ending.requests.starts_with(&seen.requests) || seen.elsewhere > 0 {
        return Err(format!("the server has seen {seen:?}"));
    }
    if let Err(error) = result {
        check_texts(&error, vector, &server.started.access_token)?;
    }
    Ok(taken)
}

fn client(vector: &FaultVector, server: &Server) -> Result<Client, Error> {
    let started = &server.started;
    let mut builder = Client::builder()
        .access_token(started.access_token.as_str())
        .base_url(started.base_url.as_str())
        .timeout(Duration::from_millis(vector.timeout_ms))
        .max_retries(vector.max_retries)
        .pacing(false);
    if let Some(pem) = &started.tls_roots {
        builder = builder.tls_roots(TlsRoots::Pem(pem.clone().into_bytes()));
    }
    builder.build()
}

/// Checks that the error says what it must, and does not print the token.
fn check_texts(error: &Error, vector: &FaultVector, token: &str) -> Result<(), String> {
    let text = format!("{} {}", error.message(), error.advice());
    if let Some(missing) = vector.says.iter().find(|words| !text.contains(*words)) {
        return Err(format!("{missing:?} is missing in {text:?}"));
    }
    let mut printed = vec![json!(error).to_string()];
    let mut next: Option<&dyn StdError> = Some(error);
    while let Some(error) = next {
        printed.push(format!("{error} {error:?}"));
        next = error.source();
    }
    match printed.iter().find(|text| text.contains(token)) {
        Some(text) => Err(format!("the token is printed: {text}")),
        None => Ok(()),
    }
}
