//! A local WeChat for the interfaces of QR jump rules: the same requests, rules, error codes and
//! tokens as `api.weixin.qq.com`, and faults on demand.
//!
//! It is a real HTTP server on loopback, for any client in any language. A Rust program starts it
//! in-process:
//!
//! ```
//! # fn main() -> Result<(), jumpqr_sandbox::SandboxError> {
//! use jumpqr_sandbox::{Fault, Interface, Sandbox};
//!
//! let sandbox = Sandbox::start()?;
//! let base_url = sandbox.base_url(); // use it instead of https://api.weixin.qq.com
//! let mini_program = sandbox.mini_program(); // appid and secret
//! sandbox.inject(Fault::errcode(-1).after_applying().on(Interface::AddJumpQRCode))?;
//! assert_eq!(sandbox.counters().business_calls, 0);
//! # Ok(())
//! # }
//! ```
//!
//! The endpoints under `/sandbox` do over HTTP what the methods of [`Sandbox`] do. The README of
//! this crate lists them. It also says which behaviour is modelled, and what the sandbox does where
//! WeChat's behaviour is undocumented.
//!
//! How independent it is of `jumpqr-core`: paths, requests, responses, tokens and the reasons for
//! each error code are written anew from WeChat's documentation. So a client with a wrong path or a
//! wrong field fails. Prefix matching, the checks of a prefix, the look for the verification file,
//! and the names and texts of interfaces and error codes are those of `jumpqr-core` and
//! `jumpqr-fetch`: an error in them is not found here.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod account;
mod builder;
mod clock;
mod control;
mod error;
mod fault;
mod file_fetch;
mod http;
mod interface;
mod limits;
mod platform;
mod push;
mod push_order;
mod push_url;
mod reason;
mod refusal;
mod rid;
mod sandbox;
mod server;
mod state;
mod succession;
mod wechat;
mod well_known;

pub use account::{Account, AccountChange, AccountKind, Credentials};
pub use builder::SandboxBuilder;
pub use error::SandboxError;
pub use fault::{Effect, Fault, Target, When};
pub use file_fetch::FileFetch;
pub use interface::Interface;
pub use jumpqr_core::interface::LinkStatus;
pub use limits::Limits;
pub use platform::Platform;
pub use push_order::PushOrder;
pub use reason::Reason;
pub use sandbox::Sandbox;
pub use state::journal::{Counters, RecordedRequest};
pub use state::pushes::RecordedPush;
pub use state::rules::{StoredMode, StoredRule};
pub use state::web::Web;
pub use succession::{OldRefreshToken, TokenSuccession};
pub use well_known::{
    AUTHORIZER_REFRESH_TOKEN, COMPONENT_APPID, COMPONENT_APPSECRET, COMPONENT_VERIFY_TICKET,
    ENCODING_AES_KEY, MESSAGE_TOKEN, MINI_PROGRAM_APPID, MINI_PROGRAM_SECRET,
    SERVICE_ACCOUNT_APPID, SERVICE_ACCOUNT_SECRET,
};
