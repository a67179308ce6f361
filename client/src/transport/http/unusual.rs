//! Responses that WeChat hardly ever sends: with another status than 200, chunked, ended by the end
//! of the connection, or not valid. ureq-proto reads them, from their first byte.

use std::io;

use jumpqr_core::response::Response;
use ureq::Error;
use ureq::unversioned::transport::{NextTimeout, Transport};
use ureq_proto::client::state::{RecvBody, RecvResponse};
use ureq_proto::client::{Call, RecvBodyResult, RecvResponseResult, SendRequestResult};

use super::LONGEST_HEAD;
use super::exchange::{Limits, Received, closed_too_early};

/// Reads the rest of a response of which nothing was consumed.
pub(super) fn receive(transport: &mut dyn Transport, limits: Limits) -> Result<Received, Error> {
    let mut call = any_call()?;
    let mut head_length = 0;
    let status = loop {
        let input = transport.buffers().input();
        let (used, head) = call.try_response(input, false)?;
        head_length += used;
        let arrived = head_length + if used == 0 { input.len() } else { 0 };
        if arrived > LONGEST_HEAD {
            return Err(Error::LargeResponseHeader(arrived, LONGEST_HEAD));
        }
        transport.buffers().input_consume(used);
        if let Some(head) = head {
            break head.status().as_u16();
        }
        // An interim response, such as 100, is consumed without a result. It counts as a part of
        // the head, because a server may send interim responses without end.
        if used == 0 && !transport.await_input(NextTimeout::default())? {
            return Err(closed_too_early());
        }
    };
    let (body, must_close) = match call.proceed() {
        Some(RecvResponseResult::RecvBody(call)) => receive_body(call, transport, limits)?,
        Some(RecvResponseResult::Redirect(call)) => (Vec::new(), call.must_close_connection()),
        Some(RecvResponseResult::Cleanup(call)) => (Vec::new(), call.must_close_connection()),
        None => return Err(closed_too_early()),
    };
    Ok(Received {
        response: Response { status, body },
        is_reusable: !must_close && transport.buffers().input().is_empty(),
    })
}

/// Returns a call that waits for its response. Its request is not the one that was sent: the
/// response is read in the same way after any GET or POST.
fn any_call() -> Result<Call<RecvResponse>, Error> {
    let request = ureq::http::Request::get("http://wechat.invalid/").body(())?;
    let mut call = Call::new(request)?.proceed();
    call.write(&mut [0; 128])?;
    match call.proceed()? {
        Some(SendRequestResult::RecvResponse(call)) => Ok(call),
        _ => Err(Error::ConnectionFailed),
    }
}

/// Returns the body, and whether the connection must be closed.
fn receive_body(
    mut call: Call<RecvBody>,
    transport: &mut dyn Transport,
    limits: Limits,
) -> Result<(Vec<u8>, bool), Error> {
    let mut body = Vec::new();
    let mut is_open = true;
    // A body without a length ends with the connection.
    let ends_with_connection = call.body_mode() == ureq_proto::BodyMode::CloseDelimited;
    while ends_with_connection || !call.can_proceed() {
        let input = transport.buffers().input();
        let length = body.len();
        body.resize(length + input.len(), 0);
        let (used, read) = call.read(input, body.get_mut(length..).unwrap_or_default())?;
        body.truncate(length + read);
        let is_input_empty = input.is_empty();
        transport.buffers().input_consume(used);
        if body.len() as u64 > limits.body {
            return Err(Error::BodyExceedsLimit(limits.body));
        }
        if used > 0 {
            continue;
        }
        if !is_open {
            // Some servers close a chunked response after the last chunk, without its end.
            let is_complete = ends_with_connection || call.is_ended_chunked();
            return if is_complete && is_input_empty {
                Ok((body, true))
            } else {
                Err(closed_too_early())
            };
        }
        is_open = match transport.await_input(NextTimeout::default()) {
            Err(Error::Io(error)) if is_closed(&error) => false,
            result => result?,
        };
    }
    let must_close = match call.proceed() {
        Some(RecvBodyResult::Redirect(call)) => call.must_close_connection(),
        Some(RecvBodyResult::Cleanup(call)) => call.must_close_connection(),
        None => true,
    };
    Ok((body, must_close))
}

/// Returns whether the server has closed the connection, in whichever way.
fn is_closed(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

#[cfg(test)]
mod tests {
    use jumpqr_core::call::FailureCause;

    use super::super::LONGEST_HEAD;
    use super::super::exchange::tests::{read, read_in_all_parts};

    #[test]
    fn a_response_in_another_form_is_read_in_any_parts() {
        let chunks = "Transfer-Encoding: chunked\r\n\r\n2;x=y\r\n{}\r\n1\r\n \r\n0\r\n";
        for (response, status, body, is_reusable) in [
            (format!("HTTP/1.1 200 OK\r\n{chunks}\r\n"), 200, "{} ", true),
            (
                format!("HTTP/1.1 200 OK\r\n{chunks}A: b\r\n\r\n"),
                200,
                "{} ",
                true,
            ),
            // Without the end of the last chunk.
            (format!("HTTP/1.1 200 OK\r\n{chunks}"), 200, "{} ", false),
            ("HTTP/1.1 200 OK\r\n\r\n{}".to_owned(), 200, "{}", false),
            (
                "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}".to_owned(),
                200,
                "{}",
                false,
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}".to_owned(),
                200,
                "{}",
                false,
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}".to_owned(),
                200,
                "{}",
                true,
            ),
            ("HTTP/1.1 204 No Content\r\n\r\n".to_owned(), 204, "", true),
            (
                "HTTP/1.1 302 Found\r\nLocation: /a\r\nContent-Length: 2\r\n\r\n{}".to_owned(),
                302,
                "{}",
                true,
            ),
            (
                "HTTP/1.1 101 Switching Protocols\r\n\r\n".to_owned(),
                101,
                "",
                false,
            ),
            (
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n\
                 HTTP/1.1 502 Bad Gateway\r\nContent-Length: 2\r\n\r\n{}"
                    .to_owned(),
                502,
                "{}",
                true,
            ),
        ] {
            let result = read_in_all_parts(&response).unwrap();
            assert_eq!(result, (status, body.to_owned(), is_reusable), "{response}");
        }
    }

    #[test]
    fn a_response_that_is_not_valid_is_an_error() {
        for (response, detail) in [
            ("<html></html>\r\n", "did not respond in HTTP"),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n{}",
                "did not respond in HTTP",
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}",
                "did not respond in HTTP",
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\n{}",
                "closed",
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
                "closed",
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ",
                "closed",
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n{}\r\n",
                "did not respond in HTTP",
            ),
            ("HTTP/1.1 100 Continue\r\n\r\n", "closed"),
        ] {
            let failure = read_in_all_parts(response).unwrap_err();
            assert_eq!(failure.cause, FailureCause::ConnectionLost);
            assert!(
                failure.sent && failure.detail.contains(detail),
                "{response}: {failure:?}"
            );
        }
    }

    #[test]
    fn heads_and_bodies_have_their_limits_here_too() {
        let long = "x".repeat(LONGEST_HEAD);
        let head = format!("HTTP/1.1 200 OK\r\nX: {long}");
        let failure = read([head.as_bytes()]).unwrap_err();
        assert_eq!(failure.cause, FailureCause::BodyTooLarge);
        let body = "x".repeat(1000);
        for (rest, is_allowed) in [("", true), ("x", false)] {
            let response = format!("HTTP/1.1 200 OK\r\n\r\n{body}{rest}");
            let result = read([response.as_bytes()]);
            let cause = result.map(drop).map_err(|failure| failure.cause);
            let expected = if is_allowed {
                Ok(())
            } else {
                Err(FailureCause::BodyTooLarge)
            };
            assert_eq!(cause, expected);
        }
    }

    #[test]
    fn interim_responses_count_as_a_part_of_the_head() {
        let interim = "HTTP/1.1 100 Continue\r\n\r\n";
        let body = "x".repeat(1000);
        let response = format!("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{body}");
        let most = LONGEST_HEAD / interim.len() - 2;
        for (count, is_allowed) in [(most, true), (most + 2, false)] {
            let sent = interim.repeat(count) + &response;
            for result in [read([sent.as_bytes()]), read(sent.as_bytes().chunks(100))] {
                match result {
                    Ok(received) => assert!(is_allowed && received == (200, body.clone(), true)),
                    Err(failure) => {
                        assert!(!is_allowed && failure.cause == FailureCause::BodyTooLarge);
                    }
                }
            }
        }
    }

    #[test]
    fn a_second_response_is_not_read_with_the_first() {
        let response = "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}";
        let result = read([response.repeat(2).as_bytes()]).unwrap();
        assert_eq!(result, (404, "{}".to_owned(), false));
    }
}
