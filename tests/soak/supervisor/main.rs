//! Runs a client that makes many calls, spoils one answer in a hundred, and judges the results.
//!
//! `soak CALLS CLIENT…` starts a WeChat on loopback, and the command of the client. `README.md`
//! describes a client. If every call ended correctly and nothing was left behind, the exit code is
//! 0.

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

/// Runs the client. Returns all complaints.
fn run() -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let mut arguments = env::args().skip(1);
    let calls = arguments.next().ok_or("usage: soak CALLS CLIENT…")?;
    let calls: u32 = calls
        .parse()
        .map_err(|error| format!("the number of calls {calls:?}: {error}"))?;
    let command: Vec<String> = arguments.collect();
    let wechat = Arc::new(WeChat::new(calls));
    let connections = Arc::new(Connections::default());
    let base_url = server::start(&wechat, &connections)?;

    let mut client = Client::start(&command, &base_url, calls)?;
    let mut verdict = Verdict::new(calls, client.clients(), client.observe()?);
    client.start_calls()?;
    while let Some(result) = client.read_result()? {
        if verdict.judge(&wechat.ledger, &result) {
            verdict.observe(client.observe()?);
        }
    }
    verdict.observe_end(client.wait_until_settled(verdict.start())?);
    client.end()?;
    Ok(verdict.conclude(&wechat, &connections))
}
