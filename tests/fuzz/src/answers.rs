//! The target `answers`: any status and any body as the answer to any interface.

use std::fmt::Debug;
use std::time::Duration;

use jumpqr_core::call::{Call, Policy, Step};
use jumpqr_core::interface::{
    AddJumpQRCode, ApiAuthorizerToken, ApiComponentToken, ApiGetAuthorizerList, ApiQuota,
    AuthorizerList, AuthorizerTokenResponse, AuthorizerWalk, ClearQuota, ClearQuotaByAppSecret,
    ComponentTokenField, Confirmation, DeleteJumpQRCode, DownloadQRCodeText, GetApiDomainIp,
    GetApiQuota, GetCallbackIp, GetJumpQRCode, GetRidInfo, Interface, IpList, JumpQRCodeList,
    LinkMiniprogram, LinkedMiniprogram, PublishJumpQRCode, RidInfo, StableToken, Token,
    TokenResponse, UnlinkMiniprogram, VerificationFile, WxaMpLinkGet,
};
use jumpqr_core::mapping::parse_rule_set;
use jumpqr_core::response::Response;
use jumpqr_core::{
    Edit, ErrCode, Error, ErrorKind, OpenVersion, OrdinaryLinkRule, Outcome, PermitSubRule,
    RuleKey, Secret, ServiceAccountRule,
};
use serde_json::{Map, Value};

use crate::error_text::{assert_sound, print_error};

/// Secrets that a body may echo: the two tokens of a call, and the secret of a token request.
const TOKENS: [&str; 2] = ["TOKEN/7f3a", "TOKEN/8e4b"];
const SECRET: &str = "SECRET+1c9d";

const PREFIX: &str = "https://m.example.cn/a";
const SERVICE_PREFIX: &str = "http://weixin.qq.com/q/a";

const STATUSES: [u16; 12] = [200, 0, 204, 301, 400, 403, 407, 408, 429, 500, 502, 599];

/// The first byte of the input chooses the interface, the second the HTTP status, and the rest is
/// the body. The call has no retries, and each of its requests gets this answer.
pub fn answers(input: &[u8]) {
    let [interface, status, body @ ..] = input else {
        return;
    };
    let status = STATUSES.iter().cycle().nth(usize::from(*status));
    let reply = Response {
        status: status.copied().unwrap_or(200),
        body: body.to_vec(),
    };
    let key = RuleKey::ordinary_link(PREFIX);
    let secret = Secret::new(SECRET);
    let appid = || "wx1".to_owned();
    match interface % 23 {
        0 => check_call(build_add(Edit::Add), &reply),
        1 => check_call(build_add(Edit::Modify), &reply),
        2 => {
            let rule = ServiceAccountRule::new(SERVICE_PREFIX, "wx1", "pages/a").into();
            let is_edit = Edit::Add;
            check_call(AddJumpQRCode { rule, is_edit }, &reply);
        }
        3 => check_call(PublishJumpQRCode { key }, &reply),
        4 => check_call(DeleteJumpQRCode { key }, &reply),
        5 | 6 => check_call(GetJumpQRCode::OrdinaryLink, &reply),
        7 => check_call(DownloadQRCodeText, &reply),
        8 => check_call(
            LinkMiniprogram {
                appid: appid(),
                notify_users: true,
                show_profile: false,
            },
            &reply,
        ),
        9 => check_call(WxaMpLinkGet, &reply),
        10 => check_call(
            StableToken {
                appid: appid(),
                secret,
                force_refresh: false,
            },
            &reply,
        ),
        11 => check_call(
            Token {
                appid: appid(),
                secret,
            },
            &reply,
        ),
        12 => check_call(
            ApiComponentToken {
                component_appid: appid(),
                component_appsecret: secret.clone(),
                component_verify_ticket: secret,
            },
            &reply,
        ),
        13 | 14 => check_call(
            ApiAuthorizerToken {
                component_appid: appid(),
                authorizer_appid: appid(),
                authorizer_refresh_token: secret,
                component_token_field: ComponentTokenField::AccessToken,
            },
            &reply,
        ),
        15 => check_call(
            ApiGetAuthorizerList::first_page("wx1", ComponentTokenField::AccessToken),
            &reply,
        ),
        16 => check_call(UnlinkMiniprogram { appid: appid() }, &reply),
        17 => check_call(GetCallbackIp, &reply),
        18 => check_call(GetApiDomainIp, &reply),
        19 => {
            let cgi_path = "/cgi-bin/token".to_owned();
            check_call(GetApiQuota { cgi_path }, &reply);
        }
        20 => {
            let rid = "61725984-6126f6f9-040f19c4".to_owned();
            check_call(GetRidInfo { rid }, &reply);
        }
        21 => check_call(ClearQuota { appid: appid() }, &reply),
        _ => {
            let mut call = ClearQuotaByAppSecret::default();
            call.set_app("wx1", &secret);
            check_call(call, &reply);
        }
    }
}

fn build_add(is_edit: Edit) -> AddJumpQRCode {
    let rule = OrdinaryLinkRule::new(
        PREFIX,
        "pages/a",
        OpenVersion::Development,
        PermitSubRule::NotOccupied,
    );
    AddJumpQRCode {
        rule: rule.into(),
        is_edit,
    }
}

/// Makes the call, and checks its result against `reply`.
fn check_call<I: Interface<Response: CheckedResponse>>(interface: I, reply: &Response) {
    let is_write = interface.change().is_some() || interface.lost_response().is_some();
    let own: Vec<_> = interface.secrets().into_iter().cloned().collect();
    let mut tokens = TOKENS.iter().copied();
    let result = run_call(interface, reply, &mut tokens);
    let given = TOKENS.len() - tokens.len();
    let known = TOKENS.into_iter().take(given);
    let known: Vec<_> = known.chain(own.iter().map(Secret::expose)).collect();
    let max_size = 65_536 + 64 * reply.body.len();
    let meaning = Meaning::parse(reply);
    match &result {
        Ok(answer) => {
            assert!(
                format!("{answer:?}").len() <= max_size,
                "the text is too large"
            );
            match &meaning {
                Meaning::Object(fields) | Meaning::Success(fields) => answer.check(fields),
                other => panic!("{answer:?} of {other:?}"),
            }
        }
        Err(error) => {
            assert_sound(error, &known);
            assert!(
                print_error(error).len() <= max_size,
                "the text is too large"
            );
            assert!(is_write || error.outcome() == Outcome::NotApplied);
            check_error(error, &meaning, reply.status, is_write);
        }
    }
}

fn check_error(error: &Error, meaning: &Meaning, status: u16, is_write: bool) {
    match meaning {
        Meaning::Refusal(errcode) => {
            assert_eq!(error.errcode(), Some(*errcode));
            let name = ErrCode::lookup(*errcode).map_or("unknown_errcode", |code| code.name);
            assert_eq!(error.code().name(), name);
        }
        Meaning::Nothing(place) => {
            assert_eq!((error.kind(), error.errcode()), (ErrorKind::Protocol, None));
            assert!(error.message().contains(place), "{error:?} at {place}");
            let refused_on_the_way = matches!(status, 300..500) && status != 408 && status != 429;
            let not_applied = refused_on_the_way || !is_write;
            assert_eq!(
                error.outcome() == Outcome::NotApplied,
                not_applied,
                "{error:?}"
            );
        }
        Meaning::Success(_) => {
            assert_eq!((error.kind(), error.errcode()), (ErrorKind::Protocol, None));
        }
        Meaning::Object(_) => {}
    }
}

/// Returns the result of the call if every request is answered with `reply`.
fn run_call<I: Interface>(
    interface: I,
    reply: &Response,
    tokens: &mut impl Iterator<Item = &'static str>,
) -> Result<I::Response, Error> {
    let now = Duration::ZERO;
    // Without a look-up, the answer is to the write.
    let policy = Policy {
        look_up: false,
        ..Policy::default()
    };
    let call = Call::new(interface, policy, now);
    let mut call = call.unwrap_or_else(|error| panic!("{error}"));
    // A token, a slot and a request; the same after a renewal; the same to read back, again with a
    // renewal.
    for _ in 0..12 {
        match call.step(now) {
            Step::GetToken { .. } => {
                call.token(now, Ok(tokens.next().map(Secret::new)));
            }
            Step::Reserve { .. } => call.slot(now, Some(now)),
            Step::Send(_) => call.response(now, Ok(reply.clone())),
            Step::Wait { until } => panic!("the call has no retries, but waits until {until:?}"),
            Step::Done(result) => return result,
        }
    }
    panic!("the call does not end");
}

/// The literal meaning of a reply.
#[derive(Debug)]
enum Meaning {
    /// Not an answer of WeChat, and the place at which it is not JSON; empty if it has none.
    Nothing(String),
    /// An `errcode` that is a whole number other than 0.
    Refusal(i64),
    /// An `errcode` of 0, or no `errcode`.
    Success(Map<String, Value>),
    /// An object whose `errcode` has another type. jumpqr may accept or refuse it.
    Object(Map<String, Value>),
}

impl Meaning {
    fn parse(reply: &Response) -> Self {
        let body = reply.body.strip_prefix(b"\xef\xbb\xbf");
        let text = String::from_utf8_lossy(body.unwrap_or(&reply.body));
        let fields = match serde_json::from_str(&text) {
            Ok(Value::Object(fields)) if reply.status == 200 => fields,
            Err(error) if reply.status == 200 && !text.trim_ascii().is_empty() => {
                let (line, column) = (error.line(), error.column());
                return Self::Nothing(format!("(line {line}, column {column})"));
            }
            _ => return Self::Nothing(String::new()),
        };
        match fields.get("errcode") {
            None | Some(Value::Null) => Self::Success(fields),
            Some(errcode) => match errcode.as_i64() {
                Some(0) => Self::Success(fields),
                Some(errcode) => Self::Refusal(errcode),
                None => Self::Object(fields),
            },
        }
    }
}

/// Checks a typed answer against the fields of its body.
trait CheckedResponse: Debug {
    fn check(&self, fields: &Map<String, Value>);
}

/// Returns a text, without white space around it.
fn read_text<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    Some(fields.get(name)?.as_str()?.trim())
}

/// Returns the texts `name` of all entries of a list that have one.
fn read_texts<'a>(list: Option<&'a Value>, name: &str) -> Vec<&'a str> {
    let entries = list.and_then(Value::as_array).into_iter().flatten();
    entries
        .filter_map(|entry| read_text(entry.as_object()?, name))
        .collect()
}

impl CheckedResponse for Confirmation {
    fn check(&self, fields: &Map<String, Value>) {
        let errcode = fields.get("errcode").filter(|errcode| !errcode.is_null());
        match self {
            Self::Answered => assert!(errcode.is_some(), "the answer does not confirm the write"),
            Self::ReadBack => assert!(
                errcode.is_none()
                    && (fields.contains_key("rule_list") || fields.contains_key("wxopens")),
                "read back without a list: {fields:?}"
            ),
            Self::NotThere => assert!(
                fields.contains_key("rule_list"),
                "not there without a list: {fields:?}"
            ),
            Self::AlreadyPublished => assert!(
                !read_texts(fields.get("rule_list"), "prefix").is_empty(),
                "published without a rule: {fields:?}"
            ),
        }
    }
}

impl CheckedResponse for JumpQRCodeList {
    fn check(&self, fields: &Map<String, Value>) {
        let prefixes: Vec<_> = self.rule_list.iter().map(|rule| &rule.prefix).collect();
        assert_eq!(prefixes, read_texts(fields.get("rule_list"), "prefix"));
        // A list and its serialization give the same rules for matching.
        let written = serde_json::to_value(self).unwrap_or_default();
        let read = parse_rule_set(&written).unwrap_or_else(|error| panic!("{error}"));
        let listed = self.rule_set();
        assert_eq!(read.rules(), listed.rules());
        assert_eq!(read.account(), listed.account());
        for rule in &self.rule_list {
            let found = self.find(&rule.prefix).map(|found| &found.prefix);
            assert_eq!(found, Some(&rule.prefix));
            let links = rule.debug_url.iter().flatten();
            for link in links {
                assert!(!link.is_empty() && link.trim() == link, "{link:?}");
            }
        }
    }
}

impl CheckedResponse for VerificationFile {
    fn check(&self, fields: &Map<String, Value>) {
        assert_eq!(
            read_text(fields, "file_name"),
            Some(self.file_name.as_str())
        );
        let content = fields.get("file_content").and_then(Value::as_str);
        assert_eq!(content, Some(self.file_content.as_str()));
        // The name is used to write a file, so a server must not choose the folder.
        let name = &self.file_name;
        let plain = std::path::Path::new(name).file_name();
        assert_eq!(plain, Some(name.as_ref()), "{name:?}");
        assert!(!name.contains(['\\', ':', '\0', '\n']), "{name:?}");
        assert!(!name.starts_with('.'), "{name:?}");
    }
}

impl CheckedResponse for Vec<LinkedMiniprogram> {
    fn check(&self, fields: &Map<String, Value>) {
        let appids: Vec<_> = self.iter().map(|linked| &linked.appid).collect();
        let items = fields
            .get("wxopens")
            .and_then(|wxopens| wxopens.get("items"));
        assert_eq!(appids, read_texts(items, "appid"));
    }
}

impl CheckedResponse for IpList {
    fn check(&self, fields: &Map<String, Value>) {
        assert!(!self.ip_list.is_empty());
        let listed = fields.get("ip_list");
        let listed = match listed {
            Some(Value::Array(entries)) => entries.iter().filter_map(Value::as_str).collect(),
            other => Vec::from_iter(other.and_then(Value::as_str)),
        };
        for ip in &self.ip_list {
            assert!(!ip.is_empty() && listed.iter().any(|text| text.trim() == ip));
        }
    }
}

impl CheckedResponse for ApiQuota {
    fn check(&self, fields: &Map<String, Value>) {
        let number = |object: &str, field: &str| fields.get(object)?.get(field)?.as_u64();
        for (found, field) in [
            (self.quota.daily_limit, "daily_limit"),
            (self.quota.used, "used"),
            (self.quota.remain, "remain"),
        ] {
            let expected = number("quota", field);
            assert!(expected.is_none_or(|number| number > i64::MAX as u64) || found == expected);
        }
    }
}

impl CheckedResponse for RidInfo {
    fn check(&self, fields: &Map<String, Value>) {
        let request = fields.get("request").and_then(Value::as_object);
        for (shown, field) in [
            (&self.request_url, "request_url"),
            (&self.request_body, "request_body"),
            (&self.response_body, "response_body"),
            (&self.client_ip, "client_ip"),
        ] {
            let sent = request.and_then(|request| request.get(field)?.as_str());
            assert_eq!(shown.is_some(), sent.is_some(), "{field}");
            // In a query, the name of a token and its value are found by all who look for them.
            let shown = shown.as_deref().unwrap_or_default();
            let is_query = !shown.trim_start().starts_with(['{', '[', '"']);
            let token = shown.split_once("access_token=").map(|(_, token)| token);
            let has_value = token.is_some_and(|token| !token.starts_with("***"));
            let is_empty = token.is_none_or(|token| {
                token.is_empty() || token.starts_with(['?', '&', '#', ' ', '\n'])
            });
            assert!(!is_query || !has_value || is_empty, "{shown:?}");
        }
    }
}

fn check_token(answer: &TokenResponse, token: Option<&str>) {
    assert_eq!(Some(answer.access_token.expose()), token);
    assert_ne!(token, Some(""));
    assert!((1..=7200).contains(&answer.expires_in.as_secs()));
    let (from, by) = answer.renewed_within();
    assert!(from <= by && by < answer.expires_in);
    assert_eq!(
        format!("{answer:?}"),
        format!(
            "TokenResponse {{ access_token: Secret(***), expires_in: {:?} }}",
            answer.expires_in
        )
    );
}

impl CheckedResponse for TokenResponse {
    fn check(&self, fields: &Map<String, Value>) {
        let token = read_text(fields, "access_token")
            .or_else(|| read_text(fields, "component_access_token"));
        // The body may have both fields, but only one belongs to the interface.
        let other = read_text(fields, "component_access_token");
        let held = self.access_token.expose();
        check_token(self, token.filter(|token| *token == held).or(other));
    }
}

impl CheckedResponse for AuthorizerTokenResponse {
    fn check(&self, fields: &Map<String, Value>) {
        check_token(&self.token, read_text(fields, "authorizer_access_token"));
        let refresh_token =
            read_text(fields, "authorizer_refresh_token").filter(|text| !text.is_empty());
        let held = self.authorizer_refresh_token.as_ref().map(Secret::expose);
        assert_eq!(held, refresh_token);
    }
}

impl CheckedResponse for AuthorizerList {
    fn check(&self, fields: &Map<String, Value>) {
        let listed = read_texts(fields.get("list"), "authorizer_appid");
        let listed: Vec<_> = listed
            .into_iter()
            .filter(|appid| !appid.is_empty())
            .collect();
        let appids: Vec<_> = self
            .list
            .iter()
            .map(|listed| &listed.authorizer_appid)
            .collect();
        assert_eq!(appids, listed);
        let mut walk = AuthorizerWalk::default();
        let start = walk.position();
        walk.read(self);
        assert!(walk.position() > start, "the walk does not advance");
    }
}
