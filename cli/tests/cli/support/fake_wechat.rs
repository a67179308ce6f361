use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

/// A server for responses that the sandbox never gives. The test chooses each response.
pub(crate) struct FakeWeChat {
    base_url: String,
    received: Arc<Mutex<Vec<Received>>>,
}

/// A received request.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    /// The last part of the path, e.g. `qrcodejumpadd`.
    pub(crate) name: String,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) body: String,
}

impl FakeWeChat {
    /// Starts a server that answers each request with the body that `answer` returns.
    pub(crate) fn start(answer: impl Fn(&Received) -> Value + Send + 'static) -> Self {
        Self::with_status("200 OK", answer)
    }

    /// Starts a server that answers with this HTTP status.
    pub(crate) fn with_status(
        status: &'static str,
        answer: impl Fn(&Received) -> Value + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let received = Arc::<Mutex<Vec<Received>>>::default();
        let log = Arc::clone(&received);
        // The thread ends with the test process.
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                if let Some(request) = read(&stream) {
                    log.lock().unwrap().push(request.clone());
                    let body = answer(&request).to_string();
                    let length = body.len();
                    let head = format!(
                        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
                    );
                    // Fails if the client has closed the connection.
                    let _ = stream.write_all(format!("{head}{body}").as_bytes());
                }
            }
        });
        Self { base_url, received }
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Returns the names of the called interfaces, in order.
    pub(crate) fn calls(&self) -> Vec<String> {
        let received = self.received.lock().unwrap();
        received
            .iter()
            .map(|request| request.name.clone())
            .collect()
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

fn read(stream: &TcpStream) -> Option<Received> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let target = first.split(' ').nth(1)?.to_owned();
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let path = target.split('?').next()?;
    Some(Received {
        name: path.rsplit('/').next()?.to_owned(),
        body: String::from_utf8(body).ok()?,
        target,
    })
}
