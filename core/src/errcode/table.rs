//! The table of error codes. The numbers come from the official pages of `addJumpQRCode` and its
//! siblings, and from WeChat's global return codes. Meanings and remedies also come from reports of
//! developers and of WeChat's staff.
//!
//! If a fact is not on the page of the interface, a comment gives its source: `[O]` another official
//! page, `[OC]` WeChat's staff in the developer community, `[D]` a developer's report. Without a
//! source, the comment says what was seen, and when.

use core::time::Duration;

use super::{ErrCode, Reaction, Subject};
use crate::kind::ErrorKind::{
    self, Busy, Credentials, Invalid, Permission, Quota, RateLimited, State,
};

/// The reaction, and the seconds between the response with the code and the next request.
type Next = (Reaction, u64);

const FIX: Next = (Reaction::Fix, 0);
const RENEW: Next = (Reaction::Renew, 0);
const STOP: Next = (Reaction::Stop, 0);
const READ_BACK: Next = (Reaction::ReadBack, 0);
const SECOND: Next = (Reaction::Wait, 1);
const MINUTE: Next = (Reaction::Wait, 60);

/// WeChat's text of two codes.
const IP_NOT_REGISTERED: &str = "access clientip is not registered";

/// The meaning of two codes.
const NOT_IN_WHITELIST: &str =
    "The IP address that the call came from is not in the account's whitelist.";

/// The meaning of two codes.
const DAY_USED_UP: &str = "The calls of the day are used up.";

/// The advice of two codes.
const READ_CONSOLE: &str =
    "Read the messages on the console and follow them; calling again does not help.";

/// Sources: [O] the pages of component_verify_ticket, of api_start_push_ticket, and of the alarms
/// for pushes.
pub(crate) const ON_MISSING_TICKET: &str = "\
    Wait for the next push, which comes every 10 minutes, and pass it to handle, which stores its \
    component_verify_ticket. If your own program decrypts the pushes, pass the ticket to \
    set_verify_ticket. If no push comes, check that the platform's address for authorisation events \
    can be reached on port 80 or 443, and answers each push within 5 seconds with HTTP 200 and the \
    body `success`; then restart the pushes: POST /cgi-bin/component/api_start_push_ticket with \
    component_appid and component_secret.";

const fn code(
    number: i64,
    name: &'static str,
    errmsg: &'static str,
    (kind, (reaction, seconds)): (ErrorKind, Next),
    meaning: &'static str,
    advice: &'static str,
) -> ErrCode {
    ErrCode {
        number,
        name,
        errmsg,
        kind,
        reaction,
        wait: Duration::from_secs(seconds),
        retryable: matches!(reaction, Reaction::Wait | Reaction::ReadBack),
        meaning,
        advice,
        subject: None,
    }
}

impl ErrCode {
    const fn about(mut self, subject: Subject) -> Self {
        self.subject = Some(subject);
        self
    }
}

/// In ascending order of the numbers: the look-up is a binary search.
#[rustfmt::skip]
pub(super) const TABLE: &[ErrCode] = &[
    code(-1, "system_error", "system error", (Busy, READ_BACK),
        "WeChat is busy; the change may nevertheless have been applied.",
        "Read the rule back with getJumpQRCode, and send again only if it does not stand as asked."),
    // [O] the page of linkMiniprogram; [D] the text is empty, and 1005 also came after more than 3
    // Mini Programs of other entities.
    code(1003, "admin_account_limit", "", (State, FIX),
        "The administrator of the account is bound to as many accounts as one person may be.",
        "The administrator unbinds an account with the security assistant of WeChat's console (公众平台安全助手); then call again."),
    code(1005, "admin_phone_limit", "", (State, FIX),
        "The administrator's telephone number is bound to as many accounts as one number may be.",
        "The administrator unbinds an account with the security assistant of WeChat's console (公众平台安全助手); then call again. If it stays, unlink Mini Programs of other entities from the service account."),
    code(40001, "invalid_credential", "invalid credential, access_token is invalid or not latest", (Credentials, RENEW),
        "The access token is invalid, or not the latest: another process may have fetched a newer one.",
        "Get a newer token once; let one process, or one shared store, fetch tokens. If it stays, check that appid and secret belong together."),
    code(40002, "invalid_grant_type", "invalid grant_type", (Invalid, STOP),
        "The grant_type of a token request is not the one that the interface takes.",
        "Send `client_credential`; jumpqr does."),
    code(40013, "invalid_appid", "invalid appid", (Credentials, FIX),
        "There is no account with this appid.",
        "Copy the appid from the console: `wx` and 16 characters, in the right case, with no spaces."),
    code(40014, "invalid_access_token", "invalid access_token", (Credentials, RENEW),
        "The access token is not a valid one.",
        "Get a new token once; if you pass tokens on, check that yours arrives whole (up to 512 characters)."),
    code(40033, "invalid_charset", "invalid charset", (Invalid, STOP),
        "The request body has `\\u` escapes where raw UTF-8 is asked for.",
        "Send non-ASCII characters as raw UTF-8."),
    code(40035, "invalid_parameter", "invalid parameter", (Invalid, STOP),
        "A parameter is not one that the interface takes.",
        "Compare the request with the interface's table of parameters."),
    code(40066, "invalid_url", "invalid url", (Invalid, STOP),
        "The URL called, or one in the request, is not valid.",
        "Check the base URL and the URLs in the request."),
    code(40097, "invalid_args", "invalid args", (Invalid, STOP),
        "An argument is wrong, or there is no such rule, or it is published and cannot be changed in this way.",
        "Check the fields, and with getJumpQRCode that the rule exists. A published service-account rule cannot be modified; of a published ordinary-link rule only open_version, permit_sub_rule and debug_url can: delete it, add it again, publish it."),
    code(40125, "invalid_appsecret", "invalid appsecret", (Credentials, FIX),
        "The appsecret is wrong.",
        "Copy the secret from the console; one that was reset is no longer valid."),
    code(40164, "ip_not_in_whitelist", "invalid ip, not in whitelist", (Permission, FIX),
        NOT_IN_WHITELIST,
        // [OC] 10 minutes.
        "Add the address to the IP whitelist of this account on its console; it takes effect within 10 minutes. If it is on the list already, check that the appid is of the same account. Calls through a NAT may come from several addresses: add each of them.")
        .about(Subject::Address),
    code(40166, "invalid_rule_appid", "invalid appid", (Invalid, STOP),
        "The appid in the request is not that of a Mini Program, for example a `gh_` id.",
        "Give the appid that begins with `wx`."),
    code(40170, "count_beyond_limit", "args count exceed count limit", (Invalid, STOP),
        "One call asked for more entries than allowed.",
        "Ask for less at a time: at most 500 merchants in api_get_authorizer_list."),
    code(40243, "appsecret_frozen", "invalid appsecret, it has been frozen", (Credentials, FIX),
        "The appsecret is frozen.",
        "Unfreeze it on the console, or reset it."),
    code(41001, "access_token_missing", "access_token missing", (Invalid, STOP),
        "The request carries no access token.",
        "Pass the token in the query, as access_token."),
    code(41002, "appid_missing", "appid missing", (Credentials, FIX),
        "The request carries no appid.",
        "Configure the appid."),
    code(41004, "appsecret_missing", "appsecret missing", (Credentials, FIX),
        "The request carries no appsecret.",
        "Configure the secret."),
    // [O] the global return codes.
    code(41018, "component_appid_missing", "missing component_appid", (Credentials, FIX),
        "The request carries no component_appid.",
        "Configure the appid of the third-party platform as component_appid; the appid of an account is another one."),
    code(42001, "access_token_expired", "access_token expired", (Credentials, RENEW),
        "The access token has expired.",
        "Get a new token once; refresh tokens before their expires_in is over."),
    code(42007, "authorization_gone", "access_token and refresh_token exception", (Credentials, FIX),
        "The authorisation is gone, for example because the password was changed.",
        "The merchant authorises again."),
    code(43001, "require_get", "require GET method", (Invalid, STOP),
        "The interface takes GET.",
        "Send the request with GET."),
    code(43002, "require_post", "require POST method", (Invalid, STOP),
        "The interface takes POST.",
        "Send the request with POST; a redirect on the way may have turned it into GET."),
    code(43003, "require_https", "require https", (Invalid, STOP),
        "The interface takes https only.",
        "Use a base URL with https."),
    code(44002, "empty_post_data", "empty post data", (Invalid, STOP),
        "The body is empty.",
        "Send `{}` if the request has no fields."),
    code(44990, "second_rate_limit", "reach max api second frequence limit", (RateLimited, SECOND),
        "More than 5 calls in a second to this interface.",
        "Wait a second or more; let all clients of an account share a token store, and with it the pace."),
    code(44993, "daily_limit", "reach max api daily limit", (Quota, STOP),
        DAY_USED_UP,
        "Wait for the next day."),
    code(45002, "content_too_large", "content size out of limit", (Invalid, STOP),
        "The request is too large.",
        "Send less: at most 5 debug_url, at most 200 prefixes in prefix_list."),
    code(45009, "daily_quota", "reach max api daily quota limit", (Quota, STOP),
        DAY_USED_UP,
        // [O] the pages of clear_quota, clear_quota/v2 and component/clear_quota/v2.
        "Wait for the next day, or clear the account's count, 10 times a month at most: on the console, or with clearQuotaByAppSecret; a third-party platform uses /cgi-bin/component/clear_quota/v2."),
    code(45011, "minute_rate_limit", "api minute-quota reach limit", (RateLimited, MINUTE),
        "More calls in a minute than allowed.",
        "Wait a minute; service-account rules take 200 calls a minute."),
    code(45035, "ip_not_registered", IP_NOT_REGISTERED, (Permission, FIX),
        NOT_IN_WHITELIST,
        "Add the address to the IP whitelist of this account on its console; it takes effect within 10 minutes. Calls through a NAT may come from several addresses: add each of them.")
        .about(Subject::Address),
    code(47001, "data_format_error", "data format error", (Invalid, STOP),
        "The body is not JSON of the form that is asked for.",
        "Send one JSON object in UTF-8, with straight quotes."),
    code(48001, "api_unauthorized", "api unauthorized", (Permission, FIX),
        "The account has no permission for this interface.",
        // [OC] the token of the platform is answered with this code.
        "Check which token was used: it must be the account's (or the merchant's authorizer_access_token), not the platform's component_access_token. Then check the account's type and verification, and the interface permissions on the console."),
    code(48004, "api_forbidden", "api forbidden", (Permission, FIX),
        "The account is restricted.",
        READ_CONSOLE),
    // [O] the pages of clear_quota and clear_quota/v2.
    code(48006, "quota_clearing_limit", "forbid to clear quota because of reaching the limit", (Quota, STOP),
        "The counts of calls were cleared 10 times this month, which is the most.",
        "Wait for the next day, when the count of calls begins anew."),
    code(50002, "user_limited", "user limited", (Permission, FIX),
        "The account is restricted.",
        READ_CONSOLE),
    code(61003, "component_not_authorized", "component is not authorized by this account", (Permission, FIX),
        "The account has not authorised the third-party platform, or WeChat does not know it yet.",
        "Look whether api_get_authorizer_list has the merchant. If it has, call again later: this passes within hours. If not, the merchant authorises the platform.")
        .about(Subject::Authorisation),
    code(61004, "component_ip_not_registered", IP_NOT_REGISTERED, (Permission, FIX),
        "The IP address that the call came from is not in the whitelist of the third-party platform.",
        // [OC] which list it is. [D] it takes effect after some minutes.
        "Add the address to the IP whitelist of the third-party platform (its development settings on the Open Platform), not to the list of an account; it takes effect within 10 minutes. Calls through a NAT may come from several addresses: add each of them.")
        .about(Subject::Address),
    code(61005, "component_ticket_expired", "component ticket is expired", (Credentials, FIX),
        "The component_verify_ticket has expired; it lives for 12 hours.",
        ON_MISSING_TICKET),
    code(61006, "component_ticket_invalid", "component ticket is invalid", (Credentials, FIX),
        "The component_verify_ticket is not a valid one of this platform.",
        ON_MISSING_TICKET),
    code(61007, "api_unauthorized_to_component", "api is unauthorized to component", (Permission, FIX),
        "The account whose token was used has not granted the permission set: 18 for a Mini Program, 3 for a service account.",
        "Use the service account's token for service-account rules and links, the Mini Program's for the rest; a merchant of a third-party platform authorises it again, with the permission set."),
    // [O] the page of api_query_auth; [OC] a new code needs a new link or a change of the
    // permission sets.
    code(61009, "authorization_code_invalid", "", (Credentials, FIX),
        "The authorization_code is not valid: it was used before, or belongs to another platform.",
        "If the merchant's authorizer_refresh_token is stored, there is nothing to do. If not, the merchant authorises the platform again."),
    code(61010, "authorization_code_expired", "code is expired", (Credentials, FIX),
        "The authorization_code has expired.",
        "The merchant authorises the platform again, with a new link; exchange the code as soon as it comes."),
    code(61011, "invalid_component", "invalid component", (Credentials, FIX),
        "There is no third-party platform with this component_appid.",
        // [OC] the appid and secret of an account were sent.
        "Copy component_appid and component_appsecret from the platform's page on the Open Platform; the appid and secret of an account are others."),
    code(61014, "component_token_required", "must use component token for component api", (Permission, FIX),
        "The interface takes a component_access_token.",
        "Call it with the platform's own token."),
    code(61015, "account_token_required", "must use biz token for biz api", (Permission, FIX),
        "The interface takes the token of the account, not the platform's own.",
        "Call it with the merchant's authorizer_access_token."),
    code(61016, "category_unconfirmed", "function category of API need be confirmed by component", (Permission, FIX),
        "The platform has not confirmed the category that the interface belongs to.",
        "Confirm the permission set on the platform's console."),
    code(61017, "category_not_granted", "component function category not authorized", (Permission, FIX),
        "The permission set has not been granted to the platform.",
        "The merchant authorises the platform again, with the permission set."),
    code(61023, "refresh_token_invalid", "refresh_token is invalid", (Credentials, FIX),
        "The authorizer_refresh_token is no longer valid.",
        "Use the newest one that was returned; if it is lost, api_get_authorizer_list has it, or the merchant authorises again.")
        .about(Subject::RefreshToken),
    // [D] the answer of `token` to a platform's appid.
    code(61024, "component_account_token", "must use api(api_component_token) to get token for component acct", (Credentials, FIX),
        "The appid is a third-party platform's, whose token does not come from `token` or `stable_token`.",
        "Configure the appid and the secret as component_appid and component_appsecret, or give the appid and the secret of the account."),
    // [O] the pages of getRidInfo (7600x) and getApiQuota (7602x).
    code(76001, "rid_not_found", "rid not found, please check", (Invalid, STOP),
        "WeChat does not know the request id. Its 7 days are over, or it belongs to another account.",
        "Use the credentials of the account that made the call. If it is older than 7 days, copy the rid of a later error."),
    code(76002, "rid_malformed", "rid is error", (Invalid, STOP),
        "The request id is empty, or does not have the form of a request id.",
        "Give the three groups of 8 hex digits that follow `rid: `, and nothing else."),
    code(76003, "rid_not_permitted", "could not query this rid,no permission", (Permission, FIX),
        "The request id, or the path asked about, is not of the account whose token was used.",
        "Use the token of the account that made the call; give a path that begins with `/`, without the host."),
    code(76021, "cgi_path_not_found", "cgi_path not found, please check", (Invalid, STOP),
        "There is no interface with this cgi_path.",
        "Give the path of the interface, e.g. `/cgi-bin/wxopen/qrcodejumpadd`, without the host."),
    code(76022, "cgi_path_not_permitted", "could not use this cgi_path, no permission", (Permission, FIX),
        "The account whose token was used cannot ask about this interface.",
        "Use the token of the kind of account that the interface belongs to; interfaces below `/sns/` cannot be asked about."),
    code(85066, "illegal_prefix", "illegal prefix", (Invalid, STOP),
        "WeChat takes the prefix for an illegal link.",
        "Check scheme and host. Reported causes, even where the console accepts the link: raw Chinese in the query, domains in .ink, .media or .plus, a port, and a /r/ link in service-account mode."),
    code(85068, "debug_url_outside_prefix", "test url is not the sub prefix", (Invalid, STOP),
        "A debug_url does not satisfy the rule.",
        "Make each debug_url a link that the prefix covers."),
    code(85069, "verification_file_failed", "check confirm file fail", (State, FIX),
        "WeChat did not find the verification file, or not with the exact content, or not fast enough.",
        "Place the file of downloadQRCodeText in the prefix's directory, publicly readable, answering 200 with the exact content and no redirect; then send again. For a service-account rule (`http://weixin.qq.com/q/…`), no file is needed: call with the token of the service account."),
    code(85070, "prefix_blacklisted", "prefix in black list", (State, STOP),
        "The URL is on WeChat's blacklist (older pages: the Mini Program is a personal one).",
        "Use another domain, or ask WeChat's support."),
    code(85071, "prefix_exists", "prefix added repeated", (State, STOP),
        "This account has added the rule before.",
        "Modify it with is_edit 1."),
    code(85072, "prefix_owned_by_other", "prefix owned by other", (State, STOP),
        "Another account occupies the prefix; WeChat never says which.",
        "Use a prefix of your own, or have the other account delete its rule or set permit_sub_rule 1."),
    code(85073, "too_many_rules", "prefix beyond limit", (State, STOP),
        "The account has as many rules as it may have (100 in ordinary-link mode).",
        "Delete rules that are no longer used, or cover several links with one rule that ends with `/`."),
    code(85074, "not_released", "the mini program has no released version", (State, FIX),
        "The Mini Program has no released code, so the rule cannot be published.",
        "Release the Mini Program, then publish the rule."),
    code(85075, "personal_mini_program", "can not access", (Permission, STOP),
        "A personal Mini Program cannot have rules.",
        "Use a Mini Program of an organisation."),
    code(85076, "icp_check_failed", "check ICP fail", (State, FIX),
        "The domain has no ICP filing; this is checked before the verification file.",
        "File the domain; about 3 working days later, send again."),
    code(85095, "rule_data_abnormal", "", (State, STOP),
        "The data of the rule is damaged on WeChat's side.",
        "Delete the rule and add it again."),
    // [O] the pages of linkMiniprogram and unlinkMiniprogram.
    code(89013, "banned_mini_program", "", (State, FIX),
        "The Mini Program is banned.",
        "Read the messages on the Mini Program's console and follow them; then call again."),
    code(89015, "already_linked", "has linked wxa", (State, STOP),
        "The service account is linked to the Mini Program already.",
        "There is nothing to do; wxamplinkget lists the Mini Programs that are linked."),
    // [D] the answer of linkMiniprogram.
    code(89407, "other_entities_limit", "reach different realname limit", (State, FIX),
        "The service account is linked to as many Mini Programs of other entities as it may be.",
        "Unlink a Mini Program of another entity on the service account's console; then call again."),
    code(89503, "ip_awaits_confirmation", "ip call requires admin confirmation", (Permission, FIX),
        "Calls from this IP address await an administrator's confirmation.",
        "An administrator of the account confirms the address in WeChat, or adds it to the IP whitelist on the console.")
        .about(Subject::Address),
    code(89506, "ip_refused_for_a_day", "ip has been refused by admin twice", (Permission, FIX),
        "An administrator has refused this IP address twice; it cannot be used for 24 hours.",
        "Add the address to the IP whitelist on the console, or wait a day.")
        .about(Subject::Address),
    code(89507, "ip_refused_for_an_hour", "ip has been refused by admin", (Permission, FIX),
        "An administrator has refused this IP address; it cannot be used for an hour.",
        "Add the address to the IP whitelist on the console, or wait an hour.")
        .about(Subject::Address),
    code(886_000, "publish_quota", "beyond publish count this month", (Quota, STOP),
        "The 100 publishes of this month are used up.",
        "Publish next month; rules that are not published still open for debug_url."),
    code(886_001, "system_busy", "system busy", (Busy, SECOND),
        "WeChat is busy.",
        "Send again a little later."),
];

#[cfg(test)]
mod tests {
    use super::{ErrorKind, Reaction, TABLE};

    #[test]
    fn numbers_ascend_and_names_are_unique() {
        assert!(TABLE.is_sorted_by(|a, b| a.number < b.number));
        let names: std::collections::HashSet<_> = TABLE.iter().map(|code| code.name).collect();
        assert_eq!(names.len(), TABLE.len());
    }

    #[test]
    fn the_reaction_fits_the_kind() {
        for code in TABLE {
            let fits = match code.reaction {
                Reaction::Stop | Reaction::Fix => true,
                Reaction::Renew => code.kind == ErrorKind::Credentials,
                Reaction::Wait => matches!(code.kind, ErrorKind::RateLimited | ErrorKind::Busy),
                Reaction::ReadBack => code.kind == ErrorKind::Busy,
            };
            assert!(
                fits,
                "{}: {} with {}",
                code.number, code.kind, code.reaction
            );
            let waits = code.reaction == Reaction::Wait;
            assert_eq!(waits, !code.wait.is_zero(), "{}", code.number);
        }
    }

    #[test]
    fn every_entry_says_what_it_means_and_what_to_do() {
        for code in TABLE {
            assert!(code.meaning.ends_with('.'), "{}", code.number);
            assert!(code.advice.ends_with('.'), "{}", code.number);
        }
    }
}
