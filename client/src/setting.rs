//! Checks of settings, for the client, the platform and their parts. Each refuses a value by the
//! name of its setting, and never repeats the value: it may be a credential.

use std::time::Duration;

use jumpqr_core::check::has_white_space;
use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::interface::LONGEST_CREDENTIAL;
use jumpqr_core::{PlatformCredential, recognize_other_credential};

/// The longest duration of a setting. It is short enough to be added to any time.
const LONGEST_DURATION: Duration = Duration::from_secs(24 * 60 * 60);

/// The longest appid of a platform or a merchant, in bytes; WeChat's have 18.
const LONGEST_APPID: usize = 64;

/// The credentials that a push or a callback brings.
const PLATFORM_CREDENTIALS: [&str; 2] = [
    PlatformCredential::VerifyTicket.field(),
    PlatformCredential::RefreshToken.field(),
];

/// Returns the error for a setting that makes no sense.
pub(crate) fn refuse(message: &str) -> Error {
    Error::new(OwnCode::InvalidConfig, message)
}

/// Refuses a duration in which nothing can be done, or which is too long to be added to a time.
pub(crate) fn check_duration(name: &str, duration: Duration) -> Result<()> {
    if duration.is_zero() || duration > LONGEST_DURATION {
        return Err(refuse(&format!(
            "{name}: give more than 0 s, and at most a day"
        )));
    }
    Ok(())
}

/// Refuses an empty credential, and one with white space in it. WeChat would refuse it too, but its
/// errmsg would not name the reason.
pub(crate) fn check_credential(name: &str, credential: &str) -> Result<()> {
    if credential.is_empty() {
        return Err(refuse(&format!("{name}: it is empty; give one")));
    }
    if credential.len() > LONGEST_CREDENTIAL {
        return Err(refuse(&format!(
            "{name}: it has {} bytes; WeChat's have up to 512 characters",
            credential.len()
        )));
    }
    if has_white_space(credential) {
        return Err(refuse(&format!(
            "{name}: there is white space or a control character in it; remove it, for example \
             the end of the line it was read from"
        )));
    }
    if let Some(other) = recognize_other_credential(name, credential) {
        // For those, check_platform_credential has a better message: where to find the right one.
        if !PLATFORM_CREDENTIALS.contains(&name) {
            return Err(refuse(&format!(
                "{name}: it is the {other}, by its first letters; give the {name}"
            )));
        }
    }
    Ok(())
}

/// Refuses anything but the right credential of a push or a callback, in plain text.
pub(crate) fn check_platform_credential(kind: PlatformCredential, credential: &str) -> Result<()> {
    let name = kind.field();
    check_credential(name, credential)?;
    match kind.find_mistake(credential) {
        Some(mistake) => Err(refuse(&format!("{name}: {mistake}"))),
        None => Ok(()),
    }
}

/// Refuses an appid that is not made of letters and digits. It becomes a file name or a Redis key:
/// a refresh token given by mistake would be readable there.
pub(crate) fn check_appid(name: &str, appid: &str) -> Result<()> {
    check_credential(name, appid)?;
    if !appid.bytes().all(|byte| byte.is_ascii_alphanumeric()) || appid.len() > LONGEST_APPID {
        return Err(refuse(&format!(
            "{name}: it is not an appid, which has letters and digits only; give one"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jumpqr_core::PlatformCredential;

    use super::{check_appid, check_credential, check_duration, check_platform_credential};

    #[test]
    fn a_duration_is_more_than_nothing_and_at_most_a_day() {
        let day = Duration::from_secs(24 * 60 * 60);
        check_duration("timeout", Duration::from_nanos(1)).unwrap();
        check_duration("timeout", day).unwrap();
        for duration in [Duration::ZERO, day + Duration::from_nanos(1), Duration::MAX] {
            let error = check_duration("timeout", duration).unwrap_err();
            assert!(error.message().starts_with("timeout: "), "{error}");
        }
    }

    #[test]
    fn a_refused_credential_is_named_and_not_repeated() {
        check_credential("secret", "P4SS").unwrap();
        let long = "P4SS".repeat(1025);
        for credential in [
            "",
            "P4SS\n",
            "P4 SS",
            "P4\u{7f}SS",
            "refreshtoken@@@P4SS",
            &long,
        ] {
            let error = check_credential("secret", credential).unwrap_err();
            assert!(error.message().starts_with("secret: "), "{error}");
            assert!(!error.message().contains("P4"), "{error}");
        }
    }

    #[test]
    fn a_credential_in_the_place_of_another_is_refused() {
        let ticket = PlatformCredential::VerifyTicket;
        check_platform_credential(ticket, "ticket@@@T1").unwrap();
        let error = check_platform_credential(ticket, "refreshtoken@@@R1").unwrap_err();
        assert!(error.message().contains("ticket@@@"), "{error}");
        assert!(!error.message().contains("R1"), "{error}");
    }

    #[test]
    fn an_appid_is_made_of_letters_and_digits() {
        check_appid("appid", "wx1234567890abcdef").unwrap();
        let long = "x".repeat(65);
        for appid in ["", "wx 1", "wx/1", "gh_1", "refreshtoken@@@R1", &long] {
            let error = check_appid("appid", appid).unwrap_err();
            assert!(error.message().starts_with("appid: "), "{error}");
        }
    }
}
