//! Formats what a preflight has found: the verdict, what is wrong, and with `--all` what was seen.

use jumpqr::access_log::{AccessLogFinding, AccessLogReport, AccessLogVerdict, Visits};
use jumpqr::preflight::{
    Dns, Fetch, Observations, Outcome, Preflight, PreflightFinding, PreflightVerdict, Severity,
};

use super::{BAD, GOOD, HEADING, WARNING, escape, format_card, format_count, indent};

/// Formats the verdict and the findings.
pub(crate) fn format_preflight(preflight: &Preflight) -> String {
    let mut parts = vec![format_verdict(preflight)];
    parts.extend(preflight.findings.iter().map(format_finding));
    if preflight.verdict != PreflightVerdict::NoFileNeeded {
        parts.push(indent(&preflight.unseen(), 0));
    }
    parts.join("\n\n")
}

/// Formats the verdict on one line.
fn format_verdict(preflight: &Preflight) -> String {
    let url = preflight.url().unwrap_or_default();
    let url = escape(&url);
    match preflight.verdict {
        PreflightVerdict::WillFail => {
            format!("{BAD}Will fail{BAD:#}: WeChat will not find the file at {url}")
        }
        PreflightVerdict::MayFail => {
            format!("{WARNING}May fail{WARNING:#}: WeChat may not find the file at {url}")
        }
        PreflightVerdict::NoFileNeeded => {
            format!("{GOOD}No file needed{GOOD:#}: a service account's rule has none")
        }
        _ => format!("{GOOD}No cause found{GOOD:#}: {url} answers with the file"),
    }
}

fn format_finding(finding: &PreflightFinding) -> String {
    let share = finding.share.as_ref();
    let share = share.map_or_else(String::new, |share| format!(" ({})", escape(share)));
    let heading = heading(
        finding.code.severity(),
        &finding.message,
        finding.code.name(),
    );
    let card = format_card(&[
        ("seen", Some(escape(&finding.seen))),
        ("at", at(finding)),
        ("why", Some(escape(&finding.why))),
        ("do", Some(escape(&finding.remedy))),
    ]);
    format!("{heading}{share}\n{card}")
}

/// Returns where a finding was seen.
fn at(finding: &PreflightFinding) -> Option<String> {
    let addresses: Vec<_> = finding.addresses.iter().map(ToString::to_string).collect();
    (!addresses.is_empty()).then(|| addresses.join(", "))
}

fn heading(severity: Severity, message: &str, code: &str) -> String {
    let message = escape(message);
    match severity {
        Severity::Blocks => format!("{BAD}{message}{BAD:#} [{code}]"),
        Severity::Warns => format!("{WARNING}{message}{WARNING:#} [{code}]"),
        Severity::Unknown => format!("{HEADING}{message}{HEADING:#} [{code}]"),
    }
}

/// Formats everything that was seen: addresses, times, heads and bodies.
pub(crate) fn format_observations(seen: &Observations) -> String {
    let mut parts = vec![format!("{HEADING}Everything that was seen{HEADING:#}")];
    parts.extend(seen.dns.as_ref().map(format_dns));
    parts.extend(seen.fetches.iter().map(format_fetch));
    parts.join("\n\n")
}

fn format_dns(dns: &Dns) -> String {
    let answer = match &dns.answer {
        Ok(addresses) => {
            let addresses: Vec<_> = addresses.iter().map(ToString::to_string).collect();
            addresses.join(", ")
        }
        Err(failure) => escape(&failure.detail),
    };
    format!("  DNS after {} ms: {answer}", dns.ms)
}

fn format_fetch(fetch: &Fetch) -> String {
    let times = [
        ("connect", fetch.times.connect_ms),
        ("TLS", fetch.times.tls_ms),
        ("first byte", fetch.times.first_byte_ms),
        ("whole", fetch.times.whole_ms),
    ];
    let times = times
        .into_iter()
        .filter_map(|(name, ms)| Some(format!("{name} {} ms", ms?)))
        .collect::<Vec<_>>()
        .join(", ");
    let (outcome, head, body) = match &fetch.outcome {
        Outcome::Response(response) => {
            let header = response.header.iter().map(|(name, value)| {
                let value = String::from_utf8_lossy(value);
                format!("{}: {}", escape(name), escape(&value))
            });
            let body = String::from_utf8_lossy(&response.body);
            let body = format!(
                "{} bytes, {}: {}",
                response.body.len(),
                response.end,
                shorten(&body)
            );
            (
                format!("status {}", response.status),
                Some(header.collect::<Vec<_>>().join("\n")),
                Some(body),
            )
        }
        Outcome::Failed { detail, .. } | Outcome::NotTried { detail, .. } => {
            let name = fetch.outcome.name();
            (
                format!("{name} {}", escape(detail)).trim_end().to_owned(),
                None,
                None,
            )
        }
    };
    let url = escape(&fetch.url);
    let card = format_card(&[
        ("outcome", Some(outcome)),
        ("times", Some(times).filter(|times| !times.is_empty())),
        ("head", head),
        ("body", body),
    ]);
    format!(
        "  {}: {url} at {}, attempt {}\n{card}",
        fetch.place, fetch.address, fetch.attempt
    )
}

/// The most characters of a body that are shown.
const MOST_SHOWN: usize = 200;

fn shorten(text: &str) -> String {
    match text.char_indices().nth(MOST_SHOWN) {
        Some((end, _)) => format!("{}…", escape(text.get(..end).unwrap_or_default())),
        None => escape(text),
    }
}

/// Formats what the access log tells.
pub(crate) fn format_access_log(report: &AccessLogReport) -> String {
    let verdict = match report.verdict {
        AccessLogVerdict::CameAndGotIt => {
            format!("{GOOD}WeChat came and got the file{GOOD:#}, as far as the access log tells")
        }
        AccessLogVerdict::CameAndFailed => {
            format!("{BAD}WeChat came and did not get the file{BAD:#}, by the access log")
        }
        AccessLogVerdict::CameElsewhere => {
            format!("{WARNING}WeChat came, but to another place{WARNING:#}, by the access log")
        }
        AccessLogVerdict::MayHaveCome => format!(
            "{WARNING}WeChat may have come{WARNING:#}: the access log does not tell who has asked"
        ),
        AccessLogVerdict::NeverCame => {
            format!("{WARNING}WeChat never came{WARNING:#}, by the access log")
        }
        AccessLogVerdict::EmptyLog => format!("{WARNING}The access log is empty{WARNING:#}"),
        _ => format!("{WARNING}The access log could not be read{WARNING:#}"),
    };
    let mut parts = vec![verdict];
    if let Some(served) = &report.served {
        let count = format!("{HEADING}Requests that got the file{HEADING:#}");
        parts.push(format!("{count}\n{}", format_visits(served, None)));
    }
    parts.extend(report.findings.iter().map(format_log_finding));
    if report.lines > 0 {
        parts.push(indent(&describe_log(report), 0));
    }
    parts.join("\n\n")
}

/// Says which lines were read, and which requests do not count as WeChat's.
fn describe_log(report: &AccessLogReport) -> String {
    let count =
        |number: u64, noun| format_count(usize::try_from(number).unwrap_or(usize::MAX), noun);
    let mut text = count(report.lines, "line");
    if let (Some(first), Some(last)) = (&report.first, &report.last) {
        text = format!("{text} from {first} to {last}");
    }
    if report.skipped > 0 {
        text = format!(
            "{text}, of which {} could not be read",
            count(report.skipped, "line")
        );
    }
    let (own, local) = (report.own_requests, report.local_requests);
    if own + local > 0 {
        text = format!(
            "{text}. Requests for the file that were ours: {own} of preflights, and {local} from \
             addresses that are not public"
        );
    }
    format!(
        "{text}. The name of the file is random: all other requests for it came from WeChat, or \
         from a person who knows the name."
    )
}

fn format_log_finding(finding: &AccessLogFinding) -> String {
    let heading = heading(
        finding.code.severity(),
        finding.message,
        finding.code.name(),
    );
    let texts = [
        ("seen", Some(escape(&finding.seen))),
        ("why", Some(escape(finding.why))),
        ("do", Some(escape(&finding.remedy))),
    ];
    let card = match &finding.visits {
        Some(visits) => format_visits(visits, Some(texts)),
        None => format_card(&texts),
    };
    format!("{heading}\n{card}")
}

fn format_visits(visits: &Visits, texts: Option<[(&str, Option<String>); 3]>) -> String {
    let agents = visits.user_agents.iter().map(|agent| match &**agent {
        "" => "-".to_owned(),
        agent => escape(agent),
    });
    let when = if visits.requests == 1 {
        visits.last.clone()
    } else {
        format!(
            "{} times, from {} to {}",
            visits.requests, visits.first, visits.last
        )
    };
    let agents = agents.collect::<Vec<_>>().join("\n");
    let mut rows = vec![
        ("when", Some(escape(&when))),
        ("from", Some(escape(&visits.addresses.join(", ")))),
        ("agent", Some(agents).filter(|agents| !agents.is_empty())),
    ];
    rows.extend(texts.into_iter().flatten());
    format_card(&rows)
}
