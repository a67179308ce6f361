//! The soak client in Rust: 64 threads on one client.

use std::env;
use std::error::Error;
use std::io::{self, BufWriter, Write};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use jumpqr::interface::GetJumpQRCode;
use jumpqr::{Client, Edit, ServiceAccountRule};

const APPID: &str = "wx1234567890abcdef";

fn client(max_retries: usize) -> Result<Client, Box<dyn Error>> {
    let builder = Client::builder()
        .app("wxsoak000000000000", "secret")
        .base_url(env::var("JUMPQR_BASE_URL")?)
        .max_retries(max_retries)
        .pacing(false);
    Ok(builder.build()?)
}

/// What comes of a call.
fn call(client: &Client, number: u32) -> String {
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
    let (once, retried) = (client(0)?, client(3)?);
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

    // What a sanitizer starts with the first thread, is there at the start.
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
                    let client = if number & 2 == 0 { &once } else { &retried };
                    say(&format!("{number} {}", call(client, number)))?;
                }
            });
        }
    });
    drop((once, retried));
    say("end").and_then(|()| flush())?;
    io::stdin().read_line(&mut String::new())?;
    Ok(())
}
