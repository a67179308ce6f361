//! A server on loopback that treats each request as a test decides.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// A received request.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) method: String,
    pub(crate) path: String,
    /// The query as received, percent-encoded.
    pub(crate) query: String,
    pub(crate) body: Vec<u8>,
}

impl Received {
    /// Returns the fields of the query.
    pub(crate) fn query(&self) -> impl Iterator<Item = (&str, &str)> {
        self.query
            .split('&')
            .filter_map(|field| field.split_once('='))
    }

    /// Returns the access token in the query.
    pub(crate) fn access_token(&self) -> Option<&str> {
        let mut fields = self.query();
        fields.find_map(|(name, value)| (name == "access_token").then_some(value))
    }
}

/// How the server treats a request.
pub(crate) enum Fate {
    Reply {
        status: u16,
        body: Vec<u8>,
    },
    /// Closes the connection without an answer.
    Close,
    /// Sends nothing until the client closes the connection.
    Silence,
}

/// A server that runs until it is dropped. Each connection has its own thread.
pub(crate) struct Server {
    address: SocketAddr,
    stopped: Arc<AtomicBool>,
}

impl Server {
    pub(crate) fn start(
        decide: impl Fn(Received) -> Fate + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let server = Self {
            address: listener.local_addr()?,
            stopped: Arc::default(),
        };
        let stopped = server.stopped.clone();
        let decide = Arc::new(decide);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                let decide = decide.clone();
                // An error means that the client has closed the connection.
                thread::spawn(move || stream.and_then(|stream| serve(&stream, &*decide)));
            }
        });
        Ok(server)
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        // A connection wakes the accepting thread, which then sees `stopped`.
        drop(TcpStream::connect(self.address));
    }
}

fn serve(mut stream: &TcpStream, decide: &impl Fn(Received) -> Fate) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    while let Some(request) = receive(&mut reader)? {
        match decide(request) {
            Fate::Reply { status, body } => {
                let length = body.len();
                // A reason may be empty. A 204 has no body and no length.
                let head = match status {
                    204 => "HTTP/1.1 204 \r\n\r\n".to_owned(),
                    _ => format!("HTTP/1.1 {status} \r\nContent-Length: {length}\r\n\r\n"),
                };
                stream.write_all(head.as_bytes())?;
                if status != 204 {
                    stream.write_all(&body)?;
                }
            }
            Fate::Close => return Ok(()),
            Fate::Silence => {
                reader.read_to_end(&mut Vec::new())?;
            }
        }
    }
    Ok(())
}

/// Reads the next request. `None`: the client has closed the connection.
fn receive(reader: &mut impl BufRead) -> io::Result<Option<Received>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split(' ').map(str::to_owned);
    let (method, target) = (words.next(), words.next().unwrap_or_default());
    let mut length = 0;
    loop {
        let mut field = String::new();
        reader.read_line(&mut field)?;
        match field.trim_end().split_once(':') {
            None => break,
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
            Some(_) => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    Ok(Some(Received {
        method: method.unwrap_or_default(),
        path: path.to_owned(),
        query: query.to_owned(),
        body,
    }))
}
