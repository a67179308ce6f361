use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;

/// A web server that answers each path with bytes that the test chooses, and closes the connection.
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    /// A line in the format `combined` for each request.
    log: Arc<Mutex<String>>,
}

impl Site {
    pub(crate) fn start(answer: impl Fn(&str) -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let log = Arc::<Mutex<String>>::default();
        let written = Arc::clone(&log);
        // The thread ends with the test process.
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let lines = BufReader::new(&stream).lines().map(Result::unwrap);
                let head: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
                let Some(request) = head.first() else {
                    continue;
                };
                let path = request.split(' ').nth(1).unwrap();
                let response = answer(path);
                let agent = head
                    .iter()
                    .find_map(|line| line.strip_prefix("User-Agent: "));
                let status = response.split(' ').nth(1).unwrap();
                let agent = agent.unwrap_or("-");
                let line = format!(
                    "127.0.0.1 - - [30/Nov/2026:12:00:00 +0800] \"{request}\" {status} 32 \"-\" \
                     \"{agent}\"\n"
                );
                written.lock().unwrap().push_str(&line);
                // Fails if the client has closed the connection.
                let _ = stream.write_all(response.as_bytes());
            }
        });
        Self { address, log }
    }

    /// Returns the access log.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }
}

/// Makes a response with this status line, without `HTTP/1.1`, and these fields.
pub(crate) fn response(status: &str, fields: &[&str], body: &str) -> String {
    let fields = [fields, &[""]].concat().join("\r\n");
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{fields}Content-Length: {length}\r\n\r\n{body}")
}
