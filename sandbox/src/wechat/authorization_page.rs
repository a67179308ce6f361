//! The pages on which a merchant authorises a platform, as far as a script or a person in a browser
//! needs them.
//!
//! The platform's link leads to a form. Who sends the form acts as the merchant's administrator, and
//! is redirected to the platform with an authorization_code. Source: the official page of the
//! authorisation process.
//!
//! A page of another site may link here, and only that: to open the form changes nothing. The form
//! itself must come from the sandbox's own origin, see `server/web_page.rs`, and needs a
//! pre_auth_code that works once. No other page can show it in a frame.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use axum::body::{Body, Bytes};
use axum::extract::State as Extracted;
use axum::extract::rejection::BytesRejection;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, Method, Response, StatusCode, Uri};
use axum::response::IntoResponse as _;

use super::Shared;
use crate::account::{Account, AccountKind};
use crate::state::State;
use crate::state::codes::{LinkProblem, REDIRECTED_CODE_LIFETIME};
use crate::state::merchants::Grant;

/// The paths of the pages: for a PC, for a phone, and the older one for a phone. Their hosts are
/// `mp.weixin.qq.com`, `open.weixin.qq.com` and `mp.weixin.qq.com`.
pub(crate) const PATHS: [&str; 3] = [
    "/cgi-bin/componentloginpage",
    "/wxaopen/safe/bindcomponent",
    "/safe/bindcomponent",
];

/// The headers of every page. With another policy, the browser would send the form with the origin
/// `null`.
const HEADERS: [(HeaderName, &str); 5] = [
    (CONTENT_TYPE, "text/html; charset=utf-8"),
    (CACHE_CONTROL, "no-store"),
    (REFERRER_POLICY, "same-origin"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    ),
];

/// Shows the form for `GET`, and takes it for `POST`.
pub(crate) async fn serve(
    Extracted(shared): Extracted<Shared>,
    method: Method,
    uri: Uri,
    body: Result<Bytes, BytesRejection>,
) -> Response<Body> {
    let body = body.unwrap_or_default();
    let mut wechat = shared.lock();
    let page = match method {
        Method::GET => {
            let link = Link::parse(uri.query().unwrap_or_default().as_bytes());
            link.show_form(&wechat.state, uri.path())
        }
        Method::POST => match Link::parse(&body).authorize(&mut wechat.state) {
            Ok(location) => {
                let status = StatusCode::SEE_OTHER;
                return (status, HEADERS, [(LOCATION, location)]).into_response();
            }
            Err(problem) => Err(problem),
        },
        _ => Err("The page takes GET and POST.".to_owned()),
    };
    let (status, page) = match page {
        Ok(page) => (StatusCode::OK, page),
        Err(problem) => (
            StatusCode::BAD_REQUEST,
            format!(
                "<h1>Authorisation failed</h1>\n<p>{}</p>\n",
                escape(&problem)
            ),
        ),
    };
    (
        status,
        HEADERS,
        format!("<!DOCTYPE html>\n<meta charset=\"utf-8\">\n<title>jumpqr sandbox</title>\n{page}"),
    )
        .into_response()
}

/// The fields of a link or of a form. A form has those of its link, and what the merchant decides.
#[derive(Default)]
struct Link {
    component_appid: String,
    pre_auth_code: String,
    redirect_uri: String,
    /// Which kinds of accounts may authorise.
    auth_type: String,
    /// The only account that may authorise; empty for any.
    biz_appid: String,
    /// The account that authorises.
    authorizer_appid: String,
    /// The numbers of the permission sets, with commas between them; empty: as they are.
    permission_sets: String,
}

impl Link {
    /// Reads a query or a form. Other fields are for WeChat's app.
    fn parse(encoded: &[u8]) -> Self {
        let mut link = Self::default();
        for (name, value) in form_urlencoded::parse(encoded) {
            let field = match name.as_ref() {
                "component_appid" => &mut link.component_appid,
                "pre_auth_code" => &mut link.pre_auth_code,
                "redirect_uri" => &mut link.redirect_uri,
                "auth_type" => &mut link.auth_type,
                "biz_appid" => &mut link.biz_appid,
                "authorizer_appid" => &mut link.authorizer_appid,
                "permission_sets" => &mut link.permission_sets,
                _ => continue,
            };
            *field = value.into_owned();
        }
        link
    }

    /// Checks what does not depend on the merchant. The error says what is wrong with the link.
    fn check(&self, state: &State) -> Result<(), String> {
        if !state.platforms.contains_key(&self.component_appid) {
            return Err("component_appid is not a platform of the sandbox.".to_owned());
        }
        let is_absolute = ["http://", "https://"].iter().any(|scheme| {
            let rest = self.redirect_uri.strip_prefix(scheme);
            rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['/', '?', '#']))
        });
        if !is_absolute {
            return Err(
                "redirect_uri is not an absolute http(s) URL. Percent-encode it in the link."
                    .to_owned(),
            );
        }
        if !self
            .redirect_uri
            .bytes()
            .all(|byte| byte.is_ascii_graphic())
        {
            return Err(
                "redirect_uri has characters that must be percent-encoded once more.".to_owned(),
            );
        }
        let now = state.clock.now();
        let link = state
            .codes
            .check_link(&self.pre_auth_code, &self.component_appid, now);
        link.map_err(|problem| {
            let problem = match problem {
                LinkProblem::Unknown => "is not a code that this platform got",
                LinkProblem::Expired => "has expired",
                LinkProblem::Used => "was used before",
            };
            format!("pre_auth_code {problem}. Make a new one for each link.")
        })
    }

    /// Whether the account may authorise by this link.
    fn accepts(&self, account: &Account) -> bool {
        if !self.biz_appid.is_empty() {
            return self.biz_appid == account.appid;
        }
        match self.auth_type.as_str() {
            "1" => account.kind == AccountKind::ServiceAccount,
            "2" => account.kind == AccountKind::MiniProgram,
            "" | "3" | "6" => true,
            _ => false,
        }
    }

    fn show_form(&self, state: &State, path: &str) -> Result<String, String> {
        self.check(state)?;
        let mut accounts = String::new();
        for account in state
            .accounts
            .values()
            .filter(|account| self.accepts(account))
        {
            let appid = escape(&account.appid);
            let nickname = escape(&account.nickname);
            // Writing to a text does not fail.
            let _ = writeln!(
                accounts,
                "<option value=\"{appid}\">{nickname} ({appid})</option>"
            );
        }
        if accounts.is_empty() {
            return Err(
                "The sandbox has no account that biz_appid or auth_type accepts.".to_owned(),
            );
        }
        let mut page = format!(
            "<h1>Authorise {}</h1>\n<form method=\"post\" action=\"{}\">\n",
            escape(&self.component_appid),
            escape(path),
        );
        for (name, value) in [
            ("component_appid", &self.component_appid),
            ("pre_auth_code", &self.pre_auth_code),
            ("redirect_uri", &self.redirect_uri),
            ("auth_type", &self.auth_type),
            ("biz_appid", &self.biz_appid),
        ] {
            let value = escape(value);
            let _ = writeln!(
                page,
                "<input type=\"hidden\" name=\"{name}\" value=\"{value}\">"
            );
        }
        let _ = write!(
            page,
            "<p><label>Account <select name=\"authorizer_appid\">\n{accounts}</select></label>\n\
             <p><label>Permission sets, as numbers with commas; empty: all, or as they are \
             <input name=\"permission_sets\"></label>\n\
             <p><button>Authorise</button>\n</form>\n"
        );
        Ok(page)
    }

    /// Makes the account authorise the platform. Returns where to redirect the browser.
    fn authorize(&self, state: &mut State) -> Result<HeaderValue, String> {
        self.check(state)?;
        let account = state.accounts.get(&self.authorizer_appid);
        if !account.is_some_and(|account| self.accepts(account)) {
            return Err("authorizer_appid is not an account that the link accepts.".to_owned());
        }
        let permission_sets = self.parse_permission_sets()?;
        let grant = Grant {
            permission_sets,
            is_exchanged: false,
            pre_auth_code: Some(self.pre_auth_code.clone()),
        };
        let (component_appid, appid) = (&self.component_appid, &self.authorizer_appid);
        let authorized = state.authorize(component_appid, appid, grant);
        authorized.map_err(|error| error.to_string())?;
        state.codes.mark_used(&self.pre_auth_code);
        let lifetime = REDIRECTED_CODE_LIFETIME;
        let code = state.issue_authorization_code(component_appid, appid, lifetime);
        let location = self.redirect_to(&code, lifetime.as_secs());
        HeaderValue::from_str(&location).map_err(|error| error.to_string())
    }

    fn parse_permission_sets(&self) -> Result<Option<BTreeSet<u16>>, String> {
        let numbers = self.permission_sets.split(',').map(str::trim);
        let numbers = numbers.filter(|number| !number.is_empty());
        let sets: BTreeSet<u16> = numbers
            .map(|number| {
                number.parse().map_err(|_| {
                    "permission_sets has something else than numbers with commas.".to_owned()
                })
            })
            .collect::<Result<_, String>>()?;
        Ok((!sets.is_empty()).then_some(sets))
    }

    /// Returns the redirect_uri with the code in its query.
    fn redirect_to(&self, code: &str, expires_in: u64) -> String {
        let (url, fragment) = match self.redirect_uri.split_once('#') {
            Some((url, fragment)) => (url, Some(fragment)),
            None => (self.redirect_uri.as_str(), None),
        };
        let separator = if url.contains('?') { '&' } else { '?' };
        let code: String = form_urlencoded::byte_serialize(code.as_bytes()).collect();
        let mut location = format!("{url}{separator}auth_code={code}&expires_in={expires_in}");
        if let Some(fragment) = fragment {
            location.push('#');
            location.push_str(fragment);
        }
        location
    }
}

/// Escapes a text for HTML, in an element or in an attribute with quotes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(character),
        }
    }
    escaped
}
