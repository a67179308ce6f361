//! Reads the link on which a merchant authorises a platform.

use alloc::string::String;

use serde_json::Value;

use super::reader::OneOf;
use super::{Reader, Reading};
use crate::authorization_link::{AuthType, AuthorizationLink, Device};
use crate::error::Result;

/// Reads an [`AuthorizationLink`] from a mapping with the names of its fields.
///
/// `device` is a name, `auth_type` a number or a name, and `category_id_list` a list of numbers.
/// Only `redirect_uri` is required; `null` counts as absent. If the mapping is not well-formed, the
/// error has all violations of form and content.
///
/// ```
/// use jumpqr_core::{AuthType, mapping::parse_authorization_link};
/// use serde_json::json;
///
/// let link = parse_authorization_link(&json!({
///     "redirect_uri": "https://saas.example.cn/done",
///     "auth_type": "mini_program",
/// }))?;
/// assert_eq!(link.auth_type, AuthType::MiniProgram);
/// # Ok::<(), jumpqr_core::Error>(())
/// ```
pub fn parse_authorization_link(mapping: &Value) -> Result<AuthorizationLink> {
    const FIELDS: &[&str] = &[
        "redirect_uri",
        "device",
        "auth_type",
        "biz_appid",
        "category_id_list",
    ];
    let reading = Reading::of_arguments(mapping, FIELDS, |reader| {
        let uri = reader.require_text("redirect_uri", "the page to which the merchant comes back");
        let device = reader.named("device", Device::ALL, Device::name);
        let auth_type = read_auth_type(reader);
        let biz_appid = reader.text("biz_appid");
        let sets = reader.numbers("category_id_list");
        let mut link = AuthorizationLink::new(uri?);
        link.device = device.unwrap_or(link.device);
        link.auth_type = auth_type.unwrap_or(link.auth_type);
        link.biz_appid = biz_appid;
        link.category_id_list = sets.unwrap_or_default();
        Some(link)
    });
    reading.into_result(AuthorizationLink::check)
}

/// Reads a number, or a name.
fn read_auth_type(reader: &mut Reader<'_>) -> Option<AuthType> {
    const FIELD: &str = "auth_type";
    let is_name = |text: &String| text.trim().parse::<i64>().is_err();
    if reader.peek_text(FIELD).as_ref().is_some_and(is_name) {
        return reader.named(FIELD, AuthType::ALL, AuthType::name);
    }
    reader.number(FIELD, AuthType::from_number, OneOf(AuthType::ALL))
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::vec::Vec;

    use serde_json::json;

    use super::parse_authorization_link;
    use crate::authorization_link::{AuthType, AuthorizationLink, Device};

    #[test]
    fn all_fields_are_read() {
        let mapping = json!({
            "redirect_uri": "https://saas.example.cn/done",
            "device": "mobile",
            "auth_type": 2,
            "biz_appid": "wx1234567890abcdef",
            "category_id_list": [18, "33"],
        });
        let link = AuthorizationLink::new("https://saas.example.cn/done")
            .device(Device::Mobile)
            .auth_type(AuthType::MiniProgram)
            .biz_appid("wx1234567890abcdef")
            .category_id_list([18, 33]);
        assert_eq!(parse_authorization_link(&mapping).unwrap(), link);
    }

    #[test]
    fn what_is_absent_has_its_default() {
        let mapping = json!({"redirect_uri": "https://saas.example.cn/", "device": null});
        let link = AuthorizationLink::new("https://saas.example.cn/");
        assert_eq!(parse_authorization_link(&mapping).unwrap(), link);
    }

    #[test]
    fn each_wrong_field_has_a_finding() {
        let mapping = json!({
            "redirect_uri": "/done",
            "device": "phone",
            "auth_type": "mini_programs",
            "biz_appid": 7,
            "category_id_list": [18, "all"],
            "pre_auth_code": "x",
        });
        let error = parse_authorization_link(&mapping).unwrap_err();
        let fields = error.violations().iter();
        let mut fields: Vec<_> = fields
            .map(|finding| String::from(&*finding.field))
            .collect();
        fields.sort();
        let wrong = [
            "auth_type",
            "biz_appid",
            "category_id_list[1]",
            "device",
            "pre_auth_code",
            "redirect_uri",
        ];
        assert_eq!(fields, wrong);
        let error = parse_authorization_link(&json!({"auth_type": 7})).unwrap_err();
        assert_eq!(error.violations().len(), 2, "{error}");
    }
}
