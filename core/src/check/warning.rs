//! The warnings about a rule: what is odd, and what to write instead.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use core::net::IpAddr;

use super::{CheckReport, FindingCode};

/// A warning about a field of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Warning<'a> {
    /// In a URL.
    WhiteSpace,
    /// Where no white space can be meant.
    StrayWhiteSpace,
    NonAsciiQuery,
    NonAsciiPath {
        encoded: String,
    },
    NonAsciiLink {
        encoded: String,
    },
    Fragment,
    Port {
        port: &'a str,
    },
    ReportedDomain {
        domain: &'a str,
    },
    IpAddress {
        address: IpAddr,
    },
    LocalHost {
        host: &'a str,
    },
    WildcardHost {
        host: &'a str,
    },
    InternationalHost {
        host: &'a str,
        ascii: Option<String>,
    },
    UpperCase {
        lower: String,
    },
    /// `before` is the longest prefix without the placeholder.
    Placeholder {
        text: &'a str,
        before: &'a str,
    },
    PlaceholderInCode {
        text: &'a str,
    },
    PlaceholderInLink {
        text: &'a str,
    },
    /// `before` is the prefix whose last value is the one that was left open.
    VariableNotLast {
        name: &'a str,
        before: &'a str,
    },
    HtmlEscape,
    ServicePrefix,
    ServiceQuery {
        without: &'a str,
    },
    PageSlash {
        page: &'a str,
    },
    PageSuffix {
        suffix: &'a str,
        page: &'a str,
    },
    PageQuery {
        page: &'a str,
    },
    NotAPage,
    JoinedLinks,
    UndocumentedEquivalence {
        difference: &'a str,
    },
}

impl CheckReport {
    pub(super) fn warn(&mut self, field: impl Into<String>, warning: &Warning<'_>) {
        self.add(field, warning.code(), warning.message());
    }
}

impl Warning<'_> {
    const fn code(&self) -> FindingCode {
        match self {
            Self::WhiteSpace | Self::StrayWhiteSpace => FindingCode::WhiteSpace,
            Self::NonAsciiQuery => FindingCode::NonAsciiQuery,
            Self::NonAsciiPath { .. } | Self::NonAsciiLink { .. } => FindingCode::NonAscii,
            Self::Fragment => FindingCode::Fragment,
            Self::Port { .. } => FindingCode::Port,
            Self::ReportedDomain { .. } => FindingCode::ReportedDomain,
            Self::IpAddress { .. } => FindingCode::IpAddress,
            Self::LocalHost { .. } => FindingCode::LocalHost,
            Self::WildcardHost { .. } => FindingCode::WildcardHost,
            Self::InternationalHost { .. } => FindingCode::InternationalHost,
            Self::UpperCase { .. } => FindingCode::UpperCase,
            Self::Placeholder { .. }
            | Self::PlaceholderInCode { .. }
            | Self::PlaceholderInLink { .. } => FindingCode::Placeholder,
            Self::VariableNotLast { .. } => FindingCode::VariableNotLast,
            Self::HtmlEscape => FindingCode::HtmlEscape,
            Self::ServicePrefix => FindingCode::ServicePrefix,
            Self::ServiceQuery { .. } => FindingCode::ServiceQuery,
            Self::PageSlash { .. } => FindingCode::PageSlash,
            Self::PageSuffix { .. } => FindingCode::PageSuffix,
            Self::PageQuery { .. } => FindingCode::PageQuery,
            Self::NotAPage => FindingCode::NotAPage,
            Self::JoinedLinks => FindingCode::JoinedLinks,
            Self::UndocumentedEquivalence { .. } => FindingCode::UndocumentedEquivalence,
        }
    }

    fn message(&self) -> String {
        format!("{}; {}", self.describe(), self.remedy())
    }

    /// Returns what is odd.
    fn describe(&self) -> Cow<'static, str> {
        match self {
            Self::WhiteSpace | Self::StrayWhiteSpace => {
                "has white space or a control character in it".into()
            }
            Self::NonAsciiQuery => {
                "has raw non-ASCII characters in the query, a reported cause of 85066".into()
            }
            Self::NonAsciiPath { .. } => "has raw non-ASCII characters in the path".into(),
            Self::NonAsciiLink { .. } => "has raw non-ASCII characters".into(),
            Self::Fragment => {
                "has a fragment (`#…`), and what WeChat does with it is not documented".into()
            }
            Self::Port { port } => {
                format!("names the port {port}, a reported cause of 85066").into()
            }
            Self::ReportedDomain { domain } => {
                format!("is on a .{domain} domain, a reported cause of 85066").into()
            }
            Self::IpAddress { address } if is_private(address) => {
                format!("names the IP address {address}, which WeChat cannot reach").into()
            }
            Self::IpAddress { address } => format!("names the IP address {address}").into(),
            Self::LocalHost { host } => {
                format!("names the host {host}, which only your own network knows").into()
            }
            Self::WildcardHost { host } => {
                format!("names the host {host}, but WeChat compares hosts as text").into()
            }
            Self::InternationalHost { host, .. } => format!("names the host {host}").into(),
            Self::UpperCase { .. } => "has upper-case letters in the scheme or the host, and \
                whether WeChat ignores the case is not documented"
                .into(),
            Self::Placeholder { text, .. } | Self::PlaceholderInCode { text } => {
                format!("has the placeholder {text}, but WeChat compares prefixes as text").into()
            }
            Self::PlaceholderInLink { text } => format!("has the placeholder {text}").into(),
            Self::VariableNotLast { name, .. } => format!(
                "has another parameter after {name}=, so it covers only links in which {name} is \
                 empty"
            )
            .into(),
            Self::HtmlEscape => "has `&amp;`, which is `&` in HTML".into(),
            Self::ServicePrefix => "is the QR URL of a service account, on whose host nobody can \
                place a verification file"
                .into(),
            Self::ServiceQuery { .. } => {
                "has something after the code, which a parametric QR URL has not".into()
            }
            Self::PageSlash { .. } => "begins with `/`".into(),
            Self::PageSuffix { suffix, .. } => format!("has the suffix {suffix}").into(),
            Self::PageQuery { .. } => {
                "has a query, and what WeChat does with it is not documented".into()
            }
            Self::NotAPage => "is not a page".into(),
            Self::JoinedLinks => "seems to be several links in one text".into(),
            Self::UndocumentedEquivalence { difference } => format!(
                "is covered by the prefix only if WeChat ignores a difference that is not \
                 documented ({difference})"
            )
            .into(),
        }
    }

    /// Returns what to do.
    fn remedy(&self) -> Cow<'static, str> {
        match self {
            Self::WhiteSpace => "percent-encode it as in the printed code, or remove it".into(),
            Self::StrayWhiteSpace => "remove it".into(),
            Self::NonAsciiQuery => "percent-encode them, or end the prefix before them".into(),
            Self::NonAsciiPath { encoded } | Self::NonAsciiLink { encoded } => {
                format!("write it as it is printed, which is usually {encoded}").into()
            }
            Self::Fragment => "leave it out".into(),
            Self::Port { .. } => "leave the port out".into(),
            Self::ReportedDomain { .. } => "if WeChat refuses it, use another domain".into(),
            Self::IpAddress { .. } => {
                "use the domain of the printed codes, which needs an ICP filing (85076)".into()
            }
            Self::LocalHost { .. } => {
                "use a public domain, which needs an ICP filing (85076)".into()
            }
            Self::WildcardHost { .. } => "give each host a rule of its own".into(),
            Self::InternationalHost { ascii, .. } => {
                let ascii = ascii.as_deref().unwrap_or("xn--…");
                format!("write it in ASCII, as the printed codes have it: {ascii}").into()
            }
            Self::UpperCase { lower } => {
                format!("write {lower} here and in the printed codes").into()
            }
            Self::Placeholder { before, .. } => {
                format!("end the prefix before it: {before}").into()
            }
            Self::PlaceholderInCode { .. } => "give each code a rule of its own".into(),
            Self::PlaceholderInLink { .. } => {
                "give a link as it is printed, with a real value".into()
            }
            Self::VariableNotLast { before, .. } => {
                format!("let the value that differs come last: {before}").into()
            }
            Self::HtmlEscape => "write `&`".into(),
            Self::ServicePrefix => "give the appid of the Mini Program, without open_version, \
                permit_sub_rule and debug_url, and call with the token of the service account"
                .into(),
            Self::ServiceQuery { without } => format!("leave it out: {without}").into(),
            Self::PageSlash { page } | Self::PageSuffix { page, .. } => {
                format!("write the page as app.json has it: {page}").into()
            }
            Self::PageQuery { page } => {
                format!("write {page}, and read the scanned link in the page's parameter q").into()
            }
            Self::NotAPage => "write it as app.json has it, e.g. pages/index/index".into(),
            Self::JoinedLinks => "make each an entry of the list".into(),
            Self::UndocumentedEquivalence { .. } => "write both alike".into(),
        }
    }
}

/// Whether an address belongs to no network, to this machine, or to a private network.
fn is_private(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_unspecified()
        }
        IpAddr::V6(address) => {
            address.is_loopback()
                || address.is_unspecified()
                || address.is_unique_local()
                || address.is_unicast_link_local()
        }
    }
}
