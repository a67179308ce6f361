use std::time::Duration;

use jumpqr_core::call::{Policy, RetryDelays};

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

fn made(max_retries: usize, delay: fn(usize) -> Duration) -> Policy {
    Policy {
        retry_delays: RetryDelays::Made { max_retries, delay },
        ..without_look_up(&[])
    }
}

#[test]
fn each_delay_is_made_for_its_retry() {
    let policy = made(2, |retries| [10, 20].map(Duration::from_millis)[retries]);
    let run = run(delete(), policy, &[Some(TOO_FAST); 3]);
    let waits: Vec<_> = run
        .notes
        .iter()
        .filter_map(|note| note.split(" because").next())
        .collect();
    // After this refusal, a second more is waited.
    assert_eq!(waits, ["retry 1 in 1.010s", "retry 2 in 1.020s"]);
    assert_eq!(run.result.unwrap_err().errcode(), Some(44990));
}

#[test]
fn a_call_that_does_not_retry_makes_no_delay() {
    let policy = made(1, |_| panic!("the call does not retry"));
    assert!(run(delete(), policy, &[Some(OK)]).result.is_ok());
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
