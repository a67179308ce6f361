//! A client of its own, so that the sandbox is tested by something other than jumpqr.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use jumpqr_sandbox::{MINI_PROGRAM_APPID, SERVICE_ACCOUNT_APPID, Sandbox, SandboxBuilder};
use serde_json::{Value, json};

/// 2026-11-15T00:00:00 in Beijing.
pub(crate) const NOW: u64 = 1_794_672_000;

pub(crate) const PREFIX: &str = "https://h.example.cn/a/";
pub(crate) const SERVICE_PREFIX: &str = "http://weixin.qq.com/q/kZgfwMTm72Wxxxx";

/// A sandbox whose clock stands still, and a client that lets a second pass between its calls.
pub(crate) struct Caller {
    pub(crate) sandbox: Sandbox,
    agent: ureq::Agent,
    mini_program_token: String,
    service_account_token: String,
}

impl Caller {
    pub(crate) fn new() -> Self {
        Self::with(Sandbox::builder())
    }

    pub(crate) fn with(builder: SandboxBuilder) -> Self {
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
        let mut answer = self.agent.get(self.url(path_and_query)).call().unwrap();
        serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap()
    }

    pub(crate) fn post(&self, path_and_query: &str, body: &str) -> Value {
        let mut answer = self
            .agent
            .post(self.url(path_and_query))
            .send(body)
            .unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(
            answer.headers()["content-type"],
            "application/json; encoding=utf-8"
        );
        serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap()
    }

    /// A call to `/cgi-bin/wxopen/{name}` at the sandbox's present time.
    pub(crate) fn call_now(&self, name: &str, token: &str, body: &str) -> Value {
        self.post(
            &format!("/cgi-bin/wxopen/{name}?access_token={token}"),
            body,
        )
    }

    /// The same a second later, so that no pace is too fast.
    pub(crate) fn call(&self, name: &str, token: &str, body: &Value) -> Value {
        self.sandbox.advance(Duration::from_secs(1));
        self.call_now(name, token, &body.to_string())
    }

    /// By the Mini Program.
    pub(crate) fn mini(&self, name: &str, body: &Value) -> Value {
        self.call(name, &self.mini_program_token, body)
    }

    /// By the service account.
    pub(crate) fn service(&self, name: &str, body: &Value) -> Value {
        self.call(name, &self.service_account_token, body)
    }

    pub(crate) fn mini_program_token(&self) -> &str {
        &self.mini_program_token
    }

    pub(crate) fn service_account_token(&self) -> &str {
        &self.service_account_token
    }

    /// Sends `request` as it is; returns the connection.
    pub(crate) fn send_raw(&self, request: &str) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.sandbox.port())).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        stream
    }

    /// A whole request as text, to the Mini Program's account.
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

/// Everything until the server closes; an error such as a reset is returned with what came before.
pub(crate) fn read_to_end(stream: &mut TcpStream) -> (Vec<u8>, Option<std::io::ErrorKind>) {
    let mut bytes = Vec::new();
    let error = stream.read_to_end(&mut bytes).err();
    (bytes, error.map(|error| error.kind()))
}

/// Head and body of one answer with Content-Length; the connection stays open.
pub(crate) fn read_answer(stream: &mut TcpStream) -> (String, Vec<u8>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        assert_eq!(stream.read(&mut byte).unwrap(), 1, "the answer broke off");
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

pub(crate) fn errcode(answer: &Value) -> i64 {
    answer["errcode"]
        .as_i64()
        .unwrap_or_else(|| panic!("no errcode in {answer}"))
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

/// `rule` with other values for some fields; null removes one.
pub(crate) fn with(mut rule: Value, changes: Value) -> Value {
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
