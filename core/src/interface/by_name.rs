//! Calls by WeChat's name of the interface, with a mapping of the arguments.

use alloc::format;

use serde::Serialize;
use serde_json::Value;

use super::{AnyCall, Interface};
use crate::check::CheckReport;
use crate::error::{Error, OwnCode, Result};
use crate::mapping::Reading;

/// A call that can be read from a mapping of its arguments.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be called by name",
    note = "types in `by_name` of `core/src/interface/list.rs` must implement `FromMapping`"
)]
pub(super) trait FromMapping: Sized {
    /// Reads the call. Findings about the form go into the [`Reading`].
    fn from_mapping(arguments: &Value) -> Reading<Self>;
}

/// Uses a call after its type is known.
pub trait CallVisitor {
    /// The result.
    type Output;

    /// Uses the call. Its response serialises with the wire names. A field that WeChat left out is
    /// null.
    fn visit<I: Interface<Response: Serialize>>(self, call: I) -> Self::Output;
}

/// Reads a call from WeChat's name of its interface, and a mapping of its arguments.
///
/// | interface | arguments |
/// |---|---|
/// | `addJumpQRCode` | the rule, as [`parse_rule`](crate::mapping::parse_rule) reads it; `is_edit` (absent: 0) |
/// | `getJumpQRCode` | none in ordinary-link mode; else `appid` and `get_type`, with 1 `prefix_list`, with 2 `page_num` and `page_size` |
/// | `publishJumpQRCode`, `deleteJumpQRCode` | `prefix`; in service-account mode `appid` |
/// | `linkMiniprogram` | `appid`, `notify_users`, `show_profile` (absent: false) |
/// | `unlinkMiniprogram` | `appid` |
/// | `getApiQuota` | `cgi_path` |
/// | `getRidInfo` | `rid` |
/// | `clearQuota` | `appid` |
/// | `clearQuotaByAppSecret` | none: the client sends its own appid and appsecret |
/// | `downloadQRCodeText`, `wxamplinkget`, `getCallbackIp`, `getApiDomainIp` | none |
///
/// `get_type` may be left out: it follows from the other arguments. `null` counts as absent.
/// If the form of the arguments is wrong, the error has all violations, of form and content. If the
/// form is right, the content is not checked here; [`AnyCall::check`] does that.
///
/// ```
/// use jumpqr_core::interface::parse_call;
/// use serde_json::json;
///
/// let call = parse_call("publishJumpQRCode", &json!({"prefix": "https://m.example.cn/"}))?;
/// assert!(call.check().is_valid());
/// # Ok::<(), jumpqr_core::Error>(())
/// ```
pub fn parse_call(interface: &str, arguments: &Value) -> Result<AnyCall> {
    let (name, call) = read_call(interface, arguments)?;
    call.into_result(AnyCall::check)
        .map_err(|error| error.in_interface(name))
}

/// Returns all violations and warnings of a call, in form and content. Nothing is sent. The only
/// error is that there is no such interface.
pub fn check_call(interface: &str, arguments: &Value) -> Result<CheckReport> {
    let (_, call) = read_call(interface, arguments)?;
    Ok(call.into_report(AnyCall::check))
}

fn read_call(interface: &str, arguments: &Value) -> Result<(&'static str, Reading<AnyCall>)> {
    AnyCall::read(interface, arguments).ok_or_else(|| {
        Error::new(
            OwnCode::InvalidRequest,
            format!(
                "no interface {interface:?} can be called by name; those that can are {}",
                AnyCall::NAMES.join(", ")
            ),
        )
    })
}
