//! The protocol with which the tests of other languages start a server: lines on a TCP connection.
//!
//! The first line names a fault. The answer is a [`Started`] in JSON, and the server runs until
//! this connection is closed. Each further line is answered with what the server has
//! [`Seen`](super::Seen), in JSON. If there is an error, the answer is a line of text that is not
//! JSON.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use serde::{Deserialize, Serialize};

use super::{Fault, HostileServer, Plan};

/// A server that was started.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Started {
    /// The base URL, which replaces `https://api.weixin.qq.com`.
    pub base_url: String,
    /// The access token that the client must use.
    pub access_token: String,
    /// The authorities to trust, in PEM; null without TLS.
    pub tls_roots: Option<String>,
}

/// Serves control connections, each on its own thread, as long as the listener works.
pub fn serve(listener: &TcpListener) {
    for stream in listener.incoming() {
        // An error means that the client has closed the connection, so it needs no answer.
        thread::spawn(move || stream.and_then(|stream| handle(&stream)));
    }
}

fn handle(mut stream: &TcpStream) -> io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let Some(name) = lines.next().transpose()? else {
        return Ok(());
    };
    let Some(fault) = Fault::named(&name) else {
        return writeln!(stream, "there is no fault {name}");
    };
    let server = match HostileServer::start(Plan::always(fault)) {
        Ok(server) => server,
        Err(error) => return writeln!(stream, "{name}: {error}"),
    };
    let started = Started {
        base_url: server.base_url().to_owned(),
        access_token: server.access_token().to_owned(),
        tls_roots: server.tls_roots().map(str::to_owned),
    };
    let mut answer = serde_json::to_string(&started)?;
    loop {
        // One write for the line and its end: otherwise the second packet would be delayed (Nagle).
        answer.push('\n');
        stream.write_all(answer.as_bytes())?;
        if lines.next().transpose()?.is_none() {
            return Ok(());
        }
        answer = serde_json::to_string(&server.seen())?;
    }
}
