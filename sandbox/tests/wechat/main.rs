//! The sandbox as a client sees it: one file a capability.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test that meets the unexpected fails"
)]

mod add_ordinary_link;
mod add_service_account;
mod authorizer_list;
mod caller;
mod control;
mod faults;
mod get;
mod inspection;
mod lifecycle;
mod link;
mod pace;
mod platform;
mod platform_caller;
mod platform_control;
mod platform_inspection;
#[cfg(feature = "proxy")]
mod proxy;
mod publish_and_delete;
mod real_samples;
mod refresh_tokens;
mod requests;
mod succession;
mod tokens;
mod web_page;
mod wire;
