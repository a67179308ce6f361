//! Whole commands over a real socket: with `--sandbox`, against a sandbox in the test, and against
//! `jumpqr sandbox`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::thread;

use jumpqr_sandbox::{Fault, Interface, Sandbox};
use serde_json::{Value, json};

use crate::support::{RULE_FLAGS, Server, as_account, as_mini_program, jumpqr};

const PREFIX: &str = "https://weixin.qq.com/qrcodejump";

#[test]
fn add_with_sandbox_prints_the_rule_and_the_next_steps() {
    let link = "https://weixin.qq.com/qrcodejump?a=1";
    let run = jumpqr(["--sandbox", "add"])
        .args(RULE_FLAGS)
        .args(["--debug-url", link])
        .expect(0);
    assert!(
        run.stderr
            .starts_with("sandbox: a local WeChat at http://127.0.0.1:"),
        "{}",
        run.stderr
    );
    for text in [
        "prefix           https://weixin.qq.com/qrcodejump\n",
        "open_version     1 (development)\n",
        "Added: WeChat answered ok (errcode 0) – in the sandbox.\n",
        "https://weixin.qq.com/FILE.txt\n",
        "jumpqr publish https://weixin.qq.com/qrcodejump\n",
        link,
    ] {
        assert!(run.stdout.contains(text), "{text}: {}", run.stdout);
    }
    assert!(!run.stdout.contains("Warnings"));
}

#[test]
fn the_embedded_sandbox_accepts_both_official_samples() {
    for sample in [
        r#"{"prefix":"https://weixin.qq.com/qrcodejump","permit_sub_rule":1,"path":"pages/index/index","open_version":1,"debug_url":["https://weixin.qq.com/qrcodejump?a=1","https://weixin.qq.com/qrcodejump?a=2"],"is_edit":0}"#,
        r#"{"prefix":"http://weixin.qq.com/q/kZgfwMTm72Wxxxx","appid":"wxxxxxx","path":"pages/index/index","is_edit":0}"#,
    ] {
        let object = jumpqr(["add", "-", "--sandbox", "--json"])
            .stdin(sample)
            .expect(0)
            .json();
        assert_eq!(object["sandbox"], true);
        assert_eq!(object["confirmation"], "answered");
    }
}

#[test]
fn a_rule_with_warnings_is_sent_and_they_are_printed() {
    let run = jumpqr(["--sandbox", "add", "-"])
        .stdin(
            r#"{"prefix":"https://h.media/pay_3","path":"p","open_version":1,"permit_sub_rule":1}"#,
        )
        .expect(4);
    assert!(run.stderr.contains("errcode 85066"), "{}", run.stderr);
    assert!(run.stderr.contains("rid: "), "{}", run.stderr);
    assert!(
        run.stderr.contains("is on a .media domain"),
        "{}",
        run.stderr
    );
}

#[test]
fn every_command_runs_in_the_embedded_sandbox() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path().to_str().unwrap();
    for (arguments, code) in [
        (&["get"][..], 0),
        (&["get", "--appid", "wx1", "--all"], 0),
        (&["publish", PREFIX], 4),
        (&["download", "--directory", directory], 0),
        (&["link", "wx1"], 0),
        (&["link", "--status"], 0),
        (&["match", PREFIX], 4),
        (&["token", "status"], 0),
    ] {
        let run = jumpqr(["--sandbox"]).args(arguments).expect(code);
        assert!(
            run.stderr.contains("nothing leaves this machine"),
            "{arguments:?}"
        );
    }
}

#[test]
fn the_embedded_sandbox_ignores_the_environment() {
    jumpqr(["--sandbox", "get"])
        .env("JUMPQR_BASE_URL", "http://127.0.0.1:1")
        .env("JUMPQR_ACCESS_TOKEN", "T")
        .env("JUMPQR_TOKEN_STORE", "nonsense")
        .expect(0);
}

#[test]
fn a_rule_is_added_published_edited_and_deleted() {
    let sandbox = Sandbox::start().unwrap();
    let appid = sandbox.mini_program().appid;
    let run = |arguments: &[&str], code| as_mini_program(&sandbox, arguments).expect(code);
    let add = [&["add"][..], &RULE_FLAGS].concat();

    run(&add, 0);
    let counters = sandbox.counters();
    assert_eq!(counters.token_calls, 1);
    assert_eq!(counters.business_calls, 1);
    assert!(run(&add, 4).stderr.contains("85071"));
    run(&["match", PREFIX], 4);
    run(&["publish", PREFIX], 0);
    run(&["match", "https://weixin.qq.com/qrcodejump?a=1"], 0);
    run(&[&add[..], &["--edit"]].concat(), 0);
    assert!(run(&["get"], 0).stdout.contains("2 (published)"));
    assert_eq!(sandbox.rules(&appid).unwrap().len(), 1);
    run(&["delete", PREFIX], 0);
    assert_eq!(sandbox.rules(&appid).unwrap().len(), 0);
}

#[test]
fn a_service_account_rule_is_added_published_and_deleted() {
    let sandbox = Sandbox::start().unwrap();
    let account = sandbox.service_account();
    let mini_program = sandbox.mini_program().appid;
    let prefix = "http://weixin.qq.com/q/kZgfwMTm72W";
    let run = |arguments: &[&str]| {
        as_account(&sandbox, &account, arguments)
            .args(["--appid", &mini_program])
            .expect(0)
    };
    run(&["add", "--prefix", prefix, "--path", "pages/index/index"]);
    run(&["publish", prefix]);
    for selection in [
        &["--latest"][..],
        &["--all"],
        &["--page", "1"],
        &["--prefix", prefix],
    ] {
        let listed = run(&[&["get"], selection].concat());
        assert!(
            listed.stdout.contains(prefix),
            "{selection:?}: {}",
            listed.stdout
        );
    }
    run(&["match", prefix]);
    run(&["delete", prefix]);
    assert!(!run(&["get"]).stdout.contains(prefix));
}

#[test]
fn download_writes_the_file_of_the_account() {
    let sandbox = Sandbox::start().unwrap();
    let account = sandbox.account(&sandbox.mini_program().appid).unwrap();
    let (name, content) = account.verification_file();
    let directory = tempfile::tempdir().unwrap();
    as_mini_program(&sandbox, &["download", "--directory"])
        .args([directory.path()])
        .expect(0);
    assert_eq!(
        std::fs::read_to_string(directory.path().join(name)).unwrap(),
        content
    );
}

#[test]
fn a_rule_that_was_added_despite_a_busy_response_is_read_back() {
    let sandbox = Sandbox::start().unwrap();
    let busy = Fault::errcode(-1)
        .after_applying()
        .on(Interface::AddJumpQRCode);
    sandbox.inject(busy).unwrap();
    let add = [&["--json", "add"][..], &RULE_FLAGS].concat();
    let object = as_mini_program(&sandbox, &add).expect(0).json();
    assert_eq!(object["confirmation"], "read_back");
}

#[test]
fn wrong_credentials_exit_with_6() {
    let sandbox = Sandbox::start().unwrap();
    let run = as_mini_program(&sandbox, &["get"])
        .env("JUMPQR_SECRET", "wrong")
        .expect(6);
    assert!(
        run.stderr.contains("stable_token") && run.stderr.contains("40125"),
        "{}",
        run.stderr
    );
    assert_eq!(sandbox.counters().business_calls, 0);
}

/// Starts `jumpqr sandbox` and reads the line that it prints when it is ready.
fn serve(options: &[&str]) -> (Server, Value) {
    Server::start_with_json(jumpqr(["sandbox"]).args(options))
}

#[test]
fn other_commands_can_use_the_printed_credentials() {
    let (_server, object) = serve(&[]);
    assert_eq!(object["ok"], true);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    for (account, mode) in [
        ("mini_program", &[][..]),
        ("service_account", &["--appid", "wx5a6b7c8d9e0f1a2b"]),
    ] {
        jumpqr(["get"])
            .args(mode)
            .env("JUMPQR_BASE_URL", text(&object["base_url"]))
            .env("JUMPQR_APPID", text(&object[account]["appid"]))
            .env("JUMPQR_SECRET", text(&object[account]["secret"]))
            .expect(0);
    }
}

/// POSTs `body` to `path` and returns the response's body.
fn post(base_url: &str, path: &str, body: &Value) -> Value {
    let host = base_url.strip_prefix("http://").unwrap();
    let body = body.to_string();
    let mut connection = TcpStream::connect(host).unwrap();
    write!(
        connection,
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut response = String::new();
    connection.read_to_string(&mut response).unwrap();
    let (_, body) = response.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap()
}

#[test]
fn a_platform_can_call_with_the_printed_credentials() {
    let (_server, object) = serve(&[]);
    let base_url = object["base_url"].as_str().unwrap();
    let platform = &object["platform"];
    let select = |names: &[&str]| -> Value {
        let fields = names
            .iter()
            .map(|name| ((*name).to_owned(), platform[name].clone()));
        Value::Object(fields.collect())
    };
    let component = post(
        base_url,
        "/cgi-bin/component/api_component_token",
        &select(&[
            "component_appid",
            "component_appsecret",
            "component_verify_ticket",
        ]),
    );
    let token = component["component_access_token"].as_str().unwrap();
    let merchant = post(
        base_url,
        &format!("/cgi-bin/component/api_authorizer_token?access_token={token}"),
        &select(&[
            "component_appid",
            "authorizer_appid",
            "authorizer_refresh_token",
        ]),
    );
    let token = merchant["authorizer_access_token"].as_str().unwrap();
    jumpqr(["add"])
        .args(RULE_FLAGS)
        .env("JUMPQR_BASE_URL", base_url)
        .env("JUMPQR_ACCESS_TOKEN", token)
        .expect(0);
}

/// Starts a sandbox that prints for people. Returns what it prints, to the line that begins so.
fn serve_for_people(flags: &[&str], last_line: &str) -> (Server, String) {
    let command = jumpqr(["sandbox"]).args(flags);
    Server::start(command, |line| line.starts_with(last_line))
}

#[test]
fn the_lines_for_a_server_have_all_credentials_of_the_platform() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/push", listener.local_addr().unwrap());
    let last_line = "export JUMPQR_ENCODING_AES_KEY=";
    let (_server, printed) = serve_for_people(&["--push-url", &url], last_line);
    let (_other, object) = serve(&[]);
    for (variable, field) in [
        ("JUMPQR_COMPONENT_APPID", "component_appid"),
        ("JUMPQR_COMPONENT_APPSECRET", "component_appsecret"),
        ("JUMPQR_MESSAGE_TOKEN", "message_token"),
        ("JUMPQR_ENCODING_AES_KEY", "encoding_aes_key"),
    ] {
        let value = object["platform"][field].as_str().unwrap();
        let export = format!("export {variable}={value}\n");
        assert!(printed.contains(&export), "{export}: {printed}");
    }
    assert!(printed.contains("export JUMPQR_BASE_URL="), "{printed}");
}

#[test]
fn without_json_the_same_credentials_are_printed() {
    let (_server, printed) = serve_for_people(&["--proxy"], "jumpqr get");
    for export in [
        "export HTTPS_PROXY=http://127.0.0.1:",
        "export SSL_CERT_FILE=/",
        "export CURL_CA_BUNDLE=/",
        "export REQUESTS_CA_BUNDLE=/",
        "export NODE_EXTRA_CA_CERTS=/",
        "export NODE_USE_ENV_PROXY=1\n",
    ] {
        assert!(printed.contains(export), "{export}: {printed}");
    }
    let (_server, object) = serve(&[]);
    for account in ["mini_program", "service_account", "platform"] {
        for (field, value) in object[account].as_object().unwrap() {
            let value = value.as_str().unwrap();
            assert!(printed.contains(value), "{account} {field}: {printed}");
        }
    }
}

#[test]
fn the_sandbox_pushes_to_the_given_url() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/wechat", listener.local_addr().unwrap());
    let (_server, object) = serve(&["--push-url", &url]);
    assert_eq!(object["push_url"], url);
    let (stream, _) = listener.accept().unwrap();
    let mut request_line = String::new();
    BufReader::new(stream).read_line(&mut request_line).unwrap();
    assert!(
        request_line.starts_with("POST /wechat?signature="),
        "{request_line}"
    );

    let run = jumpqr(["sandbox", "--push-url", "http://p.example.cn/wechat"]).expect(2);
    assert!(run.stderr.contains("push_url"), "{}", run.stderr);
}

#[test]
fn the_sandbox_fetches_the_file_from_the_given_server() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (_server, object) = serve(&["--fetch-file-from", &address]);
    assert_eq!(object["fetch_file_from"], address);
    let base_url = object["base_url"].as_str().unwrap();
    let mini_program = &object["mini_program"];
    let issued = post(
        base_url,
        "/cgi-bin/stable_token",
        &json!({
            "grant_type": "client_credential", "appid": mini_program["appid"],
            "secret": mini_program["secret"],
        }),
    );
    let token = issued["access_token"].as_str().unwrap();
    let path = format!("/cgi-bin/wxopen/qrcodejumpadd?access_token={token}");
    let rule = json!({
        "prefix": "http://m.example.cn/shop/", "permit_sub_rule": 1, "path": "p", "open_version": 1,
        "is_edit": 0,
    });
    let requested = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = [0; 1024];
        let length = stream.read(&mut head).unwrap();
        let body = "6bacb2bab32b3420f9de40cccb30fc50";
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: 32\r\n\r\n{body}");
        stream.write_all(answer.as_bytes()).unwrap();
        String::from_utf8_lossy(&head[..length]).into_owned()
    });
    assert_eq!(post(base_url, &path, &rule)["errcode"], 0);
    let head = requested.join().unwrap();
    assert!(head.starts_with("GET /shop/KCfCAeDG9F.txt "), "{head}");
    assert!(head.contains("\r\nHost: m.example.cn\r\n"), "{head}");

    let run = jumpqr(["sandbox", "--fetch-file-from", "desk:8080"]).expect(2);
    assert!(run.stderr.contains("--fetch-file-from"), "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn ctrl_c_and_sigterm_exit_with_0() {
    for signal in ["-INT", "-TERM"] {
        let (server, _) = serve(&[]);
        let (status, _) = server.stop(signal);
        assert_eq!(status.code(), Some(0), "{signal}");
    }
}

#[test]
fn only_allowed_hosts_are_served() {
    let (_server, object) = serve(&["--allow-host", "wechat.test", "--allow-host", "a.test:80"]);
    let address = object["base_url"].as_str().unwrap();
    let address = address.strip_prefix("http://").unwrap();
    for (host, status) in [
        (address, "200"),
        ("wechat.test:1", "200"),
        ("a.test:80", "200"),
        ("a.test:81", "403"),
        ("evil.example", "403"),
    ] {
        let mut connection = TcpStream::connect(address).unwrap();
        let head = format!("GET /sandbox HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        connection.write_all(head.as_bytes()).unwrap();
        let mut response = String::new();
        connection.read_to_string(&mut response).unwrap();
        assert_eq!(
            response.split(' ').nth(1),
            Some(status),
            "{host}: {response}"
        );
    }
    let run = jumpqr(["sandbox", "--allow-host", "http://wechat.test"]).expect(2);
    assert!(run.stderr.contains("NAME:PORT"), "{}", run.stderr);
}

#[test]
fn the_proxy_writes_its_certificate_and_refuses_other_hosts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    let named = ["--proxy", "--proxy-ca-file", path.to_str().unwrap()];
    for options in [&["--proxy"][..], &named] {
        let (server, object) = serve(options);
        assert_eq!(object["proxy"]["url"], object["base_url"]);
        let ca_file = PathBuf::from(object["proxy"]["ca_file"].as_str().unwrap());
        let ca = std::fs::read_to_string(&ca_file).unwrap();
        assert!(ca.starts_with("-----BEGIN CERTIFICATE-----"), "{ca}");
        assert!(!ca.contains("PRIVATE KEY"));
        let address = object["base_url"].as_str().unwrap();
        let mut connection = TcpStream::connect(address.strip_prefix("http://").unwrap()).unwrap();
        connection
            .write_all(b"CONNECT example.org:443 HTTP/1.1\r\n\r\n")
            .unwrap();
        let mut response = String::new();
        connection.read_to_string(&mut response).unwrap();
        assert!(response.starts_with("HTTP/1.1 403 "), "{response}");
        #[cfg(unix)]
        {
            assert!(server.stop("-TERM").0.success());
            assert_eq!(ca_file.exists(), options == named, "{}", ca_file.display());
        }
    }
    let (_server, object) = serve(&[]);
    assert_eq!(object["proxy"], Value::Null);
    jumpqr(["sandbox", "--proxy-ca-file", "x"]).expect(2);
}

#[test]
fn a_proxy_ca_file_that_cannot_be_written_is_named() {
    let run = jumpqr([
        "sandbox",
        "--proxy",
        "--proxy-ca-file",
        "no/such/folder/ca.pem",
    ])
    .expect(2);
    assert!(
        run.stderr
            .contains("no/such/folder/ca.pem cannot be written"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let run = jumpqr(["sandbox", "--port", &port]).expect(5);
    assert!(run.stderr.contains(&port), "{}", run.stderr);
    let object = jumpqr(["sandbox", "--port", &port, "--json"])
        .expect(5)
        .json();
    assert_eq!(object["error"]["code"], json!("sandbox_not_started"));
}
