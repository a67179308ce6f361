//! The rule that `publish` and `delete` name, its lookup, and their dry run.

use std::io::{self, Write};

use clap::Args;
use jumpqr::check::Finding;
use jumpqr::interface::{GetJumpQRCode, Interface, JumpQRCodeList, ListedRule, Presence};
use jumpqr::{Client, Error, RuleKey};
use serde_json::{Value, json};

use super::check_call;
use crate::args::Options;
use crate::connection;
use crate::error::CommandError;
use crate::output::{Report, escape, print_listed_rules, print_note};

#[derive(Debug, Args)]
pub(super) struct NamedRule {
    /// The prefix of the rule, in full [example: https://m.example.cn/table/]
    #[arg(value_name = "PREFIX")]
    prefix: String,

    /// The Mini Program that the rule opens, for a service-account rule [example:
    /// wx1234567890abcdef]
    #[arg(long, value_name = "APPID")]
    appid: Option<String>,

    /// Print the exact request and the rule as it is now, but change nothing
    ///
    /// The rule is looked up with getJumpQRCode, which needs credentials. With --no-validate, it is
    /// not looked up.
    #[arg(long)]
    dry_run: bool,

    /// Send the request without checking it and without looking the rule up first
    #[arg(long)]
    no_validate: bool,
}

/// The rule before the change.
pub(super) enum RuleBefore {
    Listed(ListedRule),
    /// The list does not say whether the rule exists, or the rule was not looked up.
    Unclear,
}

impl NamedRule {
    pub(super) fn key(&self) -> RuleKey {
        match &self.appid {
            Some(appid) => RuleKey::service_account(&self.prefix, appid),
            None => RuleKey::ordinary_link(&self.prefix),
        }
    }

    pub(super) fn is_dry_run(&self) -> bool {
        self.dry_run
    }

    /// Returns whether the rule is looked up before the change.
    pub(super) fn is_looked_up(&self) -> bool {
        !self.no_validate
    }

    /// Returns the warnings of a call, or an error if it has violations. With --no-validate, the
    /// violations are warnings too.
    pub(super) fn check<I: Interface>(&self, call: &I) -> Result<Vec<Finding>, CommandError> {
        if self.no_validate {
            let report = call.check();
            return Ok([report.violations, report.warnings].concat());
        }
        check_call(call)
    }

    /// Looks the rule up. If there is no such rule, that is an error.
    pub(super) fn look_up(
        &self,
        client: &Client,
        interface: &'static str,
    ) -> Result<RuleBefore, CommandError> {
        let key = self.key();
        let Some(call) = GetJumpQRCode::to_look_up(&key).filter(|_| !self.no_validate) else {
            return Ok(RuleBefore::Unclear);
        };
        let list = client.get_jump_qr_code(call)?;
        match list.presence(&key) {
            Presence::Listed(rule) => Ok(RuleBefore::Listed(rule.clone())),
            Presence::Unclear => Ok(RuleBefore::Unclear),
            Presence::NotListed => Err(no_such_rule(client, &key, &list)
                .in_interface(interface)
                .into()),
        }
    }
}

/// Makes the error, with the listed prefix that was probably meant. For a service account,
/// `looked_up` has only the requested prefix, so the latest rules are listed here.
fn no_such_rule(client: &Client, key: &RuleKey, looked_up: &JumpQRCodeList) -> Error {
    let latest = key.appid().and_then(|appid| {
        let appid = appid.to_owned();
        // The list is only for the hint. If it fails, the error has no hint.
        client
            .get_jump_qr_code(GetJumpQRCode::Latest { appid })
            .ok()
    });
    latest
        .as_ref()
        .unwrap_or(looked_up)
        .no_such_rule(key.prefix())
}

impl RuleBefore {
    pub(super) fn rule(&self) -> Option<&ListedRule> {
        match self {
            Self::Listed(rule) => Some(rule),
            Self::Unclear => None,
        }
    }
}

/// A request that is printed instead of sent, and the rule as it is.
pub(super) struct DryRun {
    command: &'static str,
    request: Request,
    before: RuleBefore,
    warnings: Vec<Finding>,
    /// Why the request would not be sent.
    pub(super) nothing_to_do: Option<&'static str>,
}

struct Request {
    method: &'static str,
    url: String,
    body: String,
}

impl DryRun {
    pub(super) fn new<I: Interface>(
        command: &'static str,
        call: &I,
        base_url: &str,
        before: RuleBefore,
        warnings: Vec<Finding>,
    ) -> Result<Self, CommandError> {
        let request = call.request()?;
        Ok(Self {
            command,
            request: Request {
                method: request.method().as_str(),
                url: request.shown_url(base_url),
                body: String::from_utf8_lossy(request.body().unwrap_or_default()).into_owned(),
            },
            before,
            warnings,
            nothing_to_do: None,
        })
    }

    /// Makes a dry run that needs no credentials and connects to nothing.
    pub(super) fn without_lookup<I: Interface>(
        command: &'static str,
        call: &I,
        warnings: Vec<Finding>,
        options: &Options,
    ) -> Result<Self, CommandError> {
        let base_url = connection::checked_base_url(options)?;
        Self::new(command, call, &base_url, RuleBefore::Unclear, warnings)
    }
}

impl Report for DryRun {
    fn command(&self) -> &'static str {
        self.command
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        for warning in &self.warnings {
            print_note(&format!("warning: {warning}"));
        }
        match (&self.before, self.nothing_to_do) {
            (_, Some(reason)) => print_note(&format!("dry run: nothing would be sent: {reason}")),
            (RuleBefore::Listed(_), None) => {
                print_note("dry run: the rule was looked up, and nothing was changed");
            }
            (RuleBefore::Unclear, None) => {
                print_note("dry run: nothing was changed; it is unknown whether the rule exists");
            }
        }
        if let Some(rule) = self.before.rule() {
            print_listed_rules(out, std::slice::from_ref(rule))?;
            writeln!(out)?;
        }
        if self.nothing_to_do.is_some() {
            return Ok(());
        }
        writeln!(out, "{} {}", self.request.method, escape(&self.request.url))?;
        writeln!(out)?;
        writeln!(out, "{}", self.request.body)
    }

    fn json(&self) -> Value {
        let request = &self.request;
        let request = json!({"method": request.method, "url": request.url, "body": request.body});
        json!({
            "dry_run": true,
            "request": if self.nothing_to_do.is_some() { Value::Null } else { request },
            "rule": self.before.rule(),
            "warnings": self.warnings,
        })
    }
}
