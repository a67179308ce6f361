//! Judging whether WeChat finds the verification file, from what was seen.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its functions too"
)]

mod address;
mod content;
mod judge;
mod place;
mod properties;
mod report;
mod response;
mod target;

use jumpqr_core::preflight::{
    BodyEnd, Dns, ExpectedFile, Failure, Fetch, NotTried, Observations, Outcome, Place, Preflight,
    Response, Times, judge, places,
};

const FILE: &str = "UASjIrr8C9.txt";
const CONTENT: &[u8] = b"0123456789abcdef0123456789abcdef";
const PREFIX: &str = "https://m.example.cn/Pay_on/pay_on";
const V4: &str = "1.2.4.8:443";
const OTHER_V4: &str = "1.2.4.9:443";
const V6: &str = "[2400:3200::1]:443";

/// A response that WeChat accepts.
fn good() -> Response {
    Response {
        status: 200,
        header: vec![field("Content-Type", "text/plain")],
        body: CONTENT.to_vec(),
        end: BodyEnd::Complete,
    }
}

fn body(body: impl AsRef<[u8]>) -> Response {
    Response {
        body: body.as_ref().to_vec(),
        ..good()
    }
}

fn status(status: u16) -> Response {
    Response {
        status,
        body: b"<html>no</html>".to_vec(),
        ..good()
    }
}

fn redirect(location: &str) -> Response {
    Response {
        header: vec![field("location", location)],
        ..status(301)
    }
}

fn field(name: &str, value: &str) -> (String, Vec<u8>) {
    (name.to_owned(), value.as_bytes().to_vec())
}

fn failed(failure: Failure) -> Outcome {
    Outcome::Failed {
        failure,
        detail: "the reason".to_owned(),
    }
}

fn not_tried(reason: NotTried) -> Outcome {
    Outcome::NotTried {
        reason,
        detail: String::new(),
    }
}

/// What was seen for a rule, without any fetch yet.
fn seen(prefix: &str) -> Observations {
    Observations {
        key: prefix.into(),
        file: ExpectedFile {
            name: FILE.to_owned(),
            content: CONTENT.to_vec(),
        },
        any_port: false,
        is_rehearsal: false,
        dns: Some(Dns {
            ms: 2,
            answer: Ok(vec!["1.2.4.8".parse().unwrap()]),
        }),
        looked_from: vec!["10.0.0.3".parse().unwrap()],
        fetches: vec![],
    }
}

/// Adds a fetch of the first URL of this place, which takes 40 ms.
fn fetch(seen: &mut Observations, place: Place, address: &str, outcome: Outcome) {
    let url = places(&seen.key.prefix, FILE)
        .into_iter()
        .find(|url| url.place == place)
        .unwrap_or_else(|| panic!("{} has no place {place}", seen.key.prefix))
        .url;
    let address = address.parse().unwrap();
    let earlier = seen
        .fetches
        .iter()
        .filter(|fetch| fetch.url == url && fetch.address == address);
    let attempt = u8::try_from(earlier.count() + 1).unwrap();
    seen.fetches.push(Fetch {
        place,
        url,
        address,
        attempt,
        times: Times {
            connect_ms: Some(5),
            tls_ms: Some(9),
            first_byte_ms: Some(20),
            whole_ms: Some(40),
        },
        outcome,
    });
}

fn judge_responses(prefix: &str, responses: &[(Place, &str, Response)]) -> Preflight {
    let mut seen = seen(prefix);
    for (place, address, response) in responses {
        fetch(
            &mut seen,
            *place,
            address,
            Outcome::Response(response.clone()),
        );
    }
    judge(seen)
}

/// Judges what comes three times at one address.
fn judge_outcome(outcome: &Outcome) -> Preflight {
    let mut seen = seen(PREFIX);
    for _ in 0..3 {
        fetch(&mut seen, Place::Right, V4, outcome.clone());
    }
    judge(seen)
}

fn judge_response(response: &Response) -> Preflight {
    judge_outcome(&Outcome::Response(response.clone()))
}

/// Returns the verdict and the codes, with where they show unless it is everywhere.
fn summary(preflight: &Preflight) -> String {
    let findings = preflight.findings.iter().map(|finding| {
        let code = finding.code.name();
        match &finding.share {
            Some(share) => format!("{code} ({}, {share})", finding.extent),
            None => code.to_owned(),
        }
    });
    let findings: Vec<_> = findings.collect();
    format!("{}: {}", preflight.verdict, findings.join(", "))
}
