//! Where a `token_store` setting may hold a password.

use percent_encoding::percent_decode_str;

/// Returns whether a `token_store` setting may hold a password. Such a setting must not be shown,
/// for example on a command line, which every user of the machine can read.
///
/// A password is in the user information of a URL (`redis://user:password@host`) or in a query
/// parameter (`redis+unix:///path?pass=password`, `sentinel_password=password`). If a character that
/// is not percent-encoded cuts a password in two (`redis://user:pass/word@host`), the setting may
/// hold one, too. The paths of `dir:` and of `redis+unix:` hold none.
///
/// ```
/// use jumpqr::store::may_hold_password;
///
/// assert!(may_hold_password("redis://user:password@host"));
/// assert!(!may_hold_password("dir:/var/lib/jumpqr@host"));
/// ```
#[must_use]
pub fn may_hold_password(token_store: &str) -> bool {
    let Some((scheme, rest)) = token_store.split_once(':') else {
        return token_store.contains('@');
    };
    if scheme.eq_ignore_ascii_case("dir") {
        return false;
    }
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
    let authority = if scheme.eq_ignore_ascii_case("redis+unix") {
        let address = address.strip_prefix("//").unwrap_or(address);
        address.split('/').next().unwrap_or_default()
    } else {
        address
    };
    let mut parameters = query.split('&');
    authority.contains('@')
        || fragment.contains('@')
        || parameters.any(|parameter| {
            let name = parameter.split('=').next().unwrap_or_default();
            name.contains('@') || is_password(&percent_decode_str(name).decode_utf8_lossy())
        })
}

/// Returns whether the query parameter with this name, decoded, is a password: also where it is
/// misspelt, and will be refused.
pub(super) fn is_password(parameter: &str) -> bool {
    let parameter = parameter.to_lowercase();
    parameter.ends_with("pass") || parameter.ends_with("password")
}

#[cfg(test)]
mod tests {
    use super::may_hold_password;

    #[test]
    fn a_password_is_found_wherever_it_may_be() {
        for setting in [
            "redis://user:P4SS@host",
            "redis://:P4SS@host/1?prefix=p:",
            "REDISS://USER:P4SS@HOST",
            "redis:user:P4SS@host",
            "redis://P4SS@host",
            "redis+unix://user:P4SS@/run/redis.sock",
            "redis+unix:///run/redis.sock?pass=P4SS",
            "redis+unix:///run/redis.sock?db=1&pass=P4SS",
            "redis+unix:///run/redis.sock?db=1&p%61ss=P4SS",
            "redis+unix:///run/redis.sock?PASS=P4SS",
            "redis://host?password=P4SS",
            "redis+sentinel://user:P4SS@host:26379,other:26379/mymaster",
            "rediss+sentinel://host,other/mymaster/1?sentinel_password=P4SS",
            "redis+sentinel://host,other/mymaster?sentinel_username=a&Sentinel_Pass=P4SS",
            "redis+cluster://:P4SS@host:7000,other:7001",
            "valkey://user:P4SS@host",
            "user:P4SS@host",
            "P4SS@host",
            // Not percent-encoded, and so cut in two.
            "redis://user:P4/SS@host",
            "redis://user:P4?SS@host",
            "redis://user:P4#SS@host",
        ] {
            assert!(may_hold_password(setting), "{setting}");
        }
    }

    #[test]
    fn a_setting_without_a_password_may_be_shown() {
        for setting in [
            "",
            "memory:",
            "dir:/var/lib/jumpqr",
            "dir:/srv/jumpqr@host/pass=1",
            "DIR:/srv/jumpqr@host",
            "redis://host",
            "redis://host:6379/1?prefix=pass=:",
            "redis://host?prefix=jumpqr@host:",
            "rediss://host?tls_roots=/etc/pass=/ca.pem",
            "redis+unix:///run/redis@host.sock?db=1",
            "redis+sentinel://host:26379,other:26379/pass=/1?sentinel_username=a@b",
            "rediss+cluster://host:7000,other:7001?replicas=1",
        ] {
            assert!(!may_hold_password(setting), "{setting}");
        }
    }
}
