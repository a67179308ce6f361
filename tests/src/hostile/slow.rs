//! Answers that are right, and that never get done.

use std::io;
use std::thread;
use std::time::Duration;

use super::Play::Request;
use super::connection::whole;
use super::{Connection, Fault, Received};

/// Between two bytes.
const PAUSE: Duration = Duration::from_secs(1);

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "head-at-1-byte-a-second",
        Request(|connection, request| dribble(connection, request, 0)),
    ),
    Fault::new(
        "body-at-1-byte-a-second",
        Request(|connection, request| dribble(connection, request, request.right_answer().len())),
    ),
    Fault::new(
        "answer-after-a-minute",
        Request(|connection, request| {
            connection.stirs_within(Duration::from_secs(60))?;
            connection
                .answer("200 OK", request.right_answer().as_bytes())
                .map(|()| true)
        }),
    ),
];

/// Sends a right answer, the last bytes of it one by one: these many, or all.
fn dribble(connection: &mut Connection, request: &Received, last: usize) -> io::Result<bool> {
    let answer = whole("200 OK", request.right_answer().as_bytes());
    let at_once = if last == 0 { 0 } else { answer.len() - last };
    let (first, rest) = answer.split_at(at_once);
    connection.write(first)?;
    for byte in rest {
        connection.write(&[*byte])?;
        thread::sleep(PAUSE);
    }
    Ok(true)
}
