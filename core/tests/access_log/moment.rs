use crate::{Code, PATH, TIME, Verdict, codes, line, read, reader};

#[test]
fn several_logs_are_ordered_by_time_and_not_by_their_order() {
    let at = |time: &str, response: &str| line(PATH, response).replace(TIME, time);
    let rotated = [
        at("30/Nov/2026:09:00:00 +0800", "404 10"),
        at("30/Nov/2026:10:00:00 +0800", "404 11"),
    ]
    .concat();
    // Later, although its hour is smaller.
    let new = at("30/Nov/2026:03:00:00 +0000", "200 32");
    for logs in [[&*rotated, &*new], [&*new, &*rotated]] {
        let mut reader = reader();
        for log in logs {
            reader.push(log.as_bytes());
            reader.end_file();
        }
        let report = reader.finish();
        assert_eq!(report.verdict, Verdict::CameAndGotIt, "{logs:?}");
        assert_eq!(report.first.as_deref(), Some("30/Nov/2026:09:00:00 +0800"));
        assert_eq!(report.last.as_deref(), Some("30/Nov/2026:03:00:00 +0000"));
        let finding = &report.findings[0];
        assert!(finding.seen.contains("404 11"), "{finding}");
        let visits = finding.visits.as_ref().unwrap();
        assert_eq!(visits.first, "30/Nov/2026:09:00:00 +0800");
        assert_eq!(visits.last, "30/Nov/2026:10:00:00 +0800");
    }
}

#[test]
fn the_last_request_decides() {
    let wrong = line(PATH, "404 10");
    let right = line(PATH, "200 32");
    for (log, verdict) in [
        ([&*wrong, &*right].concat(), Verdict::CameAndGotIt),
        ([&*right, &*wrong].concat(), Verdict::CameAndFailed),
    ] {
        let report = read(&log);
        assert_eq!(report.verdict, verdict);
        assert_eq!(codes(&report), [Code::NotFound]);
        assert_eq!(report.served.unwrap().requests, 1);
    }
}

#[test]
fn files_that_follow_each_other_are_one_log() {
    let mut reader = reader();
    reader.push(line(PATH, "404 1").trim_end().as_bytes());
    reader.end_file();
    reader.push(line(PATH, "200 32").trim_end().as_bytes());
    let report = reader.finish();
    assert_eq!((report.lines, report.skipped), (2, 0));
    assert_eq!(report.verdict, Verdict::CameAndGotIt);
}
