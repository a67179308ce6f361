use alloc::string::String;

use serde::Serialize;
use serde_json::{Value, json};

use super::by_name::FromMapping;
use super::{Decode, Interface, missing_field};
use crate::check::{CheckReport, check_cgi_path};
use crate::error::Result;
use crate::mapping::Reading;
use crate::request::Request;
use crate::response::Fields;

/// `getApiQuota`: returns how often the account may call an interface, and how often it has called
/// it today.
///
/// Only the account that an interface is for can ask about it. WeChat reports no use of `token`.
/// Source: the official page of getApiQuota, and a developer's report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GetApiQuota {
    /// The path of the interface, e.g. `/cgi-bin/wxopen/qrcodejumpadd`.
    pub cgi_path: String,
}

/// The response of `getApiQuota`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ApiQuota {
    /// The calls of the day.
    pub quota: DailyQuota,
    /// The limit of the pace.
    pub rate_limit: Option<RateLimit>,
    /// The limit of the pace of a third-party platform that calls for the account.
    pub component_rate_limit: Option<RateLimit>,
}

/// How many calls the account has in a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DailyQuota {
    /// The calls that it may make in a day.
    pub daily_limit: Option<u64>,
    /// The calls that it has made today.
    pub used: Option<u64>,
    /// The calls that are left today.
    pub remain: Option<u64>,
}

/// How many calls are allowed in a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RateLimit {
    /// The number of calls.
    pub call_count: Option<u64>,
    /// The time, in seconds.
    pub refresh_second: Option<u64>,
}

impl RateLimit {
    /// Returns `None` if both numbers are missing.
    fn from_fields(fields: &Fields<'_>) -> Option<Self> {
        let limit = Self {
            call_count: fields.count("call_count"),
            refresh_second: fields.count("refresh_second"),
        };
        (limit.call_count.is_some() || limit.refresh_second.is_some()).then_some(limit)
    }
}

impl Interface for GetApiQuota {
    type Response = ApiQuota;

    const NAME: &'static str = "getApiQuota";
    const PATH: &'static str = "/cgi-bin/openapi/quota/get";

    fn request(&self) -> Result<Request> {
        let body = json!({ "cgi_path": self.cgi_path });
        Request::post(Self::PATH, &body)
    }

    fn check(&self) -> CheckReport {
        let mut report = CheckReport::default();
        check_cgi_path(&mut report, &self.cgi_path);
        report
    }
}

impl Decode for ApiQuota {
    fn decode(response: &Fields<'_>) -> Result<Self> {
        let quota = response.object("quota");
        let quota = quota.ok_or_else(|| missing_field("quota"))?;
        let rate_limit = |field| RateLimit::from_fields(response.object(field)?);
        Ok(Self {
            quota: DailyQuota {
                daily_limit: quota.count("daily_limit"),
                used: quota.count("used"),
                remain: quota.count("remain"),
            },
            rate_limit: rate_limit("rate_limit"),
            component_rate_limit: rate_limit("component_rate_limit"),
        })
    }
}

impl FromMapping for GetApiQuota {
    fn from_mapping(arguments: &Value) -> Reading<Self> {
        Reading::of_arguments(arguments, &["cgi_path"], |reader| {
            let what = "the path of an interface, e.g. /cgi-bin/wxopen/qrcodejumpadd";
            let cgi_path = reader.require_text("cgi_path", what);
            Some(Self {
                cgi_path: cgi_path?,
            })
        })
    }
}
