//! `jumpqr preflight` looks for the verification file as WeChat does, and reads access logs. `add`
//! does so after 85069, and before if it is asked to.

mod access_log;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{FakeWeChat, Jumpqr, Site, jumpqr, response};

const NAME: &str = "UASjIrr8C9.txt";
const CONTENT: &str = "7781805a2d7f096b0a277a8db058c316";
const PREFIX: &str = "http://m.example.cn/table/";
const URL: &str = "http://m.example.cn/table/UASjIrr8C9.txt";

/// Starts a server that has the file in the right place.
fn right_site() -> Site {
    Site::start(|path| match path {
        "/table/UASjIrr8C9.txt" => response("200 OK", &["Content-Type: text/plain"], CONTENT),
        "/table/" => response("200 OK", &["Content-Type: text/html"], "<html>"),
        _ => response("404 Not Found", &["Content-Type: text/html"], "<html>"),
    })
}

/// Starts a server that has the file only in the root.
fn wrong_site() -> Site {
    Site::start(|path| match path {
        "/UASjIrr8C9.txt" => response("200 OK", &["Content-Type: text/plain"], CONTENT),
        _ => response("404 Not Found", &["X-Cache: MI\u{202e}SS"], ""),
    })
}

fn file_in(folder: &TempDir) -> PathBuf {
    let path = folder.path().join(NAME);
    fs::write(&path, CONTENT).unwrap();
    path
}

fn look(site: &Site, file: &Path) -> Jumpqr {
    let address = site.address.to_string();
    jumpqr([
        "preflight",
        "--prefix",
        PREFIX,
        "--connect-to",
        &address,
        "--file",
    ])
    .args([file])
}

/// Starts a WeChat that gives the file, and answers everything else with `errcode`.
fn wechat(errcode: i64) -> FakeWeChat {
    FakeWeChat::start(move |request| match &*request.name {
        "qrcodejumpdownload" => {
            json!({"errcode": 0, "file_name": NAME, "file_content": CONTENT})
        }
        _ => json!({"errcode": errcode, "errmsg": "check file fail"}),
    })
}

fn call(wechat: &FakeWeChat, arguments: &[&str]) -> Jumpqr {
    jumpqr(arguments)
        .args(["--base-url", wechat.base_url()])
        .env("JUMPQR_ACCESS_TOKEN", "T")
}

/// Returns the codes of the findings.
fn codes(preflight: &Value) -> Vec<&str> {
    let findings = preflight["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|finding| finding["code"].as_str().unwrap())
        .collect()
}

#[test]
fn a_right_file_is_one_line_and_what_only_wechat_can_see() {
    let folder = tempfile::tempdir().unwrap();
    let run = look(&right_site(), &file_in(&folder)).expect(0);
    let mut paragraphs = run.stdout.split("\n\n");
    let verdict = format!("No cause found: {URL} answers with the file");
    assert_eq!(paragraphs.next(), Some(&*verdict));
    let unseen = paragraphs.next().unwrap();
    assert!(
        unseen.starts_with("This was looked at from 127.0.0.1."),
        "{unseen}"
    );
    assert!(unseen.contains("cannot be seen from here"), "{unseen}");
    assert_eq!(paragraphs.next(), None);
}

#[test]
fn a_wrong_place_exits_with_4_and_names_the_right_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = file_in(&folder);
    let site = wrong_site();
    let run = look(&site, &file).expect(4);
    let verdict = format!("Will fail: WeChat will not find the file at {URL}\n\n");
    assert!(run.stdout.starts_with(&verdict), "{}", run.stdout);
    for text in ["[file_at_root]", "status 404", URL] {
        assert!(run.stdout.contains(text), "{text}: {}", run.stdout);
    }
    let object = look(&site, &file).args(["--json"]).expect(4).json();
    assert_eq!(object["ok"], true);
    assert_eq!(object["verdict"], "will_fail");
    assert_eq!(object["url"], URL);
    assert_eq!(object["access_log"], Value::Null);
    assert_eq!(codes(&object), ["file_at_root"]);
}

#[test]
fn all_prints_addresses_times_and_escaped_heads() {
    let folder = tempfile::tempdir().unwrap();
    let site = wrong_site();
    let run = look(&site, &file_in(&folder)).args(["--all"]).expect(4);
    let at = format!("right: {URL} at {}, attempt 3\n", site.address);
    for text in [
        &*at,
        "connect ",
        "whole ",
        "x-cache: MI\\u{202e}SS",
        "root: http://",
    ] {
        let shown = run.stdout.to_lowercase();
        assert!(
            shown.contains(&text.to_lowercase()),
            "{text}: {}",
            run.stdout
        );
    }
    assert!(!run.stdout.contains('\u{202e}'));
}

#[test]
fn the_expected_file_comes_from_wechat() {
    let wechat = wechat(0);
    let site = right_site();
    let address = site.address.to_string();
    let folder = tempfile::tempdir().unwrap();
    let rule = folder.path().join("rule.json");
    let text = json!({"prefix": PREFIX, "path": "p", "open_version": 1, "permit_sub_rule": 1});
    fs::write(&rule, text.to_string()).unwrap();
    let look = [
        "preflight",
        rule.to_str().unwrap(),
        "--connect-to",
        &address,
    ];
    call(&wechat, &look).expect(0);
    assert_eq!(wechat.calls(), ["qrcodejumpdownload"]);
}

#[test]
fn with_the_sandbox_the_file_is_its_own_and_the_look_is_real() {
    let site = right_site();
    let address = site.address.to_string();
    let run = jumpqr(["--sandbox", "--json", "preflight", "--prefix", PREFIX])
        .args(["--connect-to", &address])
        .expect(4);
    assert_eq!(codes(&run.json()), ["not_found"]);
    assert!(
        run.stderr.contains("the look for it is real"),
        "{}",
        run.stderr
    );
    assert!(!run.stderr.contains("nothing leaves"), "{}", run.stderr);
}

#[test]
fn what_needs_no_file_needs_no_credentials() {
    let prefix = "http://weixin.qq.com/q/kZgfwMTm72W";
    let run = jumpqr(["preflight", "--prefix", prefix]).expect(0);
    assert!(run.stdout.starts_with("No file needed: "), "{}", run.stdout);
    let log = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let object = jumpqr(["preflight", "-", "--json", "--access-log", log])
        .stdin(json!({"prefix": prefix, "appid": "wx1", "path": "p"}).to_string())
        .expect(0)
        .json();
    assert_eq!(object["verdict"], "no_file_needed");
    assert_eq!(object["access_log"], Value::Null);
}

#[test]
fn private_addresses_and_ports_are_looked_at_only_if_permitted() {
    let folder = tempfile::tempdir().unwrap();
    let file = file_in(&folder);
    let site = right_site();
    let look = |prefix: &str, options: &[&str], code| {
        let run = jumpqr(["preflight", "--json", "--prefix", prefix, "--file"])
            .args([&file])
            .args(options);
        codes(&run.expect(code).json()).join(" ")
    };
    let prefix = format!("http://{}/table/", site.address);
    assert_eq!(look("http://127.0.0.1/table/", &[], 4), "private_address");
    assert_eq!(look(&prefix, &[], 0), "port");
    assert_eq!(look(&prefix, &["--allow-port"], 4), "private_address port");
    assert_eq!(site.log(), "");
    let allowed = ["--allow-port", "--allow-private"];
    assert_eq!(look(&prefix, &allowed, 0), "port");
    assert_ne!(site.log(), "");
}

#[test]
fn wrong_arguments_are_refused_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let file = file_in(&folder);
    let site = right_site();
    for (options, code, says) in [
        (&["--fetch-timeout", "0"][..], 3, "--fetch-timeout: "),
        (&["--timeout=-1"], 3, "--timeout: "),
        (&["--fetch-timeout", "x"], 2, "give a number"),
        (&["--connect-to", "m.example.cn"], 2, "--connect-to"),
        (
            &["--access-log", "no/such/log"],
            2,
            "no/such/log cannot be read",
        ),
    ] {
        let run = look(&site, &file).args(options).expect(code);
        assert!(run.stderr.contains(says), "{options:?}: {}", run.stderr);
    }
    let giant = folder.path().join("giant.txt");
    fs::write(&giant, vec![b'a'; 70_000]).unwrap();
    for (arguments, code) in [
        (
            vec!["--prefix", "m.example.cn", "--file", file.to_str().unwrap()],
            3,
        ),
        (vec!["--prefix", PREFIX, "--file", "no/such/file"], 2),
        (
            vec!["--prefix", PREFIX, "--file", giant.to_str().unwrap()],
            2,
        ),
        (vec!["--prefix", PREFIX, "--file", "/"], 2),
        (vec!["--prefix", PREFIX, "rule.json"], 2),
        (vec![], 2),
        (vec!["--prefix", PREFIX], 6),
    ] {
        jumpqr(["preflight"]).args(arguments).expect(code);
    }
    assert_eq!(site.log(), "");
}

/// A rule as flags, with this prefix.
fn add(prefix: &str) -> Vec<&str> {
    let flags = [
        "--path",
        "p",
        "--open-version",
        "1",
        "--permit-sub-rule",
        "1",
    ];
    [&["add", "--prefix", prefix][..], &flags].concat()
}

#[test]
fn after_85069_add_says_why_the_file_is_not_found() {
    let wechat = wechat(85069);
    let add = add("http://localhost/table/");
    let run = call(&wechat, &add).expect(4);
    for text in [
        "error[verification_file_failed]",
        "Will fail: ",
        "[private_address]",
        "What to do:",
        // Its base URL may belong to a sandbox, which may have looked at another server.
        "/sandbox/requests has its reason",
    ] {
        assert!(run.stderr.contains(text), "{text}: {}", run.stderr);
    }
    let object = call(&wechat, &add).args(["--json"]).expect(4).json();
    assert_eq!(object["error"]["errcode"], 85069);
    assert_eq!(codes(&object["error"]["preflight"]), ["private_address"]);
    assert_eq!(wechat.calls()[..2], ["qrcodejumpadd", "qrcodejumpdownload"]);
}

#[test]
fn after_other_errors_and_for_other_rules_add_does_not_look() {
    let prefix = "http://weixin.qq.com/q/kZgfwMTm72W";
    for (errcode, arguments) in [
        (85066, add("http://localhost/table/")),
        (
            85069,
            vec!["add", "--prefix", prefix, "--path", "p", "--appid", "wx1"],
        ),
    ] {
        let wechat = wechat(errcode);
        let object = call(&wechat, &arguments).args(["--json"]).expect(4).json();
        assert_eq!(object["error"]["preflight"], Value::Null, "{object}");
        assert_eq!(wechat.calls(), ["qrcodejumpadd"]);
    }
}

#[test]
fn with_preflight_a_rule_whose_file_is_missing_is_not_sent() {
    let refusing = wechat(0);
    let refused = add("http://localhost/table/");
    let run = call(&refusing, &refused).args(["--preflight"]).expect(4);
    assert!(run.stderr.contains("[private_address]"), "{}", run.stderr);
    let object = call(&refusing, &refused)
        .args(["--preflight", "--json"])
        .expect(4)
        .json();
    assert_eq!(object["error"]["code"], "preflight_failed");
    assert_eq!(object["error"]["outcome"], "not_applied");
    assert_eq!(object["error"]["preflight"]["verdict"], "will_fail");
    assert_eq!(refusing.calls(), ["qrcodejumpdownload"; 2]);

    // With a port, nothing is looked at, so it may fail.
    let unsure = add("http://localhost:8080/table/");
    let accepting = wechat(0);
    let run = call(&accepting, &unsure).args(["--preflight"]).expect(0);
    assert!(run.stdout.contains("May fail: "), "{}", run.stdout);
    let object = call(&accepting, &unsure)
        .args(["--preflight", "--json"])
        .expect(0)
        .json();
    assert_eq!(object["preflight"]["verdict"], "may_fail");
    assert_eq!(accepting.calls(), ["qrcodejumpadd"; 2]);

    let refusing = wechat(85069);
    let object = call(&refusing, &unsure)
        .args(["--preflight", "--json"])
        .expect(4)
        .json();
    assert_eq!(object["error"]["errcode"], 85069);
    assert_eq!(object["error"]["preflight"]["verdict"], "may_fail");
    assert_eq!(refusing.calls(), ["qrcodejumpadd"]);
}

#[test]
fn the_sandbox_has_no_file_to_look_for_before_a_rule_is_added() {
    jumpqr(["--sandbox", "add", "--preflight", "rule.json"]).expect(2);
    jumpqr(["add", "--preflight", "--dry-run", "rule.json"]).expect(2);
}
