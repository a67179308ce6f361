//! The process of the client.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::observed::Observed;

/// The number of calls in flight.
pub(crate) const IN_FLIGHT: u32 = 64;

/// The maximum time between two lines of a client: longer than any call with all its retries.
const MAX_SILENCE: Duration = Duration::from_secs(60);

/// The maximum time until idle threads must have ended: Node's stay for 5 s.
const MAX_SETTLE_TIME: Duration = Duration::from_secs(15);

/// The interval between two checks of the process.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// The lines of a client that are not results.
const START: &str = "start ";
const END: &str = "end";

/// The maximum number of lines that wait to be judged.
const MAX_LINES: usize = 10_000;

/// A running client. Dropping it ends the process.
pub(crate) struct Client {
    process: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    /// The number of its jumpqr clients.
    clients: u64,
}

impl Client {
    /// Starts the client, and waits until it is ready to make calls.
    pub(crate) fn start(
        command: &[String],
        base_url: &str,
        calls: u32,
    ) -> Result<Self, Box<dyn Error>> {
        let (program, arguments) = command.split_first().ok_or("usage: soak CALLS CLIENT…")?;
        let mut process = Command::new(program)
            .args(arguments)
            .env("JUMPQR_BASE_URL", base_url)
            .env("SOAK_CALLS", calls.to_string())
            .env("SOAK_IN_FLIGHT", IN_FLIGHT.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{program}: {error}"))?;
        let output = process.stdout.take().ok_or("the client has no output")?;
        let (sender, lines) = sync_channel(MAX_LINES);
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let mut client = Self {
            input: process.stdin.take(),
            process,
            lines,
            clients: 0,
        };
        let line = client.read_line()?;
        let clients = line.strip_prefix(START).and_then(|rest| rest.parse().ok());
        client.clients = clients.ok_or_else(|| format!("the client's first line is {line:?}"))?;
        Ok(client)
    }

    pub(crate) fn clients(&self) -> u64 {
        self.clients
    }

    /// Tells the client to make its calls.
    pub(crate) fn start_calls(&mut self) -> Result<(), Box<dyn Error>> {
        let input = self.input.as_mut().ok_or("the client has no input")?;
        Ok(writeln!(input)?)
    }

    /// Reads the next result; `None` after the last one.
    pub(crate) fn read_result(&self) -> Result<Option<String>, Box<dyn Error>> {
        let line = self.read_line()?;
        Ok((line != END).then_some(line))
    }

    pub(crate) fn observe(&self) -> Result<Observed, Box<dyn Error>> {
        Ok(Observed::read(self.process.id())?)
    }

    /// Waits until the process has as many threads and files as at the start, or until a timeout.
    pub(crate) fn wait_until_settled(&self, start: Observed) -> Result<Observed, Box<dyn Error>> {
        let began = Instant::now();
        loop {
            let observed = self.observe()?;
            if observed.is_like(start) || began.elapsed() > MAX_SETTLE_TIME {
                return Ok(observed);
            }
            thread::sleep(POLL_INTERVAL);
        }
    }

    /// Waits for the end of the process.
    pub(crate) fn end(mut self) -> Result<(), Box<dyn Error>> {
        self.input = None;
        let began = Instant::now();
        let status = loop {
            match self.process.try_wait()? {
                Some(status) => break status,
                None if began.elapsed() > MAX_SILENCE => {
                    return Err("the client does not end".into());
                }
                None => thread::sleep(POLL_INTERVAL),
            }
        };
        if status.success() {
            return Ok(());
        }
        Err(format!("the client ended with {status}").into())
    }

    fn read_line(&self) -> Result<String, Box<dyn Error>> {
        let line = self.lines.recv_timeout(MAX_SILENCE);
        line.map_err(|_| "the client ended early, or hangs".into())
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // The process has ended already, unless there was an error.
        if self.process.kill().is_ok() {
            drop(self.process.wait());
        }
    }
}
