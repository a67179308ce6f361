use jumpqr_core::preflight::{Failure, Outcome, Place, judge};

use crate::{
    FILE, PREFIX, Response, V4, failed, fetch, field, good, judge_outcome, judge_response,
    judge_responses, redirect, seen, status, summary,
};

#[test]
fn each_failure_without_a_response_is_a_cause_of_its_own() {
    for failure in Failure::ALL {
        let preflight = judge_outcome(&failed(*failure));
        let code = match failure {
            Failure::NoAnswer => "too_slow",
            other => other.name(),
        };
        assert_eq!(summary(&preflight), format!("will_fail: {code}"));
        assert_eq!(preflight.findings[0].seen, "the reason");
    }
}

#[test]
fn each_kind_of_status_is_a_cause_of_its_own() {
    for (expected, statuses) in [
        ("not_found", &[404, 410][..]),
        ("forbidden", &[401, 403, 405, 429, 451]),
        ("server_error", &[500, 502, 503, 504]),
        ("not_modified", &[304]),
        ("redirect", &[300, 302]),
        ("other_status", &[201, 204, 206, 400, 422]),
    ] {
        for number in statuses {
            let preflight = judge_response(&status(*number));
            assert_eq!(
                summary(&preflight),
                format!("will_fail: {expected}"),
                "{number}"
            );
            let seen = &preflight.findings[0].seen;
            assert!(seen.starts_with(&format!("status {number}, ")), "{seen}");
        }
    }
}

#[test]
fn the_content_with_another_status_is_told_from_its_absence() {
    let response = Response {
        status: 404,
        ..good()
    };
    let preflight = judge_response(&response);
    assert_eq!(summary(&preflight), "will_fail: content_without_ok");
}

#[test]
fn a_redirect_is_told_by_where_it_leads() {
    let path = format!("/Pay_on/{FILE}");
    for (prefix, location, expected) in [
        (
            "http://m.example.cn/Pay_on/x",
            &*format!("https://m.example.cn{path}"),
            "redirect_to_https",
        ),
        (
            "http://m.example.cn/Pay_on/x",
            "https://m.example.cn/",
            "redirect",
        ),
        (
            "https://m.example.cn/Pay_on/x",
            &format!("http://m.example.cn{path}"),
            "redirect",
        ),
        (
            "https://m.example.cn/Pay_on/x",
            &format!("https://www.m.example.cn{path}"),
            "redirect_to_www",
        ),
        (
            "http://www.example.cn/Pay_on/x",
            &format!("https://example.cn{path}"),
            "redirect_to_www",
        ),
        (
            "https://m.example.cn/Pay_on/x",
            "/user/Login?from=x",
            "redirect_to_login",
        ),
        (
            "https://m.example.cn/Pay_on/x",
            "https://passport.example.cn/",
            "redirect_to_login",
        ),
        (
            "https://m.example.cn/Pay_on/x",
            "/index.html?next=login",
            "redirect",
        ),
        (
            "https://m.example.cn/Pay_on/x",
            "https://cdn.example.cn/x",
            "redirect",
        ),
    ] {
        let responses = [(Place::Right, V4, redirect(location))];
        let preflight = judge_responses(prefix, &responses);
        assert_eq!(
            summary(&preflight),
            format!("will_fail: {expected}"),
            "{location}"
        );
        let seen = &preflight.findings[0].seen;
        assert!(seen.contains(&format!("Location: {location}")), "{seen}");
    }
}

#[test]
fn an_answer_is_slow_from_one_second_and_too_slow_from_five() {
    for (ms, expected) in [
        (1000, "no_cause_found: "),
        (1001, "may_fail: slow"),
        (4999, "may_fail: slow"),
        (5000, "will_fail: too_slow"),
    ] {
        let mut seen = seen(PREFIX);
        fetch(&mut seen, Place::Right, V4, Outcome::Response(good()));
        seen.fetches[0].times.whole_ms = Some(ms);
        assert_eq!(summary(&judge(seen)), expected, "{ms}");
    }
}

#[test]
fn a_missing_content_type_is_a_warning() {
    for header in [vec![], vec![field("content-type", " ")]] {
        let response = Response { header, ..good() };
        assert_eq!(
            summary(&judge_response(&response)),
            "may_fail: no_content_type"
        );
    }
}
