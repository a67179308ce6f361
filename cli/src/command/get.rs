use clap::Args;
use jumpqr::interface::{GetJumpQRCode, JumpQRCodeList, MAX_PAGE_SIZE};
use serde_json::json;

use super::{check_call, with_warnings};
use crate::acting_as::ActingAs;
use crate::all_rules::fetch_all_rules;
use crate::connection::Connection;
use crate::context::Context;
use crate::number::parse_whole_number;
use crate::output::{CommandResult, format_listed_rules};

const EXAMPLES: &str = "\
Examples:
  jumpqr get
  jumpqr get --appid wx1234567890abcdef --all
  jumpqr --json get > rules.json && jumpqr match --rules rules.json https://m.example.cn/table/7";

/// List the rules and the remaining quotas (getJumpQRCode)
///
/// Without --appid, these are the ordinary-link rules of a Mini Program, at most 100.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Get {
    /// List the rules of a service account that open this Mini Program [example:
    /// wx1234567890abcdef]
    #[arg(long, value_name = "APPID")]
    appid: Option<String>,

    #[command(flatten)]
    selection: Selection,

    /// The number of rules on the page, 1 to 200
    #[arg(
        long,
        value_name = "N",
        requires = "page",
        default_value_t = MAX_PAGE_SIZE,
        value_parser = parse_whole_number::<u32>("1 to 200")
    )]
    page_size: u32,
}

/// The selected rules of a service account.
#[derive(Debug, Args)]
#[group(multiple = false, requires = "appid")]
struct Selection {
    /// List the latest 10,000 rules; the default with --appid
    #[arg(long)]
    latest: bool,

    /// List the rule with exactly this prefix; up to 200 times [example:
    /// http://weixin.qq.com/q/kZgfwMTm72W]
    #[arg(long, value_name = "URL")]
    prefix: Vec<String>,

    /// List one page, counting from 1
    #[arg(long, value_name = "N", value_parser = parse_whole_number::<u32>("counting from 1"))]
    page: Option<u32>,

    /// List all rules, page by page, without the remaining quotas
    #[arg(long)]
    all: bool,
}

impl Get {
    pub(crate) fn run(&self, context: &Context<'_>) -> CommandResult {
        let call = self.single_call();
        let warnings = match &call {
            Some(call) => check_call(call, true)?,
            None => Vec::new(),
        };
        let appid = self.appid.as_deref();
        let connection = Connection::open(context, ActingAs::owner_of_rules(appid))?;
        let client = &connection.client;
        let list = match call {
            Some(call) => with_warnings(client.get_jump_qr_code(call), warnings)?,
            None => fetch_all_rules(client, appid)?,
        };
        let summary = summarize(&list);
        let text = match &*list.rule_list {
            [] => summary,
            rules => format!("{}\n\n{summary}", format_listed_rules(rules)),
        };
        Ok(context.print(json!(list), &text))
    }

    /// Returns the call for one response. With --all, returns `None`: that takes several pages.
    fn single_call(&self) -> Option<GetJumpQRCode> {
        let Some(appid) = self.appid.clone() else {
            return Some(GetJumpQRCode::OrdinaryLink);
        };
        if self.selection.all {
            None
        } else if let Some(page_num) = self.selection.page {
            Some(GetJumpQRCode::ByPage {
                appid,
                page_num,
                page_size: self.page_size,
            })
        } else if self.selection.prefix.is_empty() {
            Some(GetJumpQRCode::Latest { appid })
        } else {
            let prefix_list = self.selection.prefix.clone();
            Some(GetJumpQRCode::ByPrefix { appid, prefix_list })
        }
    }
}

/// Returns the numbers of the response in one line. A number that WeChat left out is left out.
fn summarize(list: &JumpQRCodeList) -> String {
    let listed = list.rule_list.len();
    let count = match list.total_count {
        Some(total) if total != listed as u64 => format!("{listed} of {total} rules"),
        _ if listed == 1 => "1 rule".to_owned(),
        _ => format!("{listed} rules"),
    };
    let quota = list.qrcodejump_pub_quota;
    let quota = quota.map(|left| format!("{left} publishes left this month"));
    let open = list.qrcodejump_open.map(|open| {
        let word = if open { "on" } else { "off" };
        format!("opening by QR code is {word}")
    });
    let parts: Vec<_> = [Some(count), quota, open].into_iter().flatten().collect();
    parts.join("; ")
}
