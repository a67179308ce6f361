//! The link on which a merchant authorises a third-party platform.
//!
//! Source: the official page of the authorisation process,
//! `/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/Authorization_Process_Technical_Description.html`.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::check::{CheckReport, FindingCode};
use crate::error::Result;
use crate::named;
use crate::secret::Secret;

named! {
    /// The device on which the merchant opens the link.
    pub enum Device {
        /// A browser on a computer, which shows a QR code.
        Pc = "pc",
        /// WeChat on a phone.
        Mobile = "mobile",
    }
}

named! {
    /// Which accounts the page offers.
    #[non_exhaustive]
    pub enum AuthType: u8 {
        /// Service accounts and subscription accounts (公众号).
        OfficialAccount = 1, "official_account";
        /// Mini Programs (小程序).
        MiniProgram = 2, "mini_program";
        /// Both.
        Both = 3, "both";
        /// Accounts of 推客.
        Promoter = 4, "promoter";
        /// Accounts of Channels (视频号).
        Channels = 5, "channels";
        /// All kinds.
        All = 6, "all";
        /// Accounts of 带货助手.
        SalesAssistant = 8, "sales_assistant";
    }
}

/// What the link on which a merchant authorises a platform says.
///
/// Put the link on a page of the domain that the console has as 授权发起页域名: WeChat refuses a
/// merchant who comes from elsewhere, also by a redirect of a server. Each link works once, for
/// about 10 minutes.
///
/// ```
/// use jumpqr_core::{AuthorizationLink, Device, Secret};
///
/// let link = AuthorizationLink::new("https://saas.example.cn/done").device(Device::Mobile);
/// let url = link.url("wxplatform00000000", &Secret::new("preauthcode@@@x"), None)?;
/// assert!(url.starts_with("https://open.weixin.qq.com/wxaopen/safe/bindcomponent?"));
/// # Ok::<(), jumpqr_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuthorizationLink {
    /// Where WeChat sends the merchant afterwards, with `auth_code` and `expires_in` in the query:
    /// an absolute URL, not percent-encoded.
    pub redirect_uri: String,
    /// The device on which the merchant opens the link.
    pub device: Device,
    /// Which accounts the page offers.
    pub auth_type: AuthType,
    /// The only account that may authorise. If it is set, `auth_type` has no effect.
    pub biz_appid: Option<String>,
    /// The numbers of the permission sets that are offered; all of the platform's if it is empty.
    pub category_id_list: Vec<u32>,
}

/// The bytes that are percent-encoded in a value of a query.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// The longest appid, in bytes; WeChat's have 18.
const LONGEST_APPID: usize = 64;

/// The longest `redirect_uri`, in bytes.
const LONGEST_REDIRECT_URI: usize = 2048;

impl AuthorizationLink {
    /// Makes a link for a browser on a computer, which offers all kinds of accounts that can have
    /// rules.
    pub fn new(redirect_uri: impl Into<String>) -> Self {
        Self {
            redirect_uri: redirect_uri.into(),
            device: Device::Pc,
            auth_type: AuthType::Both,
            biz_appid: None,
            category_id_list: Vec::new(),
        }
    }

    /// Sets the device on which the merchant opens the link.
    #[must_use]
    pub fn device(mut self, device: Device) -> Self {
        self.device = device;
        self
    }

    /// Sets which accounts the page offers.
    #[must_use]
    pub fn auth_type(mut self, auth_type: AuthType) -> Self {
        self.auth_type = auth_type;
        self
    }

    /// Sets the only account that may authorise.
    #[must_use]
    pub fn biz_appid(mut self, appid: impl Into<String>) -> Self {
        self.biz_appid = Some(appid.into());
        self
    }

    /// Sets the numbers of the permission sets that are offered.
    #[must_use]
    pub fn category_id_list(mut self, sets: impl IntoIterator<Item = u32>) -> Self {
        self.category_id_list = sets.into_iter().collect();
        self
    }

    /// Checks the fields.
    #[must_use]
    pub fn check(&self) -> CheckReport {
        const FIELD: &str = "redirect_uri";
        let mut report = CheckReport::default();
        let uri = self.redirect_uri.as_str();
        if uri.is_empty() {
            report.add(FIELD, FindingCode::Empty, "is empty; give an absolute URL");
        } else if uri.len() > LONGEST_REDIRECT_URI {
            let message = format!(
                "has {} bytes; give at most {LONGEST_REDIRECT_URI}",
                uri.len()
            );
            report.add(FIELD, FindingCode::TooLarge, message);
        } else if !is_absolute(uri) {
            report.add(
                FIELD,
                FindingCode::NotHttpUrl,
                "is not an absolute URL; give one that begins with https:// or http:// and a host, \
                 not percent-encoded. WeChat would put its own address before it",
            );
        } else if !uri.bytes().all(|byte| byte.is_ascii_graphic()) {
            report.add(
                FIELD,
                FindingCode::NotHttpUrl,
                "has white space, control characters or letters outside ASCII; percent-encode \
                 those",
            );
        }
        if let Some(appid) = &self.biz_appid {
            if !(1..=LONGEST_APPID).contains(&appid.len())
                || !appid.bytes().all(|byte| byte.is_ascii_alphanumeric())
            {
                let message =
                    "is not the appid of an account; give one of letters and digits, or none";
                report.add("biz_appid", FindingCode::WrongCredential, message);
            }
        }
        report
    }

    /// Makes the link. Take another pre_auth_code for each, from
    /// [`ApiCreatePreauthcode`](crate::interface::ApiCreatePreauthcode).
    ///
    /// `base_url` takes the place of WeChat's host, without a slash at its end: a sandbox has the
    /// same pages.
    pub fn url(
        &self,
        component_appid: &str,
        pre_auth_code: &Secret,
        base_url: Option<&str>,
    ) -> Result<String> {
        self.check().into_result()?;
        let (host, path, fragment) = match self.device {
            Device::Pc => (
                "https://mp.weixin.qq.com",
                "/cgi-bin/componentloginpage?",
                "",
            ),
            Device::Mobile => (
                "https://open.weixin.qq.com",
                "/wxaopen/safe/bindcomponent?action=bindcomponent&no_scan=1&",
                "#wechat_redirect",
            ),
        };
        let encode = |text| utf8_percent_encode(text, ENCODED);
        let mut url = format!(
            "{}{path}component_appid={}&pre_auth_code={}&redirect_uri={}&auth_type={}",
            base_url.unwrap_or(host),
            encode(component_appid),
            encode(pre_auth_code.expose()),
            encode(&self.redirect_uri),
            self.auth_type.number(),
        );
        if let Some(appid) = &self.biz_appid {
            url.push_str("&biz_appid=");
            url.extend(encode(appid));
        }
        for (place, set) in self.category_id_list.iter().enumerate() {
            let before = if place == 0 {
                "&category_id_list="
            } else {
                "%7C"
            };
            url.push_str(before);
            url.push_str(&set.to_string());
        }
        url.push_str(fragment);
        Ok(url)
    }
}

/// Returns whether the text begins with the scheme of the web and a host.
fn is_absolute(uri: &str) -> bool {
    let Some((scheme, rest)) = uri.split_once("://") else {
        return false;
    };
    let is_web = ["http", "https"]
        .iter()
        .any(|web| scheme.eq_ignore_ascii_case(web));
    is_web && !rest.is_empty() && !rest.starts_with(['/', '?', '#', ':'])
}

#[cfg(test)]
mod tests {
    use super::{AuthType, AuthorizationLink, Device};
    use crate::secret::Secret;

    fn url(link: &AuthorizationLink, base_url: Option<&str>) -> String {
        let code = Secret::new("preauthcode@@@x-_1");
        link.url("wxplatform00000000", &code, base_url).unwrap()
    }

    #[test]
    fn a_link_for_a_computer_has_all_fields_percent_encoded() {
        let link = AuthorizationLink::new("https://saas.example.cn/done?shop=7&x=%E5%BA%97")
            .auth_type(AuthType::MiniProgram)
            .biz_appid("wx1234567890abcdef")
            .category_id_list([18, 33]);
        assert_eq!(
            url(&link, None),
            "https://mp.weixin.qq.com/cgi-bin/componentloginpage?\
             component_appid=wxplatform00000000&pre_auth_code=preauthcode%40%40%40x-_1&\
             redirect_uri=https%3A%2F%2Fsaas.example.cn%2Fdone%3Fshop%3D7%26x%3D%25E5%25BA%2597&\
             auth_type=2&biz_appid=wx1234567890abcdef&category_id_list=18%7C33"
        );
    }

    #[test]
    fn a_link_for_a_phone_leads_to_its_own_page() {
        let link = AuthorizationLink::new("https://saas.example.cn/").device(Device::Mobile);
        assert_eq!(
            url(&link, Some("http://127.0.0.1:8930")),
            "http://127.0.0.1:8930/wxaopen/safe/bindcomponent?action=bindcomponent&no_scan=1&\
             component_appid=wxplatform00000000&pre_auth_code=preauthcode%40%40%40x-_1&\
             redirect_uri=https%3A%2F%2Fsaas.example.cn%2F&auth_type=3#wechat_redirect"
        );
    }

    #[test]
    fn a_redirect_uri_that_wechat_would_read_otherwise_is_refused() {
        for uri in [
            "",
            "/done",
            "saas.example.cn/done",
            "https%3A%2F%2Fsaas.example.cn",
            "ftp://saas.example.cn/",
            "https:///done",
            "https://saas.example.cn/a b",
            "https://saas.example.cn/店",
            &format!("https://saas.example.cn/{}", "a".repeat(2048)),
        ] {
            let report = AuthorizationLink::new(uri).check();
            assert_eq!(report.violations[0].field, "redirect_uri", "{uri}");
        }
        assert!(
            AuthorizationLink::new("HTTP://h")
                .check()
                .violations
                .is_empty()
        );
        let link = AuthorizationLink::new("https://h/").biz_appid("");
        assert_eq!(link.check().violations[0].field, "biz_appid");
    }
}
