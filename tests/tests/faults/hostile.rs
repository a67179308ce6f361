//! The program `hostile`, and the servers that it starts.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use jumpqr_tests::hostile::Seen;
use jumpqr_tests::hostile::control::Started;
use serde::de::DeserializeOwned;

/// The running program. It is a process of its own, so its memory does not count as the client's.
pub(crate) struct Program {
    process: Child,
    address: String,
}

impl Program {
    pub(crate) fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_hostile"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut address = String::new();
        let out = process.stdout.as_mut().unwrap();
        BufReader::new(out).read_line(&mut address).unwrap();
        Self {
            process,
            address: address.trim_end().to_owned(),
        }
    }

    /// Starts a server with this fault. It runs until it is dropped.
    pub(crate) fn serve(&self, fault: &str) -> Result<Server, String> {
        let stream = TcpStream::connect(&self.address).map_err(|error| error.to_string())?;
        let mut control = Control(BufReader::new(stream));
        let started = control.ask(fault)?;
        Ok(Server { control, started })
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // The program ends when its standard input ends.
        drop(self.process.stdin.take());
        self.process.wait().unwrap();
    }
}

pub(crate) struct Server {
    control: Control,
    pub(crate) started: Started,
}

impl Server {
    /// Returns what the server has seen. First, idle connections run their fault.
    pub(crate) fn seen(&mut self) -> Result<Seen, String> {
        self.control.ask("seen")
    }
}

struct Control(BufReader<TcpStream>);

impl Control {
    fn ask<T: DeserializeOwned>(&mut self, line: &str) -> Result<T, String> {
        writeln!(self.0.get_mut(), "{line}").map_err(|error| error.to_string())?;
        let mut answer = String::new();
        self.0
            .read_line(&mut answer)
            .map_err(|error| error.to_string())?;
        serde_json::from_str(&answer).map_err(|error| format!("{answer:?}: {error}"))
    }
}
