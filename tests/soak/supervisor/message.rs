//! HTTP, as far as this server needs it.

use std::io::{self, BufRead, Write};

/// The maximum length of a head or a body, in bytes.
const MAX_LENGTH: u64 = 1 << 20;

/// A received request.
pub(crate) struct Request {
    /// Path and query.
    pub(crate) target: String,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// Reads the next request. `None`: the client has closed the connection.
    pub(crate) fn read(reader: &mut impl BufRead) -> io::Result<Option<Self>> {
        let mut line = String::new();
        let mut head = io::Read::take(&mut *reader, MAX_LENGTH);
        if head.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let target = line.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut length = 0;
        loop {
            line.clear();
            head.read_line(&mut line)?;
            match line.trim_end().split_once(':') {
                None => break,
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.trim().parse().map_err(io::Error::other)?;
                }
                Some(_) => {}
            }
        }
        if length > MAX_LENGTH {
            return Err(io::Error::other("the body is too long"));
        }
        let mut body = Vec::new();
        io::Read::read_to_end(&mut io::Read::take(reader, length), &mut body)?;
        Ok(Some(Self { target, body }))
    }

    /// Returns whether the request has this path.
    pub(crate) fn is_for(&self, path: &str) -> bool {
        self.target.split('?').next() == Some(path)
    }

    pub(crate) fn access_token(&self) -> Option<&str> {
        let (_, query) = self.target.split_once('?')?;
        query
            .split('&')
            .find_map(|field| field.strip_prefix("access_token="))
    }
}

/// Builds a complete answer with WeChat's header.
pub(crate) fn build_answer(body: &str) -> Vec<u8> {
    build_message("200 OK", body, &format!("Content-Length: {}", body.len()))
}

/// Builds an answer with this status. The field `end_of_body` says where the body ends.
pub(crate) fn build_message(status: &str, body: &str, end_of_body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\n\
         Content-Type: application/json; encoding=utf-8\r\n\
         {end_of_body}\r\n\r\n\
         {body}"
    )
    .into_bytes()
}

/// Builds an answer in chunks of `size` bytes.
pub(crate) fn build_chunked(body: &str, size: usize) -> Vec<u8> {
    let mut bytes = build_message("200 OK", "", "Transfer-Encoding: chunked");
    for chunk in body.as_bytes().chunks(size) {
        bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    bytes
}

/// Writes one byte at a time.
pub(crate) fn write_byte_by_byte(mut stream: impl Write, bytes: &[u8]) -> io::Result<()> {
    bytes
        .chunks(1)
        .try_for_each(|byte| stream.write_all(byte).and_then(|()| stream.flush()))
}
