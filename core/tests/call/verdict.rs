use std::time::Duration;

use jumpqr_core::Outcome;
use jumpqr_core::call::{FailureCause, SendFailure};
use jumpqr_core::response::Response;

use crate::script::{delete, run_after, without_look_up};

#[test]
fn a_write_is_read_back_only_if_it_may_have_reached_wechat() {
    let status = |status| {
        Ok(Response {
            status,
            body: b"<html>".to_vec(),
        })
    };
    let lost = SendFailure::after_sending(FailureCause::ConnectionLost, "staged");
    let refused = SendFailure::before_sending(FailureCause::Refused, "staged");
    for (response, may_be_applied) in [
        (status(502), true),
        (status(408), true),
        (status(403), false),
        (Err(lost), true),
        (Err(refused), false),
    ] {
        let mut responses = vec![response.clone()];
        // The read-back is refused, so that the outcome stays unknown.
        responses.extend(may_be_applied.then(|| status(403)));
        let policy = without_look_up(&[10]);
        let run = run_after(Duration::ZERO, delete(), policy, responses);
        let expected = if may_be_applied {
            Outcome::Unknown
        } else {
            Outcome::NotApplied
        };
        let error = run.result.unwrap_err();
        assert_eq!(error.outcome(), expected, "{response:?}");
    }
}
