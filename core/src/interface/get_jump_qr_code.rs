use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use serde::Serialize;
use serde_json::{Value, json};

use super::by_name::FromMapping;
use super::{Decode, Interface, ListedRule, advice, missing_field};
use crate::check::{CheckReport, FindingCode, check_appid, check_page_size, check_prefix_list};
use crate::errcode::ErrCode;
use crate::error::{Error, OwnCode, Result};
use crate::mapping::{Reader, Reading};
use crate::matching::{Account, RuleSet, nearest_prefix};
use crate::request::Request;
use crate::response::Fields;
use crate::rule::{RuleKey, SERVICE_ACCOUNT_PREFIX};

/// The most prefixes that one call may ask for. Source: the official page of getJumpQRCode.
pub const MAX_PREFIX_LIST: usize = 200;

/// The most rules on a page. Source: the official page of getJumpQRCode.
pub const MAX_PAGE_SIZE: u32 = 200;

/// `getJumpQRCode`: lists rules.
///
/// `appid` is the Mini Program that the service account's rules open. Source: the official page of
/// getJumpQRCode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GetJumpQRCode {
    /// All rules of the Mini Program whose token is used. There are at most 100.
    OrdinaryLink,
    /// `get_type` 0: the latest 10,000 rules.
    Latest {
        /// The Mini Program.
        appid: String,
    },
    /// `get_type` 1: the rules with these prefixes, at most [`MAX_PREFIX_LIST`].
    ByPrefix {
        /// The Mini Program.
        appid: String,
        /// The prefixes in full.
        prefix_list: Vec<String>,
    },
    /// `get_type` 2: a page.
    ByPage {
        /// The Mini Program.
        appid: String,
        /// The number of the page, from 1.
        page_num: u32,
        /// The number of rules on a page, at most [`MAX_PAGE_SIZE`].
        page_size: u32,
    },
}

impl GetJumpQRCode {
    /// Makes the call that lists the rule `key`, if it exists.
    #[must_use]
    pub fn for_rule(key: &RuleKey) -> Self {
        match &key.appid {
            None => Self::OrdinaryLink,
            Some(appid) => Self::ByPrefix {
                appid: appid.clone(),
                prefix_list: vec![key.prefix.clone()],
            },
        }
    }

    /// Makes the call that looks up the rule `key` before it is changed. `None` if the key does not
    /// say which list has the rule: a service account's rule can be published without the appid,
    /// but not listed.
    #[must_use]
    pub fn to_look_up(key: &RuleKey) -> Option<Self> {
        let lacks_appid =
            key.appid.is_none() && key.prefix.trim().starts_with(SERVICE_ACCOUNT_PREFIX);
        (!lacks_appid).then(|| Self::for_rule(key))
    }
}

/// What a list says about one rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence<'a> {
    /// The list has the rule.
    Listed(&'a ListedRule),
    /// There is no such rule.
    NotListed,
    /// The response had no list, or some rules are missing in it.
    Unclear,
}

/// The response of getJumpQRCode. It serialises to the wire names, with `null` for a field that
/// WeChat left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct JumpQRCodeList {
    /// The rules.
    pub rule_list: Vec<ListedRule>,
    /// Whether the response had a list of rules, which may be empty.
    #[serde(skip)]
    had_list: bool,
    /// Whether opening by QR code is switched on for the account.
    pub qrcodejump_open: Option<bool>,
    /// The number of rules in this response, as WeChat counts them.
    pub list_size: Option<u64>,
    /// How many rules can still be published this month.
    pub qrcodejump_pub_quota: Option<u64>,
    /// The number of all rules of the account.
    pub total_count: Option<u64>,
}

impl JumpQRCodeList {
    /// Returns the rule with this prefix.
    #[must_use]
    pub fn find(&self, prefix: &str) -> Option<&ListedRule> {
        let prefix = prefix.trim();
        self.rule_list.iter().find(|rule| rule.prefix == prefix)
    }

    /// Returns what this list says about the account, for matching.
    #[must_use]
    pub fn account(&self) -> Account {
        Account {
            qrcodejump_open: self.qrcodejump_open,
            is_released: None,
        }
    }

    /// Returns the rules of this list, to match links against.
    #[must_use]
    pub fn rule_set(&self) -> RuleSet {
        let rules = self.rule_list.iter().map(ListedRule::candidate);
        RuleSet::new(rules).with_account(self.account())
    }

    /// Returns what this list says about the rule `key`. It must be the response to
    /// [`GetJumpQRCode::to_look_up`].
    #[must_use]
    pub fn presence(&self, key: &RuleKey) -> Presence<'_> {
        if let Some(rule) = self.find(&key.prefix) {
            return Presence::Listed(rule);
        }
        // In service-account mode, the call asked for this rule only, and `total_count` counts all.
        let is_whole = key.appid.is_some()
            || self
                .total_count
                .is_none_or(|total| total <= self.rule_list.len() as u64);
        if self.had_list && is_whole {
            Presence::NotListed
        } else {
            Presence::Unclear
        }
    }

    /// Returns the error of a call for the rule `prefix`, which is not in this list. It names the
    /// listed prefix that was probably meant, see [`nearest_prefix`].
    #[must_use]
    pub fn no_such_rule(&self, prefix: &str) -> Error {
        let listed = self.rule_list.iter().map(|rule| rule.prefix.as_str());
        let hint = match nearest_prefix(prefix, listed) {
            Some(nearest) => format!("; did you mean {nearest}?"),
            None => String::new(),
        };
        Error::new(
            OwnCode::NoSuchRule,
            format!("there is no rule {}{hint}", prefix.trim()),
        )
    }

    /// Returns this list if it can show that a rule does not exist. A response without a list
    /// cannot, and is an error.
    pub fn decisive(self) -> Result<Self> {
        if self.had_list {
            Ok(self)
        } else {
            Err(missing_field("rule_list"))
        }
    }
}

impl Interface for GetJumpQRCode {
    type Response = JumpQRCodeList;

    const NAME: &'static str = "getJumpQRCode";
    const PATH: &'static str = "/cgi-bin/wxopen/qrcodejumpget";

    fn request(&self) -> Result<Request> {
        // WeChat answers an empty body with 44002, so the smallest body is `{}`.
        let body: Value = match self {
            Self::OrdinaryLink => json!({}),
            Self::Latest { appid } => json!({"appid": appid, "get_type": 0}),
            Self::ByPrefix { appid, prefix_list } => {
                json!({"appid": appid, "get_type": 1, "prefix_list": prefix_list})
            }
            Self::ByPage {
                appid,
                page_num,
                page_size,
            } => {
                json!({"appid": appid, "get_type": 2, "page_num": page_num, "page_size": page_size})
            }
        };
        Request::post(Self::PATH, &body)
    }

    fn check(&self) -> CheckReport {
        let mut report = CheckReport::default();
        match self {
            Self::OrdinaryLink => {}
            Self::Latest { appid } => check_appid(&mut report, appid),
            Self::ByPrefix { appid, prefix_list } => {
                check_appid(&mut report, appid);
                check_prefix_list(&mut report, prefix_list, MAX_PREFIX_LIST);
            }
            Self::ByPage {
                appid,
                page_num,
                page_size,
            } => {
                check_appid(&mut report, appid);
                if *page_num == 0 {
                    report.add(
                        "page_num",
                        FindingCode::OutOfRange,
                        "is 0; pages count from 1",
                    );
                }
                check_page_size(&mut report, "page_size", *page_size, MAX_PAGE_SIZE);
            }
        }
        report
    }

    fn advise(&self, code: &ErrCode) -> Option<Cow<'static, str>> {
        let is_service_account = !matches!(self, Self::OrdinaryLink);
        (code.number == 61007).then(|| advice::on_missing_permission(is_service_account).into())
    }
}

impl Decode for JumpQRCodeList {
    fn decode(response: &Fields<'_>) -> Result<Self> {
        // Without either field, the response need not come from WeChat: the account may have rules.
        if !response.has("rule_list") && response.errcode().is_none() {
            return Err(missing_field("rule_list"));
        }
        let entries = response.objects("rule_list");
        Ok(Self {
            rule_list: entries.filter_map(ListedRule::from_fields).collect(),
            had_list: response.is_list("rule_list"),
            qrcodejump_open: response.flag("qrcodejump_open"),
            list_size: response.count("list_size"),
            qrcodejump_pub_quota: response.count("qrcodejump_pub_quota"),
            total_count: response.count("total_count"),
        })
    }
}

const GET_TYPES: &str = "0 (the latest), 1 (by prefix_list) or 2 (by page)";

impl FromMapping for GetJumpQRCode {
    fn from_mapping(arguments: &Value) -> Reading<Self> {
        const FIELDS: &[&str] = &["appid", "get_type", "prefix_list", "page_num", "page_size"];
        Reading::of_arguments(arguments, FIELDS, read)
    }
}

fn read(reader: &mut Reader<'_>) -> Option<GetJumpQRCode> {
    let by_prefix = reader.has("prefix_list");
    let by_page = reader.has("page_num") || reader.has("page_size");
    let get_type = reader.number("get_type", |number| u8::try_from(number).ok(), GET_TYPES);
    let get_type = match get_type {
        None if reader.has("get_type") => return None,
        None if by_prefix => 1,
        None if by_page => 2,
        None if reader.has("appid") => 0,
        None => return Some(GetJumpQRCode::OrdinaryLink),
        Some(get_type) => get_type,
    };
    let appid = reader.require_text(
        "appid",
        "the appid of the Mini Program that the service account's rules open, wx… (ordinary-link \
         rules are listed without any argument)",
    );
    if by_prefix && get_type != 1 {
        reader.report_superfluous("prefix_list", "it needs get_type 1");
    }
    for field in ["page_num", "page_size"] {
        if reader.has(field) && get_type != 2 {
            reader.report_superfluous(field, "it needs get_type 2");
        }
    }
    match get_type {
        0 => Some(GetJumpQRCode::Latest { appid: appid? }),
        1 => {
            let prefix_list = reader.require_texts("prefix_list");
            Some(GetJumpQRCode::ByPrefix {
                appid: appid?,
                prefix_list: prefix_list?,
            })
        }
        2 => {
            let count = |number| u32::try_from(number).ok();
            let page_num = reader.require_number("page_num", count, "1 or more");
            let page_size = reader.require_number("page_size", count, "1 to 200");
            Some(GetJumpQRCode::ByPage {
                appid: appid?,
                page_num: page_num?,
                page_size: page_size?,
            })
        }
        _ => {
            reader.report_out_of_range("get_type", GET_TYPES);
            None
        }
    }
}
