use alloc::string::String;

use serde_json::{Value, json};

use super::by_name::FromMapping;
use super::{Confirmation, Interface, LostResponse, advice};
use crate::check::{CheckReport, check_own_appid};
use crate::error::Result;
use crate::mapping::Reading;
use crate::request::Request;

/// `clearQuota`: clears the account's counts of the calls of the day, for all interfaces.
///
/// An account has 10 clearings a month, together with those by
/// [`ClearQuotaByAppSecret`](super::ClearQuotaByAppSecret). A clearing whose outcome is unknown is
/// not sent again, because it may use up two. Source: the official page of clearQuota.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClearQuota {
    /// The account that the token belongs to.
    pub appid: String,
}

impl Interface for ClearQuota {
    type Response = Confirmation;

    const NAME: &'static str = "clearQuota";
    const PATH: &'static str = "/cgi-bin/clear_quota";

    fn lost_response(&self) -> Option<LostResponse> {
        Some(advice::ON_LOST_CLEARING)
    }

    fn request(&self) -> Result<Request> {
        Request::post(Self::PATH, &json!({ "appid": self.appid }))
    }

    fn check(&self) -> CheckReport {
        let mut report = CheckReport::default();
        check_own_appid(&mut report, &self.appid);
        report
    }
}

impl FromMapping for ClearQuota {
    fn from_mapping(arguments: &Value) -> Reading<Self> {
        Reading::of_arguments(arguments, &["appid"], |reader| {
            let appid = reader.require_text("appid", "the appid of the account, wx…");
            Some(Self { appid: appid? })
        })
    }
}
