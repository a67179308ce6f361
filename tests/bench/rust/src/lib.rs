//! The common code of the Rust drivers of the bench, which make calls on order and measure them.
//!
//! The arguments are a base URL, an access token and, for TLS, a file with the authority to trust.
//! Each line of standard input is an order, `WARM IN_FLIGHT CALLS`. The driver makes WARM calls
//! that do not count, then CALLS calls that count, IN_FLIGHT at a time. It answers with a line of
//! JSON:
//!
//! - `wall_s`: the seconds of all calls that count
//! - `user_s`, `system_s`: the CPU seconds of this process in this time, outside and inside the
//!   kernel
//! - `latencies_us`: the microseconds of each call

use std::error::Error;
use std::io::{self, BufRead, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use std::{env, fs, thread};

use jumpqr::{OpenVersion, OrdinaryLinkRule, PermitSubRule};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::{TimeVal, TimeValLike};
use serde::Serialize;

/// A driver ends with the first error: measuring errors would be meaningless.
pub type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// The server to call, and the token.
pub struct Target {
    /// The scheme and the address, without a slash at the end.
    pub base_url: String,
    /// The access token of every call.
    pub token: String,
    /// The authority to trust, in PEM; `None` over HTTP.
    pub ca: Option<Vec<u8>>,
}

impl Target {
    fn from_arguments() -> Result<Self> {
        let mut arguments = env::args().skip(1);
        let mut next = || {
            arguments
                .next()
                .ok_or("usage: DRIVER BASE_URL TOKEN [CA_FILE]")
        };
        let base_url = next()?;
        let token = next()?;
        let ca = next().ok().map(fs::read).transpose()?;
        Ok(Self {
            base_url,
            token,
            ca,
        })
    }
}

/// Returns the rule of the sample.
#[must_use]
pub fn sample() -> OrdinaryLinkRule {
    OrdinaryLinkRule::new(
        "https://weixin.qq.com/qrcodejump",
        "pages/index/index",
        OpenVersion::Development,
        PermitSubRule::NotOccupied,
    )
    .debug_url([
        "https://weixin.qq.com/qrcodejump?a=1",
        "https://weixin.qq.com/qrcodejump?a=2",
    ])
}

/// The times of an order.
#[derive(Serialize)]
struct Timing {
    wall_s: f64,
    user_s: f64,
    system_s: f64,
    latencies_us: Vec<f64>,
}

/// Executes the orders until the input ends. `open` makes a caller, which makes one call at a time.
/// There is one caller for each call in flight.
pub fn serve<C>(mut open: impl FnMut(&Target) -> Result<C>) -> Result<()>
where
    C: FnMut() -> Result<()> + Send,
{
    let target = Target::from_arguments()?;
    let mut callers = Vec::new();
    for line in io::stdin().lock().lines() {
        let [warm, in_flight, calls] = parse_order(&line?)?;
        while callers.len() < in_flight {
            callers.push(open(&target)?);
        }
        let callers = callers.get_mut(..in_flight).unwrap_or_default();
        make_calls(callers, warm)?;
        let before = getrusage(UsageWho::RUSAGE_SELF)?;
        let begun = Instant::now();
        let latencies_us = make_calls(callers, calls)?;
        let wall_s = begun.elapsed().as_secs_f64();
        let after = getrusage(UsageWho::RUSAGE_SELF)?;
        let timing = Timing {
            wall_s,
            user_s: seconds(after.user_time() - before.user_time()),
            system_s: seconds(after.system_time() - before.system_time()),
            latencies_us,
        };
        let mut out = io::stdout().lock();
        serde_json::to_writer(&mut out, &timing)?;
        writeln!(out)?;
    }
    Ok(())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "an order takes less than a century"
)]
fn seconds(time: TimeVal) -> f64 {
    time.num_microseconds() as f64 / 1e6
}

fn parse_order(line: &str) -> Result<[usize; 3]> {
    let numbers = line
        .split_whitespace()
        .map(str::parse)
        .collect::<std::result::Result<Vec<usize>, _>>()?;
    <[usize; 3]>::try_from(numbers).map_err(|_| "an order is WARM IN_FLIGHT CALLS".into())
}

/// Makes `calls` calls, and returns the time of each in microseconds. A caller makes one call at a
/// time.
fn make_calls<C>(callers: &mut [C], calls: usize) -> Result<Vec<f64>>
where
    C: FnMut() -> Result<()> + Send,
{
    let begun = AtomicUsize::new(0);
    let make = |caller: &mut C| {
        let mut latencies = Vec::with_capacity(calls);
        while begun.fetch_add(1, Ordering::Relaxed) < calls {
            let begun = Instant::now();
            caller()?;
            latencies.push(begun.elapsed().as_secs_f64() * 1e6);
        }
        Ok(latencies)
    };
    if let [caller] = callers {
        return make(caller);
    }
    thread::scope(|scope| {
        let threads: Vec<_> = callers
            .iter_mut()
            .map(|caller| scope.spawn(|| make(caller)))
            .collect();
        let mut latencies = Vec::with_capacity(calls);
        for thread in threads {
            latencies.extend(thread.join().map_err(|_| "a call panicked")??);
        }
        Ok(latencies)
    })
}
