//! The pace of processes that share one account through a store, as the sandbox sees it.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jumpqr::store::{Key, PaceReply, PaceRequest, TokenStore};
use jumpqr_sandbox::{Interface, Sandbox};
use log::{LevelFilter, Log, Metadata, Record};

use crate::process::ChildProcess;
#[cfg(feature = "redis")]
use crate::redis::sentinels::SentinelSet;
use crate::shared_store::SharedStore;
use crate::{LONG, wechat};

const PROCESSES: usize = 4;
const THREADS: u64 = 16;

/// Longer than any wait of a test, even on a busy machine.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// How often a measurement is repeated if the machine is too busy for the store to answer in time.
const MOST_MEASUREMENTS: usize = 8;

/// Notes in the shared file that a client paces alone.
struct Watch(std::path::PathBuf);

impl Log for Watch {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "jumpqr"
    }

    fn log(&self, record: &Record<'_>) {
        let line = record.args().to_string();
        if self.enabled(record.metadata()) && line.contains("the pace is not shared") {
            fs::write(&self.0, line).unwrap();
        }
    }

    fn flush(&self) {}
}

fn paces_alone(shared_file: &Path) -> std::path::PathBuf {
    shared_file.with_extension("alone")
}

/// Makes calls from many threads, and reports how many ms each has taken.
pub(crate) fn call_again_and_again(
    store: &Arc<dyn TokenStore>,
    shared_file: &Path,
    say: impl Fn(u64) + Sync,
) {
    let watch = Box::leak(Box::new(Watch(paces_alone(shared_file))));
    log::set_logger(watch).unwrap();
    log::set_max_level(LevelFilter::Debug);
    let client = wechat::settings(&wechat::base_url(shared_file), store)
        .pacing(true)
        .app(wechat::APPID, wechat::SECRET)
        .build()
        .unwrap();
    let say = &say;
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let begun = Instant::now();
                    if let Err(error) = wechat::call(&client) {
                        wechat::report(&error, shared_file);
                    }
                    say(u64::try_from(begun.elapsed().as_millis()).unwrap());
                }
            });
        }
    });
}

/// When the sandbox has received each paced call, in ms.
fn times(sandbox: &Sandbox) -> Vec<u64> {
    let requests = sandbox.requests();
    let paced = requests
        .iter()
        .filter(|request| request.interface == Some(Interface::GetJumpQRCode));
    paced.map(|request| request.received_at_ms).collect()
}

fn wait_for_calls(sandbox: &Sandbox, count: usize) {
    let begun = Instant::now();
    while times(sandbox).len() < count {
        assert!(begun.elapsed() < LONGEST_WAIT, "{:?}", times(sandbox));
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Returns the largest number of calls in any second.
fn most_in_a_second(times: &[u64]) -> usize {
    let mut times = times.to_owned();
    times.sort_unstable();
    let in_second = |index: usize| {
        let rest = &times[index..];
        rest.iter().filter(|time| **time - rest[0] < 1000).count()
    };
    (0..times.len()).map(in_second).max().unwrap_or(0)
}

fn start(shared: &SharedStore, processes: usize) -> (Sandbox, Vec<ChildProcess>) {
    let sandbox = wechat::with_rate_limits();
    wechat::publish(&sandbox, shared);
    let start = |_| ChildProcess::start("pace", shared);
    let children = (0..processes).map(start).collect();
    (sandbox, children)
}

/// What was measured, or why the machine was too busy for it.
type Measured = Result<String, String>;

/// Measures until the machine is not too busy. A pace that is too fast is so in every measurement.
fn until_the_machine_is_not_busy(run: impl Fn() -> Measured) -> String {
    let mut busy = Vec::new();
    for _ in 0..MOST_MEASUREMENTS {
        match run() {
            Ok(figures) if busy.is_empty() => return figures,
            Ok(figures) => return format!("{figures}; measured again because of {busy:?}"),
            Err(line) => busy.push(line),
        }
    }
    panic!("the machine is too busy, or the pace too fast: {busy:?}");
}

fn measure(shared: impl Fn() -> SharedStore, run: impl Fn(&SharedStore) -> Measured) -> String {
    until_the_machine_is_not_busy(|| run(&shared()))
}

/// Returns an error if a process paced alone, or if there were more than 5 calls in a second: on a
/// busy machine, some calls reach the sandbox later than they were sent, close to the next ones.
fn check(shared: &SharedStore, times: &[u64], figures: String) -> Measured {
    if let Ok(line) = fs::read_to_string(paces_alone(&shared.shared_file())) {
        return Err(line);
    }
    assert_eq!(wechat::reported(shared), "", "{figures}");
    if most_in_a_second(times) > 5 {
        return Err(format!("{figures}: {times:?}"));
    }
    Ok(figures)
}

/// Many threads of several processes call all the time.
fn run_processes(shared: &SharedStore) -> Measured {
    let (sandbox, mut children) = start(shared, PROCESSES);
    wait_for_calls(&sandbox, 80);
    let times = times(&sandbox);
    let took = times[times.len() - 1] - times[0];
    let calls: Vec<_> = children
        .iter_mut()
        .map(|child| {
            child.kill();
            std::iter::from_fn(|| child.next_number()).count()
        })
        .collect();
    let rate = (times.len() - 5) * 100_000 / usize::try_from(took).unwrap();
    let figures = format!(
        "{} calls, {}.{:02}/s after the first five, at most {} in a second, by process {calls:?}",
        times.len(),
        rate / 100,
        rate % 100,
        most_in_a_second(&times)
    );
    let (fewest, most) = (calls.iter().min().unwrap(), calls.iter().max().unwrap());
    assert!(most - fewest <= 12, "{figures}");
    check(shared, &times, figures)
}

#[test]
fn four_processes_make_five_calls_in_a_second_together_through_a_directory() {
    println!(
        "pace, directory: {}",
        measure(SharedStore::directory, run_processes)
    );
}

#[cfg(feature = "redis")]
#[test]
fn four_processes_make_five_calls_in_a_second_together_through_redis() {
    println!(
        "pace, redis: {}",
        measure(|| SharedStore::redis(LONG), run_processes)
    );
}

/// Many threads of several processes call all the time, while a replica is promoted. A process that
/// gets no answer from the store paces alone for a second, so the processes together may then send
/// too much. Afterwards they share their pace again.
#[cfg(feature = "redis")]
fn run_through_a_promotion() -> Measured {
    let set = SentinelSet::start(3);
    let shared = SharedStore::of(set.setting(""));
    let (sandbox, _children) = start(&shared, PROCESSES);
    wait_for_calls(&sandbox, 30);
    let before = times(&sandbox);
    set.promote();
    // The sentinels are asked every 5 s, and after each failure.
    std::thread::sleep(Duration::from_secs(7));
    let during = times(&sandbox).split_off(before.len());
    wait_for_calls(&sandbox, before.len() + during.len() + 5);
    let settled = times(&sandbox).len();
    wait_for_calls(&sandbox, settled + 40);
    let after = times(&sandbox).split_off(settled);
    let figures = format!(
        "at most {} in a second before it, {} during it, and {} after it; {} calls during it",
        most_in_a_second(&before),
        most_in_a_second(&during),
        most_in_a_second(&after),
        during.len(),
    );
    assert!(!during.is_empty(), "{figures}: no call was made");
    assert!(
        most_in_a_second(&during) <= 5 * (PROCESSES + 1),
        "{figures}"
    );
    assert_eq!(wechat::reported(&shared), "", "{figures}");
    if most_in_a_second(&before).max(most_in_a_second(&after)) > 5 {
        return Err(format!("{figures}: {after:?}"));
    }
    Ok(figures)
}

#[cfg(feature = "redis")]
#[test]
fn after_a_promotion_the_processes_share_their_pace_again() {
    println!(
        "promotion: {}",
        until_the_machine_is_not_busy(run_through_a_promotion)
    );
}

/// A process is stopped while its calls wait. The others go on without it.
#[cfg(unix)]
fn run_with_a_stopped_process(shared: &SharedStore) -> Measured {
    let (sandbox, children) = start(shared, 2);
    wait_for_calls(&sandbox, 20);
    children[0].signal("STOP");
    let before = times(&sandbox).len();
    wait_for_calls(&sandbox, before + 15);
    let after = times(&sandbox);
    children[0].signal("CONT");
    let resumed = after.len();
    wait_for_calls(&sandbox, resumed + 20);
    let all = times(&sandbox);
    let gaps = after[before.saturating_sub(1)..].windows(2);
    let gap = gaps.map(|pair| pair[1].saturating_sub(pair[0])).max();
    let figures = format!(
        "at most {} in a second; the longest gap while a process is stopped is {} ms",
        most_in_a_second(&all),
        gap.unwrap()
    );
    check(shared, &all, figures)
}

#[cfg(unix)]
#[test]
fn the_places_of_a_stopped_process_end_in_a_directory() {
    println!(
        "stopped, directory: {}",
        measure(SharedStore::directory, run_with_a_stopped_process)
    );
}

#[cfg(all(unix, feature = "redis"))]
#[test]
fn the_places_of_a_stopped_process_end_in_redis() {
    println!(
        "stopped, redis: {}",
        measure(|| SharedStore::redis(LONG), run_with_a_stopped_process)
    );
}

const PATH: &str = "/cgi-bin/wxopen/qrcodejumpget";

fn ask(store: &dyn TokenStore, account: &Key, request: PaceRequest) -> PaceReply {
    let pace = store.pace_store().unwrap();
    pace.pace(account, PATH, request, LONG).unwrap()
}

fn reserve(store: &dyn TokenStore, account: &Key, ticket: u64) -> PaceReply {
    let request = PaceRequest::Reserve {
        ticket,
        longest_wait: LONG,
    };
    ask(store, account, request)
}

#[test]
fn two_stores_of_one_setting_have_one_pace_and_a_slot_given_back_is_free() {
    for shared in shared_stores() {
        let (first, second) = (shared.open(), shared.open());
        // If the machine stands still for a second, the slots are free again.
        let is_checked = (0..20).any(|round| {
            let begun = Instant::now();
            let key = Key::new("pace", &format!("wx{round}"), &[]).unwrap();
            let taken: Vec<_> = (0..6)
                .map(|ticket| {
                    let store = if ticket % 2 == 0 { &first } else { &second };
                    reserve(&**store, &key, ticket)
                })
                .collect();
            let given_back = match taken[0] {
                PaceReply::Slot { start_ms } => Some(start_ms),
                _ => None,
            };
            let request = PaceRequest::GiveBack {
                ticket: 0,
                start_ms: given_back,
            };
            assert_eq!(ask(&*second, &key, request), PaceReply::Done);
            let again = reserve(&*first, &key, 5);
            if begun.elapsed() > Duration::from_secs(1) {
                return false;
            }
            let is_slot = |reply: &PaceReply| matches!(reply, PaceReply::Slot { .. });
            assert!(taken[..5].iter().all(is_slot), "{taken:?}");
            assert!(matches!(taken[5], PaceReply::Wait(_)), "{taken:?}");
            assert!(is_slot(&again), "{again:?}");
            true
        });
        assert!(is_checked, "the machine is too busy");
    }
}

fn shared_stores() -> Vec<SharedStore> {
    vec![
        SharedStore::directory(),
        #[cfg(feature = "redis")]
        SharedStore::redis(LONG),
    ]
}
