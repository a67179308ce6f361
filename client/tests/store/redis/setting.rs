//! How a setting is parsed, and the name of its store.

use jumpqr::ErrorKind;
use jumpqr::error::OwnCode;
use jumpqr::store;

#[test]
fn the_name_of_a_store_has_no_password() {
    for (setting, name) in [
        ("redis://host", "redis://host"),
        ("redis://:P4SS@host:1/2", "redis://host:1/2"),
        (
            "rediss://user:P4SS@[::1]:7000/0?prefix=a/b-",
            "rediss://user@[::1]:7000/0?prefix=a/b-",
        ),
        (
            "redis+unix:///run/s?pass=P4SS&prefix=p:",
            "redis+unix:///run/s?prefix=p%3A",
        ),
        ("redis+unix:///run/s", "redis+unix:///run/s"),
        (
            "redis+sentinel://user:P4SS@a:1,[::1]:2,c/mymaster/3?replicas=1&sentinel_password=P4SS",
            "redis+sentinel://user@a:1,[::1]:2,c/mymaster/3?replicas=1",
        ),
        (
            "rediss+sentinel://a/my-master.2?sentinel_username=u&sentinel_password=P4SS",
            "rediss+sentinel://a/my-master.2?sentinel_username=u",
        ),
        (
            "redis+cluster://:P4SS@a:7000,b:7001?prefix=p:",
            "redis+cluster://a:7000,b:7001?prefix=p:",
        ),
        (
            "rediss+cluster://user:P4SS@a/0",
            "rediss+cluster://user@a/0",
        ),
    ] {
        let store = store::open(setting).unwrap();
        assert_eq!(store.name(), name);
        assert!(!format!("{store:?}").contains("P4SS"));
    }
}

#[test]
fn a_setting_that_cannot_be_parsed_is_refused_and_not_repeated() {
    let too_long = format!("redis://host?prefix={}", "P4SS".repeat(30));
    for setting in [
        "redis:",
        "redis://",
        "redis://:P4SS@",
        "redis:///1",
        "redis://0.0.0.0",
        "redis://P4SS@host",
        "redis://user:@host",
        "redis://:P4SS@host:port",
        "redis://:P4SS@host:99999",
        "redis://:P4SS/x@host",
        "redis://:P4SS#x@host",
        "redis://:P4SS%ff@host",
        "redis://:P4SS@host/one",
        "redis://:P4SS@host/-1",
        "redis://:P4SS@host/1/2",
        "rediss://:P4SS@host#insecure",
        "redis://host?P4SS=1",
        "redis://host?protocol=resp3",
        "redis://host?prefix=a&prefix=b",
        "redis://host?prefix=P4SS{a}",
        "redis://host?prefix=P4SS%20",
        "redis://host?tls_roots=/etc/passwd",
        "redis://host?pass=P4SS",
        "rediss://host?tls_roots=P4SS.pem",
        "rediss://host?tls_roots=/nowhere/ca.pem",
        "rediss://host?tls_roots=/dev/null",
        "redis+unix://?pass=P4SS",
        "redis+unix:///run/s?db=P4SS",
        "redis+unix:///run/s?user=P4SS",
        "redis+unix:///run/s?host=P4SS",
        "valkey://:P4SS@host",
        "redis+sentinel:",
        "redis+sentinel://:P4SS@host",
        "redis+sentinel://:P4SS@host/",
        "redis+sentinel://:P4SS@/mymaster",
        "redis+sentinel://:P4SS@host,/mymaster",
        "redis+sentinel://:P4SS@host,other:port/mymaster",
        "redis+sentinel://:P4SS@host,user:P4SS@other/mymaster",
        "redis+sentinel://user@host,other/mymaster",
        "redis+sentinel://host,P4SS%20/mymaster",
        "redis+sentinel://host,0.0.0.0/mymaster",
        "redis+sentinel://:P4/SS@host/mymaster",
        "redis+sentinel://host/my%20P4SS",
        "redis+sentinel://host/mymaster/P4SS",
        "redis+sentinel://host/mymaster/-1",
        "redis+sentinel://host/mymaster/0/1",
        "redis+sentinel://host/mymaster#P4SS",
        "redis+sentinel://host/mymaster?sentinel_username=P4SS",
        "redis+sentinel://host/mymaster?sentinel_password=",
        "redis+sentinel://host/mymaster?sentinel_pass=P4SS",
        "redis+sentinel://host/mymaster?tls_roots=/etc/passwd",
        "rediss+sentinel://host,a_b:c/mymaster",
        "redis+cluster://",
        "redis+cluster://:P4SS@host,",
        "redis+cluster://:P4SS@host,other/1",
        "redis+cluster://host?sentinel_password=P4SS",
        "redis+cluster://host?replicas=P4SS",
        "redis+cluster://host?replicas=101",
        "redis+cluster://host?replicas=-1",
        "redis+node://:P4SS@host",
        &too_long,
    ] {
        let error = store::open(setting).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{setting}");
        assert_eq!(error.code(), OwnCode::InvalidConfig, "{setting}");
        assert!(error.message().starts_with("token_store: "), "{error}");
        let printed = format!("{error:?} {error}");
        assert!(!printed.contains("P4SS"), "{printed}");
    }
}

#[test]
fn a_host_with_non_ascii_characters_is_refused_with_advice() {
    for setting in [
        "redis://:P4SS@缓存.cn",
        "rediss://:P4SS@b\u{fc}cher.example:6380/1",
        "redis+sentinel://:P4SS@host,缓存.cn/mymaster",
    ] {
        let error = store::open(setting).unwrap_err();
        assert_eq!(error.code(), OwnCode::InvalidConfig);
        assert_eq!(
            error.message(),
            "token_store: the host has non-ASCII characters; give its ASCII form, which begins \
             with xn--"
        );
    }
    let store = store::open("redis://xn--4gqz2z.cn").unwrap();
    assert_eq!(store.name(), "redis://xn--4gqz2z.cn");
}
