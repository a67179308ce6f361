//! A web server on loopback whose responses a test decides.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;

use super::CONTENT;

/// Text, as WeChat wants it.
pub(crate) const PLAIN: &str = "Content-Type: text/plain";

/// A connection, with or without TLS.
pub(crate) trait Stream: Read + Write {}

impl<T: Read + Write> Stream for T {}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    paths: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Starts a server that lets `answer` answer the path of each request.
    pub(crate) fn start(answer: impl Fn(&str, &mut dyn Stream) + Send + Sync + 'static) -> Self {
        Self::run(answer, None)
    }

    /// Starts a server with TLS.
    pub(crate) fn start_tls(
        config: rustls::ServerConfig,
        answer: impl Fn(&str, &mut dyn Stream) + Send + Sync + 'static,
    ) -> Self {
        Self::run(answer, Some(Arc::new(config)))
    }

    fn run(
        answer: impl Fn(&str, &mut dyn Stream) + Send + Sync + 'static,
        tls: Option<Arc<rustls::ServerConfig>>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            paths: Arc::default(),
        };
        let paths = Arc::clone(&server.paths);
        let answer = Arc::new(answer);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut tcp = stream.unwrap();
                let (paths, answer, tls) = (paths.clone(), answer.clone(), tls.clone());
                thread::spawn(move || match tls {
                    None => serve(&mut tcp, &paths, &*answer),
                    Some(config) => {
                        let connection = rustls::ServerConnection::new(config).unwrap();
                        let mut stream = rustls::StreamOwned::new(connection, tcp);
                        serve(&mut stream, &paths, &*answer);
                        stream.conn.send_close_notify();
                        // The client may be gone.
                        let _ = stream.flush();
                    }
                });
            }
        });
        server
    }

    /// Starts a server with the content at this path, and 404 elsewhere.
    pub(crate) fn with_file_at(path: String) -> Self {
        Self::start(move |asked, stream| {
            if asked == path {
                respond(stream, "200 OK", PLAIN, CONTENT);
            } else {
                respond(stream, "404 Not Found", PLAIN, "nothing here");
            }
        })
    }

    /// Starts a server that answers the same to all requests.
    pub(crate) fn with_answer(status: &'static str, field: &'static str, body: String) -> Self {
        Self::start(move |_, stream| respond(stream, status, field, &body))
    }

    /// Returns the paths of the requests so far.
    pub(crate) fn paths(&self) -> Vec<String> {
        self.paths.lock().unwrap().clone()
    }
}

fn serve(
    stream: &mut dyn Stream,
    paths: &Mutex<Vec<String>>,
    answer: &dyn Fn(&str, &mut dyn Stream),
) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        // A client that refuses the certificate sends nothing.
        let Ok(1) = stream.read(&mut byte) else {
            return;
        };
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head);
    let path = head.split(' ').nth(1).unwrap().to_owned();
    paths.lock().unwrap().push(path.clone());
    answer(&path, stream);
}

/// Sends a response. A test does not care whether the client still reads.
pub(crate) fn respond(stream: &mut dyn Stream, status: &str, field: &str, body: &str) {
    let length = body.len();
    let _ = stream.write_all(
        format!("HTTP/1.1 {status}\r\n{field}\r\nContent-Length: {length}\r\n\r\n{body}")
            .as_bytes(),
    );
    let _ = stream.flush();
}
