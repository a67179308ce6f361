//! The soak client in Rust: 64 threads that share two clients.

use std::env;
use std::error::Error;
use std::io::{self, BufWriter, Write};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use jumpqr::interface::GetJumpQRCode;
use jumpqr::{Client, Edit, ServiceAccountRule};

const APPID: &str = "wx1234567890abcdef";

fn build_client(max_retries: usize) -> Result<Client, Box<dyn Error>> {
    let builder = Client::builder()
        .app("wxsoak000000000000", "secret")
        .base_url(env::var("JUMPQR_BASE_URL")?)
        .max_retries(max_retries)
        .pacing(false);
    Ok(builder.build()?)
}

/// Makes a call, and formats its result.
fn make_call(client: &Client, number: u32) -> String {
    let answered = if number & 1 == 0 {
        let list = client.get_jump_qr_code(GetJumpQRCode::ByPrefix {
            appid: APPID.to_owned(),
            prefix_list: vec![format!("http://weixin.qq.com/q/g{number}")],
        });
        list.map(|list| {
            let rules = &list.rule_list;
            let prefix = rules.first().map(|rule| rule.prefix.as_str());
            let path = rules.last().and_then(|rule| rule.path.as_deref());
            let (prefix, path) = (prefix.unwrap_or("-"), path.unwrap_or("-"));
            format!("listed {} {prefix} {path}", rules.len())
        })
    } else {
        let prefix = format!("http://weixin.qq.com/q/a{number}");
        let rule = ServiceAccountRule::new(prefix, APPID, "pages/index/index");
        let added = client.add_jump_qr_code(&rule, Edit::Add);
        added.map(|confirmation| confirmation.name().to_owned())
    };
    answered.unwrap_or_else(|error| {
        let errcode = error.errcode();
        format!(
            "error {} {} {} {} {}",
            error.kind(),
            error.code(),
            errcode.map_or_else(|| "-".to_owned(), |errcode| errcode.to_string()),
            error.rid().unwrap_or("-"),
            error.outcome(),
        )
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let calls: u32 = env::var("SOAK_CALLS")?.parse()?;
    let in_flight: u32 = env::var("SOAK_IN_FLIGHT")?.parse()?;
    let (without_retries, with_retries) = (build_client(0)?, build_client(3)?);
    let output = Mutex::new(BufWriter::new(io::stdout()));
    let say = |line: &str| {
        let mut output = output.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(output, "{line}")
    };
    let flush = || {
        output
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .flush()
    };

    // A sanitizer starts its own threads with the first thread, so they must exist at the start.
    thread::spawn(|| {}).join().map_err(|_| "no thread")?;
    say("start 2").and_then(|()| flush())?;
    io::stdin().read_line(&mut String::new())?;
    let next = AtomicU32::new(0);
    thread::scope(|scope| {
        for _ in 0..in_flight {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= calls {
                        return io::Result::Ok(());
                    }
                    let client = if number & 2 == 0 {
                        &without_retries
                    } else {
                        &with_retries
                    };
                    say(&format!("{number} {}", make_call(client, number)))?;
                }
            });
        }
    });
    drop((without_retries, with_retries));
    say("end").and_then(|()| flush())?;
    io::stdin().read_line(&mut String::new())?;
    Ok(())
}
