//! The query of the URL, which holds the access token or the appsecret, on its way past ureq.
//!
//! If any logger takes the level `trace`, ureq writes the whole URL into its lines of the level
//! `debug`, and every byte of the request into those of `trace`. So it is given the URL without the
//! query, and the query is put into the request's first line below ureq, on the way out. As in
//! [`patience`](super::deadline), it is kept by the thread that sends the request.

use std::cell::RefCell;
use std::io;

use jumpqr_core::Secret;

thread_local! {
    static QUERY: RefCell<Option<Secret>> = const { RefCell::new(None) };
}

/// Sends with this query, which [`take`] gives once.
pub(super) fn with_query<T>(query: Option<&str>, send: impl FnOnce() -> T) -> T {
    // A caller that is asked whether it has given up may make calls of its own meanwhile.
    let _former = Former(QUERY.replace(query.map(Secret::new)));
    send()
}

/// The query before, put back even by a panic.
struct Former(Option<Secret>);

impl Drop for Former {
    fn drop(&mut self) {
        QUERY.set(self.0.take());
    }
}

/// Takes the query of the request whose connection is there now.
pub(super) fn take() -> Option<Secret> {
    QUERY.take()
}

/// Puts the query behind the path in the first line of a request, of which the first `amount` bytes
/// of `output` are the beginning; gives how many they are now.
pub(super) fn insert(output: &mut [u8], amount: usize, query: &Secret) -> io::Result<usize> {
    let query = query.expose().as_bytes();
    let no_room = || io::Error::from(io::ErrorKind::InvalidInput);
    let request = output.get(..amount).unwrap_or_default();
    let mut spaces = request
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b' ');
    let (end_of_path, _) = spaces.nth(1).ok_or_else(no_room)?;
    let longer = amount + 1 + query.len();
    if longer > output.len() {
        return Err(no_room());
    }
    output.copy_within(end_of_path..amount, end_of_path + 1 + query.len());
    let gap = output.get_mut(end_of_path..).unwrap_or_default();
    if let Some((mark, rest)) = gap.split_first_mut() {
        *mark = b'?';
        if let Some(place) = rest.get_mut(..query.len()) {
            place.copy_from_slice(query);
        }
    }
    Ok(longer)
}

#[cfg(test)]
mod tests {
    use jumpqr_core::Secret;

    use super::{insert, take, with_query};

    #[test]
    fn the_query_stands_behind_the_path() {
        let mut output = *b"POST /a HTTP/1.1\r\nHost: h\r\n\r\n................";
        let amount = insert(&mut output, 29, &Secret::new("token=T T")).unwrap();
        assert_eq!(
            output[..amount],
            *b"POST /a?token=T T HTTP/1.1\r\nHost: h\r\n\r\n"
        );
    }

    #[test]
    fn where_there_is_no_room_nothing_is_sent() {
        let mut output = *b"GET /a HTTP/1.1\r\n\r\n..";
        insert(&mut output, 19, &Secret::new("ab")).unwrap_err();
        insert(&mut output, 19, &Secret::new("a")).unwrap();
        insert(&mut output, 3, &Secret::new("")).unwrap_err();
    }

    #[test]
    fn a_call_within_a_call_takes_its_own() {
        with_query(Some("outer"), || {
            with_query(None, || assert!(take().is_none()));
            assert_eq!(take().unwrap().expose(), "outer");
            assert!(take().is_none());
        });
    }
}
