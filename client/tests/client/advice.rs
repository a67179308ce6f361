//! What to do about a change that does not stand.

use std::sync::Arc;

use jumpqr::call::{FailureCause, SendFailure};
use jumpqr::response::Response;
use jumpqr::transport::MemoryTransport;
use jumpqr::{Client, Edit, Outcome};

use crate::fake::{ADD, Counter, ManualClock, errcode, rule};

/// What a change fails with whose first answer is lost, and whose second is this; read back, it never stands.
fn advice(second: i64) -> String {
    let sent = Counter::default();
    let transport = Arc::new(MemoryTransport::new(move |request| match request.path() {
        ADD if sent.next() == 0 => Err(SendFailure::after_sending(
            FailureCause::ConnectionLost,
            "lost",
        )),
        ADD => Ok(errcode(second)),
        _ => Ok(Response::ok(r#"{"errcode":0,"rule_list":[]}"#)),
    }));
    let client = Client::builder()
        .access_token("T")
        .transport(transport)
        .clock(Arc::<ManualClock>::default())
        .max_retries(1)
        .build()
        .unwrap();
    let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_eq!(error.errcode(), Some(second));
    assert_eq!(error.outcome(), Outcome::NotApplied);
    error.advice().to_owned()
}

#[test]
fn what_may_pass_is_to_be_called_again_and_what_will_not_is_to_be_mended() {
    assert!(advice(-1).contains("call again"), "{}", advice(-1));
    assert!(advice(85069).contains("file"), "{}", advice(85069));
    assert!(!advice(85069).contains("call again"));
}
