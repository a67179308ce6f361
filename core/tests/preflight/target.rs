use jumpqr_core::RuleKey;
use jumpqr_core::preflight::{Place, Refusal, Target};

use crate::FILE;

fn target(prefix: &str, any_port: bool) -> Result<Target, Refusal> {
    Target::new(&prefix.into(), FILE, any_port)
}

#[test]
fn a_target_has_the_host_and_the_port_of_the_prefix() {
    for (prefix, is_tls, host, port, host_field) in [
        (
            "http://m.example.cn/a",
            false,
            "m.example.cn",
            80,
            "m.example.cn",
        ),
        (
            "HTTPS://M.example.cn",
            true,
            "M.example.cn",
            443,
            "M.example.cn",
        ),
        ("https://h.cn:443/a", true, "h.cn", 443, "h.cn"),
        ("http://h.cn:/a", false, "h.cn", 80, "h.cn"),
        ("https://h.cn:8443/a", true, "h.cn", 8443, "h.cn:8443"),
        ("http://[::1]:8080/a", false, "::1", 8080, "[::1]:8080"),
        ("http://127.1/a", false, "127.1", 80, "127.1"),
    ] {
        let target = target(prefix, true).unwrap();
        assert_eq!(target.is_tls, is_tls, "{prefix}");
        assert_eq!((&*target.host, target.port), (host, port), "{prefix}");
        assert_eq!(target.host_field, host_field, "{prefix}");
        assert_eq!(target.places[0].place, Place::Right, "{prefix}");
    }
}

#[test]
fn a_prefix_that_could_lead_elsewhere_is_refused() {
    for (prefix, refusal) in [
        (
            "http://weixin.qq.com/q/kZgfwMTm72Wxxxx",
            Refusal::ServiceAccountRule,
        ),
        ("m.example.cn/a", Refusal::NotALink),
        ("ftp://m.example.cn/a", Refusal::NotALink),
        ("file:///etc/passwd", Refusal::NotALink),
        ("https://user:password@h.cn/a", Refusal::UserInfo),
        ("https://h.cn@127.0.0.1/a", Refusal::UserInfo),
        ("https://h.cn:22/a", Refusal::Port),
        ("http://h.cn:443/a", Refusal::Port),
        ("https://h.cn:99999/a", Refusal::BadHost),
        ("https://h.cn:0/a", Refusal::BadHost),
        ("https://桌.cn/a", Refusal::BadHost),
        ("https://h.cn\r\nX: y/a", Refusal::BadHost),
        ("https://h .cn/a", Refusal::BadHost),
        ("https://[::1/a", Refusal::BadHost),
        ("https://[v1.x]/a", Refusal::BadHost),
        ("https://a:b/a", Refusal::BadHost),
        ("https://:443/a", Refusal::BadHost),
    ] {
        assert_eq!(target(prefix, false), Err(refusal), "{prefix}");
    }
    let key = RuleKey::service_account("https://h.cn/a", "wx1234567890abcdef");
    assert_eq!(
        Target::new(&key, FILE, true),
        Err(Refusal::ServiceAccountRule)
    );
}
