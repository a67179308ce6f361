use std::borrow::Cow;

use serde::Serialize;
use serde_json::json;

use super::{Interface, advice, missing};
use crate::errcode::ErrCode;
use crate::error::Result;
use crate::request::Request;
use crate::response::Fields;
use crate::verification_file::location;

/// `downloadQRCodeText`: the domain-ownership verification file of the account, for ordinary-link rules.
///
/// Source: the official page of downloadQRCodeText.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DownloadQRCodeText;

/// The verification file. See [`verification_file`](crate::verification_file) for what it must answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct VerificationFile {
    /// Its name, e.g. `UASjIrr8C9.txt`.
    pub file_name: String,
    /// Its exact content.
    pub file_content: String,
}

impl VerificationFile {
    /// The URL under which WeChat looks for it when the rule `prefix` is added; `None` where `prefix` is not a link.
    #[must_use]
    pub fn location(&self, prefix: &str) -> Option<String> {
        location(prefix, &self.file_name)
    }
}

impl Interface for DownloadQRCodeText {
    type Response = VerificationFile;

    const NAME: &'static str = "downloadQRCodeText";

    fn request(&self) -> Request {
        Request::post("/cgi-bin/wxopen/qrcodejumpdownload", &json!({}))
    }

    fn advise(&self, code: &ErrCode) -> Option<Cow<'static, str>> {
        (code.number == 61007).then(|| advice::on_missing_permission(false).into())
    }

    fn decode(&self, answer: &Fields) -> Result<VerificationFile> {
        let file_name = answer
            .text("file_name")
            .filter(|name| is_plain(name))
            .ok_or_else(|| missing("file_name"))?;
        // The content is compared byte for byte, so it is not tidied.
        let file_content = answer
            .raw_text("file_content")
            .ok_or_else(|| missing("file_content"))?;
        Ok(VerificationFile {
            file_name,
            file_content: file_content.to_owned(),
        })
    }
}

/// Whether it names a file and nothing else: it is used to write one, and a server must not choose the folder.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('.')
        && !name.contains(|letter: char| matches!(letter, '/' | '\\' | ':') || letter.is_control())
}
