use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;

use serde::Serialize;
use serde_json::{Value, json};

use super::by_name::FromMapping;
use super::{Decode, Interface, advice, missing_field};
use crate::errcode::ErrCode;
use crate::error::Result;
use crate::mapping::Reading;
use crate::request::Request;
use crate::response::Fields;
use crate::verification_file::location;

/// `downloadQRCodeText`: gets the account's verification file, which proves that a domain is its
/// own. Ordinary-link rules need it.
///
/// Source: the official page of downloadQRCodeText.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DownloadQRCodeText;

/// The verification file. See [`verification_file`](crate::verification_file) for how to serve it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct VerificationFile {
    /// Its name, e.g. `UASjIrr8C9.txt`.
    pub file_name: String,
    /// Its exact content.
    pub file_content: String,
}

impl VerificationFile {
    /// Returns the URL from which WeChat gets the file when the rule `prefix` is added. `None` if
    /// `prefix` is not a link.
    #[must_use]
    pub fn location(&self, prefix: &str) -> Option<String> {
        location(prefix, &self.file_name)
    }
}

impl Interface for DownloadQRCodeText {
    type Response = VerificationFile;

    const NAME: &'static str = "downloadQRCodeText";
    const PATH: &'static str = "/cgi-bin/wxopen/qrcodejumpdownload";

    fn request(&self) -> Result<Request> {
        Request::post(Self::PATH, &json!({}))
    }

    fn advise(&self, code: &ErrCode) -> Option<Cow<'static, str>> {
        (code.number == 61007).then(|| advice::on_missing_permission(false).into())
    }
}

impl Decode for VerificationFile {
    fn decode(response: &Fields<'_>) -> Result<Self> {
        let file_name = response
            .text("file_name")
            .filter(|name| is_plain(name))
            .ok_or_else(|| missing_field("file_name"))?;
        // WeChat compares the content byte for byte, so it is kept as it is.
        let file_content = response
            .raw_text("file_content")
            .ok_or_else(|| missing_field("file_content"))?;
        Ok(Self {
            file_name,
            file_content: file_content.to_owned(),
        })
    }
}

impl FromMapping for DownloadQRCodeText {
    fn from_mapping(arguments: &Value) -> Reading<Self> {
        Reading::of_arguments(arguments, &[], |_| Some(Self))
    }
}

/// Whether `name` is the name of a file, without a folder. Callers write the file, and a server
/// must not choose the folder.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('.')
        && !name.contains(|letter: char| matches!(letter, '/' | '\\' | ':') || letter.is_control())
}
