//! A preflight: the file is downloaded from WeChat, and looked for on the domain.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use jumpqr::binding::{self, NameStyle};
use jumpqr::error::OwnCode;
use jumpqr::preflight::{ExpectedFile, PreflightOptions, PreflightVerdict, look_for_file};
use jumpqr::response::Response;
use jumpqr::transport::MemoryTransport;
use jumpqr::{Cancel, Client, OpenVersion, OrdinaryLinkRule, PermitSubRule, ServiceAccountRule};
use serde_json::{Map, Value, json};

const CONTENT: &str = "0123456789abcdef0123456789abcdef";
const PREFIX: &str = "http://m.example.cn/a/table";

/// Starts a server that has the file in its right place.
fn serve_file() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 1024];
            let length = stream.read(&mut request).unwrap();
            let is_right = request[..length].starts_with(b"GET /a/UASjIrr8C9.txt ");
            let status = if is_right { "200 OK" } else { "404 Not Found" };
            let head = "Content-Type: text/plain\r\nContent-Length: 32";
            write!(stream, "HTTP/1.1 {status}\r\n{head}\r\n\r\n{CONTENT}").unwrap();
        }
    });
    address
}

fn client() -> (Arc<MemoryTransport>, Client) {
    let transport = Arc::new(MemoryTransport::new(|_| {
        let file = json!({"errcode": 0, "file_name": "UASjIrr8C9.txt", "file_content": CONTENT});
        Ok(Response::ok(file.to_string()))
    }));
    let builder = Client::builder().access_token("T").pacing(false);
    let client = builder.transport(transport.clone()).build().unwrap();
    (transport, client)
}

fn arguments(arguments: &Value) -> Map<String, Value> {
    arguments.as_object().unwrap().clone()
}

#[test]
fn the_file_of_the_account_is_looked_for() {
    let (transport, client) = client();
    let options = PreflightOptions::default().connect_to([serve_file()]);
    let rule = OrdinaryLinkRule::new(
        PREFIX,
        "pages/index/index",
        OpenVersion::Development,
        PermitSubRule::NotOccupied,
    );
    let report = client.preflight(&rule, &options).unwrap();
    assert_eq!(report.verdict, PreflightVerdict::NoCauseFound, "{report:?}");
    assert_eq!(
        report.url().unwrap(),
        "http://m.example.cn/a/UASjIrr8C9.txt"
    );
    let sent = transport.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].content.path(), "/cgi-bin/wxopen/qrcodejumpdownload");
}

#[test]
fn nothing_is_sent_for_a_rule_that_is_not_looked_at() {
    let (transport, client) = client();
    let options = PreflightOptions::default();
    let service = ServiceAccountRule::new("http://weixin.qq.com/q/kZgf", "wx1", "pages/index");
    let report = client.preflight(&service, &options).unwrap();
    assert_eq!(report.verdict, PreflightVerdict::NoFileNeeded);
    let report = client
        .preflight("https://m.example.cn:8443/a", &options)
        .unwrap();
    assert_eq!(report.verdict, PreflightVerdict::MayFail);
    assert_eq!(report.findings[0].code.name(), "port");
    assert!(transport.sent().is_empty());
}

#[test]
fn wrong_options_are_refused_together_and_nothing_is_sent() {
    let (transport, client) = client();
    let options = PreflightOptions::default()
        .timeout(Duration::ZERO)
        .fetch_timeout(Duration::MAX)
        .extra_tls_roots("x");
    let error = client.preflight(PREFIX, &options).unwrap_err();
    assert_eq!(error.code(), OwnCode::InvalidConfig);
    let fields: Vec<_> = error
        .violations()
        .iter()
        .map(|finding| &*finding.field)
        .collect();
    assert_eq!(fields, ["timeout", "fetch_timeout", "extra_tls_roots"]);
    assert!(transport.sent().is_empty());
}

#[test]
fn a_look_is_cancelled_with_its_client() {
    let (_, client) = client();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let options = PreflightOptions::default().connect_to([listener.local_addr().unwrap()]);
    // The download is answered before anybody asks.
    let cancel = Cancel::with_check(|| true);
    let error = client
        .with_cancel(&cancel)
        .preflight(PREFIX, &options)
        .unwrap_err();
    assert_eq!(error.code(), OwnCode::Cancelled);
    let file = ExpectedFile {
        name: "UASjIrr8C9.txt".to_owned(),
        content: CONTENT.into(),
    };
    let error = look_for_file(PREFIX, file, &options, &cancel).unwrap_err();
    assert_eq!(error.code(), OwnCode::Cancelled);
}

#[test]
fn a_binding_gives_arguments_in_its_own_names_and_gets_json() {
    let (transport, client) = client();
    let address = serve_file().to_string();
    for (style, given) in [
        (
            NameStyle::Snake,
            json!({"prefix": PREFIX, "connect_to": [address], "fetch_timeout": 2.5, "timeout": 9,
                   "allow_port": false, "allow_private": null}),
        ),
        (
            NameStyle::Camel,
            json!({"prefix": PREFIX, "connectTo": [address], "fetchTimeoutMs": 2500,
                   "timeoutMs": 9000}),
        ),
        (
            NameStyle::SnakeMs,
            json!({"prefix": PREFIX, "connect_to": [address], "fetch_timeout_ms": 2500}),
        ),
    ] {
        let report = binding::preflight(&client, arguments(&given), style).unwrap();
        assert_eq!(report["verdict"], "no_cause_found", "{style:?}: {report}");
        assert_eq!(report["file_name"], "UASjIrr8C9.txt");
        assert_eq!(report["is_rehearsal"], true);
    }
    assert_eq!(transport.sent().len(), 3);
    // A file at hand is not downloaded.
    let file = json!({"file_name": "UASjIrr8C9.txt", "file_content": CONTENT});
    let given = json!({"prefix": PREFIX, "connect_to": [address], "file": file});
    let with_client = binding::preflight(&client, arguments(&given), NameStyle::Snake).unwrap();
    let cancel = Cancel::default();
    let alone = binding::preflight_with_file(arguments(&given), NameStyle::Snake, &cancel).unwrap();
    assert_eq!(with_client["verdict"], alone["verdict"]);
    assert_eq!(transport.sent().len(), 3);
    let service = json!({"prefix": "https://h.cn/a", "appid": "wx1"});
    let report = binding::preflight(&client, arguments(&service), NameStyle::Snake).unwrap();
    assert_eq!(report["verdict"], "no_file_needed");
}

#[test]
fn wrong_arguments_of_a_binding_are_refused_together() {
    let (_, client) = client();
    let given = json!({
        "prefix": 1, "appid": 2, "file": {}, "timeoutMs": "3", "allowPort": 4,
        "connectTo": ["127.0.0.1"], "extraTlsRoots": 5, "fetch_timeout": 6,
    });
    let error = binding::preflight(&client, arguments(&given), NameStyle::Camel).unwrap_err();
    let error = binding::name_settings(error, NameStyle::Camel);
    let mut fields: Vec<_> = error
        .violations()
        .iter()
        .map(|finding| &*finding.field)
        .collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            "allowPort",
            "appid",
            "connectTo[0]",
            "extraTlsRoots",
            "fetch_timeout",
            "file",
            "prefix",
            "timeoutMs",
        ]
    );
    let cancel = Cancel::default();
    let error = binding::preflight_with_file(Map::new(), NameStyle::Snake, &cancel).unwrap_err();
    assert_eq!(error.violations()[0].field, "prefix");
    let only_prefix = arguments(&json!({"prefix": PREFIX}));
    let error = binding::preflight_with_file(only_prefix, NameStyle::Snake, &cancel).unwrap_err();
    assert_eq!(error.violations()[0].field, "file");
}
