//! Correct answers that take too long.

use std::io;
use std::thread;
use std::time::Duration;

use super::Action::AfterRequest;
use super::connection::build_response;
use super::{Connection, Fault, Received};

/// The pause between two bytes.
const PAUSE: Duration = Duration::from_secs(1);

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "head-at-1-byte-a-second",
        AfterRequest(|connection, request| dribble(connection, request, 0)),
    ),
    Fault::new(
        "body-at-1-byte-a-second",
        AfterRequest(|connection, request| {
            dribble(connection, request, request.correct_answer().len())
        }),
    ),
    Fault::new(
        "answer-after-a-minute",
        AfterRequest(|connection, request| {
            connection.wait_for_activity(Duration::from_secs(60))?;
            connection
                .answer("200 OK", request.correct_answer().as_bytes())
                .map(|()| true)
        }),
    ),
];

/// Sends a correct answer. The last `last` bytes are sent one by one; if it is 0, all bytes.
fn dribble(connection: &mut Connection, request: &Received, last: usize) -> io::Result<bool> {
    let answer = build_response("200 OK", request.correct_answer().as_bytes());
    let at_once = if last == 0 { 0 } else { answer.len() - last };
    let (first, rest) = answer.split_at(at_once);
    connection.write(first)?;
    for byte in rest {
        connection.write(&[*byte])?;
        thread::sleep(PAUSE);
    }
    Ok(true)
}
