use clap::Args;
use jumpqr::interface::ListedAuthorizer;
use serde_json::json;

use crate::context::Context;
use crate::output::{CommandResult, escape, format_table};

const EXAMPLES: &str = "\
Examples:
  jumpqr platform merchants
  jumpqr --json platform merchants | jq -r '.merchants[].authorizer_appid'";

/// List the merchants that have authorised the platform (api_get_authorizer_list)
///
/// With --json, `auth_time` is in seconds since 1970. A merchant without a refresh token has
/// authorised the platform, but its code was not exchanged yet.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct List;

pub(super) fn run(context: &Context<'_>) -> CommandResult {
    let (platform, _) = context.platform()?;
    let merchants: Vec<_> = platform.merchants().collect::<jumpqr::Result<_>>()?;
    let text = format_merchants(&merchants);
    Ok(context.print(json!({"merchants": merchants}), &text))
}

fn format_merchants(merchants: &[ListedAuthorizer]) -> String {
    if merchants.is_empty() {
        return "No merchant has authorised the platform.".to_owned();
    }
    let rows = merchants.iter().map(|merchant| {
        let auth_time = merchant.auth_time.map(|seconds| {
            let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
            humantime::format_rfc3339_seconds(time).to_string()
        });
        let refresh_token = if merchant.refresh_token.is_some() {
            "yes"
        } else {
            "no"
        };
        vec![
            escape(&merchant.authorizer_appid),
            auth_time.unwrap_or_default(),
            refresh_token.to_owned(),
        ]
    });
    let table = format_table(&["appid", "authorised at", "refresh token"], rows);
    let count = merchants.len();
    let noun = if count == 1 { "merchant" } else { "merchants" };
    format!("{table}\n\n{count} {noun}")
}
