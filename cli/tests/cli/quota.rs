//! `jumpqr quota` shows what is left, and clears the counts of the day.

use jumpqr_sandbox::{Interface, Sandbox};
use serde_json::{Value, json};

#[cfg(unix)]
use crate::support::run_on_terminal;
use crate::support::{FakeWeChat, RULE_FLAGS, as_account, as_mini_program, jumpqr};

/// Returns the row of an interface, without its white space.
fn row(table: &str, interface: &str) -> Vec<String> {
    let mut lines = table.lines().map(|line| line.split_whitespace());
    let row = lines.find(|words| words.clone().next() == Some(interface));
    let row = row.unwrap_or_else(|| panic!("{interface}: {table}"));
    row.map(str::to_owned).collect()
}

fn used(object: &Value, interface: &str) -> Value {
    let interfaces = object["interfaces"].as_array().unwrap();
    let mut found = interfaces
        .iter()
        .filter(|entry| entry["interface"] == interface);
    found.next().unwrap()["quota"]["used"].clone()
}

#[test]
fn a_mini_program_has_its_rules_publishes_and_calls_in_one_view() {
    let sandbox = Sandbox::start().unwrap();
    let add = [&["add"][..], &RULE_FLAGS].concat();
    as_mini_program(&sandbox, &add).expect(0);
    as_mini_program(&sandbox, &["publish", RULE_FLAGS[1]]).expect(0);

    let run = as_mini_program(&sandbox, &["quota"]).expect(0);
    assert!(
        run.stdout.contains("rules      1 of 100\n"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("publishes  99 left this month\n"),
        "{}",
        run.stdout
    );
    let row = row(&run.stdout, "addJumpQRCode");
    assert_eq!(
        row,
        [
            "addJumpQRCode",
            "100000000",
            "1",
            "99999999",
            "5",
            "in",
            "1",
            "s"
        ]
    );

    let object = as_mini_program(&sandbox, &["--json", "quota"])
        .expect(0)
        .json();
    assert_eq!(object["command"], "quota");
    assert_eq!(object["rules"], json!({"limit": 100, "used": 1}));
    assert_eq!(object["qrcodejump_pub_quota"], 99);
    assert_eq!(used(&object, "publishJumpQRCode"), 1);
    assert_eq!(used(&object, "downloadQRCodeText"), 0);
    let entry = &object["interfaces"][0];
    assert_eq!(entry["cgi_path"], "/cgi-bin/wxopen/qrcodejumpadd");
    assert_eq!(
        entry["rate_limit"],
        json!({"call_count": 5, "refresh_second": 1})
    );
    assert_eq!(object["interfaces"].as_array().unwrap().len(), 5);
}

#[test]
fn with_an_appid_the_account_is_a_service_account() {
    let sandbox = Sandbox::start().unwrap();
    let mini_program = sandbox.mini_program().appid;
    let arguments = ["--json", "quota", "--appid", &mini_program];
    let run = as_account(&sandbox, &sandbox.service_account(), &arguments);
    let object = run.expect(0).json();
    assert_eq!(object["rules"], json!({"limit": 100_000, "used": 0}));
    assert_eq!(used(&object, "linkMiniprogram"), 0);
    assert_eq!(used(&object, "getJumpQRCode"), 1);
    assert_eq!(sandbox.counters().calls_of(Interface::GetJumpQRCode), 1);
    jumpqr(["--sandbox", "quota", "--appid", "wx1"]).expect(0);
}

#[test]
fn a_path_is_asked_about_alone() {
    let sandbox = Sandbox::start().unwrap();
    let run = as_mini_program(&sandbox, &["quota", "/cgi-bin/stable_token"]).expect(0);
    let row = row(&run.stdout, "/cgi-bin/stable_token");
    assert_eq!(row[1..4], ["500000", "1", "499999"]);
    assert_eq!(sandbox.counters().calls_of(Interface::GetJumpQRCode), 0);
    let run = as_mini_program(&sandbox, &["--json", "quota", "getJumpQRCode"]).expect(0);
    let path = &run.json()["interfaces"][0]["cgi_path"];
    assert_eq!(path, "/cgi-bin/wxopen/qrcodejumpget");
    let run = as_mini_program(&sandbox, &["quota", "/nonsense"]).expect(4);
    assert!(run.stderr.contains("cgi_path_not_found"), "{}", run.stderr);
    let run = as_mini_program(&sandbox, &["quota", "qrcodejumpadd"]).expect(3);
    assert!(
        run.stderr.contains("does not begin with `/`"),
        "{}",
        run.stderr
    );
}

/// Starts a WeChat whose getApiQuota gives these answers, by the last part of the path asked about.
fn answering(answers: impl Fn(&str) -> Value + Send + 'static) -> FakeWeChat {
    FakeWeChat::start(move |received| match received.name.as_str() {
        "qrcodejumpget" => json!({"errcode": 0, "rule_list": []}),
        _ => answers(
            received
                .body
                .trim_end_matches("\"}")
                .rsplit('/')
                .next()
                .unwrap(),
        ),
    })
}

#[test]
fn an_interface_that_the_account_cannot_ask_about_does_not_hide_the_others() {
    let wechat = answering(|interface| match interface {
        "qrcodejumpdelete" => json!({"errcode": 76022, "errmsg": "could not use this cgi_path"}),
        _ => json!({
            "errcode": 0, "quota": {"daily_limit": 10, "used": 3},
            "component_rate_limit": {"call_count": 100, "refresh_second": 60},
        }),
    });
    let quota = |arguments: &[&str]| {
        jumpqr(["quota", "--base-url", wechat.base_url()])
            .args(arguments)
            .env("JUMPQR_ACCESS_TOKEN", "T")
    };
    let run = quota(&[]).expect(0);
    // What WeChat left out is left out.
    assert!(!run.stdout.contains("publishes"), "{}", run.stdout);
    let add = row(&run.stdout, "addJumpQRCode").join(" ");
    assert_eq!(add, "addJumpQRCode 10 3 – platform: 100 in 60 s");
    let refused = row(&run.stdout, "deleteJumpQRCode").join(" ");
    assert_eq!(refused, "deleteJumpQRCode – – –");
    let reason = "\ndeleteJumpQRCode: errcode 76022";
    assert!(run.stdout.contains(reason), "{}", run.stdout);
    let object = quota(&["--json"]).expect(0).json();
    assert_eq!(object["interfaces"][3]["errcode"], 76022);
    assert_eq!(object["interfaces"][3]["quota"], json!(null));
    assert_eq!(object["interfaces"][0]["errcode"], json!(null));
}

#[test]
fn any_other_refusal_ends_the_command() {
    let wechat = answering(|_| json!({"errcode": 48001, "errmsg": "api unauthorized"}));
    let run = jumpqr(["quota", "--base-url", wechat.base_url()])
        .env("JUMPQR_ACCESS_TOKEN", "T")
        .expect(4);
    assert!(run.stderr.contains("getApiQuota: "), "{}", run.stderr);
    assert_eq!(wechat.calls(), ["qrcodejumpget", "get"]);
}

#[test]
fn the_counts_of_the_day_are_cleared() {
    let sandbox = Sandbox::start().unwrap();
    let appid = sandbox.mini_program().appid;
    let add = [&["add"][..], &RULE_FLAGS].concat();
    as_mini_program(&sandbox, &add).expect(0);
    let run = as_mini_program(&sandbox, &["quota", "--clear", &appid, "--yes"]).expect(0);
    assert!(
        run.stdout.starts_with("Cleared the counts"),
        "{}",
        run.stdout
    );
    let object = as_mini_program(&sandbox, &["--json", "quota"])
        .expect(0)
        .json();
    assert_eq!(used(&object, "addJumpQRCode"), 0);
    let object = as_mini_program(&sandbox, &["--json", "quota", "--clear", &appid])
        .expect(0)
        .json();
    assert_eq!(object["appid"], *appid);
    assert_eq!(object["confirmation"], "answered");
    // Another appid, a path beside it, and a confirmation of nothing.
    as_mini_program(&sandbox, &["quota", "--clear", "wx1"]).expect(6);
    as_mini_program(&sandbox, &["quota", "--clear", " "]).expect(3);
    as_mini_program(&sandbox, &["quota", "--clear", "foo"]).expect(3);
    as_mini_program(&sandbox, &["quota", "/a", "--clear", &appid]).expect(2);
    as_mini_program(&sandbox, &["quota", "--yes"]).expect(2);
}

#[cfg(unix)]
#[test]
fn on_a_terminal_the_counts_are_cleared_only_after_yes() {
    let wechat = FakeWeChat::start(|_| json!({"errcode": 0}));
    let clear = |more, line| {
        let arguments = [
            "quota",
            "--clear",
            "wx1",
            "--base-url",
            wechat.base_url(),
            more,
        ];
        run_on_terminal(&arguments, &[("JUMPQR_ACCESS_TOKEN", "T")], line)
    };
    let (exit, printed) = clear("", "n\n");
    assert_eq!(exit, Some(4), "{printed}");
    assert!(
        printed.contains("10 clearings of the month. [y/N]"),
        "{printed}"
    );
    assert!(
        printed.contains("Answer y to clear the counts"),
        "{printed}"
    );
    assert_eq!(wechat.calls(), [""; 0]);
    assert_eq!(clear("", "y\n").0, Some(0));
    let (exit, printed) = clear("--yes", "");
    assert_eq!(exit, Some(0), "{printed}");
    assert!(!printed.contains("[y/N]"), "{printed}");
    assert_eq!(wechat.calls(), ["clear_quota", "clear_quota"]);
}
