//! Looks for a domain's verification file as WeChat does, and says what came of it.
//!
//! What to look at, and what it means, is decided by [`jumpqr_core::preflight`]. This crate has the
//! sockets, the clock and the threads.
//!
//! # How it looks
//!
//! - It sends GET over HTTP/1.1 on a new connection: no conditions, no cookies, no
//!   `Accept-Encoding`. It follows no redirect, and uses no proxy.
//! - It resolves the host once, and connects to exactly these addresses, each by itself. So a name
//!   whose address changes between two look-ups leads nowhere else.
//! - It trusts Mozilla's authorities only, and the chain as the server sends it: no missing
//!   certificate is fetched.
//! - It reads at most 64 KiB of a body, and ends at one deadline.
//!
//! # Prefixes of strangers
//!
//! A service may be handed prefixes by strangers. So private addresses are refused, see
//! [`is_public`](jumpqr_core::preflight::is_public), and so are ports other than those of http and
//! https, and prefixes with a password. [`PreflightOptions`] permits the first two. One look uses
//! at most 9 threads.

mod address;
mod cancelled;
mod clock;
mod exchange;
mod look;
mod options;
mod resolve;
mod socket;
mod tls;
mod tls_failure;
mod worker;

pub use cancelled::Cancelled;
pub use look::{look, look_once, look_with};
pub use options::PreflightOptions;
pub use resolve::{Resolve, SystemResolver};
