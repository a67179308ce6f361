//! The bytes on a connection, and the state in which a server leaves it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use jumpqr::interface::Confirmation;
use jumpqr::{Cancel, Client, ClientBuilder, Edit, ErrorKind, Outcome};

use crate::fake::rule;
use crate::server::{OK, write};

/// Starts a server that passes one connection after the other to `serve`, with its number from 0.
/// Returns the builder of a client.
fn listen(serve: impl Fn(usize, TcpStream) + Send + 'static) -> ClientBuilder {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            serve(number, stream.unwrap());
        }
    });
    Client::builder()
        .access_token("T")
        .base_url(base_url)
        .pacing(false)
        .max_retries(0)
}

/// Receives a request, and returns the pieces in which it arrived; `None` at the end of the
/// connection.
fn receive(stream: &mut TcpStream) -> Option<Vec<String>> {
    let mut pieces = Vec::<String>::new();
    let mut piece = vec![0; 65536];
    while !pieces.concat().ends_with('}') {
        let length = stream.read(&mut piece).ok().filter(|length| *length > 0)?;
        pieces.push(String::from_utf8(piece[..length].to_vec()).unwrap());
    }
    Some(pieces)
}

#[test]
fn a_request_on_a_reused_connection_is_sent_in_one_piece() {
    let (sender, pieces) = channel();
    let client = listen(move |_, mut stream| {
        while let Some(received) = receive(&mut stream) {
            sender.send(received).unwrap();
            write(&mut stream, "200 OK", OK);
        }
    })
    .build()
    .unwrap();
    for _ in 0..20 {
        client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    }
    for pieces in pieces.try_iter().skip(1) {
        assert_eq!(pieces.len(), 1, "{pieces:?}");
    }
}

#[test]
fn a_request_larger_than_the_buffers_arrives_whole() {
    let long = "p".repeat(200_000);
    let (sender, received) = channel();
    let client = listen(move |_, mut stream| {
        while let Some(pieces) = receive(&mut stream) {
            sender.send(pieces.concat()).unwrap();
            write(&mut stream, "200 OK", OK);
        }
    })
    .validate(false)
    .build()
    .unwrap();
    let mut rule = rule();
    rule.path.clone_from(&long);
    for _ in 0..3 {
        client.add_jump_qr_code(rule.clone(), Edit::Add).unwrap();
    }
    for request in received.try_iter() {
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let head = head.to_ascii_lowercase();
        assert!(head.contains(&format!("content-length: {}", body.len())));
        assert!(body.contains(&long));
    }
}

/// Checks that each call succeeds on a new connection if `leave` has changed the state of the last
/// one after its call.
fn check_that_no_connection_is_reused_after(
    leave: impl Fn(TcpStream) -> Option<TcpStream> + Send + 'static,
) {
    let (over, is_over) = channel();
    let (sender, left) = channel();
    let (is_over, kept) = (Mutex::new(is_over), Mutex::new(Vec::new()));
    let client = listen(move |number, mut stream| {
        receive(&mut stream).unwrap();
        write(&mut stream, "200 OK", OK);
        is_over.lock().unwrap().recv().unwrap();
        kept.lock().unwrap().extend(leave(stream));
        sender.send(number).unwrap();
    });
    let client = client.build().unwrap();
    for number in 0..3 {
        let answer = client.add_jump_qr_code(rule(), Edit::Add).unwrap();
        assert_eq!(answer, Confirmation::Answered);
        over.send(()).unwrap();
        assert_eq!(left.recv().unwrap(), number);
    }
}

#[test]
fn a_connection_with_unexpected_bytes_is_not_reused() {
    check_that_no_connection_is_reused_after(|mut stream| {
        write(&mut stream, "408 Request Timeout", "");
        Some(stream)
    });
}

#[test]
fn a_second_response_in_the_same_piece_is_not_taken_for_the_next_one() {
    let client = listen(|_, mut stream| {
        receive(&mut stream).unwrap();
        let length = OK.len();
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{OK}");
        stream.write_all(answer.repeat(2).as_bytes()).unwrap();
    });
    let client = client.build().unwrap();
    for _ in 0..3 {
        client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    }
}

#[test]
fn a_connection_that_was_reset_is_not_reused() {
    check_that_no_connection_is_reused_after(|stream| {
        let socket = socket2::SockRef::from(&stream);
        socket.set_linger(Some(Duration::ZERO)).unwrap();
        None
    });
}

#[test]
fn a_head_that_arrives_byte_by_byte_ends_at_the_deadline() {
    let client = listen(|_, mut stream| {
        receive(&mut stream).unwrap();
        let mut piece: &[u8] = b"HTTP/1.1 200 OK\r\nX: ";
        while stream.write_all(piece).is_ok() {
            thread::sleep(Duration::from_millis(5));
            piece = b"x";
        }
    })
    .timeout(Duration::from_secs(1))
    .build()
    .unwrap();
    let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::Timeout, Outcome::Unknown),
        "{error:?}"
    );
}

#[test]
fn a_cancelled_call_does_not_wait_for_the_response() {
    let (sender, received) = channel();
    let (_keep, forever) = channel::<()>();
    let forever = Mutex::new(forever);
    let client = listen(move |_, mut stream| {
        sender.send(receive(&mut stream)).unwrap();
        // Sends nothing while the test runs.
        forever.lock().unwrap().recv().unwrap_err();
    })
    .build()
    .unwrap();
    let received = Mutex::new(received);
    let cancel = Cancel::with_check(move || received.lock().unwrap().try_recv().is_ok());
    let error = client
        .with_cancel(&cancel)
        .add_jump_qr_code(rule(), Edit::Add)
        .unwrap_err();
    assert!(error.message().contains("cancelled"), "{error}");
    assert_eq!(error.outcome(), Outcome::Unknown);
}
