//! No token or secret is in the recorded requests.

use form_urlencoded::byte_serialize;
use jumpqr_sandbox::{
    AUTHORIZER_REFRESH_TOKEN, Account, COMPONENT_APPID, COMPONENT_APPSECRET,
    COMPONENT_VERIFY_TICKET, MINI_PROGRAM_APPID, MINI_PROGRAM_SECRET, Platform,
    SERVICE_ACCOUNT_SECRET,
};
use serde_json::{Value, json};

use crate::caller::{Caller, read_response, with_fields};
use crate::platform_caller::{
    ask_authorizer, ask_component, authorize, component_request, component_token, text, ticket,
};

/// Encodes every byte: no client must, but any client may.
fn percent_encode(secret: &str) -> String {
    secret
        .bytes()
        .fold(String::new(), |text, byte| text + &format!("%{byte:02x}"))
}

/// Escapes every character.
fn json_escape(secret: &str) -> String {
    let units = secret.encode_utf16();
    units.fold(String::new(), |text, unit| text + &format!("\\u{unit:04X}"))
}

/// Decodes the escapes of JSON strings.
fn unescape(text: &str) -> String {
    let mut units = Vec::new();
    for (index, piece) in text.split("\\u").enumerate() {
        let escape = piece.split_at_checked(4).filter(|_| index > 0);
        let unit = escape.and_then(|(hex, _)| u16::from_str_radix(hex, 16).ok());
        units.extend(unit);
        let rest = escape
            .filter(|_| unit.is_some())
            .map_or(piece, |(_, rest)| rest);
        units.extend(rest.encode_utf16());
    }
    let text = String::from_utf16_lossy(&units);
    text.replace("\\\"", "\"").replace("\\\\", "\\")
}

/// Returns the text as a reader could decode it.
fn decodings(text: &str) -> [String; 4] {
    let decode = |text: &str| {
        let form = format!("x={}", text.replace('&', "%26"));
        let (_, decoded) = form_urlencoded::parse(form.as_bytes()).next().unwrap();
        decoded.into_owned()
    };
    let with_plus = decode(&text.replace('+', "%2B"));
    [text.to_owned(), unescape(text), decode(text), with_plus]
}

/// Returns a secret of each kind.
fn secrets_of(caller: &Caller) -> [String; 13] {
    let odd = "a \"b\\c+d%41/密😀@";
    let account = Account::mini_program("wx00000000000000a1", odd);
    caller.sandbox.put_account(account);
    let first_ticket = ticket(caller);
    let component = component_token(caller);
    let refresh_token = authorize(caller, MINI_PROGRAM_APPID, None);
    let response = ask_authorizer(caller, &component, MINI_PROGRAM_APPID, &refresh_token);
    caller.sandbox.push_ticket(COMPONENT_APPID).unwrap();
    [
        MINI_PROGRAM_SECRET.to_owned(),
        SERVICE_ACCOUNT_SECRET.to_owned(),
        COMPONENT_APPSECRET.to_owned(),
        COMPONENT_VERIFY_TICKET.to_owned(),
        AUTHORIZER_REFRESH_TOKEN.to_owned(),
        odd.to_owned(),
        caller.mini_program_token().to_owned(),
        first_ticket,
        ticket(caller),
        text(&response, "authorizer_access_token"),
        text(&response, "authorizer_refresh_token"),
        component,
        refresh_token,
    ]
}

/// Sends the secret in every place and encoding.
fn spread(caller: &Caller, secret: &str) {
    let percent = percent_encode(secret);
    let form: String = byte_serialize(secret.as_bytes()).collect();
    let json = Value::from(secret).to_string();
    let escaped = json_escape(secret);
    let mut targets = vec![
        format!("/cgi-bin/{percent}"),
        format!("/cgi-bin/{form}/x"),
        format!("/cgi-bin/token?{percent}=1&{form}=2&appid={percent}"),
        format!("/sandboxes/{percent}?next={percent}"),
    ];
    let mut headers = vec![
        format!("X-Note: {secret}"),
        format!("X-Note: a {percent}, {form}"),
        format!("X-Note: {{\"a\":\"{escaped}\"}}"),
        format!("Referer: http://h.cn/?a={percent}&b={form}"),
        format!("Authorization: Bearer {percent}"),
    ];
    if secret
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    {
        targets.push(format!("/cgi-bin/{secret}?{secret}={secret}"));
        headers.push(format!("{secret}: 1"));
        send(caller, secret, "/cgi-bin/token", "X-Note: 1", "");
    }
    let bodies = [
        secret.to_owned(),
        json.clone(),
        percent.clone(),
        format!("\"{escaped}\""),
        format!("a={form}&b={percent}"),
        format!("{{\"prefix\":{json},\"note\":[{{\"a\":\"x{escaped}y\"}}],{json}:1}}"),
        format!("{{\"prefix\":\"https://h.cn/?a={percent}\",\"path\":\"p?a={form}\"}}"),
        format!("{{\"prefix\":\"{escaped}\",\"{escaped}\":1,"),
        format!("{{\"prefix\":\"{escaped}"),
        json!({"note": json}).to_string(),
    ];
    for target in &targets {
        send(caller, "POST", target, "X-Note: 1", "");
    }
    for header in &headers {
        send(
            caller,
            "POST",
            "/cgi-bin/wxopen/qrcodejumpget",
            header,
            "{}",
        );
    }
    for body in &bodies {
        for path in ["wxopen/qrcodejumpadd", "stable_token", "unknown"] {
            send(
                caller,
                "POST",
                &format!("/cgi-bin/{path}"),
                "X-Note: 1",
                body,
            );
        }
    }
}

fn send(caller: &Caller, method: &str, target: &str, header: &str, body: &str) {
    let request = format!(
        "{method} {target} HTTP/1.1\r\nHost: localhost:{}\r\nContent-Length: {}\r\n{header}\r\n\r\n{body}",
        caller.sandbox.port(),
        body.len()
    );
    let (head, _) = read_response(&mut caller.send_raw(&request));
    assert!(!head.starts_with("http/1.1 400"), "{request}");
}

#[test]
fn a_secret_is_redacted_wherever_and_however_it_is_sent() {
    let caller = Caller::new();
    let secrets = secrets_of(&caller);
    for secret in &secrets {
        spread(&caller, secret);
    }
    let requests = caller.sandbox.requests();
    assert!(requests.len() > 500, "{}", requests.len());
    for request in requests {
        let headers = request
            .headers
            .iter()
            .flat_map(|(name, value)| [name, value]);
        let texts = [&request.method, &request.path, &request.body];
        for text in texts.into_iter().chain(headers).chain(&request.query_names) {
            for shown in decodings(text) {
                for secret in &secrets {
                    assert!(!shown.contains(secret.as_str()), "{secret} in {request:?}");
                }
            }
        }
    }
}

#[test]
fn a_wrong_secret_in_a_secret_field_is_redacted_in_every_request() {
    let caller = Caller::new();
    let wrong = "wrong-but-perhaps-right-elsewhere";
    for path in [
        "wxopen/qrcodejumpadd",
        "component/api_component_token",
        "unknown",
    ] {
        for name in [
            "secret",
            "access_token",
            "component_verify_ticket",
            "refresh_token",
            "appSecret",
        ] {
            let target = format!("/cgi-bin/{path}");
            send(
                &caller,
                "POST",
                &format!("{target}?{name}={wrong}&{wrong}"),
                &format!("X-Note: {wrong}"),
                "{}",
            );
            send(
                &caller,
                "POST",
                &target,
                &format!("X-{}: {wrong}", name.replace('_', "-")),
                "{}",
            );
            for body in [
                format!("{{\"a\":\"{wrong}\",\"{name}\" :\n\"{wrong}\"}}"),
                format!("{{\"a\":{{\"{name}\":\"{wrong}\"}},\"b\":1}}"),
                format!("{{\"{name}\":[\"{wrong}\"]}}"),
                format!("{{\"{name}\":{{\"a\":\"{wrong}\"}}}}"),
                format!("{{\"{}\":\"{wrong}\"}}", json_escape(name)),
                format!("{{\"{name}\":\"{wrong}"),
                format!("a=1&{name}={wrong}"),
            ] {
                send(&caller, "POST", &target, "X-Note: 1", &body);
            }
        }
    }
    for request in caller.sandbox.requests() {
        let shown = format!("{request:?}");
        assert!(!shown.contains(wrong), "{shown}");
    }
}

#[test]
fn recorded_requests_have_no_tokens_or_secrets() {
    let caller = Caller::new();
    let token = caller.mini_program_token().to_owned();
    let wrong = "wrong-but-perhaps-right-elsewhere";
    let header = format!(
        "Authorization: Bearer {wrong}\r\nReferer: http://x/?access_token={token}\r\nContent-Length: 2\r\n"
    );
    read_response(&mut caller.send_raw(&caller.raw_request("qrcodejumpget", &header, "{}")));
    caller.call_now(
        "qrcodejumpget",
        wrong,
        &json!({"note": wrong, "mine": token}).to_string(),
    );
    caller.get(&format!(
        "/cgi-bin/token?grant_type=client_credential&appid={MINI_PROGRAM_APPID}&secret={wrong}"
    ));
    for body in [
        json!({"appid": MINI_PROGRAM_APPID, "secret": MINI_PROGRAM_SECRET}).to_string(),
        json!({"appid": MINI_PROGRAM_APPID, "secret": wrong, "note": "***"}).to_string(),
        format!("{{\"secret\":\"\\u0077{}\"}}", &wrong[1..]),
        format!("secret={wrong}"),
    ] {
        caller.post("/cgi-bin/stable_token", &body);
    }
    let stray = format!("/cgi-bin/wxopen/qrcodejumpget?{token}&x={token}");
    caller.post(&stray, "{}");
    caller.call_as_mini_program("qrcodejumpadd", &json!({"prefix": SERVICE_ACCOUNT_SECRET}));

    let in_process = format!("{:?} {:?}", caller.sandbox, caller.sandbox.requests());
    let over_http = caller.get("/sandbox/requests").to_string();
    for text in [in_process, over_http] {
        assert!(text.contains(MINI_PROGRAM_APPID), "{text}");
        for secret in [
            &token,
            MINI_PROGRAM_SECRET,
            SERVICE_ACCOUNT_SECRET,
            wrong,
            &wrong[1..],
        ] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

#[test]
fn texts_that_are_not_secrets_are_kept() {
    let caller = Caller::new();
    let short = "wx00000000000000a1";
    caller
        .sandbox
        .put_account(Account::mini_program(short, "1"));
    let notes = r#""appid":"wx1","grant_type":null,"n":1,"t":"null 1""#;
    for (secret, shown) in [
        ("null", "null"),
        (r#""""#, r#""""#),
        (r#""1""#, r#""***""#),
        ("1", r#""***""#),
        (r#""\u0077rong-but-long""#, r#""***""#),
    ] {
        let body = format!(r#"{{"secret" : {secret},{notes}}}"#);
        caller.post("/cgi-bin/stable_token", &body);
        let recorded = caller.sandbox.requests().pop().unwrap();
        assert_eq!(recorded.body, format!(r#"{{"secret" : {shown},{notes}}}"#));
    }
    let body =
        r#"{"component_appid":null,"component_appsecret":null,"component_verify_ticket":"1"}"#;
    caller.post("/cgi-bin/component/api_component_token", body);
    let recorded = caller.sandbox.requests().pop().unwrap();
    assert_eq!(recorded.body, body.replace("\"1\"", "\"***\""));

    caller.call_now("qrcodejumpget", "1", r#"{"page_num":1}"#);
    let recorded = caller.sandbox.requests().pop().unwrap();
    assert_eq!(recorded.body, r#"{"page_num":1}"#);
    assert_eq!(caller.sandbox.requests().len(), 7);
}

#[test]
fn a_secret_is_redacted_in_every_field() {
    let caller = Caller::new();
    let wrong = "wrong-but-perhaps-right-elsewhere";
    let body = format!(r#"{{"secret":"{wrong}","secret":"{wrong}2","note":"a {wrong}"}}"#);
    caller.post("/cgi-bin/stable_token", &body);
    let recorded = caller.sandbox.requests().pop().unwrap();
    assert_eq!(
        recorded.body,
        r#"{"secret":"***","secret":"***","note":"a ***"}"#
    );
}

#[test]
fn the_present_and_former_secrets_of_all_accounts_are_redacted() {
    let caller = Caller::new();
    let path = format!("/sandbox/accounts/{MINI_PROGRAM_APPID}");
    let change = |secret: &str| {
        let body = json!({"secret": secret});
        caller.sandbox.control("PUT", &path, body).unwrap();
    };
    change("that-of-yesterday");
    change("that-of-today");
    let gone = "wx00000000000000a1";
    caller
        .sandbox
        .put_account(Account::mini_program(gone, "that-of-one-removed"));
    let path = format!("/sandbox/accounts/{gone}");
    caller.sandbox.control("DELETE", &path, json!({})).unwrap();
    let note = format!(
        "that-of-tomorrow {MINI_PROGRAM_SECRET} that-of-yesterday that-of-today that-of-one-removed"
    );
    caller.call_as_mini_program("qrcodejumpget", &json!({"note": note}));
    let body = caller.sandbox.requests().remove(0).body;
    assert_eq!(body, r#"{"note":"that-of-tomorrow *** *** *** ***"}"#);
}

#[test]
fn recorded_requests_have_no_secrets_of_platforms() {
    let caller = Caller::new();
    let ticket = ticket(&caller);
    let component = component_token(&caller);
    let refresh_token = authorize(&caller, MINI_PROGRAM_APPID, None);
    let wrong = "wrong-but-perhaps-right-elsewhere";
    ask_component(&caller, &component_request(wrong));
    let wrong_secret = json!({"component_appsecret": wrong});
    ask_component(
        &caller,
        &with_fields(component_request(&ticket), wrong_secret),
    );
    let wrong_refresh_token = "wrong-too-but-perhaps-somebodys";
    ask_authorizer(&caller, wrong, MINI_PROGRAM_APPID, wrong_refresh_token);
    let response = ask_authorizer(&caller, &component, MINI_PROGRAM_APPID, &refresh_token);
    let next = text(&response, "authorizer_refresh_token");
    let token = text(&response, "authorizer_access_token");
    let stray = format!("/cgi-bin/wxopen/qrcodejumpget?{token}&component_access_token={wrong}");
    let strayed = json!({"a": ticket, "b": next, "c": COMPONENT_APPSECRET, "d": wrong});
    caller.post(&stray, &strayed.to_string());
    caller.post("/cgi-bin/component/api_component_token", wrong);

    assert_eq!(caller.sandbox.requests().len(), 7);
    let in_process = format!("{:?}", caller.sandbox.requests());
    let platforms = caller
        .sandbox
        .control("GET", "/sandbox/platforms", json!({}));
    let path = format!("/sandbox/platforms/{COMPONENT_APPID}/authorizers");
    let authorizers = caller.get(&path);
    assert_eq!(authorizers[0]["authorizer_appid"], MINI_PROGRAM_APPID);
    let shown = format!(
        "{} {} {authorizers} {:?}",
        caller.get("/sandbox/requests"),
        platforms.unwrap(),
        Platform::new(COMPONENT_APPID, COMPONENT_APPSECRET),
    );
    for text in [in_process, shown] {
        assert!(text.contains(COMPONENT_APPID), "{text}");
        for secret in [
            &ticket,
            &component,
            &refresh_token,
            &next,
            &token,
            COMPONENT_APPSECRET,
            wrong,
            wrong_refresh_token,
        ] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}
