//! Adds and modifies the rules by which WeChat opens a Mini Program when somebody scans a QR code.
//! It calls `addJumpQRCode` and its family, and manages the access tokens that they need.
//!
//! ```no_run
//! use jumpqr::{Client, Edit, OpenVersion, OrdinaryLinkRule, PermitSubRule};
//!
//! # fn main() -> jumpqr::Result<()> {
//! let client = Client::builder().app("wx1234567890abcdef", "appsecret").build()?;
//! let rule = OrdinaryLinkRule::new(
//!     "https://m.example.cn/table/",
//!     "pages/index/index",
//!     OpenVersion::Development,
//!     PermitSubRule::NotOccupied,
//! );
//! client.add_jump_qr_code(&rule, Edit::Add)?;
//! client.publish_jump_qr_code(rule.prefix)?;
//! # Ok(())
//! # }
//! ```
//!
//! # In scope
//!
//! - [`Client`]: calls every interface, with tokens, pacing, retries and reading back, within one
//!   deadline and one queue timeout
//! - [`Platform`]: a third-party platform, and the clients of the merchants that have authorised it
//! - [token sources](tokens): fixed, the caller's function, appid and secret, a platform's merchant
//! - [token stores](store): in memory, in a folder, and in Redis (with the feature `redis`)
//! - [preflights](preflight): whether WeChat will find the verification file of a domain
//! - [transports](transport): blocking HTTP, and one in memory for tests
//!
//! # Out of scope
//!
//! - what a request looks like, what a response means and what to do next: [`jumpqr_core`] decides
//!   that, without I/O
//! - reading credentials from the environment or from files
//!
//! A [`Client`] is cheap to clone and may be used from any number of threads at once.
//!
//! # Logging
//!
//! The client logs through the crate `log`, with the target `jumpqr` at the level debug. It logs
//! each retry, token renewal, read-back and wait for a slot, with the reason, and at the end of a
//! call how many there were. No line holds a secret.
//!
//! # Watching calls
//!
//! [`ClientBuilder::on_call`] sets a function that gets a [`CallEvent`](call::CallEvent) for each
//! call. With the feature `tracing`, each event also goes to the crate `tracing`, with the target
//! `jumpqr` and the names of the event's fields. The level is debug, or warn if the call has
//! failed. `attempts` is their number.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[macro_use]
pub mod settings;

mod base_url;
#[doc(hidden)]
pub mod binding;
mod builder;
mod cancel;
mod checks;
mod client;
mod clock;
mod drive;
mod encrypted_reply;
mod listener;
mod mutex;
mod on_thread;
mod platform;
pub mod preflight;
mod retry;
mod rules;
pub mod store;
mod token_source;
mod token_status;
pub mod tokens;
pub mod transport;

pub use builder::ClientBuilder;
pub use cancel::Cancel;
pub use client::Client;
pub use clock::{Clock, SystemClock};
pub use platform::{AuthorizedMerchant, Handled, Merchants, Platform};
pub use rules::Rules;
pub use settings::Settings;

pub use jumpqr_core::{
    AuthType, AuthorizationLink, Device, Edit, ErrCode, Error, ErrorKind, OpenVersion,
    OrdinaryLinkRule, Outcome, PermitSubRule, Result, Rule, RuleKey, Secret, ServiceAccountRule,
    access_log, call, check, errcode, error, interface, listing, mapping, matching, names, push,
    readiness, request, response, rule, verification_file,
};

/// Compiles the examples of `docs/rust.md`.
#[cfg(doctest)]
#[doc = include_str!("../../docs/rust.md")]
struct Guide;

/// Compiles the examples of `docs/watching.md`.
#[cfg(doctest)]
#[doc = include_str!("../../docs/watching.md")]
struct Watching;
