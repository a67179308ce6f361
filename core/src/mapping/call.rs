//! Any call from WeChat's name of its interface and a mapping of its arguments.

use serde_json::{Map, Value};

use super::reader::Reader;
use super::{check_mapping, parse_rule};
use crate::check::{CheckReport, FindingCode};
use crate::error::{Error, OwnCode, Result};
use crate::interface::{
    AddJumpQRCode, AnyCall, DeleteJumpQRCode, DownloadQRCodeText, GetJumpQRCode, Interface,
    LinkMiniprogram, PublishJumpQRCode, WxaMpLinkGet,
};
use crate::rule::{Edit, RuleKey};

/// Reads a call from WeChat's name of its interface, and a mapping of its arguments.
///
/// | interface | arguments |
/// |---|---|
/// | `addJumpQRCode` | the rule, as [`parse_rule`] reads it; `is_edit` with it (absent: 0) |
/// | `getJumpQRCode` | none in ordinary-link mode; else `appid` and `get_type`, with 1 `prefix_list`, with 2 `page_num` and `page_size` |
/// | `publishJumpQRCode`, `deleteJumpQRCode` | `prefix`; in service-account mode `appid` |
/// | `linkMiniprogram` | `appid`, `notify_users`, `show_profile` (absent: false) |
/// | `downloadQRCodeText`, `wxamplinkget` | none |
///
/// `get_type` may be left out: it follows from the other arguments. `null` counts as absent. Arguments that are not
/// well-formed are refused with everything that is wrong with their form; their content is not looked at, see
/// [`AnyCall::check`].
///
/// ```
/// use jumpqr_core::mapping::parse_call;
/// use serde_json::json;
///
/// let call = parse_call("publishJumpQRCode", &json!({"prefix": "https://m.example.cn/"}))?;
/// assert!(call.check().is_valid());
/// # Ok::<(), jumpqr_core::Error>(())
/// ```
pub fn parse_call(interface: &str, arguments: &Value) -> Result<AnyCall> {
    if interface == AddJumpQRCode::NAME {
        let mapping =
            parse_rule(arguments).map_err(|error| error.in_interface(AddJumpQRCode::NAME))?;
        let is_edit = mapping.is_edit.unwrap_or(Edit::Add);
        let rule = mapping.rule;
        return Ok(AddJumpQRCode { rule, is_edit }.into());
    }
    match read_call(interface, arguments)? {
        (Some(call), form) if form.is_valid() => Ok(call),
        (call, form) => {
            let report = with_content(form, call.as_ref());
            Err(Error::invalid(report.violations).in_interface(name_of(interface)))
        }
    }
}

/// All violations and all warnings of a call, in form and in content, at once; nothing is sent. It fails only where there is
/// no such interface.
pub fn check_call(interface: &str, arguments: &Value) -> Result<CheckReport> {
    if interface == AddJumpQRCode::NAME {
        return Ok(check_mapping(arguments));
    }
    let (call, form) = read_call(interface, arguments)?;
    Ok(with_content(form, call.as_ref()))
}

/// What is wrong with the form of a call, and with its content, if it could be read.
fn with_content(mut report: CheckReport, call: Option<&AnyCall>) -> CheckReport {
    if let Some(call) = call {
        let content = call.check();
        report.violations.extend(content.violations);
        report.warnings.extend(content.warnings);
    }
    report
}

fn name_of(interface: &str) -> &'static str {
    let names = AnyCall::NAMES.iter();
    names.copied().find(|name| *name == interface).unwrap_or("")
}

/// The call, if all of its arguments could be read, and what is wrong with their form.
fn read_call(interface: &str, arguments: &Value) -> Result<(Option<AnyCall>, CheckReport)> {
    let mut report = CheckReport::default();
    let none = Map::new();
    let map = match arguments {
        Value::Null => &none,
        Value::Object(map) => map,
        _ => {
            report.add(
                "",
                FindingCode::NotAnObject,
                "is not an object; give the arguments by their names",
            );
            return Ok((None, report));
        }
    };
    let known: &[&str] = match interface {
        GetJumpQRCode::NAME => &["appid", "get_type", "prefix_list", "page_num", "page_size"],
        PublishJumpQRCode::NAME | DeleteJumpQRCode::NAME => &["prefix", "appid"],
        LinkMiniprogram::NAME => &["appid", "notify_users", "show_profile"],
        DownloadQRCodeText::NAME | WxaMpLinkGet::NAME => &[],
        _ => {
            return Err(Error::new(
                OwnCode::InvalidRequest,
                format!(
                    "there is no interface {interface:?} to be called; the interfaces are {}",
                    AnyCall::NAMES.join(", ")
                ),
            ));
        }
    };
    check_names(&mut report, map, known);
    let mut reader = Reader::new(map, &mut report);
    let call = match interface {
        GetJumpQRCode::NAME => read_get(&mut reader).map(AnyCall::from),
        PublishJumpQRCode::NAME => {
            read_key(&mut reader).map(|key| PublishJumpQRCode { key }.into())
        }
        DeleteJumpQRCode::NAME => read_key(&mut reader).map(|key| DeleteJumpQRCode { key }.into()),
        LinkMiniprogram::NAME => read_link(&mut reader).map(AnyCall::from),
        DownloadQRCodeText::NAME => Some(DownloadQRCodeText.into()),
        _ => Some(WxaMpLinkGet.into()),
    };
    Ok((call, report))
}

fn check_names(report: &mut CheckReport, map: &Map<String, Value>, known: &[&str]) {
    for name in map.keys().filter(|name| !known.contains(&name.as_str())) {
        let remedy = if known.is_empty() {
            "leave it out: this call has none".to_owned()
        } else {
            format!("the arguments are {}", known.join(", "))
        };
        report.add(
            name,
            FindingCode::UnknownField,
            format!("is not an argument of this call; {remedy}"),
        );
    }
}

fn read_get(reader: &mut Reader<'_>) -> Option<GetJumpQRCode> {
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
    let appid = reader.required_text(
        "appid",
        "the appid of the Mini Program that the service account's rules open, wx… (ordinary-link rules are listed with no arguments at all)",
    );
    if by_prefix && get_type != 1 {
        reader.superfluous("prefix_list", "it goes with get_type 1 only");
    }
    for field in ["page_num", "page_size"] {
        if reader.has(field) && get_type != 2 {
            reader.superfluous(field, "it goes with get_type 2 only");
        }
    }
    match get_type {
        0 => Some(GetJumpQRCode::Latest { appid: appid? }),
        1 => {
            let prefix_list = reader.required_texts("prefix_list");
            Some(GetJumpQRCode::ByPrefix {
                appid: appid?,
                prefix_list: prefix_list?,
            })
        }
        2 => {
            let count = |number| u32::try_from(number).ok();
            let page_num = reader.required_number("page_num", count, "1 or more");
            let page_size = reader.required_number("page_size", count, "1 to 200");
            Some(GetJumpQRCode::ByPage {
                appid: appid?,
                page_num: page_num?,
                page_size: page_size?,
            })
        }
        _ => {
            reader.out_of_range("get_type", GET_TYPES);
            None
        }
    }
}

const GET_TYPES: &str = "0 (the latest), 1 (by prefix_list) or 2 (by page)";

fn read_key(reader: &mut Reader<'_>) -> Option<RuleKey> {
    let prefix = reader.required_text("prefix", "the prefix of the rule");
    if reader.has("appid") {
        let appid = reader.required_text(
            "appid",
            "the appid of the Mini Program that the rule opens, wx…",
        );
        return Some(RuleKey::service_account(prefix?, appid?));
    }
    prefix.map(RuleKey::ordinary_link)
}

fn read_link(reader: &mut Reader<'_>) -> Option<LinkMiniprogram> {
    let appid = reader.required_text("appid", "the appid of the Mini Program to link, wx…");
    let notify_users = reader.flag("notify_users");
    let show_profile = reader.flag("show_profile");
    Some(LinkMiniprogram {
        appid: appid?,
        notify_users,
        show_profile,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{check_call, parse_call};
    use crate::error::OwnCode;
    use crate::interface::{AnyCall, GetJumpQRCode};

    fn violations(interface: &str, arguments: &Value) -> Vec<(String, &'static str)> {
        let report = check_call(interface, arguments).unwrap();
        let found = report.violations.into_iter();
        found
            .map(|finding| (finding.field, finding.code.name()))
            .collect()
    }

    #[test]
    fn what_is_wrong_in_form_and_in_content_is_told_at_once() {
        let arguments = json!({"appid": "wx 1", "page_num": 0, "page_size": 1, "pages": 2});
        assert_eq!(
            violations("getJumpQRCode", &arguments),
            [
                ("pages".to_owned(), "unknown_field"),
                ("appid".to_owned(), "not_one_word"),
                ("page_num".to_owned(), "out_of_range"),
            ]
        );
    }

    #[test]
    fn get_type_follows_from_the_other_arguments() {
        let get = |arguments: Value| parse_call("getJumpQRCode", &arguments).unwrap();
        let appid = || "wx1".to_owned();
        for (arguments, call) in [
            (json!({}), GetJumpQRCode::OrdinaryLink),
            (Value::Null, GetJumpQRCode::OrdinaryLink),
            (
                json!({"appid": "wx1"}),
                GetJumpQRCode::Latest { appid: appid() },
            ),
            (
                json!({"appid": "wx1", "prefix_list": ["p"]}),
                GetJumpQRCode::ByPrefix {
                    appid: appid(),
                    prefix_list: vec!["p".to_owned()],
                },
            ),
            (
                json!({"appid": "wx1", "page_num": 1, "page_size": "20", "prefix_list": null}),
                GetJumpQRCode::ByPage {
                    appid: appid(),
                    page_num: 1,
                    page_size: 20,
                },
            ),
        ] {
            assert_eq!(get(arguments.clone()), AnyCall::from(call), "{arguments}");
        }
    }

    #[test]
    fn everything_that_is_wrong_with_the_form_is_named() {
        for (interface, arguments, expected) in [
            (
                "getJumpQRCode",
                json!({"get_type": 3, "appid": "wx1"}),
                vec![("get_type", "out_of_range")],
            ),
            (
                "getJumpQRCode",
                json!({"get_type": -1}),
                vec![("get_type", "out_of_range")],
            ),
            (
                "getJumpQRCode",
                json!({"prefix_list": "p"}),
                vec![("appid", "missing_field"), ("prefix_list", "wrong_type")],
            ),
            (
                "getJumpQRCode",
                json!({"appid": "wx1", "page_num": -1}),
                vec![("page_num", "out_of_range"), ("page_size", "missing_field")],
            ),
            (
                "getJumpQRCode",
                json!({"appid": "wx1", "get_type": 0, "page_num": 1}),
                vec![("page_num", "unknown_field")],
            ),
            (
                "publishJumpQRCode",
                json!({"prefx": "p"}),
                vec![("prefx", "unknown_field"), ("prefix", "missing_field")],
            ),
            (
                "deleteJumpQRCode",
                json!({"prefix": 1, "appid": 2}),
                vec![("prefix", "wrong_type"), ("appid", "wrong_type")],
            ),
            (
                "linkMiniprogram",
                json!({"appid": "wx1", "notify_users": "yes"}),
                vec![("notify_users", "wrong_type")],
            ),
            (
                "downloadQRCodeText",
                json!({"a": 1}),
                vec![("a", "unknown_field")],
            ),
            ("wxamplinkget", json!([]), vec![("", "not_an_object")]),
        ] {
            let found = violations(interface, &arguments);
            let found: Vec<_> = found
                .iter()
                .map(|(field, code)| (field.as_str(), *code))
                .collect();
            assert_eq!(found, expected, "{interface} {arguments}");
            let error = parse_call(interface, &arguments).unwrap_err();
            assert_eq!(
                (error.code(), error.interface()),
                (OwnCode::InvalidRequest.into(), Some(interface))
            );
        }
    }

    #[test]
    fn an_interface_that_does_not_exist_is_refused() {
        for name in ["stable_token", "addjumpqrcode", ""] {
            let error = parse_call(name, &json!({})).unwrap_err();
            assert!(error.message().contains("addJumpQRCode"), "{error}");
            assert!(check_call(name, &json!({})).is_err());
        }
    }
}
