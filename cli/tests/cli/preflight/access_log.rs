use std::fs;

use super::{codes, file_in, look, right_site, wrong_site};

#[test]
fn an_access_log_tells_what_wechat_got() {
    let folder = tempfile::tempdir().unwrap();
    let file = file_in(&folder);
    let site = right_site();
    look(&site, &file).expect(0);
    let log = folder.path().join("access.log");
    let own = site.log();
    fs::write(&log, &own).unwrap();
    let with_log = || look(&site, &file).args(["--access-log"]).args([&log]);
    let run = with_log().expect(4);
    for text in [
        "WeChat never came",
        "[never_came]",
        "3 of preflights, and 0 from addresses that are not public",
    ] {
        assert!(run.stdout.contains(text), "{text}: {}", run.stdout);
    }

    let redirected = "203.0.113.7 - - [30/Nov/2026:12:01:00 +0800] \"GET /table/UASjIrr8C9.txt \
                      HTTP/1.1\" 301 162 \"-\" \"We\u{202e}Chat\" 7.012\n";
    let other = redirected.replace("We\u{202e}Chat", "-");
    fs::write(&log, format!("{own}{redirected}{other}\0\n")).unwrap();
    let run = with_log().expect(4);
    for text in [
        "WeChat came and did not get the file",
        "[redirect]",
        "[too_slow]",
        "when   2 times, from 30/Nov/2026:12:01:00 +0800 to 30/Nov/2026:12:01:00 +0800\n",
        "from   203.0.113.7",
        "agent  We\\u{202e}Chat\n         -\n",
    ] {
        assert!(run.stdout.contains(text), "{text}: {}", run.stdout);
    }
    let object = with_log().args(["--json"]).expect(4).json();
    assert_eq!(object["access_log"]["verdict"], "came_and_failed");
    assert_eq!(codes(&object["access_log"]), ["redirect", "too_slow"]);
    assert_eq!(object["access_log"]["skipped"], 1);

    let right = redirected
        .replace("301 162", "200 32")
        .replace("7.012", "0.012")
        .replace("12:01", "12:02");
    let object = with_log()
        .args(["--json", "--access-log", "-"])
        .stdin(right)
        .expect(0)
        .json();
    assert_eq!(object["access_log"]["verdict"], "came_and_got_it");
    assert_eq!(codes(&object["access_log"]), ["redirect", "too_slow"]);
}

/// A log with one request of a stranger for the file.
fn log_with(target: &str, response: &str) -> String {
    format!("203.0.113.7 - - [30/Nov/2026:12:01:00 +0800] \"GET {target} HTTP/1.1\" {response}\n")
}

#[test]
fn the_exit_code_is_0_only_if_wechat_got_the_file_by_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let file = file_in(&folder);
    let site = right_site();
    let path = "/table/UASjIrr8C9.txt";
    let agent = "\"-\" \"Agent\"";
    for (log, code, verdict, shown) in [
        (
            log_with(path, &format!("200 32 {agent}")),
            0,
            "came_and_got_it",
            "WeChat came and got the file",
        ),
        (
            log_with(path, &format!("301 162 {agent}")),
            4,
            "came_and_failed",
            "WeChat came and did not get the file",
        ),
        (
            log_with("/UASjIrr8C9.txt", &format!("200 32 {agent}")),
            4,
            "came_elsewhere",
            "WeChat came, but to another place",
        ),
        (
            log_with(path, "200 32"),
            4,
            "may_have_come",
            "WeChat may have come",
        ),
        (
            log_with("/", &format!("200 612 {agent}")),
            4,
            "never_came",
            "WeChat never came",
        ),
        (String::new(), 4, "empty_log", "The access log is empty"),
        (
            "no request\n".to_owned(),
            4,
            "not_an_access_log",
            "The access log could not be read",
        ),
    ] {
        let with_log = || look(&site, &file).args(["--access-log", "-"]).stdin(&*log);
        let object = with_log().args(["--json"]).expect(code).json();
        assert_eq!(object["access_log"]["verdict"], verdict, "{log}");
        assert_eq!(object["verdict"], "no_cause_found", "{log}");
        // There is a result, whatever it is.
        assert_eq!(object["ok"], true, "{log}");
        let run = with_log().expect(code);
        assert!(run.stdout.contains(shown), "{shown}: {}", run.stdout);
    }
    let found = log_with(path, &format!("200 32 {agent}"));
    look(&wrong_site(), &file)
        .args(["--access-log", "-"])
        .stdin(found)
        .expect(4);
}

#[test]
fn a_compressed_log_is_refused_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let file = file_in(&folder);
    let site = right_site();
    let log = folder.path().join("access.log.1");
    for (begin, name, command) in [
        (&b"\x1f\x8b\x08\0"[..], "gzip", "zcat"),
        (b"\x28\xb5\x2f\xfd", "zstd", "zstdcat"),
        (b"\xfd7zXZ\0", "xz", "xzcat"),
        (b"BZh9", "bzip2", "bzcat"),
    ] {
        fs::write(&log, begin).unwrap();
        let run = look(&site, &file).args(["--access-log"]).args([&log]);
        let run = run.expect(2);
        let message = format!("access.log.1 is compressed with {name}");
        assert!(run.stderr.contains(&message), "{}", run.stderr);
        let advice = format!("`{command} FILE | jumpqr preflight");
        assert!(run.stderr.contains(&advice), "{}", run.stderr);
    }
    assert_eq!(site.log(), "");
}
