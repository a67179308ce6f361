//! Has a client make many calls, spoils one answer in a hundred, and judges all that comes of it.
//!
//! `soak CALLS CLIENT…` starts a WeChat of its own on loopback, and the client's command with what it needs in its environment.
//! `README.md` says what a client does. It ends with 0 where every call ended as it must, and nothing was left behind.

mod client;
mod ledger;
mod message;
mod observed;
mod plan;
mod server;
mod verdict;
mod wechat;

use std::env;
use std::process::ExitCode;
use std::sync::Arc;

use crate::client::Client;
use crate::server::Connections;
use crate::verdict::Verdict;
use crate::wechat::WeChat;

#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for a terminal"
)]
fn main() -> ExitCode {
    match run() {
        Ok(complaints) if complaints.is_empty() => {
            println!("passed");
            ExitCode::SUCCESS
        }
        Ok(complaints) => {
            for complaint in complaints {
                println!("WRONG: {complaint}");
            }
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("soak: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the client; gives what there is to complain of.
fn run() -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let mut arguments = env::args().skip(1);
    let calls = arguments
        .next()
        .ok_or("say how many calls: soak CALLS CLIENT…")?;
    let calls: u32 = calls
        .parse()
        .map_err(|error| format!("{calls:?} is no number of calls: {error}"))?;
    let command: Vec<String> = arguments.collect();
    let wechat = Arc::new(WeChat::new(calls));
    let connections = Arc::new(Connections::default());
    let base_url = server::start(&wechat, &connections)?;

    let mut client = Client::start(&command, &base_url, calls)?;
    let mut verdict = Verdict::new(calls, client.clients(), client.observed()?);
    client.go_on()?;
    while let Some(result) = client.result()? {
        if verdict.judge(&wechat.ledger, &result) {
            verdict.observe(client.observed()?);
        }
    }
    verdict.observe_end(client.settled(verdict.start())?);
    client.end()?;
    Ok(verdict.conclude(&wechat, &connections))
}
