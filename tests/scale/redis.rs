//! A Redis server of our own, and what it says about itself.

use std::io::{BufRead, BufReader, Read, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Failure;

/// A Redis server without persistence, on a free port. It ends when this is dropped.
pub(crate) struct Redis {
    process: Child,
    port: u16,
}

impl Redis {
    pub(crate) fn start() -> Result<Self, Failure> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let process = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no"])
            .stdout(Stdio::null())
            .spawn()
            .map_err(|error| format!("redis-server: {error}; install the package redis-server"))?;
        let server = Self { process, port };
        let begun = Instant::now();
        while server.ask("PING").is_err() {
            if begun.elapsed() > Duration::from_secs(10) {
                return Err("redis-server does not answer".into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    /// Returns the setting `token_store`.
    pub(crate) fn setting(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Returns the memory in use, in bytes.
    pub(crate) fn memory(&self) -> Result<u64, Failure> {
        self.info("memory", "used_memory")
    }

    /// Returns how many commands were processed; those within scripts count, too.
    pub(crate) fn commands(&self) -> Result<u64, Failure> {
        self.info("stats", "total_commands_processed")
    }

    /// Removes everything, also the scripts' cache.
    pub(crate) fn clear(&self) -> Result<(), Failure> {
        self.ask("FLUSHALL").map(drop)
    }

    fn info(&self, section: &str, field: &str) -> Result<u64, Failure> {
        let answer = self.ask(&format!("INFO {section}"))?;
        let line = answer
            .lines()
            .find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
        let number = line.ok_or_else(|| format!("INFO {section} has no {field}"))?;
        Ok(number.trim().parse()?)
    }

    /// Sends a command, and returns the reply: a line, or a text with its length.
    fn ask(&self, command: &str) -> Result<String, Failure> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.write_all(format!("{command}\r\n").as_bytes())?;
        let mut stream = BufReader::new(stream);
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let Some(length) = line.strip_prefix('$') else {
            return Ok(line);
        };
        let mut text = vec![0; length.trim().parse()?];
        stream.read_exact(&mut text)?;
        Ok(String::from_utf8(text)?)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
