//! `--trace`: a line about each call on standard error.

use jumpqr_sandbox::Sandbox;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Jumpqr, RULE_FLAGS, Run, jumpqr};

const PAGE: &str = include_str!("../../../docs/watching.md");

fn as_mini_program(sandbox: &Sandbox, home: &TempDir, arguments: &[&str]) -> Jumpqr {
    let account = sandbox.mini_program();
    jumpqr(arguments)
        .home(home.path())
        .env("JUMPQR_BASE_URL", sandbox.base_url())
        .env("JUMPQR_APPID", &account.appid)
        .env("JUMPQR_SECRET", account.secret.expose())
}

/// Adds a rule. The token dies, the response is -1, and the first read-back fails.
fn add(options: &[&str]) -> Run {
    let sandbox = Sandbox::start().unwrap();
    let home = TempDir::new().unwrap();
    let quiet = as_mini_program(&sandbox, &home, &["get"]).expect(0);
    assert_eq!(quiet.stderr, "");
    for fault in [
        json!({"fault": "token_death", "on": "addJumpQRCode"}),
        json!({"fault": "errcode", "errcode": -1, "on": "addJumpQRCode"}),
        json!({"fault": "status", "status": 502, "on": "getJumpQRCode"}),
    ] {
        sandbox.control("POST", "/sandbox/faults", fault).unwrap();
    }
    let arguments = [options, &["add"], &RULE_FLAGS].concat();
    let run = as_mini_program(&sandbox, &home, &arguments).expect(0);
    let secret = sandbox.mini_program().secret;
    assert!(!run.everything().contains(secret.expose()), "{run:?}");
    run
}

/// Replaces each number of milliseconds.
fn without_times(line: &str) -> String {
    let words = line.split(' ').map(|word| match word.split_once("_ms=") {
        Some((name, _)) => format!("{name}_ms=0"),
        None => word.to_owned(),
    });
    // A lock on a file may take a moment.
    let words = words.filter(|word| !word.starts_with("lock_ms"));
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_call_with_retries_a_renewal_and_a_read_back_is_traced_as_the_page_shows() {
    let run = add(&["--trace"]);
    let (_, block) = PAGE.split_once("```text\n").unwrap();
    let (block, _) = block.split_once("\n```").unwrap();
    let lines = |text: &str| text.lines().map(without_times).collect::<Vec<_>>();
    let shown = lines(block);
    let traced = lines(&run.stderr);
    let token = |lines: &[String]| {
        let line = lines.iter().find(|line| line.starts_with("stable_token"));
        line.cloned()
    };
    assert_eq!(token(&traced), token(&shown));
    let call = |lines: &[String]| {
        let line = lines.iter().find(|line| line.starts_with("addJumpQRCode"));
        line.cloned()
    };
    assert_eq!(call(&traced), call(&shown));
}

#[test]
fn with_json_each_line_is_an_object() {
    let run = add(&["--trace", "--json"]);
    let events: Vec<Value> = run
        .stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let names: Vec<_> = events.iter().map(|event| &event["interface"]).collect();
    assert_eq!(names, ["stable_token", "addJumpQRCode"]);
    assert_eq!(events[1]["attempts"].as_array().unwrap().len(), 5);
    assert_eq!(run.json()["ok"], true);
}

#[test]
fn the_calls_of_a_command_that_fails_are_traced_before_its_error() {
    let run = jumpqr(["--sandbox", "--trace", "raw", "/cgi-bin/no_such_path"]).expect(4);
    let lines: Vec<_> = run.stderr.lines().skip(1).collect();
    assert!(lines[0].starts_with("stable_token appid="), "{run:?}");
    assert!(lines[1].starts_with("/cgi-bin/no_such_path "), "{run:?}");
    assert!(lines[1].contains(" errcode=40066 "), "{run:?}");
    assert!(lines[2].starts_with("error["), "{run:?}");
}
