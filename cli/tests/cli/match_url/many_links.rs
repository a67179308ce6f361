//! `jumpqr match --links` looks at many links.

use std::fmt::Write;
use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Run, jumpqr};

/// A folder with a file of links and a file of rules.
struct Files(TempDir);

impl Files {
    fn new(links: &str, rules: &Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("links.txt"), links).unwrap();
        fs::write(folder.path().join("rules.json"), rules.to_string()).unwrap();
        Self(folder)
    }

    fn run(&self, options: &[&str], code: i32) -> Run {
        let path = |name| self.0.path().join(name).to_str().unwrap().to_owned();
        jumpqr([
            "match",
            "--rules",
            &path("rules.json"),
            "--links",
            &path("links.txt"),
        ])
        .args(options)
        .expect(code)
    }
}

fn rules() -> Value {
    json!([
        {"prefix": "https://h.cn/t/", "path": "pages/table", "state": 2},
        {"prefix": "https://h.cn/s/", "state": 1, "open_version": 2,
         "debug_url": ["https://h.cn/s/1"]},
    ])
}

#[test]
fn links_that_all_open_are_one_line() {
    let files = Files::new("https://h.cn/t/1\nhttps://h.cn/t/2", &rules());
    let run = files.run(&[], 0);
    assert_eq!(run.stdout, "All links open: 2 of 2\n");
}

#[test]
fn links_that_do_not_open_are_grouped_by_reason_with_their_lines() {
    let file = "\u{feff}# printed in May\r\n\r\nhttps://h.cn/t/1\r\nhttp://h.cn/t/2\r\n\
                 https://h.cn/s/1\nhttps://h.cn/s/2\n  http://h.cn/t/3  \nWIFI:S:h;;\n";
    let run = Files::new(file, &rules()).run(&[], 4);
    let lines: Vec<_> = run.stdout.lines().collect();
    assert_eq!(lines[0], "Do not open: 5 of 6 links");
    assert_eq!(
        lines[1],
        "  1 of them are test links that open for testers."
    );
    let place = |text: &str| {
        let found = lines.iter().position(|line| line.starts_with(text));
        found.unwrap_or_else(|| panic!("{text}: {}", run.stdout))
    };
    assert!(place("scheme_differs: 2 links") < place("not_a_link: 1 link"));
    assert!(place("not_published: 2 links") < place("not_a_link: 1 link"));
    for (line, link, rule) in [
        ("4", "http://h.cn/t/2", "https://h.cn/t/"),
        ("7", "http://h.cn/t/3", "https://h.cn/t/"),
        ("5", "https://h.cn/s/1", "https://h.cn/s/"),
        ("6", "https://h.cn/s/2", "https://h.cn/s/"),
    ] {
        let words = |row: &&&str| row.split_whitespace().eq([link, line, rule]);
        assert!(
            lines.iter().any(|row| words(&row)),
            "{link}: {}",
            run.stdout
        );
    }
    assert!(
        run.stdout.contains("jumpqr publish https://h.cn/s/"),
        "{}",
        run.stdout
    );
}

#[test]
fn only_the_first_20_links_of_a_reason_are_printed_without_all() {
    let mut links = String::new();
    for number in 0..1030 {
        writeln!(links, "https://h.cn/r/{number}").unwrap();
    }
    let files = Files::new(&links, &rules());
    let run = files.run(&[], 4);
    assert!(
        run.stdout.contains("not_a_sub_path: 1,030 links"),
        "{}",
        run.stdout
    );
    assert_eq!(run.stdout.matches("/r/").count(), 21, "{}", run.stdout);
    assert!(run.stdout.contains("1,010 others: --all"), "{}", run.stdout);
    let run = files.run(&["--all"], 4);
    assert_eq!(run.stdout.matches("/r/").count(), 1031);
    assert!(!run.stdout.contains("--all"));
}

#[test]
fn the_object_has_every_link_that_does_not_open() {
    let mut links = String::new();
    for number in 0..30 {
        writeln!(links, "http://h.cn/t/{number}\nhttps://h.cn/t/{number}").unwrap();
    }
    links.push_str("https://h.cn/s/1\n");
    let object = Files::new(&links, &rules()).run(&["--json"], 4).json();
    assert_eq!(object["ok"], true);
    assert_eq!(object["link_count"], 61);
    assert_eq!(object["open_count"], 30);
    assert_eq!(object["closed_count"], 31);
    assert_eq!(object["opens_for_testers_count"], 1);
    let reasons = &object["reasons"];
    assert_eq!(reasons[0]["code"], "scheme_differs");
    assert_eq!(reasons[0]["count"], 30);
    assert!(reasons[0]["message"].is_string());
    assert_eq!(reasons[0]["links"].as_array().unwrap().len(), 30);
    assert_eq!(
        reasons[0]["links"][1],
        json!({
            "line": 3, "link": "http://h.cn/t/1", "rule": "https://h.cn/t/",
            "opens_for_testers": false,
        })
    );
    assert_eq!(reasons[1]["code"], "not_published");
    assert_eq!(reasons[1]["links"][0]["opens_for_testers"], true);
}

#[test]
fn the_next_step_looks_at_one_of_the_links() {
    let files = Files::new("https://h.cn/r/1?a=b&c\n", &rules());
    let run = files.run(&[], 4);
    let command = run.stdout.lines().last().unwrap().trim();
    let words = shlex::split(command).unwrap();
    assert_eq!(words.last().unwrap(), "https://h.cn/r/1?a=b&c");
    let run = jumpqr(&words[1..]).expect(4);
    assert!(run.stdout.contains("no rule covers"), "{}", run.stdout);
}

#[test]
fn links_are_read_from_standard_input() {
    let files = Files::new("", &rules());
    let rules = files.0.path().join("rules.json");
    let run = jumpqr(["match", "--links", "-", "--rules"]).args([&rules]);
    let run = run.stdin("https://h.cn/t/1\n").expect(0);
    assert_eq!(run.stdout, "All links open: 1 of 1\n");
    // Only one of the two can be standard input.
    jumpqr(["match", "--links", "-", "--rules", "-"]).expect(2);
}

#[test]
fn without_rules_the_reason_is_that_there_is_none() {
    let object = Files::new("https://h.cn/\n", &json!([]))
        .run(&["--json"], 4)
        .json();
    assert_eq!(object["reasons"][0]["code"], "no_rule");
    assert_eq!(object["reasons"][0]["links"][0]["rule"], Value::Null);
}

#[test]
fn a_file_that_is_not_a_list_of_links_is_refused() {
    for (links, text) in [
        (String::new(), "has no link"),
        ("# nothing\n\n".to_owned(), "has no link"),
        (
            format!("https://h.cn/\n{}", "a".repeat(70_000)),
            "line 2 of",
        ),
    ] {
        let run = Files::new(&links, &rules()).run(&[], 2);
        assert!(run.stderr.contains(text), "{}", run.stderr);
    }
    let files = Files::new("", &rules());
    fs::write(
        files.0.path().join("links.txt"),
        b"https://h.cn/\n\xff\xfe\n",
    )
    .unwrap();
    let run = files.run(&[], 2);
    assert!(run.stderr.contains("line 2 of"), "{}", run.stderr);
    assert!(run.stderr.contains("is not UTF-8"), "{}", run.stderr);
}

#[test]
fn a_link_and_a_file_of_links_exclude_each_other() {
    jumpqr(["match", "https://h.cn/", "--links", "links.txt"]).expect(2);
    let run = jumpqr(["match"]).expect(2);
    assert!(
        run.stderr.contains("give a URL, or --links and a file"),
        "{}",
        run.stderr
    );
}
