//! What `publish` and `delete` share: the rule that a command line names, and looking it up first.

use std::io::{self, Write};

use clap::Args;
use jumpqr::check::Finding;
use jumpqr::interface::{GetJumpQRCode, Interface, JumpQRCodeList, ListedRule, Presence};
use jumpqr::{Client, Error, RuleKey};
use serde_json::{Value, json};

use super::checked;
use crate::args::Global;
use crate::connection;
use crate::failure::Failure;
use crate::output::{Report, note, print_listed_rules, printable};

/// Names one rule.
#[derive(Debug, Args)]
pub(super) struct NamedRule {
    /// The prefix of the rule, in full [example: https://m.example.cn/table/]
    #[arg(value_name = "PREFIX")]
    prefix: String,

    /// The Mini Program that the rule opens, for a service-account rule [example:
    /// wx1234567890abcdef]
    #[arg(long, value_name = "APPID")]
    appid: Option<String>,

    /// Print the exact request and the rule as it is now; nothing is changed
    ///
    /// The rule is looked up with getJumpQRCode, so credentials are needed, unless --no-validate is
    /// given.
    #[arg(long)]
    dry_run: bool,

    /// Send the request as it is: nothing is checked, and the rule is not looked up first
    #[arg(long)]
    no_validate: bool,
}

/// The rule before the change.
#[derive(Debug)]
pub(super) enum Before {
    /// As it is listed.
    Listed(ListedRule),
    /// The list does not tell, or nothing was looked up.
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

    /// Whether the rule is looked up before the change.
    pub(super) fn is_looked_up(&self) -> bool {
        !self.no_validate
    }

    /// Returns the warnings of a call. One with violations is refused, unless nothing is to be
    /// checked.
    pub(super) fn check<I: Interface>(&self, call: &I) -> Result<Vec<Finding>, Failure> {
        if self.no_validate {
            let report = call.check();
            return Ok([report.violations, report.warnings].concat());
        }
        checked(call)
    }

    /// Looks the rule up. It is an error if there is no such rule.
    pub(super) fn look_up(
        &self,
        client: &Client,
        interface: &'static str,
    ) -> Result<Before, Failure> {
        let key = self.key();
        let Some(call) = GetJumpQRCode::to_look_up(&key).filter(|_| !self.no_validate) else {
            return Ok(Before::Unclear);
        };
        let list = client.get_jump_qr_code(call)?;
        match list.presence(&key) {
            Presence::Listed(rule) => Ok(Before::Listed(rule.clone())),
            Presence::Unclear => Ok(Before::Unclear),
            Presence::NotListed => Err(no_such_rule(client, &key, &list)
                .in_interface(interface)
                .into()),
        }
    }
}

/// The error, with the listed prefix that was probably meant. Of a service account's rules,
/// `looked_up` has only those that were asked for, so the others are listed here.
fn no_such_rule(client: &Client, key: &RuleKey, looked_up: &JumpQRCodeList) -> Error {
    let latest = key.appid().and_then(|appid| {
        let appid = appid.to_owned();
        // It is only for the hint: without it, the error stands as well.
        client
            .get_jump_qr_code(GetJumpQRCode::Latest { appid })
            .ok()
    });
    latest
        .as_ref()
        .unwrap_or(looked_up)
        .no_such_rule(key.prefix())
}

impl Before {
    pub(super) fn rule(&self) -> Option<&ListedRule> {
        match self {
            Self::Listed(rule) => Some(rule),
            Self::Unclear => None,
        }
    }
}

/// A request that is shown instead of sent, and the rule as it is.
pub(super) struct DryRun {
    command: &'static str,
    request: Request,
    before: Before,
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
    pub(super) fn of<I: Interface>(
        command: &'static str,
        call: &I,
        base_url: &str,
        before: Before,
        warnings: Vec<Finding>,
    ) -> Self {
        let request = call.request();
        Self {
            command,
            request: Request {
                method: request.method().as_str(),
                url: request.shown_url(base_url),
                body: String::from_utf8_lossy(request.body().unwrap_or_default()).into_owned(),
            },
            before,
            warnings,
            nothing_to_do: None,
        }
    }

    /// Without credentials and without a connection.
    pub(super) fn offline<I: Interface>(
        command: &'static str,
        call: &I,
        warnings: Vec<Finding>,
        global: &Global,
    ) -> Result<Self, Failure> {
        let base_url = connection::base_url(global)?;
        Ok(Self::of(
            command,
            call,
            &base_url,
            Before::Unclear,
            warnings,
        ))
    }
}

impl Report for DryRun {
    fn command(&self) -> &'static str {
        self.command
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        for warning in &self.warnings {
            note(&format!("warning: {warning}"));
        }
        match (&self.before, self.nothing_to_do) {
            (_, Some(reason)) => note(&format!("dry run: nothing would be sent: {reason}")),
            (Before::Listed(_), None) => {
                note("dry run: the rule was looked up, and nothing was changed");
            }
            (Before::Unclear, None) => {
                note("dry run: nothing was changed; whether the rule exists is not known");
            }
        }
        if let Some(rule) = self.before.rule() {
            print_listed_rules(out, std::slice::from_ref(rule))?;
            writeln!(out)?;
        }
        if self.nothing_to_do.is_some() {
            return Ok(());
        }
        writeln!(
            out,
            "{} {}",
            self.request.method,
            printable(&self.request.url)
        )?;
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
