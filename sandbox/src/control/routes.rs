//! The table of the control endpoints. Requests over HTTP, [`Sandbox::control`](crate::Sandbox),
//! `GET /sandbox` and the table in `sandbox/README.md` are made from it.
//!
//! # To add an endpoint
//!
//! 1. Add an entry to [`ROUTES`]: a doc comment, the method, the template of the path, and a closure
//!    that gets WeChat, the JSON body and the `{parameters}` of the template, in their order. The
//!    doc comment is the text in the README and in `GET /sandbox`. Without it, the entry does not
//!    compile. If the closure has more or fewer parameters than the template, the test
//!    `every_route_is_called_with_its_parameters` fails.
//! 2. If the closure is longer than a call, write a function in the file of its object, e.g.
//!    `accounts.rs`. [`parse`] makes the body into any type of serde. The answer may be any type of
//!    serde; `()` becomes `{}`. What changes the state and is not about JSON is a method of `State`.
//! 3. Write the README's table: `JUMPQR_WRITE_DOCS=1 cargo test -p jumpqr-sandbox --lib routes`.
//!    Without it, the test `the_readme_has_the_table` fails.
//! 4. Test the endpoint in `tests/wechat/control.rs`.
//! 5. If Rust, Python and Node are to have a method for it, add it to `Sandbox` in `sandbox.rs`, to
//!    `python/src/sandbox.rs` with its type in `_jumpqr.pyi`, and to `node/src/sandbox.rs`,
//!    `node/testing.js` and `node/testing.d.ts`, with the same name.

use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    accounts, change, clock, describe, faults, file_fetch, killed, links, merchants, parse,
    platforms, pushes, rules, to_json, verification_files,
};
use crate::error::SandboxError;
use crate::wechat::WeChat;

/// A control endpoint.
#[derive(Serialize)]
pub(super) struct Route {
    method: &'static str,
    /// The path, with a `{name}` for each parameter.
    #[serde(rename = "path")]
    template: &'static str,
    /// What it does, in Markdown.
    does: &'static str,
    #[serde(skip)]
    handler: fn(&mut WeChat, Value, &[&str]) -> Result<Value, SandboxError>,
}

/// Makes a [`Route`] of each entry. The doc comment becomes the description.
macro_rules! routes {
    ($(
        $(#[doc = $does:literal])*
        $method:ident $template:literal
            |$state:pat_param, $body:pat_param $(, $parameter:ident)*| $answer:expr;
    )+) => {
        &[$(Route {
            method: stringify!($method),
            template: $template,
            does: {
                const DOES: &str = concat!($($does),*).trim_ascii_start();
                assert!(!DOES.is_empty(), "a route needs a doc comment");
                DOES
            },
            handler: |$state, $body, parameters| {
                let [$($parameter),*] = parameters else {
                    return Err(wrong_parameters($template));
                };
                respond($answer)
            },
        }),+]
    };
}

pub(super) const ROUTES: &[Route] = routes! {
    /// describes the sandbox: accounts, interfaces, endpoints
    GET "/sandbox"
        |_, _| Ok(describe());
    /// resets to the initial state: accounts, platforms, tickets, authorisations, links, limits,
    /// token succession and clock as built; no rules, tokens, faults, requests or pushes, but the
    /// first ticket is pushed again
    POST "/sandbox/reset"
        |wechat, _| { wechat.reset(); Ok(()) };
    /// lists all accounts, with their verification files, without secrets
    GET "/sandbox/accounts"
        |wechat, _| Ok(accounts::list(&wechat.state));
    /// returns one account
    GET "/sandbox/accounts/{appid}"
        |wechat, _, appid| accounts::get(&wechat.state, appid);
    /// adds an account: `kind` (`mini_program` or `service_account`), `secret`. Or changes the
    /// given fields: `secret`, `nickname`, `permission_sets`, `personal`, `verify_type`,
    /// `account_status`, `released`, `qrcodejump_open`, `token_lifetime_seconds`
    PUT "/sandbox/accounts/{appid}"
        |wechat, body, appid| {
            accounts::put(&mut wechat.state, appid, parse(body)?)?;
            accounts::get(&wechat.state, appid)
        };
    /// removes an account with its rules, links, authorisations and tokens
    DELETE "/sandbox/accounts/{appid}"
        |wechat, _, appid| wechat.state.remove_account(appid);
    /// issues a token. It is not counted, and it supersedes no token
    POST "/sandbox/accounts/{appid}/tokens"
        |wechat, _, appid| accounts::issue_token(&mut wechat.state, appid);
    /// kills all tokens of the account: 40001
    DELETE "/sandbox/accounts/{appid}/tokens"
        |wechat, _, appid| killed(wechat.state.kill_tokens(appid));
    /// lists the rules that the account's token added
    GET "/sandbox/accounts/{appid}/rules"
        |wechat, _, appid| rules::list(&wechat.state, appid);
    /// puts a rule without checks: `prefix`, `path`, and optionally `state`, `open_version`,
    /// `permit_sub_rule`, `debug_url`, `damaged`; for a service account `appid`
    PUT "/sandbox/accounts/{appid}/rules"
        |wechat, body, appid| rules::put(&mut wechat.state, appid, parse(body)?);
    /// removes all rules of the account
    DELETE "/sandbox/accounts/{appid}/rules"
        |wechat, _, appid| rules::delete(&mut wechat.state, appid);
    /// returns where the account's verification files are
    GET "/sandbox/accounts/{appid}/verification_files"
        |wechat, _, appid| verification_files::get(&wechat.state, appid);
    /// sets where the files are: `{"URL": "content", …}`. Without the right file, adding a rule
    /// gets 85069. Then nothing is fetched
    PUT "/sandbox/accounts/{appid}/verification_files"
        |wechat, body, appid| verification_files::put(&mut wechat.state, appid, Some(parse(body)?));
    /// lets every URL have the right file again, as at the start
    DELETE "/sandbox/accounts/{appid}/verification_files"
        |wechat, _, appid| verification_files::put(&mut wechat.state, appid, None);
    /// returns whether and how the account's verification file is really `fetched`
    GET "/sandbox/accounts/{appid}/file_fetch"
        |wechat, _, appid| file_fetch::get(&wechat.state, appid);
    /// really fetches the file from [your web server](#with-your-web-server) when a rule is added:
    /// `connect_to` (`["127.0.0.1:8080"]`: that address instead of the one of DNS), `timeout_ms`
    /// (6000), `allow_private` (false: an address of DNS must be public), `extra_tls_roots` (PEM,
    /// with `connect_to`). Without the file, adding a rule gets 85069
    PUT "/sandbox/accounts/{appid}/file_fetch"
        |wechat, body, appid| file_fetch::put(&mut wechat.state, appid, parse(body)?);
    /// fetches nothing, and lets every URL have the right file again
    DELETE "/sandbox/accounts/{appid}/file_fetch"
        |wechat, _, appid| file_fetch::delete(&mut wechat.state, appid);
    /// lists all third-party platforms, without secrets
    GET "/sandbox/platforms"
        |wechat, _| Ok(platforms::list(&wechat.state));
    /// returns one platform
    GET "/sandbox/platforms/{component_appid}"
        |wechat, _, component_appid| platforms::get(&wechat.state, component_appid);
    /// adds a platform: `component_appsecret`. Or changes the given fields: `component_appsecret`,
    /// `token_lifetime_seconds` (of its component tokens), and those of [the pushes](#pushes):
    /// `push_url` (`""`: no pushes), `message_token`, `encoding_aes_key`, `encoding_aes_key_former`.
    /// If the `encoding_aes_key` changes, the one before becomes the former
    PUT "/sandbox/platforms/{component_appid}"
        |wechat, body, component_appid|
            platforms::put(&mut wechat.state, component_appid, parse(body)?);
    /// removes a platform with its tickets, authorisations and tokens
    DELETE "/sandbox/platforms/{component_appid}"
        |wechat, _, component_appid| wechat.state.remove_platform(component_appid);
    /// returns the `component_verify_ticket` of the last push, and how long it is still valid
    /// (`expires_in`, seconds). There is a push every 10 minutes of the sandbox's time, alternately
    /// with a new ticket and with the same ticket again
    GET "/sandbox/platforms/{component_appid}/ticket"
        |wechat, _, component_appid| platforms::ticket(&mut wechat.state, component_appid);
    /// pushes a new ticket now, or with `{"again": true}` the last ticket again. Earlier tickets
    /// stay valid
    POST "/sandbox/platforms/{component_appid}/ticket"
        |wechat, body, component_appid|
            platforms::push_ticket(&mut wechat.state, component_appid, &parse(body)?);
    /// stops the pushes of tickets with `{"paused": true}`, as WeChat does if the platform's address
    /// does not answer. With false, or after a call of `api_start_push_ticket`, they go on
    PUT "/sandbox/platforms/{component_appid}/ticket"
        |wechat, body, component_appid|
            platforms::pause_tickets(&mut wechat.state, component_appid, &parse(body)?);
    /// pushes a wrong or repeated event to the platform's `push_url`, as `order` says:
    /// `wrong_signature`, `former_key`, `doubled`, `out_of_order`, `oversized`, `doctype`. It is the
    /// last event of the merchant `authorizer_appid`, or without it the last ticket
    POST "/sandbox/platforms/{component_appid}/pushes"
        |wechat, body, component_appid|
            pushes::order(&mut wechat.state, component_appid, &parse(body)?);
    /// kills all component tokens of the platform: 40001. The tokens of its merchants stay valid
    DELETE "/sandbox/platforms/{component_appid}/tokens"
        |wechat, _, component_appid| killed(wechat.state.kill_component_tokens(component_appid));
    /// gives every merchant of the platform a new refresh token. Returns how many were `rotated`. The
    /// old ones die as `old_refresh_token` says, and with `stays` at once
    POST "/sandbox/platforms/{component_appid}/refresh_tokens"
        |wechat, _, component_appid| {
            let rotated = wechat.state.rotate_refresh_tokens(component_appid)?;
            Ok(json!({ "rotated": rotated }))
        };
    /// lists the accounts that have authorised the platform, with their permission sets
    GET "/sandbox/platforms/{component_appid}/authorizers"
        |wechat, _, component_appid| merchants::list(&wechat.state, component_appid);
    /// authorises the platform for many accounts at once, or for none if one entry is wrong:
    /// `{"appid": {"kind": …, "permission_sets": …}, …}`. Returns an array
    PUT "/sandbox/platforms/{component_appid}/authorizers"
        |wechat, body, component_appid|
            merchants::put_all(&mut wechat.state, component_appid, parse(body)?);
    /// authorises the platform for the account, for the first time or again. Returns an
    /// `authorizer_refresh_token`; earlier ones are dead. `permission_sets`: the authorised
    /// permission sets. Without it, they stay as they are; the first time, the platform gets all of
    /// the account's. `kind` (`mini_program` or `service_account`): adds an unknown account, with a
    /// random secret. `exchanged` (true): with false, the platform does not know the refresh token
    /// yet. Then this returns an `authorization_code`, which works for 600 s like the one of a
    /// redirect, and the `event` that WeChat pushes, or null if it pushes none
    PUT "/sandbox/platforms/{component_appid}/authorizers/{appid}"
        |wechat, body, component_appid, appid|
            merchants::put(&mut wechat.state, component_appid, appid, parse(body)?);
    /// revokes the authorisation: 61003. Returns the `event` that WeChat pushes
    DELETE "/sandbox/platforms/{component_appid}/authorizers/{appid}"
        |wechat, _, component_appid, appid|
            merchants::delete(&mut wechat.state, component_appid, appid);
    /// returns what happens to a token when the next one is issued
    GET "/sandbox/tokens"
        |wechat, _| Ok(wechat.state.succession);
    /// changes what happens to a token when the next one is issued. `overlap_seconds` (300): how
    /// long a superseded token of `token`, `api_component_token` or `api_authorizer_token` still
    /// works. `kill_old_at_once` (false): every superseded token dies at once, including a token of
    /// `stable_token`. `old_refresh_token` of a merchant: with `stays` (the default), the response
    /// has the same refresh token, and it keeps working. Otherwise the response has a new one, and
    /// the old one `dies_at_once`, `dies_at_first_use` of an access token that was issued with a
    /// later one, or `dies_after_five_minutes`
    PUT "/sandbox/tokens"
        |wechat, body| change(&mut wechat.state.succession, body);
    /// lists all links of service accounts and Mini Programs
    GET "/sandbox/links"
        |wechat, _| Ok(links::list(&wechat.state));
    /// sets one link: `service_account`, `mini_program`, `status` (1 linked, 2 waiting for the Mini
    /// Program's administrator, 3 refused, 12 waiting for the account's administrator, null removes
    /// it)
    PUT "/sandbox/links"
        |wechat, body| links::put(&mut wechat.state, &parse(body)?);
    /// confirms a request for a link or for its end, as the administrator who decides next:
    /// `service_account`, `mini_program`
    POST "/sandbox/links/confirm"
        |wechat, body| links::decide(&mut wechat.state, parse(body)?, true);
    /// refuses a request for a link or for its end, as the administrator who decides next:
    /// `service_account`, `mini_program`
    POST "/sandbox/links/refuse"
        |wechat, body| links::decide(&mut wechat.state, parse(body)?, false);
    /// returns the domains without ICP filing, and the blacklist
    GET "/sandbox/web"
        |wechat, _| Ok(&wechat.state.web);
    /// sets these lists: `not_filed` (domains without ICP filing, including subdomains: 85076),
    /// `blacklist` (prefixes: 85070)
    PUT "/sandbox/web"
        |wechat, body| { wechat.state.web = parse(body)?; Ok(&wechat.state.web) };
    /// returns the limits of every account
    GET "/sandbox/limits"
        |wechat, _| Ok(wechat.state.limits);
    /// changes the given limits: `rules`, `debug_urls`, `publishes_per_month`, `calls_per_second`,
    /// `calls_per_day`,
    /// `service_account_rules`, `service_account_calls_per_minute`, `token_calls_per_day`,
    /// `stable_token_calls_per_minute`, `stable_token_calls_per_day`, `force_refreshes_per_day`,
    /// `quota_clears_per_month`
    PUT "/sandbox/limits"
        |wechat, body| change(&mut wechat.state.limits, body);
    /// returns the sandbox's time
    GET "/sandbox/clock"
        |wechat, _| Ok(clock::get(&wechat.state));
    /// moves the clock by `advance_seconds` (may be a fraction), and stops it or lets it run with
    /// `frozen`
    POST "/sandbox/clock"
        |wechat, body| clock::set(&mut wechat.state, &parse(body)?);
    /// lists the pending faults
    GET "/sandbox/faults"
        |wechat, _| Ok(&wechat.faults);
    /// injects a fault. Returns its `id`
    POST "/sandbox/faults"
        |wechat, body| faults::inject(wechat, parse(body)?);
    /// removes all faults
    DELETE "/sandbox/faults"
        |wechat, _| { wechat.faults.clear(); Ok(()) };
    /// removes one fault
    DELETE "/sandbox/faults/{id}"
        |wechat, _, id| faults::remove(wechat, id);
    /// lists the latest requests, up to 10,000 requests or 64 MiB: interface, method, path, names
    /// of the query fields, headers, body; and what was answered: `errcode` (0 for success, null if
    /// a fault replaced the response), `errmsg`, and [the `reason`](#reasons). Tokens and secrets
    /// are redacted. A text under 8 bytes counts as a secret only in a field that holds one
    GET "/sandbox/requests"
        |wechat, _| Ok(&wechat.state.journal.requests);
    /// deletes the recorded requests, and sets the counters to 0
    DELETE "/sandbox/requests"
        |wechat, _| { wechat.state.journal.clear(); Ok(()) };
    /// returns how many pushes to platforms are `pending`, and the latest 10,000 `pushes` that were
    /// sent, with what was answered: HTTP status, body, and whether it was exactly `success`
    GET "/sandbox/pushes"
        |wechat, _| Ok(pushes::get(&wechat.state));
    /// deletes the recorded pushes
    DELETE "/sandbox/pushes"
        |wechat, _| { wechat.state.pushes.recorded.clear(); Ok(()) };
    /// returns the numbers of requests: by interface (`calls`), to unknown paths (`unknown_paths`),
    /// with tokens
    /// (`business_calls`) and for tokens (`token_calls`, and by appid and interface
    /// `token_calls_by_appid`). For platforms: by component_appid and interface (`platform_calls`),
    /// and for merchants' tokens by component_appid and appid (`authorizer_token_calls`). Also the
    /// new tokens by interface (`tokens_issued`) and the TCP connections (`connections`)
    GET "/sandbox/counters"
        |wechat, _| Ok(&wechat.state.journal.counters);
};

/// Calls the endpoint with this method and path.
pub(crate) fn dispatch(
    wechat: &mut WeChat,
    method: &str,
    path: &str,
    body: Value,
) -> Result<Value, SandboxError> {
    let path = path.trim_end_matches('/');
    let segments: Vec<_> = path
        .split('/')
        .map(|segment| percent_decode_str(segment).decode_utf8_lossy())
        .collect();
    let found: Vec<_> = ROUTES
        .iter()
        .filter_map(|route| Some((route, match_template(route.template, &segments)?)))
        .collect();
    if let Some((route, parameters)) = found.iter().find(|(route, _)| route.method == method) {
        return (route.handler)(wechat, body, parameters);
    }
    if found.is_empty() {
        return Err(SandboxError::NotFound(format!(
            "there is nothing at {path}; GET /sandbox lists the endpoints"
        )));
    }
    let methods: Vec<_> = found.iter().map(|(route, _)| route.method).collect();
    Err(SandboxError::WrongMethod(format!(
        "{path} does not take {method}; it takes {}",
        methods.join(", ")
    )))
}

/// Returns the parameters of a path, or `None` if it does not match the template.
fn match_template<'a>(template: &str, segments: &'a [impl AsRef<str>]) -> Option<Vec<&'a str>> {
    if template.split('/').count() != segments.len() {
        return None;
    }
    let mut parameters = Vec::new();
    for (expected, segment) in template.split('/').zip(segments) {
        if expected.starts_with('{') {
            parameters.push(segment.as_ref());
        } else if expected != segment.as_ref() {
            return None;
        }
    }
    Some(parameters)
}

fn respond(answer: Result<impl Serialize, SandboxError>) -> Result<Value, SandboxError> {
    to_json(&answer?).map(null_to_object)
}

fn null_to_object(answer: Value) -> Value {
    if answer.is_null() { json!({}) } else { answer }
}

#[cold]
fn wrong_parameters(template: &str) -> SandboxError {
    SandboxError::NotFound(format!("{template} has other parameters than its handler"))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;
    use std::path::Path;
    use std::{env, fs};

    use super::*;
    use crate::state::State;

    fn call(method: &str, path: &str, body: Value) -> Result<Value, SandboxError> {
        let mut wechat = WeChat::new(State::default());
        dispatch(&mut wechat, method, path, body)
    }

    #[test]
    fn every_route_is_called_with_its_parameters() {
        for Route {
            method, template, ..
        } in ROUTES
        {
            if let Err(error) = call(method, template, Value::Null) {
                let text = error.to_string();
                assert_ne!(error.http_status(), 405, "{method} {template}: {text}");
                assert!(!text.contains("nothing at"), "{method} {template}: {text}");
                assert!(!text.contains("parameters"), "{method} {template}: {text}");
            }
        }
    }

    #[test]
    fn parameters_are_percent_decoded_once() {
        let put = json!({"kind": "mini_program", "secret": "s"});
        let account = call("PUT", "/sandbox/accounts/a%2F%2525", put).unwrap();
        assert_eq!(account["appid"], "a/%25");
    }

    #[test]
    fn an_unknown_path_is_not_found_and_another_method_is_refused() {
        for path in [
            "",
            "/",
            "/sandbox/nothing",
            "/sandbox/accounts/a/b",
            "/x/sandbox",
        ] {
            let error = call("GET", path, Value::Null).unwrap_err();
            assert!(
                matches!(error, SandboxError::NotFound(_)),
                "{path}: {error}"
            );
        }
        let error = call("PATCH", "/sandbox/accounts/wx1/", Value::Null).unwrap_err();
        assert_eq!(error.http_status(), 405);
        assert_eq!(
            error.to_string(),
            "/sandbox/accounts/wx1 does not take PATCH; it takes GET, PUT, DELETE"
        );
    }

    #[test]
    fn the_readme_has_the_table() {
        const BEGIN: &str = "<!-- BEGIN generated from control/routes.rs -->\n";
        const END: &str = "<!-- END generated -->";
        let mut table = "| endpoint | what it does |\n|---|---|\n".to_owned();
        for Route {
            method,
            template,
            does,
            ..
        } in ROUTES
        {
            writeln!(table, "| `{method} {template}` | {does} |").unwrap();
        }
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
        let readme = fs::read_to_string(&path).unwrap();
        let (before, rest) = readme.split_once(BEGIN).unwrap();
        let (found, after) = rest.split_once(END).unwrap();
        if env::var_os("JUMPQR_WRITE_DOCS").is_some() {
            fs::write(&path, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
            return;
        }
        assert!(
            found == table,
            "the table in sandbox/README.md differs from the routes. To update it:\n  \
             JUMPQR_WRITE_DOCS=1 cargo test -p jumpqr-sandbox --lib routes"
        );
    }
}
