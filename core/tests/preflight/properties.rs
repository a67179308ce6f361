//! What holds for anything that can be seen.

use jumpqr_core::preflight::{
    BodyEnd, Dns, DnsFailure, ExpectedFile, Failure, Fetch, NotTried, Observations, Outcome, Place,
    PreflightVerdict, Response, Severity, Times, judge,
};
use proptest::prelude::*;
use proptest::sample::select;

use crate::CONTENT;

fn bodies() -> impl Strategy<Value = Vec<u8>> {
    let near =
        "[\u{feff}\u{200b}\r\n\"<a]{0,2}0123456789abcdef0123456789abcdef[\r\n\"<>\u{200b}]{0,2}";
    prop_oneof![
        Just(CONTENT.to_vec()),
        near.prop_map(String::into_bytes),
        proptest::collection::vec(any::<u8>(), 0..40),
        Just(b"<html>".to_vec()),
    ]
}

fn headers() -> impl Strategy<Value = Vec<(String, Vec<u8>)>> {
    let name = select(vec!["Location", "content-type", "Content-Encoding", "X"]);
    let value = prop_oneof![
        "(https?://)?(www.)?h.cn/[a-z?#/]{0,5}".prop_map(String::into_bytes),
        proptest::collection::vec(any::<u8>(), 0..9),
    ];
    proptest::collection::vec((name.prop_map(str::to_owned), value), 0..3)
}

fn outcomes() -> impl Strategy<Value = Outcome> {
    let statuses = prop_oneof![Just(200), any::<u16>(), 100..600u16];
    prop_oneof![
        3 => (statuses, headers(), bodies(), select(BodyEnd::ALL)).prop_map(
            |(status, header, body, end)| Outcome::Response(Response { status, header, body, end })
        ),
        1 => (select(Failure::ALL), ".{0,5}")
            .prop_map(|(failure, detail)| Outcome::Failed { failure, detail }),
        1 => (select(NotTried::ALL), ".{0,5}")
            .prop_map(|(reason, detail)| Outcome::NotTried { reason, detail }),
    ]
}

fn fetches() -> impl Strategy<Value = Fetch> {
    let addresses = select(vec!["1.2.4.8:80", "127.0.0.1:80", "[2400::1]:80"]);
    let places = prop_oneof![Just(Place::Right), select(Place::ALL)];
    let ms = proptest::option::of(0..7000u32);
    (places, addresses, any::<u8>(), ms, outcomes()).prop_map(
        |(place, address, attempt, whole_ms, outcome)| Fetch {
            place,
            url: "http://h.cn/x".to_owned(),
            address: address.parse().unwrap(),
            attempt,
            times: Times {
                whole_ms,
                ..Times::default()
            },
            outcome,
        },
    )
}

fn observations() -> impl Strategy<Value = Observations> {
    let prefixes = prop_oneof![
        Just("http://h.cn/a/b".to_owned()),
        "(https?://)?[a-z@:\\[0-9.中]{0,5}(/[aA {}\r\"店]{0,3}){0,3}([?#][/a]{0,3})?",
        Just("http://weixin.qq.com/q/x".to_owned()),
    ];
    let files = (
        prop_oneof![Just("UASjIrr8C9.txt".to_owned()), ".{0,5}"],
        bodies(),
    );
    let answers = prop_oneof![
        Just(Ok(vec!["1.2.4.8".parse().unwrap()])),
        Just(Ok(vec![])),
        any::<bool>().prop_map(|is_answered| Err(DnsFailure {
            is_answered,
            detail: "no\n".to_owned(),
        })),
    ];
    let dns = proptest::option::of(answers.prop_map(|answer| Dns { ms: 1, answer }));
    let fetches = proptest::collection::vec(fetches(), 0..6);
    (
        prefixes,
        proptest::option::of("wx1"),
        files,
        any::<bool>(),
        dns,
        fetches,
    )
        .prop_map(
            |(prefix, appid, (name, content), any_port, dns, fetches)| Observations {
                key: jumpqr_core::RuleKey { appid, prefix },
                file: ExpectedFile { name, content },
                any_port,
                is_rehearsal: any_port,
                dns,
                looked_from: vec![],
                fetches,
            },
        )
}

/// Whether a fetch shows something about the right place.
fn is_tried_in_place(fetch: &Fetch) -> bool {
    let is_tried = match &fetch.outcome {
        Outcome::NotTried { reason, .. } => *reason == NotTried::PrivateAddress,
        Outcome::Response(_) | Outcome::Failed { .. } => true,
    };
    fetch.place == Place::Right && is_tried
}

fn has_content(fetch: &Fetch) -> bool {
    matches!(&fetch.outcome, Outcome::Response(response) if response.status == 200
        && response.body == CONTENT
        && response.end == BodyEnd::Complete)
}

proptest! {
    #[test]
    fn nothing_that_can_be_seen_makes_the_judge_panic(seen in observations()) {
        let preflight = judge(seen);
        serde_json::to_value(&preflight).unwrap();
        for finding in &preflight.findings {
            let text = finding.to_string();
            prop_assert!(!finding.seen.contains('\n'), "{}", text);
            prop_assert!(!finding.remedy.contains("{url}"), "{}", text);
        }
    }

    #[test]
    fn each_cause_is_one_finding(seen in observations()) {
        let preflight = judge(seen);
        let findings = preflight.findings.iter();
        let mut codes: Vec<_> = findings.map(|finding| finding.code.name()).collect();
        let all = codes.len();
        codes.sort_unstable();
        codes.dedup();
        prop_assert_eq!(codes.len(), all, "{:?}", preflight.findings);
    }

    #[test]
    fn if_no_answer_has_the_content_something_blocks(
        responses in proptest::collection::vec((fetches(), outcomes()), 1..6)
    ) {
        let mut seen = crate::seen("http://h.cn/a/b");
        let fetches = responses.into_iter();
        seen.fetches = fetches.map(|(fetch, outcome)| Fetch { outcome, ..fetch }).collect();
        let tried: Vec<_> = seen.fetches.iter().filter(|fetch| is_tried_in_place(fetch)).collect();
        let is_looked = !tried.is_empty();
        let has_content = tried.iter().any(|fetch| has_content(fetch));
        let preflight = judge(seen.clone());
        let mut findings = preflight.findings.iter();
        let blocks = findings.any(|finding| finding.code.severity() == Severity::Blocks);
        if is_looked && !has_content {
            prop_assert!(blocks, "{:?}", preflight);
            prop_assert_eq!(preflight.verdict, PreflightVerdict::WillFail);
        }
        if !has_content {
            prop_assert_ne!(preflight.verdict, PreflightVerdict::NoCauseFound);
        }
    }
}
