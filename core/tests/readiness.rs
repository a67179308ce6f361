//! What stands in the way of a merchant's rules, from real forms of WeChat's response.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::call::{Call, Policy, Step};
use jumpqr_core::interface::{ApiGetAuthorizerInfo, AuthorizerInfoResponse, ComponentTokenField};
use jumpqr_core::readiness::{Mode, Observation, Readiness, ReadinessCode, Verdict, judge};
use jumpqr_core::response::Response;
use serde_json::{Value, json};

use Mode::{OrdinaryLink, ServiceAccount};

fn read(body: &Value) -> AuthorizerInfoResponse {
    let call = ApiGetAuthorizerInfo {
        component_appid: "wx1".to_owned(),
        authorizer_appid: "wx2".to_owned(),
        component_token_field: ComponentTokenField::AccessToken,
    };
    let mut call = Call::new(call, Policy::default(), Duration::ZERO).unwrap();
    loop {
        match call.step(Duration::ZERO) {
            Step::GetToken { .. } => call.token(Duration::ZERO, Ok(Some(Secret::new("T")))),
            Step::Send(_) => call.response(Duration::ZERO, Ok(Response::ok(body.to_string()))),
            Step::Done(result) => return result.unwrap(),
            Step::Reserve { .. } => call.slot(Duration::ZERO, Some(Duration::ZERO)),
            Step::Wait { .. } => unreachable!("nothing fails"),
        }
    }
}

fn judge_response(mode: Mode, body: &Value, principal_type: Option<i64>) -> Readiness {
    let response = read(body);
    let granted = response.authorization_info.as_ref();
    judge(&Observation {
        mode,
        authorizer_info: &response.authorizer_info,
        func_info: granted.and_then(|granted| granted.func_info.as_deref()),
        principal_type,
    })
}

/// A Mini Program of an organisation that has granted everything.
fn mini_program() -> Value {
    json!({
        "authorizer_info": {
            "service_type_info": {"id": 0}, "verify_type_info": {"id": 0}, "account_status": 1,
            "principal_name": "Tables Ltd.", "register_type": 0, "MiniProgramInfo": {},
        },
        "authorization_info": {
            "authorizer_appid": "wx2", "func_info": [{"funcscope_category": {"id": 18}}],
        },
    })
}

/// A service account that has granted everything.
fn service_account() -> Value {
    json!({
        "authorizer_info": {
            "service_type_info": {"id": 2}, "verify_type_info": {"id": 0}, "account_status": 1,
        },
        "authorization_info": {
            "authorizer_appid": "wx2",
            "func_info": [{"funcscope_category": {"id": 3}}, {"funcscope_category": {"id": 33}}],
        },
    })
}

/// Returns the response with another value for some fields of `authorizer_info`. A null stands for
/// a field that WeChat leaves out.
fn with_info(mut response: Value, changes: &Value) -> Value {
    let info = response["authorizer_info"].as_object_mut().unwrap();
    info.extend(changes.as_object().unwrap().clone());
    response
}

/// Returns the response with another list of permission sets.
fn with_sets(mut response: Value, func_info: Value) -> Value {
    response["authorization_info"]["func_info"] = func_info;
    response
}

/// Holds the findings to `expected`, each as `field code errcode`.
fn assert_findings(readiness: &Readiness, expected: &[&str], what: &str) {
    let found = readiness.findings.iter().map(|finding| {
        let errcode = finding
            .errcode
            .map_or("-".to_owned(), |code| code.to_string());
        format!("{} {} {errcode}", finding.field, finding.code)
    });
    assert_eq!(found.collect::<Vec<_>>(), expected, "{what}");
}

#[test]
fn a_merchant_that_has_granted_everything_is_ready() {
    for (mode, response) in [
        (OrdinaryLink, mini_program()),
        (ServiceAccount, service_account()),
    ] {
        let readiness = judge_response(mode, &response, None);
        assert_findings(&readiness, &[], mode.name());
        assert_eq!(readiness.verdict(), Verdict::Ready);
    }
}

#[test]
fn what_the_account_is_decides() {
    let mini = |changes: Value| with_info(mini_program(), &changes);
    let service = |changes: Value| with_info(service_account(), &changes);
    let no_type = json!({"service_type_info": null, "MiniProgramInfo": null});
    for (mode, response, expected, verdict) in [
        (
            ServiceAccount,
            mini_program(),
            vec!["MiniProgramInfo wrong_account 85069"],
            Verdict::NotReady,
        ),
        (
            OrdinaryLink,
            service_account(),
            vec!["MiniProgramInfo wrong_account 85066"],
            Verdict::NotReady,
        ),
        (
            ServiceAccount,
            service(json!({"service_type_info": {"id": 1}})),
            vec!["service_type_info wrong_account 48001"],
            Verdict::NotReady,
        ),
        (
            OrdinaryLink,
            mini(no_type),
            vec!["service_type_info unknown_kind -"],
            Verdict::Unknown,
        ),
        (
            OrdinaryLink,
            mini(json!({"principal_name": "个人"})),
            vec!["principal_name personal_account 85075"],
            Verdict::NotReady,
        ),
        (
            OrdinaryLink,
            mini(json!({"register_type": 17})),
            vec!["register_type personal_account 85075"],
            Verdict::NotReady,
        ),
        (
            OrdinaryLink,
            mini(json!({"principal_name": "", "register_type": 6})),
            vec!["principal_name unknown_principal 85075"],
            Verdict::Unknown,
        ),
        (
            OrdinaryLink,
            mini(json!({"verify_type_info": {"id": -1}})),
            vec!["verify_type_info unverified_mini_program -"],
            Verdict::Ready,
        ),
        (
            ServiceAccount,
            service(json!({"verify_type_info": {"id": 3}})),
            vec!["verify_type_info not_verified 48001"],
            Verdict::NotReady,
        ),
        (
            ServiceAccount,
            service(json!({"verify_type_info": null})),
            vec!["verify_type_info unknown_verification -"],
            Verdict::Unknown,
        ),
        (
            ServiceAccount,
            service(json!({"principal_name": "个人"})),
            vec![],
            Verdict::Ready,
        ),
    ] {
        let readiness = judge_response(mode, &response, None);
        assert_findings(&readiness, &expected, &response.to_string());
        assert_eq!(readiness.verdict(), verdict, "{response}");
    }
}

#[test]
fn the_status_of_the_account_decides() {
    for (status, expected, verdict) in [
        (
            json!(14),
            "account_status account_cancelled -",
            Verdict::NotReady,
        ),
        (
            json!(16),
            "account_status account_banned -",
            Verdict::NotReady,
        ),
        (
            json!("19"),
            "account_status account_frozen -",
            Verdict::NotReady,
        ),
        (json!(18), "account_status account_warned -", Verdict::Ready),
        (
            json!(20),
            "account_status unknown_status -",
            Verdict::Unknown,
        ),
        (
            json!(null),
            "account_status unknown_status -",
            Verdict::Unknown,
        ),
    ] {
        for (mode, response) in [
            (OrdinaryLink, mini_program()),
            (ServiceAccount, service_account()),
        ] {
            let response = with_info(response, &json!({"account_status": status}));
            let readiness = judge_response(mode, &response, None);
            assert_findings(&readiness, &[expected], &response.to_string());
            assert_eq!(readiness.verdict(), verdict, "{status}");
        }
    }
}

#[test]
fn the_permission_sets_of_the_mode_must_be_granted() {
    let set = |id: u32| json!({"funcscope_category": {"id": id}});
    let confirmed = |id: u32, already: u8| {
        json!({
            "funcscope_category": {"id": id},
            "confirm_info": {"need_confirm": 1, "already_confirm": already, "can_confirm": 0},
        })
    };
    let unconfirmed = "confirm_info unconfirmed_permission_set 61016";
    for (mode, sets, expected, verdict) in [
        (
            OrdinaryLink,
            json!([set(17), set(3), set(33)]),
            vec![
                "func_info missing_permission_set 61007",
                "func_info exclusive_permission_set 61007",
            ],
            Verdict::NotReady,
        ),
        (
            OrdinaryLink,
            json!([confirmed(18, 0)]),
            vec![unconfirmed],
            Verdict::Ready,
        ),
        (
            OrdinaryLink,
            json!([confirmed(18, 1)]),
            vec![],
            Verdict::Ready,
        ),
        (
            OrdinaryLink,
            json!(null),
            vec!["func_info unknown_permission_sets 61007"],
            Verdict::Unknown,
        ),
        (
            ServiceAccount,
            json!([set(18)]),
            vec![
                "func_info missing_permission_set 61007",
                "func_info missing_link_set 61007",
            ],
            Verdict::NotReady,
        ),
        (
            ServiceAccount,
            json!([set(33)]),
            vec!["func_info missing_permission_set 61007"],
            Verdict::NotReady,
        ),
        (
            ServiceAccount,
            json!([set(3)]),
            vec!["func_info missing_link_set 61007"],
            Verdict::Ready,
        ),
        (
            ServiceAccount,
            json!([set(3), confirmed(33, 0)]),
            vec![unconfirmed],
            Verdict::Ready,
        ),
    ] {
        let response = match mode {
            OrdinaryLink => mini_program(),
            ServiceAccount => service_account(),
        };
        let readiness = judge_response(mode, &with_sets(response, sets.clone()), None);
        assert_findings(&readiness, &expected, &format!("{mode} {sets}"));
        assert_eq!(readiness.verdict(), verdict, "{mode} {sets}");
    }
}

#[test]
fn the_exact_principal_counts_more_than_names_and_types() {
    let individual = with_info(mini_program(), &json!({"principal_name": "个人"}));
    let unnamed = with_info(mini_program(), &json!({"principal_name": null}));
    for (response, principal_type, expected) in [
        (
            mini_program(),
            Some(0),
            vec!["principal_type personal_account 85075"],
        ),
        (individual, Some(1), vec![]),
        (unnamed.clone(), Some(4), vec![]),
        (
            unnamed,
            None,
            vec!["principal_name unknown_principal 85075"],
        ),
    ] {
        let readiness = judge_response(OrdinaryLink, &response, principal_type);
        assert_findings(&readiness, &expected, &response.to_string());
    }
}

#[test]
fn an_almost_empty_response_is_unknown_and_no_error() {
    for mode in Mode::ALL {
        let readiness = judge_response(*mode, &json!({"authorizer_info": {}}), None);
        assert_eq!(readiness.verdict(), Verdict::Unknown, "{mode}");
        assert!(readiness.findings.len() >= 4, "{readiness:?}");
    }
}

#[test]
fn what_blocks_comes_first_and_what_is_unknown_last() {
    let changes = json!({
        "principal_name": null, "verify_type_info": {"id": -1}, "account_status": 19,
    });
    let response = with_sets(with_info(mini_program(), &changes), json!([]));
    let readiness = judge_response(OrdinaryLink, &response, None);
    assert_findings(
        &readiness,
        &[
            "func_info missing_permission_set 61007",
            "account_status account_frozen -",
            "verify_type_info unverified_mini_program -",
            "principal_name unknown_principal 85075",
            "func_info exclusive_permission_set 61007",
        ],
        "the order",
    );
}

#[test]
fn a_finding_says_what_to_do_and_serialises_with_its_stable_names() {
    let response = with_sets(mini_program(), json!([]));
    let readiness = judge_response(OrdinaryLink, &response, None);
    let finding = &readiness.findings[0];
    assert_eq!(finding.code, ReadinessCode::MissingPermissionSet);
    let shown = finding.to_string();
    assert!(shown.starts_with("func_info: "), "{shown}");
    assert!(shown.contains("authorise the platform again"), "{shown}");
    assert!(shown.ends_with("(61007)"), "{shown}");
    let serialised = serde_json::to_value(&readiness).unwrap();
    assert_eq!(serialised["verdict"], "not_ready");
    assert_eq!(
        serialised["findings"][0],
        json!({
            "field": "func_info", "code": "missing_permission_set", "severity": "blocks",
            "errcode": 61007, "message": finding.message,
        })
    );
}
