//! Adds and modifies the rules by which WeChat opens a Mini Program when somebody scans a QR code:
//! `addJumpQRCode` and its family, and the access tokens they need.
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
//! - [`Client`]: every interface, with tokens, pacing, retries and reading back taken care of,
//!   within one deadline and one queue timeout
//! - [`Platform`]: a third-party platform, and the clients of the merchants that have authorised it
//! - [token sources](token): fixed, the caller's function, appid and secret, a platform's merchant
//! - [token stores](store): in memory, in a folder, and, with the feature `redis`, in Redis
//! - [transports](transport): blocking HTTP, and one in memory for tests
//!
//! # Out of scope
//!
//! - what a request looks like, what an answer means and what to do next: that is [`jumpqr_core`],
//!   which knows no I/O
//! - reading credentials from the environment or from files
//!
//! A [`Client`] is cheap to clone and may be used from any number of threads at once.
//!
//! # Logging
//!
//! Through the crate `log`, under the target `jumpqr` at the level debug: each retry, renewal of
//! the token, read-back and wait for a slot of a call, with its reason, and at the end how many
//! there were. No secret is in any line.

mod base_url;
mod builder;
mod cancel;
mod client;
mod clock;
mod drive;
mod platform;
mod retry;
mod rules;
mod setting;
pub mod store;
pub mod token;
pub mod transport;

pub use builder::ClientBuilder;
pub use cancel::Cancel;
pub use client::Client;
pub use clock::{Clock, SystemClock};
pub use platform::Platform;
pub use rules::Rules;

pub use jumpqr_core::{
    Edit, ErrCode, Error, ErrorKind, OpenVersion, OrdinaryLinkRule, Outcome, PermitSubRule, Result,
    Rule, RuleKey, Secret, ServiceAccountRule, call, check, errcode, error, interface, listing,
    mapping, matching, names, request, response, rule, verification_file,
};

/// The Rust of the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
