//! Faults: to which calls they happen, how often, and whether the call is applied.

use std::time::Duration;

use jumpqr_sandbox::{
    Account, Effect, Fault, Interface, MINI_PROGRAM_APPID, MINI_PROGRAM_SECRET, Sandbox, Target,
};
use serde_json::{Value, json};

use crate::caller::{Caller, PREFIX, errcode, ordinary_rule, token_of};

fn add(caller: &Caller) -> i64 {
    errcode(&caller.mini("qrcodejumpadd", &ordinary_rule(PREFIX)))
}

fn get(caller: &Caller) -> i64 {
    errcode(&caller.mini("qrcodejumpget", &json!({})))
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
fn an_errcode_is_answered_before_or_after_applying() {
    let caller = Caller::new();
    caller.sandbox.inject(Fault::errcode(-1)).unwrap();
    let answer = caller.mini("qrcodejumpadd", &ordinary_rule(PREFIX));
    assert_eq!(errcode(&answer), -1);
    let errmsg = answer["errmsg"].as_str().unwrap();
    assert!(errmsg.starts_with("system error rid: "), "{errmsg}");
    assert_eq!(rules(&caller), 0);

    caller
        .sandbox
        .inject(Fault::errcode(-1).after_applying())
        .unwrap();
    assert_eq!(add(&caller), -1);
    assert_eq!(rules(&caller), 1);
    assert_eq!(add(&caller), 85071, "only the next call was met");
}

#[test]
fn an_errcode_may_have_a_text_of_its_own() {
    let caller = Caller::new();
    let text = "invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist";
    caller
        .sandbox
        .inject(Fault::new(Effect::Errcode {
            errcode: 40164,
            errmsg: Some(text.to_owned()),
        }))
        .unwrap();
    let answer = caller.mini("qrcodejumpget", &json!({}));
    assert!(answer["errmsg"].as_str().unwrap().starts_with(text));
}

#[test]
fn it_happens_as_often_as_asked_and_in_order() {
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
fn it_happens_to_the_calls_asked_for_only() {
    let other = "wx8888888888888888";
    let caller = Caller::with(Sandbox::builder().account(Account::mini_program(other, "s")));
    let other_token = token_of(&caller.sandbox, other);
    let meets = |fault: Fault| {
        caller.sandbox.inject(fault.forever()).unwrap();
        let met = [
            add(&caller),
            get(&caller),
            token(&caller)["errcode"].as_i64().unwrap_or(0),
            errcode(&caller.call("qrcodejumpget", &other_token, &json!({}))),
        ]
        .map(|code| code == -1);
        caller.sandbox.clear_faults();
        met
    };
    let fault = || Fault::errcode(-1);
    assert_eq!(meets(fault()), [true, true, true, true]);
    assert_eq!(
        meets(fault().on(Interface::AddJumpQRCode)),
        [true, false, false, false]
    );
    assert_eq!(
        meets(fault().on(Target::Tokens)),
        [false, false, true, false]
    );
    assert_eq!(
        meets(fault().on(Target::Business)),
        [true, true, false, true]
    );
    assert_eq!(meets(fault().account(other)), [false, false, false, true]);
    assert_eq!(
        meets(fault().account(MINI_PROGRAM_APPID)),
        [true, true, true, false]
    );
}

#[test]
fn tokens_die_once_or_always() {
    let caller = Caller::new();
    caller.sandbox.inject(Fault::token_death()).unwrap();
    assert_eq!(get(&caller), 40001);
    assert_eq!(get(&caller), 40001, "dead is dead");
    let fresh = token(&caller)["access_token"].as_str().unwrap().to_owned();
    let use_it = |token: &str| errcode(&caller.call("qrcodejumpget", token, &json!({})));
    assert_eq!(use_it(&fresh), 0);
    assert_eq!(errcode(&caller.service("wxamplinkget", &json!({}))), 0);

    caller
        .sandbox
        .inject(Fault::token_death().forever())
        .unwrap();
    for _ in 0..3 {
        let fresh = token(&caller)["access_token"].as_str().unwrap().to_owned();
        assert_eq!(use_it(&fresh), 40001);
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    let sandbox = Sandbox::start().unwrap();
    for fault in [
        Fault::errcode(0),
        Fault::reset().times(0),
        Fault::new(Effect::Status(101)),
        Fault::token_death().after_applying(),
        Fault::token_death().on(Target::Tokens),
        Fault::new(Effect::Dribble {
            bytes: 0,
            interval: Duration::ZERO,
        }),
    ] {
        assert!(sandbox.inject(fault.clone()).is_err(), "{fault:?}");
    }
}
