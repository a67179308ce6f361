//! Hides the query of the URL from ureq: it holds the access token or the appsecret.
//!
//! If any logger accepts the level `trace`, ureq logs the whole URL at the level `debug`, and every
//! byte of the request at `trace`. So ureq gets the URL without the query, and the query is
//! inserted into the first line of the request below ureq. As in [`deadline`](super::deadline), a
//! thread-local variable holds it.

use std::cell::RefCell;
use std::io;

use jumpqr_core::Secret;

thread_local! {
    static QUERY: RefCell<Option<Secret>> = const { RefCell::new(None) };
}

/// Runs `send`, in which [`take`] returns this query once.
pub(super) fn with_query<T>(query: Option<&str>, send: impl FnOnce() -> T) -> T {
    // The check of a `Cancel` may make calls of its own.
    let _previous = Previous(QUERY.replace(query.map(Secret::new)));
    send()
}

/// The query before, restored when this is dropped, even by a panic.
struct Previous(Option<Secret>);

impl Drop for Previous {
    fn drop(&mut self) {
        QUERY.set(self.0.take());
    }
}

/// Takes the query of this thread's request, once its connection is open.
pub(super) fn take() -> Option<Secret> {
    QUERY.take()
}

/// Inserts the query after the path in the first line of a request. The first `amount` bytes of
/// `output` are the beginning of the request; returns how many they are then.
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
    fn the_query_is_inserted_after_the_path() {
        let mut output = *b"POST /a HTTP/1.1\r\nHost: h\r\n\r\n................";
        let amount = insert(&mut output, 29, &Secret::new("token=T T")).unwrap();
        assert_eq!(
            output[..amount],
            *b"POST /a?token=T T HTTP/1.1\r\nHost: h\r\n\r\n"
        );
    }

    #[test]
    fn without_room_the_query_is_refused() {
        let mut output = *b"GET /a HTTP/1.1\r\n\r\n..";
        insert(&mut output, 19, &Secret::new("ab")).unwrap_err();
        insert(&mut output, 19, &Secret::new("a")).unwrap();
        insert(&mut output, 3, &Secret::new("")).unwrap_err();
    }

    #[test]
    fn a_nested_call_takes_its_own_query() {
        with_query(Some("outer"), || {
            with_query(None, || assert!(take().is_none()));
            assert_eq!(take().unwrap().expose(), "outer");
            assert!(take().is_none());
        });
    }
}
