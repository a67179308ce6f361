//! Whether WeChat finds the verification file of a rule that is added (85069), and why not.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

use jumpqr_core::preflight::{
    BodyEnd, ExpectedFile, Fetch, Observations, Outcome, Place, PlacedUrl, PreflightFinding,
    Response, Severity, Times, judge, places,
};

use super::file_look::FileLook;
use crate::account::Account;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::state::State;
use crate::state::file_source::FileSource;

/// Checks that the file of the account is where WeChat looks for it. Returns the look that has to
/// come first if the file is fetched; [`check_seen`] checks what it sees.
pub(super) fn check(
    state: &State,
    account: &Account,
    prefix: &str,
) -> Result<Option<FileLook>, Refusal> {
    match state.file_sources.get(&account.appid) {
        None => Ok(None),
        Some(FileSource::Listed(files)) => match find_cause(look_up(files, account, prefix)) {
            None => Ok(None),
            Some(mut cause) => {
                // There is no server.
                cause.addresses.clear();
                Err(refusal(cause))
            }
        },
        Some(FileSource::Fetched(fetch)) => Ok(Some(FileLook {
            key: prefix.into(),
            file: expected_file(account),
            options: fetch.options(),
        })),
    }
}

/// Checks what a look for the file has seen.
pub(super) fn check_seen(seen: Observations) -> Result<(), Refusal> {
    find_cause(seen).map_or(Ok(()), |cause| Err(refusal(cause)))
}

/// Refuses a prefix at which nobody can place the file of a Mini Program: the link of a service
/// account's code.
pub(super) fn refuse_service_link(account: &Account, prefix: &str) -> Refusal {
    let cause = judge(nothing_seen(account, prefix))
        .findings
        .into_iter()
        .next();
    cause.map_or_else(|| 85069.into(), refusal)
}

/// Returns why WeChat does not find the file if it sees the same; `None` if it does.
fn find_cause(seen: Observations) -> Option<PreflightFinding> {
    let mut findings = judge(seen).findings.into_iter();
    // What was not looked at was not found either.
    findings.find(|finding| {
        matches!(
            finding.code.severity(),
            Severity::Blocks | Severity::Unknown
        )
    })
}

fn refusal(cause: PreflightFinding) -> Refusal {
    Refusal::from(85069).because(Reason::VerificationFile(cause))
}

/// Looks at the listed files, as a preflight looks at a server.
fn look_up(files: &BTreeMap<String, String>, account: &Account, prefix: &str) -> Observations {
    let mut seen = nothing_seen(account, prefix);
    let fetch = |PlacedUrl { place, url, .. }| {
        let content = files.get(&url);
        Fetch {
            place,
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            attempt: 1,
            times: Times::default(),
            outcome: Outcome::Response(Response {
                status: if content.is_some() { 200 } else { 404 },
                header: Vec::new(),
                body: content.cloned().unwrap_or_default().into_bytes(),
                end: BodyEnd::Complete,
            }),
            url,
        }
    };
    let places = places(prefix, &seen.file.name).into_iter();
    let places = places.filter(|placed| placed.place != Place::Page);
    seen.fetches = places.map(fetch).collect();
    seen
}

fn nothing_seen(account: &Account, prefix: &str) -> Observations {
    Observations {
        key: prefix.into(),
        file: expected_file(account),
        any_port: true,
        is_rehearsal: true,
        dns: None,
        looked_from: Vec::new(),
        fetches: Vec::new(),
    }
}

fn expected_file(account: &Account) -> ExpectedFile {
    let (name, content) = account.verification_file();
    ExpectedFile {
        name,
        content: content.into_bytes(),
    }
}
