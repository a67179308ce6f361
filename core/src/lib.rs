//! The pure core of jumpqr: the rules by which WeChat opens a Mini Program from a scanned QR code.
//!
//! # In scope
//!
//! - the rules of both modes, and reading them from a mapping with the wire names
//! - checking a rule before it is sent, and matching scanned links against rules
//! - each interface's request and response, one file for each interface
//! - WeChat's error codes: name, meaning, and what to do
//! - every stable name as data, for other languages (`names`)
//! - what a call does next, and how an access token is renewed, as state machines
//! - the pushes to a third-party platform: checking, decrypting, and encrypting replies
//! - the link on which a merchant authorises a platform
//! - whether WeChat will find the verification file, from what was seen of the server, and from its
//!   access log whether WeChat came
//! - whether the rules of a platform's merchant can work, before anything is sent
//!
//! # Out of scope
//!
//! - sockets, TLS, HTTP: a transport sends the requests
//! - clocks and randomness: time and the delays of retries are arguments
//! - files, environment variables, threads: no function blocks
//! - where records of tokens are kept
//!
//! Everything is deterministic, and everything public may be sent to and shared between threads.
//! The crate needs `alloc`, but not `std`.

#![cfg_attr(not(test), no_std)]

extern crate alloc;

pub mod access_log;
mod authorization_link;
pub mod call;
pub mod check;
mod credential;
pub mod errcode;
pub mod error;
mod finding;
pub mod interface;
mod json;
mod kind;
mod link;
pub mod listing;
pub mod mapping;
pub mod matching;
mod named;
pub mod names;
mod pacer;
mod plain;
pub mod preflight;
mod punycode;
pub mod push;
pub mod readiness;
pub mod renewal;
pub mod request;
pub mod response;
pub mod rule;
mod secret;
mod severity;
mod template;
mod text;
pub mod verification_file;
mod wechat_fetch;

pub use authorization_link::{AuthType, AuthorizationLink, Device};
pub use credential::{PlatformCredential, recognize_other_credential};
pub use errcode::ErrCode;
pub use error::{Error, ErrorKind, Outcome, Result};
pub use pacer::{PaceReply, PaceRequest, Pacer, SharedPace, Slot};
pub use rule::{
    Edit, OpenVersion, OrdinaryLinkRule, PermitSubRule, Rule, RuleKey, ServiceAccountRule,
};
pub use secret::Secret;
