//! Decides what to do next about a link, as command lines.

use jumpqr::check::{MAX_DEBUG_URLS, check_prefix, propose_prefix};
use jumpqr::matching::{
    Candidate, LinkMatch, Mismatch, Obstacle, RuleSet, add_final_slash, undocumented_equivalence,
};
use jumpqr::rule::{OpenVersion, PermitSubRule, SERVICE_ACCOUNT_PREFIX};

use crate::judge::Judged;
use crate::output::{NextStep, quote_command_line};

/// What stands in a command line for a page or an appid that is not known.
const PAGE: &str = "PAGE";
const APPID: &str = "APPID";

const ON_CONSOLE: &str = "on mp.weixin.qq.com: 开发管理, 开发设置, 扫普通链接二维码打开小程序";

pub(super) fn next_steps(link: &str, judged: &Judged<'_>, rules: &RuleSet) -> Vec<NextStep> {
    let found = &judged.found;
    let mut steps = Vec::new();
    match found.hit {
        None => steps.extend(add_rule(link, judged.nearest, rules)),
        Some(hit) if !hit.is_effective() => steps.extend(publish_rule(link, hit, found, rules)),
        Some(_) => {}
    }
    if found.obstacles.contains(&Obstacle::SwitchedOff) {
        let text = format!("Switch opening by QR code on (开启) {ON_CONSOLE}");
        steps.push(NextStep::new(text, []));
    }
    steps
}

/// Returns what to do if no rule covers the link.
fn add_rule(link: &str, nearest: Option<(&Candidate, Mismatch)>, rules: &RuleSet) -> Vec<NextStep> {
    if link.starts_with("hlht://") {
        let text = format!("Make a rule for exactly this code {ON_CONSOLE}");
        return vec![NextStep::new(text, [])];
    }
    let mut steps = Vec::new();
    steps.extend(nearest.and_then(|(rule, _)| print_as_written(link, &rule.prefix)));
    let proposed = propose_prefix(link, nearest.map(|(rule, why)| (rule.prefix.as_str(), why)));
    let Some(prefix) = proposed else {
        if steps.is_empty() {
            steps.extend(print_another(link));
        }
        return steps;
    };
    let path = nearest.and_then(|(rule, _)| rule.path.as_deref());
    let path = path.unwrap_or(PAGE);
    if link.starts_with(SERVICE_ACCOUNT_PREFIX) {
        let known = rules.rules().iter().find_map(|rule| rule.appid.as_deref());
        let appid = known.unwrap_or(APPID);
        let rule = ["--prefix", &prefix, "--appid", appid, "--path", path];
        let add = quote_command_line(&[&["jumpqr", "add"][..], &rule].concat());
        let publish = quote_command_line(&["jumpqr", "publish", &prefix, "--appid", appid]);
        if known.is_none() && !rules.rules().iter().any(Candidate::is_service_account) {
            let again = quote_command_line(&["jumpqr", "match", "--appid", appid, link]);
            steps.push(NextStep::new(
                "This is the code of a service account: look at that account's rules, with its \
                 token",
                [again],
            ));
        }
        steps.push(NextStep::new(
            "Add a rule for the code, and publish it",
            [add, publish],
        ));
        return steps;
    }
    let rule = nearest.map(|(rule, _)| rule);
    let [version, permit] = numbers(rule).map(|number| number.to_string());
    let add = quote_command_line(&[
        "jumpqr",
        "add",
        "--prefix",
        &prefix,
        "--path",
        path,
        "--open-version",
        &version,
        "--permit-sub-rule",
        &permit,
        "--debug-url",
        link,
    ]);
    steps.push(NextStep::new(
        "Put the verification file in place, add a rule that covers the link, and publish it",
        [
            quote_command_line(&["jumpqr", "download", "--prefix", &prefix]),
            add,
            quote_command_line(&["jumpqr", "publish", &prefix]),
        ],
    ));
    steps
}

/// Returns how to print the link if only the way in which it is written keeps the rule `prefix`
/// from covering it.
fn print_as_written(link: &str, prefix: &str) -> Option<NextStep> {
    if let Some(added) = add_final_slash(prefix, link) {
        let text =
            format!("Only the final `/` of the rule is missing. Print the link with it: {added}");
        return Some(NextStep::new(text, []));
    }
    undocumented_equivalence(prefix, link).then(|| {
        let text = format!("Print the link as the rule is written, which is {prefix}");
        NextStep::new(text, [])
    })
}

/// Returns why the check has a finding about every prefix that covers the link.
fn print_another(link: &str) -> Option<NextStep> {
    let report = check_prefix(link);
    let finding = report.violations.iter().chain(&report.warnings).next()?;
    let text = format!("Print another link. This one {}", finding.message);
    Some(NextStep::new(text, []))
}

/// Returns `open_version` and `permit_sub_rule` of a rule, or the first value of each.
fn numbers(rule: Option<&Candidate>) -> [u8; 2] {
    let version = rule.and_then(|rule| rule.open_version);
    let permit = rule.and_then(|rule| rule.permit_sub_rule);
    [
        version.map_or(1, OpenVersion::number),
        permit.map_or(1, PermitSubRule::number),
    ]
}

/// Returns what to do if the rule that the link hits is not published.
fn publish_rule(
    link: &str,
    hit: &Candidate,
    found: &LinkMatch<'_>,
    rules: &RuleSet,
) -> Vec<NextStep> {
    let key = match &hit.appid {
        Some(appid) => vec![hit.prefix.as_str(), "--appid", appid],
        None if hit.is_service_account() => vec![hit.prefix.as_str(), "--appid", APPID],
        None => vec![hit.prefix.as_str()],
    };
    let command = |name| quote_command_line(&[&["jumpqr", name][..], &key].concat());
    let condition = match rules.account().is_released {
        Some(true) => "",
        Some(false) => ", after the Mini Program is released",
        None => ". WeChat answers 85074 if the Mini Program has no released code",
    };
    let text = format!("Publish the rule: then the link opens for everybody{condition}");
    let mut steps = vec![NextStep::new(text, [command("publish")])];
    if let Some(shadowed) = found.shadowed {
        let prefix = &shadowed.prefix;
        let text = format!("Or delete the rule: then the link hits {prefix}");
        steps.push(NextStep::new(text, [command("delete")]));
    }
    steps.extend(test_link_command(link, hit, found).map(|command| {
        NextStep::new(
            "Or make it a test link, which opens for testers before that",
            [command],
        )
    }));
    steps
}

/// Returns the command line that makes the link a test link of the rule; `None` if it is one, or if
/// the rule cannot have it, or if not all of its fields are known.
fn test_link_command(link: &str, hit: &Candidate, found: &LinkMatch<'_>) -> Option<String> {
    let has_room = hit.debug_url.len() < MAX_DEBUG_URLS && !hit.is_service_account();
    if found.is_test_link || !has_room {
        return None;
    }
    let version = hit.open_version?.number().to_string();
    let permit = hit.permit_sub_rule?.number().to_string();
    let mut words = vec![
        "jumpqr",
        "add",
        "--edit",
        "--prefix",
        &hit.prefix,
        "--path",
        hit.path.as_deref()?,
        "--open-version",
        &version,
        "--permit-sub-rule",
        &permit,
    ];
    let links = hit.debug_url.iter().map(String::as_str);
    words.extend(links.chain([link]).flat_map(|link| ["--debug-url", link]));
    Some(quote_command_line(&words))
}
