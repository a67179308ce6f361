use jumpqr_core::call::Policy;

use crate::script::{OK, TOO_FAST, delete, run, without_look_up};

#[test]
fn there_is_one_retry_for_each_delay() {
    for delays in [&[][..], &[10], &[10, 20]] {
        let responses = vec![Some(TOO_FAST); delays.len() + 1];
        let run = run(delete(), without_look_up(delays), &responses);
        assert_eq!(run.requests.len(), responses.len());
        assert_eq!(run.result.unwrap_err().errcode(), Some(44990));
    }
}

#[test]
fn a_host_count_of_zero_is_one_host() {
    let policy = Policy {
        host_count: 0,
        ..without_look_up(&[10])
    };
    let run = run(delete(), policy, &[None, Some(OK)]);
    assert_eq!(run.requests, ["qrcodejumpdelete T1 0"; 2]);
}
