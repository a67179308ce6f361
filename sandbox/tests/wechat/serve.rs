//! The HTTP requests that the sandbox accepts, and the ones that it refuses.

use std::io::Write;

use serde_json::{Value, json};

use crate::caller::{Caller, PREFIX, errcode, ordinary_rule, read_response, token_of};

fn response(caller: &Caller, request: &str) -> Value {
    let (head, body) = read_response(&mut caller.send_raw(request));
    assert!(head.starts_with("http/1.1 200 "), "{head}");
    assert!(
        head.contains("\r\ncontent-type: application/json; encoding=utf-8\r\n"),
        "{head}"
    );
    serde_json::from_slice(&body).unwrap()
}

#[test]
fn any_content_type_or_none_is_accepted() {
    let caller = Caller::new();
    for header in [
        "",
        "Content-Type: application/json\r\n",
        "Content-Type: text/plain; charset=gbk\r\n",
        "Content-Type: application/x-www-form-urlencoded\r\n",
    ] {
        let headers = format!("{header}Content-Length: 2\r\n");
        let request = caller.raw_request("qrcodejumpget", &headers, "{}");
        assert_eq!(errcode(&response(&caller, &request)), 0, "{header}");
        caller.sandbox.advance(std::time::Duration::from_secs(1));
    }
}

#[test]
fn chunked_bodies_are_accepted() {
    let caller = Caller::new();
    let body = ordinary_rule(PREFIX).to_string();
    let (start, end) = body.split_at(20);
    let chunks = format!(
        "{:x}\r\n{start}\r\n{:x};ext=1\r\n{end}\r\n0\r\n\r\n",
        start.len(),
        end.len()
    );
    let request = caller.raw_request("qrcodejumpadd", "Transfer-Encoding: chunked\r\n", &chunks);
    assert_eq!(errcode(&response(&caller, &request)), 0);
    assert_eq!(caller.sandbox.requests()[0].body, body);
}

#[test]
fn a_connection_can_be_reused() {
    let caller = Caller::new();
    let request = caller.raw_request("qrcodejumpget", "Content-Length: 2\r\n", "{}");
    let mut stream = caller.send_raw(&request);
    read_response(&mut stream);
    for _ in 0..3 {
        stream.write_all(request.as_bytes()).unwrap();
        read_response(&mut stream);
    }
    assert_eq!(caller.sandbox.counters().connections, 1);
    assert_eq!(caller.sandbox.counters().business_calls, 4);
}

#[test]
fn escaped_slashes_are_accepted() {
    let caller = Caller::new();
    let body = ordinary_rule(PREFIX).to_string().replace('/', "\\/");
    let response = caller.call_now("qrcodejumpadd", caller.mini_program_token(), &body);
    assert_eq!(errcode(&response), 0);
    let listed = caller.call_as_mini_program("qrcodejumpget", &json!({}));
    assert_eq!(listed["rule_list"][0]["prefix"], PREFIX);
}

#[test]
fn escapes_of_ascii_are_decoded() {
    let caller = Caller::new();
    let prefix = "https://h.example.cn/a?b=1&c=2";
    let body = ordinary_rule(prefix)
        .to_string()
        .replace('=', "\\u003d")
        .replace('&', "\\u0026");
    assert!(body.contains(r"a?b\u003d1\u0026c"), "{body}");
    let response = caller.call_now("qrcodejumpadd", caller.mini_program_token(), &body);
    assert_eq!(errcode(&response), 0);
    let listed = caller.call_as_mini_program("qrcodejumpget", &json!({}));
    assert_eq!(listed["rule_list"][0]["prefix"], prefix);
}

#[test]
fn escaped_characters_beyond_ascii_get_40033() {
    let caller = Caller::new();
    let body = r#"{"prefix":"https://h.cn/\u4e2d"}"#;
    let response = caller.call_now("qrcodejumpadd", caller.mini_program_token(), body);
    assert_eq!(errcode(&response), 40033);
}

#[test]
fn a_body_that_is_not_json_gets_47001_and_an_empty_body_44002() {
    let caller = Caller::new();
    let call = |name: &str, body: &str| {
        caller.sandbox.advance(std::time::Duration::from_secs(1));
        errcode(&caller.call_now(name, caller.mini_program_token(), body))
    };
    for name in [
        "qrcodejumpadd",
        "qrcodejumpget",
        "qrcodejumppublish",
        "qrcodejumpdelete",
        "qrcodejumpdownload",
    ] {
        assert_eq!(call(name, ""), 44002, "{name}");
        for body in ["prefix=a", "[]", "{\"prefix\": “a”}", " "] {
            assert_eq!(call(name, body), 47001, "{name} {body}");
        }
    }
    let request = caller.raw_request("qrcodejumpget", "Content-Length: 10\r\n", "");
    let mut stream = caller.send_raw(&request);
    stream.write_all(b"{\"a\":\"\xff\xfe\"").unwrap();
    stream.write_all(b"}").ok();
    let (_, body) = read_response(&mut stream);
    let response: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(errcode(&response), 47001);
}

#[test]
fn a_body_over_1_mib_gets_45002() {
    let caller = Caller::new();
    let body = format!("{{\"prefix\":\"{}\"}}", "a".repeat(1 << 20));
    let request = caller.raw_request(
        "qrcodejumpadd",
        &format!("Content-Length: {}\r\n", body.len()),
        "",
    );
    let mut stream = caller.send_raw(&request);
    stream.write_all(body.as_bytes()).ok();
    let (_, body) = read_response(&mut stream);
    let response: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(errcode(&response), 45002);
}

#[test]
fn missing_malformed_and_unknown_tokens_have_different_codes() {
    let caller = Caller::new();
    let call =
        |query: &str| errcode(&caller.post(&format!("/cgi-bin/wxopen/qrcodejumpget{query}"), "{}"));
    assert_eq!(call(""), 41001);
    assert_eq!(call("?access_token="), 41001);
    assert_eq!(call("?token=a"), 41001);
    assert_eq!(call("?access_token=a%20b"), 40014);
    assert_eq!(call(&format!("?access_token={}", "a".repeat(513))), 40014);
    assert_eq!(call(&format!("?access_token={}", "a".repeat(512))), 40001);
    let foreign_token = token_of(&Caller::new().sandbox, jumpqr_sandbox::MINI_PROGRAM_APPID);
    assert_eq!(
        call(&format!("?access_token={foreign_token}")),
        40001,
        "a token of another sandbox"
    );
    let body = json!({"access_token": caller.mini_program_token()}).to_string();
    let in_body = caller.post("/cgi-bin/wxopen/qrcodejumpget", &body);
    assert_eq!(errcode(&in_body), 41001, "the token must be in the query");
}

#[test]
fn the_wrong_method_is_refused() {
    let caller = Caller::new();
    let token = caller.mini_program_token();
    let response = caller.get(&format!(
        "/cgi-bin/wxopen/qrcodejumpget?access_token={token}"
    ));
    assert_eq!(errcode(&response), 43002);
    assert_eq!(errcode(&caller.get("/cgi-bin/stable_token")), 43002);
    assert_eq!(errcode(&caller.post("/cgi-bin/token", "{}")), 43001);
}

#[test]
fn an_unknown_path_gets_40066_below_cgi_bin_and_http_404_elsewhere() {
    let caller = Caller::new();
    for path in [
        "/cgi-bin/",
        "/cgi-bin/wxopen/qrcodejump",
        "/cgi-bin/wxopen/qrcodejumpadd/",
    ] {
        let response = caller.post(path, "{}");
        assert_eq!(errcode(&response), 40066, "{path}");
        let errmsg = response["errmsg"].as_str().unwrap();
        assert!(errmsg.starts_with("invalid url rid: "), "{errmsg}");
    }
    for path in ["/", "/cgi-bin", "/wxa/x"] {
        let (head, _) = read_response(&mut caller.send_raw(&format!(
            "POST {path} HTTP/1.1\r\nHost: localhost:{}\r\nContent-Length: 0\r\n\r\n",
            caller.sandbox.port()
        )));
        assert!(head.starts_with("http/1.1 404 "), "{path}: {head}");
    }
    assert_eq!(caller.sandbox.counters().unknown_paths, 6);
}

#[test]
fn every_error_response_has_its_own_rid() {
    let caller = Caller::new();
    let rid = || {
        let response = caller.post("/cgi-bin/wxopen/qrcodejumpget", "{}");
        let errmsg = response["errmsg"].as_str().unwrap().to_owned();
        let (text, rid) = errmsg.split_once(" rid: ").unwrap();
        assert_eq!(text, "access_token missing");
        let groups: Vec<&str> = rid.split('-').collect();
        assert_eq!(groups.len(), 3, "{rid}");
        for group in groups {
            assert_eq!(group.len(), 8, "{rid}");
            assert!(u32::from_str_radix(group, 16).is_ok(), "{rid}");
        }
        rid.to_owned()
    };
    let first = rid();
    assert_ne!(rid(), first);
    caller.sandbox.reset();
    assert_ne!(rid(), first, "not even after a reset");
}
