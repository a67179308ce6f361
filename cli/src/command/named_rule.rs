//! The rule that `publish` and `delete` name, and its lookup.

use clap::Args;
use jumpqr::check::Finding;
use jumpqr::interface::{
    Confirmation, GetJumpQRCode, Interface, JumpQRCodeList, ListedRule, Presence,
};
use jumpqr::rule::RuleState;
use jumpqr::{Client, Error, RuleKey};

use super::dry_run::DryRunReport;
use super::{check_call, with_warnings};
use crate::acting_as::ActingAs;
use crate::connection::Connection;
use crate::context::Context;
use crate::error::CommandError;

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

/// A change that is checked, and whose rule is looked up.
pub(super) enum Prepared<I> {
    DryRun(DryRunReport),
    Change(Change<I>),
}

pub(super) struct Change<I> {
    connection: Connection,
    call: I,
    /// Whether the rule is already published, as far as it is known.
    pub(super) is_published: bool,
    warnings: Vec<Finding>,
}

impl NamedRule {
    pub(super) fn key(&self) -> RuleKey {
        match &self.appid {
            Some(appid) => RuleKey::service_account(&self.prefix, appid),
            None => RuleKey::ordinary_link(&self.prefix),
        }
    }

    /// Checks the call, connects, and looks the rule up. If there is no such rule, that is an
    /// error. `no_change_reason` says why a published rule needs no change.
    pub(super) fn prepare<I: Interface>(
        &self,
        call: I,
        no_change_reason: Option<&str>,
        context: &Context<'_>,
    ) -> Result<Prepared<I>, CommandError> {
        let warnings = check_call(&call, !self.no_validate)?;
        if self.dry_run && self.no_validate {
            let dry_run = DryRunReport::without_connection(&call, context, warnings)?;
            return Ok(Prepared::DryRun(dry_run.with_rule(None, None)));
        }
        let key = self.key();
        let connection = Connection::open(context, ActingAs::owner_of_rules(key.appid.as_deref()))?;
        let lookup = GetJumpQRCode::to_look_up(&key).filter(|_| !self.no_validate);
        let found = lookup.map(|lookup| look_up::<I>(&connection.client, lookup, &key));
        let rule = with_warnings(found.transpose(), warnings.clone())?.flatten();
        let state = rule.as_ref().and_then(|rule| rule.state);
        let is_published = state == Some(RuleState::Published);
        if self.dry_run {
            let dry_run = DryRunReport::new(&call, &connection.base_url(context)?, warnings)?;
            let nothing_to_do = no_change_reason.filter(|_| is_published);
            return Ok(Prepared::DryRun(dry_run.with_rule(rule, nothing_to_do)));
        }
        Ok(Prepared::Change(Change {
            connection,
            call,
            is_published,
            warnings,
        }))
    }
}

impl<I: Interface<Response = Confirmation>> Change<I> {
    /// Sends the call. It is already checked, and the rule looked up.
    pub(super) fn send(self) -> Result<(Confirmation, Connection), CommandError> {
        let client = self.connection.client.with_validate(false);
        let confirmation = with_warnings(client.call(self.call), self.warnings)?;
        Ok((confirmation, self.connection))
    }
}

/// Returns the rule that the call `I` names, or `None` if the list does not say whether it exists.
fn look_up<I: Interface>(
    client: &Client,
    lookup: GetJumpQRCode,
    key: &RuleKey,
) -> jumpqr::Result<Option<ListedRule>> {
    let list = client.get_jump_qr_code(lookup)?;
    match list.presence(key) {
        Presence::Listed(rule) => Ok(Some(rule.clone())),
        Presence::Unclear => Ok(None),
        Presence::NotListed => Err(no_such_rule(client, key, &list).in_interface(I::NAME)),
    }
}

/// Makes the error, with the listed prefix that was probably meant. For a service account,
/// `looked_up` has only the requested prefix, so the latest rules are listed here.
fn no_such_rule(client: &Client, key: &RuleKey, looked_up: &JumpQRCodeList) -> Error {
    let latest = key.appid.clone().and_then(|appid| {
        // The list is only for the hint. If it fails, the error has no hint.
        client
            .get_jump_qr_code(GetJumpQRCode::Latest { appid })
            .ok()
    });
    latest
        .as_ref()
        .unwrap_or(looked_up)
        .no_such_rule(&key.prefix)
}
