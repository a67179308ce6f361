use std::borrow::Cow;

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::{Interface, ListedRule, advice, missing};
use crate::check::{CheckReport, FindingCode, check_appid, check_prefix_list};
use crate::errcode::ErrCode;
use crate::error::{Error, OwnCode, Result};
use crate::matching::nearest_prefix;
use crate::request::Request;
use crate::response::Fields;
use crate::rule::{RuleKey, SERVICE_ACCOUNT_PREFIX};

/// The number of prefixes that one call may ask for. Source: the official page of getJumpQRCode.
pub const MAX_PREFIX_LIST: usize = 200;

/// The number of rules on a page. Source: the official page of getJumpQRCode.
pub const MAX_PAGE_SIZE: u32 = 200;

/// `getJumpQRCode`: lists rules.
///
/// `appid` is that of the Mini Program that the service account's rules open. Source: the official page of getJumpQRCode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GetJumpQRCode {
    /// All rules of the Mini Program whose token is used; there are at most 100.
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
        /// The prefixes, each in full.
        prefix_list: Vec<String>,
    },
    /// `get_type` 2: a page.
    ByPage {
        /// The Mini Program.
        appid: String,
        /// Counts from 1.
        page_num: u32,
        /// At most [`MAX_PAGE_SIZE`].
        page_size: u32,
    },
}

impl GetJumpQRCode {
    /// The call that lists the rule `key`, if it exists.
    #[must_use]
    pub fn for_rule(key: &RuleKey) -> Self {
        match key.appid() {
            None => Self::OrdinaryLink,
            Some(appid) => Self::ByPrefix {
                appid: appid.to_owned(),
                prefix_list: vec![key.prefix().to_owned()],
            },
        }
    }

    /// The call that looks up the rule `key` before a write. `None` if the key does not say in
    /// which list the rule is: a service account's rule can be published without the appid, but not
    /// listed.
    #[must_use]
    pub fn to_look_up(key: &RuleKey) -> Option<Self> {
        let lacks_appid =
            key.appid().is_none() && key.prefix().trim().starts_with(SERVICE_ACCOUNT_PREFIX);
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
    /// The list does not tell: the answer had no list, or some rules are missing in it.
    Unclear,
}

/// The rules in an answer that is to decide whether a write stands.
pub(super) fn read_back(answer: &Fields) -> Result<JumpQRCodeList> {
    GetJumpQRCode::OrdinaryLink.decode(answer)?.decisive()
}

/// The answer of getJumpQRCode. It serialises to the wire names, with `null` for what WeChat left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct JumpQRCodeList {
    /// The rules.
    pub rule_list: Vec<ListedRule>,
    /// Whether the answer had a list of rules, be it an empty one.
    #[serde(skip)]
    had_list: bool,
    /// Whether opening by QR code is switched on for the account.
    #[serde(serialize_with = "as_number")]
    pub qrcodejump_open: Option<bool>,
    /// The number of rules in this answer, as WeChat counts it.
    pub list_size: Option<u64>,
    /// The publishes that are left this month.
    pub qrcodejump_pub_quota: Option<u64>,
    /// The number of all rules of the account.
    pub total_count: Option<u64>,
}

#[expect(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature is serde's"
)]
fn as_number<S: Serializer>(flag: &Option<bool>, serializer: S) -> Result<S::Ok, S::Error> {
    flag.map(u8::from).serialize(serializer)
}

impl JumpQRCodeList {
    /// The rule with this prefix.
    #[must_use]
    pub fn find(&self, prefix: &str) -> Option<&ListedRule> {
        let prefix = prefix.trim();
        self.rule_list.iter().find(|rule| rule.prefix == prefix)
    }

    /// What this list, the answer to [`GetJumpQRCode::to_look_up`], says about the rule `key`.
    #[must_use]
    pub fn presence(&self, key: &RuleKey) -> Presence<'_> {
        if let Some(rule) = self.find(key.prefix()) {
            return Presence::Listed(rule);
        }
        // In service-account mode only this rule was asked for, and `total_count` counts all.
        let is_whole = key.appid().is_some()
            || self
                .total_count
                .is_none_or(|total| total <= self.rule_list.len() as u64);
        if self.had_list && is_whole {
            Presence::NotListed
        } else {
            Presence::Unclear
        }
    }

    /// The error of a call about the rule `prefix`, which this list shows not to exist. It names
    /// the listed prefix that was probably meant, see [`nearest_prefix`].
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

    /// This list, where it is to tell that a rule is not there: an answer that had no list tells nothing, and is an error.
    pub fn decisive(self) -> Result<Self> {
        if self.had_list {
            Ok(self)
        } else {
            Err(missing("rule_list"))
        }
    }
}

impl Interface for GetJumpQRCode {
    type Response = JumpQRCodeList;

    const NAME: &'static str = "getJumpQRCode";

    fn request(&self) -> Request {
        // An empty body is answered with 44002, so the least body is `{}`.
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
        Request::post("/cgi-bin/wxopen/qrcodejumpget", &body)
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
                if *page_size == 0 || *page_size > MAX_PAGE_SIZE {
                    report.add(
                        "page_size",
                        FindingCode::OutOfRange,
                        format!("is {page_size}; give 1 to {MAX_PAGE_SIZE}"),
                    );
                }
            }
        }
        report
    }

    fn advise(&self, code: &ErrCode) -> Option<Cow<'static, str>> {
        let is_service_account = !matches!(self, Self::OrdinaryLink);
        (code.number == 61007).then(|| advice::on_missing_permission(is_service_account).into())
    }

    fn decode(&self, answer: &Fields) -> Result<JumpQRCodeList> {
        // Without either there is no telling an empty account from an answer that is none of WeChat's.
        if !answer.has("rule_list") && answer.errcode().is_none() {
            return Err(missing("rule_list"));
        }
        let entries = answer.objects("rule_list").unwrap_or_default();
        Ok(JumpQRCodeList {
            rule_list: entries.iter().filter_map(ListedRule::from_object).collect(),
            had_list: answer.is_list("rule_list"),
            qrcodejump_open: answer.flag("qrcodejump_open"),
            list_size: answer.count("list_size"),
            qrcodejump_pub_quota: answer.count("qrcodejump_pub_quota"),
            total_count: answer.count("total_count"),
        })
    }
}
