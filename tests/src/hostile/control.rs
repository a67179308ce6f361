//! How the tests of other languages ask for a server: a line on a TCP connection, which is answered with a line.
//!
//! The first line names a fault. The answer is a [`Started`] in JSON, and the server runs until this connection is closed.
//! Each further line, whatever is in it, is answered with what the server has [`Seen`](super::Seen), in JSON. Where something
//! is wrong, the answer is a line of text that is no JSON.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use serde::{Deserialize, Serialize};

use super::{Fault, Hostile, Plan};

/// A server that was asked for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Started {
    /// Where it is, in the place of `https://api.weixin.qq.com`.
    pub base_url: String,
    /// The token to come with.
    pub access_token: String,
    /// The authorities to trust, in PEM; null where that is of no concern.
    pub tls_roots: Option<String>,
}

/// Serves whoever asks, each connection on a thread of its own, for as long as the listener does.
pub fn serve(listener: &TcpListener) {
    for stream in listener.incoming() {
        // Whoever goes away needs no answer.
        thread::spawn(move || stream.and_then(|stream| attend(&stream)));
    }
}

fn attend(mut stream: &TcpStream) -> io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let Some(name) = lines.next().transpose()? else {
        return Ok(());
    };
    let Some(fault) = Fault::named(&name) else {
        return writeln!(stream, "there is no fault {name}");
    };
    let server = match Hostile::start(Plan::always(fault)) {
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
        // In one piece: nobody waits for the second.
        answer.push('\n');
        stream.write_all(answer.as_bytes())?;
        if lines.next().transpose()?.is_none() {
            return Ok(());
        }
        answer = serde_json::to_string(&server.seen())?;
    }
}
