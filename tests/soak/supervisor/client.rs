//! The client's process.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::observed::Observed;

/// How many calls are on their way at once.
pub(crate) const IN_FLIGHT: u32 = 64;

/// How long a client may say nothing: longer than any call takes, with all its retries.
const LONGEST_SILENCE: Duration = Duration::from_secs(60);

/// How long threads that have nothing to do may stay: Node's, 5 s.
const LONGEST_REST: Duration = Duration::from_secs(15);

/// How often it is looked at while it is to come to rest, or to end.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// What a client says where a result stands otherwise.
const START: &str = "start ";
const END: &str = "end";

/// Lines that wait to be judged, at most.
const LINES: usize = 10_000;

/// A client that runs; it is ended with the supervisor.
pub(crate) struct Client {
    process: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    /// How many of jumpqr's clients it has.
    clients: u64,
}

impl Client {
    /// Starts it, and waits until it is about to make its first call.
    pub(crate) fn start(
        command: &[String],
        base_url: &str,
        calls: u32,
    ) -> Result<Self, Box<dyn Error>> {
        let (program, arguments) = command
            .split_first()
            .ok_or("say what to run: soak CALLS CLIENT…")?;
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
        let (sender, lines) = sync_channel(LINES);
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
        let line = client.line()?;
        let clients = line.strip_prefix(START).and_then(|rest| rest.parse().ok());
        client.clients = clients.ok_or_else(|| format!("the client began with {line:?}"))?;
        Ok(client)
    }

    pub(crate) fn clients(&self) -> u64 {
        self.clients
    }

    /// Lets it make its calls.
    pub(crate) fn go_on(&mut self) -> Result<(), Box<dyn Error>> {
        let input = self.input.as_mut().ok_or("the client has no input")?;
        Ok(writeln!(input)?)
    }

    /// What came of the next call; `None` after the last one.
    pub(crate) fn result(&self) -> Result<Option<String>, Box<dyn Error>> {
        let line = self.line()?;
        Ok((line != END).then_some(line))
    }

    pub(crate) fn observed(&self) -> Result<Observed, Box<dyn Error>> {
        Ok(Observed::of(self.process.id())?)
    }

    /// The process once it is as at the start, or when that takes too long.
    pub(crate) fn settled(&self, start: Observed) -> Result<Observed, Box<dyn Error>> {
        let began = Instant::now();
        loop {
            let observed = self.observed()?;
            if observed.is_like(start) || began.elapsed() > LONGEST_REST {
                return Ok(observed);
            }
            thread::sleep(BETWEEN_LOOKS);
        }
    }

    /// Lets it end by itself.
    pub(crate) fn end(mut self) -> Result<(), Box<dyn Error>> {
        self.input = None;
        let began = Instant::now();
        let status = loop {
            match self.process.try_wait()? {
                Some(status) => break status,
                None if began.elapsed() > LONGEST_SILENCE => {
                    return Err("the client does not end".into());
                }
                None => thread::sleep(BETWEEN_LOOKS),
            }
        };
        if status.success() {
            return Ok(());
        }
        Err(format!("the client ended with {status}").into())
    }

    fn line(&self) -> Result<String, Box<dyn Error>> {
        let line = self.lines.recv_timeout(LONGEST_SILENCE);
        line.map_err(|_| "the client ended, or hangs".into())
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // It has ended by itself unless something went wrong.
        if self.process.kill().is_ok() {
            drop(self.process.wait());
        }
    }
}
