//! Calls WeChat for many merchants of one platform, so that the memory of the process can be read.
//!
//! The first line of standard input is JSON: the platform with its ticket, and the refresh tokens
//! by merchant. The driver makes the platform, and prints `ready`. At the next line, it makes two
//! calls for each merchant, 64 at once, prints `done`, and waits for the end of the input.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};
use std::sync::Mutex;
use std::thread;

use jumpqr::interface::GetJumpQRCode;
use jumpqr::{Client, Platform, store};
use jumpqr_bench::Result;
use serde::Deserialize;

const IN_FLIGHT: usize = 64;

#[derive(Deserialize)]
struct Authorised {
    base_url: String,
    component_appid: String,
    component_appsecret: String,
    ticket: String,
    refresh_tokens: BTreeMap<String, String>,
}

fn make_platform(authorised: &Authorised) -> Result<Platform> {
    let platform = Client::builder()
        .base_url(authorised.base_url.as_str())
        .token_store(store::open("memory:")?)
        .pacing(false)
        .build_platform(
            authorised.component_appid.as_str(),
            authorised.component_appsecret.as_str(),
        )?;
    platform.set_verify_ticket(authorised.ticket.as_str())?;
    Ok(platform)
}

/// Makes two calls for each merchant that no other thread has taken.
fn call_for_merchants<'a>(
    platform: &Platform,
    merchants: &Mutex<impl Iterator<Item = (&'a String, &'a String)>>,
) -> Result<()> {
    loop {
        let next = merchants.lock().map_err(|_| "a call panicked")?.next();
        let Some((appid, refresh_token)) = next else {
            return Ok(());
        };
        platform.set_authorizer_refresh_token(appid, refresh_token.as_str())?;
        let merchant = platform.merchant(appid)?;
        for _ in 0..2 {
            merchant.get_jump_qr_code(GetJumpQRCode::OrdinaryLink)?;
        }
    }
}

fn main() -> Result<()> {
    let mut lines = io::stdin().lock().lines();
    let mut next_line = || lines.next().ok_or("the input ended early");
    let authorised: Authorised = serde_json::from_str(&next_line()??)?;
    let platform = make_platform(&authorised)?;
    writeln!(io::stdout(), "ready")?;
    next_line()??;

    let merchants = Mutex::new(authorised.refresh_tokens.iter());
    thread::scope(|scope| {
        let call = || call_for_merchants(&platform, &merchants);
        let threads: Vec<_> = (0..IN_FLIGHT).map(|_| scope.spawn(call)).collect();
        for thread in threads {
            thread.join().map_err(|_| "a call panicked")??;
        }
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
    })?;
    writeln!(io::stdout(), "done")?;
    if let Some(line) = lines.next() {
        line?;
    }
    Ok(())
}
