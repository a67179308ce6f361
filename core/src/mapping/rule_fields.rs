//! The fields of a rule in either mode, as read from a mapping.

use alloc::string::String;
use alloc::vec::Vec;

use super::RuleMapping;
use super::reader::{OneOf, Reader};
use super::rule_field_names::Mode;
use crate::check::{
    CheckReport, check_appid, check_debug_url, check_ordinary_prefix, check_path,
    check_service_prefix,
};
use crate::rule::{Edit, OpenVersion, OrdinaryLinkRule, PermitSubRule, Rule, ServiceAccountRule};

/// The fields. `None` if a field is missing or its form is wrong.
pub(super) struct RuleFields {
    prefix: Option<String>,
    path: Option<String>,
    mode: ModeFields,
    is_edit: Option<Edit>,
}

enum ModeFields {
    OrdinaryLink {
        permit_sub_rule: Option<PermitSubRule>,
        open_version: Option<OpenVersion>,
        debug_url: Option<Vec<String>>,
    },
    ServiceAccount {
        appid: Option<String>,
    },
}

impl RuleFields {
    pub(super) fn read(reader: &mut Reader<'_>, mode: Mode) -> Self {
        let prefix = reader.require_text("prefix", "the URL that the QR codes begin with");
        let (mode, path) = match mode {
            Mode::OrdinaryLink => {
                let permit_sub_rule = reader.require_number(
                    "permit_sub_rule",
                    PermitSubRule::from_number,
                    OneOf(PermitSubRule::ALL),
                );
                let path = read_path(reader);
                let fields = ModeFields::OrdinaryLink {
                    permit_sub_rule,
                    open_version: reader.require_number(
                        "open_version",
                        OpenVersion::from_number,
                        OneOf(OpenVersion::ALL),
                    ),
                    debug_url: reader.texts("debug_url"),
                };
                (fields, path)
            }
            Mode::ServiceAccount => {
                let what = if reader.has("state") {
                    "the appid of the Mini Program to open, wx…, which getJumpQRCode does not list"
                } else {
                    "the appid of the Mini Program to open, wx…"
                };
                let appid = reader.require_text("appid", what);
                (ModeFields::ServiceAccount { appid }, read_path(reader))
            }
        };
        Self {
            prefix,
            path,
            mode,
            is_edit: reader.number("is_edit", Edit::from_number, OneOf(Edit::ALL)),
        }
    }

    /// Checks the content of the fields that could be read.
    pub(super) fn check(&self, report: &mut CheckReport) {
        match &self.mode {
            ModeFields::OrdinaryLink { debug_url, .. } => {
                check(report, self.prefix.as_deref(), check_ordinary_prefix);
                check(report, self.path.as_deref(), check_path);
                if let Some(links) = debug_url {
                    check_debug_url(report, self.prefix.as_deref(), links);
                }
            }
            ModeFields::ServiceAccount { appid } => {
                check(report, self.prefix.as_deref(), check_service_prefix);
                check(report, appid.as_deref(), check_appid);
                check(report, self.path.as_deref(), check_path);
            }
        }
    }

    /// Returns the rule, or `None` if a field that it needs is missing.
    pub(super) fn into_mapping(self) -> Option<RuleMapping> {
        let (prefix, path) = (self.prefix?, self.path?);
        let rule = match self.mode {
            ModeFields::OrdinaryLink {
                permit_sub_rule,
                open_version,
                debug_url,
            } => Rule::from(OrdinaryLinkRule {
                prefix,
                permit_sub_rule: permit_sub_rule?,
                path,
                open_version: open_version?,
                debug_url,
            }),
            ModeFields::ServiceAccount { appid } => Rule::from(ServiceAccountRule {
                prefix,
                appid: appid?,
                path,
            }),
        };
        let is_edit = self.is_edit;
        Some(RuleMapping { rule, is_edit })
    }
}

fn read_path(reader: &mut Reader<'_>) -> Option<String> {
    reader.require_text(
        "path",
        "the Mini Program page to open, e.g. pages/index/index",
    )
}

fn check(report: &mut CheckReport, text: Option<&str>, check: fn(&mut CheckReport, &str)) {
    if let Some(text) = text {
        check(report, text);
    }
}
