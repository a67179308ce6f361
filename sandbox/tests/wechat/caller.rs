//! A client for the tests. It is independent of jumpqr, so errors of jumpqr do not hide errors of
//! the sandbox.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use jumpqr_sandbox::{MINI_PROGRAM_APPID, SERVICE_ACCOUNT_APPID, Sandbox, SandboxBuilder};
use serde_json::{Value, json};

/// 2026-11-15T00:00:00 in Beijing.
pub(crate) const NOW: u64 = 1_794_672_000;

pub(crate) const PREFIX: &str = "https://h.example.cn/a/";
pub(crate) const SERVICE_PREFIX: &str = "http://weixin.qq.com/q/kZgfwMTm72Wxxxx";

/// A sandbox with a frozen clock, and a client that advances it by a second before each call.
pub(crate) struct Caller {
    pub(crate) sandbox: Sandbox,
    agent: ureq::Agent,
    mini_program_token: String,
    service_account_token: String,
}

impl Caller {
    pub(crate) fn new() -> Self {
        Self::with_builder(Sandbox::builder())
    }

    pub(crate) fn with_builder(builder: SandboxBuilder) -> Self {
        let sandbox = builder.frozen_at(NOW).start().unwrap();
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(20)))
            .build()
            .new_agent();
        Self {
            mini_program_token: token_of(&sandbox, MINI_PROGRAM_APPID),
            service_account_token: token_of(&sandbox, SERVICE_ACCOUNT_APPID),
            sandbox,
            agent,
        }
    }

    pub(crate) fn url(&self, path_and_query: &str) -> String {
        format!("{}{path_and_query}", self.sandbox.base_url())
    }

    pub(crate) fn get(&self, path_and_query: &str) -> Value {
        let mut response = self.agent.get(self.url(path_and_query)).call().unwrap();
        serde_json::from_str(&response.body_mut().read_to_string().unwrap()).unwrap()
    }

    pub(crate) fn post(&self, path_and_query: &str, body: &str) -> Value {
        let mut response = self
            .agent
            .post(self.url(path_and_query))
            .send(body)
            .unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(
            response.headers()["content-type"],
            "application/json; encoding=utf-8"
        );
        serde_json::from_str(&response.body_mut().read_to_string().unwrap()).unwrap()
    }

    /// Calls `/cgi-bin/wxopen/{name}` without advancing the clock.
    pub(crate) fn call_now(&self, name: &str, token: &str, body: &str) -> Value {
        self.post(
            &format!("/cgi-bin/wxopen/{name}?access_token={token}"),
            body,
        )
    }

    /// Calls `/cgi-bin/wxopen/{name}` a second later, to stay below the limit of the pace.
    pub(crate) fn call(&self, name: &str, token: &str, body: &Value) -> Value {
        self.sandbox.advance(Duration::from_secs(1));
        self.call_now(name, token, &body.to_string())
    }

    /// Calls with the token of the Mini Program.
    pub(crate) fn call_as_mini_program(&self, name: &str, body: &Value) -> Value {
        self.call(name, &self.mini_program_token, body)
    }

    /// Calls with the token of the service account.
    pub(crate) fn call_as_service_account(&self, name: &str, body: &Value) -> Value {
        self.call(name, &self.service_account_token, body)
    }

    pub(crate) fn mini_program_token(&self) -> &str {
        &self.mini_program_token
    }

    pub(crate) fn service_account_token(&self) -> &str {
        &self.service_account_token
    }

    /// Sends `request` as it is, and returns the connection.
    pub(crate) fn send_raw(&self, request: &str) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.sandbox.port())).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        stream
    }

    /// Returns the text of a request with the token of the Mini Program.
    pub(crate) fn raw_request(&self, name: &str, headers: &str, body: &str) -> String {
        format!(
            "POST /cgi-bin/wxopen/{name}?access_token={} HTTP/1.1\r\nHost: localhost:{}\r\n{headers}\r\n{body}",
            self.mini_program_token,
            self.sandbox.port()
        )
    }
}

pub(crate) fn token_of(sandbox: &Sandbox, appid: &str) -> String {
    sandbox.access_token(appid).unwrap().expose().to_owned()
}

/// Reads until the server closes. If an error such as a reset ends the connection, returns the
/// error and the bytes before it.
pub(crate) fn read_to_end(stream: &mut TcpStream) -> (Vec<u8>, Option<std::io::ErrorKind>) {
    let mut bytes = Vec::new();
    let error = stream.read_to_end(&mut bytes).err();
    (bytes, error.map(|error| error.kind()))
}

/// Reads the head and body of one response with Content-Length. The connection stays open.
pub(crate) fn read_response(stream: &mut TcpStream) -> (String, Vec<u8>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        assert_eq!(stream.read(&mut byte).unwrap(), 1, "the response broke off");
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .unwrap()
        .parse()
        .unwrap();
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    (head, body)
}

pub(crate) fn errcode(response: &Value) -> i64 {
    response["errcode"]
        .as_i64()
        .unwrap_or_else(|| panic!("no errcode in {response}"))
}

pub(crate) fn ordinary_rule(prefix: &str) -> Value {
    json!({
        "prefix": prefix, "permit_sub_rule": 1, "path": "pages/index/index", "open_version": 1, "is_edit": 0,
    })
}

pub(crate) fn service_rule(prefix: &str) -> Value {
    json!({
        "prefix": prefix, "appid": MINI_PROGRAM_APPID, "path": "pages/index/index", "is_edit": 0,
    })
}

/// Returns `rule` with other values for some fields. A null removes a field.
pub(crate) fn with_fields(mut rule: Value, changes: Value) -> Value {
    let (Value::Object(fields), Value::Object(changes)) = (&mut rule, changes) else {
        panic!("not objects");
    };
    for (name, value) in changes {
        if value.is_null() {
            fields.remove(&name);
        } else {
            fields.insert(name, value);
        }
    }
    rule
}
