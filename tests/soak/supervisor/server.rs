//! The server. Each connection has its own thread.

use std::io::{self, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use socket2::SockRef;

use crate::message::{self, Request};
use crate::plan::Fault;
use crate::wechat::{Answer, WeChat};

/// The delay of a slow answer, far below the timeouts of a client.
const SLOW: Duration = Duration::from_millis(200);

/// Linux' flag for data that is sent together with the next data.
const MSG_MORE: i32 = 0x8000;

/// Counts of connections.
#[derive(Default)]
pub(crate) struct Connections {
    pub(crate) opened: AtomicU64,
    open: AtomicU64,
    pub(crate) most_open: AtomicU64,
}

/// Serves on loopback until the process ends. Returns the URL.
pub(crate) fn start(wechat: &Arc<WeChat>, connections: &Arc<Connections>) -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}", listener.local_addr()?);
    let (wechat, connections) = (Arc::clone(wechat), Arc::clone(connections));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (wechat, connections) = (Arc::clone(&wechat), Arc::clone(&connections));
            thread::spawn(move || {
                connections.opened.fetch_add(1, Ordering::Relaxed);
                let open = connections.open.fetch_add(1, Ordering::Relaxed) + 1;
                connections.most_open.fetch_max(open, Ordering::Relaxed);
                // An error means that the client closed the connection. Only its result is judged.
                drop(serve(&stream, &wechat));
                connections.open.fetch_sub(1, Ordering::Relaxed);
            });
        }
    });
    Ok(url)
}

fn serve(mut stream: &TcpStream, wechat: &WeChat) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    while let Some(request) = Request::read(&mut reader)? {
        let Some(Answer { body, fault }) = wechat.answer(&request) else {
            return stream.write_all(&message::build_message(
                "404 Not Found",
                "",
                "Content-Length: 0",
            ));
        };
        let plain = || message::build_answer(&body);
        match fault {
            None => stream.write_all(&plain())?,
            Some(Fault::Reset) => SockRef::from(stream).set_linger(Some(Duration::ZERO))?,
            Some(Fault::HalfHead) => stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Le")?,
            Some(Fault::HalfBody) => {
                let (whole, half) = (plain(), body.len() / 2);
                let missing = whole.len() - half;
                stream.write_all(whole.get(..missing).unwrap_or_default())?;
            }
            Some(Fault::NotHttp) => stream.write_all(b"\x15\x03\x01\x00\x02\x02\x46\r\n\r\n")?,
            Some(Fault::BadGateway) => {
                let page = "<html><body><h1>502 Bad Gateway</h1></body></html>";
                let length = format!("Content-Length: {}", page.len());
                stream.write_all(&message::build_message("502 Bad Gateway", page, &length))?;
            }
            Some(Fault::NotJson) => stream.write_all(&message::build_answer("{\"errcode\":0,"))?,
            Some(Fault::Slow) => {
                thread::sleep(SLOW);
                stream.write_all(&plain())?;
            }
            Some(Fault::ByteByByte) => message::write_byte_by_byte(stream, &plain())?,
            Some(Fault::Chunked) => stream.write_all(&message::build_chunked(&body, 50))?,
            Some(Fault::NoLength) => {
                stream.write_all(&message::build_message(
                    "200 OK",
                    &body,
                    "Connection: close",
                ))?;
            }
            Some(Fault::ClosedAfter) => return close_after(stream, &mut reader, &plain(), wechat),
            Some(Fault::Close | Fault::Busy | Fault::TooFast | Fault::Stale) => {}
        }
        if fault.is_some_and(Fault::ends_connection) {
            return Ok(());
        }
    }
    Ok(())
}

/// Answers and closes the connection. A request that arrives later gets no answer, and is recorded.
fn close_after(
    stream: &TcpStream,
    reader: &mut BufReader<&TcpStream>,
    answer: &[u8],
    wechat: &WeChat,
) -> io::Result<()> {
    // The FIN is sent in one packet with the answer, so a client gets both or nothing.
    SockRef::from(stream).send_with_flags(answer, MSG_MORE)?;
    stream.shutdown(Shutdown::Write)?;
    if let Some(request) = Request::read(reader)? {
        wechat.record_lost(&request);
    }
    reader.read_to_end(&mut Vec::new()).map(drop)
}
