//! A merchant authorises a platform on WeChat's page, by a script and as a browser does it.

use std::time::Duration;

use form_urlencoded::Serializer;
use jumpqr_sandbox::{
    Account, COMPONENT_APPID, MINI_PROGRAM_APPID, Platform, SERVICE_ACCOUNT_APPID,
};
use serde_json::json;

use crate::caller::{Caller, errcode, read_response};
use crate::platform_caller::{
    OTHER_PLATFORM, component_token, exchange, list_rules, pre_auth_code, text,
};

const PAGES: [&str; 3] = [
    "/cgi-bin/componentloginpage",
    "/wxaopen/safe/bindcomponent",
    "/safe/bindcomponent",
];

const REDIRECT_URI: &str = "https://p.example.cn/done?shop=1#top";

/// Returns the fields of a link with a new pre_auth_code.
fn link(caller: &Caller, component: &str) -> Vec<(&'static str, String)> {
    vec![
        ("component_appid", COMPONENT_APPID.to_owned()),
        ("pre_auth_code", pre_auth_code(caller, component)),
        ("redirect_uri", REDIRECT_URI.to_owned()),
        ("auth_type", "3".to_owned()),
    ]
}

/// Returns the fields with other values for some of them.
fn with(
    mut fields: Vec<(&'static str, String)>,
    changes: &[(&'static str, &str)],
) -> Vec<(&'static str, String)> {
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        fields.push((name, (*value).to_owned()));
    }
    fields
}

fn encode(fields: &[(&'static str, String)]) -> String {
    Serializer::new(String::new()).extend_pairs(fields).finish()
}

struct Page {
    status: u16,
    location: Option<String>,
    text: String,
}

/// Requests a page without following its redirect. `form` is the body of a POST.
fn ask(caller: &Caller, path_and_query: &str, form: Option<&str>) -> Page {
    let agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(Duration::from_secs(20)))
        .build()
        .new_agent();
    let url = caller.url(path_and_query);
    let mut response = match form {
        None => agent.get(url).call().unwrap(),
        Some(form) => {
            let post = agent.post(url);
            let form_type = "application/x-www-form-urlencoded";
            post.content_type(form_type).send(form).unwrap()
        }
    };
    let location = response.headers().get("location");
    Page {
        status: response.status().as_u16(),
        location: location.map(|location| location.to_str().unwrap().to_owned()),
        text: response.body_mut().read_to_string().unwrap(),
    }
}

/// Sends the form of a link. Returns the code of the redirect.
fn authorize(caller: &Caller, fields: &[(&'static str, String)]) -> String {
    let page = ask(caller, PAGES[0], Some(&encode(fields)));
    assert_eq!(page.status, 303, "{}", page.text);
    let location = page.location.unwrap();
    let query = location.strip_prefix("https://p.example.cn/done?shop=1&");
    let (query, fragment) = query.unwrap().split_once('#').unwrap();
    assert_eq!(fragment, "top");
    let mut query = form_urlencoded::parse(query.as_bytes()).into_owned();
    let (name, code) = query.next().unwrap();
    assert_eq!(name, "auth_code");
    assert_eq!(
        query.next().unwrap(),
        ("expires_in".to_owned(), "600".to_owned())
    );
    code
}

/// Reads the hidden fields of a form, as a browser sends them.
fn hidden_fields(page: &str) -> Vec<(String, String)> {
    let inputs = page.split("<input type=\"hidden\" name=\"").skip(1);
    let fields = inputs.map(|input| {
        let (name, rest) = input.split_once("\" value=\"").unwrap();
        let (value, _) = rest.split_once('"').unwrap();
        let value = value
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"");
        (
            name.to_owned(),
            value.replace("&#39;", "'").replace("&amp;", "&"),
        )
    });
    fields.collect()
}

#[test]
fn a_form_redirects_to_the_platform_with_a_code() {
    let caller = Caller::new();
    let component = component_token(&caller);
    let changes = [
        ("authorizer_appid", SERVICE_ACCOUNT_APPID),
        ("permission_sets", "3, 33"),
    ];
    let fields = with(link(&caller, &component), &changes);
    let code = authorize(&caller, &fields);
    let response = exchange(&caller, &component, &code);
    let info = &response["authorization_info"];
    assert_eq!(info["authorizer_appid"], SERVICE_ACCOUNT_APPID);
    assert_eq!(info["func_info"].as_array().unwrap().len(), 2);
    text(info, "authorizer_refresh_token");

    let fields = with(
        link(&caller, &component),
        &[("authorizer_appid", MINI_PROGRAM_APPID)],
    );
    let code = authorize(&caller, &fields);
    let response = exchange(&caller, &component, &code);
    let token = text(&response["authorization_info"], "authorizer_access_token");
    assert_eq!(list_rules(&caller, &token), 0, "the sets stay as they are");
}

#[test]
fn the_form_has_the_fields_of_its_link_on_each_page() {
    let caller = Caller::new();
    let component = component_token(&caller);
    for path in PAGES {
        let link = link(&caller, &component);
        let hostile = with(
            link.clone(),
            &[("redirect_uri", "https://p.cn/?a=1&b=\"'<i>")],
        );
        let page = ask(
            &caller,
            &format!("{path}?action=bindcomponent&{}", encode(&hostile)),
            None,
        );
        assert_eq!(page.status, 200, "{}", page.text);
        assert!(!page.text.contains("<i>"), "{}", page.text);
        assert!(
            page.text.contains(&format!("action=\"{path}\"")),
            "{}",
            page.text
        );
        let sent: Vec<_> = hidden_fields(&page.text);
        for (name, value) in hostile {
            assert!(
                sent.contains(&(name.to_owned(), value.clone())),
                "{name} {value}"
            );
        }

        let form = with(link, &[("authorizer_appid", MINI_PROGRAM_APPID)]);
        assert_eq!(ask(&caller, path, Some(&encode(&form))).status, 303);
    }
}

#[test]
fn a_link_works_once_and_for_half_an_hour() {
    let caller = Caller::new();
    let component = component_token(&caller);
    let link = with(
        link(&caller, &component),
        &[("authorizer_appid", MINI_PROGRAM_APPID)],
    );
    let open = || ask(&caller, &format!("{}?{}", PAGES[0], encode(&link)), None);
    assert_eq!(
        (open().status, open().status),
        (200, 200),
        "opening uses nothing up"
    );
    authorize(&caller, &link);
    for page in [open(), ask(&caller, PAGES[0], Some(&encode(&link)))] {
        assert_eq!(page.status, 400);
        assert!(page.text.contains("was used before"), "{}", page.text);
    }
    let late = self::link(&caller, &component);
    caller.sandbox.advance(Duration::from_secs(1800));
    let page = ask(&caller, &format!("{}?{}", PAGES[0], encode(&late)), None);
    assert!(page.text.contains("has expired"), "{}", page.text);
}

#[test]
fn a_wrong_form_changes_nothing_and_leaves_the_link_alive() {
    let caller = Caller::new();
    caller
        .sandbox
        .put_platform(Platform::new(OTHER_PLATFORM, "s"));
    let component = component_token(&caller);
    let good = with(
        link(&caller, &component),
        &[("authorizer_appid", SERVICE_ACCOUNT_APPID)],
    );
    for (name, value, says) in [
        ("component_appid", "wx9999999999999999", "component_appid"),
        ("component_appid", OTHER_PLATFORM, "pre_auth_code"),
        ("pre_auth_code", "preauthcode@@@wrong", "pre_auth_code"),
        ("redirect_uri", "/done", "absolute"),
        ("redirect_uri", "javascript:alert(1)", "absolute"),
        ("redirect_uri", "https://", "absolute"),
        (
            "redirect_uri",
            "https://p.cn/\r\nSet-Cookie: a=b",
            "percent-encoded",
        ),
        ("redirect_uri", "https://p.cn/中", "percent-encoded"),
        ("auth_type", "2", "authorizer_appid"),
        ("auth_type", "5", "authorizer_appid"),
        ("biz_appid", MINI_PROGRAM_APPID, "authorizer_appid"),
        ("authorizer_appid", "wx9999999999999999", "authorizer_appid"),
        ("permission_sets", "3;33", "permission_sets"),
    ] {
        let form = encode(&with(good.clone(), &[(name, value)]));
        let page = ask(&caller, PAGES[0], Some(&form));
        assert_eq!((page.status, page.location), (400, None), "{name} {value}");
        assert!(page.text.contains(says), "{name} {value}: {}", page.text);
    }
    let path = format!("/sandbox/platforms/{COMPONENT_APPID}/authorizers");
    let merchants = caller.get(&path);
    assert_eq!(
        merchants.as_array().unwrap().len(),
        1,
        "the Mini Program only"
    );
    authorize(&caller, &good);
}

#[test]
fn only_the_accounts_that_a_link_accepts_are_offered() {
    let caller = Caller::new();
    let component = component_token(&caller);
    let mut other = Account::mini_program("wx00000000000000a1", "a-secret");
    other.nickname = "<b>Tables</b>".to_owned();
    caller.sandbox.put_account(other);
    for (changes, offered) in [
        (vec![("auth_type", "1")], vec![SERVICE_ACCOUNT_APPID]),
        (
            vec![("auth_type", "2")],
            vec!["wx00000000000000a1", MINI_PROGRAM_APPID],
        ),
        (
            vec![("auth_type", "6")],
            vec![
                "wx00000000000000a1",
                SERVICE_ACCOUNT_APPID,
                MINI_PROGRAM_APPID,
            ],
        ),
        (
            vec![("auth_type", "1"), ("biz_appid", MINI_PROGRAM_APPID)],
            vec![MINI_PROGRAM_APPID],
        ),
        (vec![("auth_type", "5")], vec![]),
    ] {
        let link = with(link(&caller, &component), &changes);
        let page = ask(&caller, &format!("{}?{}", PAGES[1], encode(&link)), None);
        let options = page.text.split("<option value=\"").skip(1);
        let found: Vec<_> = options
            .map(|option| option.split_once('"').unwrap().0)
            .collect();
        assert_eq!(found, offered, "{changes:?}");
        assert_eq!(page.status, if offered.is_empty() { 400 } else { 200 });
        assert!(!page.text.contains("<b>"), "{}", page.text);
    }
}

/// Sends a request as a browser does. Returns the status and the head of the response.
fn browse(caller: &Caller, request_line: &str, headers: &str, body: &str) -> (u16, String) {
    let request = format!(
        "{request_line} HTTP/1.1\r\nHost: localhost:{}\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        caller.sandbox.port(),
        body.len()
    );
    let (head, _) = read_response(&mut caller.send_raw(&request));
    (head.split(' ').nth(1).unwrap().parse().unwrap(), head)
}

#[test]
fn a_page_of_another_site_may_open_the_form_and_not_send_it() {
    const NAVIGATION: &str = "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n";
    let caller = Caller::new();
    let component = component_token(&caller);
    let link = with(
        link(&caller, &component),
        &[("authorizer_appid", MINI_PROGRAM_APPID)],
    );
    let open = format!("GET {}?{}", PAGES[0], encode(&link));
    let (status, head) = browse(&caller, &open, NAVIGATION, "");
    assert_eq!(status, 200);
    for header in [
        "frame-ancestors 'none'",
        "referrer-policy: same-origin",
        "no-store",
    ] {
        assert!(head.contains(header), "{header} in {head}");
    }
    let as_data = "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n";
    assert_eq!(browse(&caller, &open, as_data, "").0, 403);
    let with_origin = format!("{NAVIGATION}Origin: https://evil.example\r\n");
    assert_eq!(browse(&caller, &open, &with_origin, "").0, 403);
    assert_eq!(browse(&caller, "GET /sandbox", NAVIGATION, "").0, 403);

    let send = format!("POST {}", PAGES[0]);
    let form = encode(&link);
    for headers in [
        NAVIGATION,
        "Origin: null\r\n",
        "Origin: https://evil.example\r\n",
    ] {
        assert_eq!(browse(&caller, &send, headers, &form).0, 403, "{headers}");
    }
    let own = format!(
        "Sec-Fetch-Site: same-origin\r\nOrigin: http://localhost:{}\r\n",
        caller.sandbox.port()
    );
    let (status, head) = browse(&caller, &send, &own, &form);
    assert_eq!(status, 303, "{head}");
}

#[test]
fn the_pages_are_not_recorded_as_requests_to_an_interface() {
    let caller = Caller::new();
    let component = component_token(&caller);
    let before = caller.sandbox.requests().len();
    let link = with(
        link(&caller, &component),
        &[("authorizer_appid", MINI_PROGRAM_APPID)],
    );
    let code = authorize(&caller, &link);
    assert_eq!(
        caller.sandbox.requests().len(),
        before + 1,
        "the pre_auth_code only"
    );
    assert_eq!(caller.sandbox.counters().unknown_paths, 0);
    let put = browse(&caller, &format!("PUT {}", PAGES[0]), "", "");
    assert_eq!(put.0, 400);
    let body = json!({"component_appid": COMPONENT_APPID, "authorization_code": [code]});
    let path = format!("/cgi-bin/component/api_query_auth?access_token={component}");
    assert_eq!(errcode(&caller.post(&path, &body.to_string())), 40097);
    let recorded = serde_json::to_string(&caller.sandbox.requests()).unwrap();
    assert!(!recorded.contains("queryauthcode@@@"), "{recorded}");
}
