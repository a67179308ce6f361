//! What to do about an error code, if the request tells more than the table of codes.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::LostResponse;
use crate::check::{CheckReport, Finding, FindingCode};
use crate::errcode::ErrCode;
use crate::link::Link;
use crate::rule::{Edit, Rule, RuleKey};
use crate::verification_file::location;

/// Shown in the place of the verification file's name, which is not known here.
const FILE: &str = "FILE.txt";

/// Returns what to do if WeChat answers with `code` when `rule` is added or modified.
pub(super) fn on_add(rule: &Rule, is_edit: Edit, code: &ErrCode) -> Option<String> {
    let prefix = rule.prefix();
    let cause = |field| likely_cause(&rule.check(), field);
    Some(match (code.number, rule) {
        (-1, _) => on_busy(rule)?,
        (40097, _) => match (cause(""), is_edit) {
            (Some(cause), _) => cause,
            (None, Edit::Add) => "Check the type and the value of each field.".into(),
            (None, Edit::Modify) => format!(
                "Look with getJumpQRCode whether there is a rule with exactly this prefix. {}",
                limits_of_editing(rule)
            ),
        },
        (40166, _) => cause("appid")?,
        (61007, _) => on_missing_permission(rule.key().is_service_account()).into(),
        (85066, _) => cause("prefix")?,
        (85068, _) => cause("debug_url")?,
        (85069, _) => on_missing_file(rule)?,
        (85070, _) => format!(
            "Use a domain other than {}, or ask WeChat's support.",
            host(prefix)?
        ),
        (85071, _) => format!(
            "Modify the rule with is_edit 1. {}",
            limits_of_editing(rule)
        ),
        (85073, Rule::OrdinaryLink(_)) => {
            "The account has 100 rules. Delete rules that are no longer used, or cover several \
             links with one rule that ends with `/`."
                .into()
        }
        (85073, Rule::ServiceAccount(rule)) => format!(
            "There are 100,000 rules that open {}. Delete rules that are no longer used.",
            rule.appid
        ),
        (85075, Rule::OrdinaryLink(_)) => {
            "The access token belongs to a personal Mini Program. Use a Mini Program of an \
             organisation."
                .into()
        }
        (85075, Rule::ServiceAccount(rule)) => format!(
            "{} is a personal Mini Program. Open a Mini Program of an organisation.",
            rule.appid
        ),
        (85076, _) => format!(
            "File the domain of {} with the ICP. About 3 working days after the filing, send the \
             rule again.",
            host(prefix)?
        ),
        _ => return None,
    })
}

/// Returns what to do if WeChat answers with `code` when the rule `key` is published or deleted.
pub(super) fn on_key(key: &RuleKey, code: &ErrCode) -> Option<String> {
    match code.number {
        40097 => Some(
            "Look with getJumpQRCode whether there is a rule with exactly this prefix: the final \
             `/` and the query count. If there is, its data may be damaged: delete it and add it \
             again."
                .into(),
        ),
        40166 => likely_cause(&key.check(), "appid"),
        61007 => Some(on_missing_permission(key.is_service_account()).into()),
        _ => None,
    }
}

/// Returns what to do about 61007: which permission set is missing, and whose token is needed.
/// Source: the official pages of addJumpQRCode and of the permission sets.
pub(super) const fn on_missing_permission(is_service_account: bool) -> &'static str {
    if is_service_account {
        "For a service-account rule, call with the token of the service account, not of the Mini \
         Program. If a third-party platform calls, the service account must have granted it \
         permission set 3: let it authorise the platform again, with the set."
    } else {
        "For an ordinary-link rule, call with the token of the Mini Program, not of a service \
         account. If a third-party platform calls, the Mini Program must have granted it \
         permission set 18, which only one platform can have at a time: let it authorise the \
         platform again, with the set."
    }
}

/// What to do if it is not known whether a request for a link, or for its end, has arrived.
pub(super) const ON_UNKNOWN_LINK: &str = "Before you call again, check with wxamplinkget whether \
    the change was applied, now and a little later.";

/// A lost response to a clearing of the counts of calls.
pub(super) const ON_LOST_CLEARING: LostResponse = LostResponse {
    may_repeat: false,
    advice: "Before you call again, check with getApiQuota whether `used` is 0 for an interface \
             that you have called today: each clearing uses one of the 10 of the month.",
};

/// Returns what to do if WeChat answers with `code` when links between service accounts and Mini
/// Programs are made or listed. Source: the official page of linkMiniprogram.
pub(super) fn on_link(code: &ErrCode) -> Option<&'static str> {
    (code.number == 61007).then_some(
        "Call with the token of the service account. If a third-party platform calls, the service \
         account must have granted it permission set 33: let it authorise the platform again, with \
         the set.",
    )
}

/// Developers report that WeChat answers a prefix without a scheme with -1 every time.
fn on_busy(rule: &Rule) -> Option<String> {
    let violations = rule.check().violations;
    let finding = violations
        .iter()
        .find(|finding| finding.field == "prefix")?;
    Some(format!(
        "The likely cause is the prefix, which {}. WeChat answers such a prefix with -1 every time.",
        finding.message
    ))
}

/// Returns which changes WeChat refuses, and how to make them.
fn limits_of_editing(rule: &Rule) -> &'static str {
    match rule {
        Rule::OrdinaryLink(_) => {
            "If it is published, only open_version, permit_sub_rule and debug_url can be modified: \
             for another path, delete it, add it again and publish it."
        }
        Rule::ServiceAccount(_) => {
            "If it is published, it cannot be modified: delete it, add it again and publish it."
        }
    }
}

/// What keeps WeChat from the server. Source: a developer's report about ports; the others follow.
const ON_THE_WAY: [FindingCode; 4] = [
    FindingCode::Port,
    FindingCode::IpAddress,
    FindingCode::LocalHost,
    FindingCode::WildcardHost,
];

/// Sources: posts of WeChat's staff and of developers in the developer community, see
/// `verification_file`.
fn on_missing_file(rule: &Rule) -> Option<String> {
    let prefix = rule.prefix();
    if rule.key().is_service_account() {
        let appid = match rule {
            Rule::ServiceAccount(_) => "",
            Rule::OrdinaryLink(_) => ", and name the Mini Program in appid",
        };
        return Some(format!(
            "No file is needed for this rule: the access token is of the wrong account. Call with \
             the token of the service account, not of the Mini Program{appid}."
        ));
    }
    let place = location(prefix, FILE)?;
    let is_about_way = |finding: &Finding| ON_THE_WAY.contains(&finding.code);
    let cause = join_causes(&rule.check(), is_about_way);
    let cause = cause.map_or_else(String::new, |cause| format!("{cause} "));
    let fragment = if Link::cut(prefix)?.fragment.is_some() {
        " Leave the fragment (`#…`) out of the prefix: WeChat takes it for a part of the path, \
         where no file can be."
    } else {
        ""
    };
    Some(format!(
        "{cause}WeChat fetches {place}, where {FILE} stands for the file_name of downloadQRCodeText. \
         Within about a second, it must get HTTP 200 with exactly the file_content: no redirect, \
         no 304, no byte order mark, no line end, no page of HTML. Place the file, then send the \
         rule again. `jumpqr download --prefix {}` gets the file and names its place.{fragment}",
        quoted(prefix)
    ))
}

/// Returns the findings about the fields whose names begin with `field`.
fn likely_cause(report: &CheckReport, field: &str) -> Option<String> {
    join_causes(report, |finding| finding.field.starts_with(field))
}

fn join_causes(report: &CheckReport, is_cause: impl Fn(&Finding) -> bool) -> Option<String> {
    let findings = report.violations.iter().chain(&report.warnings);
    let causes: Vec<_> = findings
        .filter(|finding| is_cause(finding))
        .map(ToString::to_string)
        .collect();
    (!causes.is_empty()).then(|| format!("The likely cause: {}.", causes.join(". ")))
}

fn host(prefix: &str) -> Option<&str> {
    Some(Link::cut(prefix)?.host())
}

/// Quotes a text for a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
