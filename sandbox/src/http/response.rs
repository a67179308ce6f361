//! HTTP responses, whole or broken.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse as _;
use futures_util::stream::{self, StreamExt as _};

/// The content type as WeChat writes it.
const JSON: &str = "application/json; encoding=utf-8";
const HTML: &str = "text/html; charset=utf-8";

/// A body that is neither UTF-8 nor JSON.
pub(crate) const GARBAGE: &[u8] = b"\x1f\x8b\x08\x00\xff\xfe\x00{\"errcode\":";

/// Bytes that are not HTTP: a TLS alert.
pub(crate) const NOT_HTTP: &[u8] = b"\x15\x03\x03\x00\x02\x02\x28";

pub(crate) fn json(status: StatusCode, body: impl Into<Body>) -> Response<Body> {
    (status, [(CONTENT_TYPE, JSON)], body.into()).into_response()
}

pub(crate) fn html(status: StatusCode) -> Response<Body> {
    let page = format!(
        "<html>\r\n<head><title>{status}</title></head>\r\n\
         <body>\r\n<center><h1>{status}</h1></center>\r\n</body>\r\n</html>\r\n"
    );
    (status, [(CONTENT_TYPE, HTML)], page).into_response()
}

/// Makes a response with the right Content-Length that breaks off after half of the body.
pub(crate) fn truncate(mut body: Vec<u8>) -> Response<Body> {
    let length = body.len();
    body.truncate(length / 2);
    let half = stream::once(async { Ok(Bytes::from(body)) });
    let error = stream::once(async {
        // The server flushes the first half when it has nothing else to send. The error must come
        // after that.
        tokio::task::yield_now().await;
        Err(io::Error::from(io::ErrorKind::UnexpectedEof))
    });
    with_length(length, Body::from_stream(half.chain(error)))
}

/// Makes a response whose body comes in pieces of `size` bytes, with `interval` between them.
pub(crate) fn dribble(body: Vec<u8>, size: usize, interval: Duration) -> Response<Body> {
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
    with_length(length, Body::from_stream(pieces))
}

fn with_length(length: usize, body: Body) -> Response<Body> {
    ([(CONTENT_LENGTH, length)], json(StatusCode::OK, body)).into_response()
}
