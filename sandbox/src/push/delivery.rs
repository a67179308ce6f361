//! Sends one push, and reads the answer.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::{Method, Request as HttpRequest};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::request::Request;
use crate::push_url::PushUrl;

/// The longest time for a push, from connecting to the last byte of the answer. Source: WeChat's
/// page on alarms.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The greatest size of an answer that is read.
const MAX_ANSWER_BYTES: usize = 1 << 20;

/// The greatest size of an answer that is recorded.
const MAX_RECORDED_BYTES: usize = 4096;

/// The only right answer. Source: WeChat's pages on tickets and authorisations.
const SUCCESS: &[u8] = b"success";

/// What the platform answered.
pub(super) struct Answer {
    pub(super) status: u16,
    body: Bytes,
}

impl Answer {
    pub(super) fn is_success(&self) -> bool {
        self.status == 200 && self.body == SUCCESS
    }

    /// Returns the start of the body. Bytes that are not UTF-8 are replaced.
    pub(super) fn text(&self) -> String {
        let start = self.body.get(..MAX_RECORDED_BYTES).unwrap_or(&self.body);
        String::from_utf8_lossy(start).into_owned()
    }
}

/// Sends a push on a connection of its own. The error says why there was no whole answer.
pub(super) async fn post(url: &PushUrl, request: Request) -> Result<Answer, String> {
    match tokio::time::timeout(TIMEOUT, exchange(url, request)).await {
        Ok(answer) => answer,
        Err(_) => Err(format!("no answer within {} seconds", TIMEOUT.as_secs())),
    }
}

async fn exchange(url: &PushUrl, request: Request) -> Result<Answer, String> {
    let stream = connect(url).await;
    let stream = stream.map_err(|error| format!("cannot connect: {error}"))?;
    let broken = |error: &dyn std::fmt::Display| format!("the answer broke off: {error}");
    let handshake = http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.map_err(|error| broken(&error))?;
    let request = HttpRequest::builder()
        .method(Method::POST)
        .uri(url.target(&request.query))
        .header(HOST, &url.host)
        .header(CONTENT_TYPE, "text/xml")
        .body(Body::from(request.body))
        .map_err(|error| error.to_string())?;
    let answer = async {
        let response = sender.send_request(request).await;
        let response = response.map_err(|error| broken(&error))?;
        let status = response.status().as_u16();
        let body = to_bytes(Body::new(response.into_body()), MAX_ANSWER_BYTES).await;
        let body = body.map_err(|error| broken(&error))?;
        Ok(Answer { status, body })
    };
    tokio::pin!(answer);
    tokio::select! {
        answer = &mut answer => answer,
        // What was read before the end is still to be taken.
        _ = connection => answer.await,
    }
}

/// Connects to the first address that accepts.
async fn connect(url: &PushUrl) -> io::Result<TcpStream> {
    let mut last_error = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in &url.addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last_error = error,
        }
    }
    Err(last_error)
}
