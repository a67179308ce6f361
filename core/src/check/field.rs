//! Checks the appid, and the arguments of interfaces other than addJumpQRCode.

use alloc::format;
use alloc::string::String;

use super::{CheckReport, FindingCode};
use crate::errcode::is_rid;
use crate::plain::is_plain;

/// Checks the appid of a Mini Program.
pub(crate) fn check_appid(report: &mut CheckReport, appid: &str) {
    check_appid_of(report, appid, "the Mini Program to open", 40166);
}

/// Checks the appid of the account that the token belongs to.
pub(crate) fn check_own_appid(report: &mut CheckReport, appid: &str) {
    check_appid_of(
        report,
        appid,
        "the account that the token belongs to",
        40013,
    );
}

/// Checks the appid of `account`. WeChat answers another one with `errcode`.
fn check_appid_of(report: &mut CheckReport, appid: &str, account: &str, errcode: i64) {
    if appid.trim().is_empty() {
        report.add(
            "appid",
            FindingCode::Empty,
            format!("is empty; give the appid of {account}, wx…"),
        );
    } else if has_white_space(appid) {
        report.add(
            "appid",
            FindingCode::NotOneWord,
            "has white space or a control character in it; \
             remove it, for example the end of a line that was read from a file",
        );
    } else if !appid.starts_with("wx") {
        report.add(
            "appid",
            FindingCode::NotWxAppid,
            format!("does not begin with `wx`; an original id (`gh_…`) is answered with {errcode}"),
        );
    }
}

/// Checks the path of the interface that getApiQuota is asked about.
pub(crate) fn check_cgi_path(report: &mut CheckReport, path: &str) {
    const FIELD: &str = "cgi_path";
    if path.trim().is_empty() {
        let message = "is empty; give the path of an interface, e.g. /cgi-bin/wxopen/qrcodejumpadd";
        report.add(FIELD, FindingCode::Empty, message);
    } else if has_white_space(path) {
        let message = "has white space or a control character in it; remove it";
        report.add(FIELD, FindingCode::NotOneWord, message);
    } else if !path.starts_with('/') {
        let message = "does not begin with `/` (76003); give the path of an interface without the \
                       host, e.g. /cgi-bin/wxopen/qrcodejumpadd";
        report.add(FIELD, FindingCode::UnknownValue, message);
    }
}

/// Checks a request id.
pub(crate) fn check_rid(report: &mut CheckReport, rid: &str) {
    const FIELD: &str = "rid";
    if rid.trim().is_empty() {
        let message = "is empty; give the rid of an error: three groups of 8 hex digits";
        report.add(FIELD, FindingCode::Empty, message);
    } else if !is_rid(rid) {
        let message = "is not a request id (76002); give the three groups of 8 hex digits that \
                       follow `rid: `, and nothing else";
        report.add(FIELD, FindingCode::UnknownValue, message);
    }
}

/// Whether the text has white space or a control character in it. Valid credentials and appids have
/// neither.
#[must_use]
pub fn has_white_space(text: &str) -> bool {
    !is_plain(text) && text.contains(|letter: char| letter.is_whitespace() || letter.is_control())
}

/// Checks how many entries a page may have.
pub(crate) fn check_page_size(report: &mut CheckReport, field: &str, size: u32, most: u32) {
    if !(1..=most).contains(&size) {
        let message = format!("is {size}; give 1 to {most}");
        report.add(field, FindingCode::OutOfRange, message);
    }
}

/// Checks the list of prefixes of getJumpQRCode.
pub(crate) fn check_prefix_list(report: &mut CheckReport, prefixes: &[String], most: usize) {
    if prefixes.is_empty() {
        report.add(
            "prefix_list",
            FindingCode::Empty,
            "is empty; name at least one prefix",
        );
    }
    if prefixes.len() > most {
        report.add(
            "prefix_list",
            FindingCode::TooMany,
            format!(
                "has {} prefixes; ask for at most {most} at a time",
                prefixes.len()
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::has_white_space;

    #[test]
    fn every_white_space_and_control_character_is_found() {
        for letter in '\0'..=char::MAX {
            let is_searched = letter.is_whitespace() || letter.is_control();
            let text = String::from_iter(['a', letter]);
            assert_eq!(has_white_space(&text), is_searched, "{text:?}");
        }
    }
}
