use crate::{Code, FROM, PATH, TIME, Verdict, caddy, codes, common_line, line, read};

#[test]
fn without_a_user_agent_nobody_knows_whether_wechat_came() {
    let no_agents = caddy(
        PATH,
        "m.example.cn",
        "A",
        r#""duration":0.001,"size":32,"status":200"#,
    )
    .replace(
        r#""headers":{"User-Agent":["A"],"Authorization":["S3CR3T"]}"#,
        r#""x":1"#,
    );
    for (log, expected) in [
        (common_line(PATH, "200 32"), &[Code::UnknownVisitor][..]),
        (no_agents, &[Code::UnknownVisitor]),
        (
            common_line(PATH, "301 162"),
            &[Code::Redirect, Code::UnknownVisitor],
        ),
        (
            common_line("/UASjIrr8C9.txt", "200 32"),
            &[Code::OtherDirectory, Code::UnknownVisitor],
        ),
    ] {
        let report = read(&log);
        assert_eq!(report.verdict, Verdict::MayHaveCome, "{log}");
        assert_eq!(codes(&report), expected, "{log}");
        let visits = report.findings.last().unwrap().visits.as_ref().unwrap();
        assert_eq!(visits.addresses, [FROM]);
        assert!(visits.user_agents.is_empty());
    }
    let known = [common_line(PATH, "301 162"), line(PATH, "200 32")].concat();
    let report = read(&known);
    assert_eq!(report.verdict, Verdict::CameAndGotIt);
    assert_eq!(codes(&report), []);
}

#[test]
fn who_asks_from_the_own_network_is_not_wechat() {
    let public = line("/", "200 612");
    for address in [
        "127.0.0.1",
        "::1",
        "localhost",
        "10.0.0.7",
        "172.16.3.4",
        "192.168.1.2",
        "100.64.0.1",
        "169.254.1.1",
        "fd00::7",
        "::ffff:10.0.0.7",
        "192.168.1.2:51234",
    ] {
        let own = line(PATH, "404 10").replace(FROM, address);
        let report = read(&[&*own, &*public].concat());
        assert_eq!(report.verdict, Verdict::NeverCame, "{address}");
        assert_eq!((report.own_requests, report.local_requests), (0, 1));

        // Behind a proxy, all requests come from it.
        let report = read(&own);
        assert_eq!(report.verdict, Verdict::MayHaveCome, "{address}");
        assert_eq!(codes(&report), [Code::NotFound, Code::UnknownVisitor]);
        assert_eq!(report.local_requests, 1);
    }
    for address in [
        "203.0.113.9",
        "2001:db8::7",
        "crawl.example.com",
        "::ffff:203.0.113.9",
    ] {
        let report = read(&line(PATH, "404 10").replace(FROM, address));
        assert_eq!(report.verdict, Verdict::CameAndFailed, "{address}");
    }
    let named = line(PATH, "404 10 \"-\" \"A\" \"203.0.113.9\"").replace(FROM, "10.0.0.1");
    assert_eq!(read(&named).verdict, Verdict::CameAndFailed);
}

#[test]
fn if_nobody_but_a_preflight_came_the_log_says_what_it_covers() {
    let preflight = line(
        PATH,
        "200 32 \"-\" \"Mozilla/5.0 (compatible; jumpqr/0.1.0)\"",
    );
    for (log, own_requests) in [
        (line("/", "200 612 \"-\" \"-\""), 0),
        ([line("/", "200 612"), preflight].concat(), 1),
    ] {
        let report = read(&log);
        assert_eq!(report.verdict, Verdict::NeverCame);
        assert_eq!(report.own_requests, own_requests);
        assert_eq!(codes(&report), [Code::NeverCame]);
        let finding = &report.findings[0];
        assert_eq!(finding.visits, None);
        let lines = ["1 line", "2 lines"][usize::try_from(own_requests).unwrap()];
        let seen = format!("{lines} from {TIME} to {TIME}");
        assert_eq!(finding.seen, seen);
    }
}
