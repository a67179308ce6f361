//! HTTP, as far as a server of one's own client needs it.

use std::io::{self, BufRead, Write};

/// The longest head or body that is read, in bytes.
const LONGEST: u64 = 1 << 20;

/// A request as it came.
pub(crate) struct Request {
    /// Path and query.
    pub(crate) target: String,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// The next one; `None` where the client has closed the connection.
    pub(crate) fn read(reader: &mut impl BufRead) -> io::Result<Option<Self>> {
        let mut line = String::new();
        let mut head = io::Read::take(&mut *reader, LONGEST);
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
        if length > LONGEST {
            return Err(io::Error::other("the body is too long"));
        }
        let mut body = Vec::new();
        io::Read::read_to_end(&mut io::Read::take(reader, length), &mut body)?;
        Ok(Some(Self { target, body }))
    }

    /// Whether this path is asked for.
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

/// A whole answer with WeChat's own header.
pub(crate) fn answer(body: &str) -> Vec<u8> {
    framed("200 OK", body, &format!("Content-Length: {}", body.len()))
}

/// The same with another status, or another way to tell where the body ends.
pub(crate) fn framed(status: &str, body: &str, end_of_body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json; encoding=utf-8\r\n{end_of_body}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// The body in chunks of `size` bytes.
pub(crate) fn chunks(body: &str, size: usize) -> Vec<u8> {
    let mut bytes = framed("200 OK", "", "Transfer-Encoding: chunked");
    for chunk in body.as_bytes().chunks(size) {
        bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    bytes
}

/// Writes one byte after the other.
pub(crate) fn write_byte_by_byte(mut stream: impl Write, bytes: &[u8]) -> io::Result<()> {
    bytes
        .chunks(1)
        .try_for_each(|byte| stream.write_all(byte).and_then(|()| stream.flush()))
}
