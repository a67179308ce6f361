//! If the outcome of a write is unknown, the rule is read back, and the call reports the true
//! result.

use std::time::Duration;

use jumpqr::interface::Confirmation;
use jumpqr::{Client, Edit, Outcome, Rule};
use jumpqr_sandbox::{Effect, Fault, Interface, Sandbox};

use crate::{mini_program, rule, sandbox, service_account, service_account_rule};

/// Shorter than the injected delay, but long enough for a loaded machine.
const READ_TIMEOUT: Duration = Duration::from_millis(500);

/// Returns all effects that lose the answer.
fn list_losses() -> Vec<Effect> {
    vec![
        Effect::Errcode {
            errcode: -1,
            errmsg: None,
        },
        Fault::delay(4 * READ_TIMEOUT).effect,
        Effect::Reset,
        Effect::Truncate,
        Effect::Html,
        Effect::Status { status: 502 },
        Effect::Garbage,
        Effect::NotHttp,
        Effect::Empty,
    ]
}

/// Returns the effects that can replace an answer. `Truncate` cuts the answer to an applied write.
fn list_losses_before_applying() -> Vec<Effect> {
    let mut losses = list_losses();
    losses.retain(|effect| *effect != Effect::Truncate);
    losses
}

fn build_client(sandbox: &Sandbox, retries: usize) -> Client {
    mini_program(sandbox)
        .read_timeout(READ_TIMEOUT)
        .max_retries(retries)
        .build()
        .unwrap()
}

fn fault_on_add(effect: &Effect) -> Fault {
    Fault::new(effect.clone()).on(Interface::AddJumpQRCode)
}

fn count_rules(sandbox: &Sandbox) -> usize {
    let account = sandbox.mini_program().appid;
    sandbox.rules(&account).unwrap().len()
}

#[test]
fn an_applied_write_is_done() {
    for effect in list_losses() {
        let sandbox = sandbox();
        sandbox
            .inject(fault_on_add(&effect).after_applying())
            .unwrap();
        let answer = build_client(&sandbox, 0).add_jump_qr_code(rule(), Edit::Add);
        assert_eq!(answer.unwrap(), Confirmation::ReadBack, "{effect:?}");
        assert_eq!(
            sandbox.counters().calls_of(Interface::AddJumpQRCode),
            1,
            "{effect:?}"
        );
        assert_eq!(count_rules(&sandbox), 1, "{effect:?}");
    }
}

#[test]
fn a_write_that_was_not_applied_is_sent_again() {
    for effect in list_losses_before_applying() {
        let sandbox = sandbox();
        sandbox.inject(fault_on_add(&effect)).unwrap();
        let answer = build_client(&sandbox, 1).add_jump_qr_code(rule(), Edit::Add);
        assert_eq!(answer.unwrap(), Confirmation::Answered, "{effect:?}");
        assert_eq!(
            sandbox.counters().calls_of(Interface::AddJumpQRCode),
            2,
            "{effect:?}"
        );
        assert_eq!(
            sandbox.counters().calls_of(Interface::GetJumpQRCode),
            1,
            "{effect:?}"
        );
        assert_eq!(count_rules(&sandbox), 1, "{effect:?}");
    }
}

#[test]
fn without_retries_a_write_that_was_not_applied_fails_with_not_applied() {
    for effect in list_losses_before_applying() {
        let sandbox = sandbox();
        sandbox.inject(fault_on_add(&effect)).unwrap();
        let error = build_client(&sandbox, 0)
            .add_jump_qr_code(rule(), Edit::Add)
            .unwrap_err();
        assert_eq!(error.outcome(), Outcome::NotApplied, "{effect:?}");
        assert!(error.is_retryable(), "{effect:?}");
        assert_eq!(count_rules(&sandbox), 0, "{effect:?}");
    }
}

#[test]
fn a_write_that_cannot_be_read_back_fails_with_unknown() {
    for effect in list_losses() {
        let sandbox = sandbox();
        sandbox
            .inject(fault_on_add(&effect).after_applying())
            .unwrap();
        let reading = Fault::reset().on(Interface::GetJumpQRCode).forever();
        sandbox.inject(reading).unwrap();
        let error = build_client(&sandbox, 1)
            .add_jump_qr_code(rule(), Edit::Add)
            .unwrap_err();
        assert_eq!(error.outcome(), Outcome::Unknown, "{effect:?}");
        assert_eq!(
            sandbox.counters().calls_of(Interface::AddJumpQRCode),
            1,
            "{effect:?}"
        );
    }
}

#[test]
fn publishing_and_deleting_are_read_back_too() {
    for effect in list_losses() {
        let sandbox = sandbox();
        let client = build_client(&sandbox, 0);
        client.add_jump_qr_code(rule(), Edit::Add).unwrap();
        for interface in [Interface::PublishJumpQRCode, Interface::DeleteJumpQRCode] {
            let fault = Fault::new(effect.clone()).on(interface).after_applying();
            sandbox.inject(fault).unwrap();
        }
        let prefix = rule().prefix;
        let published = client.publish_jump_qr_code(&prefix).unwrap();
        let deleted = client.delete_jump_qr_code(&prefix).unwrap();
        assert_eq!(
            [published, deleted],
            [Confirmation::ReadBack; 2],
            "{effect:?}"
        );
        assert_eq!(count_rules(&sandbox), 0, "{effect:?}");
    }
}

#[test]
fn a_service_account_rule_is_read_back_by_its_prefix() {
    let sandbox = sandbox();
    let client = service_account(&sandbox).build().unwrap();
    let rule = Rule::from(service_account_rule(&sandbox));
    sandbox
        .inject(
            Fault::errcode(-1)
                .after_applying()
                .on(Interface::AddJumpQRCode),
        )
        .unwrap();
    let answer = client.add_jump_qr_code(&rule, Edit::Add).unwrap();
    assert_eq!(answer, Confirmation::ReadBack);
    let requests = sandbox.requests();
    let read_back = requests.last().unwrap();
    assert_eq!(read_back.interface, Some(Interface::GetJumpQRCode));
    assert!(read_back.body.contains(r#""get_type":1"#), "{read_back:?}");
}
