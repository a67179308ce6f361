use std::slice;

use jumpqr_core::RuleKey;
use jumpqr_core::preflight::{
    Dns, DnsFailure, Failure, NotTried, Outcome, Place, Severity, judge, needs_wrong_places,
};

use crate::{
    OTHER_V4, PREFIX, Response, V4, V6, body, failed, fetch, good, judge_response, judge_responses,
    not_tried, redirect, seen, status, summary,
};

const PAGE: &str = "<html>Shop</html>";

#[test]
fn a_file_in_place_has_no_finding() {
    let preflight = judge_response(&good());
    assert_eq!(summary(&preflight), "no_cause_found: ");
}

#[test]
fn a_service_accounts_rule_needs_no_file() {
    let by_prefix = seen("http://weixin.qq.com/q/kZgfwMTm72Wxxxx");
    let mut by_appid = seen(PREFIX);
    by_appid.key = RuleKey::service_account(PREFIX, "wx1234567890abcdef");
    for mut seen in [by_prefix, by_appid] {
        seen.dns = None;
        let preflight = judge(seen);
        assert_eq!(summary(&preflight), "no_file_needed: service_account_rule");
        assert!(preflight.findings[0].why.contains("85069"));
    }
}

#[test]
fn the_prefix_itself_can_be_the_cause() {
    for (prefix, any_port, expected) in [
        ("m.example.cn/a", false, "will_fail: not_a_link"),
        ("https://u@m.example.cn/a", false, "will_fail: user_info"),
        ("https://m.example.cn:99999/a", false, "will_fail: bad_host"),
        ("https://m.example.cn:8443/a", false, "may_fail: port"),
    ] {
        let mut seen = seen(prefix);
        (seen.any_port, seen.dns) = (any_port, None);
        assert_eq!(summary(&judge(seen)), expected, "{prefix}");
    }
    for (prefix, expected) in [
        ("https://m.example.cn:8443/a", "may_fail: port"),
        ("https://m.example.cn:443/a", "may_fail: port"),
        (
            "https://m.example.cn/dist/index.html#/a",
            "will_fail: fragment_in_directory",
        ),
        ("https://m.example.cn/a#b", "may_fail: fragment"),
    ] {
        let mut seen = seen(prefix);
        seen.any_port = true;
        fetch(&mut seen, Place::Right, V4, Outcome::Response(good()));
        assert_eq!(summary(&judge(seen)), expected, "{prefix}");
    }
}

#[test]
fn a_host_without_an_address_is_one_finding() {
    let failure = |is_answered| {
        Err(DnsFailure {
            is_answered,
            detail: "no such host".to_owned(),
        })
    };
    for (answer, expected, shown) in [
        (failure(true), "will_fail: dns_failed", "no such host"),
        (Ok(vec![]), "will_fail: dns_failed", "no address"),
        (failure(false), "may_fail: dns_unanswered", "no such host"),
    ] {
        let mut seen = seen(PREFIX);
        seen.dns = Some(Dns { ms: 3, answer });
        let preflight = judge(seen);
        assert_eq!(summary(&preflight), expected);
        assert_eq!(preflight.findings[0].seen, shown);
    }
}

#[test]
fn a_private_address_is_named_with_its_range() {
    let mut seen = seen(PREFIX);
    fetch(
        &mut seen,
        Place::Right,
        "10.1.2.3:443",
        not_tried(NotTried::PrivateAddress),
    );
    let only = judge(seen.clone());
    assert_eq!(summary(&only), "will_fail: private_address");
    assert_eq!(only.findings[0].seen, "10.1.2.3 (private)");
    fetch(&mut seen, Place::Right, V4, Outcome::Response(good()));
    assert_eq!(
        summary(&judge(seen)),
        "may_fail: private_address (some_addresses, 1 of 2 addresses)"
    );
}

#[test]
fn a_cause_that_shows_at_some_addresses_names_them() {
    let three = |failing: &[&str]| {
        let mut seen = seen(PREFIX);
        for address in [V4, OTHER_V4, V6] {
            for _ in 0..3 {
                let outcome = if failing.contains(&address) {
                    failed(Failure::ConnectRefused)
                } else {
                    Outcome::Response(good())
                };
                fetch(&mut seen, Place::Right, address, outcome);
            }
        }
        judge(seen)
    };
    for (failing, expected) in [
        (&[V6][..], "connect_refused (ipv6_only, 1 of 3 addresses)"),
        (
            &[V4, OTHER_V4],
            "connect_refused (ipv4_only, 2 of 3 addresses)",
        ),
        (
            &[OTHER_V4],
            "connect_refused (some_addresses, 1 of 3 addresses)",
        ),
        (
            &[V4, V6],
            "connect_refused (some_addresses, 2 of 3 addresses)",
        ),
    ] {
        let preflight = three(failing);
        assert_eq!(summary(&preflight), format!("may_fail: {expected}"));
        let addresses = preflight.findings[0].addresses.iter();
        assert!(
            addresses
                .map(ToString::to_string)
                .eq(failing.iter().copied())
        );
    }
    let all = three(&[V4, OTHER_V4, V6]);
    assert_eq!(summary(&all), "will_fail: connect_refused");
}

#[test]
fn a_cause_that_shows_in_some_answers_counts_them() {
    let answers = [(Place::Right, V4, status(404)), (Place::Right, V4, good())];
    let preflight = judge_responses(PREFIX, &answers);
    assert_eq!(
        summary(&preflight),
        "may_fail: not_found (some_answers, 1 of 2 answers)"
    );
    let mut answers = answers.to_vec();
    answers.push((Place::Right, V6, good()));
    let preflight = judge_responses(PREFIX, &answers);
    assert_eq!(
        summary(&preflight),
        "may_fail: not_found (some_answers, 1 of 2 answers at 1 of 2 addresses)"
    );
}

#[test]
fn if_every_address_has_a_cause_of_its_own_the_rule_fails() {
    let answers = [
        (Place::Right, V4, status(404)),
        (
            Place::Right,
            OTHER_V4,
            body("ffffffffffffffffffffffffffffffff"),
        ),
    ];
    assert_eq!(
        summary(&judge_responses(PREFIX, &answers)),
        "will_fail: not_found (some_addresses, 1 of 2 addresses), \
         other_file (some_addresses, 1 of 2 addresses)"
    );
}

#[test]
fn a_file_in_a_wrong_place_is_the_one_cause_whatever_the_right_one_answers() {
    for (place, expected) in [
        (Place::OneDeeper, "file_one_deeper"),
        (Place::Root, "file_at_root"),
        (Place::OtherCase, "file_in_other_case"),
        (Place::LookAlike, "file_name_look_alike"),
    ] {
        for absence in [
            status(404),
            status(403),
            body(PAGE),
            redirect("/login"),
            redirect("/"),
        ] {
            let answers = [(Place::Right, V4, absence), (place, V4, good())];
            let preflight = judge_responses(PREFIX, &answers);
            assert_eq!(summary(&preflight), format!("will_fail: {expected}"));
            let finding = &preflight.findings[0];
            let wrong = &preflight.observations.fetches[1].url;
            assert!(finding.seen.contains(wrong), "{}", finding.seen);
            assert!(finding.remedy.contains(wrong), "{}", finding.remedy);
        }
    }
    let answers = [
        (Place::Right, V4, status(404)),
        (Place::OneHigher, V4, good()),
    ];
    let preflight = judge_responses("https://m.example.cn/a/b/c", &answers);
    assert_eq!(summary(&preflight), "will_fail: file_one_higher");
}

#[test]
fn a_wrong_place_does_not_hide_what_ails_the_right_one() {
    let stale = body("ffffffffffffffffffffffffffffffff");
    let answers = [(Place::Right, V4, stale), (Place::Root, V4, good())];
    assert_eq!(
        summary(&judge_responses(PREFIX, &answers)),
        "will_fail: other_file"
    );
    let answers = [(Place::Right, V4, good()), (Place::Root, V4, good())];
    assert_eq!(
        summary(&judge_responses(PREFIX, &answers)),
        "no_cause_found: "
    );
    let answers = [
        (Place::Right, V4, status(404)),
        (Place::Root, V4, body(PAGE)),
    ];
    assert_eq!(
        summary(&judge_responses(PREFIX, &answers)),
        "will_fail: not_found"
    );
}

#[test]
fn wrong_places_are_looked_at_only_if_the_right_one_has_no_file() {
    let looks = |outcomes: &[Outcome]| {
        let mut seen = seen(PREFIX);
        for outcome in outcomes {
            fetch(&mut seen, Place::Right, V4, outcome.clone());
        }
        needs_wrong_places(&seen)
    };
    let (good, bad) = (Outcome::Response(good()), Outcome::Response(status(404)));
    assert!(looks(slice::from_ref(&bad)));
    assert!(looks(&[failed(Failure::NoAnswer), bad.clone()]));
    assert!(!looks(&[bad, good]));
    for present in [
        body("0123456789abcdef0123456789abcdef\n"),
        redirect("https://www.m.example.cn/"),
        status(502),
    ] {
        assert!(!looks(&[Outcome::Response(present)]));
    }
    assert!(!looks(&[failed(Failure::ConnectRefused)]));
    assert!(!looks(&[not_tried(NotTried::PrivateAddress)]));
    assert!(!looks(&[]));
}

#[test]
fn the_page_of_the_prefix_is_a_warning_at_most() {
    let page = |outcome: Outcome| {
        let mut seen = seen(PREFIX);
        fetch(&mut seen, Place::Right, V4, Outcome::Response(good()));
        fetch(&mut seen, Place::Page, V4, outcome);
        summary(&judge(seen))
    };
    assert_eq!(page(Outcome::Response(status(404))), "no_cause_found: ");
    assert_eq!(
        page(Outcome::Response(redirect("/login"))),
        "no_cause_found: "
    );
    assert_eq!(page(not_tried(NotTried::Deadline)), "no_cause_found: ");
    assert_eq!(
        page(Outcome::Response(status(502))),
        "may_fail: page_unreachable"
    );
    assert_eq!(
        page(failed(Failure::NoAnswer)),
        "may_fail: page_unreachable"
    );

    // If the whole server fails, that is one cause.
    let mut seen = seen(PREFIX);
    fetch(&mut seen, Place::Right, V4, Outcome::Response(status(500)));
    fetch(&mut seen, Place::Page, V4, Outcome::Response(status(500)));
    assert_eq!(summary(&judge(seen)), "will_fail: server_error");
}

#[test]
fn what_was_not_looked_at_is_unknown_and_never_clears_the_rule() {
    let mut seen = seen(PREFIX);
    let nothing = judge(seen.clone());
    assert_eq!(summary(&nothing), "may_fail: not_looked");
    assert_eq!(nothing.findings[0].code.severity(), Severity::Unknown);
    fetch(
        &mut seen,
        Place::Right,
        V6,
        not_tried(NotTried::ThisMachine),
    );
    assert_eq!(summary(&judge(seen.clone())), "may_fail: not_looked");
    fetch(&mut seen, Place::Right, V4, Outcome::Response(good()));
    fetch(&mut seen, Place::Right, V4, not_tried(NotTried::Deadline));
    assert_eq!(
        summary(&judge(seen)),
        "no_cause_found: not_looked (ipv6_only, 1 of 2 addresses)"
    );
}

#[test]
fn a_file_at_hand_that_is_not_one_is_a_warning() {
    let mut seen = seen(PREFIX);
    seen.file.content = b"<html>login</html>".to_vec();
    let response = Response {
        body: seen.file.content.clone(),
        ..good()
    };
    fetch(&mut seen, Place::Right, V4, Outcome::Response(response));
    assert_eq!(summary(&judge(seen)), "may_fail: unusual_file");
}
