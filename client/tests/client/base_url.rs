//! Which of several hosts is called.

use jumpqr::error::OwnCode;
use jumpqr::{Edit, Outcome};

use crate::fake::rule;
use crate::http::builder;
use crate::server::{After, OK, Server, write};

#[test]
fn the_next_host_is_tried_if_nothing_was_sent() {
    // A free port may be taken by another test, but nothing listens on this one.
    let refusing = "http://127.0.0.1:1";
    let server = Server::start(|_, _, stream| {
        write(stream, "200 OK", OK);
        After::Keep
    });
    let client = builder(&server)
        .base_url(refusing)
        .alternate_base_urls([server.base_url()])
        .max_retries(0)
        .build()
        .unwrap();
    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    assert_eq!(server.received().len(), 1);

    let single = builder(&server)
        .base_url(refusing)
        .max_retries(0)
        .build()
        .unwrap();
    let error = single.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_eq!(
        (error.code(), error.outcome()),
        (OwnCode::ConnectFailed.into(), Outcome::NotApplied)
    );
}

#[test]
fn the_next_host_is_not_tried_if_a_request_may_have_been_sent() {
    let losing = Server::start(|_, _, _| After::Close);
    let other = Server::start(|_, _, stream| {
        write(stream, "200 OK", OK);
        After::Keep
    });
    let client = builder(&losing)
        .alternate_base_urls([other.base_url()])
        .max_retries(0)
        .build()
        .unwrap();
    let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert!(other.received().is_empty());
}
