use clap::Args;
use jumpqr::interface::{
    AddJumpQRCode, ApiQuota, ClearQuota, DeleteJumpQRCode, DownloadQRCodeText, GetApiQuota,
    GetJumpQRCode, Interface, JumpQRCodeList, LinkMiniprogram, PublishJumpQRCode, RateLimit,
    UnlinkMiniprogram, WxaMpLinkGet, path_of,
};
use jumpqr::rule::{MAX_ORDINARY_LINK_RULES, MAX_SERVICE_ACCOUNT_RULES};
use jumpqr::{Client, Error};
use serde_json::{Value, json};

use super::{check_call, describe_confirmation, with_warnings};
use crate::acting_as::ActingAs;
use crate::connection::Connection;
use crate::context::Context;
use crate::error::CommandError;
use crate::output::{CommandResult, GOOD, HEADING, escape, format_card, format_table};
use crate::question::is_declined;

const EXAMPLES: &str = "\
Examples:
  jumpqr quota
  jumpqr quota --appid wx1234567890abcdef
  jumpqr quota addJumpQRCode
  jumpqr quota /cgi-bin/stable_token
  jumpqr quota --clear wx1234567890abcdef";

/// The interfaces for rules, by name and path.
const FOR_RULES: [Named; 4] = [
    named::<AddJumpQRCode>(),
    named::<GetJumpQRCode>(),
    named::<PublishJumpQRCode>(),
    named::<DeleteJumpQRCode>(),
];

/// The further interfaces of a Mini Program.
const FOR_MINI_PROGRAMS: [Named; 1] = [named::<DownloadQRCodeText>()];

/// The further interfaces of a service account.
const FOR_SERVICE_ACCOUNTS: [Named; 3] = [
    named::<LinkMiniprogram>(),
    named::<UnlinkMiniprogram>(),
    named::<WxaMpLinkGet>(),
];

/// The `errcode`s of an interface that the account cannot ask about.
const NOT_ASKABLE: [i64; 2] = [76021, 76022];

/// Show how many calls, rules and publishes are left (getApiQuota, getJumpQRCode)
///
/// The calls are those of the day. Without --appid, the account is a Mini Program.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Quota {
    /// Show only the calls of this interface: its path, or its name [example: addJumpQRCode]
    #[arg(value_name = "INTERFACE", conflicts_with_all = ["appid", "clear"])]
    interface: Option<String>,

    /// The account is a service account, and this Mini Program is the one that its rules open
    /// [example: wx1234567890abcdef]
    #[arg(long, value_name = "APPID")]
    appid: Option<String>,

    /// Clear the counts of the day, of all interfaces. APPID is the account's own appid
    ///
    /// An account has 10 clearings a month. On a terminal, the command asks first; in scripts, it
    /// does not ask.
    #[arg(long, value_name = "APPID", conflicts_with = "appid")]
    clear: Option<String>,

    /// Clear the counts without asking
    #[arg(long, short, requires = "clear")]
    yes: bool,
}

/// An interface: its name, and its path.
type Named = (&'static str, &'static str);

const fn named<I: Interface>() -> Named {
    (I::NAME, I::PATH)
}

/// How often an interface may be called. The error is about this interface only.
struct Calls<'a> {
    interface: Option<&'static str>,
    path: &'a str,
    quota: Result<ApiQuota, Error>,
}

impl Quota {
    pub(crate) fn run(&self, context: &Context<'_>) -> CommandResult {
        match (&self.clear, &self.interface) {
            (Some(appid), _) => self.clear(appid, context),
            (None, Some(interface)) => {
                run_for_path(path_of(interface).unwrap_or(interface), context)
            }
            (None, None) => self.run_for_account(context),
        }
    }

    fn run_for_account(&self, context: &Context<'_>) -> CommandResult {
        let appid = self.appid.as_deref();
        let list = rules_call(appid);
        let warnings = check_call(&list, true)?;
        let connection = Connection::open(context, ActingAs::owner_of_rules(appid))?;
        let client = &connection.client;
        let list = with_warnings(client.get_jump_qr_code(list), warnings)?;
        let further: &[Named] = match appid {
            Some(_) => &FOR_SERVICE_ACCOUNTS,
            None => &FOR_MINI_PROGRAMS,
        };
        let interfaces = FOR_RULES.iter().chain(further);
        let calls = interfaces.map(|&(name, path)| ask(client, Some(name), path));
        let calls = calls.collect::<Result<Vec<_>, Error>>()?;
        let limit = match appid {
            Some(_) => MAX_SERVICE_ACCOUNT_RULES,
            None => MAX_ORDINARY_LINK_RULES,
        };
        let count = list.total_count.or(list.list_size);
        let members = json!({
            "interfaces": calls.iter().map(list_members).collect::<Vec<_>>(),
            "rules": {"limit": limit, "used": count},
            "qrcodejump_pub_quota": list.qrcodejump_pub_quota,
        });
        let text = format!(
            "{}\n\n{}",
            format_rules(&list, count, limit),
            format_calls(&calls)
        );
        Ok(context.print(members, &text))
    }

    fn clear(&self, appid: &str, context: &Context<'_>) -> CommandResult {
        let call = ClearQuota {
            appid: appid.to_owned(),
        };
        // One of 10 clearings of the month is worth more than the doubt of a warning.
        let warnings = check_call(&call, true)?;
        if !warnings.is_empty() {
            return Err(Error::invalid(warnings)
                .in_interface(ClearQuota::NAME)
                .into());
        }
        let connection = Connection::open(context, ActingAs::MiniProgram)?;
        let question = format!(
            "Clear the counts of the day of {appid}? This is one of its 10 clearings of the month."
        );
        if !self.yes && is_declined(&question) {
            return Err(CommandError::declined("clear the counts"));
        }
        let confirmation = connection.client.call(call)?;
        let text = format!(
            "{GOOD}Cleared{GOOD:#} the counts of the day of {}: {}.",
            escape(appid),
            describe_confirmation(confirmation)
        );
        let members = json!({"appid": appid, "confirmation": confirmation});
        Ok(context.print(members, &text))
    }
}

fn run_for_path(path: &str, context: &Context<'_>) -> CommandResult {
    let call = GetApiQuota {
        cgi_path: path.to_owned(),
    };
    check_call(&call, true)?;
    let connection = Connection::open(context, ActingAs::MiniProgram)?;
    let quota = connection.client.call(call)?;
    let calls = [Calls {
        interface: None,
        path,
        quota: Ok(quota),
    }];
    let members = json!({"interfaces": calls.each_ref().map(list_members)});
    Ok(context.print(members, &format_calls(&calls)))
}

/// Makes the call that counts the rules. In service-account mode, it lists only one of them.
fn rules_call(appid: Option<&str>) -> GetJumpQRCode {
    match appid {
        None => GetJumpQRCode::OrdinaryLink,
        Some(appid) => GetJumpQRCode::ByPage {
            appid: appid.to_owned(),
            page_num: 1,
            page_size: 1,
        },
    }
}

/// Asks for the quota of an interface. If the account may not ask about this one, it may about
/// others.
fn ask<'a>(
    client: &Client,
    interface: Option<&'static str>,
    path: &'a str,
) -> Result<Calls<'a>, Error> {
    let quota = match client.get_api_quota(path) {
        Err(error) if !is_about_interface(&error) => return Err(error),
        quota => quota,
    };
    Ok(Calls {
        interface,
        path,
        quota,
    })
}

fn is_about_interface(error: &Error) -> bool {
    let errcode = error.errcode();
    errcode.is_some_and(|errcode| NOT_ASKABLE.contains(&errcode))
}

fn format_rules(list: &JumpQRCodeList, count: Option<u64>, limit: usize) -> String {
    let rules = count.map(|count| format!("{count} of {limit}"));
    let publishes = list.qrcodejump_pub_quota;
    let publishes = publishes.map(|left| format!("{left} left this month"));
    let card = format_card(&[("rules", rules), ("publishes", publishes)]);
    format!("{HEADING}Rules{HEADING:#}\n{card}")
}

fn format_calls(calls: &[Calls<'_>]) -> String {
    let rows = calls.iter().map(|calls| {
        let quota = calls.quota.as_ref().ok();
        let daily = quota.map(|quota| quota.quota);
        let number = |number: Option<u64>| number.map_or("–".to_owned(), |n| n.to_string());
        let name = calls.interface.unwrap_or(calls.path);
        vec![
            name.to_owned(),
            number(daily.and_then(|daily| daily.daily_limit)),
            number(daily.and_then(|daily| daily.used)),
            number(daily.and_then(|daily| daily.remain)),
            quota.map_or_else(String::new, format_pace),
        ]
    });
    let table = format_table(&["interface", "limit a day", "used", "left", "pace"], rows);
    let errors = calls.iter().filter_map(|calls| {
        let error = calls.quota.as_ref().err()?;
        let name = calls.interface.unwrap_or(calls.path);
        Some(format!("\n{}: {}", escape(name), escape(error.message())))
    });
    format!(
        "{HEADING}Calls{HEADING:#}\n{table}{}",
        errors.collect::<String>()
    )
}

fn format_pace(quota: &ApiQuota) -> String {
    let paces = [
        (quota.rate_limit, ""),
        (quota.component_rate_limit, "platform: "),
    ];
    let paces = paces.into_iter().filter_map(|(limit, whose)| {
        let RateLimit {
            call_count: Some(count),
            refresh_second: Some(seconds),
            ..
        } = limit?
        else {
            return None;
        };
        Some(format!("{whose}{count} in {seconds} s"))
    });
    paces.collect::<Vec<_>>().join("\n")
}

fn list_members(calls: &Calls<'_>) -> Value {
    json!({
        "interface": calls.interface,
        "cgi_path": calls.path,
        "quota": calls.quota.as_ref().ok().map(|quota| quota.quota),
        "rate_limit": calls.quota.as_ref().ok().and_then(|quota| quota.rate_limit),
        "component_rate_limit":
            calls.quota.as_ref().ok().and_then(|quota| quota.component_rate_limit),
        "errcode": calls.quota.as_ref().err().and_then(Error::errcode),
    })
}
