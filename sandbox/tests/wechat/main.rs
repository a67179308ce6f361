//! The sandbox as a client sees it: each file has the name of the source file that it tests.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test that meets the unexpected fails"
)]

mod add_jump_qr_code;
mod api_authorizer_token;
mod api_component_token;
mod api_create_preauthcode;
mod api_get_authorizer_info;
mod api_get_authorizer_list;
mod api_query_auth;
mod api_start_push_ticket;
mod authorization;
mod authorization_page;
mod caller;
mod clear_component_quota_by_app_secret;
mod clear_quota;
mod control;
mod delete_jump_qr_code;
mod download_qr_code_text;
mod fault;
mod file_fetch;
mod get_api_quota;
mod get_jump_qr_code;
mod get_rid_info;
mod ip_list;
mod journal;
mod links;
mod merchants;
mod platform_caller;
#[cfg(feature = "proxy")]
mod proxy;
mod publish_jump_qr_code;
mod push;
mod real_samples;
mod redaction;
mod response;
mod sandbox;
mod serve;
mod succession;
mod tickets;
mod tokens;
mod usage;
mod web_page;
