//! The fields of a rule in either mode, as read from a mapping.

use alloc::string::String;

use super::RuleMapping;
use super::reader::{OneOf, Reader};
use super::rule_field_names::Mode;
use crate::rule::{Edit, OpenVersion, OrdinaryLinkRule, PermitSubRule, Rule, ServiceAccountRule};

/// Reads the fields of a rule in this mode.
///
/// A field that is missing, or whose form is wrong, is reported. It then has any value, so that the
/// content of the other fields can be checked.
pub(super) fn read_fields(reader: &mut Reader<'_>, mode: Mode) -> RuleMapping {
    let prefix = reader.require_text("prefix", "the URL that the QR codes begin with");
    let prefix = prefix.unwrap_or_default();
    let rule = match mode {
        Mode::OrdinaryLink => Rule::from(OrdinaryLinkRule {
            prefix,
            permit_sub_rule: reader
                .require_number(
                    "permit_sub_rule",
                    PermitSubRule::from_number,
                    OneOf(PermitSubRule::ALL),
                )
                .unwrap_or(PermitSubRule::NotOccupied),
            path: read_path(reader),
            open_version: reader
                .require_number(
                    "open_version",
                    OpenVersion::from_number,
                    OneOf(OpenVersion::ALL),
                )
                .unwrap_or(OpenVersion::Development),
            debug_url: reader.texts("debug_url"),
        }),
        Mode::ServiceAccount => {
            let what = if reader.has("state") {
                "the appid of the Mini Program to open, wx…, which getJumpQRCode does not list"
            } else {
                "the appid of the Mini Program to open, wx…"
            };
            Rule::from(ServiceAccountRule {
                prefix,
                appid: reader.require_text("appid", what).unwrap_or_default(),
                path: read_path(reader),
            })
        }
    };
    RuleMapping {
        rule,
        is_edit: reader.number("is_edit", Edit::from_number, OneOf(Edit::ALL)),
    }
}

fn read_path(reader: &mut Reader<'_>) -> String {
    let what = "the Mini Program page to open, e.g. pages/index/index";
    reader.require_text("path", what).unwrap_or_default()
}
