//! The interfaces: request → path, query and body; answer → typed. One file an interface.
//!
//! All are `POST https://api.weixin.qq.com/cgi-bin/…?access_token=…` with a JSON body, but for `token`. WeChat answers HTTP
//! 200 even for errors.

mod add_jump_qr_code;
mod advice;
mod any_call;
mod api_authorizer_token;
mod api_component_token;
mod api_get_authorizer_list;
mod authorizer_walk;
mod delete_jump_qr_code;
mod download_qr_code_text;
mod get_jump_qr_code;
mod link_miniprogram;
mod listed_rule;
mod publish_jump_qr_code;
mod stable_token;
mod token;
mod token_response;
mod wxamplinkget;

pub use add_jump_qr_code::AddJumpQRCode;
pub use any_call::{AnyCall, CallVisitor};
pub use api_authorizer_token::{ApiAuthorizerToken, AuthorizerTokenResponse, ComponentTokenField};
pub use api_component_token::ApiComponentToken;
pub use api_get_authorizer_list::{
    ApiGetAuthorizerList, AuthorizerList, ListedAuthorizer, MAX_AUTHORIZER_COUNT,
};
pub use authorizer_walk::{AuthorizerWalk, WalkPosition};
pub use delete_jump_qr_code::DeleteJumpQRCode;
pub use download_qr_code_text::{DownloadQRCodeText, VerificationFile};
pub use get_jump_qr_code::{
    GetJumpQRCode, JumpQRCodeList, MAX_PAGE_SIZE, MAX_PREFIX_LIST, Presence,
};
pub use link_miniprogram::LinkMiniprogram;
pub use listed_rule::ListedRule;
pub use publish_jump_qr_code::PublishJumpQRCode;
pub use stable_token::StableToken;
pub use token::Token;
pub use token_response::{LONGEST_CREDENTIAL, TokenResponse};
pub use wxamplinkget::{LinkStatus, LinkedMiniprogram, WxaMpLinkGet};

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use crate::check::CheckReport;
use crate::errcode::ErrCode;
use crate::error::{Error, OwnCode, Result};
use crate::request::Request;
use crate::response::Fields;
use crate::secret::Secret;

/// The host of every interface. `api2.weixin.qq.com` is for disaster recovery; `sh.api`, `sz.api` and `hk.api` (all
/// `.weixin.qq.com`) are regional.
pub const DEFAULT_BASE_URL: &str = "https://api.weixin.qq.com";

/// How a write was done, or why it need not be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Confirmation {
    /// WeChat answered that it is done.
    Answered,
    /// The answer got lost or was inconclusive; it was read back, and the change stands.
    ReadBack,
    /// There is no rule with this prefix to delete: it was looked up before, and nothing was sent.
    NotThere,
    /// The rule is published already: it was looked up before, and nothing was sent.
    AlreadyPublished,
}

impl Confirmation {
    /// Every value.
    pub const ALL: &'static [Self] = &[
        Self::Answered,
        Self::ReadBack,
        Self::NotThere,
        Self::AlreadyPublished,
    ];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::ReadBack => "read_back",
            Self::NotThere => "not_there",
            Self::AlreadyPublished => "already_published",
        }
    }
}

impl Serialize for Confirmation {
    /// As its stable name.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// Whether a change stands, as far as what was read back tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Applied {
    /// It stands as asked.
    Yes,
    /// It does not.
    No,
    /// What was read back does not say.
    Unclear,
}

/// What a rule that was looked up before a write says about the write.
#[derive(Debug)]
pub enum LookUp<Response> {
    /// The write is needed, or the list does not tell.
    Needed,
    /// The write need not be sent, and this is the answer.
    Already(Response),
    /// The write would be for nothing.
    Impossible(Error),
}

/// One call to one interface.
///
/// Implemented by the types of this module only.
pub trait Interface: sealed::Sealed {
    /// What a successful answer holds.
    type Response;

    /// WeChat's name of the interface, e.g. `addJumpQRCode`.
    const NAME: &'static str;

    /// Whether it asks for an access token rather than needing one: then a stale-token code says that the credentials
    /// are wrong.
    const ISSUES_TOKEN: bool = false;

    /// Whether WeChat's 5 calls a second hold for it, as they do for the interfaces of the family.
    const PACED: bool = true;

    /// The secrets in the request, to be struck out of any error.
    fn secrets(&self) -> Vec<&Secret> {
        Vec::new()
    }

    /// The request to send.
    fn request(&self) -> Request;

    /// What a page of WeChat's forbids about the request, and what is to be warned of.
    fn check(&self) -> CheckReport {
        CheckReport::default()
    }

    /// What to do when the call is answered with `code`, if the request tells more about it than
    /// [`ErrCode::advice`]; `None` if it does not.
    fn advise(&self, code: &ErrCode) -> Option<Cow<'static, str>> {
        code.advice_in(Self::NAME).map(Cow::Borrowed)
    }

    /// The typed answer, from one whose `errcode` says success.
    fn decode(&self, answer: &Fields) -> Result<Self::Response>;

    /// How to find out whether a write was applied; `None` for what changes nothing.
    fn write(&self) -> Option<&dyn Write<Self::Response>> {
        None
    }
}

/// A change whose outcome can be read back.
pub trait Write<Response> {
    /// The request that looks the rule up before the change is sent; `None` if nothing is looked
    /// up.
    fn before(&self) -> Option<Request> {
        None
    }

    /// What the answer to [`before`](Self::before) says about the change.
    fn look_up(&self, _answer: &Fields) -> LookUp<Response> {
        LookUp::Needed
    }

    /// The request that reads back.
    fn read_back(&self) -> Request;

    /// Whether the change stands in the answer to [`read_back`](Self::read_back).
    fn applied(&self, answer: &Fields) -> Result<Applied>;

    /// What to answer when it does.
    fn confirmed(&self) -> Response;
}

mod sealed {
    #[expect(
        unnameable_types,
        reason = "what cannot be named cannot be implemented elsewhere"
    )]
    pub trait Sealed {}

    impl Sealed for super::AddJumpQRCode {}
    impl Sealed for super::ApiAuthorizerToken {}
    impl Sealed for super::ApiComponentToken {}
    impl Sealed for super::ApiGetAuthorizerList {}
    impl Sealed for super::DeleteJumpQRCode {}
    impl Sealed for super::DownloadQRCodeText {}
    impl Sealed for super::GetJumpQRCode {}
    impl Sealed for super::LinkMiniprogram {}
    impl Sealed for super::PublishJumpQRCode {}
    impl Sealed for super::StableToken {}
    impl Sealed for super::Token {}
    impl Sealed for super::WxaMpLinkGet {}
}

/// The answer to a write, which must at least say that it succeeded: without an `errcode` it may be anything.
fn confirm(answer: &Fields) -> Result<Confirmation> {
    match answer.errcode() {
        Some(0) => Ok(Confirmation::Answered),
        _ => Err(missing("errcode")),
    }
}

fn missing(field: &str) -> Error {
    Error::new(
        OwnCode::UnexpectedResponse,
        format!("the answer has no usable {field}"),
    )
}
