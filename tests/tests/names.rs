//! Rust has the public names of `names.json`, and no others in the tables below.
//!
//! The tables name items, so this file does not compile if one of them is gone.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use jumpqr::errcode::Reaction;
use jumpqr::interface::{
    ApiQuota, ComponentTokenField, Confirmation, GetJumpQRCode, JumpQRCodeList, LinkStatus,
    LinkedMiniprogram, RidInfo, TicketPushes, WxaMpLinkGet,
};
use jumpqr::matching::{Mismatch, Obstacle, RuleSet};
use jumpqr::preflight::{Preflight, PreflightOptions, PreflightVerdict};
use jumpqr::push::{Push, Receiver};
use jumpqr::readiness::{Mode, Severity, Verdict};
use jumpqr::rule::RuleState;
use jumpqr::settings::IpVersion;
use jumpqr::settings::TokenInterface;
use jumpqr::settings::{Owner, SETTINGS};
use jumpqr::tokens::TokenState;
use jumpqr::{AuthType, AuthorizedMerchant, Client, Device, Edit, ErrorKind, Handled, OpenVersion};
use jumpqr::{Outcome, PermitSubRule, Platform, Result, Rule, RuleKey};
use jumpqr_sandbox::{Effect, Sandbox};
use jumpqr_tests::names::{NamesVector, PublicNames, names_in_rust};
use jumpqr_tests::{VectorFile, count, load};
use serde_json::json;

type Names = BTreeSet<String>;

/// Imports items, and returns their names.
macro_rules! items {
    ($($(::$module:ident)? { $($item:ident),+ $(,)? },)+) => {{
        $({
            #[expect(unused_imports, reason = "if an item is gone, this does not compile")]
            use jumpqr$(::$module)?::{$($item),+};
        })+
        Names::from([$($(stringify!($item).to_owned()),+),+])
    }};
}

/// Returns the names of methods, each after its type. If a method has a parameter of any type, its
/// signature follows.
macro_rules! methods {
    ($($type:ident { $($method:ident $(as $signature:ty)?),+ $(,)? },)+) => {{
        $($(let _ = <$type>::$method $(as $signature)?;)+)+
        Names::from([$($(format!("{}::{}", stringify!($type), stringify!($method))),+),+])
    }};
}

/// Returns the names of all members of enums, each after its enum.
macro_rules! members {
    ($($enum:ident),+ $(,)?) => {{
        let mut members = Names::new();
        $(members.extend($enum::ALL.iter().map(|member| {
            format!("{}::{}", stringify!($enum), member.name().replace(' ', "_"))
        }));)+
        members
    }};
}

fn types() -> Names {
    items! {
        {
            AuthorizedMerchant, Client, ErrCode, Handled, OrdinaryLinkRule, Platform, Rule,
            ServiceAccountRule,
        },
        ::call { Attempt, CallEvent },
        ::check { CheckReport, Finding },
        ::interface {
            ApiQuota, ConfirmInfo, DailyQuota, FuncInfo, IpList, JumpQRCodeList, LinkedMiniprogram,
            ListedAuthorizer, ListedRule, RateLimit, RidInfo, VerificationFile,
        },
        ::matching { LinkMatch, RuleSet },
        ::preflight { Preflight, PreflightFinding },
        ::push { Push, Receiver },
        ::readiness { Readiness, ReadinessFinding },
        ::tokens { TokenStatus },
    }
}

fn functions() -> Names {
    items! {
        ::interface { check_call },
        ::mapping { parse_document },
        ::matching { launch_query, nearest_prefix, occupies, undocumented_equivalence },
        ::names { names },
    }
}

fn methods() -> Names {
    methods! {
        Client {
            add_jump_qr_code as fn(&Client, Rule, Edit) -> Result<Confirmation>,
            get_jump_qr_code as fn(&Client, GetJumpQRCode) -> Result<JumpQRCodeList>,
            publish_jump_qr_code as fn(&Client, RuleKey) -> Result<Confirmation>,
            delete_jump_qr_code as fn(&Client, RuleKey) -> Result<Confirmation>,
            download_qr_code_text,
            link_miniprogram,
            wxamplinkget,
            unlink_miniprogram as fn(&Client, String) -> Result<Confirmation>,
            get_callback_ip,
            get_api_domain_ip,
            get_api_quota as fn(&Client, String) -> Result<ApiQuota>,
            get_rid_info as fn(&Client, String) -> Result<RidInfo>,
            clear_quota as fn(&Client, String) -> Result<Confirmation>,
            clear_quota_by_app_secret,
            call as fn(&Client, WxaMpLinkGet) -> Result<Vec<LinkedMiniprogram>>,
            call_raw,
            preflight as fn(&Client, RuleKey, &PreflightOptions) -> Result<Preflight>,
            rules,
            token_status,
        },
        Platform {
            call_raw,
            set_verify_ticket as fn(&Platform, &'static str) -> Result<()>,
            set_authorizer_refresh_token as fn(&Platform, &'static str, &'static str) -> Result<()>,
            merchant,
            token_status,
            handle,
            authorization_url,
            exchange as fn(&Platform, &'static str) -> Result<AuthorizedMerchant>,
            forget,
            merchants,
            readiness,
            authorizer_info,
            component_access_token,
            start_push_ticket,
        },
        Receiver { receive, verify_url },
        Push { encrypt_reply },
        Handled { encrypt_reply, finish },
        RuleSet { match_url, explain },
    }
}

fn sandbox() -> Names {
    methods! {
        Sandbox {
            base_url, mini_program, service_account, component, inject, clear_faults, access_token,
            kill_tokens, verify_ticket, authorize, put_account, fetch_file, rules, requests,
            counters, advance, reset, control, stop, pushes, pending_pushes, order_push,
        },
    }
}

fn members() -> Names {
    members! {
        AuthType, ComponentTokenField, Confirmation, Device, Edit, ErrorKind, IpVersion, LinkStatus,
        Mismatch, Mode, Obstacle, OpenVersion, Outcome, PermitSubRule, PreflightVerdict, Reaction, RuleState, Severity,
        TicketPushes, TokenInterface, TokenState, Verdict,
    }
}

fn settings() -> Names {
    let settings = SETTINGS.iter();
    settings
        .map(|setting| match setting.owner {
            Owner::Client => format!("Client::{}", setting.name),
            Owner::Platform => format!("Platform::{}", setting.name),
            Owner::Both | Owner::Threads => setting.name.to_owned(),
        })
        .collect()
}

/// Returns the faults that the error about an unknown fault lists.
fn faults() -> Names {
    let unknown = serde_json::from_value::<Effect>(json!({"fault": "?"}));
    let error = unknown.unwrap_err().to_string();
    let (_, known) = error.split_once("expected one of ").unwrap();
    known
        .split(", ")
        .map(|name| name.replace('`', ""))
        .collect()
}

#[test]
fn the_file_has_the_names_of_rust() {
    let file: PublicNames = load().unwrap();
    let tables: [(&str, &[NamesVector], Names); 8] = [
        ("types", &file.types, types()),
        ("functions", &file.functions, functions()),
        ("methods", &file.methods, methods()),
        ("enums", &file.enums, members()),
        ("exceptions", &file.exceptions, Names::new()),
        ("faults", &file.faults, faults()),
        ("settings", &file.settings, settings()),
        ("sandbox", &file.sandbox, sandbox()),
    ];
    for (table, vectors, found) in tables {
        let expected = names_in_rust(vectors);
        let missing: Vec<_> = expected.difference(&found).collect();
        let extra: Vec<_> = found.difference(&expected).collect();
        assert!(
            missing.is_empty() && extra.is_empty(),
            "{table} of names.json: Rust lacks {missing:?}, and the file lacks {extra:?}"
        );
    }
    count::<PublicNames>(file.names().len());
}
