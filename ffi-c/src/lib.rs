//! The C library: it converts and calls, and decides nothing. The rules for callers are in
//! `README.md`.
//!
//! Each object has one file. No panic crosses into C: the body of every export is one call of
//! [`guard`](guard::guard), [`attempt`](error::attempt) or a guard made of `attempt`. The
//! comments of the exports and of the public types are the documentation in the header.
#![expect(non_camel_case_types, reason = "types have the names that C uses")]

mod api_quota;
mod argument;
mod authorization_link;
mod authorized_merchant;
mod bytes;
mod call_event;
mod check_report;
mod client;
mod client_config;
mod errcode;
mod error;
mod explanation;
mod finding;
mod func_info;
mod guard;
mod interface;
mod ip_list;
mod jump_qr_code_list;
mod link_match;
mod linked_miniprograms;
mod listed_authorizer;
mod listed_rule;
mod matching;
mod merchants;
mod names;
mod object;
mod ordinary_link_rule;
mod platform;
mod preflight;
mod push;
mod qr;
mod raw_call;
mod readiness;
mod readiness_finding;
mod receiver;
mod receiver_config;
mod rid_info;
mod rule;
mod rule_set;
mod rules;
mod service_account_rule;
mod status;
mod string;
#[cfg(feature = "test-hooks")]
mod test_panic;
mod text;
mod token_function;
mod token_status;
#[cfg(any(target_os = "linux", target_os = "macos"))]
mod uncancelled;
mod value;
mod verification_file;
mod version;
mod versioned;

pub use api_quota::*;
pub use authorization_link::*;
pub use authorized_merchant::*;
pub use bytes::*;
pub use call_event::*;
pub use check_report::*;
pub use client::*;
pub use client_config::*;
pub use errcode::*;
pub use error::*;
pub use explanation::*;
pub use finding::*;
pub use func_info::*;
pub use interface::*;
pub use ip_list::*;
pub use jump_qr_code_list::*;
pub use link_match::*;
pub use linked_miniprograms::*;
pub use listed_authorizer::*;
pub use listed_rule::*;
pub use matching::*;
pub use merchants::*;
pub use names::*;
pub use ordinary_link_rule::*;
pub use platform::*;
pub use preflight::*;
pub use push::*;
pub use qr::*;
pub use raw_call::*;
pub use readiness::*;
pub use readiness_finding::*;
pub use receiver::*;
pub use receiver_config::*;
pub use rid_info::*;
pub use rule::*;
pub use rule_set::*;
pub use rules::*;
pub use service_account_rule::*;
pub use status::*;
pub use string::*;
#[cfg(feature = "test-hooks")]
pub use test_panic::*;
pub use text::*;
pub use token_function::*;
pub use token_status::*;
pub use value::*;
pub use verification_file::*;
pub use version::*;

use error::{attempt, find, present, produce};
use guard::{Nothing, guard};
use text::Text;
