//! The interfaces: each has a typed request and a typed response.
//!
//! Most are `POST https://api.weixin.qq.com/cgi-bin/…?access_token=…` with a JSON body. Some are GET
//! without a body. WeChat sends HTTP 200 even for errors.
//!
//! # Where things are
//!
//! The file of an interface has, in this order:
//!
//! 1. its type: the arguments, with their source
//! 2. the type of its response, unless another interface has the same
//! 3. [`Interface`]: the name, the path, the request, the check before sending, the advice on error codes
//! 4. [`Decode`]: how the response is read
//! 5. `Write`, if it changes something: the look-up before it is sent, and the read-back
//! 6. `FromMapping`, if it can be [called by name](parse_call): the names of the arguments, and how
//!    they are read
//!
//! # How to add an interface
//!
//! 1. Write its file, and its `mod` and `pub use` below.
//! 2. Add its type to the macro call `interfaces!` in `list.rs`: to `by_name` if it can be called
//!    by name, else to `typed_only`. A type in `by_name` needs `FromMapping`; a type in
//!    `typed_only` must not have it. The compiler checks all of this.
//! 3. If the type is in `by_name`, add a row to the table in the documentation of [`parse_call`],
//!    and one to each of the two tables of interfaces in `tests/vectors/README.md`.
//! 4. Add it to the sandbox's enum `Interface`, in `sandbox/src/interface.rs`, with a file for its
//!    handler in `sandbox/src/wechat`, and a row to the table of interfaces in `sandbox/README.md`.
//!    The compiler names each missing part, except for the functions with `matches!`: who calls
//!    the interface, and with which token.
//! 5. If the type is in `by_name`, add vectors: a request to `tests/vectors/requests.json`, a
//!    success and the refusals to `answers.json`, and each finding of its check to
//!    `validation.json`. Tests fail if it has no request or no success. Vectors of an interface for
//!    tokens belong into `tokens.json`. Other tests of its file belong into
//!    `core/tests/interface/`.
//!
//! `Client::call` can then make the call, and other languages can if the type is in `by_name`.
//!
//! # A finding that has no fitting code
//!
//! 1. Add the code to `FindingCode` in `finding.rs`: a violation after the violations, a warning
//!    after the warnings.
//! 2. Add it to `findings` in `tests/vectors/errcodes.json`, at the same place.
//! 3. Add a vector in which it occurs to `tests/vectors/validation.json`.
//!
//! A test fails if one of them is missing. The languages read the codes from the core.
//!
//! # In each language
//!
//! Each language has a typed method for an interface in `by_name`. The languages run the vectors,
//! so their tests fail until they have it.
//!
//! | language | code | tests | documentation |
//! |---|---|---|---|
//! | Rust | `client/src/client.rs` | none of its own | |
//! | Python, in `python/` | `src/method.rs`, `src/blocking_client.rs` and, with types, `pysrc/jumpqr/_jumpqr.pyi`, from which `generate_async.py` makes `_async_client.py`; `pysrc/jumpqr/_answers.py` (the type of the response, and its reader) | `python/tests/vectors.py`: `method`, `wire` | `python/README.md` |
//! | Node | `node/lib/client.js`, `node/index.d.ts` | `node/tests/vectors/call.js` | `node/README.md` |
//! | C, in `ffi-c/` | `src/interface/`, a file in `src/` for a new response (`mod` and `pub use` in `lib.rs`), `src/check_report.rs` if there is something to check; then `make header` | `tests/support/handle.hpp`, `tests/vectors/invocation.cpp`: the call and the check | `ffi-c/README.md` |
//!
//! The command has no command for an interface until somebody needs one (`cli/src/command/`).

mod add_jump_qr_code;
mod advice;
mod api_authorizer_token;
mod api_component_token;
mod api_create_preauthcode;
mod api_get_authorizer_info;
mod api_get_authorizer_list;
mod api_query_auth;
mod api_start_push_ticket;
mod authorization_info;
mod authorizer_info;
mod authorizer_walk;
mod by_name;
mod clear_component_quota_by_app_secret;
mod clear_quota;
mod clear_quota_by_app_secret;
mod confirmation;
mod delete_jump_qr_code;
mod download_qr_code_text;
mod get_api_domain_ip;
mod get_api_quota;
mod get_callback_ip;
mod get_jump_qr_code;
mod get_rid_info;
mod ip_list;
mod link_miniprogram;
mod list;
mod listed_rule;
mod parse_raw_call;
mod publish_jump_qr_code;
mod raw_call;
mod redaction;
mod stable_token;
mod token;
mod token_response;
mod unlink_miniprogram;
mod write;
mod wxamplinkget;

pub use add_jump_qr_code::AddJumpQRCode;
pub use api_authorizer_token::{ApiAuthorizerToken, AuthorizerTokenResponse, ComponentTokenField};
pub use api_component_token::ApiComponentToken;
pub use api_create_preauthcode::{ApiCreatePreauthcode, PreAuthCode};
pub use api_get_authorizer_info::{ApiGetAuthorizerInfo, AuthorizerInfoResponse};
pub use api_get_authorizer_list::{
    ApiGetAuthorizerList, AuthorizerList, ListedAuthorizer, MAX_AUTHORIZER_COUNT,
};
pub use api_query_auth::ApiQueryAuth;
pub use api_start_push_ticket::{ApiStartPushTicket, TicketPushes};
pub use authorization_info::{AuthorizationInfo, ConfirmInfo, FuncInfo};
pub use authorizer_info::{AccountStatus, AuthorizerInfo, MiniProgramCategory, MiniProgramInfo};
pub use authorizer_walk::{AuthorizerWalk, WalkPosition};
pub use by_name::{CallVisitor, check_call, parse_call};
pub use clear_component_quota_by_app_secret::ClearComponentQuotaByAppSecret;
pub use clear_quota::ClearQuota;
pub use clear_quota_by_app_secret::ClearQuotaByAppSecret;
pub use confirmation::Confirmation;
pub use delete_jump_qr_code::DeleteJumpQRCode;
pub use download_qr_code_text::{DownloadQRCodeText, VerificationFile};
pub use get_api_domain_ip::GetApiDomainIp;
pub use get_api_quota::{ApiQuota, DailyQuota, GetApiQuota, RateLimit};
pub use get_callback_ip::GetCallbackIp;
pub use get_jump_qr_code::{
    GetJumpQRCode, JumpQRCodeList, MAX_PAGE_SIZE, MAX_PREFIX_LIST, Presence,
};
pub use get_rid_info::{GetRidInfo, RidInfo};
pub use ip_list::IpList;
pub use link_miniprogram::LinkMiniprogram;
pub use list::{AnyCall, NAMES, path_of};
pub use listed_rule::ListedRule;
#[doc(hidden)]
pub use parse_raw_call::parse_raw_call;
pub use publish_jump_qr_code::PublishJumpQRCode;
pub use raw_call::RawCall;
pub use stable_token::StableToken;
pub use token::Token;
pub use token_response::{LONGEST_CREDENTIAL, TokenResponse, is_credential_too_long};
pub use unlink_miniprogram::UnlinkMiniprogram;
pub use write::Change;
pub use wxamplinkget::{LinkStatus, LinkedMiniprogram, WxaMpLinkGet};

pub(crate) use write::Applied;

use alloc::borrow::Cow;
use alloc::format;
use alloc::vec::Vec;

use crate::check::CheckReport;
use crate::errcode::ErrCode;
use crate::error::{Error, OwnCode, Result};
use crate::request::Request;
use crate::response::Fields;
use crate::secret::Secret;

/// The host of every interface. `api2.weixin.qq.com` is for disaster recovery. `sh.api`, `sz.api`
/// and `hk.api` (all `.weixin.qq.com`) are regional.
pub const DEFAULT_BASE_URL: &str = "https://api.weixin.qq.com";

/// One call to one interface.
///
/// Only the types of this module implement it.
pub trait Interface: list::Sealed + Send + 'static {
    /// The response of a call that succeeds.
    type Response: FromResponse + Send + 'static;

    /// WeChat's name of the interface, e.g. `addJumpQRCode`.
    const NAME: &'static str;

    /// The path, e.g. `/cgi-bin/wxopen/qrcodejumpadd`; empty for a [`RawCall`], which has its own.
    const PATH: &'static str;

    /// Whether WeChat's limit of 5 calls a second holds for it.
    const PACED: bool = true;

    /// Gives it the appid and the appsecret of the client, for an interface that sends them instead
    /// of a token.
    fn set_app(&mut self, _appid: &str, _secret: &Secret) {}

    /// The secrets in the request. They are removed from every error.
    fn secrets(&self) -> Vec<&Secret> {
        Vec::new()
    }

    /// Returns what an error has as the interface's name.
    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(Self::NAME)
    }

    /// Returns the appid of the account that the call is for, if the request has it.
    fn account(&self) -> Option<&str> {
        None
    }

    /// Returns what a lost response means. `None` if the request changes nothing, or if the change
    /// can be read back.
    fn lost_response(&self) -> Option<LostResponse> {
        None
    }

    /// Returns the request to send.
    fn request(&self) -> Result<Request>;

    /// Returns what a page of WeChat's forbids about the request, and the warnings.
    fn check(&self) -> CheckReport {
        CheckReport::default()
    }

    /// Returns what to do about the error code `code`, if this request tells more than
    /// [`ErrCode::advice`].
    fn advise(&self, code: &ErrCode) -> Option<Cow<'static, str>> {
        code.advice_in(Self::NAME).map(Cow::Borrowed)
    }

    /// Reads the response, after its `errcode` was found to say success. `json` is the whole text.
    fn decode(json: &str, response: &Fields<'_>) -> Result<Self::Response> {
        Self::Response::from_response(json, response)
    }

    /// Returns how to find out whether the change was applied. `None` if nothing is changed.
    fn change(&self) -> Option<Change<'_, Self::Response>> {
        None
    }
}

/// What a response that did not arrive means for a call that changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LostResponse {
    /// Whether the request may be sent again.
    pub may_repeat: bool,
    /// What to do if the call ends without a response.
    pub advice: &'static str,
}

/// What a call returns.
pub trait FromResponse: Sized {
    /// Makes it from the text of the response and the fields in that.
    fn from_response(json: &str, response: &Fields<'_>) -> Result<Self>;
}

impl<T: Decode> FromResponse for T {
    fn from_response(_: &str, response: &Fields<'_>) -> Result<Self> {
        Self::decode(response)
    }
}

/// A typed response.
pub trait Decode: Sized {
    /// Reads it from the fields of a response whose `errcode` says success.
    fn decode(response: &Fields<'_>) -> Result<Self>;
}

/// Returns the error of a response without `field`.
fn missing_field(field: &str) -> Error {
    Error::new(
        OwnCode::UnexpectedResponse,
        format!("the response has no usable {field}"),
    )
}
