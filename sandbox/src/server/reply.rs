//! Answers as HTTP, whole or broken.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, Response, StatusCode};
use futures_util::stream;

/// As WeChat writes it.
const JSON: &str = "application/json; encoding=utf-8";
const HTML: &str = "text/html; charset=utf-8";

/// Neither UTF-8 nor JSON.
const GARBAGE: &[u8] = b"\x1f\x8b\x08\x00\xff\xfe\x00{\"errcode\":";

/// Not HTTP.
pub(super) const NOT_HTTP: &[u8] = b"\x15\x03\x03\x00\x02\x02\x28";

pub(super) fn json(status: StatusCode, body: impl Into<Body>) -> Response<Body> {
    typed(status, JSON, body)
}

pub(super) fn html(status: StatusCode) -> Response<Body> {
    let page = format!(
        "<html>\r\n<head><title>{status}</title></head>\r\n<body>\r\n<center><h1>{status}</h1></center>\r\n</body>\r\n</html>\r\n"
    );
    typed(status, HTML, page)
}

pub(super) fn garbage() -> Response<Body> {
    json(StatusCode::OK, GARBAGE)
}

pub(super) fn empty() -> Response<Body> {
    json(StatusCode::OK, Body::empty())
}

/// Announces the whole body, sends half of it, and breaks off.
pub(super) fn truncated(mut body: Vec<u8>) -> Response<Body> {
    let length = body.len();
    body.truncate(length / 2);
    let pieces = stream::unfold(Some(Bytes::from(body)), |half| async move {
        if let Some(half) = half {
            return Some((Ok(half), None));
        }
        // What was sent is flushed when there is nothing to send; only then the error may come.
        tokio::task::yield_now().await;
        Some((Err(io::Error::from(io::ErrorKind::UnexpectedEof)), None))
    });
    announced(length, Body::from_stream(pieces))
}

/// Sends the body in pieces of `size` bytes, each but the first after `interval`.
pub(super) fn dribbled(body: Vec<u8>, size: usize, interval: Duration) -> Response<Body> {
    let length = body.len();
    let pieces = stream::unfold(
        (Bytes::from(body), false),
        move |(mut rest, started)| async move {
            if rest.is_empty() {
                return None;
            }
            if started {
                tokio::time::sleep(interval).await;
            }
            let piece = rest.split_to(size.min(rest.len()));
            Some((Ok::<_, io::Error>(piece), (rest, true)))
        },
    );
    announced(length, Body::from_stream(pieces))
}

fn announced(length: usize, body: Body) -> Response<Body> {
    let mut response = json(StatusCode::OK, body);
    response
        .headers_mut()
        .insert(CONTENT_LENGTH, HeaderValue::from(length));
    response
}

fn typed(status: StatusCode, content_type: &'static str, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
