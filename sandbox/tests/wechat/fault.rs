//! Which calls a fault happens to, how often, and whether the call is applied.

use jumpqr_sandbox::{
    Account, Effect, Fault, Interface, MINI_PROGRAM_APPID, MINI_PROGRAM_SECRET, Sandbox, Target,
};
use serde_json::{Value, json};

use crate::caller::{Caller, PREFIX, errcode, ordinary_rule, token_of};

fn add(caller: &Caller) -> i64 {
    errcode(&caller.call_as_mini_program("qrcodejumpadd", &ordinary_rule(PREFIX)))
}

fn get(caller: &Caller) -> i64 {
    errcode(&caller.call_as_mini_program("qrcodejumpget", &json!({})))
}

fn rules(caller: &Caller) -> usize {
    caller.sandbox.rules(MINI_PROGRAM_APPID).unwrap().len()
}

fn token(caller: &Caller) -> Value {
    caller.get(&format!(
        "/cgi-bin/token?grant_type=client_credential&appid={MINI_PROGRAM_APPID}&secret={MINI_PROGRAM_SECRET}"
    ))
}

#[test]
fn an_errcode_comes_before_or_after_the_call_is_applied() {
    let caller = Caller::new();
    caller.sandbox.inject(Fault::errcode(-1)).unwrap();
    let response = caller.call_as_mini_program("qrcodejumpadd", &ordinary_rule(PREFIX));
    assert_eq!(errcode(&response), -1);
    let errmsg = response["errmsg"].as_str().unwrap();
    assert!(errmsg.starts_with("system error rid: "), "{errmsg}");
    assert_eq!(rules(&caller), 0);

    caller
        .sandbox
        .inject(Fault::errcode(-1).after_applying())
        .unwrap();
    assert_eq!(add(&caller), -1);
    assert_eq!(rules(&caller), 1);
    assert_eq!(add(&caller), 85071, "the fault happens to one call only");
}

#[test]
fn an_errcode_may_have_another_text() {
    let caller = Caller::new();
    let text = "invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist";
    caller
        .sandbox
        .inject(Fault::new(Effect::Errcode {
            errcode: 40164,
            errmsg: Some(text.to_owned()),
        }))
        .unwrap();
    let response = caller.call_as_mini_program("qrcodejumpget", &json!({}));
    assert!(response["errmsg"].as_str().unwrap().starts_with(text));
}

#[test]
fn faults_happen_in_order_and_the_given_number_of_times() {
    let caller = Caller::new();
    caller
        .sandbox
        .inject(Fault::errcode(886_001).times(2))
        .unwrap();
    let last = caller
        .sandbox
        .inject(Fault::errcode(50002).forever())
        .unwrap();
    let codes: Vec<i64> = (0..5).map(|_| get(&caller)).collect();
    assert_eq!(codes, [886_001, 886_001, 50002, 50002, 50002]);
    let path = format!("/sandbox/faults/{last}");
    caller
        .sandbox
        .control("DELETE", &path, Value::Null)
        .unwrap();
    assert_eq!(get(&caller), 0);
    assert!(
        caller
            .sandbox
            .control("DELETE", &path, Value::Null)
            .is_err()
    );
}

#[test]
fn a_fault_happens_to_matching_calls_only() {
    let other = "wx8888888888888888";
    let caller =
        Caller::with_builder(Sandbox::builder().account(Account::mini_program(other, "s")));
    let other_token = token_of(&caller.sandbox, other);
    let affected_calls = |fault: Fault| {
        caller.sandbox.inject(fault.forever()).unwrap();
        let affected = [
            add(&caller),
            get(&caller),
            token(&caller)["errcode"].as_i64().unwrap_or(0),
            errcode(&caller.call("qrcodejumpget", &other_token, &json!({}))),
        ]
        .map(|code| code == -1);
        caller.sandbox.clear_faults();
        affected
    };
    let fault = || Fault::errcode(-1);
    assert_eq!(affected_calls(fault()), [true, true, true, true]);
    assert_eq!(
        affected_calls(fault().on(Interface::AddJumpQRCode)),
        [true, false, false, false]
    );
    assert_eq!(
        affected_calls(fault().on(Target::Tokens)),
        [false, false, true, false]
    );
    assert_eq!(
        affected_calls(fault().on(Target::Business)),
        [true, true, false, true]
    );
    assert_eq!(
        affected_calls(fault().account(other)),
        [false, false, false, true]
    );
    assert_eq!(
        affected_calls(fault().account(MINI_PROGRAM_APPID)),
        [true, true, true, false]
    );
}

#[test]
fn tokens_die_before_one_call_or_before_every_call() {
    let caller = Caller::new();
    caller.sandbox.inject(Fault::token_death()).unwrap();
    assert_eq!(get(&caller), 40001);
    assert_eq!(get(&caller), 40001, "a dead token stays dead");
    let fresh = token(&caller)["access_token"].as_str().unwrap().to_owned();
    let list_rules = |token: &str| errcode(&caller.call("qrcodejumpget", token, &json!({})));
    assert_eq!(list_rules(&fresh), 0);
    assert_eq!(
        errcode(&caller.call_as_service_account("wxamplinkget", &json!({}))),
        0
    );

    caller
        .sandbox
        .inject(Fault::token_death().forever())
        .unwrap();
    for _ in 0..3 {
        let fresh = token(&caller)["access_token"].as_str().unwrap().to_owned();
        assert_eq!(list_rules(&fresh), 40001);
    }
}

#[test]
fn an_invalid_fault_is_refused() {
    let sandbox = Sandbox::start().unwrap();
    for fault in [
        Fault::errcode(0),
        Fault::reset().times(0),
        Fault::new(Effect::Status { status: 101 }),
        Fault::token_death().after_applying(),
        Fault::token_death().on(Target::Tokens),
        Fault::new(Effect::Dribble {
            bytes: 0,
            milliseconds: 0,
        }),
    ] {
        assert!(sandbox.inject(fault.clone()).is_err(), "{fault:?}");
    }
}
